//! Publishes, finds and deletes versions.

use std::collections::BTreeSet;

use async_trait::async_trait;
use aws_sdk_lambda::types::FunctionConfiguration;
use recon_core::provider::{ErrorKind, Failed, ProviderError};
use recon_core::{Known, Type, Value};

use super::alias_live;
use super::function_live::patience;
use super::function_read::settle_version;
use super::function_write::publish;
use super::name::{function_name, parts};

use super::version::{SCHEMA, Version};
use super::version_plan::{Asked, asked};
use super::versions::{self, Versions};
use crate::aws::Aws;
use crate::live::Live;
use crate::shape::{merge, text, text_or_null};
use crate::snapshot::Snapshot;

#[async_trait]
impl Live for Version {
    async fn read(
        &self,
        aws: &Aws,
        snapshot: &Snapshot,
        have: &Known,
    ) -> Result<Option<Known>, ProviderError> {
        let all = versions::of_function(aws, snapshot, function_of(have)).await?;
        Ok(remaining(aws, have, &all))
    }

    async fn create(&self, aws: &Aws, want: &Known) -> Result<Known, Failed> {
        let function = function_of(want);
        // The plan found that this is published already.
        if let Some(version) = want.text("version")
            && let Some(live) = get(aws, function, version).await?
        {
            return Ok(value(aws, want, &live, &[version.to_owned()]));
        }
        let live = publish_and_wait(aws, want).await?;
        let version = live.version().unwrap_or_default().to_owned();
        Ok(value(aws, want, &live, &[version]))
    }

    async fn update(&self, aws: &Aws, have: &Known, want: &Known) -> Result<Known, Failed> {
        let function = function_of(want);
        let owned = have.string_items("history");
        // Null where the plan did not know the number, because it is published now.
        let published = match want.text("version") {
            None => Some(publish_and_wait(aws, want).await?),
            Some(_) => None,
        };
        let number = published.as_ref().and_then(|live| live.version()).map(str::to_owned);
        let mut history: Vec<String> = number.into_iter().chain(want.string_items("history")).collect();
        let mut seen = BTreeSet::new();
        history.retain(|version| seen.insert(version.clone()));
        let state = |history: &[String]| match &published {
            Some(live) => value(aws, want, live, history),
            None => want.clone().with_part("history", Known::with_nulls(&strings(history))),
        };
        let mut pruned: Vec<String> = owned.into_iter().filter(|version| !seen.contains(version)).collect();
        while let Some(oldest) = pruned.last() {
            if let Err(error) = delete(aws, function, oldest).await {
                history.extend(pruned);
                return Err(Failed { error, left_behind: Some(state(&history)) });
            }
            pruned.pop();
        }
        Ok(state(&history))
    }

    async fn delete(&self, aws: &Aws, have: &Known) -> Result<(), ProviderError> {
        let function = function_of(have);
        for version in have.string_items("history").iter().rev() {
            delete(aws, function, version).await?;
        }
        Ok(())
    }

    async fn import(&self, aws: &Aws, _: &Snapshot, id: &str) -> Result<Option<Known>, ProviderError> {
        let (function, version) = match id.rsplit_once('/') {
            Some((function, version)) => (function_name(function), version),
            None => match parts(id) {
                (function, Some(version)) => (function, version),
                _ => return Err(wrong_id(id)),
            },
        };
        let attributes = [
            ("function_name", Value::from(function)),
            ("publish_on_change", Value::from(false)),
            ("version", Value::from(version)),
            ("history", Value::strings([version])),
        ];
        let have = crate::shape::object(&SCHEMA, attributes);
        let Some(live) = get(aws, function, version).await? else { return Ok(None) };
        let described = merge(have, [("description", text_or_null(live.description()))]);
        Ok(Some(value(aws, &described, &live, &[version.to_owned()])))
    }

    async fn adopt(&self, aws: &Aws, want: &Known, _: i64) -> Result<Vec<Known>, ProviderError> {
        // Publishing again what is published gives the same version, so nothing is lost where none is found here.
        let all = versions::list(aws, function_of(want)).await?;
        let newest = all.newest().filter(|live| all.is_current(live));
        Ok(newest.map(|live| value(aws, want, live, &[number(live)])).into_iter().collect())
    }

