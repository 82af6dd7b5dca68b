//! Where tests find the conformance data, which is kept outside the repository.

use std::path::{Path, PathBuf};

fn root() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/terraform");
    if root.is_dir() {
        return Some(root);
    }
    println!("skipped: there is no conformance data at {}", root.display());
    None
}

/// A file of the data; nothing where it is absent.
pub(crate) fn text(path: &str) -> Option<String> {
    root().map(|root| std::fs::read_to_string(root.join(path)).unwrap())
}

/// A JSON file of the data.
pub(crate) fn json(path: &str) -> Option<serde_json::Value> {
    text(path).map(|text| serde_json::from_str(&text).unwrap())
}

/// All files with an extension below some directories of the data, with their text.
pub(crate) fn files(directories: &[&str], extension: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open: Vec<PathBuf> =
        root().iter().flat_map(|root| directories.iter().map(|name| root.join(name))).collect();
    while let Some(directory) = open.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                found.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found
}
