//! The whole account at once, and the little that clients ask about users.

use std::collections::BTreeSet;

use super::params::Params;
use super::role_policy::attached_xml;
use super::{Policy, Reply, Role, managed, no_such_entity, page_end, policy, tags_xml};
use crate::time;
use crate::wire::percent_encode;
use crate::world::World;
use crate::xml::Xml;

pub(crate) fn get(world: &mut World, params: &Params, _now_ms: i64) -> Reply {
    let filter = params.list("Filter");
    let wants = |kind: &str| filter.is_empty() || filter.iter().any(|wanted| wanted == kind);
    // Both lists share one page; the prefix keeps roles before policies and names what a marker points at.
    let roles = world.iam.roles.values().filter(|_| wants("Role"));
    let policies = world.iam.policies.values().filter(|_| wants("LocalManagedPolicy")).cloned();
    // Of those that AWS manages, only those that are attached belong to the account.
    let attached: BTreeSet<&String> = world.iam.roles.values().flat_map(|role| &role.attached).collect();
    let of_aws =
        attached.into_iter().filter(|_| wants("AWSManagedPolicy")).filter_map(|arn| managed::find(arn));
    let keyed: Vec<(String, Entry<'_>)> = roles
        .map(|role| (format!("1{}", role.name), Entry::Role(role)))
        .chain(
            policies
                .chain(of_aws)
                .map(|policy| (format!("2{}", policy.arn), Entry::Policy(Box::new(policy)))),
        )
        .collect();
    let (page, next) = params.page(keyed.iter().map(|(key, entry)| (key.as_str(), entry)))?;
    let mut role_details = Vec::new();
    let mut policy_details = Vec::new();
    for entry in page {
        match entry {
            Entry::Role(role) => role_details.push(role_detail(role)),
            Entry::Policy(policy) => policy_details.push(policy_detail(world, policy)),
        }
    }
    let xml = Xml::new()
        .list("UserDetailList", [])
        .list("GroupDetailList", [])
        .list("RoleDetailList", role_details)
        .list("Policies", policy_details);
    Ok(page_end(xml, next.as_deref()))
}

enum Entry<'a> {
    Role(&'a Role),
    Policy(Box<Policy>),
}

fn role_detail(role: &Role) -> Xml {
    let inline = role.inline.iter().map(|(name, text)| {
        Xml::new().text("PolicyName", name).text("PolicyDocument", &percent_encode(text))
    });
    role.head()
        .list("InstanceProfileList", [])
        .list("RolePolicyList", inline)
        .list("AttachedManagedPolicies", role.attached.iter().map(|arn| attached_xml(arn)))
        .join(&role.boundary_xml())
        .list("Tags", tags_xml(&role.tags))
        .nest("RoleLastUsed", &Xml::new())
}

fn policy_detail(world: &World, policy: &Policy) -> Xml {
    let versions = policy.versions.iter().map(|(number, version)| {
        Xml::new()
            .text("Document", &percent_encode(&version.document))
            .text("VersionId", &format!("v{number}"))
            .text("IsDefaultVersion", if *number == policy.default_version { "true" } else { "false" })
            .text("CreateDate", &time::iso(version.created_ms))
    });
    policy::shown(world, policy).list("PolicyVersionList", versions)
}

#[expect(clippy::unnecessary_wraps, reason = "every operation has this shape")]
pub(crate) fn list_account_aliases(_world: &mut World, _params: &Params, _now_ms: i64) -> Reply {
    Ok(page_end(Xml::new().list("AccountAliases", []), None))
}

pub(crate) fn get_user(world: &mut World, params: &Params, _now_ms: i64) -> Reply {
    if let Some(name) = params.get("UserName").filter(|name| *name != "sandbox") {
        return Err(no_such_entity(format!("The user with name {name} cannot be found.")));
    }
    let user = Xml::new()
        .text("Path", "/")
        .text("UserName", "sandbox")
        .text("UserId", "AIDASANDBOXSANDBOX234")
        .text("Arn", &format!("arn:aws:iam::{}:user/sandbox", world.account))
        .text("CreateDate", "2026-01-01T00:00:00Z");
    Ok(Xml::new().nest("User", &user))
}

#[expect(clippy::unnecessary_wraps, reason = "every operation has this shape")]
pub(crate) fn list_users(_world: &mut World, _params: &Params, _now_ms: i64) -> Reply {
    Ok(page_end(Xml::new().list("Users", []), None))
}
