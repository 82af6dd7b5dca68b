//! `aws_lambda_runtime_management_config`: when Lambda updates a function's runtime.

use std::sync::LazyLock;

use async_trait::async_trait;
use aws_sdk_lambda::types::UpdateRuntimeOn;
use recon_core::provider::{Failed, ProviderError};
use recon_core::resource_type::{Parts, ResourceType};
use recon_core::schema::{Sameness, Schema, block, computed, optional, required};
use recon_core::value::Name;
use recon_core::{Diagnostic, Known, Path, Type, Value};

use super::function::IN_FUNCTION;
use super::name::queue_key;
use super::qualified::{Target, if_there, wrong_id};
use crate::aws::Aws;
use crate::live::Live;
use crate::rules::{self, Findings};
use crate::shape::{keep_empty, merge, object, text, text_or_null};
use crate::snapshot::Snapshot;

const KIND: &str = "aws_lambda_runtime_management_config";

/// `aws_lambda_runtime_management_config`
#[derive(Clone, Copy)]
pub(crate) struct RuntimeManagement;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let qualifier = optional(Type::String, "Version, or `$LATEST`.").compared(Sameness::EmptyIsNull);
    let version =
        optional(Type::String, "ARN of the runtime version to stay with, when the mode is `Manual`.");
    let attributes = [
        ("function_arn", computed(Type::String, "ARN of the function.")),
        ("function_name", required(Type::String, "Name or ARN of the function.").replaces()),
        ("qualifier", qualifier.replaces()),
        ("runtime_version_arn", version.compared(Sameness::EmptyIsNull)),
        ("update_runtime_on", optional(Type::String, "`Auto`, `FunctionUpdate` or `Manual`.")),
    ];
    let doc = "When Lambda updates the runtime of a function.";
    Schema { version: 0, doc, block: block(attributes, []) }
});

impl ResourceType for RuntimeManagement {
    fn name(&self) -> &'static str {
        KIND
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn check(&self, config: &Value) -> Vec<(Path, Diagnostic)> {
        let mut found = Findings::new();
        rules::one_of(&mut found, config, "update_runtime_on", &["Auto", "FunctionUpdate", "Manual"]);
        rules::arn(&mut found, config, "runtime_version_arn");
        let mode = config.get("update_runtime_on");
        let is_pinned = rules::is_set(config, "runtime_version_arn");
        if mode.as_str() == Some("Manual") && !is_pinned {
            let detail = "With `update_runtime_on` `Manual`, `runtime_version_arn` says which version the function stays with.";
            rules::wrong(&mut found, "update_runtime_on", detail);
        }
        if !mode.is_unknown() && mode.as_str() != Some("Manual") && is_pinned {
            let detail = "`runtime_version_arn` only goes with `update_runtime_on = \"Manual\"`.";
            rules::wrong(&mut found, "runtime_version_arn", detail);
        }
        found
    }

    fn queue_key(&self, value: &Value) -> Option<Name> {
        queue_key(value.str("function_name"))
    }

    fn vanishes_with(&self) -> Parts {
        IN_FUNCTION
    }
}

#[async_trait]
impl Live for RuntimeManagement {
    async fn read(&self, aws: &Aws, _: &Snapshot, have: &Known) -> Result<Option<Known>, ProviderError> {
        get(aws, have).await
    }

    async fn create(&self, aws: &Aws, want: &Known) -> Result<Known, Failed> {
        Ok(put(aws, want).await?)
    }

    async fn update(&self, aws: &Aws, _: &Known, want: &Known) -> Result<Known, Failed> {
        Ok(put(aws, want).await?)
    }

    /// Every function has such a setting, so that its end is Lambda's default.
    async fn delete(&self, aws: &Aws, have: &Known) -> Result<(), ProviderError> {
        let target = Target::of(have);
        let send = || {
            let request = aws.lambda.put_runtime_management_config().function_name(target.function);
            request.set_qualifier(target.qualifier()).update_runtime_on(UpdateRuntimeOn::Auto).send()
        };
        if_there(aws.call("lambda:PutRuntimeManagementConfig", send).await).map(drop)
    }

