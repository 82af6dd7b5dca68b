//! `aws_api_gateway_usage_plan_key`: which plan an API key is on.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use async_trait::async_trait;
use aws_sdk_apigateway::types::UsagePlanKey as Described;
use recon_core::provider::{Failed, ProviderError};
use recon_core::resource_type::{Parts, ResourceType, Within};
use recon_core::schema::{Schema, block};
use recon_core::value::Name;
use recon_core::{Known, Value};

use super::arguments::{given, id, text};
use super::fields;
use super::part::{self, deleted, if_there, key};
use super::reads::{PAGE, PAGES_MAX};
use super::settle::{complete, settle};
use crate::aws::Aws;
use crate::call::Created;
use crate::live::Live;
use crate::snapshot::Snapshot;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema {
    version: 0,
    doc: "Puts an API key on a usage plan.",
    block: block(
        [
            ("id", id()),
            ("usage_plan_id", text("ID of the usage plan.").replaces()),
            ("key_id", text("ID of the API key.").replaces()),
            ("key_type", text("`API_KEY`.").replaces()),
            ("name", given("Name of the key.")),
            ("value", given("The key itself.")),
        ],
        [],
    ),
});

/// `aws_api_gateway_usage_plan_key`
#[derive(Clone, Copy)]
pub(crate) struct UsagePlanKey;

impl ResourceType for UsagePlanKey {
    fn name(&self) -> &'static str {
        "aws_api_gateway_usage_plan_key"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    /// Parallel writes to one usage plan conflict.
    fn queue_key(&self, value: &Value) -> Option<Name> {
        value.text("usage_plan_id").map(super::usage_plan::queue_of)
    }

    fn vanishes_with(&self) -> Parts {
        &[&[
            Within { kind: "aws_api_gateway_usage_plan", same: &[("usage_plan_id", "id")] },
            Within { kind: "aws_api_gateway_api_key", same: &[("key_id", "id")] },
        ]]
    }
}

/// The keys of a usage plan, once per refresh.
pub(super) async fn keys(
    aws: &Aws,
    snapshot: &Snapshot,
    plan: &str,
) -> Result<Arc<BTreeMap<String, Described>>, ProviderError> {
    snapshot.once(list_key(plan), || list(aws, plan)).await
}

/// The keys of a usage plan, if somebody needed them before.
pub(crate) fn known_keys(snapshot: &Snapshot, plan: &str) -> Option<Arc<BTreeMap<String, Described>>> {
    snapshot.peek(&list_key(plan))
}

fn list_key(plan: &str) -> String {
    format!("apigateway:usage_plan_keys:{plan}")
}

fn report(have: &Known, found: &Described) -> Known {
    let mut live = Value::object([
        ("id", fields::text(found.id.as_ref())),
        ("key_id", fields::text(found.id.as_ref())),
        ("key_type", fields::text(Some(found.r#type.as_deref().unwrap_or("API_KEY")))),
        ("name", fields::text(found.name.as_ref())),
    ]);
    // The list may leave the value out. It is the secret of the key that is on the plan.
    if let Some(value) = &found.value {
        live = live.with("value", Value::from(value.as_str()).derived());
    }
    settle(&SCHEMA, have, &live)
}

pub(super) async fn list(aws: &Aws, plan: &str) -> Result<BTreeMap<String, Described>, ProviderError> {
    let mut found = BTreeMap::new();
    let mut position: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let call = || {
            let list = aws.apigateway.get_usage_plan_keys().usage_plan_id(plan).limit(PAGE);
            list.set_position(position.clone()).send()
        };
        let Some(page) = if_there(aws.call("apigateway:GetUsagePlanKeys", call).await)? else { break };
        let keys = page.items.unwrap_or_default().into_iter();
        found.extend(keys.map(|it| (it.id.clone().unwrap_or_default(), it)));
        if page.position.is_none() || page.position == position {
            break;
        }
        position = page.position;
    }
    Ok(found)
}

async fn get(aws: &Aws, place: &Known) -> Result<Option<Described>, ProviderError> {
    let call = || {
        let get = aws.apigateway.get_usage_plan_key().usage_plan_id(key(place, "usage_plan_id"));
        get.key_id(key(place, "key_id")).send()
    };
    let found = if_there(aws.call("apigateway:GetUsagePlanKey", call).await)?;
    Ok(found.map(|found| {
        Described::builder()
            .set_id(found.id)
            .set_type(found.r#type)
            .set_value(found.value)
            .set_name(found.name)
            .build()
    }))
}

#[async_trait]
impl Live for UsagePlanKey {
    async fn read(
        &self,
        aws: &Aws,
        snapshot: &Snapshot,
        have: &Known,
    ) -> Result<Option<Known>, ProviderError> {
        let plan = key(have, "usage_plan_id");
        // A plan may have thousands of keys, so one is not looked for in the list of all.
        if snapshot.siblings(self.name(), "usage_plan_id", plan).len() <= 1 && !snapshot.is_survey() {
            return Ok(get(aws, have).await?.map(|found| report(have, &found)));
        }
        let keys = keys(aws, snapshot, plan).await?;
        let found = keys.get(key(have, "key_id")).map(|found| report(have, found));
        if !snapshot.is_survey() {
            return Ok(found);
        }
        // Another name is what happened to the key, not to its place on the plan.
        Ok(found.map(|found| found.with_part("name", Known::with_nulls(have.get("name")))))
    }

    async fn create(&self, aws: &Aws, want: &Known) -> Result<Known, Failed> {
        let call = || {
            let create = aws.apigateway.create_usage_plan_key().usage_plan_id(key(want, "usage_plan_id"));
            create.key_id(key(want, "key_id")).key_type(key(want, "key_type")).send()
        };
        let made = match aws.call_create("apigateway:CreateUsagePlanKey", call).await? {
            Created::Answered(made) => Described::builder().set_value(made.value).set_name(made.name),
            Created::Unheard => match get(aws, want).await? {
                Some(found) => Described::builder().set_value(found.value).set_name(found.name),
                None => Described::builder(),
            },
        };
        let made = made.id(key(want, "key_id")).r#type(key(want, "key_type")).build();
        Ok(complete(&SCHEMA, want, &report(want, &made)))
    }

    async fn update(&self, _aws: &Aws, _have: &Known, want: &Known) -> Result<Known, Failed> {
        // Every argument replaces the object, so there is nothing to send.
        Ok(want.clone())
    }

    async fn delete(&self, aws: &Aws, have: &Known) -> Result<(), ProviderError> {
        let call = || {
            let delete = aws.apigateway.delete_usage_plan_key().usage_plan_id(key(have, "usage_plan_id"));
            delete.key_id(key(have, "key_id")).send()
        };
        deleted(aws.call("apigateway:DeleteUsagePlanKey", call).await)
    }

    async fn import(&self, aws: &Aws, snapshot: &Snapshot, id: &str) -> Result<Option<Known>, ProviderError> {
        self.read(aws, snapshot, &part::split(id, &["usage_plan_id", "key_id"])?).await
    }

    async fn adopt(&self, aws: &Aws, want: &Known, _since_ms: i64) -> Result<Vec<Known>, ProviderError> {
        Ok(get(aws, want).await?.map(|found| report(want, &found)).into_iter().collect())
    }
}
