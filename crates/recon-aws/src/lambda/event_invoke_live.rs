//! Reads, puts and destroys the settings of asynchronous invocations.

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_lambda::types::{DestinationConfig, FunctionEventInvokeConfig, OnFailure, OnSuccess};
use recon_core::provider::{ErrorKind, Failed, ProviderError};
use recon_core::{Known, Value};

use super::event_invoke::{EventInvokeConfig, KIND, SCHEMA};
use super::name::parts;
use super::qualified::{self, Page, PerQualifier, Target, if_there, wrong_id};
use super::versions::LATEST;
use crate::aws::Aws;
use crate::classify::is_role_not_ready;
use crate::live::Live;
use crate::shape::{block, merge, no_block, number, object, text};
use crate::snapshot::Snapshot;

/// How long a destination, or the role's permission for it, may be too new for Lambda to see.
const DESTINATION_KNOWN_WITHIN: Duration = Duration::from_mins(2);

/// The settings as any of the three answers shows them.
#[derive(Clone, Debug)]
pub(super) struct Found {
    retries: Option<i32>,
    age_seconds: Option<i32>,
    destinations: Option<DestinationConfig>,
}

#[async_trait]
impl Live for EventInvokeConfig {
    async fn read(
        &self,
        aws: &Aws,
        snapshot: &Snapshot,
        have: &Known,
    ) -> Result<Option<Known>, ProviderError> {
        let live: Option<Found> = qualified::read(aws, snapshot, have).await?;
        Ok(live.map(|live| value(have, &live)))
    }

    async fn create(&self, aws: &Aws, want: &Known) -> Result<Known, Failed> {
        Ok(put(aws, want).await?)
    }

    async fn update(&self, aws: &Aws, _: &Known, want: &Known) -> Result<Known, Failed> {
        Ok(put(aws, want).await?)
    }

    async fn delete(&self, aws: &Aws, have: &Known) -> Result<(), ProviderError> {
        let target = Target::of(have);
        let send = || {
            let request = aws.lambda.delete_function_event_invoke_config().function_name(target.function);
            request.set_qualifier(target.qualifier()).send()
        };
        if_there(aws.call("lambda:DeleteFunctionEventInvokeConfig", send).await).map(drop)
    }

    async fn import(&self, aws: &Aws, _: &Snapshot, id: &str) -> Result<Option<Known>, ProviderError> {
        let help = "The settings are imported by FUNCTION or FUNCTION:QUALIFIER, as in `ItemsFunction:live`.";
        let (name, qualifier) = parts(id);
        if name.is_empty() || qualifier == Some("") {
            return Err(wrong_id(KIND, id, help));
        }
        // An ARN stays an ARN, as a configuration that names the function by ARN has it.
        let function = qualifier.map_or(id, |qualifier| &id[..id.len() - qualifier.len() - 1]);
        let have =
            object(&SCHEMA, [("function_name", Value::from(function)), ("qualifier", text(qualifier))]);
        Ok(Found::get(aws, Target::of(&have)).await?.map(|live| value(&have, &live)))
    }

    async fn adopt(&self, aws: &Aws, want: &Known, _: i64) -> Result<Vec<Known>, ProviderError> {
        let Some(live) = Found::get(aws, Target::of(want)).await? else { return Ok(Vec::new()) };
        let found = value(want, &live);
        let compared = ["maximum_event_age_in_seconds", "maximum_retry_attempts", "destination_config"];
        let is_ours = compared.iter().all(|name| found.get(name).same(want.get(name)));
        Ok(if is_ours { vec![found] } else { Vec::new() })
    }
}

async fn put(aws: &Aws, want: &Known) -> Result<Known, ProviderError> {
    let target = Target::of(want);
    let send = || {
        aws.lambda
            .put_function_event_invoke_config()
            .function_name(target.function)
            .set_qualifier(target.qualifier())
            .set_maximum_retry_attempts(want.get("maximum_retry_attempts").as_i32())
            .set_maximum_event_age_in_seconds(want.get("maximum_event_age_in_seconds").as_i32())
            .set_destination_config(want.block("destination_config").map(destinations))
            .send()
    };
    let operation = "lambda:PutFunctionEventInvokeConfig";
    let answer = aws.call_until(operation, send, is_destination_not_ready, DESTINATION_KNOWN_WITHIN).await?;
    let live = Found {
        retries: answer.maximum_retry_attempts,
        age_seconds: answer.maximum_event_age_in_seconds,
        destinations: answer.destination_config,
    };
    Ok(value(want, &live))
}

