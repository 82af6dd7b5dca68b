//! Rules that span several kinds of objects, seen through the calls that callers make.

use serde_json::{Value, json};
use test_case::test_case;

use super::handle;
use crate::wire::{Call, parse_form};
use crate::world::{Pace, World};

/// A cloud and what is asked of it.
struct Asked {
    world: World,
}

impl Asked {
    fn new() -> Self {
        Self { world: World::new(1, Pace::default()) }
    }

    /// Returns status and answer, or status and message.
    fn ask(&mut self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let call = Call {
            method: method.to_owned(),
            path: path.trim_start_matches('/').split('/').map(crate::wire::percent_decode).collect(),
            query: parse_form(query),
            body: if body.is_null() { Vec::new() } else { body.to_string().into_bytes() },
            region: "eu-west-1".to_owned(),
            now_ms: 1_767_225_600_000,
            ..Call::default()
        };
        match handle(&mut self.world, &call) {
            Ok(answer) => (answer.status, serde_json::from_slice(&answer.body).unwrap_or_default()),
            Err(refusal) => (refusal.status, json!(refusal.message)),
        }
    }

    fn get(&mut self, path: &str) -> Value {
        self.ask("GET", path, &Value::Null).1
    }

    fn done(&mut self, method: &str, path: &str, body: &Value) -> Value {
        let (status, answer) = self.ask(method, path, body);
        assert!(status < 300, "{method} {path}: {answer}");
        answer
    }

    fn refused(&mut self, method: &str, path: &str, body: &Value) -> String {
        let (status, answer) = self.ask(method, path, body);
        assert!(status >= 400, "{method} {path} was accepted: {answer}");
        format!("{status} {}", answer.as_str().unwrap())
    }

    fn patch(&mut self, path: &str, operations: &[[&str; 3]]) -> Value {
        let operations: Vec<Value> = operations
            .iter()
            .map(|[op, path, value]| json!({ "op": op, "path": path, "value": value }))
            .collect();
        self.done("PATCH", path, &json!({ "patchOperations": operations }))
    }

    /// Makes an API with `GET /pets` on a mock and returns the paths of the API and of the method.
    fn api(&mut self) -> (String, String) {
        let api = self.done("POST", "/restapis", &json!({ "name": "pets" }));
        let (id, root) = (api["id"].as_str().unwrap(), api["rootResourceId"].as_str().unwrap());
        let api = format!("/restapis/{id}");
        let pets = self.done("POST", &format!("{api}/resources/{root}"), &json!({ "pathPart": "pets" }));
        let method = format!("{api}/resources/{}/methods/GET", pets["id"].as_str().unwrap());
        self.done("PUT", &method, &json!({ "authorizationType": "NONE" }));
        let mock =
            json!({ "type": "MOCK", "requestTemplates": { "application/json": "{\"statusCode\": 200}" } });
        self.done("PUT", &format!("{method}/integration"), &mock);
        (api, method)
    }

    fn staged(&mut self) -> (String, String) {
        let (api, method) = self.api();
        self.done("POST", &format!("{api}/deployments"), &json!({ "stageName": "prod" }));
        (api, method)
    }
}

#[test]
fn new_integration_has_the_defaults_of_the_service() {
    let mut asked = Asked::new();
    let (_, method) = asked.api();
    let integration = asked.get(&format!("{method}/integration"));
    assert_eq!(integration["timeoutInMillis"], 29000);
    assert_eq!(integration["passthroughBehavior"], "WHEN_NO_MATCH");
    assert_eq!(integration["cacheKeyParameters"], json!([]));
    assert_eq!(integration["cacheNamespace"], method.split('/').nth(4).unwrap());
    assert_eq!(integration.get("integrationResponses"), None);
}

