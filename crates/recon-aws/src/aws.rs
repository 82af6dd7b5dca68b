//! The connection that every resource type works with: clients, region, account, tags, quotas, counts.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use recon_core::provider::ProviderError;
use tokio::sync::OnceCell;

use crate::call::no_credentials;
use crate::http::HttpClients;
use crate::quota::Quotas;
use crate::tags::IgnoredTags;

/// A connection to one region of one account.
pub(crate) struct Aws {
    pub(crate) lambda: aws_sdk_lambda::Client,
    pub(crate) apigateway: aws_sdk_apigateway::Client,
    pub(crate) iam: aws_sdk_iam::Client,
    pub(crate) logs: aws_sdk_cloudwatchlogs::Client,
    pub(crate) sts: aws_sdk_sts::Client,
    pub(crate) cloudtrail: aws_sdk_cloudtrail::Client,
    /// `us-east-1`
    pub(crate) region: String,
    /// `aws`
    pub(crate) partition: String,
    /// `amazonaws.com`
    pub(crate) dns_suffix: String,
    /// What `default_tags` adds to every object that has tags.
    pub(crate) default_tags: BTreeMap<String, String>,
    pub(crate) ignored_tags: IgnoredTags,
    pub(crate) quotas: Quotas,
    /// For what is no operation of a service.
    pub(crate) http: HttpClients,
    /// Where services are that are not at AWS's own endpoints.
    pub(crate) endpoints: BTreeMap<&'static str, String>,
    /// Those that roles are taken on with, if any are.
    credentials: SharedCredentialsProvider,
    identity: OnceCell<Identity>,
    calls: Mutex<BTreeMap<&'static str, u64>>,
    answered: AtomicBool,
}

/// Who the credentials belong to.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    pub(crate) account: String,
    pub(crate) arn: String,
    pub(crate) user: String,
}

/// What [`Aws::new`] is made from besides the clients.
pub(crate) struct Surroundings {
    pub(crate) region: String,
    pub(crate) partition: &'static Partition,
    pub(crate) default_tags: BTreeMap<String, String>,
    pub(crate) ignored_tags: IgnoredTags,
    pub(crate) quotas: Quotas,
    pub(crate) http: HttpClients,
    pub(crate) endpoints: BTreeMap<&'static str, String>,
    pub(crate) credentials: SharedCredentialsProvider,
}

/// The clients of the services.
pub(crate) struct Clients {
    pub(crate) lambda: aws_sdk_lambda::Client,
    pub(crate) apigateway: aws_sdk_apigateway::Client,
    pub(crate) iam: aws_sdk_iam::Client,
    pub(crate) logs: aws_sdk_cloudwatchlogs::Client,
    pub(crate) sts: aws_sdk_sts::Client,
    pub(crate) cloudtrail: aws_sdk_cloudtrail::Client,
}

/// A partition of AWS, as ARNs name it.
#[derive(Debug)]
pub(crate) struct Partition {
    pub(crate) name: &'static str,
    pub(crate) dns_suffix: &'static str,
    /// How its regions begin.
    region_prefix: &'static str,
}

const PARTITIONS: &[Partition] = &[
    Partition { name: "aws-cn", dns_suffix: "amazonaws.com.cn", region_prefix: "cn-" },
    Partition { name: "aws-us-gov", dns_suffix: "amazonaws.com", region_prefix: "us-gov-" },
    Partition { name: "aws-iso-b", dns_suffix: "sc2s.sgov.gov", region_prefix: "us-isob-" },
    Partition { name: "aws-iso-e", dns_suffix: "cloud.adc-e.uk", region_prefix: "eu-isoe-" },
    Partition { name: "aws-iso-f", dns_suffix: "csp.hci.ic.gov", region_prefix: "us-isof-" },
    Partition { name: "aws-iso", dns_suffix: "c2s.ic.gov", region_prefix: "us-iso-" },
    Partition { name: "aws-eusc", dns_suffix: "amazonaws.eu", region_prefix: "eusc-" },
    Partition { name: "aws", dns_suffix: "amazonaws.com", region_prefix: "" },
];

impl Partition {
    /// The partition that a region is in.
    pub(crate) fn of_region(region: &str) -> &'static Self {
        let found = PARTITIONS.iter().find(|partition| region.starts_with(partition.region_prefix));
        found.expect("the last partition's prefix is empty")
    }
}

impl Aws {
    pub(crate) fn new(clients: Clients, around: Surroundings) -> Self {
        let Clients { lambda, apigateway, iam, logs, sts, cloudtrail } = clients;
        let Surroundings {
            region,
            partition,
            default_tags,
            ignored_tags,
            quotas,
            http,
            endpoints,
            credentials,
        } = around;
        Self {
            lambda,
            apigateway,
            iam,
            logs,
            sts,
            cloudtrail,
            region,
            partition: partition.name.to_owned(),
            dns_suffix: partition.dns_suffix.to_owned(),
            default_tags,
            ignored_tags,
            quotas,
            http,
            endpoints,
            credentials,
            identity: OnceCell::new(),
            calls: Mutex::default(),
            answered: AtomicBool::new(false),
        }
    }

    /// Whether there are credentials.
    pub(crate) async fn ready(&self) -> Result<(), ProviderError> {
        let given = self.credentials.provide_credentials().await;
        given.map(drop).map_err(|error| no_credentials("configure provider aws", &error))
    }

    /// Who the credentials belong to; asked once, when it is first needed.
    pub(crate) async fn identity(&self) -> Result<&Identity, ProviderError> {
        let ask = || async {
            let answer = self.call("sts:GetCallerIdentity", || self.sts.get_caller_identity().send()).await?;
            Ok(Identity {
                account: answer.account.unwrap_or_default(),
                arn: answer.arn.unwrap_or_default(),
                user: answer.user_id.unwrap_or_default(),
            })
        };
        self.identity.get_or_try_init(ask).await
    }

    /// The account that the credentials belong to; asked once, when it is first needed.
    pub(crate) async fn account(&self) -> Result<String, ProviderError> {
        Ok(self.identity().await?.account.clone())
    }

    /// What calls a function: `arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/ARN/invocations`.
    pub(crate) fn invoke_arn(&self, function_arn: &str) -> String {
        format!(
            "arn:{}:apigateway:{}:lambda:path/2015-03-31/functions/{function_arn}/invocations",
            self.partition, self.region
        )
    }

    /// Counts one call on the wire.
    pub(crate) fn count(&self, operation: &'static str) {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        *calls.entry(operation).or_default() += 1;
    }

    /// Notes that a service has answered, be it with a refusal.
    pub(crate) fn note_answer(&self) {
        self.answered.store(true, Ordering::Relaxed);
    }

    /// Whether a service has ever answered.
    pub(crate) fn has_answered(&self) -> bool {
        self.answered.load(Ordering::Relaxed)
    }

    /// How many calls went out so far.
    pub(crate) fn calls(&self) -> BTreeMap<String, u64> {
        let calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.iter().map(|(operation, count)| ((*operation).to_owned(), *count)).collect()
    }
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    #[test_case("us-east-1", "aws")]
    #[test_case("us-gov-west-1", "aws-us-gov")]
    #[test_case("cn-north-1", "aws-cn")]
    #[test_case("us-isob-east-1", "aws-iso-b")]
    #[test_case("us-iso-east-1", "aws-iso")]
    fn a_region_says_its_partition(region: &str, partition: &str) {
        assert_eq!(Partition::of_region(region).name, partition);
    }
}
