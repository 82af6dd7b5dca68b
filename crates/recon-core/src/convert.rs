//! Conversion of values to types, by the language's rules: what an argument of a type accepts.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::path::{Path, Step};
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
        (Data::Null(_), _) => Data::Null(ty.clone()),
        (Data::Unknown(unknown), _) => unknown_as(unknown, ty, path)?,
        (Data::Bool(_), Type::Bool) | (Data::Number(_), Type::Number) | (Data::String(_), Type::String) => {
            value.data.clone()
        }
        (Data::Bool(value), Type::String) => Data::String(if *value { "true" } else { "false" }.into()),
        (Data::Number(number), Type::String) => Data::String(number.to_string().into()),
        (Data::String(text), Type::Bool) => match &**text {
            "true" | "1" => Data::Bool(true),
            "false" | "0" => Data::Bool(false),
            _ => return Err(mismatch(path, "a bool is required")),
        },
        (Data::String(text), Type::Number) => {
            Data::Number(text.parse::<Number>().map_err(|_| mismatch(path, "a number is required"))?)
        }
        (Data::List(_) | Data::Set(_) | Data::Tuple(_), Type::List(element)) => {
            let items = convert_items(value.items(), element, path)?;
            Data::List(Arc::new(Sequence { element: element_type(element, &items), items }))
        }
        (Data::List(_) | Data::Set(_) | Data::Tuple(_), Type::Set(element)) => {
            let items = convert_items(value.items(), element, path)?;
            let element = element_type(element, &items);
            if items.iter().any(|item| !item.is_wholly_known()) {
                // Two unknown elements may turn out to be one, so not even the length is known.
                return Ok(Value::from(unknown_set(element, items)).marked(value.marks));
            }
            return Ok(lifted_set(element, items).marked(value.marks));
        }
        (Data::List(_) | Data::Set(_) | Data::Tuple(_), Type::Tuple(types)) => {
            tuple(value.items(), types, path)?
        }
        (Data::Map(_) | Data::Object(_), Type::Map(element)) => map(value, element, path)?,
        (Data::Map(_) | Data::Object(_), Type::Object(attributes)) => object(value, attributes, path)?,
        _ => return Err(mismatch(path, format!("{} {} is required", article(ty), ty.friendly()))),
    };
    Ok(Value { data, marks: value.marks })
}

fn mismatch(path: &[Step], message: impl Into<String>) -> Mismatch {
    Mismatch { path: Path(path.to_vec()), message: message.into() }
}

fn article(ty: &Type) -> &'static str {
    if matches!(ty, Type::Object(_)) { "an" } else { "a" }
}

/// A set of known values; its elements' marks move to the set, because equal elements cannot differ in marks.
fn lifted_set(element: Type, items: Vec<Value>) -> Value {
    let marks = items.iter().fold(crate::Marks::NONE, |marks, item| marks.and(item.marks));
    let items = items.into_iter().map(|item| Value { marks: crate::Marks::NONE, ..item }).collect();
    Value::set(element, items).marked(marks)
}

/// Unknown elements must stay visible to a plan, so a set may hold them; only equal known ones fall together.
fn unknown_set(element: Type, items: Vec<Value>) -> Data {
    let (mut known, unknown): (Vec<_>, Vec<_>) = items.into_iter().partition(Value::is_wholly_known);
    known.sort();
    known.dedup();
    known.extend(unknown);
    Data::Set(Arc::new(Sequence { element, items: known }))
}

fn unknown_as(unknown: &Unknown, ty: &Type, path: &[Step]) -> Result<Data, Mismatch> {
    if !may_convert(&unknown.ty, ty) {
        return Err(mismatch(path, format!("{} {} is required", article(ty), ty.friendly())));
    }
    Ok(Data::Unknown(Unknown { ty: ty.clone(), not_null: unknown.not_null }))
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
        (Type::Tuple(items), Type::List(b) | Type::Set(b)) => items.iter().all(|item| may_convert(item, b)),
        (Type::Tuple(a), Type::Tuple(b)) => {
            a.len() == b.len() && a.iter().zip(&**b).all(|(a, b)| may_convert(a, b))
        }
        (Type::List(a) | Type::Set(a), Type::Tuple(b)) => b.iter().all(|b| may_convert(a, b)),
        (Type::Object(attributes), Type::Map(b)) => attributes.values().all(|a| may_convert(a, b)),
        (Type::Map(a), Type::Object(b)) => b.values().all(|b| may_convert(a, b)),
        (Type::Object(a), Type::Object(b)) => {
            b.iter().all(|(name, b)| a.get(name).is_some_and(|a| may_convert(a, b)))
        }
        _ => false,
    }
}

fn convert_items(items: &[Value], element: &Type, path: &mut Vec<Step>) -> Result<Vec<Value>, Mismatch> {
    let mut converted = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        path.push(Step::Index(index));
        converted.push(convert_at(item, element, path)?);
        path.pop();
    }
    if matches!(element, Type::Any) { unify_elements(converted, path) } else { Ok(converted) }
}

