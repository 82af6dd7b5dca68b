//! `data "aws_caller_identity"`: who the credentials belong to.

use std::sync::LazyLock;

use async_trait::async_trait;
use recon_core::provider::ProviderError;
use recon_core::resource_type::ResourceType;
use recon_core::schema::{Schema, block};
use recon_core::{Known, Value};

use super::given;
use crate::aws::Aws;
use crate::live::LiveData;
use crate::shape::object;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let attributes = [
        ("id", given("The account.")),
        ("account_id", given("The account.")),
        ("arn", given("ARN of the user or role.")),
        ("user_id", given("ID of the user or role.")),
    ];
    Schema { version: 0, doc: "Who the credentials belong to.", block: block(attributes, []) }
});

/// `aws_caller_identity`
#[derive(Clone, Copy)]
pub(crate) struct CallerIdentity;

impl ResourceType for CallerIdentity {
    fn name(&self) -> &'static str {
        "aws_caller_identity"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }
}

#[async_trait]
impl LiveData for CallerIdentity {
    async fn read(&self, aws: &Aws, _config: &Known) -> Result<Known, ProviderError> {
        let identity = aws.identity().await?;
        let attributes = [
            ("id", Value::from(identity.account.as_str())),
            ("account_id", Value::from(identity.account.as_str())),
            ("arn", Value::from(identity.arn.as_str())),
            ("user_id", Value::from(identity.user.as_str())),
        ];
        Ok(object(&SCHEMA, attributes))
    }
}
