//! Diagnostics in JSON: the result of `validate -json`, and one diagnostic of an event.

use recon_core::{Diagnostic, Diagnostics, SourceMap, Span};
use serde_json::{Map, Value as Json, json};

/// The version of the format.
const FORMAT_VERSION: &str = "1.0";

/// The result of a validation.
pub(crate) fn validation(all: &Diagnostics, sources: &SourceMap) -> Json {
    let errors = all.iter().filter(|one| one.is_error()).count();
    json!({
        "format_version": FORMAT_VERSION,
        "valid": errors == 0,
        "error_count": errors,
        "warning_count": all.len() - errors,
        "diagnostics": all.iter().map(|one| diagnostic(one, sources)).collect::<Vec<_>>(),
    })
}

/// One diagnostic.
pub(crate) fn diagnostic(one: &Diagnostic, sources: &SourceMap) -> Json {
    let Diagnostic { severity: _, summary, detail, labels, address, seen } = one;
    let mut fields = Map::new();
    fields.insert("severity".to_owned(), json!(severity(one)));
    fields.insert("summary".to_owned(), json!(summary));
    fields.insert("detail".to_owned(), json!(detail));
    if let Some(address) = address {
        fields.insert("address".to_owned(), json!(address.to_string()));
    }
    if let Some(label) = labels.first()
        && let Some(range) = range(label.span, sources)
    {
        fields.insert("range".to_owned(), range);
        fields.insert("snippet".to_owned(), snippet(label.span, sources, seen));
    }
    Json::Object(fields)
}

/// `error` or `warning`.
pub(crate) fn severity(one: &Diagnostic) -> &'static str {
    if one.is_error() { "error" } else { "warning" }
}

fn range(span: Span, sources: &SourceMap) -> Option<Json> {
    let file = sources.file(span.file)?;
    let position = |byte: u32| {
        let (line, column) = sources.position(Span { file: span.file, start: byte, end: byte });
        json!({ "line": line, "column": column, "byte": byte })
    };
    Some(json!({ "filename": &*file.name, "start": position(span.start), "end": position(span.end) }))
}

/// The head of the block that a place is in: the nearest line above that begins one at the outermost level, as blocks
/// in canonical layout do.
fn context(text: &str) -> Json {
    let head = text.lines().rev().find_map(|line| {
        let (head, _) = line.split_once('{')?;
        let is_block = head.starts_with(char::is_alphabetic) && !head.contains('=');
        is_block.then(|| head.split_whitespace().collect::<Vec<_>>().join(" "))
    });
    head.map_or(Json::Null, Json::String)
}

fn snippet(span: Span, sources: &SourceMap, seen: &[(String, String)]) -> Json {
    let text = sources.file(span.file).map_or("", |file| &*file.text);
    let start = text.floor_char_boundary((span.start as usize).min(text.len()));
    let first = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let last = text[start..].find('\n').map_or(text.len(), |at| start + at);
    let end = text.floor_char_boundary((span.end as usize).clamp(start, last));
    let values: Vec<Json> = seen
        .iter()
        .map(|(name, value)| json!({ "traversal": name, "statement": format!("is {value}") }))
        .collect();
    json!({
        "context": context(&text[..last]),
        "code": &text[first..last],
        "start_line": sources.position(span).0,
        "highlight_start_offset": start - first,
        "highlight_end_offset": end - first,
        "values": values,
    })
}
