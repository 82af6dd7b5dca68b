//! Reads of roles that objects share: point reads, or for many roles two bulk ones.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aws_sdk_iam::types::{EntityType, Role, RoleDetail};
use recon_core::provider::{ErrorKind, ProviderError};

use super::policy_text::decoded;
use super::{if_there, incomplete};
use crate::aws::Aws;
use crate::snapshot::Snapshot;

/// As many point reads are made before the bulk ones are cheaper.
const POINT_READS_MAX: usize = 10;
/// Objects that a page has at most.
pub(super) const PAGE_ITEMS: i32 = 1000;
/// Pages that are read at most; an account has at most 5,000 roles, and pages may be short.
pub(super) const PAGES_MAX: usize = 1000;

/// What `GetAccountAuthorizationDetails` says of a role and `ListRoles` does not.
struct Details {
    role: RoleDetail,
    inline: Arc<BTreeMap<String, String>>,
    attached: Arc<BTreeSet<String>>,
}

type AllDetails = BTreeMap<String, Details>;

/// A role; nothing if there is none of that name.
pub(crate) async fn role(
    aws: &Aws,
    snapshot: &Snapshot,
    name: &str,
) -> Result<Option<Arc<Role>>, ProviderError> {
    if let Some(details) = all_details(aws, snapshot).await? {
        let roles = snapshot.once("iam:ListRoles".to_owned(), || list_roles(aws, None)).await?;
        if let (Some(role), Some(details)) = (roles.get(name), details.get(name)) {
            let mut role = role.clone();
            role.permissions_boundary.clone_from(&details.role.permissions_boundary);
            role.tags.clone_from(&details.role.tags);
            role.role_last_used.clone_from(&details.role.role_last_used);
            return Ok(Some(Arc::new(role)));
        }
        // That a role is gone is worth a call of its own: lists lag behind.
    }
    if_there(snapshot.once(format!("iam:GetRole:{name}"), || get_role(aws, name)).await)
}

/// The inline policies of a role, by name; nothing if there is no such role.
pub(super) async fn inline_policies(
    aws: &Aws,
    snapshot: &Snapshot,
    role: &str,
) -> Result<Option<Arc<BTreeMap<String, String>>>, ProviderError> {
    if let Some(details) = all_details(aws, snapshot).await?
        && let Some(details) = details.get(role)
    {
        return Ok(Some(Arc::clone(&details.inline)));
    }
    if_there(snapshot.once(format!("iam:inline:{role}"), || list_inline_policies(aws, role)).await)
}

/// One inline policy of a role; nothing if there is none of that name.
pub(super) async fn inline_policy(
    aws: &Aws,
    snapshot: &Snapshot,
    role: &str,
    name: &str,
) -> Result<Option<String>, ProviderError> {
    if let Some(details) = all_details(aws, snapshot).await?
        && let Some(policy) = details.get(role).and_then(|details| details.inline.get(name))
    {
        return Ok(Some(policy.clone()));
    }
    if_there(get_inline_policy(aws, role, name).await)
}

/// The ARNs of the managed policies attached to a role; nothing if there is no such role.
pub(super) async fn attached_policies(
    aws: &Aws,
    snapshot: &Snapshot,
    role: &str,
) -> Result<Option<Arc<BTreeSet<String>>>, ProviderError> {
    if let Some(details) = all_details(aws, snapshot).await?
        && let Some(details) = details.get(role)
    {
        return Ok(Some(Arc::clone(&details.attached)));
    }
    if_there(snapshot.once(format!("iam:attached:{role}"), || list_attached_policies(aws, role)).await)
}

/// Reads one role.
pub(super) async fn get_role(aws: &Aws, name: &str) -> Result<Role, ProviderError> {
    let answer = aws.call("iam:GetRole", || aws.iam.get_role().role_name(name).send()).await?;
    answer.role.ok_or_else(|| incomplete("iam:GetRole", "role"))
}

/// Reads one inline policy.
pub(super) async fn get_inline_policy(aws: &Aws, role: &str, name: &str) -> Result<String, ProviderError> {
    let get = || aws.iam.get_role_policy().role_name(role).policy_name(name).send();
    Ok(decoded(&aws.call("iam:GetRolePolicy", get).await?.policy_document))
}

