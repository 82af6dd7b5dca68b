//! `aws_api_gateway_domain_name_access_association`: lets a VPC endpoint use a private domain name.

use std::sync::LazyLock;

use async_trait::async_trait;
use aws_sdk_apigateway::types::{AccessAssociationSourceType, DomainNameAccessAssociation as Described};
use recon_core::provider::{Failed, ProviderError};
use recon_core::resource_type::{Proposal, Refined, ResourceType};
use recon_core::schema::{Schema, block};
use recon_core::{Known, Value};

use super::arguments::{given, id, text};
use super::fields;
use super::part::{self, deleted, incomplete, key};
use super::reads::{PAGE, PAGES_MAX};
use super::settle::{complete, settle};
use super::tags;
use crate::aws::Aws;
use crate::live::Live;
use crate::snapshot::Snapshot;

const CREATE: &str = "apigateway:CreateDomainNameAccessAssociation";

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema {
    version: 0,
    doc: "Lets a VPC endpoint use a private domain name.",
    block: block(
        [
            ("id", id()),
            ("arn", given("ARN of the association.")),
            ("domain_name_arn", text("ARN of the private domain name.").replaces()),
            ("access_association_source", text("ID of the VPC endpoint.").replaces()),
            ("access_association_source_type", text("`VPCE`.").replaces()),
            ("tags", crate::tags::tags()),
            ("tags_all", crate::tags::tags_all()),
        ],
        [],
    ),
});

/// `aws_api_gateway_domain_name_access_association`
#[derive(Clone, Copy)]
pub(crate) struct AccessAssociation;

impl ResourceType for AccessAssociation {
    fn name(&self) -> &'static str {
        "aws_api_gateway_domain_name_access_association"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn refine(&self, proposal: Proposal<'_>) -> Refined {
        tags::refine(&proposal)
    }
}

fn report(aws: &Aws, have: &Known, found: &Described) -> Known {
    let kind = found.access_association_source_type.as_ref().map(AccessAssociationSourceType::as_str);
    let live = Value::object([
        ("id", fields::text(found.domain_name_access_association_arn.as_ref())),
        ("arn", fields::text(found.domain_name_access_association_arn.as_ref())),
        ("domain_name_arn", fields::text(found.domain_name_arn.as_ref())),
        ("access_association_source", fields::text(found.access_association_source.as_ref())),
        ("access_association_source_type", fields::text(kind)),
    ]);
    settle(&SCHEMA, have, &tags::report(aws, have, found.tags.as_ref(), live))
}

async fn list(aws: &Aws) -> Result<Vec<Described>, ProviderError> {
    let mut found = Vec::new();
    let mut position: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let call = || {
            let list = aws.apigateway.get_domain_name_access_associations().limit(PAGE);
            list.set_position(position.clone()).send()
        };
        let page = aws.call("apigateway:GetDomainNameAccessAssociations", call).await?;
        found.extend(page.items.unwrap_or_default());
        position = page.position;
        if position.is_none() {
            break;
        }
    }
    Ok(found)
}

#[async_trait]
impl Live for AccessAssociation {
    async fn read(
        &self,
        aws: &Aws,
        snapshot: &Snapshot,
        have: &Known,
    ) -> Result<Option<Known>, ProviderError> {
        let all = snapshot.once("apigateway:access_associations".to_owned(), || list(aws)).await?;
        let mine = all.iter().find(|it| it.domain_name_access_association_arn.as_deref() == have.str("arn"));
        Ok(mine.map(|found| report(aws, have, found)))
    }

    async fn create(&self, aws: &Aws, want: &Known) -> Result<Known, Failed> {
        let call = || {
            let create = aws.apigateway.create_domain_name_access_association();
            let kind = AccessAssociationSourceType::from(key(want, "access_association_source_type"));
            create
                .domain_name_arn(key(want, "domain_name_arn"))
                .access_association_source(key(want, "access_association_source"))
                .access_association_source_type(kind)
                .set_tags(crate::tags::wanted_map(aws, want))
                .send()
        };
        let made = aws.call(CREATE, call).await?;
        let arn = made.domain_name_access_association_arn.ok_or_else(|| incomplete(CREATE, "ARN"))?;
        let made = Described::builder().domain_name_access_association_arn(arn).set_tags(made.tags).build();
        Ok(complete(&SCHEMA, want, &report(aws, want, &made)))
    }

    async fn update(&self, aws: &Aws, have: &Known, want: &Known) -> Result<Known, Failed> {
        tags::update(aws, key(have, "arn"), have, want).await?;
        Ok(complete(&SCHEMA, want, have))
    }

    async fn delete(&self, aws: &Aws, have: &Known) -> Result<(), ProviderError> {
        let call = || {
            let delete = aws.apigateway.delete_domain_name_access_association();
            delete.domain_name_access_association_arn(key(have, "arn")).send()
        };
        deleted(aws.call("apigateway:DeleteDomainNameAccessAssociation", call).await)
    }

    async fn import(&self, aws: &Aws, snapshot: &Snapshot, id: &str) -> Result<Option<Known>, ProviderError> {
        self.read(aws, snapshot, &part::object([("arn", id)])).await
    }

    async fn adopt(&self, aws: &Aws, want: &Known, _since_ms: i64) -> Result<Vec<Known>, ProviderError> {
        let all = list(aws).await?;
        let found = all.iter().map(|found| report(aws, want, found));
        let arguments = ["domain_name_arn", "access_association_source"];
        Ok(found.filter(|found| part::agrees(found, want, &arguments)).collect())
    }
}
