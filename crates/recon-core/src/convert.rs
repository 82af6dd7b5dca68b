//! Conversion of values to types, by the language's rules: what an argument of a type accepts.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use crate::path::{Path, Step};
pub use crate::unify::unify;
use crate::unknown::Unknown;
use crate::value::{Data, Mapping, Name, Sequence};
use crate::{Number, Type, Value};

/// Why a value does not fit a type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Mismatch {
    /// Where in the value.
    pub path: Path,
    /// In words: "a number is required".
    pub message: String,
}

/// Converts a value to a type, or says why it does not fit. Marks and unknowns stay.
pub fn convert(value: &Value, ty: &Type) -> Result<Value, Mismatch> {
    convert_at(value, ty, &mut Vec::new())
}

fn convert_at(value: &Value, ty: &Type, path: &mut Vec<Step>) -> Result<Value, Mismatch> {
    let data = match (&value.data, ty) {
        (_, Type::Any) => value.data.clone(),
        (Data::Null(from), _) if may_convert(from, ty) => Data::Null(resolved(from, ty)),
        (Data::Unknown(unknown), _) => unknown_as(unknown, ty, path)?,
        (Data::Bool(_), Type::Bool) | (Data::Number(_), Type::Number) | (Data::String(_), Type::String) => {
            value.data.clone()
        }
        (Data::Bool(value), Type::String) => Data::String(if *value { "true" } else { "false" }.into()),
        (Data::Number(number), Type::String) => Data::String(number.to_string().into()),
        (Data::String(text), Type::Bool) => match &**text {
            "true" | "1" => Data::Bool(true),
            "false" | "0" => Data::Bool(false),
            _ => return Err(mismatch(path, bool_hint(text))),
        },
        (Data::String(text), Type::Number) => {
            Data::Number(text.parse::<Number>().map_err(|_| mismatch(path, "a number is required"))?)
        }
        // An empty collection has elements of a type all the same.
        (Data::List(from) | Data::Set(from), Type::List(element) | Type::Set(element))
            if !may_convert(&from.element, element) =>
        {
            return Err(elements_required(path, &value.ty(), element));
        }
        (Data::Map(from), Type::Map(element)) if !may_convert(&from.element, element) => {
            return Err(elements_required(path, &value.ty(), element));
        }
        (Data::Set(from), Type::List(_)) if value.has_open_length() => {
            let ty = resolved(&Type::set(from.element.clone()), ty);
            Data::Unknown(Unknown::not_null(ty))
        }
        (Data::List(from) | Data::Set(from), Type::List(element))
            if from.element == **element && element.is_concrete() =>
        {
            Data::List(Arc::clone(from))
        }
        (Data::Set(from), Type::Set(element)) if from.element == **element && element.is_concrete() => {
            value.data.clone()
        }
        (Data::List(_) | Data::Set(_) | Data::Tuple(_), Type::List(element)) => {
            let (element, items) = convert_items(value.items(), element, "list", path)?;
            sequence_or_unknown(Type::list, element, items)
        }
        (Data::List(_) | Data::Set(_) | Data::Tuple(_), Type::Set(element)) => {
            let (element, items) = convert_items(value.items(), element, "set", path)?;
            return Ok(Value::set_of(element, items).marked(value.marks));
        }
        (Data::Tuple(items), Type::Tuple(types)) => tuple(items, types, path)?,
        (Data::Map(from), Type::Map(element)) if from.element == **element && element.is_concrete() => {
            value.data.clone()
        }
        (Data::Map(_) | Data::Object(_), Type::Map(element)) => map(value, element, path)?,
        (Data::Map(_) | Data::Object(_), Type::Object(attributes)) => object(value, attributes, path)?,
        _ => return Err(required(path, ty)),
    };
    Ok(Value { data, marks: value.marks })
}

fn bool_hint(text: &str) -> &'static str {
    match text.to_lowercase().as_str() {
        "true" => "a bool is required; to convert from string, use lowercase \"true\"",
        "false" => "a bool is required; to convert from string, use lowercase \"false\"",
        _ => "a bool is required",
    }
}

fn required(path: &[Step], ty: &Type) -> Mismatch {
    mismatch(path, format!("{} {} is required", article(ty), ty.friendly()))
}

