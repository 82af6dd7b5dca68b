//! Writes what recon manages as a Terraform state.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use recon_core::resource_type::Catalog;
use recon_core::schema::Nesting;
use recon_core::state::{Health, Object, State};
use recon_core::value::Name;
use recon_core::{Address, Identity, ResourceAddress, Type};
use serde::Serialize;

use super::address::provider_out;
use super::dependencies::Dependencies;
use super::kept::Kept;
use super::value::{Attributes, sensitive_out};
use super::wire::{Instance, Output, Resource, key_out};
use crate::v1::plain::Plain;
use crate::v1::ty::Ty;
use crate::{Error, bytes};

/// Types that Terraform's provider does not have.
pub const OWN_TYPES: [&str; 2] = ["aws_api_gateway_stage_binding", "aws_lambda_version"];

/// Attributes that recon adds to types of Terraform's provider.
pub const OWN_ATTRIBUTES: [(&str, &[&str]); 1] =
    [("aws_api_gateway_deployment", &["definition_parts", "definition_sha256", "live_sha256"])];

/// Types whose attributes Terraform's provider stores in another version than the first.
const SCHEMA_VERSIONS: [(&str, u64); 2] =
    [("aws_lambda_invocation", 1), ("aws_lambda_provisioned_concurrency_config", 1)];

/// The version that a state names which no Terraform has written before: every later one reads it.
const TERRAFORM_VERSION: &str = "1.0.0";

/// A Terraform state, and what is not in it.
#[derive(Debug)]
pub struct Exported {
    /// The text.
    pub text: Vec<u8>,
    /// Its serial.
    pub serial: u64,
    /// How many instances of it are recon's.
    pub written: usize,
    /// Instances of types that only recon knows, which are not in it.
    pub left: Vec<Address>,
    /// How many instances of the state that was there before are in it that recon does not manage.
    pub kept: usize,
}

#[derive(Serialize)]
struct File<'a> {
    version: u64,
    terraform_version: &'a str,
    serial: u64,
    lineage: &'a str,
    outputs: BTreeMap<&'a str, Output<Plain<'a>>>,
    resources: Vec<&'a Resource<Entry<'a>>>,
    check_results: Option<()>,
}

