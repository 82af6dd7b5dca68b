//! What every change costs in calls: the operations of a create, an update and a delete, by resource type.
//!
//! Only what is called every time is here; polls, repetitions and what a mishap needs are not.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use recon_core::quota::{Prices, Quota, Shared, Write};
use recon_core::resource_type::Catalog;
use recon_core::schema::Mode;
use recon_core::value::Name;
use recon_core::{Known, Value};

use crate::apigateway::create_operation;
use crate::lambda::invocation::is_create_only;
use crate::live::Registered;
use crate::logs::group::DELIVERY;
use crate::quota::quotas_of;
use crate::types::resource_types;

/// The costs of AWS's objects.
struct Costs;

impl Prices for Costs {
    fn calls(&self, kind: &str, write: Write<'_>) -> Vec<&'static str> {
        calls(kind, write)
    }

    fn shared(&self, kind: &str, write: Write<'_>) -> Option<Shared> {
        let patches = match (kind, write) {
            ("aws_api_gateway_method_settings" | "aws_api_gateway_stage_binding", _)
            | ("aws_api_gateway_stage", Write::Update { .. }) => calls(kind, write).contains(&UPDATE_STAGE),
            _ => false,
        };
        patches.then_some(Shared { operation: UPDATE_STAGE, by: &["rest_api_id", "stage_name"] })
    }

    fn quotas(&self, operation: &str) -> Vec<&'static Quota> {
        quotas_of(operation)
    }
}

/// Tells a catalog.
pub(crate) fn register(catalog: &mut Catalog) {
    catalog.price("aws", Box::new(Costs));
}

type Operations = &'static [&'static str];

/// What one type's changes call.
struct Row {
    kind: &'static str,
    create: Operations,
    /// What an update calls that changes more than tags.
    update: Operations,
    delete: Operations,
    /// What adds or changes tags, and what removes them.
    tags: Option<(&'static str, &'static str)>,
}

const LAMBDA_TAGS: Option<(&str, &str)> = Some(("lambda:TagResource", "lambda:UntagResource"));
const API_TAGS: Option<(&str, &str)> = Some(("apigateway:TagResource", "apigateway:UntagResource"));

const fn row(
    kind: &'static str,
    create: Operations,
    update: Operations,
    delete: Operations,
    tags: Option<(&'static str, &'static str)>,
) -> Row {
    Row { kind, create, update, delete, tags }
}

const UPDATE_STAGE: &str = "apigateway:UpdateStage";
const INVOKE: &str = "lambda:Invoke";

/// A new version is pending at first; when it is not any more, it is read.
const PUBLISH: Operations = &["lambda:PublishVersion", "lambda:GetFunction", "lambda:GetFunction"];

