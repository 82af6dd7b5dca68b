//! Lambda: functions, versions, aliases, permissions.

mod alias;
mod alias_live;
pub(crate) mod discover;
pub(crate) mod download;
mod function;
mod function_live;
mod function_read;
mod function_schema;
mod function_write;
mod name;
mod pack;
mod package;
mod permission;
mod permission_live;
mod permission_policy;
mod settings;
mod version;
mod version_live;
mod version_plan;
mod version_review;
#[cfg(test)]
mod version_tests;
mod versions;

pub(crate) use name::parts as function_parts;

use crate::live::Registered;

/// The resource types of Lambda.
pub(crate) fn resource_types() -> Vec<Registered> {
    vec![
        Registered::of(function::Function),
        Registered::of(alias::Alias),
        Registered::of(permission::Permission),
        Registered::of(version::Version),
    ]
}
