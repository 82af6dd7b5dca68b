//! A whole plan, as text.

use recon_core::change::{Change, ReplaceOrder, ResourceChange};
use recon_core::plan::{Drift, Plan, PlanKind};
use recon_core::resource_type::Catalog;

use super::{change, needs, outputs, quote, style};

/// How many objects a plan touches, by what it does to them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Taken over.
    pub import: usize,
    /// Made, replacements included.
    pub add: usize,
    /// Changed in place.
    pub change: usize,
    /// Destroyed, replacements included.
    pub destroy: usize,
    /// No longer remembered.
    pub forget: usize,
}

/// Counts what a plan does.
pub(crate) fn counts(plan: &Plan) -> Counts {
    let mut counts = Counts::default();
    for change in &plan.changes {
        counts.import += usize::from(change.imported.is_some());
        match &change.change {
            Change::Create { .. } => counts.add += 1,
            Change::Update { .. } => counts.change += 1,
            Change::Replace { .. } => {
                counts.add += 1;
                counts.destroy += 1;
            }
            Change::Delete { .. } => counts.destroy += 1,
            Change::Forget { .. } => counts.forget += 1,
            Change::Read { .. } | Change::Keep { .. } => {}
        }
    }
    counts
}

/// `3 to add, 1 to change, 0 to destroy`, with imports and what is forgotten where there are any.
pub(crate) fn counts_text(counts: &Counts) -> String {
    let Counts { import, add, change, destroy, forget } = counts;
    let mut out = String::new();
    if *import > 0 {
        put!(out, "{import} to import, ");
    }
    put!(out, "{add} to add, {change} to change, {destroy} to destroy");
    if *forget > 0 {
        put!(out, ", {forget} to forget");
    }
    out
}

/// The plan as text.
pub(crate) fn plan(plan: &Plan, catalog: &Catalog) -> String {
    let changes: Vec<(&ResourceChange, String)> =
        plan.changes.iter().filter_map(|one| Some((one, change::change(one, catalog)?))).collect();
    let outputs = outputs::changes(&plan.outputs);
    let mut out = drift(plan, catalog);
    if changes.is_empty() && outputs.is_empty() {
        out.push_str(&nothing(plan));
        return out;
    }
    if !changes.is_empty() {
        out.push_str(&legend(&changes));
        out.push_str("\nrecon will perform the following actions:\n\n");
        for (_, text) in &changes {
            out.push_str(text);
            out.push('\n');
        }
        put!(out, "{} {}.\n", style::paint(style::BOLD, "Plan:"), counts_text(&counts(plan)));
        if let Some(needs) = needs::text(&recon_core::needs::needs(plan, catalog)) {
            put!(out, "{needs}\n");
        }
    }
    if !outputs.is_empty() {
        if !changes.is_empty() {
            out.push('\n');
        }
        put!(out, "{}\n{outputs}", style::paint(style::BOLD, "Changes to Outputs:"));
    }
    if changes.is_empty() {
        out.push_str("\nYou can apply this plan to save these new output values, without changing any real infrastructure.\n");
    }
    out
}

fn legend(changes: &[(&ResourceChange, String)]) -> String {
    let has = |fits: fn(&Change) -> bool| changes.iter().any(|(change, _)| fits(&change.change));
    let entries = [
        (has(|change| matches!(change, Change::Create { .. })), style::ADD, "  +", "create"),
        (has(|change| matches!(change, Change::Update { .. })), style::CHANGE, "  ~", "update in-place"),
        (has(|change| matches!(change, Change::Delete { .. })), style::REMOVE, "  -", "destroy"),
        (
            has(|change| replaces(change, ReplaceOrder::DestroyFirst)),
            style::CHANGE,
            "-/+",
            "destroy and then create replacement",
        ),
        (
            has(|change| replaces(change, ReplaceOrder::CreateFirst)),
            style::CHANGE,
            "+/-",
            "create replacement and then destroy",
        ),
        (has(|change| matches!(change, Change::Read { .. })), style::READ, " <=", "read (data resources)"),
        (has(|change| matches!(change, Change::Forget { .. })), style::REMOVE, "  .", "forget"),
    ];
    let mut out = String::from("Resource actions are indicated with the following symbols:\n");
    for (_, colour, symbol, words) in entries.into_iter().filter(|(present, ..)| *present) {
        put!(out, "{} {words}\n", style::paint(colour, symbol));
    }
    if out.lines().count() == 1 { String::new() } else { out }
}

fn replaces(change: &Change, wanted: ReplaceOrder) -> bool {
    matches!(change, Change::Replace { order, .. } if *order == wanted)
}

fn nothing(plan: &Plan) -> String {
    let say = |short: &str, long: &str| format!("{} {long}\n", style::paint(style::DONE, short));
    match plan.kind {
        PlanKind::Destroy => say("No changes.", "No objects need to be destroyed."),
        PlanKind::RefreshOnly if plan.drift.is_empty() => {
            say("No changes.", "Your infrastructure still matches what recon remembers.")
        }
        PlanKind::RefreshOnly => {
            "This is a refresh-only plan: applying it takes the changes above into the state, and changes nothing else.\n".to_owned()
        }
        PlanKind::Normal if !plan.drift.is_empty() => say(
            "No changes.",
            "Your infrastructure matches the configuration, apart from what changed outside of recon.\n\nTo take that into the state, run:\n\n    recon apply -refresh-only",
        ),
        PlanKind::Normal => say("No changes.", "Your infrastructure matches the configuration."),
    }
}

fn drift(plan: &Plan, catalog: &Catalog) -> String {
    if plan.drift.is_empty() {
        return String::new();
    }
    let mut out = format!("{}\n\n", style::paint(style::BOLD, "Note: Objects have changed outside of recon"));
    out.push_str("These differ from what recon remembers, and may have affected this plan:\n\n");
    for one in &plan.drift {
        out.push_str(&drifted(one, catalog));
        out.push('\n');
    }
    put!(out, "{}\n\n", style::paint(style::DIM, "─".repeat(77)));
    out
}

/// One object that differs from what was remembered.
pub(crate) fn drifted(drift: &Drift, catalog: &Catalog) -> String {
    let Drift { address, before, after } = drift;
    let (does, symbol) = match after {
        Some(_) => ("has changed", style::paint(style::CHANGE, "  ~")),
        None => ("has been deleted", style::paint(style::REMOVE, "  -")),
    };
    let name = quote::visible(&address.to_string());
    let head = style::paint(style::BOLD, format!("# {name} {does}"));
    let body = change::body(change::schema(catalog, address), Some(before), after.as_deref());
    format!("  {head}\n{symbol} {} {{\n{body}    }}\n", change::block_head(address))
}
