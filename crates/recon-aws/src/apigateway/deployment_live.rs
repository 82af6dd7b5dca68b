//! `aws_api_gateway_deployment`, its live half.

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_apigateway::types::{Deployment as Described, DeploymentCanarySettings};
use recon_core::provider::{ErrorKind, Failed, ProviderError};
use recon_core::{Known, Type, Value};

use super::definition::{self, Definition};
use super::deployment::{Deployment, SCHEMA};
use super::fields::{self, to_map, to_text};
use super::part::{self, deleted, if_there, incomplete, key};
use super::patch::{Difference, Patches};
use super::rest_api_live::execution_arn;
use super::settle::{complete, settle};
use super::since::is_since;
use super::{lists, reads};
use crate::aws::Aws;
use crate::live::Live;
use crate::shape::is_empty;
use crate::snapshot::Snapshot;

/// How long a stage that was moved or deleted a moment ago may still hold its deployment.
const RELEASED_FOR: Duration = Duration::from_secs(15);

fn describe(deployment: &Described) -> Value {
    Value::object([
        ("id", fields::text(deployment.id.as_ref())),
        ("description", fields::text(deployment.description.as_ref())),
        ("created_date", fields::date(deployment.created_date.as_ref())),
    ])
}

/// A deployment with what follows from its arguments.
async fn report(aws: &Aws, have: &Known, deployment: &Described) -> Result<Known, ProviderError> {
    let api = key(have, "rest_api_id");
    let stage = have.text("stage_name").unwrap_or_default();
    // The remembered ARN spares a look-up of the account.
    let arn = match have.text("execution_arn") {
        Some(known) => known.to_owned(),
        None => format!("{}/{stage}", execution_arn(aws, api).await?),
    };
    let url = format!("https://{api}.execute-api.{}.{}/{stage}", aws.region, aws.dns_suffix);
    let live =
        describe(deployment).with("execution_arn", Value::from(arn)).with("invoke_url", Value::from(url));
    Ok(settle(&SCHEMA, have, &live))
}

fn has_triggers(deployment: &Value) -> bool {
    !is_empty(deployment.get("triggers"))
}

/// The deployment with the hash of what it froze, which is also what is live.
fn with_definition(deployment: Known, definition: Option<&Definition>) -> Known {
    let Some(definition) = definition else { return deployment };
    let parts = definition.parts.iter().map(|part| Value::from(*part)).collect();
    let hash = Value::from(definition.sha256.as_str());
    part::with(
        &deployment,
        [
            ("definition_sha256", hash.clone()),
            ("definition_parts", Value::set(Type::String, parts)),
            ("live_sha256", hash),
        ],
    )
}

/// The deployment with the hash of what is live. Where nobody knows what it froze, it counts as up to date.
async fn with_live(aws: &Aws, snapshot: &Snapshot, deployment: Known) -> Result<Known, ProviderError> {
    let parts = deployment.string_items("definition_parts");
    let Some(definition) =
        definition::observed(aws, snapshot, key(&deployment, "rest_api_id"), &parts).await?
    else {
        return Ok(deployment);
    };
    if deployment.text("definition_sha256").is_none() {
        let whole = definition::now(aws, key(&deployment, "rest_api_id")).await?;
        return Ok(with_definition(deployment, whole.as_ref()));
    }
    Ok(part::with(&deployment, [("live_sha256", Value::from(definition.sha256))]))
}

async fn find(aws: &Aws, snapshot: &Snapshot, have: &Known) -> Result<Option<Described>, ProviderError> {
    let (api, id) = (key(have, "rest_api_id"), key(have, "id"));
    // An API may have hundreds of old deployments, so one is not looked for in the list of all.
    if snapshot.siblings("aws_api_gateway_deployment", "rest_api_id", api).len() > 1 {
        return Ok(lists::deployments(aws, snapshot, api).await?.get(id).cloned());
    }
    let call = || aws.apigateway.get_deployment().rest_api_id(api).deployment_id(id).send();
    let found = if_there(aws.call("apigateway:GetDeployment", call).await)?;
    Ok(found.map(|found| {
        Described::builder()
            .set_id(found.id)
            .set_description(found.description)
            .set_created_date(found.created_date)
            .build()
    }))
}

/// Deletes the stage that the deployment itself made, unless it has moved on.
async fn delete_own_stage(aws: &Aws, have: &Known) -> Result<(), ProviderError> {
    let (api, Some(name)) = (key(have, "rest_api_id"), have.text("stage_name")) else { return Ok(()) };
    let stages = reads::get_stages(aws, api).await?;
    let serves = stages.get(name).is_some_and(|stage| stage.deployment_id.as_deref() == have.str("id"));
    if !serves {
        return Ok(());
    }
    let call = || aws.apigateway.delete_stage().rest_api_id(api).stage_name(name).send();
    deleted(aws.call("apigateway:DeleteStage", call).await)
}

