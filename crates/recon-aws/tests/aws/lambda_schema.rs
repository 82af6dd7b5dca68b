//! The schemas of Lambda beside those of Terraform's provider, and how much of all its types recon covers, where its
//! printed schemas are at hand.

use crate::terraform::{Comparison, catalog, extras, replacing, schemas};

/// What recon has otherwise, and why: a type, or an attribute of one.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("aws_s3_bucket", "code may come from S3, but buckets are not what recon is for"),
    ("aws_s3_object", "code may come from S3, but objects are not what recon is for"),
    ("data.aws_s3_object", "code may come from S3, but objects are not what recon is for"),
];

fn exception(place: &str) -> Option<&'static (&'static str, &'static str)> {
    EXCEPTIONS.iter().find(|(excepted, _)| {
        place.strip_prefix(excepted).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    })
}

#[test]
fn every_argument_and_attribute_of_lambda_is_as_in_terraform() {
    let (Some(schemas), catalog) = (schemas(), catalog()) else { return };
    let comparison = Comparison::of(&schemas, &catalog, "aws_lambda_");
    assert!(comparison.wrong.is_empty(), "{}", comparison.lines());
    let extras = extras(&schemas, &catalog, "aws_lambda_", &[]);
    assert!(extras.is_empty(), "{}", extras.join("\n"));
}

#[test]
fn what_is_not_as_in_terraform_has_a_reason() {
    let (Some(schemas), catalog) = (schemas(), catalog()) else { return };
    let mut comparison = Comparison::of(&schemas, &catalog, "aws_");
    let (total, differing) = (comparison.total, comparison.wrong.len());
    #[expect(clippy::cast_precision_loss, reason = "a percentage needs no precision")]
    let share = 100.0 * (total - differing) as f64 / total as f64;
    println!(
        "{} of {total} arguments, attributes and blocks are as in Terraform: {share:.1} %",
        total - differing
    );
    for (excepted, reason) in EXCEPTIONS {
        let count =
            comparison.wrong.iter().filter(|(place, _)| exception(place).is_some_and(|it| it.0 == *excepted));
        let count = count.count();
        println!("  {excepted}: {count}, because {reason}");
        assert!(count > 0, "{excepted} is no exception any more");
    }
    comparison.wrong.retain(|(place, _)| exception(place).is_none());
    assert!(comparison.wrong.is_empty(), "{}", comparison.lines());
}

/// The arguments whose change replaces the object, as Terraform's provider plans them.
#[rustfmt::skip]
const REPLACES: &[(&str, &[&str])] = &[
    ("aws_lambda_alias", &["function_name", "name"]),
    ("aws_lambda_code_signing_config", &[]),
    ("aws_lambda_event_source_mapping", &["amazon_managed_kafka_event_source_config.consumer_group_id", "event_source_arn", "queues", "self_managed_event_source.endpoints", "self_managed_kafka_event_source_config.consumer_group_id", "starting_position", "starting_position_timestamp", "topics"]),
    ("aws_lambda_function", &["function_name", "package_type"]),
    ("aws_lambda_layer_version", &["compatible_architectures", "compatible_runtimes", "description", "filename", "layer_name", "license_info", "s3_bucket", "s3_key", "s3_object_version", "skip_destroy", "source_code_hash"]),
    ("aws_lambda_layer_version_permission", &["action", "layer_name", "organization_id", "principal", "skip_destroy", "statement_id", "version_number"]),
    ("aws_lambda_permission", &["action", "event_source_token", "function_name", "function_url_auth_type", "principal", "principal_org_id", "qualifier", "source_account", "source_arn", "statement_id", "statement_id_prefix"]),
];

/// Arguments that replace the object by a rule of the type's own: the source of a layer that was imported, of which
/// nobody knows where it came from, may be declared without publishing the same content again.
#[rustfmt::skip]
const BY_RULE: &[(&str, &[&str])] = &[
    ("aws_lambda_layer_version", &["filename", "s3_bucket", "s3_key", "s3_object_version"]),
];

#[test]
fn the_arguments_that_replace_are_those_of_terraform() {
    let catalog = catalog();
    for (name, expected) in REPLACES {
        let kind = catalog.resource(name).unwrap_or_else(|| panic!("{name}"));
        let by_rule = BY_RULE.iter().filter(|(ruled, _)| ruled == name).flat_map(|(_, names)| *names);
        let mut found = replacing(kind);
        found.extend(by_rule.map(ToString::to_string));
        found.sort();
        assert_eq!(found, *expected, "{name}");
    }
}
