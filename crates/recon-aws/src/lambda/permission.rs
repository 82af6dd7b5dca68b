//! `aws_lambda_permission`, its pure half: arguments and rules.

use std::sync::LazyLock;

use recon_core::change::Change;
use recon_core::resource_type::{Container, Neighbours, Proposal, Refined, ResourceType};
use recon_core::schema::{Attribute, Sameness, Schema, block, optional, optional_computed, required};
use recon_core::value::Name;
use recon_core::{Address, Diagnostic, Path, Type, Value};

use super::function::{CONTAINERS, replaced_with_function};
use super::name::queue_key;
use super::versions::LATEST;
use crate::rules::{self, Findings};

/// `aws_lambda_permission`
#[derive(Clone, Copy)]
pub(crate) struct Permission;

pub(crate) static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let text = |doc| -> Attribute { optional(Type::String, doc).compared(Sameness::EmptyIsNull).replaces() };
    let attributes = [
        ("action", required(Type::String, "What is allowed, as in `lambda:InvokeFunction`.").replaces()),
        ("event_source_token", text("Token of an Alexa skill.")),
        ("function_name", required(Type::String, "Name or ARN of the function.").replaces()),
        ("function_url_auth_type", text("`AWS_IAM` or `NONE`, for calls of the function's URL.")),
        ("id", optional_computed(Type::String, "The statement's id.")),
        ("principal", required(Type::String, "Who is allowed: a service, an account, an ARN.").replaces()),
        ("principal_org_id", text("Organization that the principal must belong to.")),
        ("qualifier", text("Alias or version that the permission is about.")),
        ("source_account", text("Account that the call must come from.")),
        ("source_arn", text("ARN that the call must come from.")),
        ("statement_id", optional_computed(Type::String, "Id of the statement.").replaces()),
        ("statement_id_prefix", optional_computed(Type::String, "Beginning of a generated id.").replaces()),
    ];
    Schema {
        version: 0,
        doc: "A statement of a Lambda function's resource policy.",
        block: block(attributes, []),
    }
});

impl ResourceType for Permission {
    fn name(&self) -> &'static str {
        "aws_lambda_permission"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn check(&self, config: &Value) -> Vec<(Path, Diagnostic)> {
        let mut found = Findings::new();
        rules::not_both(&mut found, config, "statement_id", "statement_id_prefix");
        rules::one_of(&mut found, config, "function_url_auth_type", &["AWS_IAM", "NONE"]);
        rules::arn(&mut found, config, "source_arn");
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        for name in ["statement_id", "statement_id_prefix"] {
            if config.str(name).is_some_and(|id| id.len() > 100 || !id.chars().all(fits)) {
                rules::wrong(
                    &mut found,
                    name,
                    "A statement's id has at most 100 letters, digits, hyphens and underscores.",
                );
            }
        }
        if config.str("qualifier") == Some(LATEST) {
            rules::wrong(
                &mut found,
                "qualifier",
                "Lambda keeps no policy for `$LATEST`. Leave `qualifier` out, or name an alias.",
            );
        }
        found
    }

    fn refine(&self, proposal: Proposal<'_>) -> Refined {
        let replace = replaced_with_function(&proposal);
        Refined::Ready { planned: proposal.proposed, replace }
    }

    fn review(&self, address: &Address, change: &Change, neighbours: &dyn Neighbours) -> Vec<Diagnostic> {
        super::permission_review::review(address, change, neighbours).into_iter().collect()
    }

    fn queue_key(&self, value: &Value) -> Option<Name> {
        queue_key(value.str("function_name"))
    }

    fn vanishes_with(&self) -> &'static [Container] {
        CONTAINERS
    }
}
