//! Walks the steps of a plan: each begins as soon as those before it are done, a bounded number at a time, writes to one
//! queue one after the other.

mod launch;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use recon_core::change::Change;
use recon_core::plan::{Op, Plan, Step, StepId};
use recon_core::secrets::Secrets;
use recon_core::state::{DeposedKey, Object, State};
use recon_core::value::Name;
use recon_core::{Address, Diagnostic, Diagnostics, Known};
use recon_planner::resolve::Resolver;
use recon_store::{Entry, Intent, Journal, Left, Outcome, begin_step, settle_step};
use tokio::task::JoinSet;

use crate::builtin;
use crate::connect::Providers;
use crate::execute::Report;
use crate::lines::Lines;
use crate::planning::crashed;
use crate::project::{Event, Project};
use crate::recover::object;
use crate::together::Groups;

/// A walk over the steps of a plan.
pub(crate) struct Walk<'a> {
    project: &'a Project,
    plan: &'a Plan,
    providers: &'a Providers,
    resolver: Resolver<'a>,
    journal: Journal,
    state: State,
    changes: BTreeMap<(&'a Address, Option<&'a DeposedKey>), &'a Change>,
    /// How many steps before each are not done.
    waits: Vec<usize>,
    followers: Vec<Vec<StepId>>,
    groups: Groups,
    ready: BTreeSet<StepId>,
    begun: BTreeSet<StepId>,
    lines: Lines,
    running: BTreeMap<StepId, Running>,
    tasks: JoinSet<Vec<(StepId, Report)>>,
    done: Vec<Op>,
    diagnostics: Diagnostics,
    in_doubt: bool,
    /// Nothing new begins: the journal cannot be written.
    stopped: bool,
}

/// A step whose call is in flight.
struct Running {
    /// The queue and the lanes that it occupies.
    places: Vec<Name>,
    intent: Intent,
    started: Instant,
}

