//! Schemas: one entry per argument or attribute drives validation, planning, rendering and documentation.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::value::Name;
use crate::{Known, Type};

/// What a resource type, data source or provider block accepts and provides.
#[derive(Clone, Debug)]
pub struct Schema {
    /// Raised when the stored shape changes; the type's `upgrade` reads older ones.
    pub version: u32,
    /// One sentence, for the documentation.
    pub doc: &'static str,
    /// The arguments, attributes and nested blocks.
    pub block: Block,
}

/// Arguments, attributes and nested blocks of one level.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// By name.
    pub attributes: BTreeMap<Name, Attribute>,
    /// By name.
    pub blocks: BTreeMap<Name, NestedBlock>,
}

/// One argument or attribute.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// The type of its values.
    pub ty: Type,
    /// Who decides its value.
    pub mode: Mode,
    /// What a change of it means.
    pub on_change: OnChange,
    /// When two spellings of it mean the same.
    pub sameness: Sameness,
    /// Whether it must never be shown.
    pub sensitive: bool,
    /// One sentence, for the documentation.
    pub doc: &'static str,
}

/// Who decides an attribute's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The configuration, always.
    Required,
    /// The configuration; absent means null.
    Optional,
    /// The configuration; absent means this value.
    Default(Known),
    /// The provider.
    Computed(OnUpdate),
    /// The configuration or, where that is silent, the provider.
    OptionalComputed(OnUpdate),
}

/// What an update in place does to a value that the provider decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnUpdate {
    /// It stays.
    Keep,
    /// It is known only after the update.
    Recompute,
}

/// What the change of an argument means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnChange {
    /// The object is updated in place.
    Update,
    /// The object is replaced by a new one.
    Replace,
}

/// When two spellings of a value mean the same, so that no change is planned and the stored spelling stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sameness {
    /// Only when they are equal.
    Exact,
    /// When they are the same JSON document, whatever its layout and key order.
    Json,
    /// When they are the same IAM policy: also string versus list of one, order of lists, account id versus root ARN.
    Policy,
    /// When both are empty: null, `""`, `[]` or `{}`.
    EmptyIsNull,
    /// When they differ only in case.
    IgnoreCase,
    /// When they name the same Lambda function and qualifier, be it by name, by ARN, or by a part of the ARN.
    FunctionName,
}

/// A kind of nested block.
#[derive(Clone, Debug)]
pub struct NestedBlock {
    /// What is inside.
    pub block: Block,
    /// How often it occurs, and what its value is.
    pub nesting: Nesting,
    /// What is meant when the configuration has none of it.
    pub absent: Absent,
}

/// How often a nested block occurs, and what its value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nesting {
    /// At most once; an object or null.
    Single,
    /// In order, a list of objects; least and most number of times (0: no limit).
    List(usize, usize),
    /// In no order, a set of objects; least and most number of times (0: no limit).
    Set(usize, usize),
}

/// What is meant when the configuration has none of a nested block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absent {
    /// That there is none.
    None,
    /// That the provider decides, and what it decided stays.
    Provider,
}

impl Block {
    /// The type of the block's value: an object with every attribute and every nested block.
    pub fn ty(&self) -> Type {
        let attributes = self.attributes.iter().map(|(name, attribute)| (name.clone(), attribute.ty.clone()));
        let blocks = self.blocks.iter().map(|(name, nested)| (name.clone(), nested.ty()));
        Type::Object(Arc::new(attributes.chain(blocks).collect()))
    }
}

impl NestedBlock {
    /// The type of the value of all its occurrences.
    pub fn ty(&self) -> Type {
        match self.nesting {
            Nesting::Single => self.block.ty(),
            Nesting::List(..) => Type::list(self.block.ty()),
            Nesting::Set(..) => Type::set(self.block.ty()),
        }
    }
}

impl Attribute {
    /// Whether a configuration may set it.
    pub fn is_settable(&self) -> bool {
        !matches!(self.mode, Mode::Computed(_))
    }

    /// The same, and its change replaces the object.
    #[must_use]
    pub fn replaces(mut self) -> Self {
        self.on_change = OnChange::Replace;
        self
    }

    /// The same, never shown.
    #[must_use]
    pub fn secret(mut self) -> Self {
        self.sensitive = true;
        self
    }

    /// The same, with another notion of equality.
    #[must_use]
    pub fn compared(mut self, sameness: Sameness) -> Self {
        self.sameness = sameness;
        self
    }
}

fn attribute(ty: Type, mode: Mode, doc: &'static str) -> Attribute {
    Attribute { ty, mode, on_change: OnChange::Update, sameness: Sameness::Exact, sensitive: false, doc }
}

/// An argument that the configuration must set.
pub fn required(ty: Type, doc: &'static str) -> Attribute {
    attribute(ty, Mode::Required, doc)
}

/// An argument that the configuration may set.
pub fn optional(ty: Type, doc: &'static str) -> Attribute {
    attribute(ty, Mode::Optional, doc)
}

/// An argument with a default.
///
/// # Panics
/// When `value` holds an unknown, which no literal does.
pub fn defaulted(ty: Type, value: impl Into<crate::Value>, doc: &'static str) -> Attribute {
    let value = Known::new(value.into()).expect("a default is a literal");
    attribute(ty, Mode::Default(value), doc)
}

/// An attribute that the provider decides once.
pub fn computed(ty: Type, doc: &'static str) -> Attribute {
    attribute(ty, Mode::Computed(OnUpdate::Keep), doc)
}

/// An attribute that every update may change.
pub fn recomputed(ty: Type, doc: &'static str) -> Attribute {
    attribute(ty, Mode::Computed(OnUpdate::Recompute), doc)
}

/// An argument that the provider decides where the configuration is silent.
pub fn optional_computed(ty: Type, doc: &'static str) -> Attribute {
    attribute(ty, Mode::OptionalComputed(OnUpdate::Keep), doc)
}

/// A block from its attributes and nested blocks.
pub fn block<const A: usize, const B: usize>(
    attributes: [(&'static str, Attribute); A],
    blocks: [(&'static str, NestedBlock); B],
) -> Block {
    Block {
        attributes: attributes.into_iter().map(|(name, attribute)| (name.into(), attribute)).collect(),
        blocks: blocks.into_iter().map(|(name, nested)| (name.into(), nested)).collect(),
    }
}

/// A nested block that occurs at most once, stored as a list of one.
pub fn at_most_one(block: Block) -> NestedBlock {
    NestedBlock { block, nesting: Nesting::List(0, 1), absent: Absent::None }
}

/// A nested block that occurs at most once and that the provider fills in where it is absent.
pub fn at_most_one_or_provider(block: Block) -> NestedBlock {
    NestedBlock { absent: Absent::Provider, ..at_most_one(block) }
}

/// A nested block that occurs any number of times, in no order.
pub fn set_of(block: Block) -> NestedBlock {
    NestedBlock { block, nesting: Nesting::Set(0, 0), absent: Absent::None }
}

/// A nested block that occurs any number of times, in order.
pub fn list_of(block: Block) -> NestedBlock {
    NestedBlock { block, nesting: Nesting::List(0, 0), absent: Absent::None }
}
