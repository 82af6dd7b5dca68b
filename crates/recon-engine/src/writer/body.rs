//! An object as a block without references: only what somebody chose, in an order that reads well.

use recon_core::discovery::{Found, Manner};
use recon_core::sameness::same;
use recon_core::schema::{Absent, Attribute, Block, Mode, NestedBlock, Nesting, Sameness, Schema};
use recon_core::{Data, Value};
use serde_json::Value as Json;

use super::expression::{Body, Expression, Item};

/// Where an argument stands that nothing else places.
const LAST: usize = usize::MAX;

/// What an object's block says.
pub(super) fn body(found: &Found, schema: &Schema, manner: &Manner) -> Body {
    let level = Level { whole: &found.value, manner, prefix: "" };
    let mut body = level.arguments(&schema.block, &found.value);
    body.sort_by_key(|item| place(item.name(), found, schema, manner));
    body.extend(level.blocks(&schema.block, &found.value));
    body
}

/// What it is part of, what it is called, what it must have, the rest, and tags.
fn place(name: &str, found: &Found, schema: &Schema, manner: &Manner) -> (u8, usize) {
    let named = ["name", "function_name", "stage_name", "description"];
    if let Some(at) = found.identity.iter().chain(&named).position(|one| *one == name)
        && !manner.links.iter().any(|link| link.argument == name)
    {
        return (1, at);
    }
    let is_required = schema.block.attributes.get(name).is_some_and(|it| it.mode == Mode::Required);
    match manner.links.iter().position(|link| link.argument == name) {
        Some(at) if found.identity.contains(&name) || name == "rest_api_id" => (0, at),
        Some(at) if is_required => (2, at),
        _ if name == "tags" => (5, LAST),
        _ if is_required => (3, LAST),
        _ => (4, LAST),
    }
}

/// One level of an object.
struct Level<'a> {
    whole: &'a Value,
    manner: &'a Manner,
    /// Of the names of arguments: empty, or `block.`.
    prefix: &'a str,
}

impl Level<'_> {
    fn arguments(&self, block: &Block, value: &Value) -> Body {
        let chosen = |(name, attribute): (&recon_core::Name, &Attribute)| {
            let value = value.get(name);
            self.is_chosen(name, attribute, value)
                .then(|| Item::Argument(name.to_string(), expression(value, attribute.sameness)))
        };
        block.attributes.iter().filter_map(chosen).collect()
    }

    fn is_chosen(&self, name: &str, attribute: &Attribute, value: &Value) -> bool {
        if !attribute.is_settable() || value.is_null() || name == "tags_all" {
            return false;
        }
        // A secret does not belong into a file.
        if attribute.sensitive || value.marks.is_sensitive() {
            return false;
        }
        let is_default = match &attribute.mode {
            Mode::Required => return true,
            Mode::Default(default) => default.same(value),
            Mode::Optional | Mode::OptionalComputed(_) | Mode::Computed(_) => false,
        };
        let is_nothing = attribute.sameness == Sameness::EmptyIsNull
            && same(Sameness::EmptyIsNull, value, &Value::null(recon_core::Type::Any));
        !is_default
            && !is_nothing
            && !(self.manner.implied)(&format!("{}{name}", self.prefix), value, self.whole)
    }

    fn blocks(&self, block: &Block, value: &Value) -> Body {
        let mut body = Body::new();
        for (name, nested) in &block.blocks {
            let value = value.get(name);
            let prefix = format!("{}{name}.", self.prefix);
            let inner = Level { prefix: &prefix, whole: self.whole, manner: self.manner };
            if nested.nesting == Nesting::Single && !value.is_null() {
                body.extend(inner.nested(name, nested, value));
            }
            body.extend(value.items().iter().filter_map(|item| inner.nested(name, nested, item)));
        }
        body
    }

    fn nested(&self, name: &str, nested: &NestedBlock, value: &Value) -> Option<Item> {
        let arguments = self.arguments(&nested.block, value);
        let blocks = self.blocks(&nested.block, value);
        let is_implied = |item: &Item| {
            let argument = format!("{}{}", self.prefix, item.name());
            (self.manner.implied)(&argument, value.get(item.name()), self.whole)
        };
        if nested.absent == Absent::Provider && blocks.is_empty() && arguments.iter().all(is_implied) {
            return None;
        }
        Some(Item::Block(name.to_owned(), arguments.into_iter().chain(blocks).collect()))
    }
}

/// A value as it is written.
pub(super) fn expression(value: &Value, sameness: Sameness) -> Expression {
    match &value.data {
        Data::Null(_) | Data::Unknown(_) => Expression::Null,
        _ if value.marks.is_sensitive() => Expression::Secret(value.clone()),
        Data::Bool(flag) => Expression::Bool(*flag),
        Data::Number(number) => Expression::Number(number.to_string()),
        Data::String(text) => document(text, sameness).unwrap_or_else(|| Expression::literal(text)),
        Data::List(_) | Data::Set(_) | Data::Tuple(_) => {
            Expression::List(value.items().iter().map(|item| expression(item, Sameness::Exact)).collect())
        }
        Data::Map(_) | Data::Object(_) => {
            let entries = value.entries().into_iter().flatten();
            Expression::Map(
                entries
                    .map(|(key, item)| Expression::entry(key, expression(item, Sameness::Exact)))
                    .collect(),
            )
        }
    }
}

/// A JSON document as an expression, where `jsonencode` gives the same again.
fn document(text: &str, sameness: Sameness) -> Option<Expression> {
    if !text.trim_start().starts_with(['{', '[']) {
        return None;
    }
    let json: Json = serde_json::from_str(text).ok()?;
    let is_exact = !matches!(sameness, Sameness::Json | Sameness::Policy);
    // Keys are sorted, and some characters escaped.
    let again = json.to_string();
    if is_exact && (again != text || text.contains(['<', '>', '&', '\u{2028}', '\u{2029}'])) {
        return None;
    }
    from_json(&json).map(|inner| Expression::Json(Box::new(inner)))
}

fn from_json(json: &Json) -> Option<Expression> {
    Some(match json {
        Json::Null => Expression::Null,
        Json::Bool(flag) => Expression::Bool(*flag),
        // Other numbers may not come back as they were spelled.
        Json::Number(number) => Expression::Number(number.as_i64()?.to_string()),
        Json::String(text) => Expression::literal(text),
        Json::Array(items) => Expression::List(items.iter().map(from_json).collect::<Option<_>>()?),
        Json::Object(entries) => {
            let entries = entries.iter().map(|(key, value)| Some(Expression::entry(key, from_json(value)?)));
            Expression::Map(entries.collect::<Option<_>>()?)
        }
    })
}
