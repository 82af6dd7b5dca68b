//! Configuration in JSON: the same syntax tree as from the native syntax.
//!
//! JSON does not tell blocks from arguments. What the language itself has, [`crate::decode`]'s table tells; in the rest, everything is an
//! argument, and the schema of the resource type decides later.

#[cfg(test)]
mod tests;
mod value;

use recon_core::value::Name;
use recon_core::{Diagnostic, Diagnostics, FileId, Span, Type, Value};

use crate::config::{Argument, Body, NestedBody, Notation};
use crate::decode::shape::{FILE, Shape};
use crate::expression::{Expression, Kind};
use crate::syntax;
use value::Json;

/// What strings are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Strings {
    /// Templates, as in a configuration.
    Templates,
    /// Plain text, as in a file of variable values.
    Plain,
}

/// The blocks of a `*.tf.json` file.
pub fn parse_body(file: FileId, text: &str) -> (Body, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let body = match value::parse(file, text) {
        Ok(json) => body(&json, &FILE, &mut diagnostics),
        Err(problem) => {
            diagnostics.push(*problem);
            Body::default()
        }
    };
    (body, diagnostics)
}

/// The arguments of a `*.tfvars.json` file: plain values.
pub fn parse_values(file: FileId, text: &str) -> (Body, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let mut found = Body { notation: Notation::Json, ..Body::default() };
    match value::parse(file, text) {
        Ok(json) => {
            let entries = entries(&json, &mut diagnostics);
            for (name, value) in entries.into_iter().filter(|(name, _)| text_of(name) != "//") {
                let value = expression(value, Strings::Plain, &mut diagnostics);
                add_argument(&mut found, name, value, &mut diagnostics);
            }
        }
        Err(problem) => diagnostics.push(*problem),
    }
    (found, diagnostics)
}

/// The properties of a body: an object, or an array of objects that make one body together.
fn entries<'a>(json: &'a Json, diagnostics: &mut Diagnostics) -> Vec<(&'a Json, &'a Json)> {
    match &json.kind {
        value::Kind::Object(entries) => entries.iter().map(|(name, value)| (name, value)).collect(),
        value::Kind::Array(items) => {
            let mut all = Vec::new();
            for item in items {
                all.extend(entries_of_object(item, diagnostics));
            }
            all
        }
        _ => entries_of_object(json, diagnostics),
    }
}

fn entries_of_object<'a>(json: &'a Json, diagnostics: &mut Diagnostics) -> Vec<(&'a Json, &'a Json)> {
    if let value::Kind::Object(entries) = &json.kind {
        return entries.iter().map(|(name, value)| (name, value)).collect();
    }
    let detail = "A JSON object is required here, with the arguments and blocks as its properties.";
    diagnostics.push(Diagnostic::error("Incorrect JSON value type", detail).at(json.span));
    Vec::new()
}

fn body(json: &Json, shape: &Shape, diagnostics: &mut Diagnostics) -> Body {
    let mut found = Body { notation: Notation::Json, span: Some(json.span), ..Body::default() };
    for (name, value) in entries(json, diagnostics) {
        let text = text_of(name);
        // A comment, as JSON has none of its own.
        if text == "//" {
            continue;
        }
        match shape.block(text) {
            Some(inner) => {
                let head = Head { name: text.into(), span: name.span, labels: Vec::new() };
                blocks(value, inner, &head, &mut found.blocks, diagnostics);
            }
            None => {
                let strings = if shape.is_constant(text) { Strings::Plain } else { Strings::Templates };
                let value = expression(value, strings, diagnostics);
                add_argument(&mut found, name, value, diagnostics);
            }
        }
    }
    found
}

/// The name and labels of a block, as far as they were read.
#[derive(Clone)]
struct Head {
    name: Name,
    span: Span,
    labels: Vec<Name>,
}

