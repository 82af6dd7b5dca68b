//! The rules of functions, versions and aliases, call by call.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::io::Write as _;
use test_case::test_case;

use super::*;
use crate::wire::parse_form;
use crate::world::Pace;

const ACCESS_POINT: &str =
    "arn:aws:elasticfilesystem:us-east-1:123456789012:access-point/fsap-0123456789abcdef0";
const ROLE: &str = "arn:aws:iam::123456789012:role/r";

fn zip(text: &str) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer.start_file("index.py", zip::write::SimpleFileOptions::default()).unwrap();
    writer.write_all(text.as_bytes()).unwrap();
    writer.finish().unwrap().into_inner()
}

fn encoded(text: &str) -> String {
    STANDARD.encode(zip(text))
}

/// A cloud with a role, and a clock.
pub(super) struct Cloud {
    world: World,
    now_ms: i64,
}

impl Cloud {
    fn new(pending_ms: i64) -> Self {
        let mut world = World::new(1, Pace { pending_ms, role_propagation_ms: 0 });
        let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
        let form = format!(
            "Action=CreateRole&RoleName=r&AssumeRolePolicyDocument={}",
            crate::wire::percent_encode(trust)
        );
        let call = Call { method: "POST".into(), body: form.into_bytes(), ..Call::default() };
        crate::iam::handle(&mut world, &call).unwrap();
        Self { world, now_ms: 1000 }
    }

    pub(super) fn with_function() -> Self {
        let mut cloud = Self::new(0);
        cloud.create(json!({})).unwrap();
        cloud
    }

    pub(super) fn ask(&mut self, method: &str, path: &str, body: &Value) -> Result<Value, Refusal> {
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        self.send(method, path, body)
    }

    pub(super) fn send(&mut self, method: &str, path: &str, body: Vec<u8>) -> Result<Value, Refusal> {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let call = Call {
            method: method.into(),
            path: path.split('/').map(str::to_owned).collect(),
            query: parse_form(query),
            body,
            region: "us-east-1".into(),
            now_ms: self.now_ms,
            ..Call::default()
        };
        handle(&mut self.world, &call).map(|answer| serde_json::from_slice(&answer.body).unwrap_or_default())
    }

    fn create(&mut self, extra: Value) -> Result<Value, Refusal> {
        let mut body = json!({
            "FunctionName": "f", "Runtime": "python3.12", "Role": ROLE, "Handler": "index.handler",
            "Code": { "ZipFile": encoded("1") },
        });
        if let (Some(body), Value::Object(extra)) = (body.as_object_mut(), extra) {
            body.extend(extra);
            body.retain(|_, value| !value.is_null());
        }
        self.ask("POST", "2015-03-31/functions", &body)
    }

    fn update_code(&mut self, text: &str) -> Result<Value, Refusal> {
        self.ask("PUT", "2015-03-31/functions/f/code", &json!({ "ZipFile": encoded(text) }))
    }

    fn publish(&mut self) -> Value {
        self.ask("POST", "2015-03-31/functions/f/versions", &json!({})).unwrap()["Version"].clone()
    }

    fn alias(&mut self, name: &str, version: &str) -> Result<Value, Refusal> {
        let body = json!({ "Name": name, "FunctionVersion": version });
        self.ask("POST", "2015-03-31/functions/f/aliases", &body)
    }

    fn read(&mut self, path: &str) -> Result<Value, Refusal> {
        self.ask("GET", &format!("2015-03-31/functions/f{path}"), &Value::Null)
    }
}

pub(super) fn code(outcome: Result<Value, Refusal>) -> &'static str {
    outcome.unwrap_err().code
}

