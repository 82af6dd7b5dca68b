//! One run of the program: where it prints, in which shape, and what source text there is.

use std::future::Future;
use std::sync::Arc;

use recon_core::{Diagnostic, Diagnostics, SourceMap};
use recon_engine::Interrupt;

use crate::progress::Progress;
use crate::render::diagnostics;
use crate::render::json::event;
use crate::stop::Stop;
use crate::ui::Ui;

/// In which shape a command talks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// For people.
    Text,
    /// One JSON object per line, diagnostics included.
    Events,
    /// One JSON document; diagnostics are for people all the same.
    Document,
}

/// One run of the program.
pub(crate) struct Session {
    /// Where it prints.
    pub ui: Arc<Ui>,
    /// In which shape.
    pub shape: Shape,
    /// What was read.
    pub sources: SourceMap,
    /// The directory that the user was in, before `-chdir`.
    pub origin: String,
}

impl Session {
    /// Prints diagnostics.
    pub(crate) fn report(&self, all: &Diagnostics) {
        self.report_from(all, &self.sources);
    }

    /// Prints diagnostics about other sources than the session's own.
    pub(crate) fn report_from(&self, all: &Diagnostics, sources: &SourceMap) {
        if all.is_empty() {
            return;
        }
        if self.shape == Shape::Events {
            all.iter().for_each(|one| self.line(event::diagnostic(one, sources)));
        } else {
            self.ui.talk(&format!("\n{}", diagnostics::diagnostics(all, sources)));
        }
    }

    /// Prints one line of JSON.
    pub(crate) fn line(&self, line: event::Line) {
        self.ui.data(&line.text(&now()));
    }

    /// From now on talks in lines of JSON, if so asked.
    pub(crate) fn speak(&mut self, json: Json) {
        match json {
            Json::Events => {
                self.shape = Shape::Events;
                self.line(event::version());
            }
            Json::Document => self.shape = Shape::Document,
            Json::No => {}
        }
    }

    /// Runs what calls providers. The first interrupt asks it to stop, the second one ends the program.
    pub(crate) fn wait<T>(
        &self,
        interrupt: &Arc<Interrupt>,
        progress: &Arc<Progress>,
        work: impl Future<Output = T>,
    ) -> Result<T, Stop> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        let runtime = runtime.map_err(|error| {
            Diagnostic::error(
                "No threads",
                format!("The system gives recon no threads to work with: {error}."),
            )
        })?;
        let guard = runtime.spawn(heed(Arc::clone(&self.ui), Arc::clone(interrupt), Arc::clone(progress)));
        let result = runtime.block_on(work);
        guard.abort();
        progress.end();
        // Calls whose results nobody waits for any more must not hold up the end.
        runtime.shutdown_background();
        Ok(result)
    }
}

/// Which JSON a command was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Json {
    /// None.
    No,
    /// A line per event.
    Events,
    /// One document.
    Document,
}

impl Json {
    /// Events, if `flag` is set.
    pub(crate) fn events(flag: bool) -> Self {
        if flag { Self::Events } else { Self::No }
    }

    /// A document, if `flag` is set.
    pub(crate) fn document(flag: bool) -> Self {
        if flag { Self::Document } else { Self::No }
    }
}

/// The time, RFC 3339.
pub(crate) fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}

async fn heed(ui: Arc<Ui>, interrupt: Arc<Interrupt>, progress: Arc<Progress>) {
    if wait_for_signal().await.is_none() {
        return;
    }
    if ui.is_asking() || !progress.has_begun() {
        ui.talk("\nInterrupted. Nothing was changed.\n");
        std::process::exit(1);
    }
    interrupt.request();
    ui.talk(&format!(
        "\nInterrupted. Nothing new is begun; waiting for {}.\nInterrupt once more to stop at once: what is in flight \
         then is completed by the next run.\n",
        progress.waiting_for()
    ));
    if wait_for_signal().await.is_some() {
        ui.end_bar();
        ui.talk("\nStopped. The journal holds what was done; the next run completes it.\n");
        std::process::exit(1);
    }
}

/// An interrupt from the keyboard or a request to terminate; nothing if the system tells neither.
pub(crate) async fn wait_for_signal() -> Option<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).ok()?;
    tokio::select! {
        result = tokio::signal::ctrl_c() => result.ok(),
        received = terminate.recv() => received,
    }
}
