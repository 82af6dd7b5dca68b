//! The rules of objects, call by call.

use super::*;
use crate::wire::parse_form;
use crate::world::Pace;

fn call(method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Call {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    Call {
        method: method.into(),
        path: path.split('/').map(str::to_owned).collect(),
        query: parse_form(query),
        headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        body: body.to_vec(),
        region: "us-east-1".into(),
        ..Call::default()
    }
}

fn ask(world: &mut World, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Outcome {
    handle(world, &call(method, path, headers, body))
}

fn with_bucket() -> World {
    let mut world = World::new(1, Pace::default());
    ask(&mut world, "PUT", "box", &[], b"").unwrap();
    world
}

fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    answer.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

fn code(outcome: Outcome) -> (u16, &'static str) {
    let refusal = outcome.unwrap_err();
    (refusal.status, refusal.code)
}

#[test]
fn object_is_created_once_under_if_none_match() {
    let mut world = with_bucket();
    let once = [("if-none-match", "*")];
    assert!(ask(&mut world, "PUT", "box/lock", &once, b"1").is_ok());
    assert_eq!(code(ask(&mut world, "PUT", "box/lock", &once, b"2")), (412, "PreconditionFailed"));
    ask(&mut world, "DELETE", "box/lock", &[], b"").unwrap();
    assert!(ask(&mut world, "PUT", "box/lock", &once, b"3").is_ok());
}

#[test]
fn object_is_replaced_under_if_match_of_the_latest() {
    let mut world = with_bucket();
    let first = ask(&mut world, "PUT", "box/a/state", &[], b"1").unwrap();
    let tag = header(&first, "etag").unwrap().to_owned();
    assert!(ask(&mut world, "PUT", "box/a/state", &[("if-match", &tag)], b"2").is_ok());
    assert_eq!(code(ask(&mut world, "PUT", "box/a/state", &[("if-match", &tag)], b"3")).0, 412);
    assert_eq!(code(ask(&mut world, "PUT", "box/none", &[("if-match", &tag)], b"3")), (404, "NoSuchKey"));
    assert_eq!(ask(&mut world, "GET", "box/a/state", &[], b"").unwrap().body, b"2");
}

#[test]
fn versions_are_kept_and_deletion_leaves_a_marker() {
    let mut world = with_bucket();
    let on = b"<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
    ask(&mut world, "PUT", "box?versioning", &[], on).unwrap();
    let first = ask(&mut world, "PUT", "box/k", &[], b"1").unwrap();
    let id = header(&first, "x-amz-version-id").unwrap().to_owned();
    ask(&mut world, "PUT", "box/k", &[], b"2").unwrap();
    let gone = ask(&mut world, "DELETE", "box/k", &[], b"").unwrap();
    assert_eq!(header(&gone, "x-amz-delete-marker"), Some("true"));
    assert_eq!(code(ask(&mut world, "GET", "box/k", &[], b"")), (404, "NoSuchKey"));
    assert_eq!(ask(&mut world, "GET", &format!("box/k?versionId={id}"), &[], b"").unwrap().body, b"1");
    assert_eq!(code(ask(&mut world, "DELETE", "box", &[], b"")), (409, "BucketNotEmpty"));
}

#[test]
fn wrong_digests_are_refused() {
    let mut world = with_bucket();
    let wrong = [("x-amz-checksum-sha256", "AAAA")];
    assert_eq!(code(ask(&mut world, "PUT", "box/k", &wrong, b"1")), (400, "BadDigest"));
    let hash = "0".repeat(64);
    let outcome = ask(&mut world, "PUT", "box/k", &[("x-amz-content-sha256", &hash)], b"1");
    assert_eq!(code(outcome), (400, "XAmzContentSHA256Mismatch"));
}

#[test]
fn listing_pages_and_groups() {
    let mut world = with_bucket();
    for key in ["a/1", "a/2", "b", "c/1"] {
        ask(&mut world, "PUT", &format!("box/{key}"), &[], b"").unwrap();
    }
    let text = |outcome: Outcome| String::from_utf8(outcome.unwrap().body).unwrap();
    let first = text(ask(&mut world, "GET", "box?list-type=2&delimiter=/&max-keys=2", &[], b""));
    assert!(first.contains("<Prefix>a/</Prefix>") && first.contains("<Key>b</Key>"), "{first}");
    assert!(first.contains("<NextContinuationToken>b<"), "{first}");
    let next = "box?list-type=2&delimiter=/&max-keys=2&continuation-token=b";
    let second = text(ask(&mut world, "GET", next, &[], b""));
    assert!(second.contains("<Prefix>c/</Prefix>") && second.contains("<IsTruncated>false<"), "{second}");
}

#[test]
fn range_gives_a_part() {
    let mut world = with_bucket();
    ask(&mut world, "PUT", "box/k", &[], b"0123456789").unwrap();
    let part = ask(&mut world, "GET", "box/k", &[("range", "bytes=2-4")], b"").unwrap();
    assert_eq!((part.status, part.body.as_slice()), (206, &b"234"[..]));
    assert_eq!(code(ask(&mut world, "GET", "box/k", &[("range", "bytes=99-")], b"")).0, 416);
}

#[test]
fn unknown_subresource_is_not_taken_for_an_object_call() {
    let mut world = with_bucket();
    assert_eq!(code(ask(&mut world, "PUT", "box?policy", &[], b"")).0, 501);
}
