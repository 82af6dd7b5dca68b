//! The checksums S3 verifies: CRC-32, CRC-32C, CRC-64/NVME, SHA-1, SHA-256.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::Digest as _;

/// The checksum headers.
pub(super) const HEADERS: [&str; 5] = [
    "x-amz-checksum-crc32",
    "x-amz-checksum-crc32c",
    "x-amz-checksum-crc64nvme",
    "x-amz-checksum-sha1",
    "x-amz-checksum-sha256",
];

/// Returns the checksum that a header names, base64; `None` for another header.
pub(super) fn of(header: &str, bytes: &[u8]) -> Option<String> {
    let short = |sum: u64| u32::try_from(sum).unwrap_or_default().to_be_bytes().to_vec();
    let sum = match header {
        "x-amz-checksum-crc32" => short(crc(bytes, 0xEDB8_8320, 0xFFFF_FFFF)),
        "x-amz-checksum-crc32c" => short(crc(bytes, 0x82F6_3B78, 0xFFFF_FFFF)),
        "x-amz-checksum-crc64nvme" => crc(bytes, 0x9A6C_9329_AC4B_C9B5, u64::MAX).to_be_bytes().to_vec(),
        "x-amz-checksum-sha1" => sha1::Sha1::digest(bytes).to_vec(),
        "x-amz-checksum-sha256" => sha2::Sha256::digest(bytes).to_vec(),
        _ => return None,
    };
    Some(STANDARD.encode(sum))
}

/// A reflected CRC, bit by bit; objects here are small.
fn crc(bytes: &[u8], polynomial: u64, mask: u64) -> u64 {
    let mut sum = mask;
    for byte in bytes {
        sum ^= u64::from(*byte);
        for _ in 0..8 {
            let low = sum & 1;
            sum = (sum >> 1) ^ (polynomial * low);
        }
    }
    sum ^ mask
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_values_are_those_of_the_catalogue() {
        let bytes = b"123456789";
        assert_eq!(crc(bytes, 0xEDB8_8320, 0xFFFF_FFFF), 0xCBF4_3926);
        assert_eq!(crc(bytes, 0x82F6_3B78, 0xFFFF_FFFF), 0xE306_9283);
        assert_eq!(crc(bytes, 0x9A6C_9329_AC4B_C9B5, u64::MAX), 0xAE8B_1486_0A79_9888);
    }
}
