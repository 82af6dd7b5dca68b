//! AWS's published quotas, and how fast calls may go out: one bucket per quota, which starts below the published rate
//! and learns from refusals, because other users of the account share it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use recon_core::provider::{Lane, Waits};
use recon_core::quota::Quota;

use crate::pace::Pace;

/// How far below the published rate a bucket starts.
const HEADROOM: f64 = 0.95;
/// What a refusal leaves of a bucket's rate.
const DECREASE: f64 = 0.5;
/// What a second of successes adds to a bucket's rate, as a share of the published one.
const INCREASE: f64 = 0.02;
/// The least a refusal leaves, as a share of the published rate.
const FLOOR: f64 = 0.05;
/// Calls per second that the first refusal halves where no quotas are known.
const UNKNOWN_FIRST: f64 = 20.0;
/// What a success adds to a rate that was learned, as a share of it: one refusal in five holds it where it is, and fewer,
/// which need have nothing to do with the number of calls, do not hold it back.
const UNKNOWN_INCREASE: f64 = 0.2;
/// The most calls per second of such a rate.
const UNKNOWN_MAX: f64 = 1_000.0;
/// The least calls per second of such a rate. Whoever wants fewer says so again, and each call waits longer by itself.
const UNKNOWN_FLOOR: f64 = 0.5;
/// Waits shorter than that are not worth telling.
const TELL_FROM: Duration = Duration::from_secs(1);
/// With more calls waiting for one quota, no further steps that need it are begun.
const IN_LINE_MAX: usize = 2;
/// Calls per second of a quota for which calls wait long.
const SLOW: f64 = 1.0;

const fn quota(name: &'static str, label: &'static str, rate: f64, burst: f64) -> Quota {
    Quota { name, label, rate, burst }
}

/// Where bursts are not published, a second's worth is assumed, and one call of what is slower than that.
#[rustfmt::skip]
static QUOTAS: &[Quota] = &[
    quota("lambda", "Lambda", 15.0, 15.0),
    quota("lambda:GetFunction", "GetFunction", 100.0, 100.0),
    quota("lambda:GetPolicy", "GetPolicy", 15.0, 15.0),
    quota("apigateway", "API Gateway", 10.0, 40.0),
    quota("apigateway:GetResources", "GetResources", 2.5, 5.0),
    quota("apigateway:CreateRestApi", "CreateRestApi", 1.0 / 3.0, 1.0),
    quota(CREATE_EDGE_API, "CreateRestApi of an edge-optimized API", 1.0 / 30.0, 1.0),
    quota("apigateway:ImportRestApi", "ImportRestApi", 1.0 / 3.0, 1.0),
    quota("apigateway:PutRestApi", "PutRestApi", 1.0, 1.0),
    quota("apigateway:DeleteRestApi", "DeleteRestApi", 1.0 / 30.0, 1.0),
    quota("apigateway:CreateDeployment", "CreateDeployment", 0.2, 1.0),
    quota("apigateway:CreateResource", "CreateResource", 5.0, 5.0),
    quota("apigateway:DeleteResource", "DeleteResource", 5.0, 5.0),
    quota("apigateway:CreateApiKey", "CreateApiKey", 5.0, 5.0),
    quota("apigateway:DeleteApiKey", "DeleteApiKey", 5.0, 5.0),
    quota("apigateway:UpdateUsagePlan", "UpdateUsagePlan", 0.05, 1.0),
    quota("apigateway:UpdateAccount", "UpdateAccount", 0.05, 1.0),
    quota("apigateway:CreateDomainName", "CreateDomainName", 1.0 / 30.0, 1.0),
    quota("apigateway:UpdateDomainName", "UpdateDomainName", 1.0 / 30.0, 1.0),
    quota("apigateway:DeleteDomainName", "DeleteDomainName", 1.0 / 30.0, 1.0),
    quota("apigateway:CreateDocumentationVersion", "CreateDocumentationVersion", 0.05, 1.0),
    quota("apigateway:ImportDocumentationParts", "ImportDocumentationParts", 1.0 / 30.0, 1.0),
    quota("apigateway:CreateVpcLink", "CreateVpcLink", 1.0 / 15.0, 1.0),
    quota("apigateway:DeleteVpcLink", "DeleteVpcLink", 1.0 / 30.0, 1.0),
    // IAM and STS publish no rates; these are where many accounts begin to see refusals.
    quota("iam", "IAM", 15.0, 30.0),
    quota("sts", "STS", 15.0, 30.0),
    quota("cloudtrail", "CloudTrail", 2.0, 2.0),
    quota("logs", "CloudWatch Logs", 5.0, 5.0),
    // Each of these has a rate of its own.
    quota("logs:CreateLogGroup", "CreateLogGroup", 5.0, 5.0),
    quota("logs:DeleteLogGroup", "DeleteLogGroup", 5.0, 5.0),
    quota("logs:DescribeLogGroups", "DescribeLogGroups", 5.0, 5.0),
    quota("logs:ListTagsForResource", "ListTagsForResource", 5.0, 5.0),
    quota("logs:PutRetentionPolicy", "PutRetentionPolicy", 5.0, 5.0),
];

