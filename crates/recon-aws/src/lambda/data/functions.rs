//! The data source `aws_lambda_functions`: the names and ARNs of all functions of the region.

use std::sync::LazyLock;

use async_trait::async_trait;
use recon_core::provider::ProviderError;
use recon_core::resource_type::ResourceType;
use recon_core::schema::{Schema, block, computed};
use recon_core::{Known, Type, Value};

use super::{answer, given};
use crate::aws::Aws;
use crate::live::LiveData;

const PAGES_MAX: u32 = 10_000;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let texts = |doc| computed(Type::list(Type::String), doc);
    let attributes = [
        ("function_arns", texts("ARNs of the functions.")),
        ("function_names", texts("Names of the functions.")),
        ("id", given("The region.")),
    ];
    Schema { version: 0, doc: "All Lambda functions of the region.", block: block(attributes, []) }
});

/// The data source `aws_lambda_functions`
#[derive(Clone, Copy)]
pub(super) struct Functions;

impl ResourceType for Functions {
    fn name(&self) -> &'static str {
        "aws_lambda_functions"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }
}

#[async_trait]
impl LiveData for Functions {
    async fn read(&self, aws: &Aws, config: &Known) -> Result<Known, ProviderError> {
        let (mut arns, mut names) = (Vec::new(), Vec::new());
        let mut marker: Option<String> = None;
        for _ in 0..PAGES_MAX {
            let send = || aws.lambda.list_functions().set_marker(marker.clone()).send();
            let page = aws.call("lambda:ListFunctions", send).await?;
            for live in page.functions.into_iter().flatten() {
                arns.push(live.function_arn.unwrap_or_default());
                names.push(live.function_name.unwrap_or_default());
            }
            marker = page.next_marker.filter(|marker| !marker.is_empty());
            if marker.is_none() {
                break;
            }
        }
        let found = Value::object([
            ("id", Value::from(aws.region.as_str())),
            ("function_arns", Value::strings(arns)),
            ("function_names", Value::strings(names)),
        ]);
        Ok(answer(&SCHEMA, config, &found))
    }
}
