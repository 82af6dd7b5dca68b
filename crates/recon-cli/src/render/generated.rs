//! Blocks written from objects that exist, for `-generate-config-out`.

use recon_core::resource_type::Catalog;
use recon_core::schema::{Attribute, Block, Mode};
use recon_core::{SourceMap, Value};
use recon_engine::Unwritten;
use recon_parser::render::expression;

/// Attributes that a configuration may set, but that follow from others.
const FOLLOWING: [&str; 2] = ["id", "tags_all"];

/// A nested block that says nothing of the object.
const TIMEOUTS: &str = "timeouts";

/// The text of a file with a block for each object.
pub(crate) fn file(objects: &[Unwritten], catalog: &Catalog) -> String {
    let mut text =
        "# Written by recon from objects that exist. Look it over, and replace ids by references.\n"
            .to_owned();
    for Unwritten { address, id, value } in objects {
        let Some(kind) = catalog.resource(address.kind()) else { continue };
        let (kind_name, name) = (address.kind(), &address.resource.name);
        text.push_str("\n# From the import id ");
        text.push_str(&expression(&Value::from(id.as_str())));
        text.push_str(&["\nresource \"", kind_name, "\" \"", name, "\" {\n"].concat());
        body(&kind.schema().block, value, &mut text);
        text.push_str("}\n");
    }
    let mut sources = SourceMap::default();
    let file = sources.add("generated.tf", text.as_str());
    recon_parser::format::format(file, &text).unwrap_or(text)
}

fn body(block: &Block, value: &Value, text: &mut String) {
    for (name, attribute) in &block.attributes {
        let part = value.get(name);
        if !says_something(name, attribute, part) {
            continue;
        }
        if attribute.sensitive || part.deep_marks().is_sensitive() {
            text.push_str(&["# ", name, " is sensitive, so its value is not written here.\n"].concat());
            continue;
        }
        text.push_str(&[name, " = ", expression(part).as_str(), "\n"].concat());
    }
    for (name, nested) in block.blocks.iter().filter(|(name, _)| &***name != TIMEOUTS) {
        let part = value.get(name);
        let single = matches!(part.data, recon_core::Data::Object(_)).then_some(part);
        for item in single.into_iter().chain(part.items()) {
            text.push_str(&[name, " {\n"].concat());
            body(&nested.block, item, text);
            text.push_str("}\n");
        }
    }
}

/// Whether the configuration has to say it for the plan to be empty, or for a reader to understand it.
fn says_something(name: &str, attribute: &Attribute, part: &Value) -> bool {
    let is_empty = part.is_null() || part.as_str() == Some("") || is_empty_collection(part);
    match &attribute.mode {
        Mode::Computed(_) => false,
        Mode::Required => true,
        Mode::Default(default) => !part.is_null() && !default.same(part),
        Mode::Optional => !is_empty,
        Mode::OptionalComputed(_) => !is_empty && !FOLLOWING.contains(&name) && !name.ends_with("_prefix"),
    }
}

fn is_empty_collection(part: &Value) -> bool {
    use recon_core::Data;
    matches!(part.data, Data::List(_) | Data::Set(_) | Data::Map(_)) && part.children().next().is_none()
}
