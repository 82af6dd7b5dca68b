//! Tags as IAM's SDK takes and gives them.

use std::collections::BTreeMap;

use aws_sdk_iam::types::Tag;
use recon_core::{Known, Type, Value};

use crate::aws::Aws;

/// All tags that an object is to have; nothing when there are none.
pub(super) fn wanted(aws: &Aws, want: &Known) -> Option<Vec<Tag>> {
    Some(to_sdk(crate::tags::wanted(aws, want))).filter(|tags| !tags.is_empty())
}

/// The `tags_all` of an object that was just made.
pub(super) fn all(aws: &Aws, want: &Known) -> (&'static str, Value) {
    let all = Value::string_map(crate::tags::wanted(aws, want));
    ("tags_all", crate::shape::keep_empty(want, "tags_all", all))
}

/// Tags as the SDK takes them.
pub(super) fn to_sdk(tags: BTreeMap<String, String>) -> Vec<Tag> {
    // A tag with a key and a value is never refused.
    tags.into_iter().filter_map(|(key, value)| Tag::builder().key(key).value(value).build().ok()).collect()
}

/// Tags as they are compared.
pub(super) fn pairs(tags: &[Tag]) -> Vec<(String, String)> {
    tags.iter().map(|tag| (tag.key.clone(), tag.value.clone())).collect()
}

/// Tags as a data source shows them: neither AWS's own nor those to be ignored.
pub(crate) fn seen(aws: &Aws, tags: &[Tag]) -> Value {
    let nothing = Known::with_nulls(&Value::null(Type::Any));
    let [_, (_, all)] = crate::tags::observed(aws, &nothing, pairs(tags));
    all
}
