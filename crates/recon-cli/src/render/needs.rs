//! What an apply of a plan needs from AWS: calls, and the least time that quotas allow.

use std::time::Duration;

use recon_core::needs::Needs;
use serde_json::{Value as Json, json};

/// One sentence; nothing where no call is needed.
pub(crate) fn text(needs: &Needs) -> Option<String> {
    let Needs { calls: _, least, bound } = needs;
    let calls = match needs.total() {
        0 => return None,
        1 => "1 call".to_owned(),
        more => format!("{more} calls"),
    };
    Some(match bound {
        Some(quota) => format!(
            "Needs {calls}; AWS's quotas allow it in {} at the least ({}: {quota}).",
            duration(*least),
            quota.label
        ),
        None => format!("Needs {calls}, which AWS's quotas let through at once."),
    })
}

/// The same for programs.
pub(crate) fn json(needs: &Needs) -> Json {
    let bound = needs.bound.map(|quota| json!({ "name": quota.name, "calls_per_second": quota.rate }));
    json!({
        "calls": needs.total(),
        "operations": needs.calls,
        "seconds_min": needs.least.as_secs_f64(),
        "quota": bound,
    })
}

/// `2 h 5 min`, `1 min 40 s`, `0.4 s`
fn duration(time: Duration) -> String {
    if time < Duration::from_secs(10) {
        let tenths = (time.as_secs_f64() * 10.0).ceil() / 10.0;
        return format!("{tenths} s");
    }
    let seconds = time.as_secs() + u64::from(time.subsec_nanos() > 0);
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes, rest) {
        (0, 0, rest) => format!("{rest} s"),
        (0, minutes, 0) => format!("{minutes} min"),
        (0, minutes, rest) => format!("{minutes} min {rest} s"),
        (hours, 0, _) => format!("{hours} h"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use recon_core::quota::Quota;

    use super::*;

    static QUOTA: Quota = Quota { name: "x:Make", label: "Make", rate: 0.2, burst: 1.0 };

    fn needs(least_ms: u64, bound: Option<&'static Quota>) -> Needs {
        let calls = [("x:Make", 21), ("x:Put", 33)].into();
        Needs { calls, least: Duration::from_millis(least_ms), bound }
    }

    #[test]
    fn a_plan_says_what_it_waits_for() {
        assert_eq!(
            text(&needs(100_000, Some(&QUOTA))).unwrap(),
            "Needs 54 calls; AWS's quotas allow it in 1 min 40 s at the least (Make: one in 5 s)."
        );
        assert_eq!(text(&needs(0, None)).unwrap(), "Needs 54 calls, which AWS's quotas let through at once.");
        assert_eq!(text(&Needs::default()), None);
    }

    #[test]
    fn times_read_well() {
        let of = |ms| duration(Duration::from_millis(ms));
        assert_eq!([of(350), of(9_000), of(59_500)], ["0.4 s", "9 s", "1 min"]);
        assert_eq!([of(3_600_000), of(5_396_000)], ["1 h", "1 h 29 min"]);
    }
}
