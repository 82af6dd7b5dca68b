//! `aws_api_gateway_client_certificate`: by which back ends know that a request comes from API Gateway.

use std::sync::LazyLock;

use async_trait::async_trait;
use aws_sdk_apigateway::types::ClientCertificate as Described;
use recon_core::provider::{Failed, ProviderError};
use recon_core::resource_type::{Proposal, Refined, ResourceType};
use recon_core::schema::{Schema, block};
use recon_core::{Known, Value};

use super::arguments::{given, id, text_or_none};
use super::fields::{self, to_text};
use super::part::{self, deleted, if_there, incomplete, key};
use super::patch::{Difference, Patches};
use super::reads::{PAGE, PAGES_MAX};
use super::settle::{complete, settle};
use super::since::is_since;
use super::tags;
use crate::aws::Aws;
use crate::live::Live;
use crate::snapshot::Snapshot;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema {
    version: 0,
    doc: "A client certificate, by which back ends know that a request comes from API Gateway.",
    block: block(
        [
            ("id", id()),
            ("description", text_or_none("What the certificate is for.")),
            ("arn", given("ARN of the certificate.")),
            ("created_date", given("When the certificate was made.")),
            ("expiration_date", given("When the certificate expires.")),
            ("pem_encoded_certificate", given("The certificate, with its public key.")),
            ("tags", crate::tags::tags()),
            ("tags_all", crate::tags::tags_all()),
        ],
        [],
    ),
});

/// `aws_api_gateway_client_certificate`
#[derive(Clone, Copy)]
pub(crate) struct ClientCertificate;

impl ResourceType for ClientCertificate {
    fn name(&self) -> &'static str {
        "aws_api_gateway_client_certificate"
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
            .set_client_certificate_id(output.client_certificate_id)
            .set_description(output.description)
            .set_pem_encoded_certificate(output.pem_encoded_certificate)
            .set_created_date(output.created_date)
            .set_expiration_date(output.expiration_date)
            .set_tags(output.tags)
            .build()
    }};
}

fn report(aws: &Aws, have: &Known, found: &Described) -> Known {
    let id = found.client_certificate_id.as_deref().unwrap_or_default();
    let live = Value::object([
        ("id", Value::from(id)),
        ("description", fields::text(found.description.as_ref())),
        ("arn", Value::from(tags::arn(aws, &format!("/clientcertificates/{id}")))),
        ("created_date", fields::date(found.created_date.as_ref())),
        ("expiration_date", fields::date(found.expiration_date.as_ref())),
        ("pem_encoded_certificate", fields::text(found.pem_encoded_certificate.as_ref())),
    ]);
    settle(&SCHEMA, have, &tags::report(aws, have, found.tags.as_ref(), live))
}

#[async_trait]
impl Live for ClientCertificate {
    async fn read(
        &self,
        aws: &Aws,
        _snapshot: &Snapshot,
        have: &Known,
    ) -> Result<Option<Known>, ProviderError> {
        let call = || aws.apigateway.get_client_certificate().client_certificate_id(key(have, "id")).send();
        let found = if_there(aws.call("apigateway:GetClientCertificate", call).await)?;
        Ok(found.map(|found| report(aws, have, &described!(found))))
    }

    async fn create(&self, aws: &Aws, want: &Known) -> Result<Known, Failed> {
        let call = || {
            let generate = aws.apigateway.generate_client_certificate();
            generate
                .set_description(to_text(want, "description"))
                .set_tags(crate::tags::wanted_map(aws, want))
                .send()
        };
        let made = described!(aws.call("apigateway:GenerateClientCertificate", call).await?);
        if made.client_certificate_id.is_none() {
            return Err(incomplete("apigateway:GenerateClientCertificate", "id").into());
        }
        Ok(complete(&SCHEMA, want, &report(aws, want, &made)))
    }

    async fn update(&self, aws: &Aws, have: &Known, want: &Known) -> Result<Known, Failed> {
        tags::update(aws, key(have, "arn"), have, want).await?;
        let mut patches = Patches::default();
        patches.scalar("/description", Difference { have, want }, "description");
        let call = || {
            let update = aws.apigateway.update_client_certificate().client_certificate_id(key(have, "id"));
            update.set_patch_operations(patches.operations()).send()
        };
        if !patches.is_empty() {
            aws.call("apigateway:UpdateClientCertificate", call).await?;
        }
        Ok(complete(&SCHEMA, want, have))
    }

    async fn delete(&self, aws: &Aws, have: &Known) -> Result<(), ProviderError> {
        let call =
            || aws.apigateway.delete_client_certificate().client_certificate_id(key(have, "id")).send();
        deleted(aws.call("apigateway:DeleteClientCertificate", call).await)
    }

    async fn import(&self, aws: &Aws, snapshot: &Snapshot, id: &str) -> Result<Option<Known>, ProviderError> {
        self.read(aws, snapshot, &part::split(id, &["id"])?).await
    }

    async fn adopt(&self, aws: &Aws, want: &Known, since_ms: i64) -> Result<Vec<Known>, ProviderError> {
        let mut found = Vec::new();
        let mut position: Option<String> = None;
        for _ in 0..PAGES_MAX {
            let call =
                || aws.apigateway.get_client_certificates().limit(PAGE).set_position(position.clone()).send();
            let page = aws.call("apigateway:GetClientCertificates", call).await?;
            let fresh = page.items.unwrap_or_default().into_iter();
            found.extend(fresh.filter(|it| is_since(it.created_date.as_ref(), since_ms)));
            position = page.position;
            if position.is_none() {
                break;
            }
        }
        let found = found.iter().map(|it| report(aws, want, it));
        Ok(found.filter(|found| part::agrees(found, want, &["description"])).collect())
    }
}
