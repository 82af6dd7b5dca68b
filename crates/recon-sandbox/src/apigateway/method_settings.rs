//! Method settings of a stage: logging, throttling and caching per resource and verb, or for all with `*/*`.

use serde_json::{Value, json};

use super::body::number;
use super::patch::{Op, Patch};
use super::refuse::bad_request;
use super::state::Document;
use crate::wire::Refusal;

/// One setting: the end of its patch path, its member, and how a value is read.
struct Setting {
    path: &'static str,
    member: &'static str,
    read: fn(&str) -> Option<Value>,
}

const SETTINGS: [Setting; 10] = [
    Setting { path: "metrics/enabled", member: "metricsEnabled", read: flag },
    Setting { path: "logging/loglevel", member: "loggingLevel", read: level },
    Setting { path: "logging/dataTrace", member: "dataTraceEnabled", read: flag },
    Setting { path: "throttling/burstLimit", member: "throttlingBurstLimit", read: burst },
    Setting { path: "throttling/rateLimit", member: "throttlingRateLimit", read: rate },
    Setting { path: "caching/enabled", member: "cachingEnabled", read: flag },
    Setting { path: "caching/ttlInSeconds", member: "cacheTtlInSeconds", read: ttl },
    Setting { path: "caching/dataEncrypted", member: "cacheDataEncrypted", read: flag },
    Setting {
        path: "caching/requireAuthorizationForCacheControl",
        member: "requireAuthorizationForCacheControl",
        read: flag,
    },
    Setting {
        path: "caching/unauthorizedCacheControlHeaderStrategy",
        member: "unauthorizedCacheControlHeaderStrategy",
        read: strategy,
    },
];

