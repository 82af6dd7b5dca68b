//! The text of blocks and expressions; what the formatter does is left to it.

use std::fmt::Write;

use super::expression::{Body, Entry, Expression, Item, Piece, Reference};
use super::heredoc;

/// How long a line may be.
const COLUMNS_MAX: usize = 120;
/// How long one may be that is a row of a table: an entry of a map of maps.
const ROW_COLUMNS_MAX: usize = 150;
/// How long one may be that holds a whole document: no policy is easier to read over ten lines.
pub(super) const DOCUMENT_COLUMNS_MAX: usize = 200;
/// What the words of a key are between.
pub(super) const SEPARATORS: [char; 4] = ['.', '-', '_', '/'];
/// From how many keys on that begin alike they are written as their ends.
const ALIKE_FROM: usize = 3;
pub(super) const INDENT: usize = 2;

/// How references are written.
pub(super) type Spell<'a> = &'a dyn Fn(&Reference) -> String;

/// The inside of a block.
pub(super) fn body(body: &Body, depth: usize, spell: Spell<'_>) -> String {
    let mut text = String::new();
    for item in body {
        let start = " ".repeat(depth * INDENT);
        match item {
            Item::Argument(name, value) => {
                let value = expression(value, depth, start.len() + name.len() + 3, spell);
                text.push_str(&format_line(&start, &format!("{name} = {value}")));
            }
            Item::Block(name, inner) if inner.is_empty() => {
                text.push_str(&format_line(&start, &format!("{name} {{}}")));
            }
            Item::Block(name, inner) => {
                let inside = self::body(inner, depth + 1, spell);
                if is_short(inner, &inside) {
                    text.push_str(&format_line(&start, &format!("{name} {{ {} }}", inside.trim())));
                    continue;
                }
                text.push_str(&format_line(&start, &format!("{name} {{")));
                text.push_str(&inside);
                text.push_str(&format_line(&start, "}"));
            }
        }
    }
    text
}

fn format_line(start: &str, line: &str) -> String {
    format!("{start}{line}\n")
}

/// Whether a block with one argument can stand on one line.
pub(super) fn is_short(body: &Body, inside: &str) -> bool {
    matches!(&body[..], [Item::Argument(..)])
        && inside.trim().lines().count() == 1
        && inside.len() < COLUMNS_MAX - 40
}

/// An expression that begins in that column: on one line if it fits.
pub(super) fn expression(value: &Expression, depth: usize, column: usize, spell: Spell<'_>) -> String {
    let line = on_one_line(value, spell);
    let most = if matches!(value, Expression::Json(_)) { DOCUMENT_COLUMNS_MAX } else { COLUMNS_MAX };
    let has_lines = heredoc::is_within(value);
    if !has_lines && column + line.chars().count() <= most {
        return line;
    }
    let start = " ".repeat((depth + 1) * INDENT);
    let end = " ".repeat(depth * INDENT);
    match value {
        Expression::Text(pieces) if has_lines => heredoc::heredoc(pieces, depth, spell),
        Expression::List(items) if !items.is_empty() => {
            let item = |item: &Expression| match item {
                Expression::Text(_) => on_one_line(item, spell),
                _ => expression(item, depth + 1, start.len() + 1, spell),
            };
            let items = items.iter().map(|one| format!("{start}{},\n", item(one)));
            format!("[\n{}{end}]", items.collect::<String>())
        }
        Expression::Map(entries) if !entries.is_empty() => {
            if !has_lines
                && let Some(alike) =
                    alike(entries, spell).filter(|line| column + line.chars().count() <= DOCUMENT_COLUMNS_MAX)
            {
                return alike;
            }
            let entries = entries.iter().zip(keys(entries, spell)).map(|((_, item), name)| {
                let row = format!("{start}{name} = {}", on_one_line(item, spell));
                let is_row = matches!(item, Expression::Map(_)) && !heredoc::is_within(item);
                if is_row && row.chars().count() <= ROW_COLUMNS_MAX {
                    return format!("{row}\n");
                }
                let item = expression(item, depth + 1, start.len() + name.len() + 3, spell);
                format!("{start}{name} = {item}\n")
            });
            format!("{{\n{}{end}}}", entries.collect::<String>())
        }
        Expression::Json(inner) => format!("jsonencode({})", expression(inner, depth, column + 11, spell)),
        _ => line,
    }
}

/// Entries whose keys begin alike, as their ends.
fn alike(entries: &[Entry], spell: Spell<'_>) -> Option<String> {
    let Alike { start, ends } = Alike::of(entries)?;
    let key = format!("\"{}${{name}}\"", escaped(&start));
    let (_, value) = ends.first()?;
    if ends.iter().all(|(_, other)| other == value) {
        let names: Vec<String> = ends.iter().filter_map(|(end, _)| end.as_literal()).map(quoted).collect();
        let value = on_one_line(value, spell);
        return Some(format!("{{ for name in [{}] : {key} => {value} }}", names.join(", ")));
    }
    let ends = on_one_line(&Expression::Map(ends), spell);
    Some(format!("{{ for name, value in {ends} : {key} => value }}"))
}

