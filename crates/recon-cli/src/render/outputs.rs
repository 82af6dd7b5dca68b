//! Outputs: what becomes of them in a plan, and what they are after an apply.

use std::collections::BTreeMap;

use recon_core::plan::OutputChange;
use recon_core::value::Name;
use recon_core::{Known, Value};

use super::diff::{Place, difference};
use super::node::{Node, Sign};
use super::{quote, text};

/// The outputs that change, one argument each; empty when none does.
pub(crate) fn changes(outputs: &BTreeMap<Name, OutputChange>) -> String {
    let changed: Vec<(&Name, Node)> =
        outputs.iter().filter(|(_, change)| !change.is_keep()).map(node).collect();
    let width = changed.iter().map(|(name, _)| quote::name(name).chars().count()).max().unwrap_or(0);
    let mut out = String::new();
    for (name, node) in &changed {
        put!(out, "{}\n", text::argument(name, width, node, 2));
    }
    out
}

fn node<'a>((name, change): (&'a Name, &OutputChange)) -> (&'a Name, Node) {
    let OutputChange { before, after } = change;
    let mut node = difference(before.as_deref(), after.as_ref(), &Place::root(&[]));
    if node.sign == Sign::Keep {
        // Not a keep, and yet nothing to tell apart: only a mark or a type differs.
        node.sign = Sign::Change;
    }
    (name, node)
}

/// All outputs with their values, `name = value` each; secrets are not shown.
pub(crate) fn values(outputs: &BTreeMap<Name, Known>) -> String {
    let mut out = String::new();
    for (name, known) in outputs {
        put!(out, "{} = {}\n", quote::name(name), value(known));
    }
    out
}

/// One value as the console shows it; secrets are not shown.
pub(crate) fn value(value: &Value) -> String {
    if value.marks.is_sensitive() {
        return "<sensitive>".to_owned();
    }
    quote::visible_lines(&recon_parser::render::value(value))
}
