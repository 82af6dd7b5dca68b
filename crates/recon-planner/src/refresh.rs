//! The state that an apply starts from: as observed, with what planning read, took over, or knows better. Pure.

use std::collections::BTreeSet;
use std::sync::Arc;

use recon_core::change::{Change, ResourceChange};
use recon_core::resource_type::Catalog;
use recon_core::state::{Health, Instance, Object, State};
use recon_core::{Address, Known};

use crate::order::Facts;

/// The observed state with data sources as read, imported objects, and what blocks need by the configuration as it is.
pub(crate) fn refreshed(
    state: &State,
    changes: &[ResourceChange],
    facts: &Facts,
    catalog: &Catalog,
) -> State {
    let mut state = state.clone();
    let read: BTreeSet<&Address> =
        changes.iter().map(|change| &change.address).filter(|it| it.is_data()).collect();
    state.resources.retain(|address, _| !address.is_data() || read.contains(address));
    for change in changes.iter().filter(|change| change.deposed.is_none()) {
        let block = &change.address.resource;
        let Some(facts) = facts.get(block) else { continue };
        let Some(value) = standing(change) else { continue };
        let schema_version = catalog.at(block).map_or(0, |kind| kind.schema().version);
        let health = state.object(&change.address).map_or(Health::Good, |object| object.health);
        let deposed =
            state.resources.remove(&change.address).map(|instance| instance.deposed).unwrap_or_default();
        let instance = Instance {
            provider: facts.provider.clone(),
            depends_on: Arc::clone(&facts.depends_on),
            create_before_destroy: facts.create_first,
            object: Some(Object { schema_version, value: value.clone(), health }),
            deposed,
        };
        state.resources.insert(change.address.clone(), instance);
    }
    state
}

/// What is there before any step, where planning knows it better than the observed state.
fn standing(change: &ResourceChange) -> Option<&Known> {
    match &change.change {
        Change::Keep { value } => Some(value),
        Change::Update { before, .. } | Change::Replace { before, .. } if change.imported.is_some() => {
            Some(before)
        }
        _ => None,
    }
}
