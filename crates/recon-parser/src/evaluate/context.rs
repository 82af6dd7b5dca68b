//! What an expression can see while it is evaluated: the scope, the names bound around it, and how much is left to spend.

use std::cell::Cell;
use std::collections::BTreeMap;

use recon_core::value::Name;
use recon_core::{Diagnostic, Diagnostics, Marks, Type, Value};

use super::seen;
use crate::expression::Expression;
use crate::scope::Scope;

/// How deeply expressions may nest; beyond it the machine's stack would end before the expression.
const DEPTH_MAX: u32 = 250;

/// How many elements one evaluation may make or visit in loops.
pub(crate) const STEPS_MAX: u64 = 20_000_000;

/// What one evaluation may still spend.
pub(crate) struct Budget {
    steps: Cell<u64>,
    /// A reference led nowhere. That is a mistake in the configuration, which `try` and `can` must not hide.
    astray: Cell<bool>,
}

impl Default for Budget {
    fn default() -> Self {
        Self { steps: Cell::new(STEPS_MAX), astray: Cell::new(false) }
    }
}

/// Whether failures will be shown, or only counted as failures by `try` and `can`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Audience {
    Reader,
    Nobody,
    /// Describes what a failed expression saw, and so must change nothing.
    Onlooker,
}

/// What an expression can see.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    scope: &'a dyn Scope,
    names: Option<&'a Names<'a>>,
    budget: &'a Budget,
    depth: u32,
    audience: Audience,
    /// Whether names are bound to parts of a sensitive value, which do not carry its mark themselves.
    discreet: bool,
    /// How many template files are being rendered around this.
    pub(crate) templates: u32,
}

/// A name, or several, bound around an expression.
pub(crate) struct Names<'a> {
    outer: Option<&'a Names<'a>>,
    binding: Binding<'a>,
}

/// What is bound.
pub(crate) enum Binding<'a> {
    /// The variables of a `for`.
    Variables(Option<&'a Name>, Value, &'a Name, Value),
    /// The current element of a splat.
    Item(Value),
    /// The variables of a template, which sees nothing else.
    Template(&'a BTreeMap<Name, Value>),
}

/// What a name means.
pub(crate) enum Meaning<'a> {
    /// It is bound to a value.
    Bound(&'a Value),
    /// The scope knows.
    Scope,
    /// Nothing: templates see only their variables.
    NotInTemplate,
}

impl<'a> Context<'a> {
    /// What an expression at the top sees.
    pub(crate) fn new(scope: &'a dyn Scope, budget: &'a Budget) -> Self {
        Self {
            scope,
            names: None,
            budget,
            depth: 0,
            audience: Audience::Reader,
            discreet: false,
            templates: 0,
        }
    }

    /// Where names that nothing binds get their values.
    pub(crate) fn scope(&self) -> &'a dyn Scope {
        self.scope
    }

    /// The names seen inside a binding.
    pub(crate) fn bind(&self, binding: Binding<'a>) -> Names<'a> {
        Names { outer: self.names, binding }
    }

    /// The context inside a binding.
    pub(crate) fn inside<'b>(&'b self, names: &'b Names<'b>) -> Context<'b> {
        Context { names: Some(names), ..*self }
    }

    /// The context inside a binding to parts of a value with these marks.
    pub(crate) fn inside_parts<'b>(&'b self, names: &'b Names<'b>, marks: Marks) -> Context<'b> {
        Context { discreet: self.discreet || marks.is_sensitive(), ..self.inside(names) }
    }

    /// The context in which failures are only counted.
    pub(crate) fn quiet(&self) -> Self {
        Self { audience: self.audience.max(Audience::Nobody), ..*self }
    }

    /// The context in which a failure is described.
    pub(crate) fn looking_on(&self) -> Self {
        Self { audience: Audience::Onlooker, ..*self }
    }

    /// The context of a template file, one file deeper.
    pub(crate) fn in_template(&self) -> Self {
        Self { templates: self.templates + 1, ..*self }
    }

    /// One level down, unless that is too deep.
    pub(crate) fn deeper(&self, expression: &Expression) -> Result<Self, Diagnostics> {
        if self.depth >= DEPTH_MAX {
            let detail = format!(
                "This expression nests more than {DEPTH_MAX} levels deep. Move a part of it into a local value."
            );
            return Err(Diagnostic::error("Expression too deep", detail).at(expression.span).into());
        }
        self.spend(1, expression)?;
        Ok(Self { depth: self.depth + 1, ..*self })
    }

    /// Takes from the budget, unless that is used up.
    pub(crate) fn spend(&self, steps: usize, expression: &Expression) -> Result<(), Diagnostics> {
        let left = self.budget.steps.get().checked_sub(steps as u64);
        let Some(left) = left else {
            let detail = format!(
                "Evaluating this takes more than {STEPS_MAX} steps. Loops inside loops multiply: make one of them smaller."
            );
            return Err(Diagnostic::error("Expression too large", detail).at(expression.span).into());
        };
        self.budget.steps.set(left);
        Ok(())
    }

    /// How many steps are left, which is a different number at each point of an evaluation.
    pub(crate) fn left(&self) -> u64 {
        self.budget.steps.get()
    }

    /// Notes that a reference led nowhere, and hands on why.
    pub(crate) fn astray(&self, why: impl Into<Diagnostics>) -> Diagnostics {
        if self.audience != Audience::Onlooker {
            self.budget.astray.set(true);
        }
        why.into()
    }

    /// Whether a reference led nowhere, so that no failure may be passed over.
    pub(crate) fn is_astray(&self) -> bool {
        self.budget.astray.get()
    }

    /// What a name means here.
    pub(crate) fn meaning(&self, name: &str) -> Meaning<'a> {
        let mut names = self.names;
        while let Some(Names { outer, binding }) = names {
            match binding {
                Binding::Variables(_, _, bound, value) if &***bound == name => return Meaning::Bound(value),
                Binding::Variables(Some(key), value, _, _) if &***key == name => {
                    return Meaning::Bound(value);
                }
                Binding::Template(variables) => {
                    return variables.get(name).map_or(Meaning::NotInTemplate, Meaning::Bound);
                }
                Binding::Variables(..) | Binding::Item(_) => names = *outer,
            }
        }
        Meaning::Scope
    }

    /// The current element of the innermost splat.
    pub(crate) fn splat_item(&self) -> Value {
        let mut names = self.names;
        while let Some(Names { outer, binding }) = names {
            if let Binding::Item(value) = binding {
                return value.clone();
            }
            names = *outer;
        }
        // A splat item stands only inside a splat, so this is what an empty splat's element would be.
        Value::unknown(Type::Any)
    }

    /// Says what is wrong with an expression, and what it saw.
    pub(crate) fn fail(
        &self,
        expression: &Expression,
        summary: &'static str,
        detail: impl Into<String>,
    ) -> Diagnostics {
        if self.discreet {
            let detail = "What is wrong is not shown, because this is about parts of a sensitive value.";
            return Diagnostic::error(summary, detail).at(expression.span).into();
        }
        let mut diagnostic = Diagnostic::error(summary, detail).at(expression.span);
        if self.audience == Audience::Reader {
            diagnostic.seen = seen::values(expression, &self.looking_on());
        }
        diagnostic.into()
    }
}
