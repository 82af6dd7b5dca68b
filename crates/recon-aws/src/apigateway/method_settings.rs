//! `aws_api_gateway_method_settings`: logging, throttling and caching of a stage's methods.

use std::sync::LazyLock;

use async_trait::async_trait;
use aws_sdk_apigateway::types::{MethodSetting, Stage, UnauthorizedCacheControlHeaderStrategy};
use recon_core::provider::{ErrorKind, Failed, Part, ProviderError};
use recon_core::resource_type::{Parts, ResourceType};
use recon_core::schema::{Absent, NestedBlock, Nesting, Schema, block, defaulted, optional_computed};
use recon_core::value::Name;
use recon_core::{Diagnostic, Known, Path, Type, Value};

use super::arguments::{id, rest_api_id, text, text_or_given};
use super::fields;
use super::part::{self, if_there, key};
use super::patch::{Patches, escape, scalar};
use super::settle::{complete, settle};
use super::stage_parts::InStage;
use super::{check, reads, stage_live};
use crate::aws::Aws;
use crate::live::Live;
use crate::snapshot::Snapshot;

/// What the throttling arguments say where the stage's own limits do not apply.
const UNLIMITED: i64 = -1;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let settings = block(
        [
            (
                "metrics_enabled",
                optional_computed(Type::Bool, "Whether CloudWatch gets metrics of each method."),
            ),
            ("logging_level", text_or_given("`OFF`, `ERROR` or `INFO`.")),
            (
                "data_trace_enabled",
                optional_computed(Type::Bool, "Whether whole requests and responses are logged."),
            ),
            (
                "throttling_burst_limit",
                defaulted(Type::Number, UNLIMITED, "Requests at once; `-1`: no limit of its own."),
            ),
            (
                "throttling_rate_limit",
                defaulted(Type::Number, UNLIMITED, "Requests per second; `-1`: no limit of its own."),
            ),
            ("caching_enabled", optional_computed(Type::Bool, "Whether responses are cached.")),
            ("cache_ttl_in_seconds", optional_computed(Type::Number, "How long they are, in seconds.")),
            ("cache_data_encrypted", optional_computed(Type::Bool, "Whether they are encrypted.")),
            (
                "require_authorization_for_cache_control",
                optional_computed(Type::Bool, "Whether only authorized requests may invalidate the cache."),
            ),
            (
                "unauthorized_cache_control_header_strategy",
                text_or_given("What becomes of others: `FAIL_WITH_403`, `SUCCEED_WITH_RESPONSE_HEADER`, …"),
            ),
        ],
        [],
    );
    let attributes = [
        ("id", id()),
        ("rest_api_id", rest_api_id()),
        ("stage_name", text("Name of the stage.").replaces()),
        ("method_path", text("`PATH/VERB` without a leading slash, `*/*` for all methods.").replaces()),
    ];
    let settings = NestedBlock { block: settings, nesting: Nesting::List(1, 1), absent: Absent::None };
    Schema {
        version: 0,
        doc: "Settings of methods in a stage: logging, throttling and caching.",
        block: block(attributes, [("settings", settings)]),
    }
});

/// Each setting with its patch path.
const PATHS: &[(&str, &str)] = &[
    ("metrics_enabled", "metrics/enabled"),
    ("logging_level", "logging/loglevel"),
    ("data_trace_enabled", "logging/dataTrace"),
    ("throttling_burst_limit", "throttling/burstLimit"),
    ("throttling_rate_limit", "throttling/rateLimit"),
    ("caching_enabled", "caching/enabled"),
    ("cache_ttl_in_seconds", "caching/ttlInSeconds"),
    ("cache_data_encrypted", "caching/dataEncrypted"),
    ("require_authorization_for_cache_control", "caching/requireAuthorizationForCacheControl"),
    ("unauthorized_cache_control_header_strategy", "caching/unauthorizedCacheControlHeaderStrategy"),
];

const STRATEGIES: &[&str] =
    &["FAIL_WITH_403", "SUCCEED_WITH_RESPONSE_HEADER", "SUCCEED_WITHOUT_RESPONSE_HEADER"];

/// `aws_api_gateway_method_settings`
#[derive(Clone, Copy)]
pub(crate) struct MethodSettings;

impl ResourceType for MethodSettings {
    fn name(&self) -> &'static str {
        "aws_api_gateway_method_settings"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn check(&self, config: &Value) -> Vec<(Path, Diagnostic)> {
        let path = config.str("method_path").filter(|path| path.starts_with('/') || !path.contains('/')).map(
            |path| {
                let detail =
                    format!("`method_path` is `{path}`, but has to be of the form `pets/GET` or `*/*`.");
                check::invalid("method_path", detail)
            },
        );
        let settings = config.block("settings").into_iter().flat_map(|settings| {
            [
                check::one_of(settings, "logging_level", &["OFF", "ERROR", "INFO"]),
                check::one_of(settings, "unauthorized_cache_control_header_strategy", STRATEGIES),
            ]
        });
        path.into_iter().chain(settings.flatten()).collect()
    }

