//! Takes secrets out of what is written: a variable stands in for each, and its value goes elsewhere.

use std::collections::BTreeSet;

use recon_core::Value;
use recon_core::value::Name;

use super::expression::{Body, Entry, Expression, Item};
use super::naming::{free, word};

/// A secret, and the variable that stands for it.
#[derive(Debug)]
pub(crate) struct Secret {
    pub(crate) variable: Name,
    pub(crate) value: Value,
}

/// Variables for the secrets of bodies.
pub(super) struct Vault<'a> {
    /// Names that variables have already.
    pub(super) taken: BTreeSet<Name>,
    pub(super) secrets: &'a mut Vec<Secret>,
}

impl Vault<'_> {
    /// The body with variables in place of secrets, which are called after their owner and what they are to it.
    pub(super) fn without_secrets(&mut self, body: Body, owner: &str) -> Body {
        let item = |item| match item {
            Item::Argument(name, value) => {
                let value = self.expression(value, &format!("{owner}_{}", word(&name)), owner);
                Item::Argument(name, value)
            }
            Item::Block(name, body) => Item::Block(name, self.without_secrets(body, owner)),
        };
        body.into_iter().map(item).collect()
    }

    fn expression(&mut self, expression: Expression, called: &str, owner: &str) -> Expression {
        match expression {
            Expression::Secret(value) => {
                let variable = free(called, |name| self.taken.insert(name.clone()));
                self.secrets.push(Secret { variable: variable.clone(), value });
                Expression::Variable(variable)
            }
            Expression::List(items) => {
                Expression::List(items.into_iter().map(|item| self.expression(item, called, owner)).collect())
            }
            Expression::Map(entries) => {
                let entry = |(key, item): Entry| {
                    let called = format!("{owner}_{}", word(key.as_literal().unwrap_or_default()));
                    (key, self.expression(item, &called, owner))
                };
                Expression::Map(entries.into_iter().map(entry).collect())
            }
            other => other,
        }
    }
}
