//! Where two values of one schema differ, and what that means. Pure.

use recon_core::path::Step;
use recon_core::sameness::same;
use recon_core::schema::{Attribute, Block, Mode, NestedBlock, Nesting, OnChange, OnUpdate};
use recon_core::value::Data;
use recon_core::{Path, Value};

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Where; an argument, or a nested block that comes or goes.
    pub path: Path,
    /// What it means.
    pub on_change: OnChange,
}

/// All differences between an object and what it is to become, in path order.
pub fn differences(block: &Block, before: &Value, after: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    visit_block(block, before, after, &Path::root(), &mut found);
    found
}

fn visit_block(block: &Block, before: &Value, after: &Value, path: &Path, found: &mut Vec<Difference>) {
    for (name, attribute) in &block.attributes {
        if !same(attribute.sameness, before.get(name), after.get(name)) {
            found.push(Difference {
                path: path.then(Step::Attribute(name.clone())),
                on_change: attribute.on_change,
            });
        }
    }
    for (name, nested) in &block.blocks {
        let path = path.then(Step::Attribute(name.clone()));
        visit_blocks(nested, before.get(name), after.get(name), &path, found);
    }
}

fn visit_blocks(
    nested: &NestedBlock,
    before: &Value,
    after: &Value,
    path: &Path,
    found: &mut Vec<Difference>,
) {
    let whole = |found: &mut Vec<Difference>| {
        found.push(Difference { path: path.clone(), on_change: on_change_of(&nested.block) });
    };
    if after.is_unknown() {
        return whole(found);
    }
    match nested.nesting {
        Nesting::Single if before.is_null() && after.is_null() => {}
        Nesting::Single if before.is_null() || after.is_null() => whole(found),
        Nesting::Single => visit_block(&nested.block, before, after, path, found),
        Nesting::List(..) if before.items().len() != after.items().len() => whole(found),
        Nesting::List(..) => {
            for (index, (before, after)) in before.items().iter().zip(after.items()).enumerate() {
                visit_block(&nested.block, before, after, &path.then(Step::Index(index)), found);
            }
        }
        Nesting::Set(..) if before.items().is_empty() && after.items().is_empty() => {}
        Nesting::Set(..) if before.same(after) => {}
        Nesting::Set(..) => whole(found),
    }
}

/// A block whose arguments cannot change in place cannot come or go in place either.
fn on_change_of(block: &Block) -> OnChange {
    let replaces = block.attributes.values().any(|attribute| attribute.on_change == OnChange::Replace)
        || block.blocks.values().any(|nested| on_change_of(&nested.block) == OnChange::Replace);
    if replaces { OnChange::Replace } else { OnChange::Update }
}

/// The planned value with everything unknown that an update makes so.
pub(crate) fn recompute(block: &Block, prior: &Value, config: &Value, planned: Value) -> Value {
    let mut planned = planned;
    for (name, attribute) in &block.attributes {
        let stands = recomputes(attribute, config.get(name)) && planned.get(name).same(prior.get(name));
        if stands {
            let marks = planned.get(name).marks;
            planned = planned.with(name, Value::unknown(attribute.ty.clone()).marked(marks));
        }
    }
    planned
}

fn recomputes(attribute: &Attribute, config: &Value) -> bool {
    match attribute.mode {
        Mode::Computed(OnUpdate::Recompute) => true,
        Mode::OptionalComputed(OnUpdate::Recompute) => config.is_null(),
        _ => false,
    }
}

/// The configuration with what `ignore_changes` names taken from the prior object.
pub(crate) fn ignore(config: Value, prior: &Value, paths: &[Path]) -> Value {
    paths.iter().fold(config, |config, path| match path.find(prior) {
        Some(kept) => replace_at(config, &path.0, kept),
        None => config,
    })
}

fn replace_at(value: Value, steps: &[Step], kept: &Value) -> Value {
    let Some((first, rest)) = steps.split_first() else { return kept.clone() };
    match first {
        Step::Attribute(name) => {
            let child = replace_at(value.get(name).clone(), rest, kept);
            value.with(name, child)
        }
        Step::Key(key) => match &value.data {
            // Where the type is open, as in `terraform_data`, what is written like a map is an object.
            Data::Object(_) => {
                let child = replace_at(value.get(key).clone(), rest, kept);
                value.with(key, child)
            }
            Data::Map(mapping) => {
                let mut entries = mapping.entries.clone();
                let child = replace_at(value.get(key).clone(), rest, kept);
                entries.insert(key.clone(), child);
                Value::map(mapping.element.clone(), entries).marked(value.marks)
            }
            _ => value,
        },
        Step::Index(index) => match &value.data {
            Data::List(sequence) if *index < sequence.items.len() => {
                let mut items = sequence.items.clone();
                items[*index] = replace_at(items[*index].clone(), rest, kept);
                Value::list(sequence.element.clone(), items).marked(value.marks)
            }
            _ => value,
        },
    }
}
