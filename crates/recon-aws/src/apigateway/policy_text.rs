//! The text of a REST API's resource policy: AWS hands it out escaped, and with ARNs written out.

/// The policy as a JSON document: API Gateway escapes the quotes of the text a second time.
pub(super) fn unescaped(policy: &str) -> String {
    if serde_json::from_str::<serde_json::Value>(policy).is_ok() {
        return policy.to_owned();
    }
    serde_json::from_str::<String>(&format!("\"{policy}\"")).unwrap_or_else(|_| policy.to_owned())
}

/// The policy with `execute-api:/…` written out, as AWS stores it: `prefix` is `arn:aws:execute-api:REGION:ACCOUNT:API`.
pub(super) fn written_out(policy: &str, prefix: &str) -> String {
    policy.replace("\"execute-api:/", &format!("\"{prefix}/"))
}

/// The spelling to remember: the one of the configuration where AWS has only written out its ARNs.
pub(super) fn remembered(live: &str, have: Option<&str>, prefix: &str) -> String {
    let live = unescaped(live);
    match have {
        Some(have) if recon_core::sameness::same_policy(&written_out(have, prefix), &live) => have.to_owned(),
        _ => live,
    }
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    #[test_case(r#"{\"Version\":\"2012-10-17\",\"Resource\":\"arn:aws:x:\/*\"}"#, r#"{"Version":"2012-10-17","Resource":"arn:aws:x:/*"}"#; "escaped")]
    #[test_case(r#"{"Version":"2012-10-17"}"#, r#"{"Version":"2012-10-17"}"#; "plain")]
    #[test_case("not json", "not json"; "anything else")]
    fn a_policy_is_unescaped(live: &str, expected: &str) {
        assert_eq!(unescaped(live), expected);
    }

    #[test]
    fn a_short_resource_keeps_its_spelling() {
        let have = r#"{"Statement":[{"Resource":"execute-api:/*"}]}"#;
        let live = r#"{\"Statement\":[{\"Resource\":\"arn:aws:execute-api:r:1:api\/*\"}]}"#;
        assert_eq!(remembered(live, Some(have), "arn:aws:execute-api:r:1:api"), have);
        assert!(remembered(live, None, "arn:aws:execute-api:r:1:api").contains("arn:aws"));
    }
}
