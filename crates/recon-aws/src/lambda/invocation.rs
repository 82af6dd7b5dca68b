//! `aws_lambda_invocation`, its pure half: arguments, rules, and when the function is invoked.

use std::sync::LazyLock;

use recon_core::resource_type::{Proposal, Refined, ResourceType};
use recon_core::schema::{Schema, block, computed, defaulted, optional, optional_computed, required};
use recon_core::{Diagnostic, Known, Path, Type, Value};
use serde_json::Value as Json;

use super::versions::LATEST;
use crate::rules::{self, Findings};

pub(crate) const KIND: &str = "aws_lambda_invocation";
/// The scope in which only a create or a replacement invokes.
const CREATE_ONLY: &str = "CREATE_ONLY";
/// Under which key the function finds what happens, if nobody says.
const KEY: &str = "tf";

/// `aws_lambda_invocation`
#[derive(Clone, Copy)]
pub(crate) struct Invocation;

pub(crate) static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let triggers = optional(Type::map(Type::String), "Texts whose change invokes the function anew.");
    let scope = "`CREATE_ONLY`, or `CRUD` to invoke for changes and the end as well.";
    let key = "Key of the input under which the function finds what happens.";
    let attributes = [
        ("function_name", required(Type::String, "Name or ARN of the function.").replaces()),
        ("id", optional_computed(Type::String, "Function, qualifier and MD5 of the payload.")),
        ("input", required(Type::String, "The event, as JSON.")),
        ("lifecycle_scope", defaulted(Type::String, CREATE_ONLY, scope)),
        ("qualifier", defaulted(Type::String, LATEST, "Alias or version.").replaces()),
        ("result", computed(Type::String, "What the function answered, as JSON.")),
        ("terraform_key", defaulted(Type::String, KEY, key)),
        ("triggers", triggers.replaces()),
    ];
    Schema { version: 1, doc: "One invocation of a Lambda function.", block: block(attributes, []) }
});

impl ResourceType for Invocation {
    fn name(&self) -> &'static str {
        KIND
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn check(&self, config: &Value) -> Vec<(Path, Diagnostic)> {
        let mut found = Findings::new();
        rules::one_of(&mut found, config, "lifecycle_scope", &[CREATE_ONLY, "CRUD"]);
        let input = config.str("input").map(serde_json::from_str::<Json>);
        match input {
            Some(Err(error)) => {
                rules::wrong(&mut found, "input", format!("`input` must be JSON: {error}."));
            }
            Some(Ok(json)) if config.str("lifecycle_scope") == Some("CRUD") && !json.is_object() => {
                let detail = "With `lifecycle_scope` `CRUD`, `input` must be a JSON object: the function finds in it what happens.";
                rules::wrong(&mut found, "input", detail);
            }
            _ => {}
        }
        found
    }

    fn refine(&self, proposal: Proposal<'_>) -> Refined {
        let planned = proposal.proposed;
        let Some(prior) = proposal.prior else { return Refined::Ready { planned, replace: Vec::new() } };
        let changes = |name: &str| !planned.get(name).same(prior.get(name));
        if is_create_only(&planned) {
            let replace = if changes("input") { vec![Path::attribute("input")] } else { Vec::new() };
            return Refined::Ready { planned, replace };
        }
        if ["input", "lifecycle_scope", "terraform_key"].into_iter().any(changes) {
            let unknown = || Value::unknown(Type::String);
            let planned = planned.with("result", unknown()).with("id", unknown());
            return Refined::Ready { planned, replace: Vec::new() };
        }
        Refined::Ready { planned, replace: Vec::new() }
    }

    /// Version 0 only knew invocations at the create.
    fn upgrade(&self, version: u32, value: Known) -> Result<Known, String> {
        match version {
            0 => {
                let part = |text: &str| Known::with_nulls(&Value::from(text));
                Ok(value
                    .with_part("lifecycle_scope", part(CREATE_ONLY))
                    .with_part("terraform_key", part(KEY)))
            }
            1 => Ok(value),
            other => Err(format!("schema version {other} is not known")),
        }
    }
}

/// Whether only a create or a replacement invokes.
pub(crate) fn is_create_only(value: &Value) -> bool {
    value.str("lifecycle_scope").is_none_or(|scope| scope == CREATE_ONLY)
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    #[test_case(r#"{"a": 1}"#, "CRUD", 0; "an object")]
    #[test_case("[1]", "CREATE_ONLY", 0; "a list where nothing is added to it")]
    #[test_case("[1]", "CRUD", 1; "a list that has no place for what happens")]
    #[test_case("{", "CREATE_ONLY", 1; "half an object")]
    #[test_case("{}", "ONCE", 1; "a scope there is not")]
    fn rules_of_invocations(input: &str, scope: &str, errors: usize) {
        let config = Value::object([("input", Value::from(input)), ("lifecycle_scope", Value::from(scope))]);
        assert_eq!(Invocation.check(&config).len(), errors);
    }
}
