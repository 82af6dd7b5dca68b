//! The calls that a refresh makes, each at most once: every type picks its part of a shared answer.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aws_sdk_apigateway::types::{Method, Resource, RestApi, Stage};
use recon_core::Known;
use recon_core::provider::ProviderError;

use super::part::{if_there, key};
use crate::aws::Aws;
use crate::snapshot::Snapshot;

/// Objects per page, the most that AWS gives.
pub(super) const PAGE: i32 = 500;

/// The most pages of one list that are read; beyond it something is wrong with the service.
pub(super) const PAGES_MAX: usize = 1_000;

/// Up to this many objects are read one by one; more are looked for in the list of all.
const FEW: usize = 2;

/// How many pages of a list are worth reading before the rest of `count` objects is read one by one.
pub(super) fn pages_worth(count: usize) -> usize {
    if count <= FEW { 0 } else { count.div_ceil(2) }
}

/// The texts of an attribute of all observed objects of a type.
pub(super) fn observed(snapshot: &Snapshot, kind: &str, attribute: &str) -> BTreeSet<String> {
    snapshot.of_kind(kind).filter_map(|have| have.text(attribute).map(str::to_owned)).collect()
}

/// A REST API, from the list of all where many are observed.
pub(super) async fn rest_api(
    aws: &Aws,
    snapshot: &Snapshot,
    id: &str,
) -> Result<Option<Arc<RestApi>>, ProviderError> {
    let listed = snapshot
        .once("apigateway:rest_apis".to_owned(), || list_rest_apis(aws, wanted_apis(snapshot)))
        .await?;
    if let Some(api) = listed.get(id) {
        return Ok(Some(api.clone()));
    }
    one_rest_api(aws, snapshot, id).await
}

/// A REST API by a call of its own, which reports what the list may leave out.
pub(super) async fn one_rest_api(
    aws: &Aws,
    snapshot: &Snapshot,
    id: &str,
) -> Result<Option<Arc<RestApi>>, ProviderError> {
    let found = snapshot.once(format!("apigateway:rest_api:{id}"), || get_rest_api(aws, id)).await?;
    Ok((*found).clone())
}

async fn get_rest_api(aws: &Aws, id: &str) -> Result<Option<Arc<RestApi>>, ProviderError> {
    let call = || aws.apigateway.get_rest_api().rest_api_id(id).send();
    let Some(api) = if_there(aws.call("apigateway:GetRestApi", call).await)? else { return Ok(None) };
    Ok(Some(Arc::new(
        RestApi::builder()
            .set_id(api.id)
            .set_name(api.name)
            .set_description(api.description)
            .set_created_date(api.created_date)
            .set_binary_media_types(api.binary_media_types)
            .set_minimum_compression_size(api.minimum_compression_size)
            .set_api_key_source(api.api_key_source)
            .set_endpoint_configuration(api.endpoint_configuration)
            .set_policy(api.policy)
            .set_tags(api.tags)
            .disable_execute_api_endpoint(api.disable_execute_api_endpoint)
            .set_root_resource_id(api.root_resource_id)
            .build(),
    )))
}

fn wanted_apis(snapshot: &Snapshot) -> BTreeSet<String> {
    let apis = observed(snapshot, "aws_api_gateway_rest_api", "id");
    let policies = observed(snapshot, "aws_api_gateway_rest_api_policy", "rest_api_id");
    let watched =
        snapshot.of_kind("aws_api_gateway_deployment").filter(|have| have.get("triggers").is_null());
    let deployed = watched.filter_map(|have| have.text("rest_api_id").map(str::to_owned));
    apis.into_iter().chain(policies).chain(deployed).collect()
}

async fn list_rest_apis(
    aws: &Aws,
    wanted: BTreeSet<String>,
) -> Result<BTreeMap<String, Arc<RestApi>>, ProviderError> {
    let mut found = BTreeMap::new();
    let mut position: Option<String> = None;
    for _ in 0..pages_worth(wanted.len()) {
        let call = || aws.apigateway.get_rest_apis().limit(PAGE).set_position(position.clone()).send();
        let page = aws.call("apigateway:GetRestApis", call).await?;
        for api in page.items.unwrap_or_default() {
            if let Some(id) = api.id.clone() {
                found.insert(id, Arc::new(api));
            }
        }
        position = page.position;
        if position.is_none() || wanted.iter().all(|id| found.contains_key(id)) {
            break;
        }
    }
    Ok(found)
}

