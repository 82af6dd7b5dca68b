//! What is configured about one version of a function, in the form in which Lambda shows it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::constraint::{between, is_arn, length, mistyped, one_of, pattern};
use super::refuse::{invalid, validation};
use super::{layer, runtime};
use crate::wire::Refusal;
use crate::world::{World, is_account};

/// The settings by the name of the member that shows them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Settings(pub(super) Map<String, Value>);

/// What checking a setting may depend on.
pub(super) struct Scope<'a> {
    /// The cloud, for layers.
    pub world: &'a World,
    /// The region of the function.
    pub region: &'a str,
    /// The name of the function.
    pub function: &'a str,
    /// The settings before.
    pub before: &'a Settings,
}

type Convert = fn(&Value, &Scope<'_>) -> Result<Value, Refusal>;

/// Every setting: the member that sets it, the member that shows it, and how one becomes the other. Null unsets.
const SETTINGS: [(&str, &str, Convert); 20] = [
    ("Runtime", "Runtime", runtime_name),
    ("Role", "Role", role),
    ("Handler", "Handler", handler),
    ("Description", "Description", description),
    ("Timeout", "Timeout", timeout),
    ("MemorySize", "MemorySize", memory_size),
    ("VpcConfig", "VpcConfig", vpc),
    ("DeadLetterConfig", "DeadLetterConfig", dead_letter),
    ("Environment", "Environment", environment),
    ("KMSKeyArn", "KMSKeyArn", key),
    ("TracingConfig", "TracingConfig", tracing),
    ("Layers", "Layers", layers),
    ("FileSystemConfigs", "FileSystemConfigs", file_systems),
    ("ImageConfig", "ImageConfigResponse", image),
    ("EphemeralStorage", "EphemeralStorage", storage),
    ("SnapStart", "SnapStart", snap_start),
    ("LoggingConfig", "LoggingConfig", logging),
    ("CapacityProviderConfig", "CapacityProviderConfig", verbatim),
    ("DurableConfig", "DurableConfig", verbatim),
    ("TenancyConfig", "TenancyConfig", verbatim),
];

impl Settings {
    /// Returns the settings of a new function before the caller's are applied.
    pub(super) fn defaults(function: &str) -> Self {
        let defaults = json!({
            "Description": "",
            "Timeout": 3,
            "MemorySize": 128,
            "TracingConfig": { "Mode": "PassThrough" },
            "PackageType": "Zip",
            "Architectures": ["x86_64"],
            "EphemeralStorage": { "Size": 512 },
            "SnapStart": { "ApplyOn": "None", "OptimizationStatus": "Off" },
            "LoggingConfig": { "LogFormat": "Text", "LogGroup": format!("/aws/lambda/{function}") },
        });
        match defaults {
            Value::Object(map) => Self(map),
            _ => Self::default(),
        }
    }

    /// Returns a setting as text.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.0.get(key).and_then(Value::as_str)
    }

    /// Sets what is shown, or unsets it.
    pub(super) fn set(&mut self, key: &str, value: Value) {
        if value.is_null() {
            self.0.remove(key);
        } else {
            self.0.insert(key.to_owned(), value);
        }
    }

    /// Returns the settings with those of a request applied; the others stay.
    pub(super) fn with(&self, body: &Value, scope: &Scope<'_>) -> Result<Self, Refusal> {
        let mut settings = self.clone();
        for (asked, shown, convert) in SETTINGS {
            if let Some(value) = body.get(asked).filter(|value| !value.is_null()) {
                settings.set(shown, convert(value, scope)?);
            }
        }
        if let Some(apply_on) = body.pointer("/SnapStart/ApplyOn").and_then(Value::as_str)
            && apply_on != "None"
        {
            runtime::check_snap_start(settings.text("Runtime").unwrap_or_default())?;
        }
        settings.check_file_systems()?;
        Ok(settings)
    }

    /// A file system is reached through the network of a VPC.
    fn check_file_systems(&self) -> Result<(), Refusal> {
        let has = |list: Option<&Value>| list.and_then(Value::as_array).is_some_and(|list| !list.is_empty());
        let systems = self.0.get("FileSystemConfigs");
        if !has(systems) || has(self.0.get("VpcConfig").and_then(|config| config.get("SubnetIds"))) {
            return Ok(());
        }
        let arn = systems.and_then(|systems| systems[0]["Arn"].as_str()).unwrap_or_default();
        Err(invalid(format!(
            "Function must be configured to execute in a VPC to reference access point {arn}."
        )))
    }

    /// Applies `Architectures`, which belongs to the code rather than to the configuration.
    pub(super) fn set_architectures(&mut self, body: &Value) -> Result<(), Refusal> {
        let Some(value) = body.get("Architectures").filter(|value| !value.is_null()) else { return Ok(()) };
        let names: Vec<&str> = value.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let shown = names.join(", ");
        let refused = |constraint: &str| {
            validation(format!(
                "Value '[{shown}]' at 'architectures' failed to satisfy constraint: {constraint}"
            ))
        };
        match names.as_slice() {
            ["x86_64" | "arm64"] => {
                self.set("Architectures", json!(names));
                Ok(())
            }
            [] => Err(refused("Member must have length greater than or equal to 1")),
            [_] => Err(refused(
                "Member must satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64], Member must \
                 not be null]",
            )),
            _ => Err(refused("Member must have length less than or equal to 1")),
        }
    }
}

