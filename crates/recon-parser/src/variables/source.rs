//! One source of values: a file, a flag, or an environment variable.

use std::collections::BTreeMap;

use recon_core::value::Name;
use recon_core::{Diagnostic, Diagnostics, SourceMap, Span, Value};

use super::Given;
use crate::config::{Body, Module, Outside, Variable};
use crate::decode::constant;
use crate::load::is_json;
use crate::syntax::normalized;
use crate::{json_syntax, syntax};

/// Something that sets variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VariableSource {
    /// A `*.tfvars` or `*.tfvars.json` file.
    File {
        /// As the user would type it.
        name: String,
        /// Its content.
        text: String,
    },
    /// `-var NAME=TEXT`
    Flag {
        /// The variable.
        name: String,
        /// The value, as it was typed.
        text: String,
    },
    /// What the user typed when asked for it.
    Typed {
        /// The variable.
        name: String,
        /// The value, as it was typed.
        text: String,
    },
    /// `TF_VAR_NAME=TEXT`
    Environment {
        /// The variable, without the prefix.
        name: String,
        /// The value, as it is set.
        text: String,
    },
}

/// What a source gives.
#[derive(Default)]
pub(super) struct Read {
    pub(super) values: BTreeMap<Name, Given>,
    /// The variables that it sets to something that cannot be read.
    pub(super) unreadable: Vec<Name>,
    pub(super) problems: Diagnostics,
}

/// The values that a source gives.
pub(super) fn read(source: &VariableSource, module: &Module, sources: &mut SourceMap) -> Read {
    match source {
        VariableSource::File { name, text } => {
            let file = sources.add(name, text);
            let (body, problems) = if is_json(name) {
                json_syntax::parse_values(file, text)
            } else {
                syntax::parse_body(file, text)
            };
            let secrets = body.attributes.iter().filter(|(name, _)| is_secret(module, name));
            secrets.for_each(|(_, argument)| sources.hide(argument.value.span));
            values_of(body, problems)
        }
        VariableSource::Flag { name, text }
        | VariableSource::Typed { name, text }
        | VariableSource::Environment { name, text } => {
            let variable = module.variables.get(&**name);
            let is_flag = matches!(source, VariableSource::Flag { .. });
            let mut found = Read::default();
            if variable.is_some() || is_flag {
                match raw(source, text, variable, sources) {
                    Ok(given) => drop(found.values.insert(name.as_str().into(), given)),
                    Err(problems) => {
                        found.problems = problems;
                        found.unreadable.push(name.as_str().into());
                    }
                }
            }
            found
        }
    }
}

fn is_secret(module: &Module, name: &Name) -> bool {
    module.variables.get(name).is_some_and(|variable| variable.sensitive)
}

fn values_of(body: Body, problems: Diagnostics) -> Read {
    let mut found = Read { problems, ..Read::default() };
    for block in &body.blocks {
        let detail = if &*block.name == "variable" {
            "Variables are declared in `.tf` files. In a file of values, write `name = value`."
        } else {
            "A file of values has lines of the form `name = value`, and no blocks."
        };
        found.problems.push(
            Diagnostic::error("Unexpected block in file of variable values", detail).at(block.name_span),
        );
    }
    for (name, argument) in body.attributes {
        match found.problems.take(constant(&argument.value)) {
            Some(value) => {
                let place = argument.name_span.to(argument.value.span);
                drop(found.values.insert(name, Given { value, place }));
            }
            None => found.unreadable.push(name),
        }
    }
    found
}

/// The value of a text from outside: the text itself where the variable takes a primitive, else an expression.
pub(super) fn raw(
    source: &VariableSource,
    text: &str,
    variable: Option<&Variable>,
    sources: &mut SourceMap,
) -> Result<Given, Diagnostics> {
    let shown = match source {
        VariableSource::Flag { name, .. } => format!("<value for var.{name} from -var>"),
        VariableSource::Typed { name, .. } => format!("<value for var.{name} as typed>"),
        VariableSource::Environment { name, .. } => format!("<value for var.{name} from TF_VAR_{name}>"),
        VariableSource::File { name, .. } => name.clone(),
    };
    let secret = variable.is_some_and(|variable| variable.sensitive);
    let is_text = variable.is_none_or(|variable| variable.outside == Outside::Text);
    if is_text {
        let file = sources.add(&shown, if secret { "" } else { text });
        let length = if secret { 0 } else { text.len() };
        return Ok(Given { value: Value::from(normalized(text)), place: Span::new(file, 0..length) });
    }
    // The text of a secret never reaches the sources, from which excerpts are shown.
    let blanked: String = if secret { text.chars().map(|_| '*').collect() } else { text.to_owned() };
    let file = sources.add(&shown, &blanked);
    let place = Span::new(file, 0..blanked.len());
    let value = syntax::parse_expression(file, text).and_then(|expression| constant(&expression));
    match value {
        Ok(value) => Ok(Given { value, place }),
        Err(problems) if secret => {
            let summaries: Vec<_> = problems.iter().map(|problem| problem.summary.clone()).collect();
            let detail = format!(
                "The value of this sensitive variable is not an expression of the language: {}.",
                summaries.join(", ")
            );
            Err(Diagnostic::error("Invalid value for input variable", detail).at(place).into())
        }
        Err(problems) => Err(problems),
    }
}
