//! Days of the calendar, and durations such as `1h30m`.

/// Days since 1970-01-01 of a date in the Gregorian calendar.
pub(super) fn days_of(year: i64, month: i64, day: i64) -> i64 {
    // Years that begin in March end with the leap day, which makes the sums regular.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Year, month and day of a number of days since 1970-01-01.
pub(super) fn date_of(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let calendar_month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(calendar_month <= 2), calendar_month, day)
}

/// A length of time, perhaps negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Duration {
    pub(super) nanoseconds: i128,
}

/// What durations are limited to: about 292 years, as much as 64 bits of nanoseconds hold.
const NANOSECONDS_MAX: i128 = i64::MAX as i128;

impl Duration {
    /// Reads `1h30m`, `-1.5h`, `300ms`, or says what is wrong.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let invalid = || format!("{text:?} is not a valid duration such as \"1h30m\"");
        let (sign, mut rest) = match text.as_bytes().first() {
            Some(b'-') => (-1, &text[1..]),
            Some(b'+') => (1, &text[1..]),
            _ => (1, text),
        };
        if rest == "0" {
            return Ok(Self { nanoseconds: 0 });
        }
        if rest.is_empty() {
            return Err(invalid());
        }
        let mut total = 0;
        while !rest.is_empty() {
            let number = rest.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or_else(invalid)?;
            let (amount, after) = rest.split_at(number);
            let unit = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
            let (unit, after) = after.split_at(unit);
            total += parsed(amount, unit).ok_or_else(invalid)?;
            if total > NANOSECONDS_MAX {
                return Err(invalid());
            }
            rest = after;
        }
        Ok(Self { nanoseconds: sign * total })
    }
}

fn parsed(amount: &str, unit: &str) -> Option<i128> {
    let scale: i128 = match unit {
        "ns" => 1,
        "us" | "µs" | "μs" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    };
    let (whole, fraction) = amount.split_once('.').unwrap_or((amount, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let fraction_digits: String = fraction.chars().take(18).collect();
    let part: i128 = if fraction_digits.is_empty() { 0 } else { fraction_digits.parse().ok()? };
    let divisor = 10_i128.pow(u32::try_from(fraction_digits.len()).ok()?);
    let total = whole.checked_mul(scale)?.checked_add(part.checked_mul(scale)? / divisor)?;
    (total <= NANOSECONDS_MAX).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;
    use test_case::test_case;

    #[test_case(1970, 1, 1, 0)]
    #[test_case(2000, 2, 29, 11_016)]
    #[test_case(1900, 3, 1, -25_508)]
    #[test_case(2024, 12, 31, 20_088)]
    fn days_and_dates_agree(year: i64, month: i64, day: i64, days: i64) {
        assert_eq!(days_of(year, month, day), days);
        assert_eq!(date_of(days), (year, month, day));
    }

    #[test_case("1h30m", 5_400_000_000_000)]
    #[test_case("-1.5s", -1_500_000_000)]
    #[test_case("2562047h47m16.854775807s", 9_223_372_036_854_775_807)]
    #[test_case("0", 0)]
    fn durations(text: &str, nanoseconds: i128) {
        assert_eq!(Duration::parse(text), Ok(Duration { nanoseconds }));
    }

    #[test_case("2562047h47m16.854775808s"; "longer than what 64 bits hold")]
    #[test_case("1d")]
    #[test_case("")]
    #[test_case("5")]
    fn what_is_no_duration_is_refused(text: &str) {
        assert!(Duration::parse(text).is_err());
    }
}
