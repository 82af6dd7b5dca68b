//! Where a search begins: the APIs and functions that a selector names.

use std::collections::BTreeSet;

use aws_sdk_apigateway::types::RestApi;
use recon_core::discovery::Selector;
use recon_core::provider::{ErrorKind, ProviderError};

use super::harvest::Harvest;
use super::names::{fits, is_pattern};
use crate::apigateway::discover as apigateway;
use crate::aws::Aws;
use crate::lambda::discover as lambda;
use crate::snapshot::Snapshot;

/// Where a search begins.
#[derive(Default)]
pub(super) struct Roots {
    pub(super) apis: Vec<RestApi>,
    pub(super) functions: BTreeSet<String>,
}

/// The roots that a selector names.
pub(super) async fn find(
    aws: &Aws,
    snapshot: &Snapshot,
    selector: &Selector,
    harvest: &mut Harvest,
) -> Result<Roots, ProviderError> {
    match selector {
        Selector::Everything => named(aws, harvest, "*").await,
        Selector::Named(pattern) => named(aws, harvest, pattern).await,
        Selector::Tag { key, value } => tagged(aws, snapshot, harvest, (key, value)).await,
        Selector::Sort { sort, name } if sort == "api" => one_api(aws, snapshot, harvest, name).await,
        Selector::Sort { sort, name } if sort == "function" => functions(aws, harvest, name).await,
        Selector::Sort { sort, .. } => {
            let message = format!("there is no sort of objects called `{sort}` to begin at");
            Err(ProviderError::new(ErrorKind::Invalid, "discover", message).with_help(
                "Begin at `api ID`, `function NAME` or `tag KEY=VALUE`, or give a pattern of names.",
            ))
        }
    }
}

async fn named(aws: &Aws, harvest: &mut Harvest, pattern: &str) -> Result<Roots, ProviderError> {
    let (apis, functions) = tokio::join!(apigateway::all(aws), lambda::all(aws));
    let mut apis = harvest.take("the APIs", apis).unwrap_or_default();
    apis.retain(|api| fits(pattern, api.name.as_deref().unwrap_or_default()));
    let functions = harvest.take("the functions", functions).unwrap_or_default();
    Ok(Roots { apis, functions: functions.into_iter().filter(|name| fits(pattern, name)).collect() })
}

async fn one_api(
    aws: &Aws,
    snapshot: &Snapshot,
    harvest: &mut Harvest,
    name: &str,
) -> Result<Roots, ProviderError> {
    let mut roots = Roots::default();
    if !is_pattern(name) {
        let found = harvest.take(&format!("the API {name}"), apigateway::one(aws, snapshot, name).await);
        roots.apis.extend(found.flatten());
    }
    if roots.apis.is_empty() && harvest.unread.is_empty() {
        roots.apis = harvest.take("the APIs", apigateway::all(aws).await).unwrap_or_default();
        roots.apis.retain(|api| fits(name, api.name.as_deref().unwrap_or_default()));
    }
    Ok(roots)
}

async fn functions(aws: &Aws, harvest: &mut Harvest, name: &str) -> Result<Roots, ProviderError> {
    let mut roots = Roots::default();
    if is_pattern(name) {
        let all = harvest.take("the functions", lambda::all(aws).await).unwrap_or_default();
        roots.functions = all.into_iter().filter(|found| fits(name, found)).collect();
    } else if lambda::exists(aws, name).await? {
        roots.functions.insert(name.to_owned());
    }
    Ok(roots)
}

async fn tagged(
    aws: &Aws,
    snapshot: &Snapshot,
    harvest: &mut Harvest,
    (key, value): (&str, &str),
) -> Result<Roots, ProviderError> {
    let mut roots = named(aws, harvest, "*").await?;
    let has =
        |api: &RestApi| api.tags.as_ref().and_then(|tags| tags.get(key)).is_some_and(|found| found == value);
    roots.apis.retain(has);
    // The list of functions has no tags.
    for function in std::mem::take(&mut roots.functions) {
        let tagged = lambda::is_tagged(aws, snapshot, &function, (key, value)).await;
        if harvest.take(&format!("the tags of {function}"), tagged) == Some(true) {
            roots.functions.insert(function);
        }
    }
    Ok(roots)
}
