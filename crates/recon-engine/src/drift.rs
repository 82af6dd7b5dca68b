//! What differs live from what was applied, and what is pending: without a lock, without a call that changes anything,
//! without writing anything.
//!
//! Several projects are looked at together, so that their reads share calls: [`begin`] each, [`look`] at all,
//! [`conclude`] each.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use recon_core::plan::{Drift, Plan};
use recon_core::provider::{Observed, Provider, Reach, Survey};
use recon_core::secrets::Secrets;
use recon_core::state::State;
use recon_core::value::Name;
use recon_core::{Address, Diagnostic, Diagnostics};

use crate::blame::{Deeds, Witnesses};
use crate::connect::{Providers, describe, provider_of};
use crate::observe::{self, Wanted};
use crate::planning;
use crate::project::{Event, Project};
use crate::recover;
use crate::run::{Failure, PlanRequest};
use crate::undeclared::Undeclared;

/// A project whose state was read and whose providers are connected.
pub struct Begun {
    remembered: State,
    is_in_doubt: bool,
    providers: Providers,
}

impl Begun {
    /// How many objects the project has.
    pub fn objects(&self) -> usize {
        self.remembered.resources.len()
    }

    /// Who can be asked who did what will be found.
    pub fn witnesses(&self) -> Witnesses {
        Witnesses::new(&self.providers, &self.remembered)
    }
}

/// What was found of a project.
pub struct Seen {
    observed: State,
    undeclared: Vec<Undeclared>,
    declared: Vec<(Name, String)>,
}

/// What a drift run found.
#[derive(Debug)]
pub struct DriftReport {
    /// Objects that differ live from what was applied, or are gone.
    pub drifted: Vec<Drift>,
    /// Objects that serve something else than what they stand for by now: deployments.
    pub undeployed: Vec<Address>,
    /// Objects that nobody declared, under objects that are declared.
    pub undeclared: Vec<Undeclared>,
    /// The plan that repairs what drifted, and does what is pending.
    pub repair: Plan,
    /// The plan as it would be if nothing had drifted: what is configured but not applied.
    pub pending: Plan,
    /// Texts that must not be shown.
    pub secrets: Secrets,
    /// All objects of the project, as strays would be named if nobody had declared them.
    pub declared: BTreeSet<(Name, String)>,
    /// Who did it, if that was asked.
    pub deeds: Deeds,
    /// Warnings.
    pub warnings: Diagnostics,
}

/// Reads the state of a project and connects its providers.
pub async fn begin(project: &Project) -> Result<Begun, Failure> {
    let start = recover::read(project)?;
    let providers = planning::connect_all(project, &start.state).await?;
    Ok(Begun { remembered: start.state, is_in_doubt: !start.in_doubt.is_empty(), providers })
}

/// One provider's share of several projects' objects.
struct Share {
    provider: Arc<dyn Provider>,
    objects: Vec<Observed>,
    /// Which project each object belongs to, and its address there.
    owners: Vec<(usize, Address)>,
}

/// Reads the objects of all projects, those of one provider together.
pub async fn look(stacks: &[(&Project, &Begun)], reach: Reach) -> Vec<Result<Seen, Diagnostics>> {
    let mut shares: BTreeMap<usize, Share> = BTreeMap::new();
    let mut found: Vec<Seen> = Vec::with_capacity(stacks.len());
    let mut wrong: Vec<Diagnostics> = Vec::with_capacity(stacks.len());
    for (stack, (project, begun)) in stacks.iter().enumerate() {
        let wanted = observe::wanted(project, &begun.remembered);
        let objects = wanted.values().map(Vec::len).sum();
        if objects > 0 {
            project.events.event(&Event::Observing { objects });
        }
        let mut diagnostics = Diagnostics::new();
        for (key, objects) in wanted {
            match provider_of(&begun.providers, &key) {
                Ok(provider) => add(&mut shares, provider, stack, objects),
                Err(diagnostic) => diagnostics.push(diagnostic),
            }
        }
        let observed = begun.remembered.clone();
        found.push(Seen { observed, undeclared: Vec::new(), declared: Vec::new() });
        wrong.push(diagnostics);
    }
    for share in shares.into_values() {
        let survey = share.provider.observe(&share.objects, reach).await;
        spread(stacks, (share, survey), &mut found, &mut wrong);
    }
    found.into_iter().zip(wrong).map(|(seen, wrong)| wrong.into_result(seen)).collect()
}

