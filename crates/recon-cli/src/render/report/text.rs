//! The report for people.

use super::{Finding, Kind, Report, Stack, Status};
use crate::render::style;

/// The whole report.
pub(crate) fn text(report: &Report) -> String {
    let mut out = String::new();
    for stack in &report.stacks {
        if report.has_stacks() {
            put!(out, "{}\n\n", style::paint(style::BOLD, format!("── {} ", stack.name)));
        }
        out.push_str(&of_stack(stack));
        out.push('\n');
    }
    if report.has_stacks() || report.stacks.is_empty() {
        put!(out, "{}\n", total(report));
    }
    out.trim_end().to_owned() + "\n"
}

fn of_stack(stack: &Stack) -> String {
    let mut out = String::new();
    if let Some(error) = &stack.error {
        put!(out, "{}\n{error}\n", style::paint(style::ERROR, "Not looked at."));
        return out;
    }
    for kind in Kind::ALL {
        let found = stack.findings.iter().filter(|one| one.kind == kind && one.counts());
        let found: Vec<&Finding> = found.collect();
        if found.is_empty() {
            continue;
        }
        let heading = format!("{} ({})", kind.title(), style::count(found.len(), "object"));
        put!(out, "{}\n\n", style::paint(style::BOLD, heading));
        for one in found {
            out.push_str(&of_finding(one));
        }
    }
    let ignored: Vec<&Finding> = stack.findings.iter().filter(|one| !one.counts()).collect();
    if !ignored.is_empty() {
        put!(out, "{}\n\n", style::paint(style::BOLD, format!("Ignored ({})", ignored.len())));
        for one in ignored {
            let why = one.ignored.as_deref().unwrap_or_default();
            put!(out, "  {}: {why}\n", one.sentence());
        }
        out.push('\n');
    }
    put!(out, "{}\n", conclusion(stack));
    out
}

fn of_finding(one: &Finding) -> String {
    let mut out = one.shown.clone();
    for blame in &one.blame {
        put!(out, "    {}\n", style::paint(style::DIM, format!("# {}", blame.sentence())));
    }
    for difference in one.differences.iter().filter(|difference| difference.ignored.is_some()) {
        let why = difference.ignored.as_deref().unwrap_or_default();
        put!(out, "    # ignored: {}: {why}\n", difference.path);
    }
    out.push('\n');
    out
}

fn conclusion(stack: &Stack) -> String {
    let drifted = Kind::ALL.into_iter().filter(|kind| kind.is_drift()).map(|kind| stack.count(kind)).sum();
    match stack.status() {
        Status::None => format!(
            "{} What is there is what was applied, and what is configured.",
            style::paint(style::DONE, "No drift.")
        ),
        Status::Pending => "No drift, but configuration that is not applied.".to_owned(),
        Status::Drift => {
            let head = style::paint(style::ERROR, format!("{} drifted.", style::count(drifted, "object")));
            let undeclared = match stack.count(Kind::Undeclared) {
                0 => "",
                _ => " What nobody declared stays until somebody imports or deletes it.",
            };
            if stack.count(Kind::Undeclared) == drifted {
                return format!("{head}{undeclared}");
            }
            format!(
                "{head} `recon plan` shows how an apply would put it right.{undeclared} To accept it instead, run:\n\n    recon apply -refresh-only"
            )
        }
        Status::Error => String::new(),
    }
}

/// One line over all stacks.
fn total(report: &Report) -> String {
    let count = |status: Status| report.stacks.iter().filter(|stack| stack.status() == status).count();
    format!(
        "{}: {} drifted, {} with pending configuration only, {} failed, {} as applied.",
        style::count(report.stacks.len(), "stack"),
        count(Status::Drift),
        count(Status::Pending),
        count(Status::Error),
        count(Status::None),
    )
}
