//! The schemas that Terraform's provider prints, beside those of recon, where they are at hand.
#![allow(dead_code, unreachable_pub, missing_docs, reason = "every test file uses its part of it")]
#![allow(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a test that cannot go on fails")]
#![allow(clippy::print_stdout, reason = "tests say what they skip")]

use std::path::Path;
use std::sync::Arc;

use recon_core::resource_type::{Catalog, ResourceType};
use recon_core::schema::{Attribute, Block, Mode, Nesting, OnChange};
use recon_core::{Name, Type};
use serde_json::Value as Json;

/// What Terraform lists as an argument or as an attribute, differently from type to type.
const NOT_SETTABLE: &[&str] = &["id", "tags_all"];

/// The printed schemas, or nothing, said aloud, where there are none.
pub fn schemas() -> Option<Json> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/terraform/schema.json");
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(serde_json::from_str(&text).unwrap()),
        Err(_) => {
            println!("skipped: there is no {}", path.display());
            None
        }
    }
}

pub fn catalog() -> Catalog {
    let mut catalog = Catalog::default();
    recon_aws::register(&mut catalog);
    catalog
}

/// How recon's schemas compare with Terraform's.
#[derive(Default)]
pub struct Comparison {
    /// Arguments, attributes and blocks of Terraform.
    pub total: usize,
    /// Those that recon has not, or has otherwise: where, and how.
    pub wrong: Vec<(String, String)>,
}

impl Comparison {
    /// Compares all types whose names begin so.
    pub fn of(schemas: &Json, catalog: &Catalog, prefix: &str) -> Self {
        let mut comparison = Self::default();
        for (section, data) in [("resources", false), ("data_sources", true)] {
            let all = schemas[section].as_object().unwrap().iter();
            for (name, theirs) in all.filter(|(name, _)| name.starts_with(prefix)) {
                let found = if data { catalog.data(name) } else { catalog.resource(name) };
                let place = if data { format!("data.{name}") } else { name.clone() };
                match found {
                    Some(kind) => comparison.block(&place, &kind.schema().block, theirs),
                    None => comparison.absent(&place, theirs),
                }
            }
        }
        comparison
    }

    /// What is wrong, one line each.
    pub fn lines(&self) -> String {
        self.wrong.iter().map(|(place, what)| format!("{place} {what}")).collect::<Vec<_>>().join("\n")
    }

    fn say(&mut self, place: &str, what: impl Into<String>) {
        self.wrong.push((place.to_owned(), what.into()));
    }

    fn absent(&mut self, place: &str, theirs: &Json) {
        for section in ["attributes", "blocks"] {
            for (name, their) in theirs[section].as_object().into_iter().flatten() {
                self.total += 1;
                let place = format!("{place}.{name}");
                self.say(&place, "is missing");
                self.absent(&place, their);
            }
        }
    }

    fn block(&mut self, place: &str, block: &Block, theirs: &Json) {
        for (name, their) in theirs["attributes"].as_object().into_iter().flatten() {
            self.total += 1;
            let place = format!("{place}.{name}");
            match block.attributes.get(name.as_str()) {
                Some(attribute) => self.attribute(&place, attribute, their),
                None => self.say(&place, "is missing"),
            }
        }
        for (name, their) in theirs["blocks"].as_object().into_iter().flatten() {
            self.total += 1;
            let place = format!("{place}.{name}");
            let Some(nested) = block.blocks.get(name.as_str()) else {
                self.say(&place, "is missing");
                self.absent(&place, their);
                continue;
            };
            let number = |name: &str| usize::try_from(their[name].as_u64().unwrap_or(0)).unwrap();
            let expected = match their["nesting"].as_str() {
                Some("list") => Nesting::List(number("min"), number("max")),
                Some("set") => Nesting::Set(number("min"), number("max")),
                _ => Nesting::Single,
            };
            if nested.nesting != expected {
                self.say(&place, format!("is {:?}, not {expected:?}", nested.nesting));
            }
            self.block(&place, &nested.block, their);
        }
    }

    fn attribute(&mut self, place: &str, attribute: &Attribute, their: &Json) {
        let says = |name: &str| their[name].as_bool() == Some(true);
        let name = place.rsplit('.').next().unwrap_or_default();
        let settable = says("required") || says("optional");
        if attribute.ty != ty(&their["type"]) {
            self.say(place, format!("is of type {}, not {}", attribute.ty, their["type"]));
        } else if says("required") != (attribute.mode == Mode::Required) {
            self.say(place, format!("is {:?}", attribute.mode));
        } else if settable != attribute.is_settable() && !NOT_SETTABLE.contains(&name) {
            self.say(place, format!("may be set: {}", attribute.is_settable()));
        } else if says("sensitive") != attribute.sensitive {
            self.say(place, format!("is sensitive: {}", attribute.sensitive));
        }
    }
}

fn ty(json: &Json) -> Type {
    match json {
        Json::String(name) => match name.as_str() {
            "bool" => Type::Bool,
            "number" => Type::Number,
            _ => Type::String,
        },
        Json::Array(parts) => match parts[0].as_str() {
            Some("list") => Type::list(ty(&parts[1])),
            Some("set") => Type::set(ty(&parts[1])),
            Some("map") => Type::map(ty(&parts[1])),
            _ => {
                let attributes = parts[1].as_object().unwrap().iter();
                Type::Object(Arc::new(
                    attributes.map(|(name, part)| (Name::from(name.as_str()), ty(part))).collect(),
                ))
            }
        },
        _ => Type::Any,
    }
}

/// Attributes of recon's resource types that Terraform's do not have, besides `own` ones.
pub fn extras(schemas: &Json, catalog: &Catalog, prefix: &str, own: &[(&str, &str)]) -> Vec<String> {
    let mut found = Vec::new();
    for kind in catalog.resources().filter(|kind| kind.name().starts_with(prefix)) {
        let Some(their) = schemas["resources"][kind.name()]["attributes"].as_object() else { continue };
        let names = kind.schema().block.attributes.keys().filter(|name| !their.contains_key(&***name));
        let unknown = names.filter(|name| !own.contains(&(kind.name(), name)));
        found.extend(unknown.map(|name| format!("{}.{name} is not Terraform's", kind.name())));
    }
    found
}

/// The arguments of a type whose change replaces the object, in order.
pub fn replacing(kind: &dyn ResourceType) -> Vec<String> {
    let mut found = Vec::new();
    collect_replacing(&mut found, "", &kind.schema().block);
    found.sort();
    found
}

fn collect_replacing(found: &mut Vec<String>, prefix: &str, block: &Block) {
    let replaces = block.attributes.iter().filter(|(_, attribute)| attribute.on_change == OnChange::Replace);
    found.extend(replaces.map(|(name, _)| format!("{prefix}{name}")));
    for (name, nested) in &block.blocks {
        collect_replacing(found, &format!("{prefix}{name}."), &nested.block);
    }
}
