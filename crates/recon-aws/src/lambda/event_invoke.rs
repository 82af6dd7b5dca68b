//! `aws_lambda_function_event_invoke_config`, its pure half: arguments and rules.

use std::sync::LazyLock;

use recon_core::path::Step;
use recon_core::resource_type::{Parts, ResourceType};
use recon_core::schema::{
    Block, Sameness, Schema, at_most_one, block, defaulted, optional, optional_computed, required,
};
use recon_core::value::Name;
use recon_core::{Diagnostic, Number, Path, Type, Value};

use super::function::IN_FUNCTION;
use super::name::{function_name, queue_key};
use crate::rules::{self, Findings};

pub(crate) const KIND: &str = "aws_lambda_function_event_invoke_config";

/// How often Lambda repeats a failed invocation if nobody says.
const RETRIES: i64 = 2;

/// `aws_lambda_function_event_invoke_config`
#[derive(Clone, Copy)]
pub(crate) struct EventInvokeConfig;

pub(crate) static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let qualifier = optional(Type::String, "Alias, version or `$LATEST`.").compared(Sameness::EmptyIsNull);
    let attributes = [
        ("function_name", required(Type::String, "Name or ARN of the function.").replaces()),
        ("id", optional_computed(Type::String, "Function, and after a colon the qualifier.")),
        (
            "maximum_event_age_in_seconds",
            optional(Type::Number, "How old an event may get before it is given up."),
        ),
        (
            "maximum_retry_attempts",
            defaulted(Type::Number, Number::from(RETRIES), "How often a failed invocation is repeated."),
        ),
        ("qualifier", qualifier.replaces()),
    ];
    let ways = [("on_failure", at_most_one(way())), ("on_success", at_most_one(way()))];
    Schema {
        version: 0,
        doc: "How asynchronous invocations of a Lambda function are repeated, and where their records go.",
        block: block(attributes, [("destination_config", at_most_one(block([], ways)))]),
    }
});

fn way() -> Block {
    block([("destination", required(Type::String, "ARN of a queue, topic, bus, bucket or function."))], [])
}

impl ResourceType for EventInvokeConfig {
    fn name(&self) -> &'static str {
        KIND
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn check(&self, config: &Value) -> Vec<(Path, Diagnostic)> {
        let mut found = Findings::new();
        if config.str("function_name") == Some("") {
            rules::wrong(&mut found, "function_name", "`function_name` must not be empty.");
        }
        if config.str("qualifier") == Some("") {
            rules::wrong(&mut found, "qualifier", "`qualifier` must not be empty. Leave it out instead.");
        }
        rules::between(&mut found, config, "maximum_event_age_in_seconds", 60, 21_600);
        rules::between(&mut found, config, "maximum_retry_attempts", 0, 2);
        check_destinations(&mut found, config);
        found
    }

    fn queue_key(&self, value: &Value) -> Option<Name> {
        queue_key(value.str("function_name"))
    }

    fn vanishes_with(&self) -> Parts {
        IN_FUNCTION
    }
}

fn check_destinations(found: &mut Findings, config: &Value) {
    let Some(destinations) = config.block("destination_config") else { return };
    for way in ["on_failure", "on_success"] {
        let Some(arn) = destinations.block(way).and_then(|way| way.str("destination")) else { continue };
        let detail = if !rules::is_arn(arn) {
            format!("`destination` must be an ARN (`arn:aws:…`); it is {arn:?}.")
        } else if arn.contains(":function:")
            && config
                .str("function_name")
                .is_some_and(|function| function_name(function) == function_name(arn))
        {
            "A function cannot be a destination of its own invocations.".to_owned()
        } else {
            continue;
        };
        let path = Path::attribute("destination_config")
            .then(Step::Index(0))
            .then(Step::Attribute(way.into()))
            .then(Step::Index(0))
            .then(Step::Attribute("destination".into()));
        found.push((path, Diagnostic::error("Invalid argument", detail)));
    }
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    const QUEUE: &str = "arn:aws:sqs:us-east-1:123456789012:q";

    #[test_case(60, 0, QUEUE, 0; "all in bounds")]
    #[test_case(59, 0, QUEUE, 1; "an event that is given up too soon")]
    #[test_case(60, 3, QUEUE, 1; "too many repetitions")]
    #[test_case(60, 0, "q", 1; "a name where an ARN must be")]
    #[test_case(60, 0, "arn:aws:lambda:us-east-1:123456789012:function:f:1", 1; "itself")]
    #[test_case(60, 0, "arn:aws:lambda:us-east-1:123456789012:function:g", 0; "another function")]
    fn rules_of_asynchronous_invocations(age: i64, retries: i64, destination: &str, errors: usize) {
        let once = |name: &'static str, value: Value| Value::tuple(vec![Value::object([(name, value)])]);
        let config = Value::object([
            ("function_name", Value::from("f")),
            ("maximum_event_age_in_seconds", Number::from(age).into()),
            ("maximum_retry_attempts", Number::from(retries).into()),
            ("destination_config", once("on_failure", once("destination", destination.into()))),
        ]);
        assert_eq!(EventInvokeConfig.check(&config).len(), errors);
    }
}