#[rustfmt::skip]
const ROWS: &[Row] = &[
    row("aws_lambda_function", &["lambda:CreateFunction", "lambda:GetFunction"], &[], &["lambda:DeleteFunction"], LAMBDA_TAGS),
    row("aws_lambda_version", PUBLISH, &[], &[], None),
    row("aws_lambda_alias", &["lambda:CreateAlias"], &["lambda:UpdateAlias"], &["lambda:DeleteAlias"], None),
    row("aws_lambda_permission", &["lambda:AddPermission"], &[], &["lambda:RemovePermission"], None),
    row("aws_lambda_provisioned_concurrency_config", &["lambda:PutProvisionedConcurrencyConfig", "lambda:GetProvisionedConcurrencyConfig"], &["lambda:PutProvisionedConcurrencyConfig", "lambda:GetProvisionedConcurrencyConfig"], &["lambda:DeleteProvisionedConcurrencyConfig"], None),
    row("aws_lambda_function_event_invoke_config", &["lambda:PutFunctionEventInvokeConfig"], &["lambda:PutFunctionEventInvokeConfig"], &["lambda:DeleteFunctionEventInvokeConfig"], None),
    row("aws_lambda_function_url", &["lambda:CreateFunctionUrlConfig"], &["lambda:UpdateFunctionUrlConfig"], &["lambda:DeleteFunctionUrlConfig"], None),
    row("aws_lambda_function_recursion_config", &["lambda:PutFunctionRecursionConfig"], &["lambda:PutFunctionRecursionConfig"], &["lambda:PutFunctionRecursionConfig"], None),
    row("aws_lambda_runtime_management_config", &["lambda:PutRuntimeManagementConfig"], &["lambda:PutRuntimeManagementConfig"], &["lambda:PutRuntimeManagementConfig"], None),
    row("aws_lambda_event_source_mapping", &["lambda:CreateEventSourceMapping", "lambda:GetEventSourceMapping"], &["lambda:UpdateEventSourceMapping", "lambda:GetEventSourceMapping"], &["lambda:DeleteEventSourceMapping", "lambda:GetEventSourceMapping"], LAMBDA_TAGS),
    row("aws_lambda_layer_version", &["lambda:PublishLayerVersion"], &[], &["lambda:DeleteLayerVersion"], None),
    row("aws_lambda_layer_version_permission", &["lambda:AddLayerVersionPermission"], &[], &["lambda:RemoveLayerVersionPermission"], None),
    row("aws_lambda_invocation", &[INVOKE], &[], &[], None),
    row("aws_lambda_code_signing_config", &["lambda:CreateCodeSigningConfig"], &["lambda:UpdateCodeSigningConfig"], &["lambda:DeleteCodeSigningConfig"], LAMBDA_TAGS),
    row("aws_cloudwatch_log_group", &["logs:CreateLogGroup"], &[], &["logs:DeleteLogGroup"], Some(("logs:TagResource", "logs:UntagResource"))),
    row("aws_iam_role", &["iam:CreateRole"], &[], &["iam:DeleteRole"], Some(("iam:TagRole", "iam:UntagRole"))),
    row("aws_iam_role_policy", &["iam:PutRolePolicy"], &["iam:PutRolePolicy"], &["iam:DeleteRolePolicy"], None),
    row("aws_iam_role_policy_attachment", &["iam:AttachRolePolicy"], &[], &["iam:DetachRolePolicy"], None),
    row("aws_iam_policy", &["iam:CreatePolicy"], &["iam:CreatePolicyVersion"], &["iam:ListPolicyVersions", "iam:DeletePolicy"], Some(("iam:TagPolicy", "iam:UntagPolicy"))),
    row("aws_api_gateway_account", &["apigateway:UpdateAccount"], &["apigateway:UpdateAccount"], &[], None),
    row("aws_api_gateway_api_key", &["apigateway:CreateApiKey"], &["apigateway:UpdateApiKey"], &["apigateway:DeleteApiKey"], API_TAGS),
    row("aws_api_gateway_authorizer", &["apigateway:CreateAuthorizer"], &["apigateway:UpdateAuthorizer"], &["apigateway:DeleteAuthorizer"], None),
    row("aws_api_gateway_base_path_mapping", &["apigateway:CreateBasePathMapping"], &["apigateway:UpdateBasePathMapping"], &["apigateway:DeleteBasePathMapping"], None),
    row("aws_api_gateway_client_certificate", &["apigateway:GenerateClientCertificate"], &["apigateway:UpdateClientCertificate"], &["apigateway:DeleteClientCertificate"], API_TAGS),
    row("aws_api_gateway_deployment", &["apigateway:CreateDeployment"], &["apigateway:UpdateDeployment"], &["apigateway:DeleteDeployment"], None),
    row("aws_api_gateway_documentation_part", &["apigateway:CreateDocumentationPart"], &["apigateway:UpdateDocumentationPart"], &["apigateway:DeleteDocumentationPart"], None),
    row("aws_api_gateway_documentation_version", &["apigateway:CreateDocumentationVersion"], &["apigateway:UpdateDocumentationVersion"], &["apigateway:DeleteDocumentationVersion"], None),
    row("aws_api_gateway_domain_name", &["apigateway:CreateDomainName"], &["apigateway:UpdateDomainName"], &["apigateway:DeleteDomainName"], API_TAGS),
    row("aws_api_gateway_domain_name_access_association", &["apigateway:CreateDomainNameAccessAssociation"], &[], &["apigateway:DeleteDomainNameAccessAssociation"], API_TAGS),
    row("aws_api_gateway_gateway_response", &["apigateway:PutGatewayResponse"], &["apigateway:PutGatewayResponse"], &["apigateway:DeleteGatewayResponse"], None),
    row("aws_api_gateway_integration", &["apigateway:PutIntegration"], &["apigateway:UpdateIntegration"], &["apigateway:DeleteIntegration"], None),
    row("aws_api_gateway_integration_response", &["apigateway:PutIntegrationResponse"], &["apigateway:PutIntegrationResponse"], &["apigateway:DeleteIntegrationResponse"], None),
    row("aws_api_gateway_method", &["apigateway:PutMethod"], &["apigateway:UpdateMethod"], &["apigateway:DeleteMethod"], None),
    row("aws_api_gateway_method_response", &["apigateway:PutMethodResponse"], &["apigateway:UpdateMethodResponse"], &["apigateway:DeleteMethodResponse"], None),
    row("aws_api_gateway_method_settings", &["apigateway:UpdateStage"], &["apigateway:UpdateStage"], &["apigateway:UpdateStage"], None),
    row("aws_api_gateway_model", &["apigateway:CreateModel"], &["apigateway:UpdateModel"], &["apigateway:DeleteModel"], None),
    row("aws_api_gateway_request_validator", &["apigateway:CreateRequestValidator"], &["apigateway:UpdateRequestValidator"], &["apigateway:DeleteRequestValidator"], None),
    row("aws_api_gateway_resource", &["apigateway:CreateResource"], &["apigateway:UpdateResource"], &["apigateway:DeleteResource"], None),
    row("aws_api_gateway_rest_api", &["apigateway:CreateRestApi"], &["apigateway:UpdateRestApi"], &["apigateway:DeleteRestApi"], API_TAGS),
    row("aws_api_gateway_rest_api_policy", &["apigateway:UpdateRestApi"], &["apigateway:UpdateRestApi"], &["apigateway:UpdateRestApi"], None),
    row("aws_api_gateway_rest_api_put", &["apigateway:PutRestApi"], &["apigateway:PutRestApi"], &[], None),
    row("aws_api_gateway_stage", &["apigateway:CreateStage"], &["apigateway:UpdateStage"], &["apigateway:DeleteStage"], API_TAGS),
    row("aws_api_gateway_stage_binding", &["lambda:AddPermission", "apigateway:UpdateStage"], &[], &["apigateway:UpdateStage", "lambda:RemovePermission"], None),
    row("aws_api_gateway_usage_plan", &["apigateway:CreateUsagePlan"], &["apigateway:UpdateUsagePlan"], &["apigateway:DeleteUsagePlan"], API_TAGS),
    row("aws_api_gateway_usage_plan_key", &["apigateway:CreateUsagePlanKey"], &[], &["apigateway:DeleteUsagePlanKey"], None),
    row("aws_api_gateway_vpc_link", &["apigateway:CreateVpcLink", "apigateway:GetVpcLink"], &["apigateway:UpdateVpcLink"], &["apigateway:DeleteVpcLink", "apigateway:GetVpcLink"], API_TAGS),
];

