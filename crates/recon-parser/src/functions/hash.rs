//! Digests, of text and of files.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::Md5;
use recon_core::Value;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::file::read;
use super::{Function, Outcome, Parameter, Returns, World, pure, str_of, text, worldly};

const STR: &[Parameter] = &[text("str")];
const PATH: &[Parameter] = &[text("path")];

pub(super) static FUNCTIONS: &[Function] = &[
    pure("md5", STR, Returns::String, |a| Ok(hex(&Md5::digest(str_of(&a[0]))).into())),
    pure("sha1", STR, Returns::String, |a| Ok(hex(&Sha1::digest(str_of(&a[0]))).into())),
    pure("sha256", STR, Returns::String, |a| Ok(hex(&Sha256::digest(str_of(&a[0]))).into())),
    pure("sha512", STR, Returns::String, |a| Ok(hex(&Sha512::digest(str_of(&a[0]))).into())),
    pure("base64sha256", STR, Returns::String, |a| Ok(STANDARD.encode(Sha256::digest(str_of(&a[0]))).into())),
    pure("base64sha512", STR, Returns::String, |a| Ok(STANDARD.encode(Sha512::digest(str_of(&a[0]))).into())),
    pure("uuidv5", &[text("namespace"), text("name")], Returns::String, uuidv5),
    worldly("filemd5", PATH, Returns::String, |w, a| of_file(w, a, |bytes| hex(&Md5::digest(bytes)))),
    worldly("filesha1", PATH, Returns::String, |w, a| of_file(w, a, |bytes| hex(&Sha1::digest(bytes)))),
    worldly("filesha256", PATH, Returns::String, |w, a| of_file(w, a, |bytes| hex(&Sha256::digest(bytes)))),
    worldly("filesha512", PATH, Returns::String, |w, a| of_file(w, a, |bytes| hex(&Sha512::digest(bytes)))),
    worldly("filebase64sha256", PATH, Returns::String, |w, a| {
        of_file(w, a, |bytes| STANDARD.encode(Sha256::digest(bytes)))
    }),
    worldly("filebase64sha512", PATH, Returns::String, |w, a| {
        of_file(w, a, |bytes| STANDARD.encode(Sha512::digest(bytes)))
    }),
];

fn of_file(world: &World<'_>, arguments: &[Value], digest: fn(&[u8]) -> String) -> Outcome {
    Ok(digest(&read(world, str_of(&arguments[0]))?).into())
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn uuidv5(arguments: &[Value]) -> Outcome {
    let given = str_of(&arguments[0]);
    // RFC 4122, appendix C.
    let namespace = match given {
        "dns" => "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
        "url" => "6ba7b811-9dad-11d1-80b4-00c04fd430c8",
        "oid" => "6ba7b812-9dad-11d1-80b4-00c04fd430c8",
        "x500" => "6ba7b814-9dad-11d1-80b4-00c04fd430c8",
        other => other,
    };
    let bare = namespace.strip_prefix("urn:uuid:").unwrap_or(namespace);
    let bare = bare.strip_prefix('{').and_then(|bare| bare.strip_suffix('}')).unwrap_or(bare);
    let digits: String = bare.chars().filter(|c| *c != '-').collect();
    let bytes = u128::from_str_radix(&digits, 16).ok().filter(|_| digits.len() == 32);
    let Some(bytes) = bytes else {
        let message =
            format!("uuidv5() doesn't support namespace {given:?}: use dns, url, oid, x500 or a UUID");
        return Err(message.into());
    };
    let mut hash = Sha1::new();
    hash.update(bytes.to_be_bytes());
    hash.update(str_of(&arguments[1]));
    let mut uuid = [0; 16];
    uuid.copy_from_slice(&hash.finalize()[..16]);
    Ok(uuid_text(uuid, 5).into())
}

/// 16 bytes as a UUID of a version.
pub(super) fn uuid_text(mut bytes: [u8; 16], version: u8) -> String {
    bytes[6] = bytes[6] & 0x0f | version << 4;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let all = hex(&bytes);
    [&all[..8], &all[8..12], &all[12..16], &all[16..20], &all[20..]].join("-")
}
