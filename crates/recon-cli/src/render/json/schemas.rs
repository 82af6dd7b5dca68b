//! The schemas of all types, in the shape of `terraform providers schema -json`.

use recon_core::resource_type::{Catalog, ResourceType};
use recon_core::schema::{Attribute, Block, Mode, NestedBlock, Nesting, Schema};
use serde_json::{Map, Value as Json, json};

use super::resource::provider_name;
use super::values::ty;

/// The version of the format.
const FORMAT_VERSION: &str = "1.0";

/// The schemas of all providers.
pub(crate) fn schemas(catalog: &Catalog) -> Json {
    let providers =
        catalog.providers().map(|(name, own)| (provider_name(name), provider(catalog, name, own)));
    json!({ "format_version": FORMAT_VERSION, "provider_schemas": providers.collect::<Map<_, _>>() })
}

fn provider(catalog: &Catalog, name: &str, own: &Schema) -> Json {
    let of = |kind: &dyn ResourceType, data: bool| {
        let mode = if data { recon_core::ResourceMode::Data } else { recon_core::ResourceMode::Managed };
        let address = recon_core::ResourceAddress {
            module: recon_core::ModulePath::root(),
            mode,
            kind: kind.name().into(),
            name: "x".into(),
        };
        catalog.provider_of(&address) == Some(name)
    };
    let table = |kinds: &mut dyn Iterator<Item = &dyn ResourceType>, data: bool| -> Map<String, Json> {
        kinds
            .filter(|kind| of(*kind, data))
            .map(|kind| (kind.name().to_owned(), schema(kind.schema())))
            .collect()
    };
    json!({
        "provider": schema(own),
        "resource_schemas": table(&mut catalog.resources(), false),
        "data_source_schemas": table(&mut catalog.data_sources(), true),
    })
}

fn schema(schema: &Schema) -> Json {
    let mut inner = block(&schema.block);
    if !schema.doc.is_empty() {
        inner["description"] = json!(schema.doc);
        inner["description_kind"] = json!("plain");
    }
    json!({ "version": schema.version, "block": inner })
}

fn block(block: &Block) -> Json {
    let Block { attributes, blocks } = block;
    let mut fields = Map::new();
    if !attributes.is_empty() {
        let entries = attributes.iter().map(|(name, one)| (name.to_string(), attribute(one)));
        fields.insert("attributes".to_owned(), Json::Object(entries.collect()));
    }
    if !blocks.is_empty() {
        let entries = blocks.iter().map(|(name, one)| (name.to_string(), nested(one)));
        fields.insert("block_types".to_owned(), Json::Object(entries.collect()));
    }
    Json::Object(fields)
}

fn attribute(attribute: &Attribute) -> Json {
    let Attribute { ty: of, mode, on_change: _, sameness: _, sensitive, doc } = attribute;
    let mut fields = json!({ "type": ty(of), "description": doc, "description_kind": "plain" });
    let flags: &[&str] = match mode {
        Mode::Required => &["required"],
        Mode::Optional | Mode::Default(_) => &["optional"],
        Mode::Computed(_) => &["computed"],
        Mode::OptionalComputed(_) => &["optional", "computed"],
    };
    for flag in flags {
        fields[*flag] = json!(true);
    }
    if *sensitive {
        fields["sensitive"] = json!(true);
    }
    fields
}

fn nested(nested: &NestedBlock) -> Json {
    let (mode, bounds) = match nested.nesting {
        Nesting::Single => ("single", (0, 0)),
        Nesting::List(least, most) => ("list", (least, most)),
        Nesting::Set(least, most) => ("set", (least, most)),
    };
    let mut fields = json!({ "nesting_mode": mode, "block": block(&nested.block) });
    for (name, bound) in [("min_items", bounds.0), ("max_items", bounds.1)] {
        if bound > 0 {
            fields[name] = json!(bound);
        }
    }
    fields
}
