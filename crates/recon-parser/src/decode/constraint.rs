//! Type constraints: what the `type` of a variable says.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use recon_core::value::Name;
use recon_core::{Diagnostic, Diagnostics, Span, Type, Value};

use super::constant::constant;
use super::read;
use crate::config::{Argument, Notation};
use crate::constraint::{Constraint, Field};
use crate::evaluate;
use crate::expression::{Expression, Kind};
use crate::suggest::closest;

const SUMMARY: &str = "Invalid type specification";
const KEYWORDS: [&str; 9] = ["string", "number", "bool", "any", "list", "set", "map", "object", "tuple"];

type Result<T> = std::result::Result<T, Box<Diagnostic>>;

/// The constraint that an argument spells; anything is accepted where it cannot be read, so that one mistake is told once.
pub(super) fn constraint(
    argument: &Argument,
    notation: Notation,
    diagnostics: &mut Diagnostics,
) -> Constraint {
    let written = match notation {
        Notation::Json => read::unquoted(&argument.value),
        Notation::Native => argument.value.clone(),
    };
    match whole(&written, diagnostics) {
        Ok(constraint) => constraint,
        Err(problem) => {
            diagnostics.push(*problem);
            Constraint::Exactly(Type::Any)
        }
    }
}

fn whole(expression: &Expression, diagnostics: &mut Diagnostics) -> Result<Constraint> {
    match &*expression.kind {
        // These two had no element type in the oldest configurations.
        Kind::Variable(name) if &**name == "list" => Ok(Constraint::Exactly(Type::list(Type::Any))),
        Kind::Variable(name) if &**name == "map" => Ok(Constraint::Exactly(Type::map(Type::Any))),
        Kind::Literal(value) if value.as_str().is_some() => {
            let written = value.as_str().unwrap_or_default();
            let instead = match written {
                "list" => "list(string)",
                "map" => "map(string)",
                "string" => "string",
                other => other,
            };
            let detail = format!("A type is written without quotes: `type = {instead}`.");
            Err(wrong("Invalid quoted type constraints", detail, expression.span))
        }
        _ => inner(expression, diagnostics),
    }
}

fn inner(expression: &Expression, diagnostics: &mut Diagnostics) -> Result<Constraint> {
    match &*expression.kind {
        Kind::Variable(name) => keyword(name, expression.span),
        Kind::Parenthesis(inside) => inner(inside, diagnostics),
        Kind::Call { name, name_span, arguments, expand: false } => {
            call(name, *name_span, arguments, expression.span, diagnostics)
        }
        _ => Err(wrong(
            SUMMARY,
            "A type is a keyword such as `string`, or a call such as `list(string)` or `object({ name = string })`.",
            expression.span,
        )),
    }
}

fn keyword(name: &str, place: Span) -> Result<Constraint> {
    Ok(Constraint::Exactly(match name {
        "string" => Type::String,
        "number" => Type::Number,
        "bool" => Type::Bool,
        "any" => Type::Any,
        "list" | "set" | "map" => {
            let detail = format!("`{name}` needs the type of its elements: `{name}(string)`, for example.");
            return Err(wrong(SUMMARY, detail, place));
        }
        "object" => {
            return Err(wrong(
                SUMMARY,
                "`object` needs its attributes: `object({ name = string })`, for example.",
                place,
            ));
        }
        "tuple" => {
            return Err(wrong(
                SUMMARY,
                "`tuple` needs the types of its elements: `tuple([string, number])`, for example.",
                place,
            ));
        }
        other => return Err(wrong(SUMMARY, unknown(other), place)),
    }))
}

fn unknown(name: &str) -> String {
    match closest(name, KEYWORDS) {
        Some(meant) => format!("There is no type `{name}`. Did you mean `{meant}`?"),
        None => format!(
            "There is no type `{name}`. The types are {}.",
            KEYWORDS.map(|word| format!("`{word}`")).join(", ")
        ),
    }
}

fn call(
    name: &str,
    name_span: Span,
    arguments: &[Expression],
    place: Span,
    diagnostics: &mut Diagnostics,
) -> Result<Constraint> {
    if name == "optional" {
        let detail = "`optional(…)` can only be the type of an attribute of `object({…})`.";
        return Err(wrong("Invalid type specification", detail, name_span));
    }
    if !["list", "set", "map", "object", "tuple"].contains(&name) {
        return Err(wrong(SUMMARY, unknown(name), name_span));
    }
    let [argument] = arguments else {
        let detail = format!("`{name}(…)` takes one argument, but has {}.", arguments.len());
        return Err(wrong(SUMMARY, detail, place));
    };
    Ok(match name {
        "object" => object(argument, diagnostics)?,
        "tuple" => tuple(argument, diagnostics)?,
        collection => {
            let element = inner(argument, diagnostics)?;
            match (collection, element) {
                ("list", Constraint::Exactly(element)) => Constraint::Exactly(Type::list(element)),
                ("set", Constraint::Exactly(element)) => Constraint::Exactly(Type::set(element)),
                (_, Constraint::Exactly(element)) => Constraint::Exactly(Type::map(element)),
                ("list", element) => Constraint::List(Arc::new(element)),
                ("set", element) => Constraint::Set(Arc::new(element)),
                (_, element) => Constraint::Map(Arc::new(element)),
            }
        }
    })
}

