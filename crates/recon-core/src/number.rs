//! Numbers of the language: 512 bits of precision, kept and shown as the shortest decimal that means the same.

mod binary;
mod digits;

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::sync::Arc;

use bigdecimal::{BigDecimal, FromPrimitive, ToPrimitive};

use binary::Binary;

/// Decimals of so many digits all stand for different floats of 512 bits, and need no rounding.
const DIGITS_EXACT_MAX: u64 = 153;

/// The largest exponent that text may ask for and a result may have; beyond it a literal of ten bytes, or a few
/// multiplications, would fill the memory.
const EXPONENT_MAX: i64 = 5_000;

/// The longest text that can be a number, in bytes.
const TEXT_BYTES_MAX: usize = 10_000;

/// The largest power of two that a result may have; as much as [`EXPONENT_MAX`] is of ten.
const BINARY_EXPONENT_MAX: i64 = EXPONENT_MAX * 4;

/// A number of the language. Equal numbers have equal values, and may still be shown differently.
#[derive(Clone)]
pub struct Number(Form);

#[derive(Clone)]
enum Form {
    Plain(Plain),
    /// Shown otherwise than by all its digits.
    Shown(Arc<Shown>),
}

struct Shown {
    value: Plain,
    text: String,
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Plain {
    Small(i64),
    /// Normalised, and never what `Small` can hold.
    Big(Arc<BigDecimal>),
    /// What a division by zero gives.
    Infinite {
        negative: bool,
    },
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.value() == other.value()
    }
}

impl Eq for Number {}

impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.value().hash(state);
    }
}

/// A computation without a result, such as `0 / 0`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoResult(&'static str);

impl Number {
    /// Greater than every other.
    pub const INFINITY: Self = Self(Form::Plain(Plain::Infinite { negative: false }));
    /// Less than every other.
    pub const NEGATIVE_INFINITY: Self = Self(Form::Plain(Plain::Infinite { negative: true }));

    /// A number from a decimal.
    pub fn new(decimal: &BigDecimal) -> Self {
        let normal = decimal.normalized();
        match normal.is_integer().then(|| normal.to_i64()).flatten() {
            Some(small) => Self::from(small),
            None => Self::plain(Plain::Big(Arc::new(normal))),
        }
    }

    /// What counts, whatever is shown.
    fn value(&self) -> &Plain {
        match &self.0 {
            Form::Plain(value) => value,
            Form::Shown(shown) => &shown.value,
        }
    }

    const fn plain(value: Plain) -> Self {
        Self(Form::Plain(value))
    }

    /// Exactly a float, of which no more digits are shown than tell it from other floats; nothing for a NaN.
    pub fn exactly(float: f64) -> Option<Self> {
        if float.is_infinite() {
            return Some(if float > 0.0 { Self::INFINITY } else { Self::NEGATIVE_INFINITY });
        }
        let binary = Binary::exactly(float)?;
        if float == 0.0 {
            return Some(Self::zero(float.is_sign_negative()));
        }
        let (value, text) = (Self::new(&binary.shortest()), binary.shortest_of_double().to_plain_string());
        Some(if value.to_string() == text { value } else { Self::shown(&value, text) })
    }

    fn shown(value: &Self, text: String) -> Self {
        Self(Form::Shown(Arc::new(Shown { value: value.value().clone(), text })))
    }

    /// Zero, which has a sign in this language: it shows, and that is all.
    fn zero(negative: bool) -> Self {
        if negative { Self::shown(&Self::from(0), "-0".to_owned()) } else { Self::from(0) }
    }

    fn is_negative_zero(&self) -> bool {
        matches!(&self.0, Form::Shown(shown) if shown.value == Plain::Small(0))
    }

    fn is_negative(&self) -> bool {
        self.sign() == Ordering::Less || self.is_negative_zero()
    }

    /// The number nearest to a float, or nothing for a NaN or an infinity.
    pub fn from_f64(float: f64) -> Option<Self> {
        // The shortest text that reads back as the float is what its writer meant.
        if float.is_finite() { format!("{float}").parse().ok() } else { None }
    }

    /// The decimal; of an infinity, one with the largest exponent that text may have.
    pub fn decimal(&self) -> BigDecimal {
        match self.value() {
            Plain::Small(small) => BigDecimal::from(*small),
            Plain::Big(big) => (**big).clone(),
            Plain::Infinite { negative } => {
                BigDecimal::new(if *negative { -1 } else { 1 }.into(), -EXPONENT_MAX)
            }
        }
    }

