//! Reads, makes, changes and destroys code signing configurations.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_lambda::types::{AllowedPublishers, CodeSigningConfig as Described, CodeSigningPolicies};
use recon_core::provider::{ErrorKind, Failed, ProviderError};
use recon_core::{Known, Value};

use super::code_signing_config::{CodeSigningConfig, KIND, SCHEMA};
use super::function_live::CLOCK_SKEW_MS;
use super::tags;
use crate::apigateway::{complete, settle};
use crate::aws::Aws;
use crate::live::Live;
use crate::shape::{block, no_block, object, set, text_or_null};
use crate::snapshot::Snapshot;

/// How many configurations it takes until one list of them is cheaper than asking for each.
const LIST_FROM: usize = 2;
const PAGES_MAX: u32 = 1_000;
/// What the list is called among shared answers.
const LISTED: &str = "lambda:code_signing_configs";

#[async_trait]
impl Live for CodeSigningConfig {
    async fn read(
        &self,
        aws: &Aws,
        snapshot: &Snapshot,
        have: &Known,
    ) -> Result<Option<Known>, ProviderError> {
        let arn = have.text("arn").or_else(|| have.text("id")).unwrap_or_default();
        let live = if snapshot.count(KIND) < LIST_FROM && !snapshot.knows(LISTED) {
            get(aws, arn).await?
        } else {
            all(aws, snapshot).await?.get(arn).cloned()
        };
        match live {
            Some(live) => Ok(Some(value(aws, have, &live, tags::list(aws, arn).await?))),
            None => Ok(None),
        }
    }

    async fn create(&self, aws: &Aws, want: &Known) -> Result<Known, Failed> {
        const OPERATION: &str = "lambda:CreateCodeSigningConfig";
        let send = || {
            let request = aws.lambda.create_code_signing_config();
            request
                .set_allowed_publishers(publishers(want))
                .set_code_signing_policies(policies(want))
                .set_description(want.text("description").map(str::to_owned))
                .set_tags(crate::tags::wanted_map(aws, want))
                .send()
        };
        let made =
            aws.call(OPERATION, send).await?.code_signing_config.ok_or_else(|| incomplete(OPERATION))?;
        let tags = Some(crate::tags::wanted(aws, want));
        Ok(complete(&SCHEMA, want, &value(aws, want, &made, tags)))
    }

    async fn update(&self, aws: &Aws, have: &Known, want: &Known) -> Result<Known, Failed> {
        const OPERATION: &str = "lambda:UpdateCodeSigningConfig";
        tags::update(aws, have, want).await?;
        let differs = |name: &str| !want.get(name).same(have.get(name));
        if !["allowed_publishers", "policies", "description"].into_iter().any(differs) {
            return Ok(complete(&SCHEMA, want, have));
        }
        let description = want.str("description").unwrap_or_default();
        let send = || {
            let request = aws.lambda.update_code_signing_config();
            request
                .code_signing_config_arn(have.str("arn").unwrap_or_default())
                .set_allowed_publishers(publishers(want).filter(|_| differs("allowed_publishers")))
                .set_code_signing_policies(policies(want).filter(|_| differs("policies")))
                .set_description(differs("description").then(|| description.to_owned()))
                .send()
        };
        let changed = aws.call(OPERATION, send).await?.code_signing_config;
        let changed = changed.ok_or_else(|| incomplete(OPERATION))?;
        Ok(complete(&SCHEMA, want, &value(aws, want, &changed, Some(crate::tags::wanted(aws, want)))))
    }

    async fn delete(&self, aws: &Aws, have: &Known) -> Result<(), ProviderError> {
        let arn = have.str("arn").unwrap_or_default();
        let send = || aws.lambda.delete_code_signing_config().code_signing_config_arn(arn).send();
        aws.call("lambda:DeleteCodeSigningConfig", send).await.map(drop)
    }

    async fn import(&self, aws: &Aws, snapshot: &Snapshot, id: &str) -> Result<Option<Known>, ProviderError> {
        if !id.contains(":code-signing-config:") {
            return Err(wrong_id(id));
        }
        self.read(aws, snapshot, &object(&SCHEMA, [("arn", Value::from(id))])).await
    }

    async fn adopt(&self, aws: &Aws, want: &Known, since_ms: i64) -> Result<Vec<Known>, ProviderError> {
        let is_fresh = |live: &&Described| {
            let modified = live.last_modified.parse::<jiff::Timestamp>().ok();
            modified.is_some_and(|modified| modified.as_millisecond() + CLOCK_SKEW_MS >= since_ms)
        };
        let mut found = Vec::new();
        for live in list(aws).await?.values().filter(is_fresh) {
            let is_ours = publishers(want).map(sorted) == live.allowed_publishers.clone().map(sorted)
                && live.description().unwrap_or_default() == want.str("description").unwrap_or_default();
            let tags = if is_ours { tags::list(aws, &live.code_signing_config_arn).await? } else { None };
            // The tags are told apart from those of a configuration that another made at the same time.
            let is_ours = is_ours && tags.as_ref().is_none_or(|tags| *tags == crate::tags::wanted(aws, want));
            if is_ours {
                found.push(value(aws, want, live, tags));
            }
        }
        Ok(found)
    }
}

