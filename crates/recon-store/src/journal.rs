//! A journal while it is written: many append at once, one thread writes, one `fsync` makes all that wait durable.

use std::fs::File;
use std::future::Future;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread::JoinHandle;

use crate::v1::check_depth;
use crate::v1::journal::Line;
use crate::{Entry, Error};

/// How much of what nobody waits for is kept in memory before it is written.
const RELAXED_BYTES_MAX: usize = 1024 * 1024;

/// A journal to append to, from any number of threads and tasks.
///
/// Once a write fails, every later append fails too: what was not written may have been a part of what follows.
#[derive(Debug)]
pub struct Journal {
    shared: Arc<Shared>,
    writer: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    path: PathBuf,
    queue: Mutex<Queue>,
    /// There is something to write.
    work: Condvar,
    /// Something was written.
    done: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    lines: Vec<u8>,
    /// How many appends there were.
    appended: u64,
    /// How many of them are durable.
    durable: u64,
    /// The most that is wanted for what is in `lines`.
    haste: Haste,
    is_closing: bool,
    failure: Option<Failure>,
    sleepers: Vec<(u64, Waker)>,
}

/// How soon entries have to be safe, and from what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Haste {
    /// At the end, or with entries that have more haste.
    #[default]
    None,
    /// In the file at once: then they outlive this process.
    Written,
    /// Durable at once: then they outlive a loss of power.
    Durable,
}

#[derive(Clone, Copy, Debug)]
struct Failure {
    kind: io::ErrorKind,
    code: Option<i32>,
}

/// Lines that were taken from the queue to be written.
struct Share {
    /// The last append among them.
    upto: u64,
    haste: Haste,
    /// Whether none will follow.
    is_last: bool,
}

impl Queue {
    /// Whether there is something to write now.
    fn is_due(&self) -> bool {
        self.haste > Haste::None || self.lines.len() > RELAXED_BYTES_MAX
    }
}

/// Where a journal's bytes go.
pub(crate) trait Sink: Write + Send {
    /// Makes durable what was written.
    fn sync(&mut self) -> io::Result<()>;
}

impl Sink for File {
    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }
}

impl Journal {
    /// A journal over a file whose earlier lines are whole; `head` is written with the first entry.
    pub(crate) fn over(path: &Path, sink: Box<dyn Sink>, head: Vec<u8>) -> Result<Self, Error> {
        let queue = Mutex::new(Queue { lines: head, ..Queue::default() });
        let shared = Shared { path: path.to_owned(), queue, work: Condvar::new(), done: Condvar::new() };
        let shared = Arc::new(shared);
        let writer = std::thread::Builder::new().name("journal".to_owned()).spawn({
            let shared = shared.clone();
            move || shared.write_all(sink)
        });
        Ok(Self { writer: Some(writer.map_err(|source| Error::write(path, source))?), shared })
    }

    /// Appends an entry. It is on its way at once; it is durable when the answer comes, which may be awaited or, outside
    /// of async code, waited for.
    pub fn append(&self, entry: &Entry) -> Ack {
        self.append_many(std::slice::from_ref(entry))
    }

    /// Appends entries that follow each other; they are durable together.
    pub fn append_many(&self, entries: &[Entry]) -> Ack {
        let number = self.push(entries, Haste::Durable);
        Ack { shared: self.shared.clone(), number }
    }

    /// Appends an entry that a killed process must not take with it, though a loss of power may: it is written at once,
    /// and becomes durable with the next one that is waited for, and at the end.
    pub fn append_soon(&self, entry: &Entry) -> Result<(), Error> {
        self.push(std::slice::from_ref(entry), Haste::Written).map(drop)
    }

    /// Appends entries whose loss in a crash costs nothing; they become durable with the next one that is waited for, and
    /// at the end.
    pub fn append_relaxed(&self, entries: &[Entry]) -> Result<(), Error> {
        self.push(entries, Haste::None).map(drop)
    }

    /// Makes everything durable and closes the journal.
    pub fn finish(mut self) -> Result<(), Error> {
        self.close();
        let queue = self.shared.lock();
        match queue.failure {
            Some(failure) => Err(self.shared.error(failure)),
            None => Ok(()),
        }
    }

    fn push(&self, entries: &[Entry], haste: Haste) -> Result<u64, Error> {
        // Outside of the lock: this is most of the work.
        let lines = print(entries)?;
        let mut queue = self.shared.lock();
        if let Some(failure) = queue.failure {
            return Err(self.shared.error(failure));
        }
        queue.lines.extend_from_slice(&lines);
        queue.appended += 1;
        queue.haste = queue.haste.max(haste);
        if queue.is_due() {
            self.shared.work.notify_one();
        }
        Ok(queue.appended)
    }

