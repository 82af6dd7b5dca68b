//! Pages of a listing: `MaxItems` and an opaque `Marker`.

use super::constraint;
use super::refuse::invalid;
use crate::token;
use crate::wire::{Call, Refusal};

/// What part of a listing a call asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Page {
    /// How many items at most.
    pub limit: usize,
    /// The key of the last item of the page before.
    pub after: Option<String>,
}

impl Page {
    /// Reads the page; the server gives at most `limit_max` items.
    pub(super) fn of(call: &Call, limit_max: usize) -> Result<Self, Refusal> {
        let limit = match call.query_one("MaxItems") {
            None => limit_max,
            Some(text) => {
                let number = text.parse::<i64>().map_err(|_| {
                    Refusal::new(400, "SerializationException", format!("Invalid MaxItems {text}"))
                })?;
                constraint::between("maxItems", number, 1, 10_000)?;
                usize::try_from(number).unwrap_or(limit_max).min(limit_max)
            }
        };
        let after = match call.query_one("Marker").filter(|text| !text.is_empty()) {
            None => None,
            Some(marker) => {
                Some(token::open(marker).ok_or_else(|| invalid("Invalid pagination token: Marker"))?)
            }
        };
        Ok(Self { limit, after })
    }

    /// Cuts the page out of items that are sorted by key; returns them and the marker of the next page.
    pub(super) fn cut<T>(&self, items: impl Iterator<Item = (String, T)>) -> (Vec<T>, Option<String>) {
        let after = self.after.as_deref();
        let mut rest =
            items.skip_while(|(key, _)| after.is_some_and(|after| key.as_str() <= after)).peekable();
        let mut page = Vec::new();
        let mut last = String::new();
        while let Some((key, item)) = rest.next_if(|_| page.len() < self.limit) {
            page.push(item);
            last = key;
        }
        let next = rest.peek().is_some().then(|| token::seal(&last));
        (page, next)
    }
}

/// Returns a listing's answer, with its marker where there is more.
pub(super) fn listing(name: &str, items: &[serde_json::Value], next: Option<&str>) -> crate::wire::Answer {
    let mut document = serde_json::json!({ name: items });
    if let (Some(next), Some(object)) = (next, document.as_object_mut()) {
        object.insert("NextMarker".to_owned(), next.into());
    }
    crate::wire::Answer::json(200, &document)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_cover_everything_once() {
        let items = || (0..5).map(|number| (format!("{number}"), number));
        let mut page = Page { limit: 2, after: None };
        let mut seen = Vec::new();
        loop {
            let (part, next) = page.cut(items());
            seen.extend(part);
            let Some(next) = next else { break };
            page.after = token::open(&next);
        }
        assert_eq!(seen, [0, 1, 2, 3, 4]);
    }
}