    /// The whole number, if it is one and fits.
    pub fn as_i64(&self) -> Option<i64> {
        match self.value() {
            Plain::Small(small) => Some(*small),
            Plain::Big(_) | Plain::Infinite { .. } => None,
        }
    }

    /// The nearest floating-point number.
    #[expect(clippy::cast_precision_loss, reason = "the caller asks for the nearest float")]
    pub fn as_f64(&self) -> f64 {
        match self.value() {
            Plain::Small(small) => *small as f64,
            // The library's own conversion is off by some last places.
            Plain::Big(big) => big.to_string().parse().unwrap_or(f64::INFINITY),
            Plain::Infinite { negative: true } => f64::NEG_INFINITY,
            Plain::Infinite { negative: false } => f64::INFINITY,
        }
    }

    /// Whether it has no fraction.
    pub fn is_integer(&self) -> bool {
        match self.value() {
            Plain::Small(_) => true,
            Plain::Big(big) => big.is_integer(),
            Plain::Infinite { .. } => false,
        }
    }

    /// Whether it is one of the infinities.
    pub fn is_infinite(&self) -> bool {
        matches!(self.value(), Plain::Infinite { .. })
    }

    /// Less than zero, zero, or greater.
    pub fn sign(&self) -> Ordering {
        self.cmp(&Self::from(0))
    }

    /// Rounded to what 512 bits hold.
    #[must_use]
    pub fn rounded(decimal: &BigDecimal) -> Self {
        if decimal.digits() > DIGITS_EXACT_MAX {
            Self::new(&Binary::nearest(decimal).shortest())
        } else {
            Self::new(decimal)
        }
    }

    fn held(result: &Binary) -> Result<Self, NoResult> {
        if result.magnitude().abs() > BINARY_EXPONENT_MAX {
            return Err(NoResult("the result is too large or too small to be held"));
        }
        Ok(Self::new(&result.shortest()))
    }

    fn binary(&self) -> Binary {
        Binary::nearest(&self.decimal())
    }
}

/// Arithmetic.
impl Number {
    /// The sum.
    pub fn plus(&self, other: &Self) -> Result<Self, NoResult> {
        match (self.value(), other.value()) {
            (Plain::Small(a), Plain::Small(b)) if let Some(sum) = a.checked_add(*b) => Ok(Self::from(sum)),
            (Plain::Infinite { negative: a }, Plain::Infinite { negative: b }) if a != b => {
                Err(NoResult("can't compute sum of opposing infinities"))
            }
            (Plain::Infinite { .. }, _) => Ok(self.clone()),
            (_, Plain::Infinite { .. }) => Ok(other.clone()),
            _ => Self::held(&self.binary().plus(&other.binary())),
        }
    }

    /// The difference.
    pub fn minus(&self, other: &Self) -> Result<Self, NoResult> {
        if self.is_infinite() && self == other {
            return Err(NoResult("can't subtract infinity from itself"));
        }
        self.plus(&other.negated())
    }

    /// The product.
    pub fn times(&self, other: &Self) -> Result<Self, NoResult> {
        if self.is_infinite() || other.is_infinite() {
            return match (self.sign(), other.sign()) {
                (Ordering::Equal, _) | (_, Ordering::Equal) => {
                    Err(NoResult("can't multiply zero by infinity"))
                }
                (a, b) if a == b => Ok(Self::INFINITY),
                _ => Ok(Self::NEGATIVE_INFINITY),
            };
        }
        match (self.value(), other.value()) {
            (Plain::Small(0), _) | (_, Plain::Small(0)) => {
                Ok(Self::zero(self.is_negative() != other.is_negative()))
            }
            (Plain::Small(a), Plain::Small(b)) if let Some(product) = a.checked_mul(*b) => {
                Ok(Self::from(product))
            }
            _ => Self::held(&self.binary().times(&other.binary())),
        }
    }

