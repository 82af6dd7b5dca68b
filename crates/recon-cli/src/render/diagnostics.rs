//! Diagnostics as text: summary, source excerpt, what it is about, and what to do.

use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use recon_core::diagnostic::Label;
use recon_core::source::SourceFile;
use recon_core::{Diagnostic, Diagnostics, SourceMap};

use super::{quote, style};

/// Lines of source shown before a place.
const CONTEXT_LINES: usize = 1;
/// Lines of a place that are shown; of a longer one only the first.
const PLACE_LINES_MAX: usize = 6;
/// Columns after which a line of source is cut.
const WIDTH: usize = 200;
/// From how many diagnostics on their number is told.
const SUMMARY_FROM: usize = 3;

/// All diagnostics as text, and their number when there are many. A warning that stands for many instances alike is
/// written once.
pub(crate) fn diagnostics(all: &Diagnostics, sources: &SourceMap) -> String {
    let mut out = String::new();
    let list: Vec<&Diagnostic> = all.iter().collect();
    for alike in list.chunk_by(|one, next| is_repeated(one, next)) {
        let Some((one, more)) = alike.split_first() else { continue };
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&of_instances(one, more.len(), sources));
    }
    if all.len() >= SUMMARY_FROM {
        let errors = all.iter().filter(|one| one.is_error()).count();
        let warnings = all.len() - errors;
        let parts = [(errors, "error"), (warnings, "warning")];
        let parts: Vec<String> = parts
            .iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, noun)| style::count(*number, noun))
            .collect();
        put!(out, "\n{}\n", style::paint(style::BOLD, format!("{}.", parts.join(", "))));
    }
    out
}

/// Whether a warning says nothing new but of which instance.
fn is_repeated(one: &Diagnostic, next: &Diagnostic) -> bool {
    !one.is_error()
        && one.address.is_some()
        && *one == Diagnostic { address: one.address.clone(), ..next.clone() }
}

/// One diagnostic as text.
pub(crate) fn diagnostic(one: &Diagnostic, sources: &SourceMap) -> String {
    of_instances(one, 0, sources)
}

/// One diagnostic, which so many more instances share.
fn of_instances(one: &Diagnostic, more: usize, sources: &SourceMap) -> String {
    let Diagnostic { severity: _, summary, detail, labels, address, seen } = one;
    let level =
        if one.is_error() { Level::ERROR.with_name("Error") } else { Level::WARNING.with_name("Warning") };
    let summary = quote::visible(summary);
    let mut group = Group::with_title(level.primary_title(&*summary));
    for (at, label) in labels.iter().enumerate() {
        let Some(file) = sources.file(label.span.file) else { continue };
        group = group.element(snippet(file, label, at == 0));
    }
    let mut remarks: Vec<String> = Vec::new();
    if let Some(address) = address {
        let others = if more > 0 { format!(", and in {more} more") } else { String::new() };
        remarks.push(format!("in {}{others}", quote::visible(&address.to_string())));
    }
    remarks.extend(seen.iter().map(|(name, value)| quote::visible_lines(&format!("{name} is {value}"))));
    for remark in &remarks {
        group = group.element(Level::NOTE.no_name().message(remark.as_str()));
    }
    let renderer = Renderer::styled().decor_style(DecorStyle::Ascii).term_width(WIDTH);
    let mut out = renderer.render(&[group]);
    out.push('\n');
    if !detail.is_empty() {
        out.push('\n');
        out.push_str(&quote::visible_lines(detail.trim_end()));
        out.push('\n');
    }
    out
}

fn snippet<'a>(
    file: &'a SourceFile,
    label: &'a Label,
    main: bool,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let place = place(&file.text, label.span.start as usize..label.span.end as usize);
    // Only the neighbourhood goes to the renderer, so that its cost does not follow the file's size.
    let start = line_start(&file.text, place.start, CONTEXT_LINES);
    let end = file.text[place.end..].find('\n').map_or(file.text.len(), |at| place.end + at);
    let first_line = file.text[..start].bytes().filter(|byte| *byte == b'\n').count() + 1;
    let kind = if main { AnnotationKind::Primary } else { AnnotationKind::Context };
    let mut annotation = kind.span(place.start - start..place.end - start);
    if !label.text.is_empty() {
        annotation = annotation.label(label.text.as_str());
    }
    Snippet::source(&file.text[start..end])
        .path(&*file.name)
        .line_start(first_line)
        .fold(false)
        .annotation(annotation)
}

