//! How objects of each type are written down.

use recon_core::discovery::{Code, Link, Manner};
use recon_core::resource_type::Catalog;

use super::{implied, links};
use crate::lambda::{download, mapping_implies};

/// What names nothing but its API.
const PARTS: &[&str] = &[
    "aws_api_gateway_deployment",
    "aws_api_gateway_gateway_response",
    "aws_api_gateway_model",
    "aws_api_gateway_request_validator",
];

/// What names a function, and perhaps a version or an alias of it.
const OF_FUNCTIONS: &[&str] = &[
    "aws_lambda_function_event_invoke_config",
    "aws_lambda_function_url",
    "aws_lambda_permission",
    "aws_lambda_provisioned_concurrency_config",
];

/// Tells a catalog.
pub(crate) fn register(catalog: &mut Catalog) {
    let plain = |links: &'static [Link]| Manner { links, implied: implied::identity, ..Manner::default() };
    for kind in PARTS {
        catalog.write_as(kind, plain(links::OF_API));
    }
    catalog.write_as(
        "aws_api_gateway_rest_api",
        Manner {
            mentioned: &["execution_arn", "arn", "id"],
            implied: implied::rest_api,
            ..Manner::default()
        },
    );
    // A permission names the authorizer for which it is.
    let authorizer = Manner { mentioned: &["id"], ..plain(links::OF_API) };
    catalog.write_as("aws_api_gateway_authorizer", authorizer);
    catalog.write_as("aws_api_gateway_resource", plain(links::RESOURCES));
    catalog.write_as("aws_api_gateway_method", plain(links::METHODS));
    let integration = Manner { implied: implied::integration, ..plain(links::INTEGRATIONS) };
    catalog.write_as("aws_api_gateway_integration", integration);
    catalog.write_as("aws_api_gateway_method_response", plain(links::METHOD_RESPONSES));
    catalog.write_as("aws_api_gateway_integration_response", plain(links::INTEGRATION_RESPONSES));
    catalog.write_as("aws_api_gateway_stage", plain(links::STAGES));
    let settings = Manner { implied: implied::method_settings, ..plain(links::SETTINGS) };
    catalog.write_as("aws_api_gateway_method_settings", settings);
    let binding = Manner { implied: implied::binding, ..plain(links::BINDINGS) };
    catalog.write_as("aws_api_gateway_stage_binding", binding);
    catalog.write_as("aws_api_gateway_usage_plan", plain(links::PLANS));
    catalog.write_as("aws_api_gateway_usage_plan_key", plain(links::PLAN_KEYS));
    catalog.write_as("aws_api_gateway_base_path_mapping", plain(links::MAPPINGS));
    let domain = Manner { implied: implied::domain_name, ..Manner::default() };
    catalog.write_as("aws_api_gateway_domain_name", domain);
    for kind in ["aws_api_gateway_vpc_link", "aws_api_gateway_client_certificate"] {
        catalog.write_as(kind, plain(&[]));
    }
    catalog.write_as("aws_api_gateway_api_key", Manner { implied: implied::api_key, ..Manner::default() });
    register_lambda(catalog);
    // A stage names the group for its access logs.
    let group =
        Manner { links: links::LOG_GROUPS, mentioned: &["arn"], implied: implied::log_group, code: None };
    catalog.write_as("aws_cloudwatch_log_group", group);
    let role = Manner { mentioned: &["arn"], implied: implied::identity, ..Manner::default() };
    catalog.write_as("aws_iam_role", role);
    catalog.write_as("aws_iam_policy", role);
    catalog.write_as("aws_iam_role_policy", plain(links::OF_ROLE));
    catalog.write_as("aws_iam_role_policy_attachment", plain(links::OF_ROLE));
}

fn register_lambda(catalog: &mut Catalog) {
    let function = Manner {
        links: links::FUNCTIONS,
        mentioned: &["invoke_arn", "arn"],
        implied: implied::function,
        code: Some(Code {
            argument: "filename",
            file: download::file,
            left: &["filename", "source_code_hash"],
        }),
    };
    catalog.write_as("aws_lambda_function", function);
    let plain = |links: &'static [Link]| Manner { links, implied: implied::identity, ..Manner::default() };
    catalog
        .write_as("aws_lambda_alias", Manner { mentioned: &["invoke_arn", "arn"], ..plain(links::ALIASES) });
    let version = Manner { mentioned: &["invoke_arn", "qualified_arn"], ..plain(links::OF_FUNCTION) };
    catalog.write_as("aws_lambda_version", version);
    for kind in OF_FUNCTIONS {
        catalog.write_as(kind, plain(links::OF_FUNCTION));
    }
    let layer = Manner {
        implied: implied::layer_version,
        code: Some(Code {
            argument: "filename",
            file: download::layer_file,
            left: &["filename", "source_code_hash"],
        }),
        ..Manner::default()
    };
    catalog.write_as("aws_lambda_layer_version", layer);
    let signing = Manner { implied: implied::code_signing, ..Manner::default() };
    catalog.write_as("aws_lambda_code_signing_config", signing);
    let mapping = Manner { implied: mapping_implies, ..plain(links::OF_FUNCTION) };
    catalog.write_as("aws_lambda_event_source_mapping", mapping);
}
