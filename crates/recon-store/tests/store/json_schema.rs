//! As much of JSON Schema as the schema of the state format uses; an unknown keyword is a mistake of its own.

use serde_json::Value as Json;

/// What in `json` does not follow the schema.
pub(crate) fn mistakes(schema: &Json, json: &Json) -> Vec<String> {
    let mut found = Vec::new();
    Check { root: schema, found: &mut found }.value("$", schema, json);
    found
}

struct Check<'a> {
    root: &'a Json,
    found: &'a mut Vec<String>,
}

impl Check<'_> {
    fn value(&mut self, at: &str, schema: &Json, json: &Json) {
        let Some(rules) = schema.as_object() else { return };
        for (rule, with) in rules {
            let holds = match rule.as_str() {
                "$schema" | "$id" | "$defs" | "title" | "description" => true,
                "additionalProperties" => self.others(at, rules, json),
                "properties" => self.properties(at, with, json),
                "items" => self.items(at, with, json),
                "prefixItems" => self.prefix(at, with, json),
                "required" => with.as_array().unwrap().iter().all(|name| {
                    json.as_object().is_none_or(|object| object.contains_key(name.as_str().unwrap()))
                }),
                "$ref" => self.reference(at, with.as_str().unwrap(), json),
                "anyOf" => with.as_array().unwrap().iter().any(|option| self.root_check(option, json)),
                "type" => with.as_str().map_or_else(
                    || with.as_array().unwrap().iter().any(|ty| is(json, ty.as_str().unwrap())),
                    |ty| is(json, ty),
                ),
                "const" => json == with,
                "enum" => with.as_array().unwrap().contains(json),
                "minimum" => json.as_i64().is_none_or(|number| number >= with.as_i64().unwrap()),
                "minLength" => json.as_str().is_none_or(|text| text.len() as u64 >= with.as_u64().unwrap()),
                "minItems" => {
                    json.as_array().is_none_or(|items| items.len() as u64 >= with.as_u64().unwrap())
                }
                "maxItems" => {
                    json.as_array().is_none_or(|items| items.len() as u64 <= with.as_u64().unwrap())
                }
                _ => false,
            };
            if !holds {
                self.found.push(format!("{at}: {rule}"));
            }
        }
    }

    /// Whether the value follows a schema, without notes of what is wrong.
    fn root_check(&self, schema: &Json, json: &Json) -> bool {
        let mut found = Vec::new();
        Check { root: self.root, found: &mut found }.value("", schema, json);
        found.is_empty()
    }

    fn reference(&mut self, at: &str, to: &str, json: &Json) -> bool {
        let schema = self.root.pointer(to.trim_start_matches('#')).expect("the reference leads somewhere");
        self.value(at, schema, json);
        true
    }

    fn properties(&mut self, at: &str, properties: &Json, json: &Json) -> bool {
        for (name, schema) in properties.as_object().unwrap() {
            if let Some(part) = json.get(name) {
                self.value(&format!("{at}.{name}"), schema, part);
            }
        }
        true
    }

    fn others(&mut self, at: &str, rules: &serde_json::Map<String, Json>, json: &Json) -> bool {
        let declared = rules.get("properties").and_then(Json::as_object);
        for (name, part) in json.as_object().into_iter().flatten() {
            if declared.is_some_and(|declared| declared.contains_key(name)) {
                continue;
            }
            match &rules["additionalProperties"] {
                Json::Bool(false) => self.found.push(format!("{at}.{name}: is not declared")),
                schema => self.value(&format!("{at}.{name}"), schema, part),
            }
        }
        true
    }

    fn items(&mut self, at: &str, schema: &Json, json: &Json) -> bool {
        for (index, part) in json.as_array().into_iter().flatten().enumerate() {
            self.value(&format!("{at}[{index}]"), schema, part);
        }
        true
    }

    fn prefix(&mut self, at: &str, schemas: &Json, json: &Json) -> bool {
        for (schema, part) in schemas.as_array().unwrap().iter().zip(json.as_array().into_iter().flatten()) {
            self.value(at, schema, part);
        }
        true
    }
}

fn is(json: &Json, ty: &str) -> bool {
    match ty {
        "object" => json.is_object(),
        "array" => json.is_array(),
        "string" => json.is_string(),
        "integer" => json.is_i64() || json.is_u64(),
        "boolean" => json.is_boolean(),
        "null" => json.is_null(),
        _ => false,
    }
}
