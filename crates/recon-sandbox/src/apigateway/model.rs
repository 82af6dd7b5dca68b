//! Models: JSON schemas that methods name, two of which every API starts with.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::body::{Body, Draft};
use super::page::page;
use super::patch::{self, REPLACE, Rule, Wording, rule};
use super::refuse::{Constraints, bad_request, conflict, not_found};
use super::state::{Definition, Document, members, text};
use super::{model_schema, rest_api};
use crate::ids::Ids;
use crate::route::Captures;
use crate::wire::{Answer, Call, Outcome, Refusal};
use crate::world::World;

const RULES: &[Rule] = &[rule("/description", REPLACE, patch::text), rule("/schema", REPLACE, patch::text)];

const EMPTY: &str = "{\n  \"$schema\": \"http://json-schema.org/draft-04/schema#\",\n  \"title\" : \"Empty Schema\",\n  \"type\" : \"object\"\n}";
const ERROR: &str = "{\n  \"$schema\" : \"http://json-schema.org/draft-04/schema#\",\n  \"title\" : \"Error Schema\",\n  \"type\" : \"object\",\n  \"properties\" : {\n    \"message\" : { \"type\" : \"string\" }\n  }\n}";

/// Returns the models a new API has.
pub(super) fn defaults(ids: &mut Ids) -> BTreeMap<String, Document> {
    let mut made = |name: &str, description: &str, schema: &str| {
        let about = Draft::default()
            .put("id", ids.next_id(6))
            .put("name", name)
            .put("description", description)
            .put("schema", schema)
            .put("contentType", "application/json")
            .done();
        (name.to_owned(), about)
    };
    BTreeMap::from([
        made("Empty", "This is a default empty schema model", EMPTY),
        made("Error", "This is a default error schema model", ERROR),
    ])
}

pub(super) fn create(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let body = Body::of(call)?;
    let (name, content_type) = (body.text("name")?, body.text("contentType")?);
    let mut constraints = Constraints::default();
    constraints.present("createModelInput.name", name.as_ref());
    constraints.present("createModelInput.contentType", content_type.as_ref());
    constraints.settle()?;
    let id = world.ids.next_id(6);
    let api = rest_api::of(world, call, at.at(0))?;
    let name = name.unwrap_or_default();
    if name.is_empty() {
        return Err(bad_request("Model name must be non-empty"));
    }
    if !name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(bad_request(format!("Model name must be alphanumeric: {name}")));
    }
    if api.definition.models.contains_key(&name) {
        return Err(conflict("Model name already exists for this REST API"));
    }
    let schema = body.text_or_empty("schema")?;
    model_schema::check(&schema, content_type.as_deref().unwrap_or_default(), &api.definition)?;
    let about = Draft::default()
        .put("id", id)
        .put("name", name.clone())
        .set("description", body.text("description")?.filter(|description| !description.is_empty()))
        .put("schema", schema)
        .set("contentType", content_type)
        .done();
    api.definition.models.insert(name, about.clone());
    Ok(Answer::json(201, &Value::Object(about)))
}

pub(super) fn get(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let api = &rest_api::find(world, call, at.at(0)).ok_or_else(|| no_model(at))?.definition;
    let mut about = of(api, at)?.clone();
    if call.query_one("flatten") == Some("true") {
        let schema = model_schema::flatten(text(&about, "schema"), api);
        about.insert("schema".to_owned(), schema.into());
    }
    Ok(Answer::json(200, &Value::Object(about)))
}

pub(super) fn list(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let api = rest_api::of(world, call, at.at(0))?;
    page(call, &api.definition.models, |about| Some(Value::Object(about.clone())))
}

pub(super) fn update(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let patches = patch::read(call, "UpdateModel")?;
    let api = rest_api::find(world, call, at.at(0)).ok_or_else(|| no_model(at))?;
    let changed = patch::apply(of(&api.definition, at)?, &patches, RULES, Wording::Listed)?;
    model_schema::check(text(&changed, "schema"), text(&changed, "contentType"), &api.definition)?;
    api.definition.models.insert(at.at(1).to_owned(), changed.clone());
    Ok(Answer::json(200, &Value::Object(changed)))
}

pub(super) fn delete(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let api = rest_api::find(world, call, at.at(0)).ok_or_else(|| no_model(at))?;
    of(&api.definition, at)?;
    check_unused(&api.definition, at.at(1))?;
    api.definition.models.remove(at.at(1));
    Ok(Answer::empty(202))
}

/// Answers with a mapping template that spells out the properties of the schema.
pub(super) fn template(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let about = of(&rest_api::of(world, call, at.at(0))?.definition, at)?;
    let schema: Value = serde_json::from_str(text(about, "schema")).unwrap_or_default();
    let sample = model_schema::sample(&schema).to_string();
    Ok(Answer::json(200, &json!({ "value": format!("#set($inputRoot = $input.path('$'))\n{sample}") })))
}

fn of<'a>(api: &'a Definition, at: &Captures) -> Result<&'a Document, Refusal> {
    api.models.get(at.at(1)).ok_or_else(|| no_model(at))
}

fn no_model(at: &Captures) -> Refusal {
    not_found(format!("Invalid model name specified: {}", at.at(1)))
}

fn check_unused(api: &Definition, name: &str) -> Result<(), Refusal> {
    for (resource, verb, method) in api.methods() {
        let names = |about: &Document, key: &str| members(about, key).any(|(_, model)| model == name);
        let place = format!("{}/{verb}", resource.path);
        if names(&method.about, "requestModels") {
            return Err(conflict(format!(
                "Cannot delete model '{name}', is referenced in method request: {place}"
            )));
        }
        if let Some(status) = method.responses.iter().find(|(_, response)| names(response, "responseModels"))
        {
            let place = format!("{place}/{}", status.0);
            return Err(conflict(format!(
                "Cannot delete model '{name}', is referenced in method response: {place}"
            )));
        }
    }
    let reference = format!("/models/{name}\"");
    match api
        .models
        .iter()
        .find(|(other, about)| *other != name && text(about, "schema").contains(&reference))
    {
        Some((other, _)) => {
            Err(conflict(format!("Cannot delete model '{name}', is referenced in model: {other}")))
        }
        None => Ok(()),
    }
}
