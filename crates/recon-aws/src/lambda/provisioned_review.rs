//! What is wrong between provisioned concurrency and the aliases and limits around it.

use recon_core::change::Change;
use recon_core::resource_type::Neighbours;
use recon_core::{Address, Diagnostic, Value};

use super::provisioned::KIND;
use super::versions::LATEST;
use super::{alias, function};

/// What Lambda would refuse of a planned setting.
pub(crate) fn review(address: &Address, change: &Change, neighbours: &dyn Neighbours) -> Vec<Diagnostic> {
    let Some(after) = change.after().filter(|_| !change.is_keep()) else { return Vec::new() };
    let Some(function) = after.str("function_name").map(super::name::function_name) else {
        return Vec::new();
    };
    let around = Around { address, after, function, neighbours };
    let found = [around.alias_at_fault(), around.twice_ready(), around.above_the_reserve()];
    found.into_iter().flatten().map(|diagnostic| diagnostic.about(address)).collect()
}

struct Around<'a> {
    address: &'a Address,
    after: &'a Value,
    function: &'a str,
    neighbours: &'a dyn Neighbours,
}

impl<'a> Around<'a> {
    /// What of a type belongs to the same function after the plan.
    fn of_function(&self, kind: &str) -> impl Iterator<Item = (&'a Address, &'a Value)> + use<'a> {
        let function = self.function;
        let all = self.neighbours.of_kind(kind).into_iter();
        all.filter_map(|(address, change)| Some((address, change.after()?))).filter(move |(_, value)| {
            value.str("function_name").map(super::name::function_name) == Some(function)
        })
    }

    fn alias(&self, name: &str) -> Option<(&'a Address, &'a Value)> {
        self.of_function(alias::KIND).find(|(_, alias)| alias.str("name") == Some(name))
    }

    /// The alias points at what may change, or is about to share its invocations between versions.
    fn alias_at_fault(&self) -> Option<Diagnostic> {
        let (address, alias) = self.alias(self.after.str("qualifier")?)?;
        let weights = alias.block("routing_config").map(|block| block.get("additional_version_weights"));
        let detail = if alias.str("function_version") == Some(LATEST) {
            format!(
                "{address} points at `$LATEST`, for which nothing is kept ready. Point it at a published version."
            )
        } else if weights.and_then(Value::entries).is_some_and(|entries| !entries.is_empty()) {
            format!(
                "{address} shares its invocations between two versions. While it does, Lambda refuses changes of its provisioned concurrency. Apply this change before or after the shift."
            )
        } else {
            return None;
        };
        Some(Diagnostic::error("Alias cannot have provisioned concurrency", detail))
    }

    /// A version is provisioned by itself or through one alias, never both.
    fn twice_ready(&self) -> Option<Diagnostic> {
        let version = self.version_of(self.after)?;
        let others = self.of_function(KIND).filter(|(other, _)| *other != self.address);
        let mut twins = others.filter(|(_, value)| self.version_of(value).as_deref() == Some(&*version));
        // Two aliases may lead to one version.
        let is_version = |value: &Value| value.str("qualifier") == Some(&*version);
        let (other, _) = twins.find(|(_, value)| is_version(value) != is_version(self.after))?;
        let detail = format!(
            "Version {version} of function `{}` has provisioned concurrency through {other} already. Provision it by itself or through an alias.",
            self.function
        );
        Some(Diagnostic::error("Version is provisioned twice", detail))
    }

    /// The version that a setting is about in the end.
    fn version_of(&self, value: &Value) -> Option<String> {
        let qualifier = value.str("qualifier")?;
        if qualifier.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some(qualifier.to_owned());
        }
        self.alias(qualifier)?.1.str("function_version").map(str::to_owned)
    }

    /// All settings of a function together must fit into what is reserved for it.
    fn above_the_reserve(&self) -> Option<Diagnostic> {
        let (_, function) = self.of_function(function::KIND).next()?;
        let reserved = function.get("reserved_concurrent_executions").as_i64().filter(|most| *most >= 0)?;
        let each = self.of_function(KIND);
        let total: i64 =
            each.filter_map(|(_, value)| value.get("provisioned_concurrent_executions").as_i64()).sum();
        if total <= reserved {
            return None;
        }
        let detail = format!(
            "{total} executions would be kept ready of function `{}`, for which `reserved_concurrent_executions` reserves {reserved}.",
            self.function
        );
        Some(Diagnostic::error("More is provisioned than reserved", detail))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use recon_core::{Known, Number, Type};

    use super::*;

    #[derive(Default)]
    struct Plan(Vec<(&'static str, Address, Change)>);

    impl Neighbours for Plan {
        fn of_kind(&self, kind: &str) -> Vec<(&Address, &Change)> {
            let fits = self.0.iter().filter(|(other, ..)| *other == kind);
            fits.map(|(_, address, change)| (address, change)).collect()
        }
    }

    impl Plan {
        fn with(mut self, kind: &'static str, name: &str, parts: &[(&'static str, Value)]) -> Self {
            let address = format!("{kind}.{name}").parse().expect("an address");
            let parts = parts.iter().cloned().chain([("function_name", Value::from("f"))]);
            self.0.push((kind, address, Change::Create { planned: Value::object(parts) }));
            self
        }

        fn alias(self, name: &str, version: &str, weights: &[&str]) -> Self {
            let weight = |version: &&str| ((*version).into(), Value::from(Number::from(1)));
            let weights: BTreeMap<_, _> = weights.iter().map(weight).collect();
            let routing = Value::object([("additional_version_weights", Value::map(Type::Number, weights))]);
            let parts = [
                ("name", Value::from(name)),
                ("function_version", version.into()),
                ("routing_config", Value::tuple(vec![routing])),
            ];
            self.with(alias::KIND, name, &parts)
        }

        fn provisioned(self, name: &str, qualifier: &str, executions: i64) -> Self {
            let executions = Number::from(executions).into();
            let parts = [("qualifier", qualifier.into()), ("provisioned_concurrent_executions", executions)];
            self.with(KIND, name, &parts)
        }

        fn summaries(&self) -> Vec<String> {
            let mine = self.0.iter().filter(|(kind, ..)| *kind == KIND);
            let found = mine.flat_map(|(_, address, change)| review(address, change, self));
            found.map(|diagnostic| diagnostic.summary.to_string()).collect()
        }
    }

    #[test]
    fn a_plain_alias_may_be_provisioned() {
        let plan = Plan::default().alias("live", "1", &[]).provisioned("a", "live", 1);
        assert!(plan.summaries().is_empty());
    }

    #[test]
    fn an_alias_that_shares_or_points_at_latest_may_not() {
        let expected = ["Alias cannot have provisioned concurrency"];
        let shared = Plan::default().alias("live", "1", &["2"]).provisioned("a", "live", 1);
        assert_eq!(shared.summaries(), expected);
        let latest = Plan::default().alias("live", "$LATEST", &[]).provisioned("a", "live", 1);
        assert_eq!(latest.summaries(), expected);
    }

    #[test]
    fn a_version_is_provisioned_once() {
        let plan = Plan::default().alias("live", "1", &[]).provisioned("a", "live", 1);
        assert_eq!(plan.provisioned("b", "1", 1).summaries(), ["Version is provisioned twice"; 2]);
    }

    #[test]
    fn the_sum_fits_into_the_reserve() {
        let reserve = [("reserved_concurrent_executions", Value::from(Number::from(2)))];
        let plan = Plan::default().with(function::KIND, "f", &reserve).provisioned("a", "1", 2);
        assert!(plan.summaries().is_empty());
        assert_eq!(plan.provisioned("b", "2", 1).summaries(), ["More is provisioned than reserved"; 2]);
    }

    #[test]
    fn what_stays_is_not_reviewed() {
        let value = Known::with_nulls(&Value::object([("function_name", Value::from("f"))]));
        let address = "aws_lambda_provisioned_concurrency_config.a".parse().expect("an address");
        assert!(review(&address, &Change::Keep { value }, &Plan::default()).is_empty());
    }
}
