//! The graph of a stack's blocks as SVG, with what drifted in the colour of its kind.
//!
//! What hangs together is drawn together: what others refer to at the left, neighbours near each other.

use std::collections::{BTreeMap, BTreeSet};

use super::{Kind, Stack, escaped};

/// Up to this many blocks all are drawn; of more, only those with a finding and their neighbours.
const WHOLE_MAX: usize = 120;
/// The most blocks with a finding that are drawn.
const FINDINGS_MAX: usize = 300;
/// The most columns, which is more than any chain of references needs.
const COLUMNS_MAX: usize = 40;
/// How often columns are sorted by their neighbours.
const SWEEPS: usize = 4;
/// How wide the picture may grow before the next group begins a new line.
const WIDTH_MAX: usize = 1_240;
/// Sizes, in pixels.
const HEIGHT: usize = 26;
const LETTER: usize = 7;
const GAP_X: usize = 44;
const GAP_Y: usize = 10;
const MARGIN: usize = 14;
/// The most letters that fit into a box.
const LETTERS_MAX: usize = 44;

type Edges<'a> = BTreeSet<(&'a str, &'a str)>;

/// One block in the picture.
struct Node<'a> {
    name: &'a str,
    x: usize,
    y: usize,
    width: usize,
}

/// The picture; nothing where there is nothing to draw. `anchor` tells the element that tells of a block.
pub(super) fn picture(stack: &Stack, anchor: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let (kinds, left_out) = kinds(stack);
    if kinds.is_empty() {
        return None;
    }
    let edges = drawn(stack, &kinds);
    let (nodes, right, bottom) = place(groups(&kinds, &edges), &edges);
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
        draw(&mut out, node, kinds.get(node.name).copied(), anchor(node.name));
    }
    out.push_str("</svg>\n");
    if left_out > 0 {
        put!(out, "<p class=\"soft\">{left_out} more blocks with findings are not drawn.</p>\n");
    }
    Some(out)
}

/// The first kind of finding of each block that has one, and how many blocks are left out.
fn kinds(stack: &Stack) -> (BTreeMap<&str, Kind>, usize) {
    let mut kinds = BTreeMap::new();
    let mut left_out = BTreeSet::new();
    for one in stack.findings.iter().filter(|one| one.counts() && one.block != "output") {
        let block = one.block.as_str();
        if kinds.len() < FINDINGS_MAX || kinds.contains_key(block) {
            kinds.entry(block).or_insert(one.kind);
        } else {
            left_out.insert(block);
        }
    }
    (kinds, left_out.len())
}

/// The references to draw.
fn drawn<'a>(stack: &'a Stack, kinds: &BTreeMap<&str, Kind>) -> Edges<'a> {
    let all = stack.edges.iter().map(|(from, to)| (from.as_str(), to.as_str()));
    let blocks: BTreeSet<&str> = all.clone().flat_map(|(from, to)| [from, to]).collect();
    let is_whole = blocks.len() <= WHOLE_MAX;
    all.filter(|(from, to)| is_whole || kinds.contains_key(from) || kinds.contains_key(to)).collect()
}

/// What hangs together, as columns: each block right of all that it refers to. Blocks without neighbours come last, in
/// a column of their own.
fn groups<'a>(kinds: &BTreeMap<&'a str, Kind>, edges: &Edges<'a>) -> Vec<Vec<Vec<&'a str>>> {
    let mut neighbours: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (from, to) in edges {
        neighbours.entry(from).or_default().insert(to);
        neighbours.entry(to).or_default().insert(from);
    }
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut found = Vec::new();
    for name in neighbours.keys() {
        let mut members = BTreeSet::new();
        let mut open = vec![*name];
        while let Some(next) = open.pop() {
            if seen.insert(next) {
                members.insert(next);
                open.extend(neighbours[next].iter().copied());
            }
        }
        if !members.is_empty() {
            found.push(columns(&members, edges, &neighbours));
        }
    }
    let alone: Vec<&str> = kinds.keys().copied().filter(|name| !neighbours.contains_key(name)).collect();
    found.extend(alone.into_iter().map(|name| vec![vec![name]]));
    found
}