#[test]
fn resources_name_their_methods_and_embed_them_when_asked() {
    let mut asked = Asked::new();
    let (api, _) = asked.api();
    let pets = |answer: Value| {
        let items = answer["item"].as_array().unwrap().clone();
        items.into_iter().find(|item| item["path"] == "/pets").unwrap()["resourceMethods"]["GET"].clone()
    };
    assert_eq!(pets(asked.get(&format!("{api}/resources"))), json!({}));
    let embedded = pets(asked.get(&format!("{api}/resources?embed=methods")));
    assert_eq!(embedded["methodIntegration"]["type"], "MOCK");
}

#[test]
fn deployment_is_a_snapshot() {
    let mut asked = Asked::new();
    let (api, method) = asked.staged();
    asked.done("DELETE", &method, &Value::Null);
    let export = asked.get(&format!("{api}/stages/prod/exports/oas30"));
    assert!(export["paths"]["/pets"]["get"].is_object(), "{export}");
}

#[test]
fn incomplete_definitions_are_not_deployed() {
    let mut asked = Asked::new();
    let (api, method) = asked.api();
    asked.done("DELETE", &format!("{method}/integration"), &Value::Null);
    let deployments = format!("{api}/deployments");
    assert_eq!(asked.refused("POST", &deployments, &json!({})), "400 No integration defined for method");
    asked.done("DELETE", &method, &Value::Null);
    assert_eq!(
        asked.refused("POST", &deployments, &json!({})),
        "400 The REST API doesn't contain any methods"
    );
}

#[test]
fn deployment_in_use_stays() {
    let mut asked = Asked::new();
    let (api, _) = asked.staged();
    let id = asked.get(&format!("{api}/stages/prod"))["deploymentId"].as_str().unwrap().to_owned();
    assert_eq!(
        asked.refused("DELETE", &format!("{api}/deployments/{id}"), &Value::Null),
        "400 Active stages pointing to this deployment must be moved or deleted"
    );
    asked.done("DELETE", &format!("{api}/stages/prod"), &Value::Null);
    assert_eq!(asked.ask("DELETE", &format!("{api}/deployments/{id}"), &Value::Null).0, 202);
}

#[test]
fn canary_gets_the_deployment_and_the_stage_keeps_its_own() {
    let mut asked = Asked::new();
    let (api, _) = asked.staged();
    let before = asked.get(&format!("{api}/stages/prod"))["deploymentId"].clone();
    let canary = json!({ "stageName": "prod", "canarySettings": { "percentTraffic": 10.0 } });
    let deployment = asked.done("POST", &format!("{api}/deployments"), &canary);
    let stage = asked.get(&format!("{api}/stages/prod"));
    assert_eq!(
        (&stage["deploymentId"], &stage["canarySettings"]["deploymentId"]),
        (&before, &deployment["id"])
    );
}

#[test]
fn authorizer_in_use_stays() {
    let mut asked = Asked::new();
    let (api, method) = asked.api();
    let uri =
        "arn:aws:apigateway:r:lambda:path/2015-03-31/functions/arn:aws:lambda:r:1:function:f/invocations";
    let source = "method.request.header.Authorization";
    let body = json!({ "name": "a", "type": "TOKEN", "authorizerUri": uri, "identitySource": source });
    let id = asked.done("POST", &format!("{api}/authorizers"), &body)["id"].as_str().unwrap().to_owned();
    asked.patch(&method, &[["replace", "/authorizationType", "CUSTOM"], ["replace", "/authorizerId", &id]]);
    let path = format!("{api}/authorizers/{id}");
    assert!(asked.refused("DELETE", &path, &Value::Null).starts_with("409 "));
    let changed = asked.patch(&method, &[["replace", "/authorizationType", "NONE"]]);
    assert_eq!(changed.get("authorizerId"), None);
    asked.done("DELETE", &path, &Value::Null);
}

