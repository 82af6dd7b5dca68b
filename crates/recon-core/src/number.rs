//! Decimals of any size: exact, as Terraform's users see them.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use bigdecimal::{BigDecimal, FromPrimitive, ToPrimitive};

/// The digits kept where a result has no end, as in `1 / 3`; about what 512 bits hold.
const DIGITS_MAX: u64 = 155;

/// The largest exponent that text may ask for; beyond it a literal of ten bytes would fill the memory.
const EXPONENT_MAX: i64 = 100_000;

/// A number of the language. Equal numbers have equal representations.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Number(Form);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Form {
    Small(i64),
    /// Normalised, and never what `Small` can hold.
    Big(Arc<BigDecimal>),
}

impl Number {
    /// A number from a decimal.
    pub fn new(decimal: &BigDecimal) -> Self {
        let normal = decimal.normalized();
        match normal.is_integer().then(|| normal.to_i64()).flatten() {
            Some(small) => Self(Form::Small(small)),
            None => Self(Form::Big(Arc::new(normal))),
        }
    }

    /// The number nearest to a float, or nothing for a NaN or an infinity.
    pub fn from_f64(float: f64) -> Option<Self> {
        // The shortest text that reads back as the float is what its writer meant.
        if float.is_finite() { format!("{float}").parse().ok() } else { None }
    }

    /// The decimal.
    pub fn decimal(&self) -> BigDecimal {
        match &self.0 {
            Form::Small(small) => BigDecimal::from(*small),
            Form::Big(big) => (**big).clone(),
        }
    }

    /// The whole number, if it is one and fits.
    pub fn as_i64(&self) -> Option<i64> {
        match &self.0 {
            Form::Small(small) => Some(*small),
            Form::Big(_) => None,
        }
    }

    /// The nearest floating-point number.
    #[expect(clippy::cast_precision_loss, reason = "the caller asks for the nearest float")]
    pub fn as_f64(&self) -> f64 {
        match &self.0 {
            Form::Small(small) => *small as f64,
            Form::Big(big) => big.to_f64().unwrap_or(f64::INFINITY),
        }
    }

    /// Whether it has no fraction.
    pub fn is_integer(&self) -> bool {
        match &self.0 {
            Form::Small(_) => true,
            Form::Big(big) => big.is_integer(),
        }
    }

    /// Rounded to the digits that a result without end keeps.
    #[must_use]
    pub fn rounded(decimal: &BigDecimal) -> Self {
        if decimal.digits() > DIGITS_MAX {
            Self::new(&decimal.with_prec(DIGITS_MAX))
        } else {
            Self::new(decimal)
        }
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self(Form::Small(value))
    }
}

impl From<i32> for Number {
    fn from(value: i32) -> Self {
        Self(Form::Small(value.into()))
    }
}

impl From<u32> for Number {
    fn from(value: u32) -> Self {
        Self(Form::Small(value.into()))
    }
}

impl From<usize> for Number {
    fn from(value: usize) -> Self {
        BigDecimal::from_usize(value).map_or(Self(Form::Small(0)), |decimal| Self::new(&decimal))
    }
}

/// Text that is not a decimal number, or one beyond what fits in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a number")]
pub struct NotANumber;

impl FromStr for Number {
    type Err = NotANumber;

    fn from_str(text: &str) -> Result<Self, NotANumber> {
        if let Ok(small) = text.parse::<i64>()
            && !text.starts_with('+')
        {
            return Ok(Self(Form::Small(small)));
        }
        let digits = text.strip_prefix('-').unwrap_or(text);
        if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') || text.contains('_') {
            return Err(NotANumber);
        }
        if let Some((_, exponent)) = text.split_once(['e', 'E']) {
            let exponent: i64 = exponent.parse().map_err(|_| NotANumber)?;
            if exponent.abs() > EXPONENT_MAX {
                return Err(NotANumber);
            }
        }
        BigDecimal::from_str(text).map(|decimal| Self::new(&decimal)).map_err(|_| NotANumber)
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        match (&self.0, &other.0) {
            (Form::Small(a), Form::Small(b)) => a.cmp(b),
            _ => self.decimal().cmp(&other.decimal()),
        }
    }
}

/// Plain decimal notation, never an exponent.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Form::Small(small) => write!(f, "{small}"),
            Form::Big(big) => f.write_str(&big.to_plain_string()),
        }
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
