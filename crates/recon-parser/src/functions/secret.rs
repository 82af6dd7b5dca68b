//! Functions about secrets and randomness: `bcrypt`, `rsadecrypt`, `uuid`.

use recon_core::Value;
use rsa::PrivateKey;
use rsa::pkcs1::DecodeRsaPrivateKey as _;
use rsa::pkcs8::DecodePrivateKey as _;
use sha2::{Digest, Sha256};

use super::encoding::bytes;
use super::hash::uuid_text;
use super::{
    Function, Outcome, Refusal, Returns, World, argument, normal, number, pure, str_of, text, worldly,
};

/// What `bcrypt` costs unless the call says so.
const COST: u32 = 10;
const COST_MIN: u32 = 4;
/// Beyond this one call takes minutes.
const COST_MAX: u32 = 20;

pub(super) static FUNCTIONS: &[Function] = &[
    worldly("bcrypt", &[text("str")], Returns::String, bcrypt).and_any_number_of(number("cost")),
    worldly("uuid", &[], Returns::String, |world, _| {
        Ok(random(world, "uuid")
            .map_or_else(|| Returns::String.unknown(), |bytes| uuid_text(bytes, 4).into()))
    }),
    pure("rsadecrypt", &[text("ciphertext"), text("privatekey")], Returns::String, rsadecrypt),
];

/// Bytes that are random for this call in this run; nothing while planning, because they would differ afterwards.
fn random(world: &World<'_>, purpose: &str) -> Option<[u8; 16]> {
    let (_, seed) = world.context.scope().clock().applying?;
    let span = world.call.span;
    let mut hash = Sha256::new();
    hash.update(seed.to_be_bytes());
    hash.update(purpose);
    hash.update(span.file.0.to_be_bytes());
    hash.update(span.start.to_be_bytes());
    // Differs between the rounds of a loop.
    hash.update(world.context.left().to_be_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.finalize()[..16]);
    Some(bytes)
}

fn bcrypt(world: &World<'_>, arguments: &[Value]) -> Outcome {
    let cost = match &arguments[1..] {
        [] => COST,
        [cost] => match cost.as_i64().and_then(|cost| u32::try_from(cost).ok()) {
            Some(cost) if (COST_MIN..=COST_MAX).contains(&cost) => cost,
            _ => {
                return argument(1, format!("the cost must be a whole number from {COST_MIN} to {COST_MAX}"));
            }
        },
        _ => return Err("bcrypt() takes no more than two arguments".into()),
    };
    let Some(salt) = random(world, "bcrypt") else { return Ok(Returns::String.unknown()) };
    let hashed = ::bcrypt::non_truncating_hash_with_salt(str_of(&arguments[0]), cost, salt);
    let hashed = hashed.map_err(|why| format!("error occurred generating password {why}"))?;
    Ok(hashed.format_for_version(::bcrypt::Version::TwoA).into())
}

fn rsadecrypt(arguments: &[Value]) -> Outcome {
    let ciphertext = bytes(str_of(&arguments[0])).or_else(|why| argument(0, why))?;
    let pem = str_of(&arguments[1]).trim();
    let key = PrivateKey::from_pkcs1_pem(pem).or_else(|_| PrivateKey::from_pkcs8_pem(pem));
    let Ok(key) = key else {
        return argument(1, "failed to parse the key: an RSA private key in PEM format is required");
    };
    let plain = key.pkcs1v15_decrypt(&ciphertext);
    let plain = plain.map_err(|_| Refusal::from("failed to decrypt: the key does not fit the ciphertext"))?;
    String::from_utf8(plain).map(|text| normal(&text)).map_err(|_| "the decrypted bytes are not UTF-8".into())
}
