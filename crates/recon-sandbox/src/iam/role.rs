//! Roles: who may assume them, and what they are called.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::names::{check_name, check_path, check_session_seconds};
use super::params::Params;
use super::{Reply, document, managed, no_such_entity, page_end, tags_page, tags_xml};
use crate::time;
use crate::wire::{Refusal, percent_encode};
use crate::world::World;
use crate::xml::Xml;

/// The quota on a trust policy, in characters without white space.
const TRUST_SIZE_MAX: usize = 2048;

/// A role.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Role {
    /// The name, unique in the account.
    pub name: String,
    /// The path, `/` by default.
    pub path: String,
    /// `AROA…`.
    pub id: String,
    /// The ARN.
    pub arn: String,
    /// When it was made, in milliseconds.
    pub created_ms: i64,
    /// The trust policy as it was given.
    pub trust: String,
    /// The description.
    pub description: Option<String>,
    /// How long a session may last, in seconds.
    pub session_seconds_max: u32,
    /// The ARN of the permissions boundary.
    pub boundary: Option<String>,
    /// The tags.
    pub tags: BTreeMap<String, String>,
    /// The inline policies by name.
    pub inline: BTreeMap<String, String>,
    /// The attached managed policies' ARNs.
    pub attached: Vec<String>,
}

impl Role {
    /// Returns what every form of a role shows.
    pub(crate) fn head(&self) -> Xml {
        Xml::new()
            .text("Path", &self.path)
            .text("RoleName", &self.name)
            .text("RoleId", &self.id)
            .text("Arn", &self.arn)
            .text("CreateDate", &time::iso(self.created_ms))
            .text("AssumeRolePolicyDocument", &percent_encode(&self.trust))
    }

    /// Returns the permissions boundary's element, if there is one.
    pub(crate) fn boundary_xml(&self) -> Xml {
        self.boundary.as_deref().map_or_else(Xml::new, |arn| {
            let inside =
                Xml::new().text("PermissionsBoundaryType", "Policy").text("PermissionsBoundaryArn", arn);
            Xml::new().nest("PermissionsBoundary", &inside)
        })
    }

    fn listed(&self) -> Xml {
        self.head()
            .maybe("Description", self.description.as_deref())
            .text("MaxSessionDuration", &self.session_seconds_max.to_string())
    }

    fn whole(&self) -> Xml {
        let mut xml = self.listed().join(&self.boundary_xml());
        if !self.tags.is_empty() {
            xml = xml.list("Tags", tags_xml(&self.tags));
        }
        xml.nest("RoleLastUsed", &Xml::new())
    }
}

/// Returns the role a call names.
pub(crate) fn named<'a>(world: &'a mut World, params: &Params) -> Result<&'a mut Role, Refusal> {
    let name = params.need("RoleName")?;
    check_name("roleName", name, 64)?;
    let missing = || no_such_entity(format!("The role with name {name} cannot be found."));
    world.iam.roles.get_mut(name).ok_or_else(missing)
}

pub(crate) fn create(world: &mut World, params: &Params, now_ms: i64) -> Reply {
    let name = params.need("RoleName")?;
    let trust = params.need("AssumeRolePolicyDocument")?;
    let path = params.get("Path").unwrap_or("/");
    check_name("roleName", name, 64)?;
    check_path(path)?;
    check_trust(trust)?;
    let session_seconds_max = params.get("MaxSessionDuration").map_or(Ok(3600), check_session_seconds)?;
    let boundary = params.get("PermissionsBoundary").map(str::to_owned);
    if let Some(arn) = &boundary {
        managed::check_exists(world, arn)?;
    }
    // Role names are unique without regard to case.
    if world.iam.roles.contains_key(name)
        || world.iam.roles.keys().any(|known| known.eq_ignore_ascii_case(name))
    {
        return Err(Refusal::new(
            409,
            "EntityAlreadyExists",
            format!("Role with name {name} already exists."),
        ));
    }
    let role = Role {
        name: name.to_owned(),
        path: path.to_owned(),
        id: format!("AROA{}", world.ids.upper(17)),
        arn: format!("arn:aws:iam::{}:role{path}{name}", world.account),
        created_ms: now_ms,
        trust: trust.to_owned(),
        description: params.get("Description").map(str::to_owned),
        session_seconds_max,
        boundary,
        tags: super::role_tagged(&BTreeMap::new(), params)?,
        inline: BTreeMap::new(),
        attached: Vec::new(),
    };
    let shown = Xml::new().nest("Role", &role.whole());
    world.iam.roles.insert(name.to_owned(), role);
    Ok(shown)
}

