//! Bodies written in JSON, where nested blocks look like arguments until a schema tells them apart.

use std::borrow::Cow;

use recon_core::schema::Block;
use recon_core::value::Name;
use recon_core::{Span, Value};

use crate::config::{Argument, Body, NestedBody, Notation};
use crate::expression::{Expression, Kind};

/// The body with nested blocks as blocks, however it is written.
pub(super) fn native<'a>(body: &'a Body, schema: &Block) -> Cow<'a, Body> {
    let is_block = |name: &Name| &**name == "dynamic" || schema.blocks.contains_key(name);
    if body.notation == Notation::Native || !body.attributes.keys().any(is_block) {
        return Cow::Borrowed(body);
    }
    let mut found = Body { attributes: std::collections::BTreeMap::new(), ..body.clone() };
    for (name, argument) in &body.attributes {
        let blocks = match &**name {
            "dynamic" => dynamic_blocks(argument),
            _ if is_block(name) => blocks(name, &[], argument.name_span, &argument.value),
            _ => None,
        };
        match blocks {
            Some(blocks) => found.blocks.extend(blocks),
            None => drop(found.attributes.insert(name.clone(), argument.clone())),
        }
    }
    Cow::Owned(found)
}

/// One block from an object, several from an array of objects, none from null.
fn blocks(name: &Name, labels: &[Name], name_span: Span, value: &Expression) -> Option<Vec<NestedBody>> {
    let one = |value: &Expression| {
        let body = body_of(value)?;
        Some(NestedBody { name: name.clone(), labels: labels.to_vec(), name_span, body })
    };
    match &*value.kind {
        Kind::Tuple(items) => items.iter().map(one).collect(),
        Kind::Literal(value) if value.is_null() => Some(Vec::new()),
        _ => Some(vec![one(value)?]),
    }
}

fn body_of(value: &Expression) -> Option<Body> {
    let mut body = Body { span: Some(value.span), notation: Notation::Json, ..Body::default() };
    for (name, name_span, value) in properties(value)? {
        body.attributes.insert(name, Argument { name_span, value: value.clone() });
    }
    Some(body)
}

/// The properties of an object with plain names.
fn properties(value: &Expression) -> Option<Vec<(Name, Span, &Expression)>> {
    let Kind::Object(entries) = &*value.kind else { return None };
    let named = entries.iter().map(|(key, value)| match &*key.kind {
        Kind::Literal(name) => Some((Value::as_str(name)?.into(), key.span, value)),
        _ => None,
    });
    named.collect()
}

/// `"dynamic": {"setting": {"for_each": …, "content": {…}}}`
fn dynamic_blocks(argument: &Argument) -> Option<Vec<NestedBody>> {
    let mut found = Vec::new();
    for (label, span, value) in properties(&argument.value)? {
        for mut block in blocks(&"dynamic".into(), &[label], span, value)? {
            if let Some(content) = block.body.attributes.remove("content") {
                block.body.blocks.extend(blocks(&"content".into(), &[], content.name_span, &content.value)?);
            }
            found.push(block);
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use recon_core::schema::{Absent, NestedBlock, Nesting};

    use super::*;

    fn schema() -> Block {
        let inner =
            NestedBlock { block: Block::default(), nesting: Nesting::List(0, 0), absent: Absent::None };
        Block { blocks: [("setting".into(), inner)].into(), ..Block::default() }
    }

    /// The names of the arguments, then those of the blocks.
    fn names(json: &str) -> String {
        let file = format!("{{\"resource\": {{\"x\": {{\"y\": {json}}}}}}}");
        let (parsed, problems) = crate::json_syntax::parse_body(recon_core::FileId(0), &file);
        assert!(problems.is_empty(), "{problems:?}");
        let body = native(&parsed.blocks[0].body, &schema()).into_owned();
        let arguments: Vec<_> = body.attributes.keys().map(ToString::to_string).collect();
        let blocks: Vec<_> =
            body.blocks.iter().map(|block| block.name.to_string() + &block.labels.join("")).collect();
        format!("{} | {}", arguments.join(" "), blocks.join(" "))
    }

    #[test]
    fn objects_under_the_name_of_a_block_are_blocks() {
        assert_eq!(names(r#"{"a": {}, "setting": {"b": 1}}"#), "a | setting");
        assert_eq!(names(r#"{"setting": [{"b": 1}, {"b": 2}]}"#), " | setting setting");
        assert_eq!(names(r#"{"setting": null}"#), " | ");
        assert_eq!(names(r#"{"setting": 1}"#), "setting | ");
        assert_eq!(
            names(r#"{"dynamic": {"setting": {"for_each": [], "content": {}}}}"#),
            " | dynamicsetting"
        );
    }
}
