//! Reads of managed policies.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_sdk_iam::types::{EntityType, ManagedPolicyDetail, Policy, PolicyScopeType};
use recon_core::provider::{ErrorKind, ProviderError};

use super::incomplete;
use super::policy_text::decoded;
use super::reads::{PAGE_ITEMS, PAGES_MAX};
use crate::aws::Aws;
use crate::snapshot::Snapshot;

/// As many documents are read one by one before the bulk read is cheaper.
const POINT_READS_MAX: usize = 10;

/// Documents in force, by ARN and version.
type Documents = BTreeMap<(String, String), String>;

/// A policy with the document in force.
pub(crate) struct LivePolicy {
    pub(crate) policy: Policy,
    pub(crate) document: String,
}

/// Reads a policy and the document in force.
pub(crate) async fn read(aws: &Aws, snapshot: &Snapshot, arn: &str) -> Result<LivePolicy, ProviderError> {
    let policy = get_policy(aws, arn).await?;
    let version = policy.default_version_id().unwrap_or_default();
    let document = match all_documents(aws, snapshot).await? {
        Some(documents) => documents.get(&(arn.to_owned(), version.to_owned())).cloned(),
        None => None,
    };
    let document = match document {
        Some(document) => document,
        None => get_document(aws, arn, version).await?,
    };
    Ok(LivePolicy { policy, document })
}

async fn get_policy(aws: &Aws, arn: &str) -> Result<Policy, ProviderError> {
    let answer = aws.call("iam:GetPolicy", || aws.iam.get_policy().policy_arn(arn).send()).await?;
    answer.policy.ok_or_else(|| incomplete("iam:GetPolicy", "policy"))
}

async fn get_document(aws: &Aws, arn: &str, version: &str) -> Result<String, ProviderError> {
    let get = || aws.iam.get_policy_version().policy_arn(arn).version_id(version).send();
    let answer = aws.call("iam:GetPolicyVersion", get).await?;
    let document = answer.policy_version.and_then(|version| version.document);
    document.map(|text| decoded(&text)).ok_or_else(|| incomplete("iam:GetPolicyVersion", "document"))
}

/// All policies of a scope under a path.
pub(crate) async fn list(
    aws: &Aws,
    scope: PolicyScopeType,
    path: Option<&str>,
) -> Result<Vec<Policy>, ProviderError> {
    let mut policies = Vec::new();
    let mut marker: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let list = || {
            let list = aws.iam.list_policies().scope(scope.clone()).set_path_prefix(path.map(str::to_owned));
            list.max_items(PAGE_ITEMS).set_marker(marker.clone()).send()
        };
        let page = aws.call("iam:ListPolicies", list).await?;
        policies.extend(page.policies.into_iter().flatten());
        marker = page.marker.filter(|_| page.is_truncated);
        if marker.is_none() {
            break;
        }
    }
    Ok(policies)
}

/// The documents of all policies of the account; nothing where point reads are cheaper, or the bulk one is not
/// allowed.
async fn all_documents(aws: &Aws, snapshot: &Snapshot) -> Result<Option<Arc<Documents>>, ProviderError> {
    if snapshot.count("aws_iam_policy") <= POINT_READS_MAX {
        return Ok(None);
    }
    match snapshot.once("iam:documents".to_owned(), || get_documents(aws)).await {
        Ok(documents) => Ok(Some(documents)),
        Err(error) if error.kind == ErrorKind::AccessDenied => Ok(None),
        Err(error) => Err(error),
    }
}

async fn get_documents(aws: &Aws) -> Result<Documents, ProviderError> {
    let mut documents = Documents::new();
    let mut marker: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let get = || {
            let get = aws.iam.get_account_authorization_details().filter(EntityType::LocalManagedPolicy);
            get.max_items(PAGE_ITEMS).set_marker(marker.clone()).send()
        };
        let page = aws.call("iam:GetAccountAuthorizationDetails", get).await?;
        documents.extend(page.policies.into_iter().flatten().flat_map(documents_of));
        marker = page.marker.filter(|_| page.is_truncated);
        if marker.is_none() {
            break;
        }
    }
    Ok(documents)
}

fn documents_of(policy: ManagedPolicyDetail) -> impl Iterator<Item = ((String, String), String)> {
    let arn = policy.arn.unwrap_or_default();
    let versions = policy.policy_version_list.into_iter().flatten();
    versions
        .filter_map(move |version| Some(((arn.clone(), version.version_id?), decoded(&version.document?))))
}
