//! How fast calls may go out: one bucket per documented quota, which starts below the published rate and learns from
//! refusals, because other users of the account share it.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How far below the published rate a bucket starts.
const HEADROOM: f64 = 0.95;
/// What a refusal leaves of a bucket's rate.
const DECREASE: f64 = 0.7;
/// What a success adds to a bucket's rate, as a share of the published one.
const INCREASE: f64 = 0.002;
/// The least a refusal leaves, as a share of the published rate.
const FLOOR: f64 = 0.05;

/// A published quota: operations that share it, calls per second, calls at once.
struct Quota {
    name: &'static str,
    rate: f64,
    burst: f64,
}

/// Where bursts are not published, a second's worth is assumed.
#[rustfmt::skip]
const QUOTAS: &[Quota] = &[
    Quota { name: "lambda", rate: 15.0, burst: 15.0 },
    Quota { name: "lambda:GetFunction", rate: 100.0, burst: 100.0 },
    Quota { name: "lambda:GetPolicy", rate: 15.0, burst: 15.0 },
    Quota { name: "apigateway", rate: 10.0, burst: 40.0 },
    Quota { name: "apigateway:GetResources", rate: 2.5, burst: 5.0 },
    Quota { name: "apigateway:CreateRestApi", rate: 1.0 / 3.0, burst: 1.0 },
    Quota { name: "apigateway:ImportRestApi", rate: 1.0 / 3.0, burst: 1.0 },
    Quota { name: "apigateway:PutRestApi", rate: 1.0, burst: 1.0 },
    Quota { name: "apigateway:DeleteRestApi", rate: 1.0 / 30.0, burst: 1.0 },
    Quota { name: "apigateway:CreateDeployment", rate: 0.2, burst: 1.0 },
    Quota { name: "apigateway:CreateResource", rate: 5.0, burst: 5.0 },
    Quota { name: "apigateway:DeleteResource", rate: 5.0, burst: 5.0 },
    Quota { name: "apigateway:CreateApiKey", rate: 5.0, burst: 5.0 },
    Quota { name: "apigateway:DeleteApiKey", rate: 5.0, burst: 5.0 },
    Quota { name: "apigateway:UpdateUsagePlan", rate: 0.05, burst: 1.0 },
    Quota { name: "apigateway:UpdateAccount", rate: 0.05, burst: 1.0 },
    Quota { name: "apigateway:CreateDomainName", rate: 1.0 / 30.0, burst: 1.0 },
    Quota { name: "apigateway:UpdateDomainName", rate: 1.0 / 30.0, burst: 1.0 },
    Quota { name: "apigateway:DeleteDomainName", rate: 1.0 / 30.0, burst: 1.0 },
    Quota { name: "apigateway:CreateDocumentationVersion", rate: 0.05, burst: 1.0 },
    Quota { name: "apigateway:ImportDocumentationParts", rate: 1.0 / 30.0, burst: 1.0 },
    Quota { name: "apigateway:CreateVpcLink", rate: 1.0 / 15.0, burst: 1.0 },
    Quota { name: "apigateway:DeleteVpcLink", rate: 1.0 / 30.0, burst: 1.0 },
    // IAM and STS publish no rates; these are where many accounts begin to see refusals.
    Quota { name: "iam", rate: 15.0, burst: 30.0 },
    Quota { name: "sts", rate: 15.0, burst: 30.0 },
    Quota { name: "logs", rate: 5.0, burst: 5.0 },
    // Each of these has a rate of its own.
    Quota { name: "logs:CreateLogGroup", rate: 5.0, burst: 5.0 },
    Quota { name: "logs:DeleteLogGroup", rate: 5.0, burst: 5.0 },
    Quota { name: "logs:DescribeLogGroups", rate: 5.0, burst: 5.0 },
    Quota { name: "logs:ListTagsForResource", rate: 5.0, burst: 5.0 },
    Quota { name: "logs:PutRetentionPolicy", rate: 5.0, burst: 5.0 },
];

/// The buckets of all quotas.
pub(crate) struct Quotas {
    buckets: Mutex<BTreeMap<&'static str, Bucket>>,
    started: Instant,
}

impl Quotas {
    /// Buckets that hold to the published rates from the start.
    pub(crate) fn published() -> Self {
        Self::with(Enforced::FromTheStart)
    }

    /// Buckets that let everything through until something is refused: an endpoint that is not AWS's has its own
    /// idea of quotas, mostly none.
    pub(crate) fn learned() -> Self {
        Self::with(Enforced::AfterARefusal)
    }

    fn with(enforced: Enforced) -> Self {
        let buckets = QUOTAS.iter().map(|quota| (quota.name, Bucket::new(quota, enforced))).collect();
        Self { buckets: Mutex::new(buckets), started: Instant::now() }
    }

