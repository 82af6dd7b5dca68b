//! The functions of the language: a table from names to what they take, what they give and how they make it.

mod cidr;
mod cidr_arithmetic;
mod collection;
mod collection_parts;
mod compression;
mod conversion;
mod csv;
mod date;
mod encoding;
mod file;
mod fileset;
mod format;
mod format_date;
mod format_number;
mod glob;
mod hash;
mod json;
mod json_read;
mod lookup;
mod marks;
mod numeric;
mod pattern;
mod pattern_syntax;
mod power;
mod range;
mod replacement;
mod secret;
mod set;
mod string;
mod substring;
mod template;
mod terraform;
mod text_encoding;
mod time;
mod yaml;
mod yaml_read;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use recon_core::convert::convert;
use recon_core::{Data, Marks, Type, Unknown, Value};

use crate::evaluate::Context;
use crate::expression::Expression;

/// One function.
pub(crate) struct Function {
    /// As it is called.
    pub(crate) name: &'static str,
    /// What must be given, in order.
    pub(crate) parameters: &'static [Parameter],
    /// What may follow any number of times.
    pub(crate) variadic: Option<Parameter>,
    /// The type of the result while it is unknown.
    returns: Returns,
    body: Body,
}

/// One parameter.
#[derive(Clone, Copy)]
pub(crate) struct Parameter {
    /// As messages name it.
    pub(crate) name: &'static str,
    accepts: Accepts,
    null: bool,
    unknown: Unknowns,
    marked: bool,
    open_type: bool,
}

/// The type that an argument is converted to.
#[derive(Clone, Copy)]
enum Accepts {
    Any,
    Bool,
    Number,
    String,
    List(&'static Accepts),
    Set(&'static Accepts),
    Map(&'static Accepts),
}

/// What of an argument may be unknown for the function to be called at all.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unknowns {
    /// Nothing.
    None,
    /// What is inside of it, at any depth.
    Inside,
    /// All of it.
    Anywhere,
}

/// The type of a result while it is unknown.
#[derive(Clone, Copy)]
enum Returns {
    Bool,
    Number,
    String,
    Strings,
    Numbers,
    StringSet,
    /// As the arguments decide, and perhaps null. Arguments of types that do not go together are refused even while
    /// they are unknown.
    Decided(fn(&[Value]) -> Result<Type, Refusal>),
}

#[derive(Clone, Copy)]
enum Body {
    /// The arguments alone decide.
    Pure(fn(&[Value]) -> Outcome),
    /// Files, the clock or the place of the call matter as well.
    Worldly(fn(&World<'_>, &[Value]) -> Outcome),
}

/// What a function gives.
type Outcome = Result<Value, Refusal>;

/// Why a function gives nothing.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// Because of one argument, counted from 0.
    Argument(usize, Reason),
    /// Because of all together, or of the world.
    Call(Reason),
}

/// Fixed words, or words that may quote an argument and so must not be shown if that is sensitive.
pub(crate) type Reason = Cow<'static, str>;

/// What functions that are not pure see.
pub(crate) struct World<'a> {
    /// Names, files and limits.
    pub(crate) context: &'a Context<'a>,
    /// The call.
    pub(crate) call: &'a Expression,
}

impl From<String> for Refusal {
    fn from(message: String) -> Self {
        Self::Call(message.into())
    }
}

impl From<&'static str> for Refusal {
    fn from(message: &'static str) -> Self {
        Self::Call(message.into())
    }
}

impl Refusal {
    /// Because of one argument.
    fn of(index: usize, reason: impl Into<Reason>) -> Self {
        Self::Argument(index, reason.into())
    }

