//! Shared by the end-to-end tests: a scratch directory to run recon in, and a cloud to run it against.

#![expect(
    clippy::missing_panics_doc,
    clippy::print_stdout,
    reason = "all of this is for tests: it panics where a test fails, and says what was skipped"
)]

mod cloud;
mod scratch;

pub use cloud::{Cloud, emulators, moto};
pub use scratch::{Ran, Scratch};
