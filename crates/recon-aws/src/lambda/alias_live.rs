//! Reads, makes, changes and destroys aliases.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_lambda::types::AliasConfiguration;
use recon_core::provider::{ErrorKind, Failed, ProviderError};
use recon_core::{Known, Number, Type, Value};

use super::alias::{Alias, KIND, SCHEMA};
use super::name::{function_name, parts};
use super::settings;
use crate::aws::Aws;
use crate::call::{Created, Pause};
use crate::live::Live;
use crate::shape::{block, keep_empty, merge, no_block, text_or_null};
use crate::snapshot::Snapshot;

/// How many aliases of a function it takes until one list of them is cheaper than asking for each.
const LIST_FROM: usize = 2;
const PAGES_MAX: u32 = 1_000;
/// How long Lambda may take to forget weights.
const CLEARED_FOR: Duration = Duration::from_mins(1);

#[async_trait]
impl Live for Alias {
    async fn read(
        &self,
        aws: &Aws,
        snapshot: &Snapshot,
        have: &Known,
    ) -> Result<Option<Known>, ProviderError> {
        let (function, name) = key(have);
        let siblings =
            snapshot.siblings(KIND, "function_name", have.str("function_name").unwrap_or_default());
        let live = if siblings.len() < LIST_FROM && !snapshot.is_survey() {
            get(aws, function, name).await?
        } else {
            aliases(aws, snapshot, function).await?.get(name).cloned()
        };
        Ok(live.map(|live| value(aws, have, &live)))
    }

    async fn create(&self, aws: &Aws, want: &Known) -> Result<Known, Failed> {
        let (function, name) = key(want);
        let send = || {
            let weights = Some(settings::routing(want)).filter(|_| want.block("routing_config").is_some());
            aws.lambda
                .create_alias()
                .function_name(function)
                .name(name)
                .function_version(want.str("function_version").unwrap_or_default())
                .set_description(want.text("description").map(str::to_owned))
                .set_routing_config(weights)
                .send()
        };
        let live = match aws.call_create("lambda:CreateAlias", send).await? {
            Created::Answered(answer) => AliasConfiguration::builder()
                .set_alias_arn(answer.alias_arn)
                .set_name(answer.name)
                .set_function_version(answer.function_version)
                .set_description(answer.description)
                .set_routing_config(answer.routing_config)
                .build(),
            Created::Unheard => get(aws, function, name).await?.ok_or_else(|| vanished(name))?,
        };
        Ok(value(aws, want, &live))
    }

    async fn update(&self, aws: &Aws, have: &Known, want: &Known) -> Result<Known, Failed> {
        let (function, name) = key(want);
        // Where there are no weights and never were, nothing is said of them.
        let weighted = [have, want].iter().any(|side| side.block("routing_config").is_some());
        let send = || {
            aws.lambda
                .update_alias()
                .function_name(function)
                .name(name)
                .function_version(want.str("function_version").unwrap_or_default())
                .description(want.str("description").unwrap_or_default())
                .set_routing_config(weighted.then(|| settings::routing(want)))
                .send()
        };
        let answer = aws.call("lambda:UpdateAlias", send).await?;
        let live = AliasConfiguration::builder()
            .set_alias_arn(answer.alias_arn)
            .set_name(answer.name)
            .set_function_version(answer.function_version)
            .set_description(answer.description)
            .set_routing_config(answer.routing_config)
            .build();
        Ok(value(aws, want, &cleared(aws, want, live).await?))
    }