/// One level of an object for each label, then the bodies.
fn blocks(
    json: &Json,
    shape: &Shape,
    head: &Head,
    found: &mut Vec<NestedBody>,
    diagnostics: &mut Diagnostics,
) {
    let is_null = matches!(json.kind, value::Kind::Null);
    if let Some(label) = shape.labels.get(head.labels.len()) {
        let inside = if is_null { Vec::new() } else { entries(json, diagnostics) };
        if is_null || is_empty(json) {
            let detail = format!(
                "A `{}` block has a {label}: an object with at least one property is required here, whose name is the {label}. \
                 Add one, or remove this property.",
                head.name
            );
            diagnostics.push(Diagnostic::error("Missing block label", detail).at(json.span));
        }
        for (label, inner) in inside {
            if text_of(label) == "//" {
                continue;
            }
            let mut head = head.clone();
            head.labels.push(text_of(label).into());
            head.span = label.span;
            blocks(inner, shape, &head, found, diagnostics);
        }
        return;
    }
    if is_null {
        return;
    }
    let bodies = match &json.kind {
        value::Kind::Array(items) => items.iter().collect(),
        _ => vec![json],
    };
    for json in bodies {
        let Head { name, span, labels } = head.clone();
        found.push(NestedBody { name, labels, name_span: span, body: body(json, shape, diagnostics) });
    }
}

fn is_empty(json: &Json) -> bool {
    match &json.kind {
        value::Kind::Object(entries) => entries.is_empty(),
        value::Kind::Array(items) => items.iter().all(is_empty),
        _ => false,
    }
}

fn add_argument(body: &mut Body, name: &Json, value: Expression, diagnostics: &mut Diagnostics) {
    let argument = Argument { name_span: name.span, value };
    if let Some(first) = body.attributes.insert(text_of(name).into(), argument) {
        let detail =
            format!("The property `{}` is set twice in this object. Remove one of the two.", text_of(name));
        let problem = Diagnostic::error("Attribute redefined", detail);
        diagnostics.push(problem.at(name.span).label(first.name_span, "first set here"));
    }
}

fn text_of(json: &Json) -> &str {
    match &json.kind {
        value::Kind::String(text) => text,
        _ => "",
    }
}

fn expression(json: &Json, strings: Strings, diagnostics: &mut Diagnostics) -> Expression {
    let kind = match &json.kind {
        value::Kind::Null => Kind::Literal(Value::null(Type::Any)),
        value::Kind::Bool(value) => Kind::Literal(Value::from(*value)),
        value::Kind::Number(written) => match written.parse::<recon_core::Number>() {
            Ok(number) => Kind::Literal(Value::from(number)),
            Err(_) => {
                let detail = "The number is too large.";
                diagnostics.push(Diagnostic::error("Invalid number literal", detail).at(json.span));
                Kind::Literal(Value::null(Type::Number))
            }
        },
        value::Kind::String(text) => return string(text, json.span, strings, diagnostics),
        value::Kind::Array(items) => {
            Kind::Tuple(items.iter().map(|item| expression(item, strings, diagnostics)).collect())
        }
        value::Kind::Object(entries) => Kind::Object(
            entries
                .iter()
                .map(|(name, value)| {
                    let key = string(text_of(name), name.span, strings, diagnostics);
                    (key, expression(value, strings, diagnostics))
                })
                .collect(),
        ),
    };
    Expression::new(kind, json.span)
}

fn string(text: &str, place: Span, strings: Strings, diagnostics: &mut Diagnostics) -> Expression {
    let literal = || Expression::new(Kind::Literal(Value::from(syntax::normalized(text))), place);
    if strings == Strings::Plain || !(text.contains("${") || text.contains("%{")) {
        return literal();
    }
    // Where the string has escapes, places inside it are a little off; never the string itself.
    match syntax::parse_template_at(place.file, text, place.start as usize + 1) {
        Ok(template) => Expression { span: place, ..template },
        Err(problems) => {
            diagnostics.extend(problems);
            literal()
        }
    }
}
