//! Lines typed at a terminal one after the other, with editing and with what was typed before.

use recon_core::Diagnostic;
use rustyline::error::ReadlineError;
use rustyline::history::MemHistory;
use rustyline::{Behavior, Config, Editor};

/// How many lines can be called back.
const HISTORY_LINES_MAX: usize = 1_000;

/// A dialogue with somebody at the terminal.
pub(crate) struct Dialogue(Editor<(), MemHistory>);

impl Dialogue {
    /// Begins one. Stdout stays free for answers: lines are edited on the terminal itself.
    pub(crate) fn begin() -> Result<Self, Diagnostic> {
        let config = Config::builder().behavior(Behavior::PreferTerm).auto_add_history(true);
        let config = config.max_history_size(HISTORY_LINES_MAX).map(rustyline::config::Builder::build);
        let config = config.map_err(|error| unusable(&error))?;
        let editor = Editor::with_history(config.clone(), MemHistory::with_config(&config));
        editor.map(Self).map_err(|error| unusable(&error))
    }

    /// The next entry, of as many lines as it takes to finish it; nothing where the dialogue ends.
    pub(crate) fn entry(&mut self, is_unfinished: fn(&str) -> bool) -> Option<String> {
        let mut entry = String::new();
        loop {
            match self.0.readline(if entry.is_empty() { "> " } else { ": " }) {
                Ok(line) => entry.push_str(&line),
                // What was begun is dropped, as in a shell.
                Err(ReadlineError::Interrupted) => {
                    entry.clear();
                    continue;
                }
                Err(_) => return None,
            }
            if !is_unfinished(&entry) {
                return Some(entry);
            }
            entry.push('\n');
        }
    }
}

fn unusable(error: &ReadlineError) -> Diagnostic {
    Diagnostic::error("Unusable terminal", format!("The terminal cannot be read line by line: {error}."))
}
