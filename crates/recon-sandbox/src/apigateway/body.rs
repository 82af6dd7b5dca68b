//! The members of a request body, read with the type the service expects of each.

use serde_json::{Map, Number, Value};

use super::state::Document;
use crate::wire::{Call, Refusal};

/// The JSON object of a request; a member that is null counts as absent.
#[derive(Debug, Clone)]
pub(super) struct Body(Document);

impl Body {
    /// Reads the body of a call.
    pub(super) fn of(call: &Call) -> Result<Self, Refusal> {
        match call.json()? {
            Value::Object(members) => Ok(Self(members)),
            other => Err(not_a(&other, "Structure")),
        }
    }

    /// Returns a text member.
    pub(super) fn text(&self, key: &str) -> Result<Option<String>, Refusal> {
        self.member(key).map(as_text).transpose()
    }

    /// Returns a text member, empty when it is absent.
    pub(super) fn text_or_empty(&self, key: &str) -> Result<String, Refusal> {
        Ok(self.text(key)?.unwrap_or_default())
    }

    /// Returns a boolean member; the service reads a text as one too.
    pub(super) fn flag(&self, key: &str) -> Result<Option<bool>, Refusal> {
        self.member(key).map(as_flag).transpose()
    }

    /// Returns a whole number.
    pub(super) fn integer(&self, key: &str) -> Result<Option<i64>, Refusal> {
        self.member(key).map(|value| value.as_i64().ok_or_else(|| not_a(value, "Integer"))).transpose()
    }

    /// Returns a number.
    pub(super) fn number(&self, key: &str) -> Result<Option<f64>, Refusal> {
        self.member(key).map(|value| value.as_f64().ok_or_else(|| not_a(value, "Double"))).transpose()
    }

    /// Returns a list of texts.
    pub(super) fn texts(&self, key: &str) -> Result<Option<Vec<String>>, Refusal> {
        let Some(value) = self.member(key) else { return Ok(None) };
        let items = value.as_array().ok_or_else(|| not_a(value, "List"))?;
        items.iter().map(as_text).collect::<Result<_, _>>().map(Some)
    }

    /// Returns a map of texts.
    pub(super) fn text_map(&self, key: &str) -> Result<Option<Document>, Refusal> {
        self.map(
            key,
            |value| if value.is_null() { Ok(Value::Null) } else { as_text(value).map(Value::String) },
        )
    }

    /// Returns a map of booleans.
    pub(super) fn flag_map(&self, key: &str) -> Result<Option<Document>, Refusal> {
        self.map(key, |value| as_flag(value).map(Value::Bool))
    }

    /// Returns a nested structure.
    pub(super) fn structure(&self, key: &str) -> Result<Option<Body>, Refusal> {
        self.member(key)
            .map(|value| value.as_object().cloned().map(Self).ok_or_else(|| not_a(value, "Structure")))
            .transpose()
    }

    /// Returns a list of nested structures.
    pub(super) fn structures(&self, key: &str) -> Result<Vec<Body>, Refusal> {
        let Some(value) = self.member(key) else { return Ok(Vec::new()) };
        let items = value.as_array().ok_or_else(|| not_a(value, "List"))?;
        let read = |item: &Value| item.as_object().cloned().map(Self).ok_or_else(|| not_a(item, "Structure"));
        items.iter().map(read).collect()
    }

    /// Returns the names of the members that are there.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|(_, value)| !value.is_null()).map(|(key, _)| key.as_str())
    }

    fn member(&self, key: &str) -> Option<&Value> {
        self.0.get(key).filter(|value| !value.is_null())
    }

    fn map(
        &self,
        key: &str,
        read: impl Fn(&Value) -> Result<Value, Refusal>,
    ) -> Result<Option<Document>, Refusal> {
        let Some(value) = self.member(key) else { return Ok(None) };
        let members = value.as_object().ok_or_else(|| not_a(value, "Map"))?;
        members
            .iter()
            .map(|(name, value)| Ok((name.clone(), read(value)?)))
            .collect::<Result<Map<_, _>, _>>()
            .map(Some)
    }
}

/// Builds the document an object is kept as; absent members are left out.
#[derive(Debug, Default)]
pub(super) struct Draft(Document);

impl Draft {
    /// Sets a member if there is a value for it.
    pub(super) fn set(mut self, key: &str, value: Option<impl Into<Value>>) -> Self {
        if let Some(value) = value {
            self.0.insert(key.to_owned(), value.into());
        }
        self
    }

    /// Sets a member.
    pub(super) fn put(self, key: &str, value: impl Into<Value>) -> Self {
        self.set(key, Some(value))
    }

    /// Returns the document.
    pub(super) fn done(self) -> Document {
        self.0
    }
}

/// Returns a JSON number; what JSON cannot say becomes zero.
pub(super) fn number(value: f64) -> Value {
    Value::Number(Number::from_f64(value).unwrap_or_else(|| Number::from(0)))
}

fn as_text(value: &Value) -> Result<String, Refusal> {
    value.as_str().map(str::to_owned).ok_or_else(|| not_a(value, "String"))
}

fn as_flag(value: &Value) -> Result<bool, Refusal> {
    match value {
        Value::Bool(flag) => Ok(*flag),
        Value::String(text) => Ok(text.eq_ignore_ascii_case("true")),
        other => Err(not_a(other, "Boolean")),
    }
}

/// The service names the Java class of what it found; clients see this text.
fn not_a(value: &Value, wanted: &str) -> Refusal {
    let found = match value {
        Value::Null => "null",
        Value::Bool(_) => "class java.lang.Boolean",
        Value::Number(_) => "class com.amazon.coral.value.json.numbers.TruncatingBigNumber",
        Value::String(_) => "class java.lang.String",
        Value::Array(_) => "class java.util.ArrayList",
        Value::Object(_) => "class java.util.LinkedHashMap",
    };
    let article = if wanted.starts_with(['I', 'S']) { "an" } else { "a" };
    let message = format!("{found} can not be converted to {article} {wanted}");
    Refusal::new(400, "SerializationException", message)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn body(value: &Value) -> Body {
        Body::of(&Call { body: value.to_string().into_bytes(), ..Call::default() }).unwrap()
    }

    #[test]
    fn null_is_absent() {
        assert_eq!(body(&json!({"a": null})).text("a"), Ok(None));
    }

    #[test]
    fn wrong_type_names_the_class_found() {
        let refusal = body(&json!({"m": {"k": true}})).text_map("m").unwrap_err();
        assert_eq!(refusal.message, "class java.lang.Boolean can not be converted to an String");
    }
}
