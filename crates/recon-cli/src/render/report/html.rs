//! A drift report as one HTML page that needs nothing else: summary, filters, search, differences, pictures.

use std::collections::BTreeMap;

use super::picture::picture;
use super::{Finding, Kind, Report, Stack, escaped};

/// How the page looks.
const STYLE: &str = include_str!("page.css");
/// How it behaves; without scripts all of it is there and open to reading.
const SCRIPT: &str = include_str!("page.js");

/// The whole report.
pub(crate) fn html(report: &Report) -> String {
    let mut out = String::from("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    out.push_str("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n");
    // Whatever a name may hold, nothing is loaded and nothing is sent.
    out.push_str("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'\">\n");
    put!(out, "<title>Drift report: {}</title>\n<link rel=\"icon\" href=\"data:,\">\n", report.status().id());
    put!(out, "<style>\n{STYLE}</style>\n</head>\n<body>\n");
    out.push_str("<a class=\"skip\" href=\"#findings\">Skip to the findings</a>\n");
    head(&mut out, report);
    controls(&mut out, report);
    out.push_str("<main id=\"findings\" tabindex=\"-1\">\n");
    out.push_str("<p id=\"nothing\" hidden>Nothing here fits the filter.</p>\n");
    let mut number = 0;
    for stack in &report.stacks {
        of_stack(&mut out, report, stack, &mut number);
    }
    put!(out, "</main>\n<script>\n{SCRIPT}</script>\n</body>\n</html>\n");
    out
}

fn head(out: &mut String, report: &Report) {
    let words = match report.status() {
        super::Status::None => "What is there is what was applied, and what is configured.",
        super::Status::Drift => "Something changed outside of recon.",
        super::Status::Pending => "Nothing drifted, but something is configured and not applied.",
        super::Status::Error => "Not everything could be looked at.",
    };
    put!(
        out,
        "<header>\n<h1>Drift report</h1>\n<p><strong class=\"status {}\">{words}</strong> <time datetime=\"{1}\">{1}</time></p>\n",
        report.status().id(),
        escaped(&report.timestamp)
    );
    out.push_str("<button id=\"theme\" type=\"button\">Dark or light</button>\n</header>\n");
}

fn controls(out: &mut String, report: &Report) {
    let summary = report.summary();
    let count = |name: &str| summary.get(name).copied().unwrap_or_default();
    out.push_str("<section id=\"controls\" aria-label=\"Summary and filters\">\n<div class=\"cards\">\n");
    for (id, title) in
        Kind::ALL.map(|kind| (kind.id(), kind.title())).into_iter().chain([("ignored", "Ignored")])
    {
        put!(
            out,
            "<button type=\"button\" class=\"card {id}\" data-kind=\"{id}\" aria-pressed=\"{}\"><b>{}</b> {title}</button>\n",
            id != "ignored",
            count(id)
        );
    }
    put!(out, "<span class=\"card well\"><b>{}</b> As applied</span>\n", count("well"));
    if count("errors") > 0 {
        put!(out, "<span class=\"card error\"><b>{}</b> Not looked at</span>\n", count("errors"));
    }
    out.push_str("</div>\n<label>Search <input id=\"search\" type=\"search\" placeholder=\"address, path, value   ( / )\" autocomplete=\"off\"></label>\n");
    out.push_str("<button id=\"open\" type=\"button\">Open all</button> <button id=\"close\" type=\"button\">Close all</button>\n");
    out.push_str("<p class=\"keys\">Keys: <kbd>/</kbd> search, <kbd>j</kbd> next, <kbd>k</kbd> previous, <kbd>Enter</kbd> open or close, <kbd>Esc</kbd> clear. <span id=\"shown\" role=\"status\"></span></p>\n</section>\n");
}

fn of_stack(out: &mut String, report: &Report, stack: &Stack, number: &mut usize) {
    out.push_str("<section class=\"stack\">\n");
    if report.has_stacks() {
        put!(out, "<h2><code>{}</code></h2>\n", escaped(&stack.name));
    }
    if let Some(error) = &stack.error {
        put!(out, "<pre class=\"error\">{}</pre>\n</section>\n", escaped(error));
        return;
    }
    let mut anchors: BTreeMap<&str, String> = BTreeMap::new();
    for (index, one) in stack.findings.iter().enumerate() {
        anchors.entry(&one.block).or_insert_with(|| format!("f{}", *number + index));
    }
    if let Some(drawn) = picture(stack, &|block| anchors.get(block).cloned()) {
        put!(
            out,
            "<details class=\"picture\" open><summary>Picture</summary><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Picture\">{drawn}</div></details>\n"
        );
    }
    for one in &stack.findings {
        of_finding(out, one, *number);
        *number += 1;
    }
    if !stack.well.is_empty() {
        put!(out, "<details class=\"rest\"><summary>As applied ({})</summary><ul>\n", stack.well.len());
        for address in &stack.well {
            put!(out, "<li><code>{}</code></li>\n", escaped(address));
        }
        out.push_str("</ul></details>\n");
    }
    out.push_str("</section>\n");
}

fn of_finding(out: &mut String, one: &Finding, number: usize) {
    let filter = if one.counts() { one.kind.id() } else { "ignored" };
    let hidden = if one.counts() { "" } else { " hidden" };
    put!(
        out,
        "<details class=\"finding\" id=\"f{number}\" data-kind=\"{filter}\"{hidden}><summary><span class=\"tag {}\">{0}</span> <code>{}</code>",
        one.kind.id(),
        escaped(&one.address)
    );
    if let Some(object) = &one.object {
        put!(
            out,
            " <span class=\"what\">{} <code>{}</code></span>",
            escaped(&object.kind),
            escaped(&object.name)
        );
    }
    out.push_str("</summary>\n");
    if let Some(reason) = &one.ignored {
        put!(out, "<p>Ignored: {}</p>\n", escaped(reason));
    }
    if let Some((file, line)) = &one.place {
        put!(out, "<p>Declared at <code>{}:{line}</code>.</p>\n", escaped(file));
    }
    for blame in &one.blame {
        put!(
            out,
            "<p class=\"blame\">{} by <code>{}</code> at <time>{}</time></p>\n",
            escaped(&blame.event),
            escaped(&blame.who),
            escaped(&blame.when)
        );
    }
    put!(out, "<pre>{}</pre>\n", one.plain().lines().map(line).collect::<Vec<_>>().join("\n"));
    out.push_str("</details>\n");
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
