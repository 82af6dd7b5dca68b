//! Objects of a state as Terraform's acceptance tests see them: flat maps from dotted keys to text.
//!
//! What is null or empty is left out, since those tests do not tell the two apart.

use std::collections::BTreeMap;

use serde_json::Value;

/// An object's attributes: `tags.%`, `tags.Name`, `tls_config.0.insecure_skip_verification`.
pub(super) type Flat = BTreeMap<String, String>;

/// All objects of a state, by address; an instance is `aws_iam_role.test.0`.
pub(super) type World = BTreeMap<String, Flat>;

/// Reads what `recon show -json` prints.
pub(super) fn world(show: &str) -> World {
    let shown: Value = serde_json::from_str(show).expect("the state is shown as JSON");
    let none = Vec::new();
    let resources = shown["values"]["root_module"]["resources"].as_array().unwrap_or(&none);
    let address = |resource: &Value| {
        let text = resource["address"].as_str().unwrap_or_default();
        text.replace("[\"", ".").replace("\"]", "").replace('[', ".").replace(']', "")
    };
    resources.iter().map(|resource| (address(resource), flat(&resource["values"]))).collect()
}

fn flat(values: &Value) -> Flat {
    let mut found = Flat::new();
    for (name, value) in values.as_object().into_iter().flatten() {
        add(&mut found, name, value);
    }
    found
}

fn add(found: &mut Flat, key: &str, value: &Value) {
    match value {
        Value::Null => {}
        Value::String(text) if text.is_empty() => {}
        Value::String(text) => drop(found.insert(key.to_owned(), text.clone())),
        Value::Bool(_) | Value::Number(_) => drop(found.insert(key.to_owned(), value.to_string())),
        Value::Array(items) => {
            if !items.is_empty() {
                found.insert(format!("{key}.#"), items.len().to_string());
            }
            for (index, item) in items.iter().enumerate() {
                add(found, &format!("{key}.{index}"), item);
            }
        }
        Value::Object(entries) => {
            if !entries.is_empty() {
                found.insert(format!("{key}.%"), entries.len().to_string());
            }
            for (name, entry) in entries {
                add(found, &format!("{key}.{name}"), entry);
            }
        }
    }
}
