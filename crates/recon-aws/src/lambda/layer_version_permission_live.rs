//! Reads, makes and destroys the permissions of layer versions.

use async_trait::async_trait;
use recon_core::provider::{ErrorKind, Failed, ProviderError};
use recon_core::{Known, Value};
use serde_json::Value as Json;

use super::layer_version_permission::{LayerVersionPermission, SCHEMA};
use super::permission_policy::{Statement, find};
use crate::apigateway::{complete, settle};
use crate::aws::Aws;
use crate::live::Live;
use crate::shape::{merge, object};
use crate::snapshot::Snapshot;

/// The policy of a layer version.
struct Policy {
    text: String,
    revision: String,
    document: Json,
}

/// The version that a policy belongs to.
struct Place<'a> {
    layer: &'a str,
    number: i64,
}

#[async_trait]
impl Live for LayerVersionPermission {
    async fn read(
        &self,
        aws: &Aws,
        snapshot: &Snapshot,
        have: &Known,
    ) -> Result<Option<Known>, ProviderError> {
        let place = Place::of(have);
        let key = format!("lambda:layer_policy:{}:{}", place.layer, place.number);
        let policy = snapshot.once(key, || place.policy(aws)).await?;
        Ok(policy.as_ref().as_ref().and_then(|policy| remembered(aws, have, policy)))
    }

    async fn create(&self, aws: &Aws, want: &Known) -> Result<Known, Failed> {
        let place = Place::of(want);
        let owned = |name: &str| want.text(name).map(str::to_owned);
        let send = || {
            let request = aws.lambda.add_layer_version_permission().layer_name(place.layer);
            request
                .version_number(place.number)
                .set_statement_id(owned("statement_id"))
                .set_action(owned("action"))
                .set_principal(owned("principal"))
                .set_organization_id(owned("organization_id"))
                .send()
        };
        // Found there after a lost answer, the statement is the one that was to be made.
        aws.call_create("lambda:AddLayerVersionPermission", send).await?;
        let made = place.policy(aws).await.and_then(|policy| {
            policy.and_then(|policy| value(aws, want, &policy)).ok_or_else(|| vanished(want))
        });
        made.map(|made| complete(&SCHEMA, want, &made))
            .map_err(|error| Failed { error, left_behind: Some(merge(want.clone(), [("id", place.id())])) })
    }

    async fn update(&self, _: &Aws, have: &Known, want: &Known) -> Result<Known, Failed> {
        // Every argument replaces the statement, so nothing is left to change in place.
        Ok(complete(&SCHEMA, want, have))
    }

    async fn delete(&self, aws: &Aws, have: &Known) -> Result<(), ProviderError> {
        if have.get("skip_destroy").as_bool() == Some(true) {
            return Ok(());
        }
        let place = Place::of(have);
        let send = || {
            let request = aws.lambda.remove_layer_version_permission().layer_name(place.layer);
            request.version_number(place.number).statement_id(id(have)).send()
        };
        aws.call("lambda:RemoveLayerVersionPermission", send).await.map(drop)
    }

    async fn import(&self, aws: &Aws, _: &Snapshot, id: &str) -> Result<Option<Known>, ProviderError> {
        let mut parts = id.split(',');
        let (Some(layer), Some(number), chosen, None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(wrong_id(id));
        };
        let number: i64 = number.parse().map_err(|_| wrong_id(id))?;
        let Some(policy) = (Place { layer, number }).policy(aws).await? else { return Ok(None) };
        let statements = statement_ids(&policy.document);
        let statement = match (chosen, statements.as_slice()) {
            (Some(chosen), _) => chosen,
            (None, [only]) => only,
            (None, []) => return Ok(None),
            (None, several) => return Err(ambiguous(id, several)),
        };
        let attributes = [
            ("layer_name", Value::from(layer)),
            ("version_number", Value::from(number)),
            ("statement_id", Value::from(statement)),
        ];
        Ok(value(aws, &object(&SCHEMA, attributes), &policy))
    }

    async fn adopt(&self, aws: &Aws, want: &Known, _: i64) -> Result<Vec<Known>, ProviderError> {
        let policy = Place::of(want).policy(aws).await?;
        let found = policy.and_then(|policy| value(aws, want, &policy));
        let is_ours = |found: &Known| {
            ["action", "principal", "organization_id"].iter().all(|name| found.text(name) == want.text(name))
        };
        Ok(found.filter(is_ours).into_iter().collect())
    }
}