#[test]
fn new_function_shows_every_default() {
    let shown = Cloud::new(0).create(json!({})).unwrap();
    for (pointer, value) in [
        ("/Timeout", json!(3)),
        ("/MemorySize", json!(128)),
        ("/Description", json!("")),
        ("/PackageType", json!("Zip")),
        ("/Architectures", json!(["x86_64"])),
        ("/EphemeralStorage", json!({ "Size": 512 })),
        ("/TracingConfig", json!({ "Mode": "PassThrough" })),
        ("/SnapStart", json!({ "ApplyOn": "None", "OptimizationStatus": "Off" })),
        ("/LoggingConfig", json!({ "LogFormat": "Text", "LogGroup": "/aws/lambda/f" })),
        ("/State", json!("Pending")),
        ("/Version", json!("$LATEST")),
    ] {
        assert_eq!(shown.pointer(pointer), Some(&value), "{pointer}");
    }
}

#[test_case(json!({ "MemorySize": 64 }), "ValidationException"; "memory")]
#[test_case(json!({ "Timeout": 901 }), "ValidationException"; "timeout")]
#[test_case(json!({ "Runtime": "python9.9" }), "InvalidParameterValueException"; "runtime")]
#[test_case(json!({ "Runtime": "python2.7" }), "InvalidParameterValueException"; "retired runtime")]
#[test_case(json!({ "Handler": null }), "InvalidParameterValueException"; "no handler")]
#[test_case(json!({ "Role": "r" }), "ValidationException"; "role is no arn")]
#[test_case(json!({ "Role": "arn:aws:iam::123456789012:role/other" }), "InvalidParameterValueException"; "unknown role")]
#[test_case(json!({ "Role": "arn:aws:iam::210987654321:role/r" }), "AccessDeniedException"; "other account")]
#[test_case(json!({ "Environment": { "Variables": { "AWS_REGION": "x" } } }), "InvalidParameterValueException"; "reserved variable")]
#[test_case(json!({ "Architectures": ["mips"] }), "ValidationException"; "architecture")]
#[test_case(json!({ "Layers": ["arn:aws:lambda:us-east-1:123456789012:layer:no:1"] }), "InvalidParameterValueException"; "unknown layer")]
#[test_case(json!({ "Code": { "ZipFile": "bm90IGEgemlw" } }), "InvalidParameterValueException"; "no zip")]
#[test_case(json!({ "FunctionName": "a b" }), "InvalidParameterValueException"; "name")]
#[test_case(json!({ "PackageType": "Image" }), "InvalidParameterValueException"; "image with handler")]
#[test_case(json!({ "Description": "x".repeat(257) }), "ValidationException"; "description")]
#[test_case(json!({ "VpcConfig": { "SubnetIds": ["subnet-1"], "SecurityGroupIds": ["group"] } }), "ValidationException"; "security group")]
#[test_case(json!({ "FileSystemConfigs": [{ "Arn": ACCESS_POINT, "LocalMountPath": "/data" }] }), "ValidationException"; "mount")]
#[test_case(json!({ "FileSystemConfigs": [{ "Arn": ACCESS_POINT, "LocalMountPath": "/mnt/data" }] }), "InvalidParameterValueException"; "file system without a network")]
#[test_case(json!({ "Tags": { "a!": "b" } }), "ValidationException"; "tag")]
#[test_case(json!({ "LoggingConfig": { "ApplicationLogLevel": "INFO" } }), "InvalidParameterValueException"; "level of text logs")]
fn creation_is_refused(extra: Value, expected: &str) {
    assert_eq!(code(Cloud::new(0).create(extra)), expected);
}

#[test]
fn function_is_created_once() {
    let mut cloud = Cloud::with_function();
    assert_eq!(code(cloud.create(json!({}))), "ResourceConflictException");
}

#[test]
fn pending_function_refuses_updates_until_it_has_settled() {
    let mut cloud = Cloud::new(500);
    let created = cloud.create(json!({})).unwrap();
    assert_eq!(code(cloud.update_code("2")), "ResourceConflictException");
    cloud.now_ms += 500;
    let settled = cloud.read("/configuration").unwrap();
    assert_eq!((&settled["State"], &settled["LastUpdateStatus"]), (&json!("Active"), &json!("Successful")));
    assert_ne!(settled["RevisionId"], created["RevisionId"]);
    assert_eq!(cloud.update_code("2").unwrap()["LastUpdateStatus"], "InProgress");
    let publish = cloud.ask("POST", "2015-03-31/functions/f/versions", &json!({}));
    assert_eq!(code(publish), "ResourceConflictException");
}

