//! Acceptance tests of Terraform's AWS provider, followed with recon, where the conformance data is.

use std::collections::BTreeSet;
use std::path::PathBuf;

use recon_tests::acceptance::{Case, Own, cases, follow};
use recon_tests::{Cloud, Exceptions, tally};
use serde_json::Value;

use crate::{scratch, top};

/// Cases that cannot pass on the sandbox.
const ON_THE_SANDBOX: Exceptions = &[(
    "TestAccAPIGatewayDomainName_certificateName",
    "its domain name comes from an environment variable and is empty",
)];

/// What recon does in its own way.
const OWN: Own = Own {
    words: &[
        ("TestAccLambdaFunction_Zip_validation", 0, "`handler` and `runtime` must be set when"),
        ("TestAccLambdaFunction_Zip_validation", 1, "`handler` and `runtime` must be set when"),
        ("TestAccLambdaFunction_nilDeadLetter", 0, "nil dead_letter_config supplied: `target_arn` must name"),
        ("TestAccLambdaFunction_runtimes", 0, "`runtime` must be one of `dotnet10`"),
    ],
    // A role does not ask for the policies that it does not declare; an import takes them over.
    unread: &[
        ("TestAccIAMRole_policiesForceDetach", "inline_policy"),
        ("TestAccIAMRole_policiesForceDetach", "managed_policy_arns"),
    ],
};

#[test]
fn acceptance_tests_pass_on_the_sandbox() {
    let Some(folder) = folder() else { return };
    tally("acceptance tests on the sandbox", &supported(cases(&folder)), ON_THE_SANDBOX, || {
        |case: &Case| {
            let cloud = Cloud::sandbox();
            follow(case, &folder, (&scratch().over(&cloud.endpoint), &cloud), &OWN)
        }
    });
}

/// Where the acceptance tests lie.
fn folder() -> Option<PathBuf> {
    let folder = top().join("../shared/terraform/acceptance");
    if !folder.exists() {
        println!("skipped: no conformance data beside the repository");
        return None;
    }
    Some(folder)
}

/// Those with types that recon has; the others are told.
fn supported(cases: Vec<Case>) -> Vec<(String, Case)> {
    let shown = scratch().ok(&["providers", "schema", "-json"]).stdout;
    let shown: Value = serde_json::from_str(&shown).expect("the schemas are JSON");
    let mut known = BTreeSet::new();
    for schema in shown["provider_schemas"].as_object().expect("there are providers").values() {
        for (list, prefix) in [("resource_schemas", ""), ("data_source_schemas", "data.")] {
            known.extend(
                schema[list].as_object().into_iter().flatten().map(|(kind, _)| format!("{prefix}{kind}")),
            );
        }
    }
    let folder = folder().expect("there are cases");
    let declared = regex::Regex::new(r#"(?m)^\s*(resource|data) "(\w+)""#).expect("it is a pattern");
    let mut kept = Vec::new();
    for case in cases {
        let configs = case.steps.iter().filter_map(|step| step.config.as_ref());
        let text: String = configs
            .map(|config| std::fs::read_to_string(folder.join(config)).expect("it can be read"))
            .collect();
        let kinds = declared.captures_iter(&text).map(|found| {
            let prefix = if &found[1] == "data" { "data." } else { "" };
            format!("{prefix}{}", &found[2])
        });
        let missing: BTreeSet<String> = kinds.filter(|kind| !known.contains(kind)).collect();
        if missing.is_empty() {
            kept.push((case.name.clone(), case));
        } else {
            println!("{} is left out: no {missing:?}", case.name);
        }
    }
    kept
}
