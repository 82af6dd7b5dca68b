//! Values of the root module's variables.

use std::collections::BTreeMap;

use recon_core::Value;
use recon_core::value::Name;
use recon_parser::config::Module;

use crate::flags::{RunFlags, VariableFlags};
use crate::session::Session;
use crate::stop::Stop;

pub(crate) fn of_run(_: &mut Session, _: &Module, _: &RunFlags) -> Result<BTreeMap<Name, Value>, Stop> {
    todo!()
}
pub(crate) fn given(_: &mut Session, _: &Module, _: &VariableFlags) -> Result<BTreeMap<Name, Value>, Stop> {
    todo!()
}
