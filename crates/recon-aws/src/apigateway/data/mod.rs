//! Data sources of API Gateway.

mod authorizer;
mod domain_name;
mod export;
mod key;
mod resource;
mod rest_api;
mod vpc_link;

use std::collections::HashMap;

use recon_core::convert::convert;
use recon_core::provider::{ErrorKind, ProviderError};
use recon_core::schema::{Attribute, Schema, computed, optional_computed};
use recon_core::{Known, Type, Value};

use super::settle::settle;
use crate::aws::Aws;
use crate::live::RegisteredData;

/// All data sources.
pub(super) fn all() -> Vec<RegisteredData> {
    vec![
        RegisteredData::of(authorizer::Authorizer),
        RegisteredData::of(authorizer::Authorizers),
        RegisteredData::of(domain_name::DomainName),
        RegisteredData::of(export::Export),
        RegisteredData::of(export::Sdk),
        RegisteredData::of(key::ApiKey),
        RegisteredData::of(key::ApiKeys),
        RegisteredData::of(resource::Resource),
        RegisteredData::of(rest_api::RestApi),
        RegisteredData::of(vpc_link::VpcLink),
    ]
}

/// The `tags` of a data source.
fn tags() -> Attribute {
    optional_computed(Type::map(Type::String), "Tags of the object.")
}

/// What was found, with all its tags: a data source does not tell its own from default ones.
fn with_tags(aws: &Aws, config: &Known, live: Option<&HashMap<String, String>>, found: Value) -> Value {
    let found = super::tags::report(aws, config, live, found);
    let all = found.get("tags_all").clone();
    found.with("tags", all)
}

/// An attribute that is a list of objects.
fn objects<const N: usize>(attributes: [(&'static str, Type); N], doc: &'static str) -> Attribute {
    computed(Type::list(Type::object(attributes)), doc)
}

/// The answer of a data source: its configuration with what was found, in the types of its schema.
fn answer(schema: &Schema, config: &Known, found: &Value) -> Known {
    let whole = settle(schema, config, found);
    // A value that does not fit comes from an answer that AWS's own model does not allow; it is kept as it is.
    convert(&whole, &schema.block.ty()).ok().and_then(Known::new).unwrap_or(whole)
}

/// The one object of that name among those found.
fn only<T>(operation: &str, name: &str, mut found: Vec<T>) -> Result<T, ProviderError> {
    match (found.pop(), found.is_empty()) {
        (Some(one), true) => Ok(one),
        (None, _) => Err(absent(operation, name)),
        (Some(_), false) => {
            let message = format!("{} objects are named `{name}`", found.len() + 1);
            Err(ProviderError::new(ErrorKind::Invalid, operation, message))
        }
    }
}

/// The error of a data source whose object is not there.
fn absent(operation: &str, name: &str) -> ProviderError {
    ProviderError::new(ErrorKind::NotFound, operation, format!("there is no `{name}`"))
}
