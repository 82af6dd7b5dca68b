//! Dates and times, in RFC 3339.

use std::cmp::Ordering;

use recon_core::{Number, Value};

use super::format_date::format_date;
use super::time::{Duration, date_of, days_of};
use super::{Function, Outcome, Refusal, Returns, argument, pure, str_of, text, worldly};

pub(super) static FUNCTIONS: &[Function] = &[
    pure("formatdate", &[text("format"), text("time")], Returns::String, |a| {
        let time = parse(a, 1)?;
        format_date(str_of(&a[0]), &time).map(Value::from).map_err(|why| Refusal::of(0, why))
    }),
    pure("timeadd", &[text("timestamp"), text("duration")], Returns::String, timeadd),
    pure("timecmp", &[text("timestamp_a"), text("timestamp_b")], Returns::Number, timecmp),
    worldly("timestamp", &[], Returns::String, |world, _| {
        Ok(match world.context.scope().clock().applying {
            Some((now_ms, _)) => Timestamp::at(now_ms.div_euclid(1000)).to_string().into(),
            None => Returns::String.unknown(),
        })
    }),
    worldly("plantimestamp", &[], Returns::String, |world, _| {
        let planned_ms = world.context.scope().clock().planned_at_ms;
        Ok(Timestamp::at(planned_ms.div_euclid(1000)).to_string().into())
    }),
];

/// A point in time with the offset it was written in.
#[derive(Clone, Debug)]
pub(super) struct Timestamp {
    pub(super) year: i64,
    pub(super) month: i64,
    pub(super) day: i64,
    pub(super) hour: i64,
    pub(super) minute: i64,
    pub(super) second: i64,
    nanosecond: i64,
    offset_minutes: i64,
}

impl Timestamp {
    /// Seconds since the epoch, in UTC.
    fn at(epoch_s: i64) -> Self {
        Self::local(epoch_s, 0, 0)
    }

    fn local(local_s: i64, nanosecond: i64, offset_minutes: i64) -> Self {
        let (year, month, day) = date_of(local_s.div_euclid(86_400));
        let rest = local_s.rem_euclid(86_400);
        let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
        Self { year, month, day, hour, minute, second, nanosecond, offset_minutes }
    }

    fn local_s(&self) -> i64 {
        days_of(self.year, self.month, self.day) * 86_400 + self.hour * 3600 + self.minute * 60 + self.second
    }

    /// Days since a Sunday, modulo 7.
    pub(super) fn weekday(&self) -> usize {
        // 1970-01-01 was a Thursday.
        usize::try_from((days_of(self.year, self.month, self.day) + 4).rem_euclid(7)).unwrap_or(0)
    }

    /// The offset from UTC, as `+01:00` with that separator, or what stands for none.
    pub(super) fn zone(&self, separator: &str, none: &str) -> String {
        if self.offset_minutes == 0 {
            return none.to_owned();
        }
        let sign = if self.offset_minutes < 0 { '-' } else { '+' };
        let minutes = self.offset_minutes.abs();
        format!("{sign}{:02}{separator}{:02}", minutes / 60, minutes % 60)
    }

    fn instant(&self) -> (i64, i64) {
        (self.local_s() - self.offset_minutes * 60, self.nanosecond)
    }

    fn plus(&self, duration: Duration) -> Self {
        let nanoseconds = i128::from(self.nanosecond) + duration.nanoseconds;
        let carry = i64::try_from(nanoseconds.div_euclid(1_000_000_000)).unwrap_or(0);
        let rest = i64::try_from(nanoseconds.rem_euclid(1_000_000_000)).unwrap_or(0);
        Self::local(self.local_s() + carry, rest, self.offset_minutes)
    }

    /// Reads RFC 3339, or says what is wrong with it.
    fn parse(text: &str) -> Result<Self, String> {
        Self::read(Rest { text, at: 0, rules: Rules::Strict })
    }

    fn read(mut rest: Rest<'_>) -> Result<Self, String> {
        let year = rest.number(4, "a year with four digits", 0..=9999)?;
        rest.sign('-')?;
        let month = rest.number(2, "a month with two digits", 1..=12)?;
        rest.sign('-')?;
        let day = rest.number(2, "a day with two digits", 1..=31)?;
        let in_month = days_of(year + month / 12, month % 12 + 1, 1) - days_of(year, month, 1);
        if day > in_month {
            return Err(format!("day {day} is not in month {month} of {year}"));
        }
        rest.sign('T')?;
        let hour = rest.hour()?;
        rest.sign(':')?;
        let minute = rest.number(2, "a minute with two digits", 0..=59)?;
        rest.sign(':')?;
        let second = rest.number(2, "a second with two digits", 0..=59)?;
        let nanosecond = rest.fraction()?;
        let offset_minutes = rest.offset()?;
        if !rest.left().is_empty() {
            return Err(format!("extra characters {:?} after the UTC offset", rest.left()));
        }
        Ok(Self { year, month, day, hour, minute, second, nanosecond, offset_minutes })
    }
}

/// Without a fraction of a second.
impl std::fmt::Display for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { year, month, day, hour, minute, second, .. } = self;
        let width = if *year < 0 { 5 } else { 4 };
        write!(
            f,
            "{year:0width$}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{}",
            self.zone(":", "Z")
        )
    }
}

/// The part of a timestamp that is not read yet.
struct Rest<'a> {
    text: &'a str,
    at: usize,
    rules: Rules,
}

