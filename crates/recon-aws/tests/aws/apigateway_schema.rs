//! The schemas of API Gateway beside those of Terraform's provider, where its printed schemas are at hand.

use crate::terraform::{Comparison, catalog, extras, replacing, schemas};

/// What only recon has.
const OWN: &[(&str, &str)] = &[
    ("aws_api_gateway_deployment", "definition_sha256"),
    ("aws_api_gateway_deployment", "definition_parts"),
    ("aws_api_gateway_deployment", "live_sha256"),
];

#[test]
fn every_argument_and_attribute_is_as_in_terraform() {
    let (Some(schemas), catalog) = (schemas(), catalog()) else { return };
    let comparison = Comparison::of(&schemas, &catalog, "aws_api_gateway_");
    assert!(comparison.wrong.is_empty(), "{}", comparison.lines());
    let extras = extras(&schemas, &catalog, "aws_api_gateway_", OWN);
    assert!(extras.is_empty(), "{}", extras.join("\n"));
}

/// The arguments whose change replaces the object, as Terraform's provider plans them.
#[rustfmt::skip]
const REPLACES: &[(&str, &[&str])] = &[
    ("aws_api_gateway_api_key", &["value"]),
    ("aws_api_gateway_authorizer", &["rest_api_id"]),
    ("aws_api_gateway_base_path_mapping", &["domain_name"]),
    ("aws_api_gateway_deployment", &["rest_api_id", "stage_description", "stage_name", "triggers", "variables"]),
    ("aws_api_gateway_documentation_part", &["location.method", "location.name", "location.path", "location.status_code", "location.type", "rest_api_id"]),
    ("aws_api_gateway_documentation_version", &["rest_api_id", "version"]),
    ("aws_api_gateway_domain_name", &["certificate_body", "certificate_chain", "certificate_private_key", "domain_name"]),
    ("aws_api_gateway_gateway_response", &["response_type", "rest_api_id"]),
    ("aws_api_gateway_integration", &["credentials", "http_method", "integration_http_method", "passthrough_behavior", "resource_id", "rest_api_id", "type"]),
    ("aws_api_gateway_integration_response", &["http_method", "resource_id", "rest_api_id"]),
    ("aws_api_gateway_method", &["http_method", "resource_id", "rest_api_id"]),
    ("aws_api_gateway_method_response", &["http_method", "resource_id", "rest_api_id"]),
    ("aws_api_gateway_method_settings", &["method_path", "rest_api_id", "stage_name"]),
    ("aws_api_gateway_model", &["content_type", "name", "rest_api_id"]),
    ("aws_api_gateway_request_validator", &["rest_api_id"]),
    ("aws_api_gateway_resource", &["rest_api_id"]),
    ("aws_api_gateway_rest_api_policy", &["rest_api_id"]),
    ("aws_api_gateway_stage", &["rest_api_id", "stage_name"]),
    ("aws_api_gateway_usage_plan_key", &["key_id", "key_type", "usage_plan_id"]),
    ("aws_api_gateway_vpc_link", &["target_arns"]),
];

/// Arguments whose change Terraform plans as an update that AWS does not know: the object stays as it is, or another
/// one is left behind.
#[rustfmt::skip]
const REPLACES_BESIDES: &[(&str, &[&str])] = &[
    ("aws_api_gateway_base_path_mapping", &["domain_name_id"]),
    ("aws_api_gateway_deployment", &["canary_settings.percent_traffic", "canary_settings.stage_variable_overrides", "canary_settings.use_stage_cache"]),
    ("aws_api_gateway_integration_response", &["status_code"]),
    ("aws_api_gateway_method_response", &["status_code"]),
];

/// Types that Terraform's table above does not cover.
const NOT_COVERED: &[&str] = &[
    "aws_api_gateway_domain_name_access_association",
    "aws_api_gateway_rest_api_put",
    "aws_api_gateway_stage_binding",
];

#[test]
fn the_arguments_that_replace_are_those_of_terraform() {
    let catalog = catalog();
    for kind in catalog.resources().filter(|kind| kind.name().starts_with("aws_api_gateway_")) {
        if NOT_COVERED.contains(&kind.name()) {
            continue;
        }
        let of = |table: &[(&str, &[&str])]| {
            let rows = table.iter().filter(|(name, _)| *name == kind.name());
            rows.flat_map(|(_, names)| names.iter().map(ToString::to_string)).collect::<Vec<_>>()
        };
        let mut expected = [of(REPLACES), of(REPLACES_BESIDES)].concat();
        expected.sort();
        assert_eq!(replacing(kind), expected, "{}", kind.name());
    }
}
