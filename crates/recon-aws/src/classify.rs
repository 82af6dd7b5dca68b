//! What an answer of AWS that is not a success means: the one place that knows error codes and the documented
//! fragments of their messages.

use recon_core::provider::{ErrorKind, ProviderError};

/// An answer that is not a success.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Refusal<'a> {
    pub(crate) status: u16,
    pub(crate) code: &'a str,
    pub(crate) message: &'a str,
    /// Whether the answer says when to try again.
    pub(crate) says_when: bool,
}

/// What an answer means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) kind: ErrorKind,
    pub(crate) again: Again,
}

/// Whether the same call may succeed later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Again {
    /// It will not.
    Never,
    /// There were too many calls.
    WhenSlower,
    /// Somebody is changing the object.
    WhenSettled,
    /// The service failed.
    WhenRecovered,
}

/// One line of the table: the first one whose code is the answer's, and one of whose fragments is in its message,
/// decides.
struct Rule {
    codes: &'static [&'static str],
    /// Lower case; empty: any message.
    fragments: &'static [&'static str],
    verdict: Verdict,
}

const fn rule(
    codes: &'static [&'static str],
    fragments: &'static [&'static str],
    kind: ErrorKind,
    again: Again,
) -> Rule {
    Rule { codes, fragments, verdict: Verdict { kind, again } }
}

const EXISTS: &[&str] = &["already exist", "already has this name", "functionurlconfig exists"];

#[rustfmt::skip]
const RULES: &[Rule] = &[
    rule(&["TooManyRequestsException", "ThrottlingException", "Throttling", "ThrottledException", "RequestLimitExceeded", "SlowDown", "BandwidthLimitExceeded", "RequestThrottled", "RequestThrottledException", "EC2ThrottledException", "PriorRequestNotComplete"],
        &[], ErrorKind::Throttled, Again::WhenSlower),
    rule(&["LimitExceededException"], &["rate exceeded", "too many requests", "request rate"], ErrorKind::Throttled, Again::WhenSlower),
    rule(&["LimitExceededException", "LimitExceeded", "CodeStorageExceededException", "ServiceQuotaExceededException", "PolicyLengthExceededException", "ReportGenerationLimitExceeded"],
        &[], ErrorKind::LimitExceeded, Again::Never),
    rule(&["ConflictException", "ResourceConflictException", "OperationAbortedException"],
        &["try again later", "update is in progress", "concurrent update", "currently in the following state", "operation cannot be performed at this time", "concurrent modification", "previous deletion"],
        ErrorKind::Conflict, Again::WhenSettled),
    rule(&["ConflictException", "ResourceConflictException", "BadRequestException", "ResourceAlreadyExistsException"], EXISTS, ErrorKind::AlreadyExists, Again::Never),
    rule(&["EntityAlreadyExists", "EntityAlreadyExistsException", "ResourceAlreadyExistsException"], &[], ErrorKind::AlreadyExists, Again::Never),
    rule(&["ConcurrentModification", "ConcurrentModificationException", "EntityTemporarilyUnmodifiable", "EntityTemporarilyUnmodifiableException", "ResourceInUseException", "ResourceNotReadyException"],
        &[], ErrorKind::Conflict, Again::WhenSettled),
    rule(&["ConflictException", "ResourceConflictException", "DeleteConflict", "DeleteConflictException", "PreconditionFailedException", "UnmodifiableEntity"],
        &[], ErrorKind::Conflict, Again::Never),
    rule(&["NoSuchEntity", "NoSuchEntityException", "ResourceNotFoundException", "NotFoundException", "ProvisionedConcurrencyConfigNotFoundException"],
        &[], ErrorKind::NotFound, Again::Never),
    rule(&["AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError", "UnauthorizedException", "ForbiddenException", "OptInRequired"],
        &[], ErrorKind::AccessDenied, Again::Never),
    rule(&["InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch", "InvalidSignatureException", "ExpiredToken", "ExpiredTokenException", "RequestExpired", "MissingAuthenticationToken", "MissingAuthenticationTokenException", "IncompleteSignature", "InvalidAccessKeyId", "AuthFailure", "NotAuthorized"],
        &[], ErrorKind::Credentials, Again::Never),
    rule(&["ServiceUnavailable", "ServiceUnavailableException", "ServiceException", "InternalFailure", "InternalServerError", "ServiceFailure", "ServiceFailureException", "InternalError", "InternalErrorException"],
        &[], ErrorKind::Service, Again::WhenRecovered),
];

