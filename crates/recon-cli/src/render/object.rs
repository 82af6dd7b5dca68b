//! The difference of two objects of a resource type, whose schema tells arguments from nested blocks.

use recon_core::path::Step;
use recon_core::schema::{Block, NestedBlock, Nesting};
use recon_core::{Data, Value};

use super::diff::{Place, difference, pairs, set_pairs, whole};
use super::node::{Body, Node, Sign};

/// The arguments and nested blocks of an object.
pub(crate) struct Parts {
    /// By name.
    pub arguments: Vec<(String, Node)>,
    /// In order of name, then of occurrence.
    pub blocks: Vec<(String, Node)>,
}

/// The difference of two objects, either of which may be absent. Without a schema everything is an argument.
pub(crate) fn parts(
    schema: Option<&Block>,
    before: Option<&Value>,
    after: Option<&Value>,
    place: &Place<'_>,
) -> Parts {
    let sides = [before, after];
    let names = sides.iter().flatten().filter_map(|value| value.entries()).flat_map(|entries| entries.keys());
    let names: std::collections::BTreeSet<_> = names.collect();
    let mut found = Parts { arguments: Vec::new(), blocks: Vec::new() };
    for name in names {
        let [old, new] = sides.map(|side| side.map(|value| value.get(name)).filter(|value| !value.is_null()));
        if old.is_none() && new.is_none() {
            continue;
        }
        let place = place.then(Step::Attribute(name.clone()));
        match schema.and_then(|schema| schema.blocks.get(name)) {
            Some(nested) => {
                found.blocks.extend(
                    occurrences(nested, old, new, &place).into_iter().map(|node| (name.to_string(), node)),
                );
            }
            None => found.arguments.push((name.to_string(), difference(old, new, &place))),
        }
    }
    found
}

fn occurrences(
    nested: &NestedBlock,
    before: Option<&Value>,
    after: Option<&Value>,
    place: &Place<'_>,
) -> Vec<Node> {
    if after.is_some_and(|value| value.is_unknown() || value.marks.is_sensitive())
        || before.is_some_and(|value| value.marks.is_sensitive())
    {
        return vec![opaque(nested, before, after, place)];
    }
    let one = |old: Option<&Value>, new: Option<&Value>, place: &Place<'_>| {
        occurrence(&nested.block, old, new, place)
    };
    let items = |side: Option<&'_ Value>| side.map(|value| value.items().to_vec()).unwrap_or_default();
    match nested.nesting {
        Nesting::Single => vec![one(before, after, place)],
        Nesting::List(..) => {
            let (old, new) = (items(before), items(after));
            let at = |(from, to): (Option<usize>, Option<usize>)| {
                let place = place.then(Step::Index(to.or(from).unwrap_or_default()));
                one(from.map(|at| &old[at]), to.map(|at| &new[at]), &place)
            };
            mark_first(pairs(&old, &new).into_iter().map(at).collect(), place)
        }
        Nesting::Set(..) => {
            let (old, new) = (items(before), items(after));
            let nodes = set_pairs(&old, &new).into_iter().map(|(old, new)| one(old, new, place)).collect();
            mark_first(nodes, place)
        }
    }
}

/// Blocks that cannot be opened: not known yet, or never to be shown.
fn opaque(nested: &NestedBlock, before: Option<&Value>, after: Option<&Value>, place: &Place<'_>) -> Node {
    let unknown = after.is_some_and(Value::is_unknown);
    match before {
        Some(old) if unknown && !old.marks.is_sensitive() => {
            let first = old.items().first().unwrap_or(old);
            let sides =
                (occurrence(&nested.block, Some(first), None, place), after.map(|new| whole(new, Sign::Add)));
            match sides.1 {
                Some(new) => Node::new(Sign::Change, Body::Turn(Box::new(sides.0), Box::new(new))),
                None => sides.0,
            }
        }
        _ => difference(before, after, place),
    }
}

fn occurrence(block: &Block, before: Option<&Value>, after: Option<&Value>, place: &Place<'_>) -> Node {
    let unopened = |side: Option<&Value>| side.is_some_and(|value| !matches!(value.data, Data::Object(_)));
    if unopened(before) || unopened(after) {
        return difference(before, after, place);
    }
    let Parts { arguments, blocks } = parts(Some(block), before, after, place);
    let sign = match (before, after) {
        (None, _) => Sign::Add,
        (_, None) => Sign::Remove,
        _ if arguments.iter().chain(&blocks).all(|(_, node)| node.is_keep()) => Sign::Keep,
        _ => Sign::Change,
    };
    Node::new(sign, Body::Block(arguments, blocks)).replacing(place.replaces())
}

/// Where the nested block as such replaces the object, the first one that changes says so.
fn mark_first(mut nodes: Vec<Node>, place: &Place<'_>) -> Vec<Node> {
    if place.replaces()
        && let Some(first) = nodes.iter_mut().find(|node| !node.is_keep())
    {
        first.replaces = true;
    }
    nodes
}
