//! `aws_lambda_layer_version_permission`, its pure half: arguments and rules.

use std::sync::LazyLock;

use recon_core::resource_type::ResourceType;
use recon_core::schema::{
    Sameness, Schema, block, computed, defaulted, optional, optional_computed, required,
};
use recon_core::value::Name;
use recon_core::{Diagnostic, Path, Type, Value};

use super::layer_version::check_layer;
use crate::rules::{self, Findings};

/// What may be allowed.
const ACTION: &str = "lambda:GetLayerVersion";
/// Everybody.
pub(crate) const ANYBODY: &str = "*";
const STATEMENT_ID_MAX: usize = 100;

/// `aws_lambda_layer_version_permission`
#[derive(Clone, Copy)]
pub(crate) struct LayerVersionPermission;

pub(crate) static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let text = |doc| required(Type::String, doc).replaces();
    let organization = optional(Type::String, "Organization to whose accounts the permission is limited.");
    let skip_destroy = defaulted(Type::Bool, false, "Whether the statement stays when its block goes.");
    let attributes = [
        ("action", text("What is allowed: `lambda:GetLayerVersion`.")),
        ("id", optional_computed(Type::String, "The layer and the number of the version.")),
        ("layer_name", text("Name or ARN of the layer.")),
        ("organization_id", organization.compared(Sameness::EmptyIsNull).replaces()),
        ("policy", computed(Type::String, "The version's policy.")),
        ("principal", text("Account that may use the version, or `*`.")),
        ("revision_id", computed(Type::String, "Revision of the policy.")),
        ("skip_destroy", skip_destroy.replaces()),
        ("statement_id", text("Id of the statement.")),
        ("version_number", required(Type::Number, "Number of the version.").replaces()),
    ];
    Schema {
        version: 0,
        doc: "A statement of a Lambda layer version's policy.",
        block: block(attributes, []),
    }
});

impl ResourceType for LayerVersionPermission {
    fn name(&self) -> &'static str {
        "aws_lambda_layer_version_permission"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn check(&self, config: &Value) -> Vec<(Path, Diagnostic)> {
        let mut found = Findings::new();
        rules::one_of(&mut found, config, "action", &[ACTION]);
        rules::between(&mut found, config, "version_number", 1, i64::MAX);
        if let Some(name) = config.str("layer_name") {
            check_layer(&mut found, "layer_name", name);
        }
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let is_id = |id: &str| !id.is_empty() && id.len() <= STATEMENT_ID_MAX && id.chars().all(fits);
        if config.str("statement_id").is_some_and(|id| !is_id(id)) {
            let detail = "A statement's id has 1 to 100 letters, digits, hyphens and underscores.";
            rules::wrong(&mut found, "statement_id", detail);
        }
        let principal = config.str("principal");
        if rules::is_set(config, "organization_id") && principal.is_some_and(|it| it != ANYBODY) {
            let detail = "A permission for an organization names it in `organization_id`, and sets `principal` to `*`.";
            rules::wrong(&mut found, "principal", detail);
        } else if principal.is_some_and(|it| !is_principal(it)) {
            let detail = "`principal` is the number of an account, the ARN of its root user, or `*`.";
            rules::wrong(&mut found, "principal", detail);
        }
        found
    }

    /// Statements of one policy are written one after the other: each write makes a new policy of the whole.
    fn queue_key(&self, value: &Value) -> Option<Name> {
        let layer = value.str("layer_name")?.rsplit(':').next()?;
        Some(format!("lambda:layer:{layer}:{}", value.get("version_number").as_i64()?).into())
    }
}

fn is_principal(text: &str) -> bool {
    let is_account = text.len() == 12 && text.chars().all(|c| c.is_ascii_digit());
    is_account
        || text == ANYBODY
        || (rules::is_arn(text) && text.contains(":iam::") && text.ends_with(":root"))
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    fn config(principal: &str, organization: Option<&str>, number: i64) -> Value {
        Value::object([
            ("action", Value::from(ACTION)),
            ("layer_name", "tools".into()),
            ("statement_id", "dev".into()),
            ("principal", principal.into()),
            ("organization_id", organization.map_or_else(|| Value::null(Type::String), Value::from)),
            ("version_number", Value::from(number)),
        ])
    }

    #[test_case("123456789012", None, 1, 0; "an account")]
    #[test_case("arn:aws:iam::123456789012:root", None, 1, 0; "its root user")]
    #[test_case("*", Some("o-0123456789"), 1, 0; "an organization")]
    #[test_case("123456789012", Some("o-0123456789"), 1, 1; "an account and an organization")]
    #[test_case("nobody", None, 1, 1; "somebody else")]
    #[test_case("*", None, 0, 1; "a version that cannot be")]
    fn rules_of_permissions(principal: &str, organization: Option<&str>, number: i64, errors: usize) {
        let found = LayerVersionPermission.check(&config(principal, organization, number));
        assert_eq!(found.len(), errors);
    }
}
