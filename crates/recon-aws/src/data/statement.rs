//! One statement of a policy document, from a block or from JSON.

use std::collections::BTreeMap;

use recon_core::Value;
use serde_json::{Map, Value as Json};

use super::set_order::{ordered, ordered_texts};

/// A statement; what is absent is not printed.
#[derive(Clone, Debug, Default)]
pub(super) struct Statement {
    pub(super) sid: String,
    effect: String,
    action: Option<Json>,
    not_action: Option<Json>,
    resource: Option<Json>,
    not_resource: Option<Json>,
    principal: Option<Json>,
    not_principal: Option<Json>,
    condition: Option<Json>,
}

/// Which policy variables a document may hold.
#[derive(Clone, Copy)]
pub(super) enum Variables {
    /// `&{…}` stands for `${…}`.
    Allowed,
    /// The version of the document has none.
    Refused,
}

impl Variables {
    /// What a version of the policy language allows.
    pub(super) fn of_version(version: &str) -> Self {
        if version == "2008-10-17" { Self::Refused } else { Self::Allowed }
    }

    fn written(self, text: &str) -> Result<String, String> {
        match self {
            Self::Refused if text.contains("&{") => Err(format!(
                "found &{{ sequence in ({text}), which is not supported in document version 2008-10-17"
            )),
            Self::Refused | Self::Allowed => Ok(text.replace("&{", "${")),
        }
    }
}

impl Statement {
    /// The statement of a `statement` block.
    pub(super) fn from_block(block: &Value, variables: Variables) -> Result<Self, String> {
        let plain = |name: &str| one_or_many(block.string_items(name));
        let written = |name: &str| {
            let texts =
                block.string_items(name).iter().map(|text| variables.written(text)).collect::<Result<_, _>>();
            texts.map(one_or_many).map_err(|error| format!("reading {name}: {error}"))
        };
        Ok(Self {
            sid: block.str("sid").unwrap_or_default().to_owned(),
            effect: block.str("effect").unwrap_or("Allow").to_owned(),
            action: plain("actions"),
            not_action: plain("not_actions"),
            resource: written("resources")?,
            not_resource: written("not_resources")?,
            principal: principals(block, "principals", variables)?,
            not_principal: principals(block, "not_principals", variables)?,
            condition: conditions(block, variables)?,
        })
    }

    /// The statement of a document.
    pub(super) fn from_json(json: &Json) -> Result<Self, String> {
        let Json::Object(parts) = json else {
            return Err(format!("a statement has to be an object, not {json}"));
        };
        let text = |name: &str| match part(parts, name) {
            None | Some(Json::Null) => Ok(String::new()),
            Some(Json::String(text)) => Ok(text.clone()),
            Some(other) => Err(format!("`{name}` has to be a string, not {other}")),
        };
        let any = |name: &str| part(parts, name).filter(|value| !value.is_null()).map(sorted);
        Ok(Self {
            sid: text("Sid")?,
            effect: text("Effect")?,
            action: any("Action"),
            not_action: any("NotAction"),
            resource: any("Resource"),
            not_resource: any("NotResource"),
            principal: part(parts, "Principal").map(principal_from_json).transpose()?.flatten(),
            not_principal: part(parts, "NotPrincipal").map(principal_from_json).transpose()?.flatten(),
            condition: part(parts, "Condition").map(condition_from_json).transpose()?.flatten(),
        })
    }

    /// The statement as it is printed.
    pub(super) fn into_json(self) -> Json {
        let Self {
            sid,
            effect,
            action,
            not_action,
            resource,
            not_resource,
            principal,
            not_principal,
            condition,
        } = self;
        let text = |text: String| (!text.is_empty()).then_some(Json::String(text));
        let parts = [
            ("Sid", text(sid)),
            ("Effect", text(effect)),
            ("Action", action),
            ("NotAction", not_action),
            ("Resource", resource),
            ("NotResource", not_resource),
            ("Principal", principal),
            ("NotPrincipal", not_principal),
            ("Condition", condition),
        ];
        Json::Object(parts.into_iter().filter_map(|(name, part)| Some((name.to_owned(), part?))).collect())
    }
}

/// A part of a JSON object; the case of its name does not matter, and the last one counts.
pub(super) fn part<'a>(parts: &'a Map<String, Json>, name: &str) -> Option<&'a Json> {
    parts.iter().rev().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// The texts in falling order; a single one stands alone.
fn one_or_many(mut texts: Vec<String>) -> Option<Json> {
    texts.sort_unstable_by(|a, b| b.cmp(a));
    match texts.len() {
        0 => None,
        1 => texts.pop().map(Json::String),
        _ => Some(Json::from(texts)),
    }
}

/// A value whose objects have their keys in order.
fn sorted(value: &Json) -> Json {
    match value {
        Json::Array(items) => Json::Array(items.iter().map(sorted).collect()),
        Json::Object(parts) => {
            let parts: BTreeMap<String, Json> =
                parts.iter().map(|(name, part)| (name.clone(), sorted(part))).collect();
            Json::Object(parts.into_iter().collect())
        }
        other => other.clone(),
    }
}

/// The identifiers of one kind of principal.
struct Principals {
    kind: String,
    identifiers: Identifiers,
}

enum Identifiers {
    One(String),
    Many(Vec<String>),
}

