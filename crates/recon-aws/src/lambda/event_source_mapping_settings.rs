//! A mapping's settings as the SDK takes them.

use std::collections::HashMap;

use aws_sdk_lambda::types::{
    AmazonManagedKafkaEventSourceConfig, DestinationConfig, DocumentDbEventSourceConfig, EndPointType,
    EventSourceMappingMetricsConfig, Filter, FilterCriteria, OnFailure, ProvisionedPollerConfig,
    ScalingConfig, SelfManagedEventSource, SelfManagedKafkaEventSourceConfig, SourceAccessConfiguration,
};
use aws_smithy_types::DateTime;
use recon_core::{Known, Value};

/// Where batches go that failed; an empty destination where none is set, which removes it.
pub(crate) fn destination(want: &Known) -> DestinationConfig {
    let failure = want.block("destination_config").and_then(|block| block.block("on_failure"));
    let arn = failure.and_then(|failure| failure.str("destination_arn")).unwrap_or_default();
    DestinationConfig::builder().on_failure(OnFailure::builder().destination(arn).build()).build()
}

/// The filters; none where none are set, which removes them.
pub(crate) fn filters(want: &Known) -> FilterCriteria {
    let filters = want.block("filter_criteria").map(|block| block.get("filter").items()).unwrap_or_default();
    let patterns = filters.iter().map(|filter| filter.str("pattern").unwrap_or_default());
    let filters = patterns.map(|pattern| Filter::builder().pattern(pattern).build());
    FilterCriteria::builder()
        .set_filters(Some(filters.collect::<Vec<_>>()).filter(|it| !it.is_empty()))
        .build()
}

pub(crate) fn scaling(want: &Known) -> ScalingConfig {
    let most = want.block("scaling_config").and_then(|block| block.get("maximum_concurrency").as_i32());
    ScalingConfig::builder().set_maximum_concurrency(most).build()
}

pub(crate) fn pollers(want: &Known) -> ProvisionedPollerConfig {
    let number = |name: &str| want.block("provisioned_poller_config")?.get(name).as_i32();
    ProvisionedPollerConfig::builder()
        .set_minimum_pollers(number("minimum_pollers"))
        .set_maximum_pollers(number("maximum_pollers"))
        .build()
}

pub(crate) fn metrics(want: &Known) -> EventSourceMappingMetricsConfig {
    let names = want.block("metrics_config").map(|block| block.string_items("metrics"));
    let names = names.map(|names| names.iter().map(|name| name.as_str().into()).collect());
    EventSourceMappingMetricsConfig::builder().set_metrics(names).build()
}

pub(crate) fn document_db(want: &Known) -> Option<DocumentDbEventSourceConfig> {
    let block = want.block("document_db_event_source_config")?;
    let owned = |name: &str| block.text(name).map(str::to_owned);
    let builder = DocumentDbEventSourceConfig::builder()
        .set_database_name(owned("database_name"))
        .set_collection_name(owned("collection_name"))
        .set_full_document(block.text("full_document").map(Into::into));
    Some(builder.build())
}

pub(crate) fn access(want: &Known) -> Vec<SourceAccessConfiguration> {
    let each = want.get("source_access_configuration").items().iter();
    let access = |block: &Value| {
        let builder = SourceAccessConfiguration::builder().set_type(block.text("type").map(Into::into));
        builder.set_uri(block.text("uri").map(str::to_owned)).build()
    };
    each.map(access).collect()
}

pub(crate) fn self_managed(want: &Known) -> Option<SelfManagedEventSource> {
    let endpoints = want.block("self_managed_event_source")?.string_entries("endpoints");
    let split = |brokers: String| brokers.split(',').map(|broker| broker.trim().to_owned()).collect();
    let endpoints: HashMap<EndPointType, Vec<String>> =
        endpoints.into_iter().map(|(kind, brokers)| (kind.as_str().into(), split(brokers))).collect();
    Some(SelfManagedEventSource::builder().set_endpoints(Some(endpoints)).build())
}

pub(crate) fn managed_kafka(want: &Known) -> Option<AmazonManagedKafkaEventSourceConfig> {
    let group = group(want, "amazon_managed_kafka_event_source_config")?;
    Some(AmazonManagedKafkaEventSourceConfig::builder().consumer_group_id(group).build())
}

pub(crate) fn self_managed_kafka(want: &Known) -> Option<SelfManagedKafkaEventSourceConfig> {
    let group = group(want, "self_managed_kafka_event_source_config")?;
    Some(SelfManagedKafkaEventSourceConfig::builder().consumer_group_id(group).build())
}

fn group<'a>(want: &'a Known, name: &str) -> Option<&'a str> {
    want.block(name)?.text("consumer_group_id")
}

/// The time from which to read.
pub(crate) fn timestamp(want: &Known) -> Option<DateTime> {
    let time: jiff::Timestamp = want.text("starting_position_timestamp")?.parse().ok()?;
    Some(DateTime::from_millis(time.as_millisecond()))
}