fn tuple(argument: &Expression, diagnostics: &mut Diagnostics) -> Result<Constraint> {
    let Kind::Tuple(items) = &*argument.kind else {
        return Err(wrong(
            SUMMARY,
            "`tuple(…)` takes a list of types: `tuple([string, number])`.",
            argument.span,
        ));
    };
    let items = items.iter().map(|item| inner(item, diagnostics)).collect::<Result<Vec<_>>>()?;
    let types: Option<Vec<Type>> = items.iter().map(exact).collect();
    Ok(match types {
        Some(types) => Constraint::Exactly(Type::Tuple(Arc::new(types))),
        None => Constraint::Tuple(items),
    })
}

fn object(argument: &Expression, diagnostics: &mut Diagnostics) -> Result<Constraint> {
    let Kind::Object(entries) = &*argument.kind else {
        return Err(wrong(
            SUMMARY,
            "`object(…)` takes attributes with their types: `object({ name = string })`.",
            argument.span,
        ));
    };
    let mut fields: BTreeMap<Name, Field> = BTreeMap::new();
    for (key, value) in entries {
        let Some(name) = read::literal(key).and_then(Value::as_str) else {
            return Err(wrong(SUMMARY, "The name of an attribute is written as a plain word.", key.span));
        };
        // The tree holds a quoted name as the same literal; its place is longer by the quotes.
        if (key.span.end - key.span.start) as usize != name.len() {
            let detail = format!("The name of an attribute is written without quotes: `{name}`.");
            return Err(wrong(SUMMARY, detail, key.span));
        }
        match fields.entry(name.into()) {
            Entry::Vacant(free) => {
                free.insert(field(name, value, diagnostics)?);
            }
            Entry::Occupied(_) => {
                let detail =
                    format!("The attribute `{name}` stands twice in this type. Remove one of the two.");
                return Err(wrong(SUMMARY, detail, key.span));
            }
        }
    }
    let types: Option<BTreeMap<Name, Type>> = fields
        .iter()
        .map(|(name, field)| match field.optional {
            Some(_) => None,
            None => exact(&field.constraint).map(|ty| (name.clone(), ty)),
        })
        .collect();
    Ok(match types {
        Some(types) => Constraint::Exactly(Type::Object(Arc::new(types))),
        None => Constraint::Object(fields),
    })
}

fn field(name: &str, expression: &Expression, diagnostics: &mut Diagnostics) -> Result<Field> {
    let Kind::Call { name: function, arguments, expand: false, .. } = &*expression.kind else {
        return Ok(Field { constraint: inner(expression, diagnostics)?, optional: None });
    };
    if &**function != "optional" {
        return Ok(Field { constraint: inner(expression, diagnostics)?, optional: None });
    }
    let (ty, default) = match arguments.as_slice() {
        [ty] => (ty, None),
        [ty, default] => (ty, Some(default)),
        _ => {
            let detail = "`optional(…)` takes a type, and after it perhaps a default: `optional(number, 3)`.";
            return Err(wrong(SUMMARY, detail, expression.span));
        }
    };
    let constraint = inner(ty, diagnostics)?;
    let missing = Value::null(exact(&constraint).unwrap_or(Type::Any));
    let optional = match default {
        Some(default) => fitting(name, default, &constraint, diagnostics).unwrap_or(missing),
        None => missing,
    };
    Ok(Field { constraint, optional: Some(optional) })
}

/// The default of an optional attribute, which must have the attribute's type.
fn fitting(
    name: &str,
    expression: &Expression,
    constraint: &Constraint,
    diagnostics: &mut Diagnostics,
) -> Option<Value> {
    let value = diagnostics.take(constant(expression))?;
    match evaluate::constraint::apply(&value, constraint) {
        Ok(value) => Some(value),
        Err(mismatch) => {
            let detail = format!(
                "The default of the optional attribute `{name}` does not have its type: {}.",
                mismatch.message
            );
            let problem = Diagnostic::error("Invalid default value for optional attribute", detail);
            diagnostics.push(problem.at(expression.span));
            None
        }
    }
}

fn exact(constraint: &Constraint) -> Option<Type> {
    match constraint {
        Constraint::Exactly(ty) => Some(ty.clone()),
        _ => None,
    }
}

fn wrong(summary: &'static str, detail: impl Into<String>, place: Span) -> Box<Diagnostic> {
    Box::new(Diagnostic::error(summary, detail).at(place))
}
