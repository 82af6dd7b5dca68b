//! Names for blocks and variables that no other has.

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
        let mut take = |name: &Name| taken.insert((first.kind.clone(), name.clone()));
        if take(wanted) {
            names.push(wanted.clone());
            continue;
        }
        let owned = owners.get(&*first.owner).map(|owner| Name::from(format!("{owner}_{wanted}")));
        names.push(match owned.filter(|owned| take(owned)) {
            Some(owned) => owned,
            None => free(wanted, take),
        });
    }
    names
}

/// The name itself or, if it cannot be taken, with the first number with which it can.
pub(super) fn free(wanted: &str, mut take: impl FnMut(&Name) -> bool) -> Name {
    let whole = Name::from(wanted);
    let numbered = (2_u64..).map(|number| Name::from(format!("{wanted}_{number}")));
    std::iter::once(whole).chain(numbered).find(|name| take(name)).expect("there is no end of numbers")
}

/// A text as a part of a name: `DB_PASSWORD` is `db_password`.
pub(super) fn word(text: &str) -> String {
    let word = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    text.chars().map(word).collect()
}
