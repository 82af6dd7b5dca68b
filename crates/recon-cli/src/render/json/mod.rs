//! The JSON forms, in the shapes that Terraform publishes, so that tools which read those read these.

pub(crate) mod configuration;
pub(crate) mod diagnostics;
pub(crate) mod event;
pub(crate) mod exact;
mod expression;
pub(crate) mod plan;
pub(crate) mod resource;
pub(crate) mod schemas;
pub(crate) mod state;
pub(crate) mod values;

/// The Terraform whose language and output formats recon follows; some readers refuse documents without one.
pub(crate) const TERRAFORM_VERSION: &str = "1.11.4";

/// The version of this program.
pub(crate) const RECON_VERSION: &str = env!("CARGO_PKG_VERSION");

#[cfg(test)]
mod tests;
