//! The policies AWS manages: known by their ARN, not kept in the world.

use std::sync::LazyLock;

use super::no_such_entity;
use super::policy::{Policy, Version};
use crate::wire::Refusal;
use crate::world::World;

const PREFIX: &str = "arn:aws:iam::aws:policy/";

/// The documents of those that functions and APIs commonly use.
const DOCUMENTS: [(&str, &str); 4] = [
    (
        "AWSLambdaBasicExecutionRole",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["logs:CreateLogGroup","logs:CreateLogStream","logs:PutLogEvents"],"Resource":"*"}]}"#,
    ),
    (
        "AWSLambdaVPCAccessExecutionRole",
        r#"{"Version":"2012-10-17","Statement":[{"Sid":"AWSLambdaVPCAccessExecutionPermissions","Effect":"Allow","Action":["logs:CreateLogGroup","logs:CreateLogStream","logs:PutLogEvents","ec2:CreateNetworkInterface","ec2:DescribeNetworkInterfaces","ec2:DescribeSubnets","ec2:DeleteNetworkInterface","ec2:AssignPrivateIpAddresses","ec2:UnassignPrivateIpAddresses"],"Resource":"*"}]}"#,
    ),
    (
        "AWSXRayDaemonWriteAccess",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["xray:PutTraceSegments","xray:PutTelemetryRecords","xray:GetSamplingRules","xray:GetSamplingTargets","xray:GetSamplingStatisticSummaries"],"Resource":["*"]}]}"#,
    ),
    (
        "AmazonAPIGatewayPushToCloudWatchLogs",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["logs:CreateLogGroup","logs:CreateLogStream","logs:DescribeLogGroups","logs:DescribeLogStreams","logs:PutLogEvents","logs:GetLogEvents","logs:FilterLogEvents"],"Resource":"*"}]}"#,
    ),
];

/// The policies that AWS had at the end of 2025, as path and name, sorted.
static NAMES: LazyLock<Vec<&str>> = LazyLock::new(|| include_str!("managed_policies.txt").lines().collect());

/// Returns an AWS-managed policy by its ARN; the document is the true one only for those that functions and APIs
/// commonly use.
pub(crate) fn find(arn: &str) -> Option<Policy> {
    let whole = arn.strip_prefix(PREFIX)?;
    NAMES.binary_search(&whole).ok().map(|_| made(arn, whole))
}

/// Returns the policies that AWS manages, by ARN.
pub(crate) fn all() -> impl Iterator<Item = Policy> {
    NAMES.iter().map(|whole| made(&format!("{PREFIX}{whole}"), whole))
}

fn made(arn: &str, whole: &str) -> Policy {
    let (path, name) = split(whole);
    let known = DOCUMENTS.iter().find(|(known, _)| *known == name);
    let document = known.map_or(r#"{"Version":"2012-10-17","Statement":[]}"#, |(_, document)| document);
    let made_ms = 1_423_000_000_000;
    Policy {
        name: name.to_owned(),
        path,
        id: "ANPASANDBOXMANAGED234".to_owned(),
        arn: arn.to_owned(),
        description: None,
        created_ms: made_ms,
        updated_ms: made_ms,
        default_version: 1,
        next_version: 2,
        versions: std::iter::once((1, Version { document: document.to_owned(), created_ms: made_ms }))
            .collect(),
        tags: std::collections::BTreeMap::new(),
    }
}

/// Refuses an ARN that names no policy.
pub(crate) fn check_exists(world: &World, arn: &str) -> Result<(), Refusal> {
    if !arn.starts_with("arn:") {
        return Err(Refusal::new(400, "InvalidInput", format!("ARN {arn} is not valid.")));
    }
    if world.iam.policies.contains_key(arn) || find(arn).is_some() {
        return Ok(());
    }
    Err(no_such_entity(format!("Policy {arn} does not exist or is not attachable.")))
}

fn split(rest: &str) -> (String, &str) {
    rest.rsplit_once('/').map_or_else(|| ("/".to_owned(), rest), |(path, name)| (format!("/{path}/"), name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_so_that_they_are_found() {
        assert!(NAMES.is_sorted());
        assert!(all().all(|policy| find(&policy.arn).is_some()));
    }

    #[test]
    fn managed_policies_are_known_by_path_and_name() {
        let policy = find("arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole").unwrap();
        assert_eq!(
            (policy.path.as_str(), policy.name.as_str()),
            ("/service-role/", "AWSLambdaBasicExecutionRole")
        );
        assert!(find("arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole").is_none(), "of another path");
        assert!(find("arn:aws:iam::aws:policy/NoSuchPolicy").is_none());
        assert!(find("arn:aws:iam::123456789012:policy/Mine").is_none());
    }
}
