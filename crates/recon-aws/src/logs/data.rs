//! `data "aws_cloudwatch_log_group"`: a log group by name.

use std::sync::LazyLock;

use async_trait::async_trait;
use aws_sdk_cloudwatchlogs::types::LogGroupClass;
use recon_core::provider::{ErrorKind, ProviderError};
use recon_core::resource_type::ResourceType;
use recon_core::schema::Schema;
use recon_core::{Known, Type, Value};

use super::group::{KIND, data_schema};
use super::reads;
use crate::aws::Aws;
use crate::live::LiveData;
use crate::shape::{number, object};

static SCHEMA: LazyLock<Schema> = LazyLock::new(data_schema);

/// `aws_cloudwatch_log_group`
#[derive(Clone, Copy)]
pub(crate) struct LogGroup;

impl ResourceType for LogGroup {
    fn name(&self) -> &'static str {
        KIND
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }
}

#[async_trait]
impl LiveData for LogGroup {
    async fn read(&self, aws: &Aws, config: &Known) -> Result<Known, ProviderError> {
        let name = config.str("name").unwrap_or_default();
        let group = reads::one(aws, name).await?.ok_or_else(|| {
            let message = format!("there is no log group `{name}`");
            ProviderError::new(ErrorKind::NotFound, "logs:DescribeLogGroups", message)
        })?;
        let arn = reads::arn(&group);
        let nothing = Known::with_nulls(&Value::null(Type::Any));
        let [_, (_, tags)] = crate::tags::observed(aws, &nothing, reads::tags(aws, arn).await?);
        let attributes = [
            ("arn", Value::from(arn)),
            ("creation_time", number(group.creation_time())),
            ("id", Value::from(name)),
            ("kms_key_id", Value::from(group.kms_key_id().unwrap_or_default())),
            (
                "log_group_class",
                Value::from(group.log_group_class().map_or("STANDARD", LogGroupClass::as_str)),
            ),
            ("name", Value::from(name)),
            ("retention_in_days", Value::from(i64::from(group.retention_in_days().unwrap_or(0)))),
            ("tags", tags),
        ];
        Ok(object(&SCHEMA, attributes))
    }
}
