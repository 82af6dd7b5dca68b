//! `aws_api_gateway_stage`, its pure half: arguments, rules, planning.

use std::sync::LazyLock;

use recon_core::resource_type::{Parts, Proposal, Refined, ResourceType};
use recon_core::schema::{Schema, at_most_one, block, computed, defaulted};
use recon_core::value::Name;
use recon_core::{Diagnostic, Path, Type, Value};

use super::arguments::{flag, given, id, rest_api_id, text, text_map, text_or_none};
use super::{check, part, tags};
use crate::rules::is_arn;

pub(super) static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let logs = block(
        [
            ("destination_arn", text("ARN of the log group or Firehose stream.")),
            ("format", text("Format of a line, made of `$context` variables.")),
        ],
        [],
    );
    let canary = block(
        [
            ("deployment_id", text("ID of the deployment that the canary serves.")),
            (
                "percent_traffic",
                defaulted(Type::Number, 0, "Share of the requests that it gets, in percent."),
            ),
            ("stage_variable_overrides", text_map("Stage variables that differ for it.")),
            ("use_stage_cache", flag("Whether it shares the stage's cache.")),
        ],
        [],
    );
    let attributes = [
        ("id", id()),
        ("rest_api_id", rest_api_id()),
        ("stage_name", text("Name of the stage, the first segment of its URL.").replaces()),
        ("deployment_id", text("ID of the deployment that the stage serves.")),
        ("description", text_or_none("What the stage is for.")),
        ("variables", text_map("Stage variables; those of stage bindings do not belong here.")),
        ("cache_cluster_enabled", flag("Whether the stage has a cache.")),
        ("cache_cluster_size", text_or_none("Size of the cache in GB: `0.5` to `237`.")),
        ("client_certificate_id", text_or_none("ID of the certificate that back ends see.")),
        ("documentation_version", text_or_none("Version of the documentation.")),
        ("xray_tracing_enabled", flag("Whether requests are traced with X-Ray.")),
        ("arn", given("ARN of the stage.")),
        ("execution_arn", given("ARN that permissions to be called by this stage name.")),
        ("invoke_url", given("URL of the stage.")),
        ("web_acl_arn", computed(Type::String, "ARN of the web ACL that guards the stage.")),
        ("tags", crate::tags::tags()),
        ("tags_all", crate::tags::tags_all()),
    ];
    Schema {
        version: 0,
        doc: "A stage of a REST API: a deployment under a name, with variables and settings.",
        block: block(
            attributes,
            [("access_log_settings", at_most_one(logs)), ("canary_settings", at_most_one(canary))],
        ),
    }
});

const CACHE_SIZES: &[&str] = &["0.5", "1.6", "6.1", "13.5", "28.4", "58.2", "118", "237"];

/// `aws_api_gateway_stage`
#[derive(Clone, Copy)]
pub(crate) struct Stage;

impl ResourceType for Stage {
    fn name(&self) -> &'static str {
        "aws_api_gateway_stage"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn check(&self, config: &Value) -> Vec<(Path, Diagnostic)> {
        let size = check::one_of(config, "cache_cluster_size", CACHE_SIZES);
        let logs = config.block("access_log_settings").and_then(log_destination);
        size.into_iter().chain(name(config)).chain(variables(config)).chain(logs).collect()
    }

    fn refine(&self, proposal: Proposal<'_>) -> Refined {
        let proposed = with_plain_log_group(proposal.proposed.clone());
        tags::refine(&Proposal { proposed, ..proposal })
    }

    fn queue_key(&self, value: &Value) -> Option<Name> {
        part::queue(value)
    }

    fn vanishes_with(&self) -> Parts {
        part::IN_API
    }
}

fn name(config: &Value) -> Option<(Path, Diagnostic)> {
    const LENGTH_MAX: usize = 128;
    let given = config.str("stage_name")?;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let fits = !given.is_empty() && given.len() <= LENGTH_MAX && given.chars().all(plain);
    let detail = format!(
        "The stage name `{given}` has to have 1 to {LENGTH_MAX} letters, digits, underscores and hyphens."
    );
    // `$default` is what API Gateway itself calls the stage of a quick-created API.
    (!fits && given != "$default").then(|| check::invalid("stage_name", detail))
}

