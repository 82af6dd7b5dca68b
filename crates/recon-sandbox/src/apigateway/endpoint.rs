//! The endpoint configuration that APIs and domain names share: type, kind of addresses, VPC endpoints.

use serde_json::{Value, json};

use super::body::Body;
use super::patch::{self, Op, Step};
use super::refuse::{Constraints, bad_request};
use super::state::Document;
use crate::wire::{Call, Refusal};

/// The endpoint type is the one path that words a refused operation itself, so its rule lets all of them in.
pub(super) const ANY: &[Op] = &[Op::Add, Op::Remove, Op::Move, Op::Test, Op::Replace, Op::Copy];

const TYPES: [&str; 3] = ["PRIVATE", "EDGE", "REGIONAL"];

/// What a request says of the endpoint.
pub(super) struct Asked {
    types: Option<Vec<String>>,
    ip_address_type: Option<String>,
    vpc_endpoint_ids: Option<Vec<String>>,
}

/// Reads the endpoint configuration of a request.
pub(super) fn read(body: &Body, input: &str, constraints: &mut Constraints) -> Result<Asked, Refusal> {
    let Some(given) = body.structure("endpointConfiguration")? else {
        return Ok(Asked { types: None, ip_address_type: None, vpc_endpoint_ids: None });
    };
    let types = given.texts("types")?;
    let member = format!("{input}.endpointConfiguration");
    constraints.each_of(&format!("{member}.types"), types.as_deref().unwrap_or_default(), &TYPES);
    let ip_address_type = given.text("ipAddressType")?;
    let allowed = ["ipv4", "dualstack"];
    constraints.one_of(&format!("{member}.ipAddressType"), ip_address_type.as_deref(), &allowed);
    Ok(Asked { types, ip_address_type, vpc_endpoint_ids: given.texts("vpcEndpointIds")? })
}

/// Returns the type of endpoint that an API or a domain name has.
pub(super) fn kind(about: &Document) -> &str {
    let types = about.get("endpointConfiguration").and_then(|configuration| configuration.get("types"));
    types.and_then(|types| types.get(0)).and_then(Value::as_str).unwrap_or_default()
}

/// Returns the configuration with its defaults filled in.
pub(super) fn settle(asked: &Asked) -> Result<Value, Refusal> {
    let kind = match asked.types.as_deref() {
        None => "EDGE",
        Some([]) => {
            return Err(bad_request(
                "REGIONAL Configuration and EDGE Configuration cannot be both DISABLED.",
            ));
        }
        Some([kind]) => kind,
        Some(_) => return Err(bad_request("Cannot create an api with multiple Endpoint Types.")),
    };
    let private = kind == "PRIVATE";
    let ip_address_type =
        asked.ip_address_type.as_deref().unwrap_or(if private { "dualstack" } else { "ipv4" });
    if private && ip_address_type == "ipv4" {
        return Err(only_dualstack());
    }
    let mut settled = json!({ "types": [kind], "ipAddressType": ip_address_type });
    if let Some(ids) = asked.vpc_endpoint_ids.as_ref().filter(|ids| !ids.is_empty()) {
        if !private {
            return Err(bad_request("VPCEndpoints can only be specified with PRIVATE apis."));
        }
        settled["vpcEndpointIds"] = json!(ids);
    }
    Ok(settled)
}

/// Returns the configuration that the query of an import asks for.
pub(super) fn imported(call: &Call) -> Result<Value, Refusal> {
    let listed = |key: &str| -> Option<Vec<String>> {
        let values = call.query.get(key)?.iter().flat_map(|value| value.split(','));
        Some(values.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty()).collect())
    };
    let types = listed("endpointConfigurationTypes");
    if types.iter().flatten().any(|kind| !TYPES.contains(&kind.as_str())) {
        return Err(bad_request("Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE"));
    }
    settle(&Asked { types, ip_address_type: None, vpc_endpoint_ids: listed("vpcEndpointIds") })
}

/// Patches the type; the path names the old one, or its index.
pub(super) fn change_type(about: &mut Document, step: &Step<'_>) -> Result<(), Refusal> {
    if !patch::ADD_REMOVE_REPLACE.contains(&step.op) {
        return Err(bad_request("Invalid patch operation specified. Must be 'add'|'remove'|'replace'"));
    }
    if step.op == Op::Remove {
        return Err(bad_request("REGIONAL Configuration and EDGE Configuration cannot be both DISABLED."));
    }
    let kind = if step.op == Op::Add && step.value.is_none() { step.name() } else { step.text() };
    if !TYPES.contains(&kind) {
        return Err(bad_request("Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE"));
    }
    let at = |member: &str| ["endpointConfiguration".to_owned(), member.to_owned()];
    patch::place(about, &at("types"), Some(json!([kind])));
    if kind == "PRIVATE" {
        patch::place(about, &at("ipAddressType"), Some(json!("dualstack")));
    } else {
        patch::place(about, &at("vpcEndpointIds"), None);
    }
    Ok(())
}

/// Patches the kind of addresses.
pub(super) fn change_ip_address_type(about: &mut Document, step: &Step<'_>) -> Result<(), Refusal> {
    if !["ipv4", "dualstack"].contains(&step.text()) {
        return Err(bad_request("ipAddressType must be either ipv4 or dualstack."));
    }
    if kind(about) == "PRIVATE" && step.text() == "ipv4" {
        return Err(only_dualstack());
    }
    patch::text(about, step)
}

fn only_dualstack() -> Refusal {
    bad_request("Only dualstack ipAddressType is supported for Private APIs.")
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    fn asked(types: Option<&[&str]>, ip: Option<&str>) -> Asked {
        let types = types.map(|types| types.iter().map(|kind| (*kind).to_owned()).collect());
        Asked { types, ip_address_type: ip.map(str::to_owned), vpc_endpoint_ids: None }
    }

    #[test_case(None, None => Ok(("EDGE".to_owned(), "ipv4".to_owned())))]
    #[test_case(Some(&["REGIONAL"]), None => Ok(("REGIONAL".to_owned(), "ipv4".to_owned())))]
    #[test_case(Some(&["PRIVATE"]), None => Ok(("PRIVATE".to_owned(), "dualstack".to_owned())))]
    #[test_case(Some(&["EDGE"]), Some("dualstack") => Ok(("EDGE".to_owned(), "dualstack".to_owned())))]
    #[test_case(Some(&["PRIVATE"]), Some("ipv4")
        => Err("Only dualstack ipAddressType is supported for Private APIs.".to_owned()))]
    #[test_case(Some(&["EDGE", "REGIONAL"]), None
        => Err("Cannot create an api with multiple Endpoint Types.".to_owned()))]
    #[test_case(Some(&[]), None
        => Err("REGIONAL Configuration and EDGE Configuration cannot be both DISABLED.".to_owned()))]
    fn defaults(types: Option<&[&str]>, ip: Option<&str>) -> Result<(String, String), String> {
        let settled = settle(&asked(types, ip)).map_err(|refusal| refusal.message)?;
        let read = |value: &Value| value.as_str().unwrap().to_owned();
        Ok((read(&settled["types"][0]), read(&settled["ipAddressType"])))
    }
}