impl<'a> Place<'a> {
    fn of(value: &'a Known) -> Self {
        let number = value.get("version_number").as_i64().unwrap_or_default();
        Self { layer: value.str("layer_name").unwrap_or_default(), number }
    }

    fn id(&self) -> Value {
        Value::from(format!("{},{}", self.layer, self.number))
    }

    /// The policy; `None` when there is none, or no such version.
    async fn policy(&self, aws: &Aws) -> Result<Option<Policy>, ProviderError> {
        const OPERATION: &str = "lambda:GetLayerVersionPolicy";
        let send = || {
            let request = aws.lambda.get_layer_version_policy().layer_name(self.layer);
            request.version_number(self.number).send()
        };
        let answer = match aws.call(OPERATION, send).await {
            Ok(answer) => answer,
            Err(error) if error.kind == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let text = answer.policy.unwrap_or_default();
        let broken =
            |error| ProviderError::new(ErrorKind::Service, OPERATION, format!("read the policy: {error}"));
        let document = serde_json::from_str(&text).map_err(broken)?;
        Ok(Some(Policy { text, revision: answer.revision_id.unwrap_or_default(), document }))
    }
}

fn id(value: &Known) -> &str {
    value.str("statement_id").unwrap_or_default()
}

fn statement_ids(policy: &Json) -> Vec<&str> {
    let statements = policy.get("Statement").and_then(Json::as_array);
    statements.into_iter().flatten().filter_map(|statement| statement.get("Sid")?.as_str()).collect()
}

/// The statement as it is; of one that says what it said, what is remembered: another statement of the policy, and
/// with it the policy's text and revision, is not this one's business.
fn remembered(aws: &Aws, have: &Known, policy: &Policy) -> Option<Known> {
    let live = value(aws, have, policy)?;
    let own = ["action", "principal", "organization_id"];
    let is_same = have.text("policy").is_some() && own.iter().all(|name| live.get(name).same(have.get(name)));
    Some(if is_same { have.clone() } else { live })
}

fn value(aws: &Aws, have: &Known, policy: &Policy) -> Option<Known> {
    let Statement { action, principal, principal_org_id, .. } = find(&policy.document, id(have))?;
    let place = Place::of(have);
    let organization = principal_org_id.map_or_else(|| Value::from(""), Value::from);
    let live = Value::object([
        ("action", Value::from(action)),
        ("id", place.id()),
        ("organization_id", organization),
        ("policy", Value::from(policy.text.as_str())),
        ("principal", Value::from(spelled(aws, have, &principal))),
        ("revision_id", Value::from(policy.revision.as_str())),
    ]);
    Some(settle(&SCHEMA, have, &live))
}

/// Lambda turns an account into the ARN of its root user.
fn spelled(aws: &Aws, have: &Known, principal: &str) -> String {
    let account = principal
        .strip_prefix(&format!("arn:{}:iam::", aws.partition))
        .and_then(|rest| rest.strip_suffix(":root"));
    match account {
        Some(account) if have.str("principal") != Some(principal) => account.to_owned(),
        _ => principal.to_owned(),
    }
}

fn vanished(want: &Known) -> ProviderError {
    let message = format!("statement `{}` is not in the policy that it was added to", id(want));
    ProviderError::new(ErrorKind::NotFound, "lambda:GetLayerVersionPolicy", message)
}

fn wrong_id(id: &str) -> ProviderError {
    let message = format!("`{id}` is not a layer version permission's import id");
    ProviderError::new(ErrorKind::Invalid, "import aws_lambda_layer_version_permission", message).with_help(
        "It is imported by LAYER,VERSION, or LAYER,VERSION,STATEMENT where the policy has several statements, as in `arn:aws:lambda:us-east-1:123456789012:layer:tools,3`.",
    )
}

fn ambiguous(id: &str, statements: &[&str]) -> ProviderError {
    let message = format!("the policy of `{id}` has several statements");
    let ids: Vec<String> = statements.iter().map(|statement| format!("`{id},{statement}`")).collect();
    ProviderError::new(ErrorKind::Invalid, "import aws_lambda_layer_version_permission", message)
        .with_help(format!("Import one of {}.", ids.join(", ")))
}
