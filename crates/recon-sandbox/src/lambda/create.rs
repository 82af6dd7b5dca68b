//! `CreateFunction`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::code;
use super::constraint::{flag, need, need_text, one_of, text};
use super::function::Function;
use super::locate::Target;
use super::refuse::{conflict, denied, invalid, no_function, too_large, validation};
use super::settings::{Scope, Settings};
use super::tag;
use super::version::{Unsettled, Version, View};
use crate::route::Captures;
use crate::wire::{Answer, Call, Outcome, Refusal};
use crate::world::World;

/// The quota on the whole request, in bytes.
const REQUEST_BYTES_MAX: usize = 70_167_211;
const NAME_LENGTH_MAX: usize = 64;

pub(super) fn create(world: &mut World, call: &Call, _captures: &Captures) -> Outcome {
    if call.body.len() > REQUEST_BYTES_MAX {
        let limit = format!("{REQUEST_BYTES_MAX} bytes for the CreateFunction operation");
        return Err(too_large(format!("Request must be smaller than {limit}")));
    }
    let body = call.json()?;
    let name = name(&body, &call.region)?;
    let settings = settings(world, &body, &name, &call.region)?;
    check_role(world, settings.text("Role").unwrap_or_default(), call.now_ms)?;
    let tags = tag::from_body(&body)?;
    let signing = signing(world, &body, &call.region)?;
    if world.lambda.region(&call.region).functions.contains_key(&name) {
        return Err(conflict(format!("Function already exist: {name}")));
    }
    let package_type = settings.text("PackageType").unwrap_or("Zip").to_owned();
    let source = need(&body, "Code")?;
    check_source(source, &package_type)?;
    let code = code::take(world, source, &package_type)?;
    let mut latest = Version {
        settings,
        code,
        modified_ms: call.now_ms,
        revision: String::new(),
        settled_revision: String::new(),
        settles_ms: 0,
        unsettled: Unsettled::Creating,
    };
    latest.revise(&mut world.ids);
    latest.touch(Unsettled::Creating, call.now_ms, world.pace.pending_ms);
    let mut function = fresh(name, call.region.clone(), latest, tags, signing);
    let mut shown = function.configuration(&function.latest, "$LATEST", "", View::Written);
    if flag(&body, "Publish") {
        let number = function.publish(None, &mut world.ids, call.now_ms);
        shown = function.show(number, View::Written);
        // The answer to a creation shows the bare ARN even where it shows the version.
        shown["FunctionArn"] = super::locate::arn(&function.region, &function.name).into();
    }
    world.lambda.region(&call.region).functions.insert(function.name.clone(), function);
    Ok(Answer::json(201, &shown))
}

fn fresh(
    name: String,
    region: String,
    latest: Version,
    tags: BTreeMap<String, String>,
    signing: Option<String>,
) -> Function {
    Function {
        name,
        region,
        latest,
        versions: BTreeMap::new(),
        next_version: 1,
        published_fingerprint: String::new(),
        aliases: BTreeMap::new(),
        policies: BTreeMap::new(),
        tags,
        reserved: None,
        provisioned: BTreeMap::new(),
        event_invoke: BTreeMap::new(),
        urls: BTreeMap::new(),
        signing,
        recursion: None,
        runtime_updates: BTreeMap::new(),
        pinned_runtimes: BTreeMap::new(),
        scaling: BTreeMap::new(),
    }
}

fn name(body: &Value, region: &str) -> Result<String, Refusal> {
    let given = need_text(body, "FunctionName")?;
    let target = Target::parse(given, region).map_err(|refusal| {
        // For a bare name, and only on creation, Lambda answers with the other code.
        let bare = refusal.code == "ValidationException" && !given.contains(':');
        if bare { invalid(refusal.message) } else { refusal }
    })?;
    if target.qualifier.is_some() {
        return Err(validation(format!(
            "Value '{given}' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression \
             pattern: (arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{{2}}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{{1}}:)?(\\d{{12}}:)?\
             (function:)?([a-zA-Z0-9-_]+)"
        )));
    }
    if target.name.len() > NAME_LENGTH_MAX {
        return Err(invalid(format!(
            "1 validation error detected: Value '{}' at 'functionName' failed to satisfy constraint: Member must have \
             length less than or equal to {NAME_LENGTH_MAX}",
            target.name
        )));
    }
    Ok(target.name)
}

fn settings(world: &World, body: &Value, name: &str, region: &str) -> Result<Settings, Refusal> {
    let package_type = text(body, "PackageType")?.unwrap_or("Zip");
    one_of("packageType", package_type, &["Zip", "Image"])?;
    need_text(body, "Role")?;
    let before = Settings::defaults(name);
    let scope = Scope { world, region, function: name, before: &before };
    let mut settings = before.with(body, &scope)?;
    settings.set("PackageType", package_type.into());
    settings.set_architectures(body)?;
    let has = |key: &str| settings.0.contains_key(key);
    if package_type == "Zip" && !(has("Handler") && has("Runtime")) {
        return Err(invalid(
            "Runtime and Handler are mandatory parameters for functions created with deployment packages.",
        ));
    }
    if package_type == "Zip" && has("ImageConfigResponse") {
        return Err(invalid("ImageConfig is not supported for functions created with deployment packages."));
    }
    if package_type == "Image" && (has("Handler") || has("Runtime") || has("Layers")) {
        return Err(invalid(
            "Please don't provide Handler or Runtime or Layer when the intent is to create a function with \
             PackageType Image.",
        ));
    }
    Ok(settings)
}

fn check_source(source: &Value, package_type: &str) -> Result<(), Refusal> {
    let has = |key: &str| source.get(key).is_some_and(|value| !value.is_null());
    if package_type == "Image" && !has("ImageUri") {
        return Err(invalid("Please provide ImageUri when creating a function with packageType Image."));
    }
    if package_type == "Zip" && has("ImageUri") {
        return Err(invalid("Please don't provide ImageUri when creating a function with packageType Zip."));
    }
    Ok(())
}

/// Refuses a role that Lambda cannot assume: unknown, too new, or trusting somebody else.
pub(super) fn check_role(world: &World, arn: &str, now_ms: i64) -> Result<(), Refusal> {
    if !arn.contains(&format!("::{}:", world.account)) {
        return Err(denied("Cross-account pass role is not allowed."));
    }
    let name = arn.rsplit('/').next().unwrap_or_default();
    let role = world.iam.roles.get(name).filter(|role| role.arn == arn);
    let assumable = role.is_some_and(|role| {
        let known = now_ms >= role.created_ms.saturating_add(world.pace.role_propagation_ms);
        known && role.trust.contains("lambda.amazonaws.com")
    });
    if assumable {
        return Ok(());
    }
    Err(invalid("The role defined for the function cannot be assumed by Lambda."))
}

fn signing(world: &mut World, body: &Value, region: &str) -> Result<Option<String>, Refusal> {
    let Some(arn) = text(body, "CodeSigningConfigArn")?.filter(|arn| !arn.is_empty()) else {
        return Ok(None);
    };
    if world.lambda.region(region).signing.contains_key(arn) {
        return Ok(Some(arn.to_owned()));
    }
    let mut refusal = no_function(arn);
    refusal.code = "CodeSigningConfigNotFoundException";
    refusal.message = format!(
        "The code signing configuration cannot be found. Check that the provided configuration is not deleted: {arn}."
    );
    Err(refusal)
}
