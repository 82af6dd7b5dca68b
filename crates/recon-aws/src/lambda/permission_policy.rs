//! Statements of a function's resource policy, as Lambda writes them.

use recon_core::Known;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

/// What ids begin with that nobody chose.
const GENERATED: &str = "recon-";
const GENERATED_DIGITS: usize = 32;

/// The arguments that make up a statement.
const ARGUMENTS: &[&str] = &[
    "action",
    "event_source_token",
    "function_name",
    "function_url_auth_type",
    "principal",
    "principal_org_id",
    "qualifier",
    "source_account",
    "source_arn",
];

/// The id of a statement: the one that is chosen, or one that follows from what it says, so that a statement whose
/// making was interrupted can be found again.
pub(crate) fn statement_id(want: &Known) -> String {
    if let Some(id) = want.text("statement_id") {
        return id.to_owned();
    }
    let mut digest = Sha256::new();
    for name in ARGUMENTS {
        digest.update(want.str(name).unwrap_or_default());
        digest.update([0]);
    }
    let hash: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    let prefix = want.text("statement_id_prefix").unwrap_or(GENERATED);
    format!("{prefix}{}", &hash[..GENERATED_DIGITS])
}

/// What a statement says, by argument.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Statement {
    pub(crate) action: String,
    pub(crate) principal: String,
    pub(crate) source_arn: Option<String>,
    pub(crate) source_account: Option<String>,
    pub(crate) event_source_token: Option<String>,
    pub(crate) function_url_auth_type: Option<String>,
    pub(crate) principal_org_id: Option<String>,
}

/// The statement of that id in a policy.
pub(crate) fn find(policy: &Json, id: &str) -> Option<Statement> {
    let statements = match policy.get("Statement")? {
        Json::Array(statements) => statements.as_slice(),
        single => std::slice::from_ref(single),
    };
    let statement =
        statements.iter().find(|statement| statement.get("Sid").and_then(Json::as_str) == Some(id))?;
    Some(Statement {
        action: first_text(statement.get("Action")).unwrap_or_default(),
        principal: principal(statement.get("Principal")).unwrap_or_default(),
        source_arn: condition(statement, "AWS:SourceArn"),
        source_account: condition(statement, "AWS:SourceAccount"),
        event_source_token: condition(statement, "lambda:EventSourceToken"),
        function_url_auth_type: condition(statement, "lambda:FunctionUrlAuthType"),
        // AWS makes a condition of the organization; moto a member of the statement of a layer's policy.
        principal_org_id: condition(statement, "aws:PrincipalOrgID")
            .or_else(|| first_text(statement.get("OrganizationId"))),
    })
}

fn first_text(value: Option<&Json>) -> Option<String> {
    match value? {
        Json::String(text) => Some(text.clone()),
        Json::Array(items) => items.first()?.as_str().map(str::to_owned),
        _ => None,
    }
}

fn principal(value: Option<&Json>) -> Option<String> {
    match value? {
        Json::Object(kinds) => {
            first_text(["Service", "AWS", "Federated"].iter().find_map(|kind| kinds.get(*kind)))
        }
        other => first_text(Some(other)),
    }
}

/// The value of a condition key under whatever operator: the source's ARN is compared with `ArnLike`, by emulators
/// with `StringLike`, and the case of keys does not count.
fn condition(statement: &Json, key: &str) -> Option<String> {
    let operators = statement.get("Condition")?.as_object()?;
    let keys = operators.values().filter_map(Json::as_object).flatten();
    first_text(keys.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value))
}

#[cfg(test)]
mod tests {
    use recon_core::Value;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_statement_is_read_as_lambda_writes_it() {
        let policy = json!({"Version": "2012-10-17", "Statement": [
            {"Sid": "other"},
            {"Sid": "AllowApi", "Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"},
             "Action": "lambda:InvokeFunction", "Resource": "arn:aws:lambda:us-east-1:1:function:f:dev",
             "Condition": {"StringEquals": {"AWS:SourceAccount": "1"}, "ArnLike": {"AWS:SourceArn": "arn:x"}}},
        ]});
        let found = find(&policy, "AllowApi").unwrap();
        assert_eq!(found.principal, "apigateway.amazonaws.com");
        assert_eq!(
            (found.source_arn.as_deref(), found.source_account.as_deref()),
            (Some("arn:x"), Some("1"))
        );
        assert_eq!(find(&policy, "nobody"), None);
    }

    #[test]
    fn generated_ids_follow_from_the_arguments() {
        let want =
            |principal: &str| Known::with_nulls(&Value::object([("principal", Value::from(principal))]));
        assert_eq!(statement_id(&want("a")), statement_id(&want("a")));
        assert_ne!(statement_id(&want("a")), statement_id(&want("b")));
        assert!(statement_id(&want("a")).starts_with(GENERATED));
    }
}
