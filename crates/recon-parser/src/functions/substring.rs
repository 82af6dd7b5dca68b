//! `substr`: counted in characters as people see them.

use recon_core::Value;
use unicode_segmentation::UnicodeSegmentation;

use super::{Outcome, str_of};

/// A part of a text from `offset` (from the end if negative), `length` long (to the end if negative).
pub(super) fn substr(arguments: &[Value]) -> Outcome {
    let text = str_of(&arguments[0]);
    let offset = arguments[1].as_i64().ok_or("the offset must be a whole number")?;
    let length = arguments[2].as_i64().ok_or("the length must be a whole number")?;
    let offset = match usize::try_from(offset) {
        Ok(offset) => offset,
        Err(_) => {
            let total = text.graphemes(true).count();
            total.saturating_sub(usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX))
        }
    };
    // Nothing is asked for, and given, unless the offset counts from the end: then it is all the rest.
    let rest = length < 0 || (length == 0 && arguments[1].as_i64() < Some(0));
    let length = if rest { usize::MAX } else { usize::try_from(length).unwrap_or(usize::MAX) };
    Ok(text.graphemes(true).skip(offset).take(length).collect::<String>().into())
}
