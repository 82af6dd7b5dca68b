//! What happens during a run, one line of JSON each, in the shape of Terraform's machine-readable interface.

use std::collections::BTreeMap;
use std::time::Duration;

use recon_core::change::{Change, ResourceChange};
use recon_core::needs::Needs;
use recon_core::plan::{Drift, OutputChange};
use recon_core::value::Name;
use recon_core::{Address, Diagnostic, Known, SourceMap, json};
use serde_json::{Value as Json, json};

use super::values::ty;
use super::{RECON_VERSION, TERRAFORM_VERSION, diagnostics, plan, resource};
use crate::render::needs;
use crate::render::plan::{Counts, counts_text};
use crate::render::step::Doing;

/// The version of the interface.
const UI_VERSION: &str = "1.2";

/// One line, without what every line has.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    level: &'static str,
    message: String,
    kind: &'static str,
    fields: Vec<(&'static str, Json)>,
}

impl Line {
    fn info(kind: &'static str, message: impl Into<String>, fields: Vec<(&'static str, Json)>) -> Self {
        Self { level: "info", message: message.into(), kind, fields }
    }

    /// The line as text, at `timestamp` (RFC 3339).
    pub(crate) fn text(self, timestamp: &str) -> String {
        let Self { level, message, kind, fields } = self;
        let mut line = serde_json::Map::new();
        line.insert("@level".to_owned(), json!(level));
        line.insert("@message".to_owned(), json!(message));
        line.insert("@module".to_owned(), json!("recon.ui"));
        line.insert("@timestamp".to_owned(), json!(timestamp));
        line.extend(fields.into_iter().map(|(name, value)| (name.to_owned(), value)));
        line.insert("type".to_owned(), json!(kind));
        format!("{}\n", Json::Object(line))
    }
}

/// The first line of all.
pub(crate) fn version() -> Line {
    let fields = vec![
        ("recon", json!(RECON_VERSION)),
        ("terraform", json!(TERRAFORM_VERSION)),
        ("ui", json!(UI_VERSION)),
    ];
    Line::info("version", format!("recon {RECON_VERSION}"), fields)
}

/// A change of a plan; nothing for what stays as it is.
pub(crate) fn planned(one: &ResourceChange) -> Option<Line> {
    let ResourceChange { address, deposed: _, moved_from, imported, change } = one;
    let action = match change {
        Change::Create { .. } => "create",
        Change::Update { .. } => "update",
        Change::Replace { .. } => "replace",
        Change::Delete { .. } => "delete",
        Change::Read { .. } => "read",
        Change::Forget { .. } => "remove",
        Change::Keep { .. } if imported.is_some() => "import",
        Change::Keep { .. } if moved_from.is_some() => "move",
        Change::Keep { .. } => return None,
    };
    let mut inner = json!({ "resource": resource::hook(address), "action": action });
    if let Some(from) = moved_from {
        inner["previous_resource"] = resource::hook(from);
    }
    if let Some(id) = imported {
        inner["importing"] = json!({ "id": id });
    }
    if let Some(reason) = plan::reason(one) {
        let short = match reason {
            "replace_because_tainted" => "tainted",
            "replace_by_request" => "requested",
            "replace_by_triggers" => "replace_triggered_by",
            "replace_because_cannot_update" => "cannot_update",
            other => other,
        };
        inner["reason"] = json!(short);
    }
    Some(Line::info("planned_change", format!("{address}: Plan to {action}"), vec![("change", inner)]))
}

/// What was found to differ from what was remembered.
pub(crate) fn drift(drift: &Drift) -> Line {
    let Drift { address, before: _, after } = drift;
    let action = if after.is_some() { "update" } else { "delete" };
    let inner = json!({ "resource": resource::hook(address), "action": action });
    Line::info("resource_drift", format!("{address}: Drift detected ({action})"), vec![("change", inner)])
}

/// How many objects a plan or an apply touches.
pub(crate) fn summary(counts: &Counts, operation: &'static str) -> Line {
    let Counts { import, add, change, destroy, forget: _ } = counts;
    let message = match operation {
        "plan" => format!("Plan: {}.", counts_text(counts)),
        "destroy" => format!("Destroy complete! Resources: {destroy} destroyed."),
        _ => format!("Apply complete! Resources: {add} added, {change} changed, {destroy} destroyed."),
    };
    let changes =
        json!({ "add": add, "change": change, "import": import, "remove": destroy, "operation": operation });
    Line::info("change_summary", message, vec![("changes", changes)])
}

