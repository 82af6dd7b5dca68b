//! What `recon drift` does around the engine's work: which directories, which findings count, where reports go.

pub(crate) mod ignore;
pub(crate) mod notify;
pub(crate) mod output;
pub(crate) mod permissions;
pub(crate) mod run;
pub(crate) mod stacks;
