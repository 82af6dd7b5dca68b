//! The instances planned so far, found by address, by type, and by the text of an attribute.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use recon_core::Address;
use recon_core::change::{Change, ResourceChange};
use recon_core::resource_type::Neighbours;
use recon_core::value::Name;

/// The changes of all instances planned so far.
#[derive(Default)]
pub(crate) struct Changes {
    pub(crate) list: Vec<ResourceChange>,
    by_address: BTreeMap<Address, usize>,
    /// Hashed: only ever looked up.
    by_kind: HashMap<Name, Vec<usize>>,
    by_text: RefCell<HashMap<(String, String), Texts>>,
}

/// Which instances of a type have which text in one attribute.
#[derive(Default)]
struct Texts {
    /// How many instances of the type are in here already.
    seen: usize,
    found: HashMap<String, Vec<usize>>,
}

impl Changes {
    pub(crate) fn add(&mut self, change: ResourceChange) {
        let index = self.list.len();
        if change.deposed.is_none() {
            self.by_address.insert(change.address.clone(), index);
        }
        if !change.address.is_data() {
            self.by_kind.entry(change.address.kind().clone()).or_default().push(index);
        }
        self.list.push(change);
    }

    pub(crate) fn at(&self, address: &Address) -> Option<&ResourceChange> {
        self.by_address.get(address).map(|index| &self.list[*index])
    }

    fn pair(&self, index: usize) -> (&Address, &Change) {
        let change = &self.list[index];
        (&change.address, &change.change)
    }
}

impl Neighbours for Changes {
    fn of_kind(&self, kind: &str) -> Vec<(&Address, &Change)> {
        self.by_kind.get(kind).into_iter().flatten().map(|index| self.pair(*index)).collect()
    }

    fn with_text(&self, kind: &str, name: &str, text: &str) -> Vec<(&Address, &Change)> {
        let Some(all) = self.by_kind.get(kind) else { return Vec::new() };
        let mut by_text = self.by_text.borrow_mut();
        let texts = by_text.entry((kind.to_owned(), name.to_owned())).or_default();
        for index in &all[texts.seen..] {
            let change = &self.list[*index].change;
            let before = change.before().and_then(|value| value.str(name));
            let after = change.after().and_then(|value| value.str(name));
            if let Some(text) = before {
                texts.found.entry(text.to_owned()).or_default().push(*index);
            }
            if let Some(text) = after.filter(|after| Some(*after) != before) {
                texts.found.entry(text.to_owned()).or_default().push(*index);
            }
        }
        texts.seen = all.len();
        texts.found.get(text).into_iter().flatten().map(|index| self.pair(*index)).collect()
    }
}