#[test]
fn publishing_what_is_unchanged_gives_the_version_there_is() {
    let mut cloud = Cloud::with_function();
    assert_eq!((cloud.publish(), cloud.publish()), (json!("1"), json!("1")));
    cloud.update_code("2").unwrap();
    assert_eq!(cloud.publish(), "2");
    cloud.ask("PUT", "2015-03-31/functions/f/configuration", &json!({ "Timeout": 9 })).unwrap();
    assert_eq!(cloud.publish(), "3");
    assert_eq!(cloud.read("/configuration?Qualifier=2").unwrap()["Timeout"], 3);
}

#[test]
fn version_numbers_are_never_reused() {
    let mut cloud = Cloud::with_function();
    cloud.publish();
    cloud.ask("DELETE", "2015-03-31/functions/f?Qualifier=1", &Value::Null).unwrap();
    cloud.update_code("2").unwrap();
    assert_eq!(cloud.publish(), "2");
}

#[test]
fn version_in_use_by_an_alias_stays() {
    let mut cloud = Cloud::with_function();
    cloud.publish();
    cloud.update_code("2").unwrap();
    cloud.publish();
    cloud.alias("live", "1").unwrap();
    let weights = json!({ "RoutingConfig": { "AdditionalVersionWeights": { "2": 0.1 } } });
    cloud.ask("PUT", "2015-03-31/functions/f/aliases/live", &weights).unwrap();
    for version in ["1", "2"] {
        let outcome =
            cloud.ask("DELETE", &format!("2015-03-31/functions/f?Qualifier={version}"), &Value::Null);
        assert_eq!(code(outcome), "ResourceConflictException");
    }
    let latest = cloud.ask("DELETE", "2015-03-31/functions/f?Qualifier=$LATEST", &Value::Null);
    assert_eq!(code(latest), "InvalidParameterValueException");
}

#[test]
fn stale_revision_is_refused() {
    let mut cloud = Cloud::with_function();
    let body = json!({ "Timeout": 9, "RevisionId": "00000000-0000-0000-0000-000000000000" });
    let outcome = cloud.ask("PUT", "2015-03-31/functions/f/configuration", &body);
    assert_eq!(code(outcome), "PreconditionFailedException");
    let alias = cloud.alias("live", "$LATEST").unwrap();
    let body = json!({ "Description": "x", "RevisionId": alias["RevisionId"] });
    cloud.ask("PUT", "2015-03-31/functions/f/aliases/live", &body).unwrap();
    let again = cloud.ask("PUT", "2015-03-31/functions/f/aliases/live", &body);
    assert_eq!(code(again), "PreconditionFailedException");
}

#[test_case("7", "1", "ValidationException"; "name of digits")]
#[test_case("live", "42", "ResourceNotFoundException"; "unknown version")]
#[test_case("live", "x", "ValidationException"; "version is no number")]
fn alias_is_refused(name: &str, version: &str, expected: &str) {
    let mut cloud = Cloud::with_function();
    cloud.publish();
    assert_eq!(code(cloud.alias(name, version)), expected);
}

#[test_case("$LATEST", &json!({ "1": 0.5 }), "InvalidParameterValueException"; "beside latest")]
#[test_case("1", &json!({ "$LATEST": 0.5 }), "ValidationException"; "latest as second")]
#[test_case("1", &json!({ "2": 1.5 }), "ValidationException"; "weight")]
#[test_case("1", &json!({ "77": 0.5 }), "ResourceNotFoundException"; "unknown")]
#[test_case("1", &json!({ "1": 0.5 }), "InvalidParameterValueException"; "same version")]
#[test_case("1", &json!({ "2": 0.1, "3": 0.1 }), "InvalidParameterValueException"; "two")]
fn weights_are_refused(version: &str, weights: &Value, expected: &str) {
    let mut cloud = Cloud::with_function();
    for text in ["1", "2", "3"] {
        cloud.update_code(text).unwrap();
        cloud.publish();
    }
    cloud.alias("live", version).unwrap();
    let body = json!({ "RoutingConfig": { "AdditionalVersionWeights": weights } });
    assert_eq!(code(cloud.ask("PUT", "2015-03-31/functions/f/aliases/live", &body)), expected);
}

