//! State files of any format: tells the format, reads, upgrades, checks; writes the newest.

use std::fmt;
use std::io::{self, Write};
use std::path::Path;

use recon_core::state::State;
use serde::Deserializer;
use serde::de::{Error as _, IgnoredAny, MapAccess, Visitor};

use crate::error::{Expected, Holds};
use crate::integrity::{Flaw, flaws};
use crate::schemas::{Schemas, Types};
use crate::v1::check_depth;
use crate::v1::state::{self as v1, At, Fault, Unreadable};
use crate::{Error, bytes};

/// The format that is written.
const NEWEST: u64 = 1;

/// What every format has, and what tells another tool's file.
#[derive(Default)]
struct Sniffed {
    format: Option<u64>,
    features: Option<Vec<String>>,
    is_terraform: bool,
}

/// Reads what it looks for, and stops there: the rest is for the format's own reader.
struct Nose<'a>(&'a mut Sniffed);

impl<'de> Visitor<'de> for Nose<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a state")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<(), A::Error> {
        while let Some(name) = access.next_key::<String>()? {
            match name.as_str() {
                "format" => self.0.format = Some(access.next_value()?),
                "features" => self.0.features = Some(access.next_value()?),
                other => {
                    self.0.is_terraform |= other == "terraform_version";
                    access.next_value::<IgnoredAny>()?;
                }
            }
            if self.0.format.is_some() && self.0.features.is_some() {
                // The one way to end early.
                return Err(A::Error::custom("enough was read"));
            }
        }
        Ok(())
    }
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

/// The text of a file that a user names, which must be there.
pub fn read_text(path: &Path) -> Result<String, Error> {
    bytes::read(path)?.ok_or_else(|| Error::Missing { path: path.to_owned(), expected: Expected::Text })
}

/// Tells the format, and refuses what no reader here can read.
fn format_of(text: &str, path: &Path) -> Result<u64, Error> {
    let mut sniffed = Sniffed::default();
    let outcome = serde_json::Deserializer::from_str(text).deserialize_map(Nose(&mut sniffed));
    let Sniffed { format, features, is_terraform } = sniffed;
    match (format, features, outcome) {
        (Some(format), features, Ok(())) | (Some(format), features @ Some(_), Err(_)) if format > 0 => {
            let features = features.unwrap_or_default();
            if format <= NEWEST && !features.is_empty() {
                return Err(Error::UnknownFeatures { path: path.to_owned(), features });
            }
            Ok(format)
        }
        (_, _, Err(_)) if !may_be_an_object(text) => {
            Err(Error::NotAState { path: path.to_owned(), terraform: false })
        }
        (_, _, Err(error)) if format.is_none() || !error.is_data() => {
            let what = v1::words_of(&error);
            Err(corrupt(path, (error.line(), error.column()), what))
        }
        _ => Err(Error::NotAState { path: path.to_owned(), terraform: is_terraform }),
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
            corrupt(&path, (line, column), what)
        }
        Unreadable::Upgrade { address, version, message } => {
            Error::Upgrade { path, address: address.to_string(), version, message }
        }
        Unreadable::Twice(address) => Error::Flawed { path, flaws: vec![Flaw::Twice(address)] },
    }
}

/// Whether a text is a JSON object, or the beginning of one.
fn may_be_an_object(text: &str) -> bool {
    let text = text.trim_start();
    text.is_empty() || text.starts_with('{')
}

fn corrupt(path: &Path, (line, column): (usize, usize), what: String) -> Error {
    Error::Corrupt { path: path.to_owned(), holds: Holds::State, line, column: column.max(1), what }
}

/// The line and column, from 1, of a byte.
pub(crate) fn place(text: &str, offset: usize) -> (usize, usize) {
    let before = &text.as_bytes()[..offset.min(text.len())];
    let mut lines = before.split(|byte| *byte == b'\n');
    let column = lines.next_back().map_or(0, <[u8]>::len) + 1;
    (lines.count() + 1, column)
}
