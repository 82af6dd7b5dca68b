//! The writer of a journal over sinks that fail.

use std::future::Future;
use std::io;
use std::path::Path;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::*;

struct Full;

impl Write for Full {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::StorageFull.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Sink for Full {
    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_fails_the_append_and_all_later_ones() {
    let journal = Journal::over(Path::new("x.journal"), Box::new(Full), Vec::new()).unwrap();
    assert!(matches!(journal.append(&Entry::End).wait(), Err(Error::DiskFull { .. })));
    assert!(matches!(journal.append(&Entry::End).wait(), Err(Error::DiskFull { .. })));
    assert!(journal.append_relaxed(&[Entry::End]).is_err());
    assert!(matches!(journal.finish(), Err(Error::DiskFull { .. })));
}

#[test]
fn a_device_without_room_is_told_as_such() {
    let device = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let journal = Journal::over(Path::new("x.journal"), Box::new(device), Vec::new()).unwrap();
    let error = journal.append(&Entry::End).wait().unwrap_err();
    assert!(error.help().unwrap().starts_with("Nothing is lost"), "{error}");
}

#[test]
fn an_answer_can_be_awaited() {
    let file = tempfile::tempfile().unwrap();
    let journal = Journal::over(Path::new("x.journal"), Box::new(file), Vec::new()).unwrap();
    let mut answer = pin!(journal.append(&Entry::End));
    let mut context = Context::from_waker(Waker::noop());
    loop {
        match answer.as_mut().poll(&mut context) {
            Poll::Ready(outcome) => return outcome.unwrap(),
            Poll::Pending => std::thread::yield_now(),
        }
    }
}

#[test]
fn a_value_too_deep_is_refused_before_it_is_written() {
    let file = tempfile::tempfile().unwrap();
    let journal = Journal::over(Path::new("x.journal"), Box::new(file), Vec::new()).unwrap();
    let deep = (0..60).fold(recon_core::Value::from("x"), |inner, _| recon_core::Value::tuple(vec![inner]));
    let outputs = [("deep".into(), recon_core::Known::new(deep).unwrap())].into();
    assert!(matches!(journal.append(&Entry::Outputs(outputs)).wait(), Err(Error::TooDeep { .. })));
    journal.append(&Entry::End).wait().unwrap();
}
