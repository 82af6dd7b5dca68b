//! Refresh: what the state remembers, as it is now. One bulk observation per provider.

use std::collections::BTreeMap;

use recon_core::provider::{ErrorKind, Observed, ProviderError, Reach, Survey};
use recon_core::secrets::Secrets;
use recon_core::state::{Instance, Object, ProviderKey, State};
use recon_core::{Address, Diagnostic, Diagnostics, Known};

use crate::builtin;
use crate::connect::{Providers, describe, provider_of};
use crate::project::{Event, Project};
use crate::respell::respell;
use crate::undeclared::Undeclared;

/// Objects to read, each with its address.
pub(crate) type Wanted = Vec<(Address, Observed)>;

/// What there is to read, by provider.
pub(crate) fn wanted(project: &Project, state: &State) -> BTreeMap<ProviderKey, Wanted> {
    let mut wanted: BTreeMap<ProviderKey, Wanted> = BTreeMap::new();
    for (address, instance) in &state.resources {
        if let Some(object) = read_of(project, address, instance) {
            let observed = Observed { kind: address.kind().clone(), have: object.value.clone() };
            wanted.entry(instance.provider.clone()).or_default().push((address.clone(), observed));
        }
    }
    wanted
}

/// Whether a provider is asked about anything in the state.
pub(crate) fn asks_about_any(project: &Project, state: &State) -> bool {
    state.resources.iter().any(|(address, instance)| read_of(project, address, instance).is_some())
}

/// The object of an instance, if a provider can say what became of it.
fn read_of<'a>(project: &Project, address: &Address, instance: &'a Instance) -> Option<&'a Object> {
    let known = project.catalog.resource(address.kind()).is_some();
    let is_read = known && !address.is_data() && &*instance.provider.name != builtin::NAME;
    instance.object.as_ref().filter(|_| is_read)
}

/// The state as it is now, without objects that are gone, and what the reads saw that nobody declared.
pub(crate) async fn observe(
    project: &Project,
    providers: &Providers,
    state: &State,
) -> Result<(State, Vec<Undeclared>), Diagnostics> {
    let wanted = wanted(project, state);
    let mut found = state.clone();
    let mut undeclared = Vec::new();
    let mut diagnostics = Diagnostics::new();
    let objects = wanted.values().map(Vec::len).sum();
    if objects > 0 {
        project.events.event(&Event::Observing { objects });
    }
    for (key, objects) in wanted {
        let provider = provider_of(providers, &key)?;
        let (addresses, objects): (Vec<Address>, Vec<Observed>) = objects.into_iter().unzip();
        let Survey { answers, strays, .. } = provider.observe(&objects, Reach::Refresh).await;
        if let Some(cause) =
            answers.iter().filter_map(|answer| answer.as_ref().err()).find(|error| is_common(error))
        {
            // One cause for all objects is told once.
            diagnostics.push(describe("Provider cannot be used", cause));
            continue;
        }
        for ((address, object), answer) in addresses.iter().zip(&objects).zip(answers) {
            match answer {
                Ok(answer) => take(project, &mut found, address, object, answer),
                Err(error) => diagnostics.push(unread(&error, address, &object.have)),
            }
        }
        undeclared.extend(strays.into_iter().filter_map(|stray| {
            let parent = addresses.get(stray.parent)?.clone();
            Some(Undeclared { parent, stray })
        }));
    }
    diagnostics.into_result((found, undeclared))
}

/// Why an object was not read.
pub(crate) fn unread(error: &ProviderError, address: &Address, have: &Known) -> Diagnostic {
    if is_common(error) {
        return describe("Provider cannot be used", error);
    }
    let diagnostic = describe("Object cannot be read", error);
    let detail = Secrets::of(have).hidden_in(&diagnostic.detail);
    Diagnostic { detail, ..diagnostic }.about(address)
}

/// Whether what kept one object from being read keeps all of them.
pub(crate) fn is_common(error: &ProviderError) -> bool {
    matches!(error.kind, ErrorKind::Unreachable | ErrorKind::Credentials)
}

/// Puts what was found of an object into the state.
pub(crate) fn take(
    project: &Project,
    state: &mut State,
    address: &Address,
    object: &Observed,
    answer: Option<Known>,
) {
    let Some(instance) = state.resources.get_mut(address) else { return };
    match answer {
        Some(value) => {
            let Some(kind) = project.catalog.resource(address.kind()) else { return };
            let schema = kind.schema();
            let value = respell(&schema.block, address.resource.mode, &object.have, value);
            let health =
                instance.object.as_ref().map_or(recon_core::state::Health::Good, |object| object.health);
            instance.object = Some(Object { schema_version: schema.version, value, health });
        }
        None => {
            instance.object = None;
            if instance.deposed.is_empty() {
                state.resources.remove(address);
            }
        }
    }
}