    async fn delete(&self, aws: &Aws, have: &Known) -> Result<(), ProviderError> {
        let (function, name) = key(have);
        let send = || aws.lambda.delete_alias().function_name(function).name(name).send();
        match aws.call("lambda:DeleteAlias", send).await {
            Err(error) if error.kind != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    async fn import(&self, aws: &Aws, _: &Snapshot, id: &str) -> Result<Option<Known>, ProviderError> {
        let (function, name) = match id.rsplit_once('/') {
            Some((function, name)) => (function_name(function), name),
            None => match parts(id) {
                (function, Some(name)) => (function, name),
                _ => return Err(wrong_id(id)),
            },
        };
        let attributes = [("function_name", Value::from(function)), ("name", Value::from(name))];
        let have = crate::shape::object(&SCHEMA, attributes);
        Ok(get(aws, function, name).await?.map(|live| value(aws, &have, &live)))
    }

    async fn adopt(&self, aws: &Aws, want: &Known, _: i64) -> Result<Vec<Known>, ProviderError> {
        let (function, name) = key(want);
        let live = get(aws, function, name).await?;
        // An alias that another made under this name points elsewhere, as a rule.
        let ours = live.filter(|live| live.function_version() == want.str("function_version"));
        Ok(ours.map(|live| value(aws, want, &live)).into_iter().collect())
    }
}

fn key(value: &Known) -> (&str, &str) {
    (function_name(value.str("function_name").unwrap_or_default()), value.str("name").unwrap_or_default())
}

pub(crate) async fn get(
    aws: &Aws,
    function: &str,
    name: &str,
) -> Result<Option<AliasConfiguration>, ProviderError> {
    let send = || aws.lambda.get_alias().function_name(function).name(name).send();
    match aws.call("lambda:GetAlias", send).await {
        Ok(answer) => Ok(Some(
            AliasConfiguration::builder()
                .set_alias_arn(answer.alias_arn)
                .set_name(answer.name)
                .set_function_version(answer.function_version)
                .set_description(answer.description)
                .set_routing_config(answer.routing_config)
                .build(),
        )),
        Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The aliases of a function by name.
pub(crate) type Aliases = BTreeMap<String, AliasConfiguration>;

/// The aliases of a function, once per refresh; none where there is no such function.
pub(crate) async fn aliases(
    aws: &Aws,
    snapshot: &Snapshot,
    function: &str,
) -> Result<Arc<Aliases>, ProviderError> {
    snapshot.once(aliases_key(function), || list(aws, function)).await
}

/// The same, if somebody needed them before.
pub(crate) fn known_aliases(snapshot: &Snapshot, function: &str) -> Option<Arc<Aliases>> {
    snapshot.peek(&aliases_key(function))
}

fn aliases_key(function: &str) -> String {
    format!("lambda:aliases:{function}")
}

/// All aliases of a function, by name; none when there is no such function.
pub(crate) async fn list(
    aws: &Aws,
    function: &str,
) -> Result<BTreeMap<String, AliasConfiguration>, ProviderError> {
    let mut found = BTreeMap::new();
    let mut marker: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let send = || aws.lambda.list_aliases().function_name(function).set_marker(marker.clone()).send();
        let page = match aws.call("lambda:ListAliases", send).await {
            Ok(page) => page,
            Err(error) if error.kind == ErrorKind::NotFound => return Ok(BTreeMap::new()),
            Err(error) => return Err(error),
        };
        let named = |alias: AliasConfiguration| Some((alias.name()?.to_owned(), alias));
        found.extend(page.aliases.into_iter().flatten().filter_map(named));
        marker = page.next_marker.filter(|marker| !marker.is_empty());
        if marker.is_none() {
            break;
        }
    }
    Ok(found)
}

fn value(aws: &Aws, have: &Known, live: &AliasConfiguration) -> Known {
    let arn = live.alias_arn().unwrap_or_default();
    let attributes = [
        ("arn", Value::from(arn)),
        ("id", Value::from(arn)),
        ("invoke_arn", Value::from(aws.invoke_arn(arn))),
        ("name", Value::from(live.name().unwrap_or_default())),
        ("function_version", Value::from(live.function_version().unwrap_or_default())),
        ("description", keep_empty(have, "description", text_or_null(live.description()))),
        ("routing_config", routing(have, live)),
    ];
    merge(have.clone(), attributes)
}

fn weights(live: &AliasConfiguration) -> BTreeMap<recon_core::Name, Value> {
    let weights = live.routing_config().and_then(|routing| routing.additional_version_weights());
    let entries = weights.into_iter().flatten();
    entries.map(|(version, weight)| (version.as_str().into(), decimal(*weight))).collect()
}

/// The decimal that a person wrote, not the binary fraction next to it.
fn decimal(weight: f64) -> Value {
    weight.to_string().parse::<Number>().map_or_else(|_| Value::null(Type::Number), Value::from)
}

fn routing(have: &Known, live: &AliasConfiguration) -> Value {
    let weights = weights(live);
    if !weights.is_empty() {
        return block([("additional_version_weights", Value::map(Type::Number, weights))]);
    }
    let says_nothing = |block: &Value| block.get("additional_version_weights").children().next().is_none();
    if have.block("routing_config").is_some_and(says_nothing) {
        have.get("routing_config").clone()
    } else {
        no_block()
    }
}

/// Removed weights linger for a while: waits until they are gone.
async fn cleared(
    aws: &Aws,
    want: &Known,
    live: AliasConfiguration,
) -> Result<AliasConfiguration, ProviderError> {
    let (function, name) = key(want);
    let wanted = settings::routing(want).additional_version_weights.unwrap_or_default();
    let mut live = live;
    let mut pause = Pause::new(Duration::from_millis(50), Duration::from_secs(1), CLEARED_FOR);
    while wanted.is_empty() && !weights(&live).is_empty() && pause.wait().await {
        live = get(aws, function, name).await?.ok_or_else(|| vanished(name))?;
    }
    Ok(live)
}

fn vanished(name: &str) -> ProviderError {
    let message = format!("alias `{name}` is gone while it is being changed");
    ProviderError::new(ErrorKind::NotFound, "lambda:GetAlias", message)
}

fn wrong_id(id: &str) -> ProviderError {
    ProviderError::new(
        ErrorKind::Invalid,
        "import aws_lambda_alias",
        format!("`{id}` is not an alias's import id"),
    )
    .with_help("An alias is imported by FUNCTION/ALIAS, as in `ItemsFunction/prod`.")
}
