//! Layers and their immutable versions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::code::{self, Code};
use super::constraint::{length, need, pattern, text};
use super::page::{Page, listing};
use super::permission::Policy;
use super::refuse::{invalid, not_found, validation};
use super::runtime;
use crate::route::Captures;
use crate::time;
use crate::wire::{Answer, Call, Outcome, Refusal};
use crate::world::{ACCOUNT, World};

const PAGE_MAX: usize = 50;
const LAYERS_PER_FUNCTION_MAX: usize = 5;

/// A layer.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Layer {
    /// The versions by number.
    pub versions: BTreeMap<u64, LayerVersion>,
    /// The number the last version got; never one that was used.
    pub last_version: u64,
}

/// One version of a layer.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct LayerVersion {
    /// The content.
    pub code: Code,
    /// When it was made, in milliseconds.
    pub created_ms: i64,
    /// Description, compatible runtimes and architectures, and licence, as shown.
    pub shown: serde_json::Map<String, Value>,
    /// Who may use it.
    pub policy: Option<Policy>,
}

/// Which version of which layer a call means.
pub(super) struct LayerTarget {
    /// The name of the layer.
    pub name: String,
    /// The number of the version.
    pub number: u64,
}

impl LayerTarget {
    /// Reads name or ARN, and number, from the path.
    pub(super) fn of(captures: &Captures) -> Result<Self, Refusal> {
        let name = layer_name(captures.at(0))?;
        let text = captures.at(1);
        let number = text.parse().ok().filter(|number| *number > 0);
        let number = number.ok_or_else(|| invalid("Layer Version Cannot be less than 1."))?;
        Ok(Self { name, number })
    }

    /// Returns the version.
    pub(super) fn find<'a>(
        &self,
        world: &'a mut World,
        region: &str,
    ) -> Result<&'a mut LayerVersion, Refusal> {
        let layer = world.lambda.region(region).layers.get_mut(&self.name);
        layer.and_then(|layer| layer.versions.get_mut(&self.number)).ok_or_else(missing)
    }
}

pub(super) fn missing() -> Refusal {
    not_found("The resource you requested does not exist.")
}

pub(super) fn version_arn(region: &str, name: &str, number: u64) -> String {
    format!("arn:aws:lambda:{region}:{ACCOUNT}:layer:{name}:{number}")
}

pub(super) fn publish(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let name = layer_name(captures.at(0))?;
    let body = call.json()?;
    let shown = checked(&body)?;
    let bytes = code::package(world, need(&body, "Content")?)?;
    code::check_package(&bytes)?;
    let content = world.lambda.packages.keep(bytes, None);
    let layer = world.lambda.region(&call.region).layers.entry(name.clone()).or_default();
    layer.last_version += 1;
    let number = layer.last_version;
    let version = LayerVersion { code: content, created_ms: call.now_ms, shown, policy: None };
    let document = whole(&version, call, &name, number);
    layer.versions.insert(number, version);
    Ok(Answer::json(201, &document))
}

pub(super) fn get(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let target = LayerTarget::of(captures)?;
    let version = target.find(world, &call.region)?;
    Ok(Answer::json(200, &whole(version, call, &target.name, target.number)))
}

pub(super) fn get_by_arn(world: &mut World, call: &Call, _captures: &Captures) -> Outcome {
    let arn = call.query_one("Arn").unwrap_or_default();
    let (name, number) = parse_arn(arn, &call.region).ok_or_else(|| malformed("arn", arn))?;
    let target = LayerTarget { name, number };
    let version = target.find(world, &call.region)?;
    Ok(Answer::json(200, &whole(version, call, &target.name, target.number)))
}

/// Deletes a version; deleting one that does not exist succeeds, as on AWS.
pub(super) fn delete(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let target = LayerTarget::of(captures)?;
    if let Some(layer) = world.lambda.region(&call.region).layers.get_mut(&target.name) {
        layer.versions.remove(&target.number);
    }
    Ok(Answer::empty(204))
}

