//! Shared by the end-to-end tests: a scratch directory to run recon in, and a cloud to run it against.

mod cloud;
mod scratch;

pub use cloud::{Cloud, emulators, moto};
pub use scratch::{Ran, Scratch};