/// What counts as making an edge-optimized API, which is ten times as slow as a regional one.
pub(crate) const CREATE_EDGE_API: &str = "apigateway:CreateRestApi (edge)";

/// The quotas that an operation takes from: in API Gateway its own and that of all operations, else the one that is
/// nearest to it.
pub(crate) fn quotas_of(operation: &str) -> Vec<&'static Quota> {
    let named = |name: &str| QUOTAS.iter().find(|quota| quota.name == name);
    let own = named(operation);
    let service = operation.split_once(':').and_then(|(service, _)| named(service));
    match service {
        Some(total) if total.name == "apigateway" => own.into_iter().chain([total]).collect(),
        _ => own.or(service).into_iter().collect(),
    }
}

/// The buckets of all quotas.
pub(crate) struct Quotas {
    buckets: Mutex<BTreeMap<&'static str, Bucket>>,
    started: Instant,
    waits: Arc<dyn Waits>,
}

/// When a call was let through; a refusal of it says nothing about what was learned later.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Admitted(Duration);

impl Quotas {
    /// Full buckets.
    pub(crate) fn new(pace: Pace, waits: Arc<dyn Waits>) -> Self {
        let buckets = QUOTAS.iter().map(|quota| (quota.name, Bucket::new(quota, pace))).collect();
        Self { buckets: Mutex::new(buckets), started: Instant::now(), waits }
    }

    /// Waits until an operation may go out.
    pub(crate) async fn admit(&self, operation: &str) -> Admitted {
        let takes = |bucket: &mut Bucket, now| (bucket.take(now), bucket.quota, Arc::clone(&bucket.waiting));
        let longest = self.each(operation, takes).into_iter().max_by_key(|(wait, ..)| *wait);
        if let Some((wait, quota, waiting)) = longest.filter(|(wait, ..)| !wait.is_zero()) {
            if wait >= TELL_FROM {
                self.waits.waits(quota, wait);
            }
            let _in_line = InLine::join(waiting);
            tokio::time::sleep(wait).await;
        }
        Admitted(self.started.elapsed())
    }

    /// Learns that an operation was refused for the number of calls, and when the service wants to hear of it again.
    /// The nearest quota is to blame; where it is not, calls without one of their own will meet the same.
    pub(crate) fn refused(&self, operation: &str, admitted: Admitted, after: Option<Duration>) {
        let nearest = quotas_of(operation).first().map(|quota| quota.name);
        self.each(operation, |bucket, now| {
            if Some(bucket.quota.name) == nearest {
                bucket.slow_down(now, admitted, after);
            }
        });
    }

    /// Learns that an operation was let through.
    pub(crate) fn accepted(&self, operation: &str) {
        self.each(operation, Bucket::speed_up);
    }

    /// The quotas that hold an operation back, with how many steps each keeps busy.
    pub(crate) fn lanes(&self, operation: &str) -> Vec<Lane> {
        self.each(operation, |bucket, _| bucket.lane()).into_iter().flatten().collect()
    }

    fn each<T>(&self, operation: &str, act: impl Fn(&mut Bucket, Duration) -> T) -> Vec<T> {
        let now = self.started.elapsed();
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let quotas = quotas_of(operation).into_iter();
        quotas.filter_map(|quota| Some(act(buckets.get_mut(quota.name)?, now))).collect()
    }
}

/// A place among the calls that wait for a quota, also when the call is given up.
struct InLine(Arc<AtomicUsize>);

