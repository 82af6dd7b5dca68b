//! A resource type, objects and files for the tests of this crate.

use std::collections::BTreeMap;

use recon_core::resource_type::{Catalog, Follows, Parts, Proposal, Refined, ResourceType, Within};
use recon_core::schema::{
    Mode, OnUpdate, Sameness, Schema, at_most_one, block, computed, defaulted, optional, optional_computed,
    recomputed, required,
};
use recon_core::state::{Health, Object};
use recon_core::{Known, Type, Value};
use recon_parser::files::{FileError, Files};

/// Files by path; one that ends in `/` is a directory.
pub(crate) struct Texts(pub(crate) BTreeMap<String, String>);

impl Texts {
    /// The paths below a directory.
    fn below(&self, directory: &str) -> Vec<&str> {
        let inside = |path: &&String| directory == "." || path.starts_with(&format!("{directory}/"));
        let skip = if directory == "." { 0 } else { directory.len() + 1 };
        self.0.keys().filter(inside).map(|path| &path[skip..]).collect()
    }
}

impl Files for Texts {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        self.0.get(path).map(|text| text.clone().into_bytes()).ok_or(FileError::Missing)
    }

    fn exists(&self, path: &str) -> Result<bool, FileError> {
        let is_directory = !self.below(path).is_empty();
        if is_directory { Err(FileError::Directory) } else { Ok(self.0.contains_key(path)) }
    }

    fn walk(&self, directory: &str) -> Result<Vec<String>, FileError> {
        let below = self.below(directory).into_iter().filter(|path| !path.is_empty());
        Ok(below.map(str::to_owned).collect())
    }

    fn list(&self, directory: &str) -> Result<Vec<String>, FileError> {
        let direct = self.below(directory).into_iter().filter(|path| !path.contains('/'));
        Ok(direct.map(str::to_owned).collect())
    }

    fn current_directory(&self) -> String {
        "/".to_owned()
    }

    fn home_directory(&self) -> Option<String> {
        None
    }

    fn absolute(&self, path: &str) -> String {
        format!("/{path}")
    }
}

/// A type with one argument of every sort.
pub(crate) struct Thing(Schema);

impl Thing {
    pub(crate) fn new() -> Self {
        let mut touched = optional_computed(Type::String, "Provider's or user's, new with every update.");
        touched.mode = Mode::OptionalComputed(OnUpdate::Recompute);
        let attributes = [
            ("id", computed(Type::String, "An id.")),
            ("name", required(Type::String, "Cannot change.").replaces()),
            ("text", optional(Type::String, "Empty means none.").compared(Sameness::EmptyIsNull)),
            ("policy", optional(Type::String, "A policy.").compared(Sameness::Json)),
            ("size", defaulted(Type::Number, 3, "Has a default.")),
            ("region", optional_computed(Type::String, "Provider's or user's.")),
            (
                "zone",
                optional_computed(Type::String, "The same; empty says nothing.")
                    .compared(Sameness::EmptyIsNull),
            ),
            ("touched", touched),
            ("revision", recomputed(Type::String, "New with every update.")),
        ];
        let nested = block(
            [("level", optional(Type::Number, "A number.")), ("arn", computed(Type::String, "Made."))],
            [],
        );
        Self(Schema {
            version: 0,
            doc: "A thing.",
            block: block(attributes, [("nested", at_most_one(nested))]),
        })
    }
}

impl ResourceType for Thing {
    fn name(&self) -> &'static str {
        "test_thing"
    }

    fn schema(&self) -> &Schema {
        &self.0
    }

    /// A rule of its own: capitals make no other region.
    fn refine(&self, proposal: Proposal<'_>) -> Refined {
        let before = proposal.prior.and_then(|prior| prior.str("region"));
        let after = proposal.proposed.str("region");
        let stays = before.zip(after).is_some_and(|(before, after)| before.eq_ignore_ascii_case(after));
        let planned = match before.filter(|_| stays) {
            Some(before) => proposal.proposed.with("region", Value::from(before)),
            None => proposal.proposed,
        };
        Refined::Ready { planned, replace: Vec::new() }
    }
}

/// A type whose objects are snapshots of things.
pub(crate) struct Snapshot(Thing);

impl ResourceType for Snapshot {
    fn name(&self) -> &'static str {
        "test_snapshot"
    }

    fn schema(&self) -> &Schema {
        self.0.schema()
    }

    fn follows(&self) -> Option<Follows> {
        Some(Follows { through: "name", kinds: &["test_thing"] })
    }

    fn creates_first(&self) -> bool {
        true
    }
}

/// A type whose objects go with the thing of the same text.
pub(crate) struct Part(Thing);

impl ResourceType for Part {
    fn name(&self) -> &'static str {
        "test_part"
    }

    fn schema(&self) -> &Schema {
        self.0.schema()
    }

    fn vanishes_with(&self) -> Parts {
        &[&[Within { kind: "test_thing", same: &[("text", "text")] }]]
    }
}

/// A catalog with all of them.
pub(crate) fn catalog() -> Catalog {
    let mut catalog = Catalog::default();
    let schema = Schema { version: 0, doc: "For tests.", block: block([], []) };
    let kinds: Vec<Box<dyn ResourceType>> =
        vec![Box::new(Thing::new()), Box::new(Snapshot(Thing::new())), Box::new(Part(Thing::new()))];
    catalog.add("test", schema, kinds, Vec::new());
    catalog
}

/// A configuration of a thing: only the name, and what is given.
pub(crate) fn config(set: &[(&str, Value)]) -> Value {
    let schema = Thing::new().0;
    let empty = schema
        .block
        .attributes
        .iter()
        .map(|(name, attribute)| (name.clone(), Value::null(attribute.ty.clone())));
    let nested = ("nested".into(), Value::list(schema.block.blocks["nested"].block.ty(), Vec::new()));
    let value = Value::object(empty.chain([nested])).with("name", Value::from("a"));
    set.iter().fold(value, |value, (name, item)| value.with(name, item.clone()))
}

/// A thing as it is after its creation from `config`.
pub(crate) fn object(set: &[(&str, Value)]) -> Object {
    let made = [("id", "i-1"), ("region", "here"), ("touched", "once"), ("revision", "r-1")];
    let value = made.iter().fold(config(&[]), |value, (name, text)| value.with(name, Value::from(*text)));
    let value = set
        .iter()
        .fold(value.with("size", Value::from(3)), |value, (name, item)| value.with(name, item.clone()));
    Object { schema_version: 0, value: Known::new(value).unwrap(), health: Health::Good }
}
