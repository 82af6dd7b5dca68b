//! Publishes, reads and deletes versions of layers.

use async_trait::async_trait;
use aws_sdk_lambda::operation::get_layer_version::GetLayerVersionOutput;
use aws_sdk_lambda::types::{LayerVersionContentInput, LayerVersionContentOutput, LayerVersionsListItem};
use recon_core::provider::{ErrorKind, Failed, ProviderError};
use recon_core::{Known, Value};

use super::function_live::{CLOCK_SKEW_MS, modified_ms};
use super::layer_version::{KIND, LayerVersion, SCHEMA};
use super::package::{self, Package};
use crate::apigateway::{complete, settle};
use crate::aws::Aws;
use crate::live::Live;
use crate::shape::{object, set, text_or_null};
use crate::snapshot::Snapshot;

/// How many versions of one layer it takes until one list of them is cheaper than asking for each.
const LIST_FROM: usize = 2;
const PAGES_MAX: u32 = 1_000;

#[async_trait]
impl Live for LayerVersion {
    async fn read(
        &self,
        aws: &Aws,
        snapshot: &Snapshot,
        have: &Known,
    ) -> Result<Option<Known>, ProviderError> {
        let (layer, number) = key(have);
        let siblings = snapshot.siblings(KIND, "layer_name", have.str("layer_name").unwrap_or_default());
        // A version never changes: of one that is known, only whether it is still there is open.
        if siblings.len() >= LIST_FROM && have.text("code_sha256").is_some() {
            let all = snapshot.once(format!("lambda:layer:{layer}"), || list(aws, layer)).await?;
            if all.iter().any(|item| item.version == number) {
                return Ok(Some(have.clone()));
            }
            // A list may lag behind: what it lacks is asked for before it counts as gone.
        }
        let ask = || get(aws, layer, number);
        let live = snapshot.once(format!("lambda:layer_version:{layer}:{number}"), ask).await?;
        Ok(live.as_ref().as_ref().map(|live| value(have, live)))
    }

    async fn create(&self, aws: &Aws, want: &Known) -> Result<Known, Failed> {
        let package = Package::load(want)?;
        let content = content(&package);
        let names = |name: &str| Some(want.string_items(name)).filter(|names| !names.is_empty());
        let send = || {
            let request = aws.lambda.publish_layer_version().content(content.clone());
            request
                .layer_name(layer_name(want))
                .set_description(package.text("description"))
                .set_license_info(package.text("license_info"))
                .set_compatible_runtimes(names("compatible_runtimes").map(|names| texts(&names)))
                .set_compatible_architectures(names("compatible_architectures").map(|names| texts(&names)))
                .send()
        };
        let made = aws.call("lambda:PublishLayerVersion", send).await?;
        let made = GetLayerVersionOutput::builder()
            .set_content(made.content)
            .set_layer_arn(made.layer_arn)
            .set_layer_version_arn(made.layer_version_arn)
            .set_description(made.description)
            .set_created_date(made.created_date)
            .version(made.version)
            .set_compatible_architectures(made.compatible_architectures)
            .set_compatible_runtimes(made.compatible_runtimes)
            .set_license_info(made.license_info)
            .build();
        Ok(complete(&SCHEMA, want, &value(want, &made)))
    }

    async fn update(&self, _: &Aws, have: &Known, want: &Known) -> Result<Known, Failed> {
        // Only where the content comes from is left to change, of which Lambda knows nothing.
        Ok(complete(&SCHEMA, want, have))
    }

    async fn delete(&self, aws: &Aws, have: &Known) -> Result<(), ProviderError> {
        if have.get("skip_destroy").as_bool() == Some(true) {
            return Ok(());
        }
        let (layer, number) = key(have);
        let send = || aws.lambda.delete_layer_version().layer_name(layer).version_number(number).send();
        aws.call("lambda:DeleteLayerVersion", send).await.map(drop)
    }

    async fn import(&self, aws: &Aws, _: &Snapshot, id: &str) -> Result<Option<Known>, ProviderError> {
        let (layer, number) = split(id).ok_or_else(|| wrong_id(id))?;
        let name = layer.rsplit(':').next().unwrap_or(layer);
        let have = object(&SCHEMA, [("layer_name", Value::from(name))]);
        Ok(get(aws, layer, number).await?.map(|live| value(&have, &live)))
    }

    async fn adopt(&self, aws: &Aws, want: &Known, since_ms: i64) -> Result<Vec<Known>, ProviderError> {
        let hash = Package::load(want)?.hash();
        let fresh = |item: &&LayerVersionsListItem| {
            let created = item.created_date().and_then(modified_ms);
            created.is_some_and(|created| created + CLOCK_SKEW_MS >= since_ms)
        };
        let layer = layer_name(want);
        let mut found = Vec::new();
        for item in list(aws, layer).await?.iter().filter(fresh) {
            let Some(live) = get(aws, layer, item.version).await? else { continue };
            let is_ours = hash.as_deref().is_none_or(|hash| sha256(&live) == Some(hash));
            if is_ours
                && live.description().unwrap_or_default() == want.str("description").unwrap_or_default()
            {
                found.push(value(want, &live));
            }
        }
        Ok(found)
    }

