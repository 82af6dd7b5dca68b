//! `aws_api_gateway_resource`: one segment of a REST API's paths.

use std::sync::LazyLock;

use async_trait::async_trait;
use recon_core::provider::{Failed, ProviderError};
use recon_core::resource_type::{Parts, ResourceType};
use recon_core::schema::{Schema, block, recomputed};
use recon_core::value::Name;
use recon_core::{Known, Type, Value};

use super::arguments::{id, rest_api_id, text};
use super::fields;
use super::part::{self, deleted, incomplete, key};
use super::patch::{Difference, Patches};
use super::reads;
use super::settle::settle;
use crate::aws::Aws;
use crate::call::Created;
use crate::live::Live;
use crate::snapshot::Snapshot;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema {
    version: 0,
    doc: "A resource of a REST API: one segment of its paths.",
    block: block(
        [
            ("id", id()),
            ("rest_api_id", rest_api_id()),
            ("parent_id", text("ID of the resource above, or the API's `root_resource_id`.")),
            ("path_part", text("Last segment of the path.")),
            ("path", recomputed(Type::String, "The whole path.")),
        ],
        [],
    ),
});

/// `aws_api_gateway_resource`
#[derive(Clone, Copy)]
pub(crate) struct Resource;

impl ResourceType for Resource {
    fn name(&self) -> &'static str {
        "aws_api_gateway_resource"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn queue_key(&self, value: &Value) -> Option<Name> {
        part::queue(value)
    }

    fn vanishes_with(&self) -> Parts {
        part::UNDER_RESOURCE
    }
}

pub(super) fn describe(resource: &aws_sdk_apigateway::types::Resource) -> Value {
    Value::object([
        ("id", fields::text(resource.id.as_ref())),
        ("parent_id", fields::text(resource.parent_id.as_ref())),
        ("path_part", fields::text(resource.path_part.as_ref())),
        ("path", fields::text(resource.path.as_ref())),
    ])
}

#[async_trait]
impl Live for Resource {
    async fn read(
        &self,
        aws: &Aws,
        snapshot: &Snapshot,
        have: &Known,
    ) -> Result<Option<Known>, ProviderError> {
        let Some(tree) = reads::tree(aws, snapshot, key(have, "rest_api_id")).await? else { return Ok(None) };
        Ok(tree.resources.get(key(have, "id")).map(|resource| settle(&SCHEMA, have, &describe(resource))))
    }

    async fn create(&self, aws: &Aws, want: &Known) -> Result<Known, Failed> {
        let call = || {
            let create = aws.apigateway.create_resource().rest_api_id(key(want, "rest_api_id"));
            create.parent_id(key(want, "parent_id")).path_part(key(want, "path_part")).send()
        };
        let (id, path) = match aws.call_create("apigateway:CreateResource", call).await? {
            Created::Answered(made) => (made.id, made.path),
            Created::Unheard => match find_like(aws, want).await?.pop() {
                Some(found) => (found.id, found.path),
                None => (None, None),
            },
        };
        let id = id.ok_or_else(|| incomplete("apigateway:CreateResource", "id"))?;
        Ok(part::with(want, [("id", Value::from(id)), ("path", fields::text(path))]))
    }

    async fn update(&self, aws: &Aws, have: &Known, want: &Known) -> Result<Known, Failed> {
        let difference = Difference { have, want };
        let mut patches = Patches::default();
        patches.scalar("/pathPart", difference, "path_part");
        patches.scalar("/parentId", difference, "parent_id");
        let call = || {
            let update = aws.apigateway.update_resource().rest_api_id(key(have, "rest_api_id"));
            update.resource_id(key(have, "id")).set_patch_operations(patches.operations()).send()
        };
        let changed = aws.call("apigateway:UpdateResource", call).await?;
        Ok(part::with(want, [("path", fields::text(changed.path))]))
    }

    async fn delete(&self, aws: &Aws, have: &Known) -> Result<(), ProviderError> {
        let call = || {
            let delete = aws.apigateway.delete_resource().rest_api_id(key(have, "rest_api_id"));
            delete.resource_id(key(have, "id")).send()
        };
        // A resource takes those below it along, so a child may be gone already.
        deleted(aws.call("apigateway:DeleteResource", call).await)
    }

    async fn import(&self, aws: &Aws, snapshot: &Snapshot, id: &str) -> Result<Option<Known>, ProviderError> {
        self.read(aws, snapshot, &part::split(id, &["rest_api_id", "id"])?).await
    }

    async fn adopt(&self, aws: &Aws, want: &Known, _since_ms: i64) -> Result<Vec<Known>, ProviderError> {
        let found = find_like(aws, want).await?;
        Ok(found.iter().map(|resource| settle(&SCHEMA, want, &describe(resource))).collect())
    }
}

/// The resource of that name under that parent.
async fn find_like(
    aws: &Aws,
    want: &Known,
) -> Result<Vec<aws_sdk_apigateway::types::Resource>, ProviderError> {
    let tree = reads::get_tree(aws, key(want, "rest_api_id")).await?;
    let like = |resource: &&aws_sdk_apigateway::types::Resource| {
        resource.parent_id.as_deref() == want.str("parent_id")
            && resource.path_part.as_deref() == want.str("path_part")
    };
    Ok(tree.iter().flat_map(|tree| tree.values()).filter(like).cloned().collect())
}
