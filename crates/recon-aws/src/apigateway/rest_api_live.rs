//! `aws_api_gateway_rest_api`, its live half.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_apigateway::types::{
    ApiKeySourceType, EndpointConfiguration, EndpointType, IpAddressType, PutMode, RestApi as Described,
};
use aws_smithy_types::Blob;
use recon_core::provider::{Failed, ProviderError};
use recon_core::{Known, Type, Value};

use super::fields::{self, to_list, to_map, to_text};
use super::part::{self, deleted, incomplete, key};
use super::patch::{Difference, Patches};
use super::rest_api::{RestApi, SCHEMA, body_changes, create_operation};
use super::settle::{complete, settle};
use super::since::is_since;
use super::{policy_text, reads, tags};
use crate::aws::Aws;
use crate::live::Live;
use crate::snapshot::Snapshot;

/// A [`Described`] from one of the outputs that have the same fields under another type.
macro_rules! described {
    ($output:expr) => {{
        let output = $output;
        Described::builder()
            .set_id(output.id)
            .set_name(output.name)
            .set_description(output.description)
            .set_created_date(output.created_date)
            .set_binary_media_types(output.binary_media_types)
            .set_minimum_compression_size(output.minimum_compression_size)
            .set_api_key_source(output.api_key_source)
            .set_endpoint_configuration(output.endpoint_configuration)
            .set_policy(output.policy)
            .set_tags(output.tags)
            .disable_execute_api_endpoint(output.disable_execute_api_endpoint)
            .set_root_resource_id(output.root_resource_id)
            .build()
    }};
}

/// `arn:aws:execute-api:REGION:ACCOUNT:API`
pub(super) async fn execution_arn(aws: &Aws, api: &str) -> Result<String, ProviderError> {
    let account = aws.account().await?;
    Ok(format!("arn:{}:execute-api:{}:{account}:{api}", aws.partition, aws.region))
}

/// What AWS reports of an API.
pub(super) fn describe(api: &Described) -> Value {
    let id = api.id.as_deref().unwrap_or_default();
    let endpoints = api.endpoint_configuration.as_ref().map(endpoint).into_iter().collect();
    let compression = api.minimum_compression_size.map(|size| size.to_string());
    let value = Value::object([
        ("id", Value::from(id)),
        ("name", fields::text(api.name.as_ref())),
        ("description", fields::text(api.description.as_ref())),
        ("created_date", fields::date(api.created_date.as_ref())),
        ("binary_media_types", fields::text_list(api.binary_media_types.as_deref().unwrap_or_default())),
        ("minimum_compression_size", fields::text(compression)),
        ("disable_execute_api_endpoint", Value::from(api.disable_execute_api_endpoint)),
        ("policy", fields::text(api.policy.as_deref().map(policy_text::unescaped))),
        ("api_key_source", fields::text(api.api_key_source.as_ref().map(ApiKeySourceType::as_str))),
        ("endpoint_configuration", Value::list(Type::Any, endpoints)),
    ]);
    match &api.root_resource_id {
        Some(root) => value.with("root_resource_id", Value::from(root.as_str())),
        None => value,
    }
}

fn endpoint(endpoint: &EndpointConfiguration) -> Value {
    let types: Vec<&str> = endpoint.types().iter().map(EndpointType::as_str).collect();
    let value = Value::object([
        ("types", fields::text_list(&types)),
        ("vpc_endpoint_ids", fields::text_set(endpoint.vpc_endpoint_ids.as_ref())),
    ]);
    match &endpoint.ip_address_type {
        // What an emulator leaves out stays as it is remembered.
        None => value,
        Some(kind) => value.with("ip_address_type", Value::from(kind.as_str())),
    }
}

/// Everything about an API, as it is to be remembered beside `have`.
async fn report(aws: &Aws, have: &Known, api: &Described) -> Result<Known, ProviderError> {
    let id = api.id.as_deref().unwrap_or_default();
    let mut live = tags::report(aws, have, api.tags.as_ref(), describe(api));
    live = live.with("arn", Value::from(tags::arn(aws, &format!("/restapis/{id}"))));
    // The remembered ARN spares a look-up of the account.
    let execution_arn = match have.text("execution_arn").filter(|_| have.text("id") == Some(id)) {
        Some(known) => known.to_owned(),
        None => execution_arn(aws, id).await?,
    };
    if let Some(policy) = &api.policy {
        let policy = policy_text::remembered(policy, have.text("policy"), &execution_arn);
        live = live.with("policy", Value::from(policy));
    }
    if same_members(live.get("binary_media_types"), have.get("binary_media_types")) {
        live = live.with("binary_media_types", have.get("binary_media_types").clone());
    }
    Ok(settle(&SCHEMA, have, &live.with("execution_arn", Value::from(execution_arn))))
}

