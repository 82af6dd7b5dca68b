//! Customer-managed policies.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::names::{check_name, check_path};
use super::params::Params;
use super::{Reply, document, managed, no_such_entity, page_end, tags_page, tags_xml};
use crate::time;
use crate::wire::Refusal;
use crate::world::World;
use crate::xml::Xml;

/// The quota on a managed policy's size, in characters without white space.
const SIZE_MAX: usize = 6144;

/// A managed policy.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Policy {
    /// The name, unique in the account.
    pub name: String,
    /// The path, `/` by default.
    pub path: String,
    /// `ANPA…`.
    pub id: String,
    /// The ARN.
    pub arn: String,
    /// The description; it cannot change.
    pub description: Option<String>,
    /// When it was made, in milliseconds.
    pub created_ms: i64,
    /// When its versions last changed, in milliseconds.
    pub updated_ms: i64,
    /// The version in force.
    pub default_version: u32,
    /// The number the next version gets.
    pub next_version: u32,
    /// The versions by number.
    pub versions: BTreeMap<u32, Version>,
    /// The tags.
    pub tags: BTreeMap<String, String>,
}

/// One version of a managed policy.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Version {
    /// The document as it was given.
    pub document: String,
    /// When it was made, in milliseconds.
    pub created_ms: i64,
}

/// Refuses a document that is malformed or too long.
pub(crate) fn check_document(text: &str) -> Result<(), Refusal> {
    document::check_identity(text)?;
    if text.chars().filter(|character| !character.is_whitespace()).count() > SIZE_MAX {
        let message = format!("Cannot exceed quota for PolicySize: {SIZE_MAX}");
        return Err(Refusal::new(409, "LimitExceeded", message));
    }
    Ok(())
}

/// Returns the policy of the account that a call names, to change it.
pub(crate) fn named<'a>(world: &'a mut World, params: &Params) -> Result<&'a mut Policy, Refusal> {
    let arn = params.need("PolicyArn")?;
    if managed::find(arn).is_some() {
        let message = format!("Policy {arn} is managed by AWS and cannot be changed.");
        return Err(Refusal::new(403, "AccessDenied", message));
    }
    world.iam.policies.get_mut(arn).ok_or_else(|| missing(arn))
}

/// Returns the policy that a call names, AWS's own included.
pub(crate) fn seen(world: &World, params: &Params) -> Result<Policy, Refusal> {
    let arn = params.need("PolicyArn")?;
    let own = world.iam.policies.get(arn).cloned();
    own.or_else(|| managed::find(arn)).ok_or_else(|| missing(arn))
}

fn missing(arn: &str) -> Refusal {
    no_such_entity(format!("Policy {arn} was not found."))
}

fn holders<'a>(world: &'a World, arn: &'a str) -> impl Iterator<Item = &'a super::Role> {
    world.iam.roles.values().filter(move |role| role.attached.iter().any(|attached| attached == arn))
}

pub(crate) fn shown(world: &World, policy: &Policy) -> Xml {
    let attachments = holders(world, &policy.arn).count();
    let bounds =
        world.iam.roles.values().filter(|role| role.boundary.as_deref() == Some(&policy.arn)).count();
    Xml::new()
        .text("PolicyName", &policy.name)
        .text("PolicyId", &policy.id)
        .text("Arn", &policy.arn)
        .text("Path", &policy.path)
        .text("DefaultVersionId", &format!("v{}", policy.default_version))
        .text("AttachmentCount", &attachments.to_string())
        .text("PermissionsBoundaryUsageCount", &bounds.to_string())
        .text("IsAttachable", "true")
        .text("CreateDate", &time::iso(policy.created_ms))
        .text("UpdateDate", &time::iso(policy.updated_ms))
}

fn whole(world: &World, policy: &Policy) -> Xml {
    shown(world, policy)
        .maybe("Description", policy.description.as_deref())
        .list("Tags", tags_xml(&policy.tags))
}

