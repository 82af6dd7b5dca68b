//! The shape of Terraform's state file, format 4, as far as recon reads and writes it.
//!
//! Terraform adds fields to it from time to time, so what is not known here is passed over.

use std::collections::BTreeMap;

use recon_core::Key;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use serde_json::value::RawValue;

use crate::v1::steps::Step;
use crate::v1::ty::Ty;

#[derive(Deserialize)]
pub(super) struct File<'a> {
    pub(super) serial: u64,
    pub(super) lineage: String,
    #[serde(borrow, default)]
    pub(super) outputs: BTreeMap<String, Output<&'a RawValue>>,
    #[serde(borrow, default)]
    pub(super) resources: Vec<Resource<Instance<&'a RawValue>>>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Output<V> {
    pub(super) value: V,
    #[serde(rename = "type")]
    pub(super) ty: Ty,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) sensitive: bool,
}

/// A block; `I` is how its instances are read or written.
#[derive(Serialize, Deserialize)]
pub(super) struct Resource<I> {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) module: Option<String>,
    pub(super) mode: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) provider: String,
    pub(super) instances: Vec<I>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Instance<V> {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) index_key: Option<Json>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) deposed: Option<String>,
    pub(super) schema_version: u64,
    pub(super) attributes: Option<V>,
    #[serde(default)]
    pub(super) sensitive_attributes: Vec<Vec<PathStep>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) private: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) dependencies: Vec<String>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) create_before_destroy: bool,
}

/// One step of a sensitive path.
#[derive(Serialize, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub(super) enum PathStep {
    GetAttr(String),
    Index(IndexStep),
}

#[derive(Serialize, Deserialize)]
pub(super) struct IndexStep {
    value: Json,
    #[serde(rename = "type")]
    ty: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the shape that serde asks for")]
fn is_false(value: &bool) -> bool {
    !*value
}

impl PathStep {
    /// The step in recon's own spelling; nothing for one that leads nowhere.
    pub(super) fn step(&self) -> Option<Step> {
        Some(match self {
            Self::GetAttr(name) => Step::Name(name.clone()),
            Self::Index(IndexStep { value: Json::String(key), .. }) => Step::Name(key.clone()),
            Self::Index(IndexStep { value, .. }) => Step::Index(usize::try_from(value.as_u64()?).ok()?),
        })
    }

    /// The key of a map.
    pub(super) fn key(name: &str) -> Self {
        Self::Index(IndexStep { value: name.into(), ty: "string".to_owned() })
    }

    /// The position in a list.
    pub(super) fn position(index: usize) -> Self {
        Self::Index(IndexStep { value: index.into(), ty: "number".to_owned() })
    }
}

/// An instance's key, as read; an error for what cannot be one.
pub(super) fn key_in(index_key: Option<&Json>) -> Result<Option<Key>, String> {
    match index_key {
        None | Some(Json::Null) => Ok(None),
        Some(Json::String(text)) => Ok(Some(Key::Text(text.as_str().into()))),
        Some(other) => match other.as_u64() {
            Some(index) => Ok(Some(Key::Index(index))),
            None => Err("an instance's key is neither text nor a whole number".to_owned()),
        },
    }
}

/// An instance's key, to write.
pub(super) fn key_out(key: Option<&Key>) -> Option<Json> {
    Some(match key? {
        Key::Index(index) => (*index).into(),
        Key::Text(text) => (&**text).into(),
    })
}
