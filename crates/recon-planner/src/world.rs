//! All values known so far, by module instance: what expressions see while planning and, later, while applying.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use recon_core::address::{Key, ModulePath};
use recon_core::value::Name;
use recon_core::{Address, Diagnostics, ResourceAddress, ResourceMode, Type, Value};
use recon_parser::config::{Module, Repetition};
use recon_parser::files::Files;
use recon_parser::scope::Clock;

use crate::nodes::{ModuleId, Nodes, What};

/// What a run gives to all expressions.
#[derive(Clone, Copy)]
pub(crate) struct Surroundings<'a> {
    pub(crate) files: &'a dyn Files,
    pub(crate) clock: Clock,
    pub(crate) workspace: &'a str,
}

/// All values known so far.
pub(crate) struct World<'a> {
    pub(crate) around: Surroundings<'a>,
    pub(crate) nodes: &'a Nodes,
    pub(crate) root_variables: &'a BTreeMap<Name, Value>,
    /// The instances of every module, opened so far.
    pub(crate) modules: BTreeMap<ModulePath, ModuleInstance>,
    /// The instances of every block, planned so far.
    resources: HashMap<Arc<ResourceAddress>, Block>,
    /// Every block's address, made once per module instance.
    addresses: RefCell<HashMap<BlockKey, Arc<ResourceAddress>>>,
    /// Values of variables, locals and outputs, evaluated so far. Hashed: only ever looked up.
    pub(crate) named: RefCell<HashMap<(ModulePath, Named), Result<Value, Broken>>>,
    /// Whether values that are not wholly known yet are final, as they are in a plan.
    pub(crate) keeps_unknown: bool,
    /// What went wrong while evaluating them; taken by whoever walks the nodes.
    pub(crate) diagnostics: RefCell<Diagnostics>,
    /// What a `for_each` that was not wholly known in the plan became. Hashed: only ever looked up.
    pub(crate) settled: RefCell<HashMap<Repeated, Keys>>,
}

/// What has a `for_each`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) enum Repeated {
    Block(Arc<ResourceAddress>),
    Call(ModulePath, Name),
}

type BlockKey = (ModulePath, ResourceMode, Name, Name);

/// A value that could not be made; why was said when it was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Broken;

/// A value with a name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Named {
    Variable(Name),
    Local(Name),
    Output(Name),
}

impl Named {
    /// The node that stands for it.
    pub(crate) fn what(&self) -> What {
        match self {
            Self::Variable(name) => What::Variable(name.clone()),
            Self::Local(name) => What::Local(name.clone()),
            Self::Output(name) => What::Output(name.clone()),
        }
    }
}

/// One instance of a module.
pub(crate) struct ModuleInstance {
    pub(crate) id: ModuleId,
    pub(crate) config: Arc<Module>,
    /// `each.value`, if the call has `for_each`.
    pub(crate) each: Option<Value>,
    /// How many instances each call in here has, once opened.
    pub(crate) calls: BTreeMap<Name, Keys>,
}

/// The keys of a block's or a call's instances.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Keys {
    Once,
    Count(u64),
    ForEach(BTreeMap<Name, Value>),
    /// They are not known, which only a validation puts up with: one instance without a key stands for all.
    Open(Repeats),
    /// They could not be found out; why was said.
    Broken,
}

/// What there is to refer to in instances whose keys are not known.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Repeats {
    /// `count.index`
    Count,
    /// `each.key`, and an `each.value` of that type.
    ForEach(Type),
}

/// The instances of a block.
struct Block {
    keys: Keys,
    instances: BTreeMap<Option<Key>, Value>,
    /// All of them as one value, made when first asked for.
    whole: RefCell<Option<Value>>,
}

impl Keys {
    /// The instance keys, in order.
    pub(crate) fn list(&self) -> Vec<Option<Key>> {
        match self {
            Self::Once | Self::Open(_) => vec![None],
            Self::Count(count) => (0..*count).map(|index| Some(Key::Index(index))).collect(),
            Self::ForEach(entries) => entries.keys().map(|key| Some(Key::Text(key.clone()))).collect(),
            Self::Broken => Vec::new(),
        }
    }