impl InLine {
    fn join(waiting: Arc<AtomicUsize>) -> Self {
        waiting.fetch_add(1, Ordering::Relaxed);
        Self(waiting)
    }
}

impl Drop for InLine {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A bucket of tokens; it may go into debt, and who puts it there waits until it is out.
#[derive(Debug)]
struct Bucket {
    quota: &'static Quota,
    /// The published rate, at the pace of this run; nothing where the endpoint is not AWS's.
    published: Option<f64>,
    rate: f64,
    tokens: f64,
    filled_at: Duration,
    /// Whether it holds calls back: from the start where the quota is known, from the first refusal elsewhere.
    holds: bool,
    slowed_at: Option<Duration>,
    grown_at: Duration,
    /// Calls that wait for a token.
    waiting: Arc<AtomicUsize>,
}

impl Bucket {
    fn new(quota: &'static Quota, pace: Pace) -> Self {
        let published = pace.factor().map(|factor| quota.rate * factor);
        Self {
            quota,
            published,
            rate: published.map_or(UNKNOWN_FIRST, |published| published * HEADROOM),
            tokens: quota.burst,
            filled_at: Duration::ZERO,
            holds: published.is_some(),
            slowed_at: None,
            grown_at: Duration::ZERO,
            waiting: Arc::default(),
        }
    }

    /// Takes a token, and says how long it takes until it is there.
    fn take(&mut self, now: Duration) -> Duration {
        if !self.holds {
            return Duration::ZERO;
        }
        self.fill(now);
        self.tokens -= 1.0;
        if self.tokens >= 0.0 { Duration::ZERO } else { Duration::from_secs_f64(-self.tokens / self.rate) }
    }

    fn fill(&mut self, now: Duration) {
        let passed = now.saturating_sub(self.filled_at).as_secs_f64();
        self.tokens = (self.tokens + passed * self.rate).min(self.quota.burst);
        self.filled_at = now;
    }

    fn slow_down(&mut self, now: Duration, admitted: Admitted, after: Option<Duration>) {
        self.fill(now);
        self.holds = true;
        // Nobody is let through before the time that the service names.
        let debt = after.map_or(0.0, |after| after.as_secs_f64() * self.rate);
        self.tokens = self.tokens.min(-debt);
        // Calls that were under way at the last refusal tell nothing new by being refused too.
        if self.slowed_at.is_none_or(|slowed_at| admitted.0 > slowed_at) {
            let floor = self.published.map_or(UNKNOWN_FLOOR, |published| published * FLOOR);
            self.rate = (self.rate * DECREASE).max(floor);
            self.slowed_at = Some(now);
        }
    }

    fn speed_up(&mut self, now: Duration) {
        let Some(published) = self.published else {
            if self.holds {
                self.rate = (self.rate * (1.0 + UNKNOWN_INCREASE)).min(UNKNOWN_MAX);
            }
            return;
        };
        // A pause in the calls proves nothing, so at most the time between two calls at this rate counts.
        let passed = now.saturating_sub(self.grown_at).as_secs_f64().min(1.0 / self.rate);
        let faster = published / self.quota.rate;
        self.rate += published * INCREASE * passed * faster;
        self.rate = self.rate.min(published * HEADROOM);
        self.grown_at = now;
    }

