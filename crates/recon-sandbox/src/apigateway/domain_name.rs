//! Custom domain names: public ones by their name, private ones by name and id.

use serde_json::{Value, json};

use super::body::{Body, Draft};
use super::page::page;
use super::patch::{self, REPLACE, REPLACE_REMOVE, Rule, Wording, rule};
use super::refuse::{Constraints, bad_request, conflict, not_found};
use super::state::{Document, DomainName, text, without_empty_tags};
use super::{endpoint, rest_api};
use crate::route::Captures;
use crate::wire::{Answer, Call, Outcome, Refusal};
use crate::world::World;

const RULES: &[Rule] = &[
    rule("/certificateName", REPLACE, patch::text),
    rule("/certificateArn", REPLACE, patch::text),
    rule("/regionalCertificateName", REPLACE, patch::text),
    rule("/regionalCertificateArn", REPLACE, patch::text),
    rule("/endpointConfiguration/types/{type}", endpoint::ANY, endpoint::change_type),
    rule("/endpointConfiguration/ipAddressType", REPLACE, endpoint::change_ip_address_type),
    rule("/securityPolicy", REPLACE, patch::text),
    rule("/endpointAccessMode", REPLACE, patch::text),
    rule("/mutualTlsAuthentication/truststoreUri", REPLACE_REMOVE, patch::text),
    rule("/mutualTlsAuthentication/truststoreVersion", REPLACE_REMOVE, patch::text),
    rule("/ownershipVerificationCertificateArn", REPLACE, patch::text),
    rule("/policy", REPLACE_REMOVE, patch::text),
    rule("/managementPolicy", REPLACE_REMOVE, patch::text),
    rule("/routingMode", REPLACE, patch::text),
];

/// The hosted zone of every edge distribution.
const EDGE_ZONE: &str = "Z2FDTNDATAQYW2";
const REGIONAL_ZONE: &str = "Z1UJRXOUMOOFQ8";

/// Says that there is no such domain name.
pub(super) fn no_domain() -> Refusal {
    not_found("Invalid domain name identifier specified")
}

/// Returns the key a call means: a private domain name is told from others of its name by its id.
pub(super) fn key(call: &Call, name: &str) -> String {
    call.query_one("domainNameId").map_or_else(|| name.to_owned(), |id| format!("{name}+{id}"))
}

/// Returns the domain name a call means, or says that there is none.
pub(super) fn of<'w>(
    world: &'w mut World,
    call: &Call,
    at: &Captures,
) -> Result<&'w mut DomainName, Refusal> {
    let key = key(call, at.at(0));
    world.apigateway.region(&call.region).domain_names.get_mut(&key).ok_or_else(no_domain)
}

pub(super) fn create(world: &mut World, call: &Call, _: &Captures) -> Outcome {
    let body = Body::of(call)?;
    let name = body.text("domainName")?;
    let mut constraints = Constraints::default();
    constraints.present("createDomainNameInput.domainName", name.as_ref());
    let asked = endpoint::read(&body, "createDomainNameInput", &mut constraints)?;
    constraints.settle()?;
    let name = name.unwrap_or_default();
    if name.is_empty() {
        return Err(bad_request("No Domain Name specified"));
    }
    check_name(&name)?;
    let endpoint = endpoint::settle(&asked)?;
    let kind = endpoint["types"][0].as_str().unwrap_or_default().to_owned();
    let certificates = [
        "certificateArn",
        "certificateName",
        "certificateBody",
        "regionalCertificateArn",
        "regionalCertificateName",
    ];
    if !certificates.iter().any(|certificate| body.keys().any(|key| key == *certificate)) {
        return Err(bad_request("A certificate must be specified for the domain name"));
    }
    let mut about = read(&body, &name)?;
    about.insert("endpointConfiguration".to_owned(), endpoint);
    about.extend(address(world, call, &kind, &name));
    check_settings(&about, &call.region)?;
    if kind == "PRIVATE" {
        rest_api::check_policy(&mut about, &execution_arn(world, call, &name))?;
    }
    let key = match about.get("domainNameId").and_then(Value::as_str) {
        Some(id) => format!("{name}+{id}"),
        None => name,
    };
    let region = world.apigateway.region(&call.region);
    if region.domain_names.contains_key(&key) {
        return Err(conflict("The domain name you provided already exists."));
    }
    let answer = Answer::json(201, &without_empty_tags(&about));
    region.domain_names.insert(key, DomainName { about, ..DomainName::default() });
    Ok(answer)
}