    async fn answer(&self, _: &Aws, question: &Known) -> Result<Known, ProviderError> {
        package::answered(KIND, question).await
    }
}

fn content(package: &Package) -> LayerVersionContentInput {
    LayerVersionContentInput::builder()
        .set_zip_file(package.zip.clone())
        .set_s3_bucket(package.text("s3_bucket"))
        .set_s3_key(package.text("s3_key"))
        .set_s3_object_version(package.text("s3_object_version"))
        .build()
}

fn texts<T: for<'a> From<&'a str>>(names: &[String]) -> Vec<T> {
    names.iter().map(|name| T::from(name.as_str())).collect()
}

fn layer_name(value: &Known) -> &str {
    value.str("layer_name").unwrap_or_default()
}

/// The layer and the number of a version that is remembered.
fn key(have: &Known) -> (&str, i64) {
    split(have.text("arn").or_else(|| have.text("id")).unwrap_or_default())
        .map_or((layer_name(have), 0), |(layer, number)| (layer, number))
}

/// `arn:aws:lambda:REGION:ACCOUNT:layer:NAME:NUMBER`, or `NAME:NUMBER`.
pub(crate) fn split(id: &str) -> Option<(&str, i64)> {
    let (layer, number) = id.rsplit_once(':')?;
    Some((layer, number.parse().ok().filter(|number| *number > 0)?))
}

/// One version of a layer; `None` when there is none.
pub(crate) async fn get(
    aws: &Aws,
    layer: &str,
    number: i64,
) -> Result<Option<GetLayerVersionOutput>, ProviderError> {
    let send = || aws.lambda.get_layer_version().layer_name(layer).version_number(number).send();
    match aws.call("lambda:GetLayerVersion", send).await {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// All versions of a layer, the newest first; none when there is no such layer.
async fn list(aws: &Aws, layer: &str) -> Result<Vec<LayerVersionsListItem>, ProviderError> {
    let mut found = Vec::new();
    let mut marker: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let send = || aws.lambda.list_layer_versions().layer_name(layer).set_marker(marker.clone()).send();
        let page = match aws.call("lambda:ListLayerVersions", send).await {
            Ok(page) => page,
            Err(error) if error.kind == ErrorKind::NotFound => break,
            Err(error) => return Err(error),
        };
        found.extend(page.layer_versions.into_iter().flatten());
        marker = page.next_marker.filter(|marker| !marker.is_empty());
        if marker.is_none() {
            break;
        }
    }
    Ok(found)
}

fn sha256(live: &GetLayerVersionOutput) -> Option<&str> {
    live.content().and_then(LayerVersionContentOutput::code_sha256)
}

/// What Lambda reports of a version, in the names that the resource type and the data source share.
pub(crate) fn describe(live: &GetLayerVersionOutput) -> Value {
    let content = live.content();
    let arn = text_or_null(live.layer_version_arn());
    let given = |text: Option<&str>| Value::from(text.unwrap_or_default());
    Value::object([
        ("arn", arn.clone()),
        ("id", arn),
        ("layer_arn", text_or_null(live.layer_arn())),
        ("code_sha256", text_or_null(sha256(live))),
        ("source_code_size", Value::from(content.map_or(0, LayerVersionContentOutput::code_size))),
        ("signing_job_arn", given(content.and_then(|content| content.signing_job_arn()))),
        (
            "signing_profile_version_arn",
            given(content.and_then(|content| content.signing_profile_version_arn())),
        ),
        ("created_date", text_or_null(live.created_date())),
        ("description", text_or_null(live.description())),
        ("license_info", text_or_null(live.license_info())),
        (
            "compatible_runtimes",
            set(live.compatible_runtimes().iter().map(|runtime| runtime.as_str().to_owned())),
        ),
        (
            "compatible_architectures",
            set(live.compatible_architectures().iter().map(|name| name.as_str().to_owned())),
        ),
    ])
}

fn value(have: &Known, live: &GetLayerVersionOutput) -> Known {
    let described = describe(live).with("version", Value::from(live.version.to_string()));
    // What the configuration said stays.
    let described = if have.get("source_code_hash").is_null() {
        described.with("source_code_hash", text_or_null(sha256(live)))
    } else {
        described
    };
    settle(&SCHEMA, have, &described)
}

fn wrong_id(id: &str) -> ProviderError {
    let message = format!("`{id}` is not a layer version's import id");
    ProviderError::new(ErrorKind::Invalid, "import aws_lambda_layer_version", message).with_help(
        "A layer version is imported by its ARN, as in `arn:aws:lambda:us-east-1:123456789012:layer:tools:3`.",
    )
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    #[test_case("arn:aws:lambda:us-east-1:1:layer:tools:3", Some(("arn:aws:lambda:us-east-1:1:layer:tools", 3)))]
    #[test_case("tools:3", Some(("tools", 3)))]
    #[test_case("arn:aws:lambda:us-east-1:1:layer:tools", None)]
    #[test_case("tools:0", None)]
    fn an_id_names_a_layer_and_a_number(id: &str, parts: Option<(&str, i64)>) {
        assert_eq!(split(id), parts);
    }
}
