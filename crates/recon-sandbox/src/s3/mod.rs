//! S3.
use serde::{Deserialize, Serialize};
use crate::wire::{Call, Outcome, Refusal};
use crate::world::World;
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct S3 {}
pub(crate) fn operation(_call: &Call) -> Option<&'static str> { None }
pub(crate) fn handle(_world: &mut World, call: &Call) -> Outcome { Err(Refusal::unknown(call)) }
impl S3 { pub(crate) fn fetch(&self, _bucket: &str, _key: &str, _version: Option<&str>) -> Result<&[u8], (&'static str, &'static str)> { Err(("NoSuchBucket", "The specified bucket does not exist")) } }