fn log_destination(logs: &Value) -> Option<(Path, Diagnostic)> {
    let given = logs.text("destination_arn").filter(|given| !is_arn(given))?;
    let detail = format!("`destination_arn` must be an ARN (`arn:aws:logs:…`); it is {given:?}.");
    Some(check::invalid("access_log_settings", detail))
}

/// CloudWatch Logs names the streams of a group with `:*` at the end of its ARN, which API Gateway does not accept.
fn with_plain_log_group(stage: Value) -> Value {
    let Some(logs) = stage.block("access_log_settings").cloned() else { return stage };
    let group = logs.str("destination_arn").and_then(|arn| arn.strip_suffix(":*")).map(Value::from);
    let Some(group) = group else { return stage };
    let logs = logs.with("destination_arn", group);
    stage.with("access_log_settings", Value::list(logs.ty(), vec![logs]))
}

fn variables(config: &Value) -> Vec<(Path, Diagnostic)> {
    let entries = config.get("variables").entries().into_iter().flatten();
    let wrong = entries.filter_map(|(key, value)| variable(key, value.as_str()?));
    wrong.map(|detail| check::invalid("variables", detail)).collect()
}

/// Why API Gateway would refuse a stage variable.
pub(super) fn variable(key: &str, value: &str) -> Option<String> {
    const KEY_LENGTH_MAX: usize = 64;
    const VALUE_LENGTH_MAX: usize = 512;
    let in_key = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let in_value = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#&=,".contains(c);
    if key.is_empty() || key.len() > KEY_LENGTH_MAX || !key.chars().all(in_key) {
        return Some(format!(
            "The stage variable `{key}` has to be named with 1 to {KEY_LENGTH_MAX} letters, digits and underscores."
        ));
    }
    if value.len() > VALUE_LENGTH_MAX || !value.chars().all(in_value) {
        return Some(format!(
            "The value of the stage variable `{key}` may have up to {VALUE_LENGTH_MAX} letters, digits and -._~:/?#&=,"
        ));
    }
    None
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    #[test_case("alias", "prod", true)]
    #[test_case("url", "https://example.com/a?b=c", true)]
    #[test_case("my-alias", "prod", false; "hyphen in the name")]
    #[test_case("alias", "a b", false; "blank in the value")]
    #[test_case("", "a", false; "no name")]
    fn a_stage_variable_is_accepted_or_not(key: &str, value: &str, fits: bool) {
        assert_eq!(variable(key, value).is_none(), fits);
    }

    fn logs_to(arn: &str) -> Value {
        let logs =
            Value::object([("destination_arn", arn), ("format", "x")].map(|(k, v)| (k, Value::from(v))));
        Value::object([("access_log_settings", Value::list(logs.ty(), vec![logs]))])
    }

    #[test]
    fn a_log_group_is_named_without_its_streams() {
        let group = "arn:aws:logs:us-east-1:123456789012:log-group:api";
        let streams = logs_to(&format!("{group}:*"));
        assert_eq!(with_plain_log_group(streams), logs_to(group));
        assert_eq!(with_plain_log_group(logs_to(group)), logs_to(group));
    }

    #[test_case("arn:aws:logs:us-east-1:123456789012:log-group:api", true)]
    #[test_case("api", false)]
    fn a_log_goes_to_an_arn(destination: &str, fits: bool) {
        let stage = logs_to(destination);
        assert_eq!(stage.block("access_log_settings").and_then(log_destination).is_none(), fits);
    }

    #[test_case("dev", true)]
    #[test_case("v1/dev", false)]
    #[test_case("", false)]
    fn a_stage_name_is_accepted_or_not(given: &str, fits: bool) {
        assert_eq!(name(&Value::object([("stage_name", Value::from(given))])).is_none(), fits);
    }
}