fn elements_required(path: &[Step], from: &Type, element: &Type) -> Mismatch {
    let kind = match from {
        Type::Set(_) => "set",
        Type::Map(_) => "map",
        _ => "list",
    };
    mismatch(path, format!("incorrect {kind} element type: {} required", element.friendly()))
}

fn mismatch(path: &[Step], message: impl Into<String>) -> Mismatch {
    Mismatch { path: Path(path.to_vec()), message: message.into() }
}

fn article(ty: &Type) -> &'static str {
    if matches!(ty, Type::Object(_)) { "an" } else { "a" }
}

fn unknown_as(unknown: &Unknown, ty: &Type, path: &[Step]) -> Result<Data, Mismatch> {
    if !may_convert(&unknown.ty, ty) {
        return Err(required(path, ty));
    }
    Ok(Data::Unknown(Unknown { ty: resolved(&unknown.ty, ty), ..unknown.clone() }))
}

/// The type that a value of one type has after its conversion to another: wherever that says `any`, the value's own.
fn resolved(from: &Type, to: &Type) -> Type {
    let unified = |items: Vec<Type>| unify(&items).unwrap_or(Type::Any);
    match (from, to) {
        (Type::Any, _) => to.clone(),
        (_, Type::Any) => from.clone(),
        (_, to) if to.is_concrete() => to.clone(),
        (Type::List(a) | Type::Set(a), Type::List(b)) => Type::list(resolved(a, b)),
        (Type::List(a) | Type::Set(a), Type::Set(b)) => Type::set(resolved(a, b)),
        (Type::Map(a), Type::Map(b)) => Type::map(resolved(a, b)),
        (Type::Tuple(items), Type::List(b)) => {
            Type::list(unified(items.iter().map(|item| resolved(item, b)).collect()))
        }
        (Type::Tuple(items), Type::Set(b)) => {
            Type::set(unified(items.iter().map(|item| resolved(item, b)).collect()))
        }
        (Type::Object(attributes), Type::Map(b)) => {
            Type::map(unified(attributes.values().map(|item| resolved(item, b)).collect()))
        }
        (Type::Tuple(a), Type::Tuple(b)) if a.len() == b.len() => {
            Type::Tuple(Arc::new(a.iter().zip(&**b).map(|(a, b)| resolved(a, b)).collect()))
        }
        (Type::Map(a), Type::Object(b)) => {
            Type::Object(Arc::new(b.iter().map(|(name, b)| (name.clone(), resolved(a, b))).collect()))
        }
        (Type::Object(a), Type::Object(b)) => {
            let of = |name: &Name, b: &Type| a.get(name).map_or_else(|| b.clone(), |a| resolved(a, b));
            Type::Object(Arc::new(b.iter().map(|(name, b)| (name.clone(), of(name, b))).collect()))
        }
        _ => to.clone(),
    }
}

/// Whether some value of one type fits another.
pub fn may_convert(from: &Type, to: &Type) -> bool {
    match (from, to) {
        (Type::Any, _) | (_, Type::Any) => true,
        (Type::Bool, Type::Number) | (Type::Number, Type::Bool) => false,
        (a, b) if a.is_primitive() && b.is_primitive() => true,
        (Type::List(a) | Type::Set(a), Type::List(b) | Type::Set(b)) | (Type::Map(a), Type::Map(b)) => {
            may_convert(a, b)
        }
        (Type::Tuple(items), Type::List(b) | Type::Set(b)) if **b == Type::Any => has_one_type(items),
        (Type::Tuple(items), Type::List(b) | Type::Set(b)) => items.iter().all(|item| may_convert(item, b)),
        (Type::Tuple(a), Type::Tuple(b)) => {
            a.len() == b.len() && a.iter().zip(&**b).all(|(a, b)| may_convert(a, b))
        }
        // Nulls of no type become nulls of the type of the rest, as they do not in a list.
        (Type::Object(attributes), Type::Map(b)) if **b == Type::Any => {
            unify(&attributes.values().cloned().collect::<Vec<_>>()).is_some()
        }
        (Type::Object(attributes), Type::Map(b)) => attributes.values().all(|a| may_convert(a, b)),
        (Type::Map(a), Type::Object(b)) => b.values().all(|b| may_convert(a, b)),
        (Type::Object(a), Type::Object(b)) => {
            b.iter().all(|(name, b)| a.get(name).is_some_and(|a| may_convert(a, b)))
        }
        _ => false,
    }
}

