//! What Lambda reports of a mapping, as its schema has it.

use aws_sdk_lambda::types::{
    DestinationConfig, EventSourceMappingConfiguration, EventSourceMappingMetricsConfig, EventSourcePosition,
    FilterCriteria, FullDocument, ScalingConfig, SelfManagedEventSource, SourceAccessType,
};
use aws_smithy_types::DateTime;
use recon_core::{Known, Type, Value};

use super::event_source_mapping::{SCHEMA, same_brokers, same_instant};
use crate::apigateway::settle;
use crate::shape::{block, list_or_null, no_block, number, set, text_or_null};

/// A mapping as it is remembered.
pub(crate) fn value(have: &Known, live: &EventSourceMappingConfiguration, tagged: Value) -> Known {
    let mut described = settings(live, sources(live, tagged));
    let keep = |described: Value, name: &str| described.with(name, have.get(name).clone());
    if same_brokers(have.get("self_managed_event_source"), described.get("self_managed_event_source")) {
        described = keep(described, "self_managed_event_source");
    }
    let timestamp = "starting_position_timestamp";
    if same_instant(have.str(timestamp), described.str(timestamp)) {
        described = keep(described, timestamp);
    }
    // Lambda shows encrypted filters to nobody who may not decrypt them, which does not mean that there are none.
    if live.filter_criteria().is_none() && live.kms_key_arn().is_some_and(|key| !key.is_empty()) {
        described = keep(described, "filter_criteria");
    }
    // What the invocations come to changes all the time without anybody changing the mapping.
    let settled = live.last_modified().map(moment);
    if settled.is_some() && have.text("last_modified") == settled.as_deref() {
        described = keep(described, "last_processing_result");
    }
    settle(&SCHEMA, have, &described)
}

fn moment(time: &DateTime) -> String {
    let time = jiff::Timestamp::from_second(time.secs()).unwrap_or_default();
    time.to_string()
}

