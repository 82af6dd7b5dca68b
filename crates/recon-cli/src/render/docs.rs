//! The page about one resource type or data source, in Markdown, from its schema.

use recon_core::resource_type::ResourceType;
use recon_core::schema::{Absent, Attribute, Block, Mode, NestedBlock, Nesting, OnChange};
use recon_core::value::Name;

/// What the page is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// A resource type.
    Resource,
    /// A data source.
    Data,
}

/// The page: what it is, an example if there is one, arguments, nested blocks, attributes.
pub(crate) fn page(subject: Subject, kind: &dyn ResourceType, example: Option<&str>) -> String {
    let schema = kind.schema();
    let heading = match subject {
        Subject::Resource => "resource",
        Subject::Data => "data source",
    };
    let mut page = format!("# {} ({heading})\n\n{}\n", kind.name(), schema.doc);
    if let Some(example) = example {
        put!(page, "\n## Example\n\n```hcl\n{}\n```\n", example.trim_end());
    }
    level(&mut page, "Arguments", &schema.block);
    attributes(&mut page, "Attributes", &schema.block);
    nested(&mut page, "", &schema.block);
    page
}

/// The arguments and blocks of one level, as a table.
fn level(page: &mut String, heading: &str, block: &Block) {
    let settable = block.attributes.iter().filter(|(_, attribute)| attribute.is_settable());
    let arguments = settable.map(|(name, attribute)| argument(name, attribute));
    let blocks = block.blocks.iter().map(|(name, nested)| repeated(name, nested));
    let rows: Vec<String> = arguments.chain(blocks).collect();
    table(page, heading, "| argument | type | |", &rows);
}

/// What only the provider decides.
fn attributes(page: &mut String, heading: &str, block: &Block) {
    let computed = block.attributes.iter().filter(|(_, attribute)| !attribute.is_settable());
    let rows: Vec<String> = computed
        .map(|(name, attribute)| row(name, &attribute.ty.to_string(), &sentence(attribute, &[])))
        .collect();
    table(page, heading, "| attribute | type | |", &rows);
}

fn nested(page: &mut String, path: &str, block: &Block) {
    for (name, nested_block) in &block.blocks {
        let path = if path.is_empty() { name.to_string() } else { format!("{path}.{name}") };
        level(page, &format!("`{path}`"), &nested_block.block);
        attributes(page, &format!("`{path}`, what AWS decides"), &nested_block.block);
        nested(page, &path, &nested_block.block);
    }
}

fn table(page: &mut String, heading: &str, head: &str, rows: &[String]) {
    if rows.is_empty() {
        return;
    }
    put!(page, "\n## {heading}\n\n{head}\n|---|---|---|\n{}", rows.concat());
}

fn row(name: &Name, ty: &str, text: &str) -> String {
    format!("| `{name}` | {ty} | {text} |\n")
}

fn argument(name: &Name, attribute: &Attribute) -> String {
    let default;
    let presence = match &attribute.mode {
        Mode::Required => "Required",
        Mode::Optional | Mode::OptionalComputed(_) | Mode::Computed(_) => "",
        Mode::Default(value) => {
            default = format!("Default `{}`", recon_core::json::to_json(value));
            &default
        }
    };
    let provided = match &attribute.mode {
        Mode::OptionalComputed(_) => "AWS decides where it is absent",
        _ => "",
    };
    let replaces = match attribute.on_change {
        OnChange::Replace => "A change replaces the object",
        OnChange::Update => "",
    };
    row(name, &attribute.ty.to_string(), &sentence(attribute, &[presence, provided, replaces]))
}

/// The attribute's own sentence and what else there is to say, each as a sentence.
fn sentence(attribute: &Attribute, more: &[&str]) -> String {
    let secret = if attribute.sensitive { "Sensitive" } else { "" };
    let more = more.iter().copied().chain([secret]).filter(|text| !text.is_empty());
    let all = std::iter::once(attribute.doc.to_owned()).chain(more.map(|text| format!("{text}.")));
    all.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

fn repeated(name: &Name, nested: &NestedBlock) -> String {
    let times = match nested.nesting {
        Nesting::Single | Nesting::List(0, 1) | Nesting::Set(0, 1) => "At most one".to_owned(),
        Nesting::List(1, 1) | Nesting::Set(1, 1) => "Exactly one".to_owned(),
        Nesting::List(0, 0) | Nesting::Set(0, 0) => "Any number".to_owned(),
        Nesting::List(least, 0) | Nesting::Set(least, 0) => format!("At least {least}"),
        Nesting::List(least, most) | Nesting::Set(least, most) => format!("{least} to {most}"),
    };
    let provided = match nested.absent {
        Absent::Provider => " AWS decides where it is absent.",
        Absent::None => "",
    };
    row(name, "block", &format!("{times}.{provided}"))
}
