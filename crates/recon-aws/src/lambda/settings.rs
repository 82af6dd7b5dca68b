//! A function's settings as the SDK takes them, and as it answers them.

use aws_sdk_lambda::types::{
    AliasRoutingConfiguration, ApplicationLogLevel, DeadLetterConfig, Environment, EphemeralStorage,
    FileSystemConfig, FunctionConfiguration, ImageConfig, LoggingConfig, Runtime, SnapStart,
    SnapStartOptimizationStatus, SystemLogLevel, TracingConfig, VpcConfig,
};
use recon_core::{Known, Type, Value};

use crate::shape::{block, is_empty, keep_empty, list_or_null, no_block, number, set, text, text_or_null};

/// The environment; an empty one where there is none, which removes it.
pub(crate) fn environment(want: &Known) -> Environment {
    let variables =
        want.block("environment").map(|block| block.string_entries("variables")).unwrap_or_default();
    Environment::builder().set_variables(Some(variables.into_iter().collect())).build()
}

pub(crate) fn vpc(want: &Known) -> VpcConfig {
    let block = want.block("vpc_config");
    let ids = |name: &str| block.map(|block| block.string_items(name)).unwrap_or_default();
    VpcConfig::builder()
        .set_subnet_ids(Some(ids("subnet_ids")))
        .set_security_group_ids(Some(ids("security_group_ids")))
        .set_ipv6_allowed_for_dual_stack(
            block.and_then(|block| block.get("ipv6_allowed_for_dual_stack").as_bool()),
        )
        .build()
}

pub(crate) fn dead_letter(want: &Known) -> DeadLetterConfig {
    let target = want.block("dead_letter_config").and_then(|block| block.str("target_arn"));
    DeadLetterConfig::builder().target_arn(target.unwrap_or_default()).build()
}

pub(crate) fn tracing(want: &Known) -> Option<TracingConfig> {
    let mode = want.block("tracing_config")?.text("mode")?;
    Some(TracingConfig::builder().mode(mode.into()).build())
}

pub(crate) fn ephemeral_storage(want: &Known) -> Option<EphemeralStorage> {
    let size = want.block("ephemeral_storage")?.get("size").as_i32()?;
    EphemeralStorage::builder().size(size).build().ok()
}

pub(crate) fn file_systems(want: &Known) -> Vec<FileSystemConfig> {
    let each = want.get("file_system_config").items().iter();
    let config = |block: &Value| {
        let builder = FileSystemConfig::builder()
            .arn(block.str("arn")?)
            .local_mount_path(block.str("local_mount_path")?);
        builder.build().ok()
    };
    each.filter_map(config).collect()
}

pub(crate) fn image(want: &Known) -> ImageConfig {
    let block = want.block("image_config");
    let items = |name: &str| block.map(|block| block.string_items(name)).unwrap_or_default();
    ImageConfig::builder()
        .set_command(Some(items("command")))
        .set_entry_point(Some(items("entry_point")))
        .working_directory(block.and_then(|block| block.str("working_directory")).unwrap_or_default())
        .build()
}

pub(crate) fn snap_start(want: &Known) -> SnapStart {
    let apply_on = want.block("snap_start").and_then(|block| block.text("apply_on"));
    SnapStart::builder().apply_on(apply_on.unwrap_or("None").into()).build()
}

pub(crate) fn logging(want: &Known) -> Option<LoggingConfig> {
    let block = want.block("logging_config")?;
    let builder = LoggingConfig::builder()
        .set_log_format(block.text("log_format").map(Into::into))
        .set_application_log_level(block.text("application_log_level").map(Into::into))
        .set_system_log_level(block.text("system_log_level").map(Into::into))
        .set_log_group(block.text("log_group").map(str::to_owned));
    Some(builder.build())
}

/// Weights of additional versions; an empty map where there are none, because absence leaves them as they are.
pub(crate) fn routing(want: &Known) -> AliasRoutingConfiguration {
    let weights = want.block("routing_config").map(|block| block.get("additional_version_weights"));
    let entries = weights.and_then(|weights| weights.entries()).into_iter().flatten();
    let weights = entries.filter_map(|(version, weight)| Some((version.to_string(), weight.as_f64()?)));
    AliasRoutingConfiguration::builder().set_additional_version_weights(Some(weights.collect())).build()
}

