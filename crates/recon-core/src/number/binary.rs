//! Binary floating point of 512 bits, in which the language computes: `1 / 3` ends where 512 bits end.
//!
//! A [`Number`](super::Number) keeps the shortest decimal that stands for such a float, so that what is shown is what
//! is meant. Going back and forth loses nothing.

use bigdecimal::BigDecimal;
use num_bigint::{BigInt, BigUint, Sign};

/// The bits of the mantissa.
const BITS: u64 = 512;

/// `mantissa × 2^exponent`, with at most [`BITS`] bits of mantissa.
#[derive(Clone, Debug)]
pub(super) struct Binary {
    mantissa: BigInt,
    exponent: i64,
}

impl Binary {
    /// The float nearest to a decimal.
    pub(super) fn nearest(decimal: &BigDecimal) -> Self {
        let (digits, scale) = decimal.as_bigint_and_exponent();
        let power = ten_to(scale.unsigned_abs());
        if scale <= 0 { Self::rounded(digits * power, 0, false) } else { Self::ratio(&digits, &power) }
    }

    /// Exactly a double; nothing for an infinity or a NaN.
    pub(super) fn exactly(double: f64) -> Option<Self> {
        if !double.is_finite() {
            return None;
        }
        let bits = double.to_bits();
        let biased = i64::try_from(bits >> 52 & 0x7ff).ok()?;
        let fraction = bits & ((1 << 52) - 1);
        let mantissa = if biased == 0 { fraction } else { fraction | 1 << 52 };
        let sign = if double < 0.0 { Sign::Minus } else { Sign::Plus };
        let mantissa = BigInt::from_biguint(sign, BigUint::from(mantissa));
        Some(Self { mantissa, exponent: biased.max(1) - 1075 })
    }

    /// The sum.
    pub(super) fn plus(&self, other: &Self) -> Self {
        let exponent = self.exponent.min(other.exponent);
        let aligned = |value: &Self| &value.mantissa << value.exponent.abs_diff(exponent);
        Self::rounded(aligned(self) + aligned(other), exponent, false)
    }

    /// The product.
    pub(super) fn times(&self, other: &Self) -> Self {
        Self::rounded(&self.mantissa * &other.mantissa, self.exponent + other.exponent, false)
    }

    /// The quotient; the divisor is not zero.
    pub(super) fn divided_by(&self, other: &Self) -> Self {
        let quotient = Self::ratio(&self.mantissa, &other.mantissa);
        Self { exponent: quotient.exponent + self.exponent - other.exponent, ..quotient }
    }

    /// The whole part.
    pub(super) fn truncated(&self) -> Self {
        if self.exponent >= 0 {
            return self.clone();
        }
        let (sign, magnitude) = (self.mantissa.sign(), self.mantissa.magnitude());
        Self { mantissa: BigInt::from_biguint(sign, magnitude >> self.exponent.unsigned_abs()), exponent: 0 }
    }

    /// The power of two that it lies nearest to; zero for zero.
    pub(super) fn magnitude(&self) -> i64 {
        match self.mantissa.sign() {
            Sign::NoSign => 0,
            _ => self.exponent.saturating_add(i64::try_from(self.mantissa.bits()).unwrap_or(i64::MAX)),
        }
    }

    /// The same with the other sign.
    pub(super) fn negated(&self) -> Self {
        Self { mantissa: -&self.mantissa, exponent: self.exponent }
    }

    fn ratio(numerator: &BigInt, denominator: &BigInt) -> Self {
        let missing = BITS + 2 + denominator.bits();
        let shift = missing.saturating_sub(numerator.bits());
        let shifted = numerator << shift;
        let quotient = &shifted / denominator;
        let inexact = &quotient * denominator != shifted;
        Self::rounded(quotient, -i64::try_from(shift).unwrap_or(i64::MAX), inexact)
    }