/// Whether the elements of a tuple can be those of a list: of one type, or all of them of none yet.
fn has_one_type(items: &[Type]) -> bool {
    match unify(items) {
        Some(Type::Any) => items.iter().all(|item| *item == Type::Any),
        common => common.is_some(),
    }
}

fn convert_items(
    items: &[Value],
    element: &Type,
    kind: &str,
    path: &mut Vec<Step>,
) -> Result<(Type, Vec<Value>), Mismatch> {
    let mut converted = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        path.push(Step::Index(index));
        converted.push(convert_at(item, element, path)?);
        path.pop();
    }
    if element.is_concrete() || converted.is_empty() {
        return Ok((element.clone(), converted));
    }
    unify_elements(converted, kind, path)
}

/// Elements of `list(any)` and its kin get the one type that all of them can have.
fn unify_elements(items: Vec<Value>, kind: &str, path: &[Step]) -> Result<(Type, Vec<Value>), Mismatch> {
    let types: Vec<Type> = items.iter().map(Value::ty).collect();
    let nothing = || mismatch(path, format!("all {kind} elements must have the same type"));
    let common = unify(&types).ok_or_else(nothing)?;
    let mut common = common;
    if common == Type::Any && types.iter().any(|ty| *ty != Type::Any) {
        // An element whose type is still open may decide it; a bare null never will.
        if items.iter().any(|item| item.is_unknown() && item.ty() == Type::Any) {
            return Ok((Type::Any, items));
        }
        // Only a map lets its nulls be of the type of the rest.
        let rest: Vec<Type> = types.iter().filter(|ty| **ty != Type::Any).cloned().collect();
        common = if kind == "map" { unify(&rest).ok_or_else(nothing)? } else { return Err(nothing()) };
    }
    let items = items
        .into_iter()
        .zip(&types)
        .map(|(item, ty)| if *ty == common { Ok(item) } else { convert(&item, &common) })
        .collect::<Result<Vec<Value>, _>>()?;
    // Where the common type says `any` deep inside, each element has kept its own there.
    let is_one = |items: &[Value]| items.windows(2).all(|pair| pair[0].ty() == pair[1].ty());
    if !common.is_concrete() && items.iter().all(Value::is_wholly_known) && !is_one(&items) {
        return Err(nothing());
    }
    Ok((common, items))
}

/// Elements of several types stand together only while one of them may still decide the type.
fn sequence_or_unknown(of: fn(Type) -> Type, element: Type, items: Vec<Value>) -> Data {
    if element == Type::Any && items.iter().any(|item| item.ty() != Type::Any) {
        return Data::Unknown(Unknown::not_null(of(Type::Any)));
    }
    Data::List(Arc::new(Sequence { element, items }))
}

fn tuple(items: &[Value], types: &[Type], path: &mut Vec<Step>) -> Result<Data, Mismatch> {
    if items.len() != types.len() {
        return Err(mismatch(path, format!("a tuple of {} elements is required", types.len())));
    }
    let mut converted = Vec::with_capacity(items.len());
    for (index, (item, ty)) in items.iter().zip(types).enumerate() {
        path.push(Step::Index(index));
        converted.push(convert_at(item, ty, path)?);
        path.pop();
    }
    Ok(Data::Tuple(Arc::new(converted)))
}

fn map(value: &Value, element: &Type, path: &mut Vec<Step>) -> Result<Data, Mismatch> {
    let mut names = Vec::new();
    let mut items = Vec::new();
    for (name, item) in value.entries().into_iter().flatten() {
        path.push(Step::Key(name.clone()));
        items.push(convert_at(item, element, path)?);
        path.pop();
        names.push(name.clone());
    }
    let mut element = element.clone();
    if !element.is_concrete() && !items.is_empty() {
        (element, items) = unify_elements(items, "map", path)?;
        if element == Type::Any && items.iter().any(|item| item.ty() != Type::Any) {
            return Ok(Data::Unknown(Unknown::not_null(Type::map(Type::Any))));
        }
    }
    let entries: BTreeMap<Name, Value> = names.into_iter().zip(items).collect();
    Ok(Data::Map(Arc::new(Mapping { element, entries })))
}

