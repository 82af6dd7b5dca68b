//! The instances planned so far, found by address, by type, and by what an attribute is.

use std::cell::RefCell;
use std::collections::HashMap;
use std::num::NonZeroU32;

use recon_core::change::{Change, ResourceChange};
use recon_core::resource_type::Neighbours;
use recon_core::value::Name;
use recon_core::{Address, Data, Value};

/// The changes of all instances planned so far.
#[derive(Default)]
pub(crate) struct Changes {
    pub(crate) list: Vec<ResourceChange>,
    /// Hashed: only ever looked up.
    by_address: HashMap<Address, usize>,
    /// Hashed: only ever looked up.
    by_kind: HashMap<Name, Vec<usize>>,
    /// By type and attribute. Hashed: only ever looked up.
    attributes: RefCell<HashMap<(String, String), Attribute>>,
}

/// Which instances of a type have what in one attribute. Hashed: only ever looked up.
#[derive(Default)]
struct Attribute {
    /// How many instances of the type are in here already.
    seen: usize,
    /// With the text before or after the change.
    by_text: HashMap<String, Vec<usize>>,
    /// With what is unknown after the change, by what it stands for.
    by_origin: HashMap<NonZeroU32, Vec<usize>>,
    /// With what is unknown after the change and stands for nobody knows what.
    untold: Vec<usize>,
}

impl Attribute {
    fn add(&mut self, index: usize, change: &Change, name: &str) {
        self.seen += 1;
        let before = change.before().and_then(|value| value.str(name));
        let after = change.after().map(|value| value.get(name));
        if let Some(text) = before {
            self.by_text.entry(text.to_owned()).or_default().push(index);
        }
        match after.map(|value| &value.data) {
            Some(Data::String(text)) if before != Some(text) => {
                self.by_text.entry(text.to_string()).or_default().push(index);
            }
            Some(Data::Unknown(unknown)) => match unknown.origin {
                Some(origin) => self.by_origin.entry(origin).or_default().push(index),
                None => self.untold.push(index),
            },
            _ => {}
        }
    }
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

    fn planned(&self, index: usize) -> Option<(&Address, &Value)> {
        let (address, change) = self.pair(index);
        Some((address, change.after()?))
    }

    /// What is known of an attribute of the instances of a type, brought up to date.
    fn look_up<T>(&self, kind: &str, name: &str, found: impl FnOnce(&Attribute) -> T) -> T {
        let all = self.by_kind.get(kind).map(Vec::as_slice).unwrap_or_default();
        let mut attributes = self.attributes.borrow_mut();
        let attribute = attributes.entry((kind.to_owned(), name.to_owned())).or_default();
        for index in &all[attribute.seen..] {
            attribute.add(*index, &self.list[*index].change, name);
        }
        found(attribute)
    }
}

impl Neighbours for Changes {
    fn of_kind(&self, kind: &str) -> Vec<(&Address, &Change)> {
        self.by_kind.get(kind).into_iter().flatten().map(|index| self.pair(*index)).collect()
    }

    fn with_text(&self, kind: &str, name: &str, text: &str) -> Vec<(&Address, &Change)> {
        self.look_up(kind, name, |attribute| {
            attribute.by_text.get(text).into_iter().flatten().map(|index| self.pair(*index)).collect()
        })
    }

    fn that_will_have(&self, kind: &str, name: &str, value: &Value) -> Vec<(&Address, &Value)> {
        let mut found: Vec<(&Address, &Value)> = self.look_up(kind, name, |attribute| {
            let found = match &value.data {
                Data::String(text) => attribute.by_text.get(&**text),
                Data::Unknown(unknown) => unknown.origin.and_then(|origin| attribute.by_origin.get(&origin)),
                _ => None,
            };
            found.into_iter().flatten().filter_map(|index| self.planned(*index)).collect()
        });
        found.retain(|(_, planned)| planned.get(name).will_be(value));
        found
    }

    fn untold(&self, kind: &str, name: &str) -> Vec<(&Address, &Value)> {
        self.look_up(kind, name, |attribute| {
            attribute.untold.iter().filter_map(|index| self.planned(*index)).collect()
        })
    }
}
