//! `aws_iam_policy`, its live half.

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_iam::types::{self, PolicyScopeType, PolicyVersion};
use recon_core::provider::{ErrorKind, Failed, ProviderError};
use recon_core::sameness::same_policy;
use recon_core::{Known, Value};

use super::policy::{Policy, SCHEMA};
use super::policy_reads::{self, LivePolicy};
use super::reads::PAGES_MAX;
use super::{changes, if_there, incomplete, is_recent, key, name, tags};
use crate::aws::Aws;
use crate::call::{Created, Pause};
use crate::live::Live;
use crate::shape::{empty, keep_empty, merge, number, text, text_or_null};
use crate::snapshot::Snapshot;

/// How long IAM may still see what was just detached.
const DETACHED_WITHIN: Duration = Duration::from_secs(30);

#[async_trait]
impl Live for Policy {
    async fn read(
        &self,
        aws: &Aws,
        snapshot: &Snapshot,
        have: &Known,
    ) -> Result<Option<Known>, ProviderError> {
        let live = if_there(policy_reads::read(aws, snapshot, arn(have)).await)?;
        Ok(live.map(|live| observed(aws, have, &live)))
    }

    async fn create(&self, aws: &Aws, want: &Known) -> Result<Known, Failed> {
        let name = name::chosen(want);
        let since_ms = crate::provider::now_ms();
        let send = || {
            let create =
                aws.iam.create_policy().policy_name(&name).set_path(want.text("path").map(str::to_owned));
            create
                .policy_document(key(want, "policy").trim_start())
                .set_description(want.text("description").map(str::to_owned))
                .set_tags(tags::wanted(aws, want))
                .send()
        };
        let made = match aws.call_create("iam:CreatePolicy", send).await? {
            Created::Answered(made) => made.policy.ok_or_else(|| incomplete("iam:CreatePolicy", "policy"))?,
            Created::Unheard => {
                let want = merge(want.clone(), [("name", Value::from(name.as_str()))]);
                let found = candidates(aws, &want, since_ms).await?.into_iter().next();
                found.ok_or_else(|| exists(&name))?.policy
            }
        };
        Ok(merge(merge(want.clone(), given(&made)), [tags::all(aws, want)]))
    }

    async fn update(&self, aws: &Aws, have: &Known, want: &Known) -> Result<Known, Failed> {
        if changes(have, want, "policy") {
            set_document(aws, arn(have), key(want, "policy").trim_start()).await?;
        }
        update_tags(aws, arn(have), have, want).await?;
        Ok(want.clone())
    }

    async fn delete(&self, aws: &Aws, have: &Known) -> Result<(), ProviderError> {
        let arn = arn(have);
        let mut pause = Pause::new(Duration::from_millis(300), Duration::from_secs(3), DETACHED_WITHIN);
        loop {
            let answer =
                aws.call("iam:DeletePolicy", || aws.iam.delete_policy().policy_arn(arn).send()).await;
            match if_there(answer) {
                Err(error) if error.kind == ErrorKind::Conflict => {
                    let had_versions = delete_old_versions(aws, arn).await?;
                    explain(aws, arn, &error).await?;
                    if !had_versions && !pause.wait().await {
                        return Err(error);
                    }
                }
                answer => return answer.map(|_| ()),
            }
        }
    }

    async fn import(&self, aws: &Aws, snapshot: &Snapshot, id: &str) -> Result<Option<Known>, ProviderError> {
        if !id.starts_with("arn:") {
            let message = format!("the id `{id}` is not an ARN");
            return Err(ProviderError::new(ErrorKind::Invalid, "import", message).with_help(
                "Give the id as the ARN of the policy: `arn:aws:iam::123456789012:policy/NAME`.",
            ));
        }
        self.read(aws, snapshot, &merge(empty(&SCHEMA), [("id", Value::from(id))])).await
    }

    async fn adopt(&self, aws: &Aws, want: &Known, since_ms: i64) -> Result<Vec<Known>, ProviderError> {
        let found = candidates(aws, want, since_ms).await?;
        Ok(found.iter().map(|live| observed(aws, want, live)).collect())
    }

    async fn answer(&self, _aws: &Aws, _question: &Known) -> Result<Known, ProviderError> {
        Ok(name::answer())
    }
}

fn arn(have: &Known) -> &str {
    have.text("id").unwrap_or_else(|| key(have, "arn"))
}

fn exists(name: &str) -> ProviderError {
    let message = format!("A policy called {name} already exists.");
    ProviderError::new(ErrorKind::AlreadyExists, "iam:CreatePolicy", message)
}

