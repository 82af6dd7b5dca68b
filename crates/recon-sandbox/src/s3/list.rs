//! Listing objects and their versions, page by page.

use std::collections::BTreeSet;

use super::store::{Bucket, Object};
use super::{Place, xml};
use crate::time;
use crate::wire::{Call, Outcome, Refusal, percent_encode};
use crate::world::World;
use crate::xml::Xml;

const PAGE_MAX: usize = 1000;

/// What a call asks to see.
struct Asked<'a> {
    prefix: &'a str,
    delimiter: &'a str,
    after: &'a str,
    limit: usize,
    encode: bool,
}

/// What a page holds: whole keys, and prefixes that stand for many.
struct Found<'a> {
    keys: Vec<&'a str>,
    prefixes: Vec<String>,
    /// The last thing on the page, where there is more.
    next: Option<String>,
}

impl<'a> Asked<'a> {
    fn of(call: &'a Call, after: &'a str) -> Result<Self, Refusal> {
        let limit = match call.query_one("max-keys") {
            None => PAGE_MAX,
            Some(text) => text.parse::<usize>().map(|limit| limit.min(PAGE_MAX)).map_err(|_| {
                Refusal::new(
                    400,
                    "InvalidArgument",
                    "Argument maxKeys must be an integer between 0 and 2147483647",
                )
            })?,
        };
        Ok(Self {
            prefix: call.query_one("prefix").unwrap_or_default(),
            delimiter: call.query_one("delimiter").unwrap_or_default(),
            after,
            limit,
            encode: call.query_one("encoding-type") == Some("url"),
        })
    }

    fn text(&self, text: &str) -> String {
        if self.encode { percent_encode(text).replace("%2F", "/") } else { text.to_owned() }
    }

    fn head(&self, place: &Place) -> Xml {
        let delimiter = (!self.delimiter.is_empty()).then(|| self.text(self.delimiter));
        Xml::new()
            .text("Name", &place.bucket)
            .text("Prefix", &self.text(self.prefix))
            .maybe("Delimiter", delimiter.as_deref())
            .text("MaxKeys", &self.limit.to_string())
            .maybe("EncodingType", self.encode.then_some("url"))
    }

    fn prefixes(&self, found: &Found<'_>) -> Xml {
        found.prefixes.iter().fold(Xml::new(), |list, prefix| {
            list.nest("CommonPrefixes", &Xml::new().text("Prefix", &self.text(prefix)))
        })
    }
}

pub(super) fn list_second(world: &mut World, call: &Call, place: &Place) -> Outcome {
    let token = call.query_one("continuation-token");
    let asked = Asked::of(call, token.or_else(|| call.query_one("start-after")).unwrap_or_default())?;
    let bucket = world.s3.bucket(&place.bucket)?;
    let found = find(bucket, &asked, |object| !object.deleted);
    let count = found.keys.len() + found.prefixes.len();
    let shown = asked
        .head(place)
        .text("KeyCount", &count.to_string())
        .text("IsTruncated", if found.next.is_some() { "true" } else { "false" })
        .maybe("ContinuationToken", token)
        .maybe("NextContinuationToken", found.next.as_deref())
        .join(&contents(bucket, &asked, &found))
        .join(&asked.prefixes(&found));
    Ok(xml("ListBucketResult", shown))
}

pub(super) fn list_first(world: &mut World, call: &Call, place: &Place) -> Outcome {
    let asked = Asked::of(call, call.query_one("marker").unwrap_or_default())?;
    let bucket = world.s3.bucket(&place.bucket)?;
    let found = find(bucket, &asked, |object| !object.deleted);
    let next = found.next.as_deref().map(|next| asked.text(next));
    let shown = asked
        .head(place)
        .text("Marker", &asked.text(asked.after))
        .text("IsTruncated", if found.next.is_some() { "true" } else { "false" })
        .maybe("NextMarker", next.as_deref())
        .join(&contents(bucket, &asked, &found))
        .join(&asked.prefixes(&found));
    Ok(xml("ListBucketResult", shown))
}

pub(super) fn list_versions(world: &mut World, call: &Call, place: &Place) -> Outcome {
    let asked = Asked::of(call, call.query_one("key-marker").unwrap_or_default())?;
    let bucket = world.s3.bucket(&place.bucket)?;
    let found = find(bucket, &asked, |_| true);
    let next = found.next.as_deref().map(|next| asked.text(next));
    let mut shown = asked
        .head(place)
        .text("KeyMarker", &asked.text(asked.after))
        .text("IsTruncated", if found.next.is_some() { "true" } else { "false" })
        .maybe("NextKeyMarker", next.as_deref());
    for key in &found.keys {
        let versions = bucket.objects.get(*key).into_iter().flatten().rev().enumerate();
        for (age, object) in versions {
            let name = if object.deleted { "DeleteMarker" } else { "Version" };
            let mut version = Xml::new()
                .text("Key", &asked.text(key))
                .text("VersionId", &object.version)
                .text("IsLatest", if age == 0 { "true" } else { "false" })
                .text("LastModified", &time::iso_ms(object.modified_ms));
            if !object.deleted {
                version = version.join(&measured(object));
            }
            shown = shown.nest(name, &version);
        }
    }
    Ok(xml("ListVersionsResult", shown.join(&asked.prefixes(&found))))
}

fn contents(bucket: &Bucket, asked: &Asked<'_>, found: &Found<'_>) -> Xml {
    found.keys.iter().filter_map(|key| Some((key, bucket.current(key)?))).fold(
        Xml::new(),
        |list, (key, object)| {
            let shown = Xml::new()
                .text("Key", &asked.text(key))
                .text("LastModified", &time::iso_ms(object.modified_ms))
                .join(&measured(object));
            list.nest("Contents", &shown)
        },
    )
}

fn measured(object: &Object) -> Xml {
    let size = object.body.0.len().to_string();
    Xml::new().text("ETag", &object.etag).text("Size", &size).text("StorageClass", "STANDARD")
}

fn find<'a>(bucket: &'a Bucket, asked: &Asked<'_>, shows: fn(&Object) -> bool) -> Found<'a> {
    let start = if asked.after < asked.prefix { asked.prefix } else { asked.after };
    let mut prefixes: BTreeSet<String> = BTreeSet::new();
    let mut found = Found { keys: Vec::new(), prefixes: Vec::new(), next: None };
    let mut last = String::new();
    for (key, versions) in bucket.objects.range(start.to_owned()..) {
        if !key.starts_with(asked.prefix) {
            break;
        }
        let common = common_prefix(key, asked);
        let behind = key.as_str() <= asked.after && !asked.after.is_empty();
        let known = common.as_ref().is_some_and(|prefix| {
            prefixes.contains(prefix) || (!asked.after.is_empty() && asked.after.starts_with(prefix.as_str()))
        });
        if behind || known || !versions.last().is_some_and(shows) {
            continue;
        }
        if found.keys.len() + prefixes.len() >= asked.limit {
            found.next = (asked.limit > 0).then_some(last);
            break;
        }
        if let Some(prefix) = common {
            last.clone_from(&prefix);
            prefixes.insert(prefix);
        } else {
            key.clone_into(&mut last);
            found.keys.push(key);
        }
    }
    found.prefixes = prefixes.into_iter().collect();
    found
}

fn common_prefix(key: &str, asked: &Asked<'_>) -> Option<String> {
    if asked.delimiter.is_empty() {
        return None;
    }
    let rest = key.get(asked.prefix.len()..)?;
    let end = rest.find(asked.delimiter)? + asked.delimiter.len();
    key.get(..asked.prefix.len() + end).map(str::to_owned)
}