    async fn import(&self, aws: &Aws, _: &Snapshot, id: &str) -> Result<Option<Known>, ProviderError> {
        let (function, qualifier) = id.split_once(',').unwrap_or((id, ""));
        if function.is_empty() {
            let help = "It is imported by FUNCTION,QUALIFIER or FUNCTION, as in `ItemsFunction,$LATEST`.";
            return Err(wrong_id(KIND, id, help));
        }
        let qualifier = text_or_null(Some(qualifier));
        get(aws, &object(&SCHEMA, [("function_name", Value::from(function)), ("qualifier", qualifier)])).await
    }

    async fn adopt(&self, aws: &Aws, want: &Known, _: i64) -> Result<Vec<Known>, ProviderError> {
        let compared = ["update_runtime_on", "runtime_version_arn"];
        let found = get(aws, want).await?;
        let ours = found.filter(|found| compared.iter().all(|name| found.get(name).same(want.get(name))));
        Ok(ours.into_iter().collect())
    }
}

async fn get(aws: &Aws, have: &Known) -> Result<Option<Known>, ProviderError> {
    let target = Target::of(have);
    let send = || {
        let request = aws.lambda.get_runtime_management_config().function_name(target.function);
        request.set_qualifier(target.qualifier()).send()
    };
    let answer = if_there(aws.call("lambda:GetRuntimeManagementConfig", send).await)?;
    Ok(answer.map(|live| {
        let mode = live.update_runtime_on.unwrap_or(UpdateRuntimeOn::Auto);
        value(have, live.function_arn.as_deref(), &mode, live.runtime_version_arn.as_deref())
    }))
}

async fn put(aws: &Aws, want: &Known) -> Result<Known, ProviderError> {
    let target = Target::of(want);
    let mode = want.text("update_runtime_on").map_or(UpdateRuntimeOn::Auto, UpdateRuntimeOn::from);
    let send = || {
        aws.lambda
            .put_runtime_management_config()
            .function_name(target.function)
            .set_qualifier(target.qualifier())
            .update_runtime_on(mode.clone())
            .set_runtime_version_arn(want.text("runtime_version_arn").map(str::to_owned))
            .send()
    };
    let live = aws.call("lambda:PutRuntimeManagementConfig", send).await?;
    let (arn, version) = (live.function_arn.as_str(), live.runtime_version_arn.as_deref());
    Ok(value(want, Some(arn), &live.update_runtime_on, version))
}

fn value(have: &Known, arn: Option<&str>, mode: &UpdateRuntimeOn, version: Option<&str>) -> Known {
    // Lambda's default is not drift where the configuration says nothing.
    let is_default = *mode == UpdateRuntimeOn::Auto && have.get("update_runtime_on").is_null();
    let mode_shown = if is_default { Value::null(Type::String) } else { Value::from(mode.as_str()) };
    let version = version.filter(|_| *mode == UpdateRuntimeOn::Manual);
    let attributes = [
        ("function_arn", text(arn)),
        ("update_runtime_on", mode_shown),
        ("runtime_version_arn", keep_empty(have, "runtime_version_arn", text_or_null(version))),
    ];
    merge(have.clone(), attributes)
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    const RUNTIME: &str = "arn:aws:lambda:us-east-1::runtime:0";

    #[test_case("Manual", RUNTIME, 0; "pinned")]
    #[test_case("Manual", "", 1; "pinned to nothing")]
    #[test_case("Auto", RUNTIME, 1; "a version beside the automatic mode")]
    #[test_case("FunctionUpdate", "", 0; "with the function")]
    #[test_case("Never", "", 1; "a mode there is not")]
    fn rules_of_runtime_updates(mode: &str, version: &str, errors: usize) {
        let config = Value::object([
            ("update_runtime_on", Value::from(mode)),
            ("runtime_version_arn", Value::from(version)),
        ]);
        assert_eq!(RuntimeManagement.check(&config).len(), errors);
    }
}
