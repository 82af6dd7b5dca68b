//! `aws_iam_role_policy_attachment`: one managed policy of a role.

use std::sync::LazyLock;

use async_trait::async_trait;
use recon_core::provider::{ErrorKind, Failed, ProviderError};
use recon_core::resource_type::ResourceType;
use recon_core::schema::{Schema, block, computed, required};
use recon_core::value::Name;
use recon_core::{Diagnostic, Known, Path, Type, Value};

use super::{check, if_there, key, managed, name, reads, role_queue};
use crate::aws::Aws;
use crate::live::Live;
use crate::shape::{empty, merge};
use crate::snapshot::Snapshot;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let attributes = [
        ("id", computed(Type::String, "What identifies the attachment; IAM knows nothing of it.")),
        ("policy_arn", required(Type::String, "ARN of the policy.").replaces()),
        ("role", required(Type::String, "Name of the role.").replaces()),
    ];
    Schema { version: 0, doc: "Attaches a managed policy to a role.", block: block(attributes, []) }
});

/// `aws_iam_role_policy_attachment`
#[derive(Clone, Copy)]
pub(crate) struct RolePolicyAttachment;

impl ResourceType for RolePolicyAttachment {
    fn name(&self) -> &'static str {
        "aws_iam_role_policy_attachment"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn check(&self, config: &Value) -> Vec<(Path, Diagnostic)> {
        check::arn(config, "policy_arn").into_iter().collect()
    }

    fn queue_key(&self, value: &Value) -> Option<Name> {
        role_queue(value, "role")
    }
}

/// The attachment, with an id like those that Terraform gives.
fn complete(want: &Known) -> Known {
    let id = format!("{}-{}", key(want, "role"), name::unique_suffix());
    merge(want.clone(), [("id", Value::from(id))])
}

#[async_trait]
impl Live for RolePolicyAttachment {
    async fn read(
        &self,
        aws: &Aws,
        snapshot: &Snapshot,
        have: &Known,
    ) -> Result<Option<Known>, ProviderError> {
        let attached = reads::attached_policies(aws, snapshot, key(have, "role")).await?;
        Ok(attached.filter(|arns| arns.contains(key(have, "policy_arn"))).map(|_| have.clone()))
    }

    async fn create(&self, aws: &Aws, want: &Known) -> Result<Known, Failed> {
        managed::attach(aws, key(want, "role"), key(want, "policy_arn")).await?;
        Ok(complete(want))
    }

    async fn update(&self, _aws: &Aws, _have: &Known, want: &Known) -> Result<Known, Failed> {
        Ok(want.clone())
    }

    async fn delete(&self, aws: &Aws, have: &Known) -> Result<(), ProviderError> {
        managed::detach(aws, key(have, "role"), key(have, "policy_arn")).await
    }

    async fn import(&self, aws: &Aws, snapshot: &Snapshot, id: &str) -> Result<Option<Known>, ProviderError> {
        let Some((role, arn)) = id.split_once('/').filter(|(role, arn)| !role.is_empty() && !arn.is_empty())
        else {
            let message = format!("the id `{id}` is not of the form `role/policy-arn`");
            return Err(ProviderError::new(ErrorKind::Invalid, "import", message)
                .with_help("Give the id as the name of the role, a slash, and the ARN of the policy."));
        };
        let parts = [
            ("id", Value::from(format!("{role}-{arn}"))),
            ("role", Value::from(role)),
            ("policy_arn", Value::from(arn)),
        ];
        self.read(aws, snapshot, &merge(empty(&SCHEMA), parts)).await
    }

    async fn adopt(&self, aws: &Aws, want: &Known, _since_ms: i64) -> Result<Vec<Known>, ProviderError> {
        let attached = if_there(reads::list_attached_policies(aws, key(want, "role")).await)?;
        let is_attached = attached.is_some_and(|arns| arns.contains(key(want, "policy_arn")));
        Ok(is_attached.then(|| complete(want)).into_iter().collect())
    }
}
