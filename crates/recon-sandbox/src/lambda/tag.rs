//! Tags of functions, mappings and code signing configurations.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Region;
use super::constraint::pattern;
use super::locate::Target;
use super::refuse::{invalid, no_function, not_found};
use crate::route::Captures;
use crate::wire::{Answer, Call, Outcome, Refusal};
use crate::world::World;

const TAGS_MAX: usize = 50;
const ARN_PATTERN: &str = r"arn:(aws[a-zA-Z-]*):lambda:[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:(function:[a-zA-Z0-9-_]+(:(\$LATEST|[a-zA-Z0-9-_]+))?|layer:([a-zA-Z0-9-_]+)|code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12})";

/// Reads and checks the tags of a request.
pub(super) fn from_body(body: &Value) -> Result<BTreeMap<String, String>, Refusal> {
    let asked = body.get("Tags").and_then(Value::as_object).into_iter().flatten();
    let tags =
        asked.map(|(key, value)| (key.clone(), value.as_str().unwrap_or_default().to_owned())).collect();
    check(&tags)?;
    Ok(tags)
}

fn check(tags: &BTreeMap<String, String>) -> Result<(), Refusal> {
    if tags.len() > TAGS_MAX {
        return Err(invalid("Number of tags exceeds resource tag limit."));
    }
    for (key, value) in tags {
        if key.to_ascii_lowercase().starts_with("aws:") {
            return Err(invalid("Reserved tag key prefix aws: cannot be used."));
        }
        if key.is_empty() || key.chars().count() > 128 || value.chars().count() > 256 {
            return Err(invalid("The tag key or value is too long, or the key is empty."));
        }
    }
    Ok(())
}

pub(super) fn list(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let tags = tags_of(world, call, captures.at(0))?.clone();
    Ok(Answer::json(200, &json!({ "Tags": tags })))
}

pub(super) fn tag(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let asked = from_body(&call.json()?)?;
    if asked.is_empty() {
        return Err(invalid("An error occurred and the request cannot be processed."));
    }
    let tags = tags_of(world, call, captures.at(0))?;
    let mut after = tags.clone();
    after.extend(asked);
    check(&after)?;
    *tags = after;
    bump(world, call, captures.at(0));
    Ok(Answer::empty(204))
}

pub(super) fn untag(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let keys = call.query.get("tagKeys").cloned().unwrap_or_default();
    let tags = tags_of(world, call, captures.at(0))?;
    for key in keys {
        tags.remove(&key);
    }
    bump(world, call, captures.at(0));
    Ok(Answer::empty(204))
}

/// Returns the tags of whatever an ARN names.
fn tags_of<'a>(
    world: &'a mut World,
    call: &Call,
    arn: &str,
) -> Result<&'a mut BTreeMap<String, String>, Refusal> {
    pattern("resource", arn, arn.starts_with("arn:") && arn.contains(":lambda:"), ARN_PATTERN)?;
    let region: &mut Region = world.lambda.region(&call.region);
    if let Some((_, uuid)) = arn.split_once(":event-source-mapping:") {
        let mapping = region.mappings.get_mut(uuid);
        return mapping
            .map(|mapping| &mut mapping.tags)
            .ok_or_else(|| not_found(format!("Event source mapping not found: {arn}")));
    }
    if arn.contains(":code-signing-config:") {
        let signing = region.signing.get_mut(arn);
        let message = format!(
            "The code signing configuration cannot be found. Check that the provided configuration is not deleted: {arn}."
        );
        return signing.map(|signing| &mut signing.tags).ok_or_else(|| not_found(message));
    }
    let target = Target::parse(arn, &call.region)?;
    if target.qualifier.is_some() {
        return Err(invalid(
            "Tags on function aliases and versions are not supported. Please specify a function ARN.",
        ));
    }
    let function = region.functions.get_mut(&target.name);
    function.map(|function| &mut function.tags).ok_or_else(|| no_function(arn))
}

/// A change of tags gives a function a new revision.
fn bump(world: &mut World, call: &Call, arn: &str) {
    let revision = world.ids.uuid();
    let Ok(target) = Target::parse(arn, &call.region) else { return };
    if let Ok(function) = target.function_mut(world) {
        function.latest.settled_revision = revision;
    }
}
