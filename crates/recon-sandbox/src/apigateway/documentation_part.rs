//! Documentation parts: pieces of text about parts of an API.

use serde_json::{Map, Value, json};

use super::body::{Body, Draft};
use super::import_document;
use super::page::page;
use super::patch::{self, REPLACE, Rule, Wording, rule};
use super::refuse::{Constraints, bad_request, conflict, not_found};
use super::rest_api;
use super::state::{Document, RestApi, text};
use crate::route::Captures;
use crate::wire::{Answer, Call, Outcome, Refusal};
use crate::world::World;

const RULES: &[Rule] = &[rule("/properties", REPLACE, patch::text)];

/// In the order in which constraint errors list them.
const TYPES: [&str; 12] = [
    "RESPONSE_BODY",
    "RESPONSE",
    "METHOD",
    "MODEL",
    "AUTHORIZER",
    "RESPONSE_HEADER",
    "RESOURCE",
    "PATH_PARAMETER",
    "REQUEST_BODY",
    "QUERY_PARAMETER",
    "API",
    "REQUEST_HEADER",
];

fn no_part() -> Refusal {
    not_found("Invalid Documentation part identifier specified")
}

pub(super) fn create(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let body = Body::of(call)?;
    let location = body.structure("location")?;
    let kind = location.as_ref().map(|location| location.text("type")).transpose()?.flatten();
    let properties = body.text("properties")?;
    let mut constraints = Constraints::default();
    constraints.present("createDocumentationPartInput.location", location.as_ref());
    constraints.one_of("createDocumentationPartInput.location.type", kind.as_deref(), &TYPES);
    constraints.present("createDocumentationPartInput.properties", properties.as_ref());
    constraints.settle()?;
    let id = world.ids.next_id(6);
    let api = rest_api::of(world, call, at.at(0))?;
    let location = location.map(|location| read_location(&location)).transpose()?.unwrap_or_default();
    let properties = properties.unwrap_or_default();
    check_properties(&properties)?;
    if find(api, &location).is_some() {
        let kind = text(&location, "type");
        return Err(conflict(format!(
            "Documentation part already exists for the specified location: type '{kind}'."
        )));
    }
    let about = part(id, location, &properties);
    api.documentation_parts.insert(text(&about, "id").to_owned(), about.clone());
    Ok(Answer::json(201, &Value::Object(about)))
}

pub(super) fn get(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let api = rest_api::find(world, call, at.at(0)).ok_or_else(no_part)?;
    let about = api.documentation_parts.get(at.at(1)).ok_or_else(no_part)?;
    Ok(Answer::json(200, &Value::Object(about.clone())))
}

pub(super) fn list(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let api = rest_api::of(world, call, at.at(0))?;
    let undocumented = call.query_one("locationStatus") == Some("UNDOCUMENTED");
    page(call, &api.documentation_parts, |about| {
        let location = about.get("location")?.as_object()?;
        let fits = |key: &str, asked: Option<&str>| asked.is_none_or(|asked| text(location, key) == asked);
        let listed = fits("type", call.query_one("type"))
            && fits("name", call.query_one("name"))
            && fits("path", call.query_one("path"));
        (listed && !undocumented).then(|| Value::Object(about.clone()))
    })
}

pub(super) fn update(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let patches = patch::read(call, "UpdateDocumentationPart")?;
    let api = rest_api::find(world, call, at.at(0)).ok_or_else(no_part)?;
    let about = api.documentation_parts.get_mut(at.at(1)).ok_or_else(no_part)?;
    let changed = patch::apply(about, &patches, RULES, Wording::Listed)?;
    check_properties(text(&changed, "properties"))?;
    *about = changed;
    Ok(Answer::json(200, &Value::Object(about.clone())))
}

pub(super) fn delete(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let api = rest_api::of(world, call, at.at(0))?;
    api.documentation_parts.remove(at.at(1)).ok_or_else(no_part)?;
    Ok(Answer::empty(202))
}

/// Imports the parts of a document; they replace those of the same place, or all with `mode=overwrite`.
pub(super) fn import(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let mode = call.query_one("mode");
    let mut constraints = Constraints::default();
    constraints.one_of("mode", mode, &["merge", "overwrite"]);
    constraints.settle()?;
    rest_api::of(world, call, at.at(0))?;
    let document = import_document::parse(&call.body)
        .ok()
        .filter(Value::is_object)
        .ok_or_else(|| bad_request("Unable to build importer with provided input."))?;
    if mode == Some("overwrite") {
        rest_api::of(world, call, at.at(0))?.documentation_parts.clear();
    }
    let ids = take_over(world, call, at.at(0), &document)?;
    Ok(Answer::json(200, &json!({ "ids": ids })))
}

/// Stores the parts that a document carries in its extension and returns their ids.
pub(super) fn take_over(
    world: &mut World,
    call: &Call,
    api_id: &str,
    document: &Value,
) -> Result<Vec<String>, Refusal> {
    let parts = document["x-amazon-apigateway-documentation"]["documentationParts"].as_array();
    let mut ids = Vec::new();
    for given in parts.into_iter().flatten() {
        let id = world.ids.next_id(6);
        let api = rest_api::of(world, call, api_id)?;
        let location = given["location"].as_object().cloned().unwrap_or_default();
        let id = find(api, &location).map_or(id, str::to_owned);
        let about = part(id.clone(), location, &given["properties"].to_string());
        api.documentation_parts.insert(id.clone(), about);
        ids.push(id);
    }
    Ok(ids)
}

fn part(id: String, location: Document, properties: &str) -> Document {
    Draft::default().put("id", id).put("location", location).put("properties", properties).done()
}

fn find<'a>(api: &'a RestApi, location: &Document) -> Option<&'a str> {
    let same = |about: &Document| about.get("location").and_then(Value::as_object) == Some(location);
    api.documentation_parts.iter().find(|(_, about)| same(about)).map(|(id, _)| id.as_str())
}

fn read_location(location: &Body) -> Result<Document, Refusal> {
    let mut read = Map::new();
    for key in ["type", "path", "method", "statusCode", "name"] {
        if let Some(value) = location.text(key)? {
            read.insert(key.to_owned(), Value::from(value));
        }
    }
    Ok(read)
}

fn check_properties(properties: &str) -> Result<(), Refusal> {
    let parsed = serde_json::from_str::<Map<String, Value>>(properties);
    if parsed.is_ok_and(|members| !members.is_empty()) {
        return Ok(());
    }
    Err(bad_request("Documentation part properties must be a non-empty JSON object"))
}
