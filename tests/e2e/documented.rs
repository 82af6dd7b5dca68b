//! Examples of the documentation of Terraform's AWS provider, where the conformance data is: those that stand alone come
//! and go on the sandbox.

use recon_tests::{Cloud, Exceptions, Kinds, Scratch, tally};
use serde_json::Value;

use crate::{ITEMS_ZIP, scratch, top};

/// Examples that cannot be applied.
const EXCEPTIONS: Exceptions = &[
    ("d_api_gateway_api_key_00.tf", "reads a key that nobody made"),
    ("d_api_gateway_domain_name_00.tf", "reads a domain name that nobody made"),
    ("d_api_gateway_resource_00.tf", "reads an API that nobody made"),
    ("d_api_gateway_rest_api_00.tf", "reads an API that nobody made"),
    ("d_iam_policy_00.tf", "reads a policy that nobody made"),
    ("d_iam_policy_01.tf", "reads a policy that nobody made"),
    ("d_iam_role_00.tf", "reads a role that nobody made"),
    ("d_lambda_alias_00.tf", "reads an alias that nobody made"),
    ("d_lambda_function_00.tf", "reads a function that nobody made"),
    ("d_lambda_function_url_00.tf", "reads a URL that nobody made"),
    ("d_lambda_layer_version_00.tf", "reads a layer that nobody made"),
    ("r_api_gateway_account_00.tf", "the settings of an account stay when their block goes"),
    ("r_api_gateway_authorizer_00.tf", "its function has no runtime"),
    ("r_api_gateway_base_path_mapping_00.tf", "refers to blocks that are not in it"),
    (
        "r_api_gateway_integration_00.tf",
        "its cache key is no parameter of its method, which API Gateway refuses",
    ),
    ("r_lambda_layer_version_permission_00.tf", "adds to a layer that nobody made"),
    ("r_lambda_permission_02.tf", "adds to a function that nobody made"),
];

#[test]
fn documented_examples_that_stand_alone_come_and_go() {
    let folder = top().join("../shared/terraform/docs-examples");
    let Ok(index) = std::fs::read_to_string(folder.join("index.json")) else {
        println!("skipped: no conformance data beside the repository");
        return;
    };
    let index: Value = serde_json::from_str(&index).expect("the index is JSON");
    let names = index.as_array().expect("the index is a list").iter().filter(|entry| stands_alone(entry));
    let mut examples: Vec<(String, String)> = names
        .filter_map(|entry| entry["file"].as_str())
        .map(|name| (name.to_owned(), std::fs::read_to_string(folder.join(name)).expect("it can be read")))
        .collect();
    let known = Kinds::of(&scratch());
    examples.retain(|(name, text)| {
        let missing = known.missing(text);
        if !missing.is_empty() {
            println!("{name} is left out: recon has no {missing:?}");
        }
        missing.is_empty()
    });
    tally("documented examples", &examples, EXCEPTIONS, || |text: &String| comes_and_goes(text));
}

/// Whether the example is a whole configuration, but for files that it names.
fn stands_alone(entry: &Value) -> bool {
    let errors = entry["errors"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let mut lacks =
        errors.filter(|error| !error.contains("no such file") && !error.contains("no file exists"));
    entry["in_scope"] == true && entry["import_block"] == false && lacks.next().is_none()
}

fn comes_and_goes(text: &str) -> Result<(), String> {
    let cloud = Cloud::sandbox();
    // The variables of the examples that have no default.
    let scratch = scratch().over(&cloud.endpoint).with("TF_VAR_accountId", "123456789012");
    let scratch = scratch.with("TF_VAR_myregion", "us-east-1").with("TF_VAR_function_name", "mylambda");
    let scratch = scratch.with("TF_VAR_layer_name", "mylayer");
    scratch.write("main.tf", text);
    write_named_files(&scratch, text);
    scratch.expecting(0, &["apply", "-auto-approve"])?;
    scratch.expecting(0, &["plan", "-detailed-exitcode"])?;
    scratch.expecting(0, &["drift"])?;
    scratch.expecting(0, &["destroy", "-auto-approve"])?;
    cloud.left().map_or(Ok(()), |left| Err(format!("the sandbox is left with {left}")))
}

fn write_named_files(scratch: &Scratch, text: &str) {
    let named =
        regex::Regex::new(r#""(?:\$\{path\.module\}/)?([\w./-]+\.(zip|crt|key))""#).expect("a pattern");
    for found in named.captures_iter(text) {
        scratch.write(&found[1], "-----BEGIN CERTIFICATE-----\n");
        if &found[2] == "zip" {
            std::fs::write(scratch.path().join(&found[1]), ITEMS_ZIP).expect("the zip can be written");
        }
    }
}