fn add(shares: &mut BTreeMap<usize, Share>, provider: &Arc<dyn Provider>, stack: usize, wanted: Wanted) {
    // One connection is one place in memory.
    let place = Arc::as_ptr(provider).cast::<()>().addr();
    let share = shares.entry(place).or_insert_with(|| Share {
        provider: Arc::clone(provider),
        objects: Vec::new(),
        owners: Vec::new(),
    });
    for (address, object) in wanted {
        share.objects.push(object);
        share.owners.push((stack, address));
    }
}

fn spread(
    stacks: &[(&Project, &Begun)],
    (share, survey): (Share, Survey),
    found: &mut [Seen],
    wrong: &mut [Diagnostics],
) {
    let Share { objects, owners, .. } = share;
    for ((stack, _), declared) in owners.iter().zip(survey.declared) {
        found[*stack].declared.extend(declared);
    }
    for stray in survey.strays {
        if let Some((stack, parent)) = owners.get(stray.parent) {
            found[*stack].undeclared.push(Undeclared { parent: parent.clone(), stray });
        }
    }
    for (parent, error) in survey.unseen {
        if let Some((stack, address)) = owners.get(parent).filter(|_| !observe::is_common(&error)) {
            wrong[*stack].push(describe("What is under an object cannot be read", &error).about(address));
        }
    }
    let mut common: BTreeSet<usize> = BTreeSet::new();
    for (((stack, address), object), answer) in owners.iter().zip(&objects).zip(survey.answers) {
        match answer {
            Ok(answer) => {
                observe::take(stacks[*stack].0, &mut found[*stack].observed, address, object, answer);
            }
            // One cause for all objects is told once.
            Err(error) if observe::is_common(&error) && !common.insert(*stack) => {}
            Err(error) => wrong[*stack].push(observe::unread(&error, address, &object.have)),
        }
    }
}

/// Finds out what all of that means.
pub async fn conclude(
    project: &Project,
    request: &PlanRequest,
    begun: Begun,
    seen: Seen,
) -> Result<DriftReport, Failure> {
    let Begun { remembered, is_in_doubt, providers } = begun;
    let Seen { observed, undeclared, declared } = seen;
    let mut warnings = Diagnostics::new();
    if is_in_doubt {
        let detail = "An apply is at work, or one was cut off: some of its steps have no result yet. They are not in this report; the next plan or apply settles what was cut off.";
        warnings.push(Diagnostic::warning("Unfinished run", detail));
    }
    let repair = planning::plan(project, &request.options, &providers, (&remembered, &observed)).await?;
    // What would be pending if nothing had drifted.
    let pending = planning::plan(project, &request.options, &providers, (&remembered, &remembered)).await?;
    let undeployed = outdated(project, &observed);
    warnings.extend(repair.warnings);
    Ok(DriftReport {
        drifted: repair.plan.drift.clone(),
        undeployed,
        undeclared,
        repair: repair.plan,
        pending: pending.plan,
        secrets: secrets(&[&remembered, &observed]),
        declared: declared.into_iter().collect(),
        deeds: Deeds::new(),
        warnings,
    })
}

fn outdated(project: &Project, observed: &State) -> Vec<Address> {
    let is_outdated = |address: &Address| {
        let kind = project.catalog.resource(address.kind())?;
        Some(kind.is_outdated(&observed.object(address)?.value))
    };
    observed.resources.keys().filter(|address| is_outdated(address) == Some(true)).cloned().collect()
}

fn secrets(states: &[&State]) -> Secrets {
    let mut secrets = Secrets::default();
    let objects =
        states.iter().flat_map(|state| state.resources.values()).filter_map(|one| one.object.as_ref());
    objects.for_each(|object| secrets.add(&object.value));
    secrets
}
