//! Tells which texts in objects are secrets, though AWS does not treat them as such: passwords in environment variables. Pure.
//!
//! Names and well-known spellings are all there is to go by, so this errs on the side of keeping a text to itself.

use std::sync::Arc;

use recon_core::value::{Data, Mapping, Sequence};
use recon_core::{Known, Value};

use super::names::slug;

/// Maps in which people keep secrets.
const KEEPERS: &[&str] = &["variables", "request_parameters"];

/// Words that name a secret wherever they are in a name.
const SECRETS: &[&str] = &[
    "authorization",
    "credential",
    "credentials",
    "passphrase",
    "passwd",
    "password",
    "pwd",
    "secret",
    "secrets",
    "token",
    "tokens",
    "apikey",
];

/// Words that make `key` a secret when they come right before it.
const KEYS: &[&str] = &[
    "access",
    "account",
    "api",
    "auth",
    "encryption",
    "license",
    "master",
    "private",
    "secret",
    "shared",
    "signing",
    "storage",
    "webhook",
];

/// Last words of names of what is only about a secret.
const ABOUT: &[&str] = &[
    "algorithm",
    "arn",
    "audience",
    "count",
    "days",
    "enabled",
    "endpoint",
    "expiration",
    "expiry",
    "header",
    "hours",
    "id",
    "issuer",
    "length",
    "lifetime",
    "limit",
    "minutes",
    "name",
    "parameter",
    "path",
    "prefix",
    "region",
    "required",
    "seconds",
    "table",
    "timeout",
    "ttl",
    "type",
    "uri",
    "url",
    "version",
];

/// Beginnings by which services mark their tokens.
const BEGINNINGS: &[&str] = &[
    "-----BEGIN",
    "AIza",
    "Basic ",
    "Bearer ",
    "SG.",
    "ghp_",
    "gho_",
    "ghs_",
    "github_pat_",
    "glpat-",
    "npm_",
    "rk_live_",
    "sk-",
    "sk_live_",
    "sk_test_",
    "xoxb-",
    "xoxp-",
];

/// The object with its secrets marked.
pub(crate) fn marked(value: &Known) -> Known {
    Known::with_nulls(&within("", value))
}

fn within(argument: &str, value: &Value) -> Value {
    let data = match &value.data {
        Data::Object(attributes) => {
            let each = attributes.iter().map(|(name, item)| (name.clone(), within(name, item)));
            Data::Object(Arc::new(each.collect()))
        }
        Data::List(list) => {
            let items = list.items.iter().map(|item| within(argument, item)).collect();
            Data::List(Arc::new(Sequence { element: list.element.clone(), items }))
        }
        Data::Tuple(items) => {
            Data::Tuple(Arc::new(items.iter().map(|item| within(argument, item)).collect()))
        }
        Data::Map(map) if KEEPERS.contains(&argument) => {
            let each = map.entries.iter().map(|(key, item)| {
                let is_secret = item.as_str().is_some_and(|text| is_secret(key, text));
                (key.clone(), if is_secret { item.clone().sensitive() } else { item.clone() })
            });
            Data::Map(Arc::new(Mapping { element: map.element.clone(), entries: each.collect() }))
        }
        _ => return value.clone(),
    };
    Value { data, marks: value.marks }
}

/// Whether a text under that name is a secret.
fn is_secret(name: &str, text: &str) -> bool {
    // API Gateway writes constants in quotes among names of what it passes on.
    let is_request = name.starts_with("integration.request.");
    let text = match text.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')) {
        Some(constant) if is_request => constant,
        _ if is_request => return false,
        _ => text,
    };
    !text.is_empty() && !is_reference(text) && (names_secret(name) || is_spelled_as_secret(text))
}

/// Where a secret is kept rather than the secret: an ARN, a path, a template.
fn is_reference(text: &str) -> bool {
    let is_plain = text.parse::<f64>().is_ok() || matches!(text, "true" | "false");
    is_plain || text.starts_with("arn:") || text.starts_with('/') || text.contains("{{resolve:")
}

fn names_secret(name: &str) -> bool {
    let name = slug(name);
    let words: Vec<&str> = name.split('_').collect();
    if words.last().is_some_and(|last| ABOUT.contains(last)) {
        return false;
    }
    let is_key = |pair: &[&str]| KEYS.contains(&pair[0]) && matches!(pair[1], "key" | "keys");
    words.iter().any(|word| SECRETS.contains(word)) || words.windows(2).any(is_key)
}

fn is_spelled_as_secret(text: &str) -> bool {
    let has_password = || {
        let (_, rest) = text.split_once("://")?;
        let (user, _) = rest.split(['/', '?', '#']).next()?.rsplit_once('@')?;
        user.split_once(':').filter(|(_, password)| !password.is_empty())
    };
    let is_web_token = || text.starts_with("eyJ") && text.matches('.').count() == 2;
    BEGINNINGS.iter().any(|start| text.starts_with(start)) || has_password().is_some() || is_web_token()
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    #[test_case("DB_PASSWORD", "hunter2", true)]
    #[test_case("stripeApiKey", "x1", true)]
    #[test_case("SECRET", "s", true)]
    #[test_case("AUTH_TOKEN", "abc", true)]
    #[test_case("API_KEY_HEADER", "x-api-key", false; "what is about a key")]
    #[test_case("SECRET_ARN", "arn:aws:secretsmanager:us-east-1:1:secret:x", false; "an ARN")]
    #[test_case("DB_PASSWORD", "/prod/db/password", false; "the name of a parameter")]
    #[test_case("TOKEN_TTL", "3600", false; "a time")]
    #[test_case("USE_TOKEN", "true", false; "a flag")]
    #[test_case("KEY", "items", false; "any key")]
    #[test_case("TABLE", "items", false)]
    #[test_case("DATABASE", "postgres://app:pw@db.internal:5432/items", true; "a password in an address")]
    #[test_case("DATABASE", "postgres://app@db.internal/items", false; "an address without a password")]
    #[test_case("STRIPE", "sk_live_4eC39HqLyjWDarjtT1zdp7dc", true; "a token by its spelling")]
    #[test_case("integration.request.header.x-api-key", "'abc'", true; "a constant")]
    #[test_case("integration.request.header.Authorization", "method.request.header.Authorization", false; "what is passed on")]
    fn a_secret_is_told_by_name_or_spelling(name: &str, text: &str, expected: bool) {
        assert_eq!(is_secret(name, text), expected);
    }

    #[test]
    fn only_the_secrets_of_an_object_are_marked() {
        let variables = Value::string_map([("DB_PASSWORD", "hunter2"), ("TABLE", "items")]);
        let environment = Value::list(recon_core::Type::Any, vec![Value::object([("variables", variables)])]);
        let function = Known::with_nulls(&Value::object([("environment", environment)]));
        let paths: Vec<String> =
            recon_core::json::sensitive_paths(&marked(&function)).iter().map(ToString::to_string).collect();
        assert_eq!(paths, ["environment[0].variables[\"DB_PASSWORD\"]"]);
    }
}
