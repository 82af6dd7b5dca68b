//! What was made by hand is found, written down and taken over.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use recon_tests::{Cloud, Scratch};
use serde_json::{Value, json};

use crate::ITEMS_ZIP;

const FUNCTIONS: &str = "/2015-03-31/functions";
const FUNCTION: &str = "arn:aws:lambda:us-east-1:123456789012:function:ItemsFunction";

/// The lines that the lab may take at most, blank ones included.
const LINES_MAX: usize = 150;

/// The lab, made call by call as the steps in a console make it.
struct Lab<'a> {
    cloud: &'a Cloud,
    api: String,
    resource: String,
    function: String,
}

fn id(answer: &Value) -> String {
    answer["id"].as_str().unwrap_or_else(|| panic!("no id in {answer}")).to_owned()
}

impl<'a> Lab<'a> {
    fn make(cloud: &'a Cloud) -> Self {
        let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": {"Service": "lambda.amazonaws.com"}}]});
        let trust: String = trust.to_string().bytes().map(|byte| format!("%{byte:02X}")).collect();
        let form = format!(
            "Action=CreateRole&Version=2010-05-08&RoleName=items-role&AssumeRolePolicyDocument={trust}"
        );
        cloud.call("POST", "/", &form);
        let account = FUNCTION.split(':').nth(4).expect("an ARN names an account");
        let function = json!({"FunctionName": "ItemsFunction", "Role": format!("arn:aws:iam::{account}:role/items-role"),
            "Runtime": "nodejs20.x", "Handler": "index.handler", "Code": {"ZipFile": STANDARD.encode(ITEMS_ZIP)}});
        let made = cloud.call("POST", FUNCTIONS, &function.to_string());
        let function =
            made["FunctionArn"].as_str().unwrap_or_else(|| panic!("no function: {made}")).to_owned();
        let api = cloud.call(
            "POST",
            "/restapis",
            &json!({"name": "items-api", "description": "Items"}).to_string(),
        );
        let (api, root) = (id(&api), api["rootResourceId"].as_str().expect("an API has a root").to_owned());
        let resource =
            cloud.call("POST", &format!("/restapis/{api}/resources/{root}"), r#"{"pathPart": "items"}"#);
        let lab = Self { cloud, api, resource: id(&resource), function };
        lab.releases();
        lab.methods();
        lab.preflight();
        lab.stages();
        lab.partners();
        lab
    }

    fn send(&self, method: &str, path: &str, body: &Value) -> Value {
        let answer = self.cloud.call(method, path, &body.to_string());
        let refused = answer.get("__type").is_some() || answer.get("Message").is_some();
        assert!(!refused, "{method} {path}: {answer}");
        answer
    }

    fn in_api(&self, method: &str, path: &str, body: &Value) -> Value {
        self.send(method, &format!("/restapis/{}/{path}", self.api), body)
    }

    fn in_method(&self, verb: &str, path: &str, body: &Value) {
        let resource = &self.resource;
        self.in_api("PUT", &format!("resources/{resource}/methods/{verb}{path}"), body);
    }

    fn releases(&self) {
        let of_function = |path: &str| format!("{FUNCTIONS}/ItemsFunction/{path}");
        self.send("POST", &of_function("versions"), &json!({"Description": "first stable"}));
        for (name, version, what) in [("dev", "$LATEST", "Development"), ("prod", "1", "Production")] {
            let alias =
                json!({"Name": name, "FunctionVersion": version, "Description": format!("{what} alias")});
            self.send("POST", &of_function("aliases"), &alias);
            let account = self.function.split(':').nth(4).expect("an ARN names an account");
            let source = format!("arn:aws:execute-api:us-east-1:{account}:{}/*/GET/items", self.api);
            let permission = json!({"StatementId": format!("by-console-{name}"), "Action": "lambda:InvokeFunction",
                "Principal": "apigateway.amazonaws.com", "SourceArn": source});
            self.send("POST", &of_function(&format!("policy?Qualifier={name}")), &permission);
        }
    }

    fn methods(&self) {
        let uri = |qualifier: &str| {
            let path = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions";
            format!("{path}/{}{qualifier}/invocations", self.function)
        };
        let authorizer = json!({"name": "items-token", "type": "TOKEN", "authorizerUri": uri(""),
            "identitySource": "method.request.header.Authorization"});
        let authorizer = id(&self.in_api("POST", "authorizers", &authorizer));
        let model =
            json!({"name": "Item", "contentType": "application/json", "schema": r#"{"type":"object"}"#});
        self.in_api("POST", "models", &model);
        let validator = json!({"name": "parameters", "validateRequestParameters": true});
        let validator = id(&self.in_api("POST", "requestvalidators", &validator));
        let response =
            json!({"responseParameters": {"gatewayresponse.header.Access-Control-Allow-Origin": "'*'"}});
        self.in_api("PUT", "gatewayresponses/UNAUTHORIZED", &response);
        let method = json!({"authorizationType": "CUSTOM", "authorizerId": authorizer, "apiKeyRequired": true,
            "requestValidatorId": validator, "requestModels": {"application/json": "Item"}});
        self.in_method("GET", "", &method);
        let integration =
            json!({"type": "AWS_PROXY", "httpMethod": "POST", "uri": uri(":${stageVariables.alias}")});
        self.in_method("GET", "/integration", &integration);
    }

    fn preflight(&self) {
        let header = |name: &str| format!("method.response.header.Access-Control-Allow-{name}");
        self.in_method("OPTIONS", "", &json!({"authorizationType": "NONE"}));
        let mock = json!({"type": "MOCK", "requestTemplates": {"application/json": "{\"statusCode\": 200}"}});
        self.in_method("OPTIONS", "/integration", &mock);
        let headers = json!({header("Headers"): false, header("Methods"): false, header("Origin"): false});
        let response =
            json!({"responseModels": {"application/json": "Empty"}, "responseParameters": headers});
        self.in_method("OPTIONS", "/responses/200", &response);
        let values = json!({header("Headers"): "'Content-Type'", header("Methods"): "'GET,OPTIONS'", header("Origin"): "'*'"});
        self.in_method("OPTIONS", "/integration/responses/200", &json!({"responseParameters": values}));
    }

    fn stages(&self) {
        let deployment = id(&self.in_api("POST", "deployments", &json!({})));
        for name in ["dev", "prod"] {
            let stage = json!({"stageName": name, "deploymentId": deployment, "variables": {"alias": name}});
            self.in_api("POST", "stages", &stage);
        }
        let operation = |path: &str, value: &str| json!({"op": "replace", "path": path, "value": value});
        let limits =
            [operation("/*/*/throttling/rateLimit", "100"), operation("/*/*/throttling/burstLimit", "50")];
        self.in_api("PATCH", "stages/prod", &json!({"patchOperations": limits}));
    }

    fn partners(&self) {
        let plan = json!({"name": "items-partner", "apiStages": [{"apiId": self.api, "stage": "prod"}],
            "throttle": {"rateLimit": 20, "burstLimit": 10}});
        let plan = id(&self.send("POST", "/usageplans", &plan));
        for name in ["acme", "globex"] {
            let key = id(&self.send("POST", "/apikeys", &json!({"name": name, "enabled": true})));
            self.send(
                "POST",
                &format!("/usageplans/{plan}/keys"),
                &json!({"keyId": key, "keyType": "API_KEY"}),
            );
        }
    }
}

fn scratch(cloud: &Cloud) -> Scratch {
    crate::scratch().over(&cloud.endpoint)
}

fn blocks(text: &str, kind: &str) -> usize {
    text.matches(&format!("resource \"{kind}\"")).count()
}

#[test]
fn a_lab_made_by_hand_is_taken_over_whole_and_destroyed_whole() {
    let cloud = Cloud::sandbox();
    Lab::make(&cloud);
    let scratch = scratch(&cloud);
    let told = scratch.ok(&["import", "-discover"]).stderr;
    let text = scratch.read("discovered.tf");
    assert!(text.lines().count() < LINES_MAX, "{} lines:\n{text}", text.lines().count());
    assert!(told.contains("Import successful!"), "{told}");
    assert!(!text.contains("import {"), "{text}");
    assert_eq!(blocks(&text, "aws_api_gateway_stage_binding"), 1, "{text}");
    assert_eq!(blocks(&text, "aws_lambda_permission"), 0, "{text}");
    assert!(text.contains("${aws_lambda_function.items.arn}:$${stageVariables.alias}/invocations"), "{text}");
    assert_eq!(std::fs::read(scratch.path().join("ItemsFunction.zip")).unwrap(), ITEMS_ZIP);
    scratch.ok(&["fmt", "-check"]);
    scratch.expect_no_changes();
    let again = scratch.ok(&["import", "-discover", "-out=again.tf"]).stderr;
    assert!(again.contains("managed already"), "{again}");
    assert!(!scratch.path().join("again.tf").exists());
    scratch.ok(&["destroy", "-auto-approve"]);
    assert_eq!(cloud.left(), None);
}

#[test]
fn what_a_selector_names_is_found_alone() {
    let cloud = Cloud::sandbox();
    let lab = Lab::make(&cloud);
    cloud.call("POST", "/restapis", r#"{"name": "other"}"#);
    let shown =
        |words: &[&str]| scratch(&cloud).ok(&[&["import", "-plan", "-discover"], words].concat()).stdout;
    let by_id = shown(&["api", &lab.api]);
    assert!(
        by_id.contains("items-api") && by_id.contains("ItemsFunction") && !by_id.contains("other"),
        "{by_id}"
    );
    assert_eq!(by_id, shown(&["items*"]));
    assert_eq!(blocks(&shown(&["*"]), "aws_api_gateway_rest_api"), 2);
    let function = shown(&["function", "ItemsFunction"]);
    assert_eq!(blocks(&function, "aws_api_gateway_rest_api"), 0, "{function}");
    // Both statements are alike, so they are one block.
    assert_eq!(blocks(&function, "aws_lambda_permission"), 1, "{function}");
}

#[test]
fn a_selector_that_fits_nothing_is_an_error() {
    let cloud = Cloud::sandbox();
    for words in [&["function", "none"], &["api", "none"], &["tag", "a=b"]] {
        let scratch = scratch(&cloud);
        let told = scratch.expect(1, &[&["import", "-discover"], &words[..]].concat()).stderr;
        assert!(told.contains("Nothing found"), "{told}");
        assert_eq!(std::fs::read_dir(scratch.path()).unwrap().filter(is_written).count(), 0);
    }
    let told = scratch(&cloud).expect(1, &["import", "-discover", "bucket", "b"]).stderr;
    assert!(told.contains("no sort of objects"), "{told}");
}

fn is_written(entry: &std::io::Result<std::fs::DirEntry>) -> bool {
    entry.as_ref().is_ok_and(|entry| entry.file_name() != "state")
}

#[test]
fn what_may_not_be_read_half_way_leaves_nothing_written() {
    let cloud = Cloud::sandbox();
    Lab::make(&cloud);
    let denied = json!([{"operation": "lambda:GetPolicy", "after": 1, "action":
        {"error": {"status": 403, "code": "AccessDeniedException", "message": "not you"}}}]);
    cloud.control("POST", "faults", &denied);
    let scratch = scratch(&cloud);
    let told = scratch.expect(1, &["import", "-discover"]).stderr;
    assert!(told.contains("Access denied") && told.contains("the policy of ItemsFunction"), "{told}");
    assert!(told.contains("1 aws_api_gateway_rest_api"), "{told}");
    assert_eq!(std::fs::read_dir(scratch.path()).unwrap().filter(is_written).count(), 0);
    assert!(!scratch.path().join("state/default.json").exists());
}

#[test]
fn code_is_left_to_others_if_so_asked() {
    let cloud = Cloud::sandbox();
    Lab::make(&cloud);
    let scratch = scratch(&cloud);
    scratch.ok(&["import", "-discover", "-code=ignore", "-out=items.tf"]);
    assert!(scratch.read("items.tf").contains("ignore_changes = [filename, source_code_hash]"));
    assert!(!scratch.path().join("ItemsFunction.zip").exists());
    scratch.expect_no_changes();
}

#[test]
fn files_and_blocks_that_are_there_stay() {
    let cloud = Cloud::sandbox();
    Lab::make(&cloud);
    let scratch = scratch(&cloud);
    scratch.write("discovered.tf", "# mine\n");
    let told = scratch.expect(1, &["import", "-discover"]).stderr;
    assert!(told.contains("File exists"), "{told}");
    assert_eq!(scratch.read("discovered.tf"), "# mine\n");
    scratch.write("ItemsFunction.zip", "mine");
    let told = scratch.expect(1, &["import", "-discover", "-out=items.tf"]).stderr;
    assert!(told.contains("`ItemsFunction.zip` is there already"), "{told}");
    assert_eq!(scratch.read("ItemsFunction.zip"), "mine");
    assert!(!scratch.path().join("items.tf").exists());
    std::fs::remove_file(scratch.path().join("ItemsFunction.zip")).unwrap();
    // A name that a block has is taken, be it that the block is not applied yet.
    let mine = "resource \"aws_lambda_alias\" \"items\" {\n  name = \"mine\"\n  function_name = \"ItemsFunction\"\n  function_version = \"1\"\n}\n";
    scratch.write("discovered.tf", mine);
    scratch.ok(&["import", "-discover", "function", "ItemsFunction", "-out=items.tf"]);
    assert!(!scratch.read("items.tf").contains("resource \"aws_lambda_alias\" \"items\""));
    assert_eq!(scratch.read("discovered.tf"), mine);
}

/// Makes calls that must succeed.
fn send(cloud: &Cloud, calls: &[(&str, &str, Value)]) -> Vec<Value> {
    let send = |(method, path, body): &(&str, &str, Value)| {
        let answer = cloud.call(method, path, &body.to_string());
        let refused = answer.get("__type").is_some() || answer.get("Message").is_some();
        assert!(!refused, "{method} {path}: {answer}");
        answer
    };
    calls.iter().map(send).collect()
}

#[test]
fn what_is_attached_to_a_function_is_found_with_it() {
    let cloud = Cloud::sandbox();
    Lab::make(&cloud);
    let (urls, events) = ("/2021-10-31/functions/ItemsFunction", "/2019-09-25/functions/ItemsFunction");
    let mapping = |function: &str, source: &str| {
        (
            "POST",
            "/2015-03-31/event-source-mappings",
            json!({"FunctionName": function, "BatchSize": 10,
            "EventSourceArn": format!("arn:aws:sqs:us-east-1:123456789012:{source}")}),
        )
    };
    send(
        &cloud,
        &[
            mapping("ItemsFunction", "jobs"),
            mapping("ItemsFunction:prod", "urgent-jobs"),
            ("POST", &format!("{urls}/url?Qualifier=prod"), json!({"AuthType": "AWS_IAM"})),
            ("PUT", &format!("{events}/event-invoke-config"), json!({"MaximumRetryAttempts": 0})),
            (
                "PUT",
                "/2019-09-30/functions/ItemsFunction/provisioned-concurrency?Qualifier=prod",
                json!({"ProvisionedConcurrentExecutions": 2}),
            ),
        ],
    );
    let scratch = scratch(&cloud);
    scratch.ok(&["import", "-discover", "function", "ItemsFunction"]);
    let text = scratch.read("discovered.tf");
    for kind in [
        "event_source_mapping",
        "function_url",
        "function_event_invoke_config",
        "provisioned_concurrency_config",
    ] {
        assert!(text.contains(&format!("resource \"aws_lambda_{kind}\"")), "{kind}: {text}");
    }
    assert!(text.contains("aws_lambda_alias.items[\"prod\"].arn"), "{text}");
    // Ten records are what a queue gives without being asked.
    assert!(!text.contains("batch_size"), "{text}");
    scratch.expect_no_changes();
    scratch.ok(&["destroy", "-auto-approve"]);
    assert_eq!(cloud.left().and_then(|left| left.get("lambda").cloned()), None);
}

#[test]
fn domain_names_links_and_certificates_come_with_their_api_and_let_it_go() {
    let cloud = Cloud::sandbox();
    let arn = |rest: &str| format!("arn:aws:{rest}");
    let balancer = arn("elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/x/50dc6c495c0c9188");
    let made = send(
        &cloud,
        &[
            ("POST", "/restapis", json!({"name": "orders"})),
            ("POST", "/vpclinks", json!({"name": "inside", "targetArns": [balancer]})),
            ("POST", "/clientcertificates", json!({})),
            (
                "POST",
                "/domainnames",
                json!({"domainName": "api.example.com", "endpointConfiguration": {"types": ["REGIONAL"]},
            "regionalCertificateArn": arn("acm:us-east-1:123456789012:certificate/c")}),
            ),
            (
                "POST",
                "/domainnames",
                json!({"domainName": "other.example.com", "endpointConfiguration": {"types": ["REGIONAL"]},
            "regionalCertificateArn": arn("acm:us-east-1:123456789012:certificate/c")}),
            ),
        ],
    );
    let (api, root, link) = (id(&made[0]), made[0]["rootResourceId"].as_str().unwrap(), id(&made[1]));
    let method = format!("/restapis/{api}/resources/{root}/methods/GET");
    let certificate =
        json!([{"op": "replace", "path": "/clientCertificateId", "value": made[2]["clientCertificateId"]}]);
    send(
        &cloud,
        &[
            ("PUT", &method, json!({"authorizationType": "NONE"})),
            (
                "PUT",
                &format!("{method}/integration"),
                json!({"type": "HTTP_PROXY", "httpMethod": "GET", "uri": "http://inside",
            "connectionType": "VPC_LINK", "connectionId": link}),
            ),
            ("POST", &format!("/restapis/{api}/deployments"), json!({"stageName": "live"})),
            ("PATCH", &format!("/restapis/{api}/stages/live"), json!({"patchOperations": certificate})),
            (
                "POST",
                "/domainnames/api.example.com/basepathmappings",
                json!({"restApiId": api, "stage": "live"}),
            ),
            (
                "POST",
                "/domainnames/api.example.com/basepathmappings",
                json!({"restApiId": api, "stage": "live", "basePath": "v1"}),
            ),
        ],
    );
    let scratch = scratch(&cloud);
    scratch.ok(&["import", "-discover", "api", "orders"]);
    let text = scratch.read("discovered.tf");
    for reference in [
        "aws_api_gateway_vpc_link.inside.id",
        "aws_api_gateway_client_certificate.orders.id",
        "aws_api_gateway_stage.live.stage_name",
    ] {
        assert!(text.contains(reference), "{reference}: {text}");
    }
    assert_eq!(blocks(&text, "aws_api_gateway_domain_name"), 1, "{text}");
    assert_eq!(blocks(&text, "aws_api_gateway_base_path_mapping"), 1, "{text}");
    assert!(!text.contains("other.example.com"), "{text}");
    scratch.expect_no_changes();
    scratch.ok(&["destroy", "-auto-approve"]);
    assert!(!cloud.left().unwrap().to_string().contains("orders"));
}

#[test]
fn secrets_are_neither_shown_nor_written_where_others_read() {
    use std::os::unix::fs::PermissionsExt;
    let cloud = Cloud::sandbox();
    let lab = Lab::make(&cloud);
    let variables = json!({"DB_PASSWORD": "hunter2 ${x}\n", "TABLE": "items"});
    lab.send(
        "PUT",
        &format!("{FUNCTIONS}/ItemsFunction/configuration"),
        &json!({"Environment": {"Variables": variables}}),
    );
    let scratch = scratch(&cloud);
    let shown = scratch.ok(&["import", "-discover", "-plan"]);
    let written = scratch.ok(&["import", "-discover", "-out=items.tf"]);
    assert!(written.stderr.contains("items.auto.tfvars"), "{}", written.stderr);
    let text = scratch.read("items.tf");
    assert!(text.contains("var.items_db_password") && text.contains("TABLE = \"items\""), "{text}");
    let plan = scratch.ok(&["plan"]);
    let state = scratch.ok(&["state", "show", "aws_lambda_function.items"]);
    for text in [shown.stdout, shown.stderr, written.stderr, text, plan.stdout, state.stdout] {
        assert!(!text.contains("hunter2"), "{text}");
    }
    assert!(scratch.read("items.auto.tfvars").contains("hunter2 $${x}\\n"));
    let mode = std::fs::metadata(scratch.path().join("items.auto.tfvars")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    scratch.expect_no_changes();
}
