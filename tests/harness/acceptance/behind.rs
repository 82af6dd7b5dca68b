//! What an acceptance test does behind recon's back: another recon, with a state of its own, does it.

use serde_json::Value;

use super::flat::World;
use crate::{Cloud, Scratch};

/// Meddles as a check says, if it is one of those; whether it was.
pub(super) fn meddle(
    check: &[Value],
    scratch: &Scratch,
    cloud: &Cloud,
    world: &World,
) -> Result<bool, String> {
    let text = |index: usize| check.get(index).and_then(Value::as_str).unwrap_or_default();
    let role = world.get("aws_iam_role.test").and_then(|role| role.get("name")).map_or("", String::as_str);
    match text(0) {
        "acctest.CheckResourceDisappears" => delete(scratch, text(4))?,
        "testAccCheckRolePolicyAddInlinePolicy" => apply(scratch, &inline(role, text(3)))?,
        "testAccCheckRolePolicyRemoveInlinePolicy" => {
            take_and_delete(scratch, &inline(role, text(3)), &format!("{role}:{}", text(3)))?;
        }
        "testAccCheckRolePolicyAttachManagedPolicy" => {
            apply(scratch, &attachment(role, &arn(world, text(3))?))?;
        }
        "testAccCheckRolePolicyDetachManagedPolicy" => {
            let arn = arn(world, text(3))?;
            take_and_delete(scratch, &attachment(role, &arn), &format!("{role}/{arn}"))?;
        }
        // The one check that the provider writes in place: another policy on the role, so that a delete must detach it.
        "<func>" => apply(scratch, &inline(role, "not-declared"))?,
        "testAccCheckRestAPIRoutes" => routes(check, cloud, world)?,
        _ => return Ok(false),
    }
    Ok(true)
}

/// Somebody else deletes the object at an address.
fn delete(scratch: &Scratch, address: &str) -> Result<(), String> {
    let other = scratch.beside();
    other.copy_to(&scratch.path().join("state"), "state");
    other.expecting(0, &["destroy", "-auto-approve", "-refresh=false", "-target", address]).map(drop)
}

fn apply(scratch: &Scratch, config: &str) -> Result<(), String> {
    let other = scratch.empty_beside();
    other.write("main.tf", config);
    other.expecting(0, &["apply", "-auto-approve"]).map(drop)
}

fn take_and_delete(scratch: &Scratch, config: &str, id: &str) -> Result<(), String> {
    let other = scratch.empty_beside();
    other.write("main.tf", config);
    let kind = config.split('"').nth(1).unwrap_or_default();
    other.expecting(0, &["import", &format!("{kind}.behind"), id])?;
    other.expecting(0, &["destroy", "-auto-approve"]).map(drop)
}

fn inline(role: &str, name: &str) -> String {
    format!(
        r#"resource "aws_iam_role_policy" "behind" {{
  role   = "{role}"
  name   = "{name}"
  policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{ Effect = "Allow", Action = "ec2:Describe*", Resource = "*" }}]
  }})
}}
"#
    )
}

fn attachment(role: &str, arn: &str) -> String {
    format!(
        r#"resource "aws_iam_role_policy_attachment" "behind" {{
  role       = "{role}"
  policy_arn = "{arn}"
}}
"#
    )
}

/// The ARN of the managed policy of that name.
fn arn(world: &World, name: &str) -> Result<String, String> {
    let named = |flat: &&super::flat::Flat| flat.get("name").is_some_and(|is| is == name);
    let mut policies = world.iter().filter(|(address, _)| address.starts_with("aws_iam_policy."));
    let found = policies.find_map(|(_, flat)| Some(flat).filter(named)?.get("arn"));
    found.cloned().ok_or(format!("no managed policy is named {name}"))
}

/// The API must have these paths, and no others.
fn routes(check: &[Value], cloud: &Cloud, world: &World) -> Result<(), String> {
    let api =
        world.get("aws_api_gateway_rest_api.test").and_then(|api| api.get("id")).map_or("", String::as_str);
    let answer = cloud.list("apigateway", &format!("/restapis/{api}/resources?limit=500"));
    let answer: Value = serde_json::from_str(&answer).map_err(|error| error.to_string())?;
    let items = answer["item"].as_array().or(answer["_embedded"]["item"].as_array());
    let mut paths: Vec<&Value> = items.into_iter().flatten().map(|item| &item["path"]).collect();
    paths.sort_by_key(ToString::to_string);
    let wanted: Vec<&Value> = check.get(3).and_then(Value::as_array).into_iter().flatten().collect();
    if paths == wanted { Ok(()) } else { Err(format!("the API has {paths:?}, must have {wanted:?}")) }
}
