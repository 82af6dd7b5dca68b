//! Provisioned concurrency of published versions and of aliases that lead to them.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::constraint::{between, need, number};
use super::function::Function;
use super::locate::{Target, is_version};
use super::page::{Page, listing};
use super::refuse::{conflict, invalid, validation};
use crate::route::Captures;
use crate::time;
use crate::wire::{Answer, Call, Outcome, Refusal};
use crate::world::World;

const PAGE_MAX: usize = 50;
const UNPUBLISHED: &str =
    "Provisioned Concurrency Configs cannot be applied to unpublished function versions.";
const NEITHER: &str = "The function resource provided must be an alias or a published version.";

/// The provisioned concurrency of one qualifier.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Provisioned {
    /// How many executions are asked for.
    pub requested: i64,
    /// When it was asked, in milliseconds.
    pub modified_ms: i64,
    /// When they are ready, in milliseconds.
    pub ready_ms: i64,
}

impl Provisioned {
    fn shown(&self, ready: bool) -> Value {
        let allocated = if ready { self.requested } else { 0 };
        json!({
            "RequestedProvisionedConcurrentExecutions": self.requested,
            "AllocatedProvisionedConcurrentExecutions": allocated,
            "AvailableProvisionedConcurrentExecutions": allocated,
            "Status": if ready { "READY" } else { "IN_PROGRESS" },
            "LastModified": time::lambda(self.modified_ms),
        })
    }
}

pub(super) fn put(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let target = qualified(call, captures, UNPUBLISHED)?;
    let body = call.json()?;
    need(&body, "ProvisionedConcurrentExecutions")?;
    let requested = number(&body, "ProvisionedConcurrentExecutions")?.unwrap_or_default();
    between("provisionedConcurrentExecutions", requested, 1, i64::from(i32::MAX))?;
    target.check_qualifier(world)?;
    let function = target.function(world)?;
    let qualifier = target.key();
    if function.number(Some(qualifier)) == Some("$LATEST") {
        return Err(invalid(UNPUBLISHED));
    }
    check_weights(function, qualifier)?;
    check_overlap(function, qualifier)?;
    check_limits(function, qualifier, requested)?;
    let ready_ms = call.now_ms.saturating_add(world.pace.pending_ms);
    let config = Provisioned { requested, modified_ms: call.now_ms, ready_ms };
    let shown = config.shown(false);
    target.function_mut(world)?.provisioned.insert(qualifier.to_owned(), config);
    Ok(Answer::json(202, &shown))
}

pub(super) fn get(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let target = qualified(call, captures, NEITHER)?;
    target.check_qualifier(world)?;
    let config = target.function(world)?.provisioned.get(target.key());
    let config = config.ok_or_else(|| {
        let message = "No Provisioned Concurrency Config found for this function";
        Refusal::new(404, "ProvisionedConcurrencyConfigNotFoundException", message).with("Type", "User")
    })?;
    Ok(Answer::json(200, &config.shown(call.now_ms >= config.ready_ms)))
}

pub(super) fn delete(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let target = qualified(call, captures, NEITHER)?;
    target.check_qualifier(world)?;
    target.function_mut(world)?.provisioned.remove(target.key());
    Ok(Answer::empty(204))
}

pub(super) fn list(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let target = Target::parse(captures.at(0), &call.region)?;
    let page = Page::of(call, PAGE_MAX)?;
    let function = target.function(world)?;
    let keyed =
        function.provisioned.iter().map(|(qualifier, config)| (qualifier.clone(), (qualifier, config)));
    let (items, next) = page.cut(keyed);
    let shown = items.iter().map(|(qualifier, config)| {
        let mut shown = config.shown(call.now_ms >= config.ready_ms);
        shown["FunctionArn"] = json!(format!("{}:{qualifier}", target.function_arn()));
        shown
    });
    Ok(listing("ProvisionedConcurrencyConfigs", &shown.collect::<Vec<_>>(), next.as_deref()))
}

fn qualified(call: &Call, captures: &Captures, unpublished: &str) -> Result<Target, Refusal> {
    let target = Target::of(call, captures.at(0))?;
    match target.key() {
        "" => {
            Err(validation("Value null at 'qualifier' failed to satisfy constraint: Member must not be null"))
        }
        "$LATEST" => Err(invalid(unpublished)),
        _ => Ok(target),
    }
}

/// While an alias shares its invocations, its provisioned concurrency cannot be managed.
fn check_weights(function: &Function, qualifier: &str) -> Result<(), Refusal> {
    if function.aliases.get(qualifier).is_some_and(|alias| !alias.weights.is_empty()) {
        return Err(invalid("Invalid alias configuration for Provisioned Concurrency"));
    }
    Ok(())
}

/// A version is provisioned through itself or through one alias, never both.
fn check_overlap(function: &Function, qualifier: &str) -> Result<(), Refusal> {
    let number = function.number(Some(qualifier)).unwrap_or_default();
    if !is_version(qualifier) {
        if function.provisioned.contains_key(number) {
            return Err(conflict(
                "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version",
            ));
        }
        return Ok(());
    }
    let through_alias = function
        .provisioned
        .keys()
        .any(|other| !is_version(other) && function.number(Some(other)) == Some(number));
    if through_alias {
        return Err(conflict("Version is pointed by a Provisioned Concurrency alias"));
    }
    Ok(())
}

fn check_limits(function: &Function, qualifier: &str, requested: i64) -> Result<(), Refusal> {
    let others = function.provisioned.iter().filter(|(other, _)| other.as_str() != qualifier);
    let total = requested + others.map(|(_, config)| config.requested).sum::<i64>();
    if function.reserved.is_some_and(|reserved| total > reserved) {
        return Err(invalid(
            "Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function",
        ));
    }
    let limit = super::concurrency::ACCOUNT_LIMIT;
    if total > limit {
        return Err(invalid(format!(
            "Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [{limit}]."
        )));
    }
    Ok(())
}
