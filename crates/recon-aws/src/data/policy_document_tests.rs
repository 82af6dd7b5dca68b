//! Tests of policy documents: bytes as Terraform prints them.

use recon_core::Type;
use test_case::test_case;

use super::*;

fn texts(texts: &[&str]) -> Value {
    Value::strings(texts.iter().copied())
}

fn blocks(blocks: Vec<Value>) -> Value {
    Value::tuple(blocks)
}

fn principals(kind: &str, identifiers: &[&str]) -> Value {
    Value::object([("type", Value::from(kind)), ("identifiers", texts(identifiers))])
}

fn condition(test: &str, variable: &str, values: &[&str]) -> Value {
    Value::object([
        ("test", Value::from(test)),
        ("variable", Value::from(variable)),
        ("values", texts(values)),
    ])
}

fn statement(parts: Vec<(&'static str, Value)>) -> Value {
    Value::object(parts)
}

fn known(parts: Vec<(&'static str, Value)>) -> Known {
    let names = ["id", "json", "minified_json", "version"].map(|name| (name, Value::null(Type::String)));
    Known::with_nulls(&Value::object(names.into_iter().chain(parts)))
}

fn json(parts: Vec<(&'static str, Value)>) -> String {
    read(&known(parts)).unwrap().str("json").unwrap().to_owned()
}

#[test]
fn a_statement_prints_its_parts_in_order_and_lists_falling() {
    let statement = statement(vec![
        ("sid", Value::from("1")),
        ("actions", texts(&["s3:GetBucketLocation", "s3:ListAllMyBuckets"])),
        ("resources", texts(&["arn:aws:s3:::foo/home/&{aws:username}"])),
        ("not_principals", blocks(vec![principals("AWS", &["arn:b", "arn:a", "arn:c"])])),
        (
            "condition",
            blocks(vec![condition("StringLike", "s3:prefix", &["home/", "", "home/&{aws:username}/"])]),
        ),
    ]);
    insta::assert_snapshot!(json(vec![("policy_id", Value::from("id")), ("statement", blocks(vec![statement]))]), @r#"
    {
      "Version": "2012-10-17",
      "Id": "id",
      "Statement": [
        {
          "Sid": "1",
          "Effect": "Allow",
          "Action": [
            "s3:ListAllMyBuckets",
            "s3:GetBucketLocation"
          ],
          "Resource": "arn:aws:s3:::foo/home/${aws:username}",
          "NotPrincipal": {
            "AWS": [
              "arn:c",
              "arn:b",
              "arn:a"
            ]
          },
          "Condition": {
            "StringLike": {
              "s3:prefix": [
                "home/",
                "",
                "home/${aws:username}/"
              ]
            }
          }
        }
      ]
    }
    "#);
}

#[test]
fn an_empty_document_has_a_version_only() {
    let document = read(&known(vec![("override_policy_documents", texts(&[""]))])).unwrap();
    assert_eq!(document.str("json"), Some("{\n  \"Version\": \"2012-10-17\"\n}"));
    assert_eq!(document.str("minified_json"), Some(r#"{"Version":"2012-10-17"}"#));
}

fn principal(all: Vec<Value>) -> serde_json::Value {
    let statement = statement(vec![("principals", blocks(all))]);
    let json: serde_json::Value =
        serde_json::from_str(&json(vec![("statement", blocks(vec![statement]))])).unwrap();
    json["Statement"][0]["Principal"].clone()
}

#[test]
fn everybody_is_a_star() {
    assert_eq!(principal(vec![principals("*", &["*"])]), serde_json::json!("*"));
    assert_eq!(principal(vec![principals("AWS", &["*"])]), serde_json::json!({"AWS": "*"}));
}

#[test]
fn blocks_of_one_kind_of_principal_fall_together() {
    let root = |n: &str| format!("arn:aws:iam::{}:root", n.repeat(12));
    let all = vec![principals("AWS", &[&root("2"), &root("3")]), principals("AWS", &[&root("1")])];
    assert_eq!(principal(all), serde_json::json!({"AWS": [root("1"), root("3"), root("2")]}));
}

#[test]
fn conditions_of_one_variable_fall_together() {
    let conditions = vec![
        condition("StringEquals", "s3:prefix", &["three/"]),
        condition("StringEquals", "s3:prefix", &["one/", "two/"]),
    ];
    let statement = statement(vec![("condition", blocks(conditions))]);
    let json: serde_json::Value =
        serde_json::from_str(&json(vec![("statement", blocks(vec![statement]))])).unwrap();
    let values = &json["Statement"][0]["Condition"]["StringEquals"]["s3:prefix"];
    assert_eq!(*values, serde_json::json!(["one/", "two/", "three/"]));
}

const A: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"a"},{"Sid":"x","Effect":"Allow","Action":["b"]}]}"#;
const B: &str = r#"{"Statement":{"Sid":"x","Effect":"Deny","Action":"c","Condition":{"Bool":{"k":true}},"Principal":{"AWS":["1","2"]}}}"#;

fn minified(parts: Vec<(&'static str, Value)>) -> Result<String, String> {
    read(&known(parts)).map(|document| document.str("minified_json").unwrap().to_owned())
}

#[test]
fn an_override_stands_in_the_place_of_the_statement_with_its_id() {
    let merged = minified(vec![("override_policy_documents", texts(&[A, B]))]).unwrap();
    insta::assert_snapshot!(merged, @r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"a"},{"Sid":"x","Effect":"Deny","Action":"c","Principal":{"AWS":["2","1"]},"Condition":{"Bool":{"k":"true"}}}]}"#);
}

#[test]
fn own_statements_stand_in_the_place_of_those_of_sources() {
    let own = statement(vec![("sid", Value::from("x")), ("actions", texts(&["z"]))]);
    let merged =
        minified(vec![("source_policy_documents", texts(&[A])), ("statement", blocks(vec![own]))]).unwrap();
    insta::assert_snapshot!(merged, @r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"a"},{"Sid":"x","Effect":"Allow","Action":"z"}]}"#);
}

#[test_case(vec![("source_policy_documents", texts(&[A, B]))], "duplicate Sid (x)"; "sources with one id")]
#[test_case(vec![("source_policy_documents", texts(&["{"]))], "\"source_policy_documents.0\" contains an invalid JSON: unexpected end of JSON input"; "not json")]
#[test_case(vec![("statement", blocks(vec![statement(vec![("sid", Value::from("s"))]), statement(vec![("sid", Value::from("s"))])]))], "duplicate Sid (s)"; "statements with one id")]
#[test_case(vec![("version", Value::from("2008-10-17")), ("statement", blocks(vec![statement(vec![("resources", texts(&["&{aws:username}"]))])]))], "found &{ sequence in (&{aws:username})"; "variable in an old document")]
fn mistakes(parts: Vec<(&'static str, Value)>, message: &str) {
    let error = minified(parts).unwrap_err();
    assert!(error.contains(message), "{error}");
}

#[test]
fn an_effect_that_is_none_is_refused() {
    let statement = statement(vec![("effect", Value::from("allow"))]);
    assert_eq!(PolicyDocument.check(&Value::object([("statement", blocks(vec![statement]))])).len(), 1);
}
