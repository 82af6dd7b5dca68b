//! The Terraform state that an exported one continues: what stays in it as it is.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use recon_core::resource_type::Catalog;
use recon_core::state::Instance as CoreInstance;
use recon_core::{Address, Identity};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::read::{block_of, error_of};
use super::refusal::check;
use super::wire::{Instance, Resource, key_in};
use super::write::{Entry, Place};
use crate::Error;

/// A type whose objects exist only in states.
const STATE_ONLY: &str = "terraform_data";

/// Which object the attributes of an instance are those of.
fn identity(kind: &str, attributes: &RawValue) -> Identity {
    let parts: BTreeMap<String, &RawValue> = serde_json::from_str(attributes.get()).unwrap_or_default();
    Identity::told(&kind.into(), |name| serde_json::from_str::<String>(parts.get(name)?.get()).ok())
}

#[derive(Deserialize)]
struct File<'a> {
    terraform_version: Option<String>,
    serial: u64,
    lineage: String,
    #[serde(borrow, default)]
    resources: Vec<Resource<&'a RawValue>>,
}

/// What a Terraform state holds, instance by instance.
#[derive(Default)]
pub(super) struct Kept<'a> {
    pub(super) lineage: Option<String>,
    pub(super) terraform_version: Option<String>,
    serial: u64,
    instances: Vec<Theirs<'a>>,
    /// By address, what the provider keeps beside the current object, and which object that is.
    private: BTreeMap<Address, (Identity, String)>,
}

/// An instance of that state.
struct Theirs<'a> {
    place: Place,
    provider: String,
    raw: &'a RawValue,
    /// Set for what recon could manage: where, and which object.
    ours: Option<(Address, Identity)>,
}

impl<'a> Kept<'a> {
    pub(super) fn read(text: &'a str, path: &Path, catalog: &Catalog) -> Result<Self, Error> {
        check(text).map_err(|wrong| error_of(wrong, path))?;
        let corrupt = |error: serde_json::Error| super::read::corrupt(&error, path);
        let File { terraform_version, serial, lineage, resources } =
            serde_json::from_str(text).map_err(corrupt)?;
        let mut kept = Self { lineage: Some(lineage), terraform_version, serial, ..Self::default() };
        for resource in resources {
            let Resource { module, mode, kind, name, provider, instances } = resource;
            let block = block_of(module.as_deref(), &kind, &name);
            let managed = mode == "managed" && catalog.resource(&kind).is_some();
            let place = (module.unwrap_or_default(), mode, kind.clone(), name);
            for raw in instances {
                let mut ours = None;
                if let Some(block) = block.as_ref().filter(|_| managed) {
                    let read: Instance<&RawValue> = serde_json::from_str(raw.get()).map_err(corrupt)?;
                    let address = block.instance(key_in(read.index_key.as_ref()).unwrap_or_default());
                    let identity = read.attributes.map(|it| identity(&kind, it));
                    ours = identity.map(|identity| (address, identity));
                    kept.note_private(read, ours.as_ref());
                }
                kept.instances.push(Theirs { place: place.clone(), provider: provider.clone(), raw, ours });
            }
        }
        Ok(kept)
    }

    fn note_private(&mut self, read: Instance<&RawValue>, ours: Option<&(Address, Identity)>) {
        if let (Some(private), None, Some((address, identity))) = (read.private, read.deposed, ours) {
            self.private.insert(address.clone(), (identity.clone(), private));
        }
    }

    /// What the provider keeps beside an object, if it is the same object still.
    pub(super) fn private(&mut self, address: &Address, identity: &Identity) -> Option<String> {
        let (known, private) = self.private.remove(address)?;
        (known == *identity).then_some(private)
    }

    /// A serial that Terraform takes for a later one.
    pub(super) fn next_serial(&self, lineage: &str, serial: u64) -> u64 {
        match &self.lineage {
            None => serial,
            Some(theirs) if theirs == lineage => serial.max(self.serial + 1),
            Some(_) => self.serial + 1,
        }
    }

    /// Adds to `blocks` what recon does not manage; says how many instances that are.
    pub(super) fn keep(
        &self,
        managed: &BTreeMap<Address, CoreInstance>,
        ours: &BTreeSet<Identity>,
        lineage: &str,
        blocks: &mut BTreeMap<Place, Resource<Entry<'a>>>,
    ) -> usize {
        // recon took over all that there was of this history, so what is not there any more was destroyed.
        let taken_over = self.lineage.as_deref() == Some(lineage);
        let stays = self.instances.iter().filter(|theirs| match &theirs.ours {
            None => true,
            Some((address, identity)) => {
                let destroyed = taken_over && &**address.kind() == STATE_ONLY;
                !managed.contains_key(address) && !ours.contains(identity) && !destroyed
            }
        });
        let mut count = 0;
        for Theirs { place, provider, raw, ours: _ } in stays {
            let (module, mode, kind, name) = place.clone();
            let block = blocks.entry(place.clone()).or_insert_with(|| Resource {
                module: (!module.is_empty()).then_some(module),
                mode,
                kind,
                name,
                provider: provider.clone(),
                instances: Vec::new(),
            });
            block.instances.push(Entry::Theirs(raw));
            count += 1;
        }
        count
    }
}
