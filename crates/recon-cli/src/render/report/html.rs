//! A drift report as one HTML page that needs nothing else: summary, filters, search, differences, pictures.

use std::collections::BTreeMap;

use super::picture::picture;
use super::{Finding, Kind, Report, Stack, Status, escaped};
use crate::render::json::RECON_VERSION;

/// How the page looks.
const STYLE: &str = include_str!("page.css");
/// How it behaves; without scripts all of it is there and open to reading.
const SCRIPT: &str = include_str!("page.js");
/// How many paths stand beside an address.
const PATHS_MAX: usize = 4;

/// The whole report.
pub(crate) fn html(report: &Report) -> String {
    let mut out = String::from("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    out.push_str("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n");
    // Whatever a name may hold, nothing is loaded and nothing is sent.
    out.push_str("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'\">\n");
    put!(out, "<title>Drift report: {}</title>\n<link rel=\"icon\" href=\"data:,\">\n", report.status().id());
    put!(out, "<style>\n{STYLE}</style>\n</head>\n<body>\n<div class=\"page\">\n");
    out.push_str("<a class=\"skip\" href=\"#findings\">Skip to the findings</a>\n");
    head(&mut out, report);
    cards(&mut out, report);
    if report.stacks.len() > 1 {
        stacks(&mut out, report);
    }
    bar(&mut out);
    out.push_str("<main id=\"findings\" tabindex=\"-1\">\n<p id=\"nothing\" class=\"nothing\" hidden>No finding fits the filter.</p>\n");
    let mut number = 0;
    for (index, stack) in report.stacks.iter().enumerate() {
        of_stack(&mut out, report, (index, stack), &mut number);
    }
    out.push_str("</main>\n");
    foot(&mut out);
    put!(out, "</div>\n<script>\n{SCRIPT}</script>\n</body>\n</html>\n");
    out
}

fn head(out: &mut String, report: &Report) {
    let words = match report.status() {
        Status::None => "What is there is what was applied, and what is configured.",
        Status::Drift => "Something changed outside of recon.",
        Status::Pending => "Nothing drifted, but something is configured and not applied.",
        Status::Error => "Not everything could be looked at.",
    };
    put!(
        out,
        "<header>\n<div>\n<h1>Drift report</h1>\n<p><strong class=\"status {}\">{words}</strong> <time datetime=\"{}\">{}</time></p>\n</div>\n",
        report.status().id(),
        escaped(&report.timestamp),
        escaped(&readable(&report.timestamp))
    );
    out.push_str("<button id=\"theme\" type=\"button\">Dark</button>\n</header>\n");
}

/// `2030-01-31T07:05:00Z` as `2030-01-31 07:05 UTC`.
fn readable(timestamp: &str) -> String {
    match timestamp.parse::<jiff::Timestamp>() {
        Ok(moment) => moment.strftime("%Y-%m-%d %H:%M UTC").to_string(),
        Err(_) => timestamp.to_owned(),
    }
}

fn cards(out: &mut String, report: &Report) {
    let summary = report.summary();
    let count = |name: &str| summary.get(name).copied().unwrap_or_default();
    let empty = |name: &str| if count(name) == 0 { " none" } else { "" };
    out.push_str("<section class=\"cards\" aria-label=\"Summary; each of its buttons shows or hides a kind of findings\">\n");
    let kinds = Kind::ALL.map(|kind| (kind.id(), kind.title())).into_iter().chain([("ignored", "Ignored")]);
    for (id, title) in kinds {
        put!(
            out,
            "<button type=\"button\" class=\"card {id}{}\" data-kind=\"{id}\" aria-pressed=\"{}\"><b>{}</b> <span>{title}</span></button>\n",
            empty(id),
            id != "ignored",
            count(id)
        );
    }
    put!(out, "<div class=\"card well\"><b>{}</b> <span>As applied</span></div>\n", count("well"));
    if count("errors") > 0 {
        put!(out, "<div class=\"card error\"><b>{}</b> <span>Not looked at</span></div>\n", count("errors"));
    }
    out.push_str("</section>\n");
}

/// A table of all stacks, those that need somebody first.
fn stacks(out: &mut String, report: &Report) {
    let columns: Vec<&str> =
        Kind::ALL.iter().map(|kind| kind.id()).chain(["ignored", "as applied"]).collect();
    out.push_str(
        "<div class=\"wide\"><table>\n<thead><tr><th scope=\"col\">stack</th><th scope=\"col\">status</th>",
    );
    for name in columns {
        put!(out, "<th scope=\"col\">{name}</th>");
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    let mut rows: Vec<(usize, &Stack)> = report.stacks.iter().enumerate().collect();
    let rank = |status| [Status::Error, Status::Drift, Status::Pending].iter().position(|one| *one == status);
    rows.sort_by_key(|(index, stack)| (rank(stack.status()).unwrap_or(usize::MAX), *index));
    for (index, stack) in rows {
        let status = stack.status().id();
        put!(
            out,
            "<tr><td><a href=\"#s{index}\"><code>{}</code></a></td><td class=\"status {status}\">{status}</td>",
            escaped(&stack.name)
        );
        let counts =
            Kind::ALL.map(|kind| stack.count(kind)).into_iter().chain([stack.ignored(), stack.well.len()]);
        for count in counts {
            put!(out, "<td{}>{count}</td>", if count == 0 { " class=\"zero\"" } else { "" });
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table></div>\n");
}

fn bar(out: &mut String) {
    out.push_str("<div class=\"bar\" role=\"search\">\n<input id=\"search\" type=\"search\" aria-label=\"Search\" placeholder=\"Search addresses, paths, values\" autocomplete=\"off\" spellcheck=\"false\">\n");
    out.push_str("<button id=\"open\" type=\"button\">Open all</button>\n<button id=\"close\" type=\"button\">Close all</button>\n<span id=\"shown\" role=\"status\"></span>\n</div>\n");
}

fn foot(out: &mut String) {
    put!(
        out,
        "<footer>Keys: <kbd>/</kbd> search, <kbd>j</kbd> <kbd>k</kbd> next and previous finding, <kbd>Enter</kbd> open or close it, <kbd>o</kbd> <kbd>c</kbd> open and close all, <kbd>d</kbd> dark or light, <kbd>Esc</kbd> clear the search. Made by recon {RECON_VERSION}.</footer>\n"
    );
}

fn of_stack(out: &mut String, report: &Report, (index, stack): (usize, &Stack), number: &mut usize) {
    put!(out, "<section class=\"stack\" id=\"s{index}\">\n");
    if report.has_stacks() {
        put!(out, "<h2><code>{}</code></h2>\n", escaped(&stack.name));
    }
    if let Some(error) = &stack.error {
        let lines = error.lines().map(|line| format!("<span>{}</span>", escaped(line)));
        put!(out, "<pre class=\"error\">{}</pre>\n</section>\n", lines.collect::<String>());
        return;
    }
    let mut anchors: BTreeMap<&str, String> = BTreeMap::new();
    for (index, one) in stack.findings.iter().enumerate() {
        anchors.entry(&one.block).or_insert_with(|| format!("f{}", *number + index));
    }
    if let Some(drawn) = picture(stack, &|block| anchors.get(block).cloned()) {
        put!(
            out,
            "<details class=\"picture\" open><summary>What refers to what</summary><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Picture of what refers to what\">{drawn}</div></details>\n"
        );
    }
    // Findings come in the order of their kinds.
    for group in stack.findings.chunk_by(|a, b| a.kind == b.kind) {
        put!(out, "<div class=\"group\">\n<h3>{}</h3>\n", group[0].kind.title());
        for one in group {
            of_finding(out, one, *number);
            *number += 1;
        }
        out.push_str("</div>\n");
    }
    if !stack.well.is_empty() {
        put!(out, "<details class=\"rest\"><summary>As applied: <b>{}</b></summary><ul>\n", stack.well.len());
        for address in &stack.well {
            put!(out, "<li><code>{}</code></li>\n", escaped(address));
        }
        out.push_str("</ul></details>\n");
    }
    out.push_str("</section>\n");
}

fn of_finding(out: &mut String, one: &Finding, number: usize) {
    let filter = if one.counts() { one.kind.id() } else { "ignored" };
    put!(
        out,
        "<details class=\"finding {filter}\" id=\"f{number}\" data-kind=\"{filter}\"><summary><span class=\"tag {}\">{0}</span><code>{}</code><span class=\"gist\">{}</span></summary>\n<div class=\"inside\">\n",
        one.kind.id(),
        escaped(&one.address),
        gist(one)
    );
    if let Some(reason) = &one.ignored {
        put!(out, "<p>Ignored: {}</p>\n", escaped(reason));
    }
    for difference in one.differences.iter().filter(|_| one.counts()) {
        if let Some(reason) = &difference.ignored {
            put!(out, "<p><code>{}</code> is ignored: {}</p>\n", escaped(&difference.path), escaped(reason));
        }
    }
    if let Some((file, line)) = &one.place {
        put!(out, "<p>Declared at <code>{}:{line}</code>.</p>\n", escaped(file));
    }
    for blame in &one.blame {
        put!(
            out,
            "<p class=\"blame\"><code>{}</code> by <code>{}</code> at <time>{}</time></p>\n",
            escaped(&blame.event),
            escaped(&blame.who),
            escaped(&blame.when)
        );
    }
    put!(out, "<pre>{}</pre>\n</div></details>\n", lines(&one.plain()));
}

/// What stands beside an address: the object, or the paths that differ, or what would be done.
fn gist(one: &Finding) -> String {
    if let Some(object) = &one.object {
        return format!("{} <code>{}</code>", escaped(&object.kind), escaped(&object.name));
    }
    let counting: Vec<&str> = one
        .differences
        .iter()
        .filter(|difference| difference.ignored.is_none())
        .map(|difference| difference.path.as_str())
        .collect();
    if counting.is_empty() || one.kind == Kind::Undeployed {
        let plain = one.plain();
        let first = plain.lines().next().unwrap_or_default().trim_start_matches([' ', '#']);
        return escaped(first.strip_prefix(&one.address).unwrap_or_default().trim());
    }
    let shown: Vec<String> =
        counting.iter().take(PATHS_MAX).map(|path| format!("<code>{}</code>", escaped(path))).collect();
    let more = match counting.len().saturating_sub(PATHS_MAX) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{}{more}", shown.join(", "))
}

/// The lines of a difference, each in the colour of its sign, with the indentation that all have taken away.
fn lines(text: &str) -> String {
    let text = text.trim_end();
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let least = text.lines().filter(|line| !line.trim().is_empty()).map(indent).min().unwrap_or_default();
    text.lines().map(|one| line(one.get(least..).unwrap_or_default())).collect()
}

fn line(text: &str) -> String {
    let class = match text.trim_start().chars().next() {
        Some('+') => " class=\"add\"",
        Some('-') => " class=\"remove\"",
        Some('~') => " class=\"change\"",
        Some('#') => " class=\"note\"",
        _ => "",
    };
    // An empty line is as high as the others.
    let text = if text.is_empty() { " " } else { text };
    format!("<span{class}>{}</span>", escaped(text))
}
