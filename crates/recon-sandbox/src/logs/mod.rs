//! Logs.
use serde::{Deserialize, Serialize};
use crate::wire::{Call, Outcome, Refusal};
use crate::world::World;
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Logs {}
pub(crate) fn operation(_call: &Call) -> Option<&'static str> { None }
pub(crate) fn handle(_world: &mut World, call: &Call) -> Outcome { Err(Refusal::unknown(call)) }
