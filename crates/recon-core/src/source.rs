//! Source text and places in it.

use std::sync::Arc;

/// One file of a [`SourceMap`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A range of bytes in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Span {
    /// A range of bytes in `file`; positions past 4 GiB are held at the end.
    pub fn new(file: FileId, range: std::ops::Range<usize>) -> Self {
        let clamp = |position: usize| u32::try_from(position).unwrap_or(u32::MAX);
        Self { file, start: clamp(range.start), end: clamp(range.end) }
    }

    /// The smallest range that holds both; `self` when they are in different files.
    #[must_use]
    pub fn to(self, other: Span) -> Span {
        if self.file != other.file {
            return self;
        }
        Span { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// A file's name, as the user would type it, and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Relative to the configuration's directory, or as given.
    pub name: Arc<str>,
    /// The whole text.
    pub text: Arc<str>,
}

/// All source text of one run, so that a diagnostic can show an excerpt.
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
}

impl SourceMap {
    /// Adds a file.
    pub fn add(&mut self, name: &str, text: &str) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(SourceFile { name: name.into(), text: text.into() });
        id
    }

    /// Puts stars in place of a span, so that no excerpt shows it; lines and places stay as they are.
    pub fn hide(&mut self, span: Span) {
        let Some(file) = self.files.get_mut(span.file.0 as usize) else { return };
        let (start, end) = (span.start as usize, span.end as usize);
        let Some(secret) = file.text.get(start..end) else { return };
        let stars: String = secret.bytes().map(|byte| if byte == b'\n' { '\n' } else { '*' }).collect();
        file.text = [&file.text[..start], &stars, &file.text[end..]].concat().into();
    }

    /// A file's name and text.
    pub fn file(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(id.0 as usize)
    }

    /// All files, in the order they were added.
    pub fn files(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        (0u32..).map(FileId).zip(&self.files)
    }

    /// The line and column (both from 1, columns in characters) of a span's start.
    pub fn position(&self, span: Span) -> (usize, usize) {
        let Some(file) = self.file(span.file) else { return (0, 0) };
        let start = (span.start as usize).min(file.text.len());
        let before = file.text.get(..start).unwrap_or("");
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        (line, column)
    }

    /// The text of a span.
    pub fn excerpt(&self, span: Span) -> &str {
        self.file(span.file)
            .and_then(|file| file.text.get(span.start as usize..span.end as usize))
            .unwrap_or("")
    }
}
