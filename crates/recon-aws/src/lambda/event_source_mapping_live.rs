//! Reads, makes, changes and destroys event source mappings, and waits until they have settled.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_lambda::types::{EventSourceMappingConfiguration as Described, FunctionResponseType};
use recon_core::provider::{ErrorKind, Failed, ProviderError};
use recon_core::{Known, Value};

use super::event_source_mapping::{EventSourceMapping, KIND, SCHEMA, same_brokers};
use super::event_source_mapping_read::value;
use super::event_source_mapping_settings as settings;
use super::function_live::CLOCK_SKEW_MS;
use super::tags;
use crate::apigateway::complete;
use crate::aws::Aws;
use crate::call::Pause;
use crate::classify::is_role_not_ready;
use crate::live::Live;
use crate::shape::object;
use crate::snapshot::Snapshot;

/// How many mappings it takes until one list of those of the region is cheaper than asking for each.
const LIST_FROM: usize = 2;
/// What Lambda gives in one page.
const PAGE: usize = 100;
const PAGES_MAX: usize = 1_000;
/// Under which the list of all mappings is shared.
const SHARED: &str = "lambda:event_source_mappings";
/// How long IAM may take until Lambda sees what a new role may do.
const ROLE_READY_FOR: Duration = Duration::from_mins(5);
const SETTLED_FOR: Duration = Duration::from_mins(10);
const GONE_FOR: Duration = Duration::from_mins(5);
const POLL_FIRST: Duration = Duration::from_millis(100);
const POLL_LAST: Duration = Duration::from_secs(3);

#[async_trait]
impl Live for EventSourceMapping {
    async fn read(
        &self,
        aws: &Aws,
        snapshot: &Snapshot,
        have: &Known,
    ) -> Result<Option<Known>, ProviderError> {
        let wanted = snapshot.count(KIND);
        let mut live = None;
        if wanted >= LIST_FROM || snapshot.knows(SHARED) {
            // An account with many more mappings than these is not listed to its end.
            let pages = wanted.div_ceil(PAGE) * 4;
            let listed = listed(aws, snapshot, pages).await?;
            // A list does not show filters that are encrypted.
            live = listed.get(uuid(have)).filter(|live| live.kms_key_arn().is_none()).cloned();
        }
        let live = match live {
            Some(live) => Some(live),
            None => get(aws, uuid(have)).await?,
        };
        match live.filter(|live| live.state() != Some("Deleting")) {
            Some(live) => Ok(Some(reported(aws, have, &live).await?)),
            None => Ok(None),
        }
    }

    async fn create(&self, aws: &Aws, want: &Known) -> Result<Known, Failed> {
        let made = create(aws, want).await?;
        let id = made.uuid().unwrap_or_default();
        let settled = settled(aws, id).await;
        let tagged = |value: &Known| tags::report(aws, value, Some(crate::tags::wanted(aws, want)), empty());
        match settled {
            Ok(live) => Ok(complete(&SCHEMA, want, &value(want, &live, tagged(want)))),
            Err(error) => Err(Failed {
                error,
                left_behind: Some(complete(&SCHEMA, want, &value(want, &made, tagged(want)))),
            }),
        }
    }

    async fn update(&self, aws: &Aws, have: &Known, want: &Known) -> Result<Known, Failed> {
        tags::update(aws, have, want).await?;
        let id = uuid(have);
        if update(aws, have, want).await? {
            let live = settled(aws, id).await?;
            let tagged = tags::report(aws, want, Some(crate::tags::wanted(aws, want)), empty());
            return Ok(complete(&SCHEMA, want, &value(want, &live, tagged)));
        }
        Ok(complete(&SCHEMA, want, have))
    }

    async fn delete(&self, aws: &Aws, have: &Known) -> Result<(), ProviderError> {
        let id = uuid(have);
        let send = || aws.lambda.delete_event_source_mapping().uuid(id).send();
        aws.call("lambda:DeleteEventSourceMapping", send).await?;
        // Until it is gone, another one from the same source to the same function is refused.
        let mut pause = Pause::new(POLL_FIRST, POLL_LAST, GONE_FOR);
        while get(aws, id).await?.is_some() {
            if !pause.wait().await {
                return Err(timed_out(id, "gone", GONE_FOR));
            }
        }
        Ok(())
    }

