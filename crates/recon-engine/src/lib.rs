//! The only loop that calls a provider: observe, apply, recover.

mod apply;
mod blame;
mod builtin;
mod claim;
mod commands;
mod connect;
mod discover;
pub mod drift;
mod execute;
mod lines;
mod observe;
mod overlay;
mod planning;
mod project;
mod recover;
mod respell;
mod run;
mod together;
mod undeclared;
mod unwritten;
mod walk;
mod writer;

pub use blame::{Deeds, Subject, Witnesses};
pub use builtin::register as register_builtin;
pub use commands::{apply, foresee, import, plan, plan_and_apply};
pub use discover::{Code, Desk, DiscoverRequest, Discovered, Verdict, discover};
pub use project::{Connector, Event, Events, Interrupt, Project};
pub use run::{Applied, Failure, PlanRequest, Planned};
pub use undeclared::Undeclared;
pub use unwritten::{Unwritten, unwritten};
