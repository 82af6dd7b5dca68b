//! `aws_api_gateway_domain_name`, its pure half: a domain name of one's own in front of APIs.

use std::sync::LazyLock;

use recon_core::resource_type::{Proposal, Refined, ResourceType};
use recon_core::schema::{Sameness, Schema, at_most_one, at_most_one_or_provider, block, optional, required};
use recon_core::value::Name;
use recon_core::{Diagnostic, Path, Type, Value};

use super::arguments::{given, id, text, text_or_given, text_or_none};
use super::{check, tags};
use crate::shape::is_empty;

pub(super) static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let endpoint = block(
        [
            ("types", required(Type::list(Type::String), "`EDGE`, `REGIONAL` or `PRIVATE`.")),
            ("ip_address_type", text_or_given("`ipv4` or `dualstack`.")),
        ],
        [],
    );
    let mutual_tls = block(
        [
            ("truststore_uri", text("`s3://` address of the certificates that clients may have.")),
            ("truststore_version", text_or_none("Version of that object.")),
        ],
        [],
    );
    let policy = optional(Type::String, "Who may use a private name, as a JSON document.");
    let attributes = [
        ("id", id()),
        ("domain_name", text("The name.").replaces()),
        ("domain_name_id", given("ID that tells private names apart.")),
        ("arn", given("ARN of the name.")),
        ("certificate_arn", text_or_none("ARN of the ACM certificate of an edge name.")),
        ("certificate_name", text_or_none("Name of an uploaded certificate.")),
        ("certificate_body", text_or_none("Certificate to upload.").replaces()),
        ("certificate_chain", text_or_none("Chain of the certificate to upload.").replaces()),
        ("certificate_private_key", text_or_none("Key of the certificate to upload.").replaces().secret()),
        ("certificate_upload_date", given("When the certificate was uploaded.")),
        ("regional_certificate_arn", text_or_none("ARN of the ACM certificate of a regional name.")),
        ("regional_certificate_name", text_or_none("Name of an uploaded certificate of a regional name.")),
        (
            "ownership_verification_certificate_arn",
            text_or_given("ARN of the ACM certificate that proves the ownership, for mutual TLS."),
        ),
        ("policy", policy.compared(Sameness::Policy)),
        ("security_policy", text_or_given("Least TLS version: `TLS_1_0` or `TLS_1_2`.")),
        ("cloudfront_domain_name", given("Where DNS has to point for an edge name.")),
        ("cloudfront_zone_id", given("Hosted zone of that.")),
        ("regional_domain_name", given("Where DNS has to point for a regional name.")),
        ("regional_zone_id", given("Hosted zone of that.")),
        ("tags", crate::tags::tags()),
        ("tags_all", crate::tags::tags_all()),
    ];
    Schema {
        version: 0,
        doc: "A domain name of one's own in front of APIs.",
        block: block(
            attributes,
            [
                ("endpoint_configuration", at_most_one_or_provider(endpoint)),
                ("mutual_tls_authentication", at_most_one(mutual_tls)),
            ],
        ),
    }
});

/// Ways to name the certificate, of which one is used at a time.
const CERTIFICATES: &[&str] =
    &["certificate_arn", "certificate_name", "regional_certificate_arn", "regional_certificate_name"];

/// `aws_api_gateway_domain_name`
#[derive(Clone, Copy)]
pub(crate) struct DomainName;

impl ResourceType for DomainName {
    fn name(&self) -> &'static str {
        "aws_api_gateway_domain_name"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn check(&self, config: &Value) -> Vec<(Path, Diagnostic)> {
        let security = check::one_of(config, "security_policy", &["TLS_1_0", "TLS_1_2"]);
        let given: Vec<&str> =
            CERTIFICATES.iter().filter(|name| !is_empty(config.get(name))).copied().collect();
        let conflict = given.get(1).map(|second| {
            check::invalid(second, format!("`{}` and `{second}` exclude each other.", given[0]))
        });
        security.into_iter().chain(conflict).chain(check::json(config, "policy")).collect()
    }

    fn refine(&self, proposal: Proposal<'_>) -> Refined {
        tags::refine(&proposal)
    }

    fn queue_key(&self, value: &Value) -> Option<Name> {
        value.text("domain_name").map(queue_of)
    }
}

/// The queue of the writes to a domain name and its mappings.
pub(super) fn queue_of(domain_name: &str) -> Name {
    format!("apigateway:domainnames/{domain_name}").into()
}

#[cfg(test)]
mod tests {
    use recon_core::schema::OnChange;

    use super::*;

    #[test]
    fn two_certificates_exclude_each_other() {
        let config = Value::object([
            ("certificate_arn", Value::from("arn:a")),
            ("regional_certificate_arn", Value::from("arn:b")),
        ]);
        assert_eq!(DomainName.check(&config)[0].0, Path::attribute("regional_certificate_arn"));
    }

    #[test]
    fn an_uploaded_certificate_is_never_changed_in_place() {
        assert_eq!(SCHEMA.block.attributes["certificate_body"].on_change, OnChange::Replace);
    }
}
