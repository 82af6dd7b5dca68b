//! `aws_api_gateway_stage`, its live half.

use std::time::Duration;

use async_trait::async_trait;
pub(super) use aws_sdk_apigateway::types::Stage as Described;
use aws_sdk_apigateway::types::{CacheClusterSize, CacheClusterStatus, CanarySettings};
use recon_core::provider::{ErrorKind, Failed, Part, ProviderError};
use recon_core::{Known, Type, Value};

use super::fields::{self, to_map, to_text};
use super::part::{self, deleted, key};
use super::patch::{Difference, Patches, scalar};
use super::rest_api_live::execution_arn;
use super::settle::{complete, settle};
use super::stage::{SCHEMA, Stage};
use super::stage_parts::{InStage, not_shared};
use super::{reads, tags};
use crate::aws::Aws;
use crate::call::{Created, Pause};
use crate::live::Live;
use crate::snapshot::Snapshot;

/// A cache takes minutes to come, and to go.
const CACHE_READY_FOR: Duration = Duration::from_mins(90);
const CACHE_POLL_FIRST: Duration = Duration::from_millis(250);
const CACHE_POLL_LAST: Duration = Duration::from_secs(15);

/// A [`Described`] from one of the outputs that have the same fields under another type.
macro_rules! described {
    ($output:expr) => {{
        let output = $output;
        Described::builder()
            .set_stage_name(output.stage_name)
            .set_deployment_id(output.deployment_id)
            .set_description(output.description)
            .set_variables(output.variables)
            .cache_cluster_enabled(output.cache_cluster_enabled)
            .set_cache_cluster_size(output.cache_cluster_size)
            .set_cache_cluster_status(output.cache_cluster_status)
            .set_client_certificate_id(output.client_certificate_id)
            .set_documentation_version(output.documentation_version)
            .tracing_enabled(output.tracing_enabled)
            .set_web_acl_arn(output.web_acl_arn)
            .set_access_log_settings(output.access_log_settings)
            .set_canary_settings(output.canary_settings)
            .set_method_settings(output.method_settings)
            .set_tags(output.tags)
            .build()
    }};
}

/// What AWS reports of a stage.
pub(super) fn describe(stage: &Described) -> Value {
    // A cache that is being taken away is none.
    let going = stage.cache_cluster_status == Some(CacheClusterStatus::DeleteInProgress);
    let logs = stage
        .access_log_settings
        .as_ref()
        .filter(|logs| logs.destination_arn.is_some() || logs.format.is_some());
    let logs = logs.map(|logs| {
        Value::object([
            ("destination_arn", fields::text(logs.destination_arn.as_ref())),
            ("format", fields::text(logs.format.as_ref())),
        ])
    });
    let canary = stage.canary_settings.as_ref().filter(|canary| canary.deployment_id.is_some());
    Value::object([
        ("stage_name", fields::text(stage.stage_name.as_ref())),
        ("deployment_id", fields::text(stage.deployment_id.as_ref())),
        ("description", fields::text(stage.description.as_ref())),
        ("variables", fields::text_map(stage.variables.as_ref())),
        ("cache_cluster_enabled", Value::from(stage.cache_cluster_enabled && !going)),
        ("cache_cluster_size", fields::text(stage.cache_cluster_size.as_ref().map(CacheClusterSize::as_str))),
        ("client_certificate_id", fields::text(stage.client_certificate_id.as_ref())),
        ("documentation_version", fields::text(stage.documentation_version.as_ref())),
        ("xray_tracing_enabled", Value::from(stage.tracing_enabled)),
        ("web_acl_arn", fields::text(stage.web_acl_arn.as_ref())),
        ("access_log_settings", Value::list(Type::Any, logs.into_iter().collect())),
        ("canary_settings", Value::list(Type::Any, canary.map(describe_canary).into_iter().collect())),
    ])
}

