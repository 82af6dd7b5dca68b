//! Log groups as CloudWatch Logs shows them: fifty exact names in one call where several are read together.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudwatchlogs::types::LogGroup;
use recon_core::Known;
use recon_core::provider::{ErrorKind, ProviderError};

use super::group::KIND;
use crate::aws::Aws;
use crate::snapshot::Snapshot;

const DESCRIBE: &str = "logs:DescribeLogGroups";
/// How many groups one call may name or answer.
const PAGE_MAX: usize = 50;
const PAGES_MAX: u32 = 1_000;

/// The names that a refresh reads, and in which call each is.
struct Calls {
    names: Vec<Vec<String>>,
    call_of: BTreeMap<String, usize>,
}

/// The name of a group that is remembered.
pub(super) fn name_of(have: &Known) -> &str {
    have.text("name").or_else(|| have.text("id")).unwrap_or_default()
}

/// A group, read together with others of the same refresh.
pub(super) async fn shared(
    aws: &Aws,
    snapshot: &Snapshot,
    name: &str,
) -> Result<Option<LogGroup>, ProviderError> {
    if snapshot.count(KIND) < 2 {
        return Ok((*snapshot.once(format!("logs:group:{name}"), || one(aws, name)).await?).clone());
    }
    let calls = snapshot.once("logs:calls".to_owned(), || async { Ok(calls(snapshot)) }).await?;
    let Some(call) = calls.call_of.get(name).copied() else { return one(aws, name).await };
    let ask = || together(aws, &calls.names[call]);
    let found = snapshot.once(format!("logs:groups:{call}"), ask).await?;
    match &*found {
        Some(found) => Ok(found.get(name).cloned()),
        None => one(aws, name).await,
    }
}

fn calls(snapshot: &Snapshot) -> Calls {
    let names: BTreeSet<&str> = snapshot.of_kind(KIND).map(name_of).filter(|name| !name.is_empty()).collect();
    let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
    let each = names.iter().enumerate();
    let call_of = each.map(|(index, name)| (name.clone(), index / PAGE_MAX)).collect();
    Calls { names: names.chunks(PAGE_MAX).map(<[String]>::to_vec).collect(), call_of }
}

/// Groups by exact name; nothing where the service does not take names, so that each must be asked for.
async fn together(aws: &Aws, names: &[String]) -> Result<Option<BTreeMap<String, LogGroup>>, ProviderError> {
    let mut found = BTreeMap::new();
    let mut token: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let send = || {
            let request = aws.logs.describe_log_groups().set_log_group_identifiers(Some(names.to_vec()));
            request.set_next_token(token.clone()).send()
        };
        let page = match aws.call(DESCRIBE, send).await {
            Ok(page) => page,
            Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Invalid) => return Ok(None),
            Err(error) => return Err(error),
        };
        found.extend(page.log_groups.into_iter().flatten().filter_map(keyed));
        token = page.next_token.filter(|token| !token.is_empty());
        if token.is_none() {
            break;
        }
    }
    Ok(Some(found))
}

/// One group. The answer is sorted, so that of all names with this beginning the name itself comes first.
pub(super) async fn one(aws: &Aws, name: &str) -> Result<Option<LogGroup>, ProviderError> {
    if name.is_empty() {
        return Ok(None);
    }
    let send = || aws.logs.describe_log_groups().log_group_name_prefix(name).send();
    let page = aws.call(DESCRIBE, send).await?;
    Ok(page.log_groups.into_iter().flatten().find(|group| group.log_group_name() == Some(name)))
}

/// All groups whose name begins so.
pub(super) async fn beginning_with(aws: &Aws, prefix: &str) -> Result<Vec<LogGroup>, ProviderError> {
    let mut found = Vec::new();
    let mut token: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let send = || {
            let request = aws.logs.describe_log_groups().log_group_name_prefix(prefix);
            request.set_next_token(token.clone()).send()
        };
        let page = aws.call(DESCRIBE, send).await?;
        found.extend(page.log_groups.into_iter().flatten());
        token = page.next_token.filter(|token| !token.is_empty());
        if token.is_none() {
            break;
        }
    }
    Ok(found)
}

fn keyed(group: LogGroup) -> Option<(String, LogGroup)> {
    Some((group.log_group_name()?.to_owned(), group))
}

/// The tags of a group.
pub(super) async fn tags(aws: &Aws, arn: &str) -> Result<BTreeMap<String, String>, ProviderError> {
    let send = || aws.logs.list_tags_for_resource().resource_arn(arn).send();
    let answer = aws.call("logs:ListTagsForResource", send).await?;
    Ok(crate::shape::ordered(answer.tags))
}

/// A group's ARN without the `:*` that stands for its streams.
pub(super) fn arn(group: &LogGroup) -> &str {
    let arn = group.arn().or_else(|| group.log_group_arn()).unwrap_or_default();
    arn.strip_suffix(":*").unwrap_or(arn)
}
