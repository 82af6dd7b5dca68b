//! `-notify`: tells a webhook of what was found, with retries. The address may be a secret, so it is never printed.

use std::time::Duration;

use recon_core::Diagnostic;
use serde_json::{Value as Json, json};

use crate::render::report::{self, Report, Status};

/// How long to wait before each further attempt.
const PAUSES: [Duration; 3] = [Duration::from_millis(500), Duration::from_secs(2), Duration::from_secs(5)];
/// The most findings that a chat message names.
const LINES_MAX: usize = 20;

/// What the webhook understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// The JSON report.
    Report,
    /// A message as Slack takes it.
    Slack,
}

/// Posts the report, unless all is as it should be.
pub(crate) async fn notify(url: &str, shape: Shape, report: &Report) -> Result<(), Diagnostic> {
    if report.status() == Status::None {
        return Ok(());
    }
    let body = body(shape, report).to_string();
    let mut attempts = 1;
    let mut pauses = PAUSES.into_iter();
    loop {
        let what = match recon_aws::post_json(url, body.clone()).await {
            Ok(200..=299) => return Ok(()),
            Ok(status) if status == 429 || status >= 500 => format!("it answered {status}"),
            Ok(status) => return Err(failed(&format!("it answered {status}"), attempts)),
            Err(what) => what,
        };
        let Some(pause) = pauses.next() else { return Err(failed(&what, attempts)) };
        tokio::time::sleep(pause).await;
        attempts += 1;
    }
}

fn failed(what: &str, attempts: usize) -> Diagnostic {
    let detail = format!(
        "The webhook of -notify was not told: {what} (attempt {attempts}). The report itself is complete."
    );
    Diagnostic::error("Notification failed", detail)
}

fn body(shape: Shape, report: &Report) -> Json {
    match shape {
        Shape::Report => report::document(report),
        Shape::Slack => json!({ "text": message(report) }),
    }
}

/// A short message: counts, then what was found.
fn message(report: &Report) -> String {
    let summary = report.summary();
    let counts = summary.iter().filter(|(name, count)| **count > 0 && **name != "well");
    let counts: Vec<String> = counts.map(|(name, count)| format!("{count} {name}")).collect();
    let mut out = format!("*recon drift: {}* ({})", report.status().id(), counts.join(", "));
    let mut lines = Vec::new();
    for stack in &report.stacks {
        let prefix = if report.has_stacks() { format!("{}: ", stack.name) } else { String::new() };
        if stack.error.is_some() {
            lines.push(format!("{prefix}could not be looked at"));
        }
        let counting = stack.findings.iter().filter(|one| one.counts());
        lines.extend(counting.map(|one| format!("{prefix}{}", one.sentence())));
    }
    for line in lines.iter().take(LINES_MAX) {
        put_line(&mut out, line);
    }
    if lines.len() > LINES_MAX {
        put_line(&mut out, &format!("and {} more", lines.len() - LINES_MAX));
    }
    out
}

/// Slack reads three characters as markup.
fn put_line(out: &mut String, line: &str) {
    let line = line.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    out.push_str("\n• ");
    out.push_str(&line);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::report::Stack;

    #[test]
    fn a_message_is_short_and_holds_no_markup() {
        let failed = |name: usize| Stack {
            name: format!("envs/<{name}>"),
            error: Some("secret detail".to_owned()),
            ..Stack::default()
        };
        let report = Report { timestamp: String::new(), stacks: (0..30).map(failed).collect() };
        let text = message(&report);
        assert!(text.starts_with("*recon drift: error* (30 errors)\n• envs/&lt;0&gt;: could not"), "{text}");
        assert!(text.ends_with("and 10 more") && !text.contains("secret"), "{text}");
    }
}
