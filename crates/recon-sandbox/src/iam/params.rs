//! The parameters of a query-protocol call.

use std::collections::BTreeMap;

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
        let limit = match self.get("MaxItems") {
            None => 100,
            Some(text) => match text.parse::<usize>() {
                Ok(limit @ 1..=1000) => limit,
                _ => {
                    return Err(validation(format!(
                        "1 validation error detected: Value '{text}' at 'maxItems' failed to satisfy constraint: \
                         Member must have value between 1 and 1000"
                    )));
                }
            },
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
