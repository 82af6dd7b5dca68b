//! VPC links: how integrations reach a network load balancer.

use serde_json::{Value, json};

use super::body::{Body, Draft};
use super::page::page;
use super::patch::{self, REPLACE, Rule, Step, Wording, rule};
use super::refuse::{Constraints, bad_request, not_found};
use super::state::{Document, Region, text, without_empty_tags};
use crate::route::Captures;
use crate::wire::{Answer, Call, Outcome, Refusal};
use crate::world::World;

const RULES: &[Rule] = &[rule("/name", REPLACE, name), rule("/description", REPLACE, patch::text)];

fn no_link() -> Refusal {
    not_found("Invalid Vpc Link identifier specified")
}

/// Answered while the link is still being made; reads find it ready.
pub(super) fn create(world: &mut World, call: &Call, _: &Captures) -> Outcome {
    let body = Body::of(call)?;
    let (name, targets) = (body.text("name")?, body.texts("targetArns")?);
    let mut constraints = Constraints::default();
    constraints.present("createVpcLinkInput.name", name.as_ref());
    constraints.present("createVpcLinkInput.targetArns", targets.as_ref());
    constraints.settle()?;
    if name.as_ref().is_some_and(String::is_empty) {
        return Err(bad_request("Name cannot be empty"));
    }
    let targets = targets.unwrap_or_default();
    if targets.len() != 1 {
        return Err(bad_request("Exactly one target ARN must be specified"));
    }
    if let Some(odd) = targets.iter().find(|arn| arn.splitn(6, ':').count() < 6 || !arn.starts_with("arn:")) {
        return Err(bad_request(format!("Invalid ARN. ARN is not well formed {odd}")));
    }
    let id = world.ids.next_id(6);
    let mut about = Draft::default()
        .put("id", id.clone())
        .set("name", name)
        .set("description", body.text("description")?)
        .put("targetArns", targets)
        .put("status", "PENDING")
        .put("tags", body.text_map("tags")?.unwrap_or_default())
        .done();
    let answer = Answer::json(202, &without_empty_tags(&about));
    about.insert("status".to_owned(), json!("AVAILABLE"));
    about.insert("statusMessage".to_owned(), json!("Your vpc link is ready for use"));
    world.apigateway.region(&call.region).vpc_links.insert(id, about);
    Ok(answer)
}

pub(super) fn get(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let region = world.apigateway.region(&call.region);
    let about = region.vpc_links.get(at.at(0)).ok_or_else(no_link)?;
    Ok(Answer::json(200, &Value::Object(about.clone())))
}

pub(super) fn list(world: &mut World, call: &Call, _: &Captures) -> Outcome {
    let region = world.apigateway.region(&call.region);
    page(call, &region.vpc_links, |about| Some(without_empty_tags(about)))
}

pub(super) fn update(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let patches = patch::read(call, "UpdateVpcLink")?;
    let region = world.apigateway.region(&call.region);
    let about = region.vpc_links.get_mut(at.at(0)).ok_or_else(no_link)?;
    *about = patch::apply(about, &patches, RULES, Wording::Listed)?;
    Ok(Answer::json(200, &Value::Object(about.clone())))
}

pub(super) fn delete(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let region = world.apigateway.region(&call.region);
    if !region.vpc_links.contains_key(at.at(0)) {
        return Err(no_link());
    }
    let users = users(region, at.at(0));
    if !users.is_empty() {
        let users = users.join(", ");
        return Err(bad_request(format!(
            "Cannot delete vpc link. Vpc link '{}', is referenced in [{users}] in format of [Method:Resource].",
            at.at(0)
        )));
    }
    region.vpc_links.remove(at.at(0));
    Ok(Answer::empty(202))
}

fn users(region: &Region, id: &str) -> Vec<String> {
    let methods = region.apis.values().flat_map(|api| api.definition.methods());
    methods
        .filter(|(_, _, method)| {
            method
                .integration
                .as_ref()
                .is_some_and(|integration| text(&integration.about, "connectionId") == id)
        })
        .map(|(resource, verb, _)| format!("{verb}:{}", resource.id))
        .collect()
}

fn name(about: &mut Document, step: &Step<'_>) -> Result<(), Refusal> {
    if step.text().is_empty() {
        return Err(bad_request("Name cannot be empty"));
    }
    patch::text(about, step)
}
