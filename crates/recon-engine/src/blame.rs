//! Who did what a drift run found, as far as the providers can tell.

use std::collections::BTreeMap;

use recon_core::plan::Drift;
use recon_core::provider::{Deed, ErrorKind, Misdeed, ProviderError, Suspicion};
use recon_core::resource_type::Catalog;
use recon_core::state::{ProviderKey, State};
use recon_core::value::Name;
use recon_core::{Address, Diagnostic, Diagnostics, Known};

use crate::connect::{Providers, describe};
use crate::drift::DriftReport;
use crate::undeclared::Undeclared;

/// Who can be asked: the providers, and which of them each object belongs to.
pub struct Witnesses {
    providers: Providers,
    keys: BTreeMap<Address, ProviderKey>,
}

/// What was done to what.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// Other code was uploaded.
    Code(Address),
    /// Something else of the object changed, or it is gone.
    Object(Address),
    /// It serves something else than what it stands for.
    Outdated(Address),
    /// An object that nobody declared, by its type and import id.
    Stray(Name, String),
}

/// The calls that may have done it, the latest first.
pub type Deeds = BTreeMap<Subject, Vec<Deed>>;

impl Witnesses {
    pub(crate) fn new(providers: &Providers, remembered: &State) -> Self {
        let keys = remembered.resources.iter();
        let keys = keys.map(|(address, instance)| (address.clone(), instance.provider.clone())).collect();
        Self { providers: providers.clone(), keys }
    }

    /// Asks who did what was found. Whoever may not be asked is told of in a warning.
    pub async fn blame(&self, catalog: &Catalog, report: &DriftReport) -> (Deeds, Diagnostics) {
        let mut asked: BTreeMap<&ProviderKey, (Vec<Subject>, Vec<Suspicion>)> = BTreeMap::new();
        for (about, subject, suspicion) in suspicions(catalog, report) {
            if let Some(key) = self.keys.get(about) {
                let (subjects, suspicions) = asked.entry(key).or_default();
                subjects.push(subject);
                suspicions.push(suspicion);
            }
        }
        let (mut deeds, mut warnings) = (Deeds::new(), Diagnostics::new());
        for (key, (subjects, suspicions)) in asked {
            let Some(provider) = self.providers.get(key) else { continue };
            match provider.blame(&suspicions).await {
                Ok(answers) => deeds.extend(subjects.into_iter().zip(answers)),
                Err(error) => warnings.push(unanswered(error)),
            }
        }
        (deeds, warnings)
    }
}

fn unanswered(error: ProviderError) -> Diagnostic {
    let error = match error.kind {
        ErrorKind::AccessDenied => error.with_help(
            "`recon drift -iam-policy -blame` prints the policy that a run with -blame needs. The report is complete but for who did it.",
        ),
        _ => error,
    };
    let Diagnostic { detail, .. } = describe("Nobody can be blamed", &error);
    Diagnostic::warning("Nobody can be blamed", detail)
}

fn suspicions<'a>(catalog: &Catalog, report: &'a DriftReport) -> Vec<(&'a Address, Subject, Suspicion)> {
    let mut found: Vec<_> = report.drifted.iter().flat_map(|drift| of_drift(catalog, drift)).collect();
    for address in &report.undeployed {
        if let Some(object) = report.repair.refreshed.object(address) {
            let misdeed = Misdeed::Outdated { have: object.value.clone() };
            found.push((address, Subject::Outdated(address.clone()), suspicion(address.kind(), misdeed)));
        }
    }
    for Undeclared { parent, stray } in &report.undeclared {
        let subject = Subject::Stray(stray.kind.clone(), stray.id.clone());
        found.push((parent, subject, suspicion(&stray.kind, Misdeed::Made { id: stray.id.clone() })));
    }
    found
}

fn suspicion(kind: &Name, misdeed: Misdeed) -> Suspicion {
    Suspicion { kind: kind.clone(), misdeed }
}

fn of_drift<'a>(catalog: &Catalog, drift: &'a Drift) -> Vec<(&'a Address, Subject, Suspicion)> {
    let Drift { address, before, after } = drift;
    let have = || before.clone();
    let Some(after) = after else {
        let misdeed = Misdeed::Gone { have: have() };
        return vec![(address, Subject::Object(address.clone()), suspicion(address.kind(), misdeed))];
    };
    let of_code = catalog.resource(address.kind()).map_or(&[][..], |kind| kind.code_attributes());
    let (code, rest): (Vec<Name>, Vec<Name>) =
        differing(before, after).into_iter().partition(|name| of_code.contains(&&**name));
    let sides = [(Subject::Code(address.clone()), code), (Subject::Object(address.clone()), rest)];
    let sides = sides.into_iter().filter(|(_, arguments)| !arguments.is_empty());
    sides
        .map(|(subject, arguments)| {
            let misdeed = Misdeed::Changed { have: have(), arguments };
            (address, subject, suspicion(address.kind(), misdeed))
        })
        .collect()
}

/// The arguments that differ.
fn differing(before: &Known, after: &Known) -> Vec<Name> {
    let entries = before.entries().into_iter().flatten();
    entries.filter(|(name, value)| !value.same(after.get(name))).map(|(name, _)| name.clone()).collect()
}
