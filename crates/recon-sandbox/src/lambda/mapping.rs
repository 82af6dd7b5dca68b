//! Event source mappings: what feeds a function.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::constraint::{need_text, text};
use super::locate::Target;
use super::mapping_settings as settings;
use super::page::{Page, listing};
use super::refuse::{conflict, invalid, not_found};
use super::tag;
use crate::route::Captures;
use crate::time;
use crate::wire::{Answer, Call, Outcome, Refusal};
use crate::world::{ACCOUNT, World};

const PAGE_MAX: usize = 100;

/// An event source mapping.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Mapping {
    /// The ARN of the function, with the qualifier it was given.
    pub function_arn: String,
    /// Everything else that is shown, as it is shown.
    pub shown: Map<String, Value>,
    /// Whether it is to be on.
    pub enabled: bool,
    /// What it is busy with until it settles.
    pub busy: String,
    /// When it has settled, in milliseconds.
    pub settles_ms: i64,
    /// The tags.
    pub tags: BTreeMap<String, String>,
    /// When it last changed, in milliseconds.
    pub modified_ms: i64,
}

impl Mapping {
    fn gone(&self, now_ms: i64) -> bool {
        self.busy == "Deleting" && now_ms >= self.settles_ms
    }

    fn state(&self, now_ms: i64) -> &str {
        match (now_ms >= self.settles_ms, self.enabled) {
            (false, _) => &self.busy,
            (true, true) => "Enabled",
            (true, false) => "Disabled",
        }
    }

    fn document(&self, uuid: &str, region: &str, state: &str) -> Value {
        let mut shown = Map::new();
        shown.insert("UUID".to_owned(), json!(uuid));
        shown.extend(self.shown.clone());
        shown.insert("FunctionArn".to_owned(), json!(self.function_arn));
        shown.insert("LastModified".to_owned(), time::seconds(self.modified_ms));
        shown.insert("State".to_owned(), json!(state));
        let polls = settings::Source::of(&self.shown) == settings::Source::Queue;
        shown.insert(
            "StateTransitionReason".to_owned(),
            json!(if polls { "USER_INITIATED" } else { "User action" }),
        );
        let arn = format!("arn:aws:lambda:{region}:{ACCOUNT}:event-source-mapping:{uuid}");
        shown.insert("EventSourceMappingArn".to_owned(), json!(arn));
        Value::Object(shown)
    }
}

pub(super) fn create(world: &mut World, call: &Call, _captures: &Captures) -> Outcome {
    let body = call.json()?;
    let target = Target::parse(need_text(&body, "FunctionName")?, &call.region)?;
    let uuid = world.ids.uuid();
    let shown = settings::created(&body, &uuid)?;
    let tags = tag::from_body(&body)?;
    target.resolve(world).map_err(|_| invalid("Function does not exist"))?;
    let source = text(&body, "EventSourceArn")?.unwrap_or_default();
    let (arn, name) = (target.arn(), target.name.clone());
    let now_ms = call.now_ms;
    let twin = target.region_mut(world).mappings.iter().find(|(_, mapping)| {
        let same = mapping.shown.get("EventSourceArn").and_then(Value::as_str) == Some(source);
        !mapping.gone(now_ms) && same && mapping.function_arn == arn
    });
    if let Some((uuid, _)) = twin {
        return Err(conflict(format!(
            "The event source arn (\" {source} \") and function (\" {name} \") provided mapping already exists. Please \
             update or delete the existing mapping with UUID {uuid}"
        )));
    }
    let mapping = Mapping {
        function_arn: arn,
        shown,
        enabled: body.get("Enabled").and_then(Value::as_bool).unwrap_or(true),
        busy: "Creating".to_owned(),
        settles_ms: now_ms.saturating_add(world.pace.pending_ms),
        tags,
        modified_ms: now_ms,
    };
    let document = mapping.document(&uuid, &call.region, "Creating");
    world.lambda.region(&call.region).mappings.insert(uuid, mapping);
    Ok(Answer::json(202, &document))
}

