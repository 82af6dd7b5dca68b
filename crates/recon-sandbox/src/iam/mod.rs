//! IAM: roles, their policies, and managed policies, over the query protocol.

mod details;
mod document;
mod managed;
mod model;
mod names;
mod params;
mod policy;
mod policy_version;
mod role;
mod role_policy;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use self::params::Params;
pub(crate) use self::policy::Policy;
pub(crate) use self::role::Role;
use crate::wire::{Answer, Call, Refusal};
use crate::world::World;
use crate::xml::Xml;

/// The quota on tags per role or policy.
const TAGS_MAX: usize = 50;
const NAMESPACE: &str = "https://iam.amazonaws.com/doc/2010-05-08/";

/// What IAM remembers.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Iam {
    /// The roles by name.
    pub roles: BTreeMap<String, Role>,
    /// The customer-managed policies by ARN.
    pub policies: BTreeMap<String, Policy>,
}

/// What an operation returns: the inside of its result element, or nothing.
type Reply = Result<Xml, Refusal>;
type Operation = fn(&mut World, &Params, i64) -> Reply;

/// Every operation, its name and its handler.
const OPERATIONS: [(&str, Operation); 37] = [
    ("AttachRolePolicy", role_policy::attach),
    ("CreatePolicy", policy::create),
    ("CreatePolicyVersion", policy_version::create),
    ("CreateRole", role::create),
    ("DeletePolicy", policy::delete),
    ("DeletePolicyVersion", policy_version::delete),
    ("DeleteRole", role::delete),
    ("DeleteRolePermissionsBoundary", role::delete_boundary),
    ("DeleteRolePolicy", role_policy::delete),
    ("DetachRolePolicy", role_policy::detach),
    ("GetAccountAuthorizationDetails", details::get),
    ("GetPolicy", policy::get),
    ("GetPolicyVersion", policy_version::get),
    ("GetRole", role::get),
    ("GetRolePolicy", role_policy::get),
    ("ListAccountAliases", details::list_account_aliases),
    ("ListAttachedRolePolicies", role_policy::list_attached),
    ("ListEntitiesForPolicy", policy::list_entities),
    ("ListInstanceProfilesForRole", role::list_instance_profiles),
    ("ListPolicies", policy::list),
    ("ListPolicyTags", policy::list_tags),
    ("ListPolicyVersions", policy_version::list),
    ("ListRolePolicies", role_policy::list),
    ("ListRoleTags", role::list_tags),
    ("ListRoles", role::list),
    ("PutRolePermissionsBoundary", role::put_boundary),
    ("PutRolePolicy", role_policy::put),
    ("SetDefaultPolicyVersion", policy_version::set_default),
    ("TagPolicy", policy::tag),
    ("TagRole", role::tag),
    ("UntagPolicy", policy::untag),
    ("UntagRole", role::untag),
    ("UpdateAssumeRolePolicy", role::update_trust),
    ("UpdateRole", role::update),
    ("UpdateRoleDescription", role::update_description),
    ("GetUser", details::get_user),
    ("ListUsers", details::list_users),
];

/// Returns the operation a call names.
pub(crate) fn operation(call: &Call) -> Option<&'static str> {
    find(&Params::of(call)).map(|(name, _)| name)
}

/// Answers a call.
pub(crate) fn handle(world: &mut World, call: &Call) -> crate::wire::Outcome {
    let params = Params::of(call);
    let (name, operation) = find(&params).ok_or_else(|| Refusal::unknown(call))?;
    if let Some(message) = crate::model::violations(model::CONSTRAINTS, name, |member| params.member(member))
    {
        return Err(params::validation(message));
    }
    let inside = operation(world, &params, call.now_ms)?;
    let metadata = Xml::new().text("RequestId", &call.request_id);
    let text =
        Xml::new().nest(&format!("{name}Result"), &inside).nest("ResponseMetadata", &metadata).into_text();
    Ok(Answer::xml(200, format!("<{name}Response xmlns=\"{NAMESPACE}\">{text}</{name}Response>")))
}

fn find(params: &Params) -> Option<(&'static str, Operation)> {
    let action = params.get("Action")?;
    OPERATIONS.iter().find(|(name, _)| *name == action).copied()
}

fn no_such_entity(message: impl Into<String>) -> Refusal {
    Refusal::new(404, "NoSuchEntity", message)
}

fn tags_xml(tags: &BTreeMap<String, String>) -> Vec<Xml> {
    tags.iter().map(|(key, value)| Xml::new().text("Key", key).text("Value", value)).collect()
}

/// Returns the tags of a role with those of a call added. Unlike those of policies, their keys differ by more than case:
/// a key that is there in another case gives way.
fn role_tagged(
    known: &BTreeMap<String, String>,
    params: &Params,
) -> Result<BTreeMap<String, String>, Refusal> {
    let added: Vec<String> = params.tags().keys().map(|key| key.to_lowercase()).collect();
    if (1..added.len()).any(|index| added[..index].contains(&added[index])) {
        let message = "Duplicate tag keys found. Please note that Tag keys are case insensitive.";
        return Err(Refusal::new(400, "InvalidInput", message));
    }
    let mut kept = known.clone();
    kept.retain(|key, _| !added.contains(&key.to_lowercase()));
    tagged(&kept, params)
}

/// Returns tags with those of a call added.
fn tagged(known: &BTreeMap<String, String>, params: &Params) -> Result<BTreeMap<String, String>, Refusal> {
    let mut tags = known.clone();
    tags.extend(params.tags());
    if tags.len() > TAGS_MAX {
        return Err(Refusal::new(409, "LimitExceeded", "The number of tags has reached the maximum limit."));
    }
    if tags.keys().any(|key| key.to_ascii_lowercase().starts_with("aws:")) {
        return Err(params::validation("aws: prefixed tag key names are not allowed for external use."));
    }
    Ok(tags)
}

/// Returns the page of tags that a call asks for.
fn tags_page(tags: &BTreeMap<String, String>, params: &Params) -> Reply {
    let (page, next) = params.page(tags.keys().map(String::as_str).zip(tags_xml(tags)))?;
    Ok(page_end(Xml::new().list("Tags", page), next.as_deref()))
}

/// Adds a page's `IsTruncated` and `Marker`.
fn page_end(xml: Xml, next: Option<&str>) -> Xml {
    xml.text("IsTruncated", if next.is_some() { "true" } else { "false" }).maybe("Marker", next)
}

#[cfg(test)]
mod tests;
