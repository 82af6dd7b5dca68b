//! The life of every part of a REST API: made, read back without a difference, changed, imported, deleted.

use recon_core::{Known, Type, Value};

use crate::cloud::{Cloud, assert_same, none, once, text};

const API: &str = "aws_api_gateway_rest_api";
const RESOURCE: &str = "aws_api_gateway_resource";
const METHOD: &str = "aws_api_gateway_method";
const INTEGRATION: &str = "aws_api_gateway_integration";
const METHOD_RESPONSE: &str = "aws_api_gateway_method_response";
const INTEGRATION_RESPONSE: &str = "aws_api_gateway_integration_response";
const DEPLOYMENT: &str = "aws_api_gateway_deployment";
const STAGE: &str = "aws_api_gateway_stage";
const SETTINGS: &str = "aws_api_gateway_method_settings";
const KEY: &str = "aws_api_gateway_api_key";
const PLAN: &str = "aws_api_gateway_usage_plan";
const PLAN_KEY: &str = "aws_api_gateway_usage_plan_key";

/// An API with `GET /items`, which answers by itself.
struct Sample {
    api: Known,
    items: Known,
    get: Known,
    integration: Known,
    method_response: Known,
    integration_response: Known,
}

fn map<const N: usize>(entries: [(&str, &str); N]) -> Value {
    Value::string_map(entries)
}

fn flags<const N: usize>(entries: [(&str, bool); N]) -> Value {
    Value::map(Type::Bool, entries.into_iter().map(|(name, on)| (name.into(), Value::from(on))).collect())
}

