//! What a deployment freezes, as a hash: the same for the same definition, however AWS orders its answers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aws_sdk_apigateway::types::{ApiKeySourceType, IntegrationType, Method, RestApi};
use recon_core::provider::ProviderError;
use recon_core::{Known, Type, Value};
use sha2::{Digest, Sha256};

use super::reads::{self, Depth};
use super::{
    authorizer, fields, gateway_response, integration, integration_response, lists, method, method_response,
    model, part, policy_text, request_validator,
};
use crate::aws::Aws;
use crate::snapshot::Snapshot;

/// A definition: its hash, and which of the lists that many APIs do not use it has something from.
pub(super) struct Definition {
    pub(super) sha256: String,
    pub(super) parts: BTreeSet<&'static str>,
}

/// Lists that are read only where there is a reason to expect something in them, with the type that declares it.
const LISTS: [(&str, &str); 4] = [
    (AUTHORIZERS, "aws_api_gateway_authorizer"),
    (GATEWAY_RESPONSES, "aws_api_gateway_gateway_response"),
    (MODELS, "aws_api_gateway_model"),
    (VALIDATORS, "aws_api_gateway_request_validator"),
];
const AUTHORIZERS: &str = "authorizers";
const GATEWAY_RESPONSES: &str = "gateway_responses";
const MODELS: &str = "models";
const VALIDATORS: &str = "request_validators";
/// The policy is no list, but a list of APIs may leave it out.
const POLICY: &str = "policy";

/// Models that every API has.
const MODELS_OF_AWS: &[&str] = &["Empty", "Error"];

/// The definition of an API at this moment, whatever it uses; nothing where there is no such API.
pub(super) async fn now(aws: &Aws, api: &str) -> Result<Option<Definition>, ProviderError> {
    let everything = LISTS.iter().map(|(list, _)| *list).chain([POLICY]).collect();
    define(aws, &Snapshot::default(), api, everything).await
}

/// The definition of an API as this refresh sees it. Reads the lists that the API used when it was deployed
/// (`remembered`), those that its methods refer to, and those that are read anyway for what is declared.
pub(super) async fn observed(
    aws: &Aws,
    snapshot: &Snapshot,
    api: &str,
    remembered: &[String],
) -> Result<Option<Definition>, ProviderError> {
    let declared = LISTS.iter().filter(|(_, kind)| !snapshot.siblings(kind, "rest_api_id", api).is_empty());
    let mut wanted: BTreeSet<&str> = declared.map(|(list, _)| *list).collect();
    let known = LISTS.iter().map(|(list, _)| *list).chain([POLICY]);
    wanted.extend(known.filter(|list| remembered.iter().any(|part| part == list)));
    let apis = snapshot.siblings("aws_api_gateway_rest_api", "id", api);
    if apis.iter().any(|have| have.text("policy").is_some()) {
        wanted.insert(POLICY);
    }
    define(aws, snapshot, api, wanted).await
}

async fn define(
    aws: &Aws,
    snapshot: &Snapshot,
    api: &str,
    mut wanted: BTreeSet<&'static str>,
) -> Result<Option<Definition>, ProviderError> {
    let Some(rest_api) = find_api(aws, snapshot, api, &wanted).await? else { return Ok(None) };
    let Some(methods) = methods(aws, snapshot, api).await? else { return Ok(None) };
    for (_, method) in methods.values().flat_map(|(_, methods)| methods) {
        wanted.extend(referred(method));
    }
    let mut whole: BTreeMap<&str, Value> = BTreeMap::new();
    let paths = methods.into_iter().map(|(path, (id, methods))| (path, describe_resource(&id, methods)));
    whole.insert("paths", Value::object(paths));
    whole.insert("api", describe_api(&rest_api));
    let mut parts: BTreeSet<&'static str> = BTreeSet::new();
    if rest_api.policy.as_deref().is_some_and(|policy| !policy.is_empty()) {
        parts.insert(POLICY);
    }
    for list in wanted.into_iter().filter(|list| *list != POLICY) {
        let described = describe_list(aws, snapshot, api, list).await?;
        if !described.is_empty() {
            parts.insert(list);
            whole.insert(list, Value::object(described));
        }
    }
    Ok(Some(Definition { sha256: hash(&Value::object(whole)), parts }))
}

