//! The difference between two values, as a tree. Pure: text comes later.

use std::collections::{BTreeMap, BTreeSet};

use recon_core::path::Step;
use recon_core::value::Name;
use recon_core::{Data, Path, Value, json};
use similar::{Algorithm, ChangeTag, DiffOp, TextDiff, capture_diff_slices};

use super::node::{Body, Node, Sign};
use super::quote;

/// How a value that must never be shown is shown.
const SENSITIVE: &str = "(sensitive value)";
/// How a value that is not known is shown.
const UNKNOWN: &str = "(known after apply)";

/// Where in an object a difference is, and which places replace the object.
#[derive(Clone)]
pub(crate) struct Place<'a> {
    path: Path,
    replacing: &'a [Path],
}

impl<'a> Place<'a> {
    /// The whole object.
    pub(crate) fn root(replacing: &'a [Path]) -> Self {
        Self { path: Path::root(), replacing }
    }

    /// A part of it.
    pub(crate) fn then(&self, step: Step) -> Self {
        if self.replacing.is_empty() {
            return self.clone();
        }
        Self { path: self.path.then(step), replacing: self.replacing }
    }

    /// Whether this very place replaces the object.
    pub(crate) fn replaces(&self) -> bool {
        self.replacing.contains(&self.path)
    }
}

/// The difference of two values, either of which may be absent.
pub(crate) fn difference(before: Option<&Value>, after: Option<&Value>, place: &Place<'_>) -> Node {
    match (before, after) {
        (None, None) => Node::plain(Sign::Keep, "null"),
        (None, Some(after)) => whole(after, Sign::Add).replacing(place.replaces()),
        (Some(before), None) => whole(before, Sign::Remove).replacing(place.replaces()),
        (Some(before), Some(after)) => both(before, after, place),
    }
}

/// A value to which one thing happens as a whole.
pub(crate) fn whole(value: &Value, sign: Sign) -> Node {
    if value.marks.is_sensitive() {
        return Node::plain(sign, SENSITIVE);
    }
    let body = match &value.data {
        Data::Null(_) => Body::Plain("null".to_owned()),
        Data::Unknown(_) => Body::Plain(UNKNOWN.to_owned()),
        Data::Bool(value) => Body::Plain(value.to_string()),
        Data::Number(number) => Body::Plain(number.to_string()),
        Data::String(text) => whole_text(text, sign),
        Data::List(_) | Data::Set(_) | Data::Tuple(_) => {
            Body::Items(value.items().iter().map(|item| whole(item, sign)).collect())
        }
        Data::Map(mapping) => Body::Map(whole_entries(&mapping.entries, sign)),
        Data::Object(attributes) => Body::Object(whole_entries(attributes, sign)),
    };
    Node::new(sign, body)
}

fn whole_text(text: &str, sign: Sign) -> Body {
    if let Some(document) = document(text) {
        return Body::Json(Box::new(whole(&document, sign)));
    }
    if !text.contains('\n') {
        return Body::Plain(quote::quoted(text));
    }
    let lines = text.trim_end_matches('\n').split('\n');
    Body::Lines(lines.map(|line| (Sign::Keep, quote::visible(line))).collect())
}

fn whole_entries(entries: &BTreeMap<Name, Value>, sign: Sign) -> Vec<(String, Node)> {
    let present = entries.iter().filter(|(_, value)| !value.is_null() || sign == Sign::Keep);
    present.map(|(name, value)| (name.to_string(), whole(value, sign))).collect()
}

/// The JSON document that a string holds, if it holds an object or array.
fn document(text: &str) -> Option<Value> {
    let start = text.trim_start();
    if !start.starts_with(['{', '[']) {
        return None;
    }
    serde_json::from_str(start).ok().map(|parsed| json::untyped(&parsed))
}

fn both(before: &Value, after: &Value, place: &Place<'_>) -> Node {
    let unmarked = before.marks.is_sensitive() != after.marks.is_sensitive();
    if before.same(after) && !unmarked {
        return whole(after, Sign::Keep);
    }
    if before.marks.is_sensitive() || after.marks.is_sensitive() {
        let remark = unmarked.then_some(if after.marks.is_sensitive() {
            "becomes sensitive"
        } else {
            "no longer sensitive"
        });
        return Node::plain(Sign::Change, SENSITIVE).remarking(remark).replacing(place.replaces());
    }
    let node = match (&before.data, &after.data) {
        (Data::String(before), Data::String(after)) => texts(before, after),
        (Data::Set(_), Data::Set(_)) => Node::new(Sign::Change, Body::Items(set_items(before, after))),
        (Data::List(_) | Data::Tuple(_), Data::List(_) | Data::Tuple(_)) => {
            Node::new(Sign::Change, Body::Items(items(before, after, place)))
        }
        (Data::Map(_), Data::Map(_)) => Node::new(Sign::Change, Body::Map(entries(before, after, place))),
        (Data::Object(_), Data::Object(_)) => {
            Node::new(Sign::Change, Body::Object(entries(before, after, place)))
        }
        _ => turn(before, after),
    };
    // Parts that cannot be told apart (an unknown beside an unknown) leave nothing to show.
    node.replacing(place.replaces())
}

fn turn(before: &Value, after: &Value) -> Node {
    let sides = (Box::new(whole(before, Sign::Remove)), Box::new(whole(after, Sign::Add)));
    Node::new(Sign::Change, Body::Turn(sides.0, sides.1))
}

