//! What a step of an acceptance test says of the state it leaves, judged.

use regex::Regex;
use serde_json::Value;

use super::flat::{Flat, World};

/// Judges one check over the state, and the state that the configuration before left.
///
/// Checks of what only the cloud knows are not judged here: they hold.
pub(super) fn judge(check: &[Value], world: &World, before: &World) -> Result<(), String> {
    let text = |index: usize| check.get(index).and_then(Value::as_str).unwrap_or_default();
    let object = |address: &str| world.get(address).ok_or(format!("{address} is not in the state"));
    let of = |address: &str, key: &str| object(address).map(|flat| value(flat, key));
    let name = text(0);
    let (address, key, wanted) = (text(1), text(2), text(3));
    match name.rsplit('.').next().unwrap_or_default() {
        "TestCheckResourceAttr" => same(&of(address, key)?, wanted, &format!("{address} {key}")),
        "TestCheckResourceAttrPair" => {
            same(&of(address, key)?, &of(wanted, text(4))?, &format!("{address} {key}, {wanted} {}", text(4)))
        }
        "TestCheckResourceAttrSet" => differs(&of(address, key)?, "", &format!("{address} {key}")),
        "TestCheckTypeSetElemAttr" => element(object(address)?, key, wanted),
        "CheckResourceAttrEquivalentJSON" => equivalent(&of(address, key)?, wanted),
        "CheckResourceAttrRegionalARN" => {
            let resource = regex::escape(text(4));
            fits(&of(address, key)?, &format!(r"^arn:aws:{wanted}:us-east-1:\d{{12}}:{resource}$"))
        }
        "MatchResourceAttrRegionalARNNoAccount" => {
            let resource = check.get(4).and_then(|last| last["regex"].as_str()).unwrap_or_default();
            fits(&of(address, key)?, &format!("^arn:aws:{wanted}:us-east-1::{resource}"))
        }
        "CheckResourceAttrNameGenerated" => fits(&of(address, key)?, r"^terraform-[[:xdigit:]]{26}$"),
        "CheckResourceAttrNameFromPrefix" => {
            fits(&of(address, key)?, &format!("^{wanted}[[:xdigit:]]{{26}}$"))
        }
        "CheckResourceAttrGreaterThanValue" => {
            let count: i64 = of(address, key)?.parse().unwrap_or_default();
            let least = check.get(3).and_then(Value::as_i64).unwrap_or_default();
            if count > least { Ok(()) } else { Err(format!("{address} {key} is {count}, not above {least}")) }
        }
        "testAccCheckFunctionInvokeARN" => invocation(object(address)?, "invoke_arn", "arn"),
        "testAccCheckFunctionQualifiedInvokeARN" => {
            invocation(object(address)?, "qualified_invoke_arn", "qualified_arn")
        }
        "testAccCheckFunctionVersion" | "UNSUP" => {
            same(&of("aws_lambda_function.test", "version")?, "$LATEST", "version")
        }
        "testAccCheckDeploymentRecreated" => {
            let deployment = "aws_api_gateway_deployment.test";
            differs(&of(deployment, "id")?, &id(deployment, before), "the deployment's id")
        }
        "testAccCheckDeploymentNotRecreated" => unmoved("aws_api_gateway_deployment.test", world, before),
        "testAccCheckAPIKeyNotRecreated" => unmoved("aws_api_gateway_api_key.test", world, before),
        other if other.ends_with("Exists") => object(text(2)).map(drop),
        _ => Ok(()),
    }
}

/// A key's text; what is not there counts as empty, and as no elements.
fn value(flat: &Flat, key: &str) -> String {
    let empty = if key.ends_with(".#") || key.ends_with(".%") { "0" } else { "" };
    flat.get(key).cloned().unwrap_or_else(|| empty.to_owned())
}

fn same(is: &str, wanted: &str, what: &str) -> Result<(), String> {
    if is == wanted { Ok(()) } else { Err(format!("{what}: is {is:?}, must be {wanted:?}")) }
}

fn differs(is: &str, from: &str, what: &str) -> Result<(), String> {
    if is == from { Err(format!("{what}: is {is:?}, and must not be")) } else { Ok(()) }
}

fn fits(is: &str, pattern: &str) -> Result<(), String> {
    let regex = Regex::new(pattern).map_err(|error| error.to_string())?;
    if regex.is_match(is) { Ok(()) } else { Err(format!("{is:?} does not match {pattern}")) }
}

fn element(flat: &Flat, key: &str, wanted: &str) -> Result<(), String> {
    let prefix = key.trim_end_matches('*');
    let found = flat.iter().any(|(key, value)| key.starts_with(prefix) && value == wanted);
    if found { Ok(()) } else { Err(format!("{key} has no {wanted:?}: {flat:?}")) }
}

/// As the provider compares policies: the order of lists does not matter, nor whether one element is a list.
fn equivalent(is: &str, wanted: &str) -> Result<(), String> {
    let parse =
        |text: &str| serde_json::from_str(text).map(ordered).map_err(|error| format!("{error}: {text}"));
    let (is, wanted) = (parse(is)?, parse(wanted)?);
    if is == wanted { Ok(()) } else { Err(format!("is {is}, must be {wanted}")) }
}

fn ordered(value: Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.into_iter().map(ordered).collect();
            items.sort_by_key(Value::to_string);
            if items.len() == 1 { items.remove(0) } else { Value::Array(items) }
        }
        Value::Object(entries) => {
            let mut entries: Vec<_> = entries.into_iter().map(|(key, value)| (key, ordered(value))).collect();
            entries.sort_by(|one, other| one.0.cmp(&other.0));
            Value::Object(entries.into_iter().collect())
        }
        other => other,
    }
}

fn invocation(flat: &Flat, key: &str, function: &str) -> Result<(), String> {
    let function = value(flat, function);
    let wanted =
        format!("arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{function}/invocations");
    same(&value(flat, key), &wanted, key)
}

fn unmoved(address: &str, world: &World, before: &World) -> Result<(), String> {
    same(&id(address, world), &id(address, before), &format!("the id of {address}"))
}

fn id(address: &str, world: &World) -> String {
    world.get(address).map(|flat| value(flat, "id")).unwrap_or_default()
}