    /// The quotient; a division by zero gives an infinity.
    pub fn divided_by(&self, other: &Self) -> Result<Self, NoResult> {
        match (self.value(), other.value()) {
            (Plain::Small(0), Plain::Small(0)) | (Plain::Infinite { .. }, Plain::Infinite { .. }) => {
                Err(NoResult("can't divide zero by zero or infinity by infinity"))
            }
            (_, Plain::Small(0)) if self.is_negative() != other.is_negative() => Ok(Self::NEGATIVE_INFINITY),
            (_, Plain::Small(0)) => Ok(Self::INFINITY),
            (_, Plain::Infinite { .. }) => Ok(Self::from(0)),
            (Plain::Infinite { .. }, _) if other.sign() == Ordering::Less => Ok(self.negated()),
            (Plain::Infinite { .. }, _) => Ok(self.clone()),
            (Plain::Small(0), _) => Ok(Self::zero(self.is_negative() != other.is_negative())),
            (Plain::Small(a), Plain::Small(b)) if a.checked_rem(*b) == Some(0) => Ok(Self::from(a / b)),
            _ => Self::held(&self.binary().divided_by(&other.binary())),
        }
    }

    /// The remainder of the division that rounds toward zero; by zero, the number itself.
    pub fn remainder(&self, other: &Self) -> Result<Self, NoResult> {
        match (self.value(), other.value()) {
            (_, Plain::Small(0)) => Ok(self.clone()),
            (Plain::Infinite { .. }, _) | (_, Plain::Infinite { .. }) => {
                Err(NoResult("can't use modulo with infinity"))
            }
            (Plain::Small(0), _) => Ok(self.clone()),
            (Plain::Small(a), Plain::Small(b)) if let Some(rest) = a.checked_rem(*b) => Ok(Self::from(rest)),
            _ => {
                let (a, b) = (self.binary(), other.binary());
                let whole = a.divided_by(&b).truncated();
                Self::held(&a.plus(&b.times(&whole).negated()))
            }
        }
    }

    /// The same with the other sign.
    #[must_use]
    pub fn negated(&self) -> Self {
        if let Form::Shown(shown) = &self.0 {
            return match shown.text.strip_prefix('-') {
                Some("0") => Self::from(0),
                Some(text) => Self::shown(&Self::plain(shown.value.clone()).negated(), text.to_owned()),
                None => Self::shown(&Self::plain(shown.value.clone()).negated(), format!("-{}", shown.text)),
            };
        }
        match self.value() {
            Plain::Small(0) => Self::zero(true),
            Plain::Small(small) if let Some(negated) = small.checked_neg() => Self::from(negated),
            Plain::Infinite { negative } => Self::plain(Plain::Infinite { negative: !negative }),
            Plain::Small(_) | Plain::Big(_) => Self::new(&-self.decimal()),
        }
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self::plain(Plain::Small(value))
    }
}

impl From<i32> for Number {
    fn from(value: i32) -> Self {
        Self::plain(Plain::Small(value.into()))
    }
}

impl From<u32> for Number {
    fn from(value: u32) -> Self {
        Self::plain(Plain::Small(value.into()))
    }
}

impl From<usize> for Number {
    fn from(value: usize) -> Self {
        BigDecimal::from_usize(value).map_or(Self::from(0), |decimal| Self::new(&decimal))
    }
}

/// Text that is not a decimal number, or one beyond what fits in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a number")]
pub struct NotANumber;

impl FromStr for Number {
    type Err = NotANumber;

    fn from_str(text: &str) -> Result<Self, NotANumber> {
        if let Ok(small) = text.parse::<i64>() {
            return Ok(if small == 0 { Self::zero(text.starts_with('-')) } else { Self::from(small) });
        }
        if text.len() > TEXT_BYTES_MAX {
            return Err(NotANumber);
        }
        let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
        if matches!(digits, "Inf" | "inf") {
            return Ok(if text.starts_with('-') { Self::NEGATIVE_INFINITY } else { Self::INFINITY });
        }
        if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') || text.contains('_') {
            return Err(NotANumber);
        }
        if let Some((_, exponent)) = text.split_once(['e', 'E']) {
            let exponent: i64 = exponent.parse().map_err(|_| NotANumber)?;
            if exponent.abs() > EXPONENT_MAX {
                return Err(NotANumber);
            }
        }
        let decimal = BigDecimal::from_str(text).map_err(|_| NotANumber)?;
        let number = Self::rounded(&decimal);
        Ok(if number == Self::from(0) { Self::zero(text.starts_with('-')) } else { number })
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        let sign = |negative: &bool| if *negative { Ordering::Less } else { Ordering::Greater };
        match (self.value(), other.value()) {
            (Plain::Small(a), Plain::Small(b)) => a.cmp(b),
            (Plain::Infinite { negative: a }, Plain::Infinite { negative: b }) => b.cmp(a),
            (Plain::Infinite { negative }, _) => sign(negative),
            (_, Plain::Infinite { negative }) => sign(negative).reverse(),
            _ => self.decimal().cmp(&other.decimal()),
        }
    }
}

