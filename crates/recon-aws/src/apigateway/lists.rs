//! The lists that a REST API has of one kind of part each: one call per 500 parts, shared by all who need them.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_sdk_apigateway::types::{
    Authorizer, Deployment, DocumentationPart, DocumentationVersion, GatewayResponse, Model, RequestValidator,
};
use recon_core::provider::ProviderError;

use super::part::if_there;
use super::reads::{PAGE, PAGES_MAX};
use crate::aws::Aws;
use crate::snapshot::Snapshot;

/// Two readers of a list: one that shares its answer within a snapshot, one that asks now. The parts are by the text
/// that identifies them; there are none where there is no such API.
macro_rules! list {
    ($shared:ident, $now:ident, $request:ident, $operation:literal, $part:ty, $key:expr) => {
        pub(super) async fn $shared(
            aws: &Aws,
            snapshot: &Snapshot,
            api: &str,
        ) -> Result<Arc<BTreeMap<String, $part>>, ProviderError> {
            snapshot.once(format!("{}:{api}", $operation), || $now(aws, api)).await
        }

        pub(super) async fn $now(aws: &Aws, api: &str) -> Result<BTreeMap<String, $part>, ProviderError> {
            let key: fn(&$part) -> Option<String> = $key;
            let mut found = BTreeMap::new();
            let mut position: Option<String> = None;
            for _ in 0..PAGES_MAX {
                let call = || {
                    let list = aws.apigateway.$request().rest_api_id(api).limit(PAGE);
                    list.set_position(position.clone()).send()
                };
                let Some(page) = if_there(aws.call($operation, call).await)? else { break };
                let parts = page.items.unwrap_or_default();
                found.extend(parts.into_iter().filter_map(|part| Some((key(&part)?, part))));
                // An emulator that knows no pages may hand out the same position for ever.
                if page.position.is_none() || page.position == position {
                    break;
                }
                position = page.position;
            }
            Ok(found)
        }
    };
}

list!(deployments, get_deployments, get_deployments, "apigateway:GetDeployments", Deployment, |it| it
    .id
    .clone());
list!(models, get_models, get_models, "apigateway:GetModels", Model, |it| it.name.clone());
list!(authorizers, get_authorizers, get_authorizers, "apigateway:GetAuthorizers", Authorizer, |it| it
    .id
    .clone());
list!(
    request_validators,
    get_request_validators,
    get_request_validators,
    "apigateway:GetRequestValidators",
    RequestValidator,
    |it| it.id.clone()
);
list!(
    gateway_responses,
    get_gateway_responses,
    get_gateway_responses,
    "apigateway:GetGatewayResponses",
    GatewayResponse,
    |it| it.response_type.as_ref().map(|kind| kind.as_str().to_owned())
);
list!(
    documentation_parts,
    get_documentation_parts,
    get_documentation_parts,
    "apigateway:GetDocumentationParts",
    DocumentationPart,
    |it| it.id.clone()
);
list!(
    documentation_versions,
    get_documentation_versions,
    get_documentation_versions,
    "apigateway:GetDocumentationVersions",
    DocumentationVersion,
    |it| it.version.clone()
);
