//! `aws_api_gateway_vpc_link`: a way from API Gateway to a load balancer in a private network.

use std::sync::LazyLock;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_apigateway::types::{VpcLink as Described, VpcLinkStatus};
use recon_core::provider::{ErrorKind, Failed, ProviderError};
use recon_core::resource_type::{Proposal, Refined, ResourceType};
use recon_core::schema::{Schema, block, required};
use recon_core::{Known, Type, Value};

use super::arguments::{given, id, text, text_or_none};
use super::fields::{self, to_text};
use super::part::{self, deleted, if_there, incomplete, key};
use super::patch::{Difference, Patches};
use super::reads::{PAGE, PAGES_MAX};
use super::settle::{complete, settle};
use super::tags;
use crate::aws::Aws;
use crate::call::Pause;
use crate::live::Live;
use crate::snapshot::Snapshot;

/// A link takes minutes to come, and to go.
const READY_FOR: Duration = Duration::from_mins(20);
const POLL_FIRST: Duration = Duration::from_millis(500);
const POLL_LAST: Duration = Duration::from_secs(10);

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema {
    version: 0,
    doc: "A VPC link: a way from API Gateway to a load balancer in a private network.",
    block: block(
        [
            ("id", id()),
            ("name", text("Name of the link.")),
            ("description", text_or_none("What the link is for.")),
            (
                "target_arns",
                required(Type::list(Type::String), "ARN of the network load balancer.").replaces(),
            ),
            ("arn", given("ARN of the link.")),
            ("tags", crate::tags::tags()),
            ("tags_all", crate::tags::tags_all()),
        ],
        [],
    ),
});

/// `aws_api_gateway_vpc_link`
#[derive(Clone, Copy)]
pub(crate) struct VpcLink;

impl ResourceType for VpcLink {
    fn name(&self) -> &'static str {
        "aws_api_gateway_vpc_link"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn refine(&self, proposal: Proposal<'_>) -> Refined {
        tags::refine(&proposal)
    }
}

/// A [`Described`] from one of the outputs that have the same fields under another type.
macro_rules! described {
    ($output:expr) => {{
        let output = $output;
        Described::builder()
            .set_id(output.id)
            .set_name(output.name)
            .set_description(output.description)
            .set_target_arns(output.target_arns)
            .set_status(output.status)
            .set_status_message(output.status_message)
            .set_tags(output.tags)
            .build()
    }};
}

fn report(aws: &Aws, have: &Known, found: &Described) -> Known {
    let id = found.id.as_deref().unwrap_or_default();
    let live = Value::object([
        ("id", Value::from(id)),
        ("name", fields::text(found.name.as_ref())),
        ("description", fields::text(found.description.as_ref())),
        ("target_arns", fields::text_list(found.target_arns.as_deref().unwrap_or_default())),
        ("arn", Value::from(tags::arn(aws, &format!("/vpclinks/{id}")))),
    ]);
    settle(&SCHEMA, have, &tags::report(aws, have, found.tags.as_ref(), live))
}

async fn get(aws: &Aws, id: &str) -> Result<Option<Described>, ProviderError> {
    let call = || aws.apigateway.get_vpc_link().vpc_link_id(id).send();
    Ok(if_there(aws.call("apigateway:GetVpcLink", call).await)?.map(|found| described!(found)))
}

/// All links of the account in the region.
pub(super) async fn list(aws: &Aws) -> Result<Vec<Described>, ProviderError> {
    let mut found = Vec::new();
    let mut position: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let call = || aws.apigateway.get_vpc_links().limit(PAGE).set_position(position.clone()).send();
        let page = aws.call("apigateway:GetVpcLinks", call).await?;
        found.extend(page.items.unwrap_or_default());
        position = page.position;
        if position.is_none() {
            break;
        }
    }
    Ok(found)
}

