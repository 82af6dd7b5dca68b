//! How asynchronous invocations are retried, and where their records go.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::constraint::{between, is_arn, number, pattern};
use super::locate::Target;
use super::page::{Page, listing};
use super::refuse::{invalid, not_found};
use crate::route::Captures;
use crate::time;
use crate::wire::{Answer, Call, Outcome, Refusal};
use crate::world::World;

const PAGE_MAX: usize = 50;

/// The settings of one qualifier.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct EventInvoke {
    /// How often a failed invocation is repeated.
    pub retries: Option<i64>,
    /// How old an event may get, in seconds.
    pub age_seconds: Option<i64>,
    /// Where records of success and failure go.
    pub destinations: Option<Value>,
    /// When it last changed, in milliseconds.
    pub modified_ms: i64,
}

impl EventInvoke {
    fn shown(&self, arn: &str) -> Value {
        let mut shown = json!({ "FunctionArn": arn, "LastModified": time::seconds(self.modified_ms) });
        if let Some(retries) = self.retries {
            shown["MaximumRetryAttempts"] = json!(retries);
        }
        if let Some(age) = self.age_seconds {
            shown["MaximumEventAgeInSeconds"] = json!(age);
        }
        let none = || json!({ "OnSuccess": {}, "OnFailure": {} });
        shown["DestinationConfig"] = self.destinations.clone().unwrap_or_else(none);
        shown
    }

    fn with(mut self, asked: Self) -> Self {
        self.retries = asked.retries.or(self.retries);
        self.age_seconds = asked.age_seconds.or(self.age_seconds);
        self.destinations = asked.destinations.or(self.destinations);
        self.modified_ms = asked.modified_ms;
        self
    }
}

pub(super) fn put(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let target = target(world, call, captures)?;
    let asked = asked(call, &target)?;
    let shown = asked.shown(&target.arn());
    target.function_mut(world)?.event_invoke.insert(target.key().to_owned(), asked);
    Ok(Answer::json(200, &shown))
}

pub(super) fn update(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let target = target(world, call, captures)?;
    let asked = asked(call, &target)?;
    let known = target.function(world)?.event_invoke.get(target.key()).cloned();
    let updated = known.ok_or_else(|| missing(&target))?.with(asked);
    let shown = updated.shown(&target.arn());
    target.function_mut(world)?.event_invoke.insert(target.key().to_owned(), updated);
    Ok(Answer::json(200, &shown))
}

pub(super) fn get(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let target = target(world, call, captures)?;
    let known = target.function(world)?.event_invoke.get(target.key());
    let shown = known.ok_or_else(|| missing(&target))?.shown(&target.arn());
    Ok(Answer::json(200, &shown))
}

pub(super) fn delete(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let target = target(world, call, captures)?;
    let removed = target.function_mut(world)?.event_invoke.remove(target.key());
    removed.map(|_| Answer::empty(204)).ok_or_else(|| missing(&target))
}

pub(super) fn list(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let target = Target::parse(captures.at(0), &call.region)?;
    let page = Page::of(call, PAGE_MAX)?;
    let function = target.function(world)?;
    let keyed =
        function.event_invoke.iter().map(|(qualifier, config)| (qualifier.clone(), (qualifier, config)));
    let (items, next) = page.cut(keyed);
    let arn = target.function_arn();
    let shown = items.iter().map(|(qualifier, config)| config.shown(&format!("{arn}:{qualifier}")));
    Ok(listing("FunctionEventInvokeConfigs", &shown.collect::<Vec<_>>(), next.as_deref()))
}

/// Returns the target, `$LATEST` where no qualifier is given.
fn target(world: &World, call: &Call, captures: &Captures) -> Result<Target, Refusal> {
    let mut target = Target::of(call, captures.at(0))?;
    let resolved = target.resolve(world).is_ok();
    if !resolved {
        return Err(not_found("The function doesn't exist."));
    }
    target.qualifier.get_or_insert_with(|| "$LATEST".to_owned());
    Ok(target)
}

fn missing(target: &Target) -> Refusal {
    not_found(format!("The function {} doesn't have an EventInvokeConfig", target.arn()))
}

fn asked(call: &Call, target: &Target) -> Result<EventInvoke, Refusal> {
    let body = call.json()?;
    let retries = number(&body, "MaximumRetryAttempts")?;
    let age_seconds = number(&body, "MaximumEventAgeInSeconds")?;
    if let Some(retries) = retries {
        between("maximumRetryAttempts", retries, 0, 2)?;
    }
    if let Some(age) = age_seconds {
        between("maximumEventAgeInSeconds", age, 60, 21_600)?;
    }
    let destinations = body.get("DestinationConfig").filter(|config| !config.is_null());
    if retries.is_none() && age_seconds.is_none() && destinations.is_none() {
        return Err(invalid("You must specify at least one of error handling or destination setting."));
    }
    let destinations = destinations.map(|config| self::destinations(config, target)).transpose()?;
    Ok(EventInvoke { retries, age_seconds, destinations, modified_ms: call.now_ms })
}

fn destinations(config: &Value, target: &Target) -> Result<Value, Refusal> {
    let mut shown = json!({ "OnSuccess": {}, "OnFailure": {} });
    for (key, member) in [("OnSuccess", "onSuccess"), ("OnFailure", "onFailure")] {
        let arn = config.get(key).and_then(|part| part.get("Destination")).and_then(Value::as_str);
        let Some(arn) = arn.filter(|arn| !arn.is_empty()) else { continue };
        let member = format!("destinationConfig.{member}.destination");
        let known = r"^$|arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1})?:(\d{12})?:(.*)";
        pattern(&member, arn, is_arn(arn), known)?;
        let own = target.function_arn();
        if arn == own || arn.starts_with(&format!("{own}:")) {
            return Err(invalid("You can't specify the function as a destination for itself."));
        }
        shown[key] = json!({ "Destination": arn });
    }
    Ok(shown)
}
