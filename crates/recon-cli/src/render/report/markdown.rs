//! A drift report in Markdown, for pull requests, issues and chat.

use super::{Finding, Kind, Report, Stack};

/// The most that a comment on a code host may hold, less some room; what goes beyond it is only counted.
const BYTES_MAX: usize = 60_000;

/// The whole report.
pub(crate) fn markdown(report: &Report) -> String {
    let summary = report.summary();
    let mut out = String::from("# Drift report\n\n|");
    let kinds = Kind::ALL.map(Kind::id).into_iter().chain(["ignored", "errors", "well"]);
    let columns: Vec<&str> = kinds.collect();
    let row = |cell: &dyn Fn(&str) -> String| {
        columns.iter().map(|name| format!(" {} |", cell(name))).collect::<String>()
    };
    put!(out, "{}\n|{}\n|", row(&|name| name.to_owned()), row(&|_| "---:".to_owned()));
    put!(out, "{}\n", row(&|name| summary.get(name).copied().unwrap_or_default().to_string()));
    let mut left = 0;
    for stack in &report.stacks {
        let named = report.has_stacks() && (!stack.findings.is_empty() || stack.error.is_some());
        let mut text = if named { format!("\n## {}\n", code(&stack.name)) } else { String::new() };
        if let Some(error) = &stack.error {
            put!(text, "\n**Not looked at:**\n\n{}", fenced(error, ""));
        }
        append(&mut out, &text, &mut left);
        for kind in Kind::ALL {
            section(&mut out, stack, kind, &mut left);
        }
    }
    if left > 0 {
        put!(out, "\n{left} more are left out here, because a comment may not be longer.\n");
    }
    out
}

fn section(out: &mut String, stack: &Stack, kind: Kind, left: &mut usize) {
    let found: Vec<&Finding> = stack.findings.iter().filter(|one| one.kind == kind && one.counts()).collect();
    if found.is_empty() {
        return;
    }
    append(out, &format!("\n### {} ({})\n", kind.title(), found.len()), left);
    for one in found {
        append(out, &of_finding(one), left);
    }
}

/// Adds a part, unless the whole would grow too long.
fn append(out: &mut String, part: &str, left: &mut usize) {
    if *left > 0 || out.len() + part.len() > BYTES_MAX {
        *left += 1;
        return;
    }
    out.push_str(part);
}

fn of_finding(one: &Finding) -> String {
    let mut out =
        format!("\n<details><summary><code>{}</code> {}", super::escaped(&one.address), one.kind.words());
    if let Some(object) = &one.object {
        put!(out, ": {} <code>{}</code>", super::escaped(&object.kind), super::escaped(&object.name));
    }
    out.push_str("</summary>\n\n");
    if let Some((file, line)) = &one.place {
        put!(out, "Declared at {}.\n\n", code(&format!("{file}:{line}")));
    }
    for blame in &one.blame {
        put!(out, "{} by {} at {}.\n\n", code(&blame.event), code(&blame.who), blame.when);
    }
    put!(out, "{}\n</details>\n", fenced(&aligned(&one.plain()), "diff"));
    out
}

/// The sign of each line in the first column, where a diff is coloured by it.
fn aligned(text: &str) -> String {
    let line = |line: &str| {
        let rest = line.trim_start();
        let indent = &line[..line.len() - rest.len()];
        let sign = match rest.chars().next() {
            Some('~') => "!",
            Some('+') => "+",
            Some('-') => "-",
            _ => return line.to_owned(),
        };
        format!("{sign}{indent}{}", rest[1..].strip_prefix(' ').unwrap_or(&rest[1..]))
    };
    text.trim_end().lines().map(line).collect::<Vec<_>>().join("\n")
}

fn fenced(text: &str, language: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}{language}\n{}\n{fence}\n", text.trim_end())
}

/// Code within a line, whatever backticks are in it.
fn code(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let space = if longest > 0 { " " } else { "" };
    format!("{fence}{space}{}{space}{fence}", text.replace('\n', " "))
}
