//! The resource policy of an API: short resources are expanded when it is stored, and it is shown as escaped JSON.

use serde_json::Value;

use super::refuse::bad_request;
use crate::wire::Refusal;

/// The quota on a policy, in characters.
const CHARACTERS_MAX: usize = 8192;

/// Returns the policy as it is stored: compact, with `execute-api:/…` written out as the ARN of the API.
pub(super) fn stored(policy: &str, arn_of_api: &str) -> Result<String, Refusal> {
    let malformed = || {
        bad_request(
            "Invalid policy document. Please check the policy syntax and ensure that Principals are valid.",
        )
    };
    if policy.chars().count() > CHARACTERS_MAX {
        return Err(bad_request(format!(
            "Policy document exceeds the maximum size of {CHARACTERS_MAX} characters"
        )));
    }
    let mut document: Value = serde_json::from_str(policy).map_err(|_| malformed())?;
    let statements = document.get_mut("Statement").ok_or_else(malformed)?;
    let statements = match statements {
        Value::Array(statements) => statements.as_mut_slice(),
        Value::Object(_) => std::slice::from_mut(statements),
        _ => return Err(malformed()),
    };
    for statement in statements {
        let complete = statement.get("Effect").is_some()
            && (statement.get("Principal").is_some() || statement.get("NotPrincipal").is_some());
        if !complete {
            return Err(malformed());
        }
        for key in ["Resource", "NotResource"] {
            if let Some(resources) = statement.get_mut(key) {
                expand(resources, arn_of_api);
            }
        }
    }
    Ok(document.to_string())
}

/// Returns the policy as an answer carries it: a JSON text escaped once more, slashes included.
pub(super) fn shown(policy: &str) -> String {
    policy.replace('\\', "\\\\").replace('"', "\\\"").replace('/', "\\/")
}

fn expand(resources: &mut Value, arn_of_api: &str) {
    match resources {
        Value::Array(items) => items.iter_mut().for_each(|item| expand(item, arn_of_api)),
        Value::String(resource) => {
            if let Some(rest) = resource.strip_prefix("execute-api:/") {
                *resource = format!("{arn_of_api}/{rest}");
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_policy_is_refused() {
        let policy = |length: usize| format!(r#"{{"Id":"{}","Statement":[]}}"#, "x".repeat(length));
        assert!(stored(&policy(8000), "arn").is_ok());
        assert!(stored(&policy(8192), "arn").unwrap_err().message.contains("maximum size"));
    }

    #[test]
    fn short_resource_is_expanded() {
        let policy =
            r#"{"Statement": {"Effect": "Allow", "Principal": "*", "Resource": ["execute-api:/*", "*"]}}"#;
        let stored = stored(policy, "arn:aws:execute-api:eu-west-1:1:abc").unwrap();
        assert!(stored.contains(r#"["arn:aws:execute-api:eu-west-1:1:abc/*","*"]"#), "{stored}");
    }

    #[test]
    fn shown_policy_unescapes_to_the_stored_one() {
        let stored = r#"{"Resource":"a/b"}"#;
        let again: String = serde_json::from_str(&format!("\"{}\"", shown(stored))).unwrap();
        assert_eq!(again, stored);
    }

    #[test]
    fn malformed_policies_are_refused() {
        for policy in ["{", "{}", r#"{"Statement": [{"Effect": "Allow"}]}"#, r#"{"Statement": 3}"#] {
            assert!(stored(policy, "arn").is_err(), "{policy}");
        }
    }
}
