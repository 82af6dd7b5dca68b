//! `aws_lambda_permission`, its pure half: arguments and rules.

use std::sync::LazyLock;

use recon_core::change::Change;
use recon_core::resource_type::{Neighbours, Parts, Proposal, Refined, ResourceType};
use recon_core::schema::{Attribute, Sameness, Schema, block, optional, optional_computed, required};
use recon_core::value::Name;
use recon_core::{Address, Diagnostic, Path, Type, Value};

use super::function::{IN_FUNCTION, replaced_with_function};
use super::name::queue_key;
use super::versions::LATEST;
use crate::rules::{self, Findings};

/// `aws_lambda_permission`
#[derive(Clone, Copy)]
pub(crate) struct Permission;

pub(crate) static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let text = |doc| -> Attribute { optional(Type::String, doc).compared(Sameness::EmptyIsNull).replaces() };
    let attributes = [
        ("action", required(Type::String, "What is allowed, as in `lambda:InvokeFunction`.").replaces()),
        ("event_source_token", text("Token of an Alexa skill.")),
        ("function_name", required(Type::String, "Name or ARN of the function.").replaces()),
        ("function_url_auth_type", text("`AWS_IAM` or `NONE`, for calls of the function's URL.")),
        ("id", optional_computed(Type::String, "The statement's id.")),
        ("principal", required(Type::String, "Who is allowed: a service, an account, an ARN.").replaces()),
        ("principal_org_id", text("Organization that the principal must belong to.")),
        ("qualifier", text("Alias or version that the permission is about.")),
        ("source_account", text("Account that the call must come from.")),
        ("source_arn", text("ARN that the call must come from.")),
        ("statement_id", optional_computed(Type::String, "Id of the statement.").replaces()),
        ("statement_id_prefix", optional_computed(Type::String, "Beginning of a generated id.").replaces()),
    ];
    Schema {
        version: 0,
        doc: "A statement of a Lambda function's resource policy.",
        block: block(attributes, []),
    }
});

impl ResourceType for Permission {
    fn name(&self) -> &'static str {
        "aws_lambda_permission"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn check(&self, config: &Value) -> Vec<(Path, Diagnostic)> {
        let mut found = Findings::new();
        rules::not_both(&mut found, config, "statement_id", "statement_id_prefix");
        rules::one_of(&mut found, config, "function_url_auth_type", &["AWS_IAM", "NONE"]);
        rules::arn(&mut found, config, "source_arn");
        check_parts(&mut found, config);
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        for name in ["statement_id", "statement_id_prefix"] {
            if config.str(name).is_some_and(|id| id.len() > 100 || !id.chars().all(fits)) {
                rules::wrong(
                    &mut found,
                    name,
                    "A statement's id has at most 100 letters, digits, hyphens and underscores.",
                );
            }
        }
        if config.str("qualifier") == Some(LATEST) {
            rules::wrong(
                &mut found,
                "qualifier",
                "Lambda keeps no policy for `$LATEST`. Leave `qualifier` out, or name an alias.",
            );
        }
        found
    }

    fn refine(&self, proposal: Proposal<'_>) -> Refined {
        let replace = replaced_with_function(&proposal);
        Refined::Ready { planned: proposal.proposed, replace }
    }

    fn review(&self, address: &Address, change: &Change, neighbours: &dyn Neighbours) -> Vec<Diagnostic> {
        super::permission_review::review(address, change, neighbours).into_iter().collect()
    }

    fn queue_key(&self, value: &Value) -> Option<Name> {
        queue_key(value.str("function_name"))
    }

    fn vanishes_with(&self) -> Parts {
        IN_FUNCTION
    }
}

/// Whom and what the statement is about, in Lambda's spelling.
fn check_parts(found: &mut Findings, config: &Value) {
    let is_action = |action: &str| {
        let name = action.strip_prefix("lambda:").unwrap_or_default();
        let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphabetic());
        action == "*" || name == "*" || is_name
    };
    if config.str("action").is_some_and(|action| !is_action(action)) {
        rules::wrong(
            found,
            "action",
            "An action is `lambda:` and the name of an operation, `lambda:*` or `*`.",
        );
    }
    let is_account = |text: &str| text.len() == 12 && text.chars().all(|c| c.is_ascii_digit());
    if config.text("source_account").is_some_and(|account| !is_account(account)) {
        rules::wrong(found, "source_account", "An account id has twelve digits.");
    }
    let is_token = |text: &str| {
        text.len() <= 256 && text.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
    };
    if config.text("event_source_token").is_some_and(|token| !is_token(token)) {
        let detail = "A token has at most 256 letters, digits, dots, hyphens and underscores.";
        rules::wrong(found, "event_source_token", detail);
    }
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    #[test_case(&[], None; "nothing wrong")]
    #[test_case(&[("action", "*"), ("source_account", "123456789012")], None; "every action")]
    #[test_case(&[("action", "lambda:*"), ("event_source_token", "amzn1.ask.skill.a-b")], None; "every action of lambda")]
    #[test_case(&[("action", "s3:GetObject")], Some("action"); "action of another service")]
    #[test_case(&[("action", "lambda:")], Some("action"); "action without a name")]
    #[test_case(&[("source_account", "12")], Some("source_account"); "short account")]
    #[test_case(&[("event_source_token", "a b")], Some("event_source_token"); "token with a space")]
    #[test_case(&[("statement_id", "a b")], Some("statement_id"); "id with a space")]
    #[test_case(&[("qualifier", "$LATEST")], Some("qualifier"); "unpublished version")]
    fn rules_of_permissions(set: &[(&str, &str)], wrong: Option<&str>) {
        let basic = [("action", "lambda:InvokeFunction"), ("principal", "s3.amazonaws.com")];
        let config = Value::object(
            basic.iter().chain(set).map(|(name, text)| (*name, Value::from(*text))).collect::<Vec<_>>(),
        );
        let found = Permission.check(&config);
        let named: Vec<&str> = found.iter().filter_map(|(path, _)| path.argument()).collect();
        assert_eq!(named.first().copied(), wrong, "{named:?}");
    }
}
