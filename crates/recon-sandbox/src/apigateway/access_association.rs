//! Access associations: which VPC endpoint may reach a private domain name.

use serde_json::Value;

use super::body::{Body, Draft};
use super::domain_name;
use super::page::page;
use super::refuse::{Constraints, bad_request, conflict, not_found};
use super::state::{text, without_empty_tags};
use crate::route::Captures;
use crate::wire::{Answer, Call, Outcome};
use crate::world::World;

pub(super) fn create(world: &mut World, call: &Call, _: &Captures) -> Outcome {
    let body = Body::of(call)?;
    let input = "createDomainNameAccessAssociationInput";
    let (domain, kind, source) = (
        body.text("domainNameArn")?,
        body.text("accessAssociationSourceType")?,
        body.text("accessAssociationSource")?,
    );
    let mut constraints = Constraints::default();
    constraints.present(&format!("{input}.domainNameArn"), domain.as_ref());
    constraints.present(&format!("{input}.accessAssociationSourceType"), kind.as_ref());
    constraints.one_of(&format!("{input}.accessAssociationSourceType"), kind.as_deref(), &["VPCE"]);
    constraints.present(&format!("{input}.accessAssociationSource"), source.as_ref());
    constraints.settle()?;
    let (domain, source) = (domain.unwrap_or_default(), source.unwrap_or_default());
    let region = world.apigateway.region(&call.region);
    if !region.domain_names.values().any(|held| domain_name::arn(&held.about) == domain) {
        return Err(domain_name::no_domain());
    }
    if !source.starts_with("vpce-") {
        return Err(bad_request(format!("Invalid VPC endpoint identifier specified: {source}")));
    }
    let (head, path) = domain.split_once(":/domainnames/").unwrap_or((&domain, ""));
    let arn = format!("{head}:/domainnameaccessassociations/domainname/{path}/vpcesource/{source}");
    if region.access_associations.contains_key(&arn) {
        return Err(conflict("Domain name access association already exists"));
    }
    let about = Draft::default()
        .put("domainNameAccessAssociationArn", arn.clone())
        .put("domainNameArn", domain)
        .set("accessAssociationSourceType", kind)
        .put("accessAssociationSource", source)
        .put("tags", body.text_map("tags")?.unwrap_or_default())
        .done();
    region.access_associations.insert(arn, about.clone());
    Ok(Answer::json(201, &without_empty_tags(&about)))
}

pub(super) fn list(world: &mut World, call: &Call, _: &Captures) -> Outcome {
    let region = world.apigateway.region(&call.region);
    let foreign = call.query_one("resourceOwner") == Some("OTHER_ACCOUNTS");
    page(call, &region.access_associations, |about| (!foreign).then(|| Value::Object(about.clone())))
}

pub(super) fn delete(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let region = world.apigateway.region(&call.region);
    let removed = region.access_associations.remove(at.at(0));
    removed.ok_or_else(|| not_found("Invalid domain name access association identifier specified"))?;
    Ok(Answer::empty(202))
}

/// Rejecting is deleting from the side of the domain name.
pub(super) fn reject(world: &mut World, call: &Call, _: &Captures) -> Outcome {
    let association = call.query_one("domainNameAccessAssociationArn").unwrap_or_default();
    let domain = call.query_one("domainNameArn").unwrap_or_default();
    let region = world.apigateway.region(&call.region);
    let known =
        region.access_associations.get(association).is_some_and(|held| text(held, "domainNameArn") == domain);
    if !known {
        return Err(not_found("Invalid domain name access association identifier specified"));
    }
    region.access_associations.remove(association);
    Ok(Answer::empty(202))
}
