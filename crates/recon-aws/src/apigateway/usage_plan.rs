//! `aws_api_gateway_usage_plan`, its pure half: arguments, rules, planning.

use std::sync::LazyLock;

use recon_core::change::Change;
use recon_core::resource_type::{Neighbours, Proposal, Refined, ResourceType};
use recon_core::schema::{Schema, at_most_one, block, defaulted, required, set_of};
use recon_core::value::Name;
use recon_core::{Diagnostic, Known, Path, Type, Value};

use super::arguments::{given, id, text, text_or_none};
use super::{check, tags};

const STAGE: &str = "aws_api_gateway_stage";

pub(super) static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let limits = || {
        [
            ("burst_limit", defaulted(Type::Number, 0, "Requests at once.")),
            ("rate_limit", defaulted(Type::Number, 0, "Requests per second.")),
        ]
    };
    let [burst, rate] = limits();
    let throttle = block([("path", text("`/PATH/VERB` of the method.")), burst, rate], []);
    let stages = block(
        [("api_id", text("ID of the REST API.")), ("stage", text("Name of the stage."))],
        [("throttle", set_of(throttle))],
    );
    let quota = block(
        [
            ("limit", required(Type::Number, "Requests in a period.")),
            ("offset", defaulted(Type::Number, 0, "Requests less in the first period.")),
            ("period", text("`DAY`, `WEEK` or `MONTH`.")),
        ],
        [],
    );
    let attributes = [
        ("id", id()),
        ("name", text("Name of the plan.")),
        ("description", text_or_none("What the plan is for.")),
        ("product_code", text_or_none("Product on AWS Marketplace.")),
        ("arn", given("ARN of the plan.")),
        ("tags", crate::tags::tags()),
        ("tags_all", crate::tags::tags_all()),
    ];
    Schema {
        version: 0,
        doc: "A usage plan: which stages the keys on it may use, how often and how fast.",
        block: block(
            attributes,
            [
                ("api_stages", set_of(stages)),
                ("quota_settings", at_most_one(quota)),
                ("throttle_settings", at_most_one(block(limits(), []))),
            ],
        ),
    }
});

/// `aws_api_gateway_usage_plan`
#[derive(Clone, Copy)]
pub(crate) struct UsagePlan;

impl ResourceType for UsagePlan {
    fn name(&self) -> &'static str {
        "aws_api_gateway_usage_plan"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn check(&self, config: &Value) -> Vec<(Path, Diagnostic)> {
        let Some(quota) = config.block("quota_settings") else { return Vec::new() };
        let period = check::one_of(quota, "period", &["DAY", "WEEK", "MONTH"]);
        let days = match quota.str("period") {
            Some("DAY") => 0,
            Some("WEEK") => 6,
            _ => 27,
        };
        let offset =
            quota.get("offset").as_i64().filter(|offset| !(0..=days).contains(offset)).map(|offset| {
                let detail =
                    format!("`offset` is {offset}, but has to be between 0 and {days} for this period.");
                check::invalid("quota_settings", detail)
            });
        period.into_iter().chain(offset).collect()
    }

    fn refine(&self, proposal: Proposal<'_>) -> Refined {
        let mut proposed = proposal.proposed.clone();
        if proposal.prior.is_some_and(|prior| loses_a_stage(prior, proposal.neighbours)) {
            // Who is on the plan is said again once the new stage is there.
            let stages = proposed.get("api_stages").ty();
            proposed = proposed.with("api_stages", Value::unknown(stages));
        }
        tags::refine(&Proposal { proposed, ..proposal })
    }

    fn queue_key(&self, value: &Value) -> Option<Name> {
        value.text("id").map(queue_of)
    }
}

/// Whether a stage on the plan is replaced: the old one leaves the plan without a word, and the new one is not on it.
fn loses_a_stage(prior: &Known, neighbours: &dyn Neighbours) -> bool {
    prior.get("api_stages").items().iter().any(|on_plan| {
        let of_api = on_plan.str("api_id").map(|api| neighbours.with_text(STAGE, "rest_api_id", api));
        of_api.into_iter().flatten().any(|(_, change)| match change {
            Change::Replace { before, .. } => {
                before.get("rest_api_id").same(on_plan.get("api_id"))
                    && before.get("stage_name").same(on_plan.get("stage"))
            }
            _ => false,
        })
    })
}

/// The queue of the writes to the plan with that id.
pub(super) fn queue_of(id: &str) -> Name {
    format!("apigateway:usageplans/{id}").into()
}
