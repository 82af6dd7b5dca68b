//! Which objects live inside of which others under names of their own, so that they are gone when those are replaced.

use recon_core::resource_type::{Catalog, Within};

const API: (&str, &str) = ("rest_api_id", "rest_api_id");
const RESOURCE: (&str, &str) = ("resource_id", "resource_id");
const METHOD: (&str, &str) = ("http_method", "http_method");
const STAGE: (&str, &str) = ("stage_name", "stage_name");
const FUNCTION: (&str, &str) = ("function_name", "function_name");
const FUNCTION_BY_NAME: Within = Within { kind: "aws_lambda_function", same: &[FUNCTION] };
const FUNCTION_BY_ARN: Within = Within { kind: "aws_lambda_function", same: &[("function_name", "arn")] };
const ALIAS_OF_FUNCTION: Within =
    Within { kind: "aws_lambda_alias", same: &[FUNCTION, ("qualifier", "name")] };

const TABLE: &[(&str, Within)] = &[
    (
        "aws_api_gateway_integration",
        Within { kind: "aws_api_gateway_method", same: &[RESOURCE, METHOD, API] },
    ),
    (
        "aws_api_gateway_integration_response",
        Within { kind: "aws_api_gateway_integration", same: &[RESOURCE, METHOD, API] },
    ),
    (
        "aws_api_gateway_integration_response",
        Within { kind: "aws_api_gateway_method", same: &[RESOURCE, METHOD, API] },
    ),
    (
        "aws_api_gateway_method_response",
        Within { kind: "aws_api_gateway_method", same: &[RESOURCE, METHOD, API] },
    ),
    ("aws_api_gateway_method_settings", Within { kind: "aws_api_gateway_stage", same: &[API, STAGE] }),
    ("aws_api_gateway_stage_binding", Within { kind: "aws_api_gateway_stage", same: &[API, STAGE] }),
    (
        "aws_api_gateway_stage_binding",
        Within { kind: "aws_lambda_alias", same: &[FUNCTION, ("qualifier", "name")] },
    ),
    ("aws_api_gateway_stage_binding", Within { kind: "aws_lambda_function", same: &[FUNCTION] }),
    ("aws_lambda_function_event_invoke_config", ALIAS_OF_FUNCTION),
    ("aws_lambda_function_event_invoke_config", FUNCTION_BY_NAME),
    ("aws_lambda_function_event_invoke_config", FUNCTION_BY_ARN),
    ("aws_lambda_function_recursion_config", FUNCTION_BY_NAME),
    ("aws_lambda_function_recursion_config", FUNCTION_BY_ARN),
    ("aws_lambda_function_url", ALIAS_OF_FUNCTION),
    ("aws_lambda_function_url", FUNCTION_BY_NAME),
    ("aws_lambda_function_url", FUNCTION_BY_ARN),
    ("aws_lambda_provisioned_concurrency_config", ALIAS_OF_FUNCTION),
    ("aws_lambda_provisioned_concurrency_config", FUNCTION_BY_NAME),
    ("aws_lambda_provisioned_concurrency_config", FUNCTION_BY_ARN),
    ("aws_lambda_runtime_management_config", FUNCTION_BY_NAME),
    ("aws_lambda_runtime_management_config", FUNCTION_BY_ARN),
    ("aws_iam_role_policy", Within { kind: "aws_iam_role", same: &[("role", "name")] }),
    ("aws_iam_role_policy_attachment", Within { kind: "aws_iam_role", same: &[("role", "name")] }),
];

/// Tells a catalog.
pub(crate) fn register(catalog: &mut Catalog) {
    for (kind, within) in TABLE {
        catalog.contain(kind, *within);
    }
}