/// How a timestamp may be written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rules {
    /// As the RFC says.
    Strict,
    /// As `timecmp` reads it: an hour of one digit, a comma before the fraction, an offset of a whole day.
    Lenient,
}

impl Rest<'_> {
    fn left(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn wrong<T>(&self, expected: &str) -> Result<T, String> {
        let found = match self.left() {
            "" => "the end".to_owned(),
            left => format!("{left:?}"),
        };
        Err(format!("not a valid RFC 3339 timestamp: {expected} is required before {found}"))
    }

    fn number(
        &mut self,
        digits: usize,
        what: &str,
        range: std::ops::RangeInclusive<i64>,
    ) -> Result<i64, String> {
        let text = self.left().get(..digits).filter(|text| text.bytes().all(|digit| digit.is_ascii_digit()));
        match text.and_then(|text| text.parse().ok()).filter(|number| range.contains(number)) {
            Some(number) => {
                self.at += digits;
                Ok(number)
            }
            None => self.wrong(what),
        }
    }

    fn sign(&mut self, sign: char) -> Result<(), String> {
        if self.left().starts_with(sign) {
            self.at += sign.len_utf8();
            return Ok(());
        }
        self.wrong(&format!("{sign:?}"))
    }

    fn hour(&mut self) -> Result<i64, String> {
        let single = self.rules == Rules::Lenient && self.left().find(':') == Some(1);
        self.number(if single { 1 } else { 2 }, "an hour with two digits", 0..=23)
    }

    fn fraction(&mut self) -> Result<i64, String> {
        let separators = match self.rules {
            Rules::Strict => ".",
            Rules::Lenient => ".,",
        };
        if !self.left().starts_with(|c| separators.contains(c)) {
            return Ok(0);
        }
        let digits: String = self.left()[1..].chars().take_while(char::is_ascii_digit).collect();
        if digits.is_empty() {
            return self.wrong("a fraction of a second");
        }
        self.at += 1 + digits.len();
        let nine: String = digits.chars().chain("000000000".chars()).take(9).collect();
        nine.parse().map_err(|_| "a fraction of a second is out of range".to_owned())
    }

    fn offset(&mut self) -> Result<i64, String> {
        let direction = match self.left().chars().next() {
            Some('Z') => {
                self.at += 1;
                return Ok(0);
            }
            Some('+') => 1,
            Some('-') => -1,
            _ => return self.wrong("a UTC offset"),
        };
        self.at += 1;
        let (hours_max, minutes_max) = match self.rules {
            Rules::Strict => (23, 59),
            Rules::Lenient => (24, 60),
        };
        let hours = self.number(2, "the hours of a UTC offset", 0..=hours_max)?;
        self.sign(':')?;
        let minutes = self.number(2, "the minutes of a UTC offset", 0..=minutes_max)?;
        Ok(direction * (hours * 60 + minutes))
    }
}

fn parse(arguments: &[Value], index: usize) -> Result<Timestamp, Refusal> {
    Timestamp::parse(str_of(&arguments[index])).or_else(|why| argument(index, why))
}

fn timeadd(arguments: &[Value]) -> Outcome {
    let time = Timestamp::parse(str_of(&arguments[0]))?;
    let duration = Duration::parse(str_of(&arguments[1]))?;
    Ok(time.plus(duration).to_string().into())
}

fn timecmp(arguments: &[Value]) -> Outcome {
    let time = |index: usize| {
        let rest = Rest { text: str_of(&arguments[index]), at: 0, rules: Rules::Lenient };
        Timestamp::read(rest).map_err(|why| Refusal::of(index, why))
    };
    let (a, b) = (time(0)?, time(1)?);
    let ordering: Ordering = a.instant().cmp(&b.instant());
    Ok(Value::from(Number::from(ordering as i32)))
}

#[cfg(test)]
mod tests {
    use recon_core::Value;
    use test_case::test_case;

    use super::{timeadd, timecmp};

    #[test_case("2017-11-22T1:00:00Z", Some(1); "an hour of one digit")]
    #[test_case("2017-11-22T00:00:00,5Z", Some(1); "a comma")]
    #[test_case("2017-11-22T00:00:00+24:00", Some(-1); "an offset of a day")]
    #[test_case("2017-11-22T00:00:00-00:60", Some(1))]
    #[test_case("2017-11-22T00:00:00+25:00", None)]
    #[test_case("2017-11-22T01:0:00Z", None)]
    #[test_case("2017-11-22T24:00:00Z", None)]
    fn comparisons_read_more_than_the_standard_allows(time: &str, expected: Option<i64>) {
        let result = timecmp(&[time.into(), "2017-11-22T00:00:00Z".into()]);
        assert_eq!(result.ok(), expected.map(Value::from));
    }

    #[test_case("2017-11-22T23:59:59+01:00", "1s", Some("2017-11-23T00:00:00+01:00"))]
    #[test_case("0000-01-01T00:00:00Z", "-1s", Some("-0001-12-31T23:59:59Z"); "before the first year")]
    #[test_case("2017-11-22T1:00:00Z", "1s", None)]
    #[test_case("2017-11-22T00:00:00+24:00", "1s", None)]
    fn sums_of_times_and_durations(time: &str, duration: &str, expected: Option<&str>) {
        assert_eq!(timeadd(&[time.into(), duration.into()]).ok(), expected.map(Value::from));
    }
}
