//! Invokes functions: for `aws_lambda_invocation`, the resource and the data source.

use std::collections::BTreeMap;

use async_trait::async_trait;
use aws_smithy_types::Blob;
use md5::{Digest, Md5};
use recon_core::provider::{ErrorKind, Failed, ProviderError};
use recon_core::{Known, Value};
use serde_json::{Value as Json, json};

use super::invocation::{Invocation, KIND, is_create_only};
use super::qualified::Target;
use crate::aws::Aws;
use crate::data::go_json;
use crate::live::Live;
use crate::shape::merge;
use crate::snapshot::Snapshot;

const OPERATION: &str = "lambda:Invoke";

#[async_trait]
impl Live for Invocation {
    /// An invocation is over: what is remembered of it does not change.
    async fn read(&self, _: &Aws, _: &Snapshot, have: &Known) -> Result<Option<Known>, ProviderError> {
        Ok(Some(have.clone()))
    }

    async fn create(&self, aws: &Aws, want: &Known) -> Result<Known, Failed> {
        let payload = payload(None, want, "create")?;
        Ok(invoke(aws, want, payload).await?)
    }

    async fn update(&self, aws: &Aws, have: &Known, want: &Known) -> Result<Known, Failed> {
        if is_create_only(want) {
            return Ok(want.clone());
        }
        let payload = payload(Some(have), want, "update")?;
        Ok(invoke(aws, want, payload).await?)
    }

    async fn delete(&self, aws: &Aws, have: &Known) -> Result<(), ProviderError> {
        if is_create_only(have) {
            return Ok(());
        }
        let payload = payload(Some(have), have, "delete")?;
        invoke(aws, have, payload).await.map(drop)
    }

    async fn import(&self, _: &Aws, _: &Snapshot, _: &str) -> Result<Option<Known>, ProviderError> {
        let message = "an invocation leaves nothing that could be imported";
        Err(ProviderError::new(ErrorKind::Unsupported, format!("import {KIND}"), message))
    }

    /// Nobody can see whether a function was invoked.
    async fn adopt(&self, _: &Aws, _: &Known, _: i64) -> Result<Vec<Known>, ProviderError> {
        Ok(Vec::new())
    }
}

/// What the function is given: the input and, where changes are told too, what happens and what it was given before.
fn payload(have: Option<&Known>, want: &Known, action: &str) -> Result<String, ProviderError> {
    let input = want.str("input").unwrap_or_default();
    if is_create_only(want) {
        return Ok(input.to_owned());
    }
    let before = have.and_then(|have| have.str("input")).map_or(Ok(Json::Null), object)?;
    let Json::Object(parts) = object(input)? else { return Err(not_an_object("it is something else")) };
    // In order, as Terraform prints it.
    let mut parts: BTreeMap<String, Json> =
        parts.into_iter().map(|(key, part)| (key, sorted(part))).collect();
    let key = want.text("terraform_key").unwrap_or("tf").to_owned();
    parts.insert(key, json!({ "action": action, "prev_input": sorted(before) }));
    Ok(go_json::compact(&Json::Object(parts.into_iter().collect())))
}

fn object(text: &str) -> Result<Json, ProviderError> {
    serde_json::from_str(text).map_err(|error| not_an_object(&error.to_string()))
}

fn not_an_object(why: &str) -> ProviderError {
    let message = format!("`input` must be a JSON object: {why}");
    ProviderError::new(ErrorKind::Invalid, OPERATION, message)
}

fn sorted(json: Json) -> Json {
    match json {
        Json::Object(parts) => {
            let parts: BTreeMap<String, Json> =
                parts.into_iter().map(|(key, part)| (key, sorted(part))).collect();
            Json::Object(parts.into_iter().collect())
        }
        Json::Array(items) => Json::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}

/// Invokes the function, and adds its answer to an object.
pub(crate) async fn invoke(aws: &Aws, want: &Known, payload: String) -> Result<Known, ProviderError> {
    let target = Target::of(want);
    let send = || {
        aws.lambda
            .invoke()
            .function_name(target.function)
            .set_qualifier(target.qualifier())
            .payload(Blob::new(payload.as_bytes()))
            .send()
    };
    let answer = aws.call(OPERATION, send).await?;
    let result = answer.payload.map(Blob::into_inner).unwrap_or_default();
    let result = String::from_utf8_lossy(&result).into_owned();
    if let Some(error) = answer.function_error {
        let message = format!("function `{}` failed ({error}): {result}", target.function);
        return Err(ProviderError::new(ErrorKind::Invalid, OPERATION, message));
    }
    let text = |name: &str| want.str(name).unwrap_or_default();
    let id = format!("{}_{}_{}", text("function_name"), text("qualifier"), md5(&payload));
    Ok(merge(want.clone(), [("id", Value::from(id)), ("result", Value::from(result))]))
}

fn md5(text: &str) -> String {
    Md5::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn want(scope: &str, input: &str) -> Known {
        let parts = [("lifecycle_scope", scope), ("input", input), ("terraform_key", "tf")];
        Known::with_nulls(&Value::object(parts.map(|(name, text)| (name, Value::from(text)))))
    }

    #[test]
    fn an_input_that_is_only_for_the_create_is_sent_as_it_is() {
        let input = "{ \"b\": 1,\n \"a\": 2 }";
        assert_eq!(payload(None, &want("CREATE_ONLY", input), "create").unwrap(), input);
    }

    #[test]
    fn the_function_hears_what_happens_and_what_was_before() {
        let made = payload(None, &want("CRUD", r#"{"b": "<", "a": 2}"#), "create").unwrap();
        assert_eq!(made, r#"{"a":2,"b":"\u003c","tf":{"action":"create","prev_input":null}}"#);
        let (have, want) = (want("CRUD", r#"{"a": 1}"#), want("CRUD", r#"{"a": 2}"#));
        let changed = payload(Some(&have), &want, "update").unwrap();
        assert_eq!(changed, r#"{"a":2,"tf":{"action":"update","prev_input":{"a":1}}}"#);
    }

    #[test]
    fn a_hash_has_32_digits() {
        assert_eq!(md5("{}"), "99914b932bd37a50b983c5e7c90ae93b");
    }
}
