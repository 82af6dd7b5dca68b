//! What a client uploads: perhaps in signed chunks with trailers, perhaps with digests to verify.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest as _, Md5};
use sha2::Sha256;

use super::checksum;
use crate::wire::{Call, Refusal, hex};

/// An upload that is what its sender meant it to be.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Payload {
    /// The content.
    pub bytes: Vec<u8>,
    /// The checksums its sender gave, by header name.
    pub checksums: BTreeMap<String, String>,
}

impl Payload {
    /// Reads the body of a call and verifies it.
    pub(super) fn of(call: &Call) -> Result<Self, Refusal> {
        let hash = call.header("x-amz-content-sha256").unwrap_or_default();
        let encoding = call.header("content-encoding").unwrap_or_default();
        let chunked =
            hash.starts_with("STREAMING-") || encoding.split(',').any(|part| part.trim() == "aws-chunked");
        let (bytes, trailers) =
            if chunked { unchunk(&call.body)? } else { (call.body.clone(), BTreeMap::new()) };
        if chunked {
            let length =
                call.header("x-amz-decoded-content-length").and_then(|text| text.parse::<usize>().ok());
            if length.is_some_and(|length| length != bytes.len()) {
                return Err(incomplete());
            }
        }
        if hash.len() == 64 && hex(&Sha256::digest(&bytes)) != hash {
            let message = "The provided 'x-amz-content-sha256' header does not match what was computed.";
            return Err(Refusal::new(400, "XAmzContentSHA256Mismatch", message));
        }
        verify_md5(call, &bytes)?;
        let checksums = verify_checksums(call, &trailers, &bytes)?;
        Ok(Self { bytes, checksums })
    }
}

/// Returns the MD5 of bytes as an entity tag.
pub(super) fn etag(bytes: &[u8]) -> String {
    format!("\"{}\"", hex(&Md5::digest(bytes)))
}

fn verify_md5(call: &Call, bytes: &[u8]) -> Result<(), Refusal> {
    let Some(given) = call.header("content-md5") else { return Ok(()) };
    let decoded = STANDARD.decode(given).ok().filter(|digest| digest.len() == 16);
    let decoded = decoded
        .ok_or_else(|| Refusal::new(400, "InvalidDigest", "The Content-MD5 you specified was invalid."))?;
    if decoded == Md5::digest(bytes).to_vec() {
        return Ok(());
    }
    Err(Refusal::new(400, "BadDigest", "The Content-MD5 you specified did not match what we received."))
}

fn verify_checksums(
    call: &Call,
    trailers: &BTreeMap<String, String>,
    bytes: &[u8],
) -> Result<BTreeMap<String, String>, Refusal> {
    let mut checksums = BTreeMap::new();
    for header in checksum::HEADERS {
        let given = call.header(header).or_else(|| trailers.get(header).map(String::as_str));
        let Some(given) = given else { continue };
        let computed = checksum::of(header, bytes).unwrap_or_default();
        if given != computed {
            let name = header.trim_start_matches("x-amz-checksum-").to_uppercase();
            let message = format!("The {name} you specified did not match the calculated checksum.");
            return Err(Refusal::new(400, "BadDigest", message));
        }
        checksums.insert(header.to_owned(), computed);
    }
    Ok(checksums)
}

type Chunks = (Vec<u8>, BTreeMap<String, String>);

/// Decodes `SIZE[;chunk-signature=…]\r\nDATA\r\n … 0\r\n[name:value\r\n …]\r\n`.
fn unchunk(body: &[u8]) -> Result<Chunks, Refusal> {
    let mut bytes = Vec::with_capacity(body.len());
    let mut rest = body;
    loop {
        let (line, after) = line(rest).ok_or_else(incomplete)?;
        let size = line.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16).map_err(|_| incomplete())?;
        if size == 0 {
            return Ok((bytes, trailers(after)));
        }
        bytes.extend_from_slice(after.get(..size).ok_or_else(incomplete)?);
        rest = after.get(size..).and_then(|rest| rest.strip_prefix(b"\r\n")).ok_or_else(incomplete)?;
    }
}

fn trailers(mut rest: &[u8]) -> BTreeMap<String, String> {
    let mut trailers = BTreeMap::new();
    while let Some((text, after)) = line(rest) {
        if let Some((name, value)) = text.split_once(':') {
            trailers.insert(name.trim().to_lowercase(), value.trim().to_owned());
        }
        rest = after;
    }
    trailers
}

fn line(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let end = bytes.windows(2).position(|pair| pair == b"\r\n")?;
    Some((std::str::from_utf8(bytes.get(..end)?).ok()?, bytes.get(end + 2..)?))
}

fn incomplete() -> Refusal {
    let message = "You did not provide the number of bytes specified by the Content-Length HTTP header";
    Refusal::new(400, "IncompleteBody", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_and_trailers_are_decoded() {
        let body = b"5;chunk-signature=abc\r\nhello\r\n1\r\n!\r\n0\r\nx-amz-checksum-crc32: AAAA\r\n\r\n";
        let (bytes, trailers) = unchunk(body).unwrap();
        assert_eq!(bytes, b"hello!");
        assert_eq!(trailers["x-amz-checksum-crc32"], "AAAA");
    }

    #[test]
    fn cut_chunks_are_incomplete() {
        for body in [&b"5\r\nhel"[..], b"", b"zz\r\n", b"1\r\nab\r\n0\r\n"] {
            assert_eq!(unchunk(body).unwrap_err().code, "IncompleteBody");
        }
    }
}