/// What IAM decides when a policy is made.
fn given(policy: &types::Policy) -> [(&'static str, Value); 6] {
    let name = policy.policy_name().unwrap_or_default();
    [
        ("id", text(policy.arn())),
        ("arn", text(policy.arn())),
        ("policy_id", text(policy.policy_id())),
        ("name", Value::from(name)),
        ("name_prefix", Value::from(name::prefix_of(name))),
        ("attachment_count", number(policy.attachment_count())),
    ]
}

/// A policy as it is remembered.
fn observed(aws: &Aws, have: &Known, live: &LivePolicy) -> Known {
    let LivePolicy { policy, document } = live;
    let arguments = [
        ("path", text(policy.path())),
        ("description", keep_empty(have, "description", text_or_null(policy.description()))),
        ("policy", Value::from(document.as_str())),
    ];
    let object = merge(merge(empty(&SCHEMA), given(policy)), arguments);
    let object = merge(object, crate::tags::observed(aws, have, tags::pairs(policy.tags())));
    match have.get("attachment_count") {
        count if count.is_null() => object,
        count => merge(object, [("attachment_count", count.clone())]),
    }
}

/// Policies that a create of `want`, begun at `since_ms`, may have made.
async fn candidates(aws: &Aws, want: &Known, since_ms: i64) -> Result<Vec<LivePolicy>, ProviderError> {
    let mut found = Vec::new();
    for policy in policy_reads::list(aws, PolicyScopeType::Local, want.text("path")).await? {
        let fits = policy.policy_name().is_some_and(|name| name::could_be(name, want, since_ms))
            && policy.create_date().is_some_and(|made| is_recent(made, since_ms))
            && want.text("path").is_none_or(|path| policy.path() == Some(path));
        let Some(arn) = policy.arn().filter(|_| fits) else { continue };
        let live = if_there(policy_reads::read(aws, &Snapshot::default(), arn).await)?;
        found.extend(live.filter(|live| same_policy(&live.document, key(want, "policy"))));
    }
    Ok(found)
}

/// Puts a new document in force. IAM keeps five versions, so the oldest makes room.
async fn set_document(aws: &Aws, arn: &str, document: &str) -> Result<(), ProviderError> {
    let create = || {
        let create = aws.iam.create_policy_version().policy_arn(arn).policy_document(document);
        create.set_as_default(true).send()
    };
    match aws.call("iam:CreatePolicyVersion", create).await {
        Err(error) if error.kind == ErrorKind::LimitExceeded => {
            let versions =
                list_versions(aws, arn).await?.into_iter().filter(|version| !version.is_default_version);
            let oldest = versions
                .min_by_key(|version| version.create_date.map(|made| (made.secs(), made.subsec_nanos())));
            let Some(version) = oldest.and_then(|version| version.version_id) else { return Err(error) };
            delete_version(aws, arn, &version).await?;
            aws.call("iam:CreatePolicyVersion", create).await.map(|_| ())
        }
        answer => answer.map(|_| ()),
    }
}

async fn list_versions(aws: &Aws, arn: &str) -> Result<Vec<PolicyVersion>, ProviderError> {
    let mut versions = Vec::new();
    let mut marker: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let list = || aws.iam.list_policy_versions().policy_arn(arn).set_marker(marker.clone()).send();
        let page = aws.call("iam:ListPolicyVersions", list).await?;
        versions.extend(page.versions.into_iter().flatten());
        marker = page.marker.filter(|_| page.is_truncated);
        if marker.is_none() {
            break;
        }
    }
    Ok(versions)
}

async fn delete_version(aws: &Aws, arn: &str, version: &str) -> Result<(), ProviderError> {
    let delete = || aws.iam.delete_policy_version().policy_arn(arn).version_id(version).send();
    if_there(aws.call("iam:DeletePolicyVersion", delete).await).map(|_| ())
}

/// Deletes all versions that are not in force; whether there were any.
async fn delete_old_versions(aws: &Aws, arn: &str) -> Result<bool, ProviderError> {
    let versions = if_there(list_versions(aws, arn).await)?.unwrap_or_default();
    let old = versions.into_iter().filter(|version| !version.is_default_version);
    let old: Vec<String> = old.filter_map(|version| version.version_id).collect();
    for version in &old {
        delete_version(aws, arn, version).await?;
    }
    Ok(!old.is_empty())
}

/// Fails with who has the policy, if anybody does.
async fn explain(aws: &Aws, arn: &str, error: &ProviderError) -> Result<(), ProviderError> {
    let list = || aws.iam.list_entities_for_policy().policy_arn(arn).send();
    let Some(page) = if_there(aws.call("iam:ListEntitiesForPolicy", list).await)? else { return Ok(()) };
    let roles = page.policy_roles.into_iter().flatten().filter_map(|role| role.role_name);
    let users = page.policy_users.into_iter().flatten().filter_map(|user| user.user_name);
    let groups = page.policy_groups.into_iter().flatten().filter_map(|group| group.group_name);
    let holders: Vec<String> = roles.chain(users).chain(groups).map(|holder| format!("`{holder}`")).collect();
    if holders.is_empty() {
        return Ok(());
    }
    Err(error
        .clone()
        .with_help(format!("Others have the policy still: {}. Detach it there first.", holders.join(", "))))
}

async fn update_tags(aws: &Aws, arn: &str, have: &Known, want: &Known) -> Result<(), ProviderError> {
    let difference = crate::tags::difference(aws, have, want);
    if !difference.remove.is_empty() {
        let untag =
            || aws.iam.untag_policy().policy_arn(arn).set_tag_keys(Some(difference.remove.clone())).send();
        aws.call("iam:UntagPolicy", untag).await?;
    }
    if !difference.set.is_empty() {
        let set = tags::to_sdk(difference.set);
        aws.call("iam:TagPolicy", || aws.iam.tag_policy().policy_arn(arn).set_tags(Some(set.clone())).send())
            .await?;
    }
    Ok(())
}
