//! Long maps whose keys begin alike, as local values: the headers of a preflight's answer are a line of their own then.

use std::collections::BTreeSet;

use recon_core::value::Name;

use super::expression::{Body, Entry, Expression, Item};
use super::siblings::Draft;
use super::text::{self, Alike, DOCUMENT_COLUMNS_MAX, SEPARATORS};

/// The local values that blocks refer to.
#[derive(Default)]
pub(super) struct Locals(Vec<(Name, Vec<Entry>)>);

impl Locals {
    /// Takes long maps out of blocks. Names that are taken are left to who has them.
    pub(super) fn of(drafts: &mut [Draft], taken: &BTreeSet<Name>) -> Self {
        let mut locals = Self::default();
        for draft in drafts {
            locals.take(&mut draft.body, taken);
        }
        locals
    }

    fn take(&mut self, body: &mut Body, taken: &BTreeSet<Name>) {
        for item in body {
            let Item::Argument(argument, value) = item else { continue };
            let Expression::Map(entries) = &*value else { continue };
            if !entries.iter().all(|(_, value)| value.as_literal().is_some())
                || !Alike::is_long(entries, argument)
            {
                continue;
            }
            if let Some(local) = Alike::of(entries).and_then(|alike| self.local(alike, taken)) {
                *value = local;
            }
        }
    }

    fn local(&mut self, Alike { start, ends }: Alike, taken: &BTreeSet<Name>) -> Option<Expression> {
        let name = name(&start).filter(|name| !taken.contains(name))?;
        match self.0.iter().find(|(other, _)| *other == name) {
            Some((_, others)) if *others != ends => return None,
            Some(_) => {}
            None if line(&name, &ends).chars().count() > DOCUMENT_COLUMNS_MAX => return None,
            None => self.0.push((name.clone(), ends)),
        }
        Some(Expression::Local { name, start })
    }

    /// Their blocks.
    pub(super) fn lines(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(|(name, ends)| line(name, ends))
    }
}

fn line(name: &Name, ends: &[Entry]) -> String {
    let value = text::on_one_line(&Expression::Map(ends.to_vec()), &|_| String::new());
    format!("locals {{ {name} = {value} }}")
}

/// What the keys of a map are about: `access_control_allow` of `method.response.header.Access-Control-Allow-`.
fn name(start: &str) -> Option<Name> {
    let last = start.trim_end_matches(SEPARATORS).rsplit(['.', '/']).next()?;
    let is_name = last.starts_with(|c: char| c.is_ascii_alphabetic())
        && last.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    is_name.then(|| last.to_ascii_lowercase().replace('-', "_").into())
}