fn principals(block: &Value, name: &str, variables: Variables) -> Result<Option<Json>, String> {
    let text = |block: &Value| {
        let identifiers = ordered_texts(block.string_items("identifiers"));
        let identifiers: String = identifiers.iter().map(|text| format!("{text};")).collect();
        format!("identifiers:{{{identifiers}}};type:{};", block.str("type").unwrap_or_default())
    };
    let mut all = Vec::new();
    for block in ordered(block.get(name).items(), text) {
        let identifiers = block.string_items("identifiers");
        let written = identifiers.iter().map(|text| variables.written(text)).collect::<Result<Vec<_>, _>>();
        let mut identifiers = written.map_err(|error| format!("reading {name}: {error}"))?;
        let identifiers = match identifiers.len() {
            1 => Identifiers::One(identifiers.remove(0)),
            _ => Identifiers::Many(identifiers),
        };
        all.push(Principals { kind: block.str("type").unwrap_or_default().to_owned(), identifiers });
    }
    Ok(print_principals(all))
}

fn principal_from_json(json: &Json) -> Result<Option<Json>, String> {
    let wrong = |what: &Json| Err(format!("a principal has to be a string or a list of strings, not {what}"));
    let mut all = Vec::new();
    match json {
        Json::Null => {}
        // IAM knows no other string than `*`.
        Json::String(_) => return Ok(Some(Json::from("*"))),
        Json::Object(kinds) => {
            for (kind, identifiers) in kinds {
                let identifiers = match identifiers {
                    Json::String(one) => Identifiers::One(one.clone()),
                    Json::Array(many) => {
                        let texts: Option<Vec<String>> =
                            many.iter().map(|item| item.as_str().map(str::to_owned)).collect();
                        let Some(texts) = texts else { return wrong(identifiers) };
                        Identifiers::Many(texts)
                    }
                    other => return wrong(other),
                };
                all.push(Principals { kind: kind.clone(), identifiers });
            }
        }
        other => return wrong(other),
    }
    Ok(print_principals(all))
}

/// Principals as they are printed: blocks of one kind together, lists in falling order, everybody as `"*"`.
fn print_principals(all: Vec<Principals>) -> Option<Json> {
    if let [Principals { kind, identifiers }] = all.as_slice() {
        let is_everybody = match identifiers {
            Identifiers::One(one) => one == "*",
            Identifiers::Many(many) => many.iter().map(String::as_str).eq(["*"]),
        };
        if kind == "*" && is_everybody {
            return Some(Json::from("*"));
        }
    }
    let mut kinds: BTreeMap<String, Json> = BTreeMap::new();
    for Principals { kind, identifiers } in all {
        let before = kinds.remove(&kind);
        let merged = match (before, identifiers) {
            (None, Identifiers::One(one)) => Json::from(one),
            (before, Identifiers::One(one)) => Json::Array(listed(before).chain([Json::from(one)]).collect()),
            (before, Identifiers::Many(mut many)) => {
                many.sort_unstable_by(|a, b| b.cmp(a));
                Json::Array(listed(before).chain(many.into_iter().map(Json::from)).collect())
            }
        };
        kinds.insert(kind, merged);
    }
    (!kinds.is_empty()).then(|| Json::Object(kinds.into_iter().collect()))
}

fn listed(before: Option<Json>) -> impl Iterator<Item = Json> {
    let items = match before {
        None => Vec::new(),
        Some(Json::Array(items)) => items,
        Some(single) => vec![single],
    };
    items.into_iter()
}

/// Values by test and variable.
type Conditions = BTreeMap<String, BTreeMap<String, Vec<Json>>>;

fn conditions(block: &Value, variables: Variables) -> Result<Option<Json>, String> {
    let part = |block: &Value, name: &str| block.str(name).unwrap_or_default().to_owned();
    let text = |block: &Value| {
        let values: String = values(block).iter().map(|text| format!("{text};")).collect();
        format!("test:{};values:({values});variable:{};", part(block, "test"), part(block, "variable"))
    };
    let mut all = Conditions::new();
    for block in ordered(block.get("condition").items(), text) {
        let tests = all.entry(part(block, "test")).or_default().entry(part(block, "variable")).or_default();
        for value in values(block) {
            let written = variables
                .written(&value)
                .map_err(|error| format!("reading condition: reading values: {error}"))?;
            tests.push(Json::from(written));
        }
    }
    Ok(print_conditions(all))
}

/// The values of a condition; a null one counts as empty.
fn values(block: &Value) -> Vec<String> {
    block.get("values").items().iter().map(|value| value.as_str().unwrap_or_default().to_owned()).collect()
}

fn condition_from_json(json: &Json) -> Result<Option<Json>, String> {
    let wrong = |what: &Json| format!("`Condition` has to be an object of objects, not {what}");
    let Json::Object(tests) = json else {
        return if json.is_null() { Ok(None) } else { Err(wrong(json)) };
    };
    let text = |value: &Json| match value {
        Json::String(text) => Json::from(text.as_str()),
        other => Json::from(other.to_string()),
    };
    let mut all = Conditions::new();
    for (test, variables) in tests {
        let Json::Object(variables) = variables else { return Err(wrong(variables)) };
        for (variable, values) in variables {
            let values = match values {
                Json::Array(values) => values.iter().map(text).collect(),
                single => vec![text(single)],
            };
            all.entry(test.clone()).or_default().insert(variable.clone(), values);
        }
    }
    Ok(print_conditions(all))
}

fn print_conditions(all: Conditions) -> Option<Json> {
    let one_or_many =
        |mut values: Vec<Json>| if values.len() == 1 { values.remove(0) } else { Json::Array(values) };
    let tests = all.into_iter().map(|(test, variables)| {
        let variables = variables.into_iter().map(|(variable, values)| (variable, one_or_many(values)));
        (test, Json::Object(variables.collect()))
    });
    let tests: Map<String, Json> = tests.collect();
    (!tests.is_empty()).then_some(Json::Object(tests))
}
