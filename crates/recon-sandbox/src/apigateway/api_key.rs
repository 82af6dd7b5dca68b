//! API keys: their values are unique, and shown only to those who ask.

use serde_json::{Value, json};

use super::body::{Body, Draft};
use super::page::page;
use super::patch::{self, ADD_REMOVE, Op, REPLACE, Rule, Step, Wording, rule};
use super::refuse::{Constraints, bad_request, conflict, not_found};
use super::state::{Document, Region, text, without_empty_tags};
use crate::route::Captures;
use crate::wire::{Answer, Call, Outcome, Refusal};
use crate::world::World;

const RULES: &[Rule] = &[
    rule("/name", REPLACE, patch::text),
    rule("/description", REPLACE, patch::text),
    rule("/enabled", REPLACE, patch::flag),
    rule("/customerId", REPLACE, patch::text),
    rule("/stages", ADD_REMOVE, stage),
];

const VALUE_CHARACTERS: usize = 40;
const VALUE_CHARACTERS_MIN: usize = 20;
const VALUE_CHARACTERS_MAX: usize = 128;

/// Says that there is no such key.
pub(super) fn no_key() -> Refusal {
    not_found("Invalid API Key identifier specified")
}

/// What a new key is made of.
#[derive(Debug, Default)]
pub(super) struct NewKey {
    pub(super) name: Option<String>,
    pub(super) description: Option<String>,
    pub(super) value: Option<String>,
    pub(super) customer_id: Option<String>,
    pub(super) enabled: bool,
    pub(super) stage_keys: Vec<String>,
    pub(super) tags: Document,
}

pub(super) fn create(world: &mut World, call: &Call, _: &Captures) -> Outcome {
    let body = Body::of(call)?;
    let mut stage_keys = Vec::new();
    for key in body.structures("stageKeys")? {
        let (api, stage) = (key.text_or_empty("restApiId")?, key.text_or_empty("stageName")?);
        let key = format!("{api}/{stage}");
        check_stage(world.apigateway.region(&call.region), &key)?;
        stage_keys.push(key);
    }
    let key = NewKey {
        name: body.text("name")?,
        description: body.text("description")?,
        value: body.text("value")?.filter(|value| !value.is_empty()),
        customer_id: body.text("customerId")?,
        enabled: body.flag("enabled")?.unwrap_or(false),
        stage_keys,
        tags: body.text_map("tags")?.unwrap_or_default(),
    };
    let about = keep(world, call, key)?;
    Ok(Answer::json(201, &without_empty_tags(&about)))
}

/// Refuses a stage, spelled `api/stage`, that does not exist.
fn check_stage(region: &Region, key: &str) -> Result<(), Refusal> {
    let stage = key
        .split_once('/')
        .filter(|(api, stage)| region.apis.get(*api).is_some_and(|held| held.stages.contains_key(*stage)));
    stage.map(drop).ok_or_else(|| bad_request(format!("Invalid stage key specified: {key}")))
}

/// Stores a new key and returns it, its value included.
pub(super) fn keep(world: &mut World, call: &Call, key: NewKey) -> Result<Document, Refusal> {
    let id = world.ids.next_id(10);
    let generated = world.ids.next_id(VALUE_CHARACTERS);
    let NewKey { name, description, value, customer_id, enabled, stage_keys, tags } = key;
    let value = value.unwrap_or(generated);
    if value.len() < VALUE_CHARACTERS_MIN {
        return Err(bad_request(format!(
            "API Key value should be at least {VALUE_CHARACTERS_MIN} characters"
        )));
    }
    if value.len() > VALUE_CHARACTERS_MAX {
        return Err(bad_request(format!(
            "API Key value exceeds maximum size of {VALUE_CHARACTERS_MAX} characters"
        )));
    }
    let region = world.apigateway.region(&call.region);
    if region.key_ids_by_value.contains_key(&value) {
        return Err(conflict("API Key already exists"));
    }
    let now = call.now_ms.div_euclid(1000);
    let about = Draft::default()
        .put("id", id.clone())
        .put("value", value.clone())
        .set("name", name)
        .set("customerId", customer_id)
        .set("description", description)
        .put("enabled", enabled)
        .put("createdDate", now)
        .put("lastUpdatedDate", now)
        .put("stageKeys", stage_keys)
        .put("tags", tags)
        .done();
    region.key_ids_by_value.insert(value, id.clone());
    region.api_keys.insert(id, about.clone());
    Ok(about)
}

pub(super) fn get(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let about = of(world.apigateway.region(&call.region), at.at(0))?;
    let mut shown = about.clone();
    if call.query_one("includeValue") != Some("true") {
        shown.shift_remove("value");
    }
    Ok(Answer::json(200, &Value::Object(shown)))
}

