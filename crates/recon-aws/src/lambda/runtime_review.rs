//! Runtimes that Lambda no longer takes, told before an apply meets the refusal.
//!
//! Only those are listed whose date has come: the dates ahead are moved again and again, while a runtime that was
//! retired never came back. A warning, not an error, as others who speak Lambda's API may still take them.

use recon_core::change::Change;
use recon_core::{Diagnostic, Value};

use super::function::republishes;

struct Retired {
    name: &'static str,
    /// The day from which on no new function may use it.
    no_creates: &'static str,
    /// The day from which on no function that uses it may be changed.
    no_updates: Option<&'static str>,
    instead: &'static str,
}

const fn gone(
    name: &'static str,
    no_creates: &'static str,
    no_updates: &'static str,
    instead: &'static str,
) -> Retired {
    Retired { name, no_creates, no_updates: Some(no_updates), instead }
}

const fn going(name: &'static str, no_creates: &'static str, instead: &'static str) -> Retired {
    Retired { name, no_creates, no_updates: None, instead }
}

/// "Deprecated runtimes", <https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html>.
const RETIRED: &[Retired] = &[
    gone("dotnetcore1.0", "2019-06-30", "2019-07-30", "dotnet10"),
    gone("dotnetcore2.0", "2019-04-30", "2019-05-30", "dotnet10"),
    gone("dotnetcore2.1", "2022-01-05", "2022-04-13", "dotnet10"),
    gone("dotnetcore3.1", "2023-04-03", "2023-05-03", "dotnet10"),
    going("go1.x", "2024-02-08", "provided.al2023"),
    going("java8", "2024-02-08", "java25"),
    gone("nodejs", "2016-09-30", "2016-10-31", "nodejs24.x"),
    gone("nodejs4.3", "2020-02-03", "2020-03-05", "nodejs24.x"),
    gone("nodejs4.3-edge", "2019-03-31", "2019-04-30", "nodejs24.x"),
    gone("nodejs6.10", "2019-07-12", "2019-08-12", "nodejs24.x"),
    gone("nodejs8.10", "2020-02-04", "2020-03-06", "nodejs24.x"),
    gone("nodejs10.x", "2021-07-30", "2022-02-14", "nodejs24.x"),
    gone("nodejs12.x", "2023-03-31", "2023-04-30", "nodejs24.x"),
    going("nodejs14.x", "2024-01-09", "nodejs24.x"),
    going("provided", "2024-02-08", "provided.al2023"),
    gone("python2.7", "2021-07-15", "2022-05-30", "python3.14"),
    gone("python3.6", "2022-07-18", "2022-08-29", "python3.14"),
    going("python3.7", "2024-01-09", "python3.14"),
    gone("ruby2.5", "2021-07-30", "2022-03-31", "ruby3.4"),
    going("ruby2.7", "2024-01-09", "ruby3.4"),
];

/// What Lambda will say of the runtime of a function that the plan makes or changes.
pub(super) fn review(change: &Change) -> Option<Diagnostic> {
    let retired = |planned: &Value| {
        let name = planned.str("runtime")?;
        RETIRED.iter().find(|retired| retired.name == name)
    };
    let (Retired { name, instead, .. }, what, since) = match change {
        Change::Create { planned } | Change::Replace { planned, .. } => {
            let retired = retired(planned)?;
            (retired, "create a function that uses", retired.no_creates)
        }
        Change::Update { before, planned } if republishes(before, planned) => {
            let retired = retired(planned)?;
            (retired, "change a function that uses", retired.no_updates?)
        }
        _ => return None,
    };
    let detail = format!(
        "Since {since}, Lambda refuses to {what} the runtime `{name}`, so the apply will most likely fail. Use a runtime that is supported, such as `{instead}`."
    );
    Some(Diagnostic::warning("Retired runtime", detail))
}

#[cfg(test)]
mod tests {
    use aws_sdk_lambda::types::Runtime;
    use recon_core::Known;
    use test_case::test_case;

    use super::*;

    fn function(runtime: &str, handler: &str, tag: &str) -> Value {
        let tags = Value::string_map([("Owner", tag)]);
        Value::object([("runtime", Value::from(runtime)), ("handler", handler.into()), ("tags", tags)])
    }

    fn created(runtime: &str) -> Change {
        Change::Create { planned: function(runtime, "a.handler", "us") }
    }

    fn updated(before: &str, runtime: &str, handler: &str) -> Change {
        let before = Known::with_nulls(&function(before, "a.handler", "us"));
        Change::Update { before, planned: function(runtime, handler, "them") }
    }

    #[test_case(&created("nodejs22.x"), None; "a supported runtime")]
    #[test_case(&created("python3.7"), Some("2024-01-09"); "a new function")]
    #[test_case(&updated("python2.7", "python2.7", "b.handler"), Some("2022-05-30"); "a change")]
    #[test_case(&updated("python3.7", "python3.7", "b.handler"), None; "a change that is still taken")]
    #[test_case(&updated("python2.7", "python3.14", "a.handler"), None; "the way out")]
    #[test_case(&updated("python2.7", "python2.7", "a.handler"), None; "tags")]
    fn a_retired_runtime_is_warned_of(change: &Change, since: Option<&str>) {
        let found = review(change);
        assert_eq!(found.is_some(), since.is_some(), "{found:?}");
        assert!(found.is_none_or(|found| !found.is_error() && found.detail.contains(since.unwrap())));
    }

    #[test]
    fn all_retired_runtimes_and_what_to_use_instead_are_runtimes() {
        for Retired { name, instead, .. } in RETIRED {
            assert!(Runtime::values().contains(name), "{name}");
            assert!(Runtime::values().contains(instead), "{instead}");
            assert!(RETIRED.iter().all(|retired| retired.name != *instead), "{instead}");
        }
    }
}
