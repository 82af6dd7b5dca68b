//! Client certificates: what the gateway shows to the backends it calls.

use serde_json::Value;

use super::body::{Body, Draft};
use super::page::page;
use super::patch::{self, REPLACE, Rule, Wording, rule};
use super::refuse::not_found;
use super::state::without_empty_tags;
use crate::route::Captures;
use crate::wire::{Answer, Call, Outcome, Refusal};
use crate::world::World;

const RULES: &[Rule] = &[rule("/description", REPLACE, patch::text)];
const VALID_SECONDS: i64 = 365 * 24 * 60 * 60;
const LINE_CHARACTERS: usize = 64;
const LINES: usize = 16;

fn no_certificate() -> Refusal {
    not_found("Invalid Client Certificate identifier specified")
}

pub(super) fn generate(world: &mut World, call: &Call, _: &Captures) -> Outcome {
    let body = Body::of(call)?;
    let id = world.ids.next_id(6);
    let lines: Vec<String> = (0..LINES).map(|_| world.ids.next_id(LINE_CHARACTERS)).collect();
    let now = call.now_ms.div_euclid(1000);
    let about = Draft::default()
        .put("clientCertificateId", id.clone())
        .set("description", body.text("description")?)
        .put(
            "pemEncodedCertificate",
            format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----", lines.join("\n")),
        )
        .put("createdDate", now)
        .put("expirationDate", now + VALID_SECONDS)
        .put("tags", body.text_map("tags")?.unwrap_or_default())
        .done();
    let region = world.apigateway.region(&call.region);
    region.client_certificates.insert(id, about.clone());
    Ok(Answer::json(201, &without_empty_tags(&about)))
}

pub(super) fn get(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let region = world.apigateway.region(&call.region);
    let about = region.client_certificates.get(at.at(0)).ok_or_else(no_certificate)?;
    Ok(Answer::json(200, &Value::Object(about.clone())))
}

pub(super) fn list(world: &mut World, call: &Call, _: &Captures) -> Outcome {
    let region = world.apigateway.region(&call.region);
    page(call, &region.client_certificates, |about| Some(without_empty_tags(about)))
}

pub(super) fn update(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let patches = patch::read(call, "UpdateClientCertificate")?;
    let region = world.apigateway.region(&call.region);
    let about = region.client_certificates.get_mut(at.at(0)).ok_or_else(no_certificate)?;
    *about = patch::apply(about, &patches, RULES, Wording::Listed)?;
    Ok(Answer::json(200, &Value::Object(about.clone())))
}

pub(super) fn delete(world: &mut World, call: &Call, at: &Captures) -> Outcome {
    let region = world.apigateway.region(&call.region);
    region.client_certificates.remove(at.at(0)).ok_or_else(no_certificate)?;
    Ok(Answer::empty(202))
}