    async fn import(&self, aws: &Aws, snapshot: &Snapshot, id: &str) -> Result<Option<Known>, ProviderError> {
        if id.is_empty() || !id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
            return Err(wrong_id(id));
        }
        self.read(aws, snapshot, &object(&SCHEMA, [("uuid", Value::from(id))])).await
    }

    async fn adopt(&self, aws: &Aws, want: &Known, since_ms: i64) -> Result<Vec<Known>, ProviderError> {
        let narrowed =
            Narrowed { source: want.text("event_source_arn"), function: want.text("function_name") };
        let mut found = Vec::new();
        for live in list(aws, narrowed, PAGES_MAX).await?.into_values() {
            let modified = live.last_modified().and_then(|time| time.to_millis().ok());
            let is_fresh = modified.is_some_and(|modified| modified + CLOCK_SKEW_MS >= since_ms);
            if !is_fresh || live.state() == Some("Deleting") || !is_ours(want, &live) {
                continue;
            }
            let live = settled(aws, live.uuid().unwrap_or_default()).await?;
            found.push(reported(aws, want, &live).await?);
        }
        Ok(found)
    }
}

fn uuid(have: &Known) -> &str {
    have.text("uuid").or_else(|| have.text("id")).unwrap_or_default()
}

fn empty() -> Value {
    Value::object::<&str>([])
}

/// A mapping with its tags, which no answer about mappings has.
async fn reported(aws: &Aws, have: &Known, live: &Described) -> Result<Known, ProviderError> {
    let tags = tags::list(aws, live.event_source_mapping_arn().unwrap_or_default()).await?;
    Ok(value(have, live, tags::report(aws, have, tags, empty())))
}

/// Whether a mapping feeds from what the wanted one feeds from.
fn is_ours(want: &Known, live: &Described) -> bool {
    let found = value(want, live, empty());
    let same = |name: &str| {
        let (found, want) = (found.get(name), want.get(name));
        found.same(want) || (found.items().is_empty() && want.items().is_empty() && want.as_str().is_none())
    };
    let has_own_brokers = want.block("self_managed_event_source").is_some();
    let brokers =
        || same_brokers(found.get("self_managed_event_source"), want.get("self_managed_event_source"));
    ["topics", "queues", "event_source_arn"].into_iter().all(same) && (!has_own_brokers || brokers())
}

/// A [`Described`] from one of the outputs that have the same fields under another type.
macro_rules! described {
    ($output:expr) => {{
        let output = $output;
        Described::builder()
            .set_uuid(output.uuid)
            .set_starting_position(output.starting_position)
            .set_starting_position_timestamp(output.starting_position_timestamp)
            .set_batch_size(output.batch_size)
            .set_maximum_batching_window_in_seconds(output.maximum_batching_window_in_seconds)
            .set_parallelization_factor(output.parallelization_factor)
            .set_event_source_arn(output.event_source_arn)
            .set_filter_criteria(output.filter_criteria)
            .set_kms_key_arn(output.kms_key_arn)
            .set_metrics_config(output.metrics_config)
            .set_scaling_config(output.scaling_config)
            .set_function_arn(output.function_arn)
            .set_last_modified(output.last_modified)
            .set_last_processing_result(output.last_processing_result)
            .set_state(output.state)
            .set_state_transition_reason(output.state_transition_reason)
            .set_destination_config(output.destination_config)
            .set_topics(output.topics)
            .set_queues(output.queues)
            .set_source_access_configurations(output.source_access_configurations)
            .set_self_managed_event_source(output.self_managed_event_source)
            .set_maximum_record_age_in_seconds(output.maximum_record_age_in_seconds)
            .set_bisect_batch_on_function_error(output.bisect_batch_on_function_error)
            .set_maximum_retry_attempts(output.maximum_retry_attempts)
            .set_tumbling_window_in_seconds(output.tumbling_window_in_seconds)
            .set_function_response_types(output.function_response_types)
            .set_amazon_managed_kafka_event_source_config(output.amazon_managed_kafka_event_source_config)
            .set_self_managed_kafka_event_source_config(output.self_managed_kafka_event_source_config)
            .set_document_db_event_source_config(output.document_db_event_source_config)
            .set_event_source_mapping_arn(output.event_source_mapping_arn)
            .set_provisioned_poller_config(output.provisioned_poller_config)
            .build()
    }};
}