fn describe_canary(canary: &CanarySettings) -> Value {
    Value::object([
        ("deployment_id", fields::text(canary.deployment_id.as_ref())),
        ("percent_traffic", fields::number(canary.percent_traffic)),
        ("stage_variable_overrides", fields::text_map(canary.stage_variable_overrides.as_ref())),
        ("use_stage_cache", Value::from(canary.use_stage_cache)),
    ])
}

/// Everything about a stage, as it is to be remembered beside `have`.
async fn report(aws: &Aws, have: &Known, stage: &Described) -> Result<Known, ProviderError> {
    let api = key(have, "rest_api_id");
    let name = stage.stage_name.as_deref().unwrap_or_default();
    let mut live = tags::report(aws, have, stage.tags.as_ref(), describe(stage));
    // AWS names the size of a cache that is off, too.
    if !stage.cache_cluster_enabled || have.get("cache_cluster_size").is_null() && have.text("id").is_some() {
        live = live.with("cache_cluster_size", have.get("cache_cluster_size").clone());
    }
    // The remembered ARN spares a look-up of the account.
    let execution_arn = match have.text("execution_arn") {
        Some(known) => known.to_owned(),
        None => format!("{}/{name}", execution_arn(aws, api).await?),
    };
    let url = format!("https://{api}.execute-api.{}.{}/{name}", aws.region, aws.dns_suffix);
    let live = live
        .with("id", Value::from(format!("ags-{api}-{name}")))
        .with("arn", Value::from(arn(aws, api, name)))
        .with("execution_arn", Value::from(execution_arn))
        .with("invoke_url", Value::from(url));
    Ok(settle(&SCHEMA, have, &live))
}

fn arn(aws: &Aws, api: &str, stage: &str) -> String {
    tags::arn(aws, &format!("/restapis/{api}/stages/{stage}"))
}

/// The stage without the variables that observed stage bindings own and that it does not remember as its own.
fn without_bound(snapshot: &Snapshot, have: &Known, mut stage: Described) -> Described {
    let api = have.str("rest_api_id");
    let bindings = snapshot.siblings("aws_api_gateway_stage_binding", "stage_name", key(have, "stage_name"));
    for binding in bindings.into_iter().filter(|binding| binding.str("rest_api_id") == api) {
        let variable = binding.text("variable").unwrap_or(super::stage_binding::VARIABLE);
        let own = !have.get("variables").get(variable).is_null();
        if let Some(variables) = stage.variables.as_mut().filter(|_| !own) {
            variables.remove(variable);
        }
    }
    stage
}

fn patches(have: &Value, want: &Value) -> Patches {
    let difference = Difference { have, want };
    let mut patches = Patches::default();
    canary(&mut patches, difference);
    patches.scalar("/deploymentId", difference, "deployment_id");
    patches.scalar("/description", difference, "description");
    patches.values("/variables", difference, "variables");
    patches.scalar("/cacheClusterEnabled", difference, "cache_cluster_enabled");
    if want.get("cache_cluster_enabled").as_bool() == Some(true) && want.text("cache_cluster_size").is_some()
    {
        patches.scalar("/cacheClusterSize", difference, "cache_cluster_size");
    }
    patches.scalar("/clientCertificateId", difference, "client_certificate_id");
    patches.scalar("/documentationVersion", difference, "documentation_version");
    patches.scalar("/tracingEnabled", difference, "xray_tracing_enabled");
    let logs = |value: &Value, name: &str| {
        value.block("access_log_settings").and_then(|logs| scalar(logs.get(name)))
    };
    match want.block("access_log_settings") {
        None if have.block("access_log_settings").is_some() => patches.remove("/accessLogSettings"),
        None => {}
        Some(_) => {
            for (path, name) in [("destinationArn", "destination_arn"), ("format", "format")] {
                if logs(have, name) != logs(want, name) {
                    patches.replace(format!("/accessLogSettings/{path}"), logs(want, name));
                }
            }
        }
    }
    patches
}

