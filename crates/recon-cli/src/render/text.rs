//! Trees of differences as text, laid out as Terraform's users know it.
//!
//! Every line starts with its sign in column `indent`; what belongs to it stands four columns further.

use super::node::{Body, Node, Sign};
use super::{quote, style};

/// Unchanged lines of text shown around a changed one.
const CONTEXT_LINES: usize = 3;

/// How much of what stays the same is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unchanged {
    /// Only a count of it.
    Hidden,
    /// All of it.
    Shown,
}

/// Whether a part that goes still has to say that it becomes null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Suffix {
    Null,
    None,
}

/// A named value and what it is, from its sign to the end of its last line.
pub(crate) fn argument(name: &str, width: usize, node: &Node, indent: usize) -> String {
    let name = quote::name(name);
    format!("{}{} {name:width$} = {}", spaces(indent), node.sign.painted(), value(node, indent, Suffix::Null))
}

/// The inside of a block: arguments, then nested blocks; without the braces.
pub(crate) fn block(
    arguments: &[(String, Node)],
    blocks: &[(String, Node)],
    indent: usize,
    unchanged: Unchanged,
) -> String {
    let always = |name: &str| unchanged == Unchanged::Shown || (indent == 6 && matches!(name, "id" | "name"));
    let (shown, hidden): (Vec<_>, Vec<_>) =
        arguments.iter().partition(|(name, node)| !node.is_keep() || always(name));
    let width = shown.iter().map(|(name, _)| quote::name(name).chars().count()).max().unwrap_or(0);
    let mut out = String::new();
    for (name, node) in &shown {
        out.push_str(&argument(name, width, node, indent));
        out.push('\n');
    }
    push_hidden(&mut out, hidden.len(), "attribute", indent + 2);
    let hide = |node: &Node| node.is_keep() && unchanged == Unchanged::Hidden;
    let (hidden, shown): (Vec<_>, Vec<_>) = blocks.iter().partition(|(_, node)| hide(node));
    for (name, node) in shown {
        separate(&mut out);
        out.push_str(&nested(name, node, indent, unchanged));
    }
    if !hidden.is_empty() {
        separate(&mut out);
        push_hidden(&mut out, hidden.len(), "block", indent + 2);
    }
    out
}

fn separate(out: &mut String) {
    if !out.is_empty() {
        out.push('\n');
    }
}

fn nested(name: &str, node: &Node, indent: usize, unchanged: Unchanged) -> String {
    let head = format!("{}{} {}", spaces(indent), node.sign.painted(), quote::name(name));
    match &node.body {
        Body::Block(arguments, blocks) => {
            let inside = block(arguments, blocks, indent + 4, unchanged);
            format!("{head} {{{}\n{inside}{}}}\n", remarks(node), spaces(indent + 2))
        }
        _ => format!("{head} {}\n", value(node, indent, Suffix::Null)),
    }
}

fn value(node: &Node, indent: usize, suffix: Suffix) -> String {
    let end = match (node.sign, suffix) {
        (Sign::Remove, Suffix::Null) => style::paint(style::DIM, " -> null"),
        _ => String::new(),
    };
    let inner = spaces(indent + 4);
    let close = spaces(indent + 2);
    match &node.body {
        Body::Plain(text) => format!("{text}{end}{}", remarks(node)),
        Body::Turn(before, after) => {
            let arrow = style::paint(style::CHANGE, "->");
            format!(
                "{} {arrow} {}{}",
                value(before, indent, Suffix::None),
                value(after, indent, Suffix::None),
                remarks(node)
            )
        }
        Body::Lines(lines) => {
            format!("<<-EOT{}\n{}{close}EOT{end}", remarks(node), text_lines(lines, indent + 4))
        }
        Body::Json(document) => {
            let sign = if document.sign == node.sign && node.sign != Sign::Change {
                " ".to_owned()
            } else {
                document.sign.painted()
            };
            let inside = value(document, indent + 4, Suffix::None);
            format!("jsonencode({}\n{inner}{sign} {inside}\n{close}){end}", remarks(node))
        }
        Body::Items(items) if items.is_empty() => format!("[]{end}{}", remarks(node)),
        Body::Items(items) => {
            format!("[{}\n{}{close}]{end}", remarks(node), elements(items, node.sign, indent + 4))
        }
        Body::Map(entries) | Body::Object(entries) | Body::Block(entries, _) if entries.is_empty() => {
            format!("{{}}{end}{}", remarks(node))
        }
        Body::Map(entries) => {
            let inside = pairs(entries, node.sign, indent + 4, quote::quoted, "element");
            format!("{{{}\n{inside}{close}}}{end}", remarks(node))
        }
        Body::Object(entries) | Body::Block(entries, _) => {
            let inside = pairs(entries, node.sign, indent + 4, quote::name, "attribute");
            format!("{{{}\n{inside}{close}}}{end}", remarks(node))
        }
    }
}

