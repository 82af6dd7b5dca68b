//! What a configured provider does when it is called: the live half of every resource type.

use async_trait::async_trait;

use crate::Known;
use crate::discovery::{Discovery, Listener, Selector};
use crate::quota::Quota;

/// A configured provider. All calls may run at the same time; the caller keeps writes with one queue key apart.
#[async_trait]
pub trait Provider: Send + Sync {
    /// Reads many objects at once, each from what is remembered of it, and beside them what nobody declared under them,
    /// as far as it is looked for. Shares calls among the objects, and chooses the cheapest ones.
    async fn observe(&self, objects: &[Observed], reach: Reach) -> Survey;

    /// Makes an object. `want` has null where the provider decides.
    async fn create(&self, kind: &str, want: &Known) -> Result<Known, Failed>;

    /// Changes an object in place.
    async fn update(&self, kind: &str, have: &Known, want: &Known) -> Result<Known, Failed>;

    /// Destroys an object; one that is gone already is a success.
    async fn delete(&self, kind: &str, have: &Known) -> Result<(), ProviderError>;

    /// Makes several changes that share a call; see [`crate::quota::Prices::shared`]. The answers have the order of
    /// `parts`, with nothing for what was destroyed. What fails is tried again alone, and then tells why: so a change may
    /// be begun here and made there.
    async fn write_together(&self, parts: &[Part<'_>]) -> Vec<Result<Option<Known>, ProviderError>> {
        let refused =
            |part: &Part<'_>| ProviderError::new(ErrorKind::Unsupported, part.kind, "shares no call");
        parts.iter().map(|part| Err(refused(part))).collect()
    }

    /// Finds an object by its import id; `None` when there is none.
    async fn import(&self, kind: &str, id: &str) -> Result<Option<Known>, ProviderError>;

    /// Finds what a create of `want` left behind that was begun at `since_ms` and whose result was never heard:
    /// by natural key, or by attributes and creation time where AWS gives random ids. Only objects that `want` would
    /// have made may be in the answer.
    async fn adopt(&self, kind: &str, want: &Known, since_ms: i64) -> Result<Vec<Known>, ProviderError>;

    /// Reads a data source.
    async fn read_data(&self, kind: &str, config: &Known) -> Result<Known, ProviderError>;

    /// Answers a type's question during planning; see [`crate::resource_type::Refined::Ask`].
    async fn answer(&self, kind: &str, question: &Known) -> Result<Known, ProviderError>;

    /// Finds what there is, declared or not; what could not be read is in the answer. An error says that nothing could
    /// be looked for at all.
    async fn discover(&self, selector: &Selector, hears: Listener<'_>) -> Result<Discovery, ProviderError> {
        let _: (&Selector, Listener<'_>) = (selector, hears);
        Ok(Discovery::default())
    }

    /// The file that an object was made from, as far as its service gives it back.
    async fn package(&self, kind: &str, have: &Known) -> Result<Option<Vec<u8>>, ProviderError> {
        let _: (&str, &Known) = (kind, have);
        Ok(None)
    }

    /// Whether the provider has what it needs to change anything, such as credentials; asked before an apply begins.
    async fn ready(&self) -> Result<(), ProviderError> {
        Ok(())
    }

    /// Finds out who did what recon did not: for each suspicion the calls that may have done it, the latest first.
    async fn blame(&self, suspicions: &[Suspicion]) -> Result<Vec<Vec<Deed>>, ProviderError> {
        Ok(vec![Vec::new(); suspicions.len()])
    }

    /// How many calls went out so far, by `service:Operation`.
    fn calls(&self) -> std::collections::BTreeMap<String, u64>;

    /// The quotas that hold a call of an operation back now. None where nothing is held back.
    fn lanes(&self, operation: &str) -> Vec<Lane> {
        let _: &str = operation;
        Vec::new()
    }
}

/// A quota that holds calls back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lane {
    /// The quota's name.
    pub quota: &'static str,
    /// How many steps that need it should be under way at most, one or more: further ones would only wait.
    pub width: usize,
}

/// Hears of calls that wait for a quota; must return at once.
pub trait Waits: Send + Sync {
    /// A call waits for that long.
    fn waits(&self, quota: &'static Quota, wait: std::time::Duration);
}

/// Nobody listens.
impl Waits for () {
    fn waits(&self, _: &'static Quota, _: std::time::Duration) {}
}

/// One of several changes that share a call.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    /// The resource type.
    pub kind: &'a str,
    /// The object as it is; nothing if it is to be made.
    pub have: Option<&'a Known>,
    /// The object as it will be; nothing if it is to be destroyed.
    pub want: Option<&'a Known>,
}

/// One object to read.
#[derive(Clone, Debug)]
pub struct Observed {
    /// The resource type.
    pub kind: crate::value::Name,
    /// What is remembered of it.
    pub have: Known,
}

/// How far what nobody declared is looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// In what the reads of a refresh get.
    #[default]
    Refresh,
    /// The same, where reads prefer lists to single objects if that takes no more calls.
    Lists,
    /// In every list there is of children of the objects.
    Everything,
}

/// What was found of many objects, and under them.
#[derive(Debug, Default)]
pub struct Survey {
    /// The objects, in the order in which they were asked for; `None` for those that are gone.
    pub answers: Vec<Result<Option<Known>, ProviderError>>,
    /// What is there under the objects without being one of them.
    pub strays: Vec<Stray>,
    /// Why it is not known what is under an object, by the position of that object.
    pub unseen: Vec<(usize, ProviderError)>,
    /// What strays would be called, type and import id, if they were the objects themselves; in the order of these.
    pub declared: Vec<Option<(crate::value::Name, String)>>,
}

/// An object that is there under a declared one without being declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stray {
    /// The position of the declared object that it is under.
    pub parent: usize,
    /// Its resource type.
    pub kind: crate::value::Name,
    /// Its import id.
    pub id: String,
    /// What people call it: a path, a name.
    pub name: String,
}