const VERBS: [&str; 8] = ["GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "HEAD", "*"];

/// Says whether the end of a path names a method setting.
pub(super) fn names_setting(path: &str) -> bool {
    parse(path).is_some()
}

/// Sets one setting; the first one of a method brings the defaults of the others with it, all but the log level.
pub(super) fn set(stage: &mut Document, patch: &Patch) -> Result<(), Refusal> {
    let Some((key, setting)) = parse(patch.path()) else { return Err(no_such_path(patch.path())) };
    if patch.op == Op::Remove {
        return remove(stage, patch);
    }
    let text = patch.value.as_deref().unwrap_or_default();
    let value = (setting.read)(text).ok_or_else(|| {
        bad_request(format!("Invalid value '{text}' specified for method setting path: {}", patch.path()))
    })?;
    let settings = stage.entry("methodSettings").or_insert_with(|| json!({}));
    if settings.get(key).is_none() {
        settings[key] = defaults();
    }
    settings[key][setting.member] = value;
    Ok(())
}

/// Takes the settings of one method away.
pub(super) fn remove(stage: &mut Document, patch: &Patch) -> Result<(), Refusal> {
    let key = patch.path().trim_start_matches('/');
    let settings = stage.get_mut("methodSettings").and_then(Value::as_object_mut);
    settings.and_then(|settings| settings.shift_remove(key)).map(drop).ok_or_else(|| {
        bad_request(format!(
            "Cannot remove method setting {key} because there is no method setting for this method "
        ))
    })
}

/// Words the refusal of a path that no stage has; the list is the service's own, missing commas included.
pub(super) fn no_such_path(path: &str) -> Refusal {
    let of = |method: &str, gap: &str| {
        format!(
            "{method}/metrics/enabled, {method}/logging/dataTrace, {method}/logging/loglevel, \
             {method}/throttling/burstLimit{gap}{method}/throttling/rateLimit{gap}{method}/caching/ttlInSeconds, \
             {method}/caching/enabled, {method}/caching/dataEncrypted, \
             {method}/caching/requireAuthorizationForCacheControl, \
             {method}/caching/unauthorizedCacheControlHeaderStrategy"
        )
    };
    let (each, all) = (of("/{resourcePath}/{httpMethod}", ""), of("/*/*", " "));
    bad_request(format!(
        "Invalid method setting path: {path}. Must be one of: [/deploymentId, /description, /cacheClusterEnabled, \
         /cacheClusterSize, /clientCertificateId, /accessLogSettings, /accessLogSettings/destinationArn, \
         /accessLogSettings/format, {each}, {all}, /variables/{{variable_name}}, /tracingEnabled]"
    ))
}

/// Returns the key of the method, as it stands in the path, and the setting.
fn parse(path: &str) -> Option<(&str, &'static Setting)> {
    let path = path.strip_prefix('/')?;
    let setting = SETTINGS.iter().find(|setting| path.ends_with(setting.path))?;
    let key = path.strip_suffix(setting.path)?.strip_suffix('/')?;
    let (resource, verb) = key.rsplit_once('/')?;
    let all_or_one = (resource == "*") == (verb == "*") || verb == "*";
    (!resource.is_empty() && VERBS.contains(&verb) && all_or_one).then_some((key, setting))
}

fn defaults() -> Value {
    json!({
        "metricsEnabled": false,
        "dataTraceEnabled": false,
        "throttlingBurstLimit": 5000,
        "throttlingRateLimit": 10000.0,
        "cachingEnabled": false,
        "cacheTtlInSeconds": 300,
        "cacheDataEncrypted": false,
        "requireAuthorizationForCacheControl": true,
        "unauthorizedCacheControlHeaderStrategy": "SUCCEED_WITH_RESPONSE_HEADER",
    })
}

#[expect(clippy::unnecessary_wraps, reason = "readers share one signature")]
fn flag(text: &str) -> Option<Value> {
    Some(Value::Bool(text.eq_ignore_ascii_case("true")))
}

fn level(text: &str) -> Option<Value> {
    ["OFF", "ERROR", "INFO"].contains(&text).then(|| Value::from(text))
}

/// A limit of -1 lifts the throttling.
fn burst(text: &str) -> Option<Value> {
    text.parse::<i32>().ok().filter(|limit| *limit >= -1).map(Value::from)
}

fn rate(text: &str) -> Option<Value> {
    let limit = text.parse::<f64>().ok().filter(|limit| limit.is_finite());
    limit.filter(|limit| *limit >= 0.0 || (*limit - -1.0).abs() < f64::EPSILON).map(number)
}

fn ttl(text: &str) -> Option<Value> {
    text.parse::<i32>().ok().filter(|seconds| (0..=3600).contains(seconds)).map(Value::from)
}

fn strategy(text: &str) -> Option<Value> {
    let known = ["FAIL_WITH_403", "SUCCEED_WITH_RESPONSE_HEADER", "SUCCEED_WITHOUT_RESPONSE_HEADER"];
    known.contains(&text).then(|| Value::from(text))
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    #[test_case("/*/*/throttling/rateLimit" => Some(("*/*", "throttlingRateLimit")))]
    #[test_case("/pets/GET/metrics/enabled" => Some(("pets/GET", "metricsEnabled")))]
    #[test_case("/pets/toys/GET/metrics/enabled" => Some(("pets/toys/GET", "metricsEnabled")))]
    #[test_case("/~1pets~1toys/GET/caching/enabled" => Some(("~1pets~1toys/GET", "cachingEnabled")))]
    #[test_case("/~1/GET/logging/loglevel" => Some(("~1/GET", "loggingLevel")))]
    #[test_case("/{proxy+}/POST/logging/loglevel" => Some(("{proxy+}/POST", "loggingLevel")))]
    #[test_case("/pets/FETCH/metrics/enabled" => None; "unknown verb")]
    #[test_case("/GET/metrics/enabled" => None; "no resource")]
    #[test_case("/pets/GET/metrics/bogus" => None; "unknown setting")]
    fn paths(path: &str) -> Option<(&str, &'static str)> {
        parse(path).map(|(key, setting)| (key, setting.member))
    }

    #[test_case("throttling/rateLimit", "10.5" => Some(json!(10.5)))]
    #[test_case("throttling/rateLimit", "10" => Some(json!(10.0)))]
    #[test_case("throttling/rateLimit", "-1" => Some(json!(-1.0)))]
    #[test_case("throttling/rateLimit", "-2" => None; "negative rate")]
    #[test_case("throttling/burstLimit", "1.5" => None; "broken burst")]
    #[test_case("caching/ttlInSeconds", "3601" => None; "long ttl")]
    #[test_case("logging/loglevel", "DEBUG" => None; "unknown level")]
    #[test_case("logging/dataTrace", "yes" => Some(json!(false)); "anything but true")]
    fn values(path: &str, text: &str) -> Option<Value> {
        let setting = SETTINGS.iter().find(|setting| setting.path == path).unwrap();
        (setting.read)(text)
    }

    #[test]
    fn first_setting_brings_the_defaults() {
        let mut stage = Document::new();
        let path = Some("/*/*/throttling/burstLimit".to_owned());
        let mut patch = Patch { op: Op::Replace, path, value: Some("7".to_owned()), from: None };
        set(&mut stage, &patch).unwrap();
        let settings = &stage["methodSettings"]["*/*"];
        assert_eq!(settings["throttlingBurstLimit"], 7);
        assert_eq!(settings["throttlingRateLimit"], 10000.0);
        assert_eq!(settings.get("loggingLevel"), None);
        patch.op = Op::Remove;
        patch.path = Some("/*/*".to_owned());
        remove(&mut stage, &patch).unwrap();
        assert!(remove(&mut stage, &patch).unwrap_err().message.ends_with("for this method "));
    }
}
