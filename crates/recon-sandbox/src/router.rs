//! Decides which service and operation a call is for, and takes it through counting, faults and the world.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::fault::{Action, Faults, Moment};
use crate::line::Scissors;
use crate::quota::{self, Quotas};
use crate::wire::{Answer, Call, Outcome, Refusal};
use crate::world::World;
use crate::{apigateway, cloudtrail, control, iam, lambda, logs, render, route, s3, sts, time};

/// The services of the sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Service {
    Lambda,
    ApiGateway,
    Iam,
    Sts,
    Logs,
    CloudTrail,
    S3,
    /// The control endpoints of the sandbox itself.
    Sandbox,
}

/// How often each operation was called.
#[derive(Debug, Default)]
pub(crate) struct Calls {
    pub total: u64,
    pub mutating: u64,
    /// Those refused by a quota.
    pub throttled: BTreeMap<(&'static str, &'static str), u64>,
    pub operations: BTreeMap<(&'static str, &'static str), u64>,
}

/// The cloud with everything around it.
pub(crate) struct Cloud {
    pub world: Mutex<World>,
    pub faults: Mutex<Faults>,
    pub calls: Mutex<Calls>,
    pub quotas: Option<Mutex<Quotas>>,
    pub latency: Duration,
    /// Whether the world changed since it was last saved.
    pub dirty: AtomicBool,
}

/// Locks; a panic in another call must not take the sandbox down with it.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Service {
    /// Returns the name as in a credential scope.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Lambda => "lambda",
            Self::ApiGateway => "apigateway",
            Self::Iam => "iam",
            Self::Sts => "sts",
            Self::Logs => "logs",
            Self::CloudTrail => "cloudtrail",
            Self::S3 => "s3",
            Self::Sandbox => "sandbox",
        }
    }

    /// Returns the service a call is for: its credential scope says, or else its path.
    pub(crate) fn of(call: &Call) -> Self {
        if call.path.first().is_some_and(|segment| segment == "_sandbox") {
            return Self::Sandbox;
        }
        Self::signed(call).unwrap_or_else(|| Self::by_path(call))
    }

    /// Returns the service that the credential scope names, if it is one of these.
    fn signed(call: &Call) -> Option<Self> {
        let services =
            [Self::Lambda, Self::ApiGateway, Self::Iam, Self::Sts, Self::Logs, Self::CloudTrail, Self::S3];
        let (_, named) = credential_scope(call.header("authorization").unwrap_or_default())?;
        services.into_iter().find(|known| known.name() == named)
    }

    fn by_path(call: &Call) -> Self {
        const GATEWAY: [&str; 10] = [
            "restapis",
            "apikeys",
            "usageplans",
            "account",
            "domainnames",
            "vpclinks",
            "clientcertificates",
            "sdktypes",
            "tags",
            "domainnameaccessassociations",
        ];
        let first = call.path.first().map_or("", String::as_str);
        if call.header("host").is_some_and(|host| host.contains(".execute-api.")) {
            return Self::ApiGateway;
        }
        let dated = first.len() == 10 && first.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        if dated {
            return Self::Lambda;
        }
        if GATEWAY.contains(&first) {
            return Self::ApiGateway;
        }
        if call.header("x-amz-target").is_some_and(|target| target.starts_with("Logs_")) {
            return Self::Logs;
        }
        if call.header("x-amz-target").is_some_and(|target| target.contains("CloudTrail_")) {
            return Self::CloudTrail;
        }
        if call.method == "POST" && first.is_empty() {
            let identity = sts::operation(call).is_some();
            return if identity { Self::Sts } else { Self::Iam };
        }
        Self::S3
    }

    fn operation(self, call: &Call) -> Option<&'static str> {
        match self {
            Self::Lambda => lambda::operation(call),
            Self::ApiGateway => apigateway::operation(call),
            Self::Iam => iam::operation(call),
            Self::Sts => sts::operation(call),
            Self::Logs => logs::operation(call),
            Self::CloudTrail => cloudtrail::operation(call),
            Self::S3 => s3::operation(call),
            Self::Sandbox => None,
        }
    }

    fn handle(self, world: &mut World, call: &Call) -> Outcome {
        match self {
            Self::Lambda => lambda::handle(world, call),
            Self::ApiGateway => apigateway::handle(world, call),
            Self::Iam => iam::handle(world, call),
            Self::Sts => sts::handle(world, call),
            Self::Logs => logs::handle(world, call),
            Self::CloudTrail => cloudtrail::handle(world, call),
            Self::S3 => s3::handle(world, call),
            Self::Sandbox => Err(Refusal::unknown(call)),
        }
    }
}

/// Returns region and service from `Credential=ID/DATE/REGION/SERVICE/aws4_request`.
pub(crate) fn credential_scope(authorization: &str) -> Option<(&str, &str)> {
    let (_, rest) = authorization.split_once("Credential=")?;
    let mut parts = rest.split([',', ' ']).next()?.rsplit('/');
    let _terminator = parts.next()?;
    let service = parts.next()?;
    Some((parts.next()?, service))
}