/// An instance of recon's, or one that stays as it was.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Entry<'a> {
    Ours(Box<Instance<Attributes<'a>>>),
    Theirs(&'a serde_json::value::RawValue),
}

/// A block's place among others: by module, mode, type and name, as text.
pub(super) type Place = (String, String, String, String);

/// Writes a state; `before` is the Terraform state that it continues, whose other resources stay in it.
pub fn write(state: &State, catalog: &Catalog, before: Option<(&str, &Path)>) -> Result<Exported, Error> {
    let State { lineage, serial, resources, outputs } = state;
    let mut kept = match before {
        Some((text, path)) => Kept::read(text, path, catalog)?,
        None => Kept::default(),
    };
    let shapes = Shapes::of(state, catalog);
    let mut dependencies = Dependencies::new(state);
    let mut blocks: BTreeMap<Place, Resource<Entry<'_>>> = BTreeMap::new();
    let mut ours = BTreeSet::new();
    let (mut left, mut written) = (Vec::new(), 0);
    for (address, instance) in resources {
        if address.is_data() {
            continue;
        }
        if OWN_TYPES.contains(&&**address.kind()) {
            left.push(address.clone());
            continue;
        }
        let block = blocks
            .entry(place_of(&address.resource))
            .or_insert_with(|| block_out(&address.resource, provider_out(&instance.provider)));
        let depends_on = dependencies.of(&address.resource);
        let current = instance.object.iter().map(|object| (None, object));
        let deposed = instance.deposed.iter().map(|(key, object)| (Some(key.to_string()), object));
        for (deposed, object) in current.chain(deposed) {
            let identity = Identity::of(address.kind(), &object.value);
            let mut entry = shapes.entry(address, object);
            entry.private = if deposed.is_none() { kept.private(address, &identity) } else { None };
            entry.deposed = deposed;
            entry.dependencies.clone_from(&depends_on);
            entry.create_before_destroy = instance.create_before_destroy;
            block.instances.push(Entry::Ours(Box::new(entry)));
            ours.insert(identity);
            written += 1;
        }
    }
    let stays = kept.keep(resources, &ours, &lineage.0, &mut blocks);
    let file = File {
        version: 4,
        terraform_version: kept.terraform_version.as_deref().unwrap_or(TERRAFORM_VERSION),
        serial: kept.next_serial(&lineage.0, *serial),
        lineage: kept.lineage.as_deref().unwrap_or(&lineage.0),
        outputs: outputs.iter().map(|(name, value)| (&**name, output_out(value))).collect(),
        resources: blocks.values().collect(),
        check_results: None,
    };
    let serial = file.serial;
    Ok(Exported { text: print(&file), serial, written, left, kept: stays })
}

/// Replaces a Terraform state in a file in one step; the one before is kept under the same name with `.backup` at its end.
pub fn save(path: &Path, text: &[u8]) -> Result<(), Error> {
    let mut backup = path.as_os_str().to_owned();
    backup.push(".backup");
    bytes::replace_with_backup(path, Path::new(&backup), |file| file.write_all(text))
}

fn print(file: &File<'_>) -> Vec<u8> {
    // Writing to memory cannot fail, and every name in it is text.
    let mut text = serde_json::to_vec_pretty(file).unwrap_or_default();
    text.push(b'\n');
    text
}

/// Where a block comes among others.
pub(super) fn place_of(block: &ResourceAddress) -> Place {
    let ResourceAddress { module, mode, kind, name } = block;
    let mode = if *mode == recon_core::ResourceMode::Data { "data" } else { "managed" };
    (module.to_string(), mode.to_owned(), kind.to_string(), name.to_string())
}

fn block_out<'a>(block: &ResourceAddress, provider: String) -> Resource<Entry<'a>> {
    let (module, mode, kind, name) = place_of(block);
    let module = (!module.is_empty()).then_some(module);
    Resource { module, mode, kind, name, provider, instances: Vec::new() }
}

fn output_out(value: &recon_core::Known) -> Output<Plain<'_>> {
    Output { value: Plain(value), ty: Ty(value.ty()), sensitive: value.deep_marks().is_sensitive() }
}

/// What a writer has to know of each type that a state holds.
struct Shapes(BTreeMap<Name, Shape>);

#[derive(Default)]
struct Shape {
    open: Vec<Name>,
    repeated: Vec<Name>,
}

impl Shapes {
    fn of(state: &State, catalog: &Catalog) -> Self {
        let mut found = BTreeMap::new();
        for address in state.resources.keys() {
            if !found.contains_key(address.kind()) {
                found.insert(address.kind().clone(), Shape::of(address, catalog));
            }
        }
        Self(found)
    }

    fn entry<'a>(&'a self, address: &Address, object: &'a Object) -> Instance<Attributes<'a>> {
        let Object { schema_version: _, value, health } = object;
        let kind = &**address.kind();
        let own = OWN_ATTRIBUTES.iter().find(|(name, _)| *name == kind).map_or(&[][..], |(_, own)| own);
        let (open, repeated) = match self.0.get(address.kind()) {
            Some(Shape { open, repeated }) => (&open[..], &repeated[..]),
            None => (&[][..], &[][..]),
        };
        Instance {
            index_key: key_out(address.key.as_ref()),
            status: (*health == Health::Tainted).then(|| "tainted".to_owned()),
            deposed: None,
            schema_version: SCHEMA_VERSIONS.iter().find(|(name, _)| *name == kind).map_or(0, |(_, it)| *it),
            attributes: Some(Attributes { value, own, open, repeated }),
            sensitive_attributes: sensitive_out(value, own),
            private: None,
            dependencies: Vec::new(),
            create_before_destroy: false,
        }
    }
}

impl Shape {
    fn of(address: &Address, catalog: &Catalog) -> Self {
        let Some(kind) = catalog.at(&address.resource) else { return Self::default() };
        let block = &kind.schema().block;
        let open = block.attributes.iter().filter(|(_, attribute)| attribute.ty == Type::Any);
        let repeated = block.blocks.iter().filter(|(_, nested)| nested.nesting != Nesting::Single);
        Self {
            open: open.map(|(name, _)| name.clone()).collect(),
            repeated: repeated.map(|(name, _)| name.clone()).collect(),
        }
    }
}
