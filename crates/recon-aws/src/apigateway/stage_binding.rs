//! `aws_api_gateway_stage_binding`, its pure half: a stage bound to an alias of a function.
//!
//! It owns one stage variable, which holds the qualifier, and one permission for that stage on the qualified
//! function. What is found of both are attributes of their own, so that drift in either shows and is repaired.

use std::sync::LazyLock;

use recon_core::change::Change;
use recon_core::resource_type::{Neighbours, Parts, Proposal, Refined, ResourceType};
use recon_core::schema::{Schema, block, computed, defaulted};
use recon_core::value::Name;
use recon_core::{Address, Diagnostic, Path, Type, Value};

use super::arguments::{given, rest_api_id, text, text_or_given};
use super::{check, part, stage};

const KIND: &str = "aws_api_gateway_stage_binding";
const STAGE: &str = "aws_api_gateway_stage";

/// The stage variable that a binding sets unless it says another one.
pub(super) const VARIABLE: &str = "alias";

pub(super) static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema {
    version: 0,
    doc: "Binds a stage of a REST API to an alias of a function: a stage variable, and the permission to call it.",
    block: block(
        [
            ("id", given("`API/STAGE/FUNCTION/QUALIFIER`.")),
            ("rest_api_id", rest_api_id()),
            ("stage_name", text("Name of the stage.").replaces()),
            ("function_name", text("Name or ARN of the function.").replaces()),
            ("qualifier", text("Alias or version that the stage calls.")),
            ("variable", defaulted(Type::String, VARIABLE, "Stage variable that names it.").replaces()),
            ("statement_id", text_or_given("ID of the permission's statement.").replaces()),
            ("source_arn", given("What is permitted to call: all methods of the stage.")),
            ("invoke_arn", given("`uri` of an integration that calls this alias whatever the stage.")),
            ("variable_value", given("What the stage variable was at the last refresh.")),
            (
                "permission_granted",
                computed(Type::Bool, "Whether the permission was there at the last refresh."),
            ),
        ],
        [],
    ),
});

/// `aws_api_gateway_stage_binding`
#[derive(Clone, Copy)]
pub(crate) struct StageBinding;

impl ResourceType for StageBinding {
    fn name(&self) -> &'static str {
        KIND
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn check(&self, config: &Value) -> Vec<(Path, Diagnostic)> {
        let qualifier = config.str("qualifier");
        let variable =
            stage::variable(config.str("variable").unwrap_or(VARIABLE), qualifier.unwrap_or_default());
        let latest = qualifier.filter(|qualifier| *qualifier == "$LATEST").map(|_| {
            "`$LATEST` cannot be permitted to a stage. Bind an alias whose `function_version` is `$LATEST`.".to_owned()
        });
        // `$LATEST` is no value of a stage variable either, but the first message says what to do.
        let found =
            latest.map(|detail| ("qualifier", detail)).or(variable.map(|detail| ("variable", detail)));
        found.map(|(argument, detail)| check::invalid(argument, detail)).into_iter().collect()
    }

    fn refine(&self, proposal: Proposal<'_>) -> Refined {
        let mut planned = proposal.proposed.clone();
        if planned.get("statement_id").is_unknown()
            && let Some(statement_id) = statement_id(&planned)
        {
            planned = planned.with("statement_id", Value::from(statement_id));
        }
        // What a binding is about, so that a refresh that finds something else leads to an update.
        let qualifier = planned.get("qualifier").clone();
        planned = planned.with("variable_value", qualifier).with("permission_granted", Value::from(true));
        let moves = proposal.prior.is_none_or(|prior| !prior.get("qualifier").same(planned.get("qualifier")));
        for name in ["id", "invoke_arn"].iter().filter(|_| moves) {
            planned = planned.with(name, Value::unknown(Type::String));
        }
        // A stage that is rid of a variable of its own loses that of its binding with it, so that it is set again.
        if proposal.prior.is_some() && is_dropped(&planned, proposal.neighbours) {
            planned = planned.with("variable_value", Value::unknown(Type::String));
        }
        Refined::Ready { planned, replace: Vec::new() }
    }

    fn review(&self, address: &Address, change: &Change, neighbours: &dyn Neighbours) -> Vec<Diagnostic> {
        let Some(binding) = change.after() else { return Vec::new() };
        let mut found = variable_conflicts(binding, neighbours);
        found.extend(double_bindings(address, binding, neighbours));
        found
    }

