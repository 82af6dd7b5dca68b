//! The `recon` program, built where its end-to-end tests can find it.
fn main() -> std::process::ExitCode {
    recon_cli::main()
}
