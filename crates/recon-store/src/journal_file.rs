//! Journal files of any format: opens one to append to, reads what an interrupted run left.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read as _, Write};
use std::path::Path;

use recon_core::Address;
use recon_core::state::Object;

use crate::error::Holds;
use crate::schemas::{Schemas, Types};
use crate::v1::exact_read::Read;
use crate::v1::journal::{Head, Line};
use crate::v1::line_words;
use crate::v1::state::{conform, upgrade};
use crate::{Entry, Error, Journal, Left, VERSION, bytes};

/// The format that is written.
const NEWEST: u64 = 1;

/// How the first line begins, in every format.
const HEAD_BEGIN: &[u8] = b"{\"recon-journal\":";

/// Fewer lines are read sooner than a thread begins.
const LINES_PER_THREAD_MIN: usize = 1_000;

/// Opens a journal; one that exists loses a last line that a crash has cut off, so that what follows stands alone.
pub(crate) fn open(path: &Path) -> Result<Journal, Error> {
    let mut file = bytes::open_append(path)?;
    let mut text = Vec::new();
    file.read_to_end(&mut text).map_err(|source| Error::Read { path: path.to_owned(), source })?;
    let length = mend(&mut file, &text).map_err(|source| Error::write(path, source))?;
    if length > 0 {
        check_head(&text, path)?;
    }
    let head = Head { format: NEWEST, recon: VERSION.to_owned() };
    let mut line = if length > 0 { Vec::new() } else { serde_json::to_vec(&head).unwrap_or_default() };
    if length == 0 {
        line.push(b'\n');
    }
    Journal::over(path, Box::new(file), line)
}

/// Ends the last line, or removes it if it is torn; gives the length that stays.
fn mend(file: &mut File, text: &[u8]) -> std::io::Result<usize> {
    let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |position| position + 1);
    let tail = &text[whole..];
    if tail.is_empty() {
        return Ok(whole);
    }
    if is_whole(tail) {
        file.write_all(b"\n")?;
        return Ok(text.len() + 1);
    }
    file.set_len(whole as u64)?;
    Ok(whole)
}

/// An object's closing brace comes last, so a line that is JSON was not cut off.
fn is_whole(line: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok()
}

fn check_head(text: &[u8], path: &Path) -> Result<Head, Error> {
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let head: Head = serde_json::from_slice(line).map_err(|error| foreign(path, error.column()))?;
    if head.format > NEWEST {
        return Err(Error::NewerFormat { path: path.to_owned(), format: head.format, newest: NEWEST });
    }
    Ok(head)
}

/// Reads a journal; `path` is for messages. A last line that a crash has cut off does not count.
pub(crate) fn parse(text: &[u8], path: &Path, schemas: &dyn Schemas) -> Result<Vec<Entry>, Error> {
    let mut lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
    let torn = lines.pop_if(|last| !is_whole(last));
    if lines.is_empty() {
        let torn = torn.unwrap_or_default();
        // A crash leaves a part of the first line at most; whatever else stands here is not ours to throw away.
        let is_ours = torn.starts_with(HEAD_BEGIN) || HEAD_BEGIN.starts_with(torn);
        return if is_ours { Ok(Vec::new()) } else { Err(foreign(path, 1)) };
    }
    let head = check_head(text, path)?;
    let mut reader =
        Reader { types: Types::new(schemas), made_here: head.recon == VERSION, steps: BTreeMap::new() };
    let mut entries = read_lines(&lines[1..], path)?;
    for entry in &mut entries {
        reader.refresh(entry).map_err(|(address, version, message)| Error::Upgrade {
            path: path.to_owned(),
            address: address.to_string(),
            version,
            message,
        })?;
    }
    Ok(entries)
}

/// Reads the lines that follow the head. Each stands alone, so as many are read at a time as there are processors.
fn read_lines(lines: &[&[u8]], path: &Path) -> Result<Vec<Entry>, Error> {
    let readers = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let share = lines.len().div_ceil(readers).max(LINES_PER_THREAD_MIN);
    let read_share = |(number, share_of_lines): (usize, &[&[u8]])| -> Result<Vec<Entry>, Error> {
        // The head is line 1.
        let first = number * share + 2;
        let numbered = share_of_lines.iter().enumerate();
        numbered.map(|(position, line)| read_line(line, first + position, path)).collect()
    };
    if lines.len() <= share {
        return read_share((0, lines));
    }
    let shares = std::thread::scope(|scope| {
        let threads: Vec<_> =
            lines.chunks(share).enumerate().map(|chunk| scope.spawn(move || read_share(chunk))).collect();
        threads.into_iter().map(|thread| thread.join().expect("a reader does not panic")).collect::<Vec<_>>()
    });
    let mut entries = Vec::with_capacity(lines.len());
    for share in shares {
        entries.append(&mut share?);
    }
    Ok(entries)
}

fn read_line(line: &[u8], number: usize, path: &Path) -> Result<Entry, Error> {
    let read: Line<Read> = serde_json::from_slice(line)
        .map_err(|error| corrupt(path, (number, error.column()), &line_words(&error)))?;
    Entry::try_from(read).map_err(|what| corrupt(path, (number, 1), &what))
}

fn foreign(path: &Path, column: usize) -> Error {
    corrupt(path, (1, column), "it does not begin as a journal does")
}

fn corrupt(path: &Path, (line, column): (usize, usize), what: &str) -> Error {
    let (holds, what) = (Holds::Journal, what.to_owned());
    Error::Corrupt { path: path.to_owned(), holds, line, column: column.max(1), what }
}

/// Brings objects up to the current schemas.
struct Reader<'a> {
    types: Types<'a>,
    /// Whether this very version wrote the journal: then only another schema version makes a difference.
    made_here: bool,
    /// The address of every step begun in the current run; results do not repeat it.
    steps: BTreeMap<u64, Address>,
}

type Outdated = (Address, u32, String);

impl Reader<'_> {
    fn refresh(&mut self, entry: &mut Entry) -> Result<(), Outdated> {
        if self.made_here {
            return Ok(());
        }
        match entry {
            Entry::Begin(_) => self.steps.clear(),
            Entry::Refreshed { address, instance: Some(instance) } => {
                let objects = instance.object.iter_mut().chain(instance.deposed.values_mut());
                for object in objects {
                    self.object(address, object)?;
                }
            }
            Entry::Intent(intent) => {
                self.steps.insert(intent.step, intent.address.clone());
                if let (Some(want), Some((version, ty))) =
                    (&mut intent.want, self.types.get(&intent.address.resource))
                {
                    let read = conform(want, ty);
                    *want = read.map_err(|message| (intent.address.clone(), *version, message))?;
                }
            }
            Entry::Result { step, object: Some(object) }
            | Entry::Failed { step, left: Left::Object(object) } => {
                if let Some(address) = self.steps.get(step).cloned() {
                    self.object(&address, object)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn object(&mut self, address: &Address, object: &mut Object) -> Result<(), Outdated> {
        let Some((version, ty)) = self.types.get(&address.resource).cloned() else { return Ok(()) };
        let stored = object.schema_version;
        let outcome = if stored == version {
            conform(&object.value, &ty)
        } else {
            upgrade(&self.types, address, (stored, object.value.clone()), &ty)
        };
        object.value = outcome.map_err(|message| (address.clone(), stored, message))?;
        object.schema_version = version;
        Ok(())
    }
}
