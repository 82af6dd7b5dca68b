//! Conditional reads and writes.

use super::no_key;
use super::store::{Bucket, Object};
use crate::time;
use crate::wire::{Call, Refusal};

/// Refuses a write whose `If-Match` or `If-None-Match` does not hold.
pub(super) fn check_write(call: &Call, bucket: &Bucket, key: &str) -> Result<(), Refusal> {
    let current = bucket.current(key);
    if let Some(given) = call.header("if-none-match") {
        if given.trim() != "*" {
            let message = "A header you provided implies functionality that is not implemented";
            return Err(Refusal::new(501, "NotImplemented", message).with("Header", "If-None-Match"));
        }
        if current.is_some() {
            return Err(failed("If-None-Match"));
        }
    }
    if let Some(given) = call.header("if-match") {
        let current = current.ok_or_else(|| no_key(key))?;
        if !matches(given, current) {
            return Err(failed("If-Match"));
        }
    }
    Ok(())
}

/// Refuses a read whose conditions do not hold, with 412 or 304.
pub(super) fn check_read(call: &Call, object: &Object) -> Result<(), Refusal> {
    let since = |header: &str| call.header(header).and_then(time::parse_http);
    // Objects are dated to the second over HTTP.
    let modified_ms = object.modified_ms - object.modified_ms.rem_euclid(1000);
    if let Some(given) = call.header("if-match") {
        if !matches(given, object) {
            return Err(failed("If-Match"));
        }
    } else if since("if-unmodified-since").is_some_and(|since| modified_ms > since) {
        return Err(failed("If-Unmodified-Since"));
    }
    let unchanged = match call.header("if-none-match") {
        Some(given) => matches(given, object),
        None => since("if-modified-since").is_some_and(|since| modified_ms <= since),
    };
    if unchanged { Err(Refusal::new(304, "NotModified", "Not Modified")) } else { Ok(()) }
}

fn matches(given: &str, object: &Object) -> bool {
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").trim_matches('"').to_owned();
    given.trim() == "*" || given.split(',').any(|tag| bare(tag) == bare(&object.etag))
}

fn failed(condition: &str) -> Refusal {
    let message = "At least one of the pre-conditions you specified did not hold";
    Refusal::new(412, "PreconditionFailed", message).with("Condition", condition)
}