/// The names of the inline policies of a role.
pub(super) async fn list_inline_names(aws: &Aws, role: &str) -> Result<Vec<String>, ProviderError> {
    let mut names = Vec::new();
    let mut marker: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let list = || aws.iam.list_role_policies().role_name(role).set_marker(marker.clone()).send();
        let page = aws.call("iam:ListRolePolicies", list).await?;
        names.extend(page.policy_names);
        marker = page.marker.filter(|_| page.is_truncated);
        if marker.is_none() {
            break;
        }
    }
    Ok(names)
}

/// The inline policies of a role, by name.
pub(super) async fn list_inline_policies(
    aws: &Aws,
    role: &str,
) -> Result<BTreeMap<String, String>, ProviderError> {
    let mut policies = BTreeMap::new();
    for name in list_inline_names(aws, role).await? {
        if let Some(policy) = if_there(get_inline_policy(aws, role, &name).await)? {
            policies.insert(name, policy);
        }
    }
    Ok(policies)
}

/// The ARNs of the managed policies attached to a role.
pub(super) async fn list_attached_policies(aws: &Aws, role: &str) -> Result<BTreeSet<String>, ProviderError> {
    let mut arns = BTreeSet::new();
    let mut marker: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let list = || aws.iam.list_attached_role_policies().role_name(role).set_marker(marker.clone()).send();
        let page = aws.call("iam:ListAttachedRolePolicies", list).await?;
        arns.extend(page.attached_policies.into_iter().flatten().filter_map(|policy| policy.policy_arn));
        marker = page.marker.filter(|_| page.is_truncated);
        if marker.is_none() {
            break;
        }
    }
    Ok(arns)
}

/// All roles by name, perhaps only those under a path.
pub(super) async fn list_roles(
    aws: &Aws,
    path: Option<&str>,
) -> Result<BTreeMap<String, Role>, ProviderError> {
    let mut roles = BTreeMap::new();
    let mut marker: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let list = || {
            let list = aws.iam.list_roles().max_items(PAGE_ITEMS).set_marker(marker.clone());
            list.set_path_prefix(path.map(str::to_owned)).send()
        };
        let page = aws.call("iam:ListRoles", list).await?;
        roles.extend(page.roles.into_iter().map(|role| (role.role_name.clone(), role)));
        marker = page.marker.filter(|_| page.is_truncated);
        if marker.is_none() {
            break;
        }
    }
    Ok(roles)
}

/// What the bulk read says; nothing where point reads are cheaper, or the bulk one is not allowed.
async fn all_details(aws: &Aws, snapshot: &Snapshot) -> Result<Option<Arc<AllDetails>>, ProviderError> {
    let is_bulk = || async { Ok(point_reads(snapshot) > POINT_READS_MAX) };
    if !*snapshot.once("iam:bulk".to_owned(), is_bulk).await? {
        return Ok(None);
    }
    match snapshot.once("iam:GetAccountAuthorizationDetails".to_owned(), || get_details(aws)).await {
        Ok(details) => Ok(Some(details)),
        // Whoever may read their own roles may not always read those of everybody.
        Err(error) if error.kind == ErrorKind::AccessDenied => Ok(None),
        Err(error) => Err(error),
    }
}

/// How many point reads the objects of a refresh take.
fn point_reads(snapshot: &Snapshot) -> usize {
    let attachments = snapshot.of_kind("aws_iam_role_policy_attachment");
    let attached: BTreeSet<&str> = attachments.filter_map(|have| have.str("role")).collect();
    snapshot.count("aws_iam_role") + snapshot.count("aws_iam_role_policy") + attached.len()
}

async fn get_details(aws: &Aws) -> Result<AllDetails, ProviderError> {
    let mut all = AllDetails::new();
    let mut marker: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let get = || {
            let get = aws.iam.get_account_authorization_details().filter(EntityType::Role);
            get.max_items(PAGE_ITEMS).set_marker(marker.clone()).send()
        };
        let page = aws.call("iam:GetAccountAuthorizationDetails", get).await?;
        for role in page.role_detail_list.into_iter().flatten() {
            all.insert(role.role_name.clone().unwrap_or_default(), details(role));
        }
        marker = page.marker.filter(|_| page.is_truncated);
        if marker.is_none() {
            break;
        }
    }
    Ok(all)
}

fn details(mut role: RoleDetail) -> Details {
    let inline = role.role_policy_list.take().into_iter().flatten().filter_map(|policy| {
        Some((policy.policy_name?, decoded(&policy.policy_document.unwrap_or_default())))
    });
    let attached =
        role.attached_managed_policies.take().into_iter().flatten().filter_map(|policy| policy.policy_arn);
    Details { inline: Arc::new(inline.collect()), attached: Arc::new(attached.collect()), role }
}