    /// Waits until an operation may go out.
    pub(crate) async fn admit(&self, operation: &'static str) {
        let wait = self.each(operation, Bucket::take);
        let longest = wait.into_iter().max().unwrap_or_default();
        if !longest.is_zero() {
            tokio::time::sleep(longest).await;
        }
    }

    /// Learns that an operation was refused for the number of calls.
    pub(crate) fn refused(&self, operation: &'static str) {
        self.each(operation, Bucket::slow_down);
    }

    /// Learns that an operation was let through.
    pub(crate) fn accepted(&self, operation: &'static str) {
        self.each(operation, |bucket, _| bucket.speed_up());
    }

    fn each<T>(&self, operation: &'static str, act: impl Fn(&mut Bucket, Duration) -> T) -> Vec<T> {
        let now = self.started.elapsed();
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let names = buckets_of(operation);
        names.into_iter().flatten().filter_map(|name| Some(act(buckets.get_mut(name)?, now))).collect()
    }
}

/// The buckets that an operation takes from: in API Gateway its own and that of all operations, else the one that is
/// nearest to it.
fn buckets_of(operation: &'static str) -> [Option<&'static str>; 2] {
    let own = QUOTAS.iter().map(|quota| quota.name).find(|name| *name == operation);
    let service = operation.split_once(':').map(|(service, _)| service);
    match service {
        Some("apigateway") => [own, service],
        _ => [own.or(service), None],
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Enforced {
    FromTheStart,
    AfterARefusal,
}

/// A bucket of tokens; it may go into debt, and who puts it there waits until it is out.
#[derive(Debug)]
struct Bucket {
    published: f64,
    rate: f64,
    burst: f64,
    tokens: f64,
    filled_at: Duration,
    enforced: Enforced,
}

impl Bucket {
    fn new(quota: &Quota, enforced: Enforced) -> Self {
        let rate = quota.rate * HEADROOM;
        let (burst, filled_at) = (quota.burst, Duration::ZERO);
        Self { published: quota.rate, rate, burst, tokens: burst, filled_at, enforced }
    }

    /// Takes a token, and says how long it takes until it is there.
    fn take(&mut self, now: Duration) -> Duration {
        if self.enforced == Enforced::AfterARefusal {
            return Duration::ZERO;
        }
        self.fill(now);
        self.tokens -= 1.0;
        if self.tokens >= 0.0 { Duration::ZERO } else { Duration::from_secs_f64(-self.tokens / self.rate) }
    }

    fn fill(&mut self, now: Duration) {
        let passed = now.saturating_sub(self.filled_at).as_secs_f64();
        self.tokens = (self.tokens + passed * self.rate).min(self.burst);
        self.filled_at = now;
    }

    fn slow_down(&mut self, now: Duration) {
        self.fill(now);
        self.enforced = Enforced::FromTheStart;
        self.tokens = self.tokens.min(0.0);
        self.rate = (self.rate * DECREASE).max(self.published * FLOOR);
    }

    fn speed_up(&mut self) {
        self.rate = (self.rate + self.published * INCREASE).min(self.published * HEADROOM);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(enforced: Enforced) -> Bucket {
        Bucket::new(&Quota { name: "x", rate: 10.0, burst: 2.0 }, enforced)
    }

    #[test]
    fn a_burst_goes_out_at_once_and_the_rest_at_the_rate() {
        let mut bucket = bucket(Enforced::FromTheStart);
        let waits: Vec<u128> = (0..4).map(|_| bucket.take(Duration::ZERO).as_millis()).collect();
        assert_eq!(waits, [0, 0, 105, 210]);
    }

    #[test]
    fn a_refusal_slows_down_and_successes_speed_up() {
        let mut bucket = bucket(Enforced::FromTheStart);
        bucket.slow_down(Duration::ZERO);
        assert!(bucket.rate < 7.0);
        (0..1000).for_each(|_| bucket.speed_up());
        assert!((bucket.rate - 9.5).abs() < 1e-9);
    }

    #[test]
    fn an_endpoint_of_unknown_quotas_is_limited_after_its_first_refusal() {
        let mut bucket = bucket(Enforced::AfterARefusal);
        assert!((0..100).all(|_| bucket.take(Duration::ZERO).is_zero()));
        bucket.slow_down(Duration::ZERO);
        assert!(!bucket.take(Duration::ZERO).is_zero());
    }

    #[test]
    fn an_operation_takes_from_its_own_bucket_and_from_that_of_its_service() {
        let nested = [Some("apigateway:GetResources"), Some("apigateway")];
        assert_eq!(buckets_of("apigateway:GetResources"), nested);
        assert_eq!(buckets_of("lambda:GetFunction"), [Some("lambda:GetFunction"), None]);
        assert_eq!(buckets_of("lambda:ListAliases"), [Some("lambda"), None]);
    }
}