/// Plain decimal notation, never an exponent; of what was a float, no more digits than a float has.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Form::Shown(shown) = &self.0 {
            return f.write_str(&shown.text);
        }
        match self.value() {
            Plain::Small(small) => write!(f, "{small}"),
            Plain::Big(big) => f.write_str(&big.to_plain_string()),
            Plain::Infinite { negative } => f.write_str(if *negative { "-Inf" } else { "+Inf" }),
        }
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use test_case::test_case;

    fn number(text: &str) -> Number {
        text.parse().expect("a number")
    }

    #[test_case("1", "3", &format!("0.{}5", "3".repeat(154)))]
    #[test_case("10", "3", &format!("3.{}2", "3".repeat(153)))]
    #[test_case("5", "2", "2.5"; "what has an end is exact")]
    #[test_case("-5", "0", "-Inf"; "by zero")]
    fn quotients_end_where_512_bits_end(a: &str, b: &str, quotient: &str) {
        assert_eq!(number(a).divided_by(&number(b)).unwrap().to_string(), quotient);
    }

    #[test_case("0.1", "0.2", "0.3")]
    #[test_case("9223372036854775807", "1", "9223372036854775808"; "past 64 bits")]
    fn sums(a: &str, b: &str, sum: &str) {
        assert_eq!(number(a).plus(&number(b)).unwrap().to_string(), sum);
    }

    #[test_case("-7", "3", "-1")]
    #[test_case("7.5", "2", "1.5")]
    #[test_case("7", "-3", "1")]
    fn remainders_round_toward_zero(a: &str, b: &str, rest: &str) {
        assert_eq!(number(a).remainder(&number(b)).unwrap().to_string(), rest);
    }

    #[test]
    fn two_thirds_times_three_is_two() {
        let third = number("2").divided_by(&number("3")).unwrap();
        assert_eq!(third.times(&number("3")).unwrap(), number("2"));
    }

    #[test]
    fn results_beyond_what_can_be_held_are_refused() {
        let mut large = number("1e4000");
        while let Ok(larger) = large.times(&large) {
            large = larger;
        }
        assert!(large.to_string().len() < 20_000);
    }

    #[test]
    fn what_is_shown_reads_back() {
        for number in
            [Number::INFINITY, Number::NEGATIVE_INFINITY, number("1").divided_by(&number("3")).unwrap()]
        {
            assert_eq!(number.to_string().parse(), Ok(number));
        }
    }

    #[test]
    fn a_float_is_exact_and_shown_as_a_float() {
        let power = Number::exactly(2_f64.powi(70)).unwrap();
        assert_eq!(power.to_string(), "1180591620717411300000");
        assert_eq!(power, number("1180591620717411303424"));
        assert_eq!(power.plus(&number("0")).unwrap().to_string(), "1180591620717411303424");
        assert_eq!(power.negated().to_string(), "-1180591620717411300000");
        assert_eq!(Number::exactly(0.5).unwrap().to_string(), "0.5");
        assert_eq!(Number::exactly(1e23).unwrap().to_string(), "100000000000000000000000");
    }

    #[test]
    fn the_sign_of_zero_is_shown_and_means_nothing() {
        let zero = number("0").times(&number("-1")).unwrap();
        assert_eq!((zero.to_string().as_str(), &zero), ("-0", &number("0")));
        assert_eq!(zero.negated().to_string(), "0");
        assert_eq!(number("-0.0").to_string(), "-0");
        assert_eq!(zero.plus(&number("0")).unwrap().to_string(), "0");
    }

    #[test]
    fn infinity_leaves_no_remainder() {
        assert!(number("5").remainder(&Number::INFINITY).is_err());
        assert!(Number::INFINITY.remainder(&number("5")).is_err());
        assert_eq!(number("-0").remainder(&number("0.5")).unwrap().to_string(), "-0");
        assert_eq!(number("1").divided_by(&number("-0")).unwrap(), Number::NEGATIVE_INFINITY);
    }

    #[test]
    fn zero_by_zero_has_no_result() {
        assert!(number("0").divided_by(&number("0")).is_err());
    }
}
