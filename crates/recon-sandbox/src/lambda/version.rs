//! Versions: `$LATEST`, which changes, and the published ones, which do not.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::code::Code;
use super::constraint::text;
use super::function::Function;
use super::locate::{self, Target};
use super::page::{Page, listing};
use super::refuse::{conflict, invalid, stale};
use super::runtime;
use super::settings::Settings;
use crate::ids::Ids;
use crate::route::Captures;
use crate::time;
use crate::wire::{Answer, Call, Outcome, Refusal, hex};
use crate::world::World;

/// How many functions or versions one page holds at most.
pub(super) const PAGE_MAX: usize = 50;

/// One version of a function.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Version {
    /// What is configured.
    pub settings: Settings,
    /// The code.
    pub code: Code,
    /// When it last changed, in milliseconds.
    pub modified_ms: i64,
    /// Its revision while it has not settled.
    pub revision: String,
    /// Its revision once it has.
    pub settled_revision: String,
    /// When it has settled, in milliseconds.
    pub settles_ms: i64,
    /// What it has not settled from.
    pub unsettled: Unsettled,
}

/// What a version is still busy with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Unsettled {
    /// It is `Pending`.
    Creating,
    /// Its last update is `InProgress`.
    Updating,
}

/// How a version is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum View {
    /// By a read, at this time in milliseconds.
    Read(i64),
    /// In the answer to the write that made it what it is.
    Written,
    /// In a listing, which leaves out what only a read of one shows.
    Listed,
}

impl Version {
    /// Says whether the version has settled at a time in milliseconds.
    pub(super) fn settled(&self, now_ms: i64) -> bool {
        now_ms >= self.settles_ms
    }

    /// Returns the revision at a time in milliseconds.
    pub(super) fn revision(&self, now_ms: i64) -> &str {
        if self.settled(now_ms) { &self.settled_revision } else { &self.revision }
    }

    /// Gives the version new revisions: one until it settles, one for after.
    pub(super) fn revise(&mut self, ids: &mut Ids) {
        self.revision = ids.uuid();
        self.settled_revision = ids.uuid();
    }

    /// Marks a change of the version.
    pub(super) fn touch(&mut self, unsettled: Unsettled, now_ms: i64, pending_ms: i64) {
        self.modified_ms = now_ms;
        self.settles_ms = now_ms.saturating_add(pending_ms);
        self.unsettled = unsettled;
    }

    /// Refuses a change while the version has not settled.
    pub(super) fn check_settled(&self, arn: &str, now_ms: i64) -> Result<(), Refusal> {
        if self.settled(now_ms) {
            return Ok(());
        }
        let message = "The operation cannot be performed at this time.";
        Err(conflict(match self.unsettled {
            Unsettled::Creating => {
                format!("{message} The function is currently in the following state: Pending")
            }
            Unsettled::Updating => format!("{message} An update is in progress for resource: {arn}"),
        }))
    }

    /// Returns the digest of everything that publishing compares.
    pub(super) fn fingerprint(&self) -> String {
        // The settings are an ordered map whose order may depend on history, so sort the keys.
        let sorted: std::collections::BTreeMap<&String, &Value> = self.settings.0.iter().collect();
        let text = format!("{} {sorted:?}", self.code.sha256());
        hex(&Sha256::digest(text.as_bytes()))
    }
}

impl Function {
    /// Returns `FunctionConfiguration` of a version; `suffix` is what the ARN ends with.
    pub(super) fn configuration(&self, version: &Version, number: &str, suffix: &str, view: View) -> Value {
        let Version { settings, code, modified_ms, .. } = version;
        let arn = locate::arn(&self.region, &self.name);
        let arn = if suffix.is_empty() { arn } else { format!("{arn}:{suffix}") };
        let settled = match view {
            View::Read(now_ms) => version.settled(now_ms),
            View::Written => false,
            View::Listed => true,
        };
        let revision = if settled { &version.settled_revision } else { &version.revision };
        let mut shown = Map::new();
        shown.insert("FunctionName".to_owned(), json!(self.name));
        shown.insert("FunctionArn".to_owned(), json!(arn));
        shown.extend(settings.0.clone());
        shown.insert("CodeSize".to_owned(), json!(code.size()));
        shown.insert("CodeSha256".to_owned(), json!(code.sha256()));
        shown.insert("LastModified".to_owned(), json!(time::lambda(*modified_ms)));
        shown.insert("Version".to_owned(), json!(number));
        shown.insert("RevisionId".to_owned(), json!(revision));
        if view != View::Listed {
            self.show_state(&mut shown, version, settled);
        }
        Value::Object(shown)
    }

