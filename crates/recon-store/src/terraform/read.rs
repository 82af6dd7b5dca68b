//! Takes what recon manages out of a Terraform state.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use recon_core::resource_type::Catalog;
use recon_core::state::{DeposedKey, Health, Instance, Lineage, Object, ProviderKey};
use recon_core::value::Name;
use recon_core::{Address, Known, ResourceAddress};
use serde_json::value::RawValue;

use super::address::{Blocks, provider_in};
use super::completed::completed;
use super::refusal::{Wrong, check};
use super::value::attributes_in;
use super::wire::{self, key_in};
use crate::Error;
use crate::schemas::Types;
use crate::v1::plain::{NoteTree, decode};
use crate::v1::state::words_of;

/// What was taken out of a Terraform state.
#[derive(Debug)]
pub struct Taken {
    /// The state's history.
    pub lineage: Lineage,
    /// How often it was written.
    pub serial: u64,
    /// What recon manages, by address.
    pub resources: BTreeMap<Address, Instance>,
    /// The root module's outputs.
    pub outputs: BTreeMap<Name, Known>,
    /// What stays with Terraform, in address order.
    pub left: Vec<Left>,
    /// How many data sources it remembers; they are read anew with every plan.
    pub data_sources: usize,
}

/// A block that stays with Terraform.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Left {
    /// The block.
    pub address: String,
    /// How many instances it has.
    pub instances: usize,
}

/// Reads the text of a Terraform state; `path` is for messages.
pub fn read(text: &str, path: &Path, catalog: &Catalog) -> Result<Taken, Error> {
    check(text).map_err(|wrong| error_of(wrong, path))?;
    let file: wire::File<'_> = serde_json::from_str(text).map_err(|error| corrupt(&error, path))?;
    let wire::File { serial, lineage, outputs, resources } = file;
    let mut taking = Taking {
        types: Types::new(catalog),
        catalog,
        found: BTreeMap::new(),
        left: Vec::new(),
        data_sources: 0,
        wrong: Vec::new(),
    };
    for resource in resources {
        taking.block(resource);
    }
    let outputs = outputs.into_iter().filter_map(|(name, output)| {
        let value = output_in(&output);
        value
            .map_err(|what| taking.wrong.push((format!("output.{name}"), what)))
            .ok()
            .map(|it| (name.into(), it))
    });
    let outputs = outputs.collect();
    let Taking { types: _, catalog: _, found, mut left, data_sources, wrong } = taking;
    if !wrong.is_empty() {
        return Err(Error::Untakable { path: path.to_owned(), wrong });
    }
    left.sort();
    let lineage = Lineage(lineage.into());
    Ok(Taken { lineage, serial, resources: resolved(found), outputs, left, data_sources })
}

pub(super) fn error_of(wrong: Wrong, path: &Path) -> Error {
    let path = path.to_owned();
    match wrong {
        Wrong::Json(line, column, what) => Error::BrokenJson { path, line, column, what },
        Wrong::Refused(refusal) => Error::NotTerraforms { path, refusal },
    }
}

pub(super) fn corrupt(error: &serde_json::Error, path: &Path) -> Error {
    // A reader's own words about data could hold a part of it.
    let what = "this does not follow Terraform's format of a state".to_owned();
    Error::BrokenJson { path: path.to_owned(), line: error.line(), column: error.column(), what }
}

fn output_in(output: &wire::Output<&RawValue>) -> Result<Known, String> {
    let wire::Output { value, ty, sensitive } = output;
    let value = decode(value.get(), &ty.0, &NoteTree::default()).map_err(|error| words_of(&error))?;
    Ok(Known::with_nulls(&if *sensitive { value.sensitive() } else { value }))
}

/// An instance whose dependencies are not looked up yet.
struct Found {
    instance: Instance,
    depends_on: Vec<String>,
}

struct Taking<'a> {
    types: Types<'a>,
    catalog: &'a Catalog,
    found: BTreeMap<Address, Found>,
    left: Vec<Left>,
    data_sources: usize,
    /// What cannot be read, with whose it is.
    wrong: Vec<(String, String)>,
}

