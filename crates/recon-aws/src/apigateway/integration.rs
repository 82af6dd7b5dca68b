//! `aws_api_gateway_integration`: what a method calls.

use std::sync::LazyLock;

use async_trait::async_trait;
use aws_sdk_apigateway::types::{ConnectionType, ContentHandlingStrategy, IntegrationType, TlsConfig};
use recon_core::change::Change;
use recon_core::provider::{Failed, ProviderError};
use recon_core::resource_type::{Neighbours, Parts, ResourceType};
use recon_core::schema::{Schema, at_most_one, block, defaulted};
use recon_core::value::Name;
use recon_core::{Address, Diagnostic, Known, Path, Type, Value};

use super::arguments::{
    flag, http_method, id, resource_id, rest_api_id, text, text_map, text_or_given, text_or_none, text_set,
};
use super::check;
use super::fields::{self, to_list, to_map, to_text};
use super::part::{self, deleted, key};
use super::patch::{Difference, Patches};
use super::reads::{self, Depth};
use super::settle::settle;
use crate::aws::Aws;
use crate::call::Created;
use crate::live::Live;
use crate::snapshot::Snapshot;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let tls = block([("insecure_skip_verification", flag("Whether any certificate will do."))], []);
    let attributes = [
        ("id", id()),
        ("rest_api_id", rest_api_id()),
        ("resource_id", resource_id()),
        ("http_method", http_method()),
        ("type", text("`HTTP`, `HTTP_PROXY`, `AWS`, `AWS_PROXY` or `MOCK`.").replaces()),
        (
            "integration_http_method",
            text_or_none("Verb towards the back end; `POST` for a function.").replaces(),
        ),
        ("uri", text_or_none("What is called; for a function, its `invoke_arn`.")),
        ("credentials", text_or_none("ARN of the role to call with.").replaces()),
        ("connection_type", defaulted(Type::String, "INTERNET", "`INTERNET` or `VPC_LINK`.")),
        ("connection_id", text_or_none("ID of the VPC link.")),
        ("request_parameters", text_map("Where a parameter towards the back end comes from, by its name.")),
        ("request_templates", text_map("Template of the body, by content type.")),
        (
            "passthrough_behavior",
            text_or_given("`WHEN_NO_MATCH`, `WHEN_NO_TEMPLATES` or `NEVER`.").replaces(),
        ),
        ("content_handling", text_or_none("`CONVERT_TO_BINARY` or `CONVERT_TO_TEXT`.")),
        (
            "timeout_milliseconds",
            defaulted(Type::Number, 29_000, "How long the back end may take, in milliseconds."),
        ),
        ("cache_namespace", text_or_given("What the cached responses are grouped by; the resource's ID.")),
        ("cache_key_parameters", text_set("Parameters that tell cached responses apart.")),
    ];
    Schema {
        version: 0,
        doc: "The integration of a method: what it calls and how the request gets there.",
        block: block(attributes, [("tls_config", at_most_one(tls))]),
    }
});

const TYPES: &[&str] = &["HTTP", "HTTP_PROXY", "AWS", "AWS_PROXY", "MOCK"];
const PASSTHROUGH: &[&str] = &["WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER"];

/// `aws_api_gateway_integration`
#[derive(Clone, Copy)]
pub(crate) struct Integration;

