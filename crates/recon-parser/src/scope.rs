//! Where names get their values: what a caller of the evaluator provides.

use recon_core::address::Key;
use recon_core::value::Name;
use recon_core::{Diagnostic, ResourceMode, Span, Value};

use crate::config::Repetition;
use crate::files::Files;

/// What a root name with its first steps refers to, as far as the evaluator can tell from the syntax alone. Asking for one
/// instance by a known key avoids making the value of all instances.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// `var.name`
    Variable(Name),
    /// `local.name`
    Local(Name),
    /// All instances of a block (an object, a tuple or an object by key, as its repetition says), or with a key one.
    Resource(ResourceMode, Name, Name, Option<Key>),
    /// All outputs of a module call, or with a key those of one instance, or with a name one output of it.
    Module(Name, Option<Key>, Option<Name>),
    /// `each.key`
    EachKey,
    /// `each.value`
    EachValue,
    /// `count.index`
    CountIndex,
    /// `self`
    This,
    /// `path.module`, `path.root`, `path.cwd`
    Path(Name),
    /// `terraform.workspace`
    Workspace,
}

/// Gives names their values.
pub trait Scope {
    /// The value of a reference, or why it has none.
    fn lookup(&self, lookup: &Lookup, span: Span) -> Result<Value, Diagnostic>;

    /// What a declared resource says about how many instances it has.
    fn repetition(&self, _mode: ResourceMode, _kind: &Name, _name: &Name) -> Option<&Repetition> {
        None
    }

    /// The files that functions may read.
    fn files(&self) -> &dyn Files;

    /// What only the run knows, for `timestamp`, `plantimestamp`, `uuid`: milliseconds since the epoch when planning
    /// began. `None` while planning makes `timestamp()` and `uuid()` unknown.
    fn clock(&self) -> Clock;
}

/// What functions that are not pure see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// When the plan was begun, in milliseconds since the epoch; the value of `plantimestamp`.
    pub planned_at_ms: i64,
    /// During an apply: the time now and a random seed; nothing while planning.
    pub applying: Option<(i64, u128)>,
}
