//! From what the engine found to what a report says.

use std::collections::{BTreeMap, BTreeSet};

use recon_core::change::{Change, ReplaceReason, ResourceChange};
use recon_core::plan::Drift;
use recon_core::resource_type::Catalog;
use recon_core::schema::Mode;
use recon_core::secrets::Secrets;
use recon_core::{Address, Known, ResourceAddress, Value};
use recon_engine::Subject;
use recon_engine::Undeclared;
use recon_engine::drift::DriftReport;

use super::difference::differences;
use super::{Blame, Difference, Finding, Kind, Object, Place, Stack};
use crate::render::{change, outputs, plan, quote, style};

/// What findings are made from.
pub(crate) struct Source<'a> {
    /// What the engine found.
    pub report: &'a DriftReport,
    /// All types.
    pub catalog: &'a Catalog,
    /// Where a block stands.
    pub place: &'a dyn Fn(&Address) -> Option<Place>,
}

/// What a run found in the directory `name`.
pub(crate) fn findings(source: &Source<'_>, name: &str) -> Stack {
    let report = source.report;
    let mut found: Vec<Finding> = report.drifted.iter().flat_map(|one| drifted(source, one)).collect();
    found.extend(report.undeployed.iter().map(|address| undeployed(source, address)));
    found.extend(report.undeclared.iter().map(|one| undeclared(source, one)));
    found.extend(report.pending.changes.iter().filter_map(|one| pending(source, one)));
    found.extend(pending_outputs(report));
    found.sort_by(|a, b| (a.kind, &a.address).cmp(&(b.kind, &b.address)));
    let named: BTreeSet<&str> = found.iter().map(|one| one.address.as_str()).collect();
    let kept = report.repair.changes.iter().filter(|one| one.change.is_keep());
    let well =
        kept.map(|one| one.address.to_string()).filter(|address| !named.contains(address.as_str())).collect();
    let edges = edges(report);
    Stack { name: name.to_owned(), error: None, findings: found, well, edges }
}

fn finding(source: &Source<'_>, address: &Address, kind: Kind, shown: String) -> Finding {
    Finding {
        address: address.to_string(),
        block: address.resource.to_string(),
        kind,
        object: None,
        differences: Vec::new(),
        shown,
        place: (source.place)(address),
        ignored: None,
        blame: Vec::new(),
    }
}

/// Who did it, as far as that was found out; a name may hold a secret like any other text.
fn blame(source: &Source<'_>, subject: &Subject) -> Vec<Blame> {
    let known = |text: &str| source.report.secrets.without(text).unwrap_or("(sensitive)").to_owned();
    let deeds = source.report.deeds.get(subject).into_iter().flatten();
    deeds
        .map(|deed| Blame { who: known(&deed.who), when: deed.when.clone(), event: deed.event.clone() })
        .collect()
}

/// One object's drift: gone, changed, or other code; the latter two may come together.
fn drifted(source: &Source<'_>, drift: &Drift) -> Vec<Finding> {
    let address = &drift.address;
    let Some(after) = &drift.after else {
        let gone = finding(source, address, Kind::Gone, plan::drifted(drift, source.catalog));
        return vec![Finding { blame: blame(source, &Subject::Object(address.clone())), ..gone }];
    };
    let all = differences(Some(&drift.before), Some(after));
    let kind = source.catalog.resource(address.kind());
    let of_code = kind.map_or(&[][..], |kind| kind.code_attributes());
    let is_code = |one: &Difference| of_code.contains(&argument(&one.path));
    let is_computed = |one: &Difference| {
        let attribute = kind.and_then(|kind| kind.schema().block.attributes.get(argument(&one.path)));
        attribute.is_some_and(|attribute| matches!(attribute.mode, Mode::Computed(_)))
    };
    let is_outdated = source.report.undeployed.contains(address);
    let (code, rest): (Vec<_>, Vec<_>) = all.into_iter().partition(|one| is_code(one));
    // What only follows from the other code, or from what is not deployed, is told with that.
    let follows = (!code.is_empty() || is_outdated) && rest.iter().all(is_computed);
    let mut found = Vec::new();
    if !code.is_empty() {
        let drift = if follows { drift.clone() } else { narrowed(drift, &|name| of_code.contains(&name)) };
        let shown = plan::drifted(&drift, source.catalog);
        let blame = blame(source, &Subject::Code(address.clone()));
        found.push(Finding { differences: code, blame, ..finding(source, address, Kind::Code, shown) });
    }
    if !rest.is_empty() && !follows {
        let drift = narrowed(drift, &|name| !of_code.contains(&name));
        let shown = plan::drifted(&drift, source.catalog);
        let blame = blame(source, &Subject::Object(address.clone()));
        found.push(Finding { differences: rest, blame, ..finding(source, address, Kind::Changed, shown) });
    }
    found
}

/// The argument that a path begins with.
fn argument(path: &str) -> &str {
    path.split(['.', '[']).next().unwrap_or(path)
}

/// The drift of some attributes; the others look as if they had not changed.
fn narrowed(drift: &Drift, takes: &dyn Fn(&str) -> bool) -> Drift {
    let Drift { address, before, after } = drift;
    let narrow = |after: &Known| {
        let entries = after.entries().into_iter().flatten();
        let entries = entries.map(|(name, value)| {
            (name.clone(), if takes(name) { value.clone() } else { before.get(name).clone() })
        });
        Known::with_nulls(&Value::object(entries))
    };
    Drift { address: address.clone(), before: before.clone(), after: after.as_ref().map(narrow) }
}