fn remarks(node: &Node) -> String {
    let mut out = String::new();
    if let Some(remark) = node.remark {
        out.push_str(&style::paint(style::DIM, format!(" # {remark}")));
    }
    if node.replaces {
        out.push_str(&style::paint(style::REMOVE, " # forces replacement"));
    }
    out
}

/// Elements of a list. Of what stays, only the neighbours of what does not are shown.
fn elements(items: &[Node], of: Sign, indent: usize) -> String {
    let shown = near_changes(items.iter().map(Node::is_keep), of, 1);
    let mut out = String::new();
    let mut hidden = 0;
    for (item, shown) in items.iter().zip(shown) {
        if !shown {
            hidden += 1;
            continue;
        }
        push_hidden(&mut out, std::mem::take(&mut hidden), "element", indent + 2);
        put!(out, "{}{} {},\n", spaces(indent), item.sign.painted(), value(item, indent, Suffix::None));
    }
    push_hidden(&mut out, hidden, "element", indent + 2);
    out
}

fn pairs(
    entries: &[(String, Node)],
    of: Sign,
    indent: usize,
    name: fn(&str) -> String,
    noun: &str,
) -> String {
    let hide = |node: &Node| of == Sign::Change && node.is_keep();
    let (hidden, shown): (Vec<_>, Vec<_>) = entries.iter().partition(|(_, node)| hide(node));
    let width = shown.iter().map(|(key, _)| name(key).chars().count()).max().unwrap_or(0);
    let suffix = if of == Sign::Remove { Suffix::None } else { Suffix::Null };
    let mut out = String::new();
    for (key, node) in shown {
        let line = value(node, indent, suffix);
        put!(out, "{}{} {:width$} = {line}\n", spaces(indent), node.sign.painted(), name(key));
    }
    push_hidden(&mut out, hidden.len(), noun, indent + 2);
    out
}

fn text_lines(lines: &[(Sign, String)], indent: usize) -> String {
    let changes = lines.iter().any(|(sign, _)| *sign != Sign::Keep);
    let of = if changes { Sign::Change } else { Sign::Keep };
    let shown = near_changes(lines.iter().map(|(sign, _)| *sign == Sign::Keep), of, CONTEXT_LINES);
    let mut out = String::new();
    let mut hidden = 0;
    for ((sign, line), shown) in lines.iter().zip(shown) {
        if !shown {
            hidden += 1;
            continue;
        }
        push_hidden(&mut out, std::mem::take(&mut hidden), "line", indent + 2);
        let text = format!("{}{} {line}", spaces(indent), sign.painted());
        out.push_str(text.trim_end());
        out.push('\n');
    }
    push_hidden(&mut out, hidden, "line", indent + 2);
    out
}

/// Which parts are shown: in something that changes, those that change and their neighbours.
fn near_changes(keeps: impl Iterator<Item = bool>, of: Sign, reach: usize) -> Vec<bool> {
    let keeps: Vec<bool> = keeps.collect();
    if of != Sign::Change {
        return vec![true; keeps.len()];
    }
    let mut shown = vec![false; keeps.len()];
    for at in (0..keeps.len()).filter(|at| !keeps[*at]) {
        let end = (at + reach + 1).min(keeps.len());
        shown[at.saturating_sub(reach)..end].fill(true);
    }
    shown
}

fn push_hidden(out: &mut String, number: usize, noun: &str, indent: usize) {
    if number > 0 {
        let line = format!("# ({} hidden)", style::count(number, &format!("unchanged {noun}")));
        put!(out, "{}{}\n", spaces(indent), style::paint(style::DIM, line));
    }
}

fn spaces(number: usize) -> String {
    " ".repeat(number)
}
