//! AWS's published request quotas, for those who want to be throttled as AWS throttles.

use std::collections::BTreeMap;

use crate::router::Service;
use crate::wire::{Call, Refusal};

/// What a network adds to the time between two calls, in seconds. Where quotas are faster than AWS's, this part of
/// the time is not faster with them, so a token that is due this soon is given ahead of time.
const JITTER: f64 = 0.1;

/// The buckets and how full they are. One account, so one bucket per quota and region.
#[derive(Debug)]
pub(crate) struct Quotas {
    /// By how much the quotas are higher than AWS's.
    factor: f64,
    levels: BTreeMap<(&'static str, String), Level>,
}

#[derive(Debug, Clone, Copy)]
struct Level {
    tokens: f64,
    filled_ms: i64,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    name: &'static str,
    per_second: f64,
    burst: f64,
}

/// What of a call counts for a quota: its operation, and for a new API whether it is edge-optimized, as it is if the
/// call does not say.
pub(crate) fn name(operation: &'static str, call: &Call) -> &'static str {
    if operation != "CreateRestApi" {
        return operation;
    }
    let body: serde_json::Value = serde_json::from_slice(&call.body).unwrap_or_default();
    let types = body["endpointConfiguration"]["types"].as_array();
    let is_edge = types.is_none_or(|types| types.is_empty() || types.iter().any(|kind| kind == "EDGE"));
    if is_edge { "CreateRestApi (edge)" } else { operation }
}

impl Quotas {
    /// AWS's quotas, that much higher.
    pub(crate) fn faster(factor: f64) -> Self {
        Self { factor, levels: BTreeMap::new() }
    }

    /// Takes a token from every bucket of an operation, or refuses as the service does.
    pub(crate) fn take(
        &mut self,
        service: Service,
        operation: &str,
        region: &str,
        now_ms: i64,
    ) -> Result<(), Refusal> {
        let buckets = buckets(service, operation);
        for bucket in &buckets {
            let ahead = if self.factor > 1.0 { JITTER * bucket.per_second * self.factor } else { 0.0 };
            let level = self.level(*bucket, region, now_ms);
            if level.tokens + ahead < 1.0 {
                let seconds = (1.0 - level.tokens) / bucket.per_second;
                return Err(self.with_wait(throttled(service), service, seconds));
            }
        }
        for bucket in &buckets {
            self.level(*bucket, region, now_ms).tokens -= 1.0;
        }
        Ok(())
    }

    /// Says how long to wait, in whole seconds: at AWS's own pace alone, where that is what a token takes.
    fn with_wait(&self, refusal: Refusal, service: Service, seconds: f64) -> Refusal {
        if self.factor > 1.0 || !matches!(service, Service::Lambda | Service::ApiGateway) {
            return refusal;
        }
        refusal.with("retryAfterSeconds", seconds.ceil().to_string())
    }

    fn level(&mut self, bucket: Bucket, region: &str, now_ms: i64) -> &mut Level {
        let per_second = bucket.per_second * self.factor;
        let full = Level { tokens: bucket.burst, filled_ms: now_ms };
        let level = self.levels.entry((bucket.name, region.to_owned())).or_insert(full);
        let elapsed_ms = u32::try_from(now_ms - level.filled_ms).unwrap_or_default();
        level.tokens = (level.tokens + f64::from(elapsed_ms) / 1000.0 * per_second).min(bucket.burst);
        level.filled_ms = now_ms;
        level
    }
}

fn buckets(service: Service, operation: &str) -> Vec<Bucket> {
    let bucket = |name, per_second: f64, burst| Bucket { name, per_second, burst };
    match service {
        Service::Lambda => vec![match operation {
            "GetFunction" => bucket("lambda:GetFunction", 100.0, 100.0),
            "GetPolicy" => bucket("lambda:GetPolicy", 15.0, 15.0),
            "Invoke" => return Vec::new(),
            _ => bucket("lambda", 15.0, 15.0),
        }],
        Service::ApiGateway => {
            let total = bucket("apigateway", 10.0, 40.0);
            gateway_bucket(operation).map_or_else(|| vec![total], |own| vec![own, total])
        }
        Service::Logs => vec![bucket("logs", 5.0, 5.0)],
        Service::CloudTrail => vec![bucket("cloudtrail", 2.0, 2.0)],
        Service::Iam => vec![bucket("iam", 15.0, 30.0)],
        Service::Sts | Service::S3 | Service::Sandbox => Vec::new(),
    }
}

/// The quotas of single API Gateway operations: name, calls, per how many seconds.
const GATEWAY: [(&str, f64, f64); 21] = [
    ("CreateRestApi", 1.0, 3.0),
    ("CreateRestApi (edge)", 1.0, 30.0),
    ("ImportRestApi", 1.0, 3.0),
    ("PutRestApi", 1.0, 1.0),
    ("DeleteRestApi", 1.0, 30.0),
    ("CreateDeployment", 1.0, 5.0),
    ("CreateApiKey", 5.0, 1.0),
    ("DeleteApiKey", 5.0, 1.0),
    ("UpdateAccount", 1.0, 20.0),
    ("CreateDocumentationVersion", 1.0, 20.0),
    ("CreateVpcLink", 1.0, 15.0),
    ("DeleteVpcLink", 1.0, 30.0),
    ("GetResources", 5.0, 2.0),
    ("CreateResource", 5.0, 1.0),
    ("DeleteResource", 5.0, 1.0),
    ("UpdateUsagePlan", 1.0, 20.0),
    ("CreateDomainName", 1.0, 30.0),
    ("UpdateDomainName", 1.0, 30.0),
    ("DeleteDomainName", 1.0, 30.0),
    ("ImportDocumentationParts", 1.0, 30.0),
    ("ImportApiKeys", 5.0, 1.0),
];

fn gateway_bucket(operation: &str) -> Option<Bucket> {
    GATEWAY.iter().find(|(name, ..)| *name == operation).map(|(name, calls, seconds)| Bucket {
        name,
        per_second: calls / seconds,
        burst: calls.max(1.0),
    })
}

fn throttled(service: Service) -> Refusal {
    match service {
        Service::Lambda => Refusal::new(429, "TooManyRequestsException", "Rate exceeded")
            .with("Reason", "CallerRateLimitExceeded")
            .with("Type", "User"),
        Service::ApiGateway => Refusal::new(429, "TooManyRequestsException", "Too Many Requests"),
        Service::Iam | Service::Sts => Refusal::new(400, "Throttling", "Rate exceeded"),
        Service::Logs | Service::CloudTrail => Refusal::new(400, "ThrottlingException", "Rate exceeded"),
        Service::S3 | Service::Sandbox => Refusal::new(503, "SlowDown", "Please reduce your request rate."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lambda_control_plane_throttles_at_fifteen_and_refills() {
        let mut quotas = Quotas::faster(1.0);
        let mut take = |now_ms| quotas.take(Service::Lambda, "ListFunctions", "us-east-1", now_ms);
        assert!((0..15).all(|_| take(0).is_ok()));
        assert_eq!(take(0).unwrap_err().status, 429);
        assert!(take(100).is_ok());
    }

    #[test]
    fn refusals_say_when_the_next_call_may_come() {
        let after = |factor| {
            let mut quotas = Quotas::faster(factor);
            let mut take = |now_ms| quotas.take(Service::ApiGateway, "CreateDeployment", "r", now_ms);
            take(0).unwrap();
            take(1).unwrap_err().extra.get("retryAfterSeconds").cloned()
        };
        assert_eq!(after(1.0), Some("5".into()));
        assert_eq!(after(2.0), None);
    }

    #[test]
    fn faster_quotas_refill_faster_and_forgive_a_networks_jitter_without_giving_more() {
        let mut quotas = Quotas::faster(100.0);
        let mut take =
            |now_ms| quotas.take(Service::ApiGateway, "CreateDeployment", "us-east-1", now_ms).is_ok();
        assert!(take(0) && take(10) && take(20), "20 a second, and up to 100 ms early");
        assert!(!take(40), "what was given early is owed");
        assert!(take(60));
        assert!(!take(90));
    }

    #[test]
    fn a_new_api_is_edge_optimized_unless_it_says_otherwise() {
        let call = |body: &str| Call { body: body.as_bytes().to_vec(), ..Call::default() };
        let regional = r#"{"name":"a","endpointConfiguration":{"types":["REGIONAL"]}}"#;
        assert_eq!(name("CreateRestApi", &call(regional)), "CreateRestApi");
        assert_eq!(name("CreateRestApi", &call(r#"{"name":"a"}"#)), "CreateRestApi (edge)");
    }

    #[test]
    fn gateway_operation_takes_from_its_own_bucket_and_the_total() {
        let mut quotas = Quotas::faster(1.0);
        assert!(quotas.take(Service::ApiGateway, "CreateDeployment", "r", 0).is_ok());
        assert!(quotas.take(Service::ApiGateway, "CreateDeployment", "r", 0).is_err());
        assert!(quotas.take(Service::ApiGateway, "GetStages", "r", 0).is_ok());
    }
}
