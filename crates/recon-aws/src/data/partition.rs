//! `data "aws_partition"`: the partition that the region is in. No call.

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
        ("id", given("The partition.")),
        ("partition", given("The partition, as ARNs name it: `aws`.")),
        ("dns_suffix", given("What names of services end with: `amazonaws.com`.")),
        ("reverse_dns_prefix", given("The same, from behind: `com.amazonaws`.")),
    ];
    Schema { version: 0, doc: "The partition that the region is in.", block: block(attributes, []) }
});

/// `aws_partition`
#[derive(Clone, Copy)]
pub(crate) struct Partition;

impl ResourceType for Partition {
    fn name(&self) -> &'static str {
        "aws_partition"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }
}

#[async_trait]
impl LiveData for Partition {
    async fn read(&self, aws: &Aws, _config: &Known) -> Result<Known, ProviderError> {
        let reverse = aws.dns_suffix.rsplit('.').collect::<Vec<_>>().join(".");
        let attributes = [
            ("id", Value::from(aws.partition.as_str())),
            ("partition", Value::from(aws.partition.as_str())),
            ("dns_suffix", Value::from(aws.dns_suffix.as_str())),
            ("reverse_dns_prefix", Value::from(reverse)),
        ];
        Ok(object(&SCHEMA, attributes))
    }
}