impl Taking<'_> {
    fn block(&mut self, resource: wire::Resource<wire::Instance<&RawValue>>) {
        let wire::Resource { module, mode, kind, name, provider, instances } = resource;
        if mode == "data" {
            self.data_sources += instances.len();
            return;
        }
        let Some(block) = block_of(module.as_deref(), &kind, &name) else {
            let text = format!("{}.{kind}.{name}", module.unwrap_or_default());
            self.wrong.push((text, "this is not the address of a resource".to_owned()));
            return;
        };
        let text = block.to_string();
        let provider = provider_in(&provider);
        let Some(provider) = provider.filter(|_| self.catalog.resource(&kind).is_some()) else {
            self.left.push(Left { address: text, instances: instances.len() });
            return;
        };
        for instance in instances {
            if let Err(what) = self.instance(&block, &provider, instance) {
                self.wrong.push((text.clone(), what));
            }
        }
    }

    fn instance(
        &mut self,
        block: &Arc<ResourceAddress>,
        provider: &ProviderKey,
        read: wire::Instance<&RawValue>,
    ) -> Result<(), String> {
        let address = block.instance(key_in(read.index_key.as_ref())?);
        let object = self.object(block, &read).map_err(|what| match &address.key {
            Some(key) => format!("instance {key}: {what}"),
            None => what,
        })?;
        let found = self.found.entry(address).or_insert_with(|| Found {
            instance: Instance {
                provider: provider.clone(),
                depends_on: Arc::default(),
                create_before_destroy: false,
                object: None,
                deposed: BTreeMap::new(),
            },
            depends_on: Vec::new(),
        });
        match read.deposed {
            Some(key) => drop(found.instance.deposed.insert(DeposedKey(key.into()), object)),
            None if found.instance.object.is_some() => return Err("an instance is in it twice".to_owned()),
            None => found.instance.object = Some(object),
        }
        found.instance.create_before_destroy |= read.create_before_destroy;
        if found.depends_on.is_empty() {
            found.depends_on = read.dependencies;
        }
        Ok(())
    }

    fn object(
        &mut self,
        block: &ResourceAddress,
        read: &wire::Instance<&RawValue>,
    ) -> Result<Object, String> {
        let raw = read.attributes.ok_or(
            "it has no attributes, or they are in a form that a current Terraform brings up to date",
        )?;
        let (schema_version, ty) = self.types.get(block).ok_or("recon does not know its type")?;
        let value = attributes_in(raw.get(), ty, &read.sensitive_attributes)?;
        let value = match self.catalog.at(block) {
            Some(kind) => Known::with_nulls(&completed(&kind.schema().block, &value)),
            None => value,
        };
        let health = if read.status.as_deref() == Some("tainted") { Health::Tainted } else { Health::Good };
        Ok(Object { schema_version: *schema_version, value, health })
    }
}

/// The instances with their dependencies among each other.
fn resolved(found: BTreeMap<Address, Found>) -> BTreeMap<Address, Instance> {
    let blocks = Blocks::new(found.keys());
    let mut before: Option<Shared> = None;
    let mut resources = BTreeMap::new();
    for (address, Found { mut instance, depends_on }) in found {
        let shared = before.take().filter(|it| it.texts == depends_on && it.block == address.resource);
        let shared = shared.unwrap_or_else(|| {
            let all = depends_on.iter().flat_map(|text| blocks.resolve(text, &address.resource));
            Shared {
                resolved: Arc::new(all.collect()),
                block: Arc::clone(&address.resource),
                texts: depends_on,
            }
        });
        instance.depends_on = Arc::clone(&shared.resolved);
        before = Some(shared);
        resources.insert(address, instance);
    }
    resources
}

/// What the instances of one block, which stand together, share.
struct Shared {
    block: Arc<ResourceAddress>,
    texts: Vec<String>,
    resolved: Arc<Vec<ResourceAddress>>,
}

/// The address of a block as a Terraform state names it; nothing if it is none.
pub(super) fn block_of(module: Option<&str>, kind: &str, name: &str) -> Option<Arc<ResourceAddress>> {
    let around = module.map(|module| format!("{module}.")).unwrap_or_default();
    let address: Address = format!("{around}{kind}.{name}").parse().ok()?;
    address.key.is_none().then_some(address.resource)
}