/// What an answer means.
pub(crate) fn classify(refusal: Refusal<'_>) -> Verdict {
    // A limit that lifts by itself says when; a static one does not, and waiting for it would never end.
    if refusal.code == "LimitExceededException" && refusal.says_when {
        return Verdict { kind: ErrorKind::Throttled, again: Again::WhenSlower };
    }
    let message = refusal.message.to_lowercase();
    let fits = |rule: &&Rule| {
        rule.codes.contains(&refusal.code)
            && (rule.fragments.is_empty() || rule.fragments.iter().any(|fragment| message.contains(fragment)))
    };
    RULES.iter().find(fits).map_or_else(|| by_status(refusal.status), |rule| rule.verdict)
}

fn by_status(status: u16) -> Verdict {
    let (kind, again) = match status {
        401 => (ErrorKind::Credentials, Again::Never),
        403 => (ErrorKind::AccessDenied, Again::Never),
        404 => (ErrorKind::NotFound, Again::Never),
        409 => (ErrorKind::Conflict, Again::Never),
        429 => (ErrorKind::Throttled, Again::WhenSlower),
        400..=499 => (ErrorKind::Invalid, Again::Never),
        _ => (ErrorKind::Service, Again::WhenRecovered),
    };
    Verdict { kind, again }
}

/// Whether a role is so new that Lambda cannot use it yet: IAM tells its regions within seconds, at times minutes.
pub(crate) fn is_role_not_ready(error: &ProviderError) -> bool {
    const FRAGMENTS: &[&str] = &[
        "cannot be assumed by lambda",
        "role defined for the function cannot be assumed",
        "execution role does not have permissions",
        "ensure the role can perform",
        "kms key is invalid for creategrant",
    ];
    has_fragment(error, ErrorKind::Invalid, FRAGMENTS)
}

/// Whether Lambda could not make network interfaces because EC2 refused it for the number of its calls.
pub(crate) fn is_throttled_by_ec2(error: &ProviderError) -> bool {
    has_fragment(error, ErrorKind::Invalid, &["throttled by ec2"])
}

/// Whether a policy names a principal that IAM does not show to the service yet.
pub(crate) fn is_principal_not_ready(error: &ProviderError) -> bool {
    has_fragment(error, ErrorKind::Invalid, &["invalid principal in policy"])
}

/// Whether API Gateway cannot use the role for its logs yet.
pub(crate) fn is_log_role_not_ready(error: &ProviderError) -> bool {
    let fragments =
        &["role arn does not have required permissions", "could not be assumed", "cannot be assumed"];
    has_fragment(error, ErrorKind::Invalid, fragments)
}

fn has_fragment(error: &ProviderError, kind: ErrorKind, fragments: &[&str]) -> bool {
    let message = error.message.to_lowercase();
    error.kind == kind && fragments.iter().any(|fragment| message.contains(fragment))
}

/// Creates that give their object a random id: repeating one whose answer was lost could make a second object.
pub(crate) fn repeating_doubles(operation: &str) -> bool {
    const RANDOM_IDS: &[&str] = &[
        "apigateway:CreateRestApi",
        crate::quota::CREATE_EDGE_API,
        "apigateway:ImportRestApi",
        "apigateway:CreateDeployment",
        "apigateway:CreateApiKey",
        "apigateway:CreateUsagePlan",
        "apigateway:CreateAuthorizer",
        "apigateway:CreateRequestValidator",
        "apigateway:CreateVpcLink",
        "apigateway:CreateDocumentationPart",
        "apigateway:CreateDomainNameAccessAssociation",
        "apigateway:GenerateClientCertificate",
        "lambda:CreateCodeSigningConfig",
        "lambda:CreateEventSourceMapping",
        "lambda:PublishLayerVersion",
        "lambda:Invoke",
    ];
    RANDOM_IDS.contains(&operation)
}

