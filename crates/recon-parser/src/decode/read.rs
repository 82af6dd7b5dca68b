//! Reads arguments that the language needs before anything is evaluated: constants, references and addresses.

use std::sync::Arc;

use recon_core::address::Key;
use recon_core::state::ProviderKey;
use recon_core::value::Name;
use recon_core::{Data, Diagnostic, Diagnostics, Span, Value};

use super::constant::constant;
use crate::config::{Argument, Body, DependsOn, Notation};
use crate::expression::{Expression, Kind};
use crate::reference::Target;
use crate::syntax;

/// One step of a reference after its first name.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    Attribute(Name),
    Index(Key),
    /// An index that only evaluation knows, or a splat.
    Dynamic,
}

/// An argument that must be there.
pub(super) fn required<'a>(
    body: &'a Body,
    name: &str,
    owner: Span,
    diagnostics: &mut Diagnostics,
) -> Option<&'a Argument> {
    let found = body.attributes.get(name);
    if found.is_none() && !body.broken.contains(name) {
        let detail =
            format!("The argument `{name}` is required, but it is not set. Add `{name} = …` to this block.");
        diagnostics.push(Diagnostic::error("Missing required argument", detail).at(owner));
    }
    found
}

/// The literal value of an expression without references, operators or calls.
pub(super) fn literal(expression: &Expression) -> Option<&Value> {
    match &*expression.kind {
        Kind::Literal(value) => Some(value),
        Kind::Parenthesis(inner) => literal(inner),
        _ => None,
    }
}

/// A plain text.
pub(super) fn text(name: &str, argument: &Argument, diagnostics: &mut Diagnostics) -> Option<String> {
    let value = constant(&argument.value).ok();
    let found = value.and_then(|value| match &value.data {
        Data::String(text) => Some(text.to_string()),
        Data::Number(number) => Some(number.to_string()),
        Data::Bool(flag) => Some(flag.to_string()),
        _ => None,
    });
    if found.is_none() {
        let detail =
            format!("`{name}` takes a plain text in quotes; references and functions cannot be used here.");
        diagnostics.push(Diagnostic::error("Unsuitable value type", detail).at(argument.value.span));
    }
    found
}

/// `true` or `false`, written out.
pub(super) fn flag(body: &Body, name: &str, diagnostics: &mut Diagnostics) -> Option<bool> {
    let argument = body.attributes.get(name)?;
    let value = constant(&argument.value).ok();
    let found = value.and_then(|value| match &value.data {
        Data::Bool(flag) => Some(*flag),
        Data::String(text) => text.parse().ok(),
        _ => None,
    });
    if found.is_none() {
        let detail =
            format!("`{name}` takes `true` or `false`; references and functions cannot be used here.");
        diagnostics.push(Diagnostic::error("Unsuitable value type", detail).at(argument.value.span));
    }
    found
}

/// The text of an argument that may be absent.
pub(super) fn optional_text(body: &Body, name: &str, diagnostics: &mut Diagnostics) -> Option<String> {
    body.attributes.get(name).and_then(|argument| text(name, argument, diagnostics))
}

/// The elements of a list that is written out.
pub(super) fn list<'a>(
    name: &str,
    argument: &'a Argument,
    diagnostics: &mut Diagnostics,
) -> &'a [Expression] {
    if let Kind::Tuple(items) = &*argument.value.kind {
        return items;
    }
    let detail = format!("`{name}` takes a list written out in brackets, like `[a, b]`.");
    diagnostics.push(Diagnostic::error("Invalid expression", detail).at(argument.value.span));
    &[]
}

/// The same expression; a text in quotes, as older configurations and JSON write references, is read as an expression.
pub(super) fn unquoted(expression: &Expression) -> Expression {
    let Some(text) = literal(expression).and_then(Value::as_str) else { return expression.clone() };
    match syntax::parse_expression(expression.span.file, text) {
        Ok(inner) => Expression { span: expression.span, ..inner },
        Err(_) => expression.clone(),
    }
}

/// The same expression; in JSON, which has no other way to write it, a text is read as an expression.
pub(super) fn written_in(body: &Body, expression: &Expression) -> Expression {
    match body.notation {
        Notation::Json => unquoted(expression),
        Notation::Native => expression.clone(),
    }
}

