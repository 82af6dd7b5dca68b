//! Reads a function: `GetFunction`, and no more than what its block declares beyond that.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_lambda::operation::get_function::GetFunctionOutput;
use aws_sdk_lambda::types::{Concurrency, FunctionConfiguration, LastUpdateStatus, State};
use recon_core::provider::{ErrorKind, ProviderError};
use recon_core::{Known, Value};

use super::function::SCHEMA;
use super::settings;
use super::versions::{self, LATEST, Published};
use crate::aws::Aws;
use crate::call::Pause;
use crate::shape::{merge, text, text_or_null};
use crate::snapshot::Snapshot;
use crate::tags;

const POLL_FIRST: Duration = Duration::from_millis(50);
const POLL_LAST: Duration = Duration::from_secs(1);
/// No reserved concurrency.
const UNRESERVED: i64 = -1;

/// `GetFunction` of `$LATEST`; `None` when there is no such function.
pub(crate) async fn get(aws: &Aws, name: &str) -> Result<Option<GetFunctionOutput>, ProviderError> {
    let send = || aws.lambda.get_function().function_name(name).send();
    match aws.call("lambda:GetFunction", send).await {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The same, once per refresh.
pub(crate) async fn get_once(
    aws: &Aws,
    snapshot: &Snapshot,
    name: &str,
) -> Result<Arc<Option<GetFunctionOutput>>, ProviderError> {
    snapshot.once(format!("lambda:function:{name}"), || get(aws, name)).await
}

/// Reads a function.
pub(crate) async fn read(
    aws: &Aws,
    snapshot: &Snapshot,
    have: &Known,
) -> Result<Option<Known>, ProviderError> {
    let Some(name) = have.text("function_name").or_else(|| have.text("id")) else { return Ok(None) };
    let answer = get_once(aws, snapshot, name).await?;
    let Some(answer) = &*answer else { return Ok(None) };
    let published = if needs_published(have) { versions::latest(aws, snapshot, name).await? } else { None };
    let signing = signing_config(aws, snapshot, have).await?;
    Ok(Some(value(aws, have, answer, published.as_ref()).with_part("code_signing_config_arn", signing)))
}

/// Only for a function that publishes, or whose remembered version came from one that did, or of which nothing is
/// remembered, does the latest published version cost a call.
pub(crate) fn needs_published(have: &Known) -> bool {
    let publishes = have.get("publish").as_bool() == Some(true);
    publishes || have.str("version") != Some(LATEST)
}

async fn signing_config(aws: &Aws, snapshot: &Snapshot, have: &Known) -> Result<Known, ProviderError> {
    let declared = have.part("code_signing_config_arn");
    if declared.as_str().is_none_or(str::is_empty) {
        return Ok(declared);
    }
    let name = have.text("function_name").or_else(|| have.text("id")).unwrap_or_default();
    let config = signing_config_of(aws, snapshot, name).await?;
    Ok(Known::with_nulls(&text_or_null(config.as_deref())))
}

/// The ARN of a function's code signing configuration, if it has one.
pub(crate) async fn signing_config_of(
    aws: &Aws,
    snapshot: &Snapshot,
    name: &str,
) -> Result<Option<String>, ProviderError> {
    let ask = || async {
        let send = || aws.lambda.get_function_code_signing_config().function_name(name).send();
        let answer = aws.call("lambda:GetFunctionCodeSigningConfig", send).await?;
        Ok(answer.code_signing_config_arn)
    };
    let config = snapshot.once(format!("lambda:signing:{name}"), ask).await?;
    Ok(Some((*config).clone()).filter(|arn| !arn.is_empty()))
}

/// A function as its schema has it.
pub(crate) fn value(
    aws: &Aws,
    have: &Known,
    answer: &GetFunctionOutput,
    published: Option<&Published>,
) -> Known {
    let Some(live) = answer.configuration() else { return have.clone() };
    let remembered = complete(have);
    let arn = live.function_arn().unwrap_or_default();
    let name = live.function_name().unwrap_or_default();
    let latest = Published { version: LATEST.to_owned(), arn: format!("{arn}:{LATEST}") };
    let published = published.unwrap_or(&latest);
    let reserved = answer.concurrency().and_then(Concurrency::reserved_concurrent_executions);
    let image = answer.code().and_then(|code| code.image_uri());
    let mut attributes = vec![
        ("arn", Value::from(arn)),
        ("function_name", Value::from(name)),
        ("id", Value::from(name)),
        ("invoke_arn", Value::from(aws.invoke_arn(arn))),
        ("last_modified", text(live.last_modified())),
        ("qualified_arn", Value::from(published.arn.as_str())),
        ("qualified_invoke_arn", Value::from(aws.invoke_arn(&published.arn))),
        ("version", Value::from(published.version.as_str())),
        ("code_sha256", text(live.code_sha256())),
        ("source_code_size", Value::from(live.code_size())),
        ("signing_job_arn", text(live.signing_job_arn().or(Some("")))),
        ("signing_profile_version_arn", text(live.signing_profile_version_arn().or(Some("")))),
        ("reserved_concurrent_executions", Value::from(reserved.map_or(UNRESERVED, i64::from))),
    ];
    if let Some(image) = image {
        attributes.push(("image_uri", Value::from(image)));
    }
    attributes.push(("source_code_hash", source_code_hash(&remembered, live)));
    attributes.extend(settings::observed(&remembered, live));
    // Without the permission lambda:ListTags the answer has no tags at all, which does not mean that there are none.
    if answer.tags_error().is_none() {
        let live_tags = crate::shape::ordered(answer.tags().cloned());
        attributes.extend(tags::observed(aws, &remembered, live_tags));
    }
    merge(remembered, attributes)
}

/// What the configuration said stays; what was the code's own hash follows the code.
fn source_code_hash(have: &Known, live: &FunctionConfiguration) -> Value {
    let (hash, before) = (have.get("source_code_hash"), have.get("code_sha256"));
    if hash.is_null() || hash.same(before) { text(live.code_sha256()) } else { hash.clone() }
}

/// What is remembered, in the shape of the schema, with defaults for what the service does not know.
fn complete(have: &Known) -> Known {
    let known = have.entries().into_iter().flatten().map(|(name, value)| (&**name, value.clone()));
    let mut whole = merge(crate::shape::empty(&SCHEMA), known);
    for name in ["publish", "skip_destroy"] {
        if whole.get(name).is_null() {
            whole = whole.with_part(name, Known::with_nulls(&Value::from(false)));
        }
    }
    whole
}

/// Waits until no change of a function is under way, and gives the last answer.
pub(crate) async fn settle(
    aws: &Aws,
    name: &str,
    deadline: Duration,
) -> Result<GetFunctionOutput, ProviderError> {
    let mut pause = Pause::new(POLL_FIRST, POLL_LAST, deadline);
    loop {
        let Some(answer) = get(aws, name).await? else { return Err(vanished(name)) };
        let Some(live) = answer.configuration() else { return Ok(answer) };
        match progress(live) {
            Progress::Done => return Ok(answer),
            Progress::Failed(reason) => return Err(failed(name, &reason)),
            Progress::Running if pause.wait().await => {}
            Progress::Running => return Err(timed_out(name, deadline)),
        }
    }
}

/// Waits until a published version can be used. Only asked when its publishing says that it is not there yet.
pub(crate) async fn settle_version(
    aws: &Aws,
    name: &str,
    version: &str,
    deadline: Duration,
) -> Result<(), ProviderError> {
    let mut pause = Pause::new(POLL_FIRST, POLL_LAST, deadline);
    loop {
        let send = || aws.lambda.get_function().function_name(name).qualifier(version).send();
        let answer = aws.call("lambda:GetFunction", send).await?;
        match answer.configuration().map_or(Progress::Done, progress) {
            Progress::Done => return Ok(()),
            Progress::Failed(reason) => return Err(failed(&format!("{name}:{version}"), &reason)),
            Progress::Running if pause.wait().await => {}
            Progress::Running => return Err(timed_out(&format!("{name}:{version}"), deadline)),
        }
    }
}

enum Progress {
    Done,
    Running,
    Failed(String),
}

fn progress(live: &FunctionConfiguration) -> Progress {
    let reason = |text: Option<&str>| Progress::Failed(text.unwrap_or("no reason is given").to_owned());
    match (live.state(), live.last_update_status()) {
        (Some(State::Failed), _) => reason(live.state_reason()),
        (_, Some(LastUpdateStatus::Failed)) => reason(live.last_update_status_reason()),
        (Some(State::Pending), _) | (_, Some(LastUpdateStatus::InProgress)) => Progress::Running,
        _ => Progress::Done,
    }
}

fn vanished(name: &str) -> ProviderError {
    let message = format!("function `{name}` is gone while it is being changed");
    ProviderError::new(ErrorKind::NotFound, "lambda:GetFunction", message)
}

fn failed(name: &str, reason: &str) -> ProviderError {
    let message = format!("Lambda could not make function `{name}` ready: {reason}");
    ProviderError::new(ErrorKind::Service, "lambda:GetFunction", message)
}

fn timed_out(name: &str, deadline: Duration) -> ProviderError {
    let message = format!("function `{name}` is not ready after {} s", deadline.as_secs());
    ProviderError::new(ErrorKind::Service, "lambda:GetFunction", message)
        .with_help("Set a longer time in the `timeouts` block, or look at the function in the console.")
}
