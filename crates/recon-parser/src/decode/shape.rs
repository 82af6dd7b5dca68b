//! The table of blocks and arguments that the language itself has, and the one check against it.

use std::cmp::Ordering;

use recon_core::{Diagnostic, Diagnostics};

use crate::config::{Body, NestedBody, Notation};
use crate::suggest::closest;

const UNSUPPORTED_BLOCK: &str = "Unsupported block type";

/// What a kind of block may hold.
pub(crate) struct Shape {
    /// What its labels are called.
    pub(crate) labels: &'static [&'static str],
    /// The arguments it has.
    pub(crate) arguments: &'static [&'static str],
    /// The blocks it has.
    pub(crate) blocks: &'static [(&'static str, &'static Shape)],
    /// Who judges the rest.
    pub(crate) rest: Rest,
}

/// Who judges what a [`Shape`] does not list.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rest {
    /// Nobody: there is nothing else.
    Nobody,
    /// Arguments of any name are fine.
    AnyArgument,
    /// A schema: that of the resource type, provider or backend.
    Schema,
}

const fn shape(
    labels: &'static [&'static str],
    arguments: &'static [&'static str],
    blocks: &'static [(&'static str, &'static Shape)],
    rest: Rest,
) -> Shape {
    Shape { labels, arguments, blocks, rest }
}

static CONDITION: Shape = shape(&[], &["condition", "error_message"], &[], Rest::Nobody);
static LIFECYCLE: Shape = shape(
    &[],
    &["create_before_destroy", "prevent_destroy", "ignore_changes", "replace_triggered_by"],
    &[("precondition", &CONDITION), ("postcondition", &CONDITION)],
    Rest::Nobody,
);
static REMOVED_LIFECYCLE: Shape = shape(&[], &["destroy"], &[], Rest::Nobody);
static DYNAMIC: Shape =
    shape(&["name"], &["for_each", "iterator", "labels"], &[("content", &CONTENT)], Rest::Nobody);
static CONTENT: Shape = shape(&[], &[], &[("dynamic", &DYNAMIC)], Rest::Schema);
static REQUIRED_PROVIDERS: Shape = shape(&[], &[], &[], Rest::AnyArgument);
static BACKEND: Shape = shape(&["type"], &[], &[], Rest::Schema);
static TERRAFORM: Shape = shape(
    &[],
    &["required_version", "experiments", "language"],
    &[("required_providers", &REQUIRED_PROVIDERS), ("backend", &BACKEND)],
    Rest::Nobody,
);
static PROVIDER: Shape = shape(&["name"], &["alias", "version"], &[("dynamic", &DYNAMIC)], Rest::Schema);
static VARIABLE: Shape = shape(
    &["name"],
    &["type", "default", "description", "sensitive", "ephemeral", "nullable"],
    &[("validation", &CONDITION)],
    Rest::Nobody,
);
static LOCALS: Shape = shape(&[], &[], &[], Rest::AnyArgument);
static OUTPUT: Shape = shape(
    &["name"],
    &["value", "description", "sensitive", "ephemeral", "depends_on"],
    &[("precondition", &CONDITION)],
    Rest::Nobody,
);
static RESOURCE: Shape = shape(
    &["type", "name"],
    &["count", "for_each", "depends_on", "provider"],
    &[("lifecycle", &LIFECYCLE), ("dynamic", &DYNAMIC)],
    Rest::Schema,
);
static MODULE: Shape = shape(
    &["name"],
    &["source", "version", "count", "for_each", "depends_on", "providers"],
    &[],
    Rest::AnyArgument,
);
static MOVED: Shape = shape(&[], &["from", "to"], &[], Rest::Nobody);
static REMOVED: Shape = shape(&[], &["from"], &[("lifecycle", &REMOVED_LIFECYCLE)], Rest::Nobody);
static IMPORT: Shape = shape(&[], &["to", "id", "for_each", "provider"], &[], Rest::Nobody);
static CHECK: Shape = shape(&["name"], &[], &[("data", &RESOURCE), ("assert", &CONDITION)], Rest::Nobody);

/// A configuration file.
pub(crate) static FILE: Shape = shape(
    &[],
    &[],
    &[
        ("terraform", &TERRAFORM),
        ("provider", &PROVIDER),
        ("variable", &VARIABLE),
        ("locals", &LOCALS),
        ("output", &OUTPUT),
        ("resource", &RESOURCE),
        ("data", &RESOURCE),
        ("module", &MODULE),
        ("moved", &MOVED),
        ("removed", &REMOVED),
        ("import", &IMPORT),
        ("check", &CHECK),
    ],
    Rest::Nobody,
);

impl Shape {
    /// Whether an argument is a value in itself: text in it is no template, whatever the notation.
    pub(crate) fn is_constant(&self, argument: &str) -> bool {
        std::ptr::eq(self, &raw const VARIABLE) && argument == "default"
    }

    /// The shape of a block inside.
    pub(crate) fn block(&self, name: &str) -> Option<&'static Shape> {
        self.blocks.iter().find(|(known, _)| *known == name).map(|(_, shape)| *shape)
    }

    fn has_argument(&self, name: &str) -> bool {
        self.arguments.contains(&name)
    }
}