/// A mapping; `None` when there is none of that UUID.
async fn get(aws: &Aws, id: &str) -> Result<Option<Described>, ProviderError> {
    let send = || aws.lambda.get_event_source_mapping().uuid(id).send();
    let answer = match aws.call("lambda:GetEventSourceMapping", send).await {
        Ok(answer) => answer,
        Err(error) if error.kind == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok(Some(described!(answer)))
}

/// All mappings of the region by UUID, asked for once per refresh. A list for one function says nothing of its aliases.
pub(super) async fn all(
    aws: &Aws,
    snapshot: &Snapshot,
) -> Result<Arc<BTreeMap<String, Described>>, ProviderError> {
    listed(aws, snapshot, PAGES_MAX).await
}

async fn listed(
    aws: &Aws,
    snapshot: &Snapshot,
    pages: usize,
) -> Result<Arc<BTreeMap<String, Described>>, ProviderError> {
    snapshot.once(SHARED.to_owned(), || list(aws, Narrowed::default(), pages)).await
}

/// What a list is limited to.
#[derive(Clone, Copy, Default)]
struct Narrowed<'a> {
    source: Option<&'a str>,
    function: Option<&'a str>,
}

/// Mappings by UUID.
async fn list(
    aws: &Aws,
    narrowed: Narrowed<'_>,
    pages: usize,
) -> Result<BTreeMap<String, Described>, ProviderError> {
    let mut found = BTreeMap::new();
    let mut marker: Option<String> = None;
    for _ in 0..pages {
        let send = || {
            let request = aws.lambda.list_event_source_mappings().set_marker(marker.clone());
            let request = request.set_event_source_arn(narrowed.source.map(str::to_owned));
            request.set_function_name(narrowed.function.map(str::to_owned)).send()
        };
        let page = match aws.call("lambda:ListEventSourceMappings", send).await {
            Ok(page) => page,
            Err(error) if error.kind == ErrorKind::NotFound => break,
            Err(error) => return Err(error),
        };
        let all = page.event_source_mappings.into_iter().flatten();
        found.extend(all.map(|live| (live.uuid.clone().unwrap_or_default(), live)));
        marker = page.next_marker.filter(|marker| !marker.is_empty());
        if marker.is_none() {
            break;
        }
    }
    Ok(found)
}

/// Waits until no change of a mapping is under way, and gives what it is then.
async fn settled(aws: &Aws, id: &str) -> Result<Described, ProviderError> {
    let mut pause = Pause::new(POLL_FIRST, POLL_LAST, SETTLED_FOR);
    loop {
        let live = get(aws, id).await?.ok_or_else(|| vanished(id))?;
        let is_busy =
            matches!(live.state(), Some("Creating" | "Enabling" | "Disabling" | "Updating" | "Deleting"));
        if !is_busy {
            return Ok(live);
        }
        if !pause.wait().await {
            return Err(timed_out(id, "settled", SETTLED_FOR));
        }
    }
}

async fn create(aws: &Aws, want: &Known) -> Result<Described, ProviderError> {
    let owned = |name: &str| want.text(name).map(str::to_owned);
    let number = |name: &str| want.get(name).as_i32();
    let is_set = |name: &str| want.block(name).is_some();
    let names = |name: &str| Some(want.string_items(name)).filter(|names| !names.is_empty());
    let send = || {
        aws.lambda
            .create_event_source_mapping()
            .set_function_name(owned("function_name"))
            .set_event_source_arn(owned("event_source_arn"))
            .set_self_managed_event_source(settings::self_managed(want))
            .set_enabled(want.get("enabled").as_bool())
            .set_batch_size(number("batch_size"))
            .set_bisect_batch_on_function_error(want.get("bisect_batch_on_function_error").as_bool())
            .set_maximum_batching_window_in_seconds(number("maximum_batching_window_in_seconds"))
            .set_maximum_record_age_in_seconds(number("maximum_record_age_in_seconds"))
            .set_maximum_retry_attempts(number("maximum_retry_attempts"))
            .set_parallelization_factor(number("parallelization_factor"))
            .set_tumbling_window_in_seconds(number("tumbling_window_in_seconds"))
            .set_starting_position(want.text("starting_position").map(Into::into))
            .set_starting_position_timestamp(settings::timestamp(want))
            .set_queues(names("queues"))
            .set_topics(names("topics"))
            .set_function_response_types(Some(response_types(want)).filter(|types| !types.is_empty()))
            .set_kms_key_arn(owned("kms_key_arn"))
            .set_destination_config(is_set("destination_config").then(|| settings::destination(want)))
            .set_filter_criteria(is_set("filter_criteria").then(|| settings::filters(want)))
            .set_scaling_config(is_set("scaling_config").then(|| settings::scaling(want)))
            .set_metrics_config(is_set("metrics_config").then(|| settings::metrics(want)))
            .set_provisioned_poller_config(
                is_set("provisioned_poller_config").then(|| settings::pollers(want)),
            )
            .set_document_db_event_source_config(settings::document_db(want))
            .set_amazon_managed_kafka_event_source_config(settings::managed_kafka(want))
            .set_self_managed_kafka_event_source_config(settings::self_managed_kafka(want))
            .set_source_access_configurations(Some(settings::access(want)).filter(|all| !all.is_empty()))
            .set_tags(crate::tags::wanted_map(aws, want))
            .send()
    };
    let operation = "lambda:CreateEventSourceMapping";
    let answer = aws.call_until(operation, send, is_role_not_ready, ROLE_READY_FOR).await?;
    Ok(described!(answer))
}