/// The resources of a REST API with their methods, by id.
pub(crate) type Resources = BTreeMap<String, Resource>;

/// The resources of a REST API, and how much of their methods whoever answered embeds.
pub(crate) struct Tree {
    pub(crate) resources: Resources,
    /// Whether some method came with its responses, so that one without has none.
    has_responses: bool,
    has_integration_responses: bool,
}

impl Tree {
    fn of(resources: Resources) -> Self {
        let methods =
            || resources.values().flat_map(|it| it.resource_methods.iter().flatten()).map(|(_, it)| it);
        let has_responses = methods().any(|method| is_complete(method, Depth::Responses));
        let has_integration_responses =
            methods().any(|method| is_complete(method, Depth::IntegrationResponses));
        Self { resources, has_responses, has_integration_responses }
    }

    /// Whether an embedded method holds as much of it as is needed, or all that there is.
    fn tells(&self, method: &Method, depth: Depth) -> bool {
        let told = match depth {
            Depth::Responses if self.has_responses => Depth::Request,
            Depth::IntegrationResponses if self.has_integration_responses => Depth::Integration,
            _ => depth,
        };
        is_complete(method, told)
    }
}

/// The resources of a REST API with their methods; nothing where there is no such API.
pub(super) async fn tree(
    aws: &Aws,
    snapshot: &Snapshot,
    api: &str,
) -> Result<Option<Arc<Tree>>, ProviderError> {
    let kept = |resources| Arc::new(Tree::of(resources));
    let whole = || async { get_tree(aws, api).await.map(|found| found.map(kept)) };
    let found = snapshot.once(tree_key(api), whole).await?;
    Ok((*found).clone())
}

/// The same, if somebody needed it before.
pub(crate) fn known_tree(snapshot: &Snapshot, api: &str) -> Option<Arc<Tree>> {
    snapshot.peek::<Option<Arc<Tree>>>(&tree_key(api)).and_then(|found| (*found).clone())
}

fn tree_key(api: &str) -> String {
    format!("apigateway:tree:{api}")
}

/// The same, read now.
pub(super) async fn get_tree(aws: &Aws, api: &str) -> Result<Option<Resources>, ProviderError> {
    let mut found = BTreeMap::new();
    let mut position: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let call = || {
            let list = aws.apigateway.get_resources().rest_api_id(api).limit(PAGE).embed("methods");
            list.set_position(position.clone()).send()
        };
        let Some(page) = if_there(aws.call("apigateway:GetResources", call).await)? else { return Ok(None) };
        for resource in page.items.unwrap_or_default() {
            found.insert(resource.id.clone().unwrap_or_default(), resource);
        }
        position = page.position;
        if position.is_none() {
            break;
        }
    }
    Ok(Some(found))
}

/// How much of a method a reader needs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    /// The method itself.
    Request,
    /// Also its responses.
    Responses,
    /// Also its integration.
    Integration,
    /// Also the integration's responses.
    IntegrationResponses,
}

/// The method that a value names by `rest_api_id`, `resource_id` and `http_method`.
///
/// The list of resources has it where AWS embeds methods as it is asked to. What looks as if it were left out there
/// is read once by a call of its own: not every emulator embeds, and an absent part may really be absent.
pub(super) async fn method(
    aws: &Aws,
    snapshot: &Snapshot,
    place: &Known,
    depth: Depth,
) -> Result<Option<Arc<Method>>, ProviderError> {
    let (api, resource, verb) =
        (key(place, "rest_api_id"), key(place, "resource_id"), key(place, "http_method"));
    let Some(tree) = tree(aws, snapshot, api).await? else { return Ok(None) };
    let Some(found) = tree.resources.get(resource) else { return Ok(None) };
    match found.resource_methods.as_ref().and_then(|methods| methods.get(verb)) {
        Some(method) if tree.tells(method, depth) => Ok(Some(Arc::new(method.clone()))),
        // A resource without any method was embedded in full, whoever answered.
        None => Ok(None),
        Some(_) => {
            let name = format!("apigateway:method:{api}/{resource}/{verb}");
            let whole = snapshot.once(name, || get_method(aws, place)).await?;
            Ok((*whole).clone().map(Arc::new))
        }
    }
}

