//! Aliases: names that lead to a version, or to two with a weight on the second.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::constraint::{length, need_text, pattern, text};
use super::function::Function;
use super::locate::{Target, arn, is_version};
use super::page::{Page, listing};
use super::refuse::{conflict, invalid, no_function, not_found, stale, validation};
use crate::route::Captures;
use crate::wire::{Answer, Call, Outcome, Refusal};
use crate::world::World;

/// How many aliases one page holds at most.
const PAGE_MAX: usize = 50;
const NAME_PATTERN: &str = "(?!^[0-9]+$)([a-zA-Z0-9-_]+)";

/// An alias.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Alias {
    /// The version it leads to.
    pub version: String,
    /// The description, empty by default.
    pub description: String,
    /// The share of calls that a second version gets.
    pub weights: BTreeMap<String, f64>,
    /// The revision; every update makes a new one.
    pub revision: String,
}

impl Function {
    fn alias(&self, name: &str) -> Option<Value> {
        let alias = self.aliases.get(name)?;
        let mut shown = json!({
            "AliasArn": format!("{}:{name}", arn(&self.region, &self.name)),
            "Name": name,
            "FunctionVersion": alias.version,
            "Description": alias.description,
            "RevisionId": alias.revision,
        });
        if !alias.weights.is_empty() {
            shown["RoutingConfig"] = json!({ "AdditionalVersionWeights": alias.weights });
        }
        Some(shown)
    }
}

pub(super) fn create(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let target = Target::parse(captures.at(0), &call.region)?;
    let body = call.json()?;
    let name = need_text(&body, "Name")?;
    let version = need_text(&body, "FunctionVersion")?;
    check_name(name)?;
    check_version(version)?;
    let description = text(&body, "Description")?.unwrap_or_default();
    let revision = world.ids.uuid();
    let function = target.function_mut(world)?;
    let alias_arn = format!("{}:{name}", target.function_arn());
    check_known(function, &target, version)?;
    if function.aliases.contains_key(name) {
        return Err(conflict(format!("Alias already exists: {alias_arn}")));
    }
    let weights = weights(&body, function, &target, version)?.unwrap_or_default();
    let alias = Alias { version: version.to_owned(), description: description.to_owned(), weights, revision };
    function.aliases.insert(name.to_owned(), alias);
    let shown = function.alias(name).ok_or_else(|| missing(&alias_arn))?;
    Ok(Answer::json(201, &shown))
}

pub(super) fn get(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let target = Target::parse(captures.at(0), &call.region)?;
    let name = captures.at(1);
    check_name(name)?;
    let alias_arn = format!("{}:{name}", target.function_arn());
    let shown = target.function(world)?.alias(name);
    let shown = shown.ok_or_else(|| not_found(format!("Cannot find alias arn: {alias_arn}")))?;
    Ok(Answer::json(200, &shown))
}

pub(super) fn update(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let target = Target::parse(captures.at(0), &call.region)?;
    let name = captures.at(1);
    check_name(name)?;
    let alias_arn = format!("{}:{name}", target.function_arn());
    let body = call.json()?;
    let revision = world.ids.uuid();
    let function = target.function_mut(world)?;
    let mut alias = function.aliases.get(name).ok_or_else(|| missing(&alias_arn))?.clone();
    if text(&body, "RevisionId")?.is_some_and(|asked| asked != alias.revision) {
        return Err(stale("GetFunction/GetAlias"));
    }
    if let Some(version) = text(&body, "FunctionVersion")? {
        check_version(version)?;
        check_known(function, &target, version)?;
        version.clone_into(&mut alias.version);
    }
    if let Some(description) = text(&body, "Description")? {
        description.clone_into(&mut alias.description);
    }
    match weights(&body, function, &target, &alias.version)? {
        Some(weights) => alias.weights = weights,
        None => check_weights(&alias.weights, function, &target, &alias.version)?,
    }
    alias.revision = revision;
    function.aliases.insert(name.to_owned(), alias);
    let shown = function.alias(name).ok_or_else(|| missing(&alias_arn))?;
    Ok(Answer::json(200, &shown))
}

/// Deletes an alias; deleting one that does not exist succeeds, as on AWS.
pub(super) fn delete(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let target = Target::parse(captures.at(0), &call.region)?;
    let name = captures.at(1);
    check_name(name)?;
    let function = target.function_mut(world)?;
    if function.aliases.remove(name).is_some() {
        function.forget(name);
    }
    Ok(Answer::empty(204))
}