#[test]
fn each_qualifier_has_its_own_policy() {
    let mut cloud = Cloud::with_function();
    cloud.alias("live", "$LATEST").unwrap();
    let body = json!({ "StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com" });
    cloud.ask("POST", "2015-03-31/functions/f/policy?Qualifier=live", &body).unwrap();
    assert_eq!(code(cloud.read("/policy")), "ResourceNotFoundException");
    cloud.ask("POST", "2015-03-31/functions/f/policy", &body).unwrap();
    let twice = cloud.ask("POST", "2015-03-31/functions/f/policy", &body);
    assert_eq!(code(twice), "ResourceConflictException");
    let latest = cloud.ask("POST", "2015-03-31/functions/f/policy?Qualifier=$LATEST", &body);
    assert_eq!(code(latest), "InvalidParameterValueException");
    cloud.ask("DELETE", "2015-03-31/functions/f/policy/s?Qualifier=live", &Value::Null).unwrap();
    assert_eq!(code(cloud.read("/policy?Qualifier=live")), "ResourceNotFoundException");
}

#[test]
fn listing_leaves_out_what_only_a_read_shows() {
    let mut cloud = Cloud::with_function();
    cloud.publish();
    let plain = cloud.ask("GET", "2015-03-31/functions", &Value::Null).unwrap();
    assert_eq!(plain["Functions"][0]["FunctionArn"], "arn:aws:lambda:us-east-1:123456789012:function:f");
    assert!(plain["Functions"][0].get("State").is_none());
    let all = cloud.ask("GET", "2015-03-31/functions?FunctionVersion=ALL", &Value::Null).unwrap();
    let arns: Vec<&str> =
        all["Functions"].as_array().unwrap().iter().filter_map(|item| item["FunctionArn"].as_str()).collect();
    assert!(arns[0].ends_with(":f:$LATEST") && arns[1].ends_with(":f:1"), "{arns:?}");
}

#[test]
fn deleting_a_function_takes_everything_with_it() {
    let mut cloud = Cloud::with_function();
    cloud.publish();
    cloud.alias("live", "1").unwrap();
    cloud.ask("DELETE", "2015-03-31/functions/f", &Value::Null).unwrap();
    assert_eq!(code(cloud.read("")), "ResourceNotFoundException");
    cloud.create(json!({})).unwrap();
    assert_eq!(cloud.read("/aliases").unwrap()["Aliases"], json!([]));
    assert_eq!(cloud.publish(), "1");
}

#[test]
fn json_logs_have_levels_and_text_logs_lose_them() {
    let mut cloud = Cloud::with_function();
    let mut set = |config: Value| {
        let body = json!({ "LoggingConfig": config });
        cloud.ask("PUT", "2015-03-31/functions/f/configuration", &body).unwrap()["LoggingConfig"].clone()
    };
    let json_logs = set(json!({ "LogFormat": "JSON" }));
    assert_eq!(
        (&json_logs["ApplicationLogLevel"], &json_logs["LogGroup"]),
        (&json!("INFO"), &json!("/aws/lambda/f"))
    );
    assert_eq!(
        set(json!({ "LogFormat": "Text" })),
        json!({ "LogFormat": "Text", "LogGroup": "/aws/lambda/f" })
    );
}