#[test]
fn patch_that_fails_changes_nothing() {
    let mut asked = Asked::new();
    let (api, _) = asked.staged();
    let before = asked.get(&format!("{api}/stages/prod"));
    let patches = json!({ "patchOperations": [
        { "op": "replace", "path": "/description", "value": "new" },
        { "op": "replace", "path": "/deploymentId", "value": "nope" },
    ] });
    asked.refused("PATCH", &format!("{api}/stages/prod"), &patches);
    assert_eq!(asked.get(&format!("{api}/stages/prod")), before);
}

#[test]
fn deleted_stage_leaves_its_usage_plans() {
    let mut asked = Asked::new();
    let (api, _) = asked.staged();
    let id = api.trim_start_matches("/restapis/");
    let plan = json!({ "name": "p", "apiStages": [{ "apiId": id, "stage": "prod" }] });
    let plan = asked.done("POST", "/usageplans", &plan)["id"].as_str().unwrap().to_owned();
    let plan = format!("/usageplans/{plan}");
    assert!(asked.refused("DELETE", &plan, &Value::Null).contains("there are API Stages associated with it"));
    asked.done("DELETE", &format!("{api}/stages/prod"), &Value::Null);
    assert_eq!(asked.get(&plan)["apiStages"], json!([]));
    asked.done("DELETE", &plan, &Value::Null);
}

#[test]
fn a_stage_and_an_api_that_a_path_leads_to_stay() {
    let mut asked = Asked::new();
    let (api, _) = asked.staged();
    let id = api.trim_start_matches("/restapis/").to_owned();
    let certificate = "arn:aws:acm:eu-west-1:123456789012:certificate/a";
    let name = json!({ "domainName": "pets.example.com", "regionalCertificateArn": certificate,
        "endpointConfiguration": { "types": ["REGIONAL"] } });
    asked.done("POST", "/domainnames", &name);
    let mappings = "/domainnames/pets.example.com/basepathmappings";
    asked.done("POST", mappings, &json!({ "restApiId": id, "stage": "prod" }));
    let refused = |what: &str| {
        format!(
            "400 Please remove all base path mappings related to the {what} in your account before deleting the {what}."
        )
    };
    let stage = format!("{api}/stages/prod");
    assert_eq!(asked.refused("DELETE", &stage, &Value::Null), refused("stage"));
    assert_eq!(asked.refused("DELETE", &api, &Value::Null), refused("API"));
    assert_eq!(asked.ask("DELETE", &format!("{mappings}/(none)"), &Value::Null).0, 202);
    assert_eq!(asked.ask("DELETE", &stage, &Value::Null).0, 202);
}

#[test]
fn a_cache_comes_at_once_and_goes_slowly() {
    let mut asked = Asked::new();
    let (api, _) = asked.staged();
    let stage = format!("{api}/stages/prod");
    let mut switch = |on: &str| {
        let answered = asked.patch(&stage, &[["replace", "/cacheClusterEnabled", on]]);
        [answered, asked.get(&stage)].map(|stage| stage["cacheClusterStatus"].clone())
    };
    assert_eq!(switch("false"), ["NOT_AVAILABLE", "NOT_AVAILABLE"]);
    assert_eq!(switch("true"), ["CREATE_IN_PROGRESS", "AVAILABLE"]);
    assert_eq!(switch("false"), ["DELETE_IN_PROGRESS", "DELETE_IN_PROGRESS"]);
}

#[test]
fn an_export_is_in_the_format_that_is_asked_for() {
    let mut asked = Asked::new();
    let (api, _) = asked.staged();
    let path = format!("{api}/stages/prod/exports/oas30");
    let mut call = Call {
        method: "GET".to_owned(),
        path: path.trim_start_matches('/').split('/').map(str::to_owned).collect(),
        region: "eu-west-1".to_owned(),
        ..Call::default()
    };
    call.headers.insert("accept".to_owned(), "application/yaml".to_owned());
    let answer = String::from_utf8(handle(&mut asked.world, &call).unwrap().body).unwrap();
    assert!(answer.starts_with("---\nopenapi: "), "{answer}");
    assert!(answer.contains("\n  /pets:\n    get:"), "{answer}");
}

