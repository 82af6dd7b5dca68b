//! The account's settings in a region; they always exist.

use serde_json::{Value, json};

use super::patch::{self, ADD_REMOVE, Op, REPLACE_REMOVE, Rule, Step, Wording, rule};
use super::refuse::bad_request;
use super::state::Document;
use crate::route::Captures;
use crate::wire::{Answer, Call, Outcome, Refusal};
use crate::world::World;

const RULES: &[Rule] =
    &[rule("/cloudwatchRoleArn", REPLACE_REMOVE, role), rule("/features", ADD_REMOVE, feature)];

#[expect(clippy::unnecessary_wraps, reason = "handlers share one signature")]
pub(super) fn get(world: &mut World, call: &Call, _: &Captures) -> Outcome {
    Ok(Answer::json(200, &show(&world.apigateway.region(&call.region).account)))
}

pub(super) fn update(world: &mut World, call: &Call, _: &Captures) -> Outcome {
    let patches = patch::read(call, "UpdateAccount")?;
    let region = world.apigateway.region(&call.region);
    region.account = patch::apply(&region.account, &patches, RULES, Wording::Listed)?;
    Ok(Answer::json(200, &show(&region.account)))
}

fn show(account: &Document) -> Value {
    let mut shown = account.clone();
    shown.insert("throttleSettings".to_owned(), json!({ "burstLimit": 5000, "rateLimit": 10000.0 }));
    shown.insert("features".to_owned(), json!(["UsagePlans"]));
    shown.insert("apiKeyVersion".to_owned(), json!("4"));
    Value::Object(shown)
}

fn role(account: &mut Document, step: &Step<'_>) -> Result<(), Refusal> {
    let arn = step.text();
    if step.op != Op::Remove && !arn.is_empty() && !(arn.starts_with("arn:aws") && arn.contains(":role/")) {
        return Err(bad_request("The role ARN specified is not well formed"));
    }
    patch::text(account, step)
}

/// Usage plans cannot be switched off any more; asking for them changes nothing.
fn feature(_: &mut Document, step: &Step<'_>) -> Result<(), Refusal> {
    if step.text() == "UsagePlans" && step.op == Op::Add {
        return Ok(());
    }
    Err(bad_request("Usage Plans cannot be disabled once enabled"))
}
