//! A drift report as one HTML page that needs nothing else.

use super::{Finding, Findings, escaped};

/// How the page looks.
const STYLE: &str = "body{font:15px/1.5 sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#222;background:#fff}\
pre{background:#f6f6f6;padding:.8rem;overflow:auto;font-size:13px}.add{color:#176f2c}.remove{color:#b3261e}.change{color:#8a5a00}\
td,th{padding:.2rem 1rem;text-align:right}@media(prefers-color-scheme:dark){body{background:#181818;color:#ddd}pre{background:#242424}\
.add{color:#6fcf86}.remove{color:#f2827b}.change{color:#e3b65a}}";

/// The whole report, made at `timestamp` (RFC 3339).
pub(crate) fn html(findings: &Findings, timestamp: &str) -> String {
    let Findings { found, well } = findings;
    let (drift, pending): (Vec<_>, Vec<_>) = found.iter().partition(|one| one.kind.is_drift());
    let mut out = String::from("<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n");
    put!(out, "<title>Drift report</title>\n<style>{STYLE}</style>\n<h1>Drift report</h1>\n");
    put!(out, "<p>{}</p>\n<table><tr><th>drifted<th>pending<th>as applied", escaped(timestamp));
    put!(out, "<tr><td>{}<td>{}<td>{}</table>\n", drift.len(), pending.len(), well.len());
    section(&mut out, "Changed outside of recon", &drift);
    section(&mut out, "Configured but not applied", &pending);
    out.push_str("</html>\n");
    out
}

fn section(out: &mut String, title: &str, findings: &[&Finding]) {
    if findings.is_empty() {
        return;
    }
    put!(out, "<h2>{title}</h2>\n");
    for one in findings {
        put!(out, "<h3><code>{}</code> {}</h3>\n", escaped(&one.address), one.kind.words());
        if let Some((file, line)) = &one.place {
            put!(out, "<p>Declared at {}:{line}.</p>\n", escaped(file));
        }
        put!(out, "<pre>{}</pre>\n", one.difference.lines().map(line).collect::<Vec<_>>().join("\n"));
    }
}

/// A line in the colour of its sign.
fn line(text: &str) -> String {
    let class = match text.trim_start().chars().next() {
        Some('+') => "add",
        Some('-') => "remove",
        Some('~') => "change",
        _ => return escaped(text),
    };
    format!("<span class=\"{class}\">{}</span>", escaped(text))
}