pub(super) fn list_versions(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let name = layer_name(captures.at(0))?;
    check_filter(call)?;
    let page = Page::of(call, PAGE_MAX)?;
    let layer = world.lambda.region(&call.region).layers.get(&name);
    let versions = layer.into_iter().flat_map(|layer| layer.versions.iter().rev());
    let fitting = versions.filter(|(_, version)| fits(version, call));
    // The newest comes first, so the key counts down.
    let keyed = fitting.map(|(number, version)| (format!("{:020}", u64::MAX - number), (*number, version)));
    let (items, next) = page.cut(keyed);
    let shown = items.iter().map(|(number, version)| brief(version, call, &name, *number));
    Ok(listing("LayerVersions", &shown.collect::<Vec<_>>(), next.as_deref()))
}

pub(super) fn list(world: &mut World, call: &Call, _captures: &Captures) -> Outcome {
    check_filter(call)?;
    let page = Page::of(call, PAGE_MAX)?;
    let layers = &world.lambda.region(&call.region).layers;
    let keyed = layers.iter().filter_map(|(name, layer)| {
        let newest = layer.versions.iter().rev().find(|(_, version)| fits(version, call));
        newest.map(|(number, version)| (name.clone(), (name, *number, version)))
    });
    let (items, next) = page.cut(keyed);
    let shown = items.iter().map(|(name, number, version)| {
        json!({
            "LayerName": name,
            "LayerArn": format!("arn:aws:lambda:{}:{ACCOUNT}:layer:{name}", call.region),
            "LatestMatchingVersion": brief(version, call, name, *number),
        })
    });
    Ok(listing("Layers", &shown.collect::<Vec<_>>(), next.as_deref()))
}

/// Returns how the layers of a function are shown, or refuses them.
pub(super) fn attached(world: &World, region: &str, arns: &[&str]) -> Result<Vec<Value>, Refusal> {
    if arns.len() > LAYERS_PER_FUNCTION_MAX {
        return Err(invalid("Cannot reference more than 5 layers."));
    }
    let mut shown: Vec<Value> = Vec::new();
    for arn in arns {
        let layer = arn.rsplit_once(':').map_or(*arn, |(layer, _)| layer);
        let twin = shown
            .iter()
            .filter_map(|other| other["Arn"].as_str())
            .find(|other| other.rsplit_once(':').is_some_and(|(name, _)| name == layer));
        if let Some(twin) = twin {
            return Err(invalid(format!(
                "Two different versions of the same layer are not allowed to be referenced in the same function. \
                 {twin} and {arn} are versions of the same layer."
            )));
        }
        let size = size_of(world, region, arn)?;
        shown.push(json!({ "Arn": arn, "CodeSize": size }));
    }
    Ok(shown)
}

/// Returns the size of a layer version; those of other accounts are taken on trust.
fn size_of(world: &World, region: &str, arn: &str) -> Result<usize, Refusal> {
    let parts: Vec<&str> = arn.split(':').collect();
    let ["arn", _, "lambda", layer_region, account, "layer", name, number] = parts.as_slice() else {
        return Err(malformed("layers", &format!("[{arn}]")));
    };
    let number = number.parse::<u64>().map_err(|_| malformed("layers", &format!("[{arn}]")))?;
    if *layer_region != region {
        return Err(invalid(format!(
            "Layers are not in the same region as the function. Layers are expected to be in region {region}."
        )));
    }
    if *account != ACCOUNT {
        return Ok(0);
    }
    let layer = world.lambda.regions.get(region).and_then(|region| region.layers.get(*name));
    let version = layer.and_then(|layer| layer.versions.get(&number));
    let version = version.ok_or_else(|| invalid(format!("Layer version {arn} does not exist.")))?;
    Ok(version.code.size())
}

fn malformed(member: &str, value: &str) -> Refusal {
    validation(format!(
        "Value '{value}' at '{member}' failed to satisfy constraint: Member must satisfy constraint: [Member must have \
         length less than or equal to 140, Member must have length greater than or equal to 1, Member must satisfy \
         regular expression pattern: (arn:[a-zA-Z0-9-]+:lambda:[a-z]{{2}}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{{1}}:\
         \\d{{12}}:layer:[a-zA-Z0-9-_]+:[0-9]+)|(arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+), Member must not \
         be null]"
    ))
}