pub(super) fn get(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let uuid = captures.at(0);
    let mapping = named(world, call, uuid)?;
    let state = mapping.state(call.now_ms).to_owned();
    Ok(Answer::json(200, &mapping.document(uuid, &call.region, &state)))
}

pub(super) fn list(world: &mut World, call: &Call, _captures: &Captures) -> Outcome {
    let page = Page::of(call, PAGE_MAX)?;
    let source = call.query_one("EventSourceArn");
    let function =
        call.query_one("FunctionName").map(|name| Target::parse(name, &call.region)).transpose()?;
    let function = function.map(|target| target.arn());
    let mappings = &world.lambda.region(&call.region).mappings;
    let matching = mappings.iter().filter(|(_, mapping)| {
        let fed_by = mapping.shown.get("EventSourceArn").and_then(Value::as_str);
        let fed = source.is_none_or(|source| fed_by == Some(source));
        !mapping.gone(call.now_ms) && fed && function.as_ref().is_none_or(|arn| mapping.function_arn == *arn)
    });
    let (items, next) = page.cut(matching.map(|(uuid, mapping)| (uuid.clone(), (uuid, mapping))));
    let shown = items.iter().map(|(uuid, mapping)| {
        let mut document = mapping.document(uuid, &call.region, mapping.state(call.now_ms));
        // Filters that are encrypted are shown to who asks for the mapping alone.
        if mapping.shown.contains_key("KMSKeyArn") {
            document["FilterCriteria"] = Value::Null;
        }
        document
    });
    Ok(listing("EventSourceMappings", &shown.collect::<Vec<_>>(), next.as_deref()))
}

pub(super) fn update(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let body = call.json()?;
    let uuid = captures.at(0);
    let pending_ms = world.pace.pending_ms;
    let target = text(&body, "FunctionName")?.map(|name| Target::parse(name, &call.region)).transpose()?;
    if let Some(target) = &target {
        target.resolve(world).map_err(|_| invalid("Function does not exist"))?;
    }
    let mapping = named(world, call, uuid)?;
    check_idle(mapping, "update", call.now_ms)?;
    let mut updated = mapping.clone();
    updated.shown = settings::updated(&mapping.shown, &body)?;
    if let Some(target) = target {
        updated.function_arn = target.arn();
    }
    updated.enabled = body.get("Enabled").and_then(Value::as_bool).unwrap_or(mapping.enabled);
    let busy = match (mapping.enabled, updated.enabled) {
        (false, true) => "Enabling",
        (true, false) => "Disabling",
        _ => "Updating",
    };
    busy.clone_into(&mut updated.busy);
    updated.modified_ms = call.now_ms;
    updated.settles_ms = call.now_ms.saturating_add(pending_ms);
    *mapping = updated;
    Ok(Answer::json(202, &mapping.document(uuid, &call.region, busy)))
}

pub(super) fn delete(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let uuid = captures.at(0);
    let pending_ms = world.pace.pending_ms;
    let mapping = named(world, call, uuid)?;
    check_idle(mapping, "delete", call.now_ms)?;
    "Deleting".clone_into(&mut mapping.busy);
    mapping.settles_ms = call.now_ms.saturating_add(pending_ms);
    let document = mapping.document(uuid, &call.region, "Deleting");
    let now_ms = call.now_ms;
    world.lambda.region(&call.region).mappings.retain(|_, mapping| !mapping.gone(now_ms));
    Ok(Answer::json(202, &document))
}

fn named<'a>(world: &'a mut World, call: &Call, uuid: &str) -> Result<&'a mut Mapping, Refusal> {
    let mapping = world.lambda.region(&call.region).mappings.get_mut(uuid);
    let present = mapping.filter(|mapping| !mapping.gone(call.now_ms));
    present.ok_or_else(|| not_found("The resource you requested does not exist."))
}

fn check_idle(mapping: &Mapping, verb: &str, now_ms: i64) -> Result<(), Refusal> {
    if now_ms >= mapping.settles_ms {
        return Ok(());
    }
    let message = format!("Cannot {verb} the event source mapping because it is in use.");
    Err(Refusal::new(400, "ResourceInUseException", message).with("Type", "User"))
}