fn object(value: &Value, attributes: &BTreeMap<Name, Type>, path: &mut Vec<Step>) -> Result<Data, Mismatch> {
    let entries = value.entries();
    let missing = missing(attributes, entries);
    if !missing.is_empty() {
        return Err(mismatch(path, missing));
    }
    let mut converted = BTreeMap::new();
    for (name, ty) in attributes {
        let Some(item) = entries.and_then(|entries| entries.get(name)) else { continue };
        path.push(Step::Attribute(name.clone()));
        converted.insert(name.clone(), convert_at(item, ty, path)?);
        path.pop();
    }
    Ok(Data::Object(Arc::new(converted)))
}

fn missing(attributes: &BTreeMap<Name, Type>, entries: Option<&BTreeMap<Name, Value>>) -> String {
    let has = |name: &&Name| entries.is_some_and(|entries| entries.contains_key(*name));
    let missing: Vec<String> =
        attributes.keys().filter(|name| !has(name)).map(|name| format!("{name:?}")).collect();
    match missing.as_slice() {
        [] => String::new(),
        [only] => format!("attribute {only} is required"),
        [first, second] => format!("attributes {first} and {second} are required"),
        [rest @ .., last] => format!("attributes {}, and {last} are required", rest.join(", ")),
    }
}

impl Mismatch {
    /// With the way to the part that does not fit: `attribute "size": a number is required`.
    pub fn full(&self) -> String {
        let mut text = String::new();
        for step in &self.path.0 {
            // Writing to a string cannot fail.
            let _ = match step {
                Step::Attribute(name) => write!(text, "attribute {name:?}: "),
                Step::Key(key) => write!(text, "element {key:?}: "),
                Step::Index(index) => write!(text, "element {index}: "),
            };
        }
        text + &self.message
    }
}

impl Value {
    /// The same value with every unknown replaced.
    #[must_use]
    pub fn map_unknown(&self, replace: &dyn Fn(&Unknown) -> Value) -> Value {
        let items = |items: &[Value]| items.iter().map(|item| item.map_unknown(replace)).collect();
        let entries = |entries: &BTreeMap<Name, Value>| {
            entries.iter().map(|(name, item)| (name.clone(), item.map_unknown(replace))).collect()
        };
        let data = match &self.data {
            Data::Unknown(unknown) => return replace(unknown).marked(self.marks),
            Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::String(_) => return self.clone(),
            Data::List(list) => {
                Data::List(Arc::new(Sequence { element: list.element.clone(), items: items(&list.items) }))
            }
            Data::Set(set) => {
                return Value::set(set.element.clone(), items(&set.items)).marked(self.marks);
            }
            Data::Tuple(tuple) => Data::Tuple(Arc::new(items(tuple))),
            Data::Map(map) => {
                Data::Map(Arc::new(Mapping { element: map.element.clone(), entries: entries(&map.entries) }))
            }
            Data::Object(attributes) => Data::Object(Arc::new(entries(attributes))),
        };
        Value { data, marks: self.marks }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: Value) -> Value {
        Value::object([("c", value)])
    }

    #[test]
    fn elements_with_types_of_their_own_inside_are_no_list() {
        let ty = Type::list(Type::object([("c", Type::Any)]));
        let items = |second: Value| Value::tuple(vec![with(Value::tuple(Vec::new())), with(second)]);
        assert!(convert(&items(Value::null(Type::Any)), &ty).is_err());
        assert!(convert(&items(Value::tuple(Vec::new())), &ty).is_ok());
    }

    #[test]
    fn an_empty_list_has_elements_of_a_type() {
        let numbers = Value::list(Type::Number, Vec::new());
        assert!(convert(&numbers, &Type::list(Type::Bool)).is_err());
        assert!(convert(&numbers, &Type::set(Type::String)).is_ok());
    }
}