    /// The same without words that may quote an argument.
    fn withheld(self) -> Self {
        let fixed = |reason: Reason| match reason {
            Cow::Borrowed(_) => reason,
            Cow::Owned(_) => "an argument is sensitive, so what is wrong is not shown".into(),
        };
        match self {
            Self::Argument(index, reason) => Self::Argument(index, fixed(reason)),
            Self::Call(reason) => Self::Call(fixed(reason)),
        }
    }
}

fn argument<T>(index: usize, message: impl Into<Reason>) -> Result<T, Refusal> {
    Err(Refusal::of(index, message))
}

const fn parameter(name: &'static str, accepts: Accepts) -> Parameter {
    Parameter { name, accepts, null: false, unknown: Unknowns::None, marked: false, open_type: false }
}

const fn any(name: &'static str) -> Parameter {
    parameter(name, Accepts::Any)
}

const fn text(name: &'static str) -> Parameter {
    parameter(name, Accepts::String)
}

const fn number(name: &'static str) -> Parameter {
    parameter(name, Accepts::Number)
}

const fn list(name: &'static str) -> Parameter {
    parameter(name, Accepts::List(&Accepts::Any))
}

const fn texts(name: &'static str) -> Parameter {
    parameter(name, Accepts::List(&Accepts::String))
}

const fn set_of_any(name: &'static str) -> Parameter {
    parameter(name, Accepts::Set(&Accepts::Any))
}

impl Parameter {
    const fn nullable(mut self) -> Self {
        self.null = true;
        self
    }

    const fn unknown_inside(mut self) -> Self {
        self.unknown = Unknowns::Inside;
        self
    }

    const fn unknown_anywhere(mut self) -> Self {
        self.unknown = Unknowns::Anywhere;
        self
    }

    const fn marked(mut self) -> Self {
        self.marked = true;
        self
    }

    /// Takes a value of which not even the type is known; without this, nothing is known of the result either.
    const fn of_open_type(mut self) -> Self {
        self.open_type = true;
        self
    }

