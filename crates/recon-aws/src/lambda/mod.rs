//! Lambda: functions, versions, aliases, permissions, layers, event sources, code signing.

mod alias;
mod alias_live;
mod code_signing_config;
mod code_signing_config_live;
mod data;
pub(crate) mod discover;
pub(crate) mod download;
mod event_invoke;
mod event_invoke_live;
mod event_source_mapping;
mod event_source_mapping_check;
mod event_source_mapping_live;
mod event_source_mapping_read;
mod event_source_mapping_schema;
mod event_source_mapping_settings;
mod function;
mod function_check;
mod function_live;
mod function_read;
mod function_schema;
mod function_url;
mod function_url_live;
mod function_write;
pub(crate) mod invocation;
pub(crate) mod invocation_live;
mod layer_version;
mod layer_version_live;
mod layer_version_permission;
mod layer_version_permission_live;
mod name;
pub(crate) mod pack;
mod package;
mod permission;
mod permission_live;
mod permission_policy;
mod permission_review;
mod provisioned;
mod provisioned_live;
mod provisioned_review;
mod qualified;
mod recursion;
mod runtime_management;
mod runtime_review;
mod settings;
mod tags;
mod under;
mod version;
mod version_live;
mod version_plan;
mod version_review;
#[cfg(test)]
mod version_tests;
mod versions;

pub(crate) use self::alias_live::known_aliases;
pub(crate) use self::event_source_mapping::is_implied as mapping_implies;
pub(crate) use self::function::SETTINGS;
pub(crate) use self::function_url_live::PUBLIC_URL_STATEMENT;
pub(crate) use self::name::parts as function_parts;
pub(crate) use self::package::ARGUMENTS as CODE_ARGUMENTS;
pub(crate) use self::permission_live::{known_policy, policy};
pub(crate) use self::under::ask_under;
use crate::live::{Registered, RegisteredData};

/// The resource types of Lambda.
pub(crate) fn resource_types() -> Vec<Registered> {
    vec![
        Registered::of(function::Function),
        Registered::of(alias::Alias),
        Registered::of(permission::Permission),
        Registered::of(version::Version),
        Registered::of(layer_version::LayerVersion),
        Registered::of(layer_version_permission::LayerVersionPermission),
        Registered::of(event_source_mapping::EventSourceMapping),
        Registered::of(code_signing_config::CodeSigningConfig),
        Registered::of(function_url::FunctionUrl),
        Registered::of(event_invoke::EventInvokeConfig),
        Registered::of(provisioned::ProvisionedConcurrency),
        Registered::of(runtime_management::RuntimeManagement),
        Registered::of(recursion::Recursion),
        Registered::of(invocation::Invocation),
    ]
}

/// The data sources of Lambda.
pub(crate) fn data_sources() -> Vec<RegisteredData> {
    data::all()
}