fn canary(patches: &mut Patches, difference: Difference<'_>) {
    let none = Value::null(Type::Any);
    let Some(want) = difference.want.block("canary_settings") else {
        if difference.have.block("canary_settings").is_some() {
            patches.remove("/canarySettings");
        }
        return;
    };
    let inner = Difference { have: difference.have.block("canary_settings").unwrap_or(&none), want };
    patches.scalar("/canarySettings/deploymentId", inner, "deployment_id");
    patches.scalar("/canarySettings/percentTraffic", inner, "percent_traffic");
    patches.values("/canarySettings/stageVariableOverrides", inner, "stage_variable_overrides");
    patches.scalar("/canarySettings/useStageCache", inner, "use_stage_cache");
}

/// The stage, read now.
pub(super) async fn get_stage(aws: &Aws, place: &Known) -> Result<Option<Described>, ProviderError> {
    let name = key(place, "stage_name");
    // The list has all that a call for one stage would say.
    Ok(reads::get_stages(aws, key(place, "rest_api_id")).await?.remove(name))
}

/// Waits until a cache that was switched on is there.
async fn settled(aws: &Aws, want: &Known, mut stage: Described) -> Result<Described, ProviderError> {
    let mut pause = Pause::new(CACHE_POLL_FIRST, CACHE_POLL_LAST, CACHE_READY_FOR);
    let wanted = want.get("cache_cluster_enabled").as_bool() == Some(true);
    while wanted && stage.cache_cluster_status == Some(CacheClusterStatus::CreateInProgress) {
        if !pause.wait().await {
            let message = "the cache of the stage did not become available";
            return Err(ProviderError::new(ErrorKind::Service, "apigateway:GetStages", message));
        }
        match get_stage(aws, want).await? {
            Some(now) => stage = now,
            None => break,
        }
    }
    Ok(stage)
}

async fn make(aws: &Aws, want: &Known) -> Result<Created<Described>, ProviderError> {
    let canary = want.block("canary_settings").map(|canary| {
        CanarySettings::builder()
            .deployment_id(key(canary, "deployment_id"))
            .percent_traffic(canary.get("percent_traffic").as_f64().unwrap_or_default())
            .set_stage_variable_overrides(to_map(canary, "stage_variable_overrides"))
            .use_stage_cache(canary.get("use_stage_cache").as_bool().unwrap_or(false))
            .build()
    });
    let call = || {
        let create = aws.apigateway.create_stage().rest_api_id(key(want, "rest_api_id"));
        create
            .stage_name(key(want, "stage_name"))
            .deployment_id(key(want, "deployment_id"))
            .set_description(to_text(want, "description"))
            .set_variables(to_map(want, "variables"))
            .set_cache_cluster_enabled(want.get("cache_cluster_enabled").as_bool().filter(|on| *on))
            .set_cache_cluster_size(want.text("cache_cluster_size").map(CacheClusterSize::from))
            .set_documentation_version(to_text(want, "documentation_version"))
            .set_tracing_enabled(want.get("xray_tracing_enabled").as_bool().filter(|on| *on))
            .set_canary_settings(canary.clone())
            .set_tags(crate::tags::wanted_map(aws, want))
            .send()
    };
    Ok(match aws.call_create("apigateway:CreateStage", call).await? {
        Created::Unheard => Created::Unheard,
        Created::Answered(made) => Created::Answered(described!(made)),
    })
}

/// Sends the patches, all in one call.
pub(super) async fn patch(aws: &Aws, place: &Known, patches: &Patches) -> Result<Described, ProviderError> {
    let call = || {
        let update = aws.apigateway.update_stage().rest_api_id(key(place, "rest_api_id"));
        update.stage_name(key(place, "stage_name")).set_patch_operations(patches.operations()).send()
    };
    let changed = aws.call("apigateway:UpdateStage", call).await?;
    Ok(described!(changed))
}

/// The stage as planned, once a patch has taken effect.
async fn changed(aws: &Aws, want: &Known, stage: Described) -> Result<Known, ProviderError> {
    let stage = settled(aws, want, stage).await?;
    Ok(complete(&SCHEMA, want, &*report(aws, want, &stage).await?))
}