impl Sample {
    async fn make(cloud: &Cloud) -> Self {
        let api = cloud.create(API, &[("name", "items-api".into()), ("description", "Items".into())]).await;
        let arguments = [
            ("rest_api_id", text(&api, "id")),
            ("parent_id", text(&api, "root_resource_id")),
            ("path_part", "items".into()),
        ];
        let items = cloud.create(RESOURCE, &arguments).await;
        assert_eq!(items.str("path"), Some("/items"));
        let place = [
            ("rest_api_id", text(&api, "id")),
            ("resource_id", text(&items, "id")),
            ("http_method", Value::from("GET")),
        ];
        let with = |more: &[(&'static str, Value)]| [&place[..], more].concat();
        let get = cloud.create(METHOD, &with(&[("authorization", "NONE".into())])).await;
        let templates = map([("application/json", "{\"statusCode\":200}")]);
        let mock = with(&[("type", "MOCK".into()), ("request_templates", templates)]);
        let integration = cloud.create(INTEGRATION, &mock).await;
        let status = ("status_code", Value::from("200"));
        let headers = flags([("method.response.header.Access-Control-Allow-Origin", true)]);
        let declared = with(&[status.clone(), ("response_parameters", headers)]);
        let method_response = cloud.create(METHOD_RESPONSE, &declared).await;
        let headers = map([("method.response.header.Access-Control-Allow-Origin", "'*'")]);
        let given = with(&[status, ("response_parameters", headers)]);
        let integration_response = cloud.create(INTEGRATION_RESPONSE, &given).await;
        Self { api, items, get, integration, method_response, integration_response }
    }

    fn parts(&self) -> [(&'static str, &Known); 6] {
        [
            (API, &self.api),
            (RESOURCE, &self.items),
            (METHOD, &self.get),
            (INTEGRATION, &self.integration),
            (METHOD_RESPONSE, &self.method_response),
            (INTEGRATION_RESPONSE, &self.integration_response),
        ]
    }

    fn id(&self) -> Value {
        text(&self.api, "id")
    }

    async fn deploy(&self, cloud: &Cloud) -> Known {
        cloud.create(DEPLOYMENT, &[("rest_api_id", self.id())]).await
    }

    async fn stage(&self, cloud: &Cloud, deployment: &Known, name: &str) -> Known {
        let arguments = [
            ("rest_api_id", self.id()),
            ("deployment_id", text(deployment, "id")),
            ("stage_name", name.into()),
            ("variables", map([("alias", name)])),
        ];
        cloud.create(STAGE, &arguments).await
    }
}

#[tokio::test]
async fn parts_of_an_api_read_back_as_they_were_made() {
    let cloud = Cloud::start().await;
    let sample = Sample::make(&cloud).await;
    cloud.unchanged(&sample.parts()).await;
    assert_eq!(sample.api.get("tags_all"), &map([("team", "web")]));
    assert_eq!(sample.integration.get("timeout_milliseconds").as_i64(), Some(29_000));
}

#[tokio::test]
async fn parts_of_an_api_are_imported_as_they_were_made() {
    let cloud = Cloud::start().await;
    let sample = Sample::make(&cloud).await;
    let (api, items) = (sample.api.str("id").unwrap(), sample.items.str("id").unwrap());
    let ids = [
        api.to_owned(),
        format!("{api}/{items}"),
        format!("{api}/{items}/GET"),
        format!("{api}/{items}/GET"),
        format!("{api}/{items}/GET/200"),
        format!("{api}/{items}/GET/200"),
    ];
    for ((kind, have), id) in sample.parts().into_iter().zip(ids) {
        assert_same(kind, have, &cloud.import(kind, &id).await);
    }
    let error = cloud.provider.import(METHOD, "nothing").await.unwrap_err();
    assert_eq!(error.help.as_deref(), Some("Give the id as `rest_api_id/resource_id/http_method`."));
    assert!(cloud.provider.import(METHOD, &format!("{api}/{items}/PUT")).await.unwrap().is_none());
}

#[tokio::test]
async fn parts_of_an_api_change_in_place() {
    let cloud = Cloud::start().await;
    let sample = Sample::make(&cloud).await;
    let mut now: Vec<(&str, Known)> = Vec::new();
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"execute-api:Invoke","Resource":"execute-api:/*"}]}"#;
    let changes = [
        ("name", "other".into()),
        ("description", Value::from("")),
        ("binary_media_types", Value::strings(["image/png", "application/x~y"])),
        ("minimum_compression_size", "1024".into()),
        ("api_key_source", "AUTHORIZER".into()),
        ("policy", policy.into()),
        ("tags", map([("a", "b")])),
        ("tags_all", map([("a", "b"), ("team", "web")])),
    ];
    now.push((API, cloud.update(API, &sample.api, &changes).await));
    now.push((RESOURCE, cloud.update(RESOURCE, &sample.items, &[("path_part", "things".into())]).await));
    assert_eq!(now[1].1.str("path"), Some("/things"));
    let changes = [
        ("authorization", "AWS_IAM".into()),
        ("api_key_required", true.into()),
        ("operation_name", "list".into()),
        ("request_parameters", flags([("method.request.querystring.page", false)])),
    ];
    now.push((METHOD, cloud.update(METHOD, &sample.get, &changes).await));
    // moto knows no update of integrations.
    if cloud.is_sandbox() {
        let changes = [
            ("request_templates", map([("application/json", "{\"statusCode\": 201}"), ("text/plain", "")])),
            (
                "request_parameters",
                map([("integration.request.querystring.page", "method.request.querystring.page")]),
            ),
            ("cache_key_parameters", Value::strings(["method.request.querystring.page"])),
            ("timeout_milliseconds", 5_000.into()),
        ];
        now.push((INTEGRATION, cloud.update(INTEGRATION, &sample.integration, &changes).await));
    }
    let changes =
        [("response_models", map([("application/json", "Empty")])), ("response_parameters", none())];
    now.push((METHOD_RESPONSE, cloud.update(METHOD_RESPONSE, &sample.method_response, &changes).await));
    let changes = [("response_templates", map([("application/json", "")])), ("response_parameters", none())];
    let made = cloud.update(INTEGRATION_RESPONSE, &sample.integration_response, &changes).await;
    now.push((INTEGRATION_RESPONSE, made));
    let now: Vec<_> = now.iter().map(|(kind, have)| (*kind, have)).collect();
    cloud.unchanged(&now).await;
}