fn is_complete(method: &Method, depth: Depth) -> bool {
    let there = method.http_method.is_some() || method.authorization_type.is_some();
    match depth {
        Depth::Request => there,
        Depth::Responses => there && method.method_responses.is_some(),
        Depth::Integration => there && method.method_integration.is_some(),
        Depth::IntegrationResponses => {
            there && method.method_integration.as_ref().is_some_and(|it| it.integration_responses.is_some())
        }
    }
}

/// A method with its integration and all responses, read now.
pub(super) async fn get_method(aws: &Aws, place: &Known) -> Result<Option<Method>, ProviderError> {
    let (api, resource, verb) =
        (key(place, "rest_api_id"), key(place, "resource_id"), key(place, "http_method"));
    let call = || aws.apigateway.get_method().rest_api_id(api).resource_id(resource).http_method(verb).send();
    let Some(method) = if_there(aws.call("apigateway:GetMethod", call).await)? else { return Ok(None) };
    Ok(Some(
        Method::builder()
            .set_http_method(method.http_method)
            .set_authorization_type(method.authorization_type)
            .set_authorizer_id(method.authorizer_id)
            .set_api_key_required(method.api_key_required)
            .set_request_validator_id(method.request_validator_id)
            .set_operation_name(method.operation_name)
            .set_request_parameters(method.request_parameters)
            .set_request_models(method.request_models)
            .set_method_responses(method.method_responses)
            .set_method_integration(method.method_integration)
            .set_authorization_scopes(method.authorization_scopes)
            .build(),
    ))
}

/// The stages of a REST API, by name; none where there is no such API.
pub(super) async fn stages(
    aws: &Aws,
    snapshot: &Snapshot,
    api: &str,
) -> Result<Arc<BTreeMap<String, Stage>>, ProviderError> {
    snapshot.once(stages_key(api), || get_stages(aws, api)).await
}

/// The same, if somebody needed them before.
pub(crate) fn known_stages(snapshot: &Snapshot, api: &str) -> Option<Arc<BTreeMap<String, Stage>>> {
    snapshot.peek(&stages_key(api))
}

fn stages_key(api: &str) -> String {
    format!("apigateway:stages:{api}")
}

/// The same, read now.
pub(super) async fn get_stages(aws: &Aws, api: &str) -> Result<BTreeMap<String, Stage>, ProviderError> {
    let call = || aws.apigateway.get_stages().rest_api_id(api).send();
    let answer = if_there(aws.call("apigateway:GetStages", call).await)?;
    let stages = answer.and_then(|answer| answer.item).unwrap_or_default();
    Ok(stages.into_iter().map(|stage| (stage.stage_name.clone().unwrap_or_default(), stage)).collect())
}

#[cfg(test)]
mod tests {
    use aws_sdk_apigateway::types::{Integration, IntegrationResponse};

    use super::*;

    #[test]
    fn what_one_method_came_with_another_without_it_has_not() {
        let method = |integration: Integration| {
            Method::builder().http_method("GET").method_integration(integration).build()
        };
        let bare = || method(Integration::builder().build());
        let full = method(
            Integration::builder()
                .integration_responses("200", IntegrationResponse::builder().build())
                .build(),
        );
        let tree = |methods: [(&str, Method); 2]| {
            let methods = methods.map(|(verb, method)| (verb.to_owned(), method)).into();
            let resource = Resource::builder().set_resource_methods(Some(methods)).build();
            Tree::of(Resources::from([("r".to_owned(), resource)]))
        };
        assert!(tree([("GET", bare()), ("PUT", full)]).tells(&bare(), Depth::IntegrationResponses));
        let silent = tree([("GET", bare()), ("PUT", bare())]);
        assert!(!silent.tells(&bare(), Depth::IntegrationResponses), "nobody knows what is left out");
        assert!(silent.tells(&bare(), Depth::Integration));
        let names_only = Method::builder().build();
        assert!(!tree([("GET", bare()), ("PUT", bare())]).tells(&names_only, Depth::Request));
    }
}
