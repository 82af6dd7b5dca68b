//! Downloads the code of functions and layers.

use std::fmt;

use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::byte_stream::ByteStream;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use recon_core::provider::{ErrorKind, ProviderError};
use recon_core::{Known, Value};
use sha2::{Digest, Sha256};

use super::{function, function_read, layer_version, layer_version_live};
use crate::aws::Aws;

const OPERATION: &str = "download the code";
/// How often a download is begun.
const ATTEMPTS_MAX: u32 = 3;

/// What to call the zip file of a function's code; nothing for one that is made from an image.
pub(crate) fn file(function: &Value) -> Option<String> {
    let name = function.text("function_name").filter(|_| function.str("package_type") != Some("Image"))?;
    Some(format!("{name}.zip"))
}

/// What to call the zip file of the content of a layer's version. No function's name has a dot.
pub(crate) fn layer_file(version: &Value) -> Option<String> {
    let (name, number) = (version.text("layer_name")?, version.text("version")?);
    let name = name.rsplit(':').next().unwrap_or(name);
    Some(format!("{name}.{number}.zip"))
}

/// Whose code it is.
#[derive(Clone, Copy)]
enum Owner<'a> {
    /// A function's, by its name.
    Function(&'a str),
    /// A layer version's, by its ARN.
    Layer(&'a str),
}

impl fmt::Display for Owner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Function(name) | Self::Layer(name)) = self;
        write!(f, "`{name}`")
    }
}

impl<'a> Owner<'a> {
    fn of(kind: &str, have: &'a Known) -> Option<Self> {
        match kind {
            function::KIND => file(have).and(have.text("function_name")).map(Self::Function),
            layer_version::KIND => have.text("arn").map(Self::Layer),
            _ => None,
        }
    }

    /// Where the code can be had, for some minutes.
    async fn location(self, aws: &Aws) -> Result<Option<String>, ProviderError> {
        match self {
            Self::Function(name) => {
                let answer = function_read::get(aws, name).await?;
                Ok(answer.and_then(|answer| answer.code?.location))
            }
            Self::Layer(arn) => {
                let Some((layer, number)) = layer_version_live::split(arn) else { return Ok(None) };
                let answer = layer_version_live::get(aws, layer, number).await?;
                Ok(answer.and_then(|answer| answer.content?.location))
            }
        }
    }
}

/// The code of a function or of a layer's version as a zip file; nothing for what is neither, or made from an image.
pub(crate) async fn package(aws: &Aws, kind: &str, have: &Known) -> Result<Option<Vec<u8>>, ProviderError> {
    let Some(owner) = Owner::of(kind, have) else { return Ok(None) };
    let wanted = have.text("code_sha256").unwrap_or_default();
    for attempt in 1.. {
        // The address is good for some minutes only, so each attempt gets one of its own.
        let bytes = match fetch(aws, owner).await {
            Err(error) if error.kind == ErrorKind::Unreachable && attempt < ATTEMPTS_MAX => continue,
            answer => answer?,
        };
        let found = STANDARD.encode(Sha256::digest(&bytes));
        if found == wanted {
            return Ok(Some(bytes));
        }
        if attempt == ATTEMPTS_MAX {
            let message = format!("the code of {owner} has the hash {found}, and Lambda says {wanted}");
            return Err(ProviderError::new(ErrorKind::Service, OPERATION, message)
                .with_help("Leave the code to others with `-code=ignore`."));
        }
    }
    unreachable!("the attempts are counted")
}

async fn fetch(aws: &Aws, owner: Owner<'_>) -> Result<Vec<u8>, ProviderError> {
    let Some(location) = owner.location(aws).await? else {
        let message = format!("Lambda does not say where the code of {owner} is");
        return Err(ProviderError::new(ErrorKind::Unsupported, OPERATION, message)
            .with_help("Leave the code to others with `-code=ignore`."));
    };
    let failed = |error: &dyn std::error::Error| {
        // The address holds a signature, so it is not told.
        let message = format!("the code of {owner} cannot be had: {error}");
        ProviderError::new(ErrorKind::Unreachable, OPERATION, message)
    };
    let request = HttpRequest::get(&location).map_err(|error| failed(&error))?;
    aws.count("lambda:Code");
    let response = aws.http.connector(&location).call(request).await.map_err(|error| failed(&error))?;
    if !response.status().is_success() {
        let message =
            format!("the code of {owner} cannot be had: its store answers {}", response.status().as_u16());
        return Err(ProviderError::new(ErrorKind::Unreachable, OPERATION, message));
    }
    let body = ByteStream::new(response.into_body()).collect().await.map_err(|error| failed(&error))?;
    Ok(body.to_vec())
}