/// All settings of a function as its schema has them.
pub(crate) fn observed(have: &Known, live: &FunctionConfiguration) -> Vec<(&'static str, Value)> {
    let description = keep_empty(have, "description", text_or_null(live.description()));
    let layers: Vec<String> =
        live.layers().iter().filter_map(|layer| layer.arn().map(str::to_owned)).collect();
    vec![
        ("architectures", architectures(live)),
        ("description", description),
        ("handler", keep_empty(have, "handler", text_or_null(live.handler()))),
        ("kms_key_arn", keep_empty(have, "kms_key_arn", text_or_null(live.kms_key_arn()))),
        ("layers", keep_empty(have, "layers", list_or_null(&layers))),
        ("memory_size", number(live.memory_size())),
        ("package_type", text(live.package_type().map_or(Some("Zip"), |kind| Some(kind.as_str())))),
        ("role", text(live.role())),
        ("runtime", keep_empty(have, "runtime", text_or_null(live.runtime().map(Runtime::as_str)))),
        ("timeout", number(live.timeout())),
        ("dead_letter_config", observed_dead_letter(live)),
        ("environment", observed_environment(have, live)),
        (
            "ephemeral_storage",
            live.ephemeral_storage()
                .map_or_else(no_block, |storage| block([("size", number(Some(storage.size())))])),
        ),
        ("file_system_config", observed_file_systems(live)),
        ("image_config", observed_image(have, live)),
        ("logging_config", observed_logging(have, live)),
        ("snap_start", observed_snap_start(have, live)),
        ("tracing_config", observed_tracing(live)),
        ("vpc_config", observed_vpc(have, live)),
    ]
}

fn architectures(live: &FunctionConfiguration) -> Value {
    let names: Vec<&str> =
        live.architectures().iter().map(aws_sdk_lambda::types::Architecture::as_str).collect();
    if names.is_empty() { Value::strings(["x86_64"]) } else { Value::strings(names) }
}

fn observed_dead_letter(live: &FunctionConfiguration) -> Value {
    let target =
        live.dead_letter_config().and_then(|config| config.target_arn()).filter(|target| !target.is_empty());
    target.map_or_else(no_block, |target| block([("target_arn", Value::from(target))]))
}

fn observed_environment(have: &Known, live: &FunctionConfiguration) -> Value {
    // With an error (a key that may not be used) the variables are not in the answer, which does not mean they are gone.
    let Some(environment) = live.environment().filter(|environment| environment.error().is_none()) else {
        let is_hidden = live.environment().is_some();
        return if is_hidden || is_empty_block(have, "environment", &["variables"]) {
            have.get("environment").clone()
        } else {
            no_block()
        };
    };
    let variables = environment.variables().cloned().unwrap_or_default();
    if variables.is_empty() {
        return if is_empty_block(have, "environment", &["variables"]) {
            have.get("environment").clone()
        } else {
            no_block()
        };
    }
    block([("variables", Value::string_map(variables))])
}

/// What is planned, as it was where only a block that says nothing comes or goes: AWS does not tell it from none.
pub(super) fn without_empty_block(planned: Value, prior: &Known, name: &str, arguments: &[&str]) -> Value {
    let comes = prior.block(name).is_none() && is_empty_block(&planned, name, arguments);
    let goes = planned.get(name).items().is_empty()
        && !planned.get(name).is_unknown()
        && is_empty_block(prior, name, arguments);
    if comes || goes {
        return planned.with(name, prior.get(name).clone());
    }
    planned
}

/// Whether there is a block that says nothing.
fn is_empty_block(have: &Value, name: &str, arguments: &[&str]) -> bool {
    have.block(name).is_some_and(|block| arguments.iter().all(|argument| is_empty(block.get(argument))))
}

fn observed_file_systems(live: &FunctionConfiguration) -> Value {
    let each = live.file_system_configs().iter();
    let config = |config: &FileSystemConfig| {
        Value::object([
            ("arn", Value::from(config.arn())),
            ("local_mount_path", Value::from(config.local_mount_path())),
        ])
    };
    Value::tuple(each.map(config).collect())
}