fn parse_arn(arn: &str, region: &str) -> Option<(String, u64)> {
    let rest = arn.strip_prefix(&format!("arn:aws:lambda:{region}:{ACCOUNT}:layer:"))?;
    let (name, number) = rest.rsplit_once(':')?;
    Some((name.to_owned(), number.parse().ok()?))
}

fn layer_name(text: &str) -> Result<String, Refusal> {
    let name = text.rsplit_once(":layer:").map_or(text, |(_, name)| name);
    let word = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    let known = r"(arn:[a-zA-Z0-9-]+:lambda:[a-zA-Z0-9-]+:\d{12}:layer:[a-zA-Z0-9-_]+)|[a-zA-Z0-9-_]+";
    length("layerName", text, 140)?;
    pattern("layerName", text, !name.is_empty() && name.bytes().all(word), known)?;
    Ok(name.to_owned())
}

fn checked(body: &Value) -> Result<serde_json::Map<String, Value>, Refusal> {
    let mut shown = serde_json::Map::new();
    let description = text(body, "Description")?.unwrap_or_default();
    shown.insert("Description".to_owned(), json!(description));
    let names = |key: &str| -> Vec<&str> {
        body.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
    };
    let runtimes = names("CompatibleRuntimes");
    if let Some(other) = runtimes.iter().find(|name| !runtime::ever_was(name)) {
        return Err(validation(format!(
            "Value '[{other}]' at 'compatibleRuntimes' failed to satisfy constraint: Member must satisfy constraint: \
             [Member must satisfy enum value set, Member must not be null]"
        )));
    }
    let architectures = names("CompatibleArchitectures");
    if let Some(other) = architectures.iter().find(|name| !["x86_64", "arm64"].contains(name)) {
        return Err(validation(format!(
            "Value '[{other}]' at 'compatibleArchitectures' failed to satisfy constraint: Member must satisfy \
             constraint: [Member must satisfy enum value set: [x86_64, arm64], Member must not be null]"
        )));
    }
    for (key, names) in [("CompatibleRuntimes", &runtimes), ("CompatibleArchitectures", &architectures)] {
        if !names.is_empty() {
            shown.insert(key.to_owned(), json!(names));
        }
    }
    if let Some(licence) = text(body, "LicenseInfo")? {
        length("licenseInfo", licence, 512)?;
        shown.insert("LicenseInfo".to_owned(), json!(licence));
    }
    Ok(shown)
}

fn check_filter(call: &Call) -> Result<(), Refusal> {
    let Some(other) = call.query_one("CompatibleRuntime").filter(|name| !runtime::ever_was(name)) else {
        return Ok(());
    };
    Err(validation(format!(
        "Value '{other}' at 'compatibleRuntime' failed to satisfy constraint: Member must satisfy enum value set"
    )))
}

fn fits(version: &LayerVersion, call: &Call) -> bool {
    let holds = |key: &str, asked: Option<&str>| {
        let list = version.shown.get(key).and_then(Value::as_array);
        asked.is_none_or(|asked| list.is_some_and(|list| list.iter().any(|name| name == asked)))
    };
    holds("CompatibleRuntimes", call.query_one("CompatibleRuntime"))
        && holds("CompatibleArchitectures", call.query_one("CompatibleArchitecture"))
}

fn brief(version: &LayerVersion, call: &Call, name: &str, number: u64) -> Value {
    let mut shown = version.shown.clone();
    shown.insert("LayerVersionArn".to_owned(), json!(version_arn(&call.region, name, number)));
    shown.insert("Version".to_owned(), json!(number));
    shown.insert("CreatedDate".to_owned(), json!(time::lambda(version.created_ms)));
    Value::Object(shown)
}

fn whole(version: &LayerVersion, call: &Call, name: &str, number: u64) -> Value {
    let mut shown = brief(version, call, name, number);
    shown["LayerArn"] = json!(format!("arn:aws:lambda:{}:{ACCOUNT}:layer:{name}", call.region));
    shown["Content"] = json!({
        "Location": version.code.location(&call.endpoint)["Location"],
        "CodeSha256": version.code.sha256(),
        "CodeSize": version.code.size(),
    });
    shown
}
