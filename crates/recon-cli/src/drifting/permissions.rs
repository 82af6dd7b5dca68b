//! `-iam-policy`: the policy that a drift run over a configuration needs, and no more.

use std::collections::{BTreeMap, BTreeSet};

use recon_parser::config::Module;
use serde_json::{Value as Json, json};

/// What reading an object of a type takes; types begin with the text. All of API Gateway is one action of HTTP.
const ACTIONS: &[(&str, &[&str])] = &[
    ("aws_api_gateway_", &["apigateway:GET"]),
    (
        "aws_lambda_function",
        &[
            "lambda:GetAccountSettings",
            "lambda:GetFunction",
            "lambda:GetFunctionCodeSigningConfig",
            "lambda:ListFunctions",
            "lambda:ListTags",
            "lambda:ListVersionsByFunction",
        ],
    ),
    (
        "aws_lambda_version",
        &["lambda:GetAccountSettings", "lambda:ListFunctions", "lambda:ListVersionsByFunction"],
    ),
    ("aws_lambda_alias", &["lambda:GetAlias", "lambda:ListAliases"]),
    ("aws_lambda_permission", &["lambda:GetPolicy"]),
    ("aws_api_gateway_stage_binding", &["lambda:GetPolicy"]),
    (
        "aws_lambda_event_source_mapping",
        &["lambda:GetEventSourceMapping", "lambda:ListEventSourceMappings", "lambda:ListTags"],
    ),
    (
        "aws_lambda_provisioned_concurrency_config",
        &["lambda:GetProvisionedConcurrencyConfig", "lambda:ListProvisionedConcurrencyConfigs"],
    ),
    (
        "aws_lambda_function_event_invoke_config",
        &["lambda:GetFunctionEventInvokeConfig", "lambda:ListFunctionEventInvokeConfigs"],
    ),
    ("aws_lambda_function_url", &["lambda:GetFunctionUrlConfig", "lambda:ListFunctionUrlConfigs"]),
    (
        "aws_lambda_layer_version",
        &["lambda:GetLayerVersion", "lambda:GetLayerVersionPolicy", "lambda:ListLayerVersions"],
    ),
    ("aws_lambda_code_signing_config", &["lambda:GetCodeSigningConfig", "lambda:ListTags"]),
    (
        "aws_iam_role",
        &[
            "iam:GetAccountAuthorizationDetails",
            "iam:GetRole",
            "iam:GetRolePolicy",
            "iam:ListAttachedRolePolicies",
            "iam:ListRolePolicies",
            "iam:ListRoles",
        ],
    ),
    (
        "aws_iam_policy",
        &["iam:GetAccountAuthorizationDetails", "iam:GetPolicy", "iam:GetPolicyVersion", "iam:ListPolicies"],
    ),
    ("aws_cloudwatch_log_group", &["logs:DescribeLogGroups", "logs:ListTagsForResource"]),
];

/// What a run does beside reading what is declared.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Beside {
    /// It finds out who did it.
    pub blame: bool,
    /// It looks for what nobody declared in lists that no read needs.
    pub thorough: bool,
}

/// The types of a module and of those it calls.
pub(crate) fn kinds(module: &Module, found: &mut BTreeSet<String>) {
    found.extend(module.resources.keys().map(|(_, kind, _)| kind.to_string()));
    module.calls.values().for_each(|call| kinds(&call.module, found));
}

/// What finding out takes who did it.
const BLAME: &str = "cloudtrail:LookupEvents";

/// What looking under functions takes; what is under APIs is read with the action that reads those.
const UNDER_FUNCTIONS: [&str; 2] = ["lambda:GetPolicy", "lambda:ListAliases"];

/// The policy that reading objects of these types takes, and what a run does beside.
pub(crate) fn policy(kinds: &BTreeSet<String>, beside: Beside) -> Json {
    let mut services: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    // Who one is, is never forbidden; the action is named for readers.
    services.entry("sts").or_default().insert("sts:GetCallerIdentity");
    let is_needed = |begin: &str| kinds.iter().any(|kind| kind.starts_with(begin));
    let fitting = ACTIONS.iter().filter(|(begin, _)| is_needed(begin));
    let needed = fitting.flat_map(|(_, actions)| actions.iter().copied());
    let under = UNDER_FUNCTIONS.into_iter().filter(|_| beside.thorough && is_needed("aws_lambda_function"));
    let needed: BTreeSet<&str> = needed.chain(beside.blame.then_some(BLAME)).chain(under).collect();
    for action in needed {
        let service = action.split(':').next().unwrap_or_default();
        services.entry(service).or_default().insert(action);
    }
    let statements = services.into_iter().map(|(service, actions)| {
        let sid = format!("ReconDrift{}{}", service[..1].to_uppercase(), &service[1..]);
        let resource = if service == "apigateway" { "arn:aws:apigateway:*::/*" } else { "*" };
        json!({ "Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resource })
    });
    json!({ "Version": "2012-10-17", "Statement": statements.collect::<Vec<_>>() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_used_may_be_read() {
        let kinds = BTreeSet::from(["aws_lambda_alias".to_owned(), "terraform_data".to_owned()]);
        let policy = policy(&kinds, Beside::default());
        assert_eq!(policy["Statement"][0]["Action"], json!(["lambda:GetAlias", "lambda:ListAliases"]));
        assert_eq!(policy["Statement"].as_array().map(Vec::len), Some(2));
        assert!(!policy.to_string().contains("apigateway"));
    }

    #[test]
    fn every_action_only_reads() {
        let actions = ACTIONS.iter().flat_map(|(_, actions)| actions.iter());
        let reads = |action: &&&str| {
            let verb = action.split_once(':').map_or("", |(_, verb)| verb);
            ["Get", "List", "Describe"].iter().any(|begin| verb.starts_with(begin)) || verb == "GET"
        };
        assert_eq!(actions.clone().filter(reads).count(), actions.count());
    }
}