fn calls(kind: &str, write: Write<'_>) -> Vec<&'static str> {
    let Some(row) = ROWS.iter().find(|row| row.kind == kind) else { return Vec::new() };
    match write {
        Write::Create { want } if kind == "aws_api_gateway_rest_api" => {
            [&[create_operation(want)], extra_of_create(kind, want)].concat()
        }
        Write::Create { want } => [row.create, extra_of_create(kind, want)].concat(),
        Write::Update { have, want } => {
            let mut calls = tag_calls(row, have, want);
            if differs_beyond_tags(kind, have, want) {
                calls.extend(row.update);
            }
            calls.extend(extra_of_update(kind, have, want));
            calls
        }
        Write::Delete { have } => match kind {
            _ if have.get("skip_destroy").as_bool() == Some(true) => Vec::new(),
            "aws_lambda_invocation" if !is_create_only(have) => vec![INVOKE],
            "aws_lambda_version" => vec!["lambda:DeleteFunction"; have.get("history").items().len()],
            // Its stages go after it, so they are taken off it first.
            "aws_api_gateway_usage_plan" if !have.get("api_stages").items().is_empty() => {
                vec!["apigateway:UpdateUsagePlan", "apigateway:DeleteUsagePlan"]
            }
            "aws_api_gateway_deployment" if have.text("stage_name").is_some() => {
                [&["apigateway:DeleteStage"], row.delete].concat()
            }
            _ => row.delete.to_vec(),
        },
    }
}

/// What a create calls for arguments that not every object has.
fn extra_of_create(kind: &str, want: &Value) -> Operations {
    let is_set = |name: &str| !want.get(name).is_null() && want.str(name) != Some("");
    match kind {
        "aws_lambda_function" if want.get("reserved_concurrent_executions").as_i64().unwrap_or(-1) >= 0 => {
            &["lambda:PutFunctionConcurrency", "lambda:GetFunction"]
        }
        "aws_cloudwatch_log_group"
            if want.get("retention_in_days").as_i64().unwrap_or(0) > 0
                && want.str("log_group_class") != Some(DELIVERY) =>
        {
            &["logs:PutRetentionPolicy"]
        }
        "aws_api_gateway_rest_api" if is_set("body") => {
            &["apigateway:PutRestApi", "apigateway:UpdateRestApi"]
        }
        "aws_api_gateway_stage"
            if want.block("access_log_settings").is_some() || is_set("client_certificate_id") =>
        {
            &["apigateway:UpdateStage"]
        }
        // Its cache takes a while, so the stage is read again.
        "aws_api_gateway_stage" if want.get("cache_cluster_enabled").as_bool() == Some(true) => {
            &["apigateway:GetStages"]
        }
        "aws_api_gateway_usage_plan" if is_set("product_code") => &["apigateway:UpdateUsagePlan"],
        // What the deployment froze is read, so that a later change of it is seen.
        "aws_api_gateway_deployment" if !is_set("triggers") => &[
            "apigateway:GetRestApi",
            "apigateway:GetResources",
            "apigateway:GetAuthorizers",
            "apigateway:GetGatewayResponses",
            "apigateway:GetModels",
            "apigateway:GetRequestValidators",
        ],
        _ => &[],
    }
}

/// What an update calls depending on what it changes.
fn extra_of_update(kind: &str, have: &Known, want: &Value) -> Vec<&'static str> {
    let differs = |name: &str| !want.get(name).same(have.get(name));
    match kind {
        "aws_lambda_function" => function_update(have, want),
        "aws_lambda_version" => {
            let mut calls = Vec::new();
            if want.get("version").is_unknown() {
                calls.extend(PUBLISH);
            }
            let kept = want.get("history").items().len();
            let pruned = have.get("history").items().len().saturating_sub(kept);
            calls.extend(vec!["lambda:DeleteFunction"; pruned]);
            calls
        }
        "aws_api_gateway_stage_binding" if differs("qualifier") => {
            vec!["lambda:AddPermission", "apigateway:UpdateStage", "lambda:RemovePermission"]
        }
        "aws_api_gateway_stage_binding" => {
            let mut calls = Vec::new();
            if have.get("permission_granted").as_bool() != Some(true) {
                calls.push("lambda:AddPermission");
            }
            if have.str("variable_value") != want.str("qualifier") {
                calls.push("apigateway:UpdateStage");
            }
            calls
        }
        "aws_api_gateway_rest_api" if differs("body") => vec!["apigateway:PutRestApi"],
        "aws_lambda_invocation" if !is_create_only(want) => vec![INVOKE],
        "aws_cloudwatch_log_group" => log_group_update(want, &differs),
        "aws_iam_role" => role_update(&differs),
        _ => Vec::new(),
    }
}