async fn find_api(
    aws: &Aws,
    snapshot: &Snapshot,
    api: &str,
    wanted: &BTreeSet<&str>,
) -> Result<Option<Arc<RestApi>>, ProviderError> {
    let found = reads::rest_api(aws, snapshot, api).await?;
    if wanted.contains(POLICY) && found.as_ref().is_some_and(|api| api.policy.is_none()) {
        return reads::one_rest_api(aws, snapshot, api).await;
    }
    Ok(found)
}

/// The id of each resource with its methods, by path.
type Paths = BTreeMap<String, (String, Vec<(String, Arc<Method>)>)>;

async fn methods(aws: &Aws, snapshot: &Snapshot, api: &str) -> Result<Option<Paths>, ProviderError> {
    let Some(tree) = reads::tree(aws, snapshot, api).await? else { return Ok(None) };
    let mut paths = Paths::new();
    for (id, resource) in &tree.resources {
        let mut found = Vec::new();
        let embedded: BTreeMap<_, _> = resource.resource_methods.iter().flatten().collect();
        for (verb, method) in embedded {
            let place = part::object([("rest_api_id", api), ("resource_id", id), ("http_method", verb)]);
            let whole = reads::method(aws, snapshot, &place, depth(method)).await?;
            found.extend(whole.map(|method| (verb.clone(), method)));
        }
        paths.insert(resource.path.clone().unwrap_or_default(), (id.clone(), found));
    }
    Ok(Some(paths))
}

/// The methods of an API that call nothing, as `GET /items`.
pub(super) async fn without_integration(aws: &Aws, api: &str) -> Result<Vec<String>, ProviderError> {
    let paths = methods(aws, &Snapshot::default(), api).await?.unwrap_or_default();
    let mut found = Vec::new();
    for (path, (_, methods)) in &paths {
        let lonely = methods.iter().filter(|(_, method)| method.method_integration.is_none());
        found.extend(lonely.map(|(verb, _)| format!("{verb} {path}")));
    }
    Ok(found)
}

/// A proxy integration has no responses, so their absence says nothing.
fn depth(method: &Method) -> Depth {
    match method.method_integration.as_ref().and_then(|integration| integration.r#type.as_ref()) {
        Some(IntegrationType::AwsProxy | IntegrationType::HttpProxy) => Depth::Integration,
        _ => Depth::IntegrationResponses,
    }
}

/// The lists that a method refers to.
fn referred(method: &Method) -> impl Iterator<Item = &'static str> {
    let responses = method.method_responses.iter().flat_map(|responses| responses.values());
    let models = method
        .request_models
        .iter()
        .chain(responses.filter_map(|response| response.response_models.as_ref()));
    let own_model =
        models.flat_map(|models| models.values()).any(|model| !MODELS_OF_AWS.contains(&model.as_str()));
    let given = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.is_empty());
    let lists = [
        own_model.then_some(MODELS),
        given(&method.authorizer_id).then_some(AUTHORIZERS),
        given(&method.request_validator_id).then_some(VALIDATORS),
    ];
    lists.into_iter().flatten()
}

fn describe_resource(id: &str, methods: Vec<(String, Arc<Method>)>) -> Value {
    Value::object(methods.into_iter().map(|(verb, method)| (verb, describe_method(id, &method))))
}

