//! The `recon` program.

fn main() -> std::process::ExitCode {
    recon_cli::main()
}
