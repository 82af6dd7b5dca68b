//! What changes behind recon's back is found and repaired.

use recon_tests::Cloud;

use crate::{example_lab, scratch};

#[test]
fn exit_codes_tell_drift_from_what_is_pending() {
    let cloud = Cloud::sandbox();
    let scratch = example_lab(&cloud.endpoint);
    scratch.ok(&["apply", "-auto-approve"]);
    scratch.expect(0, &["drift"]);

    scratch.write("pending.tf", "resource \"terraform_data\" \"new\" {\n  input = 1\n}\n");
    scratch.expect(3, &["drift"]);

    meddle(&cloud);
    let report = scratch.expect(2, &["drift"]).stdout;
    assert!(report.contains("aws_lambda_alias.prod") && report.contains("$LATEST"), "{report}");
    let json = scratch.expect(2, &["drift", "-format", "json"]).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).expect("the report is JSON");
    assert!(json.to_string().contains("aws_lambda_alias.prod"), "{json}");

    cloud.take_calls();
    scratch.expect(2, &["drift"]);
    assert_eq!(cloud.take_calls()["mutating"], 0);

    scratch.ok(&["apply", "-auto-approve"]);
    scratch.expect(0, &["drift"]);
    scratch.write("pending.tf", "resource \"no_such_type\" \"new\" {}\n");
    scratch.expect(1, &["drift"]);
}

/// Somebody else points the alias prod elsewhere.
fn meddle(cloud: &Cloud) {
    let other = scratch().over(&cloud.endpoint);
    other.write(
        "main.tf",
        r#"
        provider "aws" {
          region = "us-east-1"
        }
        resource "aws_lambda_alias" "prod" {
          name             = "prod"
          function_name    = "ItemsFunction"
          function_version = "$LATEST"
        }
        "#,
    );
    other.ok(&["import", "aws_lambda_alias.prod", "ItemsFunction/prod"]);
    other.ok(&["apply", "-auto-approve"]);
}

#[test]
fn an_object_that_is_gone_is_made_again() {
    let cloud = Cloud::sandbox();
    let scratch = example_lab(&cloud.endpoint);
    scratch.ok(&["apply", "-auto-approve"]);
    let other = crate::scratch().over(&cloud.endpoint);
    other.write("main.tf", "resource \"aws_lambda_alias\" \"dev\" {\n  name = \"dev\"\n  function_name = \"ItemsFunction\"\n  function_version = \"$LATEST\"\n}\n");
    other.ok(&["import", "aws_lambda_alias.dev", "ItemsFunction/dev"]);
    other.ok(&["destroy", "-auto-approve"]);
    scratch.expect(2, &["drift"]);
    scratch.ok(&["apply", "-auto-approve"]);
    scratch.expect_no_changes();
}
