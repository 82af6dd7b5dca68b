//! The plan file of format 1: a head, one line for each part, and a last line that tells a whole file from a cut one.

use std::collections::BTreeMap;
use std::sync::Arc;

use recon_core::change::{
    Change as CoreChange, DeleteReason as CoreDeleteReason, ReplaceOrder as CoreReplaceOrder,
    ReplaceReason as CoreReplaceReason, ResourceChange,
};
use recon_core::path::Step as CorePathStep;
use recon_core::plan::{Base, Drift, OutputChange, PlanKind, Step as CoreStep};
use recon_core::state::{DeposedKey, Lineage};
use recon_core::value::Name;
use recon_core::{Known, Path};
use serde::{Deserialize, Serialize};

use super::exact::Exact;
use super::exact_read::Read;
use super::journal::Op;
use super::object::{
    Instance, Wrong, address_in, blocks_in, blocks_out, known, provider_in, values_in, values_out,
};

/// The first line.
#[derive(Serialize, Deserialize)]
pub(crate) struct Head {
    #[serde(rename = "recon-plan")]
    pub(crate) format: u64,
    pub(crate) recon: String,
    pub(crate) created: String,
}

/// Every other line. `V` is how a value is written.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Line<V> {
    Base {
        kind: Kind,
        lineage: String,
        serial: u64,
        config_digest: String,
        variables: BTreeMap<String, V>,
    },
    /// The head of the refreshed state, whose instances follow.
    State {
        lineage: String,
        serial: u64,
        outputs: BTreeMap<String, V>,
    },
    Instance {
        address: String,
        instance: Instance<V>,
    },
    Change {
        address: String,
        deposed: Option<String>,
        moved_from: Option<String>,
        imported: Option<String>,
        change: Change<V>,
    },
    Drift {
        address: String,
        before: V,
        after: Option<V>,
    },
    Output {
        name: String,
        before: Option<V>,
        after: Option<V>,
    },
    Step {
        address: String,
        op: Op,
        provider: String,
        after: Vec<usize>,
        depends_on: Vec<String>,
        create_before_destroy: bool,
    },
    /// The SHA-256, in hex, of all lines before.
    End {
        sha256: String,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    Normal,
    Destroy,
    RefreshOnly,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Change<V> {
    Create { planned: V },
    Update { before: V, planned: V },
    Replace { before: V, planned: V, order: Order, because: ReplaceReason },
    Delete { before: V, because: DeleteReason },
    Read { planned: V },
    Forget { before: V },
    Keep { value: V },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Order {
    DestroyFirst,
    CreateFirst,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ReplaceReason {
    Arguments(Vec<Vec<PathStep>>),
    Tainted,
    Requested,
    Triggered(String),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PathStep {
    Attribute(String),
    Key(String),
    Index(usize),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DeleteReason {
    Destroy,
    NoBlock,
    NoKey,
    Declared,
}

pub(crate) fn base_out(kind: PlanKind, base: &Base) -> Line<Exact<'_>> {
    let Base { lineage, serial, config_digest, variables } = base;
    // An ephemeral variable is asked for again when the plan is applied.
    let stored = values_out(variables).into_iter().filter(|(_, value)| !value.0.deep_marks().is_ephemeral());
    Line::Base {
        kind: kind.into(),
        lineage: lineage.0.to_string(),
        serial: *serial,
        config_digest: config_digest.clone(),
        variables: stored.map(|(name, value)| (name.to_owned(), value)).collect(),
    }
}

pub(crate) fn change_out(change: &ResourceChange) -> Line<Exact<'_>> {
    let ResourceChange { address, deposed, moved_from, imported, change } = change;
    Line::Change {
        address: address.to_string(),
        deposed: deposed.as_ref().map(ToString::to_string),
        moved_from: moved_from.as_ref().map(ToString::to_string),
        imported: imported.clone(),
        change: change.into(),
    }
}

pub(crate) fn drift_out(drift: &Drift) -> Line<Exact<'_>> {
    let Drift { address, before, after } = drift;
    let after = after.as_ref().map(|after| Exact(after));
    Line::Drift { address: address.to_string(), before: Exact(before), after }
}

pub(crate) fn output_out<'a>(name: &Name, change: &'a OutputChange) -> Line<Exact<'a>> {
    let OutputChange { before, after } = change;
    let before = before.as_ref().map(|before| Exact(before));
    Line::Output { name: name.to_string(), before, after: after.as_ref().map(Exact) }
}

pub(crate) fn step_out(step: &CoreStep) -> Line<Exact<'_>> {
    let CoreStep { address, op, provider, after, depends_on, create_before_destroy } = step;
    Line::Step {
        address: address.to_string(),
        op: op.into(),
        provider: provider.to_string(),
        after: after.clone(),
        depends_on: blocks_out(depends_on),
        create_before_destroy: *create_before_destroy,
    }
}

impl<'a> From<&'a CoreChange> for Change<Exact<'a>> {
    fn from(change: &'a CoreChange) -> Self {
        match change {
            CoreChange::Create { planned } => Self::Create { planned: Exact(planned) },
            CoreChange::Update { before, planned } => {
                Self::Update { before: Exact(before), planned: Exact(planned) }
            }
            CoreChange::Replace { before, planned, order, because } => Self::Replace {
                before: Exact(before),
                planned: Exact(planned),
                order: (*order).into(),
                because: because.into(),
            },
            CoreChange::Delete { before, because } => {
                Self::Delete { before: Exact(before), because: (*because).into() }
            }
            CoreChange::Read { planned } => Self::Read { planned: Exact(planned) },
            CoreChange::Forget { before } => Self::Forget { before: Exact(before) },
            CoreChange::Keep { value } => Self::Keep { value: Exact(value) },
        }
    }
}

