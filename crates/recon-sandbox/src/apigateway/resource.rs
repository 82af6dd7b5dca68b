//! Resources: the tree of path parts.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::body::Body;
use super::page::page;
use super::patch::{self, REPLACE, Rule, Wording, rule};
use super::refuse::{bad_request, conflict, limit_exceeded, no_resource};
use super::state::{Document, Resource};
use super::{method, rest_api};
use crate::route::Captures;
use crate::wire::{Answer, Call, Outcome, Refusal};
use crate::world::World;

/// The order is the one in which the service lists them.
const RULES: &[Rule] = &[rule("/parentId", REPLACE, patch::text), rule("/pathPart", REPLACE, patch::text)];

/// How many resources an API may have, the root included.
const RESOURCES_MAX: usize = 300;

/// Returns the resource, or says that there is none.
pub(super) fn of<'w>(world: &'w mut World, call: &Call, at: &Captures) -> Result<&'w mut Resource, Refusal> {
    let api = rest_api::find(world, call, at.at(0)).ok_or_else(no_resource)?;
    api.definition.resources.get_mut(at.at(1)).ok_or_else(no_resource)
}

pub(super) fn create(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let path_part = Body::of(call)?.text_or_empty("pathPart")?;
    let id = world.ids.next_id(6);
    let api = rest_api::of(world, call, at.at(0))?;
    let resource = child(&api.definition.resources, at.at(1), &path_part, id)?;
    let answer = show(&resource, Methods::Named);
    api.definition.resources.insert(resource.id.clone(), resource);
    Ok(Answer::json(201, &answer))
}

/// Returns a new resource below a parent if the rules of the tree allow it.
pub(super) fn child(
    resources: &BTreeMap<String, Resource>,
    parent_id: &str,
    path_part: &str,
    id: String,
) -> Result<Resource, Refusal> {
    let parent = resources.get(parent_id).ok_or_else(no_resource)?;
    check_path_part(path_part)?;
    check_place(resources, parent, path_part, None)?;
    if resources.len() >= RESOURCES_MAX {
        return Err(limit_exceeded("Maximum number of Resources for this API has been reached"));
    }
    Ok(Resource {
        id,
        parent_id: Some(parent.id.clone()),
        path_part: path_part.to_owned(),
        path: joined(&parent.path, path_part),
        methods: BTreeMap::new(),
    })
}

pub(super) fn get(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let resource = of(world, call, at)?;
    Ok(Answer::json(200, &show(resource, Methods::asked(call))))
}

pub(super) fn list(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let api = rest_api::of(world, call, at.at(0))?;
    let methods = Methods::asked(call);
    page(call, &api.definition.resources, |resource| Some(show(resource, methods)))
}

pub(super) fn update(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let patches = patch::read(call, "UpdateResource")?;
    of(world, call, at)?;
    let api = rest_api::of(world, call, at.at(0))?;
    let changed = patch::apply(&Document::new(), &patches, RULES, Wording::Listed)?;
    let resources = &mut api.definition.resources;
    let mut resource = resources.get(at.at(1)).cloned().ok_or_else(no_resource)?;
    let Some(old_parent) = resource.parent_id.clone() else {
        let what = changed.keys().next().map_or("pathPart", String::as_str);
        return Err(bad_request(format!("Root resource cannot update its {what}.")));
    };
    let part = changed.get("pathPart").and_then(Value::as_str).unwrap_or(&resource.path_part).to_owned();
    let parent_id = changed.get("parentId").and_then(Value::as_str).unwrap_or(&old_parent).to_owned();
    check_path_part(&part)?;
    let parent = resources.get(&parent_id).ok_or_else(no_resource)?;
    if descends(resources, &parent_id, &resource.id) {
        return Err(bad_request("Resources cannot be cyclical."));
    }
    check_place(resources, parent, &part, Some(&resource.id))?;
    let new_path = joined(&parent.path, &part);
    resource.path_part = part;
    resource.parent_id = Some(parent_id);
    let id = resource.id.clone();
    resources.insert(id.clone(), resource);
    repath(resources, &id, &new_path);
    let answer = resources.get(&id).map(|resource| show(resource, Methods::Named));
    Ok(Answer::json(200, &answer.unwrap_or_default()))
}

pub(super) fn delete(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    if of(world, call, at)?.parent_id.is_none() {
        return Err(bad_request("Root resource cannot be deleted."));
    }
    let api = rest_api::of(world, call, at.at(0))?;
    for id in subtree(&api.definition.resources, at.at(1)) {
        api.definition.resources.remove(&id);
    }
    Ok(Answer::empty(202))
}

/// How much of its methods a resource is shown with.
#[derive(Debug, Clone, Copy)]
pub(super) enum Methods {
    /// Only their verbs.
    Named,
    /// With everything below them.
    Embedded,
}

impl Methods {
    fn asked(call: &Call) -> Self {
        let embeds = call.query.get("embed").is_some_and(|values| {
            values.iter().flat_map(|value| value.split(',')).any(|value| value.trim() == "methods")
        });
        if embeds { Self::Embedded } else { Self::Named }
    }
}