    /// Rounds to the nearest float, to even on a tie; `inexact` says that a little was cut off already.
    fn rounded(mantissa: BigInt, exponent: i64, inexact: bool) -> Self {
        let excess = mantissa.bits().saturating_sub(BITS);
        if excess == 0 {
            return Self { mantissa, exponent };
        }
        let (sign, magnitude) = mantissa.into_parts();
        let mut kept: BigUint = &magnitude >> excess;
        let half = BigUint::from(1u8) << (excess - 1);
        let rest = magnitude - (&kept << excess);
        let up = rest > half || (rest == half && (inexact || kept.bit(0)));
        if up {
            kept += 1u8;
        }
        Self {
            mantissa: BigInt::from_biguint(sign, kept),
            exponent: exponent + i64::try_from(excess).unwrap_or(i64::MAX),
        }
    }

    /// The decimal with the fewest digits that is nearer to this float than to any other.
    pub(super) fn shortest(&self) -> BigDecimal {
        self.shortest_of(BITS)
    }

    /// The same among doubles, of which this is one.
    pub(super) fn shortest_of_double(&self) -> BigDecimal {
        self.shortest_of(53)
    }

    fn shortest_of(&self, bits: u64) -> BigDecimal {
        let (sign, magnitude) = (self.mantissa.sign(), self.mantissa.magnitude());
        if sign == Sign::NoSign {
            return BigDecimal::from(0);
        }
        // One more bit than the mantissa has, so that half of its last place is a whole number.
        let shift = bits + 1 - magnitude.bits();
        let wide = magnitude << shift;
        let exponent = self.exponent - i64::try_from(shift).unwrap_or(i64::MAX);
        let one = BigUint::from(1u8);
        let digits = Digits::new(&wide, exponent);
        let lower = Digits::new(&(&wide - &one), exponent);
        let upper = Digits::new(&(&wide + &one), exponent);
        let inclusive = !wide.bit(1);
        digits.shortest_between(&lower, &upper, inclusive).decimal(sign)
    }
}

fn ten_to(power: u64) -> BigInt {
    BigInt::from(10u8).pow(u32::try_from(power).unwrap_or(u32::MAX))
}

/// The exact decimal digits of a float: `0.d₀d₁d₂… × 10^point`, without trailing zeros.
struct Digits {
    digits: Vec<u8>,
    point: i64,
}

impl Digits {
    fn new(mantissa: &BigUint, exponent: i64) -> Self {
        let power = exponent.unsigned_abs();
        let (whole, scale) = if exponent >= 0 {
            (mantissa << power, 0)
        } else {
            // m / 2^k = m × 5^k / 10^k
            (mantissa * BigUint::from(5u8).pow(u32::try_from(power).unwrap_or(u32::MAX)), power)
        };
        let mut digits = whole.to_radix_be(10);
        let point =
            i64::try_from(digits.len()).unwrap_or(i64::MAX) - i64::try_from(scale).unwrap_or(i64::MAX);
        while digits.last() == Some(&0) {
            digits.pop();
        }
        Self { digits, point }
    }

    fn at(&self, index: usize) -> u8 {
        self.digits.get(index).copied().unwrap_or(0)
    }

    fn shortest_between(mut self, lower: &Self, upper: &Self, inclusive: bool) -> Self {
        for index in 0..self.digits.len() {
            let (low, digit, high) = (lower.at(index), self.at(index), upper.at(index));
            let down = low != digit || (inclusive && index + 1 == lower.digits.len());
            let up = digit != high && (inclusive || digit + 1 < high || index + 1 < upper.digits.len());
            let nearer_up = self.at(index + 1) >= 5;
            match (down, up) {
                (false, false) => {}
                (true, true) if nearer_up => return self.round_up(index + 1),
                (true, _) => {
                    self.digits.truncate(index + 1);
                    return self;
                }
                (false, true) => return self.round_up(index + 1),
            }
        }
        self
    }

    fn round_up(mut self, length: usize) -> Self {
        self.digits.truncate(length);
        while self.digits.last() == Some(&9) {
            self.digits.pop();
        }
        match self.digits.last_mut() {
            Some(last) => *last += 1,
            None => {
                self.digits.push(1);
                self.point += 1;
            }
        }
        self
    }

    fn decimal(&self, sign: Sign) -> BigDecimal {
        let magnitude = BigUint::from_radix_be(&self.digits, 10).unwrap_or_default();
        let length = i64::try_from(self.digits.len()).unwrap_or(i64::MAX);
        BigDecimal::from_bigint(BigInt::from_biguint(sign, magnitude), length - self.point)
    }
}