fn texts(before: &str, after: &str) -> Node {
    if let (Some(old), Some(new)) = (document(before), document(after)) {
        let inner = difference(Some(&old), Some(&new), &Place::root(&[]));
        let remark = inner.is_keep().then_some("white space or order of keys only");
        return Node::new(Sign::Change, Body::Json(Box::new(inner))).remarking(remark);
    }
    if before.contains('\n') || after.contains('\n') {
        return Node::new(Sign::Change, Body::Lines(lines(before, after)));
    }
    turn(&Value::from(before), &Value::from(after))
}

fn lines(before: &str, after: &str) -> Vec<(Sign, String)> {
    let diff = TextDiff::from_lines(before, after);
    let sign = |tag| match tag {
        ChangeTag::Equal => Sign::Keep,
        ChangeTag::Delete => Sign::Remove,
        ChangeTag::Insert => Sign::Add,
    };
    diff.iter_all_changes()
        .map(|change| (sign(change.tag()), quote::visible(change.value().trim_end_matches('\n'))))
        .collect()
}

fn entries(before: &Value, after: &Value, place: &Place<'_>) -> Vec<(String, Node)> {
    let names: BTreeSet<&Name> =
        [before, after].into_iter().filter_map(Value::entries).flat_map(BTreeMap::keys).collect();
    let object = matches!(after.data, Data::Object(_));
    let present =
        |value: &'_ Value, name: &Name| value.entries().is_some_and(|entries| entries.contains_key(name));
    let mut nodes = Vec::new();
    for name in names {
        let step = if object { Step::Attribute(name.clone()) } else { Step::Key(name.clone()) };
        let side = |value: &'_ Value| present(value, name) && !(object && value.get(name).is_null());
        let old = side(before).then(|| before.get(name));
        let new = side(after).then(|| after.get(name));
        if old.is_some() || new.is_some() {
            nodes.push((name.to_string(), difference(old, new, &place.then(step))));
        }
    }
    nodes
}

fn items(before: &Value, after: &Value, place: &Place<'_>) -> Vec<Node> {
    pairs(before.items(), after.items())
        .into_iter()
        .map(|(old, new)| {
            let position = new.or(old).unwrap_or_default();
            let sides = (old.map(|at| &before.items()[at]), new.map(|at| &after.items()[at]));
            difference(sides.0, sides.1, &place.then(Step::Index(position)))
        })
        .collect()
}

fn set_items(before: &Value, after: &Value) -> Vec<Node> {
    set_pairs(before.items(), after.items())
        .into_iter()
        .map(|(old, new)| difference(old, new, &Place::root(&[])))
        .collect()
}

/// Which elements of two sets are the same, which go, and which come.
pub(crate) fn set_pairs<'a>(
    before: &'a [Value],
    after: &'a [Value],
) -> Vec<(Option<&'a Value>, Option<&'a Value>)> {
    let (old, new): (BTreeSet<&Value>, BTreeSet<&Value>) = (before.iter().collect(), after.iter().collect());
    let goes: Vec<&Value> = old.difference(&new).copied().collect();
    let comes: Vec<&Value> = new.difference(&old).copied().collect();
    let mut pairs: Vec<_> = old.intersection(&new).map(|item| (Some(*item), Some(*item))).collect();
    if let ([old], [new]) = (&*goes, &*comes)
        && old.entries().is_some()
        && new.entries().is_some()
    {
        // One object for one object reads as a change of it.
        pairs.push((Some(old), Some(new)));
        return pairs;
    }
    pairs.extend(goes.into_iter().map(|item| (Some(item), None)));
    pairs.extend(comes.into_iter().map(|item| (None, Some(item))));
    pairs
}

/// Which elements of two lists belong together, by position in each.
pub(crate) fn pairs(before: &[Value], after: &[Value]) -> Vec<(Option<usize>, Option<usize>)> {
    let (old, new) = numbered(before, after);
    let mut found = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, &old, &new) {
        match op {
            DiffOp::Equal { old_index, new_index, len } => {
                found.extend((0..len).map(|at| (Some(old_index + at), Some(new_index + at))));
            }
            DiffOp::Delete { old_index, old_len, .. } => {
                found.extend((0..old_len).map(|at| (Some(old_index + at), None)));
            }
            DiffOp::Insert { new_index, new_len, .. } => {
                found.extend((0..new_len).map(|at| (None, Some(new_index + at))));
            }
            DiffOp::Replace { old_index, old_len, new_index, new_len } => {
                let compound = |values: &[Value]| values.iter().all(|value| value.entries().is_some());
                let together = compound(&before[old_index..old_index + old_len])
                    && compound(&after[new_index..new_index + new_len]);
                let shared = if together { old_len.min(new_len) } else { 0 };
                found.extend((0..shared).map(|at| (Some(old_index + at), Some(new_index + at))));
                found.extend((shared..old_len).map(|at| (Some(old_index + at), None)));
                found.extend((shared..new_len).map(|at| (None, Some(new_index + at))));
            }
        }
    }
    found
}

/// The elements as numbers, equal exactly where the elements are: a diff needs order and hash, which values lack.
fn numbered(before: &[Value], after: &[Value]) -> (Vec<usize>, Vec<usize>) {
    let mut seen: BTreeMap<&Value, usize> = BTreeMap::new();
    let mut unknown = usize::MAX;
    let mut number = |value| {
        if Value::is_wholly_known(value) {
            let next = seen.len();
            return *seen.entry(value).or_insert(next);
        }
        // What is unknown equals nothing, not even itself.
        unknown -= 1;
        unknown
    };
    (before.iter().map(&mut number).collect(), after.iter().map(&mut number).collect())
}