fn text<'a>(value: &'a Value, key: &str) -> Result<&'a str, Refusal> {
    value.as_str().ok_or_else(|| mistyped(key))
}

fn ranged(value: &Value, member: &str, least: i64, most: i64) -> Result<Value, Refusal> {
    let number = value.as_i64().ok_or_else(|| mistyped(member))?;
    between(member, number, least, most)?;
    Ok(json!(number))
}

#[expect(clippy::unnecessary_wraps, reason = "every operation has this shape")]
fn verbatim(value: &Value, _scope: &Scope<'_>) -> Result<Value, Refusal> {
    Ok(value.clone())
}

fn runtime_name(value: &Value, _scope: &Scope<'_>) -> Result<Value, Refusal> {
    runtime::check(text(value, "Runtime")?)?;
    Ok(value.clone())
}

fn role(value: &Value, _scope: &Scope<'_>) -> Result<Value, Refusal> {
    let arn = text(value, "Role")?;
    let rest = arn.strip_prefix("arn:aws").and_then(|rest| rest.split_once(":iam::"));
    let rest = rest.and_then(|(partition, rest)| (!partition.contains(':')).then_some(rest));
    let (account, name) = rest.and_then(|rest| rest.split_once(":role/")).unwrap_or_default();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@-/".contains(&byte);
    let satisfied = is_account(account) && !name.is_empty() && name.bytes().all(plain);
    pattern("role", arn, satisfied, r"arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+")?;
    Ok(value.clone())
}

fn handler(value: &Value, _scope: &Scope<'_>) -> Result<Value, Refusal> {
    let handler = text(value, "Handler")?;
    length("handler", handler, 128)?;
    pattern("handler", handler, !handler.is_empty() && !handler.contains(char::is_whitespace), r"[^\s]+")?;
    Ok(value.clone())
}

fn description(value: &Value, _scope: &Scope<'_>) -> Result<Value, Refusal> {
    text(value, "Description")?;
    Ok(value.clone())
}

fn timeout(value: &Value, _scope: &Scope<'_>) -> Result<Value, Refusal> {
    ranged(value, "timeout", 1, 900)
}

fn memory_size(value: &Value, _scope: &Scope<'_>) -> Result<Value, Refusal> {
    ranged(value, "memorySize", 128, 10_240)
}

fn vpc(value: &Value, _scope: &Scope<'_>) -> Result<Value, Refusal> {
    let list =
        |key: &str| value.get(key).filter(|list| list.is_array()).cloned().unwrap_or_else(|| json!([]));
    let (subnets, groups) = (list("SubnetIds"), list("SecurityGroupIds"));
    let is_empty = |list: &Value| list.as_array().is_none_or(Vec::is_empty);
    if is_empty(&subnets) != is_empty(&groups) {
        return Err(invalid("SecurityGroupIds and SubnetIds must both be empty or both be set."));
    }
    let dual_stack = value.get("Ipv6AllowedForDualStack").and_then(Value::as_bool).unwrap_or_default();
    let vpc_id = if is_empty(&subnets) { "" } else { "vpc-0a1b2c3d4e5f60718" };
    Ok(json!({
        "SubnetIds": subnets,
        "SecurityGroupIds": groups,
        "VpcId": vpc_id,
        "Ipv6AllowedForDualStack": dual_stack,
    }))
}

fn dead_letter(value: &Value, _scope: &Scope<'_>) -> Result<Value, Refusal> {
    let arn = value.get("TargetArn").and_then(Value::as_str).unwrap_or_default();
    if arn.is_empty() {
        return Ok(Value::Null);
    }
    pattern("deadLetterConfig.targetArn", arn, is_arn(arn), r"(arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()")?;
    if !arn.contains(":sqs:") && !arn.contains(":sns:") {
        return Err(invalid(format!(
            "The provided dead letter target {arn} is neither a queue nor a topic."
        )));
    }
    Ok(json!({ "TargetArn": arn }))
}

/// Names that Lambda sets itself.
const RESERVED: [&str; 18] = [
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_DEFAULT_REGION",
    "AWS_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_LAMBDA_RUNTIME_API",
    "LAMBDA_TASK_ROOT",
    "LAMBDA_RUNTIME_DIR",
];
/// The quota on all environment variables together.
const ENVIRONMENT_BYTES_MAX: usize = 4096;

