//! `aws_api_gateway_api_key`: a key that tells one caller from another.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use async_trait::async_trait;
use aws_sdk_apigateway::types::ApiKey as Described;
use recon_core::provider::{Failed, ProviderError};
use recon_core::resource_type::{Proposal, Refined, ResourceType};
use recon_core::schema::{Schema, block, defaulted, recomputed};
use recon_core::{Diagnostic, Known, Path, Type, Value};

use super::arguments::{given, id, text, text_or_given, text_or_none};
use super::fields::{self, to_text};
use super::part::{self, deleted, if_there, incomplete, key};
use super::patch::{Difference, Patches};
use super::reads::{self, PAGE, PAGES_MAX, pages_worth};
use super::settle::{complete, settle};
use super::since::is_since;
use super::{check, tags};
use crate::aws::Aws;
use crate::live::Live;
use crate::snapshot::Snapshot;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema {
    version: 0,
    doc: "An API key: it tells one caller from another.",
    block: block(
        [
            ("id", id()),
            ("name", text("Name of the key.")),
            // Terraform's words, so that its users' files change nothing.
            ("description", defaulted(Type::String, "Managed by Terraform", "What the key is for.")),
            ("enabled", defaulted(Type::Bool, true, "Whether requests may use the key.")),
            ("customer_id", text_or_none("ID of the customer on AWS Marketplace.")),
            ("value", text_or_given("The key itself, of 20 to 128 characters.").replaces().secret()),
            ("arn", given("ARN of the key.")),
            ("created_date", given("When the key was made.")),
            ("last_updated_date", recomputed(Type::String, "When the key was last changed.")),
            ("tags", crate::tags::tags()),
            ("tags_all", crate::tags::tags_all()),
        ],
        [],
    ),
});

/// `aws_api_gateway_api_key`
#[derive(Clone, Copy)]
pub(crate) struct ApiKey;

impl ResourceType for ApiKey {
    fn name(&self) -> &'static str {
        "aws_api_gateway_api_key"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn check(&self, config: &Value) -> Vec<(Path, Diagnostic)> {
        let length = config.str("value").map_or(20, str::len);
        let wrong = !(20..=128).contains(&length);
        let detail = "`value` has to have 20 to 128 characters; without it, AWS makes one.";
        wrong.then(|| check::invalid("value", detail)).into_iter().collect()
    }

    fn refine(&self, proposal: Proposal<'_>) -> Refined {
        tags::refine(&proposal)
    }
}

pub(super) fn describe(api_key: &Described) -> Value {
    Value::object([
        ("id", fields::text(api_key.id.as_ref())),
        ("name", fields::text(api_key.name.as_ref())),
        // An empty description is one, as the default is another text.
        ("description", Value::from(api_key.description.clone().unwrap_or_default())),
        ("enabled", Value::from(api_key.enabled)),
        ("customer_id", fields::text(api_key.customer_id.as_ref())),
        ("created_date", fields::date(api_key.created_date.as_ref())),
        ("last_updated_date", fields::date(api_key.last_updated_date.as_ref())),
    ])
}

fn report(aws: &Aws, have: &Known, api_key: &Described) -> Known {
    let mut live = tags::report(aws, have, api_key.tags.as_ref(), describe(api_key));
    if let Some(value) = &api_key.value {
        live = live.with("value", Value::from(value.as_str()));
    }
    let arn = tags::arn(aws, &format!("/apikeys/{}", api_key.id.as_deref().unwrap_or_default()));
    settle(&SCHEMA, have, &live.with("arn", Value::from(arn)))
}

/// A [`Described`] from one of the outputs that have the same fields under another type.
macro_rules! described {
    ($output:expr) => {{
        let output = $output;
        Described::builder()
            .set_id(output.id)
            .set_value(output.value)
            .set_name(output.name)
            .set_customer_id(output.customer_id)
            .set_description(output.description)
            .enabled(output.enabled)
            .set_created_date(output.created_date)
            .set_last_updated_date(output.last_updated_date)
            .set_tags(output.tags)
            .build()
    }};
}

/// A key with its value, read now.
pub(super) async fn get(aws: &Aws, id: &str) -> Result<Option<Described>, ProviderError> {
    let call = || aws.apigateway.get_api_key().api_key(id).include_value(true).send();
    Ok(if_there(aws.call("apigateway:GetApiKey", call).await)?.map(|found| described!(found)))
}

