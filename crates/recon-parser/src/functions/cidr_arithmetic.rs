//! Blocks of IP addresses, as numbers.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use bigdecimal::ToPrimitive;
use num_bigint::BigInt;
use recon_core::Number;

/// A block of addresses: the first of them and the length of the part they share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Block {
    /// In the lower 32 bits for IPv4.
    pub(super) base: u128,
    pub(super) prefix: u32,
    pub(super) family: Family,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    V4,
    V6,
}

impl Family {
    pub(super) fn bits(self) -> u32 {
        match self {
            Self::V4 => 32,
            Self::V6 => 128,
        }
    }
}

impl Block {
    /// Reads `10.0.0.0/8` or `fe80::/64`; what lies beyond the prefix is dropped.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let invalid = || format!("invalid CIDR address: {text}");
        let (address, prefix) = text.split_once('/').ok_or_else(invalid)?;
        let (base, family) = address_of(address).ok_or_else(invalid)?;
        let digits = !prefix.is_empty() && prefix.bytes().all(|digit| digit.is_ascii_digit());
        let prefix =
            prefix.parse().ok().filter(|prefix| digits && *prefix <= family.bits()).ok_or_else(invalid)?;
        Ok(Self { base: base & mask(family.bits() - prefix), prefix, family })
    }

    /// How many bits of an address the block leaves open.
    pub(super) fn open_bits(self) -> u32 {
        self.family.bits() - self.prefix
    }

    /// Whether it is an IPv4 address inside of IPv6.
    pub(super) fn is_mapped(self) -> bool {
        self.family == Family::V6 && is_mapped(self.base)
    }

    /// The base with a number's bits at a place, or nothing where the number reaches beyond the address.
    pub(super) fn with(self, number: BigInt, shift: u32) -> Option<u128> {
        let address = BigInt::from(self.base) | (number << shift);
        address
            .magnitude()
            .to_u128()
            .filter(|address| address.checked_shr(self.family.bits()).unwrap_or(0) == 0)
    }

    /// An address of the family, from its number. An IPv4 address inside of IPv6 shows as the IPv4 address it is.
    pub(super) fn address(self, number: u128) -> String {
        if self.family == Family::V4 || is_mapped(number) {
            return Ipv4Addr::from_bits(u32::try_from(number & u128::from(u32::MAX)).unwrap_or(0))
                .to_string();
        }
        Ipv6Addr::from_bits(number).to_string()
    }

    /// The `number`-th of the blocks that are `new_bits` longer in prefix; the caller has checked that there is one.
    pub(super) fn part(self, new_bits: u32, number: u128) -> Self {
        let prefix = self.prefix + new_bits;
        let shift = self.family.bits() - prefix;
        let offset = if shift >= 128 { 0 } else { number << shift };
        Self { base: self.base | offset, prefix, family: self.family }
    }
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let prefix = if self.is_mapped() { self.prefix.saturating_sub(96) } else { self.prefix };
        write!(f, "{}/{prefix}", self.address(self.base))
    }
}

fn is_mapped(address: u128) -> bool {
    address >> 32 == 0xffff
}

/// Everything above the lowest `open` bits.
fn mask(open: u32) -> u128 {
    u128::MAX.checked_shl(open).unwrap_or(0)
}

/// Leading zeros of the parts of an address mean nothing: neither octal, nor a part too long.
fn address_of(text: &str) -> Option<(u128, Family)> {
    if text.contains(':') {
        let parts = text.split_inclusive([':', '.']).map(without_zeros).collect::<String>();
        return parts.parse::<Ipv6Addr>().ok().map(|address| (address.to_bits(), Family::V6));
    }
    let parts: Vec<&str> = text.split('.').collect();
    let is_part = |part: &&str| !part.is_empty() && part.bytes().all(|digit| digit.is_ascii_digit());
    if parts.len() != 4 || !parts.iter().all(is_part) {
        return None;
    }
    let bytes: Option<Vec<u8>> = parts.iter().map(|part| part.parse().ok()).collect();
    let base = bytes?.into_iter().fold(0, |sum, byte| sum << 8 | u128::from(byte));
    Some((base, Family::V4))
}

/// A part of an address and its separator, without the zeros that may stand in front.
fn without_zeros(part: &str) -> &str {
    let kept = part.trim_start_matches('0');
    let is_zero = kept.len() < part.len() && !kept.starts_with(|digit: char| digit.is_ascii_hexdigit());
    if is_zero { &part[part.len() - kept.len() - 1..] } else { kept }
}

/// A whole number.
pub(super) fn whole(number: &Number) -> Option<BigInt> {
    number.is_integer().then(|| number.decimal().with_scale(0).into_bigint_and_exponent().0)
}
