//! Lambda: functions, versions, aliases, permissions.

mod alias;
mod alias_live;
mod event_invoke;
mod event_invoke_live;
mod function;
mod function_live;
mod function_read;
mod function_schema;
mod function_url;
mod function_url_live;
mod function_write;
mod invocation;
pub(crate) mod invocation_live;
mod name;
pub(crate) mod pack;
mod package;
mod permission;
mod permission_live;
mod permission_policy;
mod provisioned;
mod provisioned_live;
mod provisioned_review;
mod qualified;
mod recursion;
mod runtime_management;
mod settings;
mod version;
mod version_live;
mod version_plan;
mod version_review;
#[cfg(test)]
mod version_tests;
mod versions;

use crate::live::Registered;

/// The resource types of Lambda.
pub(crate) fn resource_types() -> Vec<Registered> {
    vec![
        Registered::of(function::Function),
        Registered::of(alias::Alias),
        Registered::of(permission::Permission),
        Registered::of(version::Version),
        Registered::of(function_url::FunctionUrl),
        Registered::of(event_invoke::EventInvokeConfig),
        Registered::of(provisioned::ProvisionedConcurrency),
        Registered::of(runtime_management::RuntimeManagement),
        Registered::of(recursion::Recursion),
        Registered::of(invocation::Invocation),
    ]
}
