//! Local files that steps of a plan will read, such as a function's code: those that are not there are told before anything
//! changes. What the apply itself writes, and paths that only it will know, are left to it.

use std::collections::{BTreeMap, BTreeSet};

use recon_core::change::{Change, ResourceChange};
use recon_core::resource_type::{Reads, ResourceType};
use recon_core::{Address, Diagnostic, Diagnostics, Path};
use recon_parser::body;
use recon_parser::files::{FileError, Files};
use recon_parser::suggest::closest;

use crate::plan::Walk;
use crate::resource::{config_of, node_of};

/// What is wrong with the files that the planned changes read.
pub(crate) fn missing(walk: &Walk<'_>) -> Diagnostics {
    let mut found = Diagnostics::new();
    let Some(written) = written(walk) else { return found };
    let mut judged: BTreeMap<&str, Option<String>> = BTreeMap::new();
    for ResourceChange { address, change, .. } in &walk.changes.list {
        let Some(kind) = walk.input.catalog.at(&address.resource) else { continue };
        for reads in kind.reads(change) {
            let Some(path) = change.after().and_then(|planned| planned.text(reads.argument)) else {
                continue;
            };
            if written.contains(&walk.input.files.absolute(path)) {
                continue;
            }
            let wrong = judged.entry(path).or_insert_with(|| judge(walk.input.files, path, reads));
            if let Some(wrong) = wrong {
                found.push(diagnostic(walk, address, reads.argument, wrong));
            }
        }
    }
    found
}

/// The files that the apply writes; nothing if that cannot be told yet.
fn written(walk: &Walk<'_>) -> Option<BTreeSet<String>> {
    let mut paths = BTreeSet::new();
    for ResourceChange { address, change, .. } in &walk.changes.list {
        let Change::Read { planned } = change else { continue };
        if let Some(argument) = walk.input.catalog.at(&address.resource).and_then(ResourceType::writes) {
            paths.insert(walk.input.files.absolute(planned.get(argument).as_str()?));
        }
    }
    Some(paths)
}

/// What is wrong with a path.
fn judge(files: &dyn Files, path: &str, reads: &Reads) -> Option<String> {
    match files.exists(path) {
        Ok(true) => None,
        Ok(false) | Err(FileError::Missing) => {
            Some(format!("There is no file or directory `{path}`.{}", suggestion(files, path)))
        }
        Err(FileError::Directory) => match files.walk(path) {
            Ok(names) if !names.iter().any(|name| counts(name, reads)) => {
                Some(format!("The directory `{path}` has no files in it."))
            }
            Err(FileError::Failed(why)) => Some(format!("The directory `{path}` cannot be read: {why}.")),
            Ok(_) | Err(FileError::Missing | FileError::Directory) => None,
        },
        Err(FileError::Failed(why)) => Some(format!("`{path}` cannot be read: {why}.")),
    }
}

fn counts(name: &str, reads: &Reads) -> bool {
    !name.split('/').any(|part| reads.left_out.contains(&part))
}

/// The file or directory beside it that was probably meant.
fn suggestion(files: &dyn Files, path: &str) -> String {
    let (parent, name) = path.rsplit_once('/').unwrap_or((".", path));
    let mut names = files.list(if parent.is_empty() { "/" } else { parent }).unwrap_or_default();
    names.extend(files.directories(if parent.is_empty() { "/" } else { parent }));
    let meant = closest(name, names.iter().map(String::as_str));
    let whole = |meant: &str| format!("{}{meant}", &path[..path.len() - name.len()]);
    meant.map_or_else(String::new, |meant| format!(" Did you mean `{}`?", whole(meant)))
}

fn diagnostic(walk: &Walk<'_>, address: &Address, argument: &str, wrong: &str) -> Diagnostic {
    let place = if address.module().is_root() {
        "Paths start at the directory of the configuration."
    } else {
        "Paths start at the directory of the root module, in every module; `${path.module}` is the module's own."
    };
    let detail = format!(
        "{wrong} An apply of this plan would read it for {address}. Correct `{argument}`, or build what it names before \
         planning. {place}"
    );
    let diagnostic = Diagnostic::error("Missing local file", detail).about(address);
    match node_of(walk.nodes, &address.resource).and_then(|node| config_of(walk.nodes, node)) {
        Some(block) => {
            let argument = body::argument_span(&block.body, &Path::attribute(argument));
            diagnostic.at(argument.unwrap_or(block.span))
        }
        None => diagnostic,
    }
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;
    use crate::fixture::Texts;

    const READS: Reads = Reads { argument: "filename", left_out: &[".DS_Store"] };

    #[test_case("build/items.zip", None; "a file that is there")]
    #[test_case("build/item.zip", Some("no file or directory `build/item.zip`. Did you mean `build/items.zip`?"); "a misspelt name")]
    #[test_case("items", Some("no file or directory `items`."); "a name like no other")]
    #[test_case("source", None; "a directory")]
    #[test_case("empty", Some("directory `empty` has no files"); "a directory without files")]
    #[test_case("desk", Some("directory `desk` has no files"); "a directory with nothing that counts")]
    fn a_path_is_judged_by_what_is_there(path: &str, wrong: Option<&str>) {
        let files = Texts(
            ["build/items.zip", "source/lib/a.js", "empty/", "desk/.DS_Store"]
                .map(|path| (path.to_owned(), String::new()))
                .into(),
        );
        let judged = judge(&files, path, &READS);
        assert_eq!(judged.is_some(), wrong.is_some(), "{judged:?}");
        assert!(judged.unwrap_or_default().contains(wrong.unwrap_or_default()));
    }
}
