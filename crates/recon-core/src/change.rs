//! What a plan means to do with one instance, and why.

use crate::state::DeposedKey;
use crate::{Address, Known, Path, Value};

/// What a plan means to do with one instance.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Make it.
    Create {
        /// What is known of it now.
        planned: Value,
    },
    /// Change it in place.
    Update {
        /// As it is.
        before: Known,
        /// As it will be, as far as known.
        planned: Value,
    },
    /// Make a new one in its place.
    Replace {
        /// As it is.
        before: Known,
        /// What is known of the new one.
        planned: Value,
        /// Which comes first.
        order: ReplaceOrder,
        /// Why an update does not do.
        because: ReplaceReason,
    },
    /// Destroy it.
    Delete {
        /// As it is.
        before: Known,
        /// Why.
        because: DeleteReason,
    },
    /// Read a data source during the apply, because its arguments are not known before.
    Read {
        /// Its arguments, as far as known.
        planned: Value,
    },
    /// Stop remembering it, and leave it where it is.
    Forget {
        /// As it is.
        before: Known,
    },
    /// Nothing.
    Keep {
        /// As it is.
        value: Known,
    },
}

/// Which half of a replacement comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplaceOrder {
    /// The old one is destroyed, then the new one made.
    DestroyFirst,
    /// The new one is made, then the old one destroyed.
    CreateFirst,
}

/// Why an instance is replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReplaceReason {
    /// These arguments cannot change in place.
    Arguments(Vec<Path>),
    /// Its creation failed half way.
    Tainted,
    /// `-replace` names it.
    Requested,
    /// `replace_triggered_by` names what changed.
    Triggered(String),
}

/// Why an instance is destroyed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeleteReason {
    /// `destroy`.
    Destroy,
    /// No block declares it any more.
    NoBlock,
    /// Its `count` or `for_each` does not include its key any more.
    NoKey,
    /// A `removed` block, or a `retain` rule, says so.
    Declared,
}

/// A change with whose it is.
#[derive(Clone, Debug, PartialEq)]
pub struct ResourceChange {
    /// The instance.
    pub address: Address,
    /// Set when the change is about a deposed object.
    pub deposed: Option<DeposedKey>,
    /// Where it was until a `moved` block or key change.
    pub moved_from: Option<Address>,
    /// The import id, when the object is taken over by this plan.
    pub imported: Option<String>,
    /// What happens.
    pub change: Change,
}

impl Change {
    /// The state of the instance before, if it exists.
    pub fn before(&self) -> Option<&Known> {
        match self {
            Self::Create { .. } | Self::Read { .. } => None,
            Self::Update { before, .. }
            | Self::Replace { before, .. }
            | Self::Delete { before, .. }
            | Self::Forget { before } => Some(before),
            Self::Keep { value } => Some(value),
        }
    }

    /// The state of the instance after, as far as known, if it then exists.
    pub fn after(&self) -> Option<&Value> {
        match self {
            Self::Create { planned }
            | Self::Update { planned, .. }
            | Self::Replace { planned, .. }
            | Self::Read { planned } => Some(planned),
            Self::Keep { value } => Some(value),
            Self::Delete { .. } | Self::Forget { .. } => None,
        }
    }

    /// Whether nothing happens.
    pub fn is_keep(&self) -> bool {
        matches!(self, Self::Keep { .. })
    }
}