/// The range inside the text, on character boundaries, without trailing white space and not too long.
fn place(text: &str, range: Range<usize>) -> Range<usize> {
    let start = text.floor_char_boundary(range.start.min(text.len()));
    let end = text.ceil_char_boundary(range.end.clamp(start, text.len()));
    let inside = text[start..end].trim_end();
    let shown =
        if inside.lines().count() > PLACE_LINES_MAX { inside.lines().next().unwrap_or("") } else { inside };
    start..start + shown.len()
}

/// The start of the line that is `before` lines before the one of `position`.
fn line_start(text: &str, position: usize, before: usize) -> usize {
    let line_of = |position: usize| text[..position].rfind('\n').map_or(0, |at| at + 1);
    (0..before).fold(line_of(position), |start, _| line_of(start.saturating_sub(1)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use recon_core::Span;

    fn shown(one: Diagnostic, sources: &SourceMap) -> String {
        anstream::adapter::strip_str(&diagnostics(&one.into(), sources)).to_string()
    }

    #[test]
    fn error_shows_its_place() {
        let mut sources = SourceMap::default();
        let text = "resource \"x\" \"y\" {\n  name = \"ä\"\n  memorysize = 128\n}\n";
        let file = sources.add("main.tf", text);
        let at = text.find("memorysize").unwrap();
        let mut one =
            Diagnostic::error("Unsupported argument", "Did you mean `memory_size`?\n\n    recon validate")
                .at(Span::new(file, at..at + 10))
                .about(&"x.y".parse().unwrap());
        one.seen.push(("var.size".to_owned(), "128".to_owned()));
        insta::assert_snapshot!(shown(one, &sources), @r#"
        Error: Unsupported argument
         --> main.tf:3:3
          |
        2 |   name = "ä"
        3 |   memorysize = 128
          |   ^^^^^^^^^^
          |
          = in x.y
          = var.size is 128

        Did you mean `memory_size`?

            recon validate
        "#);
    }

    #[test]
    fn error_in_the_first_line_or_past_the_end_is_shown() {
        let mut sources = SourceMap::default();
        let file = sources.add("a.tf", "x =\n");
        insta::assert_snapshot!(shown(Diagnostic::error("Missing value", "A value is expected.").at(Span::new(file, 3..3)), &sources), @r#"
        Error: Missing value
         --> a.tf:1:4
          |
        1 | x =
          |    ^

        A value is expected.
        "#);
        let past = shown(Diagnostic::error("Unclosed block", "").at(Span::new(file, 40..50)), &sources);
        assert!(past.contains("a.tf"), "{past}");
    }

    #[test]
    fn warning_without_a_place_is_its_words() {
        let one = Diagnostic::warning("Deprecated", "Use the other one.");
        insta::assert_snapshot!(shown(one, &SourceMap::default()), @r#"
        Warning: Deprecated

        Use the other one.
        "#);
    }

    #[test]
    fn a_warning_that_many_instances_share_is_written_once() {
        let about = |at: usize| {
            let address = format!("aws_lambda_function.f[{at}]").parse().expect("an address");
            Diagnostic::warning("Old", "Use the new one.").about(&address)
        };
        let shown = diagnostics(&(0..3).map(about).collect(), &SourceMap::default());
        assert_eq!(shown.matches("Use the new one.").count(), 1, "{shown}");
        assert!(shown.contains("in aws_lambda_function.f[0], and in 2 more"), "{shown}");
    }

    #[test]
    fn many_are_counted() {
        let many: Diagnostics = (0..3).map(|at| Diagnostic::error("Wrong", at.to_string())).collect();
        let shown = diagnostics(&many, &SourceMap::default());
        assert!(shown.contains("3 errors."), "{shown}");
    }
}
