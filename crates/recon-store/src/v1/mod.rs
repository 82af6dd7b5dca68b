//! Format 1 of state, journal and plan, frozen: a change of what is written here is a new format beside it.
//!
//! A state holds plain JSON, whose types the schemas know; a journal and a plan hold every value with its type.

pub(crate) mod exact;
pub(crate) mod exact_read;
pub(crate) mod journal;
pub(crate) mod object;
pub(crate) mod plain;
pub(crate) mod plan;
pub(crate) mod state;
pub(crate) mod steps;
pub(crate) mod ty;

use recon_core::Value;
use recon_core::value::Data;

use crate::Error;

/// How deep a value may be nested. A JSON reader gives up at 128, one level of a value is up to three of JSON, and
/// there are up to ten around it.
const LEVELS_MAX: usize = 38;

/// What is wrong with a line of a journal or a plan. A reader's own words about data could hold a part of it.
pub(crate) fn line_words(error: &serde_json::Error) -> String {
    match error.classify() {
        serde_json::error::Category::Data => "this line does not follow the format".to_owned(),
        _ => state::words_of(error),
    }
}

/// Refuses a value that could be written, but not read again.
pub(crate) fn check_depth(what: &dyn std::fmt::Display, value: &Value) -> Result<(), Error> {
    if fits(value, LEVELS_MAX) {
        return Ok(());
    }
    Err(Error::TooDeep { what: what.to_string(), max: LEVELS_MAX })
}

fn fits(value: &Value, left: usize) -> bool {
    let Some(left) = left.checked_sub(1) else { return false };
    match &value.data {
        Data::Null(_) | Data::Unknown(_) | Data::Bool(_) | Data::Number(_) | Data::String(_) => true,
        Data::List(sequence) | Data::Set(sequence) => sequence.items.iter().all(|item| fits(item, left)),
        Data::Tuple(items) => items.iter().all(|item| fits(item, left)),
        Data::Map(mapping) => mapping.entries.values().all(|item| fits(item, left)),
        Data::Object(attributes) => attributes.values().all(|item| fits(item, left)),
    }
}
