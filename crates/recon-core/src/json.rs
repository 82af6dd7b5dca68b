//! Values as JSON: plain JSON beside a list of the paths that must never be shown.

use std::collections::BTreeMap;
use std::sync::Arc;

use bigdecimal::ToPrimitive;
use serde_json::Value as Json;

use crate::path::{Path, Step};
use crate::value::{Data, Name};
use crate::{Known, Marks, Number, Type, Value};

/// The value as plain JSON: sets become arrays, marks are dropped (see [`sensitive_paths`]).
pub fn to_json(value: &Known) -> Json {
    plain(value)
}

/// The value as plain JSON, with null wherever it is unknown.
pub fn to_json_with_nulls(value: &Value) -> Json {
    plain(value)
}

fn plain(value: &Value) -> Json {
    match &value.data {
        Data::Null(_) | Data::Unknown(_) => Json::Null,
        Data::Bool(value) => Json::Bool(*value),
        Data::Number(number) => number_to_json(number),
        Data::String(text) => Json::String(text.to_string()),
        Data::List(sequence) | Data::Set(sequence) => sequence.items.iter().map(plain).collect(),
        Data::Tuple(items) => items.iter().map(plain).collect(),
        Data::Map(mapping) => entries_to_json(&mapping.entries),
        Data::Object(attributes) => entries_to_json(attributes),
    }
}

fn entries_to_json(entries: &BTreeMap<Name, Value>) -> Json {
    Json::Object(entries.iter().map(|(name, value)| (name.to_string(), plain(value))).collect())
}

fn number_to_json(number: &Number) -> Json {
    if let Some(small) = number.as_i64() {
        return Json::from(small);
    }
    let decimal = number.decimal();
    match decimal.to_u64().filter(|_| number.is_integer()) {
        Some(large) => Json::from(large),
        // JSON readers keep a double at best.
        None if number.as_f64().is_finite() => Json::from(number.as_f64()),
        None => Json::String(number.to_string()),
    }
}

/// The number as JSON from which it can be read again digit by digit: as text, where a JSON number would lose some.
pub fn exact_number(number: &Number) -> Json {
    let json = number_to_json(number);
    let is_exact = json.as_i64().is_some()
        || json.as_u64().is_some()
        || json.as_f64().and_then(Number::from_f64).as_ref() == Some(number);
    if is_exact { json } else { Json::String(number.digits()) }
}

/// Reads a value of a type from plain JSON; attributes that the JSON lacks are null, those the type lacks are dropped.
pub fn from_json(json: &Json, ty: &Type) -> Result<Known, String> {
    let value = typed(json, ty, &mut Vec::new())?;
    Known::new(value).ok_or_else(|| "holds an unknown value".to_owned())
}

fn typed(json: &Json, ty: &Type, path: &mut Vec<Step>) -> Result<Value, String> {
    let wrong = |path: &[Step]| Err(format!("`{}` is not a {}", Path(path.to_vec()), ty.friendly()));
    Ok(match (json, ty) {
        (Json::Null, _) => Value::null(ty.clone()),
        (_, Type::Any) => untyped(json),
        (Json::Bool(value), Type::Bool) => Value::from(*value),
        (Json::String(text), Type::String) => Value::from(text.as_str()),
        (Json::Number(number), Type::Number) => number_from_json(number),
        (Json::String(text), Type::Number) => match Number::from_digits(text) {
            Ok(number) => Value::from(number),
            Err(_) => return wrong(path),
        },
        (Json::Array(items), Type::List(element)) => {
            Value::list((**element).clone(), each(items, element, path)?)
        }
        (Json::Array(items), Type::Set(element)) => {
            Value::set((**element).clone(), each(items, element, path)?)
        }
        (Json::Array(items), Type::Tuple(types)) if items.len() == types.len() => {
            let pairs = items.iter().zip(&**types);
            Value::tuple(pairs.map(|(item, ty)| typed(item, ty, path)).collect::<Result<_, _>>()?)
        }
        (Json::Object(entries), Type::Map(element)) => {
            let mut map = BTreeMap::new();
            for (name, item) in entries {
                path.push(Step::Key(name.as_str().into()));
                map.insert(Name::from(name.as_str()), typed(item, element, path)?);
                path.pop();
            }
            Value::map((**element).clone(), map)
        }
        (Json::Object(entries), Type::Object(attributes)) => {
            let mut object = BTreeMap::new();
            for (name, ty) in &**attributes {
                path.push(Step::Attribute(name.clone()));
                let item = entries.get(&**name).unwrap_or(&Json::Null);
                object.insert(name.clone(), typed(item, ty, path)?);
                path.pop();
            }
            Data::Object(Arc::new(object)).into()
        }
        _ => return wrong(path),
    })
}