pub(super) fn list(world: &mut World, call: &Call, _: &Captures) -> Outcome {
    let region = world.apigateway.region(&call.region);
    let (name, customer) = (call.query_one("name"), call.query_one("customerId"));
    let values = call.query_one("includeValues") == Some("true");
    page(call, &region.api_keys, |about| {
        let named = name.is_none_or(|prefix| text(about, "name").starts_with(prefix));
        let owned = customer.is_none_or(|customer| text(about, "customerId") == customer);
        if !named || !owned {
            return None;
        }
        let mut shown = about.clone();
        if !values {
            shown.shift_remove("value");
        }
        Some(without_empty_tags(&shown))
    })
}

pub(super) fn update(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let patches = patch::read(call, "UpdateApiKey")?;
    let region = world.apigateway.region(&call.region);
    let mut about = patch::apply(of(region, at.at(0))?, &patches, RULES, Wording::Listed)?;
    let added = patches.iter().filter(|patch| patch.op == Op::Add && patch.path() == "/stages");
    for key in added.filter_map(|patch| patch.value.as_deref()) {
        check_stage(region, key)?;
    }
    about.entry("stageKeys").or_insert_with(|| json!([]));
    about.insert("lastUpdatedDate".to_owned(), json!(call.now_ms.div_euclid(1000)));
    region.api_keys.insert(at.at(0).to_owned(), about.clone());
    about.shift_remove("value");
    Ok(Answer::json(200, &Value::Object(about)))
}

pub(super) fn delete(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let region = world.apigateway.region(&call.region);
    let about = region.api_keys.remove(at.at(0)).ok_or_else(no_key)?;
    region.key_ids_by_value.remove(text(&about, "value"));
    for plan in region.usage_plans.values_mut() {
        plan.keys.remove(at.at(0));
    }
    Ok(Answer::empty(202))
}

/// Imports keys from a table with a heading line; a plan named in it takes the key.
pub(super) fn import(world: &mut World, call: &Call, _: &Captures) -> Outcome {
    let mut constraints = Constraints::default();
    constraints.present("format", call.query_one("format").as_ref());
    constraints.one_of("format", call.query_one("format"), &["csv"]);
    constraints.settle()?;
    let table = String::from_utf8_lossy(&call.body).into_owned();
    let mut lines =
        table.lines().map(|line| line.trim_start_matches('\u{feff}').trim()).filter(|line| !line.is_empty());
    let cells = |line: &str| -> Vec<String> {
        line.split(',').map(|cell| cell.trim().trim_matches('"').to_owned()).collect()
    };
    let heading: Vec<String> =
        lines.next().map(cells).unwrap_or_default().iter().map(|cell| cell.to_lowercase()).collect();
    if !["name", "key"].iter().all(|wanted| heading.iter().any(|cell| cell == wanted)) {
        return Err(bad_request("Header line must contain the fields: name, key"));
    }
    let (mut ids, mut warnings) = (Vec::new(), Vec::new());
    for line in lines {
        let cells = cells(line);
        let cell = |name: &str| {
            heading
                .iter()
                .position(|cell| cell == name)
                .and_then(|index| cells.get(index))
                .filter(|cell| !cell.is_empty())
                .cloned()
        };
        let key = NewKey {
            name: cell("name"),
            description: cell("description"),
            value: cell("key"),
            enabled: cell("enabled").is_none_or(|flag| flag.eq_ignore_ascii_case("true")),
            ..NewKey::default()
        };
        match keep(world, call, key) {
            Ok(about) => {
                let id = text(&about, "id").to_owned();
                join_plans(
                    world.apigateway.region(&call.region),
                    &id,
                    &cell("usageplanids").unwrap_or_default(),
                );
                ids.push(id);
            }
            Err(refusal) => warnings.push(refusal.message),
        }
    }
    if call.query_one("failonwarnings") == Some("true") && !warnings.is_empty() {
        for id in ids {
            drop(delete_quietly(world, call, &id));
        }
        return Err(bad_request(warnings.join(", ")));
    }
    Ok(Answer::json(201, &json!({ "ids": ids, "warnings": warnings })))
}

fn delete_quietly(world: &mut World, call: &Call, id: &str) -> Option<Document> {
    let region = world.apigateway.region(&call.region);
    let about = region.api_keys.remove(id)?;
    region.key_ids_by_value.remove(text(&about, "value"));
    Some(about)
}

fn join_plans(region: &mut Region, key: &str, plans: &str) {
    for plan in plans.split([';', '|', ' ']).filter(|plan| !plan.is_empty()) {
        if let Some(plan) = region.usage_plans.get_mut(plan) {
            plan.keys.insert(key.to_owned(), None);
        }
    }
}

/// Returns the key, or says that there is none.
pub(super) fn of<'r>(region: &'r Region, id: &str) -> Result<&'r Document, Refusal> {
    region.api_keys.get(id).ok_or_else(no_key)
}

fn stage(about: &mut Document, step: &Step<'_>) -> Result<(), Refusal> {
    let step = Step { op: step.op, parts: vec!["stageKeys".to_owned()], value: step.value };
    patch::list_value(about, &step)
}
