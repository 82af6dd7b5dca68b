//! Attributes and elements of values: `x.name` and `x[key]`.

use recon_core::convert::convert;
use recon_core::value::Name;
use recon_core::{Data, Marks, Type, Unknown, Value};

use crate::suggest::did_you_mean;

/// Why there is no such attribute or element.
pub(crate) struct Problem {
    pub(crate) summary: &'static str,
    pub(crate) detail: String,
}

fn problem(summary: &'static str, detail: impl Into<String>) -> Problem {
    Problem { summary, detail: detail.into() }
}

/// An attribute of an object, or an element of a map by that key.
pub(crate) fn attribute(value: &Value, name: &Name) -> Result<Value, Problem> {
    attribute_openly(value, name).map_err(|problem| problem.unless_secret(value.marks))
}

impl Problem {
    /// The same without words that may quote what is sensitive.
    fn unless_secret(self, marks: Marks) -> Self {
        if !marks.is_sensitive() {
            return self;
        }
        let detail = "The value is sensitive, so what is wrong is not shown.".to_owned();
        Self { detail, ..self }
    }
}

fn attribute_openly(value: &Value, name: &Name) -> Result<Value, Problem> {
    let found = match &value.data {
        Data::Null(_) => {
            return Err(problem(
                "Attempt to get attribute from null value",
                format!("This value is null, so it has no attribute \"{name}\"."),
            ));
        }
        Data::Object(attributes) => {
            attributes.get(name).cloned().ok_or_else(|| no_attribute(name, attributes.keys()))
        }
        Data::Map(mapping) => mapping.entries.get(name).cloned().ok_or_else(|| {
            let hint = did_you_mean(name, mapping.entries.keys().map(|key| &**key));
            problem(
                "Missing map element",
                format!("This map does not have an element with the key \"{name}\".{hint}"),
            )
        }),
        Data::Unknown(unknown) => unknown_attribute(unknown, name),
        Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::List(_) | Data::Set(_) | Data::Tuple(_) => {
            Err(no_attributes(&value.ty(), name))
        }
    }?;
    Ok(found.marked(value.marks))
}

fn unknown_attribute(unknown: &Unknown, name: &Name) -> Result<Value, Problem> {
    match &unknown.ty {
        Type::Any => Ok(Value::unknown(Type::Any)),
        Type::Map(element) => Ok(Value::unknown((**element).clone())),
        Type::Object(attributes) => attributes
            .get(name)
            .map(|ty| Value::unknown(ty.clone()))
            .ok_or_else(|| no_attribute(name, attributes.keys())),
        other => Err(no_attributes(other, name)),
    }
}

fn no_attribute<'a>(name: &str, known: impl Iterator<Item = &'a Name>) -> Problem {
    let hint = did_you_mean(name, known.map(|name| &**name));
    problem(
        "Unsupported attribute",
        format!("This object does not have an attribute named \"{name}\".{hint}"),
    )
}

fn no_attributes(ty: &Type, name: &str) -> Problem {
    let detail = match ty {
        Type::List(element) if matches!(**element, Type::Object(_)) => format!(
            "Can't access attributes on a list of objects. Did you mean to access attribute \"{name}\" for a specific \
             element of the list, or across all elements of the list?"
        ),
        Type::Set(element) if matches!(**element, Type::Object(_)) => {
            "Can't access attributes on a set of objects. Did you mean to access an attribute across all elements of \
             the set?"
                .to_owned()
        }
        Type::Tuple(items) if items.iter().all(|item| matches!(item, Type::Object(_))) && !items.is_empty() => {
            format!(
                "This value is a list of {} objects, which has no attribute \"{name}\". Select one with an index, as \
                 in `[0].{name}`, or all with `[*].{name}`.",
                items.len()
            )
        }
        ty if ty.is_primitive() => {
            format!("Can't access attributes on a primitive-typed value ({}).", ty.friendly())
        }
        _ => "This value does not have any attributes.".to_owned(),
    };
    problem("Unsupported attribute", detail)
}

/// An element of a list, tuple or map, or an attribute of an object.
pub(crate) fn element(value: &Value, key: &Value) -> Result<Value, Problem> {
    element_openly(value, key).map_err(|problem| problem.unless_secret(value.marks.and(key.marks)))
}

fn element_openly(value: &Value, key: &Value) -> Result<Value, Problem> {
    if value.is_null() {
        return Err(problem(
            "Attempt to index null value",
            "This value is null, so it does not have any indices.",
        ));
    }
    if key.is_null() {
        return Err(problem("Invalid index", "Can't use a null value as an indexing key."));
    }
    let found = match value.ty_of_container() {
        Container::Sequence => sequence_element(value, key),
        Container::Named => named_element(value, key),
        Container::Open => Ok(Value::unknown(Type::Any)),
        Container::Set => Err(problem(
            "Invalid index",
            "Elements of a set are identified only by their value and don't have any separate index or key to select \
             with, so it's only possible to perform operations across all elements of the set.",
        )),
        Container::None => Err(problem("Invalid index", "This value does not have any indices.")),
    }?;
    Ok(found.marked(value.marks.and(key.marks)))
}

