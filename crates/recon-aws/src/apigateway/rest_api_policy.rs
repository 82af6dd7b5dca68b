//! `aws_api_gateway_rest_api_policy`: the resource policy of a REST API, declared apart from it.

use std::sync::LazyLock;

use async_trait::async_trait;
use recon_core::provider::{Failed, ProviderError};
use recon_core::resource_type::{Parts, ResourceType};
use recon_core::schema::{Sameness, Schema, block};
use recon_core::value::Name;
use recon_core::{Diagnostic, Known, Path, Value};

use super::arguments::{id, rest_api_id, text};
use super::part::{self, if_there, key};
use super::patch::Patches;
use super::rest_api_live::execution_arn;
use super::settle::settle;
use super::{check, policy_text, reads};
use crate::aws::Aws;
use crate::live::Live;
use crate::snapshot::Snapshot;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema {
    version: 0,
    doc: "The resource policy of a REST API.",
    block: block(
        [
            ("id", id()),
            ("rest_api_id", rest_api_id()),
            ("policy", text("Resource policy, as a JSON document.").compared(Sameness::Policy)),
        ],
        [],
    ),
});

/// `aws_api_gateway_rest_api_policy`
#[derive(Clone, Copy)]
pub(crate) struct RestApiPolicy;

impl ResourceType for RestApiPolicy {
    fn name(&self) -> &'static str {
        "aws_api_gateway_rest_api_policy"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn check(&self, config: &Value) -> Vec<(Path, Diagnostic)> {
        check::json(config, "policy").into_iter().collect()
    }

    fn queue_key(&self, value: &Value) -> Option<Name> {
        part::queue(value)
    }

    fn vanishes_with(&self) -> Parts {
        part::IN_API
    }
}

async fn report(aws: &Aws, have: &Known, policy: Option<&str>) -> Result<Option<Known>, ProviderError> {
    let api = key(have, "rest_api_id");
    let Some(policy) = policy.filter(|policy| !policy.is_empty()) else { return Ok(None) };
    let mine = have.text("policy");
    // Only a policy with short resources needs the account to be recognised.
    let prefix = if mine.is_some_and(|policy| policy.contains("\"execute-api:/")) {
        execution_arn(aws, api).await?
    } else {
        String::new()
    };
    let policy = policy_text::remembered(policy, mine, &prefix);
    let live = Value::object([("id", Value::from(api)), ("policy", Value::from(policy))]);
    Ok(Some(settle(&SCHEMA, have, &live)))
}

/// Replaces the policy; the empty one removes it.
async fn put(aws: &Aws, api: &str, policy: &str) -> Result<(), ProviderError> {
    let mut patches = Patches::default();
    patches.replace("/policy", Some(policy.to_owned()));
    let call = || {
        aws.apigateway.update_rest_api().rest_api_id(api).set_patch_operations(patches.operations()).send()
    };
    aws.call("apigateway:UpdateRestApi", call).await.map(|_| ())
}

#[async_trait]
impl Live for RestApiPolicy {
    async fn read(
        &self,
        aws: &Aws,
        snapshot: &Snapshot,
        have: &Known,
    ) -> Result<Option<Known>, ProviderError> {
        let api = key(have, "rest_api_id");
        let mut found = reads::rest_api(aws, snapshot, api).await?;
        // Whether the list of all APIs has their policies is not documented.
        if found.as_ref().is_some_and(|api| api.policy.is_none()) {
            found = reads::one_rest_api(aws, snapshot, api).await?;
        }
        report(aws, have, found.and_then(|api| api.policy.clone()).as_deref()).await
    }

    async fn create(&self, aws: &Aws, want: &Known) -> Result<Known, Failed> {
        let api = key(want, "rest_api_id");
        put(aws, api, key(want, "policy")).await?;
        Ok(part::with(want, [("id", Value::from(api))]))
    }

    async fn update(&self, aws: &Aws, _have: &Known, want: &Known) -> Result<Known, Failed> {
        self.create(aws, want).await
    }

    async fn delete(&self, aws: &Aws, have: &Known) -> Result<(), ProviderError> {
        if_there(put(aws, key(have, "rest_api_id"), "").await).map(|_| ())
    }

    async fn import(&self, aws: &Aws, snapshot: &Snapshot, id: &str) -> Result<Option<Known>, ProviderError> {
        self.read(aws, snapshot, &part::split(id, &["rest_api_id"])?).await
    }

    async fn adopt(&self, aws: &Aws, want: &Known, _since_ms: i64) -> Result<Vec<Known>, ProviderError> {
        let found = self.read(aws, &Snapshot::default(), want).await?;
        Ok(found.into_iter().filter(|found| found.str("policy") == want.str("policy")).collect())
    }
}
