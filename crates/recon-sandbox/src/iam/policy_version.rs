//! The versions of a managed policy; at most five, one of them in force.

use super::params::{Params, validation};
use super::policy::{Policy, Version, check_document, named, seen};
use super::{Reply, no_such_entity, page_end};
use crate::time;
use crate::wire::{Refusal, percent_encode};
use crate::world::World;
use crate::xml::Xml;

const VERSIONS_MAX: usize = 5;

pub(crate) fn create(world: &mut World, params: &Params, now_ms: i64) -> Reply {
    let policy = named(world, params)?;
    let text = params.need("PolicyDocument")?;
    check_document(text)?;
    if policy.versions.len() >= VERSIONS_MAX {
        let message = "A managed policy can have up to 5 versions. Before you create a new version, you must delete \
                       an existing version.";
        return Err(Refusal::new(409, "LimitExceeded", message));
    }
    let number = policy.next_version;
    policy.next_version += 1;
    policy.updated_ms = now_ms;
    policy.versions.insert(number, Version { document: text.to_owned(), created_ms: now_ms });
    if params.get("SetAsDefault") == Some("true") {
        policy.default_version = number;
    }
    let xml = shown(policy, number);
    Ok(Xml::new().nest("PolicyVersion", &xml))
}

pub(crate) fn get(world: &mut World, params: &Params, _now_ms: i64) -> Reply {
    let policy = seen(world, params)?;
    let number = number(&policy, params)?;
    let document = policy.versions.get(&number).map_or("", |version| version.document.as_str());
    let xml = Xml::new().text("Document", &percent_encode(document)).join(&shown(&policy, number));
    Ok(Xml::new().nest("PolicyVersion", &xml))
}

pub(crate) fn list(world: &mut World, params: &Params, _now_ms: i64) -> Reply {
    let policy = seen(world, params)?;
    // The newest comes first, so the key counts down.
    let keys: Vec<(String, u32)> =
        policy.versions.keys().rev().map(|number| (format!("{:010}", u32::MAX - number), *number)).collect();
    let (page, next) = params.page(keys.iter().map(|(key, number)| (key.as_str(), *number)))?;
    let versions = page.into_iter().map(|number| shown(&policy, number));
    Ok(page_end(Xml::new().list("Versions", versions), next.as_deref()))
}

pub(crate) fn delete(world: &mut World, params: &Params, now_ms: i64) -> Reply {
    let policy = named(world, params)?;
    let number = number(policy, params)?;
    if number == policy.default_version {
        let message = "Cannot delete the default version of a policy.";
        return Err(Refusal::new(409, "DeleteConflict", message));
    }
    policy.versions.remove(&number);
    policy.updated_ms = now_ms;
    Ok(Xml::new())
}

pub(crate) fn set_default(world: &mut World, params: &Params, now_ms: i64) -> Reply {
    let policy = named(world, params)?;
    policy.default_version = number(policy, params)?;
    policy.updated_ms = now_ms;
    Ok(Xml::new())
}

fn number(policy: &Policy, params: &Params) -> Result<u32, Refusal> {
    let text = params.need("VersionId")?;
    let number = text.strip_prefix('v').and_then(|digits| digits.parse::<u32>().ok());
    let number = number.ok_or_else(|| {
        validation(format!(
            "1 validation error detected: Value '{text}' at 'versionId' failed to satisfy constraint: Member must \
             satisfy regular expression pattern: v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?"
        ))
    })?;
    if policy.versions.contains_key(&number) {
        return Ok(number);
    }
    Err(no_such_entity(format!("Policy {} version {text} does not exist or is not attachable.", policy.arn)))
}

fn shown(policy: &Policy, number: u32) -> Xml {
    let created_ms = policy.versions.get(&number).map_or(0, |version| version.created_ms);
    Xml::new()
        .text("VersionId", &format!("v{number}"))
        .text("IsDefaultVersion", if number == policy.default_version { "true" } else { "false" })
        .text("CreateDate", &time::iso(created_ms))
}
