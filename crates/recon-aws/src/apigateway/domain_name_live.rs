//! `aws_api_gateway_domain_name`, its live half.

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_apigateway::types::{
    DomainName as Described, DomainNameStatus, EndpointConfiguration, EndpointType, IpAddressType,
    MutualTlsAuthenticationInput, SecurityPolicy,
};
use recon_core::provider::{ErrorKind, Failed, ProviderError};
use recon_core::{Known, Type, Value};

use super::domain_name::{DomainName, SCHEMA};
use super::fields::{self, to_text};
use super::part::{self, deleted, if_there, key};
use super::patch::{Difference, Patches};
use super::reads::{PAGE, PAGES_MAX};
use super::settle::{complete, settle};
use super::{policy_text, tags};
use crate::aws::Aws;
use crate::call::Pause;
use crate::live::Live;
use crate::snapshot::Snapshot;

/// A change of certificate or endpoint takes minutes.
const READY_FOR: Duration = Duration::from_hours(1);
const POLL_FIRST: Duration = Duration::from_secs(1);
const POLL_LAST: Duration = Duration::from_secs(15);

/// A [`Described`] from one of the outputs that have the same fields under another type.
macro_rules! described {
    ($output:expr) => {{
        let output = $output;
        Described::builder()
            .set_domain_name(output.domain_name)
            .set_domain_name_id(output.domain_name_id)
            .set_domain_name_arn(output.domain_name_arn)
            .set_certificate_name(output.certificate_name)
            .set_certificate_arn(output.certificate_arn)
            .set_certificate_upload_date(output.certificate_upload_date)
            .set_regional_domain_name(output.regional_domain_name)
            .set_regional_hosted_zone_id(output.regional_hosted_zone_id)
            .set_regional_certificate_name(output.regional_certificate_name)
            .set_regional_certificate_arn(output.regional_certificate_arn)
            .set_distribution_domain_name(output.distribution_domain_name)
            .set_distribution_hosted_zone_id(output.distribution_hosted_zone_id)
            .set_endpoint_configuration(output.endpoint_configuration)
            .set_domain_name_status(output.domain_name_status)
            .set_domain_name_status_message(output.domain_name_status_message)
            .set_security_policy(output.security_policy)
            .set_tags(output.tags)
            .set_mutual_tls_authentication(output.mutual_tls_authentication)
            .set_ownership_verification_certificate_arn(output.ownership_verification_certificate_arn)
            .set_policy(output.policy)
            .build()
    }};
}

/// What AWS reports of a domain name.
pub(super) fn describe(found: &Described) -> Value {
    let endpoint = found.endpoint_configuration.as_ref().map(|endpoint| {
        let types: Vec<&str> = endpoint.types().iter().map(EndpointType::as_str).collect();
        let ip = endpoint.ip_address_type.as_ref().map(IpAddressType::as_str);
        Value::object([("types", fields::text_list(&types)), ("ip_address_type", fields::text(ip))])
    });
    let mutual_tls = found.mutual_tls_authentication.as_ref().filter(|tls| tls.truststore_uri.is_some());
    let mutual_tls = mutual_tls.map(|tls| {
        Value::object([
            ("truststore_uri", fields::text(tls.truststore_uri.as_ref())),
            ("truststore_version", fields::text(tls.truststore_version.as_ref())),
        ])
    });
    Value::object([
        ("domain_name", fields::text(found.domain_name.as_ref())),
        ("domain_name_id", fields::text(found.domain_name_id.as_ref())),
        ("certificate_arn", fields::text(found.certificate_arn.as_ref())),
        ("certificate_name", fields::text(found.certificate_name.as_ref())),
        ("certificate_upload_date", fields::date(found.certificate_upload_date.as_ref())),
        ("regional_certificate_arn", fields::text(found.regional_certificate_arn.as_ref())),
        ("regional_certificate_name", fields::text(found.regional_certificate_name.as_ref())),
        (
            "ownership_verification_certificate_arn",
            fields::text(found.ownership_verification_certificate_arn.as_ref()),
        ),
        ("policy", fields::text(found.policy.as_deref().map(policy_text::unescaped))),
        ("security_policy", fields::text(found.security_policy.as_ref().map(SecurityPolicy::as_str))),
        ("cloudfront_domain_name", fields::text(found.distribution_domain_name.as_ref())),
        ("cloudfront_zone_id", fields::text(found.distribution_hosted_zone_id.as_ref())),
        ("regional_domain_name", fields::text(found.regional_domain_name.as_ref())),
        ("regional_zone_id", fields::text(found.regional_hosted_zone_id.as_ref())),
        ("endpoint_configuration", Value::list(Type::Any, endpoint.into_iter().collect())),
        ("mutual_tls_authentication", Value::list(Type::Any, mutual_tls.into_iter().collect())),
    ])
}

