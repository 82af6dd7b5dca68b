//! Templates: text with interpolations, conditions and loops.

use recon_core::convert::convert;
use recon_core::{Diagnostics, Marks, Type, Value};

use super::comprehension::{Elements, elements};
use super::context::Binding;
use super::operators::not_null;
use super::{Context, evaluate_in};
use crate::expression::{Expression, Kind, Part};

/// The longest text that a template or function makes, in bytes: far beyond what any argument takes.
pub(crate) const TEXT_BYTES_MAX: usize = 64 << 20;

const INVALID: &str = "Invalid template interpolation value";

/// A quoted template: one interpolation and nothing else is that value.
pub(super) fn evaluate_quoted(
    expression: &Expression,
    parts: &[Part],
    context: &Context<'_>,
) -> Result<Value, Diagnostics> {
    if let [Part::Interpolation(inner)] = parts {
        return evaluate_in(inner, context);
    }
    let mut text = Text::default();
    text.parts(expression, parts, context)?;
    Ok(text.finish())
}

/// The template that a file holds.
pub(crate) fn evaluate_template(template: &Expression, context: &Context<'_>) -> Result<Value, Diagnostics> {
    match &*template.kind {
        Kind::Template(parts) => evaluate_quoted(template, parts, context),
        _ => evaluate_in(template, context),
    }
}

/// The text so far, if all of it is known.
#[derive(Default)]
struct Text {
    so_far: String,
    open: bool,
    marks: Marks,
}

impl Text {
    fn finish(self) -> Value {
        let value = if self.open {
            not_null(Type::String)
        } else {
            Value::from(crate::syntax::normalized(&self.so_far))
        };
        value.marked(self.marks)
    }

    /// Adds all parts, and keeps what is wrong with any.
    fn parts(
        &mut self,
        whole: &Expression,
        parts: &[Part],
        context: &Context<'_>,
    ) -> Result<(), Diagnostics> {
        let mut diagnostics = Diagnostics::new();
        for part in parts {
            diagnostics.take(self.part(whole, part, context));
        }
        diagnostics.into_result(())
    }

    fn part(&mut self, whole: &Expression, part: &Part, context: &Context<'_>) -> Result<(), Diagnostics> {
        match part {
            Part::Text(text) => self.push(whole, text, context),
            Part::Interpolation(expression) => self.interpolation(expression, context),
            Part::If { condition, yes, no } => self.condition(whole, condition, [yes, no], context),
            Part::For { key, value, collection, body } => {
                let source = evaluate_in(collection, context)?;
                let Elements::Known(pairs, marks) = elements(collection, &source, context)? else {
                    self.open = true;
                    self.marks = self.marks.and(source.deep_marks());
                    return Ok(());
                };
                self.marks = self.marks.and(marks);
                for (index, item) in pairs {
                    context.spend(1, collection)?;
                    let names = context.bind(Binding::Variables(key.as_ref(), index, value, item));
                    self.parts(whole, body, &context.inside_parts(&names, marks))?;
                }
                Ok(())
            }
        }
    }

    fn push(&mut self, whole: &Expression, text: &str, context: &Context<'_>) -> Result<(), Diagnostics> {
        if self.so_far.len() + text.len() > TEXT_BYTES_MAX {
            let detail = format!("This template makes more than {} MiB of text.", TEXT_BYTES_MAX >> 20);
            return Err(context.fail(whole, "Template result too large", detail));
        }
        if !self.open {
            self.so_far.push_str(text);
        }
        Ok(())
    }

    fn interpolation(&mut self, expression: &Expression, context: &Context<'_>) -> Result<(), Diagnostics> {
        let value = evaluate_in(expression, context)?;
        self.marks = self.marks.and(value.marks);
        if value.is_null() {
            let detail = "The expression result is null. Cannot include a null value in a string template.";
            return Err(context.fail(expression, INVALID, detail));
        }
        let text = convert(&value, &Type::String).map_err(|mismatch| {
            self.marks = self.marks.and(value.deep_marks());
            let detail = format!("Cannot include the given value in a string template: {mismatch}.");
            context.fail(expression, INVALID, detail)
        })?;
        match text.as_str() {
            Some(text) => self.push(expression, text, context),
            None => {
                self.open = true;
                Ok(())
            }
        }
    }

    fn condition(
        &mut self,
        whole: &Expression,
        condition: &Expression,
        [yes, no]: [&[Part]; 2],
        context: &Context<'_>,
    ) -> Result<(), Diagnostics> {
        let value = evaluate_in(condition, context)?;
        self.marks = self.marks.and(value.marks);
        if value.is_null() {
            let detail = "The condition value is null. Conditions must either be true or false.";
            return Err(context.fail(condition, "Null condition", detail));
        }
        let decision = convert(&value, &Type::Bool).map_err(|mismatch| {
            let detail = format!("The condition expression must be of type bool: {mismatch}.");
            context.fail(condition, "Incorrect condition type", detail)
        })?;
        if let Some(decision) = decision.as_bool() {
            return self.parts(whole, if decision { yes } else { no }, context);
        }
        // Both are looked at for what they carry; the text is open either way.
        self.open = true;
        self.parts(whole, yes, context)?;
        self.parts(whole, no, context)
    }
}
