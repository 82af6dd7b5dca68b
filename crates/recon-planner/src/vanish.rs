//! Objects that go with the object that contains them, so that their own delete calls can be spared.

use std::collections::{BTreeMap, HashMap};

use recon_core::change::{Change, ResourceChange};
use recon_core::resource_type::Catalog;

/// For each change that is a delete and whose container is deleted by the same plan: the container's change.
pub(crate) fn containers(changes: &[ResourceChange], catalog: &Catalog) -> BTreeMap<usize, usize> {
    // Hashed: only ever looked up.
    let mut texts: HashMap<(&str, &str), HashMap<&str, usize>> = HashMap::new();
    let mut found = BTreeMap::new();
    for (index, change) in changes.iter().enumerate() {
        let Some(before) = deleted(change) else { continue };
        let Some(kind) = catalog.resource(change.address.kind()) else { continue };
        for container in kind.vanishes_with() {
            let Some(text) = before.text(container.argument) else { continue };
            let all = texts
                .entry((container.kind, container.attribute))
                .or_insert_with(|| by_text(changes, container.kind, container.attribute));
            if let Some(container) = all.get(text).filter(|container| **container != index) {
                found.insert(index, *container);
                break;
            }
        }
    }
    found
}

fn deleted(change: &ResourceChange) -> Option<&recon_core::Known> {
    match &change.change {
        Change::Delete { before, .. } if change.deposed.is_none() => Some(before),
        _ => None,
    }
}

fn by_text<'a>(changes: &'a [ResourceChange], kind: &str, attribute: &str) -> HashMap<&'a str, usize> {
    let all = changes.iter().enumerate().filter(|(_, change)| &**change.address.kind() == kind);
    // An object that is only forgotten takes nothing with it.
    let goes = |value: &&recon_core::Known| value.get("skip_destroy").as_bool() != Some(true);
    all.filter_map(|(index, change)| Some((deleted(change).filter(goes)?.text(attribute)?, index))).collect()
}