impl TryFrom<Change<Read>> for CoreChange {
    type Error = Wrong;

    fn try_from(change: Change<Read>) -> Result<Self, Wrong> {
        Ok(match change {
            Change::Create { planned } => Self::Create { planned: planned.0 },
            Change::Update { before, planned } => Self::Update { before: known(before)?, planned: planned.0 },
            Change::Replace { before, planned, order, because } => Self::Replace {
                before: known(before)?,
                planned: planned.0,
                order: order.into(),
                because: because.into(),
            },
            Change::Delete { before, because } => {
                Self::Delete { before: known(before)?, because: because.into() }
            }
            Change::Read { planned } => Self::Read { planned: planned.0 },
            Change::Forget { before } => Self::Forget { before: known(before)? },
            Change::Keep { value } => Self::Keep { value: known(value)? },
        })
    }
}

/// A line as read.
pub(crate) enum Part {
    Base(PlanKind, Base),
    State(Lineage, u64, BTreeMap<Name, Known>),
    Instance(recon_core::Address, recon_core::state::Instance),
    Change(ResourceChange),
    Drift(Drift),
    Output(Name, OutputChange),
    Step(CoreStep),
    End(String),
}

impl TryFrom<Line<Read>> for Part {
    type Error = Wrong;

    fn try_from(line: Line<Read>) -> Result<Self, Wrong> {
        Ok(match line {
            Line::Base { kind, lineage, serial, config_digest, variables } => {
                let (lineage, variables) = (Lineage(lineage.into()), values_in(variables)?);
                Self::Base(kind.into(), Base { lineage, serial, config_digest, variables })
            }
            Line::State { lineage, serial, outputs } => {
                Self::State(Lineage(lineage.into()), serial, values_in(outputs)?)
            }
            Line::Instance { address, instance } => {
                Self::Instance(address_in(&address)?, instance.try_into()?)
            }
            Line::Change { address, deposed, moved_from, imported, change } => Self::Change(ResourceChange {
                address: address_in(&address)?,
                deposed: deposed.map(|key| DeposedKey(key.into())),
                moved_from: moved_from.map(|text| address_in(&text)).transpose()?,
                imported,
                change: change.try_into()?,
            }),
            Line::Drift { address, before, after } => {
                let after = after.map(known).transpose()?;
                Self::Drift(Drift { address: address_in(&address)?, before: known(before)?, after })
            }
            Line::Output { name, before, after } => {
                let before = before.map(known).transpose()?;
                Self::Output(name.into(), OutputChange { before, after: after.map(|Read(after)| after) })
            }
            Line::Step { address, op, provider, after, depends_on, create_before_destroy } => {
                Self::Step(CoreStep {
                    address: address_in(&address)?,
                    op: op.into(),
                    provider: provider_in(&provider)?,
                    after,
                    depends_on: Arc::new(blocks_in(&depends_on)?),
                    create_before_destroy,
                })
            }
            Line::End { sha256 } => Self::End(sha256),
        })
    }
}

/// Pairs the variants of a wire enum with those of the enum that it stands for.
macro_rules! same_variants {
    ($wire:ident, $core:ident, $($variant:ident),+) => {
        impl From<$core> for $wire {
            fn from(core: $core) -> Self {
                match core {
                    $($core::$variant => Self::$variant),+
                }
            }
        }

        impl From<$wire> for $core {
            fn from(wire: $wire) -> Self {
                match wire {
                    $($wire::$variant => Self::$variant),+
                }
            }
        }
    };
}

same_variants!(Kind, PlanKind, Normal, Destroy, RefreshOnly);
same_variants!(Order, CoreReplaceOrder, DestroyFirst, CreateFirst);
same_variants!(DeleteReason, CoreDeleteReason, Destroy, NoBlock, NoKey, Declared);

impl From<&CoreReplaceReason> for ReplaceReason {
    fn from(reason: &CoreReplaceReason) -> Self {
        match reason {
            CoreReplaceReason::Arguments(paths) => Self::Arguments(paths.iter().map(path_out).collect()),
            CoreReplaceReason::Tainted => Self::Tainted,
            CoreReplaceReason::Requested => Self::Requested,
            CoreReplaceReason::Triggered(by) => Self::Triggered(by.clone()),
        }
    }
}

impl From<ReplaceReason> for CoreReplaceReason {
    fn from(reason: ReplaceReason) -> Self {
        match reason {
            ReplaceReason::Arguments(paths) => Self::Arguments(paths.into_iter().map(path_in).collect()),
            ReplaceReason::Tainted => Self::Tainted,
            ReplaceReason::Requested => Self::Requested,
            ReplaceReason::Triggered(by) => Self::Triggered(by),
        }
    }
}

fn path_out(path: &Path) -> Vec<PathStep> {
    let step = |step: &CorePathStep| match step {
        CorePathStep::Attribute(name) => PathStep::Attribute(name.to_string()),
        CorePathStep::Key(key) => PathStep::Key(key.to_string()),
        CorePathStep::Index(index) => PathStep::Index(*index),
    };
    path.0.iter().map(step).collect()
}

fn path_in(steps: Vec<PathStep>) -> Path {
    let step = |step| match step {
        PathStep::Attribute(name) => CorePathStep::Attribute(name.into()),
        PathStep::Key(key) => CorePathStep::Key(key.into()),
        PathStep::Index(index) => CorePathStep::Index(index),
    };
    Path(steps.into_iter().map(step).collect())
}
