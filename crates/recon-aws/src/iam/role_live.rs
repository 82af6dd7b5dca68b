//! `aws_iam_role`, its live half.

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_iam::types;
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use recon_core::provider::{ErrorKind, Failed, ProviderError};
use recon_core::sameness::same_policy;
use recon_core::{Known, Value};

use super::role::{Role, SCHEMA};
use super::{
    changes, if_there, incomplete, inline, is_recent, key, managed, name, policy_text, reads, role_delete,
    tags,
};
use crate::aws::Aws;
use crate::call::Created;
use crate::classify::is_principal_not_ready;
use crate::live::Live;
use crate::shape::{keep_empty, merge, text_or_null};
use crate::snapshot::Snapshot;

/// How long a principal that was just made may be unknown to IAM.
const PRINCIPAL_KNOWN_WITHIN: Duration = Duration::from_mins(1);

#[async_trait]
impl Live for Role {
    async fn read(
        &self,
        aws: &Aws,
        snapshot: &Snapshot,
        have: &Known,
    ) -> Result<Option<Known>, ProviderError> {
        let name = have.text("id").unwrap_or_else(|| key(have, "name"));
        let Some(role) = reads::role(aws, snapshot, name).await? else { return Ok(None) };
        let policies = [
            ("inline_policy", inline::read(aws, snapshot, have).await?),
            ("managed_policy_arns", managed::read(aws, snapshot, have).await?),
        ];
        Ok(Some(merge(observed(aws, have, &role), policies)))
    }

    async fn create(&self, aws: &Aws, want: &Known) -> Result<Known, Failed> {
        let role = create(aws, want, &name::chosen(want)).await?;
        let mut made = merge(merge(want.clone(), given(&role)), [tags::all(aws, want)]);
        if !inline::is_declared(want) {
            made = merge(made, [("inline_policy", inline::none())]);
        }
        let policies = async {
            inline::create(aws, &role.role_name, want).await?;
            managed::create(aws, &role.role_name, want).await
        };
        match policies.await {
            Ok(()) => Ok(made),
            Err(error) => Err(Failed { error, left_behind: Some(made) }),
        }
    }

    async fn update(&self, aws: &Aws, have: &Known, want: &Known) -> Result<Known, Failed> {
        update(aws, have, want).await?;
        Ok(want.clone())
    }

    async fn delete(&self, aws: &Aws, have: &Known) -> Result<(), ProviderError> {
        role_delete::delete(aws, have).await
    }

    async fn import(&self, aws: &Aws, snapshot: &Snapshot, id: &str) -> Result<Option<Known>, ProviderError> {
        let Some(role) = reads::role(aws, snapshot, id).await? else { return Ok(None) };
        let policies = [
            ("inline_policy", inline::taken_over(aws, &role.role_name).await?),
            ("managed_policy_arns", managed::taken_over(aws, &role.role_name).await?),
        ];
        Ok(Some(merge(observed(aws, &crate::shape::empty(&SCHEMA), &role), policies)))
    }

    async fn adopt(&self, aws: &Aws, want: &Known, since_ms: i64) -> Result<Vec<Known>, ProviderError> {
        let mut found = Vec::new();
        for role in candidates(aws, want, since_ms).await? {
            let have = merge(want.clone(), given(&role));
            found.extend(self.read(aws, &Snapshot::default(), &have).await?);
        }
        Ok(found)
    }

    async fn answer(&self, _aws: &Aws, _question: &Known) -> Result<Known, ProviderError> {
        Ok(name::answer())
    }
}

