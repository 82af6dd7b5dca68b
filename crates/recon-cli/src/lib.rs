//! The recon program: commands, flags, rendering.

mod render;
mod ui;

/// Runs the program.
pub fn main() -> std::process::ExitCode {
    std::process::ExitCode::SUCCESS
}
