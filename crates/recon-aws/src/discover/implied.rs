//! What AWS chooses by itself, so that nobody needs to write it down. Pure.

use recon_core::Value;

use crate::logs::discover::OF_FUNCTIONS;

/// Whether an argument says only what AWS chooses where it is silent.
pub(crate) fn function(argument: &str, value: &Value, whole: &Value) -> bool {
    match argument {
        "id" | "source_code_hash" => true,
        "architectures" => value.string_items_of() == ["x86_64"],
        "ephemeral_storage.size" => value.as_i64() == Some(512),
        "tracing_config.mode" => value.as_str() == Some("PassThrough"),
        "logging_config.log_format" => value.as_str() == Some("Text"),
        "logging_config.log_group" => {
            value.as_str().and_then(|group| group.strip_prefix(OF_FUNCTIONS)) == whole.str("function_name")
        }
        _ => false,
    }
}

/// The same of a version of a layer.
pub(crate) fn layer_version(argument: &str, _: &Value, _: &Value) -> bool {
    matches!(argument, "id" | "source_code_hash")
}

/// The same of a configuration of code signing.
pub(crate) fn code_signing(argument: &str, value: &Value, _: &Value) -> bool {
    match argument {
        "id" => true,
        "policies.untrusted_artifact_on_deployment" => value.as_str() == Some("Warn"),
        _ => false,
    }
}

/// The same of a log group.
pub(crate) fn log_group(argument: &str, value: &Value, _: &Value) -> bool {
    match argument {
        "id" | "name_prefix" => true,
        "log_group_class" => value.as_str() == Some("STANDARD"),
        _ => false,
    }
}

/// The same of an API.
pub(crate) fn rest_api(argument: &str, value: &Value, _: &Value) -> bool {
    match argument {
        "api_key_source" => value.as_str() == Some("HEADER"),
        "binary_media_types" | "endpoint_configuration.vpc_endpoint_ids" => value.items().is_empty(),
        "disable_execute_api_endpoint" => value.as_bool() == Some(false),
        "endpoint_configuration.types" => value.string_items_of() == ["EDGE"],
        "endpoint_configuration.ip_address_type" => value.as_str() == Some("ipv4"),
        "description" | "policy" => value.as_str() == Some(""),
        _ => false,
    }
}

/// The same of a domain name.
pub(crate) fn domain_name(argument: &str, value: &Value, _: &Value) -> bool {
    match argument {
        "id" | "domain_name_id" => true,
        "endpoint_configuration.types" => value.string_items_of() == ["EDGE"],
        "endpoint_configuration.ip_address_type" => value.as_str() == Some("ipv4"),
        "security_policy" => value.as_str() == Some("TLS_1_2"),
        _ => false,
    }
}

/// The same of an integration.
pub(crate) fn integration(argument: &str, value: &Value, whole: &Value) -> bool {
    match argument {
        "passthrough_behavior" => value.as_str() == Some("WHEN_NO_MATCH"),
        "cache_namespace" => value.as_str() == whole.str("resource_id"),
        "cache_key_parameters" => value.items().is_empty(),
        _ => false,
    }
}

/// The same of the settings of methods.
pub(crate) fn method_settings(argument: &str, value: &Value, _: &Value) -> bool {
    match argument {
        "settings.logging_level" => value.as_str() == Some("OFF"),
        "settings.metrics_enabled"
        | "settings.data_trace_enabled"
        | "settings.caching_enabled"
        | "settings.cache_data_encrypted" => value.as_bool() == Some(false),
        "settings.cache_ttl_in_seconds" => value.as_i64() == Some(300),
        "settings.require_authorization_for_cache_control" => value.as_bool() == Some(true),
        "settings.unauthorized_cache_control_header_strategy" => {
            value.as_str() == Some("SUCCEED_WITH_RESPONSE_HEADER")
        }
        _ => false,
    }
}

/// Names that a type makes up itself, and ids.
pub(crate) fn identity(argument: &str, _: &Value, _: &Value) -> bool {
    matches!(argument, "id" | "name_prefix" | "statement_id_prefix")
}

/// The statement of a binding has a name of its own, and is found by what it grants.
pub(crate) fn binding(argument: &str, _: &Value, _: &Value) -> bool {
    argument == "statement_id"
}

/// The value of a key is a secret that AWS made.
pub(crate) fn api_key(argument: &str, _: &Value, _: &Value) -> bool {
    argument == "value"
}

trait Items {
    fn string_items_of(&self) -> Vec<&str>;
}

impl Items for Value {
    fn string_items_of(&self) -> Vec<&str> {
        self.items().iter().filter_map(Value::as_str).collect()
    }
}
