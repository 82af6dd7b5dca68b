//! What the model of the API forbids is refused, operation by operation.

use serde_json::{Value, json};
use test_case::test_case;

use super::tests::{Cloud, code};

#[test_case("GET", "2015-03-31/functions/f/aliases/7", &json!({}); "alias of digits")]
#[test_case("DELETE", "2015-03-31/functions/f/aliases/a b", &json!({}); "alias with a space")]
#[test_case("GET", "2015-03-31/functions/f/aliases?FunctionVersion=live", &json!({}); "version that is no number")]
#[test_case("POST", "2015-03-31/functions/f/versions", &json!({ "Description": "x".repeat(257) }); "description")]
#[test_case("DELETE", "2015-03-31/functions/f/policy/a b", &json!({}); "statement id")]
#[test_case("GET", "2019-09-25/functions/f/event-invoke-config/list?MaxItems=51", &json!({}); "size of a page")]
#[test_case("POST", "2021-10-31/functions/f/url", &json!({ "AuthType": "NONE", "Cors": { "MaxAge": 86_401 } }); "age of an answer")]
#[test_case("POST", "2021-10-31/functions/f/url", &json!({ "AuthType": "NONE", "Cors": { "AllowMethods": ["CONNECT"] } }); "method")]
#[test_case("POST", "2020-04-22/code-signing-configs", &json!({ "AllowedPublishers": { "SigningProfileVersionArns": [] } }); "no publisher")]
#[test_case("PUT", "2020-06-30/functions/f/code-signing-config", &json!({ "CodeSigningConfigArn": "csc" }); "code signing configuration")]
#[test_case("GET", "2018-10-31/layers?CompatibleRuntime=perl5", &json!({}); "runtime")]
#[test_case("POST", "2015-03-31/event-source-mappings", &json!({ "FunctionName": "f", "EventSourceArn": "arn:aws:sqs:us-east-1:123456789012:q", "FunctionResponseTypes": ["All"] }); "kind of answers")]
#[test_case("DELETE", "2017-03-31/tags/arn:aws:lambda:us-east-1:123456789012:function:f", &json!({}); "no tag keys")]
fn the_model_is_checked_first(method: &str, path: &str, body: &Value) {
    assert_eq!(code(Cloud::with_function().ask(method, path, body)), "ValidationException");
}

#[test_case("alexa-appkit.amazon.com", true; "of amazon")]
#[test_case("s3.amazonaws.com", true; "of aws")]
#[test_case("example.com", false; "of somebody else")]
fn principals_are_services_that_there_are(principal: &str, accepted: bool) {
    let body = json!({ "StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": principal });
    let outcome = Cloud::with_function().ask("POST", "2015-03-31/functions/f/policy", &body);
    assert_eq!(outcome.is_ok(), accepted);
}

#[test]
fn what_is_invoked_with_must_be_json() {
    let mut cloud = Cloud::with_function();
    let path = "2015-03-31/functions/f/invocations";
    assert_eq!(cloud.ask("POST", path, &json!([1])).unwrap(), json!([1]));
    let refused = cloud.send("POST", path, b"{no".to_vec()).unwrap_err();
    assert_eq!(refused.code, "InvalidRequestContentException");
}