fn is_destination_not_ready(error: &ProviderError) -> bool {
    let message = error.message.to_lowercase();
    let is_about_it = message.contains("destination arn") || message.contains("does not have permissions");
    is_role_not_ready(error) || (error.kind == ErrorKind::Invalid && is_about_it)
}

#[async_trait]
impl PerQualifier for Found {
    const KIND: &'static str = KIND;
    const OWN: &'static str = LATEST;

    async fn get(aws: &Aws, target: Target<'_>) -> Result<Option<Self>, ProviderError> {
        let send = || {
            let request = aws.lambda.get_function_event_invoke_config().function_name(target.function);
            request.set_qualifier(target.qualifier()).send()
        };
        let answer = if_there(aws.call("lambda:GetFunctionEventInvokeConfig", send).await)?;
        Ok(answer.map(|answer| Self {
            retries: answer.maximum_retry_attempts,
            age_seconds: answer.maximum_event_age_in_seconds,
            destinations: answer.destination_config,
        }))
    }

    async fn page(
        aws: &Aws,
        function: &str,
        marker: Option<String>,
    ) -> Result<Option<Page<Self>>, ProviderError> {
        let send = || {
            let request = aws.lambda.list_function_event_invoke_configs().function_name(function);
            request.set_marker(marker.clone()).send()
        };
        let answer = if_there(aws.call("lambda:ListFunctionEventInvokeConfigs", send).await)?;
        Ok(answer.map(|page| Page {
            items: page.function_event_invoke_configs.into_iter().flatten().map(keyed).collect(),
            next: page.next_marker,
        }))
    }
}

fn keyed(config: FunctionEventInvokeConfig) -> (String, Found) {
    let arn = config.function_arn.unwrap_or_default();
    let qualifier = parts(&arn).1.unwrap_or(LATEST).to_owned();
    let found = Found {
        retries: config.maximum_retry_attempts,
        age_seconds: config.maximum_event_age_in_seconds,
        destinations: config.destination_config,
    };
    (qualifier, found)
}

fn destinations(block: &Value) -> DestinationConfig {
    let destination = |way: &str| block.block(way).and_then(|way| way.text("destination")).map(str::to_owned);
    let success = destination("on_success").map(|arn| OnSuccess::builder().destination(arn).build());
    let failure = destination("on_failure").map(|arn| OnFailure::builder().destination(arn).build());
    DestinationConfig::builder().set_on_success(success).set_on_failure(failure).build()
}

fn value(have: &Known, live: &Found) -> Known {
    let function = have.str("function_name").unwrap_or_default();
    let id = match have.text("qualifier") {
        Some(qualifier) => format!("{function}:{qualifier}"),
        None => function.to_owned(),
    };
    let attributes = [
        ("id", Value::from(id)),
        ("maximum_retry_attempts", number(live.retries)),
        ("maximum_event_age_in_seconds", number(live.age_seconds)),
        ("destination_config", live_destinations(have, live.destinations.as_ref())),
    ];
    merge(have.clone(), attributes)
}

/// Lambda answers empty destinations where there are none.
fn live_destinations(have: &Known, live: Option<&DestinationConfig>) -> Value {
    let way = |arn: Option<&str>| match arn.filter(|arn| !arn.is_empty()) {
        Some(arn) => block([("destination", Value::from(arn))]),
        None => no_block(),
    };
    let failure = live.and_then(|live| live.on_failure()).and_then(OnFailure::destination);
    let success = live.and_then(|live| live.on_success()).and_then(OnSuccess::destination);
    let is_empty = [failure, success].iter().all(|arn| arn.is_none_or(str::is_empty));
    // A block without destinations in it means the same as no block.
    if is_empty && have.block("destination_config").is_none() {
        return no_block();
    }
    block([("on_failure", way(failure)), ("on_success", way(success))])
}
