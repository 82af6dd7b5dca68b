//! Addresses: which block, and which instance of it. `module.api["eu"].aws_lambda_alias.prod[0]`.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::value::Name;

/// The key of one instance of a block with `count` or `for_each`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// Of `count`.
    Index(u64),
    /// Of `for_each`.
    Text(Name),
}

/// One call of a module, with the instance it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModuleStep {
    /// The name of the `module` block.
    pub name: Name,
    /// Which instance of it.
    pub key: Option<Key>,
}

/// The way from the root module to one instance of a module; empty for the root.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ModulePath(Option<Arc<Vec<ModuleStep>>>);

/// Whether a block manages something or only reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ResourceMode {
    /// A `data` block.
    Data,
    /// A `resource` block.
    Managed,
}

/// A block in one module instance, with all its instances.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceAddress {
    /// The module instance that the block is in.
    pub module: ModulePath,
    /// `resource` or `data`.
    pub mode: ResourceMode,
    /// `aws_lambda_function`
    pub kind: Name,
    /// The block's own name.
    pub name: Name,
}

/// One instance of a block.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Address {
    /// The block; shared among its instances.
    pub resource: Arc<ResourceAddress>,
    /// Which instance; nothing without `count` and `for_each`.
    pub key: Option<Key>,
}

impl Ord for Address {
    fn cmp(&self, other: &Self) -> Ordering {
        // Instances share the address of their block, so that most comparisons need not look into it.
        let blocks = if Arc::ptr_eq(&self.resource, &other.resource) {
            Ordering::Equal
        } else {
            self.resource.cmp(&other.resource)
        };
        blocks.then_with(|| self.key.cmp(&other.key))
    }
}

impl PartialOrd for Address {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl ModulePath {
    /// The root module.
    pub fn root() -> Self {
        Self::default()
    }

    /// The steps from the root.
    pub fn steps(&self) -> &[ModuleStep] {
        self.0.as_deref().map_or(&[], Vec::as_slice)
    }

    /// A module called from this one.
    #[must_use]
    pub fn child(&self, name: Name, key: Option<Key>) -> Self {
        let mut steps = self.steps().to_vec();
        steps.push(ModuleStep { name, key });
        Self(Some(Arc::new(steps)))
    }

    /// The module that calls this one; nothing for the root.
    pub fn parent(&self) -> Option<(ModulePath, &ModuleStep)> {
        let (last, before) = self.steps().split_last()?;
        Some((Self((!before.is_empty()).then(|| Arc::new(before.to_vec()))), last))
    }

    /// Whether this is the root module.
    pub fn is_root(&self) -> bool {
        self.steps().is_empty()
    }

    /// Whether `other` is this module or inside it.
    pub fn covers(&self, other: &ModulePath) -> bool {
        other.steps().starts_with(self.steps())
    }

    /// Whether `other` is this module, or inside it, if a step without a key stands for all instances of a call.
    fn starts(&self, other: &ModulePath) -> bool {
        let fits = |(mine, its): (&ModuleStep, &ModuleStep)| {
            mine.name == its.name && (mine.key.is_none() || mine.key == its.key)
        };
        self.steps().len() <= other.steps().len() && self.steps().iter().zip(other.steps()).all(fits)
    }
}

impl ResourceAddress {
    /// One instance of the block.
    pub fn instance(self: &Arc<Self>, key: Option<Key>) -> Address {
        Address { resource: Arc::clone(self), key }
    }
}

impl Address {
    /// The resource type.
    pub fn kind(&self) -> &Name {
        &self.resource.kind
    }

    /// The module instance.
    pub fn module(&self) -> &ModulePath {
        &self.resource.module
    }

    /// Whether a `data` block reads it.
    pub fn is_data(&self) -> bool {
        self.resource.mode == ResourceMode::Data
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Index(index) => write!(f, "[{index}]"),
            Self::Text(text) => {
                f.write_str("[\"")?;
                for c in text.chars() {
                    match c {
                        '"' => f.write_str("\\\"")?,
                        '\\' => f.write_str("\\\\")?,
                        '\n' => f.write_str("\\n")?,
                        '\r' => f.write_str("\\r")?,
                        '\t' => f.write_str("\\t")?,
                        other => write!(f, "{other}")?,
                    }
                }
                f.write_str("\"]")
            }
        }
    }
}

impl fmt::Display for ModulePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.steps().iter().enumerate() {
            write!(f, "{}module.{}", if index == 0 { "" } else { "." }, step.name)?;
            if let Some(key) = &step.key {
                write!(f, "{key}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for ResourceAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.module.is_root() {
            write!(f, "{}.", self.module)?;
        }
        if self.mode == ResourceMode::Data {
            f.write_str("data.")?;
        }
        write!(f, "{}.{}", self.kind, self.name)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.resource)?;
        self.key.as_ref().map_or(Ok(()), |key| write!(f, "{key}"))
    }
}

/// Text that is not an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not an address like `aws_lambda_function.items` or `module.api.aws_lambda_alias.prod[\"eu\"]`"
)]
pub struct NotAnAddress {
    text: String,
}

/// What `-target` and `state` commands take: an instance, a block with all its instances, or a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A module and everything in it.
    Module(ModulePath),
    /// A block or, with a key, one instance.
    Resource(Address),
}

impl Target {
    /// Whether the target includes that instance. A module or block without a key stands for all of its instances.
    pub fn covers(&self, address: &Address) -> bool {
        match self {
            Self::Module(_) => self.concerns(&address.resource),
            Self::Resource(target) => {
                self.concerns(&address.resource) && (target.key.is_none() || target.key == address.key)
            }
        }
    }

