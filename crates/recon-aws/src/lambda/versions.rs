//! The published versions of functions, from the fewest calls.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_sdk_lambda::types::{FunctionConfiguration, FunctionVersion};
use recon_core::provider::{ErrorKind, ProviderError};
use recon_core::{Known, Value};

use crate::aws::Aws;
use crate::snapshot::Snapshot;

/// The version that is not published.
pub(crate) const LATEST: &str = "$LATEST";
/// What Lambda gives in one page of versions, whatever is asked for.
const PAGE: u64 = 50;
/// How many functions it takes before asking how many the account has.
const BULK_FROM: u64 = 20;
/// Versions that a function of the account is taken to have besides `$LATEST`.
const VERSIONS_GUESSED: u64 = 3;
/// Pages of one list: beyond that, something repeats itself.
const PAGES_MAX: u32 = 10_000;

/// A published version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Published {
    pub(crate) version: String,
    pub(crate) arn: String,
}

/// The versions of one function.
#[derive(Clone, Debug, Default)]
pub(crate) struct Versions {
    /// `$LATEST`; nothing when there is no such function.
    pub(crate) unpublished: Option<FunctionConfiguration>,
    /// Oldest first.
    pub(crate) published: Vec<FunctionConfiguration>,
}

impl Versions {
    fn add(&mut self, live: FunctionConfiguration) {
        match live.version() {
            Some(LATEST) => self.unpublished = Some(live),
            Some(_) => self.published.push(live),
            None => {}
        }
    }

    fn sorted(mut self) -> Self {
        self.published.sort_by_key(version_number);
        self
    }

    /// One published version.
    pub(crate) fn find(&self, version: &str) -> Option<&FunctionConfiguration> {
        self.published.iter().find(|live| live.version() == Some(version))
    }

    /// The latest published version.
    pub(crate) fn newest(&self) -> Option<&FunctionConfiguration> {
        self.published.last()
    }

    /// Whether publishing now would give this version again.
    pub(crate) fn is_current(&self, live: &FunctionConfiguration) -> bool {
        self.unpublished.as_ref().is_some_and(|latest| freezes_same(latest, live))
    }
}

/// Whether two configurations are one as far as a version freezes them. A version's description is its own.
fn freezes_same(a: &FunctionConfiguration, b: &FunctionConfiguration) -> bool {
    let nothing = Known::with_nulls(&Value::object::<&str>([]));
    let frozen = |live: &FunctionConfiguration| {
        let mut settings = super::settings::observed(&nothing, live);
        settings.retain(|(name, _)| !["description", "snap_start"].contains(name));
        settings
    };
    let same = |((_, a), (_, b)): (&(&str, Value), &(&str, Value))| a.same(b);
    a.code_sha256() == b.code_sha256()
        && a.snap_start().map(|snap| snap.apply_on()) == b.snap_start().map(|snap| snap.apply_on())
        && frozen(a).iter().zip(&frozen(b)).all(same)
}

/// The latest published version of a function.
pub(crate) async fn latest(
    aws: &Aws,
    snapshot: &Snapshot,
    function: &str,
) -> Result<Option<Published>, ProviderError> {
    let versions = of_function(aws, snapshot, function).await?;
    Ok(versions.newest().map(published))
}

/// What names a version.
pub(crate) fn published(live: &FunctionConfiguration) -> Published {
    let version = live.version().unwrap_or_default();
    // Not every answer about a version has an ARN with the version.
    let arn = unqualified(live.function_arn().unwrap_or_default());
    Published { version: version.to_owned(), arn: format!("{arn}:{version}") }
}

/// An ARN without its qualifier.
pub(crate) fn unqualified(arn: &str) -> String {
    arn.split(':').take(7).collect::<Vec<_>>().join(":")
}

/// The versions of a function, once per refresh; empty when there is no such function.
pub(crate) async fn of_function(
    aws: &Aws,
    snapshot: &Snapshot,
    function: &str,
) -> Result<Arc<Versions>, ProviderError> {
    if *snapshot.once("lambda:versions:bulk".to_owned(), || bulk_pays(aws, snapshot)).await? {
        let all = snapshot.once("lambda:versions".to_owned(), || list_all(aws)).await?;
        return Ok(all.get(function).cloned().unwrap_or_default());
    }
    snapshot.once(format!("lambda:versions:{function}"), || list(aws, function)).await
}

/// Whether listing all functions of the account with all versions takes fewer calls than asking for each function.
async fn bulk_pays(aws: &Aws, snapshot: &Snapshot) -> Result<bool, ProviderError> {
    let publishing =
        snapshot.of_kind(super::function::KIND).filter(|have| super::function_read::needs_published(have));
    let wanted = u64::try_from(publishing.count() + snapshot.count(super::version::KIND)).unwrap_or(u64::MAX);
    if wanted < BULK_FROM {
        return Ok(false);
    }
    let answer = aws.call("lambda:GetAccountSettings", || aws.lambda.get_account_settings().send()).await;
    // Not allowed to ask, or an emulator that does not know: the sure way then.
    let Ok(answer) = answer else { return Ok(false) };
    let functions =
        answer.account_usage().map_or(0, |usage| u64::try_from(usage.function_count()).unwrap_or(0));
    Ok(functions > 0 && bulk_calls(functions) < wanted)
}

fn bulk_calls(functions: u64) -> u64 {
    (functions * (1 + VERSIONS_GUESSED)).div_ceil(PAGE)
}

/// The versions of one function, oldest first.
pub(crate) async fn list(aws: &Aws, function: &str) -> Result<Versions, ProviderError> {
    let mut found = Versions::default();
    let mut marker: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let send = || {
            aws.lambda.list_versions_by_function().function_name(function).set_marker(marker.clone()).send()
        };
        let page = match aws.call("lambda:ListVersionsByFunction", send).await {
            Ok(page) => page,
            Err(error) if error.kind == ErrorKind::NotFound => return Ok(Versions::default()),
            Err(error) => return Err(error),
        };
        page.versions.into_iter().flatten().for_each(|live| found.add(live));
        marker = page.next_marker.filter(|marker| !marker.is_empty());
        if marker.is_none() {
            break;
        }
    }
    Ok(found.sorted())
}

/// The versions of all functions of the account.
async fn list_all(aws: &Aws) -> Result<BTreeMap<String, Arc<Versions>>, ProviderError> {
    let mut found: BTreeMap<String, Versions> = BTreeMap::new();
    let mut marker: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let send = || {
            let request = aws.lambda.list_functions().function_version(FunctionVersion::All);
            request.set_marker(marker.clone()).send()
        };
        let page = aws.call("lambda:ListFunctions", send).await?;
        for live in page.functions.into_iter().flatten() {
            found.entry(live.function_name().unwrap_or_default().to_owned()).or_default().add(live);
        }
        marker = page.next_marker.filter(|marker| !marker.is_empty());
        if marker.is_none() {
            break;
        }
    }
    Ok(found.into_iter().map(|(name, versions)| (name, Arc::new(versions.sorted()))).collect())
}

/// The number of a version, for ordering.
fn version_number(live: &FunctionConfiguration) -> u64 {
    live.version().and_then(|version| version.parse().ok()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_list_pays_where_most_functions_of_the_account_are_managed() {
        assert!(bulk_calls(100) < 100);
        assert!(bulk_calls(1000) > 20);
    }
}
