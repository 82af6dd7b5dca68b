//! Tells the user what an apply is doing: a line when a step begins, goes on for long, ends or fails, and a bar.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use recon_core::Address;
use recon_core::quota::Quota;
use recon_engine::{Event, Events};

use crate::render::json::event;
use crate::render::step::Doing;
use crate::render::style;
use crate::session::Shape;
use crate::ui::Ui;

/// How often a step that takes long says that it is still at it.
const STILL_EVERY: Duration = Duration::from_secs(10);
/// How often that is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How many addresses a line of waiting names.
const NAMES_MAX: usize = 5;

/// Hears what happens, and prints it.
pub(crate) struct Progress {
    ui: Arc<Ui>,
    shape: Shape,
    steps: Mutex<Steps>,
}

#[derive(Default)]
struct Steps {
    begun: bool,
    done: usize,
    running: BTreeMap<Address, Running>,
    /// When a wait for each quota was last told.
    waits: BTreeMap<&'static str, Instant>,
}

struct Running {
    doing: Doing,
    since: Instant,
    said: Instant,
}

impl Progress {
    /// Progress of a run, in lines of text or of JSON.
    pub(crate) fn new(ui: Arc<Ui>, shape: Shape) -> Arc<Self> {
        let progress = Arc::new(Self { ui, shape, steps: Mutex::default() });
        let weak = Arc::downgrade(&progress);
        // Without that thread all is the same but the lines about steps that take long.
        drop(std::thread::Builder::new().name("progress".to_owned()).spawn(move || watch(&weak)));
        progress
    }

    /// Takes the bar away.
    pub(crate) fn end(&self) {
        self.ui.end_bar();
    }

    /// Whether anything was begun that an interrupt would cut off.
    pub(crate) fn has_begun(&self) -> bool {
        self.lock().begun
    }

    /// What is being done at this moment, in words: what an interrupted run waits for.
    pub(crate) fn waiting_for(&self) -> String {
        let steps = self.lock();
        let names: Vec<String> = steps.running.keys().take(NAMES_MAX).map(ToString::to_string).collect();
        match steps.running.len() {
            0 => "the calls in flight".to_owned(),
            more if more > NAMES_MAX => format!("{} and {} more", names.join(", "), more - NAMES_MAX),
            _ => names.join(", "),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Steps> {
        self.steps.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn say(&self, text: &str, line: event::Line) {
        match self.shape {
            Shape::Text => self.ui.talk(&format!("{}\n", style::paint(style::BOLD, text))),
            Shape::Events => self.ui.data(&line.text(&crate::session::now())),
            Shape::Document => {}
        }
    }

    fn note(&self, text: &str) {
        self.say(text, event::log(text));
    }

    fn started(&self, address: &Address, doing: Doing, id: Option<&str>) {
        let now = Instant::now();
        self.lock().running.insert(address.clone(), Running { doing, since: now, said: now });
        self.say(&doing.started(address, id), event::started(address, doing, id));
    }

    fn ended(&self, address: &Address) {
        let (done, running) = {
            let mut steps = self.lock();
            steps.running.remove(address);
            steps.done += 1;
            (steps.done, steps.running.keys().next().map(ToString::to_string).unwrap_or_default())
        };
        self.ui.move_bar(done, running);
    }

    /// Many calls wait for one quota; that is said from time to time.
    fn waiting(&self, quota: &'static Quota, wait: Duration) {
        let now = Instant::now();
        let last = self.lock().waits.insert(quota.name, now);
        if let Some(last) = last.filter(|last| now.duration_since(*last) < STILL_EVERY) {
            self.lock().waits.insert(quota.name, last);
            return;
        }
        let (label, seconds) = (quota.label, wait.as_secs().max(1));
        self.note(&format!("Waiting {seconds} s for AWS's quota of {label} ({quota})"));
    }

    fn tell_long_ones(&self) {
        let now = Instant::now();
        let mut long = Vec::new();
        for (address, running) in &mut self.lock().running {
            if now.duration_since(running.said) >= STILL_EVERY {
                running.said = now;
                long.push((address.clone(), running.doing, now.duration_since(running.since)));
            }
        }
        for (address, doing, elapsed) in long {
            self.say(&doing.still(&address, elapsed), event::still(&address, doing, elapsed));
        }
    }
}

impl Events for Progress {
    fn event(&self, event: &Event) {
        match event {
            Event::Observing { .. } => {}
            Event::Searching { progress } => self.note(progress),
            Event::Recovering { in_doubt } => self.note(&format!(
                "An interrupted run was found. Its results are taken over; {} in doubt.",
                style::count(*in_doubt, "step")
            )),
            Event::Recovered { address, outcome } => self.note(&format!("{address}: {outcome}")),
            Event::Applying { steps } => {
                self.lock().begun = true;
                if self.shape == Shape::Text {
                    self.ui.start_bar(*steps);
                }
            }
            Event::Waiting { quota, wait } => self.waiting(quota, *wait),
            Event::Started { address, op, id } => self.started(address, op.into(), id.as_deref()),
            Event::Finished { address, op, elapsed, id } => {
                let doing = Doing::from(op);
                let id = id.as_deref();
                self.say(
                    &doing.finished(address, *elapsed, id),
                    event::finished(address, doing, *elapsed, id),
                );
                self.ended(address);
            }
            Event::Failed { address, op, elapsed } => {
                let doing = Doing::from(op);
                if self.shape == Shape::Events {
                    self.say("", event::failed(address, doing, *elapsed));
                } else {
                    self.note(&doing.failed(address, *elapsed));
                }
                self.ended(address);
            }
        }
    }
}

fn watch(progress: &Weak<Progress>) {
    loop {
        std::thread::sleep(LOOK_EVERY);
        let Some(progress) = progress.upgrade() else { return };
        progress.tell_long_ones();
    }
}
