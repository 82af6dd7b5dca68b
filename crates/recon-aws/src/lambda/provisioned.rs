//! `aws_lambda_provisioned_concurrency_config`, its pure half: arguments and rules.

use std::sync::LazyLock;

use recon_core::change::Change;
use recon_core::resource_type::{Neighbours, Parts, ResourceType};
use recon_core::schema::{
    Absent, NestedBlock, Nesting, Schema, block, defaulted, optional, optional_computed, required,
};
use recon_core::value::Name;
use recon_core::{Address, Diagnostic, Known, Path, Type, Value};

use super::function::IN_FUNCTION;
use super::name::queue_key;
use super::provisioned_review;
use super::versions::LATEST;
use crate::rules::{self, Findings};

pub(crate) const KIND: &str = "aws_lambda_provisioned_concurrency_config";

/// `aws_lambda_provisioned_concurrency_config`
#[derive(Clone, Copy)]
pub(crate) struct ProvisionedConcurrency;

pub(crate) static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let attributes = [
        ("function_name", required(Type::String, "Name or ARN of the function.").replaces()),
        ("id", optional_computed(Type::String, "Function and qualifier, with a comma between them.")),
        ("provisioned_concurrent_executions", required(Type::Number, "How many executions are kept ready.")),
        ("qualifier", required(Type::String, "Version or alias.").replaces()),
        ("skip_destroy", defaulted(Type::Bool, false, "Whether the setting stays when this block goes.")),
    ];
    let time = |doc| optional(Type::String, doc);
    let timeouts = block(
        [
            ("create", time("How long to wait until the executions are ready.")),
            ("update", time("How long to wait until the executions are ready.")),
        ],
        [],
    );
    let timeouts = NestedBlock { block: timeouts, nesting: Nesting::Single, absent: Absent::None };
    Schema {
        version: 1,
        doc: "How many executions of a version or alias Lambda keeps ready.",
        block: block(attributes, [("timeouts", timeouts)]),
    }
});

impl ResourceType for ProvisionedConcurrency {
    fn name(&self) -> &'static str {
        KIND
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn check(&self, config: &Value) -> Vec<(Path, Diagnostic)> {
        let mut found = Findings::new();
        let most = i64::from(i32::MAX);
        rules::between(&mut found, config, "provisioned_concurrent_executions", 1, most);
        for name in ["function_name", "qualifier"] {
            if config.str(name) == Some("") {
                rules::wrong(&mut found, name, format!("`{name}` must not be empty."));
            }
        }
        if config.str("qualifier") == Some(LATEST) {
            let detail = "Nothing is kept ready for `$LATEST`, as its code may change. Name a published version, or an alias that points at one.";
            rules::wrong(&mut found, "qualifier", detail);
        }
        found
    }

    fn review(&self, address: &Address, change: &Change, neighbours: &dyn Neighbours) -> Vec<Diagnostic> {
        provisioned_review::review(address, change, neighbours)
    }

    fn queue_key(&self, value: &Value) -> Option<Name> {
        queue_key(value.str("function_name"))
    }

    fn vanishes_with(&self) -> Parts {
        IN_FUNCTION
    }

    /// Version 0 had a colon in the id.
    fn upgrade(&self, version: u32, value: Known) -> Result<Known, String> {
        match version {
            0 => {
                let id = id(&value);
                Ok(value.with_part("id", Known::with_nulls(&Value::from(id))))
            }
            1 => Ok(value),
            other => Err(format!("schema version {other} is not known")),
        }
    }
}

/// `ItemsFunction,live`
pub(crate) fn id(value: &Known) -> String {
    let part = |name: &str| value.str(name).unwrap_or_default().to_owned();
    format!("{},{}", part("function_name"), part("qualifier"))
}

#[cfg(test)]
mod tests {
    use recon_core::Number;
    use test_case::test_case;

    use super::*;

    #[test_case("live", 1, 0; "an alias")]
    #[test_case("$LATEST", 1, 1; "the unpublished version")]
    #[test_case("", 1, 1; "nothing")]
    #[test_case("live", 0, 1; "no executions")]
    fn rules_of_provisioned_concurrency(qualifier: &str, executions: i64, errors: usize) {
        let config = Value::object([
            ("qualifier", Value::from(qualifier)),
            ("provisioned_concurrent_executions", Number::from(executions).into()),
        ]);
        assert_eq!(ProvisionedConcurrency.check(&config).len(), errors);
    }

    #[test]
    fn an_id_of_the_first_schema_gets_its_comma() {
        let parts = [("id", "f:live"), ("function_name", "f"), ("qualifier", "live")];
        let old = Known::with_nulls(&Value::object(parts.map(|(name, text)| (name, Value::from(text)))));
        assert_eq!(ProvisionedConcurrency.upgrade(0, old).unwrap().str("id"), Some("f,live"));
    }
}
