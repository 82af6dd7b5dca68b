//! `-stack` and `-shard`: which directories a run looks at.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use globset::GlobBuilder;
use recon_core::Diagnostic;

/// How deep `**` looks.
const DEPTH_MAX: usize = 32;

/// One part of several, as in `3/10`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shard {
    number: usize,
    of: usize,
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts =
            text.split_once('/').and_then(|(number, of)| Some((number.parse().ok()?, of.parse().ok()?)));
        match parts {
            Some((number, of)) if number >= 1 && number <= of => Ok(Self { number, of }),
            _ => Err(format!("`{text}` is not a part of a whole such as 3/10, counted from 1")),
        }
    }
}

impl Shard {
    /// This part of all: every `of`-th, so that neighbours, which are alike in size, go to different parts.
    pub(crate) fn pick(self, all: Vec<String>) -> Vec<String> {
        all.into_iter().skip(self.number - 1).step_by(self.of).collect()
    }
}

/// The directories with a configuration that the patterns name, in order.
pub(crate) fn find(patterns: &[String]) -> Result<Vec<String>, Diagnostic> {
    let mut all: BTreeSet<String> = BTreeSet::new();
    for pattern in patterns {
        let found = expand(pattern).map_err(|what| {
            Diagnostic::error("Invalid pattern of stacks", format!("-stack {pattern}: {what}."))
        })?;
        let with_configuration: Vec<String> =
            found.into_iter().filter(has_configuration).map(|path| name(&path)).collect();
        if with_configuration.is_empty() {
            let detail = format!(
                "-stack {pattern}: there is no directory of that name with *.tf, *.tf.json or *.recon.hcl files."
            );
            return Err(Diagnostic::error("No such stack", detail));
        }
        all.extend(with_configuration);
    }
    Ok(all.into_iter().collect())
}

fn name(path: &Path) -> String {
    let text = path.to_string_lossy().into_owned();
    text.strip_prefix("./").unwrap_or(&text).to_owned()
}

fn has_configuration(directory: &PathBuf) -> bool {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let mut names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    names.any(|name| [".tf", ".tf.json", ".recon.hcl"].iter().any(|end| name.ends_with(end)))
}

/// The directories that a pattern names, one component after the other.
fn expand(pattern: &str) -> Result<Vec<PathBuf>, String> {
    let start = if pattern.starts_with('/') { PathBuf::from("/") } else { PathBuf::from(".") };
    let mut found = vec![start];
    for component in pattern.split('/').filter(|component| !component.is_empty() && *component != ".") {
        found = if component == "**" {
            found.iter().flat_map(|directory| below(directory, DEPTH_MAX)).collect()
        } else if component.contains(['*', '?', '[', '{']) {
            let glob = GlobBuilder::new(component).literal_separator(true).build();
            let glob = glob.map_err(|error| error.to_string())?.compile_matcher();
            let fits = |path: &PathBuf| path.file_name().is_some_and(|name| glob.is_match(name));
            found.iter().flat_map(|directory| children(directory)).filter(fits).collect()
        } else {
            found
                .into_iter()
                .map(|directory| directory.join(component))
                .filter(|path| path.is_dir())
                .collect()
        };
    }
    Ok(found)
}

/// The directories in a directory that are not hidden.
fn children(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten().map(|entry| entry.path());
    let is_hidden =
        |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    entries.filter(|path| path.is_dir() && !is_hidden(path)).collect()
}

/// A directory and all below it.
fn below(directory: &Path, depth: usize) -> Vec<PathBuf> {
    let mut found = vec![directory.to_owned()];
    if depth > 0 {
        // A link may lead back up.
        let inner = children(directory).into_iter().filter(|path| !path.is_symlink());
        found.extend(inner.flat_map(|path| below(&path, depth - 1)));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_name_directories_with_a_configuration() {
        let top = tempfile::tempdir().unwrap();
        for (directory, file) in [
            ("envs/a", "main.tf"),
            ("envs/b", "x.recon.hcl"),
            ("envs/c", "README"),
            ("envs/d/e", "m.tf.json"),
            ("envs/.h", "m.tf"),
        ] {
            fs::create_dir_all(top.path().join(directory)).unwrap();
            fs::write(top.path().join(directory).join(file), "").unwrap();
        }
        let root = top.path().display();
        let found = |pattern: &str| {
            let all = find(&[format!("{root}/{pattern}")]).unwrap_or_default();
            all.iter().map(|path| path.rsplit_once("envs/").unwrap().1.to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(found("envs/*"), ["a", "b"]);
        assert_eq!(found("envs/**"), ["a", "b", "d/e"]);
        assert_eq!(found("envs/{a,d}/**"), ["a", "d/e"]);
        assert_eq!(found("envs/a"), ["a"]);
        assert!(find(&[format!("{root}/envs/c")]).is_err());
        assert!(find(&[format!("{root}/envs/[")]).is_err());
    }

    #[test]
    fn shards_split_without_rest_and_without_overlap() {
        let all: Vec<String> = (0..7).map(|number| number.to_string()).collect();
        let mut seen: Vec<String> =
            (1..=3).flat_map(|number| Shard { number, of: 3 }.pick(all.clone())).collect();
        seen.sort();
        assert_eq!(seen, all);
        assert_eq!("3/10".parse::<Shard>(), Ok(Shard { number: 3, of: 10 }));
        for wrong in ["0/3", "4/3", "x/3", "3", "3/0"] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }
}
