//! `aws_api_gateway_authorizer`: who decides whether a request may go on.

use std::sync::LazyLock;

use async_trait::async_trait;
use aws_sdk_apigateway::types::AuthorizerType;
use recon_core::provider::{Failed, ProviderError};
use recon_core::resource_type::{Parts, Proposal, Refined, ResourceType};
use recon_core::schema::{Schema, block, defaulted};
use recon_core::value::Name;
use recon_core::{Diagnostic, Known, Path, Type, Value};

use super::arguments::{given, id, rest_api_id, text, text_or_none, text_set};
use super::fields::{self, to_list, to_text};
use super::part::{self, deleted, incomplete, key};
use super::patch::{Difference, Patches};
use super::settle::{complete, settle};
use super::{check, lists, tags};
use crate::aws::Aws;
use crate::live::Live;
use crate::shape::is_empty;
use crate::snapshot::Snapshot;

const IDENTITY_SOURCE: &str = "method.request.header.Authorization";
const CACHED_FOR_SECONDS: i64 = 300;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema {
    version: 0,
    doc: "An authorizer of a REST API: who decides whether a request may go on.",
    block: block(
        [
            ("id", id()),
            ("rest_api_id", rest_api_id()),
            ("name", text("Name of the authorizer.")),
            ("type", defaulted(Type::String, "TOKEN", "`TOKEN`, `REQUEST` or `COGNITO_USER_POOLS`.")),
            ("authorizer_uri", text_or_none("`invoke_arn` of the function that decides.")),
            ("authorizer_credentials", text_or_none("ARN of the role to call it with.")),
            ("provider_arns", text_set("ARNs of the Cognito user pools.")),
            (
                "identity_source",
                defaulted(Type::String, IDENTITY_SOURCE, "Where a request says who it is from."),
            ),
            ("identity_validation_expression", text_or_none("Regular expression that a token has to match.")),
            (
                "authorizer_result_ttl_in_seconds",
                defaulted(Type::Number, CACHED_FOR_SECONDS, "How long a decision is kept, in seconds."),
            ),
            ("arn", given("ARN of the authorizer.")),
        ],
        [],
    ),
});

const COGNITO: &str = "COGNITO_USER_POOLS";
const TYPES: &[&str] = &["TOKEN", "REQUEST", COGNITO];

/// `aws_api_gateway_authorizer`
#[derive(Clone, Copy)]
pub(crate) struct Authorizer;

impl ResourceType for Authorizer {
    fn name(&self) -> &'static str {
        "aws_api_gateway_authorizer"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn check(&self, config: &Value) -> Vec<(Path, Diagnostic)> {
        let range = check::within(config, "authorizer_result_ttl_in_seconds", 0..=3_600);
        check::one_of(config, "type", TYPES).into_iter().chain(range).chain(needed(config)).collect()
    }

    fn refine(&self, proposal: Proposal<'_>) -> Refined {
        let switches = proposal.prior.is_some_and(|prior| switches_kind(prior, &proposal.proposed));
        let replace = if switches { vec![Path::attribute("type")] } else { Vec::new() };
        Refined::Ready { planned: proposal.proposed, replace }
    }

    fn queue_key(&self, value: &Value) -> Option<Name> {
        part::queue(value)
    }

    fn vanishes_with(&self) -> Parts {
        part::IN_API
    }
}

/// Whether a function decides in one and Cognito in the other, which no update leads to.
fn switches_kind(have: &Value, want: &Value) -> bool {
    let (have, want) = (have.get("type"), want.get("type"));
    let is_cognito = |kind: &Value| kind.as_str() == Some(COGNITO);
    !have.same(want) && (is_cognito(have) || is_cognito(want))
}

/// What an authorizer of its type cannot do without.
fn needed(config: &Value) -> Option<(Path, Diagnostic)> {
    let kind = config.get("type");
    if kind.is_unknown() {
        return None;
    }
    let kind = kind.as_str().unwrap_or("TOKEN");
    let argument = if kind == COGNITO { "provider_arns" } else { "authorizer_uri" };
    is_empty(config.get(argument)).then(|| {
        check::invalid(argument, format!("An authorizer of type `{kind}` needs the argument `{argument}`."))
    })
}