/// Waits while a link is in `status`; the link afterwards, or nothing when it is gone.
async fn while_in(aws: &Aws, id: &str, status: &VpcLinkStatus) -> Result<Option<Described>, ProviderError> {
    let mut pause = Pause::new(POLL_FIRST, POLL_LAST, READY_FOR);
    loop {
        let found = get(aws, id).await?;
        if found.as_ref().and_then(|link| link.status.as_ref()) != Some(status) {
            return Ok(found);
        }
        if !pause.wait().await {
            let message = format!("the VPC link {id} stayed {}", status.as_str());
            return Err(ProviderError::new(ErrorKind::Service, "apigateway:GetVpcLink", message));
        }
    }
}

#[async_trait]
impl Live for VpcLink {
    async fn read(
        &self,
        aws: &Aws,
        _snapshot: &Snapshot,
        have: &Known,
    ) -> Result<Option<Known>, ProviderError> {
        let found = get(aws, key(have, "id")).await?;
        let there = found.filter(|link| link.status != Some(VpcLinkStatus::Deleting));
        Ok(there.map(|link| report(aws, have, &link)))
    }

    async fn create(&self, aws: &Aws, want: &Known) -> Result<Known, Failed> {
        let call = || {
            let create = aws.apigateway.create_vpc_link().name(key(want, "name"));
            create
                .set_description(to_text(want, "description"))
                .set_target_arns(Some(want.string_items("target_arns")))
                .set_tags(crate::tags::wanted_map(aws, want))
                .send()
        };
        let made = described!(aws.call("apigateway:CreateVpcLink", call).await?);
        let id = made.id.clone().ok_or_else(|| incomplete("apigateway:CreateVpcLink", "id"))?;
        let whole = complete(&SCHEMA, want, &report(aws, want, &made));
        let left = |error| Failed { error, left_behind: Some(whole.clone()) };
        let now = while_in(aws, &id, &VpcLinkStatus::Pending).await.map_err(left)?;
        match now.filter(|link| link.status == Some(VpcLinkStatus::Failed)) {
            None => Ok(whole),
            Some(link) => {
                let message = link.status_message.unwrap_or_else(|| "the VPC link failed".to_owned());
                Err(left(ProviderError::new(ErrorKind::Invalid, "apigateway:CreateVpcLink", message)))
            }
        }
    }

    async fn update(&self, aws: &Aws, have: &Known, want: &Known) -> Result<Known, Failed> {
        tags::update(aws, key(have, "arn"), have, want).await?;
        let difference = Difference { have, want };
        let mut patches = Patches::default();
        patches.scalar("/name", difference, "name");
        patches.scalar("/description", difference, "description");
        let call = || {
            let update = aws.apigateway.update_vpc_link().vpc_link_id(key(have, "id"));
            update.set_patch_operations(patches.operations()).send()
        };
        if !patches.is_empty() {
            aws.call("apigateway:UpdateVpcLink", call).await?;
            while_in(aws, key(have, "id"), &VpcLinkStatus::Pending).await?;
        }
        Ok(complete(&SCHEMA, want, have))
    }

    async fn delete(&self, aws: &Aws, have: &Known) -> Result<(), ProviderError> {
        let id = key(have, "id");
        let call = || aws.apigateway.delete_vpc_link().vpc_link_id(id).send();
        deleted(aws.call("apigateway:DeleteVpcLink", call).await)?;
        while_in(aws, id, &VpcLinkStatus::Deleting).await.map(|_| ())
    }

    async fn import(&self, aws: &Aws, snapshot: &Snapshot, id: &str) -> Result<Option<Known>, ProviderError> {
        self.read(aws, snapshot, &part::split(id, &["id"])?).await
    }

    /// Links have no date, so those that are just what was wanted may be what was made.
    async fn adopt(&self, aws: &Aws, want: &Known, _since_ms: i64) -> Result<Vec<Known>, ProviderError> {
        let found: Vec<Known> = list(aws).await?.iter().map(|link| report(aws, want, link)).collect();
        let alike = |found: &&Known| part::agrees(found, want, &["name", "description", "target_arns"]);
        Ok(found.iter().filter(alike).cloned().collect())
    }
}