pub(super) fn get(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    Ok(Answer::json(200, &Value::Object(of(world, call, at)?.about.clone())))
}

pub(super) fn list(world: &mut World, call: &Call, _: &Captures) -> Outcome {
    let region = world.apigateway.region(&call.region);
    let foreign = call.query_one("resourceOwner") == Some("OTHER_ACCOUNTS");
    page(call, &region.domain_names, |domain| (!foreign).then(|| without_empty_tags(&domain.about)))
}

pub(super) fn update(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let patches = patch::read(call, "UpdateDomainName")?;
    let domain = of(world, call, at)?;
    let about = patch::apply(&domain.about, &patches, RULES, Wording::Listed)?;
    check_settings(&about, &call.region)?;
    domain.about = about;
    Ok(Answer::json(200, &Value::Object(domain.about.clone())))
}

/// The mappings below go with it.
pub(super) fn delete(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    of(world, call, at)?;
    world.apigateway.region(&call.region).domain_names.remove(&key(call, at.at(0)));
    Ok(Answer::empty(202))
}

/// Refuses what is no name of a domain; its first label may stand for any.
fn check_name(name: &str) -> Result<(), Refusal> {
    let rest = name.strip_prefix("*.").unwrap_or(name);
    let label = |label: &str| {
        let edges = !label.starts_with('-') && !label.ends_with('-');
        (1..=63).contains(&label.len())
            && edges
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    if name.len() <= 253 && rest.contains('.') && rest.split('.').all(label) {
        return Ok(());
    }
    Err(bad_request(format!("Invalid domain name specified: {name}")))
}

/// Checks the certificates and the choices that have few values.
fn check_settings(about: &Document, region: &str) -> Result<(), Refusal> {
    for (key, wanted) in [("certificateArn", "us-east-1"), ("regionalCertificateArn", region)] {
        let arn = text(about, key);
        // A private name has its certificate where it is.
        let wanted = if endpoint::kind(about) == "PRIVATE" { region } else { wanted };
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        match parts.as_slice() {
            [""] | ["arn", _, "iam", "", ..] => {}
            ["arn", _, "acm", place, _, _] if *place == wanted => {}
            ["arn", _, "acm", _, _, _] => {
                return Err(bad_request(format!(
                    "Invalid certificate ARN: {arn}. Certificate must be in '{wanted}'."
                )));
            }
            _ => return Err(bad_request(format!("Invalid certificate ARN: {arn}"))),
        }
    }
    let store = about.get("mutualTlsAuthentication").and_then(|mutual| mutual["truststoreUri"].as_str());
    if store.is_some_and(|store| !store.starts_with("s3://") || store.len() <= "s3://".len()) {
        return Err(bad_request("Invalid truststore URI specified. It must be the address of an S3 object"));
    }
    let policy = text(about, "securityPolicy");
    if !["TLS_1_0", "TLS_1_2"].contains(&policy) && !policy.starts_with("SecurityPolicy_") {
        return Err(bad_request(format!("Invalid security policy specified: {policy}")));
    }
    Ok(())
}

fn read(body: &Body, name: &str) -> Result<Document, Refusal> {
    let mutual = body.structure("mutualTlsAuthentication")?;
    let mutual = mutual
        .map(|mutual| -> Result<Document, Refusal> {
            Ok(Draft::default()
                .set("truststoreUri", mutual.text("truststoreUri")?)
                .set("truststoreVersion", mutual.text("truststoreVersion")?)
                .done())
        })
        .transpose()?;
    let or = |value: Option<String>, otherwise: &str| value.unwrap_or_else(|| otherwise.to_owned());
    Ok(Draft::default()
        .put("domainName", name)
        .set("certificateName", body.text("certificateName")?)
        .set("certificateArn", body.text("certificateArn")?)
        .set("regionalCertificateName", body.text("regionalCertificateName")?)
        .set("regionalCertificateArn", body.text("regionalCertificateArn")?)
        .put("domainNameStatus", "AVAILABLE")
        .put("securityPolicy", or(body.text("securityPolicy")?, "TLS_1_2"))
        .set("endpointAccessMode", body.text("endpointAccessMode")?)
        .set("mutualTlsAuthentication", mutual)
        .set("ownershipVerificationCertificateArn", body.text("ownershipVerificationCertificateArn")?)
        .set("policy", body.text("policy")?.filter(|policy| !policy.is_empty()))
        .put("routingMode", or(body.text("routingMode")?, "BASE_PATH_MAPPING_ONLY"))
        .put("tags", body.text_map("tags")?.unwrap_or_default())
        .done())
}

/// Returns where the domain name is reached, which depends on the kind of endpoint.
fn address(world: &mut World, call: &Call, kind: &str, name: &str) -> Document {
    let (region, account) = (&call.region, world.account.clone());
    let id = world.ids.next_id(13);
    let now = call.now_ms.div_euclid(1000);
    let arn = |path: &str, owner: &str| format!("arn:aws:apigateway:{region}:{owner}:/domainnames/{path}");
    let draft = match kind {
        "EDGE" => Draft::default()
            .put("distributionDomainName", format!("d{id}.cloudfront.net"))
            .put("distributionHostedZoneId", EDGE_ZONE)
            .put("certificateUploadDate", now)
            .put("domainNameArn", arn(name, "")),
        "REGIONAL" => Draft::default()
            .put(
                "regionalDomainName",
                format!("d-{}.execute-api.{region}.amazonaws.com", &id[..10.min(id.len())]),
            )
            .put("regionalHostedZoneId", REGIONAL_ZONE)
            .put("domainNameArn", arn(name, "")),
        _ => {
            let id = &id[..10.min(id.len())];
            Draft::default()
                .put("domainNameId", id)
                .put("domainNameArn", arn(&format!("{name}+{id}"), &account))
                .put("managementPolicy", json!({"Version": "2012-10-17", "Statement": []}).to_string())
        }
    };
    draft.done()
}

fn execution_arn(world: &World, call: &Call, name: &str) -> String {
    format!("arn:aws:execute-api:{}:{}:/domainnames/{name}", call.region, world.account)
}

/// Returns the ARN a domain name has by its attributes.
pub(super) fn arn(about: &Document) -> &str {
    text(about, "domainNameArn")
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    const HERE: &str = "arn:aws:acm:eu-west-1:123456789012:certificate/a";

    #[test_case("api.example.com" => true)]
    #[test_case("*.example.com" => true)]
    #[test_case("example" => false; "one label")]
    #[test_case("a b.example.com" => false; "space")]
    #[test_case("-a.example.com" => false; "hyphen first")]
    #[test_case("a..com" => false; "empty label")]
    fn names(name: &str) -> bool {
        check_name(name).is_ok()
    }

    #[test_case(&json!({ "regionalCertificateArn": HERE }) => true; "regional here")]
    #[test_case(&json!({ "certificateArn": HERE }) => false; "edge not in us-east-1")]
    #[test_case(&json!({ "certificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/a" }) => true; "edge in us-east-1")]
    #[test_case(&json!({ "certificateArn": "a" }) => false; "no arn")]
    #[test_case(&json!({ "certificateArn": HERE, "endpointConfiguration": { "types": ["PRIVATE"] } }) => true; "private here")]
    #[test_case(&json!({ "securityPolicy": "TLS_9" }) => false; "unknown policy")]
    #[test_case(&json!({ "securityPolicy": "SecurityPolicy_TLS13_1_3_2025_09" }) => true; "named policy")]
    #[test_case(&json!({ "mutualTlsAuthentication": { "truststoreUri": "bucket/key" } }) => false; "no address of an object")]
    #[test_case(&json!({ "mutualTlsAuthentication": { "truststoreUri": "s3://bucket/key" } }) => true; "address of an object")]
    fn settings(more: &Value) -> bool {
        let mut about = Draft::default().put("securityPolicy", "TLS_1_2").done();
        about.extend(more.as_object().unwrap().clone());
        check_settings(&about, "eu-west-1").is_ok()
    }
}
