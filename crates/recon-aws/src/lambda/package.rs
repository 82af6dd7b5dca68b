//! Where a function's code comes from, and its hash.

use std::io;
use std::path::Path;

use aws_sdk_lambda::types::FunctionCode;
use aws_smithy_types::Blob;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use recon_core::provider::{ErrorKind, ProviderError};
use recon_core::resource_type::Reads;
use recon_core::{Known, Value};
use sha2::{Digest, Sha256};

use super::pack::{LEFT_OUT, pack};

/// What Lambda takes in one request.
const ZIP_BYTES_MAX: usize = 50 * 1024 * 1024;

/// What an archive of nothing has: only the record that ends it.
const EMPTY_ZIP_BYTES: usize = 22;

/// The arguments that say where the code comes from, and those that make it other code.
pub(crate) const ARGUMENTS: &[&str] = &[
    "filename",
    "source_code_hash",
    "s3_bucket",
    "s3_key",
    "s3_object_version",
    "image_uri",
    "architectures",
];

/// The local files that become code.
pub(crate) const READS: &[Reads] = &[Reads { argument: "filename", left_out: LEFT_OUT }];

/// A function's code as Lambda takes it.
pub(crate) struct Package {
    pub(crate) zip: Option<Blob>,
    want: Known,
}

impl Package {
    /// Reads the zip file, packs the directory, or names the object or image.
    pub(crate) fn load(want: &Known) -> Result<Self, ProviderError> {
        let zip = match want.text("filename") {
            Some(path) => Some(Blob::new(bytes(path).map_err(|error| unreadable(path, &error))?)),
            None => None,
        };
        if let Some(path) = want.text("filename").filter(|path| Path::new(path).is_dir())
            && zip.as_ref().is_some_and(|zip| zip.as_ref().len() <= EMPTY_ZIP_BYTES)
        {
            let message = format!("the directory `{path}` has no files in it");
            return Err(ProviderError::new(ErrorKind::Invalid, "pack code", message));
        }
        if let Some(zip) = &zip
            && zip.as_ref().len() > ZIP_BYTES_MAX
        {
            let path = want.str("filename").unwrap_or_default();
            let message = format!("`{path}` is larger than the 50 MB that Lambda takes directly");
            return Err(ProviderError::new(ErrorKind::LimitExceeded, "pack code", message)
                .with_help("Upload it to S3, and name it with `s3_bucket` and `s3_key`."));
        }
        Ok(Self { zip, want: want.clone() })
    }

    /// For a create.
    pub(crate) fn code(&self) -> FunctionCode {
        FunctionCode::builder()
            .set_zip_file(self.zip.clone())
            .set_s3_bucket(self.text("s3_bucket"))
            .set_s3_key(self.text("s3_key"))
            .set_s3_object_version(self.text("s3_object_version"))
            .set_image_uri(self.text("image_uri"))
            .build()
    }

    /// An argument, if it is set.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.want.text(name).map(str::to_owned)
    }

    /// The hash that Lambda gives the code, if it comes from here.
    pub(crate) fn hash(&self) -> Option<String> {
        self.zip.as_ref().map(|zip| hash(zip.as_ref()))
    }
}

/// The question what the code of a file or directory hashes to.
pub(crate) fn question(filename: &str) -> Known {
    Known::with_nulls(&Value::object([("filename", Value::from(filename))]))
}

/// The answer to [`question`]; a null hash when there is no such file yet: a build may make it.
fn answer(question: &Known) -> Option<Result<Known, ProviderError>> {
    let path = question.str("filename")?;
    let hash = match bytes(path) {
        Ok(bytes) => Value::from(hash(&bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Value::null(recon_core::Type::String),
        Err(error) => return Some(Err(unreadable(path, &error))),
    };
    Some(Ok(Known::with_nulls(&Value::object([("hash", hash)]))))
}

/// The same, without holding up the other answers: packing reads files.
pub(crate) async fn answered(kind: &str, question: &Known) -> Result<Known, ProviderError> {
    let unknown =
        || ProviderError::new(ErrorKind::Unsupported, "answer", format!("{kind} does not ask that"));
    let question = question.clone();
    let packed = tokio::task::spawn_blocking(move || answer(&question)).await;
    packed.ok().flatten().unwrap_or_else(|| Err(unknown()))
}

fn bytes(path: &str) -> io::Result<Vec<u8>> {
    let path = Path::new(path);
    if path.is_dir() { pack(path) } else { std::fs::read(path) }
}

fn hash(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(Sha256::digest(bytes))
}

fn unreadable(path: &str, error: &io::Error) -> ProviderError {
    let message = format!("read the code at `{path}`: {error}");
    ProviderError::new(ErrorKind::Invalid, "pack code", message)
        .with_help("`filename` names a zip file or a directory, from the directory of the configuration.")
}
