//! The life of log groups, and how few calls read many of them.

use recon_core::provider::ErrorKind;
use recon_core::{Known, Number, Value};

use crate::cloud::{Cloud, assert_same, none};

const GROUP: &str = "aws_cloudwatch_log_group";
const KEY: &str = "arn:aws:kms:us-east-1:123456789012:key/0";

fn days(days: i64) -> Value {
    Value::from(Number::from(days))
}

#[tokio::test]
async fn a_group_is_made_changed_imported_and_deleted() {
    let cloud = Cloud::start().await;
    let tags = Value::string_map([("app", "items")]);
    let arguments = [("name", Value::from("/aws/lambda/life")), ("tags", tags)];
    let made = cloud.create(GROUP, &arguments).await;
    assert_eq!((made.str("id"), made.str("log_group_class")), (Some("/aws/lambda/life"), Some("STANDARD")));
    assert!(made.str("arn").unwrap().ends_with(":log-group:/aws/lambda/life"));
    assert_eq!(made.string_entries("tags_all").len(), 2);
    cloud.unchanged(&[(GROUP, &made)]).await;

    let changes = [
        ("retention_in_days", days(14)),
        ("kms_key_id", KEY.into()),
        ("tags", Value::string_map([("app", "other"), ("new", "1")])),
        ("tags_all", none()),
    ];
    let want = cloud.want(GROUP, &[]);
    let mut wanted = Value::from(made.clone());
    for (name, value) in &changes {
        wanted = wanted.with(name, value.clone());
    }
    let all = Value::string_map([("app", "other"), ("new", "1"), ("team", "web")]);
    let wanted = Known::new(wanted.with("tags_all", all)).unwrap();
    assert_eq!(want.ty(), wanted.ty());
    let changed = cloud.provider.update(GROUP, &made, &wanted).await.unwrap();
    cloud.unchanged(&[(GROUP, &changed)]).await;
    let imported = cloud.import(GROUP, "/aws/lambda/life").await;
    for name in ["arn", "name", "name_prefix", "kms_key_id", "retention_in_days", "tags_all", "skip_destroy"]
    {
        assert!(imported.get(name).same(changed.get(name)), "{name}: {:?}", imported.get(name));
    }

    let forever = [("retention_in_days", days(0)), ("kms_key_id", none())];
    let forever = cloud.update(GROUP, &changed, &forever).await;
    cloud.unchanged(&[(GROUP, &forever)]).await;
    let shown = cloud.data(GROUP, &[("name", "/aws/lambda/life".into())]).await;
    assert_eq!((shown.get("arn"), shown.get("retention_in_days").as_i64()), (forever.get("arn"), Some(0)));

    cloud.delete(GROUP, &forever).await;
    assert!(cloud.read(GROUP, &forever).await.is_none());
    cloud.delete(GROUP, &forever).await;
    assert!(cloud.provider.import(GROUP, "/aws/lambda/life").await.unwrap().is_none());
}

#[tokio::test]
async fn a_group_that_is_kept_stays() {
    let cloud = Cloud::start().await;
    let made = cloud.create(GROUP, &[("name_prefix", "kept-".into()), ("skip_destroy", true.into())]).await;
    assert!(made.str("name").unwrap().starts_with("kept-"));
    assert_eq!(made.str("name_prefix"), Some("kept-"));
    cloud.unchanged(&[(GROUP, &made)]).await;
    cloud.delete(GROUP, &made).await;
    assert!(cloud.read(GROUP, &made).await.is_some());
}

#[tokio::test]
async fn a_retention_that_aws_decides_is_no_drift() {
    let cloud = Cloud::start().await;
    let arguments = [("name", Value::from("delivered")), ("log_group_class", "DELIVERY".into())];
    let made = cloud.create(GROUP, &arguments).await;
    cloud.unchanged(&[(GROUP, &made)]).await;
}

#[tokio::test]
async fn fifty_groups_are_read_in_one_call() {
    let cloud = Cloud::start().await;
    let mut groups = Vec::new();
    for index in 0..51 {
        groups.push(cloud.create(GROUP, &[("name", format!("group-{index}").into())]).await);
    }
    let before = cloud.provider.calls();
    let objects: Vec<(&str, &Known)> = groups.iter().map(|group| (GROUP, group)).collect();
    cloud.unchanged(&objects).await;
    let calls = cloud.calls_since(&before);
    assert_eq!(calls.get("logs:DescribeLogGroups"), Some(&2));
    assert_eq!(calls.get("logs:ListTagsForResource"), Some(&51));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_whose_create_lost_its_answer_is_found() {
    let cloud = Cloud::start().await;
    if !cloud.is_sandbox() {
        return;
    }
    cloud.fault(r#"[{"operation": "logs:CreateLogGroup", "times": 1, "action": {"cut": "after"}}]"#);
    let arguments = [("name", Value::from("lost")), ("retention_in_days", days(1))];
    let made = cloud.create(GROUP, &arguments).await;
    cloud.unchanged(&[(GROUP, &made)]).await;
    let adopted = cloud.provider.adopt(GROUP, &cloud.want(GROUP, &arguments), 0).await.unwrap();
    assert_same(GROUP, &made, &adopted[0]);
    let later = i64::MAX / 2;
    assert!(cloud.provider.adopt(GROUP, &cloud.want(GROUP, &arguments), later).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_group_that_another_made_is_not_taken_for_ours() {
    let cloud = Cloud::start().await;
    cloud.create(GROUP, &[("name", "theirs".into())]).await;
    let want = cloud.want(GROUP, &[("name", "theirs".into())]);
    let failed = cloud.provider.create(GROUP, &want).await.unwrap_err();
    assert_eq!(failed.error.kind, ErrorKind::AlreadyExists);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retention_that_is_refused_leaves_the_group_behind() {
    let cloud = Cloud::start().await;
    if !cloud.is_sandbox() {
        return;
    }
    cloud.fault(r#"[{"operation": "logs:PutRetentionPolicy", "action": {"error": {"status": 400, "code": "AccessDeniedException", "message": "no"}}}]"#);
    let want = cloud.want(GROUP, &[("name", "half".into()), ("retention_in_days", days(1))]);
    let failed = cloud.provider.create(GROUP, &want).await.unwrap_err();
    assert_eq!(failed.error.kind, ErrorKind::AccessDenied);
    let left = failed.left_behind.unwrap();
    assert_eq!((left.str("name"), left.get("retention_in_days").as_i64()), (Some("half"), Some(0)));
}