#[async_trait]
impl Live for Deployment {
    async fn read(
        &self,
        aws: &Aws,
        snapshot: &Snapshot,
        have: &Known,
    ) -> Result<Option<Known>, ProviderError> {
        let Some(found) = find(aws, snapshot, have).await? else { return Ok(None) };
        let deployment = report(aws, have, &found).await?;
        if has_triggers(have) {
            return Ok(Some(deployment));
        }
        with_live(aws, snapshot, deployment).await.map(Some)
    }

    async fn create(&self, aws: &Aws, want: &Known) -> Result<Known, Failed> {
        // The hash is of what was there before the call: a change in between shows as one that is not deployed.
        let definition =
            if has_triggers(want) { None } else { definition::now(aws, key(want, "rest_api_id")).await? };
        let canary = want.block("canary_settings").map(|canary| {
            DeploymentCanarySettings::builder()
                .percent_traffic(canary.get("percent_traffic").as_f64().unwrap_or_default())
                .set_stage_variable_overrides(to_map(canary, "stage_variable_overrides"))
                .use_stage_cache(canary.get("use_stage_cache").as_bool().unwrap_or(false))
                .build()
        });
        let call = || {
            let create = aws.apigateway.create_deployment().rest_api_id(key(want, "rest_api_id"));
            create
                .set_description(to_text(want, "description"))
                .set_stage_name(to_text(want, "stage_name"))
                .set_stage_description(to_text(want, "stage_description"))
                .set_variables(to_map(want, "variables"))
                .set_canary_settings(canary.clone())
                .send()
        };
        let made = match aws.call("apigateway:CreateDeployment", call).await {
            Ok(made) => made,
            Err(error) => return Err(explained(aws, key(want, "rest_api_id"), error).await.into()),
        };
        let id = made.id.ok_or_else(|| incomplete("apigateway:CreateDeployment", "id"))?;
        let deployment = Described::builder().id(id).set_created_date(made.created_date).build();
        let whole = complete(&SCHEMA, want, &*report(aws, want, &deployment).await?);
        Ok(with_definition(whole, definition.as_ref()))
    }

    async fn update(&self, aws: &Aws, have: &Known, want: &Known) -> Result<Known, Failed> {
        let mut patches = Patches::default();
        patches.scalar("/description", Difference { have, want }, "description");
        let call = || {
            let update = aws.apigateway.update_deployment().rest_api_id(key(have, "rest_api_id"));
            update.deployment_id(key(have, "id")).set_patch_operations(patches.operations()).send()
        };
        if !patches.is_empty() {
            aws.call("apigateway:UpdateDeployment", call).await?;
        }
        Ok(complete(&SCHEMA, want, have))
    }

    async fn delete(&self, aws: &Aws, have: &Known) -> Result<(), ProviderError> {
        delete_own_stage(aws, have).await?;
        let call = || {
            let delete = aws.apigateway.delete_deployment().rest_api_id(key(have, "rest_api_id"));
            delete.deployment_id(key(have, "id")).send()
        };
        deleted(aws.call_until("apigateway:DeleteDeployment", call, is_held, RELEASED_FOR).await)
    }

    async fn import(&self, aws: &Aws, snapshot: &Snapshot, id: &str) -> Result<Option<Known>, ProviderError> {
        self.read(aws, snapshot, &part::split(id, &["rest_api_id", "id"])?).await
    }

    async fn adopt(&self, aws: &Aws, want: &Known, since_ms: i64) -> Result<Vec<Known>, ProviderError> {
        let api = key(want, "rest_api_id");
        let mut found = Vec::new();
        for deployment in lists::get_deployments(aws, api).await?.values() {
            let described = deployment.description.as_deref().filter(|text| !text.is_empty());
            if described == want.text("description") && is_since(deployment.created_date.as_ref(), since_ms) {
                found.push(report(aws, want, deployment).await?);
            }
        }
        if has_triggers(want) || found.is_empty() {
            return Ok(found);
        }
        let definition = definition::now(aws, api).await?;
        Ok(found.into_iter().map(|deployment| with_definition(deployment, definition.as_ref())).collect())
    }
}

/// A refusal does not say which methods it is about: those without an integration are looked for.
async fn explained(aws: &Aws, api: &str, error: ProviderError) -> ProviderError {
    if error.kind != ErrorKind::Invalid {
        return error;
    }
    let lonely = definition::without_integration(aws, api).await.unwrap_or_default();
    if lonely.is_empty() {
        return error;
    }
    let names: Vec<String> = lonely.iter().map(|name| format!("    {name}")).collect();
    error.with_help(format!(
        "These methods of the API {api} have no integration, and API Gateway deploys none that calls nothing:\n\n{}\n\nDeclare an \
         `aws_api_gateway_integration` for each, or remove it.",
        names.join("\n")
    ))
}

/// Whether a stage still serves the deployment. A plan moves stages first, so one that does has just been moved.
fn is_held(error: &ProviderError) -> bool {
    matches!(error.kind, ErrorKind::Invalid | ErrorKind::Conflict)
        && error.message.to_lowercase().contains("active stages")
}
