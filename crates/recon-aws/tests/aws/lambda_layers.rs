//! The life of layer versions, their permissions, and code signing configurations: made, read back without a
//! difference, changed, imported, found again after a lost answer, deleted.

use recon_core::provider::ErrorKind;
use recon_core::{Number, Type, Value};

use crate::cloud::{Cloud, assert_same, none, once, text};

const LAYER: &str = "aws_lambda_layer_version";
const PERMISSION: &str = "aws_lambda_layer_version_permission";
const SIGNING: &str = "aws_lambda_code_signing_config";
const PROFILE: &str = "arn:aws:signer:us-east-1:123456789012:/signing-profiles/web/abcdefghij";

/// A directory with the content of a layer, and the arguments of a version with it.
struct Sample {
    directory: tempfile::TempDir,
}

impl Sample {
    fn new() -> Self {
        let sample = Self { directory: tempfile::tempdir().expect("a directory") };
        sample.write("1");
        sample
    }

    fn write(&self, content: &str) {
        std::fs::write(self.directory.path().join("tool.js"), content).expect("writes");
    }

    fn arguments(&self, name: &str, more: &[(&'static str, Value)]) -> Vec<(&'static str, Value)> {
        let filename = self.directory.path().to_str().expect("UTF-8");
        [&[("layer_name", Value::from(name)), ("filename", filename.into())], more].concat()
    }
}

fn names<const N: usize>(names: [&str; N]) -> Value {
    Value::set(Type::String, names.into_iter().map(Value::from).collect())
}

fn number(number: i64) -> Value {
    Value::from(Number::from(number))
}

#[tokio::test]
async fn a_layer_version_is_made_read_imported_and_deleted() {
    let cloud = Cloud::start().await;
    let sample = Sample::new();
    let more = [
        ("description", "tools".into()),
        ("license_info", "MIT".into()),
        ("compatible_runtimes", names(["nodejs20.x", "nodejs22.x"])),
        ("compatible_architectures", names(["arm64"])),
    ];
    let made = cloud.create(LAYER, &sample.arguments("tools", &more)).await;
    assert_eq!(made.str("version"), Some("1"));
    assert_eq!(made.str("arn"), Some(&*format!("{}:1", made.str("layer_arn").unwrap())));
    assert_eq!(made.get("source_code_hash"), made.get("code_sha256"));
    cloud.unchanged(&[(LAYER, &made)]).await;

    let imported = cloud.import(LAYER, made.str("arn").unwrap()).await;
    for name in made.entries().unwrap().keys().filter(|name| &***name != "filename") {
        assert!(imported.get(name).same(made.get(name)), "{name}: {:?}", imported.get(name));
    }
    // Declaring where it came from publishes nothing.
    let before = cloud.provider.calls();
    let declared = cloud.update(LAYER, &imported, &[("filename", made.get("filename").clone())]).await;
    assert!(cloud.calls_since(&before).is_empty());
    assert_same(LAYER, &declared, &made);

    cloud.delete(LAYER, &made).await;
    assert!(cloud.read(LAYER, &made).await.is_none());
    cloud.delete(LAYER, &made).await;
}

#[tokio::test]
async fn versions_of_one_layer_share_a_read() {
    let cloud = Cloud::start().await;
    let sample = Sample::new();
    let first = cloud.create(LAYER, &sample.arguments("shared", &[])).await;
    sample.write("2");
    let second = cloud.create(LAYER, &sample.arguments("shared", &[])).await;
    assert_ne!(first.get("code_sha256"), second.get("code_sha256"));
    let before = cloud.provider.calls();
    cloud.unchanged(&[(LAYER, &first), (LAYER, &second)]).await;
    let calls: Vec<_> = cloud.calls_since(&before).into_iter().collect();
    assert_eq!(calls, [("lambda:ListLayerVersions".to_owned(), 1)]);
    cloud.delete(LAYER, &first).await;
    let found = cloud.refresh(&[(LAYER, &first), (LAYER, &second)]).await;
    assert!(found[0].is_none() && found[1].is_some());
}

#[tokio::test]
async fn a_layer_version_that_is_to_stay_stays() {
    let cloud = Cloud::start().await;
    let sample = Sample::new();
    let made = cloud.create(LAYER, &sample.arguments("kept", &[("skip_destroy", true.into())])).await;
    cloud.delete(LAYER, &made).await;
    assert!(cloud.read(LAYER, &made).await.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_layer_version_whose_answer_was_lost_is_found() {
    let cloud = Cloud::start().await;
    if !cloud.is_sandbox() {
        return;
    }
    let sample = Sample::new();
    cloud.create(LAYER, &sample.arguments("lost", &[("description", "another's".into())])).await;
    cloud.fault(r#"[{"operation": "lambda:PublishLayerVersion", "times": 1, "action": {"cut": "after"}}]"#);
    let made = cloud.create(LAYER, &sample.arguments("lost", &[("description", "ours".into())])).await;
    assert_eq!((made.str("version"), cloud.provider.calls()["lambda:PublishLayerVersion"]), (Some("2"), 2));
}

#[tokio::test]
async fn permissions_of_a_layer_version_do_not_disturb_each_other() {
    let cloud = Cloud::start().await;
    let sample = Sample::new();
    let layer = cloud.create(LAYER, &sample.arguments("open", &[])).await;
    let permission = |id: &str, principal: &str, more: &[(&'static str, Value)]| {
        let all = [
            ("layer_name", text(&layer, "layer_arn")),
            ("version_number", number(1)),
            ("statement_id", id.into()),
            ("action", "lambda:GetLayerVersion".into()),
            ("principal", principal.into()),
        ];
        [&all, more].concat()
    };
    let account = cloud.create(PERMISSION, &permission("account", "111122223333", &[])).await;
    let id = account.str("id").unwrap().to_owned();
    assert_same(PERMISSION, &cloud.import(PERMISSION, &id).await, &account);
    let organization = [("organization_id", "o-0123456789".into())];
    let organization = cloud.create(PERMISSION, &permission("organization", "*", &organization)).await;
    let before = cloud.provider.calls();
    cloud.unchanged(&[(PERMISSION, &account), (PERMISSION, &organization)]).await;
    assert_eq!(cloud.calls_since(&before)["lambda:GetLayerVersionPolicy"], 1);

    let error = cloud.provider.import(PERMISSION, &id).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Invalid, "two statements: which one is meant?");
    let imported = cloud.import(PERMISSION, &format!("{id},organization")).await;
    assert_same(PERMISSION, &imported, &organization);
    let want = cloud.want(PERMISSION, &permission("account", "111122223333", &[]));
    assert_eq!(cloud.provider.adopt(PERMISSION, &want, 0).await.unwrap().len(), 1);
    let other = cloud.want(PERMISSION, &permission("account", "444455556666", &[]));
    assert!(cloud.provider.adopt(PERMISSION, &other, 0).await.unwrap().is_empty());

    cloud.delete(PERMISSION, &account).await;
    assert!(cloud.read(PERMISSION, &account).await.is_none());
    cloud.delete(PERMISSION, &account).await;
    cloud.unchanged(&[(PERMISSION, &organization)]).await;
}

#[tokio::test]
async fn a_code_signing_configuration_lives() {
    let cloud = Cloud::start().await;
    let profiles = |profiles: Value| once([("signing_profile_version_arns", profiles)]);
    let arguments = [
        ("allowed_publishers", profiles(names([PROFILE]))),
        ("description", "web".into()),
        ("tags", Value::string_map([("app", "items")])),
    ];
    let made = cloud.create(SIGNING, &arguments).await;
    assert_eq!(made.block("policies").unwrap().str("untrusted_artifact_on_deployment"), Some("Warn"));
    assert_eq!(made.string_entries("tags_all").len(), 2);
    cloud.unchanged(&[(SIGNING, &made)]).await;
    assert_same(SIGNING, &cloud.import(SIGNING, made.str("arn").unwrap()).await, &made);

    let other = format!("{PROFILE}2");
    let changes = [
        ("allowed_publishers", profiles(names([PROFILE, &other]))),
        ("policies", once([("untrusted_artifact_on_deployment", "Enforce".into())])),
        ("description", Value::null(Type::String)),
        ("tags", Value::null(Type::map(Type::String))),
        ("tags_all", none()),
    ];
    let changed = cloud.update(SIGNING, &made, &changes).await;
    let second = cloud.create(SIGNING, &arguments).await;
    let before = cloud.provider.calls();
    cloud.unchanged(&[(SIGNING, &changed), (SIGNING, &second)]).await;
    assert_eq!(cloud.calls_since(&before).get("lambda:ListCodeSigningConfigs"), Some(&1));
    let found = cloud.data(SIGNING, &[("arn", text(&changed, "arn"))]).await;
    assert!(found.get("policies").same(changed.get("policies")), "{found:?}");

    cloud.delete(SIGNING, &changed).await;
    assert!(cloud.read(SIGNING, &changed).await.is_none());
    cloud.delete(SIGNING, &changed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_signing_configuration_whose_answer_was_lost_is_found() {
    let cloud = Cloud::start().await;
    if !cloud.is_sandbox() {
        return;
    }
    cloud.fault(
        r#"[{"operation": "lambda:CreateCodeSigningConfig", "times": 1, "action": {"cut": "after"}}]"#,
    );
    let publishers = once([("signing_profile_version_arns", names([PROFILE]))]);
    let made = cloud.create(SIGNING, &[("allowed_publishers", publishers)]).await;
    assert_eq!(cloud.provider.calls()["lambda:CreateCodeSigningConfig"], 1);
    cloud.unchanged(&[(SIGNING, &made)]).await;
}

#[tokio::test]
async fn the_newest_layer_version_that_fits_is_found() {
    let cloud = Cloud::start().await;
    let sample = Sample::new();
    let runtimes = |runtime| [("compatible_runtimes", names([runtime]))];
    let first = cloud.create(LAYER, &sample.arguments("found", &runtimes("nodejs20.x"))).await;
    sample.write("2");
    let second = cloud.create(LAYER, &sample.arguments("found", &runtimes("nodejs22.x"))).await;
    let name = || ("layer_name", Value::from("found"));
    let newest = cloud.data(LAYER, &[name()]).await;
    let fitting = cloud.data(LAYER, &[name(), ("compatible_runtime", "nodejs20.x".into())]).await;
    let chosen = cloud.data(LAYER, &[name(), ("version", number(1))]).await;
    assert_eq!(newest.get("arn"), second.get("arn"));
    assert_eq!((fitting.get("arn"), chosen.get("arn")), (first.get("arn"), first.get("arn")));
    assert_eq!(chosen.get("source_code_hash"), first.get("code_sha256"));
    let error =
        cloud.provider.read_data(LAYER, &cloud.want_data(LAYER, &[("layer_name", "none".into())])).await;
    assert_eq!(error.unwrap_err().kind, ErrorKind::NotFound);
}