/// What the apply of a plan needs from AWS; nothing where it needs nothing.
pub(crate) fn needed(needs: &Needs) -> Option<Line> {
    let text = needs::text(needs)?;
    Some(Line::info("recon_needs", text, vec![("needs", needs::json(needs))]))
}

/// What becomes of the outputs.
pub(crate) fn planned_outputs(changes: &BTreeMap<Name, OutputChange>) -> Option<Line> {
    let entry = |change: &OutputChange| {
        let action = match (&change.before, &change.after) {
            _ if change.is_keep() => "noop",
            (None, _) => "create",
            (_, None) => "delete",
            _ => "update",
        };
        let secret = change.after.as_ref().is_some_and(|value| value.deep_marks().is_sensitive());
        json!({ "sensitive": secret, "action": action })
    };
    let all: serde_json::Map<String, Json> =
        changes.iter().map(|(name, change)| (name.to_string(), entry(change))).collect();
    (!all.is_empty()).then(|| {
        Line::info("outputs", format!("Outputs: {}", all.len()), vec![("outputs", Json::Object(all))])
    })
}

/// The outputs after an apply; secrets have no value here.
pub(crate) fn outputs(outputs: &BTreeMap<Name, Known>) -> Line {
    let entry = |value: &Known| {
        let secret = value.deep_marks().is_sensitive();
        let mut fields = json!({ "sensitive": secret, "type": ty(&value.ty()) });
        if !secret {
            fields["value"] = json::to_json(value);
        }
        fields
    };
    let all: serde_json::Map<String, Json> =
        outputs.iter().map(|(name, value)| (name.to_string(), entry(value))).collect();
    Line::info("outputs", format!("Outputs: {}", all.len()), vec![("outputs", Json::Object(all))])
}

/// A diagnostic.
pub(crate) fn diagnostic(one: &Diagnostic, sources: &SourceMap) -> Line {
    let (level, word) = if one.is_error() { ("error", "Error") } else { ("warn", "Warning") };
    let fields = vec![("diagnostic", diagnostics::diagnostic(one, sources))];
    Line { level, message: format!("{word}: {}", one.summary), kind: "diagnostic", fields }
}

/// A step begins.
pub(crate) fn started(address: &Address, doing: Doing, id: Option<&str>) -> Line {
    let hook = with_identity(json!({ "resource": resource::hook(address), "action": doing.action() }), id);
    Line::info("apply_start", doing.started(address, id), vec![("hook", hook)])
}

fn with_identity(mut hook: Json, id: Option<&str>) -> Json {
    if let Some(id) = id {
        hook["id_key"] = json!("id");
        hook["id_value"] = json!(id);
    }
    hook
}

/// A step goes on.
pub(crate) fn still(address: &Address, doing: Doing, elapsed: Duration) -> Line {
    let hook = json!({
        "resource": resource::hook(address), "action": doing.action(), "elapsed_seconds": elapsed.as_secs(),
    });
    Line::info("apply_progress", doing.still(address, elapsed), vec![("hook", hook)])
}

/// A step is done.
pub(crate) fn finished(address: &Address, doing: Doing, elapsed: Duration, id: Option<&str>) -> Line {
    let hook = json!({ "resource": resource::hook(address), "action": doing.action() });
    let mut hook = with_identity(hook, id);
    hook["elapsed_seconds"] = json!(elapsed.as_secs());
    Line::info("apply_complete", doing.finished(address, elapsed, id), vec![("hook", hook)])
}

/// A step failed.
pub(crate) fn failed(address: &Address, doing: Doing, elapsed: Duration) -> Line {
    let hook = json!({
        "resource": resource::hook(address), "action": doing.action(), "elapsed_seconds": elapsed.as_secs(),
    });
    Line {
        level: "error",
        ..Line::info("apply_errored", doing.failed(address, elapsed), vec![("hook", hook)])
    }
}

/// Something worth knowing that has no shape of its own.
pub(crate) fn log(message: impl Into<String>) -> Line {
    Line::info("log", message, Vec::new())
}
