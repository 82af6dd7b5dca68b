//! Reads, makes and destroys permissions.

use async_trait::async_trait;
use recon_core::provider::{ErrorKind, Failed, ProviderError};
use recon_core::{Known, Value};
use serde_json::Value as Json;

use super::name::parts;
use super::permission::{Permission, SCHEMA};
use super::permission_policy::{Statement, find, statement_id};
use crate::aws::Aws;
use crate::live::Live;
use crate::shape::{keep_empty, merge, text};
use crate::snapshot::Snapshot;

#[async_trait]
impl Live for Permission {
    async fn read(
        &self,
        aws: &Aws,
        snapshot: &Snapshot,
        have: &Known,
    ) -> Result<Option<Known>, ProviderError> {
        let place = Place::of(have);
        let policy = policy(aws, snapshot, place.function, place.qualifier).await?;
        let id = have.text("statement_id").or_else(|| have.text("id")).unwrap_or_default();
        Ok(policy
            .as_ref()
            .as_ref()
            .and_then(|policy| find(policy, id))
            .map(|found| value(aws, have, id, &found)))
    }

    async fn create(&self, aws: &Aws, want: &Known) -> Result<Known, Failed> {
        let place = Place::of(want);
        let id = statement_id(want);
        let owned = |name: &str| want.text(name).map(str::to_owned);
        let send = || {
            aws.lambda
                .add_permission()
                .function_name(place.function)
                .statement_id(&id)
                .set_qualifier(place.qualifier.map(str::to_owned))
                .action(want.str("action").unwrap_or_default())
                .principal(want.str("principal").unwrap_or_default())
                .set_source_arn(owned("source_arn"))
                .set_source_account(owned("source_account"))
                .set_event_source_token(owned("event_source_token"))
                .set_function_url_auth_type(want.text("function_url_auth_type").map(Into::into))
                .set_principal_org_id(owned("principal_org_id"))
                .send()
        };
        // Found there after a lost answer, the statement is the one that was to be made.
        aws.call_create("lambda:AddPermission", send).await?;
        Ok(merge(want.clone(), identity(want, &id)))
    }

    async fn update(&self, _: &Aws, _: &Known, want: &Known) -> Result<Known, Failed> {
        // Every argument replaces the statement, so nothing is left to change in place.
        Ok(want.clone())
    }

    async fn delete(&self, aws: &Aws, have: &Known) -> Result<(), ProviderError> {
        let place = Place::of(have);
        let id = have.text("statement_id").or_else(|| have.text("id")).unwrap_or_default();
        let send = || {
            let request = aws.lambda.remove_permission().function_name(place.function).statement_id(id);
            request.set_qualifier(place.qualifier.map(str::to_owned)).send()
        };
        match aws.call("lambda:RemovePermission", send).await {
            Err(error) if error.kind != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    async fn import(&self, aws: &Aws, _: &Snapshot, id: &str) -> Result<Option<Known>, ProviderError> {
        let Some((function, statement)) = id.rsplit_once('/') else { return Err(wrong_id(id)) };
        let (function, qualifier) = parts(function);
        let attributes = [
            ("function_name", Value::from(function)),
            ("qualifier", text(qualifier)),
            ("statement_id", Value::from(statement)),
        ];
        let have = crate::shape::object(&SCHEMA, attributes);
        let found = Place::of(&have).policy(aws).await?.and_then(|policy| find(&policy, statement));
        Ok(found.map(|found| value(aws, &have, statement, &found)))
    }

    async fn adopt(&self, aws: &Aws, want: &Known, _: i64) -> Result<Vec<Known>, ProviderError> {
        let id = statement_id(want);
        let found = Place::of(want).policy(aws).await?.and_then(|policy| find(&policy, &id));
        let Some(found) = found else { return Ok(Vec::new()) };
        let live = value(aws, want, &id, &found);
        let compared = ["action", "principal", "source_arn", "source_account"];
        let is_ours = compared.iter().all(|name| live.get(name).same(want.get(name)));
        Ok(if is_ours { vec![live] } else { Vec::new() })
    }
}

/// The policy of a function or of one of its qualifiers, once per refresh.
pub(crate) async fn policy(
    aws: &Aws,
    snapshot: &Snapshot,
    function: &str,
    qualifier: Option<&str>,
) -> Result<std::sync::Arc<Option<Json>>, ProviderError> {
    let place = Place { function, qualifier };
    snapshot.once(policy_key(function, qualifier), || place.policy(aws)).await
}

/// The same, if somebody needed it before and there is one.
pub(crate) fn known_policy(
    snapshot: &Snapshot,
    function: &str,
    qualifier: Option<&str>,
) -> Option<std::sync::Arc<Option<Json>>> {
    snapshot.peek(&policy_key(function, qualifier))
}

fn policy_key(function: &str, qualifier: Option<&str>) -> String {
    format!("lambda:policy:{function}:{}", qualifier.unwrap_or_default())
}

/// The policy that a statement is in.
struct Place<'a> {
    function: &'a str,
    qualifier: Option<&'a str>,
}

impl<'a> Place<'a> {
    fn of(value: &'a Known) -> Self {
        let (function, written) = parts(value.str("function_name").unwrap_or_default());
        Self { function, qualifier: value.text("qualifier").or(written) }
    }

