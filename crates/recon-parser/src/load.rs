//! Loads a configuration: the root module's directory, and those of all modules that it calls, each read once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use recon_core::{Diagnostic, Diagnostics, FileId, SourceMap, Span};
use sha2::{Digest, Sha256};

use crate::config::{Body, Module};
use crate::decode::{self, Position, Sources};
use crate::files::{FileError, Files};
use crate::{json_syntax, syntax};

/// The longest chain of modules that call each other.
const MODULE_DEPTH_MAX: usize = 32;

/// The largest configuration file that is read.
const FILE_BYTES_MAX: usize = 64 << 20;

/// What to do where there is no configuration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WhenEmpty {
    /// It is an error: the command needs one.
    #[default]
    Refuse,
    /// It is a configuration without blocks.
    Accept,
}

/// How to load.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// What to do where the root module's directory has no configuration file.
    pub when_empty: WhenEmpty,
}

/// A configuration, as far as it could be read.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The root module.
    pub module: Arc<Module>,
    /// Everything that is wrong with any file.
    pub diagnostics: Diagnostics,
    /// SHA-256, in hex, over the names and contents of all configuration files, those of called modules included.
    pub digest: String,
    /// The files that could be read in part only: what follows from the rest may be wrong.
    pub broken: BTreeSet<FileId>,
}

/// Loads the configuration in the directory that `files` is relative to.
pub fn load(files: &dyn Files, sources: &mut SourceMap, options: &Options) -> Loaded {
    let mut loader = Loader {
        files,
        sources,
        contents: BTreeMap::new(),
        modules: BTreeMap::new(),
        open: Vec::new(),
        diagnostics: Diagnostics::new(),
        broken: BTreeSet::new(),
    };
    let names = loader.configuration_files(".");
    let empty = names.as_ref().is_ok_and(Vec::is_empty);
    let module = if empty && options.when_empty == WhenEmpty::Accept {
        Some(Arc::new(Module { directory: ".".to_owned(), ..Module::default() }))
    } else {
        loader.module(".", None)
    };
    Loaded {
        module: module.unwrap_or_default(),
        diagnostics: loader.diagnostics,
        digest: digest(&loader.contents),
        broken: loader.broken,
    }
}

struct Loader<'a> {
    files: &'a dyn Files,
    sources: &'a mut SourceMap,
    /// Every configuration file by path, for the digest.
    contents: BTreeMap<String, Vec<u8>>,
    /// The module in each directory that was loaded; nothing where that failed.
    modules: BTreeMap<String, Option<Arc<Module>>>,
    /// The directories whose modules are being loaded, from the root on.
    open: Vec<String>,
    diagnostics: Diagnostics,
    broken: BTreeSet<FileId>,
}

impl Loader<'_> {
    fn module(&mut self, directory: &str, called_from: Option<Span>) -> Option<Arc<Module>> {
        if let Some(known) = self.modules.get(directory) {
            return known.clone();
        }
        let names = match self.configuration_files(directory) {
            Ok(names) if !names.is_empty() => names,
            Ok(_) => return self.failed(directory, no_files(directory), called_from),
            Err(error) => return self.failed(directory, unreadable(directory, &error), called_from),
        };
        self.open.push(directory.to_owned());
        let parsed = self.parse_all(directory, names);
        let position =
            if directory == "." && called_from.is_none() { Position::Root } else { Position::Called };
        let (module, problems) =
            decode::module(parsed, directory, position, &mut |source, span, problems| {
                self.resolve(directory, source, span, problems)
            });
        self.open.pop();
        self.diagnostics.extend(problems);
        let module = Some(Arc::new(module));
        self.modules.insert(directory.to_owned(), module.clone());
        module
    }

    fn failed(
        &mut self,
        directory: &str,
        problem: Diagnostic,
        called_from: Option<Span>,
    ) -> Option<Arc<Module>> {
        self.diagnostics.push(called_from.map_or(problem.clone(), |span| problem.at(span)));
        self.modules.insert(directory.to_owned(), None);
        None
    }

    /// The module that a `source` names.
    fn resolve(
        &mut self,
        directory: &str,
        source: &str,
        span: Span,
        problems: &mut Diagnostics,
    ) -> Option<Arc<Module>> {
        if !source.starts_with("./") && !source.starts_with("../") {
            problems.push(not_local(source).at(span));
            return None;
        }
        let target = join(directory, source);
        if self.open.contains(&target) {
            let chain: Vec<_> = self.open.iter().map(|name| format!("`{name}`")).collect();
            let detail = format!(
                "The modules {} call each other in a circle, and `{target}` would be loaded without end. Remove one of the calls.",
                chain.join(", ")
            );
            problems.push(Diagnostic::error("Module calls itself", detail).at(span));
            return None;
        }
        if self.open.len() > MODULE_DEPTH_MAX {
            let detail = format!(
                "More than {MODULE_DEPTH_MAX} modules call each other in a chain. Call some of them from further up."
            );
            problems.push(Diagnostic::error("Module nesting too deep", detail).at(span));
            return None;
        }
        self.module(&target, Some(span))
    }

    /// The names of a directory's configuration files, in order.
    fn configuration_files(&self, directory: &str) -> Result<Vec<String>, FileError> {
        let names = self.files.list(directory)?;
        Ok(names.into_iter().filter(|name| stem(name).is_some() && !is_ignored(name)).collect())
    }

    fn parse_all(&mut self, directory: &str, names: Vec<String>) -> Sources {
        let mut parsed = Sources::default();
        for name in names {
            let path = if directory == "." { name.clone() } else { format!("{directory}/{name}") };
            let (body, is_whole) = self.parse(&path);
            parsed.have_gaps |= !is_whole;
            let Some(body) = body else { continue };
            let is_override =
                stem(&name).is_some_and(|stem| stem == "override" || stem.ends_with("_override"));
            if is_override { parsed.overrides.push(body) } else { parsed.files.push(body) }
        }
        parsed
    }

    /// What a file holds, and whether that is all of it.
    fn parse(&mut self, path: &str) -> (Option<Body>, bool) {
        let bytes = match self.files.read(path) {
            Ok(bytes) => bytes,
            Err(error) => {
                let detail = format!("The file `{path}` cannot be read: {}.", reason(&error));
                self.diagnostics.push(Diagnostic::error("Failed to read file", detail));
                return (None, false);
            }
        };
        let text = read_text(path, &bytes, self.sources, &mut self.diagnostics);
        self.contents.insert(path.to_owned(), bytes);
        let Some((file, text)) = text else { return (None, false) };
        let (body, problems) = parse_file(path, file, &text);
        let is_whole = !problems.has_errors();
        if !is_whole {
            self.broken.insert(file);
        }
        self.diagnostics.extend(problems);
        (Some(body), is_whole)
    }
}

