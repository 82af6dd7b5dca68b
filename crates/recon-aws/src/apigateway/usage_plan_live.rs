//! `aws_api_gateway_usage_plan`, its live half.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use async_trait::async_trait;
use aws_sdk_apigateway::types::{
    ApiStage, QuotaPeriodType, QuotaSettings, ThrottleSettings, UsagePlan as Described,
};
use recon_core::provider::{ErrorKind, Failed, ProviderError};
use recon_core::{Known, Type, Value};

use super::fields::{self, to_text};
use super::part::{self, deleted, if_there, incomplete, key};
use super::patch::{Difference, Patches, scalar};
use super::reads::{self, PAGE, PAGES_MAX, pages_worth};
use super::settle::{complete, settle};
use super::tags;
use super::usage_plan::{SCHEMA, UsagePlan};
use crate::aws::Aws;
use crate::live::Live;
use crate::snapshot::Snapshot;

fn describe(plan: &Described) -> Value {
    let stages = plan.api_stages.iter().flatten().map(describe_stage).collect();
    let quota = plan.quota.as_ref().filter(|quota| quota.period.is_some());
    let quota = quota.map(|quota| {
        Value::object([
            ("limit", fields::whole(quota.limit)),
            ("offset", fields::whole(quota.offset)),
            ("period", fields::text(quota.period.as_ref().map(QuotaPeriodType::as_str))),
        ])
    });
    let throttle = plan.throttle.as_ref().map(|throttle| Value::object(limits(throttle)));
    Value::object([
        ("id", fields::text(plan.id.as_ref())),
        ("name", fields::text(plan.name.as_ref())),
        ("description", fields::text(plan.description.as_ref())),
        ("product_code", fields::text(plan.product_code.as_ref())),
        ("api_stages", Value::list(Type::Any, stages)),
        ("quota_settings", Value::list(Type::Any, quota.into_iter().collect())),
        ("throttle_settings", Value::list(Type::Any, throttle.into_iter().collect())),
    ])
}