/// Keys with their values, page by page, until all those wanted are found.
pub(super) async fn list(
    aws: &Aws,
    wanted: &BTreeSet<String>,
    pages: usize,
) -> Result<BTreeMap<String, Described>, ProviderError> {
    let mut found = BTreeMap::new();
    let mut position: Option<String> = None;
    for _ in 0..pages {
        let call = || {
            let list = aws.apigateway.get_api_keys().limit(PAGE).include_values(true);
            list.set_position(position.clone()).send()
        };
        let page = aws.call("apigateway:GetApiKeys", call).await?;
        let keys = page.items.unwrap_or_default().into_iter();
        found.extend(keys.map(|it| (it.id.clone().unwrap_or_default(), it)));
        let is_last = page.position.is_none() || page.position == position;
        position = page.position;
        if is_last || (!wanted.is_empty() && wanted.iter().all(|id| found.contains_key(id))) {
            break;
        }
    }
    Ok(found)
}

fn patches(have: &Known, want: &Known) -> Patches {
    let difference = Difference { have, want };
    let mut patches = Patches::default();
    patches.scalar("/name", difference, "name");
    patches.scalar("/description", difference, "description");
    patches.scalar("/enabled", difference, "enabled");
    patches.scalar("/customerId", difference, "customer_id");
    patches
}

#[async_trait]
impl Live for ApiKey {
    async fn read(
        &self,
        aws: &Aws,
        snapshot: &Snapshot,
        have: &Known,
    ) -> Result<Option<Known>, ProviderError> {
        let id = key(have, "id");
        let wanted = || reads::observed(snapshot, self.name(), "id");
        let all = || async {
            let wanted = wanted();
            list(aws, &wanted, pages_worth(wanted.len())).await
        };
        let listed = snapshot.once("apigateway:api_keys".to_owned(), all).await?;
        if let Some(api_key) = listed.get(id) {
            return Ok(Some(report(aws, have, api_key)));
        }
        Ok(get(aws, id).await?.map(|api_key| report(aws, have, &api_key)))
    }

    async fn create(&self, aws: &Aws, want: &Known) -> Result<Known, Failed> {
        let call = || {
            let create = aws.apigateway.create_api_key().name(key(want, "name"));
            create
                .set_description(to_text(want, "description"))
                .enabled(want.get("enabled").as_bool().unwrap_or(true))
                .set_customer_id(to_text(want, "customer_id"))
                .set_value(to_text(want, "value"))
                .set_tags(crate::tags::wanted_map(aws, want))
                .send()
        };
        let mut made = described!(aws.call("apigateway:CreateApiKey", call).await?);
        let id = made.id.clone().ok_or_else(|| incomplete("apigateway:CreateApiKey", "id"))?;
        if made.value.is_none() {
            // An emulator may keep the value to itself until it is asked.
            made.value = get(aws, &id).await?.and_then(|found| found.value);
        }
        Ok(complete(&SCHEMA, want, &report(aws, want, &made)))
    }

    async fn update(&self, aws: &Aws, have: &Known, want: &Known) -> Result<Known, Failed> {
        tags::update(aws, key(have, "arn"), have, want).await?;
        let patches = patches(have, want);
        if patches.is_empty() {
            return Ok(complete(&SCHEMA, want, have));
        }
        let call = || {
            let update = aws.apigateway.update_api_key().api_key(key(have, "id"));
            update.set_patch_operations(patches.operations()).send()
        };
        let changed = described!(aws.call("apigateway:UpdateApiKey", call).await?);
        Ok(complete(&SCHEMA, want, &report(aws, want, &changed)))
    }

    async fn delete(&self, aws: &Aws, have: &Known) -> Result<(), ProviderError> {
        let call = || aws.apigateway.delete_api_key().api_key(key(have, "id")).send();
        deleted(aws.call("apigateway:DeleteApiKey", call).await)
    }

    async fn import(&self, aws: &Aws, snapshot: &Snapshot, id: &str) -> Result<Option<Known>, ProviderError> {
        self.read(aws, snapshot, &part::split(id, &["id"])?).await
    }

    async fn adopt(&self, aws: &Aws, want: &Known, since_ms: i64) -> Result<Vec<Known>, ProviderError> {
        let listed = list(aws, &BTreeSet::new(), PAGES_MAX).await?;
        let fresh = listed.values().filter(|api_key| is_since(api_key.created_date.as_ref(), since_ms));
        let fresh = fresh.map(|api_key| report(aws, want, api_key));
        Ok(fresh.filter(|found| part::agrees(found, want, &["name", "value", "description"])).collect())
    }
}
