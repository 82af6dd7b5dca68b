//! Roles that the provider takes on before it calls anything else.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_config::provider_config::ProviderConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_config::web_identity_token::{StaticConfiguration, WebIdentityTokenCredentialsProvider};
use aws_credential_types::provider::SharedCredentialsProvider;
use recon_core::provider::{ErrorKind, ProviderError};
use recon_core::{Known, Value};

use crate::connect::unsupported;

const SESSION_NAME: &str = "recon";

/// The credentials of the last role of the chain that the block names; without roles, the given ones. The calls for
/// them are made by the SDK when they are first needed, and again before they end.
pub(crate) async fn assume(
    config: &Known,
    credentials: SharedCredentialsProvider,
    sts: &SdkConfig,
) -> Result<SharedCredentialsProvider, ProviderError> {
    let mut credentials = match config.block("assume_role_with_web_identity") {
        Some(block) => web_identity(block, sts)?,
        None => credentials,
    };
    for block in config.get("assume_role").items() {
        credentials = role(block, credentials, sts).await?;
    }
    Ok(credentials)
}

async fn role(
    block: &Value,
    credentials: SharedCredentialsProvider,
    sts: &SdkConfig,
) -> Result<SharedCredentialsProvider, ProviderError> {
    let Some(arn) = block.text("role_arn") else { return Ok(credentials) };
    if block.text("source_identity").is_some() {
        return Err(unsupported("assume_role.source_identity"));
    }
    if !block.string_items("transitive_tag_keys").is_empty() {
        return Err(unsupported("assume_role.transitive_tag_keys"));
    }
    let mut provider = AssumeRoleProvider::builder(arn)
        .configure(sts)
        .session_name(block.text("session_name").unwrap_or(SESSION_NAME))
        .policy_arns(block.string_items("policy_arns"))
        .tags(block.string_entries("tags"));
    if let Some(id) = block.text("external_id") {
        provider = provider.external_id(id);
    }
    if let Some(policy) = block.text("policy") {
        provider = provider.policy(policy);
    }
    if let Some(text) = block.text("duration") {
        provider = provider.session_length(duration(text).ok_or_else(|| wrong_duration(text))?);
    }
    Ok(SharedCredentialsProvider::new(provider.build_from_provider(credentials).await))
}

fn web_identity(block: &Value, sts: &SdkConfig) -> Result<SharedCredentialsProvider, ProviderError> {
    for name in ["web_identity_token", "duration"] {
        if block.text(name).is_some() {
            return Err(unsupported(&format!("assume_role_with_web_identity.{name}")));
        }
    }
    let (Some(file), Some(role)) = (block.text("web_identity_token_file"), block.text("role_arn")) else {
        let message = "`assume_role_with_web_identity` needs `role_arn` and `web_identity_token_file`";
        return Err(ProviderError::new(ErrorKind::Invalid, "configure provider aws", message));
    };
    let mut provider = ProviderConfig::without_region().with_region(sts.region().cloned());
    if let Some(http) = sts.http_client() {
        provider = provider.with_http_client(http);
    }
    let mut builder = WebIdentityTokenCredentialsProvider::builder()
        .configure(&provider)
        .static_configuration(StaticConfiguration {
            web_identity_token_file: file.into(),
            role_arn: role.to_owned(),
            session_name: block.text("session_name").unwrap_or(SESSION_NAME).to_owned(),
        });
    if let Some(policy) = block.text("policy") {
        builder = builder.policy(policy);
    }
    let arns = block.string_items("policy_arns");
    if !arns.is_empty() {
        builder = builder.policy_arns(arns);
    }
    Ok(SharedCredentialsProvider::new(builder.build()))
}

fn wrong_duration(text: &str) -> ProviderError {
    let message = format!("`{text}` is not a duration such as `1h` or `15m30s`");
    ProviderError::new(ErrorKind::Invalid, "configure provider aws: assume_role.duration", message)
}

/// A duration such as `1h30m`.
pub(crate) fn duration(text: &str) -> Option<Duration> {
    let mut seconds = 0.0;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let amount: f64 = rest[..digits].parse().ok()?;
        let end = rest[digits..].find(|c: char| c.is_ascii_digit()).map_or(rest.len(), |at| digits + at);
        seconds += amount
            * match &rest[digits..end] {
                "h" => 3600.0,
                "m" => 60.0,
                "s" => 1.0,
                "ms" => 0.001,
                _ => return None,
            };
        rest = &rest[end..];
    }
    Duration::try_from_secs_f64(seconds).ok().filter(|duration| !duration.is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_sums_of_units() {
        assert_eq!(duration("1h30m"), Some(Duration::from_mins(90)));
        assert_eq!(duration("45s"), Some(Duration::from_secs(45)));
        assert_eq!(duration("1.5h"), Some(Duration::from_mins(90)));
        assert_eq!(duration("soon"), None);
        assert_eq!(duration(""), None);
    }
}