    fn show_state(&self, shown: &mut Map<String, Value>, version: &Version, settled: bool) {
        let mut put = |key: &str, value: &str| shown.insert(key.to_owned(), json!(value));
        match (settled, version.unsettled) {
            (true, _) => {
                put("State", "Active");
                put("LastUpdateStatus", "Successful");
            }
            (false, Unsettled::Creating) => {
                put("State", "Pending");
                put("StateReason", "The function is being created.");
                put("StateReasonCode", "Creating");
            }
            (false, Unsettled::Updating) => {
                put("State", "Active");
                put("LastUpdateStatus", "InProgress");
                put("LastUpdateStatusReason", "The function is being created.");
                put("LastUpdateStatusReasonCode", "Creating");
            }
        }
        if let Some(name) = version.settings.text("Runtime") {
            let pinned = self.pinned_runtimes.get("$LATEST").cloned();
            let arn = pinned.unwrap_or_else(|| runtime::version_arn(name, &self.region));
            shown.insert("RuntimeVersionConfig".to_owned(), json!({ "RuntimeVersionArn": arn }));
        }
    }

    /// Publishes `$LATEST`, unless nothing changed since it was last published; returns the number.
    pub(super) fn publish(&mut self, description: Option<&str>, ids: &mut Ids, now_ms: i64) -> u64 {
        let fingerprint = self.latest.fingerprint();
        let last = self.next_version.saturating_sub(1);
        let unchanged = self.published_fingerprint == fingerprint;
        if unchanged && self.versions.contains_key(&last) {
            return last;
        }
        let number = self.next_version;
        self.next_version += 1;
        self.published_fingerprint = fingerprint;
        let mut version = self.latest.clone();
        version.revise(ids);
        version.modified_ms = now_ms;
        version.unsettled = Unsettled::Creating;
        if let Some(description) = description {
            version.settings.set("Description", json!(description));
        }
        if version.settings.0.get("SnapStart").is_some_and(|snap| snap["ApplyOn"] == "PublishedVersions") {
            let snap = json!({ "ApplyOn": "PublishedVersions", "OptimizationStatus": "On" });
            version.settings.set("SnapStart", snap);
        }
        self.versions.insert(number, version);
        number
    }
}

pub(super) fn publish(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let target = Target::parse(captures.at(0), &call.region)?;
    let body = call.json()?;
    let pending_ms = world.pace.pending_ms;
    let mut ids = world.ids.clone();
    let function = target.function_mut(world)?;
    function.latest.check_settled(&target.function_arn(), call.now_ms)?;
    if let Some(revision) = text(&body, "RevisionId")?
        && revision != function.latest.revision(call.now_ms)
    {
        return Err(stale("GetFunction/GetAlias"));
    }
    let current = function.latest.code.sha256();
    if let Some(asked) = text(&body, "CodeSha256")?.filter(|asked| !asked.is_empty())
        && asked != current
    {
        return Err(invalid(format!(
            "CodeSHA256 ({asked}) is different from current CodeSHA256 in $LATEST ({current}). Please try again with \
             the CodeSHA256 in $LATEST."
        )));
    }
    let description = text(&body, "Description")?.filter(|text| !text.is_empty());
    let fresh = function.next_version;
    let number = function.publish(description, &mut ids, call.now_ms);
    let mut view = View::Read(call.now_ms);
    if number == fresh {
        view = View::Written;
        function.latest.settled_revision = ids.uuid();
        if let Some(version) = function.versions.get_mut(&number) {
            version.settles_ms = call.now_ms.saturating_add(pending_ms);
        }
    }
    let shown = function.show(number, view);
    world.ids = ids;
    Ok(Answer::json(201, &shown))
}

pub(super) fn list(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let target = Target::parse(captures.at(0), &call.region)?;
    let page = Page::of(call, PAGE_MAX)?;
    let function = target.function(world)?;
    let (items, next) =
        page.cut(function.all_versions().map(|(key, number, version)| (key, (number, version))));
    let shown =
        items.iter().map(|(number, version)| function.configuration(version, number, number, View::Listed));
    Ok(listing("Versions", &shown.collect::<Vec<_>>(), next.as_deref()))
}