/// What came of a walk.
pub(crate) struct Walked<'a> {
    pub(crate) state: State,
    /// What the steps that succeeded did.
    pub(crate) done: Vec<Op>,
    /// The instances of steps that were not begun.
    pub(crate) left: Vec<Address>,
    pub(crate) diagnostics: Diagnostics,
    pub(crate) resolver: Resolver<'a>,
    pub(crate) journal: Journal,
    /// Whether nobody knows of some step whether it took effect.
    pub(crate) in_doubt: bool,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(
        project: &'a Project,
        plan: &'a Plan,
        providers: &'a Providers,
        resolver: Resolver<'a>,
        journal: Journal,
    ) -> Self {
        let (groups, after) = Groups::of(plan, &project.catalog);
        let mut followers = vec![Vec::new(); plan.steps.len()];
        for (id, after) in after.iter().enumerate() {
            for first in after {
                followers[*first].push(id);
            }
        }
        let waits: Vec<usize> = after.iter().map(Vec::len).collect();
        let ready = waits.iter().enumerate().filter(|(_, waits)| **waits == 0).map(|(id, _)| id).collect();
        let changes =
            plan.changes.iter().map(|it| ((&it.address, it.deposed.as_ref()), &it.change)).collect();
        Self {
            project,
            plan,
            providers,
            resolver,
            journal,
            state: plan.refreshed.clone(),
            changes,
            waits,
            followers,
            groups,
            ready,
            begun: BTreeSet::new(),
            lines: Lines::default(),
            running: BTreeMap::new(),
            tasks: JoinSet::new(),
            done: Vec::new(),
            diagnostics: Diagnostics::new(),
            in_doubt: false,
            stopped: false,
        }
    }

    /// Walks until nothing is left that can begin.
    pub(crate) async fn run(mut self) -> Walked<'a> {
        loop {
            self.begin_ready();
            let Some(finished) = self.tasks.join_next().await else { break };
            match finished {
                Ok(reports) => reports.into_iter().for_each(|(id, report)| self.finish(id, report)),
                Err(error) => {
                    self.diagnostics.extend(crashed(&error));
                    self.in_doubt = true;
                    self.stopped = true;
                }
            }
        }
        let steps = self.plan.steps.iter().enumerate();
        let left = steps.filter(|(id, step)| !self.begun.contains(id) && step.op.calls_provider());
        let left: BTreeSet<Address> = left.map(|(_, step)| step.address.clone()).collect();
        Walked {
            state: self.state,
            done: self.done,
            left: left.into_iter().collect(),
            diagnostics: self.diagnostics,
            resolver: self.resolver,
            journal: self.journal,
            in_doubt: self.in_doubt,
        }
    }

    fn begin_ready(&mut self) {
        while self.tasks.len() < self.project.parallelism && !self.stopped {
            if self.project.interrupt.is_requested() {
                self.stopped = true;
                let detail = "The calls in flight were finished and their results saved. Run the command again to go on.";
                self.diagnostics.push(Diagnostic::error("Interrupted", detail));
                return;
            }
            let Some(id) = self.ready.pop_first() else { return };
            self.begin(id);
            if self.running.contains_key(&id) {
                self.lines.begun(id);
            } else {
                // The place that it was called to is still free.
                self.ready.extend(self.lines.pass_on(id));
            }
        }
    }

    fn begin(&mut self, id: StepId) {
        let step = &self.plan.steps[id];
        match step.op {
            Op::Join => {
                self.begun.insert(id);
                self.release(id);
            }
            Op::Forget | Op::Vanish => self.forget(id, step),
            _ => self.launch(id),
        }
    }

    /// A step that calls nobody.
    fn forget(&mut self, id: StepId, step: &Step) {
        self.begun.insert(id);
        let intent = Self::intent(id, step, None);
        let entries =
            [Entry::Intent(Box::new(intent.clone())), Entry::Result { step: intent.step, object: None }];
        if let Err(error) = self.journal.append_relaxed(&entries) {
            return self.stop(&error);
        }
        settle_step(&mut self.state, &intent, Outcome::Done(None));
        self.done.push(step.op.clone());
        self.release(id);
    }

    fn intent(id: StepId, step: &Step, want: Option<Known>) -> Intent {
        Intent {
            step: id as u64,
            address: step.address.clone(),
            op: step.op.clone(),
            provider: step.provider.clone(),
            want,
            at_ms: recon_store::now_ms(),
            depends_on: Arc::clone(&step.depends_on),
            create_before_destroy: step.create_before_destroy,
        }
    }

    /// Instances that need no service cost no waiting.
    fn builtin(&mut self, id: StepId, intent: &Intent, have: Option<&Known>, want: Option<&Known>) {
        let made = match (&intent.op, have, want) {
            (Op::Create(_), _, Some(want)) => Some(builtin::create(want)),
            (Op::Update, Some(have), Some(want)) => Some(builtin::update(have, want)),
            _ => None,
        };
        let made = made.map(|value| {
            let spoken = want.or(have).unwrap_or(&value).clone();
            object(self.project, &intent.address, &spoken, value)
        });
        let result = Entry::Result { step: intent.step, object: made.clone().map(Box::new) };
        if let Err(error) = self.journal.append_relaxed(&[Entry::Intent(Box::new(intent.clone())), result]) {
            return self.stop(&error);
        }
        let (address, op) = (intent.address.clone(), intent.op.clone());
        let present = have.and_then(shown_id);
        self.project.events.event(&Event::Started { address, op: op.clone(), id: present });
        begin_step(&mut self.state, intent);
        self.learn(&intent.address, made.as_ref());
        self.report(intent, made.as_ref(), Duration::ZERO);
        settle_step(&mut self.state, intent, Outcome::Done(made));
        self.done.push(op);
        self.release(id);
    }

    fn report(&self, intent: &Intent, made: Option<&Object>, elapsed: Duration) {
        let id = made.and_then(|object| shown_id(&object.value));
        let (address, op) = (intent.address.clone(), intent.op.clone());
        self.project.events.event(&Event::Finished { address, op, elapsed, id });
    }

    fn learn(&mut self, address: &Address, made: Option<&Object>) {
        if let Some(object) = made {
            let found = self.resolver.learn(address, &object.value);
            self.diagnostics.extend(found);
        }
    }

    fn finish(&mut self, id: StepId, report: Report) {
        let Some(Running { places, intent, started }) = self.running.remove(&id) else { return };
        self.ready.extend(self.lines.leave(&places));
        let elapsed = started.elapsed();
        match report {
            Report::Done(value) => {
                let made = value.map(|value| {
                    let spoken = intent.want.clone().unwrap_or_else(|| value.clone());
                    object(self.project, &intent.address, &spoken, value)
                });
                let entry = Entry::Result { step: intent.step, object: made.clone().map(Box::new) };
                self.write(&entry);
                self.learn(&intent.address, made.as_ref());
                self.report(&intent, made.as_ref(), elapsed);
                settle_step(&mut self.state, &intent, Outcome::Done(made));
                self.done.push(intent.op.clone());
                self.release(id);
            }
            Report::Failed(left, diagnostic) => {
                let left = left.map_or(Left::Nothing, |(value, health)| {
                    let spoken = intent.want.clone().unwrap_or_else(|| value.clone());
                    Left::Object(Box::new(Object {
                        health,
                        ..object(self.project, &intent.address, &spoken, value)
                    }))
                });
                self.write(&Entry::Failed { step: intent.step, left: left.clone() });
                settle_step(&mut self.state, &intent, Outcome::Failed(left));
                self.fail(&intent, diagnostic, elapsed);
            }
            Report::Unclear(diagnostic) => {
                self.write(&Entry::Failed { step: intent.step, left: Left::Unclear });
                self.in_doubt = true;
                self.fail(&intent, diagnostic, elapsed);
            }
            Report::NotBegun(error) => {
                self.begun.remove(&id);
                self.stop(&error);
            }
        }
    }

    fn fail(&mut self, intent: &Intent, diagnostic: Diagnostic, elapsed: Duration) {
        let (address, op) = (intent.address.clone(), intent.op.clone());
        let diagnostic = match self.resolver.span(&address, &recon_core::Path::root()) {
            Some(span) => diagnostic.or_at(span),
            None => diagnostic,
        };
        let mut secrets = Secrets::default();
        let have = self.state.object(&address).map(|object| &object.value);
        intent.want.iter().chain(have).for_each(|value| secrets.add(value));
        let detail = secrets.hidden_in(&diagnostic.detail);
        self.diagnostics.push(Diagnostic { detail, ..diagnostic }.about(&address));
        self.project.events.event(&Event::Failed { address, op, elapsed });
    }

    fn write(&mut self, entry: &Entry) {
        // Whoever builds on this result waits for its own intent, which comes later in the same file.
        if let Err(error) = self.journal.append_soon(entry) {
            self.in_doubt = true;
            self.stop(&error);
        }
    }

    fn stop(&mut self, error: &recon_store::Error) {
        self.stopped = true;
        self.diagnostics.push(error.diagnostic());
    }

    fn release(&mut self, id: StepId) {
        for follower in std::mem::take(&mut self.followers[id]) {
            self.waits[follower] -= 1;
            if self.waits[follower] == 0 && !self.begun.contains(&follower) {
                self.ready.insert(follower);
            }
        }
    }
}

/// The `id` of an object, unless it must not be shown.
fn shown_id(object: &Known) -> Option<String> {
    let id = object.get("id");
    id.as_str().filter(|_| !id.marks.is_sensitive()).map(str::to_owned)
}