fn publishers(want: &Known) -> Option<AllowedPublishers> {
    let profiles = want.block("allowed_publishers")?.string_items("signing_profile_version_arns");
    AllowedPublishers::builder().set_signing_profile_version_arns(Some(profiles)).build().ok()
}

fn policies(want: &Known) -> Option<CodeSigningPolicies> {
    let policy = want.block("policies")?.text("untrusted_artifact_on_deployment")?;
    Some(CodeSigningPolicies::builder().untrusted_artifact_on_deployment(policy.into()).build())
}

fn sorted(publishers: AllowedPublishers) -> Vec<String> {
    let mut profiles = publishers.signing_profile_version_arns;
    profiles.sort();
    profiles
}

/// A configuration; `None` when there is none of that ARN.
pub(crate) async fn get(aws: &Aws, arn: &str) -> Result<Option<Described>, ProviderError> {
    let send = || aws.lambda.get_code_signing_config().code_signing_config_arn(arn).send();
    match aws.call("lambda:GetCodeSigningConfig", send).await {
        Ok(answer) => Ok(answer.code_signing_config),
        Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// All configurations of the region, by ARN, once per refresh.
pub(crate) async fn all(
    aws: &Aws,
    snapshot: &Snapshot,
) -> Result<Arc<BTreeMap<String, Described>>, ProviderError> {
    snapshot.once(LISTED.to_owned(), || list(aws)).await
}

/// The ARNs of the functions that have a configuration.
pub(crate) async fn functions(aws: &Aws, config: &str) -> Result<Vec<String>, ProviderError> {
    let mut found = Vec::new();
    let mut marker: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let send = || {
            let request = aws.lambda.list_functions_by_code_signing_config();
            request.code_signing_config_arn(config).set_marker(marker.clone()).send()
        };
        let page = aws.call("lambda:ListFunctionsByCodeSigningConfig", send).await?;
        found.extend(page.function_arns.into_iter().flatten());
        marker = page.next_marker.filter(|marker| !marker.is_empty());
        if marker.is_none() {
            break;
        }
    }
    Ok(found)
}

/// The same, asked for.
async fn list(aws: &Aws) -> Result<BTreeMap<String, Described>, ProviderError> {
    let mut found = BTreeMap::new();
    let mut marker: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let send = || aws.lambda.list_code_signing_configs().set_marker(marker.clone()).send();
        let page = match aws.call("lambda:ListCodeSigningConfigs", send).await {
            Ok(page) => page,
            // Where nobody knows code signing, nobody signs.
            Err(error) if error.kind == ErrorKind::NotFound => break,
            Err(error) => return Err(error),
        };
        let all = page.code_signing_configs.into_iter().flatten();
        found.extend(all.map(|live| (live.code_signing_config_arn.clone(), live)));
        marker = page.next_marker.filter(|marker| !marker.is_empty());
        if marker.is_none() {
            break;
        }
    }
    Ok(found)
}

/// What Lambda reports of a configuration, in the names that the resource type and the data source share.
pub(crate) fn describe(live: &Described) -> Value {
    let profiles =
        |profiles: &[String]| block([("signing_profile_version_arns", set(profiles.iter().cloned()))]);
    let publishers = live.allowed_publishers().map(|it| profiles(it.signing_profile_version_arns()));
    let policy =
        live.code_signing_policies().and_then(|policies| policies.untrusted_artifact_on_deployment());
    let policies =
        policy.map(|policy| block([("untrusted_artifact_on_deployment", Value::from(policy.as_str()))]));
    Value::object([
        ("arn", Value::from(live.code_signing_config_arn.as_str())),
        ("id", Value::from(live.code_signing_config_arn.as_str())),
        ("config_id", Value::from(live.code_signing_config_id.as_str())),
        ("description", text_or_null(live.description())),
        ("last_modified", Value::from(live.last_modified.as_str())),
        ("allowed_publishers", publishers.unwrap_or_else(no_block)),
        ("policies", policies.unwrap_or_else(no_block)),
    ])
}

fn value(aws: &Aws, have: &Known, live: &Described, tags: Option<BTreeMap<String, String>>) -> Known {
    settle(&SCHEMA, have, &tags::report(aws, have, tags, describe(live)))
}

fn incomplete(operation: &str) -> ProviderError {
    ProviderError::new(ErrorKind::Service, operation, "the answer has no configuration")
}

fn wrong_id(id: &str) -> ProviderError {
    let message = format!("`{id}` is not a code signing configuration's import id");
    ProviderError::new(ErrorKind::Invalid, "import aws_lambda_code_signing_config", message).with_help(
        "It is imported by its ARN, as in `arn:aws:lambda:us-east-1:123456789012:code-signing-config:csc-0f6c334abcdea4d8b`.",
    )
}
