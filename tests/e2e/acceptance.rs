//! Acceptance tests of Terraform's AWS provider, followed with recon, where the conformance data is.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use recon_tests::acceptance::{Case, Own, cases, follow};
use recon_tests::{Cloud, Exceptions, Kinds, THREADS, ministack, moto, tally};

use crate::{scratch, top};

/// Cases that cannot pass on the sandbox.
const ON_THE_SANDBOX: Exceptions = &[
    ("TestAccAPIGatewayDomainName_certificateName", NO_DOMAIN),
    ("TestAccLambdaFunctionDataSource_image", NO_IMAGE),
];

const NO_DOMAIN: &str = "its domain name comes from an environment variable and is empty";
const LAYER_BY_ARN: &str = "takes a layer's ARN for its name";
const NO_IMAGE: &str = "its image comes from an environment variable and is empty";

/// moto keeps one URL of a function, so that the first becomes the second, which `drift` tells.
const UNWATCHED_ON_MOTO: &[&str] = &["TestAccLambdaFunctionURL_TwoURLs"];

/// Cases in which ministack does not do what AWS does.
const ON_MINISTACK: Exceptions = &[
    ("TestAccAPIGatewayAPIKey_enabled", "answers UpdateApiKey with `enabled` as text"),
    ("TestAccAPIGatewayClientCertificate_basic", "has no client certificates"),
    ("TestAccAPIGatewayClientCertificate_disappears", "has no client certificates"),
    ("TestAccAPIGatewayClientCertificate_tags", "has no client certificates"),
    ("TestAccAPIGatewayDomainName_certificateName", NO_DOMAIN),
    ("TestAccAPIGatewayIntegration_CacheKeyUpdate_parameters", "keeps no cache namespace"),
    ("TestAccAPIGatewayIntegration_basic", "answers UpdateIntegration with a number as text"),
    ("TestAccAPIGatewayIntegration_contentHandling", "answers UpdateIntegration with a number as text"),
    ("TestAccAPIGatewayMethodResponse_basic", "has no UpdateMethodResponse"),
    ("TestAccAPIGatewayRestAPI_Description_setByBody", "has no PutRestApi"),
    ("TestAccAPIGatewayRestAPI_DisableExecuteAPIEndpoint_overrideBody", "has no PutRestApi"),
    ("TestAccAPIGatewayRestAPI_DisableExecuteAPIEndpoint_setByBody", "has no PutRestApi"),
    ("TestAccAPIGatewayRestAPI_MinimumCompressionSize_setByBody", "has no PutRestApi"),
    ("TestAccAPIGatewayRestAPI_binaryMediaTypes", "takes paths of patches for names of members"),
    ("TestAccAPIGatewayRestAPI_minimumCompressionSize", "answers UpdateRestApi with a number as text"),
    ("TestAccAPIGatewayRestAPI_parameters", "has no PutRestApi"),
    ("TestAccAPIGatewaySdkDataSource_basic", "has no GetSdk"),
    ("TestAccAPIGatewayUsagePlanKey_KeyID_concurrency", "answers limits where a plan has none"),
    ("TestAccIAMRolePolicy_Policy_invalidResource", "takes any policy document"),
    ("TestAccLambdaFunctionDataSource_image", NO_IMAGE),
    ("TestAccLambdaLayerVersionPermission_account", LAYER_BY_ARN),
    ("TestAccLambdaLayerVersionPermission_basic_byARN", LAYER_BY_ARN),
    ("TestAccLambdaLayerVersionPermission_org", LAYER_BY_ARN),
    ("TestAccIAMRole_description", "answers a description with `&` as XML that cannot be read"),
];

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
    unwatched: &[],
};

#[test]
fn acceptance_tests_pass_on_the_sandbox() {
    let Some(folder) = folder() else { return };
    tally("acceptance tests on the sandbox", &supported(&folder), ON_THE_SANDBOX, || {
        |case: &Case| {
            let cloud = Cloud::sandbox();
            follow(case, &folder, (&scratch().over(&cloud.endpoint), &cloud), &OWN)
        }
    });
}

#[test]
fn acceptance_tests_that_terraform_passes_on_moto_pass_on_moto() {
    let own = Own { unwatched: UNWATCHED_ON_MOTO, ..OWN };
    on_an_emulator("acceptance tests on moto", moto, (&[], &own), |case| case.terraform_on_moto == "good");
}

#[test]
fn acceptance_tests_pass_on_ministack() {
    on_an_emulator("acceptance tests on ministack", ministack, (ON_MINISTACK, &OWN), |_| true);
}

fn on_an_emulator(
    title: &str,
    start: fn() -> Option<Cloud>,
    (exceptions, own): (Exceptions, &Own),
    fits: fn(&Case) -> bool,
) {
    let Some(folder) = folder() else { return };
    let clouds: Vec<Cloud> = (0..THREADS).map_while(|_| start()).collect();
    if clouds.is_empty() {
        return;
    }
    let mut cases = supported(&folder);
    cases.retain(|(_, case)| fits(case));
    let clouds = Mutex::new(clouds);
    tally(title, &cases, exceptions, || {
        let cloud = clouds.lock().expect("no thread panics").pop().expect("there is one for each thread");
        let folder = &folder;
        move |case: &Case| {
            cloud.reset();
            follow(case, folder, (&scratch().over(&cloud.endpoint), &cloud), own)
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
fn supported(folder: &Path) -> Vec<(String, Case)> {
    let known = Kinds::of(&scratch());
    let mut kept = Vec::new();
    for case in cases(folder) {
        let configs = case.steps.iter().filter_map(|step| step.config.as_ref());
        let read = |config| std::fs::read_to_string(folder.join(config)).expect("it can be read");
        let missing = known.missing(&configs.map(read).collect::<String>());
        if missing.is_empty() {
            kept.push((case.name.clone(), case));
        } else {
            println!("{} is left out: recon has no {missing:?}", case.name);
        }
    }
    kept
}
