//! How large a value may be: values share their parts, so a few lines can make one that nothing could walk through.

use recon_core::{Data, Diagnostics, Value};

use super::Context;
use crate::expression::Expression;

/// How many parts a value may have, those that it has several times counted each time.
const PARTS_MAX: usize = 5_000_000;

/// How deeply a value may nest.
const DEPTH_MAX: usize = 400;

/// Refuses values that are too large together.
pub(super) fn check<'v>(
    values: impl IntoIterator<Item = &'v Value>,
    expression: &Expression,
    context: &Context<'_>,
) -> Result<(), Diagnostics> {
    let mut left = PARTS_MAX;
    if values.into_iter().all(|value| fits(value, DEPTH_MAX, &mut left)) {
        return Ok(());
    }
    let detail = format!(
        "This holds more than {PARTS_MAX} values, or nests more than {DEPTH_MAX} levels deep. Values that are made of \
         others several times multiply: take out one of the levels."
    );
    Err(context.fail(expression, "Value too large", detail))
}

fn fits(value: &Value, depth: usize, left: &mut usize) -> bool {
    let Some(deeper) = depth.checked_sub(1) else { return false };
    let Some(rest) = left.checked_sub(1) else { return false };
    *left = rest;
    match &value.data {
        Data::List(list) | Data::Set(list) => list.items.iter().all(|item| fits(item, deeper, left)),
        Data::Tuple(items) => items.iter().all(|item| fits(item, deeper, left)),
        Data::Map(map) => map.entries.values().all(|item| fits(item, deeper, left)),
        Data::Object(attributes) => attributes.values().all(|item| fits(item, deeper, left)),
        Data::Null(_) | Data::Unknown(_) | Data::Bool(_) | Data::Number(_) | Data::String(_) => true,
    }
}