    fn close(&mut self) {
        self.shared.lock().is_closing = true;
        self.shared.work.notify_one();
        if let Some(writer) = self.writer.take() {
            // It does not panic; if it did, what it had not written counts as not durable.
            drop(writer.join());
        }
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.close();
    }
}

fn print(entries: &[Entry]) -> Result<Vec<u8>, Error> {
    let mut lines = Vec::with_capacity(256 * entries.len());
    for entry in entries {
        check(entry)?;
        serde_json::to_writer(&mut lines, &Line::from(entry))
            .map_err(|error| Error::write(Path::new("journal"), error.into()))?;
        lines.push(b'\n');
    }
    Ok(lines)
}

fn check(entry: &Entry) -> Result<(), Error> {
    use crate::Left;

    match entry {
        Entry::Refreshed { address, instance: Some(instance) } => {
            let mut objects = instance.object.iter().chain(instance.deposed.values());
            objects.try_for_each(|object| check_depth(address, &object.value))
        }
        Entry::Intent(intent) => match &intent.want {
            Some(want) => check_depth(&intent.address, want),
            None => Ok(()),
        },
        Entry::Result { step, object: Some(object) } | Entry::Failed { step, left: Left::Object(object) } => {
            check_depth(&format!("step {step}"), &object.value)
        }
        Entry::Outputs(outputs) => {
            outputs.iter().try_for_each(|(name, value)| check_depth(&format!("output.{name}"), value))
        }
        _ => Ok(()),
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn error(&self, failure: Failure) -> Error {
        let source = match failure.code {
            Some(code) => io::Error::from_raw_os_error(code),
            None => failure.kind.into(),
        };
        Error::write(&self.path, source)
    }

    /// The writer's whole life.
    fn write_all(&self, mut sink: Box<dyn Sink>) {
        let mut lines = Vec::new();
        let mut is_synced = true;
        loop {
            let Share { upto, haste, is_last } = self.take(&mut lines);
            let mut outcome = sink.write_all(&lines);
            is_synced &= lines.is_empty();
            if haste == Haste::Durable && !is_synced {
                outcome = outcome.and_then(|()| sink.sync());
                is_synced = true;
            }
            let failed = outcome.is_err();
            if haste == Haste::Durable || failed {
                self.settle(upto, outcome);
            }
            if is_last || failed {
                return;
            }
            lines.clear();
        }
    }

    /// Waits for lines and takes them all.
    fn take(&self, lines: &mut Vec<u8>) -> Share {
        let mut queue = self.lock();
        while !queue.is_closing && !queue.is_due() {
            queue = self.work.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
        std::mem::swap(lines, &mut queue.lines);
        let is_last = queue.is_closing;
        let haste = std::mem::take(&mut queue.haste);
        Share { upto: queue.appended, haste: if is_last { Haste::Durable } else { haste }, is_last }
    }

    fn settle(&self, upto: u64, outcome: io::Result<()>) {
        let mut queue = self.lock();
        match outcome {
            Ok(()) => queue.durable = upto,
            Err(error) => queue.failure = Some(Failure { kind: error.kind(), code: error.raw_os_error() }),
        }
        let all = queue.failure.is_some();
        let (awake, asleep) =
            std::mem::take(&mut queue.sleepers).into_iter().partition(|(number, _)| all || *number <= upto);
        queue.sleepers = asleep;
        drop(queue);
        self.done.notify_all();
        let awake: Vec<(u64, Waker)> = awake;
        for (_, waker) in awake {
            waker.wake();
        }
    }

    fn outcome(&self, queue: &Queue, number: u64) -> Option<Result<(), Error>> {
        if queue.durable >= number {
            return Some(Ok(()));
        }
        queue.failure.map(|failure| Err(self.error(failure)))
    }
}

/// The answer to an append: comes when the entries are durable.
#[must_use = "an entry is durable only when the answer has come"]
#[derive(Debug)]
pub struct Ack {
    shared: Arc<Shared>,
    /// The append's number; or why there was none.
    number: Result<u64, Error>,
}

impl Ack {
    /// Blocks until the entries are durable.
    pub fn wait(self) -> Result<(), Error> {
        let number = self.number?;
        let mut queue = self.shared.lock();
        loop {
            if let Some(outcome) = self.shared.outcome(&queue, number) {
                return outcome;
            }
            queue = self.shared.done.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Future for Ack {
    type Output = Result<(), Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let number = match &mut self.number {
            Ok(number) => *number,
            // An answer is taken once; a second poll, which nobody makes, gets a plain success.
            failed => return Poll::Ready(std::mem::replace(failed, Ok(0)).map(drop)),
        };
        let mut queue = self.shared.lock();
        if let Some(outcome) = self.shared.outcome(&queue, number) {
            return Poll::Ready(outcome);
        }
        queue.sleepers.push((number, context.waker().clone()));
        Poll::Pending
    }
}

#[cfg(test)]
#[path = "journal_tests.rs"]
mod tests;
