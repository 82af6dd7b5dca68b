//! Terraform's language: text to configuration, expressions to values.

pub mod config;
#[cfg(test)]
mod conformance;
pub mod constraint;
pub mod evaluate;
pub mod expression;
pub mod files;
pub mod functions;
pub mod reference;
pub mod render;
pub mod scope;
pub mod syntax;