/// AWS keeps media types in no order.
fn same_members(a: &Value, b: &Value) -> bool {
    let sorted = |value: &Value| {
        let mut items = value.items().to_vec();
        items.sort();
        items
    };
    sorted(a) == sorted(b)
}

pub(super) fn patches(have: &Value, want: &Value) -> Patches {
    let difference = Difference { have, want };
    let mut patches = Patches::default();
    patches.scalar("/name", difference, "name");
    patches.scalar("/description", difference, "description");
    patches.scalar("/apiKeySource", difference, "api_key_source");
    patches.segments("/binaryMediaTypes", difference, "binary_media_types");
    compression(&mut patches, difference);
    patches.scalar("/disableExecuteApiEndpoint", difference, "disable_execute_api_endpoint");
    patches.scalar("/policy", difference, "policy");
    let none = Value::null(Type::Any);
    let have = have.block("endpoint_configuration").unwrap_or(&none);
    let Some(want) = want.block("endpoint_configuration") else { return patches };
    let kind = |endpoint: &Value| endpoint.string_items("types").into_iter().next();
    if let Some(wanted) = kind(want).filter(|wanted| kind(have).as_ref() != Some(wanted)) {
        patches.replace("/endpointConfiguration/types/0", Some(wanted));
    }
    let endpoint = Difference { have, want };
    if !want.get("ip_address_type").is_null() {
        patches.scalar("/endpointConfiguration/ipAddressType", endpoint, "ip_address_type");
    }
    patches.elements("/endpointConfiguration/vpcEndpointIds", endpoint, "vpc_endpoint_ids");
    patches
}

/// No compression is no value at all; `-1` and the empty text are ways to say so.
fn compression(patches: &mut Patches, difference: Difference<'_>) {
    let size = |value: &Value| {
        value.text("minimum_compression_size").filter(|size| *size != "-1").map(str::to_owned)
    };
    let wanted = size(difference.want);
    if size(difference.have) != wanted {
        patches.replace("/minimumCompressionSize", wanted);
    }
}

/// Sends the patches, if there are any.
async fn patch(aws: &Aws, id: &str, patches: &Patches) -> Result<Option<Described>, ProviderError> {
    if patches.is_empty() {
        return Ok(None);
    }
    let call =
        || aws.apigateway.update_rest_api().rest_api_id(id).set_patch_operations(patches.operations()).send();
    Ok(Some(described!(aws.call("apigateway:UpdateRestApi", call).await?)))
}

/// Imports the document, then puts back what the configuration says beside it: an overwriting import also resets
/// name, description, policy and the like to what the document says.
async fn import_body(aws: &Aws, id: &str, want: &Known) -> Result<Described, ProviderError> {
    let mode = PutMode::from(want.text("put_rest_api_mode").unwrap_or("overwrite"));
    let parameters: Option<HashMap<String, String>> = to_map(want, "parameters");
    let call = || {
        let put = aws.apigateway.put_rest_api().rest_api_id(id).mode(mode.clone());
        put.set_fail_on_warnings(want.get("fail_on_warnings").as_bool())
            .set_parameters(parameters.clone())
            .body(Blob::new(key(want, "body")))
            .send()
    };
    let imported = described!(aws.call("apigateway:PutRestApi", call).await?);
    let live = describe(&imported);
    let patches = patches(&live, &complete(&SCHEMA, want, &live));
    Ok(patch(aws, id, &patches).await?.unwrap_or(imported))
}

/// A new API without its document.
async fn make(aws: &Aws, want: &Known) -> Result<Described, ProviderError> {
    let compression = want.text("minimum_compression_size").and_then(|size| size.parse().ok());
    let endpoint = want.block("endpoint_configuration").map(|endpoint| {
        let types =
            endpoint.string_items("types").iter().map(|kind| EndpointType::from(kind.as_str())).collect();
        EndpointConfiguration::builder()
            .set_types(Some(types))
            .set_ip_address_type(endpoint.text("ip_address_type").map(IpAddressType::from))
            .set_vpc_endpoint_ids(to_list(endpoint, "vpc_endpoint_ids"))
            .build()
    });
    let call = || {
        let create = aws.apigateway.create_rest_api().name(key(want, "name"));
        create
            .set_description(to_text(want, "description"))
            .set_api_key_source(want.text("api_key_source").map(ApiKeySourceType::from))
            .set_binary_media_types(to_list(want, "binary_media_types"))
            .set_minimum_compression_size(compression.filter(|size: &i32| *size >= 0))
            .set_disable_execute_api_endpoint(
                want.get("disable_execute_api_endpoint").as_bool().filter(|on| *on),
            )
            .set_policy(to_text(want, "policy"))
            .set_endpoint_configuration(endpoint.clone())
            .set_tags(crate::tags::wanted_map(aws, want))
            .send()
    };
    Ok(described!(aws.call(create_operation(want), call).await?))
}