#[tokio::test]
async fn what_is_deleted_is_gone_and_may_be_deleted_again() {
    let cloud = Cloud::start().await;
    let sample = Sample::make(&cloud).await;
    for (kind, have) in sample.parts().into_iter().rev() {
        cloud.delete(kind, have).await;
        assert!(cloud.read(kind, have).await.is_none(), "{kind}");
        cloud.delete(kind, have).await;
    }
}

#[tokio::test]
async fn a_refresh_of_an_api_takes_four_calls() {
    let cloud = Cloud::start().await;
    let sample = Sample::make(&cloud).await;
    let deployment = sample.deploy(&cloud).await;
    let (dev, prod) =
        (sample.stage(&cloud, &deployment, "dev").await, sample.stage(&cloud, &deployment, "prod").await);
    let mut all = sample.parts().to_vec();
    all.extend([(DEPLOYMENT, &deployment), (STAGE, &dev), (STAGE, &prod)]);
    let before = cloud.provider.calls();
    cloud.unchanged(&all).await;
    let calls = cloud.calls_since(&before);
    let names: Vec<(&str, u64)> = calls.iter().map(|(name, count)| (name.as_str(), *count)).collect();
    let expected = [
        ("apigateway:GetDeployment", 1),
        ("apigateway:GetResources", 1),
        ("apigateway:GetRestApi", 1),
        ("apigateway:GetStages", 1),
    ];
    assert_eq!(names, expected);
}

#[tokio::test]
async fn a_deployment_knows_when_it_is_behind() {
    let cloud = Cloud::start().await;
    let sample = Sample::make(&cloud).await;
    let deployment = sample.deploy(&cloud).await;
    assert_eq!(deployment.get("live_sha256"), deployment.get("definition_sha256"));
    cloud.update(METHOD, &sample.get, &[("api_key_required", true.into())]).await;
    let behind = cloud.read(DEPLOYMENT, &deployment).await.unwrap();
    assert_eq!(behind.get("definition_sha256"), deployment.get("definition_sha256"));
    assert_ne!(behind.get("live_sha256"), deployment.get("definition_sha256"));
    let next = sample.deploy(&cloud).await;
    assert_eq!(next.get("definition_sha256"), behind.get("live_sha256"));
    let id = format!("{}/{}", next.str("rest_api_id").unwrap(), next.str("id").unwrap());
    assert_same(DEPLOYMENT, &next, &cloud.import(DEPLOYMENT, &id).await);
}

#[tokio::test]
async fn a_deployment_with_triggers_looks_at_nothing_else() {
    let cloud = Cloud::start().await;
    let sample = Sample::make(&cloud).await;
    let arguments =
        [("rest_api_id", sample.id()), ("triggers", map([("a", "1")])), ("description", "d".into())];
    let deployment = cloud.create(DEPLOYMENT, &arguments).await;
    assert!(deployment.get("definition_sha256").is_null());
    let before = cloud.provider.calls();
    cloud.unchanged(&[(DEPLOYMENT, &deployment)]).await;
    assert_eq!(cloud.calls_since(&before).into_keys().collect::<Vec<_>>(), ["apigateway:GetDeployment"]);
    let changed = cloud.update(DEPLOYMENT, &deployment, &[("description", "e".into())]).await;
    cloud.unchanged(&[(DEPLOYMENT, &changed)]).await;
    cloud.delete(DEPLOYMENT, &changed).await;
    assert!(cloud.read(DEPLOYMENT, &changed).await.is_none());
}