    /// Whether the target includes instances of that block.
    pub fn concerns(&self, block: &ResourceAddress) -> bool {
        match self {
            Self::Module(module) => module.starts(&block.module),
            Self::Resource(target) => {
                let wanted = &target.resource;
                (wanted.mode, &wanted.kind, &wanted.name) == (block.mode, &block.kind, &block.name)
                    && wanted.module.steps().len() == block.module.steps().len()
                    && wanted.module.starts(&block.module)
            }
        }
    }

    /// The module that it is, or is in.
    pub fn module(&self) -> &ModulePath {
        match self {
            Self::Module(module) => module,
            Self::Resource(address) => address.module(),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Module(module) => write!(f, "{module}"),
            Self::Resource(address) => write!(f, "{address}"),
        }
    }
}

impl FromStr for Target {
    type Err = NotAnAddress;

    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        let not = || NotAnAddress { text: text.to_owned() };
        let mut rest = Segments(text);
        let mut module = ModulePath::root();
        let mut word = rest.word().ok_or_else(not)?;
        while word == "module" {
            let name = rest.dot().and_then(|()| rest.word()).ok_or_else(not)?;
            module = module.child(name.into(), rest.key().map_err(|()| not())?);
            if rest.0.is_empty() {
                return Ok(Self::Module(module));
            }
            word = rest.dot().and_then(|()| rest.word()).ok_or_else(not)?;
        }
        let mode = if word == "data" { ResourceMode::Data } else { ResourceMode::Managed };
        if mode == ResourceMode::Data {
            word = rest.dot().and_then(|()| rest.word()).ok_or_else(not)?;
        }
        let name = rest.dot().and_then(|()| rest.word()).ok_or_else(not)?;
        let key = rest.key().map_err(|()| not())?;
        if !rest.0.is_empty() {
            return Err(not());
        }
        let resource = Arc::new(ResourceAddress { module, mode, kind: word.into(), name: name.into() });
        Ok(Self::Resource(resource.instance(key)))
    }
}

impl FromStr for Address {
    type Err = NotAnAddress;

    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        match text.parse()? {
            Target::Resource(address) => Ok(address),
            Target::Module(_) => Err(NotAnAddress { text: text.to_owned() }),
        }
    }
}

/// The rest of an address's text.
struct Segments<'a>(&'a str);

impl<'a> Segments<'a> {
    fn word(&mut self) -> Option<&'a str> {
        let end = self.0.find(['.', '[']).unwrap_or(self.0.len());
        let (word, rest) = self.0.split_at(end);
        let mut characters = word.chars();
        let starts = characters.next().is_some_and(|c| c.is_alphabetic() || c == '_');
        if !starts || !characters.all(|c| c.is_alphanumeric() || c == '_' || c == '-') {
            return None;
        }
        self.0 = rest;
        Some(word)
    }

    fn dot(&mut self) -> Option<()> {
        self.0 = self.0.strip_prefix('.')?;
        Some(())
    }

    fn key(&mut self) -> Result<Option<Key>, ()> {
        let Some(inside) = self.0.strip_prefix('[') else { return Ok(None) };
        let Some(text) = inside.strip_prefix('"') else {
            let (digits, rest) = inside.split_once(']').ok_or(())?;
            self.0 = rest;
            return digits.parse().map(|index| Some(Key::Index(index))).map_err(|_| ());
        };
        let mut key = String::new();
        let mut characters = text.char_indices();
        while let Some((position, c)) = characters.next() {
            match c {
                '"' => {
                    self.0 = text[position + 1..].strip_prefix(']').ok_or(())?;
                    return Ok(Some(Key::Text(key.into())));
                }
                '\\' => key.push(match characters.next().ok_or(())?.1 {
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    other => other,
                }),
                other => key.push(other),
            }
        }
        Err(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use test_case::test_case;

    #[test_case("aws_lambda_function.items")]
    #[test_case("data.aws_region.here")]
    #[test_case("module.a.module.b[\"x\"].aws_lambda_alias.prod[3]")]
    #[test_case("terraform_data.x[\"a.b\\\"]c\"]")]
    fn printed_addresses_read_back(text: &str) {
        assert_eq!(text.parse::<Address>().unwrap().to_string(), text);
    }

    #[test_case("module.a", true; "all instances")]
    #[test_case("module.a[\"x\"]", true; "its own instance")]
    #[test_case("module.a[\"y\"]", false; "another instance")]
    #[test_case("module.a.module.b", true; "a module within")]
    #[test_case("module.a.terraform_data.t", false; "a block outside")]
    #[test_case("module.a.module.b.terraform_data.t", true; "its block")]
    #[test_case("module.a.module.b.terraform_data.t[1]", true)]
    #[test_case("module.a.module.b.terraform_data.t[2]", false)]
    #[test_case("module.a[\"x\"].module.b.terraform_data.t[1]", true; "by all keys")]
    fn a_target_without_keys_covers_all_instances(target: &str, covers: bool) {
        let address: Address = "module.a[\"x\"].module.b.terraform_data.t[1]".parse().unwrap();
        assert_eq!(target.parse::<Target>().unwrap().covers(&address), covers);
    }

    #[test_case("")]
    #[test_case("items")]
    #[test_case("a.b.c")]
    #[test_case("a.b[x]")]
    #[test_case("a.b[\"x]")]
    #[test_case("module.a")]
    fn other_text_is_refused(text: &str) {
        assert!(text.parse::<Address>().is_err());
    }
}
