//! `aws_api_gateway_base_path_mapping`: which stage a path of a domain name leads to.

use std::sync::LazyLock;

use async_trait::async_trait;
use aws_sdk_apigateway::types::BasePathMapping as Described;
use recon_core::provider::{ErrorKind, Failed, ProviderError};
use recon_core::resource_type::{Proposal, Refined, ResourceType};
use recon_core::schema::{Schema, block};
use recon_core::value::Name;
use recon_core::{Known, Type, Value};

use super::arguments::{given, text, text_or_none};
use super::domain_name::queue_of;
use super::fields::{self, to_text};
use super::part::{self, deleted, if_there, key};
use super::patch::{Difference, Patches};
use super::reads::{PAGE, PAGES_MAX};
use super::settle::settle;
use crate::aws::Aws;
use crate::live::Live;
use crate::snapshot::Snapshot;

/// What AWS calls the empty base path.
pub(super) const NO_PATH: &str = "(none)";

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema {
    version: 0,
    doc: "A base path mapping: which stage a path of a domain name leads to.",
    block: block(
        [
            ("id", given("`DOMAIN/PATH`.")),
            ("domain_name", text("The domain name.").replaces()),
            // Another id is another domain name, which an update in place cannot reach.
            ("domain_name_id", text_or_none("ID of a private domain name.").replaces()),
            ("base_path", text_or_none("First segments of the path; absent: whatever the path is.")),
            ("api_id", text("ID of the REST API.")),
            ("stage_name", text_or_none("Name of the stage; absent: the path's next segment.")),
        ],
        [],
    ),
});

/// `aws_api_gateway_base_path_mapping`
#[derive(Clone, Copy)]
pub(crate) struct BasePathMapping;

// It goes with its domain name, but is deleted by a call of its own: an API cannot go before all of its mappings.
impl ResourceType for BasePathMapping {
    fn name(&self) -> &'static str {
        "aws_api_gateway_base_path_mapping"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn refine(&self, proposal: Proposal<'_>) -> Refined {
        let stays =
            proposal.prior.filter(|prior| prior.get("base_path").same(proposal.proposed.get("base_path")));
        let planned = match stays {
            Some(prior) => proposal.proposed.clone().with("id", prior.get("id").clone()),
            None => proposal.proposed.clone().with("id", Value::unknown(Type::String)),
        };
        Refined::Ready { planned, replace: Vec::new() }
    }

    fn queue_key(&self, value: &Value) -> Option<Name> {
        value.text("domain_name").map(queue_of)
    }
}

fn path_of(mapping: &Value) -> &str {
    mapping.text("base_path").unwrap_or(NO_PATH)
}

fn id_of(mapping: &Value) -> Value {
    let (domain, path) = (key(mapping, "domain_name"), mapping.text("base_path").unwrap_or_default());
    Value::from(match mapping.text("domain_name_id") {
        Some(id) => format!("{domain}/{path}/{id}"),
        None => format!("{domain}/{path}"),
    })
}

fn report(have: &Known, found: &Described) -> Known {
    let path = found.base_path.as_deref().filter(|path| *path != NO_PATH);
    let live = Value::object([
        ("base_path", fields::text(path)),
        ("api_id", fields::text(found.rest_api_id.as_ref())),
        // Just so AWS calls the absence of a stage.
        ("stage_name", fields::text(found.stage.as_deref().filter(|stage| *stage != NO_PATH))),
    ]);
    settle(&SCHEMA, have, &live.with("id", id_of(have)))
}

async fn get(aws: &Aws, place: &Known) -> Result<Option<Described>, ProviderError> {
    let call = || {
        let get = aws.apigateway.get_base_path_mapping().domain_name(key(place, "domain_name"));
        get.base_path(path_of(place)).set_domain_name_id(to_text(place, "domain_name_id")).send()
    };
    let found = if_there(aws.call("apigateway:GetBasePathMapping", call).await)?;
    Ok(found.map(|found| {
        Described::builder()
            .set_base_path(found.base_path)
            .set_rest_api_id(found.rest_api_id)
            .set_stage(found.stage)
            .build()
    }))
}

