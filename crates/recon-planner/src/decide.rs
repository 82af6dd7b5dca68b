//! What is to happen to one instance. Pure.

use std::collections::BTreeMap;

use recon_core::change::{Change, ReplaceOrder, ReplaceReason};
use recon_core::resource_type::{Answers, Neighbours, Proposal, Refined, ResourceType};
use recon_core::schema::OnChange;
use recon_core::state::{Health, Object};
use recon_core::value::Name;
use recon_core::{Address, Diagnostic, Known, Path, Value};
use recon_parser::config::{IgnoreChanges, Lifecycle};

use crate::differ::{differences, ignore, recompute, settled_back};
use crate::propose::propose;

/// One instance with everything that decides over it.
pub(crate) struct Candidate<'a> {
    pub(crate) address: &'a Address,
    pub(crate) kind: &'a dyn ResourceType,
    /// Coerced to the schema; absent parts are null.
    pub(crate) config: Value,
    pub(crate) prior: Option<&'a Object>,
    pub(crate) lifecycle: &'a Lifecycle,
    /// A reason to replace it that does not come from its arguments.
    pub(crate) replace: Option<ReplaceReason>,
    pub(crate) neighbours: &'a dyn Neighbours,
    pub(crate) answers: &'a dyn Answers,
}

/// What is to happen, or what stands in the way of deciding it.
pub(crate) enum Decision {
    Change(Change),
    Ask(Known),
    Refused(Vec<(Path, Diagnostic)>),
}

/// Decides over one instance.
pub(crate) fn decide(candidate: &Candidate<'_>) -> Decision {
    let Some(prior) = candidate.prior else {
        return created(candidate, |planned| Change::Create { planned });
    };
    let tainted = (prior.health == Health::Tainted).then_some(ReplaceReason::Tainted);
    if let Some(because) = candidate.replace.clone().or(tainted) {
        return replaced(candidate, &prior.value, because);
    }
    let block = &candidate.kind.schema().block;
    let config = match &candidate.lifecycle.ignore_changes {
        IgnoreChanges::All => {
            return Decision::Change(Change::Keep { value: prior.value.clone() });
        }
        IgnoreChanges::Paths(paths) => {
            let paths: Vec<Path> = paths.iter().map(|(path, _)| path.clone()).collect();
            ignore(candidate.config.clone(), &prior.value, &paths)
        }
    };
    let mut proposed = propose(block, Some(&prior.value), &config);
    let may_change = !differences(block, &prior.value, &proposed).is_empty();
    if may_change {
        proposed = recompute(block, &prior.value, &config, proposed);
    }
    let (planned, more) = match refine(candidate, &config, Some(&prior.value), proposed) {
        Ok(refined) => refined,
        Err(decision) => return decision,
    };
    // The type may know the difference for another spelling of the same.
    let planned = if may_change { settled_back(block, &prior.value, &config, planned) } else { planned };
    let found = differences(block, &prior.value, &planned);
    if found.is_empty() && more.is_empty() {
        // Marks may have changed with the configuration; the value has not.
        return match Known::new(planned) {
            Some(value) => Decision::Change(Change::Keep { value }),
            None => Decision::Change(Change::Keep { value: prior.value.clone() }),
        };
    }
    let by_schema = found.iter().filter(|difference| difference.on_change == OnChange::Replace);
    let mut because: Vec<Path> = by_schema.map(|difference| difference.path.clone()).collect();
    because.extend(more);
    because.sort();
    because.dedup();
    if !because.is_empty() {
        return replaced(candidate, &prior.value, ReplaceReason::Arguments(because));
    }
    let planned = recompute(block, &prior.value, &config, planned);
    Decision::Change(Change::Update { before: prior.value.clone(), planned })
}

fn replaced(candidate: &Candidate<'_>, before: &Known, because: ReplaceReason) -> Decision {
    let first = candidate.lifecycle.create_before_destroy.unwrap_or_else(|| candidate.kind.creates_first());
    let order = if first { ReplaceOrder::CreateFirst } else { ReplaceOrder::DestroyFirst };
    let before = before.clone();
    created(candidate, |planned| Change::Replace { before, planned, order, because })
}

fn created(candidate: &Candidate<'_>, change: impl FnOnce(Value) -> Change) -> Decision {
    let proposed = propose(&candidate.kind.schema().block, None, &candidate.config);
    match refine(candidate, &candidate.config, None, proposed) {
        Ok((planned, _)) => Decision::Change(change(planned)),
        Err(decision) => decision,
    }
}

fn refine(
    candidate: &Candidate<'_>,
    config: &Value,
    prior: Option<&Known>,
    proposed: Value,
) -> Result<(Value, Vec<Path>), Decision> {
    let proposal = Proposal {
        address: candidate.address,
        config,
        prior,
        proposed,
        neighbours: candidate.neighbours,
        answers: candidate.answers,
    };
    match candidate.kind.refine(proposal) {
        Refined::Ready { planned, replace } => Ok((planned, replace)),
        Refined::Ask(question) => Err(Decision::Ask(question)),
        Refined::Refused(diagnostics) => Err(Decision::Refused(diagnostics)),
    }
}

/// The final value of an instance that is about to be made or changed, now that everything it refers to is known:
/// what the plan knew stays as planned, the rest comes from the configuration; null where the provider decides.
pub(crate) fn settle_wanted(
    kind: &dyn ResourceType,
    prior: Option<&Known>,
    planned: &Value,
    config: &Value,
) -> Known {
    let prior = prior.map(|prior| &**prior);
    let proposed = propose(&kind.schema().block, prior, config);
    let mut attributes: BTreeMap<Name, Value> = BTreeMap::new();
    for (name, planned) in planned.entries().into_iter().flatten() {
        let value = if planned.is_wholly_known() {
            planned.clone()
        } else {
            // What is unknown in the plan and not set by the configuration is the provider's to decide; the prior
            // object's value must not stand in for it.
            if is_set(config.get(name)) {
                proposed.get(name).clone()
            } else {
                planned.map_unknown(&|unknown| Value::null(unknown.ty.clone()))
            }
        };
        attributes.insert(name.clone(), value.marked(planned.marks));
    }
    let value =
        Value { data: recon_core::Data::Object(std::sync::Arc::new(attributes)), marks: planned.marks };
    Known::with_nulls(&value)
}

/// Whether the configuration says something; blocks that do not occur are an empty list.
fn is_set(config: &Value) -> bool {
    match &config.data {
        recon_core::Data::Null(_) => false,
        recon_core::Data::List(_) | recon_core::Data::Set(_) => !config.items().is_empty(),
        _ => true,
    }
}
