//! A state and a journal make the next state: pure, and the same whether the run ended or was cut off anywhere.

use std::collections::BTreeMap;

use recon_core::plan::Op;
use recon_core::state::{DeposedKey, Instance, Object, State};

use crate::entry::{Begin, Entry, Intent, Left, Outcome};
use crate::error::Error;

/// What a journal makes of a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folded {
    /// With every result applied; its serial is still that of the state file.
    pub state: State,
    /// The steps of which nobody knows whether they took effect, in the order in which they began.
    pub in_doubt: Vec<Intent>,
    /// Whether the run walked all its steps.
    pub ended: bool,
    /// Whether the state file already held what the journal says, because only its removal was missing.
    pub stale: bool,
}

/// Applies a journal to the state that it began from.
///
/// A state that remembers nothing and was never written takes the journal's lineage, so that a first run that was cut
/// off folds onto `State::empty`.
pub fn fold(state: State, entries: &[Entry]) -> Result<Folded, Error> {
    let mut folded = Folded { state, in_doubt: Vec::new(), ended: false, stale: false };
    let Some(first) = entries.first() else { return Ok(folded) };
    let Entry::Begin(begin) = first else { return Err(disorder(0, "it does not begin with a run")) };
    if folded.state.serial == 0 && folded.state.resources.is_empty() && begin.serial == 0 {
        folded.state.lineage = begin.lineage.clone();
    }
    check_begin(&folded.state, begin)?;
    if begin.serial < folded.state.serial {
        return Ok(Folded { stale: true, ended: true, ..folded });
    }
    let mut open = Open::default();
    for (position, entry) in entries.iter().enumerate() {
        apply(&mut folded, &mut open, (position, entry))?;
    }
    folded.in_doubt.extend(open.into_doubts());
    Ok(folded)
}

/// The steps that have begun and not ended, by number, with their place in the order.
#[derive(Default)]
struct Open<'a>(BTreeMap<u64, (usize, &'a Intent)>);

impl Open<'_> {
    fn into_doubts(self) -> Vec<Intent> {
        let mut open: Vec<_> = self.0.into_values().filter(|(_, intent)| intent.has_effect()).collect();
        open.sort_by_key(|(position, _)| *position);
        open.into_iter().map(|(_, intent)| intent.clone()).collect()
    }
}

fn apply<'a>(
    folded: &mut Folded,
    open: &mut Open<'a>,
    (position, entry): (usize, &'a Entry),
) -> Result<(), Error> {
    match entry {
        Entry::Begin(begin) => {
            check_begin(&folded.state, begin)?;
            // Numbers of steps are distinct within a run only.
            folded.in_doubt.extend(std::mem::take(open).into_doubts());
            folded.ended = false;
        }
        Entry::Refreshed { address, instance } => {
            match instance {
                Some(instance) => folded.state.resources.insert(address.clone(), (**instance).clone()),
                None => folded.state.resources.remove(address),
            };
        }
        Entry::Intent(intent) => {
            if open.0.insert(intent.step, (position, intent)).is_some() {
                return Err(disorder(position, "a step begins twice"));
            }
            begin_step(&mut folded.state, intent);
        }
        Entry::Result { step, object } => {
            let (_, intent) = open.0.remove(step).ok_or_else(|| disorder(position, NEVER_BEGUN))?;
            settle_step(&mut folded.state, intent, Outcome::Done(object.as_deref().cloned()));
        }
        Entry::Failed { step, left: Left::Unclear } => {
            open.0.get(step).ok_or_else(|| disorder(position, NEVER_BEGUN))?;
        }
        Entry::Failed { step, left } => {
            let (_, intent) = open.0.remove(step).ok_or_else(|| disorder(position, NEVER_BEGUN))?;
            settle_step(&mut folded.state, intent, Outcome::Failed(left.clone()));
        }
        Entry::Outputs(outputs) => folded.state.outputs.clone_from(outputs),
        Entry::End => folded.ended = true,
    }
    Ok(())
}

const NEVER_BEGUN: &str = "a step ends that never began";

fn disorder(position: usize, what: &str) -> Error {
    Error::JournalOrder { entry: position + 1, what: what.to_owned() }
}

fn check_begin(state: &State, begin: &Begin) -> Result<(), Error> {
    if begin.lineage != state.lineage {
        let (have, other) = (state.lineage.0.to_string(), begin.lineage.0.to_string());
        return Err(Error::WrongLineage { have, other });
    }
    if begin.serial > state.serial {
        return Err(Error::WrongSerial { have: state.serial, other: begin.serial });
    }
    Ok(())
}