/// All mappings of a domain name.
pub(super) async fn list(
    aws: &Aws,
    domain: &str,
    domain_id: Option<&str>,
) -> Result<Vec<Described>, ProviderError> {
    let mut found = Vec::new();
    let mut position: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let call = || {
            let get = aws.apigateway.get_base_path_mappings().domain_name(domain).limit(PAGE);
            get.set_domain_name_id(domain_id.map(str::to_owned)).set_position(position.clone()).send()
        };
        let Some(page) = if_there(aws.call("apigateway:GetBasePathMappings", call).await)? else { break };
        found.extend(page.items.unwrap_or_default());
        position = page.position;
        if position.is_none() {
            break;
        }
    }
    Ok(found)
}

#[async_trait]
impl Live for BasePathMapping {
    async fn read(
        &self,
        aws: &Aws,
        _snapshot: &Snapshot,
        have: &Known,
    ) -> Result<Option<Known>, ProviderError> {
        Ok(get(aws, have).await?.map(|found| report(have, &found)))
    }

    async fn create(&self, aws: &Aws, want: &Known) -> Result<Known, Failed> {
        let call = || {
            let create = aws.apigateway.create_base_path_mapping().domain_name(key(want, "domain_name"));
            create
                .set_domain_name_id(to_text(want, "domain_name_id"))
                .rest_api_id(key(want, "api_id"))
                .set_base_path(to_text(want, "base_path"))
                .set_stage(to_text(want, "stage_name"))
                .send()
        };
        aws.call_create("apigateway:CreateBasePathMapping", call).await?;
        Ok(part::with(want, [("id", id_of(want))]))
    }

    async fn update(&self, aws: &Aws, have: &Known, want: &Known) -> Result<Known, Failed> {
        let difference = Difference { have, want };
        let mut patches = Patches::default();
        patches.scalar("/stage", difference, "stage_name");
        patches.scalar("/restapiId", difference, "api_id");
        if difference.of("base_path") {
            patches.replace("/basePath", Some(want.text("base_path").unwrap_or(NO_PATH).to_owned()));
        }
        let call = || {
            let update = aws.apigateway.update_base_path_mapping().domain_name(key(have, "domain_name"));
            update
                .base_path(path_of(have))
                .set_domain_name_id(to_text(have, "domain_name_id"))
                .set_patch_operations(patches.operations())
                .send()
        };
        if !patches.is_empty() {
            aws.call("apigateway:UpdateBasePathMapping", call).await?;
        }
        Ok(part::with(want, [("id", id_of(want))]))
    }

    async fn delete(&self, aws: &Aws, have: &Known) -> Result<(), ProviderError> {
        let call = || {
            let delete = aws.apigateway.delete_base_path_mapping().domain_name(key(have, "domain_name"));
            delete.base_path(path_of(have)).set_domain_name_id(to_text(have, "domain_name_id")).send()
        };
        deleted(aws.call("apigateway:DeleteBasePathMapping", call).await)
    }

    /// `DOMAIN/PATH`, where the path may be empty, and a private name's id may follow.
    async fn import(&self, aws: &Aws, snapshot: &Snapshot, id: &str) -> Result<Option<Known>, ProviderError> {
        let parts: Vec<&str> = id.split('/').collect();
        let (domain, path, domain_id) = match parts.as_slice() {
            [domain, path] => (*domain, *path, ""),
            [domain, path, id] => (*domain, *path, *id),
            _ => {
                let message = format!("the id `{id}` is not of the form `domain_name/base_path`");
                return Err(ProviderError::new(ErrorKind::Invalid, "import", message));
            }
        };
        let place = [
            ("domain_name", Value::from(domain)),
            ("base_path", fields::text(Some(path))),
            ("domain_name_id", fields::text(Some(domain_id))),
        ];
        self.read(aws, snapshot, &Known::with_nulls(&Value::object(place))).await
    }

    async fn adopt(&self, aws: &Aws, want: &Known, _since_ms: i64) -> Result<Vec<Known>, ProviderError> {
        Ok(get(aws, want).await?.map(|found| report(want, &found)).into_iter().collect())
    }
}
