//! `base64gzip`.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::{Compress, Compression, Crc, FlushCompress};

use super::{Function, Outcome, Returns, pure, str_of, text};

pub(super) static FUNCTIONS: &[Function] =
    &[pure("base64gzip", &[text("str")], Returns::String, |a| gzip(str_of(&a[0])))];

/// Without a name and a time, so that the same text gives the same bytes.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];

/// An empty stored block that ends the data.
const LAST_BLOCK: [u8; 5] = [1, 0, 0, 0xff, 0xff];

fn gzip(text: &str) -> Outcome {
    let mut bytes = HEADER.to_vec();
    bytes.extend(deflated(text.as_bytes())?);
    bytes.extend(LAST_BLOCK);
    let mut crc = Crc::new();
    crc.update(text.as_bytes());
    // Writing to memory cannot fail, and the length counts modulo 2³² by the format's rules.
    drop(bytes.write_all(&crc.sum().to_le_bytes()));
    drop(bytes.write_all(&crc.amount().to_le_bytes()));
    Ok(STANDARD.encode(bytes).into())
}

fn deflated(text: &[u8]) -> Result<Vec<u8>, String> {
    let mut compress = Compress::new(Compression::default(), false);
    let mut output = Vec::with_capacity(text.len() + 64);
    loop {
        let consumed = usize::try_from(compress.total_in()).unwrap_or(text.len());
        let before = output.len();
        compress
            .compress_vec(&text[consumed.min(text.len())..], &mut output, FlushCompress::Sync)
            .map_err(|why| why.to_string())?;
        let done = usize::try_from(compress.total_in()).unwrap_or(text.len()) >= text.len();
        if done && (output.len() < output.capacity() || output.len() == before) {
            return Ok(output);
        }
        output.reserve(text.len() / 2 + 64);
    }
}
