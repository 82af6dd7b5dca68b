//! `aws_api_gateway_rest_api`, its pure half: arguments, rules, planning.

use std::sync::LazyLock;

use recon_core::resource_type::{Proposal, Refined, ResourceType};
use recon_core::schema::{
    Sameness, Schema, at_most_one_or_provider, block, defaulted, optional, optional_computed, required,
};
use recon_core::value::Name;
use recon_core::{Data, Diagnostic, Path, Type, Value};

use super::arguments::{given, id, text, text_map, text_or_given};
use super::{check, part, tags};
use crate::quota::CREATE_EDGE_API;

pub(super) static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let endpoint = block(
        [
            ("types", required(Type::list(Type::String), "`EDGE`, `REGIONAL` or `PRIVATE`.")),
            ("ip_address_type", text_or_given("`ipv4` or `dualstack`.")),
            (
                "vpc_endpoint_ids",
                optional_computed(Type::set(Type::String), "VPC endpoints of a private API."),
            ),
        ],
        [],
    );
    let attributes = [
        ("id", id()),
        ("name", text("Name of the API.")),
        ("description", text_or_given("What the API is for.")),
        ("api_key_source", text_or_given("Where a request carries its API key: `HEADER` or `AUTHORIZER`.")),
        (
            "binary_media_types",
            optional_computed(Type::list(Type::String), "Content types that are not text; `*/*` for all."),
        ),
        (
            "minimum_compression_size",
            text_or_given("Size in bytes from which bodies are compressed; absent or `-1`: never."),
        ),
        (
            "disable_execute_api_endpoint",
            optional_computed(Type::Bool, "Whether only custom domain names lead to the API."),
        ),
        ("policy", text_or_given("Resource policy, as a JSON document.").compared(Sameness::Policy)),
        ("body", optional(Type::String, "OpenAPI document to make the API from.")),
        ("parameters", text_map("Parameters of the import of `body`.")),
        ("fail_on_warnings", optional(Type::Bool, "Whether a warning of the import of `body` fails it.")),
        (
            "put_rest_api_mode",
            defaulted(Type::String, "overwrite", "How `body` is applied: `overwrite` or `merge`."),
        ),
        ("arn", given("ARN of the API.")),
        ("execution_arn", given("ARN that permissions to be called by this API name.")),
        ("root_resource_id", given("ID of the resource `/`.")),
        ("created_date", given("When the API was made.")),
        ("tags", crate::tags::tags()),
        ("tags_all", crate::tags::tags_all()),
    ];
    Schema {
        version: 0,
        doc: "A REST API of API Gateway.",
        block: block(attributes, [("endpoint_configuration", at_most_one_or_provider(endpoint))]),
    }
});

/// What an OpenAPI document may set where the configuration is silent.
const FROM_BODY: &[&str] = &[
    "description",
    "api_key_source",
    "binary_media_types",
    "minimum_compression_size",
    "disable_execute_api_endpoint",
    "policy",
];

/// `aws_api_gateway_rest_api`
#[derive(Clone, Copy)]
pub(crate) struct RestApi;

impl ResourceType for RestApi {
    fn name(&self) -> &'static str {
        "aws_api_gateway_rest_api"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn check(&self, config: &Value) -> Vec<(Path, Diagnostic)> {
        let found = [
            check::one_of(config, "api_key_source", &["HEADER", "AUTHORIZER"]),
            check::one_of(config, "put_rest_api_mode", &["overwrite", "merge"]),
            check::json(config, "policy"),
            compression(config),
        ];
        let endpoint = config.block("endpoint_configuration").and_then(endpoint_type);
        found.into_iter().flatten().chain(endpoint).collect()
    }

    fn refine(&self, proposal: Proposal<'_>) -> Refined {
        let mut planned = match proposal.prior {
            Some(prior) if body_changes(prior, &proposal.proposed) => unsettled(&proposal),
            _ => proposal.proposed.clone(),
        };
        // Another word for no compression, which is what AWS answers with nothing.
        if planned.str("minimum_compression_size") == Some("-1") {
            planned = planned.with("minimum_compression_size", Value::null(Type::String));
        }
        tags::refine(&Proposal { proposed: planned, ..proposal })
    }

    fn queue_key(&self, value: &Value) -> Option<Name> {
        value.text("id").map(part::queue_of)
    }
}

/// Whether an update imports the document again.
pub(super) fn body_changes(have: &Value, want: &Value) -> bool {
    !crate::shape::is_empty(want.get("body"))
        && ["body", "parameters"].iter().any(|name| !have.get(name).same(want.get(name)))
}

/// The proposal with unknowns where the document may say something else than it did.
fn unsettled(proposal: &Proposal<'_>) -> Value {
    let mut planned = proposal.proposed.clone();
    for name in FROM_BODY {
        if proposal.config.get(name).is_null() {
            planned = planned.with(name, Value::unknown(proposal.proposed.get(name).ty()));
        }
    }
    if proposal.config.get("endpoint_configuration").items().is_empty() {
        let ty = SCHEMA.block.blocks["endpoint_configuration"].ty();
        planned = planned.with("endpoint_configuration", Value::unknown(ty));
    }
    planned
}

fn compression(config: &Value) -> Option<(Path, Diagnostic)> {
    const BYTES_MAX: i64 = 10_485_760;
    let given = config.text("minimum_compression_size")?;
    let fits = given.parse::<i64>().is_ok_and(|size| (-1..=BYTES_MAX).contains(&size));
    let detail =
        format!("`minimum_compression_size` is `{given}`, but has to be between -1 and {BYTES_MAX}.");
    (!fits).then(|| check::invalid("minimum_compression_size", detail))
}

fn endpoint_type(endpoint: &Value) -> Option<(Path, Diagnostic)> {
    let types = endpoint.get("types");
    if !matches!(types.data, Data::List(_)) || types.items().iter().any(Value::is_unknown) {
        return None;
    }
    let detail = match types.items() {
        [one] => match one.as_str() {
            Some("EDGE" | "REGIONAL" | "PRIVATE") => return None,
            _ => "The type of the endpoint has to be one of `EDGE`, `REGIONAL`, `PRIVATE`.",
        },
        _ => "`types` has to hold exactly one endpoint type.",
    };
    Some(check::invalid("endpoint_configuration", detail))
}

/// The operation that makes an API: AWS has another quota for edge-optimized ones, which is also what it makes if not
/// told otherwise.
pub(crate) fn create_operation(want: &Value) -> &'static str {
    let types = want.block("endpoint_configuration").map(|endpoint| endpoint.string_items("types"));
    let is_edge = types.is_none_or(|types| types.is_empty() || types.iter().any(|kind| kind == "EDGE"));
    if is_edge { CREATE_EDGE_API } else { "apigateway:CreateRestApi" }
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    #[test_case("-1", true)]
    #[test_case("10485760", true)]
    #[test_case("10485761", false)]
    #[test_case("many", false)]
    fn a_compression_size_is_within_its_limits(size: &str, fits: bool) {
        let config = Value::object([("minimum_compression_size", Value::from(size))]);
        assert_eq!(compression(&config).is_none(), fits);
    }

    #[test_case(&["REGIONAL"], true)]
    #[test_case(&["regional"], false)]
    #[test_case(&["EDGE", "REGIONAL"], false)]
    fn an_api_has_one_endpoint_type(types: &[&str], fits: bool) {
        let endpoint = Value::object([("types", Value::strings(types.iter().copied()))]);
        assert_eq!(endpoint_type(&endpoint).is_none(), fits);
    }
}
