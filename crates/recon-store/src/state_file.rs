//! State files of any format: tells the format, reads, upgrades, checks; writes the newest.

use std::io::{self, Write};
use std::path::Path;

use recon_core::state::State;
use serde::Deserialize;

use crate::Error;
use crate::integrity::{Flaw, flaws};
use crate::schemas::{Schemas, Types};
use crate::v1::check_depth;
use crate::v1::state::{self as v1, At, Fault, Unreadable};

/// The format that is written.
const NEWEST: u64 = 1;

/// What every format has, and what tells another tool's file.
#[derive(Deserialize)]
struct Sniffed {
    format: Option<u64>,
    #[serde(default)]
    features: Vec<String>,
    terraform_version: Option<serde::de::IgnoredAny>,
}

/// Reads the text of a state file; `path` is for messages.
pub fn parse_state(text: &str, path: &Path, schemas: &dyn Schemas) -> Result<State, Error> {
    let state = match format_of(text, path)? {
        1 => v1::read(text, &mut Types::new(schemas)).map_err(|error| error_of(error, text, path))?,
        format => return Err(Error::NewerFormat { path: path.to_owned(), format, newest: NEWEST }),
    };
    check_flaws(&state, path)?;
    Ok(state)
}

/// Tells the format, and refuses what no reader here can read.
fn format_of(text: &str, path: &Path) -> Result<u64, Error> {
    let sniffed: Sniffed = serde_json::from_str(text).map_err(|error| Error::Corrupt {
        path: path.to_owned(),
        line: error.line(),
        column: error.column(),
        what: v1::words_of(&error),
    })?;
    let Sniffed { format, features, terraform_version } = sniffed;
    match format {
        None | Some(0) => {
            let terraform = terraform_version.is_some();
            Err(Error::NotAState { path: path.to_owned(), terraform })
        }
        Some(format) if format <= NEWEST && !features.is_empty() => {
            Err(Error::UnknownFeatures { path: path.to_owned(), features })
        }
        Some(format) => Ok(format),
    }
}

/// The text of a state file in the newest format.
pub fn print_state(state: &State, schemas: &dyn Schemas) -> Vec<u8> {
    let mut text = Vec::new();
    // Writing to memory cannot fail.
    drop(print(state, schemas, &mut text));
    text
}

/// Writes a state file's text.
pub(crate) fn print(state: &State, schemas: &dyn Schemas, to: &mut dyn Write) -> io::Result<()> {
    v1::write(state, &mut Types::new(schemas), to)
}

/// Refuses a state that could not be read again; `path` is for messages.
pub(crate) fn check(state: &State, path: &Path) -> Result<(), Error> {
    check_flaws(state, path)?;
    for (address, instance) in &state.resources {
        let objects = instance.object.iter().chain(instance.deposed.values());
        objects.into_iter().try_for_each(|object| check_depth(address, &object.value))?;
    }
    state.outputs.iter().try_for_each(|(name, value)| check_depth(&format!("output.{name}"), value))
}

fn check_flaws(state: &State, path: &Path) -> Result<(), Error> {
    let flaws = flaws(state);
    if flaws.is_empty() { Ok(()) } else { Err(Error::Flawed { path: path.to_owned(), flaws }) }
}

fn error_of(unreadable: Unreadable, text: &str, path: &Path) -> Error {
    let path = path.to_owned();
    match unreadable {
        Unreadable::Fault(Fault { at, what }) => {
            let (line, column) = match at {
                At::Place(line, column) => (line, column),
                At::Part(offset) => place(text, offset),
            };
            Error::Corrupt { path, line, column, what }
        }
        Unreadable::Upgrade { address, version, message } => {
            Error::Upgrade { path, address: address.to_string(), version, message }
        }
        Unreadable::Twice(address) => Error::Flawed { path, flaws: vec![Flaw::Twice(address)] },
    }
}

/// The line and column, from 1, of a byte.
pub(crate) fn place(text: &str, offset: usize) -> (usize, usize) {
    let before = &text.as_bytes()[..offset.min(text.len())];
    let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |position| position + 1);
    (before.iter().filter(|byte| **byte == b'\n').count() + 1, before.len() - line_start + 1)
}
