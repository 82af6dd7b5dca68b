//! Patch operations: a table per kind of object says which paths may change, how, and in whose words others are refused.

use serde_json::{Map, Value};

use super::body::{Body, number};
use super::refuse::{Constraints, bad_request};
use super::state::Document;
use crate::wire::{Call, Refusal};

/// What a patch does at its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Op {
    Add,
    Remove,
    Move,
    Test,
    Replace,
    Copy,
}

/// Every operation with its name, in the order the service lists them.
const OPS: [(&str, Op); 6] = [
    ("add", Op::Add),
    ("remove", Op::Remove),
    ("move", Op::Move),
    ("test", Op::Test),
    ("replace", Op::Replace),
    ("copy", Op::Copy),
];

pub(super) const REPLACE: &[Op] = &[Op::Replace];
pub(super) const REPLACE_REMOVE: &[Op] = &[Op::Replace, Op::Remove];
pub(super) const ADD_REMOVE: &[Op] = &[Op::Add, Op::Remove];
pub(super) const ADD_REMOVE_REPLACE: &[Op] = &[Op::Add, Op::Remove, Op::Replace];

impl Op {
    /// Returns the name on the wire.
    pub(super) fn name(self) -> &'static str {
        OPS.iter().find(|(_, op)| *op == self).map_or("", |(name, _)| name)
    }
}

/// One patch operation as sent.
#[derive(Debug, Clone)]
pub(super) struct Patch {
    pub(super) op: Op,
    pub(super) path: Option<String>,
    pub(super) value: Option<String>,
    pub(super) from: Option<String>,
}

impl Patch {
    /// Returns the path; one that was not sent reads `null`, as the service puts it.
    pub(super) fn path(&self) -> &str {
        self.path.as_deref().unwrap_or("null")
    }
}

/// Reads the patches of a call to the named operation.
pub(super) fn read(call: &Call, operation: &str) -> Result<Vec<Patch>, Refusal> {
    let mut constraints = Constraints::default();
    let patches = read_checked(call, operation, &mut constraints)?;
    constraints.settle()?;
    Ok(patches)
}

/// Reads the patches of a call and adds what is wrong with their operations to the constraint errors.
pub(super) fn read_checked(
    call: &Call,
    operation: &str,
    constraints: &mut Constraints,
) -> Result<Vec<Patch>, Refusal> {
    let names = OPS.map(|(name, _)| name);
    let mut patches = Vec::new();
    for (index, entry) in Body::of(call)?.structures("patchOperations")?.iter().enumerate() {
        let name = entry.text_or_empty("op")?;
        let lowered = lower_first(operation);
        let member = format!("{lowered}Input.patchOperations.{}.member.op", index + 1);
        constraints.one_of(&member, Some(&name), &names);
        let Some((_, op)) = OPS.iter().find(|(known, _)| *known == name) else { continue };
        patches.push(Patch {
            op: *op,
            path: entry.text("path")?,
            value: entry.text("value")?,
            from: entry.text("from")?,
        });
    }
    Ok(patches)
}

/// One patch at a path the table knows.
pub(super) struct Step<'a> {
    pub(super) op: Op,
    /// The segments of the path, unescaped.
    pub(super) parts: Vec<String>,
    pub(super) value: Option<&'a str>,
}

impl Step<'_> {
    /// Returns the last segment, which names the entry of a map or a list.
    pub(super) fn name(&self) -> &str {
        self.parts.last().map_or("", String::as_str)
    }

    /// Returns the value; one that was not sent is empty.
    pub(super) fn text(&self) -> &str {
        self.value.unwrap_or_default()
    }
}

/// Changes a document as a step says.
pub(super) type Setter = fn(&mut Document, &Step<'_>) -> Result<(), Refusal>;

/// A path that may change; a segment in braces stands for any.
pub(super) struct Rule {
    pub(super) path: &'static str,
    pub(super) ops: &'static [Op],
    pub(super) set: Setter,
}

/// Makes a rule; reads well in a table.
pub(super) const fn rule(path: &'static str, ops: &'static [Op], set: Setter) -> Rule {
    Rule { path, ops, set }
}

/// How the kind of object words a refused path; the service has two ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wording {
    /// Lists the paths that the operation may have.
    Listed,
    /// Names the path, or the operations it may have.
    Plain,
}

