//! Reserved concurrency of functions.

use serde_json::json;

use super::constraint::{between, need, number};
use super::locate::Target;
use super::refuse::invalid;
use crate::route::Captures;
use crate::wire::{Answer, Call, Outcome};
use crate::world::World;

/// How many executions the account may run at once.
pub(super) const ACCOUNT_LIMIT: i64 = 1000;
/// How many of them must stay unreserved.
const UNRESERVED_MIN: i64 = 100;

pub(super) fn put(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let target = Target::parse(captures.at(0), &call.region)?;
    let body = call.json()?;
    need(&body, "ReservedConcurrentExecutions")?;
    let asked = number(&body, "ReservedConcurrentExecutions")?.unwrap_or_default();
    between("reservedConcurrentExecutions", asked, 0, i64::from(i32::MAX))?;
    if target.qualifier.is_some() {
        return Err(invalid(
            "This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please specify either a function name or an unqualified function ARN.",
        ));
    }
    let function = target.function(world)?;
    let provisioned: i64 = function.provisioned.values().map(|config| config.requested).sum();
    if asked < provisioned {
        return Err(invalid(format!(
            "ReservedConcurrentExecutions {asked} should not be lower than function's total provisioned concurrency \
             [{provisioned}]."
        )));
    }
    let region = target.region_mut(world);
    let others = region.functions.values().filter(|function| function.name != target.name);
    let reserved: i64 = others.filter_map(|function| function.reserved).sum();
    if asked + reserved > ACCOUNT_LIMIT - UNRESERVED_MIN {
        return Err(invalid(format!(
            "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution \
             below its minimum value of [{UNRESERVED_MIN}]."
        )));
    }
    target.function_mut(world)?.reserved = Some(asked);
    Ok(Answer::json(200, &json!({ "ReservedConcurrentExecutions": asked })))
}

pub(super) fn get(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let target = Target::parse(captures.at(0), &call.region)?;
    let shown = match target.function(world)?.reserved {
        Some(reserved) => json!({ "ReservedConcurrentExecutions": reserved }),
        None => json!({}),
    };
    Ok(Answer::json(200, &shown))
}

pub(super) fn delete(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let target = Target::parse(captures.at(0), &call.region)?;
    target.function_mut(world)?.reserved = None;
    Ok(Answer::empty(204))
}
