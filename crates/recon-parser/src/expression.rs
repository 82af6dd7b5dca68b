//! The syntax tree of expressions: what the source says, before any value is known.

use std::sync::Arc;

use recon_core::value::Name;
use recon_core::{Span, Value};

/// An expression with its place in the source.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    /// What it says.
    pub kind: Arc<Kind>,
    /// Where it says it.
    pub span: Span,
}

/// The kinds of expressions.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// A literal bool, number, string or null.
    Literal(Value),
    /// A string with interpolations or directives, or a heredoc. A template of one interpolation and nothing
    /// else gives that expression's value as it is.
    Template(Vec<Part>),
    /// A name: the root of a reference such as `var`, `each` or `aws_lambda_function`, or a `for` variable.
    Variable(Name),
    /// `source.name`
    Attribute(Expression, Name),
    /// `source[key]`, and the legacy `source.0` with a literal number as key.
    Index(Expression, Expression),
    /// `source[*].rest` (full) or `source.*.rest` (attribute-only); `each` is an expression over `Kind::SplatItem`.
    Splat {
        /// What is iterated.
        source: Expression,
        /// Applied to each element.
        each: Expression,
    },
    /// The current element inside a splat.
    SplatItem,
    /// `name(arguments…)`; with `expand`, the last argument's elements are arguments.
    Call {
        /// With namespace if there is one: `provider::terraform::encode_tfvars`.
        name: Name,
        /// Where the name stands.
        name_span: Span,
        /// In order.
        arguments: Vec<Expression>,
        /// Whether `...` follows the last.
        expand: bool,
    },
    /// `condition ? yes : no`
    Conditional(Expression, Expression, Expression),
    /// `!x`, `-x`
    Unary(UnaryOperator, Expression),
    /// `a + b` and its kin
    Binary(Expression, BinaryOperator, Expression),
    /// `[for …]` and `{for …}`
    For(For),
    /// `[a, b]`
    Tuple(Vec<Expression>),
    /// `{ a = b }`; a bare name as key stands as a literal.
    Object(Vec<(Expression, Expression)>),
    /// `(x)`
    Parenthesis(Expression),
}

/// `[for key, value in collection : result if condition]` or `{for … : key_result => result... if condition}`.
#[derive(Clone, Debug, PartialEq)]
pub struct For {
    /// The first of two variables.
    pub key: Option<Name>,
    /// The last variable.
    pub value: Name,
    /// What is iterated.
    pub collection: Expression,
    /// The key of each entry; makes the result an object.
    pub key_result: Option<Expression>,
    /// The element or entry.
    pub result: Expression,
    /// Whether `...` groups entries of one key.
    pub grouped: bool,
    /// Which elements are left out.
    pub condition: Option<Expression>,
}

/// A part of a template. White space trimmed by `~` and heredoc indentation are already taken out.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Text, unescaped.
    Text(Arc<str>),
    /// `${expression}`
    Interpolation(Expression),
    /// `%{if}` … `%{else}` … `%{endif}`
    If {
        /// What decides.
        condition: Expression,
        /// When true.
        yes: Vec<Part>,
        /// When false.
        no: Vec<Part>,
    },
    /// `%{for}` … `%{endfor}`
    For {
        /// The first of two variables.
        key: Option<Name>,
        /// The last variable.
        value: Name,
        /// What is iterated.
        collection: Expression,
        /// For each element.
        body: Vec<Part>,
    },
}

/// An operator before its operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOperator {
    /// `!`
    Not,
    /// `-`
    Negate,
}

/// An operator between its operands.
#[expect(missing_docs, reason = "each is named after its sign")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOperator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    And,
    Or,
}

impl Expression {
    /// An expression at a place.
    pub fn new(kind: Kind, span: Span) -> Self {
        Self { kind: Arc::new(kind), span }
    }
}