/// Refuses a trust policy that is malformed or too long.
fn check_trust(text: &str) -> Result<(), Refusal> {
    document::check_trust(text)?;
    if text.chars().filter(|character| !character.is_whitespace()).count() > TRUST_SIZE_MAX {
        let message = format!("Cannot exceed quota for ACLSizePerRole: {TRUST_SIZE_MAX}");
        return Err(Refusal::new(409, "LimitExceeded", message));
    }
    Ok(())
}

pub(crate) fn get(world: &mut World, params: &Params, _now_ms: i64) -> Reply {
    Ok(Xml::new().nest("Role", &named(world, params)?.whole()))
}

pub(crate) fn list(world: &mut World, params: &Params, _now_ms: i64) -> Reply {
    let prefix = params.get("PathPrefix").unwrap_or("/");
    let matching = world.iam.roles.values().filter(|role| role.path.starts_with(prefix));
    let (page, next) = params.page(matching.map(|role| (role.name.as_str(), role)))?;
    let xml = Xml::new().list("Roles", page.into_iter().map(Role::listed));
    Ok(page_end(xml, next.as_deref()))
}

pub(crate) fn delete(world: &mut World, params: &Params, _now_ms: i64) -> Reply {
    let role = named(world, params)?;
    let conflict = |message: &str| Refusal::new(409, "DeleteConflict", message);
    if !role.inline.is_empty() {
        return Err(conflict("Cannot delete entity, must delete policies first."));
    }
    if !role.attached.is_empty() {
        return Err(conflict("Cannot delete entity, must detach all policies first."));
    }
    let name = role.name.clone();
    world.iam.roles.remove(&name);
    Ok(Xml::new())
}

pub(crate) fn update(world: &mut World, params: &Params, _now_ms: i64) -> Reply {
    let seconds = params.get("MaxSessionDuration").map(check_session_seconds).transpose()?;
    let role = named(world, params)?;
    role.session_seconds_max = seconds.unwrap_or(role.session_seconds_max);
    if let Some(description) = params.get("Description") {
        role.description = Some(description.to_owned());
    }
    Ok(Xml::new())
}

pub(crate) fn update_description(world: &mut World, params: &Params, _now_ms: i64) -> Reply {
    let role = named(world, params)?;
    role.description = Some(params.need("Description")?.to_owned());
    Ok(Xml::new().nest("Role", &role.whole()))
}

pub(crate) fn update_trust(world: &mut World, params: &Params, _now_ms: i64) -> Reply {
    let role = named(world, params)?;
    let trust = params.need("PolicyDocument")?;
    check_trust(trust)?;
    trust.clone_into(&mut role.trust);
    Ok(Xml::new())
}

pub(crate) fn put_boundary(world: &mut World, params: &Params, _now_ms: i64) -> Reply {
    named(world, params)?;
    let arn = params.need("PermissionsBoundary")?;
    managed::check_exists(world, arn)?;
    named(world, params)?.boundary = Some(arn.to_owned());
    Ok(Xml::new())
}

pub(crate) fn delete_boundary(world: &mut World, params: &Params, _now_ms: i64) -> Reply {
    let role = named(world, params)?;
    if role.boundary.take().is_none() {
        return Err(no_such_entity(format!("Role {} does not have a permissions boundary.", role.name)));
    }
    Ok(Xml::new())
}

pub(crate) fn tag(world: &mut World, params: &Params, _now_ms: i64) -> Reply {
    let role = named(world, params)?;
    role.tags = super::role_tagged(&role.tags, params)?;
    Ok(Xml::new())
}

pub(crate) fn untag(world: &mut World, params: &Params, _now_ms: i64) -> Reply {
    let role = named(world, params)?;
    let keys: Vec<String> = params.list("TagKeys").iter().map(|key| key.to_lowercase()).collect();
    role.tags.retain(|key, _| !keys.contains(&key.to_lowercase()));
    Ok(Xml::new())
}

pub(crate) fn list_tags(world: &mut World, params: &Params, _now_ms: i64) -> Reply {
    let role = named(world, params)?;
    tags_page(&role.tags, params)
}

/// Nobody makes instance profiles here, but clients ask for them before they delete a role.
pub(crate) fn list_instance_profiles(world: &mut World, params: &Params, _now_ms: i64) -> Reply {
    named(world, params)?;
    Ok(page_end(Xml::new().list("InstanceProfiles", []), None))
}