fn limits(throttle: &ThrottleSettings) -> [(&'static str, Value); 2] {
    [
        ("burst_limit", fields::whole(throttle.burst_limit)),
        ("rate_limit", fields::number(throttle.rate_limit)),
    ]
}

fn describe_stage(stage: &ApiStage) -> Value {
    let throttles: BTreeMap<_, _> = stage.throttle.iter().flatten().collect();
    let throttles = throttles.into_iter().map(|(path, throttle)| {
        let [burst, rate] = limits(throttle);
        Value::object([("path", Value::from(path.as_str())), burst, rate])
    });
    Value::object([
        ("api_id", fields::text(stage.api_id.as_ref())),
        ("stage", fields::text(stage.stage.as_ref())),
        ("throttle", Value::list(Type::Any, throttles.collect())),
    ])
}

fn report(aws: &Aws, have: &Known, plan: &Described) -> Known {
    let live = tags::report(aws, have, plan.tags.as_ref(), describe(plan));
    let arn = tags::arn(aws, &format!("/usageplans/{}", plan.id.as_deref().unwrap_or_default()));
    settle(&SCHEMA, have, &live.with("arn", Value::from(arn)))
}

/// A [`Described`] from one of the outputs that have the same fields under another type.
macro_rules! described {
    ($output:expr) => {{
        let output = $output;
        Described::builder()
            .set_id(output.id)
            .set_name(output.name)
            .set_description(output.description)
            .set_api_stages(output.api_stages)
            .set_throttle(output.throttle)
            .set_quota(output.quota)
            .set_product_code(output.product_code)
            .set_tags(output.tags)
            .build()
    }};
}

async fn get(aws: &Aws, id: &str) -> Result<Option<Described>, ProviderError> {
    let call = || aws.apigateway.get_usage_plan().usage_plan_id(id).send();
    Ok(if_there(aws.call("apigateway:GetUsagePlan", call).await)?.map(|found| described!(found)))
}

/// Plans, page by page, until all those wanted are found.
pub(super) async fn list(
    aws: &Aws,
    wanted: &BTreeSet<String>,
    pages: usize,
) -> Result<BTreeMap<String, Described>, ProviderError> {
    let mut found = BTreeMap::new();
    let mut position: Option<String> = None;
    for _ in 0..pages {
        let call = || aws.apigateway.get_usage_plans().limit(PAGE).set_position(position.clone()).send();
        let page = aws.call("apigateway:GetUsagePlans", call).await?;
        let plans = page.items.unwrap_or_default().into_iter();
        found.extend(plans.map(|it| (it.id.clone().unwrap_or_default(), it)));
        let is_last = page.position.is_none() || page.position == position;
        position = page.position;
        if is_last || (!wanted.is_empty() && wanted.iter().all(|id| found.contains_key(id))) {
            break;
        }
    }
    Ok(found)
}

fn throttle_of(block: &Value) -> ThrottleSettings {
    ThrottleSettings::builder()
        .burst_limit(block.get("burst_limit").as_i32().unwrap_or_default())
        .rate_limit(block.get("rate_limit").as_f64().unwrap_or_default())
        .build()
}

fn stage_of(stage: &Value) -> ApiStage {
    let throttles = stage.get("throttle").items().iter();
    let throttles: HashMap<_, _> =
        throttles.map(|throttle| (key(throttle, "path").to_owned(), throttle_of(throttle))).collect();
    ApiStage::builder()
        .api_id(key(stage, "api_id"))
        .stage(key(stage, "stage"))
        .set_throttle(Some(throttles).filter(|throttles| !throttles.is_empty()))
        .build()
}

fn quota_of(quota: &Value) -> QuotaSettings {
    QuotaSettings::builder()
        .limit(quota.get("limit").as_i32().unwrap_or_default())
        .offset(quota.get("offset").as_i32().unwrap_or_default())
        .period(QuotaPeriodType::from(key(quota, "period")))
        .build()
}

fn name_of(stage: &Value) -> String {
    format!("{}:{}", key(stage, "api_id"), key(stage, "stage"))
}

fn patches(have: &Known, want: &Known) -> Patches {
    let difference = Difference { have, want };
    let mut patches = Patches::default();
    patches.scalar("/name", difference, "name");
    patches.scalar("/description", difference, "description");
    patches.scalar("/productCode", difference, "product_code");
    stages(&mut patches, difference);
    settings(
        &mut patches,
        difference,
        ("throttle_settings", "/throttle"),
        &[("rate_limit", "rateLimit"), ("burst_limit", "burstLimit")],
    );
    settings(
        &mut patches,
        difference,
        ("quota_settings", "/quota"),
        &[("limit", "limit"), ("offset", "offset"), ("period", "period")],
    );
    patches
}

/// A stage whose throttling changes is taken off the plan and put on it again, within the one call.
fn stages(patches: &mut Patches, difference: Difference<'_>) {
    let (have, want) = (difference.have.get("api_stages").items(), difference.want.get("api_stages").items());
    let in_both = |stage: &Value, others: &[Value]| others.iter().any(|other| other.same(stage));
    for stage in have.iter().filter(|stage| !in_both(stage, want)) {
        patches.remove_element("/apiStages", name_of(stage));
    }
    for stage in want.iter().filter(|stage| !in_both(stage, have)) {
        patches.add("/apiStages", name_of(stage));
        for throttle in stage.get("throttle").items() {
            let path = format!("/apiStages/{}/throttle/{}", name_of(stage), key(throttle, "path"));
            patches.replace(format!("{path}/rateLimit"), scalar(throttle.get("rate_limit")));
            patches.replace(format!("{path}/burstLimit"), scalar(throttle.get("burst_limit")));
        }
    }
}

/// The parts of a nested block: all are added with it, and those that differ replaced later.
fn settings(
    patches: &mut Patches,
    difference: Difference<'_>,
    (block, path): (&str, &str),
    parts: &[(&str, &str)],
) {
    let Some(want) = difference.want.block(block) else {
        if difference.have.block(block).is_some() {
            patches.remove(path);
        }
        return;
    };
    for (name, segment) in parts {
        let (path, value) = (format!("{path}/{segment}"), scalar(want.get(name)));
        match difference.have.block(block) {
            None => patches.add(path, value.unwrap_or_default()),
            Some(have) if !have.get(name).same(want.get(name)) => patches.replace(path, value),
            Some(_) => {}
        }
    }
}

/// Takes these stages off a plan, without which it cannot be deleted.
async fn detach(aws: &Aws, id: &str, stages: &[Value]) -> Result<(), ProviderError> {
    let mut patches = Patches::default();
    for stage in stages {
        patches.remove_element("/apiStages", name_of(stage));
    }
    let call = || {
        aws.apigateway.update_usage_plan().usage_plan_id(id).set_patch_operations(patches.operations()).send()
    };
    if !patches.is_empty() {
        if_there(aws.call("apigateway:UpdateUsagePlan", call).await)?;
    }
    Ok(())
}

/// Whether the state that an object is in stands against a call.
fn is_state(error: &ProviderError) -> bool {
    matches!(error.kind, ErrorKind::Invalid | ErrorKind::Conflict)
}

#[async_trait]
impl Live for UsagePlan {
    async fn read(
        &self,
        aws: &Aws,
        snapshot: &Snapshot,
        have: &Known,
    ) -> Result<Option<Known>, ProviderError> {
        let id = key(have, "id");
        let all = || async {
            let wanted = reads::observed(snapshot, "aws_api_gateway_usage_plan", "id");
            list(aws, &wanted, pages_worth(wanted.len())).await
        };
        let listed = snapshot.once("apigateway:usage_plans".to_owned(), all).await?;
        // The list may leave tags out, which must not look as if they were gone.
        let tagged = have.get("tags_all").entries().is_some_and(|tags| !tags.is_empty());
        let listed = listed.get(id).filter(|plan| plan.tags.is_some() || !tagged);
        match listed {
            Some(plan) => Ok(Some(report(aws, have, plan))),
            None => Ok(get(aws, id).await?.map(|plan| report(aws, have, &plan))),
        }
    }

    async fn create(&self, aws: &Aws, want: &Known) -> Result<Known, Failed> {
        let stages: Vec<ApiStage> = want.get("api_stages").items().iter().map(stage_of).collect();
        let call = || {
            let create = aws.apigateway.create_usage_plan().name(key(want, "name"));
            create
                .set_description(to_text(want, "description"))
                .set_api_stages(Some(stages.clone()).filter(|stages| !stages.is_empty()))
                .set_throttle(want.block("throttle_settings").map(throttle_of))
                .set_quota(want.block("quota_settings").map(quota_of))
                .set_tags(crate::tags::wanted_map(aws, want))
                .send()
        };
        let made = described!(aws.call("apigateway:CreateUsagePlan", call).await?);
        let id = made.id.clone().ok_or_else(|| incomplete("apigateway:CreateUsagePlan", "id"))?;
        let whole = complete(&SCHEMA, want, &report(aws, want, &made));
        let Some(product) = want.text("product_code") else { return Ok(whole) };
        // A create does not take the product.
        let mut patches = Patches::default();
        patches.replace("/productCode", Some(product.to_owned()));
        let call = || {
            aws.apigateway
                .update_usage_plan()
                .usage_plan_id(&id)
                .set_patch_operations(patches.operations())
                .send()
        };
        let none = Known::with_nulls(&Value::null(Type::String));
        let left = |error| Failed { error, left_behind: Some(whole.clone().with_part("product_code", none)) };
        aws.call("apigateway:UpdateUsagePlan", call).await.map_err(left)?;
        Ok(whole)
    }

    async fn update(&self, aws: &Aws, have: &Known, want: &Known) -> Result<Known, Failed> {
        tags::update(aws, key(have, "arn"), have, want).await?;
        let id = key(have, "id");
        // Stages that were replaced since the plan was read have left it.
        let live = get(aws, id).await?.map(|plan| report(aws, have, &plan));
        let patches = patches(live.as_ref().unwrap_or(have), want);
        let call = || {
            let update = aws.apigateway.update_usage_plan().usage_plan_id(id);
            update.set_patch_operations(patches.operations()).send()
        };
        if !patches.is_empty() {
            aws.call("apigateway:UpdateUsagePlan", call).await?;
        }
        Ok(complete(&SCHEMA, want, have))
    }

    async fn delete(&self, aws: &Aws, have: &Known) -> Result<(), ProviderError> {
        let id = key(have, "id");
        // One of them may have left the plan since, with the stage itself; who is left is asked for below.
        match detach(aws, id, have.get("api_stages").items()).await {
            Err(error) if !is_state(&error) => return Err(error),
            _ => {}
        }
        let delete = || aws.apigateway.delete_usage_plan().usage_plan_id(id).send();
        match aws.call("apigateway:DeleteUsagePlan", delete).await {
            Err(error) if is_state(&error) => {}
            answer => return deleted(answer),
        }
        let Some(plan) = get(aws, id).await? else { return Ok(()) };
        let stages: Vec<Value> = plan.api_stages.iter().flatten().map(describe_stage).collect();
        detach(aws, id, &stages).await?;
        deleted(aws.call("apigateway:DeleteUsagePlan", delete).await)
    }

    async fn import(&self, aws: &Aws, snapshot: &Snapshot, id: &str) -> Result<Option<Known>, ProviderError> {
        self.read(aws, snapshot, &part::split(id, &["id"])?).await
    }

    /// Plans have no date, so those that are just what was wanted may be what was made.
    async fn adopt(&self, aws: &Aws, want: &Known, _since_ms: i64) -> Result<Vec<Known>, ProviderError> {
        let listed = list(aws, &BTreeSet::new(), PAGES_MAX).await?;
        let arguments = ["name", "description", "api_stages", "throttle_settings", "quota_settings"];
        let alike = listed.values().filter(|plan| part::agrees(&report(aws, want, plan), want, &arguments));
        let mut found = Vec::new();
        for plan in alike {
            // The list may leave tags out.
            let whole = get(aws, plan.id.as_deref().unwrap_or_default()).await?;
            found.extend(whole.map(|plan| report(aws, want, &plan)));
        }
        Ok(found)
    }
}
