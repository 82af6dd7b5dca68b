//! Refresh: what the state remembers, as it is now. One bulk observation per provider.

use std::collections::BTreeMap;

use recon_core::provider::{ErrorKind, Observed, ProviderError};
use recon_core::state::{Object, ProviderKey, State};
use recon_core::{Address, Diagnostics, Known};

use crate::builtin;
use crate::connect::{Providers, describe, provider_of};
use crate::project::{Event, Project};
use crate::respell::respell;

/// The state as it is now; objects that are gone are not in it.
pub(crate) async fn observe(
    project: &Project,
    providers: &Providers,
    state: &State,
) -> Result<State, Diagnostics> {
    let mut wanted: BTreeMap<ProviderKey, Vec<(Address, Observed)>> = BTreeMap::new();
    for (address, instance) in &state.resources {
        let known = project.catalog.resource(address.kind()).is_some();
        if address.is_data() || &*instance.provider.name == builtin::NAME || !known {
            continue;
        }
        if let Some(object) = &instance.object {
            let observed = Observed { kind: address.kind().clone(), have: object.value.clone() };
            wanted.entry(instance.provider.clone()).or_default().push((address.clone(), observed));
        }
    }
    let mut found = state.clone();
    let mut diagnostics = Diagnostics::new();
    let objects = wanted.values().map(Vec::len).sum();
    if objects > 0 {
        project.events.event(&Event::Observing { objects });
    }
    for (key, objects) in wanted {
        let provider = provider_of(providers, &key)?;
        let (addresses, objects): (Vec<Address>, Vec<Observed>) = objects.into_iter().unzip();
        let answers = provider.observe(&objects).await;
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
                Err(error) => diagnostics.push(describe("Object cannot be read", &error).about(address)),
            }
        }
    }
    diagnostics.into_result(found)
}

/// Whether what kept one object from being read keeps all of them.
fn is_common(error: &ProviderError) -> bool {
    matches!(error.kind, ErrorKind::Unreachable | ErrorKind::Credentials)
}

fn take(project: &Project, state: &mut State, address: &Address, object: &Observed, answer: Option<Known>) {
    let Some(instance) = state.resources.get_mut(address) else { return };
    match answer {
        Some(value) => {
            let Some(kind) = project.catalog.resource(address.kind()) else { return };
            let schema = kind.schema();
            let value = respell(&schema.block, &object.have, value);
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