fn observed_image(have: &Known, live: &FunctionConfiguration) -> Value {
    let empty = ["command", "entry_point", "working_directory"];
    let Some(image) = live.image_config_response().and_then(|response| response.image_config()) else {
        return if is_empty_block(have, "image_config", &empty) {
            have.get("image_config").clone()
        } else {
            no_block()
        };
    };
    if image.command().is_empty()
        && image.entry_point().is_empty()
        && image.working_directory().is_none_or(str::is_empty)
    {
        return if is_empty_block(have, "image_config", &empty) {
            have.get("image_config").clone()
        } else {
            no_block()
        };
    }
    block([
        ("command", list_or_null(image.command())),
        ("entry_point", list_or_null(image.entry_point())),
        ("working_directory", text_or_null(image.working_directory())),
    ])
}

fn observed_logging(have: &Known, live: &FunctionConfiguration) -> Value {
    let Some(config) = live.logging_config() else {
        // Emulators leave it out.
        return if have.block("logging_config").is_some() {
            have.get("logging_config").clone()
        } else {
            no_block()
        };
    };
    block([
        (
            "application_log_level",
            text_or_null(config.application_log_level().map(ApplicationLogLevel::as_str)),
        ),
        ("log_format", text(config.log_format().map_or(Some("Text"), |format| Some(format.as_str())))),
        ("log_group", text_or_null(config.log_group())),
        ("system_log_level", text_or_null(config.system_log_level().map(SystemLogLevel::as_str))),
    ])
}

fn observed_snap_start(have: &Known, live: &FunctionConfiguration) -> Value {
    let apply_on =
        live.snap_start().and_then(|config| config.apply_on()).map_or("None", |apply_on| apply_on.as_str());
    // AWS answers `None` for functions that never heard of it.
    if apply_on == "None" && have.block("snap_start").is_none() {
        return no_block();
    }
    let status = live
        .snap_start()
        .and_then(|config| config.optimization_status())
        .map(SnapStartOptimizationStatus::as_str);
    block([("apply_on", Value::from(apply_on)), ("optimization_status", text(status.or(Some("Off"))))])
}

fn observed_tracing(live: &FunctionConfiguration) -> Value {
    let mode = live.tracing_config().and_then(|config| config.mode());
    mode.map_or_else(no_block, |mode| block([("mode", Value::from(mode.as_str()))]))
}

fn observed_vpc(have: &Known, live: &FunctionConfiguration) -> Value {
    let Some(vpc) =
        live.vpc_config().filter(|vpc| !vpc.subnet_ids().is_empty() || !vpc.security_group_ids().is_empty())
    else {
        let is_empty = is_empty_block(have, "vpc_config", &["subnet_ids", "security_group_ids"]);
        let kept = || have.block("vpc_config").cloned().map(|block| block.with("vpc_id", Value::from("")));
        return kept().filter(|_| is_empty).map_or_else(no_block, |block| Value::tuple(vec![block]));
    };
    block([
        ("ipv6_allowed_for_dual_stack", Value::from(vpc.ipv6_allowed_for_dual_stack().unwrap_or_default())),
        ("security_group_ids", set(vpc.security_group_ids().iter().cloned())),
        ("subnet_ids", set(vpc.subnet_ids().iter().cloned())),
        ("vpc_id", vpc.vpc_id().map_or_else(|| Value::null(Type::String), Value::from)),
    ])
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    #[test_case("working_directory", "/app".into() => false; "a text")]
    #[test_case("working_directory", "".into() => true; "an empty text")]
    #[test_case("command", Value::strings(["run"]) => false; "a list")]
    #[test_case("command", Value::strings([""; 0]) => true; "an empty list")]
    #[test_case("command", Value::from(false) => false; "a flag")]
    fn a_block_is_empty_when_its_arguments_say_nothing(name: &'static str, value: Value) -> bool {
        let have = Value::object([("image_config", Value::tuple(vec![Value::object([(name, value)])]))]);
        is_empty_block(&have, "image_config", &["command", "entry_point", "working_directory"])
    }
}
