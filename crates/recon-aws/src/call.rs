//! One call of an AWS operation, with all the attempts that it takes.
//!
//! The SDK's own retries are off: they know neither the quotas nor which failures of these services pass.

use std::error::Error;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::{Duration, Instant};

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use recon_core::provider::{ErrorKind, ProviderError};

use crate::aws::Aws;
use crate::classify::{Again, Refusal, advice, classify, is_read, repeating_doubles};
use crate::quota::Admitted;

/// How long a call waits for others to slow down.
const SLOWER_FOR: Duration = Duration::from_mins(10);
/// How long a call waits for another change of the same object.
const SETTLED_FOR: Duration = Duration::from_mins(5);
/// How often a call is made that the service fails, or whose answer is lost: with every second one failing, one in a
/// thousand is given up.
const FAILED_ATTEMPTS_MAX: u32 = 10;
/// How often such a call is made however long each attempt takes.
const FAILED_ATTEMPTS_SLOW: u32 = 4;
/// How long it is made more often than that.
const FAILED_FOR: Duration = Duration::from_mins(1);
/// How long to try to reach a service that has never answered.
const CONNECT_FOR: Duration = Duration::from_secs(3);
/// How long to try to reach a service that has answered before.
const RECONNECT_FOR: Duration = Duration::from_secs(10);
/// Attempts of one call, whatever happens.
const ATTEMPTS_MAX: u32 = 200;
const DELAY_FIRST: Duration = Duration::from_millis(200);
const DELAY_LAST: Duration = Duration::from_secs(20);
/// The longest `Retry-After` that is believed.
const RETRY_AFTER_MAX: Duration = Duration::from_mins(1);
const POLL_FIRST: Duration = Duration::from_millis(200);
const POLL_LAST: Duration = Duration::from_secs(3);

/// The answer to a create by natural key.
pub(crate) enum Created<T> {
    /// It was made.
    Answered(T),
    /// It was made by an attempt whose answer was lost: the repetition found it there. Look it up.
    Unheard,
}

/// What one attempt came to.
enum Attempt<T> {
    Done(T),
    Refused {
        error: ProviderError,
        again: Again,
        after: Option<Duration>,
    },
    /// Nothing was sent.
    Unconnected(ProviderError),
    /// Sent, and no answer.
    Lost(ProviderError),
    Broken(ProviderError),
}

/// What a call has come through so far.
struct Course {
    operation: &'static str,
    started: Instant,
    attempts: u32,
    failed: u32,
    lost: u32,
}

impl Aws {
    /// Makes one call, again as often as that may help.
    pub(crate) async fn call<T, E, F, Fut>(
        &self,
        operation: &'static str,
        send: F,
    ) -> Result<T, ProviderError>
    where
        F: Fn() -> Fut + Send,
        Fut: Future<Output = Result<T, SdkError<E, HttpResponse>>> + Send,
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
        T: Send,
    {
        self.attempts(operation, send).await.map_err(|(error, _)| error)
    }

    /// Makes one call that creates an object under a name of the caller's choice. If an answer is lost, the call is
    /// repeated, and finding the object there then is a success.
    pub(crate) async fn call_create<T, E, F, Fut>(
        &self,
        operation: &'static str,
        send: F,
    ) -> Result<Created<T>, ProviderError>
    where
        F: Fn() -> Fut + Send,
        Fut: Future<Output = Result<T, SdkError<E, HttpResponse>>> + Send,
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
        T: Send,
    {
        match self.attempts(operation, send).await {
            Ok(answer) => Ok(Created::Answered(answer)),
            Err((error, lost)) if lost && error.kind == ErrorKind::AlreadyExists => Ok(Created::Unheard),
            Err((error, _)) => Err(error),
        }
    }

    /// Makes one call again while its failure is one that passes by itself: a role that Lambda does not see yet.
    pub(crate) async fn call_until<T, E, F, Fut>(
        &self,
        operation: &'static str,
        send: F,
        again: impl Fn(&ProviderError) -> bool + Send,
        deadline: Duration,
    ) -> Result<T, ProviderError>
    where
        F: Fn() -> Fut + Send + Sync,
        Fut: Future<Output = Result<T, SdkError<E, HttpResponse>>> + Send,
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
        T: Send,
    {
        until(|| self.call(operation, &send), again, deadline).await
    }

