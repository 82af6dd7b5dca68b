//! Makes, changes and destroys functions.

use std::time::Duration;

use async_trait::async_trait;
use recon_core::provider::{ErrorKind, Failed, ProviderError};
use recon_core::{Known, Value};

use super::function::{Function, KIND, SCHEMA};
use super::function_read::{get, read, settle, settle_version, value};
use super::function_write::{create, publish, put_code, put_concurrency, put_settings, put_signing};
use super::name::function_name;
use super::package::{self, Package};
use super::versions::{self, Published};
use crate::aws::Aws;
use crate::live::Live;
use crate::snapshot::Snapshot;

const SETTLE_FOR: Duration = Duration::from_mins(10);
/// How far clocks here and at AWS may be apart.
pub(crate) const CLOCK_SKEW_MS: i64 = 120_000;

#[async_trait]
impl Live for Function {
    async fn read(
        &self,
        aws: &Aws,
        snapshot: &Snapshot,
        have: &Known,
    ) -> Result<Option<Known>, ProviderError> {
        read(aws, snapshot, have).await
    }

    async fn create(&self, aws: &Aws, want: &Known) -> Result<Known, Failed> {
        let package = Package::load(want)?;
        let made = create(aws, want, &package).await?;
        let name = want.str("function_name").unwrap_or_default();
        let finish = async {
            let settled = settle(aws, name, patience(want, "create")).await?;
            if put_concurrency(aws, None, want).await? || made.is_unheard {
                return after(aws, want, made.published).await;
            }
            Ok(value(aws, want, &settled, made.published.as_ref()))
        };
        Box::pin(finish_or_leave(aws, want, finish)).await
    }

    async fn update(&self, aws: &Aws, have: &Known, want: &Known) -> Result<Known, Failed> {
        Box::pin(finish_or_leave(aws, want, change(aws, have, want))).await
    }