fn describe_method(resource_id: &str, method: &Method) -> Value {
    let responses: BTreeMap<_, _> = method.method_responses.iter().flatten().collect();
    let responses =
        responses.into_iter().map(|(status, it)| (status.as_str(), method_response::describe(it)));
    let whole = method::describe(method).with("responses", Value::object(responses));
    let Some(found) = &method.method_integration else { return whole };
    let responses: BTreeMap<_, _> = found.integration_responses.iter().flatten().collect();
    let responses =
        responses.into_iter().map(|(status, it)| (status.as_str(), integration_response::describe(it)));
    let mut described = integration::describe(found).with("responses", Value::object(responses));
    // The namespace that AWS gives is the resource's id, which says nothing: another id under the same path is no
    // other definition.
    if described.str("cache_namespace") == Some(resource_id) {
        described = described.with("cache_namespace", Value::null(Type::String));
    }
    let skips = found.tls_config.as_ref().is_some_and(|tls| tls.insecure_skip_verification);
    whole.with("integration", described.with("insecure_skip_verification", Value::from(skips)))
}

fn describe_api(api: &RestApi) -> Value {
    let mut media_types = api.binary_media_types.clone().unwrap_or_default();
    media_types.sort();
    let compression = api.minimum_compression_size.map(|size| size.to_string());
    let key_source = api.api_key_source.as_ref().map_or("HEADER", ApiKeySourceType::as_str);
    Value::object([
        ("policy", fields::text(api.policy.as_deref().map(policy_text::unescaped))),
        ("binary_media_types", fields::text_list(&media_types)),
        ("minimum_compression_size", fields::text(compression)),
        ("api_key_source", Value::from(key_source)),
        ("disable_execute_api_endpoint", Value::from(api.disable_execute_api_endpoint)),
    ])
}

async fn describe_list(
    aws: &Aws,
    snapshot: &Snapshot,
    api: &str,
    list: &str,
) -> Result<BTreeMap<String, Value>, ProviderError> {
    Ok(match list {
        AUTHORIZERS => described(&*lists::authorizers(aws, snapshot, api).await?, authorizer::describe),
        VALIDATORS => {
            described(&*lists::request_validators(aws, snapshot, api).await?, request_validator::describe)
        }
        MODELS => {
            let mut models = described(&*lists::models(aws, snapshot, api).await?, model::describe);
            models.retain(|name, _| !MODELS_OF_AWS.contains(&name.as_str()));
            models
        }
        _ => {
            let mut responses = (*lists::gateway_responses(aws, snapshot, api).await?).clone();
            responses.retain(|_, response| !response.default_response);
            described(&responses, gateway_response::describe)
        }
    })
}

fn described<T>(parts: &BTreeMap<String, T>, describe: fn(&T) -> Value) -> BTreeMap<String, Value> {
    parts.iter().map(|(key, part)| (key.clone(), describe(part))).collect()
}

fn hash(definition: &Value) -> String {
    let json = recon_core::json::to_json(&Known::with_nulls(definition)).to_string();
    Sha256::digest(json.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use aws_sdk_apigateway::types::Integration;

    use super::*;

    fn method(uri: &str) -> Method {
        let integration = Integration::builder().uri(uri).cache_namespace("res").build();
        Method::builder()
            .http_method("GET")
            .authorization_type("NONE")
            .method_integration(integration)
            .build()
    }

    #[test]
    fn the_hash_follows_the_definition_and_not_the_resource_id() {
        let of = |id: &str, uri: &str| hash(&describe_method(id, &method(uri)));
        assert_eq!(of("res", "a"), of("res", "a"));
        assert_ne!(of("res", "a"), of("res", "b"));
    }

    #[test]
    fn lists_are_referred_to_by_what_is_not_aws_own() {
        let plain = method("a");
        assert_eq!(referred(&plain).count(), 0);
        let mut rich = method("a");
        rich.authorizer_id = Some("x".into());
        rich.request_models = Some([("application/json".to_owned(), "Pet".to_owned())].into());
        assert_eq!(referred(&rich).collect::<Vec<_>>(), [MODELS, AUTHORIZERS]);
        rich.request_models = Some([("application/json".to_owned(), "Empty".to_owned())].into());
        assert_eq!(referred(&rich).collect::<Vec<_>>(), [AUTHORIZERS]);
    }
}