/// The ARN that AWS reports, or the one that a public name has.
pub(super) fn arn(aws: &Aws, found: &Described) -> String {
    let name = found.domain_name.as_deref().unwrap_or_default();
    found.domain_name_arn.clone().unwrap_or_else(|| tags::arn(aws, &format!("/domainnames/{name}")))
}

fn report(aws: &Aws, have: &Known, found: &Described) -> Known {
    let name = found.domain_name.as_deref().unwrap_or_default();
    // Private names are not unique, so their id belongs to the key.
    let id = match found.domain_name_id.as_deref().filter(|id| !id.is_empty()) {
        Some(id) => format!("{name}/{id}"),
        None => name.to_owned(),
    };
    let live = tags::report(aws, have, found.tags.as_ref(), describe(found));
    let arn = arn(aws, found);
    let mut live = live.with("id", Value::from(id)).with("arn", Value::from(arn.as_str()));
    if let Some(policy) = &found.policy {
        live = live.with("policy", Value::from(remembered_policy(policy, have.text("policy"), &arn)));
    }
    settle(&SCHEMA, have, &live)
}

/// The policy as it is spelled in the configuration, where AWS has only written out its ARNs, with the name's id or
/// without.
fn remembered_policy(live: &str, have: Option<&str>, arn: &str) -> String {
    let with_id = arn.replacen(":apigateway:", ":execute-api:", 1);
    let without_id = with_id.rsplit_once('+').map_or(with_id.as_str(), |(name, _)| name);
    let spelled = policy_text::remembered(live, have, without_id);
    if have == Some(&spelled) { spelled } else { policy_text::remembered(live, have, &with_id) }
}

/// The domain name that a value is about, read now.
pub(super) async fn get(aws: &Aws, place: &Value) -> Result<Option<Described>, ProviderError> {
    let call = || {
        let get = aws.apigateway.get_domain_name().domain_name(key(place, "domain_name"));
        get.set_domain_name_id(to_text(place, "domain_name_id")).send()
    };
    Ok(if_there(aws.call("apigateway:GetDomainName", call).await)?.map(|found| described!(found)))
}

/// All domain names of the account in the region.
pub(super) async fn list(aws: &Aws) -> Result<Vec<Described>, ProviderError> {
    let mut found = Vec::new();
    let mut position: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let call = || aws.apigateway.get_domain_names().limit(PAGE).set_position(position.clone()).send();
        let page = aws.call("apigateway:GetDomainNames", call).await?;
        found.extend(page.items.unwrap_or_default());
        position = page.position;
        if position.is_none() {
            break;
        }
    }
    Ok(found)
}

fn patches(have: &Known, want: &Known) -> Patches {
    const PATHS: &[(&str, &str)] = &[
        ("/certificateArn", "certificate_arn"),
        ("/certificateName", "certificate_name"),
        ("/regionalCertificateArn", "regional_certificate_arn"),
        ("/regionalCertificateName", "regional_certificate_name"),
        ("/ownershipVerificationCertificateArn", "ownership_verification_certificate_arn"),
        ("/policy", "policy"),
        ("/securityPolicy", "security_policy"),
    ];
    let difference = Difference { have, want };
    let mut patches = Patches::default();
    for (path, argument) in PATHS {
        patches.scalar(path, difference, argument);
    }
    let none = Value::null(Type::Any);
    let parts = |name: &str| (have.block(name).unwrap_or(&none), want.block(name));
    if let (have, Some(want)) = parts("endpoint_configuration") {
        let kind = |endpoint: &Value| endpoint.string_items("types").into_iter().next();
        if kind(have) != kind(want) {
            patches.replace("/endpointConfiguration/types/0", kind(want));
        }
        if !want.get("ip_address_type").is_null() {
            patches.scalar(
                "/endpointConfiguration/ipAddressType",
                Difference { have, want },
                "ip_address_type",
            );
        }
    }
    let (have, want) = parts("mutual_tls_authentication");
    // Without a trust store there is no mutual TLS.
    let difference = Difference { have, want: want.unwrap_or(&none) };
    patches.scalar("/mutualTlsAuthentication/truststoreUri", difference, "truststore_uri");
    if want.is_some() {
        patches.scalar("/mutualTlsAuthentication/truststoreVersion", difference, "truststore_version");
    }
    patches
}