fn sources(live: &EventSourceMappingConfiguration, described: Value) -> Value {
    let timestamp = live.starting_position_timestamp().map(moment);
    let group = |id: Option<&str>| block([("consumer_group_id", text_or_null(id))]);
    let managed = live.amazon_managed_kafka_event_source_config().map(|it| group(it.consumer_group_id()));
    let own = live.self_managed_kafka_event_source_config().map(|it| group(it.consumer_group_id()));
    let document_db = live.document_db_event_source_config().map(|source| {
        block([
            ("collection_name", text_or_null(source.collection_name())),
            ("database_name", text_or_null(source.database_name())),
            ("full_document", text_or_null(source.full_document().map(FullDocument::as_str))),
        ])
    });
    let access = live.source_access_configurations().iter().map(|access| {
        Value::object([
            ("type", text_or_null(access.r#type().map(SourceAccessType::as_str))),
            ("uri", text_or_null(access.uri())),
        ])
    });
    described
        .with("event_source_arn", text_or_null(live.event_source_arn()))
        .with("starting_position", text_or_null(live.starting_position().map(EventSourcePosition::as_str)))
        .with("starting_position_timestamp", text_or_null(timestamp))
        .with("queues", list_or_null(live.queues()))
        .with("topics", set(live.topics().iter().cloned()))
        .with("amazon_managed_kafka_event_source_config", managed.unwrap_or_else(no_block))
        .with("self_managed_kafka_event_source_config", own.unwrap_or_else(no_block))
        .with("document_db_event_source_config", document_db.unwrap_or_else(no_block))
        .with("self_managed_event_source", self_managed(live.self_managed_event_source()))
        .with("source_access_configuration", Value::tuple(access.collect()))
}

fn self_managed(live: Option<&SelfManagedEventSource>) -> Value {
    let endpoints = live.and_then(|live| live.endpoints()).filter(|endpoints| !endpoints.is_empty());
    endpoints.map_or_else(no_block, |endpoints| {
        let each = endpoints.iter().map(|(kind, brokers)| (kind.as_str(), brokers.join(",")));
        let sorted: std::collections::BTreeMap<&str, String> = each.collect();
        block([("endpoints", Value::string_map(sorted))])
    })
}

fn settings(live: &EventSourceMappingConfiguration, described: Value) -> Value {
    let function = live.function_arn().unwrap_or_default();
    let bisect = live.bisect_batch_on_function_error();
    let bisect = bisect.map_or_else(|| Value::null(Type::Bool), Value::from);
    let uuid = text_or_null(live.uuid());
    let described = described
        .with("arn", text_or_null(live.event_source_mapping_arn()))
        .with("id", uuid.clone())
        .with("uuid", uuid)
        .with("function_arn", Value::from(function))
        .with("function_name", Value::from(function))
        .with("batch_size", number(live.batch_size()))
        .with("bisect_batch_on_function_error", bisect)
        .with("kms_key_arn", text_or_null(live.kms_key_arn()))
        .with("last_modified", text_or_null(live.last_modified().map(moment)))
        .with("last_processing_result", Value::from(live.last_processing_result().unwrap_or_default()))
        .with("maximum_batching_window_in_seconds", number(live.maximum_batching_window_in_seconds()))
        .with("maximum_record_age_in_seconds", number(live.maximum_record_age_in_seconds()))
        .with("maximum_retry_attempts", number(live.maximum_retry_attempts()))
        .with("parallelization_factor", number(live.parallelization_factor()))
        .with("tumbling_window_in_seconds", number(live.tumbling_window_in_seconds()))
        .with(
            "function_response_types",
            set(live.function_response_types().iter().map(|it| it.as_str().to_owned())),
        )
        .with("destination_config", destination(live.destination_config()));
    stateful(live, blocks(live, described))
}

fn blocks(live: &EventSourceMappingConfiguration, described: Value) -> Value {
    let filters = live.filter_criteria().map(FilterCriteria::filters);
    let filters = filters.filter(|filters| !filters.is_empty()).map_or_else(no_block, |filters| {
        let each = filters.iter().map(|filter| Value::object([("pattern", text_or_null(filter.pattern()))]));
        block([("filter", Value::tuple(each.collect()))])
    });
    let metrics =
        live.metrics_config().map(EventSourceMappingMetricsConfig::metrics).filter(|names| !names.is_empty());
    let metrics = metrics.map_or_else(no_block, |names| {
        block([("metrics", set(names.iter().map(|name| name.as_str().to_owned())))])
    });
    let pollers = live.provisioned_poller_config();
    let pollers = pollers.filter(|it| it.minimum_pollers().or(it.maximum_pollers()).is_some());
    let pollers = pollers.map_or_else(no_block, |it| {
        block([
            ("minimum_pollers", number(it.minimum_pollers())),
            ("maximum_pollers", number(it.maximum_pollers())),
        ])
    });
    let most = live.scaling_config().and_then(ScalingConfig::maximum_concurrency);
    let scaling = most.map_or_else(no_block, |most| block([("maximum_concurrency", number(Some(most)))]));
    described
        .with("filter_criteria", filters)
        .with("metrics_config", metrics)
        .with("provisioned_poller_config", pollers)
        .with("scaling_config", scaling)
}

/// Lambda reports an empty destination where there is none.
fn destination(live: Option<&DestinationConfig>) -> Value {
    let arn = live.and_then(|live| live.on_failure()).and_then(|failure| failure.destination());
    arn.filter(|arn| !arn.is_empty())
        .map_or_else(no_block, |arn| block([("on_failure", block([("destination_arn", Value::from(arn))]))]))
}

/// The state, and whether it is an enabled one: of a mapping in between, what is remembered stays.
fn stateful(live: &EventSourceMappingConfiguration, described: Value) -> Value {
    let state = live.state().unwrap_or_default();
    let described = described
        .with("state", Value::from(state))
        .with("state_transition_reason", Value::from(live.state_transition_reason().unwrap_or_default()));
    match state {
        "Enabled" | "Enabling" => described.with("enabled", Value::from(true)),
        "Disabled" | "Disabling" => described.with("enabled", Value::from(false)),
        _ => described,
    }
}
