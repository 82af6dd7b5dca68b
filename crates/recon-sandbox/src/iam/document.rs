//! What makes a policy document well formed.

use serde_json::{Map, Value};

use crate::wire::Refusal;
use crate::world::is_account;

fn malformed(message: impl Into<String>) -> Refusal {
    Refusal::new(400, "MalformedPolicyDocument", message)
}

/// Checks a trust policy: who may assume the role, and nothing about resources.
pub(crate) fn check_trust(text: &str) -> Result<(), Refusal> {
    for statement in statements(text, "This policy contains invalid Json")? {
        if statement.contains_key("Resource") || statement.contains_key("NotResource") {
            return Err(malformed("Has prohibited field Resource"));
        }
        if !statement.contains_key("Principal") && !statement.contains_key("NotPrincipal") {
            return Err(malformed("Missing required field Principal"));
        }
        for member in ["Principal", "NotPrincipal"] {
            statement.get(member).map_or(Ok(()), check_principal)?;
        }
        if !statement.contains_key("Action") && !statement.contains_key("NotAction") {
            return Err(malformed("Missing required field Action"));
        }
        let actions = statement.get("Action").map(texts).unwrap_or_default();
        if actions.iter().any(|action| !action.starts_with("sts:") && *action != "*") {
            return Err(malformed("AssumeRole policy may only specify STS AssumeRole actions."));
        }
    }
    Ok(())
}

/// Checks an identity policy: what its holder may do with which resources.
pub(crate) fn check_identity(text: &str) -> Result<(), Refusal> {
    for statement in statements(text, "Syntax errors in policy.")? {
        if statement.contains_key("Principal") || statement.contains_key("NotPrincipal") {
            return Err(malformed("Policy document should not specify a principal."));
        }
        if !statement.contains_key("Action") && !statement.contains_key("NotAction") {
            return Err(malformed("Policy statement must contain actions."));
        }
        if !statement.contains_key("Resource") && !statement.contains_key("NotResource") {
            return Err(malformed("Policy statement must contain resources."));
        }
        let lists = ["Action", "NotAction", "Resource", "NotResource"];
        if lists.iter().filter_map(|name| statement.get(*name)).any(|value| !is_text_or_texts(value)) {
            return Err(malformed("Syntax errors in policy."));
        }
        let actions =
            statement.get("Action").or_else(|| statement.get("NotAction")).map(texts).unwrap_or_default();
        if actions.iter().any(|action| *action != "*" && !action.contains(':')) {
            return Err(malformed(
                "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
            ));
        }
        let resources = ["Resource", "NotResource"].into_iter().filter_map(|name| statement.get(name));
        if let Some(odd) = resources.flat_map(texts).find(|text| *text != "*" && !text.starts_with("arn:")) {
            return Err(malformed(format!("Resource {odd} must be in ARN format or \"*\".")));
        }
    }
    Ok(())
}

/// Refuses a principal that is spelled as none of its kind is. Whether there is such a user or service, is not asked.
fn check_principal(principal: &Value) -> Result<(), Refusal> {
    let kinds = match principal {
        Value::String(text) if text == "*" => return Ok(()),
        Value::Object(kinds) if !kinds.is_empty() => kinds,
        _ => return Err(malformed("Syntax errors in policy.")),
    };
    for (kind, names) in kinds {
        let fits: fn(&str) -> bool = match kind.as_str() {
            "AWS" => is_aws_principal,
            "Service" => |name| name.contains('.') && !name.contains([':', '/', '*']),
            "Federated" | "CanonicalUser" => |name| !name.is_empty(),
            _ => return Err(malformed(format!("Invalid principal in policy: \"{}\"", kind.to_uppercase()))),
        };
        if !is_text_or_texts(names) {
            return Err(malformed("Syntax errors in policy."));
        }
        if let Some(odd) = texts(names).into_iter().find(|name| !fits(name)) {
            let kind = kind.to_uppercase();
            return Err(malformed(format!("Invalid principal in policy: \"{kind}\":\"{odd}\"")));
        }
    }
    Ok(())
}