/// Parses a configuration file in the syntax that its name says.
pub fn parse_file(name: &str, file: FileId, text: &str) -> (Body, Diagnostics) {
    if is_json(name) { json_syntax::parse_body(file, text) } else { syntax::parse_body(file, text) }
}

/// The text of a file, added to the sources even if it cannot be used, so that the mistake can be shown.
pub(crate) fn read_text(
    path: &str,
    bytes: &[u8],
    sources: &mut SourceMap,
    diagnostics: &mut Diagnostics,
) -> Option<(FileId, Arc<str>)> {
    if bytes.len() > FILE_BYTES_MAX {
        let detail = format!(
            "The file `{path}` has more than {} MiB. Is it a configuration file?",
            FILE_BYTES_MAX >> 20
        );
        diagnostics.push(Diagnostic::error("File too large", detail));
        return None;
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let lossy = String::from_utf8_lossy(bytes);
            let file = sources.add(path, &lossy);
            let at = error.valid_up_to();
            let place = Span::new(file, at..at + char::REPLACEMENT_CHARACTER.len_utf8());
            let detail = format!("The file `{path}` is not UTF-8 text from here on. Save it as UTF-8.");
            diagnostics.push(Diagnostic::error("Invalid character encoding", detail).at(place));
            return None;
        }
    };
    let file = sources.add(path, text);
    Some((file, text.into()))
}

/// Whether a file's name says that it is JSON.
#[expect(
    clippy::case_sensitive_file_extension_comparisons,
    reason = "Terraform, too, wants it in lower case"
)]
pub(crate) fn is_json(name: &str) -> bool {
    name.ends_with(".json")
}

/// The name of a configuration file without its extension; nothing for other files.
fn stem(name: &str) -> Option<&str> {
    [".tf.json", ".recon.hcl", ".tf"].iter().find_map(|extension| name.strip_suffix(extension))
}

/// Editors' files, and hidden ones.
fn is_ignored(name: &str) -> bool {
    name.starts_with('.') || name.ends_with('~') || (name.starts_with('#') && name.ends_with('#'))
}

/// A path with `.` and `..` taken out as far as that needs no look at the disk.
fn join(directory: &str, relative: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in directory.split('/').chain(relative.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            other => parts.push(other),
        }
    }
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

fn not_local(source: &str) -> Diagnostic {
    let detail = format!(
        "recon downloads nothing, and \"{source}\" is not a local directory. Clone the module into this repository, or add it as a \
         submodule, and name its directory with `./` or `../` in front: `source = \"./modules/NAME\"`."
    );
    Diagnostic::error("Unsupported module source", detail)
}

fn no_files(directory: &str) -> Diagnostic {
    let place =
        if directory == "." { "This directory".to_owned() } else { format!("The directory `{directory}`") };
    let detail = format!(
        "{place} has no configuration: no file ends in `.tf`, `.tf.json` or `.recon.hcl`. Write one, or name another directory with \
         `-chdir=DIR`."
    );
    Diagnostic::error("No configuration files", detail)
}

fn unreadable(directory: &str, error: &FileError) -> Diagnostic {
    let detail = format!("The directory `{directory}` cannot be read: {}.", reason(error));
    Diagnostic::error("Unreadable module directory", detail)
}

fn reason(error: &FileError) -> &str {
    match error {
        FileError::Missing => "it does not exist",
        FileError::Directory => "it is a directory",
        FileError::Failed(what) => what,
    }
}

fn digest(contents: &BTreeMap<String, Vec<u8>>) -> String {
    let mut hash = Sha256::new();
    for (path, bytes) in contents {
        // With their lengths, so that no two sets of files run together into the same bytes.
        for part in [path.as_bytes(), bytes] {
            hash.update(part.len().to_le_bytes());
            hash.update(part);
        }
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
pub(crate) mod tests;