    /// Whether an instance has that key.
    pub(crate) fn has(&self, key: Option<&Key>) -> bool {
        match (self, key) {
            (Self::Once, None) => true,
            (Self::Count(count), Some(Key::Index(index))) => index < count,
            (Self::ForEach(entries), Some(Key::Text(text))) => entries.contains_key(text),
            _ => false,
        }
    }

    /// Whether all of `for_each` is known, and not only its keys.
    pub(crate) fn are_wholly_known(&self) -> bool {
        match self {
            Self::ForEach(entries) => entries.values().all(Value::is_wholly_known),
            Self::Once | Self::Count(_) | Self::Open(_) | Self::Broken => true,
        }
    }

    /// `each.value` of an instance.
    pub(crate) fn each_value(&self, key: Option<&Key>) -> Option<Value> {
        match (self, key) {
            (Self::ForEach(entries), Some(Key::Text(text))) => entries.get(text).cloned(),
            _ => None,
        }
    }

    /// What stands for the keys of a block if nothing is known of them.
    pub(crate) fn of_any(repetition: &Repetition) -> Self {
        match repetition {
            Repetition::Once => Self::Once,
            Repetition::Count(_) => Self::Open(Repeats::Count),
            Repetition::ForEach(_) => Self::Open(Repeats::ForEach(Type::Any)),
        }
    }

    /// What there is to refer to if they are not known.
    pub(crate) fn repeats(&self) -> Option<Repeats> {
        match self {
            Self::Open(repeats) => Some(repeats.clone()),
            Self::Once | Self::Count(_) | Self::ForEach(_) | Self::Broken => None,
        }
    }
}

impl<'a> World<'a> {
    /// A world in which only the root module is open.
    pub(crate) fn new(
        around: Surroundings<'a>,
        nodes: &'a Nodes,
        root_variables: &'a BTreeMap<Name, Value>,
    ) -> Self {
        let mut modules = BTreeMap::new();
        if let Some(root) = nodes.modules.first() {
            let config = Arc::clone(&root.module);
            modules.insert(
                ModulePath::root(),
                ModuleInstance { id: 0, config, each: None, calls: BTreeMap::new() },
            );
        }
        Self {
            around,
            nodes,
            root_variables,
            modules,
            resources: HashMap::new(),
            addresses: RefCell::default(),
            named: RefCell::default(),
            keeps_unknown: around.clock.applying.is_none(),
            diagnostics: RefCell::default(),
            settled: RefCell::default(),
        }
    }

    /// The open instances of a module of the tree.
    pub(crate) fn instances_of(&self, id: ModuleId) -> Vec<ModulePath> {
        let path = &self.nodes.modules[id].path;
        let Some((last, before)) = path.split_last() else { return vec![ModulePath::root()] };
        let Some((caller, _)) = &self.nodes.modules[id].call else { return vec![ModulePath::root()] };
        debug_assert_eq!(before.len(), self.nodes.modules[*caller].path.len());
        let callers = self.instances_of(*caller);
        let children = callers.iter().flat_map(|caller| {
            let keys = self.modules.get(caller).and_then(|instance| instance.calls.get(last));
            keys.map(Keys::list).unwrap_or_default().into_iter().map(|key| caller.child(last.clone(), key))
        });
        children.collect()
    }

    /// Opens the instances of a call.
    pub(crate) fn open(&mut self, caller: &ModulePath, call: &Name, id: ModuleId, keys: Keys) {
        let config = &self.nodes.modules[id].module;
        for key in keys.list() {
            let each = keys.each_value(key.as_ref());
            let instance = ModuleInstance { id, config: Arc::clone(config), each, calls: BTreeMap::new() };
            self.modules.insert(caller.child(call.clone(), key), instance);
        }
        if let Some(instance) = self.modules.get_mut(caller) {
            instance.calls.insert(call.clone(), keys);
        }
    }

