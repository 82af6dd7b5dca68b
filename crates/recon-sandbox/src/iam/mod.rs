//! IAM: roles, their policies, and managed policies, over the query protocol.

mod details;
mod document;
mod managed;
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

/// Adds a page's `IsTruncated` and `Marker`.
fn page_end(xml: Xml, next: Option<&str>) -> Xml {
    xml.text("IsTruncated", if next.is_some() { "true" } else { "false" }).maybe("Marker", next)
}

#[cfg(test)]
mod tests;
