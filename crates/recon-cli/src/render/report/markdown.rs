//! A drift report in Markdown, for issues and chat.

use super::{Finding, Findings};
use crate::render::style::count;

/// The whole report.
pub(crate) fn markdown(findings: &Findings) -> String {
    let Findings { found, well } = findings;
    let (drift, pending): (Vec<_>, Vec<_>) = found.iter().partition(|one| one.kind.is_drift());
    let mut out = String::from("# Drift report\n\n");
    put!(out, "| drifted | pending | as applied |\n| ---: | ---: | ---: |\n");
    put!(out, "| {} | {} | {} |\n", drift.len(), pending.len(), well.len());
    section(&mut out, "Changed outside of recon", &drift);
    section(&mut out, "Configured but not applied", &pending);
    out
}

fn section(out: &mut String, title: &str, findings: &[&Finding]) {
    if findings.is_empty() {
        return;
    }
    put!(out, "\n## {title} ({})\n", count(findings.len(), "object"));
    for one in findings {
        let fence = fence(&one.difference);
        put!(out, "\n### `{}` {}\n\n", one.address, one.kind.words());
        if let Some((file, line)) = &one.place {
            put!(out, "Declared at {file}:{line}.\n\n");
        }
        put!(out, "{fence}diff\n{}\n{fence}\n", one.difference.trim_end());
    }
}

/// A fence longer than any run of backticks in the text.
fn fence(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    "`".repeat(longest.max(2) + 1)
}
