//! The order in which Terraform's AWS provider walks a set of blocks: by a checksum of each block's text.
//!
//! It shows where several blocks of one kind merge into one list.

use recon_core::Value;

/// The blocks in the provider's order. `text` writes a block as the provider does before it takes the checksum.
pub(super) fn ordered(blocks: &[Value], text: impl Fn(&Value) -> String) -> Vec<&Value> {
    let mut keyed: Vec<(String, &Value)> =
        blocks.iter().map(|block| (checksum(&text(block)), block)).collect();
    // The provider sorts the numbers as texts.
    keyed.sort_by(|(a, _), (b, _)| a.cmp(b));
    keyed.into_iter().map(|(_, block)| block).collect()
}

/// Texts in the order of a set of texts.
pub(super) fn ordered_texts(mut texts: Vec<String>) -> Vec<String> {
    texts.sort_by_key(|text| checksum(&format!("{text};")));
    texts
}

/// CRC-32 (IEEE 802.3) of a text, in decimal digits.
pub(super) fn checksum(text: &str) -> String {
    let fold = |rest: u32, _| if rest & 1 == 1 { (rest >> 1) ^ 0xedb8_8320 } else { rest >> 1 };
    let crc = text.bytes().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(byte), fold));
    (!crc).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_crc_32() {
        assert_eq!(checksum("123456789"), 0xcbf4_3926_u32.to_string());
        assert_eq!(checksum(""), "0");
    }
}
