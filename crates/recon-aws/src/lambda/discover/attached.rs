//! What is attached to a function: what feeds it, the URLs at which it answers, how it is invoked, what is kept ready.

use aws_sdk_lambda::types::EventSourceMappingConfiguration;
use recon_core::Value;

use super::super::name::{function_name, parts};
use super::super::qualified::all;
use super::super::versions::LATEST;
use super::super::{event_invoke_live, event_source_mapping_live, function_url_live, provisioned_live};
use crate::aws::Aws;
use crate::discover::harvest::{Harvest, Spotted};
use crate::discover::names::{slug, subject};
use crate::snapshot::Snapshot;

const IN_FUNCTION: &[&str] = &["function_name", "qualifier"];

/// Adds what feeds a function, its URLs, and how it is invoked.
pub(super) async fn add(harvest: &mut Harvest, aws: &Aws, snapshot: &Snapshot, function: &str) {
    let (mappings, urls, invocations) = tokio::join!(
        event_source_mapping_live::all(aws, snapshot),
        all::<function_url_live::Found>(aws, snapshot, function),
        all::<event_invoke_live::Found>(aws, snapshot, function),
    );
    let mappings = harvest.take("the event source mappings", mappings);
    for live in mappings.iter().flat_map(|found| found.values()) {
        harvest.spotted.extend(mapping(function, live));
    }
    let urls = harvest.take(&format!("the URLs of {function}"), urls);
    for qualifier in urls.iter().flat_map(|found| found.keys()) {
        let qualifier = Some(qualifier.as_str()).filter(|qualifier| !qualifier.is_empty());
        harvest.add(qualified("aws_lambda_function_url", function, qualifier, "/"));
    }
    let invocations = harvest.take(&format!("the settings of invocations of {function}"), invocations);
    for qualifier in invocations.iter().flat_map(|found| found.keys()) {
        let qualifier = Some(qualifier.as_str()).filter(|qualifier| *qualifier != LATEST);
        harvest.add(qualified("aws_lambda_function_event_invoke_config", function, qualifier, ":"));
    }
}

/// Adds what is kept ready, which only published versions can be.
pub(super) async fn add_ready(harvest: &mut Harvest, aws: &Aws, snapshot: &Snapshot, function: &str) {
    let ready = all::<provisioned_live::Found>(aws, snapshot, function).await;
    let ready = harvest.take(&format!("the provisioned concurrency of {function}"), ready);
    for qualifier in ready.iter().flat_map(|found| found.keys()) {
        let kind = "aws_lambda_provisioned_concurrency_config";
        let ready = qualified(kind, function, Some(qualifier), ",");
        harvest.add(ready.with("skip_destroy", &Value::from(false)));
    }
}

/// An object that a function, version or alias has one of; its import id has a separator between the two.
fn qualified(kind: &'static str, function: &str, qualifier: Option<&str>, separator: &str) -> Spotted {
    let mut known = vec![("function_name", function)];
    known.extend(qualifier.map(|qualifier| ("qualifier", qualifier)));
    let id = qualifier.map_or_else(|| function.to_owned(), |it| format!("{function}{separator}{it}"));
    let name =
        qualifier.map_or_else(|| subject(function), |it| format!("{}_{}", subject(function), slug(it)));
    let spotted = Spotted::new(kind, IN_FUNCTION, id, &known).named(name);
    spotted.among(subject(function), qualifier.unwrap_or(LATEST)).of(function)
}

/// A mapping, if it feeds the function.
fn mapping(function: &str, live: &EventSourceMappingConfiguration) -> Option<Spotted> {
    let (arn, uuid) = (live.function_arn()?, live.uuid()?);
    if function_name(arn) != function || live.state() == Some("Deleting") {
        return None;
    }
    // What feeds an alias names it by its ARN.
    let named = if parts(arn).1.is_some() { arn } else { function };
    let known = [("uuid", uuid), ("function_name", named)];
    let spotted = Spotted::new("aws_lambda_event_source_mapping", &["uuid"], uuid.to_owned(), &known);
    let source = source(live).unwrap_or(function);
    Some(spotted.named(slug(source)).among(subject(function), source).about(function).of(function))
}

/// What a mapping reads from, as people call it: the queue, stream, table, cluster or topic.
fn source(live: &EventSourceMappingConfiguration) -> Option<&str> {
    let of_arn = live.event_source_arn().and_then(|arn| {
        let resource = arn.splitn(6, ':').nth(5)?;
        // `stream/NAME`, `table/NAME/stream/…`, `cluster/NAME/…`, `broker:NAME:…`, or only `NAME`.
        resource.split(['/', ':']).nth(1).or(Some(resource))
    });
    of_arn.or_else(|| live.topics().first().map(String::as_str)).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    #[test_case("arn:aws:sqs:us-east-1:1:jobs", "jobs")]
    #[test_case("arn:aws:kinesis:us-east-1:1:stream/clicks", "clicks")]
    #[test_case("arn:aws:dynamodb:us-east-1:1:table/items/stream/2024-01-01T00:00:00.000", "items")]
    #[test_case("arn:aws:kafka:us-east-1:1:cluster/events/0a1b", "events")]
    #[test_case("arn:aws:mq:us-east-1:1:broker:orders:b-0a1b", "orders")]
    fn a_mapping_is_called_after_its_source(arn: &str, name: &str) {
        let live = EventSourceMappingConfiguration::builder().event_source_arn(arn).build();
        assert_eq!(source(&live), Some(name));
    }

    #[test]
    fn a_mapping_belongs_to_its_function_whatever_the_qualifier() {
        let live = |arn: &str| {
            EventSourceMappingConfiguration::builder()
                .uuid("u")
                .function_arn(format!("arn:aws:lambda:us-east-1:1:function:{arn}"))
                .build()
        };
        let named =
            |arn: &str| mapping("f", &live(arn)).map(|it| it.have.str("function_name").map(str::to_owned));
        assert_eq!(named("f"), Some(Some("f".to_owned())));
        assert_eq!(named("f:live"), Some(Some("arn:aws:lambda:us-east-1:1:function:f:live".to_owned())));
        assert_eq!(named("f2"), None);
    }
}