/// Returns the document with the patches applied, or the first refusal; the given one stays as it is.
pub(super) fn apply(
    about: &Document,
    patches: &[Patch],
    rules: &[Rule],
    wording: Wording,
) -> Result<Document, Refusal> {
    let mut changed = about.clone();
    for patch in patches {
        let parts = split(patch.path());
        let Some(found) = rules.iter().find(|rule| fits(rule.path, &parts) && rule.ops.contains(&patch.op))
        else {
            return Err(refuse(patch, &parts, rules, wording));
        };
        let step = Step { op: patch.op, parts, value: patch.value.as_deref() };
        (found.set)(&mut changed, &step)?;
    }
    Ok(changed)
}

/// Says whether a table has a rule for the path and the operation of a patch.
pub(super) fn knows(rules: &[Rule], patch: &Patch) -> bool {
    let parts = split(patch.path());
    rules.iter().any(|rule| fits(rule.path, &parts) && rule.ops.contains(&patch.op))
}

/// Returns the segments of a JSON pointer, unescaped.
pub(super) fn split(path: &str) -> Vec<String> {
    let path = path.strip_prefix('/').unwrap_or(path);
    path.split('/').map(|part| part.replace("~1", "/").replace("~0", "~")).collect()
}

fn fits(pattern: &str, parts: &[String]) -> bool {
    let mut wanted = pattern.split('/').skip(1);
    let all =
        parts.iter().all(|part| wanted.next().is_some_and(|want| want.starts_with('{') || want == part));
    all && wanted.next().is_none()
}

fn refuse(patch: &Patch, parts: &[String], rules: &[Rule], wording: Wording) -> Refusal {
    let path = patch.path();
    match wording {
        Wording::Plain => match rules.iter().find(|rule| fits(rule.path, parts)) {
            None => bad_request(format!("Invalid patch path {path}")),
            Some(rule) => {
                let names: Vec<_> = rule.ops.iter().map(|op| op.name()).collect();
                let names = names.join(", ");
                bad_request(format!("Invalid patch operation specified. Must be one of: [{names}]"))
            }
        },
        Wording::Listed => {
            let allowed: Vec<_> =
                rules.iter().filter(|rule| rule.ops.contains(&patch.op)).map(|rule| rule.path).collect();
            let advice = if allowed.is_empty() {
                "Please choose supported operations".to_owned()
            } else {
                format!("Must be one of: [{}]", allowed.join(", "))
            };
            let op = patch.op.name();
            bad_request(format!("Invalid patch path  '{path}' specified for op '{op}'. {advice}"))
        }
    }
}

fn lower_first(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// Sets a text; removing it, or giving it no value, leaves it absent.
#[expect(clippy::unnecessary_wraps, reason = "setters share one signature")]
pub(super) fn text(about: &mut Document, step: &Step<'_>) -> Result<(), Refusal> {
    let value = step.value.filter(|_| step.op != Op::Remove).filter(|value| !value.is_empty());
    place(about, &step.parts, value.map(Value::from));
    Ok(())
}

/// Sets a boolean; anything but `true` is false.
#[expect(clippy::unnecessary_wraps, reason = "setters share one signature")]
pub(super) fn flag(about: &mut Document, step: &Step<'_>) -> Result<(), Refusal> {
    let kept = step.op != Op::Remove;
    place(about, &step.parts, kept.then(|| Value::Bool(step.text().eq_ignore_ascii_case("true"))));
    Ok(())
}

/// Sets a whole number.
pub(super) fn integer(about: &mut Document, step: &Step<'_>) -> Result<(), Refusal> {
    if step.op == Op::Remove {
        place(about, &step.parts, None);
        return Ok(());
    }
    let value: i64 = step.text().parse().map_err(|_| not_a_number(step))?;
    place(about, &step.parts, Some(value.into()));
    Ok(())
}

/// Sets a number.
pub(super) fn decimal(about: &mut Document, step: &Step<'_>) -> Result<(), Refusal> {
    if step.op == Op::Remove {
        place(about, &step.parts, None);
        return Ok(());
    }
    let value: f64 = step.text().parse().map_err(|_| not_a_number(step))?;
    if !value.is_finite() {
        return Err(not_a_number(step));
    }
    place(about, &step.parts, Some(number(value)));
    Ok(())
}

/// Adds to, removes from, or replaces in a list of texts; the path names the element.
#[expect(clippy::unnecessary_wraps, reason = "setters share one signature")]
pub(super) fn list_element(about: &mut Document, step: &Step<'_>) -> Result<(), Refusal> {
    let element = step.name().to_owned();
    let list = &step.parts[..step.parts.len().saturating_sub(1)];
    change_list(about, list, step.op, &element, step.text());
    Ok(())
}

/// Adds to or removes from a list of texts; the value names the element.
#[expect(clippy::unnecessary_wraps, reason = "setters share one signature")]
pub(super) fn list_value(about: &mut Document, step: &Step<'_>) -> Result<(), Refusal> {
    change_list(about, &step.parts, step.op, step.text(), step.text());
    Ok(())
}

/// Puts a value at a path of nested documents; none takes it away, and with it what it leaves empty.
pub(super) fn place(about: &mut Document, path: &[String], value: Option<Value>) {
    let Some((first, rest)) = path.split_first() else { return };
    match (rest.is_empty(), value) {
        (true, Some(value)) => drop(about.insert(first.clone(), value)),
        (true, None) => drop(about.shift_remove(first)),
        (false, value) => {
            let removes = value.is_none();
            let inner = about.entry(first.clone()).or_insert_with(|| Value::Object(Map::new()));
            if !inner.is_object() {
                *inner = Value::Object(Map::new());
            }
            let emptied = inner.as_object_mut().is_some_and(|inner| {
                place(inner, rest, value);
                inner.is_empty()
            });
            if removes && emptied {
                about.shift_remove(first);
            }
        }
    }
}

/// Returns the value at a path of nested documents.
pub(super) fn lookup<'a>(about: &'a Document, path: &[String]) -> Option<&'a Value> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(about.get(first)?, |value, part| value.get(part))
}

