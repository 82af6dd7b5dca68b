//! Values of variables fitted to their type constraints, with defaults in place of absent optional attributes.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use recon_core::convert::{Mismatch, convert};
use recon_core::value::Name;
use recon_core::{Data, Type, Value};

use crate::constraint::{Constraint, Field};

/// The value converted to what a constraint accepts, or why it does not fit.
pub fn apply(value: &Value, constraint: &Constraint) -> Result<Value, Mismatch> {
    convert(&with_defaults(value, constraint), &constraint.ty())
}

impl Constraint {
    /// The type without what is optional about it.
    pub fn ty(&self) -> Type {
        match self {
            Self::Exactly(ty) => ty.clone(),
            Self::List(element) => Type::list(element.ty()),
            Self::Set(element) => Type::set(element.ty()),
            Self::Map(element) => Type::map(element.ty()),
            Self::Tuple(items) => Type::Tuple(Arc::new(items.iter().map(Self::ty).collect())),
            Self::Object(fields) => Type::Object(Arc::new(
                fields.iter().map(|(name, field)| (name.clone(), field.constraint.ty())).collect(),
            )),
        }
    }
}

/// The value with every absent optional attribute filled in. Parts that do not fit at all stay as they are, for the
/// conversion to refuse.
fn with_defaults(value: &Value, constraint: &Constraint) -> Value {
    let filled = match (constraint, &value.data) {
        (Constraint::Object(fields), Data::Object(_) | Data::Map(_)) => object(value, fields),
        (
            Constraint::List(element) | Constraint::Set(element),
            Data::List(_) | Data::Set(_) | Data::Tuple(_),
        ) => Value::tuple(value.items().iter().map(|item| with_defaults(item, element)).collect()),
        (Constraint::Tuple(items), Data::Tuple(values)) if items.len() == values.len() => {
            Value::tuple(values.iter().zip(items).map(|(item, of)| with_defaults(item, of)).collect())
        }
        (Constraint::Map(element), Data::Object(_) | Data::Map(_)) => {
            let entries = value.entries().into_iter().flatten();
            Value::object(entries.map(|(name, item)| (name.clone(), with_defaults(item, element))))
        }
        _ => return value.clone(),
    };
    filled.marked(value.marks)
}

fn object(value: &Value, fields: &BTreeMap<Name, Field>) -> Value {
    let mut attributes = value.entries().cloned().unwrap_or_default();
    for (name, Field { constraint, optional }) in fields {
        let given = attributes.get(name);
        let filled = match (given, optional) {
            // An optional attribute that is null takes its default, as one that is absent does.
            (Some(given), Some(default)) if given.is_null() && !default.is_null() => {
                with_defaults(default, constraint).marked(given.marks)
            }
            (Some(given), _) => with_defaults(given, constraint),
            (None, Some(default)) => with_defaults(default, constraint),
            (None, None) => continue,
        };
        attributes.insert(name.clone(), filled);
    }
    Data::Object(Arc::new(attributes)).into()
}

/// The constraint as its source spells it; defaults of optional attributes are left out.
impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(ty) => write!(f, "{ty}"),
            Self::List(element) => write!(f, "list({element})"),
            Self::Set(element) => write!(f, "set({element})"),
            Self::Map(element) => write!(f, "map({element})"),
            Self::Tuple(items) => {
                f.write_str("tuple([")?;
                for (index, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if index == 0 { "" } else { ", " })?;
                }
                f.write_str("])")
            }
            Self::Object(fields) => {
                f.write_str("object({")?;
                for (index, (name, Field { constraint, optional })) in fields.iter().enumerate() {
                    f.write_str(if index == 0 { "" } else { ", " })?;
                    match optional {
                        Some(_) => write!(f, "{name} = optional({constraint})")?,
                        None => write!(f, "{name} = {constraint}")?,
                    }
                }
                f.write_str("})")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sized() -> Constraint {
        let size = Field { constraint: Constraint::Exactly(Type::Number), optional: Some(Value::from(3i64)) };
        let name = Field { constraint: Constraint::Exactly(Type::String), optional: None };
        Constraint::Object(BTreeMap::from([("name".into(), name), ("size".into(), size)]))
    }

    #[test]
    fn absent_and_null_optional_attributes_take_their_default() {
        let given = Value::object([("name", Value::from("a"))]);
        let filled = apply(&given, &sized()).unwrap();
        assert_eq!(filled, Value::object([("name", Value::from("a")), ("size", Value::from(3i64))]));
        assert_eq!(apply(&given.with("size", Value::null(Type::Any)), &sized()).unwrap(), filled);
    }

    #[test]
    fn a_missing_attribute_is_named() {
        assert_eq!(
            apply(&Value::object::<&str>([]), &sized()).unwrap_err().full(),
            "attribute \"name\" is required"
        );
    }

    #[test]
    fn constraints_print_as_written() {
        assert_eq!(
            Constraint::List(Arc::new(sized())).to_string(),
            "list(object({name = string, size = optional(number)}))"
        );
    }
}
