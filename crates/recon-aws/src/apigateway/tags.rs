//! Tags of API Gateway's objects: written by ARN, read with the object.

use std::collections::HashMap;

use recon_core::provider::ProviderError;
use recon_core::resource_type::{Proposal, Refined};
use recon_core::{Known, Value};

use crate::aws::Aws;

/// The ARN of an object of API Gateway: `/restapis/ID`.
pub(super) fn arn(aws: &Aws, path: &str) -> String {
    format!("arn:{}:apigateway:{}::{path}", aws.partition, aws.region)
}

/// Completes a proposal with its `tags_all`.
pub(super) fn refine(proposal: &Proposal<'_>) -> Refined {
    match crate::tags::planned(proposal) {
        Ok(planned) => Refined::Ready { planned, replace: Vec::new() },
        Err(question) => Refined::Ask(question),
    }
}

/// What AWS reports of an object, with its tags.
pub(super) fn report(aws: &Aws, have: &Known, live: Option<&HashMap<String, String>>, value: Value) -> Value {
    let live = live.into_iter().flatten().map(|(key, value)| (key.clone(), value.clone()));
    let tags = crate::tags::observed(aws, have, live);
    tags.into_iter().fold(value, |value, (name, tags)| value.with(name, tags))
}

/// Brings the tags of an object from those of `have` to those of `want`.
pub(super) async fn update(aws: &Aws, arn: &str, have: &Known, want: &Known) -> Result<(), ProviderError> {
    let difference = crate::tags::difference(aws, have, want);
    if !difference.remove.is_empty() {
        let call = || {
            let untag = aws.apigateway.untag_resource().resource_arn(arn);
            untag.set_tag_keys(Some(difference.remove.clone())).send()
        };
        aws.call("apigateway:UntagResource", call).await?;
    }
    if !difference.set.is_empty() {
        let set: HashMap<String, String> = difference.set.into_iter().collect();
        let call = || aws.apigateway.tag_resource().resource_arn(arn).set_tags(Some(set.clone())).send();
        aws.call("apigateway:TagResource", call).await?;
    }
    Ok(())
}