fn change_list(about: &mut Document, path: &[String], op: Op, element: &str, replacement: &str) {
    let mut items: Vec<Value> = lookup(about, path).and_then(Value::as_array).cloned().unwrap_or_default();
    let found = items.iter().position(|item| item.as_str() == Some(element));
    match (op, found) {
        (Op::Remove, Some(index)) => drop(items.remove(index)),
        (Op::Replace, Some(index)) => items[index] = Value::from(replacement),
        (Op::Add, None) => items.push(Value::from(element)),
        _ => {}
    }
    place(about, path, (!items.is_empty()).then_some(Value::Array(items)));
}

fn not_a_number(step: &Step<'_>) -> Refusal {
    bad_request(format!(
        "Invalid value '{}' specified for /{}: not a number",
        step.text(),
        step.parts.join("/")
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const RULES: &[Rule] = &[
        rule("/name", REPLACE, text),
        rule("/size", REPLACE, integer),
        rule("/types/{type}", ADD_REMOVE_REPLACE, list_element),
        rule("/map/{name}", ADD_REMOVE, flag),
    ];

    fn patched(op: Op, path: &str, value: Option<&str>, wording: Wording) -> Result<Value, String> {
        let about = json!({"name": "old", "types": ["a/b"], "map": {"x": true}});
        let patch = Patch { op, path: Some(path.to_owned()), value: value.map(str::to_owned), from: None };
        apply(about.as_object().unwrap(), &[patch], RULES, wording)
            .map(Value::Object)
            .map_err(|refusal| refusal.message)
    }

    #[test]
    fn paths_are_json_pointers() {
        assert_eq!(split("/a~1b/c~0d"), ["a/b", "c~d"]);
    }

    #[test]
    fn list_elements_are_named_by_the_path() {
        let added = patched(Op::Add, "/types/c~1d", None, Wording::Plain).unwrap();
        assert_eq!(added["types"], json!(["a/b", "c/d"]));
        let replaced = patched(Op::Replace, "/types/a~1b", Some("e/f"), Wording::Plain).unwrap();
        assert_eq!(replaced["types"], json!(["e/f"]));
        let removed = patched(Op::Remove, "/types/a~1b", None, Wording::Plain).unwrap();
        assert_eq!(removed.get("types"), None);
    }

    #[test]
    fn map_that_becomes_empty_is_absent() {
        assert_eq!(patched(Op::Remove, "/map/x", None, Wording::Plain).unwrap().get("map"), None);
        assert_eq!(patched(Op::Add, "/map/y", Some("no"), Wording::Plain).unwrap()["map"]["y"], json!(false));
    }

    #[test]
    fn unknown_path_is_refused_in_the_words_of_the_kind() {
        assert_eq!(
            patched(Op::Replace, "/bogus", None, Wording::Listed).unwrap_err(),
            "Invalid patch path  '/bogus' specified for op 'replace'. Must be one of: [/name, /size, /types/{type}]"
        );
        assert_eq!(
            patched(Op::Copy, "/name", None, Wording::Listed).unwrap_err(),
            "Invalid patch path  '/name' specified for op 'copy'. Please choose supported operations"
        );
        assert_eq!(
            patched(Op::Add, "/bogus", None, Wording::Plain).unwrap_err(),
            "Invalid patch path /bogus"
        );
        assert_eq!(
            patched(Op::Add, "/name", None, Wording::Plain).unwrap_err(),
            "Invalid patch operation specified. Must be one of: [replace]"
        );
    }
}
