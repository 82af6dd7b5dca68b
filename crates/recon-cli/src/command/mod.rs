//! One file per command: its flags, and what it does with them.

pub(crate) mod apply;
pub(crate) mod completions;
pub(crate) mod console;
pub(crate) mod destroy;
pub(crate) mod drift;
pub(crate) mod fmt;
pub(crate) mod force_unlock;
pub(crate) mod graph;
pub(crate) mod import;
mod import_discover;
mod import_tfstate;
pub(crate) mod init;
pub(crate) mod man;
pub(crate) mod output;
pub(crate) mod plan;
pub(crate) mod providers;
pub(crate) mod refresh;
pub(crate) mod sandbox;
pub(crate) mod show;
pub(crate) mod state;
mod state_export;
mod state_push;
pub(crate) mod validate;
pub(crate) mod version;
pub(crate) mod workspace;
