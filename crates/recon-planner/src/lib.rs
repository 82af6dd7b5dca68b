//! Decides what changes, in which order, and why; pure and synchronous.

pub mod checker;
mod condition;
mod decide;
#[cfg(test)]
mod decide_tests;
mod dependencies;
pub mod differ;
mod drifted;
#[cfg(test)]
mod fixture;
mod graph;
mod ignored;
mod imports;
pub mod input;
mod moves;
mod needs;
mod neighbours;
mod nodes;
mod order;
#[cfg(test)]
mod order_tests;
mod origins;
mod plan;
mod propose;
mod providers;
mod refresh;
mod repetition;
pub mod resolve;
mod resource;
mod scope;
mod selection;
#[cfg(test)]
mod sequence_tests;
mod sources;
mod statements;
mod targeting;
mod triggers;
mod undeclared;
#[cfg(test)]
mod validate_tests;
mod vanish;
mod world;

pub use dependencies::needs;
pub use plan::{plan, unwritten_imports, validate};
pub use providers::providers;
