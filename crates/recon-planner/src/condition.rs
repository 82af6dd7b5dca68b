//! Conditions of validations, preconditions, postconditions and checks.

use recon_core::{Diagnostic, Diagnostics, Span};
use recon_parser::config::Condition;
use recon_parser::evaluate;
use recon_parser::scope::Scope;

use crate::plan::Walk;
use crate::repetition::Open;
use crate::scope::Place;
use crate::world::Broken;

/// How it is told that a condition does not hold.
#[derive(Clone, Copy)]
pub(crate) struct Verdict {
    pub(crate) summary: &'static str,
    /// What to point at, where that is not the condition itself.
    pub(crate) subject: Option<Span>,
}

impl From<&'static str> for Verdict {
    fn from(summary: &'static str) -> Self {
        Self { summary, subject: None }
    }
}

/// Whether a condition holds; one that is known only after apply is taken to hold until then.
pub(crate) fn judge(condition: &Condition, verdict: Verdict, scope: &dyn Scope) -> Result<(), Diagnostics> {
    let value = evaluate::evaluate(&condition.condition, scope)?;
    if value.is_unknown() {
        return Ok(());
    }
    match recon_core::convert::convert(&value, &recon_core::Type::Bool).ok().and_then(|value| value.as_bool())
    {
        Some(true) => Ok(()),
        Some(false) => Err(failed(condition, verdict, scope).into()),
        None => {
            let detail = "The condition must be true or false.";
            Err(Diagnostic::error("Invalid condition result", detail).at(condition.condition.span).into())
        }
    }
}

/// Evaluates a condition without asking whether it holds.
pub(crate) fn understand(condition: &Condition, scope: &dyn Scope) -> Result<(), Diagnostics> {
    evaluate::evaluate(&condition.condition, scope).map(drop)
}

/// Whether conditions of a resource hold; a validation leaves that to the plan.
pub(crate) fn of_resource(
    walk: &Walk<'_>,
    conditions: &[Condition],
    summary: &'static str,
    place: &Place<'_, '_>,
) -> Result<(), Broken> {
    match walk.open_repetition {
        Open::Tolerated => walk.world.understand(conditions, place),
        Open::Refused => walk.world.judge(conditions, summary, place),
    }
}

fn failed(condition: &Condition, verdict: Verdict, scope: &dyn Scope) -> Diagnostic {
    let Verdict { summary, subject } = verdict;
    let message = match evaluate::evaluate(&condition.error_message, scope) {
        Ok(value) if value.deep_marks().is_sensitive() => {
            "The condition does not hold. (Its message would show something sensitive.)".to_owned()
        }
        Ok(value) => value.as_str().map_or_else(|| "The condition does not hold.".to_owned(), str::to_owned),
        Err(_) => "The condition does not hold, and its message could not be made.".to_owned(),
    };
    let rule = condition.condition.span;
    let diagnostic = match subject {
        Some(subject) => Diagnostic::error(summary, message).at(subject).label(rule, "checked by this rule"),
        None => Diagnostic::error(summary, message).at(rule),
    };
    Diagnostic { seen: evaluate::seen(&condition.condition, scope), ..diagnostic }
}