    fn queue_key(&self, value: &Value) -> Option<Name> {
        part::queue(value)
    }

    fn vanishes_with(&self) -> Parts {
        part::IN_STAGE
    }
}

/// The beginning of the patch paths: `pets/GET`, with the slashes inside the resource's path escaped.
fn segment(place: &Value) -> String {
    let path = key(place, "method_path");
    let Some((resource, verb)) = path.rsplit_once('/') else { return path.to_owned() };
    // Terraform's users escape the slashes of nested resources themselves.
    let resource = resource.replace("~1", "/");
    format!("{}/{verb}", escape(&resource))
}

/// Finds the settings in the stage. AWS, its documentation and emulators spell the keys with or without a leading
/// slash, escaped or not.
fn find<'a>(stage: &'a Stage, place: &Value) -> Option<&'a MethodSetting> {
    let plain = |path: &str| path.replace("~1", "/").trim_start_matches('/').to_owned();
    let wanted = plain(key(place, "method_path"));
    let settings = stage.method_settings.as_ref()?;
    let mut keys: Vec<&String> = settings.keys().filter(|key| plain(key) == wanted).collect();
    keys.sort();
    settings.get(*keys.first()?)
}

fn describe(setting: &MethodSetting) -> Value {
    let strategy = setting.unauthorized_cache_control_header_strategy.as_ref();
    Value::object([
        ("metrics_enabled", Value::from(setting.metrics_enabled)),
        ("logging_level", fields::text(Some(setting.logging_level.as_deref().unwrap_or("OFF")))),
        ("data_trace_enabled", Value::from(setting.data_trace_enabled)),
        ("throttling_burst_limit", fields::whole(setting.throttling_burst_limit)),
        ("throttling_rate_limit", fields::number(setting.throttling_rate_limit)),
        ("caching_enabled", Value::from(setting.caching_enabled)),
        ("cache_ttl_in_seconds", fields::whole(setting.cache_ttl_in_seconds)),
        ("cache_data_encrypted", Value::from(setting.cache_data_encrypted)),
        (
            "require_authorization_for_cache_control",
            Value::from(setting.require_authorization_for_cache_control),
        ),
        (
            "unauthorized_cache_control_header_strategy",
            fields::text(strategy.map(UnauthorizedCacheControlHeaderStrategy::as_str)),
        ),
    ])
}

/// Everything about the settings, as it is to be remembered beside `have`.
fn report(have: &Known, setting: &MethodSetting) -> Known {
    let mut live = describe(setting);
    // Enabling one setting makes AWS write out its own throttling limits: where none are declared, they say nothing.
    for name in ["throttling_burst_limit", "throttling_rate_limit"] {
        let declared =
            have.block("settings").is_none_or(|settings| settings.get(name).as_i64() != Some(UNLIMITED));
        if !declared && is_limit_of_aws(name, live.get(name)) {
            live = live.with(name, Value::from(UNLIMITED));
        }
    }
    // Terraform remembers the level that no answer names as an empty text.
    let remembered = have.block("settings").is_some_and(|settings| settings.str("logging_level") == Some(""));
    if remembered && setting.logging_level.is_none() {
        live = live.with("logging_level", Value::from(""));
    }
    let settings = Value::list(Type::Any, vec![live]);
    settle(&SCHEMA, have, &Value::object([("id", id_of(have)), ("settings", settings)]))
}

/// Whether a limit is the account's or none at all, rather than one that somebody chose.
fn is_limit_of_aws(name: &str, limit: &Value) -> bool {
    // The second number of each is moto's.
    let of_account = if name == "throttling_burst_limit" { [0, 5_000, 2_000] } else { [0, 10_000, 1_000] };
    limit.as_i64().is_some_and(|limit| of_account.contains(&limit))
}

fn id_of(place: &Value) -> Value {
    let (api, stage) = (key(place, "rest_api_id"), key(place, "stage_name"));
    Value::from(format!("{api}-{stage}-{}", key(place, "method_path")))
}

/// One operation per setting that is known and differs.
fn patches(have: Option<&Value>, want: &Value) -> Patches {
    let mut patches = Patches::default();
    let prefix = segment(want);
    let none = Value::null(Type::Any);
    let have = have.and_then(|have| have.block("settings")).unwrap_or(&none);
    let want = want.block("settings").unwrap_or(&none);
    for (name, path) in PATHS {
        let Some(text) = scalar(want.get(name)) else { continue };
        // At creation, "no limit of its own" is said as well: AWS writes out its own limits with any other setting.
        if !have.get(name).same(want.get(name)) {
            patches.replace(format!("/{prefix}/{path}"), Some(text));
        }
    }
    patches
}

