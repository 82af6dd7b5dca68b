//! Amazon API Gateway, version 1: the control plane of REST APIs, and a data plane for mock integrations.

mod api_key;
mod body;
mod canary;
mod clone;
mod deployment;
mod endpoint;
mod integration;
mod integration_response;
mod mapping;
mod method;
mod method_response;
mod method_settings;
mod model;
mod page;
mod patch;
mod policy;
mod refuse;
mod resource;
mod rest_api;
mod routes;
mod stage;
mod stage_patch;
mod stage_variables;
mod state;
mod usage_plan;
mod usage_plan_key;
mod usage_plan_patch;

use crate::wire::{Call, Outcome, Refusal};
use crate::world::World;

pub(crate) use state::ApiGateway;

/// Names the operation of a call.
pub(crate) fn operation(call: &Call) -> Option<&'static str> {
    routes::find(call).map(|(route, _)| route.operation)
}

/// Answers a call of the control plane.
pub(crate) fn handle(world: &mut World, call: &Call) -> Outcome {
    let (route, captures) = routes::find(call).ok_or_else(|| Refusal::unknown(call))?;
    (route.handler)(world, call, &captures)
}
