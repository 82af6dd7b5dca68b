//! A function with its versions, aliases, what is attached to it and what is permitted on it.

mod attached;
mod used;

use std::collections::BTreeMap;

use aws_sdk_lambda::types::FunctionConfiguration;
use recon_core::Value;
use recon_core::provider::ProviderError;
use serde_json::Value as Json;

pub(crate) use self::used::{layers, sign};
use super::name::function_name;
use super::{alias_live, function_read, permission_live, versions};
use crate::aws::Aws;
use crate::discover::harvest::{Harvest, Spotted};
use crate::discover::names::{slug, subject};
use crate::logs::discover::OF_FUNCTIONS;
use crate::shape::text_or_null;
use crate::snapshot::Snapshot;

const PAGES_MAX: u32 = 10_000;

/// A function as the rest of the search needs to know it.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) name: String,
    pub(crate) arn: String,
    /// The ARN of its role.
    pub(crate) role: String,
    /// The versions of layers that it uses.
    pub(crate) layers: Vec<String>,
    /// Where it logs.
    pub(crate) log_group: String,
    /// What its policies say, by alias; `None` is the function itself.
    pub(crate) policies: BTreeMap<Option<String>, Vec<Json>>,
}

impl Seen {
    fn of(function: &str, live: &FunctionConfiguration) -> Self {
        let layers = live.layers().iter().filter_map(|layer| layer.arn().map(str::to_owned));
        let group = live.logging_config().and_then(|logging| logging.log_group());
        Self {
            name: function.to_owned(),
            arn: live.function_arn().unwrap_or_default().to_owned(),
            role: live.role().unwrap_or_default().to_owned(),
            layers: layers.collect(),
            log_group: group.map_or_else(|| format!("{OF_FUNCTIONS}{function}"), str::to_owned),
            policies: BTreeMap::new(),
        }
    }
}

/// The names of all functions of the region.
pub(crate) async fn all(aws: &Aws) -> Result<Vec<String>, ProviderError> {
    let mut found = Vec::new();
    let mut marker: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let send = || aws.lambda.list_functions().set_marker(marker.clone()).send();
        let page = aws.call("lambda:ListFunctions", send).await?;
        found.extend(page.functions.into_iter().flatten().filter_map(|live| live.function_name));
        marker = page.next_marker.filter(|marker| !marker.is_empty());
        if marker.is_none() {
            break;
        }
    }
    found.sort();
    Ok(found)
}

/// Whether there is a function of that name.
pub(crate) async fn exists(aws: &Aws, function: &str) -> Result<bool, ProviderError> {
    Ok(function_read::get(aws, function).await?.is_some())
}

/// Whether a function has a tag.
pub(crate) async fn is_tagged(
    aws: &Aws,
    snapshot: &Snapshot,
    function: &str,
    (key, value): (&str, &str),
) -> Result<bool, ProviderError> {
    let answer = function_read::get_once(aws, snapshot, function).await?;
    let tags = answer.as_ref().as_ref().and_then(|answer| answer.tags());
    Ok(tags.and_then(|tags| tags.get(key)).is_some_and(|found| found == value))
}

/// What there is to a function; nothing where there is none of that name.
pub(crate) async fn walk(aws: &Aws, snapshot: &Snapshot, function: &str) -> (Harvest, Option<Seen>) {
    let mut harvest = Harvest::default();
    let what = format!("the function {function}");
    let answer = harvest.take(&what, function_read::get_once(aws, snapshot, function).await);
    let Some(answer) = answer else { return (harvest, None) };
    let Some(live) = answer.as_ref().as_ref().and_then(|answer| answer.configuration()) else {
        return (harvest, None);
    };
    let mut seen = Seen::of(function, live);
    let known = [("function_name", function)];
    let own = Spotted::new("aws_lambda_function", &["function_name"], function.to_owned(), &known);
    harvest.add(own.named(subject(function)));
    let aliases = alias_live::aliases(aws, snapshot, function);
    let (published, aliases) = tokio::join!(versions::of_function(aws, snapshot, function), aliases);
    if let Some(published) = harvest.take(&format!("the versions of {function}"), published) {
        published.published.iter().for_each(|live| harvest.add(version(function, live)));
        if !published.published.is_empty() {
            attached::add_ready(&mut harvest, aws, snapshot, function).await;
        }
    }
    let mut qualifiers = vec![None];
    if let Some(aliases) = harvest.take(&format!("the aliases of {function}"), aliases) {
        for name in aliases.keys() {
            let known = [("function_name", function), ("name", name.as_str())];
            let id = format!("{function}/{name}");
            let alias = Spotted::new("aws_lambda_alias", &["function_name", "name"], id, &known);
            harvest.add(alias.among(subject(function), name).of(function));
            qualifiers.push(Some(name.clone()));
        }
    }
    Box::pin(attached::add(&mut harvest, aws, snapshot, function)).await;
    for qualifier in qualifiers {
        let policy = permission_live::policy(aws, snapshot, function, qualifier.as_deref()).await;
        let what = format!("the policy of {function}:{}", qualifier.as_deref().unwrap_or("$LATEST"));
        let Some(policy) = harvest.take(&what, policy) else { continue };
        let statements = policy.as_ref().as_ref().map(statements).unwrap_or_default();
        seen.policies.insert(qualifier, statements);
    }
    (harvest, Some(seen))
}

