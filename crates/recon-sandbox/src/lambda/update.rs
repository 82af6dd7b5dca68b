//! `UpdateFunctionConfiguration` and `UpdateFunctionCode`.

use serde_json::Value;

use super::constraint::{flag, text};
use super::create::check_role;
use super::locate::Target;
use super::refuse::{invalid, stale};
use super::settings::Scope;
use super::version::{Unsettled, View};
use super::{Function, code};
use crate::route::Captures;
use crate::wire::{Answer, Call, Outcome, Refusal};
use crate::world::World;

pub(super) fn configuration(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let target = Target::parse(captures.at(0), &call.region)?;
    let body = call.json()?;
    let function = target.function(world)?;
    check_ready(function, &target, &body, call.now_ms)?;
    check_image(function, &body)?;
    let before = &function.latest.settings;
    let scope = Scope { world, region: &call.region, function: &target.name, before };
    let settings = before.with(&body, &scope)?;
    if body.get("Role").is_some_and(Value::is_string) {
        check_role(world, settings.text("Role").unwrap_or_default(), call.now_ms)?;
    }
    let (pending_ms, mut ids) = (world.pace.pending_ms, world.ids.clone());
    let function = target.function_mut(world)?;
    function.latest.settings = settings;
    function.latest.revise(&mut ids);
    function.latest.touch(Unsettled::Updating, call.now_ms, pending_ms);
    let shown = function.configuration(&function.latest, "$LATEST", "", View::Written);
    world.ids = ids;
    Ok(Answer::json(200, &shown))
}

pub(super) fn code(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let target = Target::parse(captures.at(0), &call.region)?;
    let body = call.json()?;
    let function = target.function(world)?;
    check_ready(function, &target, &body, call.now_ms)?;
    let mut settings = function.latest.settings.clone();
    settings.set_architectures(&body)?;
    let package_type = settings.text("PackageType").unwrap_or("Zip").to_owned();
    let taken = code::take(world, &body, &package_type)?;
    let (pending_ms, mut ids) = (world.pace.pending_ms, world.ids.clone());
    let function = target.function_mut(world)?;
    let mut latest = function.latest.clone();
    latest.settings = settings;
    latest.code = taken;
    latest.revise(&mut ids);
    latest.touch(Unsettled::Updating, call.now_ms, pending_ms);
    if flag(&body, "DryRun") {
        let shown = function.configuration(&latest, "$LATEST", "", View::Written);
        return Ok(Answer::json(200, &shown));
    }
    function.latest = latest;
    let shown = if flag(&body, "Publish") {
        let fresh = function.next_version;
        let number = function.publish(None, &mut ids, call.now_ms);
        function.show(number, if number == fresh { View::Written } else { View::Read(call.now_ms) })
    } else {
        function.configuration(&function.latest, "$LATEST", "", View::Written)
    };
    world.ids = ids;
    Ok(Answer::json(200, &shown))
}

/// Refuses an update of a function that is busy, or of a revision that is not the latest.
fn check_ready(function: &Function, target: &Target, body: &Value, now_ms: i64) -> Result<(), Refusal> {
    if let Some(revision) = text(body, "RevisionId")?
        && revision != function.latest.revision(now_ms)
    {
        return Err(stale("GetFunction/GetAlias"));
    }
    function.latest.check_settled(&target.function_arn(), now_ms)
}

/// Refuses settings that do not go with how the function is packaged.
fn check_image(function: &Function, body: &Value) -> Result<(), Refusal> {
    let has = |key: &str| body.get(key).is_some_and(|value| !value.is_null());
    let image = function.latest.settings.text("PackageType") == Some("Image");
    if image && (has("Runtime") || has("Handler") || has("Layers")) {
        return Err(invalid(
            "Please don't provide Handler or Runtime or Layer when the intent is to update a function with \
             PackageType Image.",
        ));
    }
    if !image && has("ImageConfig") {
        return Err(invalid("ImageConfig is not supported for functions created with deployment packages."));
    }
    Ok(())
}
