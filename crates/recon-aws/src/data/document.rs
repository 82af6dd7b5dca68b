//! A policy document: statements from blocks and from other documents, merged.

use std::collections::BTreeSet;

use recon_core::Value;
use serde_json::{Map, Value as Json};

use super::statement::{Statement, Variables, part};

/// The version of the policy language where a configuration names none.
pub(super) const VERSION: &str = "2012-10-17";

/// A policy document.
#[derive(Clone, Debug, Default)]
pub(super) struct Document {
    version: String,
    id: String,
    statements: Vec<Statement>,
}

/// The document that a configuration declares: its sources, its own statements, what overrides them.
pub(super) fn assemble(config: &Value) -> Result<Document, String> {
    let mut merged = Document::default();
    let mut sids = BTreeSet::new();
    for (index, source) in documents(config, "source_policy_documents")? {
        if let Some(twin) = twin(&source, &mut sids) {
            return Err(format!(
                "merging source document {index}: duplicate Sid ({twin}) in source_policy_documents. Remove the Sid or ensure Sids are unique."
            ));
        }
        merged.merge(source);
    }
    merged.merge(own(config)?);
    for (_, source) in documents(config, "override_policy_documents")? {
        merged.merge(source);
    }
    Ok(merged)
}

fn documents(config: &Value, argument: &str) -> Result<Vec<(usize, Document)>, String> {
    let texts = config.get(argument).items().iter().map(|text| text.as_str().unwrap_or_default()).enumerate();
    let texts = texts.filter(|(_, text)| !text.is_empty());
    let parse = |(index, text): (usize, &str)| {
        let parsed = Document::parse(text);
        parsed.map(|document| (index, document)).map_err(|error| format!("\"{argument}.{index}\" {error}"))
    };
    texts.map(parse).collect()
}

/// The document of the configuration's own blocks.
fn own(config: &Value) -> Result<Document, String> {
    let version = config.str("version").unwrap_or(VERSION).to_owned();
    let variables = Variables::of_version(&version);
    let blocks = config.get("statement").items().iter();
    let statements = blocks.map(|block| Statement::from_block(block, variables)).collect::<Result<_, _>>()?;
    let document =
        Document { version, id: config.str("policy_id").unwrap_or_default().to_owned(), statements };
    match twin(&document, &mut BTreeSet::new()) {
        Some(twin) => Err(format!("duplicate Sid ({twin}). Remove the Sid or ensure the Sid is unique.")),
        None => Ok(document),
    }
}

/// The first statement id that was seen before.
fn twin(document: &Document, seen: &mut BTreeSet<String>) -> Option<String> {
    let mut sids = document.statements.iter().map(|statement| &statement.sid).filter(|sid| !sid.is_empty());
    sids.find(|sid| !seen.insert((*sid).clone())).cloned()
}

impl Document {
    fn parse(text: &str) -> Result<Self, String> {
        let json: Json = serde_json::from_str(text).map_err(|error| {
            let cause =
                if error.is_eof() { "unexpected end of JSON input".to_owned() } else { error.to_string() };
            format!("contains an invalid JSON: {cause}")
        })?;
        let Json::Object(parts) = &json else { return Err("has to be a JSON object".to_owned()) };
        let text = |name: &str| part(parts, name).and_then(Json::as_str).unwrap_or_default().to_owned();
        let statements = match part(parts, "Statement") {
            None | Some(Json::Null) => Vec::new(),
            Some(Json::Array(items)) => items.iter().map(Statement::from_json).collect::<Result<_, _>>()?,
            Some(single) => vec![Statement::from_json(single)?],
        };
        Ok(Self { version: text("Version"), id: text("Id"), statements })
    }

    /// Takes over another document: its id, a later version, its statements; one with the id of a statement that is
    /// there already stands in its place.
    fn merge(&mut self, other: Document) {
        let Document { version, id, statements } = other;
        if !id.is_empty() {
            self.id = id;
        }
        if version > self.version {
            self.version = version;
        }
        for statement in statements {
            let place =
                self.statements.iter_mut().find(|known| !known.sid.is_empty() && known.sid == statement.sid);
            match place {
                Some(known) => *known = statement,
                None => self.statements.push(statement),
            }
        }
    }

    /// The document as it is printed.
    pub(super) fn into_json(self) -> Json {
        let Self { version, id, statements } = self;
        let text = |text: String| (!text.is_empty()).then_some(Json::String(text));
        let statements: Vec<Json> = statements.into_iter().map(Statement::into_json).collect();
        let parts = [
            ("Version", text(version)),
            ("Id", text(id)),
            ("Statement", (!statements.is_empty()).then_some(Json::Array(statements))),
        ];
        let parts = parts.into_iter().filter_map(|(name, part)| Some((name.to_owned(), part?)));
        Json::Object(parts.collect::<Map<String, Json>>())
    }
}