fn environment(value: &Value, _scope: &Scope<'_>) -> Result<Value, Refusal> {
    let Some(variables) = value.get("Variables").and_then(Value::as_object) else { return Ok(Value::Null) };
    let trouble = "Lambda was unable to configure your environment variables because the environment variables you \
                   have provided";
    let reserved: Vec<&str> =
        variables.keys().map(String::as_str).filter(|name| RESERVED.contains(name)).collect();
    if !reserved.is_empty() {
        return Err(invalid(format!(
            "{trouble} contains reserved keys that are currently not supported for modification. Reserved keys used in \
             this request: {}",
            reserved.join(", ")
        )));
    }
    for (name, value) in variables {
        let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let satisfied = name.starts_with(|first: char| first.is_ascii_alphabetic());
        if !satisfied || !name.bytes().all(word) {
            return Err(validation(format!(
                "Value '[{name}]' at 'environment.variables' failed to satisfy constraint: Map keys must satisfy \
                 constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+, Member must not \
                 be null]"
            )));
        }
        text(value, "Environment")?;
    }
    let measured = Value::Object(variables.clone()).to_string();
    if measured.len() > ENVIRONMENT_BYTES_MAX {
        return Err(invalid(format!("{trouble} exceeded the 4KB limit. String measured: {measured}")));
    }
    Ok(if variables.is_empty() { Value::Null } else { json!({ "Variables": variables }) })
}

fn key(value: &Value, _scope: &Scope<'_>) -> Result<Value, Refusal> {
    let arn = text(value, "KMSKeyArn")?;
    if arn.is_empty() {
        return Ok(Value::Null);
    }
    pattern("kMSKeyArn", arn, is_arn(arn), r"(arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()")?;
    Ok(value.clone())
}

fn tracing(value: &Value, scope: &Scope<'_>) -> Result<Value, Refusal> {
    let Some(mode) = value.get("Mode").and_then(Value::as_str) else {
        return Ok(scope.before.0.get("TracingConfig").cloned().unwrap_or_default());
    };
    one_of("tracingConfig.mode", mode, &["Active", "PassThrough"])?;
    Ok(json!({ "Mode": mode }))
}

fn layers(value: &Value, scope: &Scope<'_>) -> Result<Value, Refusal> {
    let arns: Vec<&str> = value.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let shown = layer::attached(scope.world, scope.region, &arns)?;
    Ok(if shown.is_empty() { Value::Null } else { Value::Array(shown) })
}

fn file_systems(value: &Value, _scope: &Scope<'_>) -> Result<Value, Refusal> {
    let list = value.as_array().ok_or_else(|| mistyped("FileSystemConfigs"))?;
    Ok(if list.is_empty() { Value::Null } else { value.clone() })
}

#[expect(clippy::unnecessary_wraps, reason = "every operation has this shape")]
fn image(value: &Value, _scope: &Scope<'_>) -> Result<Value, Refusal> {
    let mut config = value.as_object().cloned().unwrap_or_default();
    config.retain(|_, part| match part {
        Value::Null => false,
        Value::Array(list) => !list.is_empty(),
        Value::String(text) => !text.is_empty(),
        _ => true,
    });
    Ok(if config.is_empty() { Value::Null } else { json!({ "ImageConfig": config }) })
}

fn storage(value: &Value, _scope: &Scope<'_>) -> Result<Value, Refusal> {
    let size = value.get("Size").ok_or_else(|| {
        validation(
            "Value null at 'ephemeralStorage.size' failed to satisfy constraint: Member must not be null",
        )
    })?;
    Ok(json!({ "Size": ranged(size, "ephemeralStorage.size", 512, 10_240)? }))
}

fn snap_start(value: &Value, _scope: &Scope<'_>) -> Result<Value, Refusal> {
    let apply_on = value.get("ApplyOn").and_then(Value::as_str).unwrap_or("None");
    one_of("snapStart.applyOn", apply_on, &["PublishedVersions", "None"])?;
    Ok(json!({ "ApplyOn": apply_on, "OptimizationStatus": "Off" }))
}

fn logging(value: &Value, scope: &Scope<'_>) -> Result<Value, Refusal> {
    let mut config =
        scope.before.0.get("LoggingConfig").and_then(Value::as_object).cloned().unwrap_or_default();
    let asked = |key: &str| value.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    let levels = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];
    if let Some(format) = asked("LogFormat") {
        one_of("loggingConfig.logFormat", format, &["JSON", "Text"])?;
        config.insert("LogFormat".to_owned(), json!(format));
    }
    let structured = config.get("LogFormat").and_then(Value::as_str) == Some("JSON");
    for (key, member, allowed) in [
        ("ApplicationLogLevel", "loggingConfig.applicationLogLevel", &levels[..]),
        ("SystemLogLevel", "loggingConfig.systemLogLevel", &["DEBUG", "INFO", "WARN"][..]),
    ] {
        if let Some(level) = asked(key) {
            one_of(member, level, allowed)?;
            if !structured {
                let message = "You must specify LogFormat as JSON in order to set ApplicationLogLevel or SystemLogLevel.";
                return Err(invalid(message));
            }
            config.insert(key.to_owned(), json!(level));
        } else if structured {
            config.entry(key).or_insert_with(|| json!("INFO"));
        } else {
            config.remove(key);
        }
    }
    let own = format!("/aws/lambda/{}", scope.function);
    let group = asked("LogGroup").map(str::to_owned);
    let group =
        group.or_else(|| config.get("LogGroup").and_then(Value::as_str).map(str::to_owned)).unwrap_or(own);
    config.insert("LogGroup".to_owned(), json!(group));
    Ok(Value::Object(config))
}
