//! References: which other block an expression needs, found without evaluating it.

use recon_core::value::Name;
use recon_core::{ResourceMode, Span};

/// What a reference needs, before instance keys and attributes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// `var.name`
    Variable(Name),
    /// `local.name`
    Local(Name),
    /// `aws_x.name`, `data.aws_x.name`
    Resource(ResourceMode, Name, Name),
    /// `module.name`, with the output if one is named
    Module(Name, Option<Name>),
}

/// A [`Target`] with where it is referred to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// What is needed.
    pub target: Target,
    /// Where.
    pub span: Span,
}