    /// Makes one call that creates an object under a name of the caller's choice, again while its failure is one that
    /// passes by itself.
    pub(crate) async fn call_create_until<T, E, F, Fut>(
        &self,
        operation: &'static str,
        send: F,
        again: impl Fn(&ProviderError) -> bool + Send,
        deadline: Duration,
    ) -> Result<Created<T>, ProviderError>
    where
        F: Fn() -> Fut + Send + Sync,
        Fut: Future<Output = Result<T, SdkError<E, HttpResponse>>> + Send,
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
        T: Send,
    {
        until(|| self.call_create(operation, &send), again, deadline).await
    }

    /// The error says besides whether the answer of an earlier attempt was lost.
    async fn attempts<T, E, F, Fut>(
        &self,
        operation: &'static str,
        send: F,
    ) -> Result<T, (ProviderError, bool)>
    where
        F: Fn() -> Fut + Send,
        Fut: Future<Output = Result<T, SdkError<E, HttpResponse>>> + Send,
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
        T: Send,
    {
        let mut admitted = self.quotas.admit(operation).await;
        let mut course = Course { operation, started: Instant::now(), attempts: 0, failed: 0, lost: 0 };
        loop {
            self.count(operation);
            course.attempts += 1;
            let attempt = judge(operation, send().await);
            self.learn(operation, admitted, &attempt);
            let delay = match attempt {
                Attempt::Done(answer) => return Ok(answer),
                Attempt::Broken(error) => return Err((error, course.lost > 0)),
                Attempt::Refused { error, again, after } => {
                    course.after_refusal(again, after).ok_or_else(|| (course.last(error), course.lost > 0))?
                }
                Attempt::Unconnected(error) => {
                    let patience = if self.has_answered() { RECONNECT_FOR } else { CONNECT_FOR };
                    let delay = delay(course.attempts);
                    if course.started.elapsed() + delay > patience {
                        let error = self.at_its_endpoint(error);
                        return Err((course.last(error), course.lost > 0));
                    }
                    delay
                }
                Attempt::Lost(error) => course.after_loss().ok_or((error, true))?,
            };
            tracing::debug!(operation, attempt = course.attempts, ?delay, "trying again");
            tokio::time::sleep(delay).await;
            let queued = Instant::now();
            admitted = self.quotas.admit(operation).await;
            // Waiting for its turn says nothing about how long the service has been failing.
            course.started += queued.elapsed();
        }
    }

    /// The error with where the service was looked for.
    fn at_its_endpoint(&self, error: ProviderError) -> ProviderError {
        let service = error.operation.split(':').next().unwrap_or_default();
        let place = self.endpoints.get(service).map_or_else(
            || format!("{service} in {}", self.region),
            |endpoint| format!("{service} at {endpoint}"),
        );
        ProviderError { message: format!("{place}: {}", error.message), ..error }
    }

    fn learn<T>(&self, operation: &'static str, admitted: Admitted, attempt: &Attempt<T>) {
        match attempt {
            Attempt::Refused { again: Again::WhenSlower, after, .. } => {
                self.quotas.refused(operation, admitted, *after);
            }
            Attempt::Done(_) | Attempt::Refused { .. } => self.quotas.accepted(operation),
            Attempt::Unconnected(_) | Attempt::Lost(_) | Attempt::Broken(_) => return,
        }
        self.note_answer();
    }
}

impl Course {
    /// How long to wait after a refusal; nothing when it is final.
    fn after_refusal(&mut self, again: Again, after: Option<Duration>) -> Option<Duration> {
        if self.attempts >= ATTEMPTS_MAX {
            return None;
        }
        let waited = self.started.elapsed();
        match again {
            Again::Never => None,
            Again::WhenSlower => {
                let delay = after.unwrap_or_else(|| delay(self.attempts));
                (waited + delay < SLOWER_FOR).then_some(delay)
            }
            Again::WhenSettled => {
                let delay = delay(self.attempts).min(POLL_LAST);
                (waited + delay < SETTLED_FOR).then_some(delay)
            }
            Again::WhenRecovered => {
                self.failed += 1;
                self.repeated(self.failed)
            }
        }
    }

    /// How long to wait after a lost answer; nothing when the call must not be repeated.
    fn after_loss(&mut self) -> Option<Duration> {
        self.lost += 1;
        self.repeated(self.lost)
    }