enum Container {
    Sequence,
    Named,
    Set,
    Open,
    None,
}

trait Contains {
    fn ty_of_container(&self) -> Container;
}

impl Contains for Value {
    fn ty_of_container(&self) -> Container {
        match &self.data {
            Data::List(_) | Data::Tuple(_) => Container::Sequence,
            Data::Map(_) | Data::Object(_) => Container::Named,
            Data::Set(_) => Container::Set,
            Data::Unknown(unknown) => match unknown.ty {
                Type::Any => Container::Open,
                Type::List(_) | Type::Tuple(_) => Container::Sequence,
                Type::Map(_) | Type::Object(_) => Container::Named,
                Type::Set(_) => Container::Set,
                Type::Bool | Type::Number | Type::String => Container::None,
            },
            Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::String(_) => Container::None,
        }
    }
}

const NOT_THERE: &str = "The given key does not identify an element in this collection value";

fn sequence_element(value: &Value, key: &Value) -> Result<Value, Problem> {
    let key = convert(key, &Type::Number)
        .map_err(|mismatch| problem("Invalid index", format!("{NOT_THERE}: {mismatch}.")))?;
    let open = |ty: Option<&Type>| Value::unknown(ty.cloned().unwrap_or(Type::Any));
    let Some(number) = key.as_number() else {
        return Ok(open(any_element(&value.ty())));
    };
    if !number.is_integer() {
        let detail = format!(
            "{NOT_THERE}: indexing a sequence requires a whole number, but the given index ({number}) has a fractional part."
        );
        return Err(problem("Invalid index", detail));
    }
    let index = number.as_i64();
    if index.is_some_and(|index| index < 0) {
        let detail = format!(
            "{NOT_THERE}: a negative number is not a valid index for a sequence. To count from the end, use `length`."
        );
        return Err(problem("Invalid index", detail));
    }
    let index = index.and_then(|index| usize::try_from(index).ok()).unwrap_or(usize::MAX);
    let beyond = |length: usize| {
        let why = match length {
            0 => "the collection has no elements".to_owned(),
            length => format!(
                "the given index is greater than or equal to the length of the collection, which is {length}"
            ),
        };
        problem("Invalid index", format!("{NOT_THERE}: {why}."))
    };
    match &value.data {
        Data::Unknown(unknown) => match &unknown.ty {
            Type::Tuple(items) => {
                items.get(index).map(|ty| open(Some(ty))).ok_or_else(|| beyond(items.len()))
            }
            other => Ok(open(other.element())),
        },
        _ => value.items().get(index).cloned().ok_or_else(|| beyond(value.items().len())),
    }
}

/// The type of whichever element it is, if all have the same.
fn any_element(ty: &Type) -> Option<&Type> {
    fn one<'t>(mut types: impl Iterator<Item = &'t Type>) -> Option<&'t Type> {
        let first = types.next()?;
        types.all(|ty| ty == first).then_some(first)
    }
    match ty {
        Type::Tuple(items) => one(items.iter()),
        Type::Object(attributes) => one(attributes.values()),
        other => other.element(),
    }
}

fn named_element(value: &Value, key: &Value) -> Result<Value, Problem> {
    let text = convert(key, &Type::String)
        .map_err(|mismatch| problem("Invalid index", format!("{NOT_THERE}: {mismatch}.")))?;
    let Some(name) = text.as_str() else {
        return Ok(Value::unknown(any_element(&value.ty()).cloned().unwrap_or(Type::Any)));
    };
    let missing = |known: &mut dyn Iterator<Item = &str>| {
        let hint = match &key.data {
            Data::Number(_) if matches!(value.ty(), Type::Object(_)) => {
                " An object only supports looking up attributes by name, not by numeric index.".to_owned()
            }
            _ => did_you_mean(name, known),
        };
        problem("Invalid index", format!("{NOT_THERE}: there is no \"{name}\".{hint}"))
    };
    match &value.data {
        Data::Unknown(Unknown { ty: Type::Object(attributes), .. }) => attributes
            .get(name)
            .map(|ty| Value::unknown(ty.clone()))
            .ok_or_else(|| missing(&mut attributes.keys().map(|key| &**key))),
        Data::Unknown(unknown) => Ok(Value::unknown(unknown.ty.element().cloned().unwrap_or(Type::Any))),
        _ => {
            let entries = value.entries();
            let found = entries.and_then(|entries| entries.get(name)).cloned();
            found.ok_or_else(|| missing(&mut entries.into_iter().flatten().map(|(key, _)| &**key)))
        }
    }
}