#[test]
fn key_values_are_unique_and_hidden() {
    let mut asked = Asked::new();
    let made = asked.done("POST", "/apikeys", &json!({ "name": "k" }));
    let value = made["value"].as_str().unwrap();
    assert_eq!((value.len(), &made["enabled"]), (40, &json!(false)));
    let again = asked.refused("POST", "/apikeys", &json!({ "value": value }));
    assert_eq!(again, "409 API Key already exists");
    let path = format!("/apikeys/{}", made["id"].as_str().unwrap());
    assert_eq!(asked.get(&path).get("value"), None);
    assert_eq!(asked.get(&format!("{path}?includeValue=true"))["value"], value);
    asked.done("DELETE", &path, &Value::Null);
    asked.done("POST", "/apikeys", &json!({ "value": value }));
}

#[test]
fn a_resource_takes_what_is_below_it_along_and_the_root_stays() {
    let mut asked = Asked::new();
    let (api, method) = asked.api();
    let pets = method.trim_end_matches("/methods/GET").to_owned();
    let child = asked.done("POST", &pets, &json!({ "pathPart": "{id}" }));
    let child = format!("{api}/resources/{}", child["id"].as_str().unwrap());
    let root = asked.get(&api)["rootResourceId"].as_str().unwrap().to_owned();
    let root = format!("{api}/resources/{root}");
    assert_eq!(asked.refused("DELETE", &root, &Value::Null), "400 Root resource cannot be deleted.");
    asked.done("DELETE", &pets, &Value::Null);
    assert_eq!(asked.refused("DELETE", &child, &Value::Null), "404 Invalid Resource identifier specified");
}

#[test]
fn a_model_that_a_method_refers_to_stays() {
    let mut asked = Asked::new();
    let (api, method) = asked.api();
    let model =
        json!({ "name": "Pet", "contentType": "application/json", "schema": "{\"type\": \"object\"}" });
    asked.done("POST", &format!("{api}/models"), &model);
    let response = json!({ "responseModels": { "application/json": "Pet" } });
    asked.done("PUT", &format!("{method}/responses/200"), &response);
    let refused = asked.refused("DELETE", &format!("{api}/models/Pet"), &Value::Null);
    assert!(
        refused.starts_with("409 Cannot delete model 'Pet', is referenced in method response"),
        "{refused}"
    );
}

#[test]
fn an_api_has_a_limit_of_resources() {
    let mut asked = Asked::new();
    let (api, method) = asked.api();
    let pets = method.trim_end_matches("/methods/GET").to_owned();
    let full = (0..400).find_map(|n| {
        let (status, answer) = asked.ask("POST", &pets, &json!({ "pathPart": format!("p{n}") }));
        (status >= 400).then_some((n, status, answer))
    });
    // The root and `/pets` are two of the 300.
    let message = json!("Maximum number of Resources for this API has been reached");
    assert_eq!(full, Some((298, 429, message)), "{api}");
}

#[test]
fn a_media_type_is_a_segment_of_the_path_that_patches_it() {
    let mut asked = Asked::new();
    let (api, _) = asked.api();
    asked.patch(&api, &[["add", "/binaryMediaTypes/image~1jpeg", ""]]);
    assert_eq!(asked.get(&api)["binaryMediaTypes"], json!(["image/jpeg"]));
    let whole =
        json!({ "patchOperations": [{ "op": "replace", "path": "/binaryMediaTypes", "value": "a/b" }] });
    assert!(asked.refused("PATCH", &api, &whole).starts_with("400 "));
}

