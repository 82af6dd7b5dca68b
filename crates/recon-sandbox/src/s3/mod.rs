//! S3: buckets and objects with conditional writes and versions. No multipart uploads, no access control.

mod bucket;
mod checksum;
mod condition;
mod delete_many;
mod list;
mod object;
mod payload;
mod put;
mod store;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub(crate) use self::store::Bucket;
use crate::wire::{Answer, Call, Outcome, Refusal};
use crate::world::World;

/// What S3 remembers: the buckets by name.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct S3 {
    buckets: BTreeMap<String, Bucket>,
}

/// What a call is about.
struct Place {
    bucket: String,
    key: String,
}

type Handler = fn(&mut World, &Call, &Place) -> Outcome;

/// The operations: method, whether a key is named, what the query must name, name and handler. The first that fits.
const OPERATIONS: [(&str, bool, &str, &str, Handler); 16] = [
    ("POST", false, "delete", "DeleteObjects", delete_many::delete_many),
    ("PUT", false, "versioning", "PutBucketVersioning", bucket::put_versioning),
    ("GET", false, "versioning", "GetBucketVersioning", bucket::get_versioning),
    ("GET", false, "location", "GetBucketLocation", bucket::get_location),
    ("GET", false, "versions", "ListObjectVersions", list::list_versions),
    ("GET", false, "list-type", "ListObjectsV2", list::list_second),
    ("GET", false, "", "ListObjects", list::list_first),
    ("PUT", false, "", "CreateBucket", bucket::create),
    ("HEAD", false, "", "HeadBucket", bucket::head),
    ("DELETE", false, "", "DeleteBucket", bucket::delete),
    ("PUT", true, "", "PutObject", put::put),
    ("GET", true, "", "GetObject", object::get),
    ("HEAD", true, "", "HeadObject", object::head),
    ("DELETE", true, "", "DeleteObject", object::delete),
    ("COPY", true, "", "CopyObject", put::copy),
    ("SERVICE", false, "", "ListBuckets", bucket::list),
];

/// Subresources that the sandbox does not have; a call that names one must not pass for a plain one.
const UNKNOWN: [&str; 22] = [
    "acl",
    "policy",
    "tagging",
    "lifecycle",
    "cors",
    "encryption",
    "website",
    "logging",
    "notification",
    "replication",
    "publicAccessBlock",
    "ownershipControls",
    "object-lock",
    "uploads",
    "uploadId",
    "partNumber",
    "accelerate",
    "requestPayment",
    "inventory",
    "metrics",
    "analytics",
    "policyStatus",
];

impl S3 {
    /// Returns the bytes of an object for another service, or code and message of why not.
    pub(crate) fn fetch(
        &self,
        bucket: &str,
        key: &str,
        version: Option<&str>,
    ) -> Result<&[u8], (&'static str, &'static str)> {
        let bucket =
            self.buckets.get(bucket).ok_or(("NoSuchBucket", "The specified bucket does not exist"))?;
        match version {
            None => bucket.current(key).ok_or(("NoSuchKey", "The specified key does not exist.")),
            Some(id) => {
                bucket.version(key, id).ok_or(("NoSuchVersion", "The specified version does not exist."))
            }
        }
        .map(|object| object.body.0.as_slice())
    }

    fn bucket(&mut self, name: &str) -> Result<&mut Bucket, Refusal> {
        self.buckets.get_mut(name).ok_or_else(|| no_bucket(name))
    }
}

/// Returns the operation a call is for.
pub(crate) fn operation(call: &Call) -> Option<&'static str> {
    find(call, &place(call)).map(|(name, _)| name)
}

/// Answers a call.
pub(crate) fn handle(world: &mut World, call: &Call) -> Outcome {
    let place = place(call);
    let (_, handler) = find(call, &place).ok_or_else(|| Refusal::unknown(call))?;
    handler(world, call, &place)
}

fn find(call: &Call, place: &Place) -> Option<(&'static str, Handler)> {
    if UNKNOWN.iter().any(|subresource| call.query.contains_key(*subresource)) {
        return None;
    }
    let keyed = !place.key.is_empty();
    let method = match call.method.as_str() {
        "GET" if place.bucket.is_empty() => "SERVICE",
        _ if place.bucket.is_empty() => return None,
        "PUT" if keyed && call.header("x-amz-copy-source").is_some() => "COPY",
        method => method,
    };
    OPERATIONS
        .iter()
        .find(|(known, with_key, query, ..)| {
            *known == method && *with_key == keyed && (query.is_empty() || call.query.contains_key(*query))
        })
        .map(|(.., name, handler)| (*name, *handler))
}

/// Returns bucket and key: from the path, or the bucket from a host such as `bucket.localhost`.
fn place(call: &Call) -> Place {
    let host = call.header("host").unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default();
    let path = call.path.join("/");
    if let Some(bucket) = host.strip_suffix(".localhost").filter(|bucket| !bucket.is_empty()) {
        return Place { bucket: bucket.to_owned(), key: path };
    }
    let (bucket, key) = path.split_once('/').unwrap_or((&path, ""));
    Place { bucket: bucket.to_owned(), key: key.to_owned() }
}

fn no_bucket(name: &str) -> Refusal {
    Refusal::new(404, "NoSuchBucket", "The specified bucket does not exist").with("BucketName", name)
}

fn no_key(key: &str) -> Refusal {
    Refusal::new(404, "NoSuchKey", "The specified key does not exist.").with("Key", key)
}

/// Answers with an XML document under S3's namespace.
fn xml(root: &str, inside: crate::xml::Xml) -> Answer {
    let text = inside.into_text();
    let namespace = "http://s3.amazonaws.com/doc/2006-03-01/";
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    let mut answer = Answer::xml(200, format!("{head}<{root} xmlns=\"{namespace}\">{text}</{root}>"));
    answer.content_type = "application/xml";
    answer
}

#[cfg(test)]
mod tests;
