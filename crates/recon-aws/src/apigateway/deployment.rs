//! `aws_api_gateway_deployment`, its pure half: arguments, and when a new deployment is due.
//!
//! With `triggers`, a new one is due when they change. Without, exactly when what a deployment freezes differs from
//! what was deployed: already now (the hashes differ), or because of a change that is planned beside it.

use std::sync::LazyLock;

use recon_core::change::Change;
use recon_core::resource_type::{Follows, Neighbours, Parts, Proposal, Refined, ResourceType, Ships};
use recon_core::schema::{Schema, at_most_one, block, computed, defaulted};
use recon_core::value::Name;
use recon_core::{Address, Diagnostic, Known, Path, Type, Value};

use super::arguments::{flag, given, id, rest_api_id, text_map, text_or_none};
use super::part;
use crate::shape::is_empty;

pub(super) static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    // A deployment's canary cannot be changed afterwards, only its stage's can.
    let canary = block(
        [
            (
                "percent_traffic",
                defaulted(Type::Number, 0, "Share of the requests that it gets, in percent.").replaces(),
            ),
            ("stage_variable_overrides", text_map("Stage variables that differ for it.").replaces()),
            ("use_stage_cache", flag("Whether it shares the stage's cache.").replaces()),
        ],
        [],
    );
    let attributes = [
        ("id", id()),
        ("rest_api_id", rest_api_id()),
        ("description", text_or_none("What the deployment is about.")),
        ("triggers", text_map("Any texts whose change makes a new deployment; absent: recon sees by itself when one is due.").replaces()),
        ("stage_name", text_or_none("Stage to make or to move; better declare an `aws_api_gateway_stage`.").replaces()),
        ("stage_description", text_or_none("What that stage is for.").replaces()),
        ("variables", text_map("Variables of that stage.").replaces()),
        ("created_date", given("When the deployment was made.")),
        ("execution_arn", given("ARN that permissions to be called by that stage name.")),
        ("invoke_url", given("URL of that stage.")),
        ("definition_sha256", given("Hash of what was deployed; null with `triggers`.")),
        ("definition_parts", computed(Type::set(Type::String), "Lists of the API that were part of what was deployed.")),
        ("live_sha256", given("Hash of what would be deployed now, at the last refresh; null with `triggers`.")),
    ];
    Schema {
        version: 0,
        doc: "A deployment of a REST API: a frozen copy of its definition that stages serve.",
        block: block(attributes, [("canary_settings", at_most_one(canary))]),
    }
});

/// The types whose objects a deployment freezes.
const FROZEN: &[&str] = &[
    "aws_api_gateway_resource",
    "aws_api_gateway_method",
    "aws_api_gateway_integration",
    "aws_api_gateway_method_response",
    "aws_api_gateway_integration_response",
    "aws_api_gateway_authorizer",
    "aws_api_gateway_model",
    "aws_api_gateway_request_validator",
    "aws_api_gateway_gateway_response",
    "aws_api_gateway_rest_api_policy",
    "aws_api_gateway_rest_api_put",
];

/// What of an API itself is frozen.
const FROZEN_OF_API: &[&str] = &[
    "body",
    "parameters",
    "policy",
    "binary_media_types",
    "minimum_compression_size",
    "api_key_source",
    "disable_execute_api_endpoint",
];

/// Attributes that only recon has, for deployments without triggers.
const OWN: [&str; 3] = ["definition_sha256", "definition_parts", "live_sha256"];

/// `aws_api_gateway_deployment`
#[derive(Clone, Copy)]
pub(crate) struct Deployment;

impl ResourceType for Deployment {
    fn name(&self) -> &'static str {
        "aws_api_gateway_deployment"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn refine(&self, proposal: Proposal<'_>) -> Refined {
        let triggers = proposal.config.get("triggers");
        let has_triggers = triggers.is_unknown() || !is_empty(triggers);
        let mut planned = proposal.proposed.clone();
        let Some(prior) = proposal.prior else {
            if has_triggers {
                planned = OWN.iter().fold(planned, |planned, name| {
                    let ty = SCHEMA.block.attributes[*name].ty.clone();
                    planned.with(name, Value::null(ty))
                });
            }
            return Refined::Ready { planned, replace: Vec::new() };
        };
        let mut replace = Vec::new();
        if prior.block("canary_settings").is_some() != planned.block("canary_settings").is_some() {
            replace.push(Path::attribute("canary_settings"));
        }
        if !has_triggers && (is_stale(prior) || will_be_stale(prior, proposal.neighbours)) {
            replace.push(Path::attribute("definition_sha256"));
            // That something else will be deployed is the one difference there may be.
            planned = planned.with("definition_sha256", Value::unknown(Type::String));
        }
        Refined::Ready { planned, replace }
    }

    fn review(&self, address: &Address, change: &Change, neighbours: &dyn Neighbours) -> Vec<Diagnostic> {
        super::review::deployment(address, change, neighbours).into_iter().collect()
    }

    fn follows(&self) -> Option<Follows> {
        Some(Follows { through: "rest_api_id", kinds: FROZEN })
    }

    /// Always: a deployment that a stage serves cannot be deleted before the stage serves another one.
    fn creates_first(&self) -> bool {
        true
    }

    fn ships(&self) -> Option<Ships> {
        Some(Ships { of: "aws_api_gateway_rest_api", argument: "rest_api_id", parts: FROZEN })
    }

