//! Values as plain JSON, beside notes of what plain JSON cannot say and the schema does not: marks, and the types where
//! the schema leaves them open.
//!
//! What is ephemeral is never stored: null stands in its place.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use recon_core::value::{Data, Name};
use recon_core::{Marks, Number, Type, Value, json};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use serde::{Deserialize, Serialize as DeriveSerialize};

use super::steps::Step;
use super::ty::Ty;

/// A value as plain JSON.
#[derive(Clone, Copy)]
pub(crate) struct Plain<'a>(pub(crate) &'a Value);

impl Serialize for Plain<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.marks.is_ephemeral() {
            return serializer.serialize_unit();
        }
        match &self.0.data {
            Data::Null(_) | Data::Unknown(_) => serializer.serialize_unit(),
            Data::Bool(value) => serializer.serialize_bool(*value),
            Data::Number(number) => match number.as_i64() {
                Some(small) => serializer.serialize_i64(small),
                None => json::exact_number(number).serialize(serializer),
            },
            Data::String(text) => serializer.serialize_str(text),
            Data::List(sequence) | Data::Set(sequence) => {
                serializer.collect_seq(sequence.items.iter().map(Plain))
            }
            Data::Tuple(items) => serializer.collect_seq(items.iter().map(Plain)),
            Data::Map(mapping) => entries(&mapping.entries, serializer),
            Data::Object(attributes) => entries(attributes, serializer),
        }
    }
}

fn entries<S: Serializer>(entries: &BTreeMap<Name, Value>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(entries.iter().map(|(name, value)| (&**name, Plain(value))))
}

/// The type of the value at a path, where the schema leaves it open.
#[derive(DeriveSerialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TypeAt {
    pub(crate) path: Vec<Step>,
    #[serde(rename = "type")]
    pub(crate) ty: Ty,
}

/// What has to be noted of a value.
#[derive(Default)]
pub(crate) struct Notes {
    /// The paths of what must never be shown.
    pub(crate) sensitive: Vec<Vec<Step>>,
    /// Types that neither the schema nor the JSON tells.
    pub(crate) types: Vec<TypeAt>,
}

impl Notes {
    /// The notes of a value that will be read as of type `ty`.
    pub(crate) fn of(value: &Value, ty: &Type) -> Self {
        let mut notes = Self::default();
        notes.take(value, ty, &mut Vec::new());
        notes
    }

    fn take(&mut self, value: &Value, ty: &Type, path: &mut Vec<Step>) {
        if value.marks.is_ephemeral() {
            return;
        }
        if value.marks.is_sensitive() {
            self.sensitive.push(path.clone());
        }
        if value.is_null() {
            return;
        }
        if !reads_as(value, ty) {
            let own = value.ty();
            self.types.push(TypeAt { path: path.clone(), ty: Ty(own.clone()) });
            return self.take_parts(value, &own, path);
        }
        self.take_parts(value, ty, path);
    }

    fn take_parts(&mut self, value: &Value, ty: &Type, path: &mut Vec<Step>) {
        for (index, item) in value.items().iter().enumerate() {
            path.push(Step::Index(index));
            self.take(item, item_type(ty, index), path);
            path.pop();
        }
        for (name, item) in value.entries().into_iter().flatten() {
            // What the type lacks is dropped by the reader.
            let Some(ty) = entry_type(ty, name) else { continue };
            path.push(Step::Name(name.to_string()));
            self.take(item, ty, path);
            path.pop();
        }
    }
}

fn item_type(ty: &Type, index: usize) -> &Type {
    match ty {
        Type::List(element) | Type::Set(element) => element,
        Type::Tuple(items) => items.get(index).unwrap_or(&Type::Any),
        _ => &Type::Any,
    }
}

fn entry_type<'a>(ty: &'a Type, name: &str) -> Option<&'a Type> {
    match ty {
        Type::Map(element) => Some(element),
        Type::Object(attributes) => attributes.get(name),
        _ => Some(&Type::Any),
    }
}

/// Whether the JSON of a value, read as `ty`, gives that value back; its parts aside.
fn reads_as(value: &Value, ty: &Type) -> bool {
    match (&value.data, ty) {
        (Data::Null(_), _)
        | (Data::Bool(_), Type::Bool | Type::Any)
        | (Data::Number(_), Type::Number)
        | (Data::String(_), Type::String | Type::Any)
        | (Data::List(_), Type::List(_))
        | (Data::Set(_), Type::Set(_))
        | (Data::Map(_), Type::Map(_))
        | (Data::Tuple(_), Type::Any | Type::List(_) | Type::Set(_))
        | (Data::Object(_), Type::Any | Type::Object(_) | Type::Map(_)) => true,
        (Data::Number(number), Type::Any) => number.as_i64().is_some() || is_float(number),
        (Data::Tuple(items), Type::Tuple(types)) => items.len() == types.len(),
        _ => false,
    }
}

fn is_float(number: &Number) -> bool {
    !number.is_integer() && Number::from_f64(number.as_f64()).as_ref() == Some(number)
}

/// The notes of a value, arranged by the way to what they are about.
#[derive(Default)]
pub(crate) struct NoteTree {
    sensitive: bool,
    ty: Option<Type>,
    parts: BTreeMap<Step, NoteTree>,
}

impl From<Notes> for NoteTree {
    fn from(notes: Notes) -> Self {
        let mut tree = Self::default();
        for path in notes.sensitive {
            tree.at(path).sensitive = true;
        }
        for TypeAt { path, ty } in notes.types {
            tree.at(path).ty = Some(ty.0);
        }
        tree
    }
}

impl NoteTree {
    fn at(&mut self, path: Vec<Step>) -> &mut Self {
        path.into_iter().fold(self, |tree, step| tree.parts.entry(step).or_default())
    }