    /// Parallel writes to the policies of one function lose statements without an error, while those to one API
    /// are refused and repeated: so the function's queue is the one to stand in.
    fn queue_key(&self, value: &Value) -> Option<Name> {
        value.text("function_name").map(|function| format!("lambda:{}", function_name(function)).into())
    }

    fn vanishes_with(&self) -> Parts {
        part::IN_STAGE_AND_FUNCTION
    }
}

/// The function that a name or ARN, perhaps with a qualifier, is about.
pub(super) fn function_name(text: &str) -> &str {
    let rest = text.rsplit_once(":function:").map_or(text, |(_, rest)| rest);
    rest.split(':').next().unwrap_or(rest)
}

/// The statement's id where none is chosen: the same for the same stage and variable.
pub(super) fn statement_id(binding: &Value) -> Option<String> {
    const LENGTH_MAX: usize = 100;
    let variable = binding.str("variable")?;
    let mut id = format!("recon-{}-{}-{variable}", binding.str("rest_api_id")?, binding.str("stage_name")?);
    id.truncate(LENGTH_MAX);
    Some(id)
}

/// The planned stages that a binding is about.
fn stages<'a>(binding: &Value, neighbours: &'a dyn Neighbours) -> Vec<(&'a Address, &'a Value)> {
    let mut found = neighbours.that_will_have(STAGE, "rest_api_id", binding.get("rest_api_id"));
    found.retain(|(_, stage)| stage.get("stage_name").same(binding.get("stage_name")));
    found
}

/// Whether an update of the stage takes the binding's variable away.
fn is_dropped(binding: &Value, neighbours: &dyn Neighbours) -> bool {
    let Some((api, variable)) = binding.text("rest_api_id").zip(binding.text("variable")) else {
        return false;
    };
    let has = |stage: &Value| !stage.get("variables").get(variable).is_null();
    let mut stages = neighbours.with_text("aws_api_gateway_stage", "rest_api_id", api).into_iter();
    stages.any(|(_, change)| {
        let Change::Update { before, planned } = change else { return false };
        before.get("stage_name").same(binding.get("stage_name")) && has(before) && !has(planned)
    })
}

fn variable_conflicts(binding: &Value, neighbours: &dyn Neighbours) -> Vec<Diagnostic> {
    let Some(variable) = binding.str("variable") else { return Vec::new() };
    let conflict = |stage: &Address| {
        let detail = format!(
            "The stage variable `{variable}` is set by this binding and by `variables` of {stage}. Remove it from `variables`, or give the binding another `variable`."
        );
        Diagnostic::error("Stage variable set twice", detail)
    };
    let owners = stages(binding, neighbours).into_iter().filter(|(_, stage)| {
        stage.get("variables").entries().is_some_and(|entries| entries.contains_key(variable))
    });
    owners.map(|(address, _)| conflict(address)).collect()
}

fn double_bindings(address: &Address, binding: &Value, neighbours: &dyn Neighbours) -> Vec<Diagnostic> {
    let bindings = neighbours.that_will_have(KIND, "rest_api_id", binding.get("rest_api_id"));
    // Each pair is reported once, by the one that comes later.
    let others = bindings.into_iter().filter(|(other, value)| {
        *other < address
            && ["stage_name", "variable"].iter().all(|part| value.get(part).same(binding.get(part)))
    });
    let report = |other: &Address| {
        let detail = format!(
            "This binding and {other} set the same stage variable. Give one of them another `variable`."
        );
        Diagnostic::error("Stage variable set twice", detail)
    };
    others.map(|(other, _)| report(other)).collect()
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    #[test_case("f", "f")]
    #[test_case("f:prod", "f")]
    #[test_case("arn:aws:lambda:us-east-1:123456789012:function:f:prod", "f")]
    fn a_function_is_known_by_its_name(text: &str, name: &str) {
        assert_eq!(function_name(text), name);
    }

    #[test]
    fn latest_is_refused_with_what_to_do() {
        let config = Value::object([("qualifier", Value::from("$LATEST"))]);
        let found = StageBinding.check(&config);
        assert!(found[0].1.detail.contains("Bind an alias"));
    }

    #[test]
    fn a_statement_is_named_after_stage_and_variable() {
        let binding = Value::object([
            ("rest_api_id", Value::from("a1")),
            ("stage_name", Value::from("dev")),
            ("variable", Value::from("alias")),
        ]);
        assert_eq!(statement_id(&binding).as_deref(), Some("recon-a1-dev-alias"));
        assert_eq!(statement_id(&binding.with("rest_api_id", Value::unknown(Type::String))), None);
    }
}
