//! Expressions as they are written: literals, references to other objects, and what a repeated block says of each.

use recon_core::Value;
use recon_core::value::Name;

/// An expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expression {
    Null,
    Bool(bool),
    Number(String),
    /// A text, perhaps with references in it.
    Text(Vec<Piece>),
    Attribute(Reference),
    /// What must not be written down.
    Secret(Value),
    /// `var.NAME`
    Variable(Name),
    /// The entries of `local.NAME`, with what their keys begin with.
    Local {
        name: Name,
        start: String,
    },
    List(Vec<Expression>),
    Map(Vec<Entry>),
    /// `jsonencode(…)`
    Json(Box<Expression>),
    /// `each.value`, or an attribute of it.
    Each(Option<String>),
    /// A word that is neither text nor reference: the name of an argument.
    Word(&'static str),
}

/// An entry of a map: the key is a text without references, or a reference.
pub(super) type Entry = (Expression, Expression);

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Literal(String),
    Attribute(Reference),
    /// `each.key`
    Key,
}

/// An attribute of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Reference {
    pub(super) to: Target,
    pub(super) attribute: &'static str,
}

/// Which object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target {
    /// The one with that number.
    Object(usize),
    /// The one of that block that has the same key as the one that refers to it.
    Like(usize),
}

/// What a block says: arguments and nested blocks, in order.
pub(super) type Body = Vec<Item>;

/// An argument or a nested block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Item {
    Argument(String, Expression),
    Block(String, Body),
}

impl Item {
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Argument(name, _) | Self::Block(name, _) => name,
        }
    }
}

impl Expression {
    /// A text without references.
    pub(super) fn literal(text: &str) -> Self {
        Self::Text(vec![Piece::Literal(text.to_owned())])
    }

    /// The text of one without references.
    pub(super) fn as_literal(&self) -> Option<&str> {
        match self {
            Self::Text(pieces) => match &pieces[..] {
                [Piece::Literal(text)] => Some(text),
                [] => Some(""),
                _ => None,
            },
            _ => None,
        }
    }

    /// An entry with a plain key.
    pub(super) fn entry(key: &str, value: Expression) -> Entry {
        (Self::literal(key), value)
    }

    /// The same with every text and reference replaced, but for plain keys.
    pub(super) fn map(self, change: &mut impl FnMut(Expression) -> Expression) -> Self {
        match self {
            Self::List(items) => Self::List(items.into_iter().map(|item| item.map(change)).collect()),
            Self::Map(entries) => {
                let entry = |(key, value): Entry| {
                    let key = if key.as_literal().is_some() { key } else { key.map(change) };
                    (key, value.map(change))
                };
                Self::Map(entries.into_iter().map(entry).collect())
            }
            Self::Json(inner) => Self::Json(Box::new(inner.map(change))),
            leaf => change(leaf),
        }
    }
}

/// A body with every text and reference replaced.
pub(super) fn map_body(body: Body, change: &mut impl FnMut(Expression) -> Expression) -> Body {
    body.into_iter()
        .map(|item| match item {
            Item::Argument(name, value) => Item::Argument(name, value.map(change)),
            Item::Block(name, body) => Item::Block(name, map_body(body, change)),
        })
        .collect()
}
