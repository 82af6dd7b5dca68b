//! Numbers as the verbs of `format` write them.

use bigdecimal::{BigDecimal, RoundingMode};
use num_bigint::{BigInt, Sign};
use recon_core::Number;

use super::format::Verb;

/// A whole number in the base that the verb asks for.
pub(super) fn integer(verb: &Verb<'_>, number: &BigDecimal) -> String {
    let (whole, _) = number.with_scale(0).into_bigint_and_exponent();
    let (radix, prefix) = match verb.mode {
        'b' => (2, "0b"),
        'o' => (8, "0"),
        'x' => (16, "0x"),
        'X' => (16, "0X"),
        _ => (10, ""),
    };
    let mut digits = whole.magnitude().to_str_radix(radix);
    if verb.mode == 'X' {
        digits = digits.to_uppercase();
    }
    if let Some(precision) = verb.precision {
        digits = format!("{}{digits}", "0".repeat(precision.saturating_sub(digits.len())));
    }
    let prefix = if verb.sharp { prefix } else { "" };
    let sign = sign(verb, whole.sign() == Sign::Minus);
    // A precision says how many digits there are, so that zeros do not fill the width any more.
    signed(verb, &format!("{sign}{prefix}"), &digits, verb.zero && verb.precision.is_none())
}

fn sign(verb: &Verb<'_>, negative: bool) -> &'static str {
    match (negative, verb.plus, verb.space) {
        (true, _, _) => "-",
        (false, true, _) => "+",
        (false, false, true) => " ",
        (false, false, false) => "",
    }
}

fn signed(verb: &Verb<'_>, sign: &str, digits: &str, zeros: bool) -> String {
    let missing = verb.width.saturating_sub(sign.chars().count() + digits.chars().count());
    match (verb.minus, zeros) {
        (true, _) => format!("{sign}{digits}{}", " ".repeat(missing)),
        (false, true) => format!("{sign}{}{digits}", "0".repeat(missing)),
        (false, false) => format!("{}{sign}{digits}", " ".repeat(missing)),
    }
}

/// A number with a fraction or an exponent, as the verb asks for.
pub(super) fn float(verb: &Verb<'_>, number: &Number) -> String {
    if number.is_infinite() {
        let negative = *number < Number::from(0);
        let sign = if negative { "-" } else { "+" };
        return signed(verb, sign, "Inf", false);
    }
    let decimal = number.decimal();
    let magnitude = decimal.abs();
    let digits = match verb.mode {
        'g' | 'G' if verb.precision.is_none() => shortest(&as_shown(number).abs(), None),
        'f' => fixed(&magnitude, verb.precision.unwrap_or(6)),
        'e' | 'E' => scientific(&magnitude, verb.precision.unwrap_or(6)),
        _ => shortest(&magnitude, verb.precision),
    };
    let digits = if verb.mode.is_ascii_uppercase() { digits.to_uppercase() } else { digits };
    signed(verb, sign(verb, decimal.sign() == Sign::Minus), &digits, verb.zero)
}

/// A number as `%v` writes it: with an exponent where it is very large or small.
pub(super) fn general(number: &Number) -> String {
    if number.is_infinite() || *number == Number::from(0) {
        return number.to_string();
    }
    let decimal = as_shown(number);
    let sign = if decimal.sign() == Sign::Minus { "-" } else { "" };
    format!("{sign}{}", shortest(&decimal.abs(), None))
}

/// With no more digits than are shown of it elsewhere.
fn as_shown(number: &Number) -> BigDecimal {
    number.to_string().parse().unwrap_or_else(|_| number.decimal())
}

fn places(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn fixed(magnitude: &BigDecimal, precision: usize) -> String {
    let rounded = magnitude.with_scale_round(places(precision), RoundingMode::HalfEven);
    let plain = rounded.to_plain_string();
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    if precision == 0 {
        return whole.to_owned();
    }
    format!("{whole}.{fraction:0<precision$}")
}

/// The significant digits and the exponent of the first.
fn digits_and_exponent(magnitude: &BigDecimal) -> (String, i64) {
    let (digits, scale) = magnitude.normalized().into_bigint_and_exponent();
    let digits = if digits == BigInt::from(0) { "0".to_owned() } else { digits.to_string() };
    let exponent = places(digits.len()) - 1 - scale;
    (digits, exponent)
}

fn with_exponent(digits: &str, exponent: i64) -> String {
    let (first, rest) = digits.split_at(1);
    let point = if rest.is_empty() { "" } else { "." };
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{first}{point}{rest}e{sign}{:02}", exponent.unsigned_abs())
}

fn scientific(magnitude: &BigDecimal, precision: usize) -> String {
    let (_, exponent) = digits_and_exponent(magnitude);
    let rounded = magnitude.with_scale_round(places(precision) - exponent, RoundingMode::HalfEven);
    let (digits, exponent) = digits_and_exponent(&rounded);
    let width = precision + 1;
    with_exponent(&format!("{digits:0<width$}"), exponent)
}

fn shortest(magnitude: &BigDecimal, precision: Option<usize>) -> String {
    let rounded = match precision {
        None => magnitude.clone(),
        Some(precision) => {
            let (_, exponent) = digits_and_exponent(magnitude);
            let scale = places(precision.max(1)) - 1 - exponent;
            magnitude.with_scale_round(scale, RoundingMode::HalfEven)
        }
    };
    let (digits, exponent) = digits_and_exponent(&rounded);
    // So many digits stand before the point at most; past that an exponent is easier to read.
    let most = precision.map_or(6, |precision| places(precision.max(1)));
    if rounded.sign() != Sign::NoSign && (exponent < -4 || exponent >= most) {
        return with_exponent(&digits, exponent);
    }
    rounded.normalized().to_plain_string()
}
