//! The state file of format 1: a few lines of head, then one line for each instance and each output.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;

use recon_core::state::{DeposedKey, Instance as CoreInstance, Lineage, Object as CoreObject, State};
use recon_core::value::Name;
use recon_core::{Address, Known, ResourceAddress, Type, Value};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::object::{Health, Wrong, address_in, blocks_in, blocks_out, provider_in};
use super::plain::{NoteTree, Notes, Plain, TypeAt, decode};
use super::steps::Step;
use super::ty::Ty;
use crate::schemas::Types;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File<V> {
    #[serde(rename = "format")]
    _format: u64,
    #[serde(rename = "recon")]
    _recon: String,
    lineage: String,
    serial: u64,
    #[serde(rename = "features")]
    _features: Vec<String>,
    resources: Vec<Resource<V>>,
    outputs: BTreeMap<String, Output<V>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Resource<V> {
    address: String,
    provider: String,
    depends_on: Vec<String>,
    create_before_destroy: bool,
    object: Option<Object<V>>,
    deposed: BTreeMap<String, Object<V>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Object<V> {
    schema_version: u32,
    health: Health,
    attributes: V,
    sensitive: Vec<Vec<Step>>,
    types: Vec<TypeAt>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Output<V> {
    value: V,
    #[serde(rename = "type")]
    ty: Ty,
    sensitive: Vec<Vec<Step>>,
    types: Vec<TypeAt>,
}

/// What is wrong in a state file, and at which byte.
pub(crate) struct Fault {
    pub(crate) at: At,
    pub(crate) what: Wrong,
}

/// Where in a file something is wrong.
pub(crate) enum At {
    /// In this part of the text.
    Part(usize),
    /// At this line and column, from 1.
    Place(usize, usize),
}

/// What [`read`] finds.
pub(crate) enum Unreadable {
    /// The text does not follow the format.
    Fault(Fault),
    /// A stored value cannot be brought up to date.
    Upgrade { address: Address, version: u32, message: String },
    /// Two entries have one address.
    Twice(Address),
}

/// Writes a state.
pub(crate) fn write(state: &State, types: &mut Types<'_>, to: &mut dyn Write) -> io::Result<()> {
    let State { lineage, serial, resources, outputs } = state;
    let lineage = serde_json::to_string(&*lineage.0)?;
    writeln!(to, "{{\n  \"format\": 1,\n  \"recon\": \"{}\",", crate::VERSION)?;
    writeln!(to, "  \"lineage\": {lineage},\n  \"serial\": {serial},\n  \"features\": [],")?;
    write!(to, "  \"resources\": [")?;
    for (position, (address, instance)) in resources.iter().enumerate() {
        to.write_all(separator(position))?;
        serde_json::to_writer(&mut *to, &resource_out(address, instance, types))?;
    }
    to.write_all(if resources.is_empty() { b"],\n" } else { b"\n  ],\n" })?;
    write!(to, "  \"outputs\": {{")?;
    for (position, (name, value)) in outputs.iter().enumerate() {
        to.write_all(separator(position))?;
        serde_json::to_writer(&mut *to, &**name)?;
        to.write_all(b": ")?;
        serde_json::to_writer(&mut *to, &output_out(value))?;
    }
    to.write_all(if outputs.is_empty() { b"}\n}\n" } else { b"\n  }\n}\n" })
}

fn separator(position: usize) -> &'static [u8] {
    if position == 0 { b"\n    " } else { b",\n    " }
}

fn resource_out<'a>(
    address: &Address,
    instance: &'a CoreInstance,
    types: &mut Types<'_>,
) -> Resource<Plain<'a>> {
    let CoreInstance { provider, depends_on, create_before_destroy, object, deposed } = instance;
    let current = types.get(&address.resource);
    Resource {
        address: address.to_string(),
        provider: provider.to_string(),
        depends_on: blocks_out(depends_on),
        create_before_destroy: *create_before_destroy,
        object: object.as_ref().map(|object| object_out(object, current)),
        deposed: deposed.iter().map(|(key, object)| (key.to_string(), object_out(object, current))).collect(),
    }
}

fn object_out<'a>(object: &'a CoreObject, current: Option<&(u32, Type)>) -> Object<Plain<'a>> {
    let CoreObject { schema_version, value, health } = object;
    // A value of another schema version is read without a type, then upgraded.
    let ty = match current {
        Some((version, ty)) if version == schema_version => ty,
        _ => &Type::Any,
    };
    let Notes { sensitive, types } = Notes::of(value, ty);
    let health = (*health).into();
    Object { schema_version: *schema_version, health, attributes: Plain(value), sensitive, types }
}

fn output_out(value: &Known) -> Output<Plain<'_>> {
    let ty = value.ty();
    let Notes { sensitive, types } = Notes::of(value, &ty);
    Output { value: Plain(value), ty: Ty(ty), sensitive, types }
}

/// Reads a state.
pub(crate) fn read(text: &str, types: &mut Types<'_>) -> Result<State, Unreadable> {
    let file: File<&RawValue> = serde_json::from_str(text).map_err(|error| {
        let at = At::Place(error.line(), error.column());
        Unreadable::Fault(Fault { at, what: words_of(&error) })
    })?;
    let mut reader = Reader { text, types, block: None, depends_on: None };
    let mut resources = BTreeMap::new();
    for resource in file.resources {
        let (address, instance) = reader.instance(resource)?;
        if resources.contains_key(&address) {
            return Err(Unreadable::Twice(address));
        }
        resources.insert(address, instance);
    }
    let mut outputs = BTreeMap::new();
    for (name, Output { value, ty, sensitive, types }) in file.outputs {
        let notes = NoteTree::from(Notes { sensitive, types });
        let value = reader.value(value, &ty.0, &notes)?;
        outputs.insert(Name::from(name), value);
    }
    Ok(State { lineage: Lineage(file.lineage.into()), serial: file.serial, resources, outputs })
}

