//! The life of what an API may have besides: authorizers, models, validators, policies, documents, domains, links,
//! and the data sources.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use recon_core::{Known, Value};

use crate::cloud::{Cloud, assert_same, none, once, text};

const AUTHORIZER_URI: &str = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:f/invocations";

const API: &str = "aws_api_gateway_rest_api";

fn map<const N: usize>(entries: [(&str, &str); N]) -> Value {
    Value::string_map(entries)
}

/// One life: made, read, imported, changed, deleted.
struct Life {
    kind: &'static str,
    made_with: Vec<(&'static str, Value)>,
    changed_to: Vec<(&'static str, Value)>,
    id: &'static str,
}

impl Life {
    /// `id` has attributes in braces: `{rest_api_id}/{name}`.
    async fn live(self, cloud: &Cloud) -> Known {
        let Self { kind, made_with, changed_to, id } = self;
        let made = cloud.create(kind, &made_with).await;
        cloud.unchanged(&[(kind, &made)]).await;
        assert_same(kind, &made, &cloud.import(kind, &filled(id, &made)).await);
        let changed = if changed_to.is_empty() { made } else { cloud.update(kind, &made, &changed_to).await };
        cloud.unchanged(&[(kind, &changed)]).await;
        changed
    }

    async fn live_and_die(self, cloud: &Cloud) {
        let kind = self.kind;
        let last = self.live(cloud).await;
        cloud.delete(kind, &last).await;
        assert!(cloud.read(kind, &last).await.is_none(), "{kind}");
        cloud.delete(kind, &last).await;
    }
}

fn filled(id: &str, object: &Known) -> String {
    let names: Vec<String> = object.entries().unwrap().keys().map(ToString::to_string).collect();
    names.iter().fold(id.to_owned(), |id, name| {
        id.replace(&format!("{{{name}}}"), object.str(name).unwrap_or_default())
    })
}

async fn api(cloud: &Cloud) -> Known {
    cloud.create(API, &[("name", "a".into())]).await
}

#[tokio::test]
async fn parts_that_are_lists_live() {
    let cloud = Cloud::start().await;
    let api = api(&cloud).await;
    let of_api = ("rest_api_id", text(&api, "id"));
    let lives = [
        Life {
            kind: "aws_api_gateway_model",
            made_with: vec![
                of_api.clone(),
                ("name", "Pet".into()),
                ("content_type", "application/json".into()),
                ("schema", "{\"type\":\"object\"}".into()),
            ],
            changed_to: vec![("description", "A pet".into()), ("schema", "{}".into())],
            id: "{rest_api_id}/{name}",
        },
        Life {
            kind: "aws_api_gateway_request_validator",
            made_with: vec![of_api.clone(), ("name", "v".into()), ("validate_request_body", true.into())],
            changed_to: vec![("name", "w".into()), ("validate_request_parameters", true.into())],
            id: "{rest_api_id}/{id}",
        },
        Life {
            kind: "aws_api_gateway_authorizer",
            made_with: vec![
                of_api.clone(),
                ("name", "a".into()),
                ("authorizer_uri", AUTHORIZER_URI.into()),
            ],
            changed_to: vec![
                ("authorizer_result_ttl_in_seconds", 0.into()),
                ("identity_validation_expression", "^x".into()),
            ],
            id: "{rest_api_id}/{id}",
        },
        Life {
            kind: "aws_api_gateway_gateway_response",
            made_with: vec![
                of_api.clone(),
                ("response_type", "UNAUTHORIZED".into()),
                ("status_code", "401".into()),
                ("response_templates", map([("application/json", "{}"), ("text/plain", "")])),
            ],
            changed_to: vec![("response_parameters", map([("gatewayresponse.header.A", "'b'")]))],
            id: "{rest_api_id}/{response_type}",
        },
        Life {
            kind: "aws_api_gateway_documentation_part",
            made_with: vec![
                of_api.clone(),
                ("location", once([("type", "METHOD".into()), ("method", "GET".into()), ("path", "/a".into())])),
                ("properties", "{\"description\":\"a\"}".into()),
            ],
            changed_to: vec![("properties", "{\"description\":\"b\"}".into())],
            id: "{id}",
        },
        Life {
            kind: "aws_api_gateway_documentation_version",
            made_with: vec![of_api.clone(), ("version", "1".into())],
            changed_to: vec![("description", "first".into())],
            id: "{id}",
        },
        Life {
            kind: "aws_api_gateway_rest_api_policy",
            made_with: vec![
                of_api.clone(),
                (
                    "policy",
                    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"execute-api:Invoke","Resource":"arn:aws:execute-api:us-east-1:123456789012:x/*"}]}"#.into(),
                ),
            ],
            changed_to: vec![(
                "policy",
                r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"execute-api:Invoke","Resource":"*"}]}"#.into(),
            )],
            id: "{id}",
        },
    ];
    for life in lives {
        life.live_and_die(&cloud).await;
    }
}

