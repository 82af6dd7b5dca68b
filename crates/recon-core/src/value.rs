//! Values of the language: what an expression evaluates to and what a plan holds.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, LazyLock};

pub use crate::marks::Marks;
use crate::{Number, Type, Unknown};

/// A name of an attribute, argument, variable or block; shared, cheap to clone.
pub type Name = Arc<str>;

/// A value, with what must not be forgotten about it.
///
/// Compound values share structure: a clone costs one reference count.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Value {
    /// What the value is.
    pub data: Data,
    /// What is known about how it may be used; never lost by an operation on the value.
    pub marks: Marks,
}

/// The shape and content of a [`Value`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Data {
    /// No value, of a type (`Type::Any` for a bare `null`).
    Null(Type),
    /// Known after apply.
    Unknown(Unknown),
    /// `true` or `false`.
    Bool(bool),
    /// A decimal of any size.
    Number(Number),
    /// Unicode text, NFC-normalised.
    String(Arc<str>),
    /// Elements of one type, in order.
    List(Arc<Sequence>),
    /// Distinct elements of one type, sorted.
    Set(Arc<Sequence>),
    /// Elements of one type by key.
    Map(Arc<Mapping>),
    /// Elements, each of its own type.
    Tuple(Arc<Vec<Value>>),
    /// Attributes, each of its own type.
    Object(Arc<BTreeMap<Name, Value>>),
}

/// The elements of a list or set, with their type.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sequence {
    /// The type that all elements have.
    pub element: Type,
    /// The elements; of a set, sorted and distinct.
    pub items: Vec<Value>,
}

/// The elements of a map, with their type.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mapping {
    /// The type that all elements have.
    pub element: Type,
    /// The elements by key.
    pub entries: BTreeMap<Name, Value>,
}

static NULL: LazyLock<Value> = LazyLock::new(|| Value::null(Type::Any));

impl From<Data> for Value {
    fn from(data: Data) -> Self {
        Self { data, marks: Marks::NONE }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Data::Bool(value).into()
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Data::Number(Number::from(value)).into()
    }
}

impl From<Number> for Value {
    fn from(value: Number) -> Self {
        Data::Number(value).into()
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Data::String(value.into()).into()
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Data::String(value.into()).into()
    }
}

impl From<Arc<str>> for Value {
    fn from(value: Arc<str>) -> Self {
        Data::String(value).into()
    }
}

/// Constructors.
impl Value {
    /// `null` of a type.
    pub fn null(ty: Type) -> Self {
        Data::Null(ty).into()
    }

    /// A value that is known only after apply.
    pub fn unknown(ty: Type) -> Self {
        Data::Unknown(Unknown::of(ty)).into()
    }

    /// A list of elements that already have the type `element`.
    pub fn list(element: Type, items: Vec<Value>) -> Self {
        Data::List(Arc::new(Sequence { element, items })).into()
    }

    /// A map of elements that already have the type `element`.
    pub fn map(element: Type, entries: BTreeMap<Name, Value>) -> Self {
        Data::Map(Arc::new(Mapping { element, entries })).into()
    }

    /// A list of strings.
    pub fn strings<S: Into<Arc<str>>>(items: impl IntoIterator<Item = S>) -> Self {
        Self::list(Type::String, items.into_iter().map(|item| Value::from(item.into())).collect())
    }

    /// A map of strings.
    pub fn string_map<K: Into<Name>, V: Into<Arc<str>>>(entries: impl IntoIterator<Item = (K, V)>) -> Self {
        let entries = entries.into_iter().map(|(key, value)| (key.into(), Value::from(value.into())));
        Self::map(Type::String, entries.collect())
    }

    /// A tuple.
    pub fn tuple(items: Vec<Value>) -> Self {
        Data::Tuple(Arc::new(items)).into()
    }

    /// An object.
    pub fn object<K: Into<Name>>(attributes: impl IntoIterator<Item = (K, Value)>) -> Self {
        Data::Object(Arc::new(attributes.into_iter().map(|(name, value)| (name.into(), value)).collect()))
            .into()
    }

    /// The same value with `marks` added.
    #[must_use]
    pub fn marked(mut self, marks: Marks) -> Self {
        self.marks = self.marks.and(marks);
        self
    }

