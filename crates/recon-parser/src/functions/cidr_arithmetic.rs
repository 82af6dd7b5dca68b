//! Blocks of IP addresses, as numbers.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

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

    /// An address of the family, from its number.
    pub(super) fn address(self, number: u128) -> String {
        match self.family {
            Family::V4 => {
                Ipv4Addr::from_bits(u32::try_from(number & u128::from(u32::MAX)).unwrap_or(0)).to_string()
            }
            Family::V6 => Ipv6Addr::from_bits(number).to_string(),
        }
    }

    /// The `number`-th of the blocks that are `new_bits` longer in prefix; the caller has checked that there is one.
    pub(super) fn part(self, new_bits: u32, number: u128) -> Self {
        let prefix = self.prefix + new_bits;
        let shift = self.family.bits() - prefix;
        let offset = if shift >= 128 { 0 } else { number << shift };
        Self { base: self.base | offset, prefix, family: self.family }
    }
}

/// An IPv4 address inside of IPv6 shows as the IPv4 address it is.
impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mapped = self.family == Family::V6 && self.prefix >= 96 && self.base >> 32 == 0xffff;
        if mapped {
            let inner = Self { base: self.base, prefix: self.prefix - 96, family: Family::V4 };
            return write!(f, "{inner}");
        }
        write!(f, "{}/{}", self.address(self.base), self.prefix)
    }
}

/// Everything above the lowest `open` bits.
fn mask(open: u32) -> u128 {
    u128::MAX.checked_shl(open).unwrap_or(0)
}

/// Leading zeros of the parts of an IPv4 address do not make them octal.
fn address_of(text: &str) -> Option<(u128, Family)> {
    if text.contains(':') {
        return text.parse::<Ipv6Addr>().ok().map(|address| (address.to_bits(), Family::V6));
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

/// A whole number of up to 128 bits.
pub(super) fn whole(number: &Number) -> Option<i128> {
    if number.is_integer() { number.to_string().parse().ok() } else { None }
}
