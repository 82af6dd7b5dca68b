//! The schemas of API Gateway beside those of Terraform's provider, where its printed schemas are at hand.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::Path;
use std::sync::Arc;

use recon_core::resource_type::{Catalog, ResourceType};
use recon_core::schema::{Attribute, Block, Mode, Nesting, OnChange};
use recon_core::{Name, Type};
use serde_json::Value as Json;

/// What only recon has.
const OWN: &[(&str, &str)] = &[
    ("aws_api_gateway_deployment", "definition_sha256"),
    ("aws_api_gateway_deployment", "definition_parts"),
    ("aws_api_gateway_deployment", "live_sha256"),
];

/// What Terraform lists as an argument or as an attribute, differently from type to type.
const NOT_SETTABLE: &[&str] = &["id", "tags_all"];

#[test]
fn every_argument_and_attribute_is_as_in_terraform() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/terraform/schema.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("skipped: there is no {}", path.display());
        return;
    };
    let schemas: Json = serde_json::from_str(&text).unwrap();
    let mut catalog = Catalog::default();
    recon_aws::register(&mut catalog);
    let mut wrong = Vec::new();
    for (section, data) in [("resources", false), ("data_sources", true)] {
        for (name, theirs) in schemas[section].as_object().unwrap() {
            if !name.starts_with("aws_api_gateway_") {
                continue;
            }
            let found = if data { catalog.data(name) } else { catalog.resource(name) };
            let place = format!("{section} {name}");
            match found {
                Some(kind) => compare(&mut wrong, &place, &kind.schema().block, theirs),
                None => wrong.push(format!("{place} is missing")),
            }
        }
    }
    extras(&mut wrong, &catalog, &schemas["resources"]);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn compare(wrong: &mut Vec<String>, place: &str, block: &Block, theirs: &Json) {
    for (name, their) in theirs["attributes"].as_object().into_iter().flatten() {
        let place = format!("{place}.{name}");
        match block.attributes.get(name.as_str()) {
            Some(attribute) => compare_attribute(wrong, &place, attribute, their),
            None => wrong.push(format!("{place} is missing")),
        }
    }
    for (name, their) in theirs["blocks"].as_object().into_iter().flatten() {
        let place = format!("{place}.{name}");
        let Some(nested) = block.blocks.get(name.as_str()) else {
            wrong.push(format!("{place} is missing"));
            continue;
        };
        let number = |name: &str| usize::try_from(their[name].as_u64().unwrap_or(0)).unwrap();
        let expected = match their["nesting"].as_str() {
            Some("list") => Nesting::List(number("min"), number("max")),
            Some("set") => Nesting::Set(number("min"), number("max")),
            _ => Nesting::Single,
        };
        if nested.nesting != expected {
            wrong.push(format!("{place} is {:?}, not {expected:?}", nested.nesting));
        }
        compare(wrong, &place, &nested.block, their);
    }
}

fn compare_attribute(wrong: &mut Vec<String>, place: &str, attribute: &Attribute, their: &Json) {
    let says = |name: &str| their[name].as_bool() == Some(true);
    let name = place.rsplit('.').next().unwrap_or_default();
    if attribute.ty != ty(&their["type"]) {
        wrong.push(format!("{place} is of type {}, not {}", attribute.ty, their["type"]));
    }
    if says("required") != (attribute.mode == Mode::Required) {
        wrong.push(format!("{place} is {:?}", attribute.mode));
    }
    let settable = says("required") || says("optional");
    if settable != attribute.is_settable() && !NOT_SETTABLE.contains(&name) {
        wrong.push(format!("{place} may be set: {}", attribute.is_settable()));
    }
    if says("sensitive") != attribute.sensitive {
        wrong.push(format!("{place} is sensitive: {}", attribute.sensitive));
    }
}

fn ty(json: &Json) -> Type {
    match json {
        Json::String(name) => match name.as_str() {
            "bool" => Type::Bool,
            "number" => Type::Number,
            _ => Type::String,
        },
        Json::Array(parts) => match parts[0].as_str() {
            Some("list") => Type::list(ty(&parts[1])),
            Some("set") => Type::set(ty(&parts[1])),
            Some("map") => Type::map(ty(&parts[1])),
            _ => {
                let attributes = parts[1].as_object().unwrap().iter();
                Type::Object(Arc::new(
                    attributes.map(|(name, part)| (Name::from(name.as_str()), ty(part))).collect(),
                ))
            }
        },
        _ => Type::Any,
    }
}

