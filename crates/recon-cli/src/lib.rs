//! The recon program: commands, flags, rendering.
pub fn main() -> std::process::ExitCode { std::process::ExitCode::SUCCESS }
