//! What a resource type knows without asking anybody: its schema, its rules, its part in planning. Pure.

use std::collections::BTreeMap;

use crate::change::Change;
use crate::discovery::Manner;
use crate::quota::Prices;
use crate::schema::Schema;
use crate::value::Name;
use crate::{Address, Diagnostic, Known, Path, Value};

/// What goes into service with a new object: whatever is under another one by then.
#[derive(Clone, Copy, Debug)]
pub struct Ships {
    /// The type of that other object.
    pub of: &'static str,
    /// The argument that holds its id.
    pub argument: &'static str,
    /// The types of what is under it, and goes.
    pub parts: &'static [&'static str],
}

/// The pure half of a resource type or data source; the live half is [`crate::provider::Provider`].
pub trait ResourceType: Send + Sync {
    /// `aws_lambda_function`
    fn name(&self) -> &'static str;

    /// Its arguments, attributes and nested blocks.
    fn schema(&self) -> &Schema;

    /// Finds what is wrong in a configuration that fits the schema; unknown parts are not judged. Diagnostics
    /// need no span: the caller points at the argument of the path.
    fn check(&self, config: &Value) -> Vec<(Path, Diagnostic)> {
        let _: &Value = config;
        Vec::new()
    }

    /// Completes a proposed value: normalises it, marks what an update makes unknown, adds reasons to replace.
    fn refine(&self, proposal: Proposal<'_>) -> Refined {
        Refined::Ready { planned: proposal.proposed, replace: Vec::new() }
    }

    /// Finds what is wrong between this planned instance and others; runs when every instance is planned.
    fn review(&self, address: &Address, change: &Change, neighbours: &dyn Neighbours) -> Vec<Diagnostic> {
        let _: (&Address, &Change, &dyn Neighbours) = (address, change, neighbours);
        Vec::new()
    }

    /// Types whose blocks come before this one's where both refer to the same block through the argument
    /// named here (`rest_api_id` for a deployment), as if `depends_on` named them.
    fn follows(&self) -> Option<Follows> {
        None
    }

    /// Whether a replacement makes the new object first even where `lifecycle` does not say so.
    fn creates_first(&self) -> bool {
        false
    }

    /// Writes with the same key run one after the other: one writer per function, per REST API.
    fn queue_key(&self, value: &Value) -> Option<Name> {
        let _: &Value = value;
        None
    }

    /// The objects that take this one with them when they are deleted, so that its own delete call can be spared: for
    /// each of its parts those that contain it. Most objects have one part. The object is gone when all its parts are.
    fn vanishes_with(&self) -> Parts {
        &[]
    }

    /// Whether what the object stands for has moved on since it was made, so that what it serves is out of date.
    fn is_outdated(&self, live: &Known) -> bool {
        let _: &Known = live;
        false
    }

    /// What making one puts into service, be it declared or not.
    fn ships(&self) -> Option<Ships> {
        None
    }

    /// The local files that making this change reads.
    fn reads(&self, change: &Change) -> &'static [Reads] {
        let _: &Change = change;
        &[]
    }

    /// The argument that names the local file which reading this data source writes.
    fn writes(&self) -> Option<&'static str> {
        None
    }

    /// The attributes that tell which code the object runs.
    fn code_attributes(&self) -> &'static [&'static str] {
        &[]
    }

    /// Reads a value that an older schema version stored.
    fn upgrade(&self, version: u32, value: Known) -> Result<Known, String> {
        if version == self.schema().version {
            Ok(value)
        } else {
            Err(format!("schema version {version} is not known"))
        }
    }
}

/// See [`ResourceType::reads`].
#[derive(Clone, Copy, Debug)]
pub struct Reads {
    /// The argument that names a file, or a directory with files.
    pub argument: &'static str,
    /// Names of files and directories that do not count when a directory is read.
    pub left_out: &'static [&'static str],
}

/// See [`ResourceType::follows`].
#[derive(Clone, Copy, Debug)]
pub struct Follows {
    /// The argument through which both refer to the same block.
    pub through: &'static str,
    /// The types that come before.
    pub kinds: &'static [&'static str],
}

/// See [`ResourceType::vanishes_with`].
pub type Parts = &'static [&'static [Within]];

/// Says that objects of a type live inside of others: when those are deleted or replaced, these are gone.
#[derive(Clone, Copy, Debug)]
pub struct Within {
    /// The container's type.
    pub kind: &'static str,
    /// Attributes that are equal in both: this type's name, then the container's.
    pub same: &'static [(&'static str, &'static str)],
}

/// What a type is asked to complete.
pub struct Proposal<'a> {
    /// The instance.
    pub address: &'a Address,
    /// The configuration, coerced to the schema; absent parts are null.
    pub config: &'a Value,
    /// The object as it is; nothing when it is to be made. When the object is being replaced, `refine` runs again
    /// with nothing here.
    pub prior: Option<&'a Known>,
    /// The configuration, completed from defaults and from the prior object; unknown where the provider decides.
    pub proposed: Value,
    /// The instances planned so far, among them all that this block refers to.
    pub neighbours: &'a dyn Neighbours,
    /// Answers of the provider to what this type asked before.
    pub answers: &'a dyn Answers,
}

/// A completed proposal, or what is missing for it.
pub enum Refined {
    /// The planned value, and the arguments (beyond those the schema says) whose change replaces the object.
    Ready {
        /// The planned value; unknown where only the provider will know.
        planned: Value,
        /// More reasons to replace the object.
        replace: Vec<Path>,
    },
    /// A question to the provider; `refine` runs again once it is answered.
    Ask(Known),
    /// The proposal cannot be planned.
    Refused(Vec<(Path, Diagnostic)>),
}

