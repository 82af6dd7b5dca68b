//! Writing objects.

use std::collections::BTreeMap;

use super::payload::{Payload, etag};
use super::store::{Body, NULL, Object, Versioning};
use super::{Place, condition, no_key, xml};
use crate::ids::Ids;
use crate::time;
use crate::wire::{Answer, Call, Outcome, Refusal, percent_decode};
use crate::world::World;
use crate::xml::Xml;

/// The headers that are kept with an object and given back.
const KEPT: [&str; 6] = [
    "content-type",
    "cache-control",
    "content-disposition",
    "content-language",
    "expires",
    "x-amz-server-side-encryption",
];
const KEY_BYTES_MAX: usize = 1024;

pub(super) fn put(world: &mut World, call: &Call, place: &Place) -> Outcome {
    let mut ids = world.ids.clone();
    let bucket = world.s3.bucket(&place.bucket)?;
    if place.key.len() > KEY_BYTES_MAX {
        return Err(Refusal::new(400, "KeyTooLongError", "Your key is too long"));
    }
    let Payload { bytes, checksums } = Payload::of(call)?;
    condition::check_write(call, bucket, &place.key)?;
    let object = Object {
        version: version_id(bucket.versioning, &mut ids),
        deleted: false,
        etag: etag(&bytes),
        body: Body(bytes),
        modified_ms: call.now_ms,
        headers: kept(call),
        checksums,
    };
    let mut answer = Answer::empty(200).with("ETag", object.etag.clone());
    if bucket.versioning != Versioning::Never {
        answer = answer.with("x-amz-version-id", object.version.clone());
    }
    for (name, value) in &object.checksums {
        answer = answer.with(name.clone(), value.clone());
    }
    bucket.push(&place.key, object);
    world.ids = ids;
    Ok(answer)
}

pub(super) fn copy(world: &mut World, call: &Call, place: &Place) -> Outcome {
    let mut ids = world.ids.clone();
    let source = percent_decode(call.header("x-amz-copy-source").unwrap_or_default());
    let (source, version) = match source.split_once("?versionId=") {
        Some((source, version)) => (source, Some(version)),
        None => (source.as_str(), None),
    };
    let (bucket, key) = source.trim_start_matches('/').split_once('/').unwrap_or_default();
    let from = world.s3.bucket(bucket)?;
    let found = version.map_or_else(|| from.current(key), |version| from.version(key, version));
    let mut object = found.cloned().ok_or_else(|| no_key(key))?;
    if call.header("x-amz-metadata-directive") == Some("REPLACE") {
        object.headers = kept(call);
    }
    let bucket = world.s3.bucket(&place.bucket)?;
    condition::check_write(call, bucket, &place.key)?;
    object.version = version_id(bucket.versioning, &mut ids);
    object.modified_ms = call.now_ms;
    let shown = Xml::new().text("LastModified", &time::iso_ms(object.modified_ms)).text("ETag", &object.etag);
    let mut answer = xml("CopyObjectResult", shown);
    if bucket.versioning != Versioning::Never {
        answer = answer.with("x-amz-version-id", object.version.clone());
    }
    bucket.push(&place.key, object);
    world.ids = ids;
    Ok(answer)
}

/// Returns the id the next version gets.
pub(super) fn version_id(versioning: Versioning, ids: &mut Ids) -> String {
    match versioning {
        Versioning::Enabled => ids.next_id(32),
        Versioning::Never | Versioning::Suspended => NULL.to_owned(),
    }
}

fn kept(call: &Call) -> BTreeMap<String, String> {
    let own = |name: &str| KEPT.contains(&name) || name.starts_with("x-amz-meta-");
    let mut headers: BTreeMap<String, String> = call
        .headers
        .iter()
        .filter(|(name, _)| own(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let encoding = call.header("content-encoding").unwrap_or_default();
    let parts: Vec<&str> = encoding
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty() && *part != "aws-chunked")
        .collect();
    if !parts.is_empty() {
        headers.insert("content-encoding".to_owned(), parts.join(","));
    }
    headers.entry("content-type".to_owned()).or_insert_with(|| "binary/octet-stream".to_owned());
    headers
}