/// The columns of one group, each sorted so that neighbours are near each other.
fn columns<'a>(
    members: &BTreeSet<&'a str>,
    edges: &Edges<'a>,
    neighbours: &BTreeMap<&'a str, BTreeSet<&'a str>>,
) -> Vec<Vec<&'a str>> {
    let mut at: BTreeMap<&str, usize> = members.iter().map(|name| (*name, 0)).collect();
    let inside: Vec<_> = members
        .iter()
        .flat_map(|from| edges.range((*from, "")..).take_while(move |it| it.0 == *from))
        .collect();
    // No chain is longer than this, and no circle can make it so.
    for _ in 0..members.len().min(COLUMNS_MAX) {
        let mut moved = false;
        for (from, to) in &inside {
            let wanted = at[to] + 1;
            if at[from] < wanted && wanted < COLUMNS_MAX {
                at.insert(from, wanted);
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
    let mut columns: Vec<Vec<&str>> = vec![Vec::new(); at.values().max().map_or(0, |last| last + 1)];
    for (name, column) in &at {
        columns[*column].push(name);
    }
    columns.retain(|column| !column.is_empty());
    for _ in 0..SWEEPS {
        sweep(&mut columns, neighbours);
    }
    columns
}

/// Sorts each column by the middle of its blocks' neighbours.
fn sweep<'a>(columns: &mut [Vec<&'a str>], neighbours: &BTreeMap<&'a str, BTreeSet<&'a str>>) {
    for index in 0..columns.len() {
        let mut rows: BTreeMap<&str, usize> = BTreeMap::new();
        for column in columns.iter() {
            // Long columns and short ones are compared by the share of their height.
            let height = column.len().max(1);
            rows.extend(column.iter().enumerate().map(|(row, name)| (*name, (2 * row + 1) * 1_000 / height)));
        }
        let middle = |name: &str| {
            let around = &neighbours[name];
            around.iter().map(|other| rows[other]).sum::<usize>() / around.len().max(1)
        };
        columns[index].sort_by_cached_key(|name| (middle(name), *name));
    }
}

/// Where each block goes, and how large the picture is. Groups stand beside each other as long as they fit.
fn place<'a>(
    groups: Vec<Vec<Vec<&'a str>>>,
    edges: &Edges<'a>,
) -> (BTreeMap<&'a str, Node<'a>>, usize, usize) {
    let gap = if edges.is_empty() { GAP_Y } else { GAP_X / 2 };
    let (mut nodes, mut right) = (BTreeMap::new(), 0);
    let (mut left, mut top, mut bottom) = (MARGIN, MARGIN, MARGIN);
    for columns in groups {
        let widths: Vec<usize> = columns.iter().map(|column| width(column)).collect();
        let whole = widths.iter().sum::<usize>() + GAP_X * (widths.len() - 1);
        let rows = columns.iter().map(Vec::len).max().unwrap_or_default();
        if left > MARGIN && left + whole > WIDTH_MAX {
            (left, top) = (MARGIN, bottom + gap - GAP_Y);
        }
        let mut x = left;
        for (column, width) in columns.into_iter().zip(widths) {
            // Short columns stand in the middle of long ones.
            let above = (rows - column.len()) * (HEIGHT + GAP_Y) / 2;
            for (row, name) in column.into_iter().enumerate() {
                nodes.insert(name, Node { name, x, y: top + above + row * (HEIGHT + GAP_Y), width });
            }
            x += width + GAP_X;
        }
        left += whole;
        right = right.max(left);
        left += gap;
        bottom = bottom.max(top + rows * (HEIGHT + GAP_Y));
    }
    (nodes, right + MARGIN, bottom - GAP_Y + MARGIN)
}

/// As wide as the longest name, in steps, so that groups that are alike stand in line.
fn width(column: &[&str]) -> usize {
    let longest = column.iter().map(|name| shortened(name).chars().count()).max().unwrap_or_default();
    longest.next_multiple_of(4) * LETTER + 18
}

fn edge(out: &mut String, from: &Node<'_>, to: &Node<'_>) {
    let (x1, y1) = (from.x, from.y + HEIGHT / 2);
    let (x2, y2) = (to.x + to.width, to.y + HEIGHT / 2);
    let bend = GAP_X / 2;
    let (c1, c2) = (x1.saturating_sub(bend), x2 + bend);
    put!(out, "<path class=\"edge\" d=\"M{x1} {y1}C{c1} {y1} {c2} {y2} {x2} {y2}\"/>\n");
}

fn draw(out: &mut String, node: &Node<'_>, kind: Option<Kind>, anchor: Option<String>) {
    let Node { name, x, y, width } = node;
    let class = kind.map_or("well", Kind::id);
    let words = kind.map_or("is as applied", Kind::words);
    let body = format!(
        "<title>{} {words}</title><rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{HEIGHT}\" rx=\"6\"/><text x=\"{}\" y=\"{}\">{}</text>",
        escaped(name),
        x + 9,
        y + HEIGHT / 2 + 4,
        escaped(&shortened(name))
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
