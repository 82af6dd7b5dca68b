//! Whether an object is young enough to be what a create without an answer made.

use aws_smithy_types::DateTime;

/// Whether an object was made at or after a time of this machine's clock, which may go a little fast.
pub(super) fn is_since(created: Option<&DateTime>, since_ms: i64) -> bool {
    const CLOCK_SKEW_SECONDS: i64 = 10;
    created.is_some_and(|created| created.secs() >= since_ms.div_euclid(1_000) - CLOCK_SKEW_SECONDS)
}