/// What a create cannot say: log settings and the client certificate.
fn afterwards(want: &Known) -> Patches {
    let none = Value::null(Type::Any);
    let late = ["access_log_settings", "client_certificate_id"].map(|name| (name, want.get(name).clone()));
    patches(&none, &Value::object(late))
}

#[async_trait]
impl Live for Stage {
    async fn read(
        &self,
        aws: &Aws,
        snapshot: &Snapshot,
        have: &Known,
    ) -> Result<Option<Known>, ProviderError> {
        let stages = reads::stages(aws, snapshot, key(have, "rest_api_id")).await?;
        let Some(stage) = stages.get(key(have, "stage_name")) else { return Ok(None) };
        let stage = without_bound(snapshot, have, stage.clone());
        report(aws, have, &stage).await.map(Some)
    }

    async fn create(&self, aws: &Aws, want: &Known) -> Result<Known, Failed> {
        let stage = match make(aws, want).await? {
            Created::Answered(stage) => stage,
            Created::Unheard => get_stage(aws, want).await?.unwrap_or_else(|| Described::builder().build()),
        };
        let whole = complete(&SCHEMA, want, &*report(aws, want, &stage).await?);
        let late = afterwards(want);
        if late.is_empty() {
            settled(aws, want, stage).await.map_err(|error| left(error, &whole))?;
            return Ok(whole);
        }
        let early = ["access_log_settings", "client_certificate_id"]
            .into_iter()
            .fold(whole.clone().into_value(), |value, name| value.with(name, Value::null(Type::Any)));
        let early = settle(&SCHEMA, &early, &Value::null(Type::Any));
        settled(aws, want, stage).await.map_err(|error| left(error, &early))?;
        patch(aws, want, &late).await.map_err(|error| left(error, &early))?;
        Ok(whole)
    }

    async fn update(&self, aws: &Aws, have: &Known, want: &Known) -> Result<Known, Failed> {
        tags::update(aws, key(have, "arn"), have, want).await?;
        let patches = patches(have, want);
        if patches.is_empty() {
            return Ok(complete(&SCHEMA, want, have));
        }
        let stage = patch(aws, have, &patches).await?;
        Ok(changed(aws, want, stage).await?)
    }

    async fn delete(&self, aws: &Aws, have: &Known) -> Result<(), ProviderError> {
        let call = || {
            let delete = aws.apigateway.delete_stage().rest_api_id(key(have, "rest_api_id"));
            delete.stage_name(key(have, "stage_name")).send()
        };
        deleted(aws.call("apigateway:DeleteStage", call).await)
    }

    async fn import(&self, aws: &Aws, snapshot: &Snapshot, id: &str) -> Result<Option<Known>, ProviderError> {
        self.read(aws, snapshot, &part::split(id, &["rest_api_id", "stage_name"])?).await
    }

    async fn adopt(&self, aws: &Aws, want: &Known, _since_ms: i64) -> Result<Vec<Known>, ProviderError> {
        match get_stage(aws, want).await? {
            Some(stage) => Ok(vec![report(aws, want, &stage).await?]),
            None => Ok(Vec::new()),
        }
    }
}

#[async_trait]
impl InStage for Stage {
    async fn patches(&self, aws: &Aws, part: &Part<'_>) -> Result<Patches, ProviderError> {
        let Some((have, want)) = part.have.zip(part.want) else { return Err(not_shared("stage")) };
        tags::update(aws, key(have, "arn"), have, want).await?;
        Ok(patches(have, want))
    }

    async fn patched(
        &self,
        aws: &Aws,
        part: &Part<'_>,
        stage: &Described,
    ) -> Result<Option<Known>, ProviderError> {
        let Some(want) = part.want else { return Ok(None) };
        changed(aws, want, stage.clone()).await.map(Some)
    }
}

fn left(error: ProviderError, whole: &Known) -> Failed {
    Failed { error, left_behind: Some(whole.clone()) }
}