    async fn answer(&self, aws: &Aws, question: &Known) -> Result<Known, ProviderError> {
        match asked(question) {
            Some(Asked::Published(function)) => {
                let all = versions::list(aws, function).await?;
                let found = all.newest().filter(|live| all.is_current(live));
                let empty = || Known::with_nulls(&Value::object([("version", Value::null(Type::String))]));
                let have = crate::shape::object(&SCHEMA, [("function_name", Value::from(function))]);
                Ok(found.map_or_else(empty, |live| value(aws, &have, live, &[number(live)])))
            }
            Some(Asked::Aliased(function)) => {
                let aliases = alias_live::list(aws, function).await?;
                let pointed = aliases.values().flat_map(|alias| {
                    let weights =
                        alias.routing_config().and_then(|routing| routing.additional_version_weights());
                    let additional = weights.into_iter().flatten().map(|(version, _)| version.clone());
                    alias.function_version().map(str::to_owned).into_iter().chain(additional)
                });
                let pointed: BTreeSet<String> = pointed.collect();
                let versions = strings(&pointed.into_iter().collect::<Vec<_>>());
                Ok(Known::with_nulls(&Value::object([("versions", versions)])))
            }
            None => Err(ProviderError::new(
                ErrorKind::Unsupported,
                "answer",
                "aws_lambda_version does not ask that",
            )),
        }
    }
}

fn function_of(value: &Known) -> &str {
    function_name(value.str("function_name").unwrap_or_default())
}

fn number(live: &FunctionConfiguration) -> String {
    live.version().unwrap_or_default().to_owned()
}

fn strings(items: &[String]) -> Value {
    Value::strings(items.iter().map(String::as_str))
}

/// What is left of a block's versions; `None` when none is.
fn remaining(aws: &Aws, have: &Known, all: &Versions) -> Option<Known> {
    let mut history = have.string_items("history");
    if history.is_empty() {
        history.extend(have.text("version").map(str::to_owned));
    }
    history.retain(|version| all.find(version).is_some());
    let live = all.find(history.first()?)?;
    let rolls = have.get("publish_on_change").as_bool() == Some(true);
    let up_to_date = if rolls { Value::from(all.is_current(live)) } else { Value::null(Type::Bool) };
    Some(merge(value(aws, have, live, &history), [("up_to_date", up_to_date)]))
}

fn value(aws: &Aws, have: &Known, live: &FunctionConfiguration, history: &[String]) -> Known {
    let version = live.version().unwrap_or_default();
    let arn = live.function_arn().unwrap_or_default();
    let rolls = have.get("publish_on_change").as_bool() == Some(true);
    let attributes = [
        ("code_sha256", text(live.code_sha256())),
        ("history", strings(history)),
        ("id", Value::from(format!("{}/{version}", function_of(have)))),
        ("invoke_arn", Value::from(aws.invoke_arn(arn))),
        ("qualified_arn", Value::from(arn)),
        ("up_to_date", if rolls { Value::from(true) } else { Value::null(Type::Bool) }),
        ("version", Value::from(version)),
    ];
    merge(have.clone(), attributes)
}

async fn get(
    aws: &Aws,
    function: &str,
    version: &str,
) -> Result<Option<FunctionConfiguration>, ProviderError> {
    let send = || aws.lambda.get_function().function_name(function).qualifier(version).send();
    match aws.call("lambda:GetFunction", send).await {
        Ok(answer) => Ok(answer.configuration),
        Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Publishes the function and reads the version.
async fn publish_and_wait(aws: &Aws, want: &Known) -> Result<FunctionConfiguration, ProviderError> {
    let function = function_of(want);
    let made = publish(aws, function, want.text("description")).await?;
    if made.is_pending {
        settle_version(aws, function, &made.published.version, patience(want, "create")).await?;
    }
    let vanished = || {
        let message =
            format!("version {} of `{function}` is gone while it is being made", made.published.version);
        ProviderError::new(ErrorKind::NotFound, "lambda:GetFunction", message)
    };
    get(aws, function, &made.published.version).await?.ok_or_else(vanished)
}

async fn delete(aws: &Aws, function: &str, version: &str) -> Result<(), ProviderError> {
    let send = || aws.lambda.delete_function().function_name(function).qualifier(version).send();
    match aws.call("lambda:DeleteFunction", send).await {
        Err(error) if error.kind != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn wrong_id(id: &str) -> ProviderError {
    let message = format!("`{id}` is not a version's import id");
    ProviderError::new(ErrorKind::Invalid, "import aws_lambda_version", message)
        .with_help("A version is imported by FUNCTION/VERSION, as in `ItemsFunction/3`.")
}
