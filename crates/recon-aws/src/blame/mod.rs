//! Who did what recon did not: CloudTrail is asked for the calls that can have such an effect, and those that name the
//! object are kept.

mod traces;
mod trail;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use recon_core::provider::{Deed, Misdeed, ProviderError, Suspicion};
use recon_core::value::Name;
use recon_core::{Known, Value};
use tokio::sync::Mutex;

use self::traces::{Traces, of_kind};
use self::trail::{Record, Where, look_up};
use crate::aws::Aws;
use crate::lambda::function_parts;

/// How many calls are named of one suspicion.
const DEEDS_MAX: usize = 3;

/// What CloudTrail said about each call so far; stacks of one account and region share it.
#[derive(Default)]
pub(crate) struct Trail(Mutex<BTreeMap<Call, Arc<Vec<Record>>>>);

/// The account and region, and the operation.
type Call = (Where, &'static str);

/// One question: the calls, and the words that a call must name to be meant.
struct Question<'a> {
    place: Where,
    events: BTreeSet<&'static str>,
    words: Vec<&'a str>,
    /// Only what happened after that, in seconds since 1970.
    since: i64,
}

/// For each suspicion the calls that may have done it, the latest first.
pub(crate) async fn blame(
    aws: &Aws,
    trail: &Trail,
    suspicions: &[Suspicion],
) -> Result<Vec<Vec<Deed>>, ProviderError> {
    let mut answers = Vec::with_capacity(suspicions.len());
    for suspicion in suspicions {
        let Some(question) = question(suspicion) else {
            answers.push(Vec::new());
            continue;
        };
        let mut found: Vec<Record> = Vec::new();
        for event in &question.events {
            let records = trail.about(aws, question.place, event).await?;
            found.extend(records.iter().filter(|record| question.fits(record)).cloned());
        }
        found.sort_by_key(|record| std::cmp::Reverse(record.seconds));
        answers.push(found.into_iter().take(DEEDS_MAX).map(Record::into_deed).collect());
    }
    Ok(answers)
}

impl Trail {
    async fn about(
        &self,
        aws: &Aws,
        place: Where,
        event: &'static str,
    ) -> Result<Arc<Vec<Record>>, ProviderError> {
        let mut known = self.0.lock().await;
        if let Some(records) = known.get(&(place, event)) {
            return Ok(Arc::clone(records));
        }
        let records = Arc::new(look_up(aws, place, event).await?);
        known.insert((place, event), Arc::clone(&records));
        Ok(records)
    }
}

impl Question<'_> {
    fn fits(&self, record: &Record) -> bool {
        record.seconds >= self.since && self.words.iter().all(|word| record.words.contains(*word))
    }
}

/// What to ask; nothing for an object whose traces are not known.
fn question(suspicion: &Suspicion) -> Option<Question<'_>> {
    let traces = of_kind(&suspicion.kind)?;
    let place = if suspicion.kind.starts_with("aws_iam_") { Where::Global } else { Where::Here };
    let (events, words, since) = match &suspicion.misdeed {
        Misdeed::Changed { have, arguments } => (changes(traces, arguments), named(traces, have)?, i64::MIN),
        Misdeed::Gone { have } => (traces.deletes.iter().copied().collect(), named(traces, have)?, i64::MIN),
        Misdeed::Outdated { have } => {
            (traces::DEFINING.iter().copied().collect(), vec![have.text("rest_api_id")?], made_at(have))
        }
        Misdeed::Made { id } => {
            (traces.makes.iter().copied().collect(), id.split(['/', ':']).collect(), i64::MIN)
        }
    };
    Some(Question { place, events, words, since })
}

/// The calls that can change the arguments.
fn changes(traces: &Traces, arguments: &[Name]) -> BTreeSet<&'static str> {
    let of = |name: &str| {
        let events = traces.changes.iter().find(|(of, _)| *of == name).map(|(_, events)| *events);
        events.or_else(|| traces.changes.iter().find(|(of, _)| of.is_empty()).map(|(_, events)| *events))
    };
    arguments.iter().filter_map(|name| of(name)).flatten().copied().collect()
}

/// The words that name an object; nothing if one of them is missing.
fn named<'a>(traces: &Traces, have: &'a Known) -> Option<Vec<&'a str>> {
    traces.names.iter().map(|name| word(have, name)).collect()
}

fn word<'a>(have: &'a Value, name: &str) -> Option<&'a str> {
    let text = have.text(name)?;
    match name {
        "function_name" => Some(function_parts(text).0),
        _ => Some(text),
    }
}

fn made_at(deployment: &Known) -> i64 {
    let made = deployment.text("created_date").and_then(|text| text.parse::<jiff::Timestamp>().ok());
    made.map_or(i64::MIN, jiff::Timestamp::as_second)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(kind: &str, misdeed: Misdeed) -> (Vec<&'static str>, Vec<String>) {
        let suspicion = Suspicion { kind: kind.into(), misdeed };
        let question = question(&suspicion).unwrap();
        (question.events.into_iter().collect(), question.words.into_iter().map(str::to_owned).collect())
    }

    fn object(entries: &[(&'static str, &str)]) -> Known {
        let entries = entries.iter().map(|(name, value)| (*name, Value::from(*value)));
        Known::new(Value::object(entries)).unwrap()
    }

    #[test]
    fn only_the_calls_that_can_change_an_argument_are_asked_for() {
        let have = object(&[("function_name", "arn:aws:lambda:us-east-1:1:function:items")]);
        let changed =
            |argument: &str| Misdeed::Changed { have: have.clone(), arguments: vec![argument.into()] };
        let words = vec!["items".to_owned()];
        let (events, named) = asked("aws_lambda_function", changed("timeout"));
        assert_eq!((events, named), (vec!["UpdateFunctionConfiguration20150331v2"], words.clone()));
        let (events, named) = asked("aws_lambda_function", changed("code_sha256"));
        assert_eq!((events, named), (vec!["UpdateFunctionCode20150331v2"], words));
    }

    #[test]
    fn what_nobody_declared_is_named_by_its_import_id() {
        let made = Misdeed::Made { id: "items:dev/Rogue".to_owned() };
        let (events, words) = asked("aws_lambda_permission", made);
        assert_eq!((events, words.join(" ").as_str()), (vec!["AddPermission20150331v2"], "items dev Rogue"));
    }

    #[test]
    fn every_type_in_aws_has_traces() {
        let without = crate::types::resource_types()
            .into_iter()
            .map(|kind| kind.name)
            .filter(|kind| of_kind(kind).is_none());
        assert_eq!(without.collect::<Vec<_>>(), traces::WITHOUT);
    }
}