fn undeployed(source: &Source<'_>, address: &Address) -> Finding {
    let name = quote::visible(&address.to_string());
    let head = style::paint(style::BOLD, format!("# {name} is out of date"));
    let shown = format!(
        "  {head}\n    What it deployed is not what its API is by now, and the stages that it serves do not show that.\n"
    );
    let found = finding(source, address, Kind::Undeployed, shown);
    let live = source.report.repair.refreshed.object(address).map(|object| &object.value);
    let text = |name: &str| live.and_then(|live| live.text(name)).map(serde_json::Value::from);
    let difference = Difference {
        path: "definition_sha256".to_owned(),
        before: text("definition_sha256"),
        after: text("live_sha256"),
        is_sensitive: false,
        ignored: None,
    };
    let blame = blame(source, &Subject::Outdated(address.clone()));
    Finding { differences: vec![difference], blame, ..found }
}

fn undeclared(source: &Source<'_>, one: &Undeclared) -> Finding {
    let Undeclared { parent, stray } = one;
    let known = |text: &str| source.report.secrets.without(text).unwrap_or("(sensitive)").to_owned();
    let blame = blame(source, &Subject::Stray(stray.kind.clone(), stray.id.clone()));
    let (kind, id, name) = (stray.kind.to_string(), known(&stray.id), known(&stray.name));
    let head = style::paint(style::BOLD, format!("# {} is under {parent}", quote::visible(&name)));
    let shown = format!(
        "  {head}\n{} {kind} {}\n",
        style::paint(style::ADD, "  +"),
        style::paint(style::DIM, format!("# import id {}", quote::quoted(&id)))
    );
    let found = finding(source, parent, Kind::Undeclared, shown);
    let difference = Difference {
        path: format!("{kind}.{name}"),
        before: None,
        after: Some(id.clone().into()),
        is_sensitive: false,
        ignored: None,
    };
    Finding { object: Some(Object { kind, id, name }), differences: vec![difference], blame, ..found }
}

fn pending(source: &Source<'_>, one: &ResourceChange) -> Option<Finding> {
    let is_redeployment = matches!(&one.change, Change::Replace { because: ReplaceReason::Arguments(paths), .. }
        if paths.iter().all(|path| path.argument() == Some("definition_sha256")));
    if is_redeployment && source.report.undeployed.contains(&one.address) {
        return None;
    }
    let concealed = ResourceChange { change: concealed(&one.change), ..one.clone() };
    let shown = change::change(&concealed, source.catalog)?;
    let sides = concealed.change.before().zip(concealed.change.after());
    let differences = sides.map(|(before, after)| differences(Some(before), Some(after))).unwrap_or_default();
    Some(Finding { differences, ..finding(source, &one.address, Kind::Pending, shown) })
}

/// The change without what follows from a secret in it.
fn concealed(change: &Change) -> Change {
    let mut secrets = Secrets::default();
    change.before().into_iter().for_each(|before| secrets.add(before));
    change.after().into_iter().for_each(|after| secrets.add(after));
    let (known, value) =
        (|known: &Known| secrets.conceal_known(known), |value: &Value| secrets.conceal(value));
    match change {
        Change::Create { planned } => Change::Create { planned: value(planned) },
        Change::Update { before, planned } => {
            Change::Update { before: known(before), planned: value(planned) }
        }
        Change::Replace { before, planned, order, because } => Change::Replace {
            before: known(before),
            planned: value(planned),
            order: *order,
            because: because.clone(),
        },
        Change::Delete { before, because } => Change::Delete { before: known(before), because: *because },
        Change::Read { planned } => Change::Read { planned: value(planned) },
        Change::Forget { before } => Change::Forget { before: known(before) },
        Change::Keep { value } => Change::Keep { value: known(value) },
    }
}

/// The address under which outputs are reported.
pub(crate) const OUTPUTS: &str = "output";

/// All outputs that are not stored as they are configured, as one finding.
fn pending_outputs(report: &DriftReport) -> Option<Finding> {
    let text = outputs::changes(&report.pending.outputs);
    (!text.is_empty()).then(|| Finding {
        address: OUTPUTS.to_owned(),
        block: OUTPUTS.to_owned(),
        kind: Kind::Pending,
        object: None,
        differences: Vec::new(),
        shown: format!("  {}\n{text}", style::paint(style::BOLD, "# outputs are not applied")),
        place: None,
        ignored: None,
        blame: Vec::new(),
    })
}

/// Which block refers to which.
fn edges(report: &DriftReport) -> Vec<(String, String)> {
    let mut found: BTreeMap<&ResourceAddress, &[ResourceAddress]> = BTreeMap::new();
    for (address, instance) in &report.repair.refreshed.resources {
        found.entry(&address.resource).or_insert(&instance.depends_on);
    }
    let pairs = found.into_iter().flat_map(|(from, all)| all.iter().map(move |to| (from, to)));
    let edges: BTreeSet<(String, String)> =
        pairs.map(|(from, to)| (from.to_string(), to.to_string())).collect();
    edges.into_iter().collect()
}