#[test]
fn provisioning_goes_through_a_version_or_its_alias() {
    let mut cloud = Cloud::with_function();
    cloud.publish();
    cloud.alias("live", "1").unwrap();
    let body = json!({ "ProvisionedConcurrentExecutions": 2 });
    let path =
        |qualifier: &str| format!("2019-09-30/functions/f/provisioned-concurrency?Qualifier={qualifier}");
    cloud.ask("PUT", &path("live"), &body).unwrap();
    assert_eq!(code(cloud.ask("PUT", &path("1"), &body)), "ResourceConflictException");
    assert_eq!(code(cloud.ask("PUT", &path("$LATEST"), &body)), "InvalidParameterValueException");
    assert_eq!(cloud.ask("GET", &path("live"), &Value::Null).unwrap()["Status"], "READY");
}

#[test]
fn mapping_is_unique_per_source_and_function() {
    let mut cloud = Cloud::with_function();
    let body = json!({ "FunctionName": "f", "EventSourceArn": "arn:aws:sqs:us-east-1:123456789012:q" });
    let made = cloud.ask("POST", "2015-03-31/event-source-mappings", &body).unwrap();
    assert_eq!((&made["State"], &made["BatchSize"]), (&json!("Creating"), &json!(10)));
    let again = cloud.ask("POST", "2015-03-31/event-source-mappings", &body).unwrap_err();
    assert!(again.message.contains(made["UUID"].as_str().unwrap()), "{}", again.message);
    let stream =
        json!({ "FunctionName": "f", "EventSourceArn": "arn:aws:kinesis:us-east-1:123456789012:stream/s" });
    let stream = cloud.ask("POST", "2015-03-31/event-source-mappings", &stream);
    assert_eq!(code(stream), "InvalidParameterValueException");
}

#[test]
fn mapping_from_kafka_gets_a_consumer_group_and_an_empty_destination_removes_one() {
    let mut cloud = Cloud::with_function();
    let path = "2015-03-31/event-source-mappings";
    let body = json!({
        "FunctionName": "f", "EventSourceArn": "arn:aws:kafka:us-east-1:123456789012:cluster/c/1", "Topics": ["items"],
        "DestinationConfig": { "OnFailure": { "Destination": "arn:aws:sqs:us-east-1:123456789012:dead" } },
    });
    let made = cloud.ask("POST", path, &body).unwrap();
    assert_eq!(made["AmazonManagedKafkaEventSourceConfig"]["ConsumerGroupId"], made["UUID"]);
    let path = format!("{path}/{}", made["UUID"].as_str().unwrap());
    let body = json!({ "DestinationConfig": { "OnFailure": { "Destination": "" } } });
    let changed = cloud.ask("PUT", &path, &body).unwrap();
    assert_eq!(changed["DestinationConfig"], json!({ "OnFailure": {} }));
    let filters = json!({ "FilterCriteria": { "Filters": [{ "Pattern": "no" }] } });
    assert_eq!(code(cloud.ask("PUT", &path, &filters)), "InvalidParameterValueException");
}

#[test]
fn new_role_cannot_be_assumed_before_it_has_spread() {
    let mut cloud = Cloud::new(0);
    cloud.world.pace.role_propagation_ms = 5000;
    assert_eq!(code(cloud.create(json!({}))), "InvalidParameterValueException");
    cloud.now_ms += 5000;
    cloud.create(json!({})).unwrap();
}

const MAPPINGS: &str = "2015-03-31/event-source-mappings";

#[test]
fn a_mapping_that_is_on_its_way_is_in_use() {
    let mut cloud = Cloud::new(500);
    cloud.create(json!({})).unwrap();
    let body = json!({ "FunctionName": "f", "EventSourceArn": "arn:aws:sqs:us-east-1:123456789012:q" });
    let made = cloud.ask("POST", MAPPINGS, &body).unwrap();
    let path = format!("{MAPPINGS}/{}", made["UUID"].as_str().unwrap());
    let smaller = json!({ "BatchSize": 5 });
    assert_eq!(code(cloud.ask("PUT", &path, &smaller)), "ResourceInUseException");
    assert_eq!(code(cloud.ask("DELETE", &path, &Value::Null)), "ResourceInUseException");
    cloud.now_ms += 500;
    assert_eq!(cloud.ask("PUT", &path, &smaller).unwrap()["State"], "Updating");
    assert_eq!(code(cloud.ask("DELETE", &path, &Value::Null)), "ResourceInUseException");
    cloud.now_ms += 500;
    assert_eq!(cloud.ask("DELETE", &path, &Value::Null).unwrap()["State"], "Deleting");
    assert_eq!(code(cloud.ask("DELETE", &path, &Value::Null)), "ResourceInUseException");
    cloud.now_ms += 500;
    assert_eq!(code(cloud.ask("GET", &path, &Value::Null)), "ResourceNotFoundException");
}

