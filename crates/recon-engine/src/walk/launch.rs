//! Begins steps: a step, or several that share a call, once nothing but their turn is waited for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use recon_core::change::Change;
use recon_core::needs::write_of;
use recon_core::plan::{Op, Step, StepId};
use recon_core::provider::Lane;
use recon_core::quota::Write;
use recon_core::together::{object, shared};
use recon_core::value::Name;
use recon_core::{Diagnostics, Known};
use recon_store::{Entry, begin_step};

use super::{Running, Walk, shown_id};
use crate::builtin;
use crate::connect::provider_of;
use crate::execute::{Job, execute};
use crate::project::Event;

/// A step that may begin.
struct Prepared<'a> {
    id: StepId,
    step: &'a Step,
    have: Option<Known>,
    want: Option<Known>,
    queue: Option<Name>,
}

impl Prepared<'_> {
    fn write(&self) -> Option<Write<'_>> {
        match (&self.have, &self.want) {
            (None, Some(want)) => Some(Write::Create { want }),
            (Some(have), Some(want)) => Some(Write::Update { have, want }),
            (Some(have), None) => Some(Write::Delete { have }),
            (None, None) => None,
        }
    }
}

impl<'a> Walk<'a> {
    /// Begins a step that calls somebody, with those that share its call.
    pub(super) fn launch(&mut self, id: StepId) {
        let ids = self.groups.take(id);
        let lanes = match self.lanes(&ids) {
            Ok(lanes) => lanes,
            Err(found) => return self.give_up(id, found),
        };
        if let Some(full) = lanes.iter().find(|lane| self.lines.is_full(lane.quota, lane.width)) {
            self.lines.wait(&full.quota.into(), id);
            return self.groups.put(ids);
        }
        let prepared: Vec<Prepared<'a>> = ids.into_iter().filter_map(|id| self.prepare(id)).collect();
        let parts = self.of_one_object(prepared);
        let Some(first) = parts.first().map(|part| part.id) else { return };
        let queues: BTreeSet<Name> = parts.iter().filter_map(|part| part.queue.clone()).collect();
        if let Some(name) = queues.iter().find(|name| self.lines.is_full(name, 1)) {
            self.lines.wait(name, first);
            return self.groups.put(parts.iter().map(|part| part.id).collect());
        }
        if let [Prepared { id, step, have, want, .. }] = &parts[..]
            && &*step.provider.name == builtin::NAME
        {
            self.begun.insert(*id);
            let intent = Self::intent(*id, step, want.clone());
            return self.builtin(*id, &intent, have.as_ref(), want.as_ref());
        }
        let places = queues.into_iter().chain(lanes.iter().map(|lane| lane.quota.into())).collect();
        self.send(parts, places);
    }

    /// A step that cannot begin.
    fn give_up(&mut self, id: StepId, found: Diagnostics) {
        self.begun.insert(id);
        self.diagnostics.extend(found);
    }

