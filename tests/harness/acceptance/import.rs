//! Import steps: the object taken over under its id must be the one that is in the state.

use super::flat::{Flat, world};
use crate::Scratch;

/// Imports what is at an address into an empty state of its own, and compares.
pub(super) fn verify(scratch: &Scratch, address: &str, unknown: &[String]) -> Result<(), String> {
    // What other blocks of the same apply did to the object is known after a refresh.
    scratch.expecting(0, &["refresh"])?;
    let present = world(&scratch.expecting(0, &["show", "-json"])?.stdout);
    let have = present.get(address).ok_or(format!("{address} is not in the state"))?;
    let other = scratch.beside();
    let id = id(address, have);
    other.expecting(0, &["import", address, &id])?;
    let imported = world(&other.expecting(0, &["show", "-json"])?.stdout);
    let taken = imported.get(address).ok_or(format!("{address} was not imported"))?;
    let differences = differences(have, taken, unknown);
    if differences.is_empty() {
        return Ok(());
    }
    Err(format!("imported {address} from {id} with other attributes:\n  {}", differences.join("\n  ")))
}

/// The id that the provider's tests import the object under.
fn id(address: &str, have: &Flat) -> String {
    let kind = address.split('.').next().unwrap_or_default();
    let parts: &[&str] = match kind {
        "aws_api_gateway_stage" => &["rest_api_id", "stage_name"],
        "aws_api_gateway_resource" | "aws_api_gateway_request_validator" | "aws_api_gateway_authorizer" => {
            &["rest_api_id", "id"]
        }
        "aws_api_gateway_integration" | "aws_api_gateway_method" => {
            &["rest_api_id", "resource_id", "http_method"]
        }
        "aws_api_gateway_integration_response" | "aws_api_gateway_method_response" => {
            &["rest_api_id", "resource_id", "http_method", "status_code"]
        }
        _ => &["id"],
    };
    let values: Vec<&str> = parts.iter().filter_map(|part| have.get(*part)).map(String::as_str).collect();
    values.join("/")
}

fn differences(have: &Flat, taken: &Flat, unknown: &[String]) -> Vec<String> {
    let ignored =
        |key: &str| unknown.iter().any(|prefix| key == prefix || key.starts_with(&format!("{prefix}.")));
    let keys: std::collections::BTreeSet<&String> = have.keys().chain(taken.keys()).collect();
    keys.into_iter()
        .filter(|key| !ignored(key) && have.get(*key) != taken.get(*key))
        .map(|key| format!("{key}: {:?}, imported {:?}", have.get(key), taken.get(key)))
        .collect()
}