#[tokio::test]
async fn a_stage_lives() {
    let cloud = Cloud::start().await;
    let sample = Sample::make(&cloud).await;
    let deployment = sample.deploy(&cloud).await;
    let stage = sample.stage(&cloud, &deployment, "dev").await;
    cloud.unchanged(&[(STAGE, &stage)]).await;
    let id = format!("{}/dev", sample.api.str("id").unwrap());
    assert_same(STAGE, &stage, &cloud.import(STAGE, &id).await);
    let next = sample.deploy(&cloud).await;
    let changes = [
        ("deployment_id", text(&next, "id")),
        ("description", "Development".into()),
        ("variables", map([("alias", "test"), ("url", "https://example.com")])),
        ("xray_tracing_enabled", true.into()),
        ("tags", map([("a", "b")])),
        ("tags_all", map([("a", "b"), ("team", "web")])),
    ];
    let changed = cloud.update(STAGE, &stage, &changes).await;
    cloud.unchanged(&[(STAGE, &changed)]).await;
    cloud.delete(DEPLOYMENT, &deployment).await;
    let changed = cloud.update(STAGE, &changed, &[("variables", none()), ("description", none())]).await;
    cloud.unchanged(&[(STAGE, &changed)]).await;
    cloud.delete(STAGE, &changed).await;
    assert!(cloud.read(STAGE, &changed).await.is_none());
    cloud.delete(STAGE, &changed).await;
}

#[tokio::test]
async fn settings_of_methods_live() {
    let cloud = Cloud::start().await;
    let sample = Sample::make(&cloud).await;
    let deployment = sample.deploy(&cloud).await;
    let stage = sample.stage(&cloud, &deployment, "dev").await;
    for path in ["*/*", "items/GET"] {
        let arguments = [
            ("rest_api_id", sample.id()),
            ("stage_name", "dev".into()),
            ("method_path", path.into()),
            ("settings", once([("metrics_enabled", true.into()), ("logging_level", "INFO".into())])),
        ];
        let settings = cloud.create(SETTINGS, &arguments).await;
        cloud.unchanged(&[(SETTINGS, &settings), (STAGE, &stage)]).await;
        let block = settings.block("settings").unwrap().clone();
        let block = block.with("throttling_rate_limit", 10.into()).with("metrics_enabled", false.into());
        let changed = cloud.update(SETTINGS, &settings, &[("settings", Value::tuple(vec![block]))]).await;
        cloud.unchanged(&[(SETTINGS, &changed)]).await;
        let id = format!("{}/dev/{path}", sample.api.str("id").unwrap());
        let imported = cloud.import(SETTINGS, &id).await;
        assert_eq!(imported.block("settings").unwrap().get("throttling_rate_limit").as_i64(), Some(10));
        cloud.delete(SETTINGS, &changed).await;
        assert!(cloud.read(SETTINGS, &changed).await.is_none());
        cloud.delete(SETTINGS, &changed).await;
    }
}

