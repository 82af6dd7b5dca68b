//! Documentation versions: frozen sets of documentation parts that stages name.

use serde_json::{Value, json};

use super::body::{Body, Draft};
use super::page::page;
use super::patch::{self, REPLACE, Rule, Wording, rule};
use super::refuse::{Constraints, bad_request, conflict, not_found};
use super::state::DocumentationVersion;
use super::{rest_api, stage};
use crate::route::Captures;
use crate::wire::{Answer, Call, Outcome, Refusal};
use crate::world::World;

const RULES: &[Rule] = &[rule("/description", REPLACE, patch::text)];

fn no_version() -> Refusal {
    not_found("Invalid Documentation version specified")
}

pub(super) fn create(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let body = Body::of(call)?;
    let version = body.text("documentationVersion")?;
    let mut constraints = Constraints::default();
    constraints.present("createDocumentationVersionInput.documentationVersion", version.as_ref());
    constraints.settle()?;
    let api = rest_api::of(world, call, at.at(0))?;
    let version = version.unwrap_or_default();
    if version.is_empty() {
        return Err(bad_request("Documentation version cannot be empty"));
    }
    if api.documentation_versions.contains_key(&version) {
        return Err(conflict(format!("Documentation version already exists: {version}")));
    }
    let about = Draft::default()
        .put("version", version.clone())
        .put("createdDate", call.now_ms.div_euclid(1000))
        .set("description", body.text("description")?.filter(|description| !description.is_empty()))
        .done();
    if let Some(name) = body.text("stageName")?.filter(|name| !name.is_empty()) {
        let staged = api.stages.get_mut(&name).ok_or_else(stage::no_stage)?;
        staged.insert("documentationVersion".to_owned(), json!(version));
    }
    let kept = DocumentationVersion { about: about.clone(), parts: api.documentation_parts.clone() };
    api.documentation_versions.insert(version, kept);
    Ok(Answer::json(201, &Value::Object(about)))
}

pub(super) fn get(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let api = rest_api::of(world, call, at.at(0))?;
    let version = api.documentation_versions.get(at.at(1)).ok_or_else(no_version)?;
    Ok(Answer::json(200, &Value::Object(version.about.clone())))
}

pub(super) fn list(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let api = rest_api::of(world, call, at.at(0))?;
    page(call, &api.documentation_versions, |version| Some(Value::Object(version.about.clone())))
}

pub(super) fn update(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let patches = patch::read(call, "UpdateDocumentationVersion")?;
    let api = rest_api::of(world, call, at.at(0))?;
    let version = api.documentation_versions.get_mut(at.at(1)).ok_or_else(no_version)?;
    version.about = patch::apply(&version.about, &patches, RULES, Wording::Listed)?;
    Ok(Answer::json(200, &Value::Object(version.about.clone())))
}

pub(super) fn delete(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let api = rest_api::of(world, call, at.at(0))?;
    api.documentation_versions.remove(at.at(1)).ok_or_else(no_version)?;
    for staged in api.stages.values_mut() {
        if staged.get("documentationVersion").and_then(Value::as_str) == Some(at.at(1)) {
            staged.shift_remove("documentationVersion");
        }
    }
    Ok(Answer::empty(202))
}