fn each(items: &[Json], element: &Type, path: &mut Vec<Step>) -> Result<Vec<Value>, String> {
    let mut values = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        path.push(Step::Index(index));
        values.push(typed(item, element, path)?);
        path.pop();
    }
    Ok(values)
}

fn number_from_json(number: &serde_json::Number) -> Value {
    let parsed = number.as_i64().map(Number::from).or_else(|| number.to_string().parse().ok());
    parsed.map_or_else(|| Value::null(Type::Number), Value::from)
}

/// Reads a value from JSON without a type: arrays become tuples, objects become objects, as `jsondecode` does.
pub fn untyped(json: &Json) -> Value {
    match json {
        Json::Null => Value::null(Type::Any),
        Json::Bool(value) => Value::from(*value),
        Json::Number(number) => number_from_json(number),
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(items) => Value::tuple(items.iter().map(untyped).collect()),
        Json::Object(entries) => {
            Value::object(entries.iter().map(|(name, item)| (name.as_str(), untyped(item))))
        }
    }
}

/// The paths of all values in here that must never be shown, outermost first.
pub fn sensitive_paths(value: &Value) -> Vec<Path> {
    let mut found = Vec::new();
    collect_sensitive(value, &mut Vec::new(), &mut found);
    found
}

fn collect_sensitive(value: &Value, path: &mut Vec<Step>, found: &mut Vec<Path>) {
    if value.marks.is_sensitive() {
        found.push(Path(path.clone()));
        return;
    }
    let mut visit = |step: Step, child: &Value| {
        path.push(step);
        collect_sensitive(child, path, found);
        path.pop();
    };
    match &value.data {
        Data::Object(attributes) => {
            attributes.iter().for_each(|(name, child)| visit(Step::Attribute(name.clone()), child));
        }
        Data::Map(mapping) => {
            mapping.entries.iter().for_each(|(name, child)| visit(Step::Key(name.clone()), child));
        }
        _ => value.items().iter().enumerate().for_each(|(index, child)| visit(Step::Index(index), child)),
    }
}

/// The same value with everything at these paths never to be shown.
#[must_use]
pub fn mark_sensitive(value: Known, paths: &[Path]) -> Known {
    let mut marked = value.into_value();
    for path in paths {
        mark_at(&mut marked, &path.0);
    }
    // Marks change nothing about what is known.
    Known::with_nulls(&marked)
}

fn mark_at(value: &mut Value, steps: &[Step]) {
    let Some((first, rest)) = steps.split_first() else {
        value.marks = value.marks.and(Marks::SENSITIVE);
        return;
    };
    let child = match (&mut value.data, first) {
        (Data::Object(attributes), Step::Attribute(name) | Step::Key(name)) => {
            Arc::make_mut(attributes).get_mut(name)
        }
        (Data::Map(mapping), Step::Attribute(name) | Step::Key(name)) => {
            Arc::make_mut(mapping).entries.get_mut(name)
        }
        (Data::List(sequence) | Data::Set(sequence), Step::Index(index)) => {
            Arc::make_mut(sequence).items.get_mut(*index)
        }
        (Data::Tuple(items), Step::Index(index)) => Arc::make_mut(items).get_mut(*index),
        _ => None,
    };
    if let Some(child) = child {
        mark_at(child, rest);
    }
}
