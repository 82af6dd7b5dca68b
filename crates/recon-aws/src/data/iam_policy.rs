//! `data "aws_iam_policy"`: a managed policy by ARN, or by name and path.

use std::sync::LazyLock;

use async_trait::async_trait;
use aws_sdk_iam::types::PolicyScopeType;
use recon_core::provider::{ErrorKind, ProviderError};
use recon_core::resource_type::ResourceType;
use recon_core::schema::{Schema, block, computed, optional, optional_computed};
use recon_core::{Diagnostic, Known, Path, Type, Value};

use super::given;
use crate::aws::Aws;
use crate::iam::check::{arn, invalid};
use crate::iam::{policy_reads, tags};
use crate::live::LiveData;
use crate::shape::{number, object, text};
use crate::snapshot::Snapshot;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let attributes = [
        ("id", given("ARN of the policy.")),
        ("arn", optional_computed(Type::String, "ARN of the policy.")),
        ("name", optional_computed(Type::String, "Name of the policy.")),
        ("path_prefix", optional(Type::String, "What the path of the policy begins with.")),
        ("attachment_count", computed(Type::Number, "How many objects have the policy.")),
        ("description", given("What the policy is for.")),
        ("path", given("Path of the policy.")),
        ("policy", given("The policy, in JSON.")),
        ("policy_id", given("ID of the policy, which a later policy of the same name does not get.")),
        ("tags", optional_computed(Type::map(Type::String), "Tags of the policy.")),
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
        let mut found: Vec<_> = arn(config, "arn").into_iter().collect();
        let by_arn = !config.get("arn").is_null();
        let others =
            ["name", "path_prefix"].into_iter().filter(|other| by_arn && !config.get(other).is_null());
        found
            .extend(others.map(|other| {
                invalid(other, format!("\"{other}\": conflicts with arn. An ARN says it all."))
            }));
        found
    }
}

#[async_trait]
impl LiveData for Policy {
    async fn read(&self, aws: &Aws, config: &Known) -> Result<Known, ProviderError> {
        let arn = match config.text("arn") {
            Some(arn) => arn.to_owned(),
            None => find(aws, config).await?,
        };
        let live = policy_reads::read(aws, &Snapshot::default(), &arn).await?;
        let policy = &live.policy;
        let attributes = [
            ("id", Value::from(arn.as_str())),
            ("arn", Value::from(arn.as_str())),
            ("name", text(policy.policy_name())),
            ("path_prefix", config.get("path_prefix").clone()),
            ("attachment_count", number(policy.attachment_count())),
            ("description", Value::from(policy.description().unwrap_or_default())),
            ("path", text(policy.path())),
            ("policy", Value::from(live.document.as_str())),
            ("policy_id", text(policy.policy_id())),
            ("tags", tags::seen(aws, policy.tags())),
        ];
        Ok(object(&SCHEMA, attributes))
    }
}

/// The ARN of the one policy that has the name and path.
async fn find(aws: &Aws, config: &Known) -> Result<String, ProviderError> {
    let policies = policy_reads::list(aws, PolicyScopeType::All, config.text("path_prefix")).await?;
    let named = |name: Option<&str>| config.text("name").is_none_or(|wanted| name == Some(wanted));
    let mut found: Vec<String> = policies
        .into_iter()
        .filter(|policy| named(policy.policy_name()))
        .filter_map(|policy| policy.arn)
        .collect();
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => Err(ProviderError::new(ErrorKind::NotFound, "iam:ListPolicies", "no matching IAM Policy found")
            .with_help("Give the name in its exact spelling, or the ARN.")),
        count => Err(ProviderError::new(
            ErrorKind::Invalid,
            "iam:ListPolicies",
            format!("{count} IAM policies match"),
        )
        .with_help("Give the `name` with its `path_prefix`, or the ARN.")),
    }
}
