//! What a journal says: intents before calls, results after them.

use std::collections::BTreeMap;
use std::sync::Arc;

use recon_core::plan::Op;
use recon_core::state::{Instance, Lineage, Object, ProviderKey};
use recon_core::value::Name;
use recon_core::{Address, Known, ResourceAddress};

/// Names one run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RunId(pub String);

/// One line of a journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A run begins, from the state file as of a serial.
    Begin(Begin),
    /// An instance was found to differ from the state file, was moved or imported: how it is, or that it is gone.
    Refreshed {
        /// The instance.
        address: Address,
        /// All of it; nothing when it is not remembered any more.
        instance: Option<Box<Instance>>,
    },
    /// A step is about to call a provider.
    Intent(Box<Intent>),
    /// A step is done.
    Result {
        /// Of the last intent with that number.
        step: u64,
        /// What there is now; nothing after a delete.
        object: Option<Box<Object>>,
    },
    /// A step failed.
    Failed {
        /// Of the last intent with that number.
        step: u64,
        /// What it left behind.
        left: Left,
    },
    /// The root module's outputs are these from now on.
    Outputs(BTreeMap<Name, Known>),
    /// The run walked all its steps.
    End,
}

/// What a run begins from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begin {
    /// The state's history.
    pub lineage: Lineage,
    /// The serial of the state file.
    pub serial: u64,
    /// The run.
    pub run: RunId,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// The version of recon.
    pub recon: String,
}

/// What a step is about to do. An intent without a result is in doubt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent {
    /// Its number, distinct within a run.
    pub step: u64,
    /// To what.
    pub address: Address,
    /// What; the deposed key is in it.
    pub op: Op,
    /// The provider that does it.
    pub provider: ProviderKey,
    /// What the provider is asked to make of it.
    pub want: Option<Known>,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// What the state will remember as its dependencies.
    pub depends_on: Arc<Vec<ResourceAddress>>,
    /// What the state will remember as its order of replacement.
    pub create_before_destroy: bool,
}

/// What a failed step left behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Left {
    /// Nothing changed.
    Nothing,
    /// This, which the state remembers.
    Object(Box<Object>),
    /// Nobody knows: no answer came. The step stays in doubt.
    Unclear,
}

/// How a step ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Well: what there is now; nothing after a delete.
    Done(Option<Object>),
    /// Not well.
    Failed(Left),
}

/// The time of day, for [`Begin::at_ms`] and [`Intent::at_ms`].
pub fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

impl Intent {
    /// Whether the call, if it went out, may have changed something that only its answer tells.
    pub fn has_effect(&self) -> bool {
        match self.op {
            Op::Create(_) | Op::Update | Op::Delete | Op::DeleteDeposed(_) => true,
            // What vanishes does so by another object's delete, whose own intent says so.
            Op::Read | Op::Forget | Op::Vanish | Op::Join => false,
        }
    }
}
