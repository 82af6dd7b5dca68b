//! Objects that go with the objects that contain them, so that their own delete calls can be spared.

use std::collections::{BTreeMap, HashMap};

use recon_core::Known;
use recon_core::change::{Change, ReplaceOrder, ResourceChange};
use recon_core::resource_type::{Catalog, Within};

/// For each change whose object is destroyed by what the same plan does to those that contain it: the changes of these.
pub(crate) fn containers(changes: &[ResourceChange], catalog: &Catalog) -> BTreeMap<usize, Vec<usize>> {
    let mut index = Index::default();
    let mut found = BTreeMap::new();
    for (position, change) in changes.iter().enumerate() {
        let Some(before) = goes(change) else { continue };
        let Some(kind) = catalog.resource(change.address.kind()) else { continue };
        let parts = kind.vanishes_with();
        let with: Option<Vec<usize>> = parts
            .iter()
            .map(|part| part.iter().find_map(|within| index.find(changes, within, before)))
            .map(|container| container.filter(|container| *container != position))
            .collect();
        if let Some(with) = with.filter(|with| !with.is_empty()) {
            found.insert(position, with);
        }
    }
    found
}

/// The object that a change destroys before anything takes its place.
fn goes(change: &ResourceChange) -> Option<&Known> {
    match &change.change {
        Change::Delete { before, .. } if change.deposed.is_none() => Some(before),
        Change::Replace { before, order: ReplaceOrder::DestroyFirst, .. } => Some(before),
        _ => None,
    }
}

/// What goes, by type and by the attributes that others know it by. Hashed: only ever looked up.
#[derive(Default)]
struct Index<'a>(HashMap<Attributes, HashMap<Vec<&'a str>, usize>>);

/// A type, and attributes of what is in its objects and of these.
type Attributes = (&'static str, &'static [(&'static str, &'static str)]);

impl<'a> Index<'a> {
    fn find(&mut self, changes: &'a [ResourceChange], within: &Within, before: &Known) -> Option<usize> {
        let wanted: Vec<&str> =
            within.same.iter().map(|(mine, _)| before.text(mine)).collect::<Option<_>>()?;
        let all = self.0.entry((within.kind, within.same)).or_insert_with(|| by_texts(changes, within));
        all.get(&wanted).copied()
    }
}

fn by_texts<'a>(changes: &'a [ResourceChange], within: &Within) -> HashMap<Vec<&'a str>, usize> {
    let all = changes.iter().enumerate().filter(|(_, change)| &**change.address.kind() == within.kind);
    // An object that is only forgotten takes nothing with it.
    let is_destroyed = |value: &&Known| value.get("skip_destroy").as_bool() != Some(true);
    let texts = |value: &'a Known| within.same.iter().map(|(_, its)| value.text(its)).collect();
    all.filter_map(|(index, change)| Some((goes(change).filter(is_destroyed).and_then(texts)?, index)))
        .collect()
}
