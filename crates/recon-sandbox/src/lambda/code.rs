//! Where code comes from, what is refused, and how packages are kept.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::constraint::text;
use super::refuse::{invalid, too_large};
use crate::wire::{Refusal, hex};
use crate::world::World;

/// The quota on a package that is sent directly, in bytes.
const DIRECT_BYTES_MAX: usize = 52_428_800;
/// The quota on a package when unpacked, in bytes.
const UNPACKED_BYTES_MAX: u64 = 262_144_000;

/// The code of one version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Code {
    /// A package.
    Zip {
        /// SHA-256, base64.
        sha256: String,
        /// The size in bytes.
        size: usize,
        /// Its digest in the store of packages.
        digest: String,
        /// The key it is encrypted with.
        key: Option<String>,
    },
    /// A container image.
    Image {
        /// The URI as it was given.
        uri: String,
        /// The digest, 64 hexadecimal digits.
        sha256: String,
    },
}

/// The packages, once per content.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Packages(BTreeMap<String, Package>);

#[derive(Debug)]
struct Package(Vec<u8>);

impl Serialize for Package {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Package {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map(Self).map_err(serde::de::Error::custom)
    }
}

impl Packages {
    /// Returns a package.
    pub(super) fn get(&self, digest: &str) -> Option<&[u8]> {
        self.0.get(digest).map(|package| package.0.as_slice())
    }

    /// Drops the packages that nothing uses.
    pub(super) fn sweep(&mut self, used: &BTreeSet<String>) {
        self.0.retain(|digest, _| used.contains(digest));
    }

    /// Keeps a package and returns its code.
    pub(super) fn keep(&mut self, bytes: Vec<u8>, key: Option<&str>) -> Code {
        let hash = Sha256::digest(&bytes);
        let digest = hex(&hash);
        let code = Code::Zip {
            sha256: STANDARD.encode(hash),
            size: bytes.len(),
            digest: digest.clone(),
            key: key.map(str::to_owned),
        };
        self.0.entry(digest).or_insert(Package(bytes));
        code
    }
}

impl Code {
    /// Returns the digest of the package, if it is one.
    pub(super) fn digest(&self) -> Option<&str> {
        match self {
            Self::Zip { digest, .. } => Some(digest),
            Self::Image { .. } => None,
        }
    }

    /// Returns `CodeSha256` as the configuration shows it.
    pub(super) fn sha256(&self) -> &str {
        match self {
            Self::Zip { sha256, .. } | Self::Image { sha256, .. } => sha256,
        }
    }

    /// Returns `CodeSize`; images have none.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Zip { size, .. } => *size,
            Self::Image { .. } => 0,
        }
    }

    /// Returns where the code can be fetched from.
    pub(super) fn location(&self, endpoint: &str) -> Value {
        match self {
            Self::Zip { digest, key, sha256: _, size: _ } => {
                let mut location = json!({
                    "RepositoryType": "S3",
                    "Location": format!("{endpoint}/_sandbox/code/{digest}"),
                });
                if let (Some(key), Some(object)) = (key, location.as_object_mut()) {
                    object.insert("SourceKMSKeyArn".to_owned(), json!(key));
                }
                location
            }
            Self::Image { uri, sha256 } => {
                let repository = uri.split(['@']).next().unwrap_or(uri);
                let place = repository.rfind('/').unwrap_or(0);
                let end = repository[place..].find(':').map_or(repository.len(), |colon| place + colon);
                json!({
                    "RepositoryType": "ECR",
                    "ImageUri": uri,
                    "ResolvedImageUri": format!("{}@sha256:{sha256}", &repository[..end]),
                })
            }
        }
    }
}

