//! `variable` blocks, and the conditions that they share with other blocks.

use recon_core::value::Name;
use recon_core::{Diagnostic, Diagnostics, Type};

use super::constant::constant;
use super::{constraint, read};
use crate::config::{Body, Condition, NestedBody, Outside, Variable};
use crate::constraint::Constraint;
use crate::evaluate;
use crate::expression::Expression;
use crate::reference::{self, Target, free_names};

/// Names that mean something else in a `module` block.
const RESERVED: [&str; 8] =
    ["source", "version", "providers", "count", "for_each", "lifecycle", "depends_on", "locals"];

/// A `variable` block.
pub(super) fn variable(block: &NestedBody, diagnostics: &mut Diagnostics) -> Variable {
    let NestedBody { body, labels, name_span, .. } = block;
    if let Some(name) = labels.first().filter(|name| RESERVED.contains(&&***name)) {
        let detail = format!(
            "`{name}` has a meaning of its own in `module` blocks, so no variable can have this name. Rename it."
        );
        diagnostics.push(Diagnostic::error("Invalid variable name", detail).at(*name_span));
    }
    let constraint = match body.attributes.get("type") {
        Some(argument) => constraint::constraint(argument, body.notation, diagnostics),
        None => Constraint::Exactly(Type::Any),
    };
    let mut variable = Variable {
        span: *name_span,
        outside: outside(body, &constraint),
        constraint,
        default: body.attributes.get("default").map(|argument| argument.value.clone()),
        description: read::optional_text(body, "description", diagnostics),
        sensitive: read::flag(body, "sensitive", diagnostics).unwrap_or(false),
        ephemeral: read::flag(body, "ephemeral", diagnostics).unwrap_or(false),
        nullable: read::flag(body, "nullable", diagnostics).unwrap_or(true),
        validations: conditions(body, "validation", diagnostics),
        is_default_wrong: false,
    };
    if let Some(name) = labels.first() {
        check_validations(&variable, name, diagnostics);
    }
    if let Err(found) = check_default(&variable) {
        variable.is_default_wrong = true;
        diagnostics.extend(found);
    }
    variable
}

fn outside(body: &Body, constraint: &Constraint) -> Outside {
    let is_primitive = matches!(constraint, Constraint::Exactly(ty) if ty.is_primitive());
    if is_primitive || !body.attributes.contains_key("type") { Outside::Text } else { Outside::Expression }
}

/// A validation is about the variable's value, so it looks at it.
fn check_validations(variable: &Variable, name: &Name, diagnostics: &mut Diagnostics) {
    let itself = Target::Variable(name.clone());
    for Condition { condition, .. } in &variable.validations {
        if !reference::of_expression(condition).iter().any(|reference| reference.target == itself) {
            let detail = format!(
                "The condition must refer to `var.{name}`, because it says which values this variable may have."
            );
            let problem = Diagnostic::error("Invalid variable validation condition", detail);
            diagnostics.push(problem.at(condition.span));
        }
    }
}

fn check_default(variable: &Variable) -> Result<(), Diagnostics> {
    const SUMMARY: &str = "Invalid default value for variable";
    let Some(default) = &variable.default else { return Ok(()) };
    let wrong = |detail: String| Diagnostic::error(SUMMARY, detail).at(default.span);
    let value = constant(default)?;
    if value.is_null() && !variable.nullable {
        let detail = "The default is null, but `nullable = false` says that the variable never is. Change one of the two.";
        return Err(wrong(detail.to_owned()).into());
    }
    evaluate::constraint::apply(&value, &variable.constraint).map_err(|mismatch| {
        let place =
            if mismatch.path.0.is_empty() { String::new() } else { format!(" at `{}`", mismatch.path) };
        wrong(format!("The default does not fit the variable's type{place}: {}.", mismatch.message))
    })?;
    Ok(())
}

/// The conditions of a block: its `validation`, `precondition`, `postcondition` or `assert` blocks.
pub(super) fn conditions(body: &Body, name: &str, diagnostics: &mut Diagnostics) -> Vec<Condition> {
    let mut found = Vec::new();
    for block in body.blocks.iter().filter(|block| &*block.name == name) {
        let condition = read::required(&block.body, "condition", block.name_span, diagnostics);
        let message = read::required(&block.body, "error_message", block.name_span, diagnostics);
        if let Some(condition) =
            condition.filter(|condition| name != "validation" && refers_to_nothing(&condition.value))
        {
            let detail = "The condition refers to nothing, so it is always the same. Compare something that the block depends on.";
            let problem = Diagnostic::error(format!("Invalid {name} expression"), detail);
            diagnostics.push(problem.at(condition.value.span));
        }
        if let (Some(condition), Some(message)) = (condition, message) {
            found.push(Condition {
                span: block.name_span,
                condition: condition.value.clone(),
                error_message: message.value.clone(),
            });
        }
    }
    found
}

fn refers_to_nothing(expression: &Expression) -> bool {
    let mut found = false;
    free_names(expression, &mut |_, _| found = true);
    !found
}
