//! Tags of Lambda's objects: written and, where an object does not carry them, read by ARN.

use std::collections::{BTreeMap, HashMap};

use recon_core::provider::{ErrorKind, ProviderError};
use recon_core::{Known, Value};

use crate::aws::Aws;
use crate::tags::{difference, observed};

/// The tags of an object; nothing where these credentials may not list them, which does not mean that there are none.
pub(crate) async fn list(aws: &Aws, arn: &str) -> Result<Option<BTreeMap<String, String>>, ProviderError> {
    match aws.call("lambda:ListTags", || aws.lambda.list_tags().resource(arn).send()).await {
        Ok(answer) => Ok(Some(crate::shape::ordered(answer.tags))),
        Err(error) if error.kind == ErrorKind::AccessDenied => Ok(None),
        Err(error) => Err(error),
    }
}

/// What AWS reports of an object, with its tags if they are known.
pub(crate) fn report(
    aws: &Aws,
    have: &Known,
    live: Option<BTreeMap<String, String>>,
    object: Value,
) -> Value {
    let Some(live) = live else { return object };
    observed(aws, have, live).into_iter().fold(object, |object, (name, tags)| object.with(name, tags))
}

/// Brings the tags of the object `arn` names from those of `have` to those of `want`.
pub(crate) async fn update(aws: &Aws, have: &Known, want: &Known) -> Result<(), ProviderError> {
    let difference = difference(aws, have, want);
    let arn = have.str("arn").unwrap_or_default();
    if !difference.remove.is_empty() {
        let keys = &difference.remove;
        let send = || aws.lambda.untag_resource().resource(arn).set_tag_keys(Some(keys.clone())).send();
        aws.call("lambda:UntagResource", send).await?;
    }
    if !difference.set.is_empty() {
        let tags: HashMap<String, String> = difference.set.into_iter().collect();
        let send = || aws.lambda.tag_resource().resource(arn).set_tags(Some(tags.clone())).send();
        aws.call("lambda:TagResource", send).await?;
    }
    Ok(())
}
