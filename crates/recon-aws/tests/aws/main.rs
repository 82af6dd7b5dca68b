//! All tests of the provider in one program, so that the SDK is linked once.
// The futures of the SDK are deep.
#![recursion_limit = "256"]

mod apigateway_binding;
mod apigateway_faults;
mod apigateway_lifecycle;
mod apigateway_parts;
mod apigateway_schema;
mod cloud;
mod iam;
mod lambda_data;
mod lambda_faults;
mod lambda_layers;
mod lambda_lifecycle;
mod lambda_schema;
mod lambda_settings;
mod lambda_sources;
mod logs;
mod terraform;
