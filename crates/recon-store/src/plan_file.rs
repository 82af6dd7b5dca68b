//! Plan files: a plan saved by one run and applied by another, on the same or another machine.

use std::io::{self, Write};
use std::path::Path;

use recon_core::Value;
use recon_core::plan::{Base, Plan, PlanKind};
use recon_core::state::{Lineage, State};
use sha2::{Digest, Sha256};

use crate::error::{Expected, Holds};
use crate::v1::exact::Exact;
use crate::v1::exact_read::Read;
use crate::v1::object::{Instance, values_out};
use crate::v1::plan::{Head, Line, Part, base_out, change_out, drift_out, output_out, step_out};
use crate::v1::{check_depth, line_words};
use crate::{Error, VERSION, bytes};

/// The format that is written.
const NEWEST: u64 = 1;

/// What a plan file says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanMeta {
    /// The version of recon that made it.
    pub recon: String,
    /// When, in RFC 3339.
    pub created: String,
}

impl PlanMeta {
    /// Of a plan made by this recon, now.
    pub fn now() -> Self {
        let created = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        Self { recon: VERSION.to_owned(), created }
    }
}

/// Writes a plan file, readable by its owner alone: it holds the variables and values in the clear.
pub fn write_plan(path: &Path, plan: &Plan, meta: &PlanMeta) -> Result<(), Error> {
    check(plan)?;
    bytes::replace(path, |file| print(plan, meta, file))
}

fn check(plan: &Plan) -> Result<(), Error> {
    for (name, value) in &plan.base.variables {
        check_depth(&format!("var.{name}"), value)?;
    }
    for change in &plan.changes {
        let before = change.change.before().map(|before| -> &Value { before });
        before
            .into_iter()
            .chain(change.change.after())
            .try_for_each(|it| check_depth(&change.address, it))?;
    }
    for (address, instance) in &plan.refreshed.resources {
        let mut objects = instance.object.iter().chain(instance.deposed.values());
        objects.try_for_each(|object| check_depth(address, &object.value))?;
    }
    for (name, output) in &plan.outputs {
        output.after.iter().try_for_each(|it| check_depth(&format!("output.{name}"), it))?;
    }
    Ok(())
}

fn print(plan: &Plan, meta: &PlanMeta, file: &mut dyn Write) -> io::Result<()> {
    let Plan { base, kind, changes, drift, outputs, steps, refreshed } = plan;
    let PlanMeta { recon, created } = meta.clone();
    let mut to = Digested { file, digest: Sha256::new() };
    to.line(&Head { format: NEWEST, recon, created })?;
    to.line(&base_out(*kind, base))?;
    let State { lineage, serial, resources, outputs: state_outputs } = refreshed;
    to.line(&Line::State {
        lineage: lineage.0.to_string(),
        serial: *serial,
        outputs: values_out(state_outputs)
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    })?;
    for (address, instance) in resources {
        let instance = Instance::<Exact<'_>>::from(instance);
        to.line(&Line::Instance { address: address.to_string(), instance })?;
    }
    changes.iter().try_for_each(|change| to.line(&change_out(change)))?;
    drift.iter().try_for_each(|drift| to.line(&drift_out(drift)))?;
    outputs.iter().try_for_each(|(name, change)| to.line(&output_out(name, change)))?;
    steps.iter().try_for_each(|step| to.line(&step_out(step)))?;
    let sha256 = hex(&to.digest.clone().finalize());
    to.line(&Line::<Exact<'_>>::End { sha256 })
}

/// Writes lines and digests them.
struct Digested<'a> {
    file: &'a mut dyn Write,
    digest: Sha256,
}

impl Digested<'_> {
    fn line(&mut self, line: &impl serde::Serialize) -> io::Result<()> {
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        self.digest.update(&text);
        self.file.write_all(&text)
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from(b"0123456789abcdef"[digit as usize]))
        .collect()
}