#[test]
fn settings_that_are_enabled_bring_defaults_and_only_those_that_are_there_go() {
    let mut asked = Asked::new();
    let (api, _) = asked.staged();
    let stage = format!("{api}/stages/prod");
    let settings = asked.patch(&stage, &[["replace", "/*/*/metrics/enabled", "true"]]);
    let all = &settings["methodSettings"]["*/*"];
    let limits = [&all["throttlingBurstLimit"], &all["throttlingRateLimit"], &all["cacheTtlInSeconds"]];
    assert_eq!(limits.map(Value::as_f64), [Some(5_000.0), Some(10_000.0), Some(300.0)], "{all}");
    let remove = json!({ "patchOperations": [{ "op": "remove", "path": "/*/*" }] });
    asked.done("PATCH", &stage, &remove);
    assert!(asked.refused("PATCH", &stage, &remove).starts_with("400 Cannot remove method setting */*"));
}

#[test_case("merge" => vec!["/", "/cats", "/pets"])]
#[test_case("overwrite" => vec!["/", "/cats"])]
fn put_of_a_document(mode: &str) -> Vec<String> {
    let mut asked = Asked::new();
    let (api, _) = asked.api();
    let document = json!({
        "openapi": "3.0.1", "info": { "title": "t", "version": "1" },
        "paths": { "/cats": { "get": { "responses": { "200": { "description": "ok" } } } } },
    });
    asked.done("PUT", &format!("{api}?mode={mode}"), &document);
    let items = asked.get(&format!("{api}/resources"))["item"].as_array().unwrap().clone();
    let mut paths: Vec<String> = items.iter().map(|item| item["path"].as_str().unwrap().to_owned()).collect();
    paths.sort();
    paths
}

#[test]
fn tags_follow_the_arn() {
    let mut asked = Asked::new();
    let (api, _) = asked.staged();
    let arn = format!("arn:aws:apigateway:eu-west-1::{api}/stages/prod");
    let path = format!("/tags/{}", crate::wire::percent_encode(&arn));
    assert_eq!(asked.ask("PUT", &path, &json!({ "tags": { "a": "1", "b": "2" } })).0, 204);
    assert_eq!(asked.ask("DELETE", &format!("{path}?tagKeys=a"), &Value::Null).0, 204);
    assert_eq!(asked.get(&format!("{api}/stages/prod"))["tags"], json!({ "b": "2" }));
    assert_eq!(asked.get(&path), json!({ "tags": { "b": "2" } }));
}

#[test]
fn clone_has_ids_of_its_own() {
    let mut asked = Asked::new();
    let (api, method) = asked.api();
    let source = api.trim_start_matches("/restapis/");
    let copy = asked.done("POST", "/restapis", &json!({ "name": "copy", "cloneFrom": source }));
    let items = asked.get(&format!("/restapis/{}/resources", copy["id"].as_str().unwrap()));
    let pets = items["item"].as_array().unwrap().iter().find(|item| item["path"] == "/pets").unwrap().clone();
    assert_eq!(pets["parentId"], copy["rootResourceId"]);
    assert!(!method.contains(pets["id"].as_str().unwrap()));
}

#[test]
fn mock_answers_callers_of_the_stage() {
    let mut asked = Asked::new();
    let (api, method) = asked.api();
    asked.done("PUT", &format!("{method}/responses/200"), &json!({}));
    let response = json!({ "responseTemplates": { "application/json": "{\"stage\": \"$context.stage\"}" } });
    asked.done("PUT", &format!("{method}/integration/responses/200"), &response);
    asked.done("POST", &format!("{api}/deployments"), &json!({ "stageName": "prod" }));
    let stage = format!("{api}/prod/_user_request_");
    assert_eq!(asked.ask("GET", &format!("{stage}/pets"), &Value::Null), (200, json!({ "stage": "prod" })));
    let missing = json!({ "message": "Missing Authentication Token" });
    assert_eq!(asked.ask("POST", &format!("{stage}/pets"), &Value::Null), (403, missing));
    let key = [["replace", "/apiKeyRequired", "true"]];
    asked.patch(&method, &key);
    asked.done("POST", &format!("{api}/deployments"), &json!({ "stageName": "prod" }));
    assert_eq!(asked.ask("GET", &format!("{stage}/pets"), &Value::Null).0, 403);
}