/// A map whose keys begin alike.
pub(super) struct Alike {
    /// What they begin with.
    pub(super) start: String,
    /// The entries, by what is left of their keys.
    pub(super) ends: Vec<Entry>,
}

impl Alike {
    /// The entries taken apart, where there are enough of them.
    pub(super) fn of(entries: &[Entry]) -> Option<Self> {
        if entries.len() < ALIKE_FROM {
            return None;
        }
        let plain = |(key, value): &'_ Entry| Some((key.as_literal()?.to_owned(), value.clone()));
        let entries: Vec<(String, Expression)> = entries.iter().map(plain).collect::<Option<_>>()?;
        let ((first, _), rest) = entries.split_first()?;
        let is_shared = |start: &str| rest.iter().all(|(key, _)| key.starts_with(start));
        let starts = first.rmatch_indices(SEPARATORS).map(|(at, _)| &first[..=at]);
        let start = starts.into_iter().find(|start| is_shared(start))?.to_owned();
        let end = |(key, value): &(String, Expression)| Expression::entry(&key[start.len()..], value.clone());
        let ends = entries.iter().map(end).collect();
        Some(Self { start, ends })
    }

    /// Whether it is too long for a line even so, at the first level of a block.
    pub(super) fn is_long(entries: &[Entry], argument: &str) -> bool {
        let spell = |_: &Reference| String::new();
        let column = INDENT + argument.len() + 3;
        let fits = |line: &str, most: usize| column + line.chars().count() <= most;
        let line = on_one_line(&Expression::Map(entries.to_vec()), &spell);
        !fits(&line, COLUMNS_MAX)
            && !alike(entries, &spell).is_some_and(|line| fits(&line, DOCUMENT_COLUMNS_MAX))
    }
}

pub(super) fn on_one_line(value: &Expression, spell: Spell<'_>) -> String {
    match value {
        // A secret has a variable by now.
        Expression::Null | Expression::Secret(_) => "null".to_owned(),
        Expression::Bool(flag) => flag.to_string(),
        Expression::Number(number) => number.clone(),
        Expression::Text(pieces) => template(pieces, spell),
        Expression::Attribute(reference) => spell(reference),
        Expression::Variable(name) => format!("var.{name}"),
        Expression::Local { name, start } => {
            let key = format!("\"{}${{name}}\"", escaped(start));
            format!("{{ for name, value in local.{name} : {key} => value }}")
        }
        Expression::List(items) => {
            let items: Vec<String> = items.iter().map(|item| on_one_line(item, spell)).collect();
            format!("[{}]", items.join(", "))
        }
        Expression::Map(entries) if entries.is_empty() => "{}".to_owned(),
        Expression::Map(entries) => {
            let entries: Vec<String> = entries
                .iter()
                .zip(keys(entries, spell))
                .map(|((_, item), name)| format!("{name} = {}", on_one_line(item, spell)))
                .collect();
            format!("{{ {} }}", entries.join(", "))
        }
        Expression::Json(inner) => format!("jsonencode({})", on_one_line(inner, spell)),
        Expression::Each(None) => "each.value".to_owned(),
        Expression::Each(Some(name)) => format!("each.value.{name}"),
        Expression::Word(word) => (*word).to_owned(),
    }
}

fn template(pieces: &[Piece], spell: Spell<'_>) -> String {
    match pieces {
        [Piece::Key] => return "each.key".to_owned(),
        [Piece::Attribute(reference)] => return spell(reference),
        _ => {}
    }
    let mut text = String::from("\"");
    for piece in pieces {
        // Writing to a text cannot fail.
        let written = match piece {
            Piece::Literal(literal) => write!(text, "{}", escaped(literal)),
            Piece::Attribute(reference) => write!(text, "${{{}}}", spell(reference)),
            Piece::Key => write!(text, "${{each.key}}"),
        };
        debug_assert!(written.is_ok(), "writing to a text cannot fail");
    }
    text.push('"');
    text
}

/// The keys of a map: words where all of them can be words, and in parentheses what is to be evaluated.
fn keys(entries: &[Entry], spell: Spell<'_>) -> Vec<String> {
    let are_words = entries.iter().filter_map(|(name, _)| name.as_literal()).all(is_word);
    let key = |(name, _): &Entry| match name.as_literal() {
        Some(text) if are_words => text.to_owned(),
        Some(text) => quoted(text),
        None => format!("({})", on_one_line(name, spell)),
    };
    entries.iter().map(key).collect()
}

/// A text in quotes.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// Whether a text can stand without quotes.
fn is_word(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
        && !["null", "true", "false", "for", "if"].contains(&text)
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' => escaped.push_str("\\\""),
            '\\' => escaped.push_str("\\\\"),
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            '$' | '%' if rest.peek() == Some(&'{') => {
                escaped.push(c);
                escaped.push(c);
            }
            c if c.is_control() => escaped.push_str(&format_control(c)),
            c => escaped.push(c),
        }
    }
    escaped
}

fn format_control(c: char) -> String {
    format!("\\u{:04x}", u32::from(c))
}
