//! Shared by the end-to-end tests: a scratch directory to run recon in, and a cloud to run it against,
//! and a gate to it at which a run dies.

#![expect(
    clippy::missing_panics_doc,
    clippy::print_stdout,
    reason = "all of this is for tests: it panics where a test fails, and says what was skipped"
)]

pub mod acceptance;
mod census;
mod cloud;
mod gate;
mod kinds;
mod scratch;
mod tally;

pub use census::Census;
pub use cloud::{Cloud, emulators, ministack, moto};
pub use gate::Gate;
pub use kinds::Kinds;
pub use scratch::{Ran, Scratch};
pub use tally::{Exceptions, THREADS, tally};