    /// A slow quota needs one step whose call is in flight and one whose call is next. A fast one has room as long as
    /// not several wait for it already.
    fn lane(&self) -> Option<Lane> {
        let is_crowded = self.waiting.load(Ordering::Relaxed) >= IN_LINE_MAX;
        let width = match (self.rate < SLOW, is_crowded) {
            (true, _) => IN_LINE_MAX,
            (false, true) => 1,
            (false, false) => usize::MAX,
        };
        self.holds.then_some(Lane { quota: self.quota.name, width })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static QUOTA: Quota = quota("x", "X", 10.0, 2.0);
    const START: Admitted = Admitted(Duration::ZERO);

    fn bucket(pace: Pace) -> Bucket {
        Bucket::new(&QUOTA, pace)
    }

    #[test]
    fn a_burst_goes_out_at_once_and_the_rest_at_the_rate() {
        let mut bucket = bucket(Pace::Published);
        let waits: Vec<u128> = (0..4).map(|_| bucket.take(Duration::ZERO).as_millis()).collect();
        assert_eq!(waits, [0, 0, 105, 210]);
    }

    #[test]
    fn a_refusal_halves_and_successes_grow_back() {
        let mut bucket = bucket(Pace::Published);
        bucket.slow_down(Duration::ZERO, START, None);
        assert!((bucket.rate - 4.75).abs() < 1e-9);
        (1..=100).for_each(|n| bucket.speed_up(Duration::from_millis(100 * n)));
        assert!((bucket.rate - 6.75).abs() < 1e-9, "a fifth of the published rate in ten seconds");
        (1..=1000).for_each(|n| bucket.speed_up(Duration::from_secs(10 + n)));
        assert!((bucket.rate - 9.5).abs() < 1e-9);
    }

    #[test]
    fn calls_that_were_under_way_together_halve_once() {
        let mut bucket = bucket(Pace::Published);
        let at = Duration::from_millis;
        (0..5).for_each(|n| bucket.slow_down(at(100 + n), Admitted(at(n)), None));
        assert!((bucket.rate - 4.75).abs() < 1e-9);
        bucket.slow_down(at(300), Admitted(at(200)), None);
        assert!((bucket.rate - 2.375).abs() < 1e-9);
    }

    #[test]
    fn nobody_goes_before_the_time_that_the_service_names() {
        let mut bucket = bucket(Pace::Published);
        bucket.slow_down(Duration::ZERO, START, Some(Duration::from_secs(3)));
        assert!(bucket.take(Duration::ZERO) > Duration::from_secs(3));
    }

    #[test]
    fn an_endpoint_of_unknown_quotas_is_limited_after_its_first_refusal() {
        let mut bucket = bucket(Pace::Learned);
        assert!((0..100).all(|_| bucket.take(Duration::ZERO).is_zero()));
        assert_eq!(bucket.lane(), None);
        bucket.slow_down(Duration::ZERO, START, None);
        assert!(!bucket.take(Duration::ZERO).is_zero());
        assert_eq!(bucket.lane(), Some(Lane { quota: "x", width: usize::MAX }));
    }

    #[test]
    fn refusals_now_and_then_do_not_stop_an_endpoint_of_unknown_quotas() {
        let refused_each = |nth: u32| {
            let mut bucket = bucket(Pace::Learned);
            for n in 0..200 {
                let now = Duration::from_secs(n.into());
                if n % nth == 0 {
                    bucket.slow_down(now, Admitted(now), None);
                } else {
                    bucket.speed_up(now);
                }
            }
            bucket.rate
        };
        assert!(refused_each(10) > 100.0);
        assert!((refused_each(1) - UNKNOWN_FLOOR).abs() < 1e-9);
    }

    #[test]
    fn a_lane_is_full_when_several_wait_and_a_slow_one_when_two_are_under_way() {
        let fast = bucket(Pace::Published);
        let line: Vec<InLine> = (0..2).map(|_| InLine::join(Arc::clone(&fast.waiting))).collect();
        assert_eq!(fast.lane(), Some(Lane { quota: "x", width: 1 }));
        drop(line);
        assert_eq!(fast.lane(), Some(Lane { quota: "x", width: usize::MAX }));
        let slow = quotas_of("apigateway:DeleteRestApi")[0];
        assert_eq!(Bucket::new(slow, Pace::Published).lane(), Some(Lane { quota: slow.name, width: 2 }));
    }

    #[test]
    fn a_faster_pace_divides_the_waits() {
        let mut bucket = bucket(Pace::Faster(10.0));
        let waits: Vec<u128> = (0..4).map(|_| bucket.take(Duration::ZERO).as_millis()).collect();
        assert_eq!(waits, [0, 0, 10, 21]);
    }

    #[test]
    fn an_operation_takes_from_its_own_bucket_and_from_that_of_its_service() {
        let names = |operation: &str| quotas_of(operation).iter().map(|quota| quota.name).collect::<Vec<_>>();
        assert_eq!(names("apigateway:GetResources"), ["apigateway:GetResources", "apigateway"]);
        assert_eq!(names(CREATE_EDGE_API), [CREATE_EDGE_API, "apigateway"]);
        assert_eq!(names("lambda:GetFunction"), ["lambda:GetFunction"]);
        assert_eq!(names("lambda:ListAliases"), ["lambda"]);
    }
}