/// The API as planned, with what only AWS knew.
async fn made(aws: &Aws, want: &Known, api: &Described) -> Result<Known, ProviderError> {
    let live = report(aws, want, api).await?;
    Ok(complete(&SCHEMA, want, &live))
}

#[async_trait]
impl Live for RestApi {
    async fn read(
        &self,
        aws: &Aws,
        snapshot: &Snapshot,
        have: &Known,
    ) -> Result<Option<Known>, ProviderError> {
        let id = key(have, "id");
        let mut found: Option<Arc<Described>> = reads::rest_api(aws, snapshot, id).await?;
        // Whether the list of all APIs has their policies is not documented.
        if have.text("policy").is_some() && found.as_ref().is_some_and(|api| api.policy.is_none()) {
            found = reads::one_rest_api(aws, snapshot, id).await?;
        }
        let Some(api) = found else { return Ok(None) };
        // A policy that a block of its own declares is that block's business.
        let is_elsewhere = have.text("policy").is_none()
            && !snapshot.siblings("aws_api_gateway_rest_api_policy", "rest_api_id", id).is_empty();
        if is_elsewhere {
            let mut api = Described::clone(&api);
            api.policy = None;
            return report(aws, have, &api).await.map(Some);
        }
        report(aws, have, &api).await.map(Some)
    }

    async fn create(&self, aws: &Aws, want: &Known) -> Result<Known, Failed> {
        let api = make(aws, want).await?;
        let id = api.id.clone().ok_or_else(|| incomplete("apigateway:CreateRestApi", "id"))?;
        let whole = made(aws, want, &api).await?;
        if want.text("body").is_none() {
            return Ok(whole);
        }
        let bodiless = whole.with_part("body", Known::with_nulls(&Value::null(Type::String)));
        let left = |error| Failed { error, left_behind: Some(bodiless.clone()) };
        let api = import_body(aws, &id, want).await.map_err(left)?;
        made(aws, want, &api).await.map_err(left)
    }

    async fn update(&self, aws: &Aws, have: &Known, want: &Known) -> Result<Known, Failed> {
        let id = key(have, "id");
        tags::update(aws, key(have, "arn"), have, want).await?;
        let changed = if body_changes(have, want) {
            Some(import_body(aws, id, want).await?)
        } else {
            patch(aws, id, &patches(have, want)).await?
        };
        match changed {
            Some(mut api) => {
                if have.text("policy").or(want.text("policy")).is_none() && want.text("body").is_none() {
                    // A block of its own has set it.
                    api.policy = None;
                }
                Ok(made(aws, want, &api).await?)
            }
            None => Ok(complete(&SCHEMA, want, have)),
        }
    }

    async fn delete(&self, aws: &Aws, have: &Known) -> Result<(), ProviderError> {
        let call = || aws.apigateway.delete_rest_api().rest_api_id(key(have, "id")).send();
        deleted(aws.call("apigateway:DeleteRestApi", call).await)
    }

    async fn import(&self, aws: &Aws, snapshot: &Snapshot, id: &str) -> Result<Option<Known>, ProviderError> {
        self.read(aws, snapshot, &part::split(id, &["id"])?).await
    }

    async fn adopt(&self, aws: &Aws, want: &Known, since_ms: i64) -> Result<Vec<Known>, ProviderError> {
        // The document may not have been imported yet, so it is not remembered, and the next plan imports it.
        let have = want.clone().with_part("body", Known::with_nulls(&Value::null(Type::String)));
        let mut found = Vec::new();
        for api in all(aws).await? {
            if is_made_from(&api, want, since_ms) {
                found.push(report(aws, &have, &api).await?);
            }
        }
        Ok(found)
    }
}

fn is_made_from(api: &Described, want: &Known, since_ms: i64) -> bool {
    api.name.as_deref() == want.str("name")
        && (want.get("description").is_null() || api.description.as_deref() == want.text("description"))
        && is_since(api.created_date.as_ref(), since_ms)
}

pub(super) async fn all(aws: &Aws) -> Result<Vec<Described>, ProviderError> {
    let mut found = Vec::new();
    let mut position: Option<String> = None;
    for _ in 0..reads::PAGES_MAX {
        let call = || aws.apigateway.get_rest_apis().limit(reads::PAGE).set_position(position.clone()).send();
        let page = aws.call("apigateway:GetRestApis", call).await?;
        found.extend(page.items.unwrap_or_default());
        position = page.position;
        if position.is_none() {
            break;
        }
    }
    Ok(found)
}
