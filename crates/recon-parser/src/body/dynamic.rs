//! `dynamic` blocks: one block per element of a collection.

use recon_core::address::Key;
use recon_core::schema::Block;
use recon_core::value::{Data, Name};
use recon_core::{Diagnostic, Diagnostics, ResourceMode, Span, Value};

use super::decode::decode_body;
use crate::config::Body;
use crate::evaluate::evaluate;
use crate::expression::Kind;
use crate::files::Files;
use crate::scope::{Clock, Lookup, Scope};

/// The blocks that a `dynamic` block makes; nothing while its collection is known only after apply.
pub(super) fn expand(
    body: &Body,
    label: &Name,
    schema: &Block,
    scope: &dyn Scope,
) -> Result<Option<Vec<Value>>, Diagnostics> {
    let missing = |what: &str| -> Diagnostics {
        let detail = format!("A dynamic block needs {what}.");
        let diagnostic = Diagnostic::error("Invalid dynamic block", detail);
        match body.span {
            Some(span) => diagnostic.at(span).into(),
            None => diagnostic.into(),
        }
    };
    let for_each = body.attributes.get("for_each").ok_or_else(|| missing("a `for_each` argument"))?;
    let content = body.blocks.iter().find(|block| &*block.name == "content").ok_or_else(|| missing("a `content` block"))?;
    let collection = evaluate(&for_each.value, scope)?;
    let Some(elements) = elements(&collection, for_each.value.span)? else { return Ok(None) };
    let iterator = body.attributes.get("iterator").and_then(|argument| match &*argument.value.kind {
        Kind::Variable(name) => Some(name),
        _ => None,
    });
    let iterator = iterator.unwrap_or(label);
    let mut found = Diagnostics::new();
    let mut blocks = Vec::new();
    for (key, value) in elements {
        let inner = Iteration { outer: scope, iterator, key, value: value.marked(collection.marks) };
        blocks.extend(found.take(decode_body(&content.body, schema, &inner)));
    }
    found.into_result(Some(blocks))
}

fn elements(collection: &Value, span: Span) -> Result<Option<Vec<(Value, Value)>>, Diagnostics> {
    let numbered = |items: &[Value]| {
        let keys = (0_i64..).map(Value::from);
        keys.zip(items).map(|(key, item)| (key, item.clone())).collect()
    };
    match &collection.data {
        Data::Unknown(_) => Ok(None),
        Data::List(_) | Data::Tuple(_) => Ok(Some(numbered(collection.items()))),
        Data::Set(_) => Ok(Some(collection.items().iter().map(|item| (item.clone(), item.clone())).collect())),
        Data::Map(_) | Data::Object(_) => {
            let entries = collection.entries().into_iter().flatten();
            Ok(Some(entries.map(|(key, value)| (Value::from(key.clone()), value.clone())).collect()))
        }
        Data::Null(_) => {
            let detail = "The collection is null. Use [] for no blocks.";
            Err(Diagnostic::error("Invalid dynamic for_each value", detail).at(span).into())
        }
        _ => {
            let detail = format!("A collection is required; this is a {}.", collection.ty().friendly());
            Err(Diagnostic::error("Invalid dynamic for_each value", detail).at(span).into())
        }
    }
}

/// The scope inside of one iteration, in which the iterator's name hides others.
struct Iteration<'a> {
    outer: &'a dyn Scope,
    iterator: &'a Name,
    key: Value,
    value: Value,
}

impl Scope for Iteration<'_> {
    fn lookup(&self, lookup: &Lookup, span: Span) -> Result<Value, Diagnostic> {
        match lookup {
            // To the syntax, `setting.value` looks like a block of the type `setting`.
            Lookup::Resource(ResourceMode::Managed, kind, name, key) if kind == self.iterator => {
                let found = match &**name {
                    "key" => &self.key,
                    "value" => &self.value,
                    other => {
                        let detail = format!("`{kind}.{other}` does not exist. There are {kind}.key and {kind}.value.");
                        return Err(Diagnostic::error("Unsupported attribute", detail).at(span));
                    }
                };
                element(found, key.as_ref(), span)
            }
            _ => self.outer.lookup(lookup, span),
        }
    }

    fn files(&self) -> &dyn Files {
        self.outer.files()
    }

    fn clock(&self) -> Clock {
        self.outer.clock()
    }
}

/// An index that the syntax took for an instance key.
fn element(value: &Value, key: Option<&Key>, span: Span) -> Result<Value, Diagnostic> {
    let Some(key) = key else { return Ok(value.clone()) };
    if value.is_unknown() {
        return Ok(Value::unknown(recon_core::Type::Any).marked(value.marks));
    }
    let found = match key {
        Key::Index(index) => usize::try_from(*index).ok().and_then(|index| value.items().get(index)),
        Key::Text(text) => value.entries().and_then(|entries| entries.get(text)),
    };
    found.map(|found| found.clone().marked(value.marks)).ok_or_else(|| {
        let detail = format!("The given key {key} does not identify an element in this collection value.");
        Diagnostic::error("Invalid index", detail).at(span)
    })
}
