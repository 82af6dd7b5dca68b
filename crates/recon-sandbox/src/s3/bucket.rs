//! Buckets themselves.

use super::store::{Bucket, Versioning};
use super::{Place, no_bucket, xml};
use crate::time;
use crate::wire::{Answer, Call, Outcome, Refusal};
use crate::world::World;
use crate::xml::Xml;

pub(super) fn create(world: &mut World, call: &Call, place: &Place) -> Outcome {
    let name = &place.bucket;
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte);
    let ends = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let bounds = ends(name.bytes().next()) && ends(name.bytes().last());
    if !(3..=63).contains(&name.len()) || !bounds || !name.bytes().all(allowed) {
        return Err(Refusal::new(400, "InvalidBucketName", "The specified bucket is not valid.")
            .with("BucketName", name.as_str()));
    }
    if let Some(known) = world.s3.buckets.get(name) {
        // In the oldest region making one's own bucket again succeeds.
        if call.region == "us-east-1" && known.region == call.region {
            return Ok(Answer::empty(200).with("Location", format!("/{name}")));
        }
        let message = "Your previous request to create the named bucket succeeded and you already own it.";
        return Err(Refusal::new(409, "BucketAlreadyOwnedByYou", message).with("BucketName", name.as_str()));
    }
    let region = element(&call.body, "LocationConstraint").unwrap_or_else(|| call.region.clone());
    let bucket = Bucket { region, created_ms: call.now_ms, ..Bucket::default() };
    world.s3.buckets.insert(name.clone(), bucket);
    Ok(Answer::empty(200).with("Location", format!("/{name}")))
}

pub(super) fn head(world: &mut World, _call: &Call, place: &Place) -> Outcome {
    let bucket = world.s3.bucket(&place.bucket)?;
    Ok(Answer::empty(200).with("x-amz-bucket-region", bucket.region.clone()))
}

pub(super) fn delete(world: &mut World, _call: &Call, place: &Place) -> Outcome {
    if !world.s3.bucket(&place.bucket)?.objects.is_empty() {
        let message = "The bucket you tried to delete is not empty";
        return Err(Refusal::new(409, "BucketNotEmpty", message).with("BucketName", place.bucket.as_str()));
    }
    world.s3.buckets.remove(&place.bucket).map(|_| Answer::empty(204)).ok_or_else(|| no_bucket(&place.bucket))
}

#[expect(clippy::unnecessary_wraps, reason = "every operation has this shape")]
pub(super) fn list(world: &mut World, _call: &Call, _place: &Place) -> Outcome {
    let buckets = world.s3.buckets.iter().fold(Xml::new(), |list, (name, bucket)| {
        let shown = Xml::new().text("Name", name).text("CreationDate", &time::iso_ms(bucket.created_ms));
        list.nest("Bucket", &shown)
    });
    let owner = Xml::new().text("ID", &world.account).text("DisplayName", "sandbox");
    Ok(xml("ListAllMyBucketsResult", Xml::new().nest("Owner", &owner).nest("Buckets", &buckets)))
}

pub(super) fn get_location(world: &mut World, _call: &Call, place: &Place) -> Outcome {
    let region = world.s3.bucket(&place.bucket)?.region.clone();
    let shown = if region == "us-east-1" { String::new() } else { region };
    let namespace = "http://s3.amazonaws.com/doc/2006-03-01/";
    let document = format!("<LocationConstraint xmlns=\"{namespace}\">{shown}</LocationConstraint>");
    Ok(Answer::xml(200, document))
}

pub(super) fn get_versioning(world: &mut World, _call: &Call, place: &Place) -> Outcome {
    let status = match world.s3.bucket(&place.bucket)?.versioning {
        Versioning::Never => None,
        Versioning::Enabled => Some("Enabled"),
        Versioning::Suspended => Some("Suspended"),
    };
    Ok(xml("VersioningConfiguration", Xml::new().maybe("Status", status)))
}

pub(super) fn put_versioning(world: &mut World, call: &Call, place: &Place) -> Outcome {
    let bucket = world.s3.bucket(&place.bucket)?;
    bucket.versioning = match element(&call.body, "Status").as_deref() {
        Some("Enabled") => Versioning::Enabled,
        Some("Suspended") => Versioning::Suspended,
        _ => {
            let message =
                "The XML you provided was not well-formed or did not validate against our published schema";
            return Err(Refusal::new(400, "MalformedXML", message));
        }
    };
    Ok(Answer::empty(200))
}

/// Returns the text of the first element of a name. Requests here are one element deep.
fn element(body: &[u8], name: &str) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    let (inside, _) = rest.split_once("</")?;
    Some(inside.trim().to_owned())
}
