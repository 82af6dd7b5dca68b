//! `aws_lambda_alias`, its pure half: arguments and rules.

use std::sync::LazyLock;

use recon_core::path::Step;
use recon_core::resource_type::{Parts, Proposal, Refined, ResourceType};
use recon_core::schema::{
    Sameness, Schema, at_most_one, block, computed, optional, optional_computed, required,
};
use recon_core::value::Name;
use recon_core::{Diagnostic, Path, Type, Value};

use super::function::{IN_FUNCTION, replaced_with_function};
use super::name::{self, queue_key};
use super::settings::without_empty_block;
use super::versions::LATEST;
use crate::rules::{self, Findings};

pub(crate) const KIND: &str = "aws_lambda_alias";

/// `aws_lambda_alias`
#[derive(Clone, Copy)]
pub(crate) struct Alias;

pub(crate) static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let weights =
        optional(Type::Map(Type::Number.into()), "Share of the invocations, from 0 to 1, by version.");
    let routing = block([("additional_version_weights", weights.compared(Sameness::EmptyIsNull))], []);
    let description = optional(Type::String, "What the alias is for.").compared(Sameness::EmptyIsNull);
    let attributes = [
        ("arn", computed(Type::String, "ARN of the alias.")),
        ("description", description),
        ("function_name", name::function()),
        ("function_version", required(Type::String, "Version that the alias points at, or `$LATEST`.")),
        ("id", optional_computed(Type::String, "The alias's ARN.")),
        ("invoke_arn", computed(Type::String, "ARN with which API Gateway invokes the alias.")),
        ("name", required(Type::String, "Name of the alias.").replaces()),
    ];
    let block = block(attributes, [("routing_config", at_most_one(routing))]);
    Schema { version: 0, doc: "A name for a version of a Lambda function.", block }
});

impl ResourceType for Alias {
    fn name(&self) -> &'static str {
        KIND
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn check(&self, config: &Value) -> Vec<(Path, Diagnostic)> {
        let mut found = Findings::new();
        check_name(&mut found, config);
        check_routing(&mut found, config);
        found
    }

    fn refine(&self, proposal: Proposal<'_>) -> Refined {
        let replace = replaced_with_function(&proposal);
        let planned = match proposal.prior {
            Some(prior) => without_empty_block(
                proposal.proposed,
                prior,
                "routing_config",
                &["additional_version_weights"],
            ),
            None => proposal.proposed,
        };
        Refined::Ready { planned, replace }
    }

    fn queue_key(&self, value: &Value) -> Option<Name> {
        queue_key(value.str("function_name"))
    }

    fn vanishes_with(&self) -> Parts {
        IN_FUNCTION
    }
}

fn check_name(found: &mut Findings, config: &Value) {
    let Some(name) = config.str("name") else { return };
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if name.is_empty() || name.len() > 128 || !name.chars().all(fits) {
        rules::wrong(found, "name", "An alias's name has 1 to 128 letters, digits, hyphens and underscores.");
    } else if name.chars().all(|c| c.is_ascii_digit()) {
        rules::wrong(found, "name", "An alias's name must not be a number: numbers are versions.");
    }
}

fn check_routing(found: &mut Findings, config: &Value) {
    let Some(weights) = config.block("routing_config").map(|block| block.get("additional_version_weights"))
    else {
        return;
    };
    let at = Path::attribute("routing_config")
        .then(Step::Index(0))
        .then(Step::Attribute("additional_version_weights".into()));
    let mut report = |detail: String| found.push((at.clone(), Diagnostic::error("Invalid weights", detail)));
    let entries = weights.entries().cloned().unwrap_or_default();
    if entries.is_empty() {
        return;
    }
    if entries.len() > 1 {
        report("An alias can send invocations to one additional version.".to_owned());
    }
    let main = config.str("function_version");
    if main == Some(LATEST) {
        report("An alias that points at `$LATEST` can have no additional version. Point it at a published version.".to_owned());
    }
    for (version, weight) in &entries {
        if &**version == LATEST {
            report("`$LATEST` cannot be an additional version: both must be published.".to_owned());
        }
        if main == Some(&**version) {
            report(format!(
                "The alias points at version {version} already; the additional version must be another one."
            ));
        }
        if weight.as_f64().is_some_and(|weight| !(0.0..=1.0).contains(&weight)) {
            report(format!("The weight of version {version} must be from 0 to 1; it is {weight:?}."));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use recon_core::Number;
    use test_case::test_case;

    use super::*;

    fn config(name: &str, version: &str, weights: &[(&str, &str)]) -> Value {
        let weights: BTreeMap<Name, Value> = weights
            .iter()
            .map(|(key, value)| ((*key).into(), Value::from(value.parse::<Number>().unwrap())))
            .collect();
        let routing = Value::object([("additional_version_weights", Value::map(Type::Number, weights))]);
        Value::object([
            ("name", Value::from(name)),
            ("function_version", Value::from(version)),
            ("routing_config", Value::tuple(vec![routing])),
        ])
    }

    #[test_case("prod", "1", &[("2", "0.1")], 0; "a weight on a second version")]
    #[test_case("7", "1", &[], 1; "a number as name")]
    #[test_case("prod", "$LATEST", &[("2", "0.1")], 1; "weights beside latest")]
    #[test_case("prod", "1", &[("$LATEST", "0.1")], 1; "latest as additional version")]
    #[test_case("prod", "1", &[("1", "0.1")], 1; "the same version twice")]
    #[test_case("prod", "1", &[("2", "1.5")], 1; "a weight above one")]
    #[test_case("prod", "1", &[("2", "0.1"), ("3", "0.1")], 1; "two additional versions")]
    fn rules_of_aliases(name: &str, version: &str, weights: &[(&str, &str)], errors: usize) {
        assert_eq!(Alias.check(&config(name, version, weights)).len(), errors);
    }
}
