//! The life of roles and policies: made, read back without a difference, changed, imported, deleted; and how many
//! calls that takes.

use std::collections::BTreeMap;

use recon_core::provider::ErrorKind;
use recon_core::{Known, Type, Value};

use crate::cloud::{Cloud, assert_same, none, text};

const ROLE: &str = "aws_iam_role";
const INLINE: &str = "aws_iam_role_policy";
const ATTACHMENT: &str = "aws_iam_role_policy_attachment";
const POLICY: &str = "aws_iam_policy";

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["lambda.amazonaws.com"]},"Action":"sts:AssumeRole"}]}"#;
const OTHER_TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
const READ: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}"#;
const WRITE: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Put*","Resource":"*"}]}"#;
const LOGS: &str = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
const TRACES: &str = "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess";

fn named(name: &str) -> Vec<(&'static str, Value)> {
    vec![("name", name.into()), ("assume_role_policy", TRUST.into())]
}

async fn role(cloud: &Cloud, name: &str, more: &[(&'static str, Value)]) -> Known {
    cloud.create(ROLE, &[&named(name)[..], more].concat()).await
}

fn inline(policies: &[(&str, &str)]) -> Value {
    let block = |(name, policy): &(&str, &str)| {
        Value::object([("name", Value::from(*name)), ("policy", Value::from(*policy))])
    };
    Value::tuple(policies.iter().map(block).collect())
}

fn no_inline() -> Value {
    Value::tuple(vec![Value::object([("name", none()), ("policy", none())])])
}

fn arns(arns: &[&str]) -> Value {
    Value::set(Type::String, arns.iter().map(|arn| Value::from(*arn)).collect())
}

fn calls(of: &[(&str, u64)]) -> BTreeMap<String, u64> {
    of.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
}

#[tokio::test]
async fn a_role_lives() {
    let cloud = Cloud::start().await;
    let arguments = [
        ("path", Value::from("/apps/")),
        ("description", "Runs items".into()),
        ("max_session_duration", 7200.into()),
        ("permissions_boundary", LOGS.into()),
        ("tags", Value::string_map([("app", "items")])),
    ];
    let have = role(&cloud, "items", &arguments).await;
    assert_eq!((have.str("id"), have.str("name_prefix")), (Some("items"), Some("")));
    assert!(have.str("arn").unwrap().ends_with(":role/apps/items"));
    assert!(have.str("create_date").unwrap().ends_with('Z'));
    assert_eq!(have.string_entries("tags_all").len(), 2);
    cloud.unchanged(&[(ROLE, &have)]).await;

    let changes = [
        ("description", none()),
        ("max_session_duration", 3600.into()),
        ("permissions_boundary", TRACES.into()),
        ("assume_role_policy", OTHER_TRUST.into()),
        ("tags", Value::string_map([("app", "things")])),
        ("tags_all", Value::string_map([("app", "things"), ("team", "web")])),
    ];
    let have = cloud.update(ROLE, &have, &changes).await;
    cloud.unchanged(&[(ROLE, &have)]).await;
    let have = cloud
        .update(ROLE, &have, &[("permissions_boundary", none()), ("force_detach_policies", true.into())])
        .await;
    cloud.unchanged(&[(ROLE, &have)]).await;

    let imported = cloud.import(ROLE, "items").await;
    assert_eq!(imported.get("force_detach_policies").as_bool(), Some(false));
    assert_same(
        ROLE,
        &Known::with_nulls(&Value::from(have.clone()).with("force_detach_policies", false.into())),
        &imported,
    );
    cloud.delete(ROLE, &have).await;
    cloud.delete(ROLE, &have).await;
    assert!(cloud.read(ROLE, &have).await.is_none());
}

#[tokio::test]
async fn only_what_changed_is_written() {
    let cloud = Cloud::start().await;
    let have = role(&cloud, "items", &[]).await;
    let before = cloud.provider.calls();
    cloud.update(ROLE, &have, &[("force_detach_policies", true.into())]).await;
    assert_eq!(cloud.calls_since(&before), calls(&[]));
    cloud.update(ROLE, &have, &[("max_session_duration", 7200.into())]).await;
    assert_eq!(cloud.calls_since(&before), calls(&[("iam:UpdateRole", 1)]));
}

#[tokio::test]
async fn a_refresh_of_one_role_takes_one_call() {
    let cloud = Cloud::start().await;
    let have = role(&cloud, "items", &[]).await;
    let before = cloud.provider.calls();
    cloud.unchanged(&[(ROLE, &have)]).await;
    assert_eq!(cloud.calls_since(&before), calls(&[("iam:GetRole", 1)]));
}

#[tokio::test]
async fn a_refresh_of_many_roles_takes_two_calls() {
    let cloud = Cloud::start().await;
    let mut have: Vec<(&str, Known)> = Vec::new();
    for index in 0..12 {
        let name = format!("items-{index}");
        let blocks = if index == 0 { inline(&[("read", READ)]) } else { none() };
        let more = [
            ("description", name.as_str().into()),
            ("permissions_boundary", LOGS.into()),
            ("inline_policy", blocks),
        ];
        have.push((ROLE, role(&cloud, &name, &more).await));
    }
    let policy = [("role", Value::from("items-1")), ("name", "read".into()), ("policy", READ.into())];
    have.push((INLINE, cloud.create(INLINE, &policy).await));
    have.push((
        ATTACHMENT,
        cloud.create(ATTACHMENT, &[("role", "items-1".into()), ("policy_arn", LOGS.into())]).await,
    ));
    let have: Vec<(&str, &Known)> = have.iter().map(|(kind, have)| (*kind, have)).collect();
    let before = cloud.provider.calls();
    cloud.unchanged(&have).await;
    let expected = calls(&[("iam:GetAccountAuthorizationDetails", 1), ("iam:ListRoles", 1)]);
    assert_eq!(cloud.calls_since(&before), expected);
}

#[tokio::test]
async fn declared_policies_are_exclusive() {
    let cloud = Cloud::start().await;
    let declared = [("inline_policy", inline(&[("read", READ)])), ("managed_policy_arns", arns(&[LOGS]))];
    let have = role(&cloud, "items", &declared).await;
    cloud.unchanged(&[(ROLE, &have)]).await;

    let foreign = [("role", Value::from("items")), ("name", "write".into()), ("policy", WRITE.into())];
    cloud.create(INLINE, &foreign).await;
    cloud.create(ATTACHMENT, &[("role", "items".into()), ("policy_arn", TRACES.into())]).await;
    let found = cloud.read(ROLE, &have).await.unwrap();
    assert_eq!(
        (found.get("inline_policy").items().len(), found.string_items("managed_policy_arns").len()),
        (2, 2)
    );

    let have = cloud.update(ROLE, &found, &declared).await;
    cloud.unchanged(&[(ROLE, &have)]).await;
    let nothing = [("inline_policy", no_inline()), ("managed_policy_arns", arns(&[]))];
    let have = cloud.update(ROLE, &have, &nothing).await;
    cloud.unchanged(&[(ROLE, &have)]).await;
    cloud.delete(ROLE, &have).await;
}

#[tokio::test]
async fn a_role_with_policies_of_others_is_deleted_by_force_only() {
    let cloud = Cloud::start().await;
    let have = role(&cloud, "items", &[]).await;
    cloud.create(ATTACHMENT, &[("role", "items".into()), ("policy_arn", LOGS.into())]).await;
    let foreign = [("role", Value::from("items")), ("name", "write".into()), ("policy", WRITE.into())];
    cloud.create(INLINE, &foreign).await;
    let error = cloud.provider.delete(ROLE, &have).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Conflict);
    assert!(error.help.unwrap().contains("AWSLambdaBasicExecutionRole`, `write`"));
    let have = cloud.update(ROLE, &have, &[("force_detach_policies", true.into())]).await;
    cloud.delete(ROLE, &have).await;
    assert!(cloud.read(ROLE, &have).await.is_none());
}

#[tokio::test]
async fn a_role_without_a_name_gets_one() {
    let cloud = Cloud::start().await;
    let trust = ("assume_role_policy", Value::from(TRUST));
    let have = cloud.create(ROLE, std::slice::from_ref(&trust)).await;
    assert!(have.str("name").unwrap().starts_with("terraform-"));
    assert_eq!(have.str("name_prefix"), Some("terraform-"));
    cloud.unchanged(&[(ROLE, &have)]).await;
    let have = cloud.create(ROLE, &[trust, ("name_prefix", "items-".into())]).await;
    assert_eq!(have.str("name").unwrap().len(), "items-".len() + 26);
    cloud.unchanged(&[(ROLE, &have)]).await;
}

#[tokio::test]
async fn an_interrupted_create_is_found_again() {
    let cloud = Cloud::start().await;
    let trust = ("assume_role_policy", Value::from(TRUST));
    let begun_ms = 1_000 * i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_secs()).unwrap();
    let prefixed = [trust, ("name_prefix", "items-".into())];
    let have = cloud.create(ROLE, &prefixed).await;
    let found = cloud.provider.adopt(ROLE, &cloud.want(ROLE, &prefixed), begun_ms).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_same(ROLE, &have, &found[0]);
    let later = cloud.provider.adopt(ROLE, &cloud.want(ROLE, &prefixed), begun_ms + 60_000).await.unwrap();
    assert_eq!(later.len(), 0);

    role(&cloud, "named", &[]).await;
    let mut other = named("named");
    assert_eq!(cloud.provider.adopt(ROLE, &cloud.want(ROLE, &other), begun_ms).await.unwrap().len(), 1);
    other[1].1 = OTHER_TRUST.into();
    assert_eq!(cloud.provider.adopt(ROLE, &cloud.want(ROLE, &other), begun_ms).await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_role_that_is_there_already_is_not_taken() {
    let cloud = Cloud::start().await;
    role(&cloud, "items", &[]).await;
    let failed = cloud.provider.create(ROLE, &cloud.want(ROLE, &named("items"))).await.unwrap_err();
    assert_eq!(failed.error.kind, ErrorKind::AlreadyExists);
}

#[tokio::test]
async fn a_role_whose_policies_fail_is_left_behind() {
    let cloud = Cloud::start().await;
    let broken =
        [&named("items")[..], &[("managed_policy_arns", arns(&["arn:aws:iam::123456789012:policy/none"]))]];
    let failed = cloud.provider.create(ROLE, &cloud.want(ROLE, &broken.concat())).await.unwrap_err();
    assert_eq!(failed.left_behind.unwrap().str("id"), Some("items"));
}

#[tokio::test]
async fn an_inline_policy_lives() {
    let cloud = Cloud::start().await;
    role(&cloud, "items", &[]).await;
    let arguments = [("role", Value::from("items")), ("name", "read".into()), ("policy", READ.into())];
    let have = cloud.create(INLINE, &arguments).await;
    assert_eq!(have.str("id"), Some("items:read"));
    cloud.unchanged(&[(INLINE, &have)]).await;
    assert_eq!(cloud.provider.adopt(INLINE, &cloud.want(INLINE, &arguments), 0).await.unwrap().len(), 1);
    let have = cloud.update(INLINE, &have, &[("policy", WRITE.into())]).await;
    cloud.unchanged(&[(INLINE, &have)]).await;
    assert_eq!(cloud.provider.adopt(INLINE, &cloud.want(INLINE, &arguments), 0).await.unwrap().len(), 0);
    assert_same(INLINE, &have, &cloud.import(INLINE, "items:read").await);
    assert_eq!(cloud.provider.import(INLINE, "items").await.unwrap_err().kind, ErrorKind::Invalid);
    cloud.delete(INLINE, &have).await;
    assert!(cloud.read(INLINE, &have).await.is_none());
    let generated = cloud.create(INLINE, &[("role", "items".into()), ("policy", READ.into())]).await;
    assert_eq!(generated.str("name_prefix"), Some("terraform-"));
}

#[tokio::test]
async fn an_attachment_lives() {
    let cloud = Cloud::start().await;
    role(&cloud, "items", &[]).await;
    let arguments = [("role", Value::from("items")), ("policy_arn", LOGS.into())];
    let have = cloud.create(ATTACHMENT, &arguments).await;
    assert!(text(&have, "id").as_str().unwrap().starts_with("items-"));
    let other =
        cloud.create(ATTACHMENT, &[("role", Value::from("items")), ("policy_arn", TRACES.into())]).await;
    let before = cloud.provider.calls();
    cloud.unchanged(&[(ATTACHMENT, &have), (ATTACHMENT, &other)]).await;
    assert_eq!(cloud.calls_since(&before), calls(&[("iam:ListAttachedRolePolicies", 1)]));
    assert_eq!(
        cloud.provider.adopt(ATTACHMENT, &cloud.want(ATTACHMENT, &arguments), 0).await.unwrap().len(),
        1
    );
    assert_eq!(cloud.import(ATTACHMENT, &format!("items/{LOGS}")).await.str("policy_arn"), Some(LOGS));
    cloud.delete(ATTACHMENT, &have).await;
    cloud.delete(ATTACHMENT, &have).await;
    assert!(cloud.read(ATTACHMENT, &have).await.is_none());
}

#[tokio::test]
async fn a_managed_policy_lives() {
    let cloud = Cloud::start().await;
    let arguments = [
        ("name", Value::from("items")),
        ("path", "/apps/".into()),
        ("description", "Reads".into()),
        ("policy", READ.into()),
        ("tags", Value::string_map([("app", "items")])),
    ];
    let mut have = cloud.create(POLICY, &arguments).await;
    assert_eq!(have.get("id"), have.get("arn"));
    cloud.unchanged(&[(POLICY, &have)]).await;
    assert_eq!(cloud.provider.adopt(POLICY, &cloud.want(POLICY, &arguments), 0).await.unwrap().len(), 1);
    // More versions than IAM keeps.
    for policy in [WRITE, READ, WRITE, READ, WRITE, READ, WRITE] {
        have = cloud.update(POLICY, &have, &[("policy", policy.into())]).await;
        cloud.unchanged(&[(POLICY, &have)]).await;
    }
    let tags = [("tags", none()), ("tags_all", Value::string_map([("team", "web")]))];
    have = cloud.update(POLICY, &have, &tags).await;
    cloud.unchanged(&[(POLICY, &have)]).await;
    assert_same(POLICY, &have, &cloud.import(POLICY, have.str("arn").unwrap()).await);

    role(&cloud, "items", &[]).await;
    let attached =
        cloud.create(ATTACHMENT, &[("role", "items".into()), ("policy_arn", text(&have, "arn"))]).await;
    cloud.unchanged(&[(POLICY, &have)]).await;
    let error = cloud.provider.delete(POLICY, &have).await.unwrap_err();
    assert!(error.help.unwrap().contains("`items`"));
    cloud.delete(ATTACHMENT, &attached).await;
    cloud.delete(POLICY, &have).await;
    assert!(cloud.read(POLICY, &have).await.is_none());
}

#[tokio::test]
async fn documents_of_many_policies_take_one_call() {
    let cloud = Cloud::start().await;
    let mut have = Vec::new();
    for index in 0..12 {
        let arguments = [("name", Value::from(format!("items-{index}"))), ("policy", READ.into())];
        have.push(cloud.create(POLICY, &arguments).await);
    }
    let have: Vec<(&str, &Known)> = have.iter().map(|have| (POLICY, have)).collect();
    let before = cloud.provider.calls();
    cloud.unchanged(&have).await;
    let expected = calls(&[("iam:GetAccountAuthorizationDetails", 1), ("iam:GetPolicy", 12)]);
    assert_eq!(cloud.calls_since(&before), expected);
}

#[tokio::test]
async fn data_sources_read() {
    let cloud = Cloud::start().await;
    let read = async |kind: &str, config: &[(&str, Value)]| {
        let config = Value::object(config.iter().map(|(name, value)| (*name, value.clone())));
        cloud.provider.read_data(kind, &Known::with_nulls(&config)).await
    };
    let region = read("aws_region", &[]).await.unwrap();
    assert_eq!(region.str("description"), Some("US East (N. Virginia)"));
    assert_eq!(region.str("endpoint"), Some("ec2.us-east-1.amazonaws.com"));
    let other = read("aws_region", &[("endpoint", "ec2.eu-west-1.amazonaws.com".into())]).await.unwrap();
    assert_eq!(other.str("name"), Some("eu-west-1"));
    assert!(read("aws_region", &[("name", "nowhere-1".into())]).await.is_err());
    let partition = read("aws_partition", &[]).await.unwrap();
    assert_eq!(partition.str("reverse_dns_prefix"), Some("com.amazonaws"));
    assert_eq!(cloud.calls_since(&BTreeMap::new()), calls(&[]));
    let identity = read("aws_caller_identity", &[]).await.unwrap();
    assert_eq!(identity.str("account_id").map(str::len), Some(12));

    let tagged = role(&cloud, "items", &[("tags", Value::string_map([("app", "items")]))]).await;
    let found = read("aws_iam_role", &[("name", "items".into())]).await.unwrap();
    assert_eq!(found.get("unique_id"), tagged.get("unique_id"));
    assert_eq!(found.string_entries("tags").len(), 2);
    assert_eq!(read("aws_iam_role", &[("name", "none".into())]).await.unwrap_err().kind, ErrorKind::NotFound);

    let made = cloud
        .create(POLICY, &[("name", "items".into()), ("path", "/apps/".into()), ("policy", READ.into())])
        .await;
    let by_arn = read("aws_iam_policy", &[("arn", text(&made, "arn"))]).await.unwrap();
    let by_name =
        read("aws_iam_policy", &[("name", "items".into()), ("path_prefix", "/apps/".into())]).await.unwrap();
    assert_eq!((by_arn.str("policy"), by_name.str("policy")), (Some(READ), Some(READ)));
    let missing = read("aws_iam_policy", &[("name", "none".into())]).await.unwrap_err();
    assert_eq!(missing.message, "no matching IAM Policy found");
}