fn response_types(want: &Known) -> Vec<FunctionResponseType> {
    let names = want.string_items("function_response_types");
    names.iter().map(|name| name.as_str().into()).collect()
}

/// What an update can change.
const CHANGEABLE: &[&str] = &[
    "batch_size",
    "bisect_batch_on_function_error",
    "destination_config",
    "document_db_event_source_config",
    "enabled",
    "filter_criteria",
    "function_name",
    "function_response_types",
    "kms_key_arn",
    "maximum_batching_window_in_seconds",
    "maximum_record_age_in_seconds",
    "maximum_retry_attempts",
    "metrics_config",
    "parallelization_factor",
    "provisioned_poller_config",
    "scaling_config",
    "source_access_configuration",
    "tumbling_window_in_seconds",
];

/// Changes the settings that differ; whether any did. Absent leaves a setting as it is; an empty one removes it.
async fn update(aws: &Aws, have: &Known, want: &Known) -> Result<bool, ProviderError> {
    let differs = |name: &str| !want.get(name).same(have.get(name));
    if !CHANGEABLE.iter().any(|name| differs(name)) {
        return Ok(false);
    }
    let number = |name: &str| want.get(name).as_i32().filter(|_| differs(name));
    let flag = |name: &str| want.get(name).as_bool().filter(|_| differs(name));
    let text = |name: &str| differs(name).then(|| want.str(name).unwrap_or_default().to_owned());
    let send = || {
        aws.lambda
            .update_event_source_mapping()
            .uuid(uuid(have))
            .set_function_name(text("function_name"))
            .set_enabled(flag("enabled"))
            .set_batch_size(number("batch_size"))
            .set_bisect_batch_on_function_error(flag("bisect_batch_on_function_error"))
            .set_maximum_batching_window_in_seconds(number("maximum_batching_window_in_seconds"))
            .set_maximum_record_age_in_seconds(number("maximum_record_age_in_seconds"))
            .set_maximum_retry_attempts(number("maximum_retry_attempts"))
            .set_parallelization_factor(number("parallelization_factor"))
            .set_tumbling_window_in_seconds(number("tumbling_window_in_seconds"))
            .set_function_response_types(differs("function_response_types").then(|| response_types(want)))
            .set_kms_key_arn(text("kms_key_arn"))
            .set_destination_config(differs("destination_config").then(|| settings::destination(want)))
            .set_filter_criteria(differs("filter_criteria").then(|| settings::filters(want)))
            .set_scaling_config(differs("scaling_config").then(|| settings::scaling(want)))
            .set_metrics_config(differs("metrics_config").then(|| settings::metrics(want)))
            .set_provisioned_poller_config(
                differs("provisioned_poller_config").then(|| settings::pollers(want)),
            )
            .set_document_db_event_source_config(
                settings::document_db(want).filter(|_| differs("document_db_event_source_config")),
            )
            .set_source_access_configurations(
                differs("source_access_configuration").then(|| settings::access(want)),
            )
            .send()
    };
    let operation = "lambda:UpdateEventSourceMapping";
    aws.call_until(operation, send, is_role_not_ready, ROLE_READY_FOR).await?;
    Ok(true)
}

fn vanished(id: &str) -> ProviderError {
    let message = format!("mapping `{id}` is gone while it is being changed");
    ProviderError::new(ErrorKind::NotFound, "lambda:GetEventSourceMapping", message)
}

fn timed_out(id: &str, what: &str, deadline: Duration) -> ProviderError {
    let message = format!("mapping `{id}` is not {what} after {} s", deadline.as_secs());
    ProviderError::new(ErrorKind::Service, "lambda:GetEventSourceMapping", message)
        .with_help("Look at the mapping in the console, and run again.")
}

fn wrong_id(id: &str) -> ProviderError {
    let message = format!("`{id}` is not an event source mapping's import id");
    ProviderError::new(ErrorKind::Invalid, "import aws_lambda_event_source_mapping", message)
        .with_help("It is imported by its UUID, as in `12345678-1234-1234-1234-123456789012`.")
}
