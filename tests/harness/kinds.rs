//! The types that recon has, and those that a configuration declares.

use std::collections::BTreeSet;

use regex::Regex;
use serde_json::Value;

use crate::Scratch;

/// Resource types by their names, data sources as `data.NAME`.
pub struct Kinds(BTreeSet<String>);

impl Kinds {
    /// Those of the recon of a scratch directory.
    pub fn of(scratch: &Scratch) -> Self {
        let shown = scratch.ok(&["providers", "schema", "-json"]).stdout;
        let shown: Value = serde_json::from_str(&shown).expect("the schemas are JSON");
        let providers = shown["provider_schemas"].as_object().expect("there are providers");
        let mut known = BTreeSet::new();
        for (list, prefix) in [("resource_schemas", ""), ("data_source_schemas", "data.")] {
            let kinds = providers.values().filter_map(|schema| schema[list].as_object()).flatten();
            known.extend(kinds.map(|(kind, _)| format!("{prefix}{kind}")));
        }
        Self(known)
    }

    /// Those that a configuration declares and recon has not.
    pub fn missing(&self, text: &str) -> BTreeSet<String> {
        let block = Regex::new(r#"(?m)^\s*(resource|data) "(\w+)""#).expect("it is a pattern");
        let declared = block.captures_iter(text).map(|found| match &found[1] {
            "data" => format!("data.{}", &found[2]),
            _ => found[2].to_owned(),
        });
        declared.filter(|kind| !self.0.contains(kind)).collect()
    }
}