    fn is_outdated(&self, live: &Known) -> bool {
        is_stale(live)
    }

    fn queue_key(&self, value: &Value) -> Option<Name> {
        part::queue(value)
    }

    fn vanishes_with(&self) -> Parts {
        part::IN_API
    }
}

/// Whether the API was something else than what was deployed when it was last looked at.
fn is_stale(prior: &Value) -> bool {
    match (prior.text("definition_sha256"), prior.text("live_sha256")) {
        (Some(deployed), Some(live)) => deployed != live,
        _ => false,
    }
}

/// Whether this plan changes what a deployment freezes.
fn will_be_stale(prior: &Value, neighbours: &dyn Neighbours) -> bool {
    let Some(api) = prior.text("rest_api_id") else { return false };
    let apis = neighbours.with_text("aws_api_gateway_rest_api", "id", api);
    apis.iter().any(|(_, change)| changes_api(change))
        || FROZEN.iter().any(|kind| {
            neighbours.with_text(kind, "rest_api_id", api).iter().any(|(_, change)| changes(change))
        })
}

fn changes(change: &Change) -> bool {
    match change {
        Change::Create { .. } | Change::Update { .. } | Change::Replace { .. } | Change::Delete { .. } => {
            true
        }
        Change::Read { .. } | Change::Forget { .. } | Change::Keep { .. } => false,
    }
}

fn changes_api(change: &Change) -> bool {
    let (Some(before), Some(after)) = (change.before(), change.after()) else { return false };
    changes(change)
        && FROZEN_OF_API.iter().any(|name| {
            let (before, after) = (before.get(name), after.get(name));
            !(before.same(after) || (is_empty(before) && is_empty(after)))
        })
}

#[cfg(test)]
mod tests {
    use recon_core::resource_type::Answers;
    use recon_core::{Address, ModulePath, ResourceAddress, ResourceMode};
    use test_case::test_case;

    use super::*;

    fn known(attributes: &[(&'static str, &str)]) -> Known {
        Known::with_nulls(&Value::object(attributes.iter().map(|(name, text)| (*name, Value::from(*text)))))
    }

    fn update(before: &[(&'static str, &str)], after: &[(&'static str, &str)]) -> Change {
        Change::Update { before: known(before), planned: known(after).into_value() }
    }

    #[test_case("a", "a", false)]
    #[test_case("a", "b", true)]
    #[test_case("", "b", false; "nothing is known of what was deployed")]
    fn a_deployment_is_stale_when_the_api_is_not_what_was_deployed(deployed: &str, live: &str, stale: bool) {
        assert_eq!(is_stale(&known(&[("definition_sha256", deployed), ("live_sha256", live)])), stale);
    }

    #[test]
    fn a_new_description_of_the_api_is_not_deployed_and_a_new_policy_is() {
        assert!(!changes_api(&update(&[("description", "a")], &[("description", "b")])));
        assert!(changes_api(&update(&[("policy", "a")], &[("policy", "b")])));
        assert!(!changes_api(&Change::Keep { value: known(&[("policy", "a")]) }));
    }

    /// The one planned instance beside the deployment.
    struct Beside(Option<(Address, Change)>);

    impl Neighbours for Beside {
        fn of_kind(&self, kind: &str) -> Vec<(&Address, &Change)> {
            let of_kind = self.0.iter().filter(|(address, _)| &*address.resource.kind == kind);
            of_kind.map(|(address, change)| (address, change)).collect()
        }
    }

    struct NoAnswers;

    impl Answers for NoAnswers {
        fn answer(&self, _question: &Known) -> Option<&Known> {
            None
        }
    }

    /// The arguments for which a deployment is replaced.
    fn replaced(prior: &Known, beside: Option<Change>, triggers: Value) -> Vec<Path> {
        let address = |kind: &str| {
            let resource = ResourceAddress {
                module: ModulePath::root(),
                mode: ResourceMode::Managed,
                kind: kind.into(),
                name: "x".into(),
            };
            std::sync::Arc::new(resource).instance(None)
        };
        let proposal = Proposal {
            address: &address("aws_api_gateway_deployment"),
            config: &Value::object([("triggers", triggers)]),
            prior: Some(prior),
            proposed: prior.clone().into_value(),
            neighbours: &Beside(beside.map(|change| (address("aws_api_gateway_method"), change))),
            answers: &NoAnswers,
        };
        match Deployment.refine(proposal) {
            Refined::Ready { replace, .. } => replace,
            Refined::Ask(_) | Refined::Refused(_) => panic!("a deployment is planned without a question"),
        }
    }

    #[test]
    fn a_deployment_is_replaced_when_the_plan_changes_what_it_freezes() {
        let prior = known(&[("rest_api_id", "a"), ("definition_sha256", "h"), ("live_sha256", "h")]);
        let change = |api: &str| Some(update(&[("rest_api_id", api)], &[("rest_api_id", api)]));
        let keep = Change::Keep { value: known(&[("rest_api_id", "a")]) };
        let none = || Value::null(Type::map(Type::String));
        assert_eq!(replaced(&prior, change("a"), none()), [Path::attribute("definition_sha256")]);
        assert_eq!(replaced(&prior, change("b"), none()), [], "another API");
        assert_eq!(replaced(&prior, Some(keep), none()), [], "nothing changes");
        let triggers = Value::string_map([("a", "b")]);
        assert_eq!(replaced(&prior, change("a"), triggers), [], "triggers decide");
    }
}
