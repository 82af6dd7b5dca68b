//! The rules of roles and policies, over the query protocol.

use super::*;
use crate::wire::Outcome;
use crate::world::Pace;

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
const ALLOW: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"logs:*","Resource":"*"}]}"#;

fn ask(world: &mut World, action: &str, pairs: &[(&str, &str)]) -> Outcome {
    let mut form = format!("Action={action}&Version=2010-05-08");
    for (key, value) in pairs {
        form.extend(["&", key, "=", &crate::wire::percent_encode(value)]);
    }
    handle(world, &Call { method: "POST".into(), body: form.into_bytes(), ..Call::default() })
}

fn text(outcome: Outcome) -> String {
    String::from_utf8(outcome.unwrap().body).unwrap()
}

fn code(outcome: Outcome) -> (u16, &'static str) {
    let refusal = outcome.unwrap_err();
    (refusal.status, refusal.code)
}

fn with_role() -> World {
    let mut world = World::new(1, Pace::default());
    ask(&mut world, "CreateRole", &[("RoleName", "r"), ("AssumeRolePolicyDocument", TRUST)]).unwrap();
    world
}

#[test]
fn role_is_made_once() {
    let mut world = with_role();
    let again = ask(&mut world, "CreateRole", &[("RoleName", "r"), ("AssumeRolePolicyDocument", TRUST)]);
    assert_eq!(code(again), (409, "EntityAlreadyExists"));
    assert!(text(ask(&mut world, "GetRole", &[("RoleName", "r")])).contains("<MaxSessionDuration>3600<"));
}

#[test]
fn missing_role_is_no_such_entity() {
    let mut world = with_role();
    for action in ["GetRole", "DeleteRole", "ListRolePolicies", "ListRoleTags"] {
        assert_eq!(code(ask(&mut world, action, &[("RoleName", "x")])), (404, "NoSuchEntity"), "{action}");
    }
}

#[test]
fn role_with_policies_cannot_be_deleted() {
    let mut world = with_role();
    let inline = [("RoleName", "r"), ("PolicyName", "p"), ("PolicyDocument", ALLOW)];
    ask(&mut world, "PutRolePolicy", &inline).unwrap();
    assert_eq!(code(ask(&mut world, "DeleteRole", &[("RoleName", "r")])), (409, "DeleteConflict"));
    ask(&mut world, "DeleteRolePolicy", &inline[..2]).unwrap();
    let attached = [("RoleName", "r"), ("PolicyArn", "arn:aws:iam::aws:policy/ReadOnlyAccess")];
    ask(&mut world, "AttachRolePolicy", &attached).unwrap();
    assert_eq!(code(ask(&mut world, "DeleteRole", &[("RoleName", "r")])), (409, "DeleteConflict"));
    ask(&mut world, "DetachRolePolicy", &attached).unwrap();
    ask(&mut world, "DeleteRole", &[("RoleName", "r")]).unwrap();
}

#[test]
fn listing_pages() {
    let mut world = with_role();
    for name in ["s", "t"] {
        ask(&mut world, "CreateRole", &[("RoleName", name), ("AssumeRolePolicyDocument", TRUST)]).unwrap();
    }
    let first = text(ask(&mut world, "ListRoles", &[("MaxItems", "2")]));
    assert!(first.contains("<IsTruncated>true</IsTruncated><Marker>s</Marker>"), "{first}");
    let second = text(ask(&mut world, "ListRoles", &[("MaxItems", "2"), ("Marker", "s")]));
    assert!(second.contains("<RoleName>t<") && second.contains("<IsTruncated>false<"), "{second}");
}

#[test]
fn managed_policy_keeps_at_most_five_versions() {
    let mut world = with_role();
    ask(&mut world, "CreatePolicy", &[("PolicyName", "p"), ("PolicyDocument", ALLOW)]).unwrap();
    let arn = ("PolicyArn", "arn:aws:iam::123456789012:policy/p");
    for _ in 0..4 {
        let version = [arn, ("PolicyDocument", ALLOW), ("SetAsDefault", "true")];
        ask(&mut world, "CreatePolicyVersion", &version).unwrap();
    }
    let sixth = ask(&mut world, "CreatePolicyVersion", &[arn, ("PolicyDocument", ALLOW)]);
    assert_eq!(code(sixth), (409, "LimitExceeded"));
    let in_force = ask(&mut world, "DeletePolicyVersion", &[arn, ("VersionId", "v5")]);
    assert_eq!(code(in_force), (409, "DeleteConflict"));
    assert_eq!(code(ask(&mut world, "DeletePolicy", &[arn])), (409, "DeleteConflict"));
    for version in ["v1", "v2", "v3", "v4"] {
        ask(&mut world, "DeletePolicyVersion", &[arn, ("VersionId", version)]).unwrap();
    }
    ask(&mut world, "DeletePolicy", &[arn]).unwrap();
    assert_eq!(code(ask(&mut world, "GetPolicy", &[arn])), (404, "NoSuchEntity"));
}

#[test]
fn account_details_carry_policies_but_no_description() {
    let mut world = with_role();
    ask(&mut world, "UpdateRole", &[("RoleName", "r"), ("Description", "secret words")]).unwrap();
    ask(&mut world, "PutRolePolicy", &[("RoleName", "r"), ("PolicyName", "p"), ("PolicyDocument", ALLOW)])
        .unwrap();
    let details = text(ask(&mut world, "GetAccountAuthorizationDetails", &[("Filter.member.1", "Role")]));
    assert!(details.contains("<PolicyName>p</PolicyName>"), "{details}");
    assert!(!details.contains("secret words"), "{details}");
    assert!(text(ask(&mut world, "ListRoles", &[])).contains("secret words"));
}
