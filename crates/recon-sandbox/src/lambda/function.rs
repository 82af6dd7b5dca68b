//! Functions as a whole: what they hold, reading, listing and deleting them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::alias::Alias;
use super::event_invoke::EventInvoke;
use super::locate::{Target, is_version};
use super::page::{Page, listing};
use super::permission::Policy;
use super::provisioned::Provisioned;
use super::refuse::{conflict, invalid, no_function, validation};
use super::url::Url;
use super::version::{PAGE_MAX, Version, View};
use crate::route::Captures;
use crate::wire::{Answer, Call, Outcome, Refusal};
use crate::world::World;

/// A function with everything that hangs on it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Function {
    /// The name, unique in its region.
    pub name: String,
    /// The region.
    pub region: String,
    /// `$LATEST`.
    pub latest: Version,
    /// The published versions by number.
    pub versions: BTreeMap<u64, Version>,
    /// The number the next version gets; never one that was used.
    pub next_version: u64,
    /// What `$LATEST` was when it was last published.
    pub published_fingerprint: String,
    /// The aliases by name.
    pub aliases: BTreeMap<String, Alias>,
    /// The resource policies by qualifier, empty for none.
    pub policies: BTreeMap<String, Policy>,
    /// The tags.
    pub tags: BTreeMap<String, String>,
    /// The reserved concurrency.
    pub reserved: Option<i64>,
    /// The provisioned concurrency by qualifier.
    pub provisioned: BTreeMap<String, Provisioned>,
    /// The settings of asynchronous invocation by qualifier.
    pub event_invoke: BTreeMap<String, EventInvoke>,
    /// The function URLs by qualifier, empty for none.
    pub urls: BTreeMap<String, Url>,
    /// The ARN of the code signing configuration.
    pub signing: Option<String>,
    /// What happens to recursive calls.
    pub recursion: Option<String>,
    /// How runtimes are updated, by qualifier.
    pub runtime_updates: BTreeMap<String, String>,
    /// The runtimes that are pinned, by qualifier.
    pub pinned_runtimes: BTreeMap<String, String>,
    /// The scaling settings of capacity providers by qualifier.
    pub scaling: BTreeMap<String, Value>,
}

impl Function {
    /// Returns the version a qualifier leads to; none leads to `$LATEST`.
    pub(super) fn find(&self, qualifier: Option<&str>) -> Option<&Version> {
        let number = self.number(qualifier)?;
        if number == "$LATEST" {
            return Some(&self.latest);
        }
        self.versions.get(&number.parse::<u64>().ok()?)
    }

    /// Returns the version number a qualifier leads to.
    pub(super) fn number<'a>(&'a self, qualifier: Option<&'a str>) -> Option<&'a str> {
        match qualifier {
            None | Some("$LATEST") => Some("$LATEST"),
            Some(number) if is_version(number) => {
                let known = number.parse().is_ok_and(|parsed: u64| self.versions.contains_key(&parsed));
                known.then_some(number)
            }
            Some(alias) => self.aliases.get(alias).map(|alias| alias.version.as_str()),
        }
    }

    /// Returns the configuration of a published version.
    pub(super) fn show(&self, number: u64, view: View) -> Value {
        let version = self.versions.get(&number).unwrap_or(&self.latest);
        let number = number.to_string();
        self.configuration(version, &number, &number, view)
    }

    /// Returns all versions, `$LATEST` first, with keys in their order.
    pub(super) fn all_versions(&self) -> impl Iterator<Item = (String, String, &Version)> {
        let latest = std::iter::once(("0".to_owned(), "$LATEST".to_owned(), &self.latest));
        // Leading zeros, so that the keys sort as the numbers do.
        let key = |number: &u64| format!("1{number:020}");
        latest.chain(
            self.versions.iter().map(move |(number, version)| (key(number), number.to_string(), version)),
        )
    }
}

