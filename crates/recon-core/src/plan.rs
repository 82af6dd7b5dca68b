//! A plan: what changes, in which steps, and what it was made from.

use std::collections::BTreeMap;

use crate::change::ResourceChange;
use crate::state::{DeposedKey, Lineage, ProviderKey, State};
use crate::value::Name;
use crate::{Address, Known, ResourceAddress, Value};

/// What is to be done, decided completely: an apply walks the steps and decides nothing.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What it was made from.
    pub base: Base,
    /// What kind of run it is.
    pub kind: PlanKind,
    /// Every instance, those that stay as they are included, in address order.
    pub changes: Vec<ResourceChange>,
    /// What was found to differ from what the state remembered.
    pub drift: Vec<Drift>,
    /// The root module's outputs.
    pub outputs: BTreeMap<Name, OutputChange>,
    /// What to do, each after those it names; ids are positions.
    pub steps: Vec<Step>,
    /// The state as just observed; the first result of an apply.
    pub refreshed: State,
}

/// What a plan was made from; it may be applied only to that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    /// The state's history.
    pub lineage: Lineage,
    /// The state's serial.
    pub serial: u64,
    /// SHA-256, in hex, over the configuration's files.
    pub config_digest: String,
    /// The values of the root module's variables.
    pub variables: BTreeMap<Name, Known>,
}

/// What kind of run a plan is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanKind {
    /// Towards the configuration.
    Normal,
    /// Towards nothing.
    Destroy,
    /// Only the state is brought up to date.
    RefreshOnly,
}

/// One difference between what the state remembered and what is there.
#[derive(Clone, Debug, PartialEq)]
pub struct Drift {
    /// The instance.
    pub address: Address,
    /// As remembered.
    pub before: Known,
    /// As found; nothing if it is gone.
    pub after: Option<Known>,
}

/// What becomes of an output.
#[derive(Clone, Debug, PartialEq)]
pub struct OutputChange {
    /// As stored.
    pub before: Option<Known>,
    /// As it will be; nothing if it goes.
    pub after: Option<Value>,
}

/// The position of a step in [`Plan::steps`].
pub type StepId = usize;

/// One thing to do.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// To what.
    pub address: Address,
    /// What.
    pub op: Op,
    /// The provider that does it.
    pub provider: ProviderKey,
    /// The steps that come before; all have smaller positions.
    pub after: Vec<StepId>,
    /// What the state will remember as its dependencies.
    pub depends_on: std::sync::Arc<Vec<ResourceAddress>>,
    /// What the state will remember as its order of replacement.
    pub create_before_destroy: bool,
}

/// What a step does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Op {
    /// Makes the object; the current one, if there is one, becomes deposed under that key first.
    Create(Option<DeposedKey>),
    /// Changes the object in place.
    Update,
    /// Destroys the current object.
    Delete,
    /// Destroys a deposed object.
    DeleteDeposed(DeposedKey),
    /// Reads a data source.
    Read,
    /// Stops remembering the object.
    Forget,
    /// Stops remembering the object, because it went with the object that contained it.
    Vanish,
    /// Does nothing: what comes after all instances of one block and before all of another meets here.
    Join,
}

impl Op {
    /// Whether the step calls a provider.
    pub fn calls_provider(&self) -> bool {
        match self {
            Self::Create(_) | Self::Update | Self::Delete | Self::DeleteDeposed(_) | Self::Read => true,
            Self::Forget | Self::Vanish | Self::Join => false,
        }
    }
}

impl Plan {
    /// Whether an apply would do nothing that a user asked for: no step, no import, no move, no changed output.
    pub fn is_empty(&self) -> bool {
        let stays = |change: &ResourceChange| change.imported.is_none() && change.moved_from.is_none();
        self.steps.is_empty()
            && self.changes.iter().all(stays)
            && self.outputs.values().all(OutputChange::is_keep)
    }
}

impl OutputChange {
    /// Whether the output stays as it is.
    pub fn is_keep(&self) -> bool {
        match (&self.before, &self.after) {
            (Some(before), Some(after)) => before.same(after) && before.marks == after.marks,
            (None, None) => true,
            _ => false,
        }
    }
}