    /// How long to wait before one more attempt, after so many that failed.
    fn repeated(&self, failed: u32) -> Option<Duration> {
        let is_worth_it = failed < FAILED_ATTEMPTS_SLOW
            || (failed < FAILED_ATTEMPTS_MAX && self.started.elapsed() < FAILED_FOR);
        (is_worth_it && !repeating_doubles(self.operation)).then(|| delay(failed).min(POLL_LAST))
    }

    /// The last error of a call; a refusal after a lost answer does not say what the lost attempt did.
    fn last(&self, error: ProviderError) -> ProviderError {
        let unclear = self.lost > 0 && matches!(error.kind, ErrorKind::Unreachable | ErrorKind::Service);
        if unclear && !is_read(self.operation) {
            return ProviderError { kind: ErrorKind::Doubtful, ..error };
        }
        error
    }
}

/// Asks again while the failure is one that passes by itself.
async fn until<T, Fut>(
    ask: impl Fn() -> Fut + Send,
    again: impl Fn(&ProviderError) -> bool + Send,
    deadline: Duration,
) -> Result<T, ProviderError>
where
    Fut: Future<Output = Result<T, ProviderError>> + Send,
{
    let mut pause = Pause::new(POLL_FIRST, POLL_LAST, deadline);
    loop {
        match ask().await {
            Err(error) if again(&error) && pause.wait().await => {}
            answer => return answer,
        }
    }
}

/// How long to wait before the next attempt.
fn delay(attempt: u32) -> Duration {
    let longest = DELAY_FIRST.saturating_mul(1 << attempt.saturating_sub(1).min(8)).min(DELAY_LAST);
    jittered(longest)
}

fn judge<T, E>(operation: &'static str, answer: Result<T, SdkError<E, HttpResponse>>) -> Attempt<T>
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    let error = match answer {
        Ok(answer) => return Attempt::Done(answer),
        Err(error) => error,
    };
    if let Some(credentials) = find::<CredentialsError>(&error) {
        return Attempt::Broken(no_credentials(operation, credentials));
    }
    match &error {
        SdkError::ServiceError(_) => refused(operation, &error),
        SdkError::ResponseError(response) if !response.raw().status().is_success() => {
            refused(operation, &error)
        }
        SdkError::DispatchFailure(failure) if failure.is_user() => Attempt::Broken(broken(operation, &error)),
        SdkError::DispatchFailure(_) if was_never_sent(&error) => {
            Attempt::Unconnected(unreachable_service(operation, &error))
        }
        SdkError::DispatchFailure(_) | SdkError::ResponseError(_) | SdkError::TimeoutError(_) => {
            Attempt::Lost(lost(operation, &error))
        }
        _ => Attempt::Broken(broken(operation, &error)),
    }
}

