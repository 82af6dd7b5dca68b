//! Which arguments name other objects.

use recon_core::discovery::{Link, LinkedPart};

use crate::logs::discover::OF_FUNCTIONS;

const fn link(argument: &'static str, kind: &'static str, attribute: &'static str) -> Link {
    within(argument, kind, attribute, &[])
}

const fn within(
    argument: &'static str,
    kind: &'static str,
    attribute: &'static str,
    same: &'static [(&'static str, &'static str)],
) -> Link {
    Link { argument, part: LinkedPart::Values, kind, attribute, same }
}

const IN_API: &[(&str, &str)] = &[("rest_api_id", "rest_api_id")];
const IN_RESOURCE: &[(&str, &str)] = &[("rest_api_id", "rest_api_id"), ("resource_id", "resource_id")];
const IN_METHOD: &[(&str, &str)] =
    &[("rest_api_id", "rest_api_id"), ("resource_id", "resource_id"), ("http_method", "http_method")];
const IN_FUNCTION: &[(&str, &str)] = &[("function_name", "function_name")];

const API: Link = link("rest_api_id", "aws_api_gateway_rest_api", "id");
const RESOURCE: Link = link("resource_id", "aws_api_gateway_resource", "id");
/// Methods of `/` itself.
const ROOT: Link = link("resource_id", "aws_api_gateway_rest_api", "root_resource_id");
const METHOD: Link = within("http_method", "aws_api_gateway_method", "http_method", IN_RESOURCE);
const STAGE: Link = within("stage_name", "aws_api_gateway_stage", "stage_name", IN_API);
const FUNCTION: Link = link("function_name", "aws_lambda_function", "function_name");
const QUALIFIER: Link = within("qualifier", "aws_lambda_alias", "name", IN_FUNCTION);
const VERSION: Link = within("qualifier", "aws_lambda_version", "version", IN_FUNCTION);
/// The versions that get a part of an alias's calls.
const WEIGHTS: Link = Link {
    part: LinkedPart::Keys,
    ..within("routing_config.additional_version_weights", "aws_lambda_version", "version", IN_FUNCTION)
};
const ROLE: Link = link("role", "aws_iam_role", "name");

pub(super) const OF_API: &[Link] = &[API];
pub(super) const RESOURCES: &[Link] = &[
    API,
    link("parent_id", "aws_api_gateway_rest_api", "root_resource_id"),
    link("parent_id", "aws_api_gateway_resource", "id"),
];
pub(super) const METHODS: &[Link] = &[
    API,
    RESOURCE,
    ROOT,
    link("authorizer_id", "aws_api_gateway_authorizer", "id"),
    link("request_validator_id", "aws_api_gateway_request_validator", "id"),
    within("request_models", "aws_api_gateway_model", "name", IN_API),
];
pub(super) const INTEGRATIONS: &[Link] =
    &[API, RESOURCE, ROOT, METHOD, link("connection_id", "aws_api_gateway_vpc_link", "id")];
pub(super) const METHOD_RESPONSES: &[Link] =
    &[API, RESOURCE, ROOT, METHOD, within("response_models", "aws_api_gateway_model", "name", IN_API)];
pub(super) const INTEGRATION_RESPONSES: &[Link] = &[
    API,
    RESOURCE,
    ROOT,
    // API Gateway wants the integration first, and the method's response.
    within("http_method", "aws_api_gateway_integration", "http_method", IN_RESOURCE),
    within("status_code", "aws_api_gateway_method_response", "status_code", IN_METHOD),
];
pub(super) const STAGES: &[Link] = &[
    API,
    link("deployment_id", "aws_api_gateway_deployment", "id"),
    link("canary_settings.deployment_id", "aws_api_gateway_deployment", "id"),
    link("client_certificate_id", "aws_api_gateway_client_certificate", "id"),
];
pub(super) const MAPPINGS: &[Link] = &[
    link("domain_name", "aws_api_gateway_domain_name", "domain_name"),
    link("api_id", "aws_api_gateway_rest_api", "id"),
    within("stage_name", "aws_api_gateway_stage", "stage_name", &[("api_id", "rest_api_id")]),
];
pub(super) const SETTINGS: &[Link] = &[API, STAGE];
pub(super) const BINDINGS: &[Link] = &[API, STAGE, FUNCTION, QUALIFIER];
pub(super) const PLANS: &[Link] = &[
    link("api_stages.api_id", "aws_api_gateway_rest_api", "id"),
    within(
        "api_stages.stage",
        "aws_api_gateway_stage",
        "stage_name",
        &[("api_stages.api_id", "rest_api_id")],
    ),
];
pub(super) const PLAN_KEYS: &[Link] = &[
    link("usage_plan_id", "aws_api_gateway_usage_plan", "id"),
    link("key_id", "aws_api_gateway_api_key", "id"),
];
pub(super) const FUNCTIONS: &[Link] = &[
    link("role", "aws_iam_role", "arn"),
    link("layers", "aws_lambda_layer_version", "arn"),
    link("code_signing_config_arn", "aws_lambda_code_signing_config", "arn"),
    link("logging_config.log_group", "aws_cloudwatch_log_group", "name"),
];
/// A group that Lambda names after its function.
pub(super) const LOG_GROUPS: &[Link] =
    &[Link { argument: "name", part: LinkedPart::After(OF_FUNCTIONS), ..FUNCTION }];
pub(super) const OF_FUNCTION: &[Link] = &[FUNCTION, QUALIFIER, VERSION];
pub(super) const ALIASES: &[Link] =
    &[FUNCTION, within("function_version", "aws_lambda_version", "version", IN_FUNCTION), WEIGHTS];
pub(super) const OF_ROLE: &[Link] = &[ROLE, link("policy_arn", "aws_iam_policy", "arn")];
