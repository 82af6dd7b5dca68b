//! Patches of a usage plan: its limits, its stages, and the limits of single methods of a stage.

use serde_json::{Value, json};

use super::body::number;
use super::patch::{
    self, ADD_REMOVE, ADD_REMOVE_REPLACE, Op, Patch, REPLACE, REPLACE_REMOVE, Rule, Step, Wording, rule,
};
use super::refuse::{bad_request, not_found};
use super::state::Document;
use crate::wire::Refusal;

const REMOVE: &[Op] = &[Op::Remove];
const ADD_REPLACE: &[Op] = &[Op::Add, Op::Replace];

const RULES: &[Rule] = &[
    rule("/name", REPLACE, patch::text),
    rule("/description", REPLACE_REMOVE, patch::text),
    rule("/productCode", ADD_REMOVE_REPLACE, patch::text),
    rule("/quota", REMOVE, patch::text),
    rule("/quota/limit", ADD_REPLACE, patch::integer),
    rule("/quota/offset", ADD_REPLACE, patch::integer),
    rule("/quota/period", ADD_REPLACE, patch::text),
    rule("/throttle", REMOVE, patch::text),
    rule("/throttle/rateLimit", ADD_REPLACE, patch::decimal),
    rule("/throttle/burstLimit", ADD_REPLACE, patch::integer),
    rule("/apiStages", ADD_REMOVE, stage),
];

/// Returns the plan with the patches applied.
pub(super) fn apply(about: &Document, patches: &[Patch]) -> Result<Document, Refusal> {
    let mut changed = about.clone();
    for patch in patches {
        match patch.path().strip_prefix("/apiStages/") {
            Some(rest) => method_throttle(&mut changed, patch, rest)?,
            None => changed = patch::apply(&changed, std::slice::from_ref(patch), RULES, Wording::Listed)?,
        }
    }
    if let Some(Value::Object(quota)) = changed.get_mut("quota") {
        quota.entry("offset").or_insert_with(|| json!(0));
    }
    changed.entry("apiStages").or_insert_with(|| json!([]));
    Ok(changed)
}

/// The value names the stage, `api:stage`.
fn stage(about: &mut Document, step: &Step<'_>) -> Result<(), Refusal> {
    let named = step.text();
    let Some((api, name)) = named.split_once(':') else {
        return Err(bad_request(format!(
            "Invalid API Stage specified: {named}. Must be of the form apiId:stage"
        )));
    };
    let mut stages = taken(about);
    let found = stages.iter().position(|stage| is(stage, api, name));
    match (step.op, found) {
        (Op::Remove, Some(index)) => drop(stages.remove(index)),
        (Op::Remove, None) => return Err(not_found(format!("API Stage not found: {named}"))),
        _ => stages.push(json!({ "apiId": api, "stage": name })),
    }
    about.insert("apiStages".to_owned(), Value::Array(stages));
    Ok(())
}

/// The path is `api:stage/throttle`, `…/throttle/METHOD` or `…/throttle/METHOD/rateLimit`; a method may hold slashes.
fn method_throttle(about: &mut Document, patch: &Patch, rest: &str) -> Result<(), Refusal> {
    let unknown = || {
        let (path, op) = (patch.path(), patch.op.name());
        bad_request(format!(
            "Invalid patch path  '{path}' specified for op '{op}'. Please choose supported operations"
        ))
    };
    let (named, rest) = rest.split_once("/throttle").ok_or_else(unknown)?;
    let (api, name) = named.split_once(':').ok_or_else(unknown)?;
    let mut stages = taken(about);
    let missing = || not_found(format!("API Stage not found: {named}"));
    let stage = stages.iter_mut().find(|stage| is(stage, api, name)).and_then(Value::as_object_mut);
    let stage = stage.ok_or_else(missing)?;
    let target = rest.strip_prefix('/').unwrap_or(rest);
    let unescaped = |text: &str| text.replace("~1", "/").replace("~0", "~");
    let mut path = vec!["throttle".to_owned()];
    let value =
        if patch.op == Op::Remove {
            path.extend((!target.is_empty()).then(|| unescaped(target)));
            None
        } else {
            let (method, limit) =
                target.rsplit_once('/').filter(|_| ADD_REPLACE.contains(&patch.op)).ok_or_else(unknown)?;
            path.extend([unescaped(method), limit.to_owned()]);
            let text = patch.value.as_deref().unwrap_or_default();
            let value = match limit {
                "rateLimit" => text.parse().ok().map(number),
                "burstLimit" => text.parse::<i64>().ok().map(Value::from),
                _ => return Err(unknown()),
            };
            Some(value.ok_or_else(|| {
                bad_request(format!("Invalid value '{text}' specified for {}", patch.path()))
            })?)
        };
    patch::place(stage, &path, value);
    about.insert("apiStages".to_owned(), Value::Array(stages));
    Ok(())
}

/// Takes the stages out, to be put back when they are changed.
fn taken(about: &mut Document) -> Vec<Value> {
    match about.shift_remove("apiStages") {
        Some(Value::Array(stages)) => stages,
        _ => Vec::new(),
    }
}

fn is(stage: &Value, api: &str, name: &str) -> bool {
    stage["apiId"] == api && stage["stage"] == name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patched(op: Op, path: &str, value: &str) -> Result<Value, String> {
        let about =
            json!({"apiStages": [{"apiId": "a", "stage": "s"}], "quota": {"limit": 1, "period": "DAY"}});
        let patch = Patch { op, path: Some(path.to_owned()), value: Some(value.to_owned()), from: None };
        apply(about.as_object().unwrap(), &[patch]).map(Value::Object).map_err(|refusal| refusal.message)
    }

    #[test]
    fn stages_are_named_by_the_value() {
        let added = patched(Op::Add, "/apiStages", "b:t").unwrap();
        assert_eq!(added["apiStages"][1], json!({"apiId": "b", "stage": "t"}));
        assert_eq!(patched(Op::Remove, "/apiStages", "a:s").unwrap()["apiStages"], json!([]));
        assert_eq!(patched(Op::Remove, "/apiStages", "a:x").unwrap_err(), "API Stage not found: a:x");
    }

    #[test]
    fn method_may_hold_slashes() {
        let plain = patched(Op::Replace, "/apiStages/a:s/throttle//pets/GET/rateLimit", "2").unwrap();
        assert_eq!(plain["apiStages"][0]["throttle"], json!({"/pets/GET": {"rateLimit": 2.0}}));
        let escaped = patched(Op::Add, "/apiStages/a:s/throttle/~1pets~1{id}/GET/burstLimit", "3").unwrap();
        assert_eq!(escaped["apiStages"][0]["throttle"], json!({"/pets/{id}/GET": {"burstLimit": 3}}));
    }

    #[test]
    fn product_code_is_added_to_a_plan_that_has_none() {
        assert_eq!(patched(Op::Add, "/productCode", "code").unwrap()["productCode"], "code");
    }

    #[test]
    fn limits_can_be_taken_away() {
        assert_eq!(patched(Op::Remove, "/quota", "").unwrap().get("quota"), None);
    }
}
