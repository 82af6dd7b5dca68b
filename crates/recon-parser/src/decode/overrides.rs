//! Override files: their blocks change those of the same name in the other files, argument by argument.

use recon_core::{Diagnostic, Diagnostics};

use crate::config::{Body, NestedBody};

/// Applies the blocks of override files, in order.
pub(super) fn merge(
    mut blocks: Vec<NestedBody>,
    changes: Vec<NestedBody>,
    diagnostics: &mut Diagnostics,
) -> Vec<NestedBody> {
    for change in changes {
        match &*change.name {
            "locals" => locals(&mut blocks, change),
            "terraform" => terraform(&mut blocks, change),
            "moved" | "removed" | "import" | "check" => {
                let detail = format!(
                    "A `{}` block cannot stand in an override file. Move it to another file.",
                    change.name
                );
                diagnostics.push(Diagnostic::error("Unsupported override", detail).at(change.name_span));
            }
            _ => match blocks.iter_mut().find(|block| is_same(block, &change)) {
                Some(base) => merge_body(&mut base.body, change.body, diagnostics),
                // A provider need not be declared before it is configured.
                None if &*change.name == "provider" => blocks.push(change),
                None => diagnostics.push(missing_base(&change)),
            },
        }
    }
    blocks
}

fn is_same(block: &NestedBody, change: &NestedBody) -> bool {
    let alias =
        |block: &NestedBody| block.body.attributes.get("alias").map(|argument| argument.value.kind.clone());
    block.name == change.name
        && block.labels == change.labels
        && (&*block.name != "provider" || alias(block) == alias(change))
}

fn missing_base(change: &NestedBody) -> Diagnostic {
    let labels: String = change.labels.iter().map(|label| format!(" \"{label}\"")).collect();
    let detail = format!(
        "An override file changes blocks that another file declares, but there is no `{}{labels}`. Declare it in an ordinary file.",
        change.name
    );
    Diagnostic::error(format!("Missing base {} declaration to override", change.name), detail)
        .at(change.name_span)
}

/// A local value of an override file replaces the one of its name, wherever that stands.
fn locals(blocks: &mut Vec<NestedBody>, mut change: NestedBody) {
    for block in blocks.iter_mut().filter(|block| &*block.name == "locals") {
        replace_arguments(&mut block.body, &mut change.body);
    }
    if !change.body.attributes.is_empty() {
        blocks.push(change);
    }
}

/// Versions replace versions, a backend replaces the backend, and required providers are replaced one by one.
fn terraform(blocks: &mut Vec<NestedBody>, mut change: NestedBody) {
    let replaces_backend = change.body.blocks.iter().any(|inner| &*inner.name == "backend");
    let replaces_version = change.body.attributes.contains_key("required_version");
    for block in blocks.iter_mut().filter(|block| &*block.name == "terraform") {
        if replaces_version {
            block.body.attributes.remove("required_version");
        }
        if replaces_backend {
            block.body.blocks.retain(|inner| &*inner.name != "backend");
        }
        required_providers(&mut block.body, &mut change.body);
    }
    blocks.push(change);
}

fn required_providers(base: &mut Body, change: &mut Body) {
    let is_requirements = |block: &&mut NestedBody| &*block.name == "required_providers";
    for base in base.blocks.iter_mut().filter(is_requirements) {
        for change in change.blocks.iter_mut().filter(is_requirements) {
            replace_arguments(&mut base.body, &mut change.body);
        }
    }
}

/// Moves the arguments that both bodies have from the one to the other.
fn replace_arguments(base: &mut Body, change: &mut Body) {
    for (name, argument) in &mut base.attributes {
        if let Some(new) = change.attributes.remove(name) {
            *argument = new;
        }
    }
}

/// Arguments replace arguments; nested blocks of one type together replace those of that type.
fn merge_body(base: &mut Body, change: Body, diagnostics: &mut Diagnostics) {
    let Body { attributes, blocks, broken, span: _, notation: _ } = change;
    base.broken.extend(broken);
    for (name, argument) in attributes {
        match &*name {
            "depends_on" => {
                let detail = "`depends_on` cannot be changed by an override file. Change it where the block is declared.";
                diagnostics.push(Diagnostic::error("Unsupported override", detail).at(argument.name_span));
                continue;
            }
            // An override of the one means that the other no longer holds.
            "count" => drop(base.attributes.remove("for_each")),
            "for_each" => drop(base.attributes.remove("count")),
            _ => {}
        }
        base.attributes.insert(name, argument);
    }
    let replaced: Vec<_> = blocks.iter().map(type_of).filter(|name| &**name != "lifecycle").collect();
    base.blocks.retain(|block| !replaced.contains(&type_of(block)));
    for block in blocks {
        let lifecycle =
            base.blocks.iter_mut().find(|base| &*base.name == "lifecycle" && block.name == base.name);
        match lifecycle {
            Some(base) => merge_body(&mut base.body, block.body, diagnostics),
            None => base.blocks.push(block),
        }
    }
}

/// What a block makes: its own type, or that which a `dynamic` block names.
fn type_of(block: &NestedBody) -> recon_core::value::Name {
    match block.labels.first() {
        Some(label) if &*block.name == "dynamic" => label.clone(),
        _ => block.name.clone(),
    }
}
