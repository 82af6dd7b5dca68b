//! Data sources of Lambda.

mod alias;
mod code_signing_config;
mod function;
mod function_url;
mod functions;
mod layer_version;

use recon_core::convert::convert;
use recon_core::provider::{ErrorKind, ProviderError};
use recon_core::schema::{Attribute, Schema, computed};
use recon_core::{Known, Type, Value};

use crate::apigateway::settle;
use crate::live::RegisteredData;

/// All data sources.
pub(super) fn all() -> Vec<RegisteredData> {
    vec![
        RegisteredData::of(alias::Alias),
        RegisteredData::of(code_signing_config::CodeSigningConfig),
        RegisteredData::of(function::Function),
        RegisteredData::of(function_url::FunctionUrl),
        RegisteredData::of(functions::Functions),
        RegisteredData::of(layer_version::LayerVersion),
    ]
}

/// A text that Lambda says.
fn given(doc: &'static str) -> Attribute {
    computed(Type::String, doc)
}

/// A whole number that Lambda says.
fn counted(doc: &'static str) -> Attribute {
    computed(Type::Number, doc)
}

/// A list of objects that Lambda says.
fn objects<const N: usize>(attributes: [(&'static str, Type); N], doc: &'static str) -> Attribute {
    computed(Type::list(Type::object(attributes)), doc)
}

/// The answer of a data source: its configuration with what was found, in the types of its schema.
fn answer(schema: &Schema, config: &Known, found: &Value) -> Known {
    let whole = settle(schema, config, found);
    // A value that does not fit comes from an answer that AWS's own model does not allow; it is kept as it is.
    convert(&whole, &schema.block.ty()).ok().and_then(Known::new).unwrap_or(whole)
}

/// The error of a data source whose object is not there.
fn absent(operation: &str, what: &str) -> ProviderError {
    ProviderError::new(ErrorKind::NotFound, operation, format!("there is no {what}"))
}