/// Whether an operation changes nothing.
pub(crate) fn is_read(operation: &str) -> bool {
    let verb = operation.split_once(':').map_or(operation, |(_, verb)| verb);
    ["Get", "List", "Describe", "Head"].iter().any(|prefix| verb.starts_with(prefix))
}

/// What to do about a failure of that kind.
pub(crate) fn advice(kind: ErrorKind, operation: &str) -> Option<String> {
    match kind {
        ErrorKind::AccessDenied => Some(format!("Allow the action `{}` for these credentials.", iam_action(operation))),
        ErrorKind::Credentials => Some(
            "AWS does not accept these credentials. Renew them (`aws sso login`, a new session token), or choose others with `AWS_PROFILE` or the provider's `profile` argument.".to_owned(),
        ),
        ErrorKind::Throttled => {
            Some("Other users of the account share its quota. Run again, or with a lower `-parallelism`.".to_owned())
        }
        ErrorKind::Doubtful => Some(
            "Nobody knows whether the call took effect. Run the same command again: it looks for what the call made.".to_owned(),
        ),
        _ => None,
    }
}

/// The IAM action that allows an operation; API Gateway's are named after HTTP methods.
fn iam_action(operation: &str) -> String {
    const METHODS: &[(&str, &str)] = &[
        ("Get", "GET"),
        ("Create", "POST"),
        ("Import", "POST"),
        ("Generate", "POST"),
        ("Put", "PUT"),
        ("Tag", "PUT"),
        ("Update", "PATCH"),
        ("Delete", "DELETE"),
        ("Untag", "DELETE"),
        ("Flush", "DELETE"),
    ];
    let Some(("apigateway", verb)) = operation.split_once(':') else { return operation.to_owned() };
    let method =
        METHODS.iter().find(|(prefix, _)| verb.starts_with(prefix)).map_or("*", |(_, method)| method);
    format!("apigateway:{method}")
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    #[rustfmt::skip]
    #[test_case("TooManyRequestsException", "Rate exceeded", 429, ErrorKind::Throttled, Again::WhenSlower)]
    #[test_case("LimitExceededException", "Maximum number of Resources for this API has been reached", 429, ErrorKind::LimitExceeded, Again::Never)]
    #[test_case("ConflictException", "Unable to complete operation due to concurrent modification. Please try again later.", 409, ErrorKind::Conflict, Again::WhenSettled)]
    #[test_case("ConflictException", "Another resource with the same parent already has this name: items", 409, ErrorKind::AlreadyExists, Again::Never)]
    #[test_case("ResourceConflictException", "The operation cannot be performed at this time. An update is in progress for resource: arn", 409, ErrorKind::Conflict, Again::WhenSettled)]
    #[test_case("ResourceConflictException", "Function already exist: ItemsFunction", 409, ErrorKind::AlreadyExists, Again::Never)]
    #[test_case("ResourceConflictException", "The statement id (s) provided already exists. Please provide a new statement id, or remove the existing statement.", 409, ErrorKind::AlreadyExists, Again::Never)]
    #[test_case("NoSuchEntity", "The role with name r cannot be found.", 404, ErrorKind::NotFound, Again::Never)]
    #[test_case("ExpiredToken", "The security token included in the request is expired", 403, ErrorKind::Credentials, Again::Never)]
    #[test_case("SomethingNew", "?", 503, ErrorKind::Service, Again::WhenRecovered)]
    #[test_case("InvalidParameterValueException", "no", 400, ErrorKind::Invalid, Again::Never)]
    fn answers(code: &str, message: &str, status: u16, kind: ErrorKind, again: Again) {
        let verdict = classify(Refusal { status, code, message, says_when: false });
        assert_eq!(verdict, Verdict { kind, again });
    }

    #[test]
    fn a_limit_that_says_when_lifts_by_itself() {
        let refusal = Refusal { status: 429, code: "LimitExceededException", message: "", says_when: true };
        assert_eq!(classify(refusal).again, Again::WhenSlower);
    }

    #[test_case("lambda:CreateFunction", "lambda:CreateFunction")]
    #[test_case("apigateway:UpdateStage", "apigateway:PATCH")]
    #[test_case("apigateway:GetRestApis", "apigateway:GET")]
    fn an_operation_needs_an_action(operation: &str, action: &str) {
        assert_eq!(iam_action(operation), action);
    }
}
