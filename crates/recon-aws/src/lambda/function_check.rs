//! The rules of `aws_lambda_function`: where the code comes from, and what its settings may be.

use aws_sdk_lambda::types::Runtime;
use recon_core::path::Step;
use recon_core::value::Name;
use recon_core::{Diagnostic, Path, Value};

use crate::rules::{self, Findings};

const NAME_MAX: usize = 64;
const HANDLER_MAX: usize = 128;
const LAYERS_MAX: usize = 5;
const MOUNT: &str = "/mnt/";
/// The most that the variables may take, as JSON.
const ENVIRONMENT_BYTES_MAX: usize = 4096;

/// The environment variables that Lambda sets itself.
const RESERVED: &[&str] = &[
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
];

pub(crate) fn check(config: &Value) -> Findings {
    let mut found = Findings::new();
    check_name(&mut found, config);
    check_code(&mut found, config);
    check_package(&mut found, config);
    check_architectures(&mut found, config);
    check_settings(&mut found, config);
    check_environment(&mut found, config);
    check_connections(&mut found, config);
    check_logging(&mut found, config);
    found
}

fn check_name(found: &mut Findings, config: &Value) {
    let Some(name) = config.str("function_name") else { return };
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let is_name = !name.is_empty() && name.len() <= NAME_MAX && name.chars().all(fits);
    if !is_name && !rules::is_arn(name) {
        let detail = "A function's name has 1 to 64 letters, digits, hyphens and underscores.";
        rules::wrong(found, "function_name", detail);
    }
}

fn check_code(found: &mut Findings, config: &Value) {
    let is_set = |name: &str| rules::is_set(config, name);
    let sources: Vec<&str> =
        ["filename", "image_uri", "s3_bucket"].into_iter().filter(|name| is_set(name)).collect();
    if sources.is_empty() {
        let detail = "The code is missing: one of `filename`, `image_uri`, `s3_bucket` must be specified.";
        rules::wrong(found, "filename", detail);
    }
    if let [first, second, ..] = sources[..] {
        rules::not_both(found, config, first, second);
    }
    if is_set("s3_bucket") && !is_set("s3_key") {
        rules::wrong(found, "s3_bucket", "With `s3_bucket`, `s3_key` must be set too.");
    }
    if is_set("s3_key") && !is_set("s3_bucket") {
        rules::wrong(found, "s3_key", "With `s3_key`, `s3_bucket` must be set too.");
    }
    rules::not_both(found, config, "s3_object_version", "filename");
    rules::not_both(found, config, "s3_object_version", "image_uri");
}

/// A zip file needs to be told what an image says itself.
fn check_package(found: &mut Findings, config: &Value) {
    rules::one_of(found, config, "package_type", &["Zip", "Image"]);
    let is_set = |name: &str| rules::is_set(config, name);
    let kind = config.get("package_type");
    let is_zip = kind.is_null() || kind.as_str() == Some("Zip");
    if is_zip && (!is_set("handler") || !is_set("runtime")) {
        rules::wrong(found, "handler", "`handler` and `runtime` must be set when `package_type` is `Zip`.");
    }
    if is_zip && is_set("image_uri") {
        rules::wrong(found, "image_uri", "Code in an image needs `package_type = \"Image\"`.");
    }
    if kind.as_str() == Some("Image") {
        for name in ["handler", "runtime"].into_iter().filter(|name| is_set(name)) {
            rules::wrong(found, name, format!("An image says its {name} itself: leave `{name}` out."));
        }
        if !config.get("layers").items().is_empty() {
            rules::wrong(found, "layers", "An image has no layers: build them into it.");
        }
    }
    rules::longest(found, config, "handler", HANDLER_MAX);
    if config.str("handler").is_some_and(|handler| handler.contains(char::is_whitespace)) {
        rules::wrong(found, "handler", "A handler has no spaces, as in `index.handler`.");
    }
}

fn check_architectures(found: &mut Findings, config: &Value) {
    let names = config.get("architectures").items();
    for (index, item) in names.iter().enumerate() {
        if item.as_str().is_some_and(|text| !["x86_64", "arm64"].contains(&text)) {
            let path = Path::attribute("architectures").then(Step::Index(index));
            let detail = "An architecture is `x86_64` or `arm64`.";
            found.push((path, Diagnostic::error("Invalid argument", detail)));
        }
    }
    if names.len() > 1 {
        rules::wrong(found, "architectures", "A function has one architecture.");
    }
}

fn nested<'a>(config: &'a Value, name: &str) -> Option<(Path, &'a Value)> {
    Some((Path::attribute(name).then(Step::Index(0)), config.block(name)?))
}