#[tokio::test]
async fn keys_and_plans_live() {
    let cloud = Cloud::start().await;
    let sample = Sample::make(&cloud).await;
    let deployment = sample.deploy(&cloud).await;
    sample.stage(&cloud, &deployment, "dev").await;
    let key = cloud.create(KEY, &[("name", "k".into()), ("tags", map([("a", "b")]))]).await;
    assert!(key.get("value").marks.is_sensitive());
    let stage = || {
        let throttle =
            once([("path", "/items/GET".into()), ("burst_limit", 5.into()), ("rate_limit", 2.into())]);
        once([("api_id", sample.id()), ("stage", "dev".into()), ("throttle", throttle)])
    };
    let arguments = [
        ("name", "p".into()),
        ("api_stages", stage()),
        ("quota_settings", once([("limit", 20.into()), ("offset", 2.into()), ("period", "WEEK".into())])),
        ("throttle_settings", once([("burst_limit", 5.into()), ("rate_limit", 10.into())])),
    ];
    let plan = cloud.create(PLAN, &arguments).await;
    let arguments =
        [("usage_plan_id", text(&plan, "id")), ("key_id", text(&key, "id")), ("key_type", "API_KEY".into())];
    let on_plan = cloud.create(PLAN_KEY, &arguments).await;
    cloud.unchanged(&[(KEY, &key), (PLAN, &plan), (PLAN_KEY, &on_plan)]).await;
    assert_same(KEY, &key, &cloud.import(KEY, key.str("id").unwrap()).await);
    assert_same(PLAN, &plan, &cloud.import(PLAN, plan.str("id").unwrap()).await);
    let id = format!("{}/{}", plan.str("id").unwrap(), key.str("id").unwrap());
    assert_same(PLAN_KEY, &on_plan, &cloud.import(PLAN_KEY, &id).await);
    let key = cloud.update(KEY, &key, &[("enabled", false.into()), ("description", "d".into())]).await;
    let changes = [
        ("description", "d".into()),
        ("quota_settings", once([("limit", 30.into()), ("offset", 0.into()), ("period", "MONTH".into())])),
        ("throttle_settings", none()),
    ];
    let plan = cloud.update(PLAN, &plan, &changes).await;
    cloud.unchanged(&[(KEY, &key), (PLAN, &plan)]).await;
    cloud.delete(PLAN_KEY, &on_plan).await;
    assert!(cloud.read(PLAN_KEY, &on_plan).await.is_none());
    // The stage is still on the plan.
    cloud.delete(PLAN, &plan).await;
    assert!(cloud.read(PLAN, &plan).await.is_none());
    cloud.delete(KEY, &key).await;
    assert!(cloud.read(KEY, &key).await.is_none());
}

#[tokio::test]
async fn many_objects_are_read_by_list() {
    let cloud = Cloud::start().await;
    let mut apis = Vec::new();
    let mut keys = Vec::new();
    for number in 0..4 {
        apis.push(cloud.create(API, &[("name", format!("api-{number}").into())]).await);
        keys.push(cloud.create(KEY, &[("name", format!("key-{number}").into())]).await);
    }
    let mut all: Vec<(&str, &Known)> = apis.iter().map(|api| (API, api)).collect();
    all.extend(keys.iter().map(|key| (KEY, key)));
    let before = cloud.provider.calls();
    cloud.unchanged(&all).await;
    let names: Vec<String> = cloud.calls_since(&before).into_keys().collect();
    assert_eq!(names, ["apigateway:GetApiKeys", "apigateway:GetRestApis"]);
}

#[tokio::test]
async fn what_a_lost_create_made_is_found() {
    let cloud = Cloud::start().await;
    let since_ms = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis();
    let since_ms = i64::try_from(since_ms).unwrap();
    let sample = Sample::make(&cloud).await;
    let deployment = sample.deploy(&cloud).await;
    let stage = sample.stage(&cloud, &deployment, "dev").await;
    let mut all = sample.parts().to_vec();
    all.extend([(DEPLOYMENT, &deployment), (STAGE, &stage)]);
    for (kind, made) in all {
        // What was wanted is what was made, without what AWS gave.
        let given = ["id", "arn", "execution_arn", "root_resource_id", "created_date", "invoke_url", "path"];
        let want = given.iter().fold(Value::from(made.clone()), |want, name| {
            let ty = want.get(name).ty();
            if want.entries().unwrap().contains_key(*name) { want.with(name, Value::null(ty)) } else { want }
        });
        let want = Known::new(want).unwrap();
        let found = cloud.provider.adopt(kind, &want, since_ms).await.unwrap();
        let mine = |found: &Known| found.get("id") == made.get("id");
        assert!(found.iter().any(mine), "{kind}: {found:?}");
        if cloud.is_sandbox() {
            assert_eq!(found.len(), 1, "{kind}");
            assert_same(kind, made, &found[0]);
        }
    }
    if cloud.is_sandbox() {
        let want = cloud.want(API, &[("name", "items-api".into())]);
        assert_eq!(cloud.provider.adopt(API, &want, since_ms + 3_600_000).await.unwrap(), []);
    }
}
