//! Outputs as JSON with every digit of their numbers, which a double would not hold.

use std::collections::BTreeMap;

use recon_core::value::Name;
use recon_core::{Data, Known, Number, Value, json};
use serde::ser::{Error as _, Serialize, SerializeMap as _, Serializer};
use serde_json::value::RawValue;

use super::values;

/// Outputs with their values and types, as `output -json` shows them. Here secrets keep their values, as in Terraform:
/// whoever asks for JSON asks for them.
pub(crate) fn outputs(outputs: &BTreeMap<Name, Known>) -> serde_json::Result<String> {
    let outputs: BTreeMap<&str, Output<'_>> =
        outputs.iter().map(|(name, value)| (&**name, Output(value))).collect();
    serde_json::to_string_pretty(&outputs)
}

/// A value in one line.
pub(crate) fn value(value: &Known) -> serde_json::Result<String> {
    serde_json::to_string(&Exact(value))
}

struct Output<'a>(&'a Known);

impl Serialize for Output<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("sensitive", &self.0.deep_marks().is_sensitive())?;
        map.serialize_entry("type", &values::ty(&self.0.ty()))?;
        map.serialize_entry("value", &Exact(self.0))?;
        map.end()
    }
}

struct Exact<'a>(&'a Value);

impl Serialize for Exact<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0.data {
            Data::Number(number) => number_text(number, serializer),
            Data::List(_) | Data::Set(_) | Data::Tuple(_) => {
                serializer.collect_seq(self.0.items().iter().map(Exact))
            }
            Data::Map(_) | Data::Object(_) => {
                let entries = self.0.entries().into_iter().flatten();
                serializer.collect_map(entries.map(|(name, value)| (&**name, Exact(value))))
            }
            Data::Null(_) | Data::Unknown(_) | Data::Bool(_) | Data::String(_) => {
                json::to_json_with_nulls(self.0).serialize(serializer)
            }
        }
    }
}

fn number_text<S: Serializer>(number: &Number, serializer: S) -> Result<S::Ok, S::Error> {
    if number.is_infinite() {
        return serializer.serialize_str(&number.to_string());
    }
    RawValue::from_string(number.to_string()).map_err(S::Error::custom)?.serialize(serializer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_digits() {
        let digits = "123456789012345678901234567890.25";
        let known = Known::new(Value::tuple(vec![Value::from(digits.parse::<Number>().unwrap())])).unwrap();
        assert_eq!(value(&known).unwrap(), format!("[{digits}]"));
        let all = outputs(&BTreeMap::from([("big".into(), known)])).unwrap();
        assert!(all.contains(&format!("      {digits}\n")), "{all}");
    }
}