#[tokio::test]
async fn what_belongs_to_the_account_lives() {
    let cloud = Cloud::start().await;
    let link = Life {
        kind: "aws_api_gateway_vpc_link",
        made_with: vec![
            ("name", "l".into()),
            (
                "target_arns",
                Value::strings(["arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/a/1"]),
            ),
        ],
        changed_to: vec![("description", "link".into())],
        id: "{id}",
    };
    link.live_and_die(&cloud).await;
    let certificate = Life {
        kind: "aws_api_gateway_client_certificate",
        made_with: vec![("description", "c".into())],
        changed_to: vec![("description", none())],
        id: "{id}",
    };
    certificate.live_and_die(&cloud).await;
    let account = Life {
        kind: "aws_api_gateway_account",
        made_with: vec![],
        changed_to: vec![("cloudwatch_role_arn", "arn:aws:iam::123456789012:role/logs".into())],
        id: "api-gateway-account",
    };
    account.live(&cloud).await;
}

#[tokio::test]
async fn domain_names_live() {
    let cloud = Cloud::start().await;
    let api = api(&cloud).await;
    let domain = Life {
        kind: "aws_api_gateway_domain_name",
        made_with: vec![
            ("domain_name", "api.example.com".into()),
            ("regional_certificate_arn", "arn:aws:acm:us-east-1:123456789012:certificate/a".into()),
            ("endpoint_configuration", once([("types", Value::strings(["REGIONAL"]))])),
        ],
        changed_to: vec![(
            "regional_certificate_arn",
            "arn:aws:acm:us-east-1:123456789012:certificate/b".into(),
        )],
        id: "{domain_name}",
    };
    let domain = domain.live(&cloud).await;
    for base_path in ["v1", ""] {
        let mapping = Life {
            kind: "aws_api_gateway_base_path_mapping",
            made_with: vec![
                ("domain_name", "api.example.com".into()),
                ("api_id", text(&api, "id")),
                ("base_path", if base_path.is_empty() { none() } else { base_path.into() }),
            ],
            changed_to: vec![("base_path", "v2".into())],
            id: "{id}",
        };
        mapping.live_and_die(&cloud).await;
    }
    let found = cloud.data("aws_api_gateway_domain_name", &[("domain_name", "api.example.com".into())]).await;
    assert_eq!(found.get("regional_domain_name"), domain.get("regional_domain_name"));
    cloud.delete("aws_api_gateway_domain_name", &domain).await;
}

#[tokio::test]
async fn an_api_from_a_document_lives() {
    let cloud = Cloud::start().await;
    let body = |path: &str| {
        let document = format!(
            r#"{{"openapi":"3.0.1","info":{{"title":"from-body","version":"1"}},"paths":{{"{path}":{{"get":{{"x-amazon-apigateway-integration":{{"type":"HTTP_PROXY","httpMethod":"GET","uri":"https://example.com"}}}}}}}}}}"#
        );
        Value::from(document)
    };
    let made = cloud
        .create(API, &[("name", "mine".into()), ("body", body("/a")), ("description", "d".into())])
        .await;
    assert_eq!((made.str("name"), made.str("description")), (Some("mine"), Some("d")));
    cloud.unchanged(&[(API, &made)]).await;
    let found = [("rest_api_id", text(&made, "id")), ("path", "/a".into())];
    cloud.data("aws_api_gateway_resource", &found).await;
    let changed = cloud.update(API, &made, &[("body", body("/b"))]).await;
    cloud.unchanged(&[(API, &changed)]).await;
    let found = [("rest_api_id", text(&made, "id")), ("path", "/b".into())];
    let found = cloud.data("aws_api_gateway_resource", &found).await;
    assert_eq!(found.get("parent_id"), made.get("root_resource_id"));
}

#[tokio::test]
async fn data_sources_find_what_was_made() {
    let cloud = Cloud::start().await;
    let api = api(&cloud).await;
    let found = cloud.data(API, &[("name", "a".into())]).await;
    for name in ["id", "arn", "execution_arn", "root_resource_id"] {
        assert_eq!(found.get(name), api.get(name), "{name}");
    }
    assert_eq!(found.get("tags"), &map([("team", "web")]));
    let key = cloud.create("aws_api_gateway_api_key", &[("name", "k".into())]).await;
    let found = cloud.data("aws_api_gateway_api_key", &[("id", text(&key, "id"))]).await;
    assert_eq!(found.get("value"), key.get("value"));
    let found = cloud.data("aws_api_gateway_api_keys", &[]).await;
    assert_eq!(found.get("items").items()[0].get("name"), key.get("name"));
    let found = cloud.data("aws_api_gateway_authorizers", &[("rest_api_id", text(&api, "id"))]).await;
    assert!(found.get("ids").items().is_empty());
    let unknown = cloud.want_data(API, &[("name", "nobody".into())]);
    let error = cloud.provider.read_data(API, &unknown).await.unwrap_err();
    assert_eq!(error.message, "there is no `nobody`");
}
