//! Powers of doubles, rounded as the language rounds them: whole powers by squaring the mantissa, apart from the exponent.

/// So large an exponent of two that no double has it any more.
const EXPONENT_MAX: i32 = 1 << 12;

/// From here on a power is certainly even, and its result infinite, zero or one.
const POWER_MAX: f64 = 9_223_372_036_854_775_808.0;

/// `number` to the `power`.
pub(super) fn power(number: f64, power: f64) -> f64 {
    let (fraction, whole) = libm::modf(power.abs());
    if let Some(result) = without_computing(number, power, fraction) {
        return result;
    }
    // The nearer whole power leaves the smaller rest.
    let (fraction, whole) = if fraction > 0.5 { (fraction - 1.0, whole + 1.0) } else { (fraction, whole) };
    let rest = if fraction == 0.0 { 1.0 } else { libm::exp(fraction * libm::log(number)) };
    let (mantissa, exponent) = whole_power(number, whole, rest);
    if power < 0.0 { libm::ldexp(1.0 / mantissa, -exponent) } else { libm::ldexp(mantissa, exponent) }
}

/// Zeros, infinities and what has no result follow rules of their own, which are everywhere the same.
#[expect(clippy::float_cmp, reason = "one itself is meant")]
fn without_computing(number: f64, power: f64, fraction: f64) -> Option<f64> {
    let special = number == 0.0
        || number == 1.0
        || power == 0.0
        || !number.is_finite()
        || !power.is_finite()
        || (number < 0.0 && fraction != 0.0)
        || power.abs() >= POWER_MAX;
    match power {
        _ if special => Some(number.powf(power)),
        0.5 => Some(number.sqrt()),
        -0.5 => Some(1.0 / number.sqrt()),
        _ => None,
    }
}

/// `start` times `number` to a whole power, as a mantissa and an exponent of two.
fn whole_power(number: f64, power: f64, start: f64) -> (f64, i32) {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, and below POWER_MAX")]
    let mut bits = power as u64;
    let (mut square, mut square_exponent) = libm::frexp(number);
    let (mut mantissa, mut exponent) = (start, 0);
    while bits != 0 {
        if square_exponent.abs() > EXPONENT_MAX {
            return (mantissa, exponent + square_exponent);
        }
        if bits & 1 == 1 {
            mantissa *= square;
            exponent += square_exponent;
        }
        square *= square;
        square_exponent *= 2;
        if square < 0.5 {
            square *= 2.0;
            square_exponent -= 1;
        }
        bits >>= 1;
    }
    (mantissa, exponent)
}

#[cfg(test)]
mod tests {
    use super::power;
    use test_case::test_case;

    #[test_case(2.0, 10.0, "1024")]
    #[test_case(3.0, 100.0, "515377520732011400000000000000000000000000000000")]
    #[test_case(
        62.0,
        62.0,
        "1343645645152250200000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    )]
    #[test_case(-2.5, 100.0, "6223015277861143000000000000000000000000")]
    #[test_case(27.0, 1.0 / 3.0, "2.9999999999999996")]
    #[test_case(100.0, -2.5, "0.000009999999999999999")]
    #[test_case(0.0, -1.0, "inf")]
    #[test_case(-8.0, 1.0 / 3.0, "NaN")]
    #[test_case(2.0, 5000.0, "inf"; "too large")]
    fn powers(number: f64, exponent: f64, expected: &str) {
        assert_eq!(power(number, exponent).to_string(), expected);
    }
}
