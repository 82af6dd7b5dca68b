//! Points in time in the spellings of the services.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use serde_json::{Number, Value};

/// Returns milliseconds since the Unix epoch.
pub(crate) fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Returns `2026-01-31T12:00:00.000+0000`, as Lambda spells `LastModified`.
pub(crate) fn lambda(ms: i64) -> String {
    format!("{}.{:03}+0000", spelled(ms, "%Y-%m-%dT%H:%M:%S"), ms.rem_euclid(1000))
}

/// Returns `2026-01-31T12:00:00.000Z`, as function URLs and S3 listings are spelled.
pub(crate) fn iso_ms(ms: i64) -> String {
    format!("{}.{:03}Z", spelled(ms, "%Y-%m-%dT%H:%M:%S"), ms.rem_euclid(1000))
}

/// Returns `2026-01-31T12:00:00Z`, as IAM spells dates.
pub(crate) fn iso(ms: i64) -> String {
    spelled(ms, "%Y-%m-%dT%H:%M:%SZ")
}

/// Returns `Sat, 31 Jan 2026 12:00:00 GMT`, as HTTP spells dates.
pub(crate) fn http(ms: i64) -> String {
    spelled(ms, "%a, %d %b %Y %H:%M:%S GMT")
}

/// Reads a date as HTTP spells it, in milliseconds.
pub(crate) fn parse_http(text: &str) -> Option<i64> {
    let date = jiff::fmt::strtime::parse("%a, %d %b %Y %H:%M:%S GMT", text.trim()).ok()?;
    Some(jiff::tz::TimeZone::UTC.to_timestamp(date.to_datetime().ok()?).ok()?.as_millisecond())
}

/// Returns seconds since the epoch as a JSON number, whole where it can be.
pub(crate) fn seconds(ms: i64) -> Value {
    if ms % 1000 == 0 {
        return Value::from(ms / 1000);
    }
    #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit 53 bits for 285,000 years")]
    let seconds = ms as f64 / 1000.0;
    Number::from_f64(seconds).map_or(Value::Null, Value::Number)
}

fn spelled(ms: i64, format: &str) -> String {
    Timestamp::from_millisecond(ms).unwrap_or_default().strftime(format).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_service_has_its_spelling() {
        let ms = 1_767_225_600_123;
        assert_eq!(lambda(ms), "2026-01-01T00:00:00.123+0000");
        assert_eq!(iso(ms), "2026-01-01T00:00:00Z");
        assert_eq!(http(ms), "Thu, 01 Jan 2026 00:00:00 GMT");
        assert_eq!(parse_http("Thu, 01 Jan 2026 00:00:00 GMT"), Some(1_767_225_600_000));
        assert_eq!(seconds(1_767_225_600_000), Value::from(1_767_225_600_i64));
        assert_eq!(seconds(ms), Value::from(1_767_225_600.123));
    }
}
