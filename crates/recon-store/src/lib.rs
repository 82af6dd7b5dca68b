//! What lives on disk: state file, journal, plan file, lock.
//!
//! The engine speaks to a [`Backend`]. What a file looks like inside is private to one module per format version.

pub mod backend;
mod bytes;
pub mod entry;
pub mod error;
pub mod fold;
pub mod integrity;
mod journal;
mod journal_file;
mod local;
pub mod lock;
mod plan_file;
pub mod schemas;
mod state_file;
pub mod terraform;
mod v1;
pub mod workspace;

pub use backend::{Backend, new_lineage, new_run, open};
pub use entry::{Begin, Entry, Intent, Left, Outcome, RunId, now_ms};
pub use error::Error;
pub use fold::{Folded, begin_step, check_succession, fold, refreshed_entries, same_content, settle_step};
pub use journal::{Ack, Journal};
pub use local::Local;
pub use lock::{Lock, Note};
pub use plan_file::{PlanMeta, read_plan, write_plan};
pub use schemas::Schemas;
pub use state_file::{parse_state, print_state, read_text};
pub use workspace::Workspace;

/// The version of recon that writes these files.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
