//! The single writes of which a change of a function is made.

use std::time::Duration;

use aws_sdk_lambda::types::State;
use recon_core::Known;
use recon_core::provider::{ErrorKind, ProviderError};

use super::function::{Function, SETTINGS};
use super::package::Package;
use super::settings;
use super::versions::{LATEST, Published, unqualified};
use crate::aws::Aws;
use crate::call::Created;
use crate::classify::{is_role_not_ready, is_throttled_by_ec2};
use crate::live::Live;
use crate::tags;

/// How long IAM may take until Lambda sees a new role, and how long EC2 may refuse network interfaces.
const ROLE_READY_FOR: Duration = Duration::from_mins(5);

/// A function that was just made.
pub(crate) struct Made {
    pub(crate) published: Option<Published>,
    /// The answer was lost, so nothing is known but that it is there.
    pub(crate) is_unheard: bool,
}

/// A version that was just published.
pub(crate) struct NewVersion {
    pub(crate) published: Published,
    pub(crate) is_pending: bool,
}

fn passes(error: &ProviderError) -> bool {
    is_role_not_ready(error) || is_throttled_by_ec2(error)
}

/// Creates a function.
pub(crate) async fn create(aws: &Aws, want: &Known, package: &Package) -> Result<Made, ProviderError> {
    let text = |name: &str| want.text(name).map(str::to_owned);
    let publish = want.get("publish").as_bool() == Some(true);
    let send = || {
        let is_set = |name: &str| want.block(name).is_some();
        aws.lambda
            .create_function()
            .function_name(want.str("function_name").unwrap_or_default())
            .role(want.str("role").unwrap_or_default())
            .code(package.code())
            .publish(publish)
            .set_package_type(want.text("package_type").map(Into::into))
            .set_runtime(want.text("runtime").map(Into::into))
            .set_handler(text("handler"))
            .set_description(text("description"))
            .set_timeout(want.get("timeout").as_i32())
            .set_memory_size(want.get("memory_size").as_i32())
            .set_kms_key_arn(text("kms_key_arn"))
            .set_code_signing_config_arn(text("code_signing_config_arn"))
            .set_layers(Some(want.string_items("layers")).filter(|layers| !layers.is_empty()))
            .set_architectures(architectures(want))
            .set_environment(is_set("environment").then(|| settings::environment(want)))
            .set_vpc_config(is_set("vpc_config").then(|| settings::vpc(want)))
            .set_dead_letter_config(is_set("dead_letter_config").then(|| settings::dead_letter(want)))
            .set_tracing_config(settings::tracing(want))
            .set_file_system_configs(Some(settings::file_systems(want)).filter(|configs| !configs.is_empty()))
            .set_image_config(is_set("image_config").then(|| settings::image(want)))
            .set_ephemeral_storage(settings::ephemeral_storage(want))
            .set_snap_start(is_set("snap_start").then(|| settings::snap_start(want)))
            .set_logging_config(settings::logging(want))
            .set_tags(tags::wanted_map(aws, want))
            .send()
    };
    let since_ms = crate::provider::now_ms();
    match aws.call_create_until("lambda:CreateFunction", send, passes, ROLE_READY_FOR).await? {
        Created::Answered(answer) => {
            let published = publish.then(|| Published {
                version: answer.version.unwrap_or_default(),
                arn: unqualified(answer.function_arn.as_deref().unwrap_or_default()),
            });
            let is_number = |made: &Published| made.version != LATEST && !made.version.is_empty();
            let published =
                published.filter(is_number).map(|made| Published { arn: with_version(&made), ..made });
            Ok(Made { published, is_unheard: false })
        }
        Created::Unheard if Function.adopt(aws, want, since_ms).await?.is_empty() => {
            let message =
                format!("function `{}` exists already", want.str("function_name").unwrap_or_default());
            Err(ProviderError::new(ErrorKind::AlreadyExists, "lambda:CreateFunction", message))
        }
        Created::Unheard => Ok(Made { published: None, is_unheard: true }),
    }
}

fn with_version(made: &Published) -> String {
    format!("{}:{}", made.arn, made.version)
}

fn architectures(want: &Known) -> Option<Vec<aws_sdk_lambda::types::Architecture>> {
    let names = want.string_items("architectures");
    (!names.is_empty()).then(|| names.iter().map(|name| name.as_str().into()).collect())
}