/// A reference taken apart: its first name and the steps after it; nothing for any other expression.
pub(super) fn steps(expression: &Expression) -> Option<(Name, Vec<Step>)> {
    let mut steps = Vec::new();
    let mut current = expression;
    loop {
        current = match &*current.kind {
            Kind::Variable(name) => {
                steps.reverse();
                return Some((name.clone(), steps));
            }
            Kind::Attribute(source, name) => {
                steps.push(Step::Attribute(name.clone()));
                source
            }
            Kind::Index(source, key) => {
                steps.push(key_of(key).map_or(Step::Dynamic, Step::Index));
                source
            }
            Kind::Splat { source, .. } => {
                steps.push(Step::Dynamic);
                source
            }
            _ => return None,
        };
    }
}

fn key_of(expression: &Expression) -> Option<Key> {
    match &literal(expression)?.data {
        Data::String(text) => Some(Key::Text(Arc::clone(text))),
        Data::Number(number) => number.as_i64().and_then(|index| u64::try_from(index).ok()).map(Key::Index),
        _ => None,
    }
}

/// The entries of a `depends_on`.
pub(super) fn depends_on(body: &Body, diagnostics: &mut Diagnostics) -> Vec<DependsOn> {
    let Some(argument) = body.attributes.get("depends_on") else { return Vec::new() };
    let mut found = Vec::new();
    for item in list("depends_on", argument, diagnostics) {
        match dependency(&unquoted(item)) {
            Some(target) => found.push(DependsOn { target, span: item.span }),
            None => {
                let detail = "An entry of `depends_on` names a whole object: a resource like `aws_lambda_function.items`, a data source like \
                              `data.aws_region.here`, or a module like `module.api`; no attribute of it and no other expression.";
                diagnostics.push(Diagnostic::error("Invalid depends_on reference", detail).at(item.span));
            }
        }
    }
    found
}

fn dependency(expression: &Expression) -> Option<Target> {
    let (root, steps) = steps(expression)?;
    let mut names = steps.iter();
    let mut name = || match names.next() {
        Some(Step::Attribute(name)) => Some(name.clone()),
        _ => None,
    };
    let (target, rest) = match &*root {
        "var" => (Target::Variable(name()?), 1),
        "local" => (Target::Local(name()?), 1),
        "module" => (Target::Module(name()?, None), 1),
        "data" => (Target::Resource(recon_core::ResourceMode::Data, name()?, name()?), 2),
        "each" | "count" | "path" | "terraform" | "self" => return None,
        "resource" => (Target::Resource(recon_core::ResourceMode::Managed, name()?, name()?), 2),
        _ => (Target::Resource(recon_core::ResourceMode::Managed, root.clone(), name()?), 1),
    };
    let only_key = steps[rest..].iter().all(|step| matches!(step, Step::Index(_)));
    (steps.len() <= rest + 1 && only_key).then_some(target)
}

/// A provider as `provider` and `providers` name it: `aws` or `aws.eu`.
pub(super) fn provider(expression: &Expression, diagnostics: &mut Diagnostics) -> Option<ProviderKey> {
    let key = match steps(&unquoted(expression)) {
        Some((name, steps)) => match steps.as_slice() {
            [] => Some(ProviderKey { name, alias: None }),
            [Step::Attribute(alias)] => Some(ProviderKey { name, alias: Some(alias.clone()) }),
            _ => None,
        },
        None => None,
    };
    if key.is_none() {
        let detail = "A provider is named like `aws`, or like `aws.eu` with the alias of its block; no other expression can be used here.";
        diagnostics
            .push(Diagnostic::error("Invalid provider configuration reference", detail).at(expression.span));
    }
    key
}

/// A message for two blocks of one name.
pub(super) fn duplicate(summary: String, what: &str, again: Span, first: Span) -> Diagnostic {
    let detail = format!(
        "{what} was declared already. Names are unique within a module: remove or rename one of the two."
    );
    Diagnostic::error(summary, detail).at(again).label(first, "first declared here")
}
