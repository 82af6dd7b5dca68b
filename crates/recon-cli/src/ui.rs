//! The only place that prints and asks. stdout is data, stderr is talk.
//!
//! Everything may carry colours; they are taken out where no terminal wants them.

use std::io::{self, BufRead, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use anstream::{AutoStream, ColorChoice};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::hidden;

/// How often a progress bar is drawn again, in milliseconds.
const BAR_TICK_MS: u64 = 200;

/// Where text goes, and whether somebody is there to answer.
pub(crate) struct Ui {
    stdout: ColorChoice,
    stderr: ColorChoice,
    terminal: bool,
    answers: bool,
    asking: AtomicBool,
    bar: Mutex<Option<ProgressBar>>,
}

impl Ui {
    /// The terminal of this process.
    pub(crate) fn new(no_color: bool) -> Self {
        let choose = |automatic: ColorChoice| if no_color { ColorChoice::Never } else { automatic };
        Self {
            stdout: choose(AutoStream::choice(&io::stdout())),
            stderr: choose(AutoStream::choice(&io::stderr())),
            terminal: io::stderr().is_terminal(),
            answers: io::stdin().is_terminal() && io::stderr().is_terminal(),
            asking: AtomicBool::new(false),
            bar: Mutex::new(None),
        }
    }

    /// Writes data.
    pub(crate) fn data(&self, text: &str) {
        self.undisturbed(|| write(AutoStream::new(io::stdout(), self.stdout), text));
    }

    /// Writes bytes that are data, as they are.
    pub(crate) fn bytes(&self, bytes: &[u8]) {
        self.undisturbed(|| {
            let mut out = io::stdout();
            // A reader that went away wants no more: there is nobody left to tell.
            drop(out.write_all(bytes).and_then(|()| out.flush()));
        });
    }

    /// Writes talk.
    pub(crate) fn talk(&self, text: &str) {
        self.undisturbed(|| write(AutoStream::new(io::stderr(), self.stderr), text));
    }

    /// Whether somebody can answer a question.
    pub(crate) fn can_ask(&self) -> bool {
        self.answers
    }

    /// Asks, and returns the line that was typed; nothing at the end of the input.
    pub(crate) fn ask(&self, question: &str) -> Option<String> {
        self.talk(question);
        self.asking.store(true, Ordering::SeqCst);
        let mut line = String::new();
        let read = io::stdin().lock().read_line(&mut line);
        self.asking.store(false, Ordering::SeqCst);
        (read.ok()? > 0).then(|| line.trim_end_matches(['\n', '\r']).to_owned())
    }

    /// The same for what must not be seen while it is typed.
    pub(crate) fn ask_secretly(&self, question: &str) -> Option<String> {
        self.talk(question);
        self.asking.store(true, Ordering::SeqCst);
        let typed = hidden::read_line();
        self.asking.store(false, Ordering::SeqCst);
        self.talk("\n");
        typed
    }

    /// Whether a question waits for its answer.
    pub(crate) fn is_asking(&self) -> bool {
        self.asking.load(Ordering::SeqCst)
    }

    /// Shows a bar for that many steps, where there is a terminal.
    pub(crate) fn start_bar(&self, steps: usize) {
        if !self.terminal || self.stderr == ColorChoice::Never {
            return;
        }
        let bar = ProgressBar::with_draw_target(u64::try_from(steps).ok(), ProgressDrawTarget::stderr());
        let template = "{bar:30.green/dim} {pos}/{len} done, {elapsed} {wide_msg:.dim}";
        if let Ok(look) = ProgressStyle::with_template(template) {
            bar.set_style(look.progress_chars("━━─"));
        }
        bar.enable_steady_tick(std::time::Duration::from_millis(BAR_TICK_MS));
        *self.bar() = Some(bar);
    }

    /// Moves the bar to that many steps, and says what is being done.
    pub(crate) fn move_bar(&self, done: usize, message: String) {
        if let Some(bar) = &*self.bar() {
            bar.set_position(u64::try_from(done).unwrap_or(u64::MAX));
            bar.set_message(message);
        }
    }

    /// Takes the bar away.
    pub(crate) fn end_bar(&self) {
        if let Some(bar) = self.bar().take() {
            bar.finish_and_clear();
        }
    }

    fn undisturbed(&self, print: impl FnOnce()) {
        match &*self.bar() {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }

    fn bar(&self) -> std::sync::MutexGuard<'_, Option<ProgressBar>> {
        self.bar.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn write(mut out: impl Write, text: &str) {
    // A reader that went away wants no more: there is nobody left to tell.
    drop(out.write_all(text.as_bytes()).and_then(|()| out.flush()));
}