impl ResourceType for Integration {
    fn name(&self) -> &'static str {
        "aws_api_gateway_integration"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn check(&self, config: &Value) -> Vec<(Path, Diagnostic)> {
        [
            check::one_of(config, "http_method", check::VERBS),
            check::one_of(config, "type", TYPES),
            check::one_of(config, "integration_http_method", check::VERBS),
            check::one_of(config, "connection_type", &["INTERNET", "VPC_LINK"]),
            check::one_of(config, "passthrough_behavior", PASSTHROUGH),
            check::one_of(config, "content_handling", super::integration_response::CONTENT_HANDLING),
            check::within(config, "timeout_milliseconds", 50..=300_000),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn review(&self, address: &Address, change: &Change, neighbours: &dyn Neighbours) -> Vec<Diagnostic> {
        super::review::integration(address, change, neighbours)
    }

    fn queue_key(&self, value: &Value) -> Option<Name> {
        part::queue(value)
    }

    fn vanishes_with(&self) -> Parts {
        part::IN_METHOD
    }
}

/// What AWS reports of an integration.
pub(super) fn describe(integration: &aws_sdk_apigateway::types::Integration) -> Value {
    let connection = integration.connection_type.as_ref().map_or("INTERNET", ConnectionType::as_str);
    let handling = integration.content_handling.as_ref().map(ContentHandlingStrategy::as_str);
    let value = Value::object([
        ("type", fields::text(integration.r#type.as_ref().map(IntegrationType::as_str))),
        ("integration_http_method", fields::text(integration.http_method.as_ref())),
        ("uri", fields::text(integration.uri.as_ref())),
        ("credentials", fields::text(integration.credentials.as_ref())),
        ("connection_type", Value::from(connection)),
        ("connection_id", fields::text(integration.connection_id.as_ref())),
        ("request_parameters", fields::text_map(integration.request_parameters.as_ref())),
        ("request_templates", fields::text_map(integration.request_templates.as_ref())),
        ("content_handling", fields::text(handling)),
        ("cache_key_parameters", fields::text_set(integration.cache_key_parameters.as_ref())),
    ]);
    // What an emulator leaves out stays as it is remembered.
    let optional = [
        ("passthrough_behavior", fields::text(integration.passthrough_behavior.as_ref())),
        ("cache_namespace", fields::text(integration.cache_namespace.as_ref())),
    ];
    let value = optional
        .into_iter()
        .filter(|(_, given)| !given.is_null())
        .fold(value, |value, (name, given)| value.with(name, given));
    match integration.timeout_in_millis {
        0 => value,
        timeout => value.with("timeout_milliseconds", fields::whole(timeout)),
    }
}

/// The TLS settings; left out where AWS reports none and none are switched on, as both mean the same.
fn with_tls(value: Value, live: Option<&TlsConfig>, have: &Value) -> Value {
    let on = have
        .block("tls_config")
        .is_some_and(|tls| tls.get("insecure_skip_verification").as_bool() == Some(true));
    let skips = live.is_some_and(|tls| tls.insecure_skip_verification);
    if skips == on {
        return value;
    }
    let tls = Value::object([("insecure_skip_verification", Value::from(skips))]);
    value.with("tls_config", Value::list(tls.ty(), vec![tls]))
}

fn id_of(place: &Known) -> Value {
    let (api, resource) = (key(place, "rest_api_id"), key(place, "resource_id"));
    Value::from(format!("agi-{api}-{resource}-{}", key(place, "http_method")))
}

fn pick(method: &aws_sdk_apigateway::types::Method, place: &Known) -> Option<Known> {
    let integration = method.method_integration.as_ref()?;
    let value = with_tls(describe(integration), integration.tls_config.as_ref(), place);
    // A mock calls nobody, so the verb that an emulator reports for it says nothing.
    let is_mock = integration.r#type == Some(IntegrationType::Mock);
    let value = if is_mock && place.text("integration_http_method").is_none() {
        value.with("integration_http_method", Value::null(Type::String))
    } else {
        value
    };
    Some(settle(&SCHEMA, place, &value.with("id", id_of(place))))
}

fn patches(have: &Known, want: &Known) -> Patches {
    let difference = Difference { have, want };
    let mut patches = Patches::default();
    patches.scalar("/uri", difference, "uri");
    patches.scalar("/connectionType", difference, "connection_type");
    patches.scalar("/connectionId", difference, "connection_id");
    patches.entries("/requestParameters", difference, "request_parameters");
    patches.entries("/requestTemplates", difference, "request_templates");
    patches.scalar("/contentHandling", difference, "content_handling");
    patches.scalar("/timeoutInMillis", difference, "timeout_milliseconds");
    patches.scalar("/cacheNamespace", difference, "cache_namespace");
    patches.segments("/cacheKeyParameters", difference, "cache_key_parameters");
    let skips = |value: &Value| {
        value
            .block("tls_config")
            .and_then(|tls| tls.get("insecure_skip_verification").as_bool())
            .unwrap_or(false)
    };
    if skips(have) != skips(want) {
        patches.replace("/tlsConfig/insecureSkipVerification", Some(skips(want).to_string()));
    }
    patches
}

#[async_trait]
impl Live for Integration {
    async fn read(
        &self,
        aws: &Aws,
        snapshot: &Snapshot,
        have: &Known,
    ) -> Result<Option<Known>, ProviderError> {
        let found = reads::method(aws, snapshot, have, Depth::Integration).await?;
        Ok(found.and_then(|method| pick(&method, have)))
    }

    async fn create(&self, aws: &Aws, want: &Known) -> Result<Known, Failed> {
        let tls = want.block("tls_config").map(|tls| {
            let skips = tls.get("insecure_skip_verification").as_bool().unwrap_or(false);
            TlsConfig::builder().insecure_skip_verification(skips).build()
        });
        let call = || {
            let put = aws.apigateway.put_integration().rest_api_id(key(want, "rest_api_id"));
            put.resource_id(key(want, "resource_id"))
                .http_method(key(want, "http_method"))
                .r#type(IntegrationType::from(key(want, "type")))
                .set_integration_http_method(to_text(want, "integration_http_method"))
                .set_uri(to_text(want, "uri"))
                .set_credentials(to_text(want, "credentials"))
                .set_connection_type(want.text("connection_type").map(ConnectionType::from))
                .set_connection_id(to_text(want, "connection_id"))
                .set_request_parameters(to_map(want, "request_parameters"))
                .set_request_templates(to_map(want, "request_templates"))
                .set_passthrough_behavior(to_text(want, "passthrough_behavior"))
                .set_content_handling(want.text("content_handling").map(ContentHandlingStrategy::from))
                .set_timeout_in_millis(want.get("timeout_milliseconds").as_i32())
                .set_cache_namespace(to_text(want, "cache_namespace"))
                .set_cache_key_parameters(to_list(want, "cache_key_parameters"))
                .set_tls_config(tls.clone())
                .send()
        };
        let (namespace, passthrough) = match aws.call_create("apigateway:PutIntegration", call).await? {
            Created::Answered(made) => (made.cache_namespace, made.passthrough_behavior),
            Created::Unheard => (None, None),
        };
        // Where they are left out or were not heard, they are what AWS would say.
        let namespace = namespace.unwrap_or_else(|| key(want, "resource_id").to_owned());
        let passthrough = passthrough.unwrap_or_else(|| "WHEN_NO_MATCH".to_owned());
        let given = |name: &'static str, given: String| {
            let value = if want.get(name).is_null() { Value::from(given) } else { want.get(name).clone() };
            (name, value)
        };
        let given = [given("cache_namespace", namespace), given("passthrough_behavior", passthrough)];
        Ok(part::with(&part::with(want, given), [("id", id_of(want))]))
    }

    async fn update(&self, aws: &Aws, have: &Known, want: &Known) -> Result<Known, Failed> {
        let patches = patches(have, want);
        let call = || {
            let update = aws.apigateway.update_integration().rest_api_id(key(have, "rest_api_id"));
            update
                .resource_id(key(have, "resource_id"))
                .http_method(key(have, "http_method"))
                .set_patch_operations(patches.operations())
                .send()
        };
        if !patches.is_empty() {
            aws.call("apigateway:UpdateIntegration", call).await?;
        }
        Ok(want.clone())
    }

    async fn delete(&self, aws: &Aws, have: &Known) -> Result<(), ProviderError> {
        let call = || {
            let delete = aws.apigateway.delete_integration().rest_api_id(key(have, "rest_api_id"));
            delete.resource_id(key(have, "resource_id")).http_method(key(have, "http_method")).send()
        };
        deleted(aws.call("apigateway:DeleteIntegration", call).await)
    }

    async fn import(&self, aws: &Aws, snapshot: &Snapshot, id: &str) -> Result<Option<Known>, ProviderError> {
        self.read(aws, snapshot, &part::split(id, &["rest_api_id", "resource_id", "http_method"])?).await
    }

    async fn adopt(&self, aws: &Aws, want: &Known, _since_ms: i64) -> Result<Vec<Known>, ProviderError> {
        let found = reads::get_method(aws, want).await?;
        Ok(found.and_then(|method| pick(&method, want)).into_iter().collect())
    }
}