    /// The address of a block in a module instance.
    pub(crate) fn address(
        &self,
        module: &ModulePath,
        mode: ResourceMode,
        kind: &Name,
        name: &Name,
    ) -> Arc<ResourceAddress> {
        let key = (module.clone(), mode, kind.clone(), name.clone());
        let mut addresses = self.addresses.borrow_mut();
        let make = || {
            let (kind, name) = (kind.clone(), name.clone());
            Arc::new(ResourceAddress { module: module.clone(), mode, kind, name })
        };
        Arc::clone(addresses.entry(key).or_insert_with(make))
    }

    /// Uses an address that is there already for its block, which then is the same to the last pointer.
    pub(crate) fn adopt(&self, address: &Arc<ResourceAddress>) {
        let ResourceAddress { module, mode, kind, name } = &**address;
        let key = (module.clone(), *mode, kind.clone(), name.clone());
        self.addresses.borrow_mut().insert(key, Arc::clone(address));
    }

    /// Makes a block known, with the keys of its instances but not yet their values.
    pub(crate) fn declare(&mut self, resource: &Arc<ResourceAddress>, keys: Keys) {
        let block = Block { keys, instances: BTreeMap::new(), whole: RefCell::default() };
        self.resources.insert(Arc::clone(resource), block);
    }

    /// The keys of a block's instances.
    pub(crate) fn keys(&self, resource: &ResourceAddress) -> Option<&Keys> {
        self.resources.get(resource).map(|block| &block.keys)
    }

    /// Sets the value of an instance.
    pub(crate) fn set(&mut self, address: &Address, value: Value) {
        if let Some(block) = self.resources.get_mut(&address.resource) {
            block.instances.insert(address.key.clone(), value);
            block.whole = RefCell::default();
        }
    }

    /// The value of one instance.
    pub(crate) fn instance(&self, resource: &ResourceAddress, key: Option<&Key>) -> Option<&Value> {
        self.resources.get(resource)?.instances.get(&key.cloned())
    }

    /// All instances of a block as one value: the object itself, a tuple, or an object by key.
    pub(crate) fn whole(&self, resource: &ResourceAddress) -> Option<Value> {
        let block = self.resources.get(resource)?;
        if let Some(whole) = &*block.whole.borrow() {
            return Some(whole.clone());
        }
        let whole = match &block.keys {
            Keys::Once => block.instances.get(&None)?.clone(),
            Keys::Count(_) => Value::tuple(block.instances.values().cloned().collect()),
            Keys::ForEach(_) => Value::object(block.instances.iter().filter_map(|(key, value)| match key {
                Some(Key::Text(text)) => Some((text.clone(), value.clone())),
                _ => None,
            })),
            Keys::Open(_) | Keys::Broken => return None,
        };
        *block.whole.borrow_mut() = Some(whole.clone());
        Some(whole)
    }

    /// The blocks that a block waits for, in the module instances that its own instance can see.
    pub(crate) fn needs(&self, node: usize, module: &ModulePath) -> BTreeSet<Arc<ResourceAddress>> {
        let mut found = BTreeSet::new();
        for need in &self.nodes.needs[node] {
            let needed = &self.nodes.all[*need];
            let crate::nodes::What::Resource(mode, kind, name) = &needed.what else { continue };
            for instance in self.visible_instances(needed.module, module) {
                found.insert(self.address(&instance, *mode, kind, name));
            }
        }
        found
    }

    /// The instances of a module that share with `from` the instance of every module that both are in.
    fn visible_instances(&self, id: ModuleId, from: &ModulePath) -> Vec<ModulePath> {
        let path = &self.nodes.modules[id].path;
        let steps = from.steps();
        let common = path.iter().zip(steps).take_while(|(name, step)| **name == step.name).count();
        let mut start = ModulePath::root();
        for step in &steps[..common] {
            start = start.child(step.name.clone(), step.key.clone());
        }
        let mut found = vec![start];
        for name in &path[common..] {
            let children = found.iter().flat_map(|caller| {
                let keys = self.modules.get(caller).and_then(|instance| instance.calls.get(name));
                keys.map(Keys::list)
                    .unwrap_or_default()
                    .into_iter()
                    .map(|key| caller.child(name.clone(), key))
            });
            found = children.collect();
        }
        found
    }
}
