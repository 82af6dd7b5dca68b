//! The whole state of the emulated cloud, as plain data that serialises.

use serde::{Deserialize, Serialize};

use crate::cloudtrail::Trail;
use crate::ids::Ids;
use crate::{apigateway, iam, lambda, logs, s3, sts};

/// The one account there is.
pub(crate) const ACCOUNT: &str = "123456789012";

/// Says whether a text is spelled as the ids of accounts are.
pub(crate) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Everything the sandbox remembers.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct World {
    /// The account id.
    pub account: String,
    /// Where ids come from.
    pub ids: Ids,
    /// How long things take to settle.
    pub pace: Pace,
    /// Functions, layers, mappings.
    pub lambda: lambda::Lambda,
    /// REST APIs, keys, usage plans, domains.
    pub apigateway: apigateway::ApiGateway,
    /// Roles and policies.
    pub iam: iam::Iam,
    /// Log groups.
    pub logs: logs::Logs,
    /// Buckets and objects.
    pub s3: s3::S3,
    /// Who holds the credentials that were given out.
    #[serde(default)]
    pub sessions: sts::Sessions,
    /// What changed all of that since the sandbox runs.
    #[serde(skip)]
    pub trail: Trail,
}

/// How long the cloud takes for what it does asynchronously.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub(crate) struct Pace {
    /// How long a function stays `Pending` or `InProgress`, in milliseconds.
    pub pending_ms: i64,
    /// How long Lambda cannot assume a new role, in milliseconds.
    pub role_propagation_ms: i64,
}

impl World {
    /// Makes an empty cloud.
    pub(crate) fn new(seed: u64, pace: Pace) -> Self {
        Self {
            account: ACCOUNT.to_owned(),
            ids: Ids::seeded(seed),
            pace,
            lambda: lambda::Lambda::default(),
            apigateway: apigateway::ApiGateway::default(),
            iam: iam::Iam::default(),
            logs: logs::Logs::default(),
            s3: s3::S3::default(),
            sessions: sts::Sessions::default(),
            trail: Trail::default(),
        }
    }
}
