//! `aws_lambda_code_signing_config`, its pure half: arguments and rules.

use std::sync::LazyLock;

use aws_sdk_lambda::types::CodeSigningPolicy;
use recon_core::path::Step;
use recon_core::resource_type::{Proposal, Refined, ResourceType};
use recon_core::schema::{
    Absent, NestedBlock, Nesting, Sameness, Schema, at_most_one_or_provider, block, computed, optional,
    optional_computed, recomputed, required,
};
use recon_core::{Diagnostic, Path, Type, Value};

use crate::rules::{self, Findings};
use crate::tags;

pub(crate) const KIND: &str = "aws_lambda_code_signing_config";

const PROFILES_MAX: usize = 20;

/// `aws_lambda_code_signing_config`
#[derive(Clone, Copy)]
pub(crate) struct CodeSigningConfig;

pub(crate) static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let profiles = required(Type::set(Type::String), "Versions of signing profiles that are trusted.");
    let publishers = block([("signing_profile_version_arns", profiles)], []);
    let policy =
        required(Type::String, "What becomes of code whose signature is not trusted: `Warn` or `Enforce`.");
    let policies = block([("untrusted_artifact_on_deployment", policy)], []);
    let description = optional(Type::String, "What the configuration is for.");
    let attributes = [
        ("arn", computed(Type::String, "ARN of the configuration.")),
        ("config_id", computed(Type::String, "ID of the configuration.")),
        ("description", description.compared(Sameness::EmptyIsNull)),
        ("id", optional_computed(Type::String, "The configuration's ARN.")),
        ("last_modified", recomputed(Type::String, "When the configuration was last changed.")),
        ("tags", tags::tags()),
        ("tags_all", tags::tags_all()),
    ];
    let publishers = NestedBlock { block: publishers, nesting: Nesting::List(1, 1), absent: Absent::None };
    let blocks = [("allowed_publishers", publishers), ("policies", at_most_one_or_provider(policies))];
    Schema { version: 0, doc: "Whose signatures Lambda trusts on code.", block: block(attributes, blocks) }
});

impl ResourceType for CodeSigningConfig {
    fn name(&self) -> &'static str {
        KIND
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn check(&self, config: &Value) -> Vec<(Path, Diagnostic)> {
        let mut found = Findings::new();
        rules::longest(&mut found, config, "description", 256);
        let nested = |name: &str| Path::attribute(name).then(Step::Index(0));
        if let Some(policies) = config.block("policies") {
            let at = nested("policies");
            let allowed = CodeSigningPolicy::values();
            rules::one_of_at(&mut found, &at, policies, "untrusted_artifact_on_deployment", allowed);
        }
        let Some(profiles) = config.block("allowed_publishers") else { return found };
        let profiles = profiles.get("signing_profile_version_arns");
        let at = nested("allowed_publishers").then(Step::Attribute("signing_profile_version_arns".into()));
        let count = profiles.items().len();
        if !profiles.is_unknown() && !profiles.is_null() && !(1..=PROFILES_MAX).contains(&count) {
            let detail = format!("Name 1 to {PROFILES_MAX} versions of signing profiles; there are {count}.");
            found.push((at.clone(), Diagnostic::error("Invalid argument", detail)));
        }
        for (index, profile) in profiles.items().iter().enumerate() {
            if let Some(text) = profile.as_str()
                && !rules::is_arn(text)
            {
                let detail = format!("{text:?} is not the ARN of a signing profile's version.");
                found.push((at.then(Step::Index(index)), Diagnostic::error("Invalid argument", detail)));
            }
        }
        found
    }

    fn refine(&self, proposal: Proposal<'_>) -> Refined {
        match tags::planned(&proposal) {
            Ok(planned) => Refined::Ready { planned, replace: Vec::new() },
            Err(question) => Refined::Ask(question),
        }
    }
}