impl Cloud {
    /// Answers one call.
    pub(crate) async fn answer(&self, call: Call, scissors: &Scissors) -> Answer {
        let service = Service::of(&call);
        if service == Service::Sandbox {
            return control::handle(self, &call)
                .unwrap_or_else(|refusal| render::refusal(service, &refusal, &call));
        }
        let outcome = match service.operation(&call) {
            Some(operation) => self.perform(service, operation, &call, scissors).await,
            None => Err(Refusal::unknown(&call)),
        };
        match outcome {
            Ok(answer) => render::answer(service, answer, &call),
            Err(refusal) => render::refusal(service, &refusal, &call),
        }
    }

    async fn perform(
        &self,
        service: Service,
        operation: &'static str,
        call: &Call,
        scissors: &Scissors,
    ) -> Outcome {
        let mutates = route::changes_the_cloud(operation);
        lock(&self.calls).count(service, operation, mutates);
        if !self.latency.is_zero() {
            tokio::time::sleep(self.latency).await;
        }
        if let Some(quotas) = &self.quotas {
            let name = quota::name(operation, call);
            let taken = lock(quotas).take(service, name, &call.region, time::now_ms());
            if let Err(refusal) = taken {
                *lock(&self.calls).throttled.entry((service.name(), operation)).or_default() += 1;
                return Err(refusal);
            }
        }
        let actions = lock(&self.faults).strike(&format!("{}:{operation}", service.name()), mutates);
        for action in &actions {
            strike(action, Moment::Before, scissors).await?;
        }
        let outcome = {
            let mut world = lock(&self.world);
            let outcome = service.handle(&mut world, call);
            self.dirty.fetch_or(mutates, Ordering::Relaxed);
            if let (true, Ok(answer)) = (mutates, &outcome) {
                world.trail.record(service, operation, call, answer);
            }
            outcome
        };
        for action in &actions {
            strike(action, Moment::After, scissors).await?;
        }
        outcome
    }
}

/// Lets a fault strike, if now is its moment; an error means the call ends here.
async fn strike(action: &Action, now: Moment, scissors: &Scissors) -> Result<(), Refusal> {
    let severed = || Refusal::new(500, "ConnectionCut", "the connection was cut on request");
    match action {
        Action::Error { status, code, message, extra } if now == Moment::Before => {
            let mut refusal = Refusal::new(*status, known_code(code), message.clone());
            refusal.extra.clone_from(extra);
            Err(refusal)
        }
        Action::DelayMs(delay_ms) if now == Moment::Before => {
            tokio::time::sleep(Duration::from_millis(*delay_ms)).await;
            Ok(())
        }
        Action::Cut(moment) if now == *moment => {
            scissors.cut();
            Err(severed())
        }
        Action::Kill { kill, when } if now == *when => {
            if let Some(process) = rustix::process::Pid::from_raw(*kill) {
                let killed = rustix::process::kill_process(process, rustix::process::Signal::KILL);
                tracing::info!(pid = kill, ?killed, "killed on request");
            }
            scissors.cut();
            Err(severed())
        }
        Action::Error { .. } | Action::DelayMs(_) | Action::Cut(_) | Action::Kill { .. } => Ok(()),
    }
}

/// Returns an error code that lives as long as the process. Codes come from tests, so there are few.
fn known_code(code: &str) -> &'static str {
    static CODES: Mutex<BTreeMap<String, &'static str>> = Mutex::new(BTreeMap::new());
    let mut codes = lock(&CODES);
    if let Some(known) = codes.get(code) {
        return known;
    }
    let leaked: &'static str = Box::leak(code.to_owned().into_boxed_str());
    codes.insert(code.to_owned(), leaked);
    leaked
}

impl Calls {
    fn count(&mut self, service: Service, operation: &'static str, mutates: bool) {
        self.total += 1;
        self.mutating += u64::from(mutates);
        *self.operations.entry((service.name(), operation)).or_default() += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credential_scope_names_region_and_service() {
        let header =
            "AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-west-1/lambda/aws4_request, SignedHeaders=host";
        assert_eq!(credential_scope(header), Some(("eu-west-1", "lambda")));
        assert_eq!(credential_scope("Bearer x"), None);
    }

    #[test]
    fn path_decides_without_a_scope() {
        let call = |path: &str| Call {
            method: "GET".into(),
            path: path.split('/').map(str::to_owned).collect(),
            ..Call::default()
        };
        assert_eq!(Service::of(&call("2015-03-31/functions")), Service::Lambda);
        assert_eq!(Service::of(&call("restapis")), Service::ApiGateway);
        assert_eq!(Service::of(&call("bucket/key")), Service::S3);
        assert_eq!(Service::of(&call("_sandbox/calls")), Service::Sandbox);
    }
}