fn extras(wrong: &mut Vec<String>, catalog: &Catalog, theirs: &Json) {
    for kind in catalog.resources().filter(|kind| kind.name().starts_with("aws_api_gateway_")) {
        let Some(their) = theirs[kind.name()]["attributes"].as_object() else { continue };
        let own = own_attributes(kind).filter(|name| !their.contains_key(&***name));
        let unknown = own.filter(|name| !OWN.contains(&(kind.name(), name)));
        wrong.extend(unknown.map(|name| format!("{}.{name} is not Terraform's", kind.name())));
    }
}

fn own_attributes(kind: &dyn ResourceType) -> impl Iterator<Item = &Name> {
    kind.schema().block.attributes.keys()
}

/// The arguments whose change replaces the object, as Terraform's provider plans them.
#[rustfmt::skip]
const REPLACES: &[(&str, &[&str])] = &[
    ("aws_api_gateway_api_key", &["value"]),
    ("aws_api_gateway_authorizer", &["rest_api_id"]),
    ("aws_api_gateway_base_path_mapping", &["domain_name"]),
    ("aws_api_gateway_deployment", &["rest_api_id", "stage_description", "stage_name", "triggers", "variables"]),
    ("aws_api_gateway_documentation_part", &["location.method", "location.name", "location.path", "location.status_code", "location.type", "rest_api_id"]),
    ("aws_api_gateway_documentation_version", &["rest_api_id", "version"]),
    ("aws_api_gateway_domain_name", &["certificate_body", "certificate_chain", "certificate_private_key", "domain_name"]),
    ("aws_api_gateway_gateway_response", &["response_type", "rest_api_id"]),
    ("aws_api_gateway_integration", &["credentials", "http_method", "integration_http_method", "passthrough_behavior", "resource_id", "rest_api_id", "type"]),
    ("aws_api_gateway_integration_response", &["http_method", "resource_id", "rest_api_id"]),
    ("aws_api_gateway_method", &["http_method", "resource_id", "rest_api_id"]),
    ("aws_api_gateway_method_response", &["http_method", "resource_id", "rest_api_id"]),
    ("aws_api_gateway_method_settings", &["method_path", "rest_api_id", "stage_name"]),
    ("aws_api_gateway_model", &["content_type", "name", "rest_api_id"]),
    ("aws_api_gateway_request_validator", &["rest_api_id"]),
    ("aws_api_gateway_resource", &["rest_api_id"]),
    ("aws_api_gateway_rest_api_policy", &["rest_api_id"]),
    ("aws_api_gateway_stage", &["rest_api_id", "stage_name"]),
    ("aws_api_gateway_usage_plan_key", &["key_id", "key_type", "usage_plan_id"]),
    ("aws_api_gateway_vpc_link", &["target_arns"]),
];

/// Arguments whose change Terraform plans as an update that AWS does not know: the object stays as it is, or another
/// one is left behind.
#[rustfmt::skip]
const REPLACES_BESIDES: &[(&str, &[&str])] = &[
    ("aws_api_gateway_base_path_mapping", &["domain_name_id"]),
    ("aws_api_gateway_deployment", &["canary_settings.percent_traffic", "canary_settings.stage_variable_overrides", "canary_settings.use_stage_cache"]),
    ("aws_api_gateway_integration_response", &["status_code"]),
    ("aws_api_gateway_method_response", &["status_code"]),
];

/// Types that Terraform's table above does not cover.
const NOT_COVERED: &[&str] = &[
    "aws_api_gateway_domain_name_access_association",
    "aws_api_gateway_rest_api_put",
    "aws_api_gateway_stage_binding",
];

#[test]
fn the_arguments_that_replace_are_those_of_terraform() {
    let mut catalog = Catalog::default();
    recon_aws::register(&mut catalog);
    for kind in catalog.resources().filter(|kind| kind.name().starts_with("aws_api_gateway_")) {
        if NOT_COVERED.contains(&kind.name()) {
            continue;
        }
        let of = |table: &[(&str, &[&str])]| {
            let rows = table.iter().filter(|(name, _)| *name == kind.name());
            rows.flat_map(|(_, names)| names.iter().map(ToString::to_string)).collect::<Vec<_>>()
        };
        let mut expected = [of(REPLACES), of(REPLACES_BESIDES)].concat();
        expected.sort();
        let mut found = Vec::new();
        replacing(&mut found, "", &kind.schema().block);
        found.sort();
        assert_eq!(found, expected, "{}", kind.name());
    }
}

fn replacing(found: &mut Vec<String>, prefix: &str, block: &Block) {
    let replaces = block.attributes.iter().filter(|(_, attribute)| attribute.on_change == OnChange::Replace);
    found.extend(replaces.map(|(name, _)| format!("{prefix}{name}")));
    for (name, nested) in &block.blocks {
        replacing(found, &format!("{prefix}{name}."), &nested.block);
    }
}
