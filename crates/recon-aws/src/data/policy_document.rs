//! `data "aws_iam_policy_document"`: a policy in JSON from blocks. No call.

use std::sync::LazyLock;

use async_trait::async_trait;
use recon_core::provider::{ErrorKind, ProviderError};
use recon_core::resource_type::ResourceType;
use recon_core::schema::{
    Block, NestedBlock, Schema, block, computed, defaulted, list_of, optional, required, set_of,
};
use recon_core::{Diagnostic, Known, Path, Type, Value};

use super::document::{VERSION, assemble};
use super::go_json::{compact, indented};
use super::set_order::checksum;
use crate::aws::Aws;
use crate::iam::check::{Finding, invalid};
use crate::live::LiveData;
use crate::shape::merge;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let documents = |doc| optional(Type::list(Type::String), doc);
    let attributes = [
        ("id", computed(Type::String, "Checksum of the document.")),
        ("json", computed(Type::String, "The document, indented.")),
        ("minified_json", computed(Type::String, "The document, on one line.")),
        ("policy_id", optional(Type::String, "ID of the document.")),
        (
            "version",
            defaulted(Type::String, VERSION, "Version of the policy language: `2012-10-17` or `2008-10-17`."),
        ),
        (
            "source_policy_documents",
            documents("Documents whose statements come first; their ids must differ."),
        ),
        (
            "override_policy_documents",
            documents("Documents whose statements stand in the place of those with the same id."),
        ),
        ("source_json", optional(Type::String, "Not used; use `source_policy_documents`.")),
        ("override_json", optional(Type::String, "Not used; use `override_policy_documents`.")),
    ];
    Schema {
        version: 0,
        doc: "A policy document in JSON, from blocks.",
        block: block(attributes, [("statement", list_of(statement()))]),
    }
});

fn statement() -> Block {
    let texts = |doc| optional(Type::set(Type::String), doc);
    let condition = block(
        [
            ("test", required(Type::String, "Operator: `StringEquals`.")),
            ("values", required(Type::list(Type::String), "Values; one of them has to fit.")),
            ("variable", required(Type::String, "Key of the request that is looked at: `aws:SourceArn`.")),
        ],
        [],
    );
    block(
        [
            ("actions", texts("Actions that the statement is about.")),
            ("not_actions", texts("Actions that it is not about; it is about all others.")),
            ("resources", texts("ARNs that the statement is about.")),
            ("not_resources", texts("ARNs that it is not about; it is about all others.")),
            ("effect", defaulted(Type::String, "Allow", "`Allow` or `Deny`.")),
            ("sid", optional(Type::String, "ID of the statement.")),
        ],
        [("condition", set_of(condition)), ("principals", principals()), ("not_principals", principals())],
    )
}

fn principals() -> NestedBlock {
    set_of(block(
        [
            ("identifiers", required(Type::set(Type::String), "ARNs, accounts or services, or `*`.")),
            (
                "type",
                required(
                    Type::String,
                    "Kind of principal: `AWS`, `Service`, `Federated`, `CanonicalUser` or `*`.",
                ),
            ),
        ],
        [],
    ))
}

/// `aws_iam_policy_document`
#[derive(Clone, Copy)]
pub(crate) struct PolicyDocument;

impl ResourceType for PolicyDocument {
    fn name(&self) -> &'static str {
        "aws_iam_policy_document"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn check(&self, config: &Value) -> Vec<(Path, Diagnostic)> {
        let mut found: Vec<Finding> = Vec::new();
        for (argument, other) in
            [("source_json", "source_policy_documents"), ("override_json", "override_policy_documents")]
        {
            if config.text(argument).is_some() {
                found.push(invalid(
                    argument,
                    format!("`{argument}` is not used any more. Use `{other}`, a list."),
                ));
            }
        }
        found.extend(one_of(config, "version", "version", &["2008-10-17", VERSION]));
        let statements = config.get("statement").items().iter();
        found.extend(
            statements.filter_map(|statement| one_of(statement, "effect", "statement", &["Allow", "Deny"])),
        );
        if found.is_empty() && config.is_wholly_known() {
            // The same mistakes that the read would find, but with the place in the source.
            found.extend(assemble(config).err().map(|error| invalid("statement", as_sentence(&error))));
        }
        found
    }
}

fn one_of(config: &Value, argument: &str, at: &str, allowed: &[&str]) -> Option<Finding> {
    let given = config.str(argument)?;
    let list = allowed.iter().map(|text| format!("`{text}`")).collect::<Vec<_>>().join(" or ");
    (!allowed.contains(&given))
        .then(|| invalid(at, format!("`{argument}` is `{given}`, but has to be {list}.")))
}

fn as_sentence(text: &str) -> String {
    if text.ends_with('.') { text.to_owned() } else { format!("{text}.") }
}

#[async_trait]
impl LiveData for PolicyDocument {
    async fn read(&self, _aws: &Aws, config: &Known) -> Result<Known, ProviderError> {
        read(config).map_err(|error| {
            let message = format!("writing IAM Policy Document: {error}");
            ProviderError::new(ErrorKind::Invalid, "aws_iam_policy_document", message)
        })
    }
}

fn read(config: &Known) -> Result<Known, String> {
    let document = assemble(config)?.into_json();
    let json = indented(&document);
    let results = [
        ("id", Value::from(checksum(&json))),
        ("minified_json", Value::from(compact(&document))),
        ("json", Value::from(json)),
        ("version", Value::from(config.str("version").unwrap_or(VERSION))),
    ];
    Ok(merge(config.clone(), results))
}

#[cfg(test)]
#[path = "policy_document_tests.rs"]
mod tests;
