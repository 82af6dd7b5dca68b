//! Answers with one page of a collection.

use std::collections::BTreeMap;
use std::ops::Bound::{Excluded, Unbounded};

use serde_json::{Value, json};

use super::refuse::bad_request;
use crate::token;
use crate::wire::{Answer, Call, Outcome, Refusal};

/// What a page holds when the caller does not say.
const LIMIT_DEFAULT: usize = 25;
/// What a page holds at most.
const LIMIT_MAX: usize = 500;

/// Answers with the items after the caller's position that `show` does not leave out.
pub(super) fn page<T>(
    call: &Call,
    items: &BTreeMap<String, T>,
    show: impl Fn(&T) -> Option<Value>,
) -> Outcome {
    let limit = limit(call)?;
    let unknown = || bad_request("Invalid position parameter");
    let after = call.query_one("position").filter(|position| !position.is_empty());
    let after = after.map(|position| token::open(position).ok_or_else(unknown)).transpose()?;
    let from = after.map_or(Unbounded, Excluded);
    let mut shown =
        items.range::<String, _>((from, Unbounded)).filter_map(|(key, item)| Some((key, show(item)?)));
    let mut last = None;
    let mut listed = Vec::new();
    for (key, value) in shown.by_ref().take(limit) {
        last = Some(key);
        listed.push(value);
    }
    let mut answer = json!({ "item": listed });
    if let (Some(_), Some(key)) = (shown.next(), last) {
        answer["position"] = Value::String(token::seal(key));
    }
    Ok(Answer::json(200, &answer))
}

fn limit(call: &Call) -> Result<usize, Refusal> {
    let Some(text) = call.query_one("limit") else { return Ok(LIMIT_DEFAULT) };
    match text.parse::<usize>() {
        Ok(limit) if limit > 0 => Ok(limit.min(LIMIT_MAX)),
        _ => Err(bad_request("Invalid limit parameter, must be between 1 and 500")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(pairs: &[(&str, &str)]) -> Call {
        let query = pairs.iter().map(|(key, value)| ((*key).to_owned(), vec![(*value).to_owned()])).collect();
        Call { query, ..Call::default() }
    }

    fn read(call: &Call, count: u32) -> Value {
        let items: BTreeMap<String, u32> = (0..count).map(|n| (format!("{n:04}"), n)).collect();
        let answer = page(call, &items, |item| Some(json!(item))).unwrap();
        serde_json::from_slice(&answer.body).unwrap()
    }

    #[test]
    fn pages_follow_each_other_without_gap() {
        let first = read(&call(&[("limit", "2")]), 3);
        assert_eq!(first["item"], json!([0, 1]));
        let position = first["position"].as_str().unwrap();
        let second = read(&call(&[("limit", "2"), ("position", position)]), 3);
        assert_eq!(second, json!({"item": [2]}));
    }

    #[test]
    fn position_that_nobody_gave_out_is_refused() {
        let items: BTreeMap<String, u32> = BTreeMap::new();
        let refused = page(&call(&[("position", "bogus")]), &items, |item| Some(json!(item))).unwrap_err();
        assert_eq!(refused.code, "BadRequestException");
    }

    #[test]
    fn full_last_page_has_no_position() {
        assert_eq!(read(&call(&[("limit", "2")]), 2), json!({"item": [0, 1]}));
    }

    #[test]
    fn limit_has_a_default_and_a_maximum() {
        assert_eq!(read(&call(&[]), 30)["item"].as_array().unwrap().len(), 25);
        assert_eq!(read(&call(&[("limit", "9999")]), 501)["item"].as_array().unwrap().len(), 500);
    }
}