/// Says whether this is everybody, an account, an ARN, or the id that is left of a user or role that is gone.
fn is_aws_principal(name: &str) -> bool {
    let arn = name.starts_with("arn:") && (name.contains(":iam::") || name.contains(":sts::"));
    let id = name.starts_with("AROA") || name.starts_with("AIDA");
    name == "*" || is_account(name) || arn || id
}

fn statements(text: &str, unreadable: &str) -> Result<Vec<Map<String, Value>>, Refusal> {
    let document: Value = serde_json::from_str(text).map_err(|_| malformed(unreadable))?;
    let document = document.as_object().ok_or_else(|| malformed(unreadable))?;
    if let Some(version) = document.get("Version")
        && !matches!(version.as_str(), Some("2012-10-17" | "2008-10-17"))
    {
        return Err(malformed("Syntax errors in policy."));
    }
    let known = ["Version", "Id", "Statement"];
    if document.keys().any(|key| !known.contains(&key.as_str())) {
        return Err(malformed("Syntax errors in policy."));
    }
    let list = match document.get("Statement") {
        Some(Value::Array(list)) => list.clone(),
        Some(single @ Value::Object(_)) => vec![single.clone()],
        _ => return Err(malformed("Syntax errors in policy.")),
    };
    list.into_iter().map(statement).collect()
}

fn statement(value: Value) -> Result<Map<String, Value>, Refusal> {
    let Value::Object(statement) = value else { return Err(malformed("Syntax errors in policy.")) };
    match statement.get("Effect").and_then(Value::as_str) {
        Some("Allow" | "Deny") => Ok(statement),
        Some(_) => Err(malformed("Syntax errors in policy.")),
        None => Err(malformed("Missing required field Effect")),
    }
}

fn is_text_or_texts(value: &Value) -> bool {
    value.is_string() || value.as_array().is_some_and(|list| list.iter().all(Value::is_string))
}

fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    #[test_case("{not json", "This policy contains invalid Json"; "unreadable")]
    #[test_case(r#"{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole"}]}"#, "Missing required field Principal"; "no principal")]
    #[test_case(r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole","Resource":"*"}]}"#, "Has prohibited field Resource"; "resource")]
    #[test_case(r#"{"Statement":[{"Effect":"Allow","Principal":{"Service":"lambda"},"Action":"sts:AssumeRole"}]}"#, r#"Invalid principal in policy: "SERVICE":"lambda""#; "service without domain")]
    #[test_case(r#"{"Statement":[{"Effect":"Allow","Principal":{"AWS":"somebody"},"Action":"sts:AssumeRole"}]}"#, r#"Invalid principal in policy: "AWS":"somebody""#; "no arn")]
    fn trust_is_refused(text: &str, message: &str) {
        assert_eq!(check_trust(text).unwrap_err().message, message);
    }

    #[test_case(r#"{"Statement":[{"Effect":"Allow","Action":"s3:*"}]}"#, "Policy statement must contain resources."; "no resource")]
    #[test_case(r#"{"Statement":[{"Effect":"Allow","Action":"nope","Resource":"*"}]}"#, "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."; "no vendor")]
    #[test_case(r#"{"Statement":[{"Effect":"Allow","Action":"*","Resource":[["*"]]}]}"#, "Syntax errors in policy."; "list in a list")]
    #[test_case(r#"{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"bucket"}]}"#, "Resource bucket must be in ARN format or \"*\"."; "no arn")]
    #[test_case("[]", "Syntax errors in policy."; "list")]
    fn identity_is_refused(text: &str, message: &str) {
        assert_eq!(check_identity(text).unwrap_err().message, message);
    }

    #[test]
    fn single_statement_needs_no_list() {
        let text =
            r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["logs:*"],"Resource":"*"}}"#;
        assert!(check_identity(text).is_ok());
    }
}
