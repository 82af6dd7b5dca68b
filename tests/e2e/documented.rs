//! Examples of the documentation of Terraform's AWS provider, where the conformance data is: those that stand alone come,
//! change and go on the sandbox.

use recon_tests::{Cloud, Exceptions, Kinds, Scratch, tally};
use serde_json::Value;

use crate::{ITEMS_ZIP, scratch, top};

/// Examples that cannot be applied.
const EXCEPTIONS: Exceptions = &[
    ("d_api_gateway_api_key_00.tf", "reads a key by an id that API Gateway would have to choose"),
    ("r_api_gateway_authorizer_00.tf", "its function has no runtime"),
    ("r_api_gateway_base_path_mapping_00.tf", "refers to blocks that are not in it"),
    (
        "r_api_gateway_integration_00.tf",
        "its cache key is no parameter of its method, which API Gateway refuses",
    ),
    ("r_lambda_layer_version_permission_00.tf", "adds to a layer of another account"),
];

/// What leaves something behind by design: the settings of an account stay when their block goes.
const LEAVES_SETTINGS: &str = "aws_api_gateway_account";

/// What examples expect to be there already.
const THERE: &str = include_str!("../data/there.tf");
/// One that does so beside those that only read.
const ADDS_TO_WHAT_IS_THERE: &str = "r_lambda_permission_02.tf";

/// What is changed in an example: the first of these arguments whose type it has.
const CHANGES: &[(&str, &str)] = &[
    ("aws_lambda_function", "description = \"changed\""),
    ("aws_lambda_layer_version", "description = \"changed\""),
    ("aws_lambda_permission", "statement_id = \"Changed\""),
    ("aws_iam_role", "description = \"changed\""),
    ("aws_iam_policy", "tags = { changed = \"yes\" }"),
    ("aws_api_gateway_rest_api", "description = \"changed\""),
    ("aws_api_gateway_api_key", "description = \"changed\""),
    ("aws_api_gateway_client_certificate", "description = \"changed\""),
    ("aws_api_gateway_usage_plan", "description = \"changed\""),
    ("aws_api_gateway_resource", "path_part = \"changed\""),
];

#[test]
fn documented_examples_that_stand_alone_come_change_and_go() {
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
    let examples: Vec<_> = examples.into_iter().map(|(name, text)| (name.clone(), (name, text))).collect();
    tally("documented examples", &examples, EXCEPTIONS, || {
        |(name, text): &(String, String)| comes_and_goes(name, text)
    });
}

/// Whether the example is a whole configuration, but for files that it names.
fn stands_alone(entry: &Value) -> bool {
    let errors = entry["errors"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let mut lacks =
        errors.filter(|error| !error.contains("no such file") && !error.contains("no file exists"));
    entry["in_scope"] == true && entry["import_block"] == false && lacks.next().is_none()
}

fn comes_and_goes(name: &str, text: &str) -> Result<(), String> {
    let cloud = Cloud::sandbox();
    let expects = name.starts_with("d_") || name == ADDS_TO_WHAT_IS_THERE;
    let there = expects.then(|| scratch().over(&cloud.endpoint));
    if let Some(there) = &there {
        std::fs::write(there.path().join("items.zip"), ITEMS_ZIP).expect("the zip can be written");
        there.write("main.tf", THERE);
        there.expecting(0, &["apply", "-auto-approve"])?;
    }
    // The variables of the examples that have no default.
    let scratch = scratch().over(&cloud.endpoint).with("TF_VAR_accountId", "123456789012");
    let scratch = scratch.with("TF_VAR_myregion", "us-east-1").with("TF_VAR_function_name", "mylambda");
    let scratch = scratch.with("TF_VAR_layer_name", "mylayer");
    write_named_files(&scratch, text);
    let changed = changed(text);
    for (turn, text) in [Some(text), changed.as_deref()].into_iter().flatten().enumerate() {
        scratch.write("main.tf", text);
        if turn > 0 {
            scratch.expecting(2, &["plan", "-detailed-exitcode"])?;
        }
        scratch.expecting(0, &["apply", "-auto-approve"])?;
        scratch.expecting(0, &["plan", "-detailed-exitcode"])?;
        scratch.expecting(0, &["drift"])?;
    }
    scratch.expecting(0, &["destroy", "-auto-approve"])?;
    if let Some(there) = &there {
        there.expecting(0, &["destroy", "-auto-approve"])?;
    }
    let left = cloud.left().filter(|_| !text.contains(LEAVES_SETTINGS));
    left.map_or(Ok(()), |left| Err(format!("the sandbox is left with {left}")))
}

/// The example with one argument changed; `None` for one that only reads.
fn changed(text: &str) -> Option<String> {
    let (header, argument) = CHANGES.iter().find_map(|(kind, argument)| {
        let header =
            regex::Regex::new(&format!("(?m)^resource \"{kind}\" \"[^\"]+\" \\{{$")).expect("a pattern");
        header.find(text).map(|header| (header, *argument))
    })?;
    let (before, rest) = text.split_at(header.end());
    let end = rest.find("\n}").unwrap_or(rest.len());
    let (inside, after) = rest.split_at(end);
    let name = argument.split(' ').next().unwrap_or_default();
    let known = regex::Regex::new(&format!(r"(?m)^  {name} +=.*$")).expect("a pattern");
    let inside = known.replace(inside, "").into_owned();
    Some(format!("{before}\n  {argument}{inside}{after}"))
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