fn refused<T, E>(operation: &'static str, error: &SdkError<E, HttpResponse>) -> Attempt<T>
where
    E: ProvideErrorMetadata,
{
    let after = error.raw_response().and_then(retry_after);
    let status = error.raw_response().map_or(0, |response| response.status().as_u16());
    // API Gateway and Lambda append a colon and more to the code in some answers.
    let code = error.code().unwrap_or_default();
    let code = code.split(':').next().unwrap_or(code);
    let message = error.message().unwrap_or_default();
    let verdict = classify(Refusal { status, code, message, says_when: after.is_some() });
    let text = match (message, code) {
        ("", "") => format!("HTTP status {status}"),
        ("", code) => code.to_owned(),
        (message, "") => message.to_owned(),
        (message, code) => format!("{message} ({code})"),
    };
    let help = advice(verdict.kind, operation);
    let error = ProviderError { kind: verdict.kind, operation: operation.to_owned(), message: text, help };
    Attempt::Refused { error, again: verdict.again, after }
}

fn retry_after(response: &HttpResponse) -> Option<Duration> {
    let millis = response.headers().get("x-amz-retry-after").and_then(|text| text.parse().ok());
    let seconds = response.headers().get("retry-after").and_then(|text| text.parse().ok());
    let wait = millis.map(Duration::from_millis).or_else(|| seconds.map(Duration::from_secs))?;
    // Everybody who was told the same second would come back in it.
    Some(wait.min(RETRY_AFTER_MAX) + jittered(DELAY_FIRST))
}

fn was_never_sent(error: &(dyn Error + 'static)) -> bool {
    find::<hyper_util::client::legacy::Error>(error)
        .is_some_and(hyper_util::client::legacy::Error::is_connect)
}

/// There is nothing to sign calls with.
pub(crate) fn no_credentials(operation: &str, error: &CredentialsError) -> ProviderError {
    ProviderError::new(ErrorKind::Credentials, operation, format!("no usable credentials: {}", chain(error)))
        .with_help("Set `AWS_PROFILE` or `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, log in with `aws sso login`, or configure the `aws` provider.")
}

fn unreachable_service(operation: &str, error: &(dyn Error + 'static)) -> ProviderError {
    let message = format!("the service cannot be reached: {}", chain(error));
    ProviderError::new(ErrorKind::Unreachable, operation, message)
        .with_help("Check the network, the region, and the endpoint if one is configured (`AWS_ENDPOINT_URL`, or `endpoints` of the provider).")
}

fn lost(operation: &str, error: &(dyn Error + 'static)) -> ProviderError {
    let kind = if is_read(operation) { ErrorKind::Unreachable } else { ErrorKind::Doubtful };
    let message = format!("no answer came: {}", chain(error));
    ProviderError { help: advice(kind, operation), ..ProviderError::new(kind, operation, message) }
}

fn broken(operation: &str, error: &(dyn Error + 'static)) -> ProviderError {
    ProviderError::new(
        ErrorKind::Invalid,
        operation,
        format!("the request could not be made: {}", chain(error)),
    )
}

fn find<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    causes(error).find_map(|error| error.downcast_ref())
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// An error with its causes, as one sentence.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut texts: Vec<String> = Vec::new();
    for cause in causes(error) {
        let text = cause.to_string();
        if !texts.iter().any(|known| known.contains(&text)) {
            texts.push(text);
        }
    }
    texts.join(": ")
}

/// Between half and all of a time, so that parallel calls do not come back together.
fn jittered(longest: Duration) -> Duration {
    let random = RandomState::new().build_hasher().finish();
    #[expect(clippy::cast_precision_loss, reason = "a jitter needs no precision")]
    let share = random as f64 / u64::MAX as f64;
    longest.mul_f64(0.5 + share / 2.0)
}

/// Growing pauses between polls, up to a deadline.
pub(crate) struct Pause {
    next: Duration,
    longest: Duration,
    until: Instant,
}

impl Pause {
    pub(crate) fn new(first: Duration, longest: Duration, deadline: Duration) -> Self {
        Self { next: first, longest, until: Instant::now() + deadline }
    }

    /// Waits; `false` when the deadline has passed.
    pub(crate) async fn wait(&mut self) -> bool {
        if Instant::now() + self.next > self.until {
            return false;
        }
        tokio::time::sleep(self.next).await;
        self.next = self.next.mul_f64(1.5).min(self.longest);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn course(operation: &'static str) -> Course {
        Course { operation, started: Instant::now(), attempts: 1, failed: 0, lost: 0 }
    }

    #[test]
    fn a_create_with_a_random_id_is_not_repeated_after_a_lost_answer() {
        assert!(course("apigateway:CreateRestApi").after_loss().is_none());
        assert!(course("lambda:CreateFunction").after_loss().is_some());
    }

    #[test]
    fn answers_that_are_slow_to_get_lost_are_waited_for_less_often() {
        let waits = |started: Instant| {
            let mut course = Course { started, ..course("lambda:GetFunction") };
            (0..20).map_while(|_| course.after_loss()).count()
        };
        assert_eq!(waits(Instant::now()), 9);
        assert_eq!(waits(Instant::now().checked_sub(FAILED_FOR).unwrap()), 3);
    }

    #[test]
    fn a_failing_service_is_given_up_after_some_attempts() {
        let mut course = course("lambda:GetFunction");
        let waits = (0..20).map_while(|_| course.after_refusal(Again::WhenRecovered, None)).count();
        assert_eq!(waits, 9);
    }

    #[test]
    fn delays_grow_to_a_limit() {
        assert!(delay(1) <= DELAY_FIRST);
        assert!(delay(100) <= DELAY_LAST);
        assert!(delay(100) >= DELAY_LAST / 2);
    }
}
