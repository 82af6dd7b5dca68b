//! Conditions of validations, preconditions, postconditions and checks.

use recon_core::{Diagnostic, Diagnostics};
use recon_parser::config::Condition;
use recon_parser::evaluate;
use recon_parser::scope::Scope;

/// Whether a condition holds; one that is known only after apply is taken to hold until then.
pub(crate) fn judge(
    condition: &Condition,
    summary: &'static str,
    scope: &dyn Scope,
) -> Result<(), Diagnostics> {
    let value = evaluate::evaluate(&condition.condition, scope)?;
    if value.is_unknown() {
        return Ok(());
    }
    match recon_core::convert::convert(&value, &recon_core::Type::Bool).ok().and_then(|value| value.as_bool())
    {
        Some(true) => Ok(()),
        Some(false) => Err(failed(condition, summary, scope).into()),
        None => {
            let detail = "The condition must be true or false.";
            Err(Diagnostic::error("Invalid condition result", detail).at(condition.condition.span).into())
        }
    }
}

fn failed(condition: &Condition, summary: &'static str, scope: &dyn Scope) -> Diagnostic {
    let message = match evaluate::evaluate(&condition.error_message, scope) {
        Ok(value) if value.deep_marks().is_sensitive() => {
            "The condition does not hold. (Its message would show something sensitive.)".to_owned()
        }
        Ok(value) => value.as_str().map_or_else(|| "The condition does not hold.".to_owned(), str::to_owned),
        Err(_) => "The condition does not hold, and its message could not be made.".to_owned(),
    };
    Diagnostic::error(summary, message).at(condition.condition.span)
}