/// Elements of `list(any)` and its kin get the one type that all of them can have.
fn unify_elements(items: Vec<Value>, path: &[Step]) -> Result<Vec<Value>, Mismatch> {
    let types: Vec<Type> = items.iter().map(Value::ty).collect();
    let Some(common) = unify(&types) else {
        return Err(mismatch(path, "all elements must have the same type"));
    };
    items
        .iter()
        .map(|item| if item.ty() == common { Ok(item.clone()) } else { convert(item, &common) })
        .collect()
}

fn element_type(wanted: &Type, items: &[Value]) -> Type {
    if !matches!(wanted, Type::Any) {
        return wanted.clone();
    }
    items.iter().map(Value::ty).find(|ty| !matches!(ty, Type::Any)).unwrap_or(Type::Any)
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
    if matches!(element, Type::Any) {
        items = unify_elements(items, path)?;
    }
    let element = element_type(element, &items);
    let entries: BTreeMap<Name, Value> = names.into_iter().zip(items).collect();
    Ok(Data::Map(Arc::new(Mapping { element, entries })))
}

fn object(value: &Value, attributes: &BTreeMap<Name, Type>, path: &mut Vec<Step>) -> Result<Data, Mismatch> {
    let entries = value.entries();
    let mut converted = BTreeMap::new();
    for (name, ty) in attributes {
        let Some(item) = entries.and_then(|entries| entries.get(name)) else {
            return Err(mismatch(path, format!("attribute {name:?} is required")));
        };
        path.push(Step::Attribute(name.clone()));
        converted.insert(name.clone(), convert_at(item, ty, path)?);
        path.pop();
    }
    Ok(Data::Object(Arc::new(converted)))
}

/// The one type that values of all these types convert to, if there is one.
pub fn unify(types: &[Type]) -> Option<Type> {
    let mut distinct: Vec<&Type> = Vec::new();
    for ty in types {
        if !matches!(ty, Type::Any) && !distinct.contains(&ty) {
            distinct.push(ty);
        }
    }
    let Some((first, rest)) = distinct.split_first() else { return Some(Type::Any) };
    rest.iter().try_fold((*first).clone(), |common, ty| unify_two(&common, ty))
}

fn unify_two(a: &Type, b: &Type) -> Option<Type> {
    match (a, b) {
        (a, b) if a == b => Some(a.clone()),
        (Type::Any, other) | (other, Type::Any) => Some(other.clone()),
        (Type::String, other) | (other, Type::String) if other.is_primitive() => Some(Type::String),
        (Type::List(a), Type::List(b)) => Some(Type::list(unify_two(a, b)?)),
        (Type::Set(a), Type::Set(b)) => Some(Type::set(unify_two(a, b)?)),
        (Type::List(a), Type::Set(b)) | (Type::Set(a), Type::List(b)) => Some(Type::list(unify_two(a, b)?)),
        (Type::Map(a), Type::Map(b)) => Some(Type::map(unify_two(a, b)?)),
        (Type::Tuple(a), Type::Tuple(b)) if a.len() == b.len() => {
            let items: Option<Vec<_>> = a.iter().zip(&**b).map(|(a, b)| unify_two(a, b)).collect();
            Some(Type::Tuple(Arc::new(items?)))
        }
        (Type::Tuple(a), Type::Tuple(b)) => {
            let all: Vec<Type> = a.iter().chain(&**b).cloned().collect();
            Some(Type::list(unify(&all)?))
        }
        (Type::Tuple(items), Type::List(element)) | (Type::List(element), Type::Tuple(items)) => {
            items.iter().try_fold((**element).clone(), |common, ty| unify_two(&common, ty)).map(Type::list)
        }
        (Type::Tuple(items), Type::Set(element)) | (Type::Set(element), Type::Tuple(items)) => {
            items.iter().try_fold((**element).clone(), |common, ty| unify_two(&common, ty)).map(Type::set)
        }
        (Type::Object(a), Type::Object(b)) => unify_objects(a, b),
        (Type::Object(attributes), Type::Map(element)) | (Type::Map(element), Type::Object(attributes)) => {
            attributes
                .values()
                .try_fold((**element).clone(), |common, ty| unify_two(&common, ty))
                .map(Type::map)
        }
        _ => None,
    }
}

fn unify_objects(a: &BTreeMap<Name, Type>, b: &BTreeMap<Name, Type>) -> Option<Type> {
    if a.keys().eq(b.keys()) {
        let fields: Option<BTreeMap<_, _>> =
            a.iter().map(|(name, ty)| Some((name.clone(), unify_two(ty, &b[name])?))).collect();
        return Some(Type::Object(Arc::new(fields?)));
    }
    let all: Vec<Type> = a.values().chain(b.values()).cloned().collect();
    unify(&all).map(Type::map)
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
