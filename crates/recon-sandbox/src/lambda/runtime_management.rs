//! What a function does by itself: update its runtime, end recursive loops, scale.

use serde_json::json;

use super::constraint::{need_text, one_of, text};
use super::locate::Target;
use super::refuse::invalid;
use crate::route::Captures;
use crate::wire::{Answer, Call, Outcome, Refusal};
use crate::world::World;

pub(super) fn put(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let target = latest_or(call, captures)?;
    let body = call.json()?;
    let when = need_text(&body, "UpdateRuntimeOn")?;
    one_of("updateRuntimeOn", when, &["Auto", "Manual", "FunctionUpdate"])?;
    let pinned = text(&body, "RuntimeVersionArn")?.filter(|arn| !arn.is_empty());
    if when == "Manual" && pinned.is_none() {
        return Err(invalid("A runtimeVersionArn must be provided when the update mode is Manual."));
    }
    if when != "Manual" && pinned.is_some() {
        return Err(invalid("A runtimeVersionArn must not be provided when the update mode is not Manual."));
    }
    target.resolve(world)?;
    let function = target.function_mut(world)?;
    if function.latest.settings.text("PackageType") == Some("Image") {
        return Err(invalid(
            "Runtime management is not supported for functions created with container images.",
        ));
    }
    let key = target.key().to_owned();
    function.runtime_updates.insert(key.clone(), when.to_owned());
    match pinned {
        Some(arn) => function.pinned_runtimes.insert(key, arn.to_owned()),
        None => function.pinned_runtimes.remove(&key),
    };
    Ok(Answer::json(
        200,
        &json!({ "FunctionArn": target.arn(), "UpdateRuntimeOn": when, "RuntimeVersionArn": pinned }),
    ))
}

pub(super) fn get(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let target = latest_or(call, captures)?;
    let function = target.resolve(world)?.function;
    let when = function.runtime_updates.get(target.key()).map_or("Auto", String::as_str);
    // Of the version that another mode happens to use, this answer says nothing.
    let arn = function.pinned_runtimes.get(target.key());
    Ok(Answer::json(
        200,
        &json!({ "FunctionArn": target.arn(), "UpdateRuntimeOn": when, "RuntimeVersionArn": arn }),
    ))
}

pub(super) fn put_recursion(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let target = Target::parse(captures.at(0), &call.region)?;
    let body = call.json()?;
    let what = need_text(&body, "RecursiveLoop")?;
    one_of("recursiveLoop", what, &["Allow", "Terminate"])?;
    target.function_mut(world)?.recursion = Some(what.to_owned());
    Ok(Answer::json(200, &json!({ "RecursiveLoop": what })))
}

pub(super) fn get_recursion(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let target = Target::parse(captures.at(0), &call.region)?;
    let what = target.function(world)?.recursion.as_deref().unwrap_or("Terminate");
    Ok(Answer::json(200, &json!({ "RecursiveLoop": what })))
}

pub(super) fn put_scaling(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let target = latest_or(call, captures)?;
    let body = call.json()?;
    target.resolve(world)?;
    let config = body.get("FunctionScalingConfig").filter(|config| config.is_object()).cloned();
    target.function_mut(world)?.scaling.insert(target.key().to_owned(), config.unwrap_or_else(|| json!({})));
    Ok(Answer::json(202, &json!({ "FunctionState": "Active" })))
}

pub(super) fn get_scaling(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let target = latest_or(call, captures)?;
    let config = target.resolve(world)?.function.scaling.get(target.key());
    Ok(Answer::json(
        200,
        &json!({
            "FunctionArn": target.arn(),
            "AppliedFunctionScalingConfig": config,
            "RequestedFunctionScalingConfig": config,
        }),
    ))
}

fn latest_or(call: &Call, captures: &Captures) -> Result<Target, Refusal> {
    let mut target = Target::of(call, captures.at(0))?;
    target.qualifier.get_or_insert_with(|| "$LATEST".to_owned());
    Ok(target)
}
