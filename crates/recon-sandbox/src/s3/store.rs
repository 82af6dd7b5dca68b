//! Buckets and the versions of the objects in them.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The version id of objects that were written without versioning.
pub(super) const NULL: &str = "null";

/// A bucket.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Bucket {
    /// The region.
    pub region: String,
    /// When it was made, in milliseconds.
    pub created_ms: i64,
    /// Whether new versions are kept beside old ones.
    pub versioning: Versioning,
    /// The versions of each key, oldest first.
    pub objects: BTreeMap<String, Vec<Object>>,
}

/// The versioning of a bucket.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Versioning {
    /// It was never on.
    #[default]
    Never,
    /// It is on.
    Enabled,
    /// It was on.
    Suspended,
}

/// One version of an object.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Object {
    /// The version id.
    pub version: String,
    /// Whether it only marks that the object is deleted.
    pub deleted: bool,
    /// The content.
    pub body: Body,
    /// The entity tag, with its quotes.
    pub etag: String,
    /// When it was written, in milliseconds.
    pub modified_ms: i64,
    /// The headers that are kept with it and given back.
    pub headers: BTreeMap<String, String>,
    /// The checksums by header name.
    pub checksums: BTreeMap<String, String>,
}

/// Bytes, base64 where they are saved.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Body(pub Vec<u8>);

impl Serialize for Body {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Body {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map(Self).map_err(serde::de::Error::custom)
    }
}

impl Bucket {
    /// Returns the object as it is now; none where it is deleted.
    pub(super) fn current(&self, key: &str) -> Option<&Object> {
        self.objects.get(key)?.last().filter(|object| !object.deleted)
    }

    /// Returns one version of an object.
    pub(super) fn version(&self, key: &str, id: &str) -> Option<&Object> {
        self.objects.get(key)?.iter().find(|object| object.version == id)
    }

    /// Adds a version; without versioning it replaces the one that is not versioned.
    pub(super) fn push(&mut self, key: &str, object: Object) {
        let versions = self.objects.entry(key.to_owned()).or_default();
        if object.version == NULL {
            versions.retain(|known| known.version != NULL);
        }
        versions.push(object);
    }

    /// Removes one version and returns it.
    pub(super) fn remove(&mut self, key: &str, id: &str) -> Option<Object> {
        let versions = self.objects.get_mut(key)?;
        let place = versions.iter().position(|object| object.version == id)?;
        let removed = versions.remove(place);
        if versions.is_empty() {
            self.objects.remove(key);
        }
        Some(removed)
    }
}