/// Reads a plan file. A plan is applied by the version that made it, so another's is an error.
pub fn read_plan(path: &Path) -> Result<(PlanMeta, Plan), Error> {
    let missing = || Error::Missing { path: path.to_owned(), expected: Expected::Plan };
    let text = bytes::read_raw(path)?.ok_or_else(missing)?;
    let meta = read_head(&text, path)?;
    let mut read = PlanRead::default();
    let mut digest = Sha256::new();
    let mut end = None;
    for (position, line) in text.split_inclusive(|byte| *byte == b'\n').enumerate() {
        if position > 0 {
            let corrupt = |column: usize, what: String| Error::Corrupt {
                path: path.to_owned(),
                holds: Holds::Plan,
                line: position + 1,
                column: column.max(1),
                what,
            };
            let line: Line<Read> =
                serde_json::from_slice(line).map_err(|error| corrupt(error.column(), line_words(&error)))?;
            match Part::try_from(line).map_err(|what| corrupt(1, what))? {
                Part::End(sha256) => end = Some((sha256, hex(&digest.clone().finalize()))),
                part => read.add(part),
            }
        }
        digest.update(line);
    }
    let line = text.split(|byte| *byte == b'\n').count();
    let corrupt = |what: &str| Error::Corrupt {
        path: path.to_owned(),
        holds: Holds::Plan,
        line,
        column: 1,
        what: what.to_owned(),
    };
    match end {
        Some((said, is)) if said == is => {}
        Some(_) => return Err(corrupt("it was changed after it was written")),
        None => return Err(corrupt("its end is missing")),
    }
    let plan = read.into_plan().ok_or_else(|| corrupt("a part of it is missing"))?;
    Ok((meta, plan))
}

fn read_head(text: &[u8], path: &Path) -> Result<PlanMeta, Error> {
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let head: Head = serde_json::from_slice(line).map_err(|_| Error::NotAPlan { path: path.to_owned() })?;
    let Head { format, recon, created } = head;
    if format > NEWEST {
        return Err(Error::NewerFormat { path: path.to_owned(), format, newest: NEWEST });
    }
    if recon != VERSION {
        return Err(Error::PlanOfOtherVersion { path: path.to_owned(), made_by: recon });
    }
    Ok(PlanMeta { recon, created })
}

/// The parts of a plan as they are read.
#[derive(Default)]
struct PlanRead {
    base: Option<(PlanKind, Base)>,
    state: Option<State>,
    changes: Vec<recon_core::change::ResourceChange>,
    drift: Vec<recon_core::plan::Drift>,
    outputs: std::collections::BTreeMap<recon_core::value::Name, recon_core::plan::OutputChange>,
    steps: Vec<recon_core::plan::Step>,
}

impl PlanRead {
    fn add(&mut self, part: Part) {
        match part {
            Part::Base(kind, base) => self.base = Some((kind, base)),
            Part::State(lineage, serial, outputs) => {
                self.state = Some(State { serial, outputs, ..State::empty(lineage) });
            }
            Part::Instance(address, instance) => {
                let unnamed = || State::empty(Lineage("".into()));
                self.state.get_or_insert_with(unnamed).resources.insert(address, instance);
            }
            Part::Change(change) => self.changes.push(change),
            Part::Drift(drift) => self.drift.push(drift),
            Part::Output(name, change) => drop(self.outputs.insert(name, change)),
            Part::Step(step) => self.steps.push(step),
            Part::End(_) => {}
        }
    }

    /// The plan, if its parts are there and every step comes after those it waits for.
    fn into_plan(self) -> Option<Plan> {
        let Self { base, state, changes, drift, outputs, steps } = self;
        let (kind, base) = base?;
        let is_ordered = |(position, step): (usize, &recon_core::plan::Step)| {
            step.after.iter().all(|before| *before < position)
        };
        steps.iter().enumerate().all(is_ordered).then_some(())?;
        Some(Plan { base, kind, changes, drift, outputs, steps, refreshed: state? })
    }
}
