//! Terraform's language: text to configuration, expressions to values.
