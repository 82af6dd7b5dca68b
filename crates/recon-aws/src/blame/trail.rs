//! CloudTrail's event history: 90 days of calls, looked up by the name of the call.

use std::collections::BTreeSet;

use aws_config::Region;
use aws_sdk_cloudtrail::types::{Event, LookupAttribute, LookupAttributeKey};
use recon_core::provider::{Deed, ProviderError};
use serde_json::Value as Json;

use crate::aws::Aws;

/// How many events a page has.
const PAGE: i32 = 50;
/// How many pages of one call are read, the latest first: CloudTrail answers twice a second.
const PAGES_MAX: u32 = 4;

/// In which region calls are recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Where {
    /// In that of the object.
    Here,
    /// In the first of the partition: calls of services that have no regions.
    Global,
}

/// A call that took effect.
#[derive(Clone, Debug)]
pub(super) struct Record {
    /// Since 1970.
    pub(super) seconds: i64,
    /// All that it names, in whole and in parts.
    pub(super) words: BTreeSet<String>,
    who: String,
    event: String,
}

impl Record {
    pub(super) fn into_deed(self) -> Deed {
        let when = jiff::Timestamp::from_second(self.seconds).unwrap_or_default().to_string();
        Deed { who: self.who, when, event: self.event }
    }
}

/// The latest calls of a name that took effect.
pub(super) async fn look_up(aws: &Aws, place: Where, event: &str) -> Result<Vec<Record>, ProviderError> {
    let attribute = LookupAttribute::builder()
        .attribute_key(LookupAttributeKey::EventName)
        .attribute_value(event)
        .build()
        .map_err(|error| {
            ProviderError::new(
                recon_core::provider::ErrorKind::Invalid,
                "cloudtrail:LookupEvents",
                error.to_string(),
            )
        })?;
    let region = match place {
        Where::Here => aws.region.as_str(),
        Where::Global => global_region(&aws.partition),
    };
    let mut found = Vec::new();
    let mut token: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let send = || {
            aws.cloudtrail
                .lookup_events()
                .lookup_attributes(attribute.clone())
                .max_results(PAGE)
                .set_next_token(token.clone())
                .customize()
                .config_override(
                    aws_sdk_cloudtrail::config::Builder::new().region(Region::new(region.to_owned())),
                )
                .send()
        };
        let page = aws.call("cloudtrail:LookupEvents", send).await?;
        found.extend(page.events.unwrap_or_default().iter().filter_map(record));
        token = page.next_token;
        if token.is_none() {
            break;
        }
    }
    Ok(found)
}

fn global_region(partition: &str) -> &'static str {
    match partition {
        "aws-cn" => "cn-north-1",
        "aws-us-gov" => "us-gov-west-1",
        "aws-iso" => "us-iso-east-1",
        "aws-iso-b" => "us-isob-east-1",
        _ => "us-east-1",
    }
}

fn record(event: &Event) -> Option<Record> {
    let whole: Json = serde_json::from_str(event.cloud_trail_event.as_deref()?).ok()?;
    // A call that was refused changed nothing.
    if whole.get("errorCode").is_some_and(|code| !code.is_null()) {
        return None;
    }
    let mut words = BTreeSet::new();
    collect(&whole["requestParameters"], &mut words);
    collect(&whole["responseElements"], &mut words);
    let identity = &whole["userIdentity"];
    let told = ["arn", "invokedBy", "principalId"].iter().find_map(|name| identity[*name].as_str());
    let who = told.or(event.username.as_deref()).unwrap_or("somebody unknown").to_owned();
    let name = event.event_name.clone().unwrap_or_default();
    Some(Record { seconds: event.event_time?.secs(), words, who, event: name })
}

/// All texts in a document, and the parts of those that are ARNs or paths.
fn collect(value: &Json, words: &mut BTreeSet<String>) {
    match value {
        Json::String(text) => {
            words.extend(text.split(':').map(str::to_owned));
            words.extend(text.split(['/', ':']).map(str::to_owned));
            words.insert(text.clone());
        }
        Json::Array(items) => items.iter().for_each(|item| collect(item, words)),
        Json::Object(entries) => entries.values().for_each(|value| collect(value, words)),
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use aws_smithy_types::DateTime;

    use super::*;

    fn event(text: &str) -> Event {
        Event::builder()
            .event_name("X")
            .event_time(DateTime::from_secs(86_400))
            .cloud_trail_event(text)
            .build()
    }

    #[test]
    fn a_record_knows_who_and_all_that_was_named() {
        let text = r#"{"userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::1:user/eve"},"requestParameters":{"resourceArn":"arn:aws:apigateway:r::/restapis/abc/stages/dev"},"responseElements":{"id":"x1"}}"#;
        let record = record(&event(text)).unwrap();
        assert!(["abc", "dev", "x1"].iter().all(|word| record.words.contains(*word)), "{record:?}");
        let deed = record.into_deed();
        assert_eq!(
            (deed.who.as_str(), deed.when.as_str()),
            ("arn:aws:iam::1:user/eve", "1970-01-02T00:00:00Z")
        );
    }

    #[test]
    fn what_was_refused_is_no_deed() {
        assert!(record(&event(r#"{"errorCode":"AccessDenied"}"#)).is_none());
        assert!(record(&event("no JSON")).is_none());
    }
}
