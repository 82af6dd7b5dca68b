//! Downloads a function's code.

use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::byte_stream::ByteStream;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use recon_core::provider::{ErrorKind, ProviderError};
use recon_core::{Known, Value};
use sha2::{Digest, Sha256};

use super::{function, function_read};
use crate::aws::Aws;

const OPERATION: &str = "download the code";
/// How often a download is begun.
const ATTEMPTS_MAX: u32 = 3;

/// What to call the zip file of a function's code; nothing for one that is made from an image.
pub(crate) fn file(function: &Value) -> Option<String> {
    let name = function.text("function_name").filter(|_| function.str("package_type") != Some("Image"))?;
    Some(format!("{name}.zip"))
}

/// A function's code as a zip file; nothing for what is no function, or one that is made from an image.
pub(crate) async fn package(aws: &Aws, kind: &str, have: &Known) -> Result<Option<Vec<u8>>, ProviderError> {
    let Some(name) = have.text("function_name").filter(|_| kind == function::KIND) else { return Ok(None) };
    if file(have).is_none() {
        return Ok(None);
    }
    let wanted = have.text("code_sha256").unwrap_or_default();
    for attempt in 1.. {
        // The address is good for some minutes only, so each attempt gets one of its own.
        let bytes = match fetch(aws, name).await {
            Err(error) if error.kind == ErrorKind::Unreachable && attempt < ATTEMPTS_MAX => continue,
            answer => answer?,
        };
        let found = STANDARD.encode(Sha256::digest(&bytes));
        if found == wanted {
            return Ok(Some(bytes));
        }
        if attempt == ATTEMPTS_MAX {
            let message = format!("the code of `{name}` has the hash {found}, and Lambda says {wanted}");
            return Err(ProviderError::new(ErrorKind::Service, OPERATION, message)
                .with_help("Leave the code to others with `-code=ignore`."));
        }
    }
    unreachable!("the attempts are counted")
}

async fn fetch(aws: &Aws, name: &str) -> Result<Vec<u8>, ProviderError> {
    let answer = function_read::get(aws, name).await?;
    let location = answer.as_ref().and_then(|answer| answer.code()?.location());
    let Some(location) = location else {
        let message = format!("Lambda does not say where the code of `{name}` is");
        return Err(ProviderError::new(ErrorKind::Unsupported, OPERATION, message)
            .with_help("Leave the code to others with `-code=ignore`."));
    };
    let failed = |error: &dyn std::error::Error| {
        // The address holds a signature, so it is not told.
        ProviderError::new(
            ErrorKind::Unreachable,
            OPERATION,
            format!("the code of `{name}` cannot be had: {error}"),
        )
    };
    let request = HttpRequest::get(location).map_err(|error| failed(&error))?;
    aws.count("lambda:Code");
    let response = aws.http.connector(location).call(request).await.map_err(|error| failed(&error))?;
    if !response.status().is_success() {
        let message =
            format!("the code of `{name}` cannot be had: its store answers {}", response.status().as_u16());
        return Err(ProviderError::new(ErrorKind::Unreachable, OPERATION, message));
    }
    let body = ByteStream::new(response.into_body()).collect().await.map_err(|error| failed(&error))?;
    Ok(body.to_vec())
}
