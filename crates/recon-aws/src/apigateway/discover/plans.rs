//! The usage plans of APIs, and the keys on them.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_apigateway::types::UsagePlan;
use recon_core::Value;

use super::super::reads::PAGES_MAX;
use super::super::{api_key, usage_plan_key, usage_plan_live};
use crate::aws::Aws;
use crate::discover::harvest::{Harvest, Spotted};
use crate::discover::names::{slug, subject};

/// What plans and keys are written together with that belong to no API that is found.
const WITHOUT_API: &str = "plans";

/// A key.
struct Key {
    name: String,
    /// What the plan that it is on is called.
    plan: String,
    /// What it is written together with.
    topic: String,
}

/// The first API of a plan.
fn api_of(plan: &UsagePlan) -> Option<&str> {
    plan.api_stages.as_ref()?.first()?.api_id.as_deref()
}

/// The usage plans on which one of the APIs is, with their keys; all plans and keys where everything is looked for.
pub(crate) async fn plans(aws: &Aws, apis: &BTreeSet<&str>, is_everything: bool) -> Harvest {
    let mut harvest = Harvest::default();
    if apis.is_empty() && !is_everything {
        return harvest;
    }
    let listed = usage_plan_live::list(aws, &BTreeSet::new(), PAGES_MAX).await;
    let Some(listed) = harvest.take("the usage plans", listed) else { return harvest };
    let on_plan = |plan: &UsagePlan| {
        let mut stages = plan.api_stages.iter().flatten();
        is_everything || stages.any(|stage| stage.api_id.as_deref().is_some_and(|api| apis.contains(api)))
    };
    let mut keys: BTreeMap<String, Key> = BTreeMap::new();
    let mut memberships = Vec::new();
    for (id, plan) in listed.iter().filter(|(_, plan)| on_plan(plan)) {
        let name = plan.name.as_deref().unwrap_or(id);
        let topic = api_of(plan).filter(|api| apis.contains(*api)).unwrap_or(WITHOUT_API);
        let spotted = Spotted::new("aws_api_gateway_usage_plan", &["id"], id.clone(), &[("id", id)]);
        // The list of plans leaves their tags out, so each is read for itself, as one that has tags is.
        harvest
            .add(spotted.with("tags_all", &Value::string_map([("", "")])).named(subject(name)).about(topic));
        let on =
            harvest.take(&format!("the keys of the usage plan {name}"), usage_plan_key::list(aws, id).await);
        for (key, found) in on.into_iter().flatten() {
            let called = found.name.as_deref().unwrap_or(&key);
            let known = [("usage_plan_id", id.as_str()), ("key_id", key.as_str())];
            let identity = &["usage_plan_id", "key_id"];
            let spotted =
                Spotted::new("aws_api_gateway_usage_plan_key", identity, format!("{id}/{key}"), &known);
            memberships.push(spotted.named(slug(called)).among(subject(name), called).about(topic).of(id));
            let found = Key { name: called.to_owned(), plan: subject(name), topic: topic.to_owned() };
            keys.entry(key).or_insert(found);
        }
    }
    if is_everything {
        let all = harvest.take("the API keys", api_key::list(aws, &BTreeSet::new(), PAGES_MAX).await);
        for (id, key) in all.into_iter().flatten() {
            let called = key.name.unwrap_or_else(|| id.clone());
            keys.entry(id).or_insert_with(|| Key {
                name: called,
                plan: "without_plan".to_owned(),
                topic: WITHOUT_API.to_owned(),
            });
        }
    }
    for (id, Key { name, plan, topic }) in keys {
        let spotted = Spotted::new("aws_api_gateway_api_key", &["id"], id.clone(), &[("id", &id)]);
        harvest.add(spotted.named(slug(&name)).among(plan, name).about(topic));
    }
    harvest.spotted.extend(memberships);
    harvest
}