    /// The same value, never to be shown.
    #[must_use]
    pub fn sensitive(self) -> Self {
        self.marked(Marks::SENSITIVE)
    }

    /// The same value, not to be shown because a secret was found in it.
    #[must_use]
    pub fn derived(self) -> Self {
        self.marked(Marks::DERIVED)
    }

    /// The same object with one attribute set; `self` unless it is an object.
    #[must_use]
    pub fn with(mut self, name: &str, value: Value) -> Self {
        if let Data::Object(attributes) = &mut self.data {
            let attributes = Arc::make_mut(attributes);
            match attributes.get_mut(name) {
                Some(slot) => *slot = value,
                None => drop(attributes.insert(name.into(), value)),
            }
        }
        self
    }
}

/// Readers. Each looks through marks; none looks through unknowns.
impl Value {
    /// Whether this is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self.data, Data::Null(_))
    }

    /// Whether this value itself is known only after apply (its elements may be even if it is not).
    pub fn is_unknown(&self) -> bool {
        matches!(self.data, Data::Unknown(_))
    }

    /// Whether nothing in here is known only after apply.
    pub fn is_wholly_known(&self) -> bool {
        !self.is_unknown() && self.children().all(Value::is_wholly_known)
    }

    /// All marks on this value and everything inside.
    pub fn deep_marks(&self) -> Marks {
        self.children().fold(self.marks, |marks, child| marks.and(child.deep_marks()))
    }

    /// The direct elements or attributes, in order.
    pub fn children(&self) -> Box<dyn Iterator<Item = &Value> + '_> {
        match &self.data {
            Data::List(sequence) | Data::Set(sequence) => Box::new(sequence.items.iter()),
            Data::Tuple(items) => Box::new(items.iter()),
            Data::Map(mapping) => Box::new(mapping.entries.values()),
            Data::Object(attributes) => Box::new(attributes.values()),
            Data::Null(_) | Data::Unknown(_) | Data::Bool(_) | Data::Number(_) | Data::String(_) => {
                Box::new(std::iter::empty())
            }
        }
    }

    /// An attribute or map element; `null` when there is none.
    pub fn get(&self, name: &str) -> &Value {
        self.entries().and_then(|entries| entries.get(name)).unwrap_or(&NULL)
    }

    /// The attributes of an object or the elements of a map.
    pub fn entries(&self) -> Option<&BTreeMap<Name, Value>> {
        match &self.data {
            Data::Object(attributes) => Some(attributes),
            Data::Map(mapping) => Some(&mapping.entries),
            _ => None,
        }
    }

    /// The elements of a list, set or tuple; empty for anything else.
    pub fn items(&self) -> &[Value] {
        match &self.data {
            Data::List(sequence) | Data::Set(sequence) => &sequence.items,
            Data::Tuple(items) => items,
            _ => &[],
        }
    }

    /// The first nested block of that name, where a block occurs at most once.
    pub fn block(&self, name: &str) -> Option<&Value> {
        let value = self.get(name);
        match &value.data {
            Data::Object(_) => Some(value),
            _ => value.items().first(),
        }
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.data {
            Data::String(text) => Some(text),
            _ => None,
        }
    }

    /// The truth of a bool.
    pub fn as_bool(&self) -> Option<bool> {
        match self.data {
            Data::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// The number.
    pub fn as_number(&self) -> Option<&Number> {
        match &self.data {
            Data::Number(number) => Some(number),
            _ => None,
        }
    }

    /// A whole number that fits.
    pub fn as_i64(&self) -> Option<i64> {
        self.as_number().and_then(Number::as_i64)
    }

    /// A whole number that fits 32 bits, as the AWS SDK takes most of them.
    pub fn as_i32(&self) -> Option<i32> {
        self.as_i64().and_then(|number| number.try_into().ok())
    }

    /// The nearest floating-point number.
    pub fn as_f64(&self) -> Option<f64> {
        self.as_number().map(Number::as_f64)
    }

    /// The text of a string attribute.
    pub fn str(&self, name: &str) -> Option<&str> {
        self.get(name).as_str()
    }

    /// The text of a string attribute, if it is neither null nor empty.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.str(name).filter(|text| !text.is_empty())
    }

    /// The texts of an attribute that is a list or set of strings.
    pub fn string_items(&self, name: &str) -> Vec<String> {
        self.get(name).items().iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
    }

    /// The entries of an attribute that is a map of strings.
    pub fn string_entries(&self, name: &str) -> BTreeMap<String, String> {
        let entries = self.get(name).entries().into_iter().flatten();
        entries.filter_map(|(key, value)| Some((key.to_string(), value.as_str()?.to_owned()))).collect()
    }

    /// The type of this value.
    pub fn ty(&self) -> Type {
        match &self.data {
            Data::Null(ty) => ty.clone(),
            Data::Unknown(unknown) => unknown.ty.clone(),
            Data::Bool(_) => Type::Bool,
            Data::Number(_) => Type::Number,
            Data::String(_) => Type::String,
            Data::List(sequence) => Type::List(Arc::new(sequence.element.clone())),
            Data::Set(sequence) => Type::Set(Arc::new(sequence.element.clone())),
            Data::Map(mapping) => Type::Map(Arc::new(mapping.element.clone())),
            Data::Tuple(items) => Type::Tuple(Arc::new(items.iter().map(Value::ty).collect())),
            Data::Object(attributes) => Type::Object(Arc::new(
                attributes.iter().map(|(name, value)| (name.clone(), value.ty())).collect(),
            )),
        }
    }

    /// Whether both will certainly be the same value: the same already, or one and the same attribute of one object.
    pub fn will_be(&self, other: &Value) -> bool {
        match (&self.data, &other.data) {
            (Data::Unknown(one), Data::Unknown(other)) => one.origin.is_some() && one.origin == other.origin,
            _ => self.same(other),
        }
    }

    /// Whether both may turn out to be the same id. An id that is yet to be given is none that is known already, and not
    /// that of another object.
    pub fn may_be_id(&self, other: &Value) -> bool {
        self.is_untold() || other.is_untold() || self.will_be(other)
    }

    /// Whether nobody can tell what this will be, nor what it stands for.
    pub fn is_untold(&self) -> bool {
        matches!(&self.data, Data::Unknown(unknown) if unknown.origin.is_none())
    }

    /// Whether both are the same value, whatever their marks, and whatever type a null or an empty collection has.
    pub fn same(&self, other: &Value) -> bool {
        match (&self.data, &other.data) {
            (Data::Null(_), Data::Null(_)) => true,
            (Data::Unknown(_), Data::Unknown(_)) => false,
            (Data::List(a), Data::List(b)) if Arc::ptr_eq(a, b) => self.is_wholly_known(),
            (Data::List(a) | Data::Set(a), Data::List(b) | Data::Set(b)) => same_items(&a.items, &b.items),
            (Data::Tuple(a), Data::Tuple(b)) => same_items(a, b),
            (Data::List(a) | Data::Set(a), Data::Tuple(b)) => same_items(&a.items, b),
            (Data::Tuple(a), Data::List(b) | Data::Set(b)) => same_items(a, &b.items),
            (Data::Map(_) | Data::Object(_), Data::Map(_) | Data::Object(_)) => same_entries(self, other),
            (a, b) => a == b,
        }
    }
}

fn same_items(a: &[Value], b: &[Value]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.same(b))
}

fn same_entries(a: &Value, b: &Value) -> bool {
    let (Some(a), Some(b)) = (a.entries(), b.entries()) else { return false };
    a.len() == b.len() && a.iter().zip(b).all(|((ka, va), (kb, vb))| ka == kb && va.same(vb))
}

/// The one way to print a value: sensitive ones never show.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.marks.is_sensitive() {
            return f.write_str("(sensitive)");
        }
        match &self.data {
            Data::Null(_) => f.write_str("null"),
            Data::Unknown(_) => f.write_str("(known after apply)"),
            Data::Bool(value) => write!(f, "{value}"),
            Data::Number(number) => write!(f, "{number}"),
            Data::String(text) => write!(f, "{text:?}"),
            Data::List(sequence) | Data::Set(sequence) => f.debug_list().entries(&sequence.items).finish(),
            Data::Tuple(items) => f.debug_list().entries(items.iter()).finish(),
            Data::Map(mapping) => f.debug_map().entries(&mapping.entries).finish(),
            Data::Object(attributes) => f.debug_map().entries(attributes.iter()).finish(),
        }
    }
}