/// What AWS reports of an authorizer.
pub(super) fn describe(authorizer: &aws_sdk_apigateway::types::Authorizer) -> Value {
    let value = Value::object([
        ("id", fields::text(authorizer.id.as_ref())),
        ("name", fields::text(authorizer.name.as_ref())),
        ("type", fields::text(authorizer.r#type.as_ref().map(AuthorizerType::as_str))),
        ("authorizer_uri", fields::text(authorizer.authorizer_uri.as_ref())),
        ("authorizer_credentials", fields::text(authorizer.authorizer_credentials.as_ref())),
        ("provider_arns", fields::text_set(authorizer.provider_arns.as_ref())),
        ("identity_source", fields::text(authorizer.identity_source.as_ref())),
        ("identity_validation_expression", fields::text(authorizer.identity_validation_expression.as_ref())),
    ]);
    let seconds = authorizer.authorizer_result_ttl_in_seconds.map_or(CACHED_FOR_SECONDS, i64::from);
    value.with("authorizer_result_ttl_in_seconds", Value::from(seconds))
}

fn report(aws: &Aws, have: &Known, authorizer: &aws_sdk_apigateway::types::Authorizer) -> Known {
    settle(&SCHEMA, have, &with_arn(aws, have, describe(authorizer)))
}

fn with_arn(aws: &Aws, have: &Known, live: Value) -> Value {
    let path = format!("/restapis/{}/authorizers/{}", key(have, "rest_api_id"), key(&live, "id"));
    live.with("arn", Value::from(tags::arn(aws, &path)))
}

fn patches(have: &Known, want: &Known) -> Patches {
    let difference = Difference { have, want };
    let mut patches = Patches::default();
    patches.scalar("/name", difference, "name");
    patches.scalar("/type", difference, "type");
    patches.scalar("/authorizerUri", difference, "authorizer_uri");
    patches.scalar("/authorizerCredentials", difference, "authorizer_credentials");
    patches.elements("/providerARNs", difference, "provider_arns");
    patches.scalar("/identitySource", difference, "identity_source");
    patches.scalar("/identityValidationExpression", difference, "identity_validation_expression");
    patches.scalar("/authorizerResultTtlInSeconds", difference, "authorizer_result_ttl_in_seconds");
    patches
}

#[async_trait]
impl Live for Authorizer {
    async fn read(
        &self,
        aws: &Aws,
        snapshot: &Snapshot,
        have: &Known,
    ) -> Result<Option<Known>, ProviderError> {
        let authorizers = lists::authorizers(aws, snapshot, key(have, "rest_api_id")).await?;
        Ok(authorizers.get(key(have, "id")).map(|authorizer| report(aws, have, authorizer)))
    }

    async fn create(&self, aws: &Aws, want: &Known) -> Result<Known, Failed> {
        let call = || {
            let create = aws.apigateway.create_authorizer().rest_api_id(key(want, "rest_api_id"));
            create
                .name(key(want, "name"))
                .r#type(AuthorizerType::from(key(want, "type")))
                .set_authorizer_uri(to_text(want, "authorizer_uri"))
                .set_authorizer_credentials(to_text(want, "authorizer_credentials"))
                .set_provider_arns(to_list(want, "provider_arns"))
                .set_identity_source(to_text(want, "identity_source"))
                .set_identity_validation_expression(to_text(want, "identity_validation_expression"))
                .set_authorizer_result_ttl_in_seconds(want.get("authorizer_result_ttl_in_seconds").as_i32())
                .send()
        };
        let made = aws.call("apigateway:CreateAuthorizer", call).await?;
        let id = made.id.ok_or_else(|| incomplete("apigateway:CreateAuthorizer", "id"))?;
        let live = with_arn(aws, want, Value::object([("id", Value::from(id))]));
        Ok(complete(&SCHEMA, want, &live))
    }

    async fn update(&self, aws: &Aws, have: &Known, want: &Known) -> Result<Known, Failed> {
        let patches = patches(have, want);
        let call = || {
            let update = aws.apigateway.update_authorizer().rest_api_id(key(have, "rest_api_id"));
            update.authorizer_id(key(have, "id")).set_patch_operations(patches.operations()).send()
        };
        if !patches.is_empty() {
            aws.call("apigateway:UpdateAuthorizer", call).await?;
        }
        Ok(want.clone())
    }

    async fn delete(&self, aws: &Aws, have: &Known) -> Result<(), ProviderError> {
        let call = || {
            let delete = aws.apigateway.delete_authorizer().rest_api_id(key(have, "rest_api_id"));
            delete.authorizer_id(key(have, "id")).send()
        };
        deleted(aws.call("apigateway:DeleteAuthorizer", call).await)
    }

    async fn import(&self, aws: &Aws, snapshot: &Snapshot, id: &str) -> Result<Option<Known>, ProviderError> {
        self.read(aws, snapshot, &part::split(id, &["rest_api_id", "id"])?).await
    }

    /// Authorizers have no date, but their names are unique in an API.
    async fn adopt(&self, aws: &Aws, want: &Known, _since_ms: i64) -> Result<Vec<Known>, ProviderError> {
        let authorizers = lists::get_authorizers(aws, key(want, "rest_api_id")).await?;
        let named = authorizers.values().filter(|authorizer| authorizer.name.as_deref() == want.str("name"));
        Ok(named.map(|authorizer| report(aws, want, authorizer)).collect())
    }
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    #[test_case("TOKEN", "REQUEST", false)]
    #[test_case("TOKEN", COGNITO, true)]
    #[test_case(COGNITO, "TOKEN", true)]
    #[test_case(COGNITO, COGNITO, false)]
    fn another_kind_of_authorizer_is_another_authorizer(from: &str, to: &str, replaced: bool) {
        let of = |kind: &str| Value::object([("type", Value::from(kind))]);
        assert_eq!(switches_kind(&of(from), &of(to)), replaced);
    }
}
