//! Values in the shape of a schema, built from what the SDK answers.

use std::collections::{BTreeMap, HashMap};

use recon_core::convert::convert;
use recon_core::schema::Schema;
use recon_core::{Data, Known, Type, Value};

/// Whether a value is null, `""`, `[]` or `{}`.
pub(crate) fn is_empty(value: &Value) -> bool {
    match &value.data {
        Data::Null(_) => true,
        Data::String(text) => text.is_empty(),
        Data::List(items) | Data::Set(items) => items.items.is_empty(),
        Data::Map(map) => map.entries.is_empty(),
        Data::Tuple(items) => items.is_empty(),
        Data::Object(attributes) => attributes.is_empty(),
        Data::Unknown(_) | Data::Bool(_) | Data::Number(_) => false,
    }
}

/// The object of a schema with these attributes; all others are null.
pub(crate) fn object<'a>(schema: &Schema, attributes: impl IntoIterator<Item = (&'a str, Value)>) -> Known {
    merge(empty(schema), attributes)
}

/// The object of a schema in which everything is null.
pub(crate) fn empty(schema: &Schema) -> Known {
    Known::with_nulls(&null_object(&schema.block.ty()))
}

/// An object with these attributes instead of its own.
pub(crate) fn merge<'a>(object: Known, attributes: impl IntoIterator<Item = (&'a str, Value)>) -> Known {
    let mut object = object.into_value();
    for (name, value) in attributes {
        let ty = object.get(name).ty();
        // A value that does not fit comes from an answer that AWS's own model does not allow; it is kept as it is.
        let value = convert(&value, &ty).unwrap_or(value);
        object = object.with(name, value);
    }
    Known::with_nulls(&object)
}

/// An object with every attribute null, except that nested blocks are empty lists or sets.
pub(crate) fn null_object(ty: &Type) -> Value {
    let Type::Object(attributes) = ty else { return Value::null(ty.clone()) };
    let fill = |ty: &Type| match ty {
        Type::List(element) if matches!(**element, Type::Object(_)) => {
            Value::list((**element).clone(), Vec::new())
        }
        Type::Set(element) if matches!(**element, Type::Object(_)) => {
            Value::set((**element).clone(), Vec::new())
        }
        other => Value::null(other.clone()),
    };
    Value::object(attributes.iter().map(|(name, ty)| (name.clone(), fill(ty))))
}

/// A nested block that occurs at most once.
pub(crate) fn block<const N: usize>(attributes: [(&'static str, Value); N]) -> Value {
    Value::tuple(vec![Value::object(attributes)])
}

/// No nested block.
pub(crate) fn no_block() -> Value {
    Value::tuple(Vec::new())
}

/// A text; null when there is none.
pub(crate) fn text(text: Option<impl Into<String>>) -> Value {
    text.map_or_else(|| Value::null(Type::String), |text| Value::from(text.into()))
}

/// A text; null when there is none or it is empty, as AWS answers for arguments that were never set.
pub(crate) fn text_or_null(value: Option<impl Into<String>>) -> Value {
    text(value.map(Into::into).filter(|text| !text.is_empty()))
}

/// A number; null when there is none.
pub(crate) fn number(number: Option<impl Into<i64>>) -> Value {
    number.map_or_else(|| Value::null(Type::Number), |number| Value::from(number.into()))
}

/// A list of texts; null when it is empty.
pub(crate) fn list_or_null(items: &[String]) -> Value {
    if items.is_empty() {
        Value::null(Type::list(Type::String))
    } else {
        Value::strings(items.iter().map(String::as_str))
    }
}

/// A set of texts.
pub(crate) fn set(items: impl IntoIterator<Item = String>) -> Value {
    Value::set(Type::String, items.into_iter().map(Value::from).collect())
}

/// The SDK's maps in order.
pub(crate) fn ordered(map: Option<HashMap<String, String>>) -> BTreeMap<String, String> {
    map.into_iter().flatten().collect()
}

/// An attribute's value as it is remembered if both are empty, so that null, `""` and `[]` do not drift into each other.
pub(crate) fn keep_empty(have: &Known, name: &str, live: Value) -> Value {
    let remembered = have.get(name);
    let is_empty = |value: &Value| {
        value.is_null()
            || value.as_str() == Some("")
            || (value.children().next().is_none()
                && value.as_str().is_none()
                && value.as_bool().is_none()
                && value.as_number().is_none())
    };
    if is_empty(remembered) && is_empty(&live) && !matches!(remembered.ty(), Type::Any) {
        remembered.clone()
    } else {
        live
    }
}