fn check_environment(found: &mut Findings, config: &Value) {
    let Some((at, block)) = nested(config, "environment") else { return };
    let variables = block.get("variables").entries().into_iter().flatten();
    let at = at.then(Step::Attribute("variables".into()));
    for (name, _) in variables.clone() {
        if let Some(detail) = wrong_variable(name) {
            found.push((at.clone(), Diagnostic::error("Invalid environment variable", detail)));
        }
    }
    // As JSON; what is not known yet counts nothing.
    let text = |text: &str| serde_json::Value::from(text).to_string().len();
    let one = |(name, value): (&Name, &Value)| text(name) + value.as_str().map_or(0, text) + 2;
    let bytes = 1 + variables.map(one).sum::<usize>();
    if bytes > ENVIRONMENT_BYTES_MAX {
        let detail = format!("Lambda keeps at most 4 KB of environment variables; these are {bytes} bytes.");
        found.push((at, Diagnostic::error("Environment too large", detail)));
    }
}

/// What is wrong with the name of an environment variable.
fn wrong_variable(name: &str) -> Option<String> {
    if RESERVED.contains(&name) {
        return Some(format!("Lambda sets `{name}` itself. Give the variable another name."));
    }
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic());
    let fits = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let detail =
        format!("The name of a variable is a letter, then letters, digits and underscores; it is {name:?}.");
    (!(begins && fits)).then_some(detail)
}

fn check_settings(found: &mut Findings, config: &Value) {
    rules::between(found, config, "memory_size", 128, 10_240);
    rules::between(found, config, "timeout", 1, 900);
    rules::between(found, config, "reserved_concurrent_executions", -1, i64::from(i32::MAX));
    rules::one_of(found, config, "runtime", Runtime::values());
    rules::arn(found, config, "role");
    rules::arn(found, config, "kms_key_arn");
    rules::arn(found, config, "code_signing_config_arn");
    rules::longest(found, config, "description", 256);
    if let Some((at, block)) = nested(config, "tracing_config") {
        rules::one_of_at(found, &at, block, "mode", &["Active", "PassThrough"]);
    }
    if let Some((at, block)) = nested(config, "ephemeral_storage") {
        rules::between_at(found, &at, block, "size", (512, 10_240));
    }
    if let Some((at, block)) = nested(config, "snap_start") {
        rules::one_of_at(found, &at, block, "apply_on", &["PublishedVersions", "None"]);
    }
    let layers = config.get("layers").items();
    if layers.len() > LAYERS_MAX {
        rules::wrong(found, "layers", "A function has at most five layers.");
    }
    for (index, layer) in layers.iter().enumerate() {
        if layer.as_str().is_some_and(|text| !rules::is_arn(text)) {
            let path = Path::attribute("layers").then(Step::Index(index));
            let detail = "A layer is named by the ARN of one of its versions.";
            found.push((path, Diagnostic::error("Invalid argument", detail)));
        }
    }
}

/// Network, file system and dead letters.
fn check_connections(found: &mut Findings, config: &Value) {
    let replaces = config.get("replace_security_groups_on_destroy").as_bool();
    let has_replacements = rules::is_set(config, "replacement_security_group_ids");
    if replaces == Some(true) && !has_replacements {
        let detail = "`replacement_security_group_ids` must say which security groups are set before the function is destroyed.";
        rules::wrong(found, "replace_security_groups_on_destroy", detail);
    }
    if has_replacements && config.get("replace_security_groups_on_destroy").is_null() {
        let detail =
            "With `replacement_security_group_ids`, `replace_security_groups_on_destroy` must be set too.";
        rules::wrong(found, "replacement_security_group_ids", detail);
    }
    match nested(config, "dead_letter_config").and_then(|(_, block)| block.str("target_arn")) {
        Some("") => {
            let detail = "nil dead_letter_config supplied: `target_arn` must name a queue or topic.";
            rules::wrong(found, "dead_letter_config", detail);
        }
        Some(target) if !rules::is_arn(target) => {
            let detail = format!("`target_arn` must be the ARN of a queue or topic; it is {target:?}.");
            rules::wrong(found, "dead_letter_config", detail);
        }
        _ => {}
    }
    let Some((_, block)) = nested(config, "file_system_config") else { return };
    let network = config.get("vpc_config");
    if !network.is_unknown() && network.items().is_empty() {
        let detail = "A file system is reached through the network of a VPC: `vpc_config` is missing.";
        rules::wrong(found, "file_system_config", detail);
    }
    if block.str("arn").is_some_and(|arn| !rules::is_arn(arn)) {
        rules::wrong(found, "file_system_config", "`arn` must be the ARN of an EFS access point.");
    }
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let is_mount =
        |path: &str| path.strip_prefix(MOUNT).is_some_and(|rest| !rest.is_empty() && rest.chars().all(fits));
    if block.str("local_mount_path").is_some_and(|path| !is_mount(path)) {
        let detail = "`local_mount_path` is `/mnt/` and letters, digits, hyphens, dots and underscores.";
        rules::wrong(found, "file_system_config", detail);
    }
}

