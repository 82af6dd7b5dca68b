//! Values of the root module's variables: from files, flags and the environment, converted to what the variables accept.

mod source;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use recon_core::value::Name;
use recon_core::{Diagnostic, Diagnostics, Marks, SourceMap, Span, Value};

use crate::config::{Module, Variable};
use crate::decode::constant;
use crate::evaluate::constraint::apply;
use crate::suggest::closest;

pub use source::VariableSource;

/// What a run knows of its variables.
#[derive(Clone, Debug, Default)]
pub struct Values {
    /// The values of all variables that have one.
    pub values: BTreeMap<Name, Value>,
    /// The variables without default that nothing sets; the caller may ask for them, or pass [`missing`] on.
    pub missing: Vec<Name>,
    /// What is wrong with what was given.
    pub diagnostics: Diagnostics,
}

/// A value that was given, with where.
pub(crate) struct Given {
    value: Value,
    place: Span,
}

/// The values of a module's variables. Later sources win over earlier ones.
pub fn values(module: &Module, given: &[VariableSource], sources: &mut SourceMap) -> Values {
    let mut found = Values::default();
    let mut chosen: BTreeMap<Name, Given> = BTreeMap::new();
    let mut undeclared = Vec::new();
    let mut unreadable: Vec<Name> = Vec::new();
    for source in given {
        let read = source::read(source, module, sources);
        found.diagnostics.extend(read.problems);
        unreadable.extend(read.unreadable);
        for (name, given) in read.values {
            if module.variables.contains_key(&name) {
                chosen.insert(name, given);
            } else {
                undeclared.push((source, name, given.place));
            }
        }
    }
    found.diagnostics.extend(
        undeclared.iter().filter_map(|(source, name, place)| not_declared(source, name, *place, module)),
    );
    for (name, variable) in &module.variables {
        let given = chosen.remove(name);
        if given.is_none() && variable.is_default_wrong {
            continue;
        }
        if given.is_none() && variable.default.is_none() {
            if !unreadable.contains(name) {
                found.missing.push(name.clone());
            }
            continue;
        }
        match value(name, variable, given) {
            Ok(value) => drop(found.values.insert(name.clone(), value)),
            Err(problems) => found.diagnostics.extend(problems),
        }
    }
    found
}

/// The value of a variable that the user typed when asked for it.
pub fn answer(
    name: &Name,
    variable: &Variable,
    text: &str,
    sources: &mut SourceMap,
) -> Result<Value, Diagnostics> {
    let source = VariableSource::Typed { name: name.to_string(), text: text.to_owned() };
    let given = source::raw(&source, text, Some(variable), sources)?;
    value(name, variable, Some(given))
}

/// What to say about variables that nothing sets, all at once.
pub fn missing(module: &Module, names: &[Name]) -> Diagnostics {
    let describe = |name: &Name| {
        let detail = format!(
            "The variable `{name}` has no default and no value. Set it with `-var {name}=VALUE`, in a file such as `terraform.tfvars`, or with the \
             environment variable `TF_VAR_{name}`."
        );
        let problem = Diagnostic::error("No value for required variable", detail);
        module.variables.get(name).map_or(problem.clone(), |variable| problem.at(variable.span))
    };
    names.iter().map(describe).collect()
}

/// The value of a variable from what was given, or from its default: converted, and marked as the variable says.
fn value(name: &Name, variable: &Variable, given: Option<Given>) -> Result<Value, Diagnostics> {
    let place = given.as_ref().map(|given| given.place);
    let given = given.map(|given| given.value).filter(|value| !value.is_null() || variable.nullable);
    let value = match (given, &variable.default) {
        (Some(value), _) => value,
        (None, Some(default)) => constant(default)?,
        (None, None) => {
            let detail = format!(
                "The variable `{name}` is set to null, but `nullable = false` and the lack of a default say that it needs a value."
            );
            return Err(
                located(Diagnostic::error("Required variable not set", detail), place, variable).into()
            );
        }
    };
    let converted = apply(&value, &variable.constraint).map_err(|mismatch| {
        // The way to a part of a secret names its keys, which are as secret.
        let is_shown = !mismatch.path.0.is_empty() && !variable.sensitive;
        let path = if is_shown { format!(", at `{}`", mismatch.path) } else { String::new() };
        let detail =
            format!("The value of `{name}` does not fit the variable's type{path}: {}.", mismatch.message);
        located(Diagnostic::error("Invalid value for input variable", detail), place, variable)
    })?;
    let mut marks = Marks::NONE;
    if variable.sensitive {
        marks = marks.and(Marks::SENSITIVE);
    }
    if variable.ephemeral {
        marks = marks.and(Marks::EPHEMERAL);
    }
    Ok(converted.marked(marks))
}

fn located(problem: Diagnostic, place: Option<Span>, variable: &Variable) -> Diagnostic {
    match place {
        Some(place) => problem.at(place).label(variable.span, "declared here"),
        None => problem.at(variable.span),
    }
}

fn not_declared(source: &VariableSource, name: &Name, place: Span, module: &Module) -> Option<Diagnostic> {
    let advice = match closest(name, module.variables.keys().map(|known| &**known)) {
        Some(meant) => format!("Did you mean `{meant}`?"),
        None => {
            format!("Declare it with `variable \"{name}\" {{}}` in the root module, or remove the value.")
        }
    };
    let detail = format!("The root module has no variable `{name}`. {advice}");
    Some(match source {
        VariableSource::Flag { .. } => Diagnostic::error("Value for undeclared variable", detail).at(place),
        VariableSource::File { .. } => Diagnostic::warning("Value for undeclared variable", detail).at(place),
        // The environment is shared with other configurations.
        VariableSource::Environment { .. } | VariableSource::Typed { .. } => return None,
    })
}
