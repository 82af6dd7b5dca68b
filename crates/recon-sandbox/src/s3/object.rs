//! Reading and deleting objects.

use super::store::{Body, Bucket, Object, Versioning};
use super::{Place, condition, no_key, put};
use crate::ids::Ids;
use crate::time;
use crate::wire::{Answer, Call, Outcome, Refusal};
use crate::world::World;

pub(super) fn get(world: &mut World, call: &Call, place: &Place) -> Outcome {
    let bucket = world.s3.bucket(&place.bucket)?;
    let object = find(bucket, call, &place.key)?;
    condition::check_read(call, object)?;
    let answer = described(object, bucket.versioning, call);
    let whole = &object.body.0;
    let Some((first, end)) = range(call, whole.len())? else {
        return Ok(Answer { body: whole.clone(), ..answer });
    };
    let part = whole.get(first..end).unwrap_or_default().to_vec();
    let range = format!("bytes {first}-{}/{}", end.saturating_sub(1), whole.len());
    Ok(Answer { status: 206, body: part, ..answer }.with("Content-Range", range))
}

pub(super) fn head(world: &mut World, call: &Call, place: &Place) -> Outcome {
    let bucket = world.s3.bucket(&place.bucket)?;
    let object = find(bucket, call, &place.key)?;
    condition::check_read(call, object)?;
    let length = object.body.0.len().to_string();
    Ok(described(object, bucket.versioning, call).with("Content-Length", length))
}

pub(super) fn delete(world: &mut World, call: &Call, place: &Place) -> Outcome {
    let mut ids = world.ids.clone();
    let bucket = world.s3.bucket(&place.bucket)?;
    if call.header("if-match").is_some() {
        condition::check_write(call, bucket, &place.key)?;
    }
    let gone = erase(bucket, &place.key, call.query_one("versionId"), &mut ids, call.now_ms);
    let mut answer = Answer::empty(204);
    if gone.marker {
        answer = answer.with("x-amz-delete-marker", "true");
    }
    if let Some(version) = gone.version {
        answer = answer.with("x-amz-version-id", version);
    }
    world.ids = ids;
    Ok(answer)
}

/// What deleting left behind or took away.
pub(super) struct Gone {
    /// Whether it made or removed a delete marker.
    pub marker: bool,
    /// The version it made or removed.
    pub version: Option<String>,
}

/// Deletes an object, or one version of it. Deleting what does not exist succeeds.
pub(super) fn erase(
    bucket: &mut Bucket,
    key: &str,
    version: Option<&str>,
    ids: &mut Ids,
    now_ms: i64,
) -> Gone {
    if let Some(version) = version {
        let removed = bucket.remove(key, version);
        return Gone {
            marker: removed.is_some_and(|object| object.deleted),
            version: Some(version.to_owned()),
        };
    }
    if bucket.versioning == Versioning::Never {
        bucket.objects.remove(key);
        return Gone { marker: false, version: None };
    }
    let version = put::version_id(bucket.versioning, ids);
    let marker = Object {
        version: version.clone(),
        deleted: true,
        body: Body::default(),
        etag: String::new(),
        modified_ms: now_ms,
        headers: std::collections::BTreeMap::new(),
        checksums: std::collections::BTreeMap::new(),
    };
    bucket.push(key, marker);
    Gone { marker: true, version: Some(version) }
}

fn find<'a>(bucket: &'a Bucket, call: &Call, key: &str) -> Result<&'a Object, Refusal> {
    let Some(version) = call.query_one("versionId") else {
        return bucket.current(key).ok_or_else(|| no_key(key));
    };
    let object = bucket.version(key, version).ok_or_else(|| {
        Refusal::new(404, "NoSuchVersion", "The specified version does not exist.")
            .with("Key", key)
            .with("VersionId", version)
    })?;
    if object.deleted {
        let message = "The specified method is not allowed against this resource.";
        return Err(Refusal::new(405, "MethodNotAllowed", message).with("Method", call.method.as_str()));
    }
    Ok(object)
}

fn described(object: &Object, versioning: Versioning, call: &Call) -> Answer {
    let mut answer = Answer::empty(200)
        .with("ETag", object.etag.clone())
        .with("Last-Modified", time::http(object.modified_ms))
        .with("Accept-Ranges", "bytes");
    for (name, value) in &object.headers {
        answer = answer.with(name.clone(), value.clone());
    }
    if versioning != Versioning::Never {
        answer = answer.with("x-amz-version-id", object.version.clone());
    }
    if call.header("x-amz-checksum-mode").is_some_and(|mode| mode.eq_ignore_ascii_case("enabled"))
        && call.header("range").is_none()
    {
        for (name, value) in &object.checksums {
            answer = answer.with(name.clone(), value.clone());
        }
    }
    answer
}

/// Returns the part a `Range` asks for, first byte and end; a header that is not understood counts as none.
fn range(call: &Call, length: usize) -> Result<Option<(usize, usize)>, Refusal> {
    let Some(spec) = call.header("range").and_then(|header| header.strip_prefix("bytes=")) else {
        return Ok(None);
    };
    let Some((first, last)) = spec.split_once('-') else { return Ok(None) };
    let bounds = match (first.parse::<usize>(), last.parse::<usize>()) {
        (Ok(first), Ok(last)) if first <= last => (first, last.saturating_add(1).min(length)),
        (Ok(first), Err(_)) if last.is_empty() => (first, length),
        (Err(_), Ok(count)) if first.is_empty() => (length.saturating_sub(count), length),
        _ => return Ok(None),
    };
    if bounds.0 >= bounds.1 {
        return Err(Refusal::new(416, "InvalidRange", "The requested range is not satisfiable"));
    }
    Ok(Some(bounds))
}
