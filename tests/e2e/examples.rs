//! The examples: each applies, plans empty, and goes without a trace; the pages about the types show them as they are.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use recon_tests::{Cloud, Scratch};

use crate::{scratch, top};

/// How many examples run at a time.
const AT_A_TIME: usize = 4;

/// Names that occur in what an example makes, and never in an empty cloud.
const MARKS: [&str; 4] = ["hello", "shop", "partner", "read-orders"];

fn folders() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(top().join("examples/resources")).expect("there are examples");
    let folders = entries.flatten().map(|entry| entry.path());
    folders.filter(|path| path.join("main.tf").exists()).collect()
}

/// What is wrong with an example, run from beginning to end in a cloud of its own.
fn mistake(folder: &Path) -> Option<String> {
    let cloud = Cloud::sandbox();
    let scratch = scratch().over(&cloud.endpoint);
    scratch.copy(&top().join("examples/resources"));
    let chdir = format!("-chdir={}", folder.file_name().expect("a folder has a name").display());
    let runs: [&[&str]; 3] =
        [&["apply", "-auto-approve"], &["plan", "-detailed-exitcode"], &["destroy", "-auto-approve"]];
    for arguments in runs {
        let ran = scratch.recon(&[&[chdir.as_str()], arguments].concat());
        if ran.code != Some(0) {
            return Some(format!("{chdir} {arguments:?}\n{}\n{}", ran.stdout, ran.stderr));
        }
    }
    let world = cloud.control("GET", "world", &serde_json::Value::Null).to_string();
    let left = MARKS.iter().find(|mark| world.contains(*mark))?;
    Some(format!("{chdir}: {left} is left behind"))
}

#[test]
fn each_example_of_a_type_lives_from_apply_to_destroy() {
    let folders = Mutex::new(folders());
    let mistakes = Mutex::new(Vec::new());
    let next = || folders.lock().expect("no thread panics").pop();
    let work = || {
        while let Some(folder) = next() {
            let found = mistake(&folder);
            mistakes.lock().expect("no thread panics").extend(found);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(work);
        }
    });
    let mistakes = mistakes.into_inner().expect("no thread panics");
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n\n"));
}

#[test]
fn every_resource_type_has_an_example() {
    let scratch = scratch();
    write_pages(&scratch);
    let pages = std::fs::read_dir(scratch.path().join("docs/resources")).expect("pages were written");
    let kinds = pages.flatten().map(|page| page.path().with_extension(""));
    let without: Vec<_> = kinds
        .filter(|kind| {
            let name = kind.file_name().expect("a page has a name");
            !top().join("examples/resources").join(name).join("main.tf").exists()
        })
        .collect();
    assert!(without.is_empty(), "no example of {without:?}");
}

#[test]
fn the_pages_about_the_types_are_what_the_schemas_say() {
    let scratch = scratch();
    write_pages(&scratch);
    for folder in ["resources", "data-sources"] {
        let written = read_all(&scratch.path().join("docs").join(folder));
        let kept = read_all(&top().join("docs").join(folder));
        let stale: Vec<&String> =
            written.iter().filter(|page| !kept.contains(page)).map(|(name, _)| name).collect();
        let obsolete: Vec<&String> = kept
            .iter()
            .map(|(name, _)| name)
            .filter(|name| !written.iter().any(|(other, _)| other == *name))
            .collect();
        assert!(
            stale.is_empty() && obsolete.is_empty(),
            "docs/{folder}: {stale:?} are stale, {obsolete:?} are of no type; write them anew:\n\n    \
             recon providers docs -dir docs -examples examples/resources"
        );
    }
}

fn write_pages(scratch: &Scratch) {
    let examples = top().join("examples/resources");
    scratch.ok(&["providers", "docs", "-dir", "docs", "-examples", &examples.display().to_string()]);
}

/// Name and text of each page, in order.
fn read_all(folder: &Path) -> Vec<(String, String)> {
    let entries = std::fs::read_dir(folder).expect("there are pages");
    let mut pages: Vec<(String, String)> = entries
        .flatten()
        .map(|entry| {
            let name = entry.file_name().display().to_string();
            (name, std::fs::read_to_string(entry.path()).expect("a page is text"))
        })
        .collect();
    pages.sort();
    pages
}