fn function_update(have: &Known, want: &Value) -> Vec<&'static str> {
    let differs = |name: &str| !want.get(name).same(have.get(name));
    let code = crate::lambda::CODE_ARGUMENTS.iter().chain(&["code_sha256"]).any(|name| differs(name));
    let settings = crate::lambda::SETTINGS.iter().any(|name| differs(name));
    let mut calls = Vec::new();
    if differs("code_signing_config_arn") {
        calls.push("lambda:PutFunctionCodeSigningConfig");
    }
    if settings {
        calls.extend(["lambda:UpdateFunctionConfiguration", "lambda:GetFunction"]);
    }
    if code {
        calls.extend(["lambda:UpdateFunctionCode", "lambda:GetFunction"]);
    } else if settings && want.get("publish").as_bool() == Some(true) {
        calls.push("lambda:PublishVersion");
    }
    if differs("reserved_concurrent_executions") {
        calls.push("lambda:PutFunctionConcurrency");
    }
    calls.push("lambda:GetFunction");
    calls
}

fn log_group_update(want: &Value, differs: &dyn Fn(&str) -> bool) -> Vec<&'static str> {
    let mut calls = Vec::new();
    if differs("retention_in_days") {
        let keeps = want.get("retention_in_days").as_i64().unwrap_or(0) > 0;
        calls.push(if keeps { "logs:PutRetentionPolicy" } else { "logs:DeleteRetentionPolicy" });
    }
    if differs("kms_key_id") {
        let has_key = want.text("kms_key_id").is_some();
        calls.push(if has_key { "logs:AssociateKmsKey" } else { "logs:DisassociateKmsKey" });
    }
    calls
}

