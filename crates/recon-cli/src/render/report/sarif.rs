//! A drift report as SARIF 2.1.0, which code hosts show beside the code.

use serde_json::{Value as Json, json};

use super::{Finding, Kind, Report, Stack};
use crate::render::json::RECON_VERSION;

/// The document's schema, by which readers tell its version.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// The whole report.
pub(crate) fn sarif(report: &Report) -> String {
    let rules = Kind::ALL.map(|kind| {
        json!({
            "id": kind.id(),
            "name": kind.title(),
            "shortDescription": { "text": format!("An object {}", kind.words()) },
            "defaultConfiguration": { "level": level(kind) },
        })
    });
    let results =
        report.stacks.iter().flat_map(|stack| stack.findings.iter().map(move |one| result(stack, one)));
    let failed = report.stacks.iter().filter_map(|stack| Some((stack, stack.error.as_ref()?)));
    let notices: Vec<Json> = failed
        .map(|(stack, error)| {
            json!({ "level": "error", "message": { "text": format!("{}: {error}", stack.name) } })
        })
        .collect();
    let document = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "recon", "version": RECON_VERSION, "rules": rules } },
            "invocations": [{
                "executionSuccessful": notices.is_empty(),
                "toolExecutionNotifications": notices,
            }],
            "results": results.collect::<Vec<_>>(),
        }],
    });
    format!("{document:#}\n")
}

fn level(kind: Kind) -> &'static str {
    match kind {
        Kind::Pending => "note",
        Kind::Undeclared | Kind::Undeployed => "warning",
        Kind::Changed | Kind::Code | Kind::Gone => "error",
    }
}

fn result(stack: &Stack, finding: &Finding) -> Json {
    let (kind, address) = (finding.kind, &finding.address);
    let mut location = json!({ "logicalLocations": [{ "fullyQualifiedName": address, "kind": "resource" }] });
    if let Some((file, line)) = &finding.place {
        let uri = if stack.name == "." { file.clone() } else { format!("{}/{file}", stack.name) };
        location["physicalLocation"] =
            json!({ "artifactLocation": { "uri": encoded(&uri) }, "region": { "startLine": line } });
    }
    let what = finding.object.as_ref().map(|one| format!(":{}.{}", one.kind, one.name)).unwrap_or_default();
    let mut result = json!({
        "ruleId": kind.id(),
        "ruleIndex": Kind::ALL.iter().position(|one| *one == kind),
        "level": level(kind),
        "message": { "text": format!("{}.\n\n{}", finding.sentence(), finding.account()) },
        "locations": [location],
        "partialFingerprints": { "address/v1": format!("{}:{}:{address}{what}", stack.name, kind.id()) },
    });
    if let Some(reason) = &finding.ignored {
        result["suppressions"] =
            json!([{ "kind": "external", "status": "accepted", "justification": reason }]);
    }
    result
}

/// A path as a relative URI.
fn encoded(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            other => put!(out, "%{other:02X}"),
        }
    }
    out
}