pub(super) fn list(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let target = Target::parse(captures.at(0), &call.region)?;
    let page = Page::of(call, PAGE_MAX)?;
    let version = call.query_one("FunctionVersion");
    let function = target.function(world)?;
    let matching = function
        .aliases
        .iter()
        .filter(|(_, alias)| version.is_none_or(|version| alias.version == version))
        .map(|(name, _)| (name.clone(), name.as_str()));
    let (names, next) = page.cut(matching);
    let shown = names.into_iter().filter_map(|name| function.alias(name));
    Ok(listing("Aliases", &shown.collect::<Vec<_>>(), next.as_deref()))
}

fn missing(alias_arn: &str) -> Refusal {
    not_found(format!("Alias not found: {alias_arn}"))
}

fn check_name(name: &str) -> Result<(), Refusal> {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    let satisfied = !name.is_empty() && name.bytes().all(word) && !is_version(name);
    length("name", name, 128)?;
    pattern("name", name, satisfied, NAME_PATTERN)
}

fn check_version(version: &str) -> Result<(), Refusal> {
    let satisfied = version == "$LATEST" || is_version(version);
    pattern("functionVersion", version, satisfied, r"(\$LATEST|[0-9]+)")
}

fn check_known(function: &Function, target: &Target, version: &str) -> Result<(), Refusal> {
    if function.find(Some(version)).is_some() {
        return Ok(());
    }
    Err(no_function(&format!("{}:{version}", target.function_arn())))
}

/// Returns the weights a request asks for; `None` where it says nothing about them.
fn weights(
    body: &Value,
    function: &Function,
    target: &Target,
    version: &str,
) -> Result<Option<BTreeMap<String, f64>>, Refusal> {
    let Some(routing) = body.get("RoutingConfig").filter(|routing| !routing.is_null()) else {
        return Ok(None);
    };
    let none = Map::new();
    let asked = routing.get("AdditionalVersionWeights").and_then(Value::as_object).unwrap_or(&none);
    if asked.len() > 1 {
        return Err(invalid("Number of items in AdditionalVersionWeights cannot be greater than 1"));
    }
    let mut weights = BTreeMap::new();
    for (extra, value) in asked {
        let refused = |kind: &str, constraint: &str| {
            validation(format!(
                "Value '{{{extra}={value}}}' at 'routingConfig.additionalVersionWeights' failed to satisfy constraint: \
                 {kind} must satisfy constraint: [{constraint}, Member must not be null]"
            ))
        };
        let weight = value.as_f64().filter(|weight| (0.0..=1.0).contains(weight)).ok_or_else(|| {
            refused(
                "Map value",
                "Member must have value less than or equal to 1.0, Member must have value greater than or equal to 0.0",
            )
        })?;
        if version == "$LATEST" {
            return Err(invalid("$LATEST is not supported for an alias pointing to more than 1 version"));
        }
        if !is_version(extra) {
            return Err(refused(
                "Map keys",
                "Member must have length less than or equal to 1024, Member must have length greater than or equal to \
                 1, Member must satisfy regular expression pattern: [0-9]+",
            ));
        }
        weights.insert(extra.clone(), weight);
    }
    check_weights(&weights, function, target, version)?;
    Ok(Some(weights))
}

/// Refuses weights that do not go with the version an alias leads to.
fn check_weights(
    weights: &BTreeMap<String, f64>,
    function: &Function,
    target: &Target,
    version: &str,
) -> Result<(), Refusal> {
    for extra in weights.keys() {
        if version == "$LATEST" {
            return Err(invalid("$LATEST is not supported for an alias pointing to more than 1 version"));
        }
        if extra == version {
            return Err(invalid(format!(
                "Invalid function version {version}. Function version {version} is already included in routing \
                 configuration."
            )));
        }
        check_known(function, target, extra)?;
        let setting = |number: &str, key: &str| {
            function.find(Some(number)).and_then(|version| version.settings.0.get(key).cloned())
        };
        if setting(version, "Role") != setting(extra, "Role") {
            return Err(invalid(
                "The execution role of both versions in a routing configuration must be the same.",
            ));
        }
        if setting(version, "DeadLetterConfig") != setting(extra, "DeadLetterConfig") {
            return Err(invalid(
                "The dead-letter queue of both versions in a routing configuration must be the same.",
            ));
        }
    }
    Ok(())
}
