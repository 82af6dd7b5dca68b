//! Acceptance tests of Terraform's provider, read from the conformance data and followed with recon.

mod behind;
mod case;
mod check;
mod flat;
mod follow;
mod import;

pub use case::{Case, cases};
pub use follow::{Own, follow};