    async fn delete(&self, aws: &Aws, have: &Known) -> Result<(), ProviderError> {
        if have.get("skip_destroy").as_bool() == Some(true) {
            return Ok(());
        }
        let Some(name) = have.text("function_name") else { return Ok(()) };
        if have.get("replace_security_groups_on_destroy").as_bool() == Some(true) {
            replace_security_groups(aws, have, name).await?;
        }
        match aws
            .call("lambda:DeleteFunction", || aws.lambda.delete_function().function_name(name).send())
            .await
        {
            Err(error) if error.kind != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    async fn import(&self, aws: &Aws, snapshot: &Snapshot, id: &str) -> Result<Option<Known>, ProviderError> {
        let have = crate::shape::object(&SCHEMA, [("function_name", Value::from(function_name(id)))]);
        read(aws, snapshot, &have).await
    }

    async fn adopt(&self, aws: &Aws, want: &Known, since_ms: i64) -> Result<Vec<Known>, ProviderError> {
        let Some(name) = want.text("function_name") else { return Ok(Vec::new()) };
        let Some(answer) = get(aws, name).await? else { return Ok(Vec::new()) };
        let Some(live) = answer.configuration() else { return Ok(Vec::new()) };
        let modified = live.last_modified().and_then(modified_ms);
        let is_older = modified.is_some_and(|modified| modified + CLOCK_SKEW_MS < since_ms);
        if is_older || live.role() != want.str("role") {
            return Ok(Vec::new());
        }
        settle(aws, name, patience(want, "create")).await?;
        Ok(read(aws, &Snapshot::default(), want).await?.into_iter().collect())
    }

    async fn answer(&self, _: &Aws, question: &Known) -> Result<Known, ProviderError> {
        package::answered(KIND, question).await
    }
}

/// The result, or the error with what exists now.
async fn finish_or_leave(
    aws: &Aws,
    want: &Known,
    finish: impl Future<Output = Result<Known, ProviderError>>,
) -> Result<Known, Failed> {
    match finish.await {
        Ok(value) => Ok(value),
        Err(error) => {
            let left_behind = read(aws, &Snapshot::default(), want).await.ok().flatten();
            Err(Failed { error, left_behind })
        }
    }
}

/// Changes settings, then code, and publishes both as one version.
async fn change(aws: &Aws, have: &Known, want: &Known) -> Result<Known, ProviderError> {
    let name = want.str("function_name").unwrap_or_default();
    let patience = patience(want, "update");
    super::tags::update(aws, have, want).await?;
    put_signing(aws, have, want).await?;
    let settings = put_settings(aws, have, want).await?;
    let code = new_code(have, want)?;
    let publishes = want.get("publish").as_bool() == Some(true);
    let is_new = publishes && have.get("publish").as_bool() != Some(true);
    let mut version = None;
    if let Some(package) = &code {
        if settings {
            settle(aws, name, patience).await?;
        }
        version = put_code(aws, want, package).await?;
        settle(aws, name, patience).await?;
    } else if settings {
        settle(aws, name, patience).await?;
    }
    if publishes && code.is_none() && (settings || is_new) {
        version = Some(publish(aws, name, None).await?);
    }
    if let Some(made) = &version
        && made.is_pending
    {
        settle_version(aws, name, &made.published.version, patience).await?;
    }
    put_concurrency(aws, Some(have), want).await?;
    let version = version.map(|made| made.published);
    let version = version.or_else(|| (!is_new).then(|| remembered(have)).flatten());
    after(aws, want, version).await
}

/// The version that is remembered of a function.
fn remembered(have: &Known) -> Option<Published> {
    let (version, arn) = (have.text("version")?, have.text("qualified_arn")?);
    Some(Published { version: version.to_owned(), arn: arn.to_owned() })
}

/// The function as it is after a change that is known to have settled.
async fn after(aws: &Aws, want: &Known, published: Option<Published>) -> Result<Known, ProviderError> {
    let name = want.str("function_name").unwrap_or_default();
    let published = match published {
        None if want.get("publish").as_bool() == Some(true) => {
            versions::list(aws, name).await?.newest().map(versions::published)
        }
        published => published,
    };
    let answer = settle(aws, name, SETTLE_FOR).await?;
    Ok(value(aws, want, &answer, published.as_ref()))
}

/// The code to upload, if it is other code than Lambda has.
fn new_code(have: &Known, want: &Known) -> Result<Option<Package>, ProviderError> {
    let differs = package::ARGUMENTS.iter().any(|name| !want.get(name).same(have.get(name)));
    let planned = want.get("code_sha256");
    // Null where the plan did not know the hash that the code will have.
    if !differs && !planned.is_null() && planned.same(have.get("code_sha256")) {
        return Ok(None);
    }
    let package = Package::load(want)?;
    let is_same = package.hash().is_some_and(|hash| have.str("code_sha256") == Some(&*hash));
    let is_same_machine =
        want.get("architectures").is_null() || want.get("architectures").same(have.get("architectures"));
    Ok((!(is_same && is_same_machine)).then_some(package))
}

async fn replace_security_groups(aws: &Aws, have: &Known, name: &str) -> Result<(), ProviderError> {
    let Some(vpc) = have.block("vpc_config") else { return Ok(()) };
    let replaced = vpc.clone().with("security_group_ids", have.get("replacement_security_group_ids").clone());
    let list = Value::list(replaced.ty(), vec![replaced]);
    let want = have.clone().with_part("vpc_config", Known::with_nulls(&list));
    let send = || {
        let request = aws.lambda.update_function_configuration().function_name(name);
        request.vpc_config(super::settings::vpc(&want)).send()
    };
    match aws.call("lambda:UpdateFunctionConfiguration", send).await {
        Ok(_) => settle(aws, name, patience(have, "delete")).await.map(drop),
        Err(error) if error.kind == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// How long the `timeouts` block says to wait.
pub(crate) fn patience(value: &Known, operation: &str) -> Duration {
    let configured = value.block("timeouts").and_then(|block| block.text(operation));
    configured.and_then(crate::assume::duration).unwrap_or(SETTLE_FOR)
}

/// Milliseconds since 1970 of a time such as `2024-05-01T10:11:12.000+0000`.
pub(crate) fn modified_ms(text: &str) -> Option<i64> {
    let time = jiff::fmt::strtime::parse("%Y-%m-%dT%H:%M:%S%.f%z", text).ok()?;
    Some(time.to_timestamp().ok()?.as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lambdas_times_are_read() {
        assert_eq!(modified_ms("1970-01-01T00:00:01.500+0000"), Some(1500));
        assert_eq!(modified_ms("yesterday"), None);
    }
}
