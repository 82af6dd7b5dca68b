//! `aws_iam_policy`, its pure half: arguments, rules, planning.

use std::sync::LazyLock;

use recon_core::resource_type::{Proposal, Refined, ResourceType};
use recon_core::schema::{
    Sameness, Schema, block, computed, defaulted, optional, optional_computed, required,
};
use recon_core::value::Name;
use recon_core::{Diagnostic, Known, Path, Type, Value};

use super::{check, name};

const NAME_LENGTH_MAX: usize = 128;

pub(super) static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let attributes = [
        ("id", computed(Type::String, "ARN of the policy.")),
        ("arn", computed(Type::String, "ARN of the policy.")),
        (
            "policy_id",
            computed(Type::String, "ID of the policy, which a later policy of the same name does not get."),
        ),
        (
            // It changes whenever somebody else attaches the policy, which is no drift of the policy.
            "attachment_count",
            computed(Type::Number, "How many objects had the policy when it was made or imported."),
        ),
        ("name", optional_computed(Type::String, "Name of the policy; generated if absent.").replaces()),
        ("name_prefix", optional_computed(Type::String, "What a generated name begins with.").replaces()),
        ("path", defaulted(Type::String, "/", "Path of the policy.").replaces()),
        (
            "description",
            optional(Type::String, "What the policy is for.").replaces().compared(Sameness::EmptyIsNull),
        ),
        ("policy", required(Type::String, "The policy, in JSON.").compared(Sameness::Policy)),
        ("tags", crate::tags::tags()),
        ("tags_all", crate::tags::tags_all()),
    ];
    Schema { version: 0, doc: "A managed policy of IAM.", block: block(attributes, []) }
});

/// `aws_iam_policy`
#[derive(Clone, Copy)]
pub(crate) struct Policy;

impl ResourceType for Policy {
    fn name(&self) -> &'static str {
        "aws_iam_policy"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn check(&self, config: &Value) -> Vec<(Path, Diagnostic)> {
        let mut found = check::names(config, NAME_LENGTH_MAX);
        found.extend(check::policy(config, "policy"));
        found.extend(check::at_most(config, "description", 1000));
        found.extend(check::at_most(config, "path", 512));
        found
    }

    fn refine(&self, proposal: Proposal<'_>) -> Refined {
        match refine(&proposal) {
            Ok(planned) => Refined::Ready { planned, replace: Vec::new() },
            Err(question) => Refined::Ask(question),
        }
    }

    fn queue_key(&self, value: &Value) -> Option<Name> {
        value.text("arn").map(|arn| format!("iam:policy:{arn}").into())
    }
}

fn refine(proposal: &Proposal<'_>) -> Result<Value, Known> {
    name::planned(proposal, crate::tags::planned(proposal)?)
}
