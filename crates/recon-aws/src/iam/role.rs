//! `aws_iam_role`, its pure half: arguments, rules, planning.

use std::sync::LazyLock;

use recon_core::resource_type::{Proposal, Refined, ResourceType};
use recon_core::schema::{
    Absent, NestedBlock, Sameness, Schema, block, computed, defaulted, optional, optional_computed, required,
    set_of,
};
use recon_core::value::Name;
use recon_core::{Diagnostic, Known, Path, Type, Value};

use super::{check, inline, name, role_queue};

const NAME_LENGTH_MAX: usize = 64;

pub(super) static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let attributes = [
        ("id", computed(Type::String, "Name of the role.")),
        ("arn", computed(Type::String, "ARN of the role.")),
        (
            "unique_id",
            computed(Type::String, "ID of the role, which a later role of the same name does not get."),
        ),
        ("create_date", computed(Type::String, "When the role was made.")),
        ("name", optional_computed(Type::String, "Name of the role; generated if absent.").replaces()),
        ("name_prefix", optional_computed(Type::String, "What a generated name begins with.").replaces()),
        (
            "assume_role_policy",
            required(Type::String, "Who may assume the role, as a policy in JSON.")
                .compared(Sameness::Policy),
        ),
        ("path", defaulted(Type::String, "/", "Path of the role.").replaces()),
        ("description", optional(Type::String, "What the role is for.").compared(Sameness::EmptyIsNull)),
        (
            "max_session_duration",
            defaulted(Type::Number, 3600, "How long a session may last, in seconds: 3600 to 43200."),
        ),
        (
            "permissions_boundary",
            optional(Type::String, "ARN of the policy that limits what the role may be allowed.")
                .compared(Sameness::EmptyIsNull),
        ),
        (
            "force_detach_policies",
            defaulted(
                Type::Bool,
                false,
                "Whether policies that others attached are detached when the role is destroyed.",
            ),
        ),
        (
            "managed_policy_arns",
            optional_computed(
                Type::set(Type::String),
                "ARNs of the attached managed policies, exclusively: others are detached. Not looked at if absent.",
            ),
        ),
        ("tags", crate::tags::tags()),
        ("tags_all", crate::tags::tags_all()),
    ];
    let inline = block(
        [
            ("name", optional(Type::String, "Name of the policy.")),
            ("policy", optional(Type::String, "The policy, in JSON.").compared(Sameness::Policy)),
        ],
        [],
    );
    let inline = NestedBlock { absent: Absent::Provider, ..set_of(inline) };
    Schema { version: 0, doc: "A role of IAM.", block: block(attributes, [("inline_policy", inline)]) }
});

/// `aws_iam_role`
#[derive(Clone, Copy)]
pub(crate) struct Role;

impl ResourceType for Role {
    fn name(&self) -> &'static str {
        "aws_iam_role"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn check(&self, config: &Value) -> Vec<(Path, Diagnostic)> {
        let mut found = check::names(config, NAME_LENGTH_MAX);
        found.extend(check::policy(config, "assume_role_policy"));
        found.extend(check::at_most(config, "path", 512));
        found.extend(check::at_most(config, "description", 1000));
        found.extend(check::within(config, "max_session_duration", 3600..=43_200));
        found.extend(check::arn(config, "permissions_boundary"));
        found.extend(check::arns(config, "managed_policy_arns"));
        found.extend(inline::check(config));
        found
    }

    fn refine(&self, proposal: Proposal<'_>) -> Refined {
        match refine(&proposal) {
            Ok(planned) => Refined::Ready { planned, replace: Vec::new() },
            Err(question) => Refined::Ask(question),
        }
    }

    fn queue_key(&self, value: &Value) -> Option<Name> {
        role_queue(value, "name")
    }
}

fn refine(proposal: &Proposal<'_>) -> Result<Value, Known> {
    let planned = name::planned(proposal, crate::tags::planned(proposal)?)?;
    Ok(match proposal.prior {
        Some(prior) => inline::keep_equivalent(prior, planned),
        None => planned,
    })
}
