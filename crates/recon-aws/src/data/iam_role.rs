//! `data "aws_iam_role"`: a role by name.

use std::sync::LazyLock;

use async_trait::async_trait;
use aws_sdk_iam::types::RoleLastUsed;
use recon_core::provider::{ErrorKind, ProviderError};
use recon_core::resource_type::ResourceType;
use recon_core::schema::{Schema, block, computed, optional_computed, required};
use recon_core::value::Name;
use recon_core::{Known, Type, Value};

use super::given;
use crate::aws::Aws;
use crate::iam::role_live::date;
use crate::iam::{policy_text, reads, tags};
use crate::live::LiveData;
use crate::shape::{number, object, text};
use crate::snapshot::Snapshot;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let attributes = [
        ("id", given("Name of the role.")),
        ("name", required(Type::String, "Name of the role.")),
        ("arn", given("ARN of the role.")),
        ("assume_role_policy", given("Who may assume the role, as a policy in JSON.")),
        ("create_date", given("When the role was made.")),
        ("description", given("What the role is for.")),
        ("max_session_duration", computed(Type::Number, "How long a session may last, in seconds.")),
        ("path", given("Path of the role.")),
        ("permissions_boundary", given("ARN of the policy that limits what the role may be allowed.")),
        ("role_last_used", computed(Type::list(last_used()), "When and where the role was last used.")),
        ("tags", optional_computed(Type::map(Type::String), "Tags of the role.")),
        ("unique_id", given("ID of the role, which a later role of the same name does not get.")),
    ];
    Schema { version: 0, doc: "A role of IAM.", block: block(attributes, []) }
});

fn last_used() -> Type {
    let parts = ["last_used_date", "region"].map(|name| (Name::from(name), Type::String));
    Type::Object(std::sync::Arc::new(parts.into_iter().collect()))
}

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
}

#[async_trait]
impl LiveData for Role {
    async fn read(&self, aws: &Aws, config: &Known) -> Result<Known, ProviderError> {
        let name = config.str("name").unwrap_or_default();
        let role = reads::role(aws, &Snapshot::default(), name).await?.ok_or_else(|| {
            ProviderError::new(ErrorKind::NotFound, "iam:GetRole", format!("there is no role `{name}`"))
        })?;
        let boundary = role.permissions_boundary().and_then(|boundary| boundary.permissions_boundary_arn());
        let trust = policy_text::decoded(role.assume_role_policy_document().unwrap_or_default());
        let used: Vec<Value> = role.role_last_used().and_then(used).into_iter().collect();
        let attributes = [
            ("id", Value::from(role.role_name.as_str())),
            ("name", Value::from(role.role_name.as_str())),
            ("arn", Value::from(role.arn.as_str())),
            ("assume_role_policy", Value::from(trust)),
            ("create_date", date(&role.create_date)),
            ("description", Value::from(role.description().unwrap_or_default())),
            ("max_session_duration", number(role.max_session_duration)),
            ("path", Value::from(role.path.as_str())),
            ("permissions_boundary", Value::from(boundary.unwrap_or_default())),
            ("role_last_used", Value::list(last_used(), used)),
            ("tags", tags::seen(aws, role.tags())),
            ("unique_id", Value::from(role.role_id.as_str())),
        ];
        Ok(object(&SCHEMA, attributes))
    }
}

/// IAM says nothing of a role that was not used lately.
fn used(last: &RoleLastUsed) -> Option<Value> {
    let date = last.last_used_date().map_or_else(|| Value::null(Type::String), date);
    (!date.is_null() || last.region().is_some())
        .then(|| Value::object([("last_used_date", date), ("region", text(last.region()))]))
}