/// Returns the resource as an answer carries it.
pub(super) fn show(resource: &Resource, methods: Methods) -> Value {
    let mut shown =
        Map::from_iter([("id".to_owned(), json!(resource.id)), ("path".to_owned(), json!(resource.path))]);
    if let Some(parent) = &resource.parent_id {
        shown.insert("parentId".to_owned(), json!(parent));
        shown.insert("pathPart".to_owned(), json!(resource.path_part));
    }
    if !resource.methods.is_empty() {
        let show = |method| match methods {
            Methods::Named => json!({}),
            Methods::Embedded => method::show(method),
        };
        let methods: Document =
            resource.methods.iter().map(|(verb, method)| (verb.clone(), show(method))).collect();
        shown.insert("resourceMethods".to_owned(), Value::Object(methods));
    }
    Value::Object(shown)
}

/// Returns the path of a child.
pub(super) fn joined(parent: &str, part: &str) -> String {
    format!("{}/{part}", parent.trim_end_matches('/'))
}

fn check_path_part(part: &str) -> Result<(), Refusal> {
    let plain = |text: &str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-:".contains(&byte))
    };
    let variable = part.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    let fits = match variable {
        Some(name) => plain(name.strip_suffix('+').unwrap_or(name)),
        None => plain(part),
    };
    if fits {
        return Ok(());
    }
    Err(bad_request(
        "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces \
         at the beginning and the end.",
    ))
}

fn check_place(
    resources: &BTreeMap<String, Resource>,
    parent: &Resource,
    part: &str,
    moving: Option<&str>,
) -> Result<(), Refusal> {
    if parent.path_part.ends_with("+}") {
        let greedy = &parent.path_part;
        return Err(bad_request(format!(
            "Cannot create a child of a resource with a greedy path variable: {greedy}"
        )));
    }
    let siblings = || {
        resources.values().filter(|other| {
            other.parent_id.as_deref() == Some(&parent.id) && moving != Some(other.id.as_str())
        })
    };
    if siblings().any(|sibling| sibling.path_part == part) {
        return Err(conflict(format!("Another resource with the same parent already has this name: {part}")));
    }
    let variable = |part: &str| part.starts_with('{');
    if let Some(sibling) = siblings().find(|sibling| variable(part) && variable(&sibling.path_part)) {
        let name = &sibling.path_part;
        return Err(bad_request(format!(
            "A sibling ({name}) of this resource already has a variable path part -- only one is allowed"
        )));
    }
    Ok(())
}

fn descends(resources: &BTreeMap<String, Resource>, id: &str, ancestor: &str) -> bool {
    let mut current = Some(id);
    while let Some(id) = current {
        if id == ancestor {
            return true;
        }
        current = resources.get(id).and_then(|resource| resource.parent_id.as_deref());
    }
    false
}

fn subtree(resources: &BTreeMap<String, Resource>, id: &str) -> Vec<String> {
    let below = resources.keys().filter(|candidate| descends(resources, candidate, id));
    below.cloned().collect()
}

fn repath(resources: &mut BTreeMap<String, Resource>, id: &str, path: &str) {
    let children: Vec<(String, String)> = resources
        .values()
        .filter(|resource| resource.parent_id.as_deref() == Some(id))
        .map(|resource| (resource.id.clone(), joined(path, &resource.path_part)))
        .collect();
    if let Some(resource) = resources.get_mut(id) {
        path.clone_into(&mut resource.path);
    }
    for (child, path) in children {
        repath(resources, &child, &path);
    }
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    #[test_case("pets" => true)]
    #[test_case("{id}" => true)]
    #[test_case("{proxy+}" => true)]
    #[test_case("v1.0_a-b:c" => true)]
    #[test_case("a/b" => false)]
    #[test_case("" => false)]
    #[test_case("{}" => false)]
    #[test_case("a{b}" => false)]
    #[test_case("{a" => false)]
    #[test_case("a b" => false)]
    fn path_part(part: &str) -> bool {
        check_path_part(part).is_ok()
    }

    fn tree(parts: &[(&str, &str)]) -> BTreeMap<String, Resource> {
        let root = Resource { id: "root".to_owned(), path: "/".to_owned(), ..Resource::default() };
        let mut resources = BTreeMap::from([("root".to_owned(), root)]);
        for (parent, part) in parts {
            let made = child(&resources, parent, part, (*part).to_owned()).unwrap();
            resources.insert((*part).to_owned(), made);
        }
        resources
    }

    #[test_case("root", "a" => Some("ConflictException"); "same name")]
    #[test_case("root", "{other}" => Some("BadRequestException"); "second variable")]
    #[test_case("a", "b" => None; "deeper")]
    #[test_case("{proxy+}", "b" => Some("BadRequestException"); "below greedy")]
    #[test_case("nope", "b" => Some("NotFoundException"); "no parent")]
    fn siblings(parent: &str, part: &str) -> Option<&'static str> {
        let resources = tree(&[("root", "a"), ("root", "{proxy+}")]);
        child(&resources, parent, part, "new".to_owned()).err().map(|refusal| refusal.code)
    }

    #[test]
    fn subtree_goes_with_its_root() {
        let resources = tree(&[("root", "a"), ("a", "b"), ("b", "c"), ("root", "d")]);
        assert_eq!(subtree(&resources, "a"), ["a", "b", "c"]);
    }

    #[test]
    fn moving_a_resource_moves_the_paths_below() {
        let mut resources = tree(&[("root", "a"), ("a", "b"), ("b", "c")]);
        repath(&mut resources, "b", "/x");
        assert_eq!(resources["c"].path, "/x/c");
    }
}