/// Waits until a change of the name is through.
async fn settled(aws: &Aws, mut found: Described) -> Result<Described, ProviderError> {
    let mut pause = Pause::new(POLL_FIRST, POLL_LAST, READY_FOR);
    let place = Value::object([
        ("domain_name", fields::text(found.domain_name.as_ref())),
        ("domain_name_id", fields::text(found.domain_name_id.as_ref())),
    ]);
    while found.domain_name_status == Some(DomainNameStatus::Updating) {
        if !pause.wait().await {
            let message = "the domain name did not become available";
            return Err(ProviderError::new(ErrorKind::Service, "apigateway:GetDomainName", message));
        }
        match get(aws, &place).await? {
            Some(now) => found = now,
            None => break,
        }
    }
    Ok(found)
}

async fn make(aws: &Aws, want: &Known) -> Result<Described, ProviderError> {
    let endpoint = want.block("endpoint_configuration").map(|endpoint| {
        let types =
            endpoint.string_items("types").iter().map(|kind| EndpointType::from(kind.as_str())).collect();
        EndpointConfiguration::builder()
            .set_types(Some(types))
            .set_ip_address_type(endpoint.text("ip_address_type").map(IpAddressType::from))
            .build()
    });
    let mutual_tls = want.block("mutual_tls_authentication").map(|tls| {
        MutualTlsAuthenticationInput::builder()
            .set_truststore_uri(to_text(tls, "truststore_uri"))
            .set_truststore_version(to_text(tls, "truststore_version"))
            .build()
    });
    let call = || {
        let create = aws.apigateway.create_domain_name().domain_name(key(want, "domain_name"));
        create
            .set_certificate_arn(to_text(want, "certificate_arn"))
            .set_certificate_name(to_text(want, "certificate_name"))
            .set_certificate_body(to_text(want, "certificate_body"))
            .set_certificate_chain(to_text(want, "certificate_chain"))
            .set_certificate_private_key(to_text(want, "certificate_private_key"))
            .set_regional_certificate_arn(to_text(want, "regional_certificate_arn"))
            .set_regional_certificate_name(to_text(want, "regional_certificate_name"))
            .set_ownership_verification_certificate_arn(to_text(
                want,
                "ownership_verification_certificate_arn",
            ))
            .set_policy(to_text(want, "policy"))
            .set_security_policy(want.text("security_policy").map(SecurityPolicy::from))
            .set_endpoint_configuration(endpoint.clone())
            .set_mutual_tls_authentication(mutual_tls.clone())
            .set_tags(crate::tags::wanted_map(aws, want))
            .send()
    };
    Ok(described!(aws.call("apigateway:CreateDomainName", call).await?))
}

#[async_trait]
impl Live for DomainName {
    async fn read(
        &self,
        aws: &Aws,
        _snapshot: &Snapshot,
        have: &Known,
    ) -> Result<Option<Known>, ProviderError> {
        Ok(get(aws, have).await?.map(|found| report(aws, have, &found)))
    }

    async fn create(&self, aws: &Aws, want: &Known) -> Result<Known, Failed> {
        let made = make(aws, want).await?;
        let whole = complete(&SCHEMA, want, &report(aws, want, &made));
        let left = |error| Failed { error, left_behind: Some(whole.clone()) };
        let made = settled(aws, made).await.map_err(left)?;
        Ok(complete(&SCHEMA, want, &report(aws, want, &made)))
    }

    async fn update(&self, aws: &Aws, have: &Known, want: &Known) -> Result<Known, Failed> {
        tags::update(aws, key(have, "arn"), have, want).await?;
        let patches = patches(have, want);
        if patches.is_empty() {
            return Ok(complete(&SCHEMA, want, have));
        }
        let call = || {
            let update = aws.apigateway.update_domain_name().domain_name(key(have, "domain_name"));
            update
                .set_domain_name_id(to_text(have, "domain_name_id"))
                .set_patch_operations(patches.operations())
                .send()
        };
        let changed = described!(aws.call("apigateway:UpdateDomainName", call).await?);
        let changed = settled(aws, changed).await?;
        Ok(complete(&SCHEMA, want, &report(aws, want, &changed)))
    }

    async fn delete(&self, aws: &Aws, have: &Known) -> Result<(), ProviderError> {
        let call = || {
            let delete = aws.apigateway.delete_domain_name().domain_name(key(have, "domain_name"));
            delete.set_domain_name_id(to_text(have, "domain_name_id")).send()
        };
        deleted(aws.call("apigateway:DeleteDomainName", call).await)
    }

    async fn import(&self, aws: &Aws, snapshot: &Snapshot, id: &str) -> Result<Option<Known>, ProviderError> {
        let names: &[&'static str] =
            if id.contains('/') { &["domain_name", "domain_name_id"] } else { &["domain_name"] };
        self.read(aws, snapshot, &part::split(id, names)?).await
    }

    async fn adopt(&self, aws: &Aws, want: &Known, _since_ms: i64) -> Result<Vec<Known>, ProviderError> {
        Ok(get(aws, want).await?.map(|found| report(aws, want, &found)).into_iter().collect())
    }
}
