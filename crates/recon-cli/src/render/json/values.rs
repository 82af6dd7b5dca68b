//! Values in JSON: what is known of them, and beside it what is unknown and what must not be shown.

use std::collections::BTreeMap;

use recon_core::value::Name;
use recon_core::{Data, Known, Type, Value, json};
use serde_json::{Map, Value as Json, json};

/// What is known of a value: unknown attributes and elements of maps are left out, those of lists are null.
pub(crate) fn known_parts(value: &Value) -> Json {
    match &value.data {
        Data::Object(attributes) => known_entries(attributes),
        Data::Map(mapping) => known_entries(&mapping.entries),
        Data::List(_) | Data::Set(_) | Data::Tuple(_) => value.items().iter().map(known_parts).collect(),
        _ => json::to_json_with_nulls(value),
    }
}

fn known_entries(entries: &BTreeMap<Name, Value>) -> Json {
    let known = entries.iter().filter(|(_, value)| !value.is_unknown());
    Json::Object(known.map(|(name, value)| (name.to_string(), known_parts(value))).collect())
}

/// A value of the same shape with `true` where this one is unknown.
pub(crate) fn unknown_marks(value: &Value) -> Json {
    marks(value, &|value| value.is_unknown())
}

/// A value of the same shape with `true` where this one must not be shown.
pub(crate) fn sensitive_marks(value: &Value) -> Json {
    marks(value, &|value| value.marks.is_sensitive())
}

fn marks(value: &Value, marked: &dyn Fn(&Value) -> bool) -> Json {
    if marked(value) {
        return Json::Bool(true);
    }
    match &value.data {
        Data::Object(attributes) => marked_entries(attributes, marked),
        Data::Map(mapping) => marked_entries(&mapping.entries, marked),
        Data::List(_) | Data::Set(_) | Data::Tuple(_) => {
            value.items().iter().map(|item| marks(item, marked)).collect()
        }
        // What will be known is not marked yet, but its shape is there.
        Data::Unknown(unknown) => match unknown.ty {
            Type::Map(_) | Type::Object(_) => json!({}),
            Type::List(_) | Type::Set(_) | Type::Tuple(_) => json!([]),
            Type::Any | Type::Bool | Type::Number | Type::String => Json::Bool(false),
        },
        Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::String(_) => Json::Bool(false),
    }
}

fn marked_entries(entries: &BTreeMap<Name, Value>, marked: &dyn Fn(&Value) -> bool) -> Json {
    let mut found = Map::new();
    for (name, value) in entries {
        let mark = marks(value, marked);
        if mark != Json::Bool(false) {
            found.insert(name.to_string(), mark);
        }
    }
    Json::Object(found)
}

/// A type, as the language's implementations exchange it.
pub(crate) fn ty(ty: &Type) -> Json {
    match ty {
        Type::Any => json!("dynamic"),
        Type::Bool => json!("bool"),
        Type::Number => json!("number"),
        Type::String => json!("string"),
        Type::List(element) => json!(["list", self::ty(element)]),
        Type::Set(element) => json!(["set", self::ty(element)]),
        Type::Map(element) => json!(["map", self::ty(element)]),
        Type::Tuple(items) => json!(["tuple", items.iter().map(self::ty).collect::<Vec<_>>()]),
        Type::Object(attributes) => {
            let attributes = attributes.iter().map(|(name, ty)| (name.to_string(), self::ty(ty)));
            json!(["object", attributes.collect::<Map<_, _>>()])
        }
    }
}

/// Outputs with their values and types, as a state shows them. Here secrets keep their values, as
/// in Terraform: whoever asks for JSON asks for them.
pub(crate) fn outputs(outputs: &BTreeMap<Name, Known>) -> Json {
    let entry = |value: &Known| {
        json!({
            "sensitive": value.deep_marks().is_sensitive(),
            "type": ty(&value.ty()),
            "value": json::to_json(value),
        })
    };
    Json::Object(outputs.iter().map(|(name, value)| (name.to_string(), entry(value))).collect())
}