/// Changes the settings that differ; whether any did.
pub(crate) async fn put_settings(aws: &Aws, have: &Known, want: &Known) -> Result<bool, ProviderError> {
    let differs = |name: &str| !want.get(name).same(have.get(name));
    if !SETTINGS.iter().any(|name| differs(name)) {
        return Ok(false);
    }
    // Absent leaves a setting as it is; an empty text removes it.
    let text = |name: &str| differs(name).then(|| want.str(name).unwrap_or_default().to_owned());
    let number = |name: &str| differs(name).then(|| want.get(name).as_i32()).flatten();
    let send = || {
        aws.lambda
            .update_function_configuration()
            .function_name(want.str("function_name").unwrap_or_default())
            .set_role(text("role"))
            .set_handler(text("handler"))
            .set_runtime(want.text("runtime").filter(|_| differs("runtime")).map(Into::into))
            .set_description(text("description"))
            .set_kms_key_arn(text("kms_key_arn"))
            .set_timeout(number("timeout"))
            .set_memory_size(number("memory_size"))
            .set_layers(differs("layers").then(|| want.string_items("layers")))
            .set_environment(environment_change(have, want))
            .set_vpc_config(differs("vpc_config").then(|| settings::vpc(want)))
            .set_dead_letter_config(differs("dead_letter_config").then(|| settings::dead_letter(want)))
            .set_tracing_config(settings::tracing(want).filter(|_| differs("tracing_config")))
            .set_file_system_configs(differs("file_system_config").then(|| settings::file_systems(want)))
            .set_image_config(differs("image_config").then(|| settings::image(want)))
            .set_ephemeral_storage(settings::ephemeral_storage(want).filter(|_| differs("ephemeral_storage")))
            .set_snap_start(differs("snap_start").then(|| settings::snap_start(want)))
            .set_logging_config(settings::logging(want).filter(|_| differs("logging_config")))
            .send()
    };
    aws.call_until("lambda:UpdateFunctionConfiguration", send, passes, ROLE_READY_FOR).await?;
    Ok(true)
}

/// With another key the variables must be sent again: Lambda cannot encrypt anew what it does not see.
fn environment_change(have: &Known, want: &Known) -> Option<aws_sdk_lambda::types::Environment> {
    let differs = |name: &str| !want.get(name).same(have.get(name));
    let resend = differs("kms_key_arn") && want.block("environment").is_some();
    (differs("environment") || resend).then(|| settings::environment(want))
}

/// Uploads code, and publishes it if the function publishes.
pub(crate) async fn put_code(
    aws: &Aws,
    want: &Known,
    package: &Package,
) -> Result<Option<NewVersion>, ProviderError> {
    let publish = want.get("publish").as_bool() == Some(true);
    let send = || {
        aws.lambda
            .update_function_code()
            .function_name(want.str("function_name").unwrap_or_default())
            .publish(publish)
            .set_zip_file(package.zip.clone())
            .set_s3_bucket(package.text("s3_bucket"))
            .set_s3_key(package.text("s3_key"))
            .set_s3_object_version(package.text("s3_object_version"))
            .set_image_uri(package.text("image_uri"))
            .set_architectures(architectures(want))
            .send()
    };
    let answer = aws.call("lambda:UpdateFunctionCode", send).await?;
    if !publish {
        return Ok(None);
    }
    let version = answer.version.unwrap_or_default();
    if version.is_empty() || version == LATEST {
        return Ok(None);
    }
    let arn = format!("{}:{version}", unqualified(answer.function_arn.as_deref().unwrap_or_default()));
    let is_pending = answer.state == Some(State::Pending);
    Ok(Some(NewVersion { published: Published { version, arn }, is_pending }))
}

/// Publishes what the function is now; what is published already gives the version that exists.
pub(crate) async fn publish(
    aws: &Aws,
    name: &str,
    description: Option<&str>,
) -> Result<NewVersion, ProviderError> {
    let send = || {
        let request = aws.lambda.publish_version().function_name(name);
        request.set_description(description.map(str::to_owned)).send()
    };
    let answer = aws.call("lambda:PublishVersion", send).await?;
    let version = answer.version.unwrap_or_default();
    let arn = format!("{}:{version}", unqualified(answer.function_arn.as_deref().unwrap_or_default()));
    Ok(NewVersion { published: Published { version, arn }, is_pending: answer.state == Some(State::Pending) })
}

/// Sets or removes reserved concurrency if it differs; whether it did.
pub(crate) async fn put_concurrency(
    aws: &Aws,
    have: Option<&Known>,
    want: &Known,
) -> Result<bool, ProviderError> {
    const ARGUMENT: &str = "reserved_concurrent_executions";
    let name = want.str("function_name").unwrap_or_default();
    let before = have.and_then(|have| have.get(ARGUMENT).as_i32()).unwrap_or(-1);
    let wanted = want.get(ARGUMENT).as_i32().unwrap_or(-1);
    if before == wanted {
        return Ok(false);
    }
    if wanted < 0 {
        let send = || aws.lambda.delete_function_concurrency().function_name(name).send();
        aws.call("lambda:DeleteFunctionConcurrency", send).await?;
    } else {
        let send = || {
            let request = aws.lambda.put_function_concurrency().function_name(name);
            request.reserved_concurrent_executions(wanted).send()
        };
        aws.call("lambda:PutFunctionConcurrency", send).await?;
    }
    Ok(true)
}

/// Sets or removes the code signing configuration if it differs.
pub(crate) async fn put_signing(aws: &Aws, have: &Known, want: &Known) -> Result<(), ProviderError> {
    const ARGUMENT: &str = "code_signing_config_arn";
    let name = want.str("function_name").unwrap_or_default();
    match (have.text(ARGUMENT), want.text(ARGUMENT)) {
        (before, after) if before == after => Ok(()),
        (_, Some(arn)) => {
            let send = || {
                let request = aws.lambda.put_function_code_signing_config().function_name(name);
                request.code_signing_config_arn(arn).send()
            };
            aws.call("lambda:PutFunctionCodeSigningConfig", send).await.map(drop)
        }
        (_, None) => {
            let send = || aws.lambda.delete_function_code_signing_config().function_name(name).send();
            aws.call("lambda:DeleteFunctionCodeSigningConfig", send).await.map(drop)
        }
    }
}