fn version(function: &str, live: &FunctionConfiguration) -> Spotted {
    let number = live.version().unwrap_or_default();
    let known = [("function_name", function), ("version", number)];
    let spotted = Spotted::new(
        "aws_lambda_version",
        &["function_name", "version"],
        format!("{function}/{number}"),
        &known,
    );
    spotted
        .with("history", &Value::strings([number]))
        .with("publish_on_change", &Value::from(false))
        .with("description", &text_or_null(live.description()))
        .named(format!("v{number}"))
        .among(subject(function), number)
        .of(function)
}

/// A statement of a function's policy that no stage binding stands for.
pub(crate) fn permission(
    function: &str,
    qualifier: Option<&str>,
    statement: &Json,
    key: &str,
) -> Option<Spotted> {
    let sid = statement["Sid"].as_str()?;
    let mut known = vec![("function_name", function), ("statement_id", sid)];
    known.extend(qualifier.map(|qualifier| ("qualifier", qualifier)));
    let id = match qualifier {
        Some(qualifier) => format!("{function}:{qualifier}/{sid}"),
        None => format!("{function}/{sid}"),
    };
    let identity = &["function_name", "statement_id", "qualifier"];
    let spotted = Spotted::new("aws_lambda_permission", identity, id, &known);
    let called = permitted(statement).unwrap_or_else(|| slug(sid));
    let name = qualifier.map_or_else(|| called.clone(), |qualifier| format!("{called}_{}", slug(qualifier)));
    Some(spotted.named(name).among(called, key).of(function))
}

/// Who a statement is for: `apigateway`, `s3`, `account`.
fn permitted(statement: &Json) -> Option<String> {
    let principal = &statement["Principal"];
    let service = principal["Service"].as_str()?;
    Some(slug(service.split('.').next()?))
}

fn statements(policy: &Json) -> Vec<Json> {
    match &policy["Statement"] {
        Json::Array(statements) => statements.clone(),
        Json::Null => Vec::new(),
        single => vec![single.clone()],
    }
}

/// The function that a text such as an integration's `uri` calls, with what stands for its qualifier.
pub(crate) fn called(uri: &str) -> Option<(String, Option<String>)> {
    let (_, rest) = uri.split_once("/functions/")?;
    let arn = rest.strip_suffix("/invocations").unwrap_or(rest);
    let (_, tail) = arn.split_once(":function:")?;
    let (name, qualifier) = match tail.split_once(':') {
        Some((name, qualifier)) => (name, Some(qualifier.to_owned())),
        None => (tail, None),
    };
    Some((function_name(name).to_owned(), qualifier))
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    const START: &str =
        "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:1:function:";

    #[test_case("f/invocations", "f", None)]
    #[test_case("f:prod/invocations", "f", Some("prod"))]
    #[test_case("f:${stageVariables.alias}/invocations", "f", Some("${stageVariables.alias}"))]
    fn an_integration_calls_a_function(end: &str, name: &str, qualifier: Option<&str>) {
        let found = called(&format!("{START}{end}"));
        assert_eq!(found, Some((name.to_owned(), qualifier.map(str::to_owned))));
    }

    #[test]
    fn an_address_of_the_web_calls_no_function() {
        assert_eq!(called("https://example.com/items"), None);
    }
}