    fn name(&self, name: &str) -> Option<&Self> {
        if self.parts.is_empty() { None } else { self.parts.get(&Step::Name(name.to_owned())) }
    }

    fn index(&self, index: usize) -> Option<&Self> {
        if self.parts.is_empty() { None } else { self.parts.get(&Step::Index(index)) }
    }
}

/// Reads a value of a type: attributes that the JSON lacks are null, those the type lacks are dropped.
pub(crate) fn decode(text: &str, ty: &Type, notes: &NoteTree) -> Result<Value, serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Part { ty, notes: Some(notes) }.deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

/// One value to read.
#[derive(Clone, Copy)]
struct Part<'a> {
    ty: &'a Type,
    notes: Option<&'a NoteTree>,
}

impl<'de> DeserializeSeed<'de> for Part<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        let ty = self.notes.and_then(|notes| notes.ty.as_ref()).unwrap_or(self.ty);
        let value = deserializer.deserialize_any(Part { ty, ..self })?;
        let is_sensitive = self.notes.is_some_and(|notes| notes.sensitive);
        Ok(value.marked(if is_sensitive { Marks::SENSITIVE } else { Marks::NONE }))
    }
}

impl Part<'_> {
    /// Without the value itself: it may be a secret.
    fn wrong<T, E: Error>(self, found: &str) -> Result<T, E> {
        Err(E::custom(format_args!("there is {found} where the schema has a {}", self.ty.friendly())))
    }

    fn number<E: Error>(self, number: Option<Number>) -> Result<Value, E> {
        match (self.ty, number) {
            (Type::Number | Type::Any, Some(number)) => Ok(Value::from(number)),
            _ => self.wrong("a number"),
        }
    }
}

/// Every kind of JSON has its method here, so that serde never words a message of its own with a value in it.
impl<'de> Visitor<'de> for Part<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a {}", self.ty.friendly())
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        match self.ty {
            Type::Bool | Type::Any => Ok(Value::from(value)),
            _ => self.wrong("a bool"),
        }
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        self.number(Some(Number::from(value)))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        self.number(value.to_string().parse().ok())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        self.number(Number::from_f64(value))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        match self.ty {
            Type::String | Type::Any => Ok(Value::from(text)),
            // A number that a JSON reader would not keep whole.
            Type::Number => self.number(text.parse().ok()),
            _ => self.wrong("text"),
        }
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::null(self.ty.clone()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        if !matches!(self.ty, Type::List(_) | Type::Set(_) | Type::Tuple(_) | Type::Any) {
            return self.wrong("a list");
        }
        let mut items = Vec::new();
        loop {
            let notes = self.notes.and_then(|notes| notes.index(items.len()));
            let ty = item_type(self.ty, items.len());
            match access.next_element_seed(Part { ty, notes })? {
                Some(item) => items.push(item),
                None => break,
            }
        }
        Ok(match self.ty {
            Type::List(element) => Value::list((**element).clone(), items),
            Type::Set(element) => Value::set((**element).clone(), items),
            Type::Tuple(types) if types.len() != items.len() => {
                return self.wrong("one of another length");
            }
            _ => Value::tuple(items),
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        if !matches!(self.ty, Type::Map(_) | Type::Object(_) | Type::Any) {
            return self.wrong("an object");
        }
        // Collecting what is in order already is cheaper than one insertion after the other.
        let mut declared = match self.ty {
            Type::Object(attributes) => Some(attributes.iter()),
            _ => None,
        };
        let mut found: Vec<(Name, Value)> =
            Vec::with_capacity(declared.as_ref().map_or(0, ExactSizeIterator::len));
        loop {
            let expected = declared.as_mut().and_then(Iterator::next);
            let Some(entry) = access.next_key_seed(Entry { of: self.ty, expected })? else { break };
            let Some((name, ty)) = entry else {
                access.next_value::<IgnoredAny>()?;
                continue;
            };
            let notes = self.notes.and_then(|notes| notes.name(&name));
            found.push((name, access.next_value_seed(Part { ty, notes })?));
        }
        let found = found.into_iter().collect();
        Ok(match self.ty {
            Type::Map(element) => Value::map((**element).clone(), found),
            Type::Object(attributes) => object(attributes, found),
            _ => Data::Object(Arc::new(found)).into(),
        })
    }
}

/// The name of an entry, with the type that the container's type gives it; nothing for an attribute that it lacks.
struct Entry<'a> {
    of: &'a Type,
    /// The attribute that comes next where nothing was added or left out: then there is nothing to look up.
    expected: Option<(&'a Name, &'a Type)>,
}

impl<'de, 'a> DeserializeSeed<'de> for Entry<'a> {
    type Value = Option<(Name, &'a Type)>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'a> Visitor<'_> for Entry<'a> {
    type Value = Option<(Name, &'a Type)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        if let Some((expected, ty)) = self.expected.filter(|(expected, _)| ***expected == *name) {
            return Ok(Some((expected.clone(), ty)));
        }
        Ok(match self.of {
            Type::Object(attributes) => attributes.get_key_value(name).map(|(name, ty)| (name.clone(), ty)),
            Type::Map(element) => Some((Name::from(name), &**element)),
            _ => Some((Name::from(name), &Type::Any)),
        })
    }
}

fn object(attributes: &BTreeMap<Name, Type>, mut found: BTreeMap<Name, Value>) -> Value {
    if found.len() < attributes.len() {
        for (name, ty) in attributes {
            found.entry(name.clone()).or_insert_with(|| Value::null(ty.clone()));
        }
    }
    Data::Object(Arc::new(found)).into()
}
