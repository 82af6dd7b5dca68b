//! The schemas of models: what they refer to, and how they read with it inside.

use serde_json::{Map, Value, json};

use super::refuse::bad_request;
use super::state::{Definition, text};
use crate::wire::Refusal;

/// Returns where a model of an API is referred to, without its name.
fn address(api: &Definition) -> String {
    format!("https://apigateway.amazonaws.com/restapis/{}/models/", text(&api.about, "id"))
}

/// Refuses a schema that is none, or that refers to a model which the API does not have.
pub(super) fn check(schema: &str, content_type: &str, api: &Definition) -> Result<(), Refusal> {
    if schema.trim().is_empty() {
        return Err(bad_request("Model schema must have at least 1 property or array items defined"));
    }
    if !content_type.contains("json") {
        return Ok(());
    }
    let refuse = |error: &str| {
        bad_request(format!("Invalid model specified: Validation Result: warnings : [], errors : [{error}]"))
    };
    let parsed: Map<String, Value> =
        serde_json::from_str(schema).map_err(|_| refuse("Invalid model schema specified"))?;
    let mut references = Vec::new();
    collect(&Value::Object(parsed), &mut references);
    let address = address(api);
    for reference in references.iter().filter(|reference| !reference.starts_with('#')) {
        let Some(name) = reference.strip_prefix(&address) else {
            return Err(refuse("Model reference must be in canonical form"));
        };
        if !api.models.contains_key(name) {
            return Err(refuse(&format!("Invalid model reference specified: {reference}")));
        }
    }
    Ok(())
}

/// Returns a schema that carries the models it refers to as definitions of its own.
pub(super) fn flatten(schema: &str, api: &Definition) -> String {
    let Ok(mut schema) = serde_json::from_str::<Value>(schema) else { return schema.to_owned() };
    let address = address(api);
    let mut definitions = Map::new();
    let mut wanted = relink(&mut schema, &address);
    while let Some(name) = wanted.pop() {
        if definitions.contains_key(&name) {
            continue;
        }
        let held = api.models.get(&name).map_or("{}", |about| text(about, "schema"));
        let mut held = serde_json::from_str::<Value>(held).unwrap_or_default();
        wanted.extend(relink(&mut held, &address));
        definitions.insert(name, held);
    }
    if !definitions.is_empty() {
        match schema.get_mut("definitions").and_then(Value::as_object_mut) {
            Some(own) => own.extend(definitions),
            None => schema["definitions"] = Value::Object(definitions),
        }
    }
    schema.to_string()
}

/// Returns a value that a schema describes.
pub(super) fn sample(schema: &Value) -> Value {
    let properties = schema["properties"].as_object();
    match schema["type"].as_str() {
        Some("array") => json!([sample(&schema["items"])]),
        Some("integer" | "number") => json!(42),
        Some("boolean") => json!(true),
        Some("string") => json!("foo"),
        _ => properties.into_iter().flatten().map(|(name, schema)| (name.clone(), sample(schema))).collect(),
    }
}

fn collect(schema: &Value, references: &mut Vec<String>) {
    match schema {
        Value::Object(members) => {
            references.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|value| collect(value, references));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, references)),
        _ => {}
    }
}

/// Points references to models at definitions in the same schema, and returns the models' names.
fn relink(schema: &mut Value, address: &str) -> Vec<String> {
    match schema {
        Value::Object(members) => {
            let mut names = Vec::new();
            for (key, value) in members {
                let name =
                    value.as_str().filter(|_| key == "$ref").and_then(|text| text.strip_prefix(address));
                match name.map(str::to_owned) {
                    Some(name) => {
                        *value = json!(format!("#/definitions/{name}"));
                        names.push(name);
                    }
                    None => names.extend(relink(value, address)),
                }
            }
            names
        }
        Value::Array(items) => items.iter_mut().flat_map(|item| relink(item, address)).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    fn api() -> Definition {
        let mut api = Definition::default();
        api.about.insert("id".to_owned(), json!("a"));
        for (name, schema) in [
            (
                "Pet",
                json!({ "properties": { "tag": { "$ref": "https://apigateway.amazonaws.com/restapis/a/models/Tag" } } }),
            ),
            ("Tag", json!({ "type": "string" })),
        ] {
            let about = json!({ "schema": schema.to_string() });
            api.models.insert(name.to_owned(), about.as_object().unwrap().clone());
        }
        api
    }

    #[test_case(r#"{"items":{"$ref":"https://apigateway.amazonaws.com/restapis/a/models/Pet"}}"#, "application/json" => true; "reference")]
    #[test_case(r#"{"items":{"$ref":"https://apigateway.amazonaws.com/restapis/a/models/None"}}"#, "application/json" => false; "reference to nothing")]
    #[test_case(r#"{"items":{"$ref":"Pet"}}"#, "application/json" => false; "reference by name")]
    #[test_case(r##"{"items":{"$ref":"#/definitions/x"},"definitions":{"x":{}}}"##, "application/json" => true; "own definition")]
    #[test_case("{nope", "application/json" => false; "no json")]
    #[test_case("<schema/>", "application/xml" => true; "not json")]
    fn schemas_refer_to_models_that_are_there(schema: &str, content_type: &str) -> bool {
        check(schema, content_type, &api()).is_ok()
    }

    #[test]
    fn flat_schema_carries_what_it_refers_to() {
        let schema =
            r#"{"type":"array","items":{"$ref":"https://apigateway.amazonaws.com/restapis/a/models/Pet"}}"#;
        let flat: Value = serde_json::from_str(&flatten(schema, &api())).unwrap();
        assert_eq!(
            flat,
            json!({
                "type": "array",
                "items": { "$ref": "#/definitions/Pet" },
                "definitions": {
                    "Pet": { "properties": { "tag": { "$ref": "#/definitions/Tag" } } },
                    "Tag": { "type": "string" },
                },
            })
        );
        assert_eq!(flatten(r#"{"type":"string"}"#, &api()), r#"{"type":"string"}"#);
    }
}