pub(super) fn get(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let target = Target::of(call, captures.at(0))?;
    let resolved = target.resolve(world)?;
    let function = resolved.function;
    let mut document = json!({
        "Configuration": configuration(&target, function, resolved.version, call.now_ms),
        "Code": resolved.version.code.location(&call.endpoint),
    });
    if !function.tags.is_empty() {
        document["Tags"] = json!(function.tags);
    }
    if let Some(reserved) = function.reserved {
        document["Concurrency"] = json!({ "ReservedConcurrentExecutions": reserved });
    }
    Ok(Answer::json(200, &document))
}

pub(super) fn get_configuration(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let target = Target::of(call, captures.at(0))?;
    let resolved = target.resolve(world)?;
    Ok(Answer::json(200, &configuration(&target, resolved.function, resolved.version, call.now_ms)))
}

fn configuration(target: &Target, function: &Function, version: &Version, now_ms: i64) -> Value {
    let number = function.number(target.qualifier.as_deref()).unwrap_or("$LATEST");
    function.configuration(version, number, target.key(), View::Read(now_ms))
}

pub(super) fn list(world: &mut World, call: &Call, _captures: &Captures) -> Outcome {
    let page = Page::of(call, PAGE_MAX)?;
    let every_version = match call.query_one("FunctionVersion") {
        None => false,
        Some("ALL") => true,
        Some(other) => {
            return Err(validation(format!(
                "Value '{other}' at 'functionVersion' failed to satisfy constraint: Member must satisfy enum value \
                 set: [ALL]"
            )));
        }
    };
    let region = world.lambda.region(&call.region);
    // The marker is NAME/KEY: start at the function it points into instead of walking there.
    let start =
        page.after.as_deref().and_then(|after| after.split('/').next()).unwrap_or_default().to_owned();
    let functions = region.functions.range(start..).map(|(_, function)| function);
    let items = functions.flat_map(|function| {
        let versions = function.all_versions().take(if every_version { usize::MAX } else { 1 });
        versions.map(move |(key, number, version)| {
            (format!("{}/{key}", function.name), (function, number, version))
        })
    });
    let (items, next) = page.cut(items);
    let shown = items.iter().map(|(function, number, version)| {
        let suffix = if every_version { number.as_str() } else { "" };
        function.configuration(version, number, suffix, View::Listed)
    });
    Ok(listing("Functions", &shown.collect::<Vec<_>>(), next.as_deref()))
}

pub(super) fn delete(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let target = Target::of(call, captures.at(0))?;
    let Some(qualifier) = target.qualifier.clone() else {
        let removed = target.region_mut(world).functions.remove(&target.name);
        return removed.map(|_| Answer::empty(204)).ok_or_else(|| no_function(&target.arn()));
    };
    if qualifier == "$LATEST" {
        return Err(invalid("$LATEST version cannot be deleted without deleting the function."));
    }
    let function = target.function_mut(world).map_err(|_| no_function(&target.function_arn()))?;
    if !is_version(&qualifier) {
        return Err(invalid("Deletion of aliases is not currently supported."));
    }
    delete_version(function, &qualifier)?;
    Ok(Answer::empty(204))
}

/// Deletes a version; deleting one that does not exist succeeds, as on AWS.
fn delete_version(function: &mut Function, number: &str) -> Result<(), Refusal> {
    let users: Vec<&str> = function
        .aliases
        .iter()
        .filter(|(_, alias)| alias.version == number || alias.weights.contains_key(number))
        .map(|(name, _)| name.as_str())
        .collect();
    if !users.is_empty() {
        let message = "Unable to delete version because the following aliases reference it";
        return Err(conflict(format!("{message}: [{}]", users.join(", "))));
    }
    if let Ok(parsed) = number.parse::<u64>() {
        function.versions.remove(&parsed);
    }
    function.forget(number);
    Ok(())
}

impl Function {
    /// Removes what hangs on a qualifier that is gone.
    pub(super) fn forget(&mut self, qualifier: &str) {
        self.policies.remove(qualifier);
        self.provisioned.remove(qualifier);
        self.event_invoke.remove(qualifier);
        self.urls.remove(qualifier);
        self.runtime_updates.remove(qualifier);
        self.pinned_runtimes.remove(qualifier);
        self.scaling.remove(qualifier);
    }
}
