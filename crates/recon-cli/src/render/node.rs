//! What a difference between two values looks like before it is text: a tree with a sign on every part.

use anstyle::Style;

use super::style;

/// What happens to a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    /// Nothing.
    Keep,
    /// It comes.
    Add,
    /// It goes.
    Remove,
    /// It becomes something else.
    Change,
}

/// One part, with what happens to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    /// What happens to it.
    pub sign: Sign,
    /// Whether it is why the object is replaced.
    pub replaces: bool,
    /// A remark for the end of its first line.
    pub remark: Option<&'static str>,
    /// What it is.
    pub body: Body,
}

/// What a part is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Body {
    /// One line, as it is printed.
    Plain(String),
    /// One thing, then another.
    Turn(Box<Node>, Box<Node>),
    /// Text of many lines.
    Lines(Vec<(Sign, String)>),
    /// A string that holds a JSON document.
    Json(Box<Node>),
    /// The elements of a list, set or tuple.
    Items(Vec<Node>),
    /// The elements of a map, whose keys stand in quotes.
    Map(Vec<(String, Node)>),
    /// The attributes of an object.
    Object(Vec<(String, Node)>),
    /// The arguments and nested blocks of a block.
    Block(Vec<(String, Node)>, Vec<(String, Node)>),
}

impl Sign {
    /// The character that stands for it.
    pub(crate) fn symbol(self) -> char {
        match self {
            Self::Keep => ' ',
            Self::Add => '+',
            Self::Remove => '-',
            Self::Change => '~',
        }
    }

    /// Its colour.
    pub(crate) fn style(self) -> Style {
        match self {
            Self::Keep => Style::new(),
            Self::Add => style::ADD,
            Self::Remove => style::REMOVE,
            Self::Change => style::CHANGE,
        }
    }

    /// The character in its colour.
    pub(crate) fn painted(self) -> String {
        if self == Self::Keep { " ".to_owned() } else { style::paint(self.style(), self.symbol()) }
    }
}

impl Node {
    /// A part without remarks.
    pub(crate) fn new(sign: Sign, body: Body) -> Self {
        Self { sign, replaces: false, remark: None, body }
    }

    /// A part of one line.
    pub(crate) fn plain(sign: Sign, text: impl Into<String>) -> Self {
        Self::new(sign, Body::Plain(text.into()))
    }

    /// The same, and whether it is why the object is replaced.
    #[must_use]
    pub(crate) fn replacing(mut self, replaces: bool) -> Self {
        self.replaces = replaces;
        self
    }

    /// The same, with a remark.
    #[must_use]
    pub(crate) fn remarking(mut self, remark: Option<&'static str>) -> Self {
        self.remark = remark;
        self
    }

    /// Whether nothing happens to it.
    pub(crate) fn is_keep(&self) -> bool {
        self.sign == Sign::Keep
    }
}
