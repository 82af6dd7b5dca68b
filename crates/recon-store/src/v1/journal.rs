//! The journal of format 1: a head, then one line for each entry.

use std::collections::BTreeMap;
use std::sync::Arc;

use recon_core::plan::Op as CoreOp;
use recon_core::state::{DeposedKey, Lineage};
use serde::{Deserialize, Serialize};

use super::exact::Exact;
use super::exact_read::Read;
use super::object::{
    Instance, Object, Wrong, address_in, blocks_in, blocks_out, known, provider_in, values_in, values_out,
};
use crate::entry::{Begin, Entry, Intent, Left, RunId};

/// The first line.
#[derive(Serialize, Deserialize)]
pub(crate) struct Head {
    #[serde(rename = "recon-journal")]
    pub(crate) format: u64,
    pub(crate) recon: String,
}

/// Every other line. `V` is how a value is written.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Line<V> {
    Begin {
        lineage: String,
        serial: u64,
        run: String,
        at_ms: i64,
        recon: String,
    },
    Refreshed {
        address: String,
        instance: Option<Box<Instance<V>>>,
    },
    Intent {
        step: u64,
        address: String,
        op: Op,
        provider: String,
        want: Option<V>,
        at_ms: i64,
        depends_on: Vec<String>,
        create_before_destroy: bool,
    },
    Result {
        step: u64,
        object: Option<Object<V>>,
    },
    /// With an object that the step left behind, or nothing.
    Failed {
        step: u64,
        left: Option<Object<V>>,
    },
    /// Failed without an answer.
    Unclear {
        step: u64,
    },
    Outputs(BTreeMap<String, V>),
    End,
}

/// What a step does.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Op {
    Create,
    CreateDeposing(String),
    Update,
    Delete,
    DeleteDeposed(String),
    Read,
    Forget,
    Vanish,
    Join,
}

impl<'a> From<&'a Entry> for Line<Exact<'a>> {
    fn from(entry: &'a Entry) -> Self {
        match entry {
            Entry::Begin(Begin { lineage, serial, run, at_ms, recon }) => Self::Begin {
                lineage: lineage.0.to_string(),
                serial: *serial,
                run: run.0.clone(),
                at_ms: *at_ms,
                recon: recon.clone(),
            },
            Entry::Refreshed { address, instance } => Self::Refreshed {
                address: address.to_string(),
                instance: instance.as_deref().map(|instance| Box::new(instance.into())),
            },
            Entry::Intent(intent) => intent_out(intent),
            Entry::Result { step, object } => {
                Self::Result { step: *step, object: object.as_deref().map(Object::from) }
            }
            Entry::Failed { step, left } => match left {
                Left::Nothing => Self::Failed { step: *step, left: None },
                Left::Object(object) => Self::Failed { step: *step, left: Some((&**object).into()) },
                Left::Unclear => Self::Unclear { step: *step },
            },
            Entry::Outputs(outputs) => Self::Outputs(
                values_out(outputs).into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            ),
            Entry::End => Self::End,
        }
    }
}

fn intent_out(intent: &Intent) -> Line<Exact<'_>> {
    let Intent { step, address, op, provider, want, at_ms, depends_on, create_before_destroy } = intent;
    Line::Intent {
        step: *step,
        address: address.to_string(),
        op: op.into(),
        provider: provider.to_string(),
        want: want.as_ref().map(|want| Exact(want)),
        at_ms: *at_ms,
        depends_on: blocks_out(depends_on),
        create_before_destroy: *create_before_destroy,
    }
}

impl TryFrom<Line<Read>> for Entry {
    type Error = Wrong;

    fn try_from(line: Line<Read>) -> Result<Self, Wrong> {
        let boxed = |object: Option<Object<Read>>| match object {
            Some(object) => Ok::<_, Wrong>(Some(Box::new(object.try_into()?))),
            None => Ok(None),
        };
        Ok(match line {
            Line::Begin { lineage, serial, run, at_ms, recon } => {
                let lineage = Lineage(lineage.into());
                Self::Begin(Begin { lineage, serial, run: RunId(run), at_ms, recon })
            }
            Line::Refreshed { address, instance } => {
                let instance = match instance {
                    Some(instance) => Some(Box::new((*instance).try_into()?)),
                    None => None,
                };
                Self::Refreshed { address: address_in(&address)?, instance }
            }
            Line::Intent { step, address, op, provider, want, at_ms, depends_on, create_before_destroy } => {
                Self::Intent(Box::new(Intent {
                    step,
                    address: address_in(&address)?,
                    op: op.into(),
                    provider: provider_in(&provider)?,
                    want: want.map(known).transpose()?,
                    at_ms,
                    depends_on: Arc::new(blocks_in(&depends_on)?),
                    create_before_destroy,
                }))
            }
            Line::Result { step, object } => Self::Result { step, object: boxed(object)? },
            Line::Failed { step, left } => {
                Self::Failed { step, left: boxed(left)?.map_or(Left::Nothing, Left::Object) }
            }
            Line::Unclear { step } => Self::Failed { step, left: Left::Unclear },
            Line::Outputs(outputs) => Self::Outputs(values_in(outputs)?),
            Line::End => Self::End,
        })
    }
}

impl From<&CoreOp> for Op {
    fn from(op: &CoreOp) -> Self {
        match op {
            CoreOp::Create(None) => Self::Create,
            CoreOp::Create(Some(key)) => Self::CreateDeposing(key.to_string()),
            CoreOp::Update => Self::Update,
            CoreOp::Delete => Self::Delete,
            CoreOp::DeleteDeposed(key) => Self::DeleteDeposed(key.to_string()),
            CoreOp::Read => Self::Read,
            CoreOp::Forget => Self::Forget,
            CoreOp::Vanish => Self::Vanish,
            CoreOp::Join => Self::Join,
        }
    }
}

impl From<Op> for CoreOp {
    fn from(op: Op) -> Self {
        match op {
            Op::Create => Self::Create(None),
            Op::CreateDeposing(key) => Self::Create(Some(DeposedKey(key.into()))),
            Op::Update => Self::Update,
            Op::Delete => Self::Delete,
            Op::DeleteDeposed(key) => Self::DeleteDeposed(DeposedKey(key.into())),
            Op::Read => Self::Read,
            Op::Forget => Self::Forget,
            Op::Vanish => Self::Vanish,
            Op::Join => Self::Join,
        }
    }
}