    /// What a step needs to begin; nothing where there is nothing to do, or too little is known.
    fn prepare(&mut self, id: StepId) -> Option<Prepared<'a>> {
        let plan = self.plan;
        let step = &plan.steps[id];
        let change = self.change(step)?;
        let want = match step.op {
            Op::Create(_) | Op::Update | Op::Read => match self.resolver.wanted(&step.address, change) {
                Ok(want) => Some(want),
                Err(found) => {
                    self.give_up(id, found);
                    return None;
                }
            },
            _ => None,
        };
        let have = self.have(step);
        if matches!(step.op, Op::Update | Op::Delete | Op::DeleteDeposed(_)) && have.is_none() {
            // It is gone already: there is nothing to change or destroy.
            self.begun.insert(id);
            self.release(id);
            return None;
        }
        let queue = self.queue(step, want.as_ref().or(have.as_ref()));
        Some(Prepared { id, step, have, want, queue })
    }

    /// Those that are about the same object as the first one; the others, whom a plan could not tell apart from them, go
    /// by themselves.
    fn of_one_object(&mut self, prepared: Vec<Prepared<'a>>) -> Vec<Prepared<'a>> {
        if prepared.len() < 2 {
            return prepared;
        }
        let about = |part: &Prepared<'_>| {
            let shared = shared(part.step, part.write()?, &self.project.catalog)?;
            object(shared, part.write()?)
        };
        let wanted = prepared.first().and_then(about);
        let (parts, others): (Vec<_>, Vec<_>) = prepared
            .into_iter()
            .enumerate()
            .partition(|(index, part)| *index == 0 || (wanted.is_some() && about(part) == wanted));
        let others: Vec<StepId> = others.into_iter().map(|(_, part)| part.id).collect();
        self.ready.extend(others.first());
        self.groups.put(others);
        parts.into_iter().map(|(_, part)| part).collect()
    }

    /// Writes the intents down and calls the provider.
    fn send(&mut self, parts: Vec<Prepared<'a>>, mut places: Vec<Name>) {
        let Some(Prepared { id: first, step, .. }) = parts.first() else { return };
        let provider = match provider_of(self.providers, &step.provider) {
            Ok(provider) => Arc::clone(provider),
            Err(found) => return self.give_up(*first, found.into()),
        };
        self.lines.occupy(&places);
        let (mut ids, mut entries, mut jobs) = (Vec::new(), Vec::new(), Vec::new());
        for Prepared { id, step, have, want, .. } in parts {
            self.begun.insert(id);
            let intent = Self::intent(id, step, want.clone());
            entries.push(Entry::Intent(Box::new(intent.clone())));
            begin_step(&mut self.state, &intent);
            let (address, op) = (step.address.clone(), step.op.clone());
            let present = have.as_ref().and_then(shown_id);
            self.project.events.event(&Event::Started { address, op, id: present });
            let (kind, op, begun_ms) = (step.address.kind().clone(), step.op.clone(), intent.at_ms);
            jobs.push(Job { kind, op, have, want, begun_ms });
            let places = std::mem::take(&mut places);
            self.running.insert(id, Running { places, intent, started: Instant::now() });
            ids.push(id);
        }
        let ack = self.journal.append_many(&entries);
        self.tasks.spawn(async move {
            let reports = execute(provider, ack, jobs).await;
            ids.into_iter().zip(reports).collect()
        });
    }

    fn change(&self, step: &Step) -> Option<&'a Change> {
        let deposed = match &step.op {
            Op::DeleteDeposed(key) => Some(key),
            _ => None,
        };
        let change = self.changes.get(&(&step.address, deposed));
        change.or_else(|| self.changes.get(&(&step.address, None))).copied()
    }

    /// The object that a step starts from.
    fn have(&self, step: &Step) -> Option<Known> {
        let instance = self.state.resources.get(&step.address)?;
        match &step.op {
            Op::Update | Op::Delete => instance.object.as_ref().map(|object| object.value.clone()),
            Op::DeleteDeposed(key) => instance.deposed.get(key).map(|object| object.value.clone()),
            _ => None,
        }
    }

    /// The quotas that would hold the calls of these steps back.
    fn lanes(&self, ids: &[StepId]) -> Result<Vec<Lane>, Diagnostics> {
        let mut lanes: BTreeMap<&str, Lane> = BTreeMap::new();
        for step in ids.iter().map(|id| &self.plan.steps[*id]) {
            let prices = self.project.catalog.prices(&step.provider.name);
            let write = self.change(step).and_then(|change| write_of(step, change));
            let Some((prices, write)) = prices.zip(write) else { continue };
            let provider = provider_of(self.providers, &step.provider)?;
            let operations: BTreeSet<&str> = prices.calls(step.address.kind(), write).into_iter().collect();
            let needed = operations.into_iter().flat_map(|operation| provider.lanes(operation));
            lanes.extend(needed.map(|lane| (lane.quota, lane)));
        }
        Ok(lanes.into_values().collect())
    }

    fn queue(&self, step: &Step, value: Option<&Known>) -> Option<Name> {
        if step.op == Op::Read {
            return None;
        }
        let key = self.project.catalog.resource(step.address.kind())?.queue_key(value?)?;
        Some(format!("{}/{key}", step.provider).into())
    }
}
