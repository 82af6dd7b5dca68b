//! Which objects live inside of which others under names of their own, so that they are gone when those are replaced.

use recon_core::resource_type::{Catalog, Within};

const API: (&str, &str) = ("rest_api_id", "rest_api_id");
const RESOURCE: (&str, &str) = ("resource_id", "resource_id");
const METHOD: (&str, &str) = ("http_method", "http_method");
const STAGE: (&str, &str) = ("stage_name", "stage_name");
const FUNCTION: (&str, &str) = ("function_name", "function_name");

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
    ("aws_iam_role_policy", Within { kind: "aws_iam_role", same: &[("role", "name")] }),
    ("aws_iam_role_policy_attachment", Within { kind: "aws_iam_role", same: &[("role", "name")] }),
];

/// Tells a catalog.
pub(crate) fn register(catalog: &mut Catalog) {
    for (kind, within) in TABLE {
        catalog.contain(kind, *within);
    }
}
