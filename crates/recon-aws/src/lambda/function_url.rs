//! `aws_lambda_function_url`, its pure half: arguments and rules.

use std::sync::LazyLock;

use recon_core::path::Step;
use recon_core::resource_type::{Parts, Proposal, Refined, ResourceType};
use recon_core::schema::{
    Absent, Attribute, Block, NestedBlock, Nesting, Sameness, Schema, at_most_one, block, computed,
    defaulted, optional, optional_computed, required,
};
use recon_core::value::Name;
use recon_core::{Diagnostic, Path, Type, Value};

use super::function::IN_FUNCTION;
use super::name::{self, queue_key};
use super::versions::LATEST;
use crate::rules::{self, Findings};

pub(crate) const KIND: &str = "aws_lambda_function_url";

/// How long browsers may remember the answer to a preflight request, at most: a day.
const MAX_AGE_SECONDS_MAX: i64 = 86_400;

/// `aws_lambda_function_url`
#[derive(Clone, Copy)]
pub(crate) struct FunctionUrl;

pub(crate) static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let qualifier = optional(Type::String, "Alias that the URL leads to.").compared(Sameness::EmptyIsNull);
    let attributes = [
        ("authorization_type", required(Type::String, "Who may call: `AWS_IAM` or `NONE`.")),
        ("function_arn", computed(Type::String, "ARN of the function.")),
        ("function_name", name::function()),
        ("function_url", computed(Type::String, "The URL.")),
        ("id", optional_computed(Type::String, "Function, and after a slash the alias.")),
        ("invoke_mode", defaulted(Type::String, "BUFFERED", "`BUFFERED` or `RESPONSE_STREAM`.")),
        ("qualifier", qualifier.replaces()),
        ("url_id", computed(Type::String, "First label of the URL's host.")),
    ];
    let timeouts = block([("create", optional(Type::String, "Accepted; a URL is there at once."))], []);
    let timeouts = NestedBlock { block: timeouts, nesting: Nesting::Single, absent: Absent::None };
    let block = block(attributes, [("cors", at_most_one(cors())), ("timeouts", timeouts)]);
    Schema { version: 0, doc: "A URL at which a Lambda function answers.", block }
});

fn cors() -> Block {
    let set = |doc| -> Attribute { optional(Type::set(Type::String), doc).compared(Sameness::EmptyIsNull) };
    let attributes = [
        ("allow_credentials", optional(Type::Bool, "Whether cookies may be sent along.")),
        ("allow_headers", set("Headers that requests may have.")),
        ("allow_methods", set("Methods that requests may have.")),
        ("allow_origins", set("Origins that may call.")),
        ("expose_headers", set("Headers of the answer that pages may read.")),
        ("max_age", optional(Type::Number, "Seconds for which a browser may remember the permission.")),
    ];
    block(attributes, [])
}

impl ResourceType for FunctionUrl {
    fn name(&self) -> &'static str {
        KIND
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn check(&self, config: &Value) -> Vec<(Path, Diagnostic)> {
        let mut found = Findings::new();
        rules::one_of(&mut found, config, "authorization_type", &["AWS_IAM", "NONE"]);
        rules::one_of(&mut found, config, "invoke_mode", &["BUFFERED", "RESPONSE_STREAM"]);
        let is_number =
            |text: &str| text == LATEST || (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()));
        if config.str("qualifier").is_some_and(is_number) {
            let detail = "A URL leads to `$LATEST` or to an alias. Leave `qualifier` out, or name an alias.";
            rules::wrong(&mut found, "qualifier", detail);
        }
        if let Some(cors) = config.block("cors") {
            let at = Path::attribute("cors").then(Step::Index(0));
            rules::between_at(&mut found, &at, cors, "max_age", (0, MAX_AGE_SECONDS_MAX));
        }
        found
    }

    fn refine(&self, proposal: Proposal<'_>) -> Refined {
        Refined::Ready { planned: proposal.proposed, replace: Vec::new() }
    }

    fn queue_key(&self, value: &Value) -> Option<Name> {
        queue_key(value.str("function_name"))
    }

    fn vanishes_with(&self) -> Parts {
        IN_FUNCTION
    }
}

#[cfg(test)]
mod tests {
    use recon_core::Number;
    use test_case::test_case;

    use super::*;

    #[test_case("NONE", "", 3600, 0; "open to everybody")]
    #[test_case("none", "", 3600, 1; "lower case")]
    #[test_case("NONE", "live", 86_401, 1; "remembered for more than a day")]
    #[test_case("NONE", "3", 1, 1; "a version")]
    #[test_case("NONE", "$LATEST", 1, 1; "the unpublished version by name")]
    fn rules_of_urls(authorization: &str, qualifier: &str, max_age: i64, errors: usize) {
        let cors = Value::object([("max_age", Value::from(Number::from(max_age)))]);
        let config = Value::object([
            ("authorization_type", Value::from(authorization)),
            ("qualifier", Value::from(qualifier)),
            ("cors", Value::tuple(vec![cors])),
        ]);
        assert_eq!(FunctionUrl.check(&config).len(), errors);
    }
}
