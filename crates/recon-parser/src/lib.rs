//! Terraform's language: text to configuration, expressions to values.

pub mod body;
pub mod config;
#[cfg(test)]
mod conformance;
pub mod constraint;
mod decode;
pub mod evaluate;
pub mod expression;
pub mod files;
pub mod format;
pub mod functions;
pub mod json_syntax;
pub mod load;
pub mod reference;
pub mod render;
pub mod scope;
pub mod suggest;
pub mod syntax;
pub mod variables;

pub use load::{Loaded, load};
pub use syntax::{parse_expression, parse_template};
