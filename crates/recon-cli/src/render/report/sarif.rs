//! A drift report as SARIF 2.1.0, which code hosts show beside the code.

use serde_json::{Value as Json, json};

use super::{Finding, Findings, Kind};
use crate::render::json::RECON_VERSION;

/// The document's schema, by which readers tell its version.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// The whole report.
pub(crate) fn sarif(findings: &Findings) -> String {
    let rules = [Kind::Changed, Kind::Gone, Kind::Pending].map(|kind| {
        json!({
            "id": kind.id(),
            "shortDescription": { "text": format!("An object {}", kind.words()) },
            "defaultConfiguration": { "level": level(kind) },
        })
    });
    let document = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "recon", "version": RECON_VERSION, "rules": rules } },
            "results": findings.found.iter().map(result).collect::<Vec<_>>(),
        }],
    });
    format!("{document:#}\n")
}

fn level(kind: Kind) -> &'static str {
    if kind.is_drift() { "error" } else { "note" }
}

fn result(finding: &Finding) -> Json {
    let Finding { address, kind, difference, place } = finding;
    let mut location = json!({ "logicalLocations": [{ "fullyQualifiedName": address, "kind": "resource" }] });
    if let Some((file, line)) = place {
        location["physicalLocation"] =
            json!({ "artifactLocation": { "uri": file }, "region": { "startLine": line } });
    }
    json!({
        "ruleId": kind.id(),
        "level": level(*kind),
        "message": { "text": format!("{address} {}.\n\n{difference}", kind.words()) },
        "locations": [location],
        "partialFingerprints": { "address/v1": format!("{}:{address}", kind.id()) },
    })
}