/// What a state remembers from the moment a step begins: an object that makes room becomes deposed.
pub fn begin_step(state: &mut State, intent: &Intent) {
    let Op::Create(Some(key)) = &intent.op else { return };
    if let Some(instance) = state.resources.get_mut(&intent.address)
        && let Some(object) = instance.object.take()
    {
        instance.deposed.insert(key.clone(), object);
    }
}

/// What a state remembers when a step ends. [`begin_step`] came before.
pub fn settle_step(state: &mut State, intent: &Intent, outcome: Outcome) {
    match outcome {
        Outcome::Done(object) => done(state, intent, object),
        Outcome::Failed(Left::Object(object)) => failed_with(state, intent, *object),
        Outcome::Failed(Left::Nothing) => failed(state, intent),
        // Still in doubt: nothing is known that could be remembered.
        Outcome::Failed(Left::Unclear) => {}
    }
    if state.resources.get(&intent.address).is_some_and(|it| it.object.is_none() && it.deposed.is_empty()) {
        state.resources.remove(&intent.address);
    }
}

fn done(state: &mut State, intent: &Intent, object: Option<Object>) {
    match &intent.op {
        Op::DeleteDeposed(key) => set_deposed(state, intent, key, object),
        Op::Create(_) | Op::Update | Op::Read => set_object(state, intent, object),
        Op::Delete | Op::Forget | Op::Vanish => {
            if let Some(instance) = state.resources.get_mut(&intent.address) {
                instance.object = object;
            }
        }
        Op::Join => {}
    }
}

fn failed_with(state: &mut State, intent: &Intent, left: Object) {
    match &intent.op {
        Op::DeleteDeposed(key) => set_deposed(state, intent, key, Some(left)),
        Op::Join => {}
        Op::Create(_) | Op::Update | Op::Delete | Op::Read | Op::Forget | Op::Vanish => {
            set_object(state, intent, Some(left));
        }
    }
}

/// A create that made nothing gives its place back.
fn failed(state: &mut State, intent: &Intent) {
    let Op::Create(Some(key)) = &intent.op else { return };
    if let Some(instance) = state.resources.get_mut(&intent.address)
        && instance.object.is_none()
    {
        instance.object = instance.deposed.remove(key);
    }
}

fn set_object(state: &mut State, intent: &Intent, object: Option<Object>) {
    let deposed = state.resources.remove(&intent.address).map(|instance| instance.deposed);
    let instance = Instance {
        provider: intent.provider.clone(),
        depends_on: intent.depends_on.clone(),
        create_before_destroy: intent.create_before_destroy,
        object,
        deposed: deposed.unwrap_or_default(),
    };
    state.resources.insert(intent.address.clone(), instance);
}

fn set_deposed(state: &mut State, intent: &Intent, key: &DeposedKey, object: Option<Object>) {
    let Some(instance) = state.resources.get_mut(&intent.address) else { return };
    match object {
        Some(object) => instance.deposed.insert(key.clone(), object),
        None => instance.deposed.remove(key),
    };
}

/// The entries that turn the resources of one state into those of another: what a refresh found, in address order.
pub fn refreshed_entries(before: &State, after: &State) -> Vec<Entry> {
    let mut entries = Vec::new();
    for address in before.resources.keys().filter(|address| !after.resources.contains_key(address)) {
        entries.push(Entry::Refreshed { address: address.clone(), instance: None });
    }
    for (address, instance) in &after.resources {
        if before.resources.get(address) != Some(instance) {
            let instance = Some(Box::new(instance.clone()));
            entries.push(Entry::Refreshed { address: address.clone(), instance });
        }
    }
    entries
}

/// Whether two states remember the same, whatever their serials: then neither needs to be written over the other.
pub fn same_content(a: &State, b: &State) -> bool {
    a.lineage == b.lineage && a.outputs == b.outputs && a.resources == b.resources
}

/// Whether `new` may take the place of `old`: the same lineage, and a later serial unless nothing differs.
pub fn check_succession(old: &State, new: &State) -> Result<(), Error> {
    if old.lineage != new.lineage {
        let (have, other) = (old.lineage.0.to_string(), new.lineage.0.to_string());
        return Err(Error::WrongLineage { have, other });
    }
    if new.serial < old.serial || (new.serial == old.serial && !same_content(old, new)) {
        return Err(Error::WrongSerial { have: old.serial, other: new.serial });
    }
    Ok(())
}
