//! `aws_api_gateway_documentation_part`: the documentation of one part of a REST API.

use std::sync::LazyLock;

use async_trait::async_trait;
use aws_sdk_apigateway::types::{
    DocumentationPart as Described, DocumentationPartLocation, DocumentationPartType,
};
use recon_core::provider::{ErrorKind, Failed, ProviderError};
use recon_core::resource_type::{Parts, ResourceType};
use recon_core::schema::{Absent, NestedBlock, Nesting, Schema, block};
use recon_core::value::Name;
use recon_core::{Known, Type, Value};

use super::arguments::{given, id, rest_api_id, text, text_or_none};
use super::fields::{self, to_text};
use super::lists;
use super::part::{self, deleted, incomplete, key};
use super::patch::{Difference, Patches};
use super::settle::{complete, settle};
use crate::aws::Aws;
use crate::live::Live;
use crate::snapshot::Snapshot;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let location = block(
        [
            ("type", text("What is documented: `API`, `RESOURCE`, `METHOD`, `MODEL`, …").replaces()),
            ("path", text_or_none("Path of the resource.").replaces()),
            ("method", text_or_none("Verb of the method.").replaces()),
            ("name", text_or_none("Name of the parameter, header or model.").replaces()),
            ("status_code", text_or_none("Status code of the response.").replaces()),
        ],
        [],
    );
    let location = NestedBlock { block: location, nesting: Nesting::List(1, 1), absent: Absent::None };
    Schema {
        version: 0,
        doc: "The documentation of one part of a REST API.",
        block: block(
            [
                ("id", id()),
                ("rest_api_id", rest_api_id()),
                ("documentation_part_id", given("ID of the documentation part.")),
                ("properties", text("The documentation, as a JSON document.")),
            ],
            [("location", location)],
        ),
    }
});

/// `aws_api_gateway_documentation_part`
#[derive(Clone, Copy)]
pub(crate) struct DocumentationPart;

impl ResourceType for DocumentationPart {
    fn name(&self) -> &'static str {
        "aws_api_gateway_documentation_part"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn queue_key(&self, value: &Value) -> Option<Name> {
        part::queue(value)
    }

    fn vanishes_with(&self) -> Parts {
        part::IN_API
    }
}

fn report(have: &Known, found: &Described) -> Known {
    let place = found.location.as_ref().map(|location| {
        Value::object([
            ("type", fields::text(Some(location.r#type.as_str()))),
            ("path", fields::text(location.path.as_ref())),
            ("method", fields::text(location.method.as_ref())),
            ("name", fields::text(location.name.as_ref())),
            ("status_code", fields::text(location.status_code.as_ref())),
        ])
    });
    let live = Value::object([
        ("id", id_of(have, found.id.as_deref().unwrap_or_default())),
        ("documentation_part_id", fields::text(found.id.as_ref())),
        ("properties", fields::text(found.properties.as_ref())),
        (
            "location",
            Value::list(Type::Any, place.into_iter().map(|place| without_stars(place, have)).collect()),
        ),
    ]);
    settle(&SCHEMA, have, &live)
}

/// AWS writes `*` or `/` for what is left open.
fn without_stars(place: Value, have: &Known) -> Value {
    let Some(mine) = have.block("location") else { return place };
    ["path", "method", "status_code"].iter().fold(place, |place, name| {
        let open = mine.text(name).is_none() && matches!(place.str(name), Some("*" | "/"));
        if open { place.with(name, Value::null(Type::String)) } else { place }
    })
}

fn id_of(place: &Known, part_id: &str) -> Value {
    Value::from(format!("{}/{part_id}", key(place, "rest_api_id")))
}

#[async_trait]
impl Live for DocumentationPart {
    async fn read(
        &self,
        aws: &Aws,
        snapshot: &Snapshot,
        have: &Known,
    ) -> Result<Option<Known>, ProviderError> {
        let parts = lists::documentation_parts(aws, snapshot, key(have, "rest_api_id")).await?;
        Ok(parts.get(key(have, "documentation_part_id")).map(|found| report(have, found)))
    }

    async fn create(&self, aws: &Aws, want: &Known) -> Result<Known, Failed> {
        let null = Value::null(Type::Any);
        let place = want.block("location").unwrap_or(&null);
        let location = DocumentationPartLocation::builder()
            .r#type(DocumentationPartType::from(key(place, "type")))
            .set_path(to_text(place, "path"))
            .set_method(to_text(place, "method"))
            .set_name(to_text(place, "name"))
            .set_status_code(to_text(place, "status_code"))
            .build();
        let location = location.map_err(|error| {
            ProviderError::new(ErrorKind::Invalid, "apigateway:CreateDocumentationPart", error.to_string())
        })?;
        let call = || {
            let create = aws.apigateway.create_documentation_part().rest_api_id(key(want, "rest_api_id"));
            create.location(location.clone()).properties(key(want, "properties")).send()
        };
        let made = aws.call("apigateway:CreateDocumentationPart", call).await?;
        let part_id = made.id.ok_or_else(|| incomplete("apigateway:CreateDocumentationPart", "id"))?;
        let given = [("id", id_of(want, &part_id)), ("documentation_part_id", Value::from(part_id))];
        Ok(complete(&SCHEMA, want, &Value::object(given)))
    }

    async fn update(&self, aws: &Aws, have: &Known, want: &Known) -> Result<Known, Failed> {
        let mut patches = Patches::default();
        patches.scalar("/properties", Difference { have, want }, "properties");
        let call = || {
            let update = aws.apigateway.update_documentation_part().rest_api_id(key(have, "rest_api_id"));
            update
                .documentation_part_id(key(have, "documentation_part_id"))
                .set_patch_operations(patches.operations())
                .send()
        };
        if !patches.is_empty() {
            aws.call("apigateway:UpdateDocumentationPart", call).await?;
        }
        Ok(want.clone())
    }

    async fn delete(&self, aws: &Aws, have: &Known) -> Result<(), ProviderError> {
        let call = || {
            let delete = aws.apigateway.delete_documentation_part().rest_api_id(key(have, "rest_api_id"));
            delete.documentation_part_id(key(have, "documentation_part_id")).send()
        };
        deleted(aws.call("apigateway:DeleteDocumentationPart", call).await)
    }

    async fn import(&self, aws: &Aws, snapshot: &Snapshot, id: &str) -> Result<Option<Known>, ProviderError> {
        self.read(aws, snapshot, &part::split(id, &["rest_api_id", "documentation_part_id"])?).await
    }

    /// Parts have no date, but there is one of each place.
    async fn adopt(&self, aws: &Aws, want: &Known, _since_ms: i64) -> Result<Vec<Known>, ProviderError> {
        let parts = lists::get_documentation_parts(aws, key(want, "rest_api_id")).await?;
        let found = parts.values().map(|found| report(want, found));
        Ok(found.filter(|found| found.get("location").same(want.get("location"))).collect())
    }
}
