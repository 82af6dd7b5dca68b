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

#[test]
fn what_the_model_forbids_is_refused() {
    let mut world = with_role();
    let long = "x".repeat(1001);
    for (action, pairs) in [
        ("GetRole", vec![("RoleName", "a b")]),
        ("UpdateRole", vec![("RoleName", "r"), ("Description", long.as_str())]),
        ("TagRole", vec![("RoleName", "r")]),
        ("TagRole", vec![("RoleName", "r"), ("Tags.member.1.Key", "a!"), ("Tags.member.1.Value", "b")]),
        ("TagRole", vec![("RoleName", "r"), ("Tags.member.1.Key", "a")]),
        ("UntagRole", vec![("RoleName", "r"), ("TagKeys.member.1", "")]),
        ("ListRoles", vec![("PathPrefix", "x")]),
        ("ListRoles", vec![("MaxItems", "1001")]),
        ("ListPolicies", vec![("Scope", "Mine")]),
        ("GetPolicy", vec![("PolicyArn", "p")]),
    ] {
        assert_eq!(code(ask(&mut world, action, &pairs)), (400, "ValidationError"), "{action} {pairs:?}");
    }
    let many: Vec<(String, String)> = (1..=50)
        .flat_map(|index| {
            ["Key", "Value"].map(|part| (format!("Tags.member.{index}.{part}"), format!("k{index}")))
        })
        .collect();
    let mut pairs = vec![("RoleName", "r")];
    pairs.extend(many.iter().map(|(key, value)| (key.as_str(), value.as_str())));
    ask(&mut world, "TagRole", &pairs).unwrap();
    let another = [("RoleName", "r"), ("Tags.member.1.Key", "k51"), ("Tags.member.1.Value", "")];
    assert_eq!(code(ask(&mut world, "TagRole", &another)), (409, "LimitExceeded"));
}

#[test]
fn keys_of_a_role_s_tags_differ_by_more_than_case() {
    let mut world = with_role();
    let pair = |key: &'static str, value: &'static str| {
        [("RoleName", "r"), ("Tags.member.1.Key", key), ("Tags.member.1.Value", value)]
    };
    ask(&mut world, "TagRole", &pair("team", "a")).unwrap();
    ask(&mut world, "TagRole", &pair("Team", "b")).unwrap();
    let tags = text(ask(&mut world, "ListRoleTags", &[("RoleName", "r")]));
    assert!(tags.contains("<Key>Team</Key><Value>b<") && !tags.contains("team"), "{tags}");
    let mut twice = pair("x", "1").to_vec();
    twice.extend([("Tags.member.2.Key", "X"), ("Tags.member.2.Value", "2")]);
    assert_eq!(code(ask(&mut world, "TagRole", &twice)), (400, "InvalidInput"));
}

#[test]
fn policies_that_aws_manages_are_listed_and_others_of_that_name_are_not_there() {
    let mut world = with_role();
    let arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
    let listed =
        text(ask(&mut world, "ListPolicies", &[("PathPrefix", "/service-role/"), ("MaxItems", "1000")]));
    assert!(listed.contains(arn) && !listed.contains(":policy/ReadOnlyAccess<"), "{}", listed.len());
    assert!(!text(ask(&mut world, "ListPolicies", &[("Scope", "Local")])).contains("<Arn>"));
    for arn in ["arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole", "arn:aws:iam::aws:policy/NoSuchPolicy"]
    {
        let attached = ask(&mut world, "AttachRolePolicy", &[("RoleName", "r"), ("PolicyArn", arn)]);
        assert_eq!(code(attached), (404, "NoSuchEntity"), "{arn}");
    }
    ask(&mut world, "AttachRolePolicy", &[("RoleName", "r"), ("PolicyArn", arn)]).unwrap();
    let under = |world: &mut World, prefix: &str| {
        text(ask(world, "ListAttachedRolePolicies", &[("RoleName", "r"), ("PathPrefix", prefix)]))
    };
    assert!(under(&mut world, "/service-role/").contains(arn));
    assert!(!under(&mut world, "/job-function/").contains(arn));
    let details =
        text(ask(&mut world, "GetAccountAuthorizationDetails", &[("Filter.member.1", "AWSManagedPolicy")]));
    assert!(details.contains(&format!("<Arn>{arn}</Arn>")), "{details}");
}

#[test]
fn trust_that_is_too_long_is_refused() {
    let mut world = with_role();
    let accounts: Vec<String> =
        (0..80).map(|account| format!("\"arn:aws:iam::{account:012}:root\"")).collect();
    let trust = format!(
        r#"{{"Statement":[{{"Effect":"Allow","Principal":{{"AWS":[{}]}},"Action":"sts:AssumeRole"}}]}}"#,
        accounts.join(",")
    );
    let update = ask(&mut world, "UpdateAssumeRolePolicy", &[("RoleName", "r"), ("PolicyDocument", &trust)]);
    assert_eq!(code(update), (409, "LimitExceeded"));
}
