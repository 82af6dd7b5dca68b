//! The graph of a stack's blocks as SVG, with what drifted in the colour of its kind.

use std::collections::{BTreeMap, BTreeSet};

use super::{Kind, Stack, escaped};

/// Up to this many blocks all are drawn; of more, only those with a finding and their neighbours.
const BLOCKS_MAX: usize = 120;
/// The most blocks below each other.
const ROWS_MAX: usize = 40;
/// Sizes, in pixels.
const WIDTH: usize = 250;
const HEIGHT: usize = 26;
const GAP_X: usize = 70;
const GAP_Y: usize = 10;
const MARGIN: usize = 12;
/// The most letters that fit into a box.
const LETTERS_MAX: usize = 36;

/// One block in the picture.
struct Node<'a> {
    name: &'a str,
    kind: Option<Kind>,
    x: usize,
    y: usize,
}

/// The picture; nothing where there is nothing to draw. `anchor` tells the element that tells of a block.
pub(super) fn picture(stack: &Stack, anchor: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let kinds = kinds(stack);
    let edges = drawn(stack, &kinds);
    let nodes = place(&kinds, &edges);
    if nodes.is_empty() {
        return None;
    }
    let right = nodes.values().map(|node| node.x).max().unwrap_or_default() + WIDTH + MARGIN;
    let bottom = nodes.values().map(|node| node.y).max().unwrap_or_default() + HEIGHT + MARGIN;
    let mut out = format!(
        "<svg role=\"img\" width=\"{right}\" height=\"{bottom}\" viewBox=\"0 0 {right} {bottom}\" xmlns=\"http://www.w3.org/2000/svg\"><title>What refers to what in {}</title>\n",
        escaped(&stack.name)
    );
    for (from, to) in &edges {
        if let (Some(from), Some(to)) = (nodes.get(from), nodes.get(to)) {
            edge(&mut out, from, to);
        }
    }
    for node in nodes.values() {
        draw(&mut out, node, anchor(node.name));
    }
    out.push_str("</svg>\n");
    Some(out)
}

/// The first kind of finding of each block that has one.
fn kinds(stack: &Stack) -> BTreeMap<&str, Kind> {
    let mut kinds = BTreeMap::new();
    for one in stack.findings.iter().filter(|one| one.counts() && one.block != "output") {
        kinds.entry(one.block.as_str()).or_insert(one.kind);
    }
    kinds
}

/// The references to draw.
fn drawn<'a>(stack: &'a Stack, kinds: &BTreeMap<&str, Kind>) -> BTreeSet<(&'a str, &'a str)> {
    let all = stack.edges.iter().map(|(from, to)| (from.as_str(), to.as_str()));
    let blocks: BTreeSet<&str> = all.clone().flat_map(|(from, to)| [from, to]).collect();
    let is_whole = blocks.len() <= BLOCKS_MAX;
    all.filter(|(from, to)| is_whole || kinds.contains_key(from) || kinds.contains_key(to)).collect()
}

/// Each block in the column of its distance from what refers to nothing.
fn place<'a>(
    kinds: &BTreeMap<&'a str, Kind>,
    edges: &BTreeSet<(&'a str, &'a str)>,
) -> BTreeMap<&'a str, Node<'a>> {
    let mut layers: BTreeMap<&str, usize> = kinds.keys().map(|name| (*name, 0)).collect();
    layers.extend(edges.iter().flat_map(|(from, to)| [(*from, 0), (*to, 0)]));
    // A path is never longer than this, and no circle can make it so.
    for _ in 0..layers.len().min(ROWS_MAX) {
        let mut moved = false;
        for (from, to) in edges {
            let wanted = layers[to] + 1;
            if layers[from] < wanted && wanted < ROWS_MAX {
                layers.insert(from, wanted);
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
    let mut columns: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    for (name, layer) in layers {
        columns.entry(layer).or_default().push(name);
    }
    let wrapped = columns
        .into_values()
        .flat_map(|names| names.chunks(ROWS_MAX).map(<[&str]>::to_vec).collect::<Vec<_>>());
    let mut nodes = BTreeMap::new();
    for (column, names) in wrapped.enumerate() {
        for (row, name) in names.into_iter().enumerate() {
            let (x, y) = (MARGIN + column * (WIDTH + GAP_X), MARGIN + row * (HEIGHT + GAP_Y));
            nodes.insert(name, Node { name, kind: kinds.get(name).copied(), x, y });
        }
    }
    nodes
}

fn edge(out: &mut String, from: &Node<'_>, to: &Node<'_>) {
    let (x1, y1) = (from.x, from.y + HEIGHT / 2);
    let (x2, y2) = (to.x + WIDTH, to.y + HEIGHT / 2);
    let bend = GAP_X / 2;
    let (c1, c2) = (x1.saturating_sub(bend), x2 + bend);
    put!(out, "<path class=\"edge\" d=\"M{x1} {y1}C{c1} {y1} {c2} {y2} {x2} {y2}\"/>\n");
}

fn draw(out: &mut String, node: &Node<'_>, anchor: Option<String>) {
    let Node { name, kind, x, y } = node;
    let class = kind.map_or("well", Kind::id);
    let words = kind.map_or("is as applied", Kind::words);
    let label = shortened(name);
    let body = format!(
        "<title>{} {words}</title><rect x=\"{x}\" y=\"{y}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" rx=\"5\"/><text x=\"{}\" y=\"{}\">{}</text>",
        escaped(name),
        x + 8,
        y + HEIGHT / 2 + 4,
        escaped(&label)
    );
    match anchor {
        Some(anchor) => put!(out, "<a class=\"node {class}\" href=\"#{anchor}\">{body}</a>\n"),
        None => put!(out, "<g class=\"node {class}\">{body}</g>\n"),
    }
}

/// The end of a name says most.
fn shortened(name: &str) -> String {
    let name = name.strip_prefix("aws_").unwrap_or(name);
    let letters: Vec<char> = name.chars().collect();
    if letters.len() <= LETTERS_MAX {
        return name.to_owned();
    }
    let tail: String = letters[letters.len() - LETTERS_MAX + 1..].iter().collect();
    format!("…{tail}")
}
