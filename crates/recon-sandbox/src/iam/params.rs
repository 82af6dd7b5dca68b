//! The parameters of a query-protocol call.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::wire::{Call, Refusal, parse_form};

/// The form of a call.
#[derive(Debug, Default)]
pub(crate) struct Params(BTreeMap<String, Vec<String>>);

impl Params {
    /// Reads the body, or the query where the body is empty.
    pub(crate) fn of(call: &Call) -> Self {
        if call.body.is_empty() {
            return Self(call.query.clone());
        }
        Self(parse_form(&String::from_utf8_lossy(&call.body)))
    }

    /// Returns a parameter.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.first().map(String::as_str)
    }

    /// Returns a parameter that must be there.
    pub(crate) fn need(&self, key: &str) -> Result<&str, Refusal> {
        self.get(key).ok_or_else(|| {
            let mut member = key.to_owned();
            if let Some(first) = member.get_mut(0..1) {
                first.make_ascii_lowercase();
            }
            validation(format!("1 validation error detected: Value null at '{member}' failed to satisfy constraint: Member must not be null"))
        })
    }

    /// Returns a list of texts: `Key.member.1`, `Key.member.2` …
    pub(crate) fn list(&self, key: &str) -> Vec<String> {
        (1..).map_while(|index| self.get(&format!("{key}.member.{index}"))).map(str::to_owned).collect()
    }

    /// Returns a parameter as a value, whatever its type: a text, a list of texts, a list of structures.
    pub(crate) fn member(&self, key: &str) -> Option<Value> {
        let single = || Some(Value::from(self.get(key)?));
        let prefix = format!("{key}.member.");
        let mut members: BTreeMap<usize, Value> = BTreeMap::new();
        for (path, values) in self.0.range(prefix.clone()..).take_while(|(path, _)| path.starts_with(&prefix))
        {
            let value = Value::from(values.first().map(String::as_str));
            let (index, name) = path[prefix.len()..].split_once('.').unwrap_or((&path[prefix.len()..], ""));
            let Ok(index) = index.parse() else { continue };
            match name {
                "" => drop(members.insert(index, value)),
                name => members.entry(index).or_insert_with(|| json!({}))[name] = value,
            }
        }
        if members.is_empty() { single() } else { Some(members.into_values().collect()) }
    }

    /// Returns the tags: `Tags.member.1.Key` and `.Value` …
    pub(crate) fn tags(&self) -> BTreeMap<String, String> {
        let pair = |index: usize| {
            let key = self.get(&format!("Tags.member.{index}.Key"))?;
            let value = self.get(&format!("Tags.member.{index}.Value")).unwrap_or_default();
            Some((key.to_owned(), value.to_owned()))
        };
        (1..).map_while(pair).collect()
    }

    /// Cuts the page out of sorted items that the call asks for.
    pub(crate) fn page<'a, T>(
        &self,
        items: impl Iterator<Item = (&'a str, T)>,
    ) -> Result<(Vec<T>, Option<String>), Refusal> {
        let limit = match self.get("MaxItems").map(str::parse::<usize>) {
            None => 100,
            Some(Ok(limit)) => limit,
            Some(Err(_)) => return Err(validation("MaxItems is not a number")),
        };
        let after = self.get("Marker");
        let mut rest = items.skip_while(|(key, _)| after.is_some_and(|after| *key <= after)).peekable();
        let mut page = Vec::new();
        let mut last = "";
        while let Some((key, item)) = rest.next_if(|_| page.len() < limit) {
            page.push(item);
            last = key;
        }
        let next = rest.peek().is_some().then(|| last.to_owned());
        Ok((page, next))
    }
}

/// Refuses a parameter.
pub(crate) fn validation(message: impl Into<String>) -> Refusal {
    Refusal::new(400, "ValidationError", message)
}
