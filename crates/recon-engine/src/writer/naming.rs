//! Names for blocks that no other block has.

use std::collections::{BTreeMap, BTreeSet};

use recon_core::discovery::Found;
use recon_core::value::Name;

use super::siblings::Draft;

/// Types with the names that their blocks have.
pub(crate) type Taken = BTreeSet<(Name, Name)>;

/// The name of each block: what its object is called, if need be with what it belongs to, if need be with a number.
pub(super) fn names(drafts: &[Draft], found: &[Found], taken: &Taken) -> Vec<Name> {
    let mut taken = taken.clone();
    let mut owners: BTreeMap<&str, &Name> = BTreeMap::new();
    for one in found {
        owners.entry(&one.id).or_insert(&one.name);
    }
    let mut names = Vec::with_capacity(drafts.len());
    for draft in drafts {
        let first = &found[draft.members[0]];
        let wanted = if draft.members.len() == 1 { &first.name } else { &first.family };
        let mut candidates = vec![wanted.to_string()];
        candidates.extend(owners.get(&*first.owner).map(|owner| format!("{owner}_{wanted}")));
        let numbered = (2_u64..).map(|number| format!("{wanted}_{number}"));
        let free = candidates.into_iter().chain(numbered).find_map(|name| {
            let place = (first.kind.clone(), Name::from(name));
            taken.insert(place.clone()).then_some(place.1)
        });
        names.push(free.unwrap_or_else(|| wanted.clone()));
    }
    names
}
