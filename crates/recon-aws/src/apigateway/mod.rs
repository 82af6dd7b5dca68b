//! API Gateway (v1, REST APIs): resource types and data sources, one file per type or per half of one.

mod access_association;
mod account;
mod api_key;
mod arguments;
mod authorizer;
mod base_path_mapping;
mod check;
mod client_certificate;
mod data;
mod definition;
mod deployment;
mod deployment_live;
pub(crate) mod discover;
mod documentation_part;
mod documentation_version;
mod domain_name;
mod domain_name_live;
mod fields;
mod gateway_response;
mod integration;
mod integration_response;
mod lists;
mod method;
mod method_response;
mod method_settings;
mod model;
mod part;
mod patch;
mod policy_text;
mod reads;
mod request_validator;
mod resource;
mod rest_api;
mod rest_api_live;
mod rest_api_policy;
mod rest_api_put;
mod review;
mod settle;
mod since;
mod stage;
mod stage_binding;
mod stage_binding_live;
mod stage_live;
pub(crate) mod stage_parts;
mod tags;
mod templates;
mod under;
mod usage_plan;
mod usage_plan_key;
mod usage_plan_live;
mod vpc_link;

use recon_core::resource_type::ResourceType;

pub(crate) use self::reads::{Resources, known_stages, known_tree};
pub(crate) use self::rest_api::create_operation;
pub(crate) use self::settle::{complete, settle};
use self::stage_parts::InStage;
pub(crate) use self::templates::mended;
pub(crate) use self::under::{ask_for_stages, ask_under_api, ask_under_plan};
pub(crate) use self::usage_plan_key::known_keys;
use crate::live::{Registered, RegisteredData};

/// How a resource type changes a stage, if that is what it does.
pub(crate) fn in_stage(kind: &str) -> Option<&'static dyn InStage> {
    let types: [(&str, &dyn InStage); 3] = [
        (stage::Stage.name(), &stage::Stage),
        (method_settings::MethodSettings.name(), &method_settings::MethodSettings),
        (stage_binding::StageBinding.name(), &stage_binding::StageBinding),
    ];
    types.into_iter().find_map(|(name, in_stage)| (name == kind).then_some(in_stage))
}

/// All resource types of API Gateway.
pub(crate) fn resource_types() -> Vec<Registered> {
    vec![
        Registered::of(access_association::AccessAssociation),
        Registered::of(account::Account),
        Registered::of(api_key::ApiKey),
        Registered::of(authorizer::Authorizer),
        Registered::of(base_path_mapping::BasePathMapping),
        Registered::of(client_certificate::ClientCertificate),
        Registered::of(deployment::Deployment),
        Registered::of(documentation_part::DocumentationPart),
        Registered::of(documentation_version::DocumentationVersion),
        Registered::of(domain_name::DomainName),
        Registered::of(gateway_response::GatewayResponse),
        Registered::of(integration::Integration),
        Registered::of(integration_response::IntegrationResponse),
        Registered::of(method::Method),
        Registered::of(method_response::MethodResponse),
        Registered::of(method_settings::MethodSettings),
        Registered::of(model::Model),
        Registered::of(request_validator::RequestValidator),
        Registered::of(resource::Resource),
        Registered::of(rest_api::RestApi),
        Registered::of(rest_api_policy::RestApiPolicy),
        Registered::of(rest_api_put::RestApiPut),
        Registered::of(stage::Stage),
        Registered::of(stage_binding::StageBinding),
        Registered::of(usage_plan::UsagePlan),
        Registered::of(usage_plan_key::UsagePlanKey),
        Registered::of(vpc_link::VpcLink),
    ]
}

/// All data sources of API Gateway.
pub(crate) fn data_sources() -> Vec<RegisteredData> {
    data::all()
}