#[test]
fn publishing_again_keeps_the_first_description_and_bumps_the_revision_only_once() {
    let mut cloud = Cloud::with_function();
    let mut publish = |description: &str| {
        let body = json!({ "Description": description });
        let version = cloud.ask("POST", "2015-03-31/functions/f/versions", &body).unwrap();
        let latest = cloud.read("/configuration").unwrap()["RevisionId"].clone();
        ([version["Version"].clone(), version["Description"].clone()], latest)
    };
    let (first, after_first) = publish("first");
    let (second, after_second) = publish("second");
    assert_eq!(first, ["1", "first"]);
    assert_eq!(second, first);
    assert_eq!(after_second, after_first);
    let before = Cloud::with_function().read("/configuration").unwrap()["RevisionId"].clone();
    assert_ne!(after_first, before, "a version that is new bumps it");
}

#[test]
fn weights_go_only_when_an_update_empties_them() {
    let mut cloud = Cloud::with_function();
    cloud.publish();
    cloud.update_code("2").unwrap();
    cloud.publish();
    cloud.alias("live", "1").unwrap();
    let mut update = |body: Value| {
        let path = "2015-03-31/functions/f/aliases/live";
        let alias = cloud.ask("PUT", path, &body).unwrap();
        alias.pointer("/RoutingConfig/AdditionalVersionWeights/2").cloned()
    };
    let weights = |weights: Value| json!({ "RoutingConfig": { "AdditionalVersionWeights": weights } });
    assert_eq!(update(weights(json!({ "2": 0.25 }))), Some(json!(0.25)));
    assert_eq!(update(json!({ "Description": "x" })), Some(json!(0.25)));
    assert_eq!(update(weights(json!({}))), None);
}

#[test]
fn no_more_is_provisioned_than_reserved() {
    let mut cloud = Cloud::with_function();
    cloud.publish();
    let reserve = json!({ "ReservedConcurrentExecutions": 2 });
    cloud.ask("PUT", "2017-10-31/functions/f/concurrency", &reserve).unwrap();
    let mut provision = |executions: u32| {
        let path = "2019-09-30/functions/f/provisioned-concurrency?Qualifier=1";
        cloud.ask("PUT", path, &json!({ "ProvisionedConcurrentExecutions": executions }))
    };
    assert_eq!(code(provision(3)), "InvalidParameterValueException");
    assert_eq!(provision(2).unwrap()["RequestedProvisionedConcurrentExecutions"], 2);
}

#[test]
fn versions_and_aliases_have_no_tags() {
    let mut cloud = Cloud::with_function();
    cloud.publish();
    cloud.alias("live", "1").unwrap();
    let arn = "arn:aws:lambda:us-east-1:123456789012:function:f";
    let mut tag =
        |arn: String| cloud.ask("POST", &format!("2017-03-31/tags/{arn}"), &json!({ "Tags": { "a": "b" } }));
    tag(arn.to_owned()).unwrap();
    for qualifier in ["1", "live"] {
        assert_eq!(code(tag(format!("{arn}:{qualifier}"))), "InvalidParameterValueException");
    }
}

#[test]
fn a_function_takes_its_policies_along() {
    let mut cloud = Cloud::with_function();
    let body = json!({ "StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com" });
    cloud.ask("POST", "2015-03-31/functions/f/policy", &body).unwrap();
    cloud.ask("DELETE", "2015-03-31/functions/f", &Value::Null).unwrap();
    cloud.create(json!({})).unwrap();
    assert_eq!(code(cloud.read("/policy")), "ResourceNotFoundException");
}