    /// The type that an argument is converted to.
    pub(crate) fn ty(&self) -> Type {
        self.accepts.ty()
    }
}

impl Accepts {
    fn ty(self) -> Type {
        match self {
            Self::Any => Type::Any,
            Self::Bool => Type::Bool,
            Self::Number => Type::Number,
            Self::String => Type::String,
            Self::List(element) => Type::list(element.ty()),
            Self::Set(element) => Type::set(element.ty()),
            Self::Map(element) => Type::map(element.ty()),
        }
    }
}

impl Returns {
    /// The unknown result of a type that the arguments do not decide.
    fn unknown(self) -> Value {
        let not_null = |ty| Value::from(Data::Unknown(Unknown::not_null(ty)));
        match self {
            Self::Bool => not_null(Type::Bool),
            Self::Number => not_null(Type::Number),
            Self::String => not_null(Type::String),
            Self::Strings => not_null(Type::list(Type::String)),
            Self::Numbers => not_null(Type::list(Type::Number)),
            Self::StringSet => not_null(Type::set(Type::String)),
            Self::Decided(_) => Value::unknown(Type::Any),
        }
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the table of functions wants this signature")]
fn open(_: &[Value]) -> Result<Type, Refusal> {
    Ok(Type::Any)
}

const fn pure(
    name: &'static str,
    parameters: &'static [Parameter],
    returns: Returns,
    body: fn(&[Value]) -> Outcome,
) -> Function {
    Function { name, parameters, variadic: None, returns, body: Body::Pure(body) }
}

const fn worldly(
    name: &'static str,
    parameters: &'static [Parameter],
    returns: Returns,
    body: fn(&World<'_>, &[Value]) -> Outcome,
) -> Function {
    Function { name, parameters, variadic: None, returns, body: Body::Worldly(body) }
}

impl Function {
    const fn and_any_number_of(mut self, parameter: Parameter) -> Self {
        self.variadic = Some(parameter);
        self
    }

    /// The parameter that an argument is for.
    pub(crate) fn parameter(&self, index: usize) -> Option<&Parameter> {
        self.parameters.get(index).or(self.variadic.as_ref())
    }

    /// Calls it with arguments that have the parameters' types. Marks that a parameter does not ask for go around the
    /// function, onto its result.
    pub(crate) fn call(&self, world: &World<'_>, arguments: Vec<Value>) -> Outcome {
        let given = arguments.clone();
        self.call_openly(world, arguments).map_err(|refusal| {
            let secret = given.iter().any(|value| value.deep_marks().is_sensitive());
            if secret { refusal.withheld() } else { refusal }
        })
    }

    fn call_openly(&self, world: &World<'_>, arguments: Vec<Value>) -> Outcome {
        let mut marks = Marks::NONE;
        let (mut unknown, mut open) = (false, false);
        let mut plain = Vec::with_capacity(arguments.len());
        for (index, value) in arguments.into_iter().enumerate() {
            let Some(parameter) = self.parameter(index) else { return Err("too many arguments".into()) };
            let value = if parameter.marked {
                value
            } else {
                let (value, found) = value.unmarked_deep();
                marks = marks.and(found);
                value
            };
            if value.is_null() && !parameter.null && !open {
                return argument(index, "argument must not be null");
            }
            open |= value.ty() == Type::Any && !parameter.open_type;
            unknown |= match parameter.unknown {
                Unknowns::None => !value.is_wholly_known(),
                Unknowns::Inside => value.is_unknown(),
                Unknowns::Anywhere => false,
            };
            plain.push(value);
        }
        let kept = || plain.iter().fold(marks, |marks, value| marks.and(value.deep_marks()));
        if open {
            return Ok(Value::unknown(Type::Any).marked(kept()));
        }
        let unknown_result = match self.returns {
            Returns::Decided(decide) => Value::unknown(decide(&plain)?),
            fixed => fixed.unknown(),
        };
        if unknown {
            return Ok(unknown_result.marked(kept()));
        }
        let result = match self.body {
            Body::Pure(body) => body(&plain),
            Body::Worldly(body) => body(world, &plain),
        };
        result.map(|value| value.marked(marks))
    }
}

static ALL: LazyLock<BTreeMap<&'static str, &'static Function>> = LazyLock::new(|| {
    let families: [&'static [Function]; 23] = [
        cidr::FUNCTIONS,
        collection::FUNCTIONS,
        collection_parts::FUNCTIONS,
        compression::FUNCTIONS,
        conversion::FUNCTIONS,
        csv::FUNCTIONS,
        date::FUNCTIONS,
        encoding::FUNCTIONS,
        file::FUNCTIONS,
        format::FUNCTIONS,
        hash::FUNCTIONS,
        json::FUNCTIONS,
        lookup::FUNCTIONS,
        marks::FUNCTIONS,
        numeric::FUNCTIONS,
        pattern::FUNCTIONS,
        range::FUNCTIONS,
        secret::FUNCTIONS,
        set::FUNCTIONS,
        string::FUNCTIONS,
        template::FUNCTIONS,
        terraform::FUNCTIONS,
        yaml::FUNCTIONS,
    ];
    families.into_iter().flatten().map(|function| (function.name, function)).collect()
});

/// Functions that the evaluator itself carries out, because they see expressions rather than values.
pub(crate) const SPECIAL: [&str; 3] = ["can", "try", "type"];

/// The function of that name, with or without its `core::`.
pub(crate) fn find(name: &str) -> Option<&'static Function> {
    ALL.get(name.strip_prefix("core::").unwrap_or(name)).copied()
}

/// The names of all functions, sorted.
pub fn names() -> Vec<&'static str> {
    let mut names: Vec<_> = ALL.keys().copied().chain(SPECIAL).collect();
    names.sort_unstable();
    names
}

/// The texts of a list of strings; a null is empty.
fn strings(value: &Value) -> impl Iterator<Item = &str> {
    value.items().iter().map(|item| item.as_str().unwrap_or_default())
}

/// The text of an argument that is certainly a string.
fn str_of(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A string in the form in which the language compares strings.
fn normal(text: &str) -> Value {
    crate::syntax::normalized(text).into()
}

/// A list of values with the type that all of them can have, or a tuple where there is none.
fn list_or_tuple(items: Vec<Value>) -> Value {
    let tuple = Value::tuple(items);
    convert(&tuple, &Type::list(Type::Any)).unwrap_or(tuple)
}