pub(crate) fn create(world: &mut World, params: &Params, now_ms: i64) -> Reply {
    let (name, text) = (params.need("PolicyName")?, params.need("PolicyDocument")?);
    let path = params.get("Path").unwrap_or("/");
    check_name("policyName", name, 128)?;
    check_path(path)?;
    check_document(text)?;
    if world.iam.policies.values().any(|policy| policy.name.eq_ignore_ascii_case(name)) {
        let message = format!("A policy called {name} already exists. Duplicate names are not allowed.");
        return Err(Refusal::new(409, "EntityAlreadyExists", message));
    }
    let policy = Policy {
        name: name.to_owned(),
        path: path.to_owned(),
        id: format!("ANPA{}", world.ids.upper(17)),
        arn: format!("arn:aws:iam::{}:policy{path}{name}", world.account),
        description: params.get("Description").map(str::to_owned),
        created_ms: now_ms,
        updated_ms: now_ms,
        default_version: 1,
        next_version: 2,
        versions: std::iter::once((1, Version { document: text.to_owned(), created_ms: now_ms })).collect(),
        tags: super::tagged(&BTreeMap::new(), params)?,
    };
    let mut inside = shown(world, &policy);
    if !policy.tags.is_empty() {
        inside = inside.list("Tags", tags_xml(&policy.tags));
    }
    world.iam.policies.insert(policy.arn.clone(), policy);
    Ok(Xml::new().nest("Policy", &inside))
}

pub(crate) fn get(world: &mut World, params: &Params, _now_ms: i64) -> Reply {
    let policy = seen(world, params)?;
    Ok(Xml::new().nest("Policy", &whole(world, &policy)))
}

pub(crate) fn delete(world: &mut World, params: &Params, _now_ms: i64) -> Reply {
    let arn = named(world, params)?.arn.clone();
    let conflict = |message: &str| Refusal::new(409, "DeleteConflict", message);
    let bounds = world.iam.roles.values().any(|role| role.boundary.as_deref() == Some(&arn));
    if bounds || holders(world, &arn).next().is_some() {
        return Err(conflict("Cannot delete a policy attached to entities."));
    }
    if named(world, params)?.versions.len() > 1 {
        return Err(conflict(
            "This policy has more than one version. Before you delete a policy, you must delete the policy's \
             versions. The default version is deleted with the policy.",
        ));
    }
    world.iam.policies.remove(&arn);
    Ok(Xml::new())
}

pub(crate) fn list(world: &mut World, params: &Params, _now_ms: i64) -> Reply {
    let prefix = params.get("PathPrefix").unwrap_or("/");
    let scope = params.get("Scope").unwrap_or("All");
    let attached_only = params.get("OnlyAttached") == Some("true");
    let own = world.iam.policies.values().filter(|_| scope != "AWS").cloned();
    let of_aws = managed::all().filter(|_| scope != "Local");
    let matching = own.chain(of_aws).filter(|policy| {
        policy.path.starts_with(prefix) && (!attached_only || holders(world, &policy.arn).next().is_some())
    });
    let matching: Vec<Policy> = matching.collect();
    let (page, next) = params.page(matching.iter().map(|policy| (policy.arn.as_str(), policy)))?;
    let xml = Xml::new().list("Policies", page.into_iter().map(|policy| shown(world, policy)));
    Ok(page_end(xml, next.as_deref()))
}

pub(crate) fn list_entities(world: &mut World, params: &Params, _now_ms: i64) -> Reply {
    let policy = seen(world, params)?;
    let wants_roles = params.get("EntityFilter").is_none_or(|kind| kind == "Role");
    let prefix = params.get("PathPrefix").unwrap_or("/");
    let bounds = params.get("PolicyUsageFilter") == Some("PermissionsBoundary");
    let uses = |role: &super::Role| {
        if bounds {
            role.boundary.as_deref() == Some(&policy.arn)
        } else {
            role.attached.contains(&policy.arn)
        }
    };
    let roles = world.iam.roles.values();
    let roles = roles.filter(|role| wants_roles && role.path.starts_with(prefix) && uses(role));
    let (page, next) = params.page(roles.map(|role| (role.name.as_str(), role)))?;
    let shown = page.into_iter().map(|role| Xml::new().text("RoleName", &role.name).text("RoleId", &role.id));
    let xml = Xml::new().list("PolicyGroups", []).list("PolicyUsers", []).list("PolicyRoles", shown);
    Ok(page_end(xml, next.as_deref()))
}

pub(crate) fn tag(world: &mut World, params: &Params, _now_ms: i64) -> Reply {
    let policy = named(world, params)?;
    policy.tags = super::tagged(&policy.tags, params)?;
    Ok(Xml::new())
}

pub(crate) fn untag(world: &mut World, params: &Params, _now_ms: i64) -> Reply {
    let policy = named(world, params)?;
    for key in params.list("TagKeys") {
        policy.tags.remove(&key);
    }
    Ok(Xml::new())
}

pub(crate) fn list_tags(world: &mut World, params: &Params, _now_ms: i64) -> Reply {
    let policy = seen(world, params)?;
    tags_page(&policy.tags, params)
}
