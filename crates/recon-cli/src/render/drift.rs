//! The report of a drift run, as text and as JSON.

use recon_core::resource_type::Catalog;
use recon_engine::DriftReport;
use serde_json::json;

use super::{change, json, outputs, plan, style};

/// The version of the JSON form.
const FORMAT_VERSION: &str = "1.0";

/// The report for people.
pub(crate) fn text(report: &DriftReport, catalog: &Catalog) -> String {
    let DriftReport { drifted, repair: _, pending, warnings: _ } = report;
    let mut out = String::new();
    if !drifted.is_empty() {
        out.push_str(&heading("Changed outside of recon", drifted.len()));
        for one in drifted {
            put!(out, "{}\n", plan::drifted(one, catalog));
        }
    }
    let changes: Vec<String> =
        pending.changes.iter().filter_map(|one| change::change(one, catalog)).collect();
    if !changes.is_empty() {
        out.push_str(&heading("Configured but not applied", changes.len()));
        for one in &changes {
            put!(out, "{one}\n");
        }
    }
    let pending_outputs = outputs::changes(&pending.outputs);
    if !pending_outputs.is_empty() {
        put!(out, "{}\n\n{pending_outputs}\n", style::paint(style::BOLD, "Outputs not applied"));
    }
    out.push_str(&conclusion(report));
    out
}

fn heading(words: &str, number: usize) -> String {
    format!("{}\n\n", style::paint(style::BOLD, format!("{words} ({})", style::count(number, "object"))))
}

fn conclusion(report: &DriftReport) -> String {
    let counts = plan::counts_text(&plan::counts(&report.repair));
    match (report.drifted.is_empty(), report.pending.is_empty()) {
        (true, true) => {
            format!(
                "{} What is there is what was applied, and what is configured.\n",
                style::paint(style::DONE, "No drift.")
            )
        }
        (true, false) => format!("No drift, but configuration that is not applied: {counts}.\n"),
        (false, _) => format!(
            "{} An apply would put it right: {counts}. To accept it instead, run:\n\n    recon apply -refresh-only\n",
            style::paint(style::ERROR, format!("{} drifted.", style::count(report.drifted.len(), "object")))
        ),
    }
}

/// The report for programs, made at `timestamp` (RFC 3339).
pub(crate) fn json(report: &DriftReport, catalog: &Catalog, timestamp: &str) -> String {
    let DriftReport { drifted, repair, pending, warnings: _ } = report;
    let changes = |plan: &recon_core::plan::Plan| {
        let changes = plan.changes.iter().filter(|one| !one.change.is_keep());
        changes.map(|one| json::plan::change(one, catalog)).collect::<Vec<_>>()
    };
    let status = match (drifted.is_empty(), pending.is_empty()) {
        (false, _) => "drift",
        (true, false) => "pending",
        (true, true) => "none",
    };
    let document = json!({
        "format_version": FORMAT_VERSION,
        "recon_version": json::RECON_VERSION,
        "timestamp": timestamp,
        "status": status,
        "resource_drift": drifted.iter().map(|one| json::plan::drift(one, catalog)).collect::<Vec<_>>(),
        "pending_changes": changes(pending),
        "pending_outputs": json::plan::output_changes(pending),
        "repair_changes": changes(repair),
    });
    format!("{document:#}\n")
}
