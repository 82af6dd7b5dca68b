//! What a role may do: its inline policies and the managed ones attached to it.

use super::names::check_name;
use super::params::Params;
use super::{Reply, document, managed, no_such_entity, page_end, role};
use crate::wire::{Refusal, percent_encode};
use crate::world::World;
use crate::xml::Xml;

/// The quota on managed policies per role.
const ATTACHED_MAX: usize = 10;
/// The quota on all inline policies of a role together, in characters without white space.
const INLINE_SIZE_MAX: usize = 10_240;

pub(crate) fn put(world: &mut World, params: &Params, _now_ms: i64) -> Reply {
    let role = role::named(world, params)?;
    let (name, text) = (params.need("PolicyName")?, params.need("PolicyDocument")?);
    check_name("policyName", name, 128)?;
    document::check_identity(text)?;
    let size = |text: &str| text.chars().filter(|character| !character.is_whitespace()).count();
    let others: usize =
        role.inline.iter().filter(|(other, _)| *other != name).map(|(_, text)| size(text)).sum();
    if others + size(text) > INLINE_SIZE_MAX {
        let message =
            format!("Maximum policy size of {INLINE_SIZE_MAX} bytes exceeded for role {}", role.name);
        return Err(Refusal::new(409, "LimitExceeded", message));
    }
    role.inline.insert(name.to_owned(), text.to_owned());
    Ok(Xml::new())
}

pub(crate) fn get(world: &mut World, params: &Params, _now_ms: i64) -> Reply {
    let role = role::named(world, params)?;
    let name = params.need("PolicyName")?;
    check_name("policyName", name, 128)?;
    let text = role.inline.get(name).ok_or_else(|| missing(name))?;
    Ok(Xml::new()
        .text("RoleName", &role.name)
        .text("PolicyName", name)
        .text("PolicyDocument", &percent_encode(text)))
}

pub(crate) fn delete(world: &mut World, params: &Params, _now_ms: i64) -> Reply {
    let role = role::named(world, params)?;
    let name = params.need("PolicyName")?;
    check_name("policyName", name, 128)?;
    role.inline.remove(name).map(|_| Xml::new()).ok_or_else(|| missing(name))
}

pub(crate) fn list(world: &mut World, params: &Params, _now_ms: i64) -> Reply {
    let role = role::named(world, params)?;
    let (page, next) = params.page(role.inline.keys().map(|name| (name.as_str(), name.as_str())))?;
    Ok(page_end(Xml::new().texts("PolicyNames", page), next.as_deref()))
}

/// Attaches a managed policy; attaching it again changes nothing.
pub(crate) fn attach(world: &mut World, params: &Params, _now_ms: i64) -> Reply {
    role::named(world, params)?;
    let arn = params.need("PolicyArn")?;
    managed::check_exists(world, arn)?;
    let role = role::named(world, params)?;
    if role.attached.iter().any(|known| known == arn) {
        return Ok(Xml::new());
    }
    if role.attached.len() >= ATTACHED_MAX {
        let message = format!("Cannot exceed quota for PoliciesPerRole: {ATTACHED_MAX}");
        return Err(Refusal::new(409, "LimitExceeded", message));
    }
    role.attached.push(arn.to_owned());
    Ok(Xml::new())
}

pub(crate) fn detach(world: &mut World, params: &Params, _now_ms: i64) -> Reply {
    let role = role::named(world, params)?;
    let arn = params.need("PolicyArn")?;
    let place = role.attached.iter().position(|known| known == arn);
    let place = place.ok_or_else(|| no_such_entity(format!("Policy {arn} was not found.")))?;
    role.attached.remove(place);
    Ok(Xml::new())
}

pub(crate) fn list_attached(world: &mut World, params: &Params, _now_ms: i64) -> Reply {
    let role = role::named(world, params)?;
    let prefix = params.get("PathPrefix").unwrap_or("/");
    let under = |arn: &&str| arn.split_once(":policy").is_some_and(|(_, path)| path.starts_with(prefix));
    let mut attached: Vec<&str> = role.attached.iter().map(String::as_str).filter(under).collect();
    attached.sort_unstable();
    let (page, next) = params.page(attached.into_iter().map(|arn| (arn, attached_xml(arn))))?;
    Ok(page_end(Xml::new().list("AttachedPolicies", page), next.as_deref()))
}

/// Returns how an attached policy is shown.
pub(crate) fn attached_xml(arn: &str) -> Xml {
    let name = arn.rsplit('/').next().unwrap_or(arn);
    Xml::new().text("PolicyName", name).text("PolicyArn", arn)
}

fn missing(name: &str) -> Refusal {
    no_such_entity(format!("The role policy with name {name} cannot be found."))
}