fn role_update(differs: &dyn Fn(&str) -> bool) -> Vec<&'static str> {
    let mut calls = Vec::new();
    if differs("assume_role_policy") {
        calls.push("iam:UpdateAssumeRolePolicy");
    }
    if differs("description") || differs("max_session_duration") {
        calls.push("iam:UpdateRole");
    }
    if differs("permissions_boundary") {
        calls.push("iam:PutRolePermissionsBoundary");
    }
    calls
}

fn tag_calls(row: &Row, have: &Known, want: &Value) -> Vec<&'static str> {
    let Some((adds, removes)) = row.tags else { return Vec::new() };
    let (before, after) = (have.string_entries("tags_all"), want.string_entries("tags_all"));
    let mut calls = Vec::new();
    if before.keys().any(|key| !after.contains_key(key)) {
        calls.push(removes);
    }
    if after.iter().any(|(key, value)| before.get(key) != Some(value)) {
        calls.push(adds);
    }
    calls
}

/// What only AWS decides, by type.
static DECIDED_BY_AWS: LazyLock<BTreeMap<&'static str, BTreeSet<Name>>> = LazyLock::new(|| {
    let of = |kind: &Registered| {
        let attributes = kind.pure.schema().block.attributes.iter();
        let decided = attributes.filter(|(_, attribute)| matches!(attribute.mode, Mode::Computed(_)));
        (kind.name, decided.map(|(name, _)| name.clone()).collect())
    };
    resource_types().iter().map(of).collect()
});

/// Whether an argument other than tags is to differ.
fn differs_beyond_tags(kind: &str, have: &Known, want: &Value) -> bool {
    let decided = DECIDED_BY_AWS.get(kind);
    let is_argument = |name: &Name| {
        !matches!(&**name, "tags" | "tags_all") && decided.is_none_or(|decided| !decided.contains(name))
    };
    let mut entries = want.entries().into_iter().flatten();
    entries.any(|(name, value)| is_argument(name) && !value.same(have.get(name)))
}

#[cfg(test)]
mod tests {
    use recon_core::Type;

    use super::*;

    fn value(entries: &[(&'static str, Value)]) -> Value {
        Value::object(entries.iter().cloned())
    }

    #[test]
    fn every_type_has_its_costs() {
        for kind in resource_types() {
            assert!(ROWS.iter().any(|row| row.kind == kind.name), "no costs of {}", kind.name);
        }
    }

    #[test]
    fn a_change_of_tags_alone_touches_tags_alone() {
        let tags = |text: &str| Value::object([("team", Value::from(text))]);
        let of = |text: &str| value(&[("name", "k".into()), ("tags", tags(text)), ("tags_all", tags(text))]);
        let have = Known::with_nulls(&of("a"));
        let update = Write::Update { have: &have, want: &of("b") };
        assert_eq!(calls("aws_api_gateway_api_key", update), ["apigateway:TagResource"]);
    }

    #[test]
    fn a_version_is_published_only_when_its_number_is_open() {
        let have = Known::with_nulls(&value(&[("version", "1".into()), ("description", "a".into())]));
        let want = value(&[("version", Value::unknown(Type::String)), ("description", "b".into())]);
        let update = Write::Update { have: &have, want: &want };
        assert_eq!(calls("aws_lambda_version", update), PUBLISH);
    }
}
