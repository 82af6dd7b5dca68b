//! Reads, puts, waits for and destroys provisioned concurrency.

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_lambda::types::{ProvisionedConcurrencyConfigListItem, ProvisionedConcurrencyStatusEnum};
use recon_core::provider::{ErrorKind, Failed, ProviderError};
use recon_core::{Known, Value};

use super::name::parts;
use super::provisioned::{KIND, ProvisionedConcurrency, SCHEMA, id};
use super::qualified::{self, Page, PerQualifier, Target, if_there, split, wrong_id};
use crate::aws::Aws;
use crate::call::Pause;
use crate::live::Live;
use crate::shape::{merge, number, object};
use crate::snapshot::Snapshot;

/// How long executions may take to be ready if `timeouts` does not say.
const READY_FOR: Duration = Duration::from_mins(15);

#[async_trait]
impl Live for ProvisionedConcurrency {
    async fn read(
        &self,
        aws: &Aws,
        snapshot: &Snapshot,
        have: &Known,
    ) -> Result<Option<Known>, ProviderError> {
        let found: Option<Found> = qualified::read(aws, snapshot, have).await?;
        Ok(found.map(|found| value(have, found.requested)))
    }

    async fn create(&self, aws: &Aws, want: &Known) -> Result<Known, Failed> {
        put(aws, want, "create").await
    }

    async fn update(&self, aws: &Aws, have: &Known, want: &Known) -> Result<Known, Failed> {
        let name = "provisioned_concurrent_executions";
        if have.get(name).same(want.get(name)) {
            return Ok(value(want, want.get(name).as_i32()));
        }
        put(aws, want, "update").await
    }

    async fn delete(&self, aws: &Aws, have: &Known) -> Result<(), ProviderError> {
        if have.get("skip_destroy").as_bool() == Some(true) {
            return Ok(());
        }
        let target = Target::of(have);
        let send = || {
            let request = aws.lambda.delete_provisioned_concurrency_config().function_name(target.function);
            request.set_qualifier(target.qualifier()).send()
        };
        if_there(aws.call("lambda:DeleteProvisionedConcurrencyConfig", send).await).map(drop)
    }

    async fn import(&self, aws: &Aws, _: &Snapshot, id: &str) -> Result<Option<Known>, ProviderError> {
        let Some((function, Some(qualifier))) = split(id, ',') else {
            let help = "It is imported by FUNCTION,QUALIFIER, as in `ItemsFunction,live`.";
            return Err(wrong_id(KIND, id, help));
        };
        let attributes = [
            ("function_name", Value::from(function)),
            ("qualifier", Value::from(qualifier)),
            ("skip_destroy", Value::from(false)),
        ];
        let have = object(&SCHEMA, attributes);
        Ok(Found::get(aws, Target::of(&have)).await?.map(|found| value(&have, found.requested)))
    }

    async fn adopt(&self, aws: &Aws, want: &Known, _: i64) -> Result<Vec<Known>, ProviderError> {
        let wanted = want.get("provisioned_concurrent_executions").as_i32();
        let found = Found::get(aws, Target::of(want)).await?.filter(|found| found.requested == wanted);
        if found.is_none() {
            return Ok(Vec::new());
        }
        ready(aws, want, "create").await?;
        Ok(vec![value(want, wanted)])
    }
}

/// A setting as Lambda shows it.
#[derive(Clone)]
pub(super) struct Found {
    requested: Option<i32>,
    status: Option<ProvisionedConcurrencyStatusEnum>,
    reason: Option<String>,
}

async fn put(aws: &Aws, want: &Known, operation: &str) -> Result<Known, Failed> {
    let target = Target::of(want);
    let wanted = want.get("provisioned_concurrent_executions").as_i32();
    let send = || {
        aws.lambda
            .put_provisioned_concurrency_config()
            .function_name(target.function)
            .set_qualifier(target.qualifier())
            .set_provisioned_concurrent_executions(wanted)
            .send()
    };
    aws.call("lambda:PutProvisionedConcurrencyConfig", send).await?;
    let made = value(want, wanted);
    match ready(aws, want, operation).await {
        Ok(()) => Ok(made),
        Err(error) => Err(Failed { error, left_behind: Some(made) }),
    }
}

/// Waits until the executions are ready.
async fn ready(aws: &Aws, want: &Known, operation: &str) -> Result<(), ProviderError> {
    let configured = want.block("timeouts").and_then(|block| block.text(operation));
    let patience = configured.and_then(crate::assume::duration).unwrap_or(READY_FOR);
    let mut pause = Pause::new(Duration::from_millis(100), Duration::from_secs(5), patience);
    loop {
        let Some(found) = Found::get(aws, Target::of(want)).await? else {
            return Err(failed(ErrorKind::NotFound, "it is gone while it is being made".to_owned()));
        };
        match found.status {
            Some(ProvisionedConcurrencyStatusEnum::Ready) => return Ok(()),
            Some(ProvisionedConcurrencyStatusEnum::Failed) => {
                let reason = found.reason.unwrap_or_else(|| "Lambda does not say why".to_owned());
                return Err(failed(
                    ErrorKind::Service,
                    format!("the executions did not get ready: {reason}"),
                ));
            }
            _ => {}
        }
        if !pause.wait().await {
            let seconds = patience.as_secs();
            let message = format!("the executions are not ready after {seconds} s");
            return Err(failed(ErrorKind::Service, message)
                .with_help("Lambda goes on making them. A `timeouts` block says how long to wait."));
        }
    }
}

fn failed(kind: ErrorKind, message: String) -> ProviderError {
    ProviderError::new(kind, "lambda:GetProvisionedConcurrencyConfig", message)
}

#[async_trait]
impl PerQualifier for Found {
    const KIND: &'static str = KIND;
    const OWN: &'static str = "";

    async fn get(aws: &Aws, target: Target<'_>) -> Result<Option<Self>, ProviderError> {
        let send = || {
            let request = aws.lambda.get_provisioned_concurrency_config().function_name(target.function);
            request.set_qualifier(target.qualifier()).send()
        };
        let answer = if_there(aws.call("lambda:GetProvisionedConcurrencyConfig", send).await)?;
        Ok(answer.map(|answer| Self {
            requested: answer.requested_provisioned_concurrent_executions,
            status: answer.status,
            reason: answer.status_reason,
        }))
    }

    async fn page(
        aws: &Aws,
        function: &str,
        marker: Option<String>,
    ) -> Result<Option<Page<Self>>, ProviderError> {
        let send = || {
            let request = aws.lambda.list_provisioned_concurrency_configs().function_name(function);
            request.set_marker(marker.clone()).send()
        };
        let answer = if_there(aws.call("lambda:ListProvisionedConcurrencyConfigs", send).await)?;
        Ok(answer.map(|page| Page {
            items: page.provisioned_concurrency_configs.into_iter().flatten().map(keyed).collect(),
            next: page.next_marker,
        }))
    }
}

fn keyed(item: ProvisionedConcurrencyConfigListItem) -> (String, Found) {
    let qualifier = parts(item.function_arn().unwrap_or_default()).1.unwrap_or_default().to_owned();
    let found = Found {
        requested: item.requested_provisioned_concurrent_executions,
        status: item.status,
        reason: item.status_reason,
    };
    (qualifier, found)
}

/// What is asked for counts, not what happens to be ready.
fn value(have: &Known, requested: Option<i32>) -> Known {
    let attributes =
        [("id", Value::from(id(have))), ("provisioned_concurrent_executions", number(requested))];
    merge(have.clone(), attributes)
}