/// Everything in a body that its shape has no place for, and blocks with a wrong number of labels.
pub(super) fn check(body: &Body, shape: &Shape, diagnostics: &mut Diagnostics) {
    if shape.rest == Rest::Nobody {
        for (name, argument) in &body.attributes {
            let json_block = body.notation == Notation::Json && unsupported_by_design(name).is_some();
            if !json_block && !shape.has_argument(name) {
                diagnostics.push(unsupported_argument(name, shape).at(argument.name_span));
            }
        }
    }
    if body.notation == Notation::Json && shape.rest != Rest::AnyArgument {
        for (name, argument) in &body.attributes {
            let refused =
                unsupported_by_design(name).map(|instead| Diagnostic::error(UNSUPPORTED_BLOCK, instead));
            diagnostics.extend(refused.map(|problem| problem.at(argument.name_span)));
        }
    }
    for block in &body.blocks {
        match shape.block(&block.name) {
            Some(inner) => {
                diagnostics.extend(wrong_labels(block, inner));
                check(&block.body, inner, diagnostics);
            }
            None => diagnostics.extend(refuse_block(block, shape)),
        }
    }
}

fn unsupported_argument(name: &str, shape: &Shape) -> Diagnostic {
    let advice = if shape.block(name).is_some() {
        format!("`{name}` is a block: write `{name} {{` without `=`.")
    } else {
        match closest(name, shape.arguments.iter().copied()) {
            Some(meant) => format!("Did you mean `{meant}`?"),
            None if shape.arguments.is_empty() => "Only blocks are expected here.".to_owned(),
            None => format!("The arguments here are {}.", list(shape.arguments)),
        }
    };
    Diagnostic::error(
        "Unsupported argument",
        format!("An argument named `{name}` is not expected here. {advice}"),
    )
}

fn refuse_block(block: &NestedBody, shape: &Shape) -> Option<Diagnostic> {
    let name = &*block.name;
    if let Some(instead) = unsupported_by_design(name) {
        return Some(Diagnostic::error(UNSUPPORTED_BLOCK, instead).at(block.name_span));
    }
    if shape.rest == Rest::Schema && !shape.has_argument(name) {
        return None;
    }
    let names = shape.blocks.iter().map(|(name, _)| *name);
    let advice = if shape.has_argument(name) {
        format!("`{name}` is an argument: write `{name} = ` and its value.")
    } else {
        match closest(name, names.clone()) {
            Some(meant) => format!("Did you mean `{meant}`?"),
            None if shape.blocks.is_empty() => "Only arguments are expected here.".to_owned(),
            None => format!("The blocks here are {}.", list(&names.collect::<Vec<_>>())),
        }
    };
    let detail = format!("A block of type `{name}` is not expected here. {advice}");
    Some(Diagnostic::error(UNSUPPORTED_BLOCK, detail).at(block.name_span))
}

/// Blocks of Terraform that recon leaves out on purpose, with what to do instead.
fn unsupported_by_design(name: &str) -> Option<&'static str> {
    Some(match name {
        "cloud" => {
            "recon keeps states in the directory `state`, not in HCP Terraform. Remove the `cloud` block."
        }
        "provisioner" | "connection" => {
            "recon runs no commands while it applies. Remove the block, and run the command before or after `recon apply`."
        }
        "ephemeral" => {
            "recon has no ephemeral resources. Read the value with a `data` block, or pass it in through a variable with `ephemeral = true`."
        }
        "provider_meta" => {
            "recon sends no metadata of modules to providers. Remove the `provider_meta` block."
        }
        _ => return None,
    })
}

/// Whether a block's labels are as many as they must be.
pub(super) fn wrong_labels(block: &NestedBody, shape: &Shape) -> Option<Diagnostic> {
    let (has, wants) = (block.labels.len(), shape.labels.len());
    let kind = &block.name;
    let expected = match shape.labels {
        [] => format!("A `{kind}` block has no labels"),
        [one] => format!("A `{kind}` block has one label, its {one}"),
        more => format!("A `{kind}` block has {} labels: {}", more.len(), more.join(" and ")),
    };
    let problem = match has.cmp(&wants) {
        Ordering::Equal => return None,
        Ordering::Less => {
            let example: String =
                shape.labels.iter().map(|label| format!(" \"{}\"", label.to_uppercase())).collect();
            let summary = format!("Missing {} for {kind}", shape.labels[has]);
            Diagnostic::error(summary, format!("{expected}. Write `{kind}{example} {{`."))
        }
        Ordering::Greater => {
            let extra = block.labels[wants..].iter().map(|label| format!("\"{label}\"")).collect::<Vec<_>>();
            let detail = format!("{expected}. Remove {}.", extra.join(" and "));
            Diagnostic::error(format!("Extraneous label for {kind}"), detail)
        }
    };
    Some(problem.at(block.name_span))
}

fn list(names: &[&str]) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => quoted.join(""),
    }
}
