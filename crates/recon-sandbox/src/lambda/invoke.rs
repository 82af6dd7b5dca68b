//! Invoking: there is no data plane, so a function answers with what it was given.

use super::locate::Target;
use super::refuse::invalid;
use crate::route::Captures;
use crate::wire::{Answer, Call, Outcome, Refusal};
use crate::world::World;

pub(super) fn invoke(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let target = Target::of(call, captures.at(0))?;
    let resolved = target.resolve(world)?;
    resolved.version.check_settled(&target.arn(), call.now_ms)?;
    if !call.body.is_empty()
        && let Err(error) = serde_json::from_slice::<serde::de::IgnoredAny>(&call.body)
    {
        let message = format!("Could not parse request body into json: {error}");
        return Err(Refusal::new(400, "InvalidRequestContentException", message).with("Type", "User"));
    }
    let number = resolved.function.number(target.qualifier.as_deref()).unwrap_or("$LATEST");
    let answer = match call.header("x-amz-invocation-type").unwrap_or("RequestResponse") {
        "DryRun" => Answer::empty(204),
        "Event" => Answer::empty(202),
        "RequestResponse" => {
            let payload = if call.body.is_empty() { b"null".to_vec() } else { call.body.clone() };
            Answer::bytes(200, "application/json", payload).with("X-Amz-Executed-Version", number)
        }
        other => {
            let message = format!("Invocation type {other} is not supported.");
            return Err(invalid(message));
        }
    };
    Ok(answer)
}

pub(super) fn invoke_async(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    Target::of(call, captures.at(0))?.resolve(world)?;
    Ok(Answer::json(202, &serde_json::json!({ "Status": 202 })))
}