/// The other planned instances.
pub trait Neighbours {
    /// All planned instances of a type.
    fn of_kind(&self, kind: &str) -> Vec<(&Address, &Change)>;

    /// All planned instances of a type whose attribute `name` is known and has that text, before or after the change.
    fn with_text(&self, kind: &str, name: &str, text: &str) -> Vec<(&Address, &Change)> {
        let fits = |value: &Value| value.str(name) == Some(text);
        let mut found = self.of_kind(kind);
        found.retain(|(_, change)| {
            change.after().is_some_and(fits) || change.before().is_some_and(|value| fits(value))
        });
        found
    }

    /// All planned instances of a type whose attribute `name` will certainly have that value after the change, with what
    /// they will be.
    fn that_will_have(&self, kind: &str, name: &str, value: &Value) -> Vec<(&Address, &Value)> {
        let found =
            self.of_kind(kind).into_iter().filter_map(|(address, change)| Some((address, change.after()?)));
        found.filter(|(_, planned)| planned.get(name).will_be(value)).collect()
    }

    /// All planned instances of a type of whose attribute `name` nobody can tell what it will be.
    fn untold(&self, kind: &str, name: &str) -> Vec<(&Address, &Value)> {
        let found =
            self.of_kind(kind).into_iter().filter_map(|(address, change)| Some((address, change.after()?)));
        found.filter(|(_, planned)| planned.get(name).is_untold()).collect()
    }
}

/// Answers of the provider.
pub trait Answers {
    /// The answer to a question, if it was asked already.
    fn answer(&self, question: &Known) -> Option<&Known>;
}

/// All types that a run can use, by name.
#[derive(Default)]
pub struct Catalog {
    resources: BTreeMap<&'static str, (&'static str, Box<dyn ResourceType>)>,
    data: BTreeMap<&'static str, (&'static str, Box<dyn ResourceType>)>,
    providers: BTreeMap<&'static str, Schema>,
    within: BTreeMap<&'static str, Vec<Within>>,
    manners: BTreeMap<&'static str, Manner>,
    prices: BTreeMap<&'static str, Box<dyn Prices>>,
}

impl Catalog {
    /// Adds a provider's types.
    pub fn add(
        &mut self,
        provider: &'static str,
        schema: Schema,
        resources: Vec<Box<dyn ResourceType>>,
        data: Vec<Box<dyn ResourceType>>,
    ) {
        self.providers.insert(provider, schema);
        self.resources.extend(resources.into_iter().map(|kind| (kind.name(), (provider, kind))));
        self.data.extend(data.into_iter().map(|kind| (kind.name(), (provider, kind))));
    }

    /// Says that objects of a type live inside of others.
    pub fn contain(&mut self, kind: &'static str, within: Within) {
        self.within.entry(kind).or_default().push(within);
    }

    /// What objects of a type live inside of.
    pub fn within(&self, kind: &str) -> &[Within] {
        self.within.get(kind).map_or(&[], Vec::as_slice)
    }

    /// Says how objects of a type are written down.
    pub fn write_as(&mut self, kind: &'static str, manner: Manner) {
        self.manners.insert(kind, manner);
    }

    /// How objects of a type are written down.
    pub fn manner(&self, kind: &str) -> Manner {
        self.manners.get(kind).copied().unwrap_or_default()
    }

    /// Says what the changes of a provider's objects cost.
    pub fn price(&mut self, provider: &'static str, prices: Box<dyn Prices>) {
        self.prices.insert(provider, prices);
    }

    /// What the changes of a provider's objects cost; nothing where they cost nothing.
    pub fn prices(&self, provider: &str) -> Option<&dyn Prices> {
        self.prices.get(provider).map(|prices| &**prices)
    }

    /// A resource type.
    pub fn resource(&self, name: &str) -> Option<&dyn ResourceType> {
        self.resources.get(name).map(|(_, kind)| &**kind)
    }

    /// A data source.
    pub fn data(&self, name: &str) -> Option<&dyn ResourceType> {
        self.data.get(name).map(|(_, kind)| &**kind)
    }

    /// The resource type or data source at an address.
    pub fn at(&self, resource: &crate::ResourceAddress) -> Option<&dyn ResourceType> {
        match resource.mode {
            crate::ResourceMode::Managed => self.resource(&resource.kind),
            crate::ResourceMode::Data => self.data(&resource.kind),
        }
    }

    /// The name of the provider of the type at an address.
    pub fn provider_of(&self, resource: &crate::ResourceAddress) -> Option<&'static str> {
        let table = if resource.mode == crate::ResourceMode::Data { &self.data } else { &self.resources };
        table.get(&*resource.kind).map(|(provider, _)| *provider)
    }

    /// The schema of a provider's own block.
    pub fn provider(&self, name: &str) -> Option<&Schema> {
        self.providers.get(name)
    }

    /// All providers, in order of name.
    pub fn providers(&self) -> impl Iterator<Item = (&'static str, &Schema)> {
        self.providers.iter().map(|(name, schema)| (*name, schema))
    }

    /// All resource types, in order of name.
    pub fn resources(&self) -> impl Iterator<Item = &dyn ResourceType> {
        self.resources.values().map(|(_, kind)| &**kind)
    }

    /// All data sources, in order of name.
    pub fn data_sources(&self) -> impl Iterator<Item = &dyn ResourceType> {
        self.data.values().map(|(_, kind)| &**kind)
    }
}
