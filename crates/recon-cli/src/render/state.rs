//! A state as text: every object as a block. Secrets are not shown.

use recon_core::resource_type::Catalog;
use recon_core::state::{Health, Object, State};
use recon_core::{Address, Known};

use super::change::{block_head, schema};
use super::diff::Place;
use super::object::{Parts, parts};
use super::text::{self, Unchanged};
use super::{outputs, quote, style};

/// The column in which an argument's sign would stand.
const ARGUMENT_COLUMN: usize = 2;

/// A whole state.
pub(crate) fn state(state: &State, catalog: &Catalog) -> String {
    let mut out = String::new();
    for (address, instance) in &state.resources {
        if let Some(one) = &instance.object {
            put!(out, "{}\n", object(address, one, None, catalog));
        }
        for (key, one) in &instance.deposed {
            put!(out, "{}\n", object(address, one, Some(&key.to_string()), catalog));
        }
    }
    if !state.outputs.is_empty() {
        put!(out, "Outputs:\n\n{}", outputs::values(&state.outputs));
    }
    if out.is_empty() { "The state is empty. No resources are managed.\n".to_owned() } else { out }
}

/// One object.
pub(crate) fn object(address: &Address, object: &Object, deposed: Option<&str>, catalog: &Catalog) -> String {
    let Object { schema_version: _, value, health } = object;
    let mut head = format!("# {}", quote::visible(&address.to_string()));
    if let Some(key) = deposed {
        put!(head, " (deposed object {key})");
    }
    if *health == Health::Tainted {
        head.push_str(" (tainted)");
    }
    let head = style::paint(style::DIM, format!("{head}:"));
    format!("{head}\n{} {{\n{}}}\n", block_head(address), body(address, value, catalog))
}

fn body(address: &Address, value: &Known, catalog: &Catalog) -> String {
    let Parts { arguments, blocks } =
        parts(schema(catalog, address), Some(value), Some(value), &Place::root(&[]));
    text::block(&arguments, &blocks, ARGUMENT_COLUMN, Unchanged::Shown)
}