/// Something that was done to an object, and not by recon.
#[derive(Clone, Debug)]
pub struct Suspicion {
    /// The object's resource type.
    pub kind: crate::value::Name,
    /// What was done to it.
    pub misdeed: Misdeed,
}

/// What was done to an object.
#[derive(Clone, Debug)]
pub enum Misdeed {
    /// Some of its arguments were changed.
    Changed {
        /// What is remembered of it.
        have: Known,
        /// The arguments.
        arguments: Vec<crate::value::Name>,
    },
    /// It was deleted.
    Gone {
        /// What is remembered of it.
        have: Known,
    },
    /// What it was made from has changed since.
    Outdated {
        /// What is remembered of it.
        have: Known,
    },
    /// It was made, though nobody declared it.
    Made {
        /// Its import id.
        id: String,
    },
}

/// A call that somebody made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    /// The principal.
    pub who: String,
    /// RFC 3339.
    pub when: String,
    /// The call.
    pub event: String,
}

/// Why a provider could not do what it was asked.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("{operation}: {message}")]
pub struct ProviderError {
    /// What kind of failure it is.
    pub kind: ErrorKind,
    /// `lambda:CreateFunction`
    pub operation: String,
    /// What the service said.
    pub message: String,
    /// What to do about it, if that is known.
    pub help: Option<String>,
}

/// What kind of failure a provider met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The object is not there.
    NotFound,
    /// The object is there already.
    AlreadyExists,
    /// The caller may not do that.
    AccessDenied,
    /// There are no credentials, or the service does not accept them.
    Credentials,
    /// Calls are refused for their number, even after waiting.
    Throttled,
    /// A limit of the account that waiting does not lift.
    LimitExceeded,
    /// The object is in use or being changed by somebody else.
    Conflict,
    /// The service does not accept the arguments.
    Invalid,
    /// The service cannot be reached.
    Unreachable,
    /// No answer came, or the service failed amid the call: it may or may not have taken effect.
    Doubtful,
    /// The service failed.
    Service,
    /// recon does not do that.
    Unsupported,
}

/// A failed create or update.
#[derive(Clone, Debug)]
pub struct Failed {
    /// Why.
    pub error: ProviderError,
    /// What exists now all the same, so that it is remembered.
    pub left_behind: Option<Known>,
}

impl From<ProviderError> for Failed {
    fn from(error: ProviderError) -> Self {
        Self { error, left_behind: None }
    }
}

impl ProviderError {
    /// A failure without advice.
    pub fn new(kind: ErrorKind, operation: impl Into<String>, message: impl Into<String>) -> Self {
        Self { kind, operation: operation.into(), message: message.into(), help: None }
    }

    /// The same, with advice.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}
