//! The report for programs; `docs/drift-report.schema.json` describes it.

use serde_json::{Map, Value as Json, json};

use super::{Blame, Difference, Finding, Object, Report, Stack};
use crate::render::json::RECON_VERSION;

/// The version of the form: the first number grows when a reader must change.
const FORMAT_VERSION: &str = "1.0";

/// The whole report.
pub(crate) fn json(report: &Report) -> String {
    format!("{:#}\n", document(report))
}

/// The whole report as a document.
pub(crate) fn document(report: &Report) -> Json {
    json!({
        "format_version": FORMAT_VERSION,
        "recon_version": RECON_VERSION,
        "timestamp": report.timestamp,
        "status": report.status().id(),
        "summary": report.summary(),
        "stacks": report.stacks.iter().map(of_stack).collect::<Vec<_>>(),
    })
}

fn of_stack(stack: &Stack) -> Json {
    json!({
        "name": stack.name,
        "status": stack.status().id(),
        "error": stack.error,
        "findings": stack.findings.iter().map(of_finding).collect::<Vec<_>>(),
        "well": stack.well,
    })
}

fn of_finding(finding: &Finding) -> Json {
    let Finding { address, block: _, kind, object, differences, shown: _, place, ignored, blame } = finding;
    let mut fields = Map::new();
    fields.insert("address".to_owned(), json!(address));
    fields.insert("kind".to_owned(), json!(kind.id()));
    fields.insert("message".to_owned(), json!(finding.sentence()));
    fields.insert("differences".to_owned(), differences.iter().map(of_difference).collect());
    if let Some(Object { kind, id, name }) = object {
        fields.insert("object".to_owned(), json!({ "type": kind, "id": id, "name": name }));
    }
    if let Some((file, line)) = place {
        fields.insert("place".to_owned(), json!({ "file": file, "line": line }));
    }
    if let Some(reason) = ignored {
        fields.insert("ignored".to_owned(), json!(reason));
    }
    if !blame.is_empty() {
        fields.insert("blame".to_owned(), blame.iter().map(of_blame).collect());
    }
    Json::Object(fields)
}

fn of_difference(difference: &Difference) -> Json {
    let Difference { path, before, after, is_sensitive, ignored } = difference;
    let mut fields = Map::new();
    fields.insert("path".to_owned(), json!(path));
    fields.insert("sensitive".to_owned(), json!(is_sensitive));
    if !is_sensitive {
        fields.insert("before".to_owned(), json!(before));
        fields.insert("after".to_owned(), json!(after));
    }
    if let Some(reason) = ignored {
        fields.insert("ignored".to_owned(), json!(reason));
    }
    Json::Object(fields)
}

fn of_blame(blame: &Blame) -> Json {
    let Blame { who, when, event } = blame;
    json!({ "who": who, "when": when, "event": event })
}
