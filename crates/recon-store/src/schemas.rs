//! What a reader of stored values has to know of their types: the catalog of resource types gives it.

use std::collections::BTreeMap;

use recon_core::resource_type::Catalog;
use recon_core::value::Name;
use recon_core::{Known, ResourceAddress, ResourceMode, Type};

/// The schemas by which stored values are read.
pub trait Schemas: Send + Sync {
    /// The version and type of a block's values; nothing for a type that this recon does not know.
    fn ty(&self, resource: &ResourceAddress) -> Option<(u32, Type)>;

    /// Reads a value that another schema version stored.
    fn upgrade(&self, resource: &ResourceAddress, version: u32, value: Known) -> Result<Known, String>;
}

impl Schemas for Catalog {
    fn ty(&self, resource: &ResourceAddress) -> Option<(u32, Type)> {
        let schema = self.at(resource)?.schema();
        Some((schema.version, schema.block.ty()))
    }

    fn upgrade(&self, resource: &ResourceAddress, version: u32, value: Known) -> Result<Known, String> {
        match self.at(resource) {
            Some(kind) => kind.upgrade(version, value),
            None => Ok(value),
        }
    }
}

/// The types asked for so far: building one costs more than reading a value of it.
pub(crate) struct Types<'a> {
    schemas: &'a dyn Schemas,
    known: BTreeMap<(ResourceMode, Name), Option<(u32, Type)>>,
}

impl<'a> Types<'a> {
    pub(crate) fn new(schemas: &'a dyn Schemas) -> Self {
        Self { schemas, known: BTreeMap::new() }
    }

    pub(crate) fn get(&mut self, resource: &ResourceAddress) -> Option<&(u32, Type)> {
        let key = (resource.mode, resource.kind.clone());
        self.known.entry(key).or_insert_with(|| self.schemas.ty(resource)).as_ref()
    }

    pub(crate) fn upgrade(&self, at: &ResourceAddress, version: u32, value: Known) -> Result<Known, String> {
        self.schemas.upgrade(at, version, value)
    }
}
