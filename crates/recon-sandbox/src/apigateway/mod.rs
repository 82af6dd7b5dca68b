//! Amazon API Gateway, version 1: the control plane of REST APIs, and a data plane for mock integrations.

mod access_association;
mod account;
mod api_key;
mod authorizer;
mod base_path_mapping;
mod body;
mod canary;
mod client_certificate;
mod clone;
mod deployment;
mod documentation_part;
mod documentation_version;
mod domain_name;
mod endpoint;
mod export;
mod export_operation;
mod gateway_response;
mod import;
mod import_api;
mod import_document;
mod import_method;
mod integration;
mod integration_response;
mod invoke;
mod mapping;
mod method;
mod method_response;
mod method_settings;
mod mock;
mod model;
mod model_schema;
mod page;
mod patch;
mod policy;
mod refuse;
mod request_validator;
mod resource;
mod rest_api;
mod routes;
mod sdk;
mod stage;
mod stage_patch;
mod stage_variables;
mod state;
mod tag;
mod template;
mod test_invoke;
#[cfg(test)]
mod tests;
mod usage_plan;
mod usage_plan_key;
mod usage_plan_patch;
mod vpc_link;

use crate::wire::{Call, Outcome, Refusal};
use crate::world::World;

pub(crate) use state::ApiGateway;

/// Names the operation of a call; calling a stage is one too, though not of the control plane.
pub(crate) fn operation(call: &Call) -> Option<&'static str> {
    if invoke::is_meant(call) {
        return Some("InvokeStage");
    }
    routes::find(call).map(|(route, _)| route.operation)
}

/// Answers a call.
pub(crate) fn handle(world: &mut World, call: &Call) -> Outcome {
    if let Some(answer) = invoke::invoke(world, call) {
        return Ok(answer);
    }
    let (route, captures) = routes::find(call).ok_or_else(|| Refusal::unknown(call))?;
    (route.handler)(world, call, &captures)
}