/// What IAM decides when a role is made.
fn given(role: &types::Role) -> [(&'static str, Value); 6] {
    [
        ("id", Value::from(role.role_name.as_str())),
        ("name", Value::from(role.role_name.as_str())),
        ("name_prefix", Value::from(name::prefix_of(&role.role_name))),
        ("arn", Value::from(role.arn.as_str())),
        ("unique_id", Value::from(role.role_id.as_str())),
        ("create_date", date(&role.create_date)),
    ]
}

/// A role without its policies, as it is remembered.
fn observed(aws: &Aws, have: &Known, role: &types::Role) -> Known {
    let boundary =
        role.permissions_boundary.as_ref().and_then(|boundary| boundary.permissions_boundary_arn());
    let session = role.max_session_duration.map_or(3600, i64::from);
    let trust = policy_text::decoded(role.assume_role_policy_document().unwrap_or_default());
    let arguments = [
        ("assume_role_policy", Value::from(trust)),
        ("path", Value::from(role.path.as_str())),
        ("description", keep_empty(have, "description", text_or_null(role.description()))),
        ("max_session_duration", Value::from(session)),
        ("permissions_boundary", keep_empty(have, "permissions_boundary", text_or_null(boundary))),
        ("force_detach_policies", Value::from(have.get("force_detach_policies").as_bool().unwrap_or(false))),
    ];
    let object = merge(merge(crate::shape::empty(&SCHEMA), given(role)), arguments);
    merge(object, crate::tags::observed(aws, have, tags::pairs(role.tags())))
}

/// A time as IAM's objects show it: `2026-01-31T12:00:00Z`.
pub(crate) fn date(time: &DateTime) -> Value {
    crate::shape::text(DateTime::from_secs(time.secs()).fmt(Format::DateTime).ok())
}

async fn create(aws: &Aws, want: &Known, name: &str) -> Result<types::Role, ProviderError> {
    let since_ms = crate::provider::now_ms();
    let send = || {
        let create = aws.iam.create_role().role_name(name).set_path(want.text("path").map(str::to_owned));
        create
            .assume_role_policy_document(key(want, "assume_role_policy").trim_start())
            .set_description(want.text("description").map(str::to_owned))
            .set_max_session_duration(want.get("max_session_duration").as_i32())
            .set_permissions_boundary(want.text("permissions_boundary").map(str::to_owned))
            .set_tags(tags::wanted(aws, want))
            .send()
    };
    let made = aws.call_create_until("iam:CreateRole", send, is_principal_not_ready, PRINCIPAL_KNOWN_WITHIN);
    match made.await? {
        Created::Answered(made) => made.role.ok_or_else(|| incomplete("iam:CreateRole", "role")),
        Created::Unheard => {
            let role = reads::get_role(aws, name).await?;
            if is_new(&role, want, since_ms) { Ok(role) } else { Err(exists(name)) }
        }
    }
}

fn exists(name: &str) -> ProviderError {
    let message = format!("Role with name {name} already exists.");
    ProviderError::new(ErrorKind::AlreadyExists, "iam:CreateRole", message)
}

/// Roles that a create of `want`, begun at `since_ms`, may have made.
async fn candidates(aws: &Aws, want: &Known, since_ms: i64) -> Result<Vec<types::Role>, ProviderError> {
    let roles = match want.text("name") {
        Some(name) => if_there(reads::get_role(aws, name).await)?.into_iter().collect(),
        None => reads::list_roles(aws, want.text("path")).await?.into_values().collect::<Vec<_>>(),
    };
    let fits =
        |role: &types::Role| name::could_be(&role.role_name, want, since_ms) && is_new(role, want, since_ms);
    Ok(roles.into_iter().filter(fits).collect())
}

/// Whether a role is not older than the create that may have made it, and has the arguments that it would have got.
fn is_new(role: &types::Role, want: &Known, since_ms: i64) -> bool {
    let trust = policy_text::decoded(role.assume_role_policy_document().unwrap_or_default());
    is_recent(&role.create_date, since_ms)
        && same_policy(&trust, key(want, "assume_role_policy"))
        && want.text("path").is_none_or(|path| path == role.path)
}

async fn update(aws: &Aws, have: &Known, want: &Known) -> Result<(), ProviderError> {
    let role = have.text("id").unwrap_or_else(|| key(have, "name"));
    if changes(have, want, "assume_role_policy") {
        let policy = key(want, "assume_role_policy").trim_start();
        let send = || aws.iam.update_assume_role_policy().role_name(role).policy_document(policy).send();
        let again = is_principal_not_ready;
        aws.call_until("iam:UpdateAssumeRolePolicy", send, again, PRINCIPAL_KNOWN_WITHIN).await?;
    }
    if changes(have, want, "description") || changes(have, want, "max_session_duration") {
        let send = || {
            let update = aws.iam.update_role().role_name(role).description(key(want, "description"));
            update.set_max_session_duration(want.get("max_session_duration").as_i32()).send()
        };
        aws.call("iam:UpdateRole", send).await?;
    }
    if changes(have, want, "permissions_boundary") {
        update_boundary(aws, role, want.text("permissions_boundary")).await?;
    }
    inline::update(aws, role, have, want).await?;
    managed::update(aws, role, have, want).await?;
    update_tags(aws, role, have, want).await
}

async fn update_boundary(aws: &Aws, role: &str, boundary: Option<&str>) -> Result<(), ProviderError> {
    match boundary {
        Some(arn) => {
            let put =
                || aws.iam.put_role_permissions_boundary().role_name(role).permissions_boundary(arn).send();
            aws.call("iam:PutRolePermissionsBoundary", put).await.map(|_| ())
        }
        None => {
            let delete = || aws.iam.delete_role_permissions_boundary().role_name(role).send();
            if_there(aws.call("iam:DeleteRolePermissionsBoundary", delete).await).map(|_| ())
        }
    }
}

async fn update_tags(aws: &Aws, role: &str, have: &Known, want: &Known) -> Result<(), ProviderError> {
    let difference = crate::tags::difference(aws, have, want);
    if !difference.remove.is_empty() {
        let untag =
            || aws.iam.untag_role().role_name(role).set_tag_keys(Some(difference.remove.clone())).send();
        aws.call("iam:UntagRole", untag).await?;
    }
    if !difference.set.is_empty() {
        let set = tags::to_sdk(difference.set);
        aws.call("iam:TagRole", || aws.iam.tag_role().role_name(role).set_tags(Some(set.clone())).send())
            .await?;
    }
    Ok(())
}