fn check_logging(found: &mut Findings, config: &Value) {
    let Some((at, block)) = nested(config, "logging_config") else { return };
    let levels = &["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];
    rules::one_of_at(found, &at, block, "log_format", &["Text", "JSON"]);
    if block.str("log_format") == Some("Text") {
        for name in ["application_log_level", "system_log_level"] {
            if block.text(name).is_some() {
                let detail = format!("`{name}` needs `log_format = \"JSON\"`: text has no levels.");
                let path = at.then(Step::Attribute(name.into()));
                found.push((path, Diagnostic::error("Invalid argument", detail)));
            }
        }
    }
    rules::one_of_at(found, &at, block, "application_log_level", levels);
    rules::one_of_at(found, &at, block, "system_log_level", &["DEBUG", "INFO", "WARN"]);
}

#[cfg(test)]
mod tests {
    use recon_core::Type;
    use test_case::test_case;

    use super::*;

    fn zip(more: &[(&str, Value)]) -> Value {
        let basic = [
            ("function_name", Value::from("f")),
            ("filename", "a.zip".into()),
            ("handler", "index.handler".into()),
            ("runtime", "nodejs20.x".into()),
        ];
        Value::object([&basic, more].concat())
    }

    fn once<const N: usize>(attributes: [(&'static str, Value); N]) -> Value {
        Value::tuple(vec![Value::object(attributes)])
    }

    #[test_case(&[], None; "a zip file")]
    #[test_case(&[("function_name", "my function".into())], Some("function_name"); "a name with a space")]
    #[test_case(&[("function_name", "x".repeat(65).as_str().into())], Some("function_name"); "a long name")]
    #[test_case(&[("s3_key", "k".into())], Some("s3_key"); "a key without a bucket")]
    #[test_case(&[("s3_object_version", "1".into())], Some("s3_object_version"); "a version of a file")]
    #[test_case(&[("package_type", "Image".into())], Some("handler"); "an image with a handler")]
    #[test_case(&[("layers", Value::strings(["tools"]))], Some("layers"); "a layer that is no ARN")]
    #[test_case(&[("handler", "index handler".into())], Some("handler"); "a handler with a space")]
    #[test_case(&[("environment", once([("variables", Value::string_map([("AWS_REGION", "x")]))]))], Some("environment"); "a reserved variable")]
    #[test_case(&[("environment", once([("variables", Value::string_map([("1st", "x")]))]))], Some("environment"); "a variable that begins with a digit")]
    #[test_case(&[("environment", once([("variables", Value::string_map([("A", "x"), ("STAGE_1", "y")]))]))], None; "variables")]
    #[test_case(&[("file_system_config", once([("arn", "arn:aws:elasticfilesystem:us-east-1:1:access-point/a".into()), ("local_mount_path", "/mnt/data".into())]))], Some("file_system_config"); "a file system without a network")]
    #[test_case(&[("handler", Value::null(Type::String))], Some("handler"); "no handler")]
    #[test_case(&[("replacement_security_group_ids", Value::strings(["sg-1"]))], Some("replacement_security_group_ids"); "groups for nothing")]
    #[test_case(&[("dead_letter_config", once([("target_arn", "queue".into())]))], Some("dead_letter_config"); "a queue that is no ARN")]
    #[test_case(&[("file_system_config", once([("arn", "arn:aws:elasticfilesystem:us-east-1:1:access-point/a".into()), ("local_mount_path", "/data".into())]))], Some("file_system_config"); "a mount elsewhere")]
    #[test_case(&[("logging_config", once([("log_format", "Text".into()), ("system_log_level", "INFO".into())]))], Some("logging_config"); "levels of text")]
    fn rules_of_functions(more: &[(&str, Value)], argument: Option<&str>) {
        let named: Vec<String> =
            check(&zip(more)).iter().filter_map(|(path, _)| Some(path.argument()?.to_owned())).collect();
        assert_eq!(named.first().map(String::as_str), argument, "{named:?}");
    }
}