    /// The policy; `None` when there is none, or no such function or qualifier.
    async fn policy(&self, aws: &Aws) -> Result<Option<Json>, ProviderError> {
        const OPERATION: &str = "lambda:GetPolicy";
        let send = || {
            let request = aws.lambda.get_policy().function_name(self.function);
            request.set_qualifier(self.qualifier.map(str::to_owned)).send()
        };
        match aws.call(OPERATION, send).await {
            Ok(answer) => {
                let policy = serde_json::from_str(answer.policy().unwrap_or("null"));
                let broken = |error| {
                    ProviderError::new(ErrorKind::Service, OPERATION, format!("read the policy: {error}"))
                };
                policy.map(Some).map_err(broken)
            }
            Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn identity(have: &Known, id: &str) -> [(&'static str, Value); 3] {
    // Terraform remembers an empty prefix where there is none.
    let prefix = have.text("statement_id_prefix").unwrap_or_default();
    [("id", Value::from(id)), ("statement_id", Value::from(id)), ("statement_id_prefix", Value::from(prefix))]
}

fn value(aws: &Aws, have: &Known, id: &str, found: &Statement) -> Known {
    let root = |account: &str| format!("arn:{}:iam::{account}:root", aws.partition);
    // Lambda turns an account into the ARN of its root.
    let principal = match have.text("principal") {
        Some(declared) if found.principal == root(declared) => declared,
        _ => &found.principal,
    };
    let kept = |name: &str, live: &Option<String>| keep_empty(have, name, text(live.clone()));
    let attributes = [
        ("action", Value::from(found.action.as_str())),
        ("principal", Value::from(principal)),
        ("source_arn", kept("source_arn", &found.source_arn)),
        ("source_account", kept("source_account", &found.source_account)),
        ("event_source_token", kept("event_source_token", &found.event_source_token)),
        ("function_url_auth_type", kept("function_url_auth_type", &found.function_url_auth_type)),
        ("principal_org_id", kept("principal_org_id", &found.principal_org_id)),
    ];
    merge(merge(have.clone(), attributes), identity(have, id))
}

fn wrong_id(id: &str) -> ProviderError {
    let message = format!("`{id}` is not a permission's import id");
    ProviderError::new(ErrorKind::Invalid, "import aws_lambda_permission", message).with_help(
        "A permission is imported by FUNCTION/STATEMENT or FUNCTION:QUALIFIER/STATEMENT, as in `ItemsFunction:prod/AllowApi`.",
    )
}