/// The words of a JSON reader without the place, which is told apart.
pub(crate) fn words_of(error: &serde_json::Error) -> String {
    if error.is_eof() {
        return "it ends in the middle of a value".to_owned();
    }
    let place = format!(" at line {} column {}", error.line(), error.column());
    let words = error.to_string();
    words.strip_suffix(&place).map_or(words.clone(), str::to_owned)
}

struct Reader<'a, 'b, 'c> {
    text: &'a str,
    types: &'b mut Types<'c>,
    /// The block of the instance before: instances of one block stand together and share it.
    block: Option<Arc<ResourceAddress>>,
    /// The dependencies of the instance before, shared for the same reason.
    depends_on: Option<(Vec<String>, Arc<Vec<ResourceAddress>>)>,
}

impl Reader<'_, '_, '_> {
    fn instance(&mut self, read: Resource<&RawValue>) -> Result<(Address, CoreInstance), Unreadable> {
        let Resource { address, provider, depends_on, create_before_destroy, object, deposed } = read;
        let raw = object.iter().chain(deposed.values()).map(|object| object.attributes).next();
        let address = self.address(&address).map_err(|what| self.fault(raw, what))?;
        let provider = provider_in(&provider).map_err(|what| self.fault(raw, what))?;
        let depends_on = self.blocks(depends_on).map_err(|what| self.fault(raw, what))?;
        let object = object.map(|object| self.object(&address, object)).transpose()?;
        let mut others = BTreeMap::new();
        for (key, object) in deposed {
            others.insert(DeposedKey(key.into()), self.object(&address, object)?);
        }
        let instance = CoreInstance { provider, depends_on, create_before_destroy, object, deposed: others };
        Ok((address, instance))
    }

    fn address(&mut self, text: &str) -> Result<Address, Wrong> {
        let mut address = address_in(text)?;
        match &self.block {
            Some(block) if *block == address.resource => address.resource = block.clone(),
            _ => self.block = Some(address.resource.clone()),
        }
        Ok(address)
    }

    fn blocks(&mut self, texts: Vec<String>) -> Result<Arc<Vec<ResourceAddress>>, Wrong> {
        if let Some((before, blocks)) = &self.depends_on
            && *before == texts
        {
            return Ok(blocks.clone());
        }
        let blocks = Arc::new(blocks_in(&texts)?);
        self.depends_on = Some((texts, blocks.clone()));
        Ok(blocks)
    }

    fn object(&mut self, address: &Address, read: Object<&RawValue>) -> Result<CoreObject, Unreadable> {
        let Object { schema_version, health, attributes, sensitive, types } = read;
        let health = health.into();
        let notes = NoteTree::from(Notes { sensitive, types });
        let current = self.types.get(&address.resource).cloned();
        match current {
            Some((version, ty)) if version == schema_version => {
                let value = self.value(attributes, &ty, &notes)?;
                Ok(CoreObject { schema_version, value, health })
            }
            Some((version, ty)) => {
                let value = self.value(attributes, &Type::Any, &notes)?;
                let upgraded = upgrade(self.types, address, (schema_version, value), &ty);
                let value = upgraded.map_err(|message| Unreadable::Upgrade {
                    address: address.clone(),
                    version: schema_version,
                    message,
                })?;
                Ok(CoreObject { schema_version: version, value, health })
            }
            // Of a type that this recon does not know: kept as it is.
            None => {
                let value = self.value(attributes, &Type::Any, &notes)?;
                Ok(CoreObject { schema_version, value, health })
            }
        }
    }

    fn value(&self, raw: &RawValue, ty: &Type, notes: &NoteTree) -> Result<Known, Unreadable> {
        let value = decode(raw.get(), ty, notes).map_err(|error| {
            let inside = offset_of_place(raw.get(), error.line(), error.column());
            let at = At::Part(offset_in(self.text, raw.get()) + inside);
            Unreadable::Fault(Fault { at, what: words_of(&error) })
        })?;
        // Nothing that JSON says is unknown.
        Ok(Known::with_nulls(&value))
    }

    fn fault(&self, raw: Option<&RawValue>, what: Wrong) -> Unreadable {
        let at = At::Part(raw.map_or(0, |raw| offset_in(self.text, raw.get())));
        Unreadable::Fault(Fault { at, what })
    }
}

/// Brings a value of another schema version, or of another recon, up to a type.
pub(crate) fn upgrade(
    types: &Types<'_>,
    address: &Address,
    (version, value): (u32, Known),
    ty: &Type,
) -> Result<Known, String> {
    let value = types.upgrade(&address.resource, version, value)?;
    conform(&value, ty)
}

/// The value as the schema's type has it: what it lacks is null, what the type lacks is dropped.
pub(crate) fn conform(value: &Value, ty: &Type) -> Result<Known, String> {
    let text = serde_json::to_string(&Plain(value)).map_err(|error| words_of(&error))?;
    let notes = NoteTree::from(Notes::of(value, ty));
    let value = decode(&text, ty, &notes).map_err(|error| words_of(&error))?;
    Ok(Known::with_nulls(&value))
}

fn offset_in(text: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize).min(text.len())
}

fn offset_of_place(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    before + column.saturating_sub(1)
}
