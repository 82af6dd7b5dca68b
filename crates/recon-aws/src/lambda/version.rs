//! `aws_lambda_version`, its pure half: one published version of a function, or a rolling one.

use std::sync::LazyLock;

use recon_core::change::Change;
use recon_core::resource_type::{Neighbours, Parts, Proposal, Refined, ResourceType};
use recon_core::schema::{Sameness, Schema, block, computed, defaulted, optional, optional_computed};
use recon_core::value::Name;
use recon_core::{Address, Diagnostic, Path, Type, Value};

use super::function::IN_FUNCTION;
use super::name::{self, queue_key};
use super::{version_plan, version_review};
use crate::rules::{self, Findings};

pub(crate) const KIND: &str = "aws_lambda_version";

/// `aws_lambda_version`
#[derive(Clone, Copy)]
pub(crate) struct Version;

pub(crate) static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let text = |doc| computed(Type::String, doc);
    let description = optional(Type::String, "Description of the versions that are published from now on.");
    let attributes = [
        ("code_sha256", text("Hash of the version's code.")),
        ("description", description.compared(Sameness::EmptyIsNull)),
        ("function_name", name::function()),
        (
            "history",
            computed(Type::list(Type::String), "The versions that belong to this block, newest first."),
        ),
        ("id", optional_computed(Type::String, "FUNCTION/VERSION.")),
        ("invoke_arn", text("ARN with which API Gateway invokes the version.")),
        (
            "publish_on_change",
            defaulted(Type::Bool, false, "Whether each change of the function is published."),
        ),
        ("qualified_arn", text("ARN of the version.")),
        ("retain", optional(Type::Number, "How many versions are kept; all, if not set.")),
        (
            "up_to_date",
            computed(
                Type::Bool,
                "Whether the version is what the function is now; of a rolling version only.",
            ),
        ),
        ("version", text("Number of the version.")),
    ];
    Schema {
        version: 0,
        doc: "A published, immutable version of a Lambda function.",
        block: block(attributes, []),
    }
});

impl ResourceType for Version {
    fn name(&self) -> &'static str {
        KIND
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn check(&self, config: &Value) -> Vec<(Path, Diagnostic)> {
        let mut found = Findings::new();
        rules::between(&mut found, config, "retain", 1, 10_000);
        let rolls = config.get("publish_on_change");
        if rules::is_set(config, "retain") && !rolls.is_unknown() && rolls.as_bool() != Some(true) {
            let detail = "Only a version with `publish_on_change = true` has older ones to retain.";
            rules::wrong(&mut found, "retain", detail);
        }
        rules::longest(&mut found, config, "description", 256);
        found
    }

    fn refine(&self, proposal: Proposal<'_>) -> Refined {
        version_plan::refine(proposal)
    }

    fn review(&self, address: &Address, change: &Change, neighbours: &dyn Neighbours) -> Vec<Diagnostic> {
        version_review::review(address, change, neighbours)
    }

    fn queue_key(&self, value: &Value) -> Option<Name> {
        queue_key(value.str("function_name"))
    }

    fn vanishes_with(&self) -> Parts {
        IN_FUNCTION
    }
}
