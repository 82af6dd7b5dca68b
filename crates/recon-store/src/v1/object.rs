//! Instances and objects: the part that state, journal and plan have in common. `V` is how a value is written.

use std::collections::BTreeMap;
use std::sync::Arc;

use recon_core::state::{
    DeposedKey, Health as CoreHealth, Instance as CoreInstance, Object as CoreObject, ProviderKey,
};
use recon_core::value::Name;
use recon_core::{Address, Known, ResourceAddress};
use serde::{Deserialize, Serialize};

use super::exact::Exact;
use super::exact_read::Read;

/// An instance with exact values.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Instance<V> {
    pub(crate) provider: String,
    pub(crate) depends_on: Vec<String>,
    pub(crate) create_before_destroy: bool,
    pub(crate) object: Option<Object<V>>,
    pub(crate) deposed: BTreeMap<String, Object<V>>,
}

/// An object with an exact value.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Object<V> {
    pub(crate) schema_version: u32,
    pub(crate) health: Health,
    pub(crate) value: V,
}

/// Whether an object was made completely.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Health {
    Good,
    Tainted,
}

/// What is wrong with what was read, in words that hold no stored value.
pub(crate) type Wrong = String;

impl<'a> From<&'a CoreInstance> for Instance<Exact<'a>> {
    fn from(instance: &'a CoreInstance) -> Self {
        let CoreInstance { provider, depends_on, create_before_destroy, object, deposed } = instance;
        Self {
            provider: provider.to_string(),
            depends_on: blocks_out(depends_on),
            create_before_destroy: *create_before_destroy,
            object: object.as_ref().map(Object::from),
            deposed: deposed.iter().map(|(key, object)| (key.to_string(), Object::from(object))).collect(),
        }
    }
}

impl<'a> From<&'a CoreObject> for Object<Exact<'a>> {
    fn from(object: &'a CoreObject) -> Self {
        let CoreObject { schema_version, value, health } = object;
        Self { schema_version: *schema_version, health: (*health).into(), value: Exact(value) }
    }
}

impl TryFrom<Instance<Read>> for CoreInstance {
    type Error = Wrong;

    fn try_from(instance: Instance<Read>) -> Result<Self, Wrong> {
        let Instance { provider, depends_on, create_before_destroy, object, deposed } = instance;
        let deposed = deposed.into_iter();
        Ok(Self {
            provider: provider_in(&provider)?,
            depends_on: Arc::new(blocks_in(&depends_on)?),
            create_before_destroy,
            object: object.map(CoreObject::try_from).transpose()?,
            deposed: deposed
                .map(|(key, object)| Ok((DeposedKey(key.into()), object.try_into()?)))
                .collect::<Result<_, Wrong>>()?,
        })
    }
}

impl TryFrom<Object<Read>> for CoreObject {
    type Error = Wrong;

    fn try_from(object: Object<Read>) -> Result<Self, Wrong> {
        let Object { schema_version, health, value } = object;
        Ok(Self { schema_version, value: known(value)?, health: health.into() })
    }
}

impl From<CoreHealth> for Health {
    fn from(health: CoreHealth) -> Self {
        match health {
            CoreHealth::Good => Self::Good,
            CoreHealth::Tainted => Self::Tainted,
        }
    }
}

impl From<Health> for CoreHealth {
    fn from(health: Health) -> Self {
        match health {
            Health::Good => Self::Good,
            Health::Tainted => Self::Tainted,
        }
    }
}

/// Reads an exact value in which nothing is unknown.
pub(crate) fn known(Read(value): Read) -> Result<Known, Wrong> {
    Known::new(value).ok_or_else(|| "a value is not known here".to_owned())
}

/// Values by name, to write.
pub(crate) fn values_out(values: &BTreeMap<Name, Known>) -> BTreeMap<&str, Exact<'_>> {
    values.iter().map(|(name, value)| (&**name, Exact(value))).collect()
}

/// Values by name, as read.
pub(crate) fn values_in(values: BTreeMap<String, Read>) -> Result<BTreeMap<Name, Known>, Wrong> {
    values.into_iter().map(|(name, value)| Ok((name.into(), known(value)?))).collect()
}

/// Blocks, to write.
pub(crate) fn blocks_out(blocks: &[ResourceAddress]) -> Vec<String> {
    blocks.iter().map(ToString::to_string).collect()
}

/// Blocks, as read.
pub(crate) fn blocks_in<S: AsRef<str>>(blocks: &[S]) -> Result<Vec<ResourceAddress>, Wrong> {
    let block = |text: &S| {
        let address = address_in(text.as_ref())?;
        match address.key {
            None => Ok(Arc::unwrap_or_clone(address.resource)),
            Some(_) => Err(format!("`{}` is an instance, not a block", text.as_ref())),
        }
    };
    blocks.iter().map(block).collect()
}

/// An address, as read.
pub(crate) fn address_in(text: &str) -> Result<Address, Wrong> {
    text.parse().map_err(|error: recon_core::address::NotAnAddress| error.to_string())
}

/// A provider, as read.
pub(crate) fn provider_in(text: &str) -> Result<ProviderKey, Wrong> {
    let (name, alias) = match text.split_once('.') {
        Some((name, alias)) => (name, Some(Name::from(alias))),
        None => (text, None),
    };
    if name.is_empty() || alias.as_ref().is_some_and(|alias| alias.is_empty()) {
        return Err(format!("`{text}` is not a provider like `aws` or `aws.eu`"));
    }
    Ok(ProviderKey { name: name.into(), alias })
}
