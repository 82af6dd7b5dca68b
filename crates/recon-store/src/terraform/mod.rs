//! Terraform's and OpenTofu's state files, format 4: reads what recon manages out of one, and writes one.
//!
//! The attributes of recon's types are those of Terraform's provider, so values pass as they are. What only recon knows is
//! left out when writing; what recon does not manage is left to Terraform when reading.

mod address;
mod completed;
mod dependencies;
mod kept;
mod read;
mod refusal;
mod value;
mod wire;
mod write;

pub use read::{Left, Taken, read};
pub use refusal::Refusal;
pub use write::{Exported, OWN_ATTRIBUTES, OWN_TYPES, save, write};