/// Reads the code a request names: `ZipFile`, an S3 object, or an image.
pub(super) fn take(world: &mut World, source: &Value, package_type: &str) -> Result<Code, Refusal> {
    let image = text(source, "ImageUri")?;
    if package_type == "Image" {
        let uri = image.ok_or_else(|| {
            invalid("Please provide ImageUri when updating a function with packageType Image.")
        })?;
        return from_registry(uri);
    }
    if image.is_some() {
        return Err(invalid("Please don't provide ImageUri when updating a function with packageType Zip."));
    }
    let bytes = package(world, source)?;
    check_package(&bytes)?;
    let key = text(source, "SourceKMSKeyArn")?.filter(|key| !key.is_empty());
    Ok(world.lambda.packages.keep(bytes, key))
}

/// Returns the bytes of a package, sent directly or kept in S3.
pub(super) fn package(world: &World, source: &Value) -> Result<Vec<u8>, Refusal> {
    let direct = text(source, "ZipFile")?;
    let bucket = text(source, "S3Bucket")?;
    if let Some(encoded) = direct {
        if bucket.is_some() {
            return Err(invalid(
                "Please do not provide other FunctionCode parameters when providing a ZipFile.",
            ));
        }
        let bytes = STANDARD.decode(encoded).map_err(|error| {
            Refusal::new(400, "SerializationException", format!("ZipFile is not base64: {error}"))
        })?;
        if bytes.len() > DIRECT_BYTES_MAX {
            return Err(too_large(format!("Zipped size must be smaller than {DIRECT_BYTES_MAX} bytes")));
        }
        return Ok(bytes);
    }
    let (Some(bucket), Some(key)) = (bucket, text(source, "S3Key")?) else {
        return Err(invalid("Please provide a source for function code."));
    };
    let object = world.s3.fetch(bucket, key, text(source, "S3ObjectVersion")?);
    object.map(<[u8]>::to_vec).map_err(|(code, message)| {
        invalid(format!("Error occurred while GetObject. S3 Error Code: {code}. S3 Error Message: {message}"))
    })
}

/// Refuses bytes that are no package.
pub(super) fn check_package(bytes: &[u8]) -> Result<(), Refusal> {
    let unreadable =
        || invalid("Could not unzip uploaded file. Please check your file, then try to upload again.");
    if bytes.is_empty() {
        return Err(invalid("Uploaded file must be a non-empty zip"));
    }
    let archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| unreadable())?;
    if archive.is_empty() {
        return Err(invalid("Uploaded file must be a non-empty zip"));
    }
    let unpacked = archive.decompressed_size().unwrap_or_default();
    if unpacked > u128::from(UNPACKED_BYTES_MAX) {
        return Err(invalid(format!("Unzipped size must be smaller than {UNPACKED_BYTES_MAX} bytes")));
    }
    Ok(())
}

/// There is no registry here: any image in ECR's spelling exists, and its digest follows from its URI.
fn from_registry(uri: &str) -> Result<Code, Refusal> {
    let host = uri.split('/').next().unwrap_or_default();
    if !host.contains(".dkr.ecr") || !uri.contains('/') {
        let message = format!("Source image {uri} is not valid. Provide a valid source image.");
        return Err(invalid(message));
    }
    let pinned = uri.split_once("@sha256:").map(|(_, digest)| digest.to_owned());
    let sha256 = pinned.unwrap_or_else(|| hex(&Sha256::digest(uri.as_bytes())));
    Ok(Code::Image { uri: uri.to_owned(), sha256 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn image_resolves_to_its_repository_and_digest() {
        let code = from_registry("1.dkr.ecr.eu-west-1.amazonaws.com/team/app:v1").unwrap();
        let resolved = code.location("")["ResolvedImageUri"].as_str().unwrap().to_owned();
        assert!(resolved.starts_with("1.dkr.ecr.eu-west-1.amazonaws.com/team/app@sha256:"), "{resolved}");
        assert!(from_registry("docker.io/app").is_err());
    }

    #[test]
    fn what_is_no_zip_is_refused() {
        assert!(check_package(b"not a zip at all").is_err());
        assert!(check_package(b"").is_err());
    }
}