#[test_case("GET", "/restapis/nope" => "404 Invalid API identifier specified 123456789012:nope")]
#[test_case("GET", "/restapis/nope/resources/x" => "404 Invalid Resource identifier specified")]
#[test_case("GET", "/restapis/nope/stages/x" => "404 Invalid stage identifier specified")]
#[test_case("GET", "/restapis/nope/models/x" => "404 Invalid model name specified: x")]
#[test_case("GET", "/apikeys/nope" => "404 Invalid API Key identifier specified")]
#[test_case("GET", "/usageplans/nope" => "404 Invalid Usage Plan ID specified")]
#[test_case("GET", "/domainnames/nope" => "404 Invalid domain name identifier specified")]
#[test_case("GET", "/vpclinks/nope" => "404 Invalid Vpc Link identifier specified")]
#[test_case("GET", "/clientcertificates/nope" => "404 Invalid Client Certificate identifier specified")]
#[test_case("POST", "/restapis" => "400 1 validation error detected: Value null at 'createRestApiInput.name' failed to satisfy constraint: Member must not be null")]
fn refusals(method: &str, path: &str) -> String {
    Asked::new().refused(method, path, &Value::Null)
}

#[test]
fn new_api_has_the_defaults_of_the_service() {
    let mut asked = Asked::new();
    let api = asked.done("POST", "/restapis", &json!({ "name": "pets" }));
    assert_eq!(api["apiKeySource"], "HEADER");
    assert_eq!(api["endpointConfiguration"]["ipAddressType"], "ipv4");
    let root = asked.get(&format!("/restapis/{}/resources", api["id"].as_str().unwrap()));
    assert_eq!(root["item"][0]["id"], api["rootResourceId"]);
}

#[test]
fn what_is_put_twice_is_a_conflict_only_for_methods_and_their_responses() {
    let mut asked = Asked::new();
    let (_, method) = asked.api();
    assert!(asked.refused("PUT", &method, &json!({ "authorizationType": "NONE" })).starts_with("409 "));
    let response = format!("{method}/responses/200");
    asked.done("PUT", &response, &json!({}));
    assert!(asked.refused("PUT", &response, &json!({})).starts_with("409 "));
    for path in [format!("{method}/integration"), format!("{method}/integration/responses/200")] {
        asked.done("PUT", &path, &json!({ "type": "MOCK" }));
        asked.done("PUT", &path, &json!({ "type": "MOCK" }));
    }
}

#[test]
fn deployment_of_a_canary_stays() {
    let mut asked = Asked::new();
    let (api, _) = asked.staged();
    let canary = json!({ "stageName": "prod", "canarySettings": { "percentTraffic": 10.0 } });
    let id = asked.done("POST", &format!("{api}/deployments"), &canary)["id"].as_str().unwrap().to_owned();
    assert_eq!(
        asked.refused("DELETE", &format!("{api}/deployments/{id}"), &Value::Null),
        "400 Active stages with canary settings pointing to this deployment must be moved or deleted"
    );
}

#[test]
fn a_private_api_without_a_policy_is_not_deployed() {
    let mut asked = Asked::new();
    let private = json!({ "name": "inner", "endpointConfiguration": { "types": ["PRIVATE"] } });
    let inner = asked.done("POST", "/restapis", &private);
    let (inner, root) = (inner["id"].as_str().unwrap(), inner["rootResourceId"].as_str().unwrap());
    let method = format!("/restapis/{inner}/resources/{root}/methods/GET");
    asked.done("PUT", &method, &json!({ "authorizationType": "NONE" }));
    asked.done("PUT", &format!("{method}/integration"), &json!({ "type": "MOCK" }));
    let refused = asked.refused("POST", &format!("/restapis/{inner}/deployments"), &json!({}));
    assert!(refused.starts_with("400 ") && refused.contains("policy"), "{refused}");
}
