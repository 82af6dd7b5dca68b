//! `aws_api_gateway_account`: the settings that all APIs of an account share in a region.

use std::sync::LazyLock;
use std::time::Duration;

use async_trait::async_trait;
use recon_core::provider::{Failed, ProviderError};
use recon_core::resource_type::ResourceType;
use recon_core::schema::{Sameness, Schema, block, defaulted, optional, recomputed};
use recon_core::value::Name;
use recon_core::{Known, Type, Value};

use super::arguments::id;
use super::fields;
use super::patch::{Difference, Patches};
use super::settle::{complete, settle};
use crate::aws::Aws;
use crate::classify::is_log_role_not_ready;
use crate::live::Live;
use crate::snapshot::Snapshot;

/// How long IAM may take to show a new role to API Gateway.
const ROLE_READY_FOR: Duration = Duration::from_mins(2);

const ID: &str = "api-gateway-account";

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let throttle = Type::list(Type::object([("burst_limit", Type::Number), ("rate_limit", Type::Number)]));
    let role = defaulted(Type::String, "", "ARN of the role that writes logs; empty: none.");
    Schema {
        version: 0,
        doc: "Settings that all APIs of the account share in the region. There is one of it, which cannot be deleted.",
        block: block(
            [
                ("id", id()),
                ("cloudwatch_role_arn", role.compared(Sameness::EmptyIsNull)),
                ("reset_on_delete", optional(Type::Bool, "Whether deleting it takes the role away.")),
                ("api_key_version", recomputed(Type::String, "Version of the API keys.")),
                ("features", recomputed(Type::set(Type::String), "What is switched on for the account.")),
                ("throttle_settings", recomputed(throttle, "Limits of all APIs together.")),
            ],
            [],
        ),
    }
});

/// `aws_api_gateway_account`
#[derive(Clone, Copy)]
pub(crate) struct Account;

impl ResourceType for Account {
    fn name(&self) -> &'static str {
        "aws_api_gateway_account"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn queue_key(&self, _value: &Value) -> Option<Name> {
        Some("apigateway:account".into())
    }
}

/// What both answers about the account hold.
macro_rules! describe {
    ($account:expr) => {{
        let account = $account;
        let throttle = account.throttle_settings.as_ref().map(|throttle| {
            Value::object([
                ("burst_limit", fields::whole(throttle.burst_limit)),
                ("rate_limit", fields::number(throttle.rate_limit)),
            ])
        });
        let element = Type::object([("burst_limit", Type::Number), ("rate_limit", Type::Number)]);
        Value::object([
            ("id", Value::from(ID)),
            ("cloudwatch_role_arn", fields::text(account.cloudwatch_role_arn.as_ref())),
            ("api_key_version", fields::text(account.api_key_version.as_ref())),
            ("features", fields::text_set(account.features.as_ref())),
            ("throttle_settings", Value::list(element, throttle.into_iter().collect())),
        ])
    }};
}

async fn get(aws: &Aws) -> Result<Value, ProviderError> {
    let account = aws.call("apigateway:GetAccount", || aws.apigateway.get_account().send()).await?;
    Ok(describe!(&account))
}

async fn patch(aws: &Aws, patches: &Patches) -> Result<Value, ProviderError> {
    let call = || aws.apigateway.update_account().set_patch_operations(patches.operations()).send();
    let changed =
        aws.call_until("apigateway:UpdateAccount", call, is_log_role_not_ready, ROLE_READY_FOR).await?;
    Ok(describe!(&changed))
}

#[async_trait]
impl Live for Account {
    async fn read(
        &self,
        aws: &Aws,
        _snapshot: &Snapshot,
        have: &Known,
    ) -> Result<Option<Known>, ProviderError> {
        Ok(Some(settle(&SCHEMA, have, &get(aws).await?)))
    }

    async fn create(&self, aws: &Aws, want: &Known) -> Result<Known, Failed> {
        let mut patches = Patches::default();
        patches.replace(
            "/cloudwatchRoleArn",
            Some(want.text("cloudwatch_role_arn").unwrap_or_default().to_owned()),
        );
        Ok(complete(&SCHEMA, want, &patch(aws, &patches).await?))
    }

    async fn update(&self, aws: &Aws, have: &Known, want: &Known) -> Result<Known, Failed> {
        let mut patches = Patches::default();
        patches.scalar("/cloudwatchRoleArn", Difference { have, want }, "cloudwatch_role_arn");
        let live = if patches.is_empty() { get(aws).await? } else { patch(aws, &patches).await? };
        Ok(complete(&SCHEMA, want, &live))
    }

    async fn delete(&self, aws: &Aws, have: &Known) -> Result<(), ProviderError> {
        if have.get("reset_on_delete").as_bool() != Some(true) {
            return Ok(());
        }
        let mut patches = Patches::default();
        patches.replace("/cloudwatchRoleArn", Some(String::new()));
        patch(aws, &patches).await.map(|_| ())
    }

    async fn import(
        &self,
        aws: &Aws,
        _snapshot: &Snapshot,
        _id: &str,
    ) -> Result<Option<Known>, ProviderError> {
        Ok(Some(settle(&SCHEMA, &Value::null(Type::Any), &get(aws).await?)))
    }

    async fn adopt(&self, aws: &Aws, want: &Known, _since_ms: i64) -> Result<Vec<Known>, ProviderError> {
        Ok(vec![settle(&SCHEMA, want, &get(aws).await?)])
    }
}