/// What removes them.
fn last(have: &Value) -> Patches {
    let mut patches = Patches::default();
    patches.remove(format!("/{}", segment(have)));
    patches
}

/// The settings as planned, with those that AWS wrote out besides.
fn made(want: &Known, stage: Option<&Stage>) -> Known {
    let live = stage.and_then(|stage| find(stage, want)).map(|setting| report(want, setting));
    let live = live.map_or_else(|| Value::object([("id", id_of(want))]), Known::into_value);
    complete(&SCHEMA, want, &live)
}

#[async_trait]
impl Live for MethodSettings {
    async fn read(
        &self,
        aws: &Aws,
        snapshot: &Snapshot,
        have: &Known,
    ) -> Result<Option<Known>, ProviderError> {
        let stages = reads::stages(aws, snapshot, key(have, "rest_api_id")).await?;
        let setting = stages.get(key(have, "stage_name")).and_then(|stage| find(stage, have));
        Ok(setting.map(|setting| report(have, setting)))
    }

    async fn create(&self, aws: &Aws, want: &Known) -> Result<Known, Failed> {
        let stage = stage_live::patch(aws, want, &patches(None, want)).await?;
        Ok(made(want, Some(&stage)))
    }

    async fn update(&self, aws: &Aws, have: &Known, want: &Known) -> Result<Known, Failed> {
        let patches = patches(Some(have), want);
        let stage =
            if patches.is_empty() { None } else { Some(stage_live::patch(aws, want, &patches).await?) };
        Ok(made(want, stage.as_ref()))
    }

    async fn delete(&self, aws: &Aws, have: &Known) -> Result<(), ProviderError> {
        match if_there(stage_live::patch(aws, have, &last(have)).await) {
            // AWS refuses to remove settings that are not there.
            Err(error) if error.kind == ErrorKind::Invalid => match stage_live::get_stage(aws, have).await? {
                Some(stage) if find(&stage, have).is_some() => Err(error),
                _ => Ok(()),
            },
            answer => answer.map(|_| ()),
        }
    }

    async fn import(&self, aws: &Aws, snapshot: &Snapshot, id: &str) -> Result<Option<Known>, ProviderError> {
        self.read(aws, snapshot, &part::split(id, &["rest_api_id", "stage_name", "method_path"])?).await
    }

    async fn adopt(&self, aws: &Aws, want: &Known, _since_ms: i64) -> Result<Vec<Known>, ProviderError> {
        let stage = stage_live::get_stage(aws, want).await?;
        let found = stage.as_ref().and_then(|stage| find(stage, want));
        Ok(found.map(|setting| report(want, setting)).into_iter().collect())
    }
}

#[async_trait]
impl InStage for MethodSettings {
    async fn patches(&self, _aws: &Aws, part: &Part<'_>) -> Result<Patches, ProviderError> {
        Ok(match (part.have, part.want) {
            (have @ Some(_), Some(want)) => patches(have.map(|have| &**have), want),
            (None, Some(want)) => patches(None, want),
            (Some(have), None) => last(have),
            (None, None) => Patches::default(),
        })
    }

    async fn patched(
        &self,
        _aws: &Aws,
        part: &Part<'_>,
        stage: &Stage,
    ) -> Result<Option<Known>, ProviderError> {
        Ok(part.want.map(|want| made(want, Some(stage))))
    }
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    #[test_case("", None, ""; "as Terraform remembers it")]
    #[test_case("OFF", None, "OFF"; "as it was declared")]
    #[test_case("", Some("INFO"), "INFO"; "that somebody chose")]
    fn a_level_that_no_answer_names_is_no_change(remembered: &str, live: Option<&str>, expected: &str) {
        let settings = Value::object([("logging_level", Value::from(remembered))]);
        let have = Value::object([("settings", Value::list(Type::Any, vec![settings]))]);
        let setting = MethodSetting::builder().set_logging_level(live.map(str::to_owned)).build();
        let report = report(&Known::with_nulls(&have), &setting);
        assert_eq!(
            report.block("settings").and_then(|settings| settings.str("logging_level")),
            Some(expected)
        );
    }

    #[test_case("*/*", "*/*")]
    #[test_case("pets/GET", "pets/GET")]
    #[test_case("pets/{id}/GET", "pets~1{id}/GET")]
    #[test_case("pets~1{id}/GET", "pets~1{id}/GET"; "escaped by the user")]
    #[test_case("~1/GET", "~1/GET"; "root")]
    fn a_method_path_becomes_a_patch_path(method_path: &str, expected: &str) {
        assert_eq!(segment(&Value::object([("method_path", Value::from(method_path))])), expected);
    }
}
