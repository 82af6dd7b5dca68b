//! The `managed_policy_arns` of a role, and attachments one by one.
//!
//! Where the argument is absent, attachments are the business of `aws_iam_role_policy_attachment`: the value is null,
//! and no call asks for them.

use std::collections::BTreeSet;

use recon_core::provider::ProviderError;
use recon_core::{Known, Value};

use super::{if_there, reads};
use crate::aws::Aws;
use crate::snapshot::Snapshot;

const ARNS: &str = "managed_policy_arns";

/// The ARNs as they are: not read unless they were declared.
pub(super) async fn read(aws: &Aws, snapshot: &Snapshot, have: &Known) -> Result<Value, ProviderError> {
    if have.get(ARNS).is_null() {
        return Ok(have.get(ARNS).clone());
    }
    let role = have.text("name").or_else(|| have.str("id")).unwrap_or_default();
    let live = reads::attached_policies(aws, snapshot, role).await?;
    Ok(crate::shape::set(live.iter().flat_map(|arns| arns.iter().cloned())))
}

/// The ARNs of an object that is taken over: null, so not looked at, where there are none.
pub(super) async fn taken_over(aws: &Aws, role: &str) -> Result<Value, ProviderError> {
    let live = reads::list_attached_policies(aws, role).await?;
    let none = Value::null(recon_core::Type::set(recon_core::Type::String));
    Ok(if live.is_empty() { none } else { crate::shape::set(live) })
}

/// Gives a new role its attachments.
pub(super) async fn create(aws: &Aws, role: &str, want: &Known) -> Result<(), ProviderError> {
    for arn in want.string_items(ARNS) {
        attach(aws, role, &arn).await?;
    }
    Ok(())
}

/// Brings the attachments of a role to those declared, if the declaration changed.
pub(super) async fn update(aws: &Aws, role: &str, have: &Known, want: &Known) -> Result<(), ProviderError> {
    if want.get(ARNS).is_null() || have.get(ARNS).same(want.get(ARNS)) {
        return Ok(());
    }
    let wanted: BTreeSet<String> = want.string_items(ARNS).into_iter().collect();
    let live = reads::list_attached_policies(aws, role).await?;
    for arn in live.difference(&wanted) {
        detach(aws, role, arn).await?;
    }
    for arn in wanted.difference(&live) {
        attach(aws, role, arn).await?;
    }
    Ok(())
}

/// Detaches all managed policies of a role.
pub(super) async fn clear(aws: &Aws, role: &str) -> Result<(), ProviderError> {
    for arn in reads::list_attached_policies(aws, role).await? {
        detach(aws, role, &arn).await?;
    }
    Ok(())
}

/// Whether the role has managed policies declared.
pub(super) fn is_declared(have: &Known) -> bool {
    !have.get(ARNS).items().is_empty()
}

/// Attaches a managed policy.
pub(super) async fn attach(aws: &Aws, role: &str, arn: &str) -> Result<(), ProviderError> {
    let attach = || aws.iam.attach_role_policy().role_name(role).policy_arn(arn).send();
    aws.call("iam:AttachRolePolicy", attach).await.map(|_| ())
}

/// Detaches a managed policy; one that is detached already is a success.
pub(super) async fn detach(aws: &Aws, role: &str, arn: &str) -> Result<(), ProviderError> {
    let detach = || aws.iam.detach_role_policy().role_name(role).policy_arn(arn).send();
    if_there(aws.call("iam:DetachRolePolicy", detach).await).map(|_| ())
}
