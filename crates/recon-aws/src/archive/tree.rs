//! The files below a directory that go into an archive: all but those that patterns leave out.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// How deep directories may be nested: a link to a parent would never end.
const DEPTH_MAX: usize = 64;

/// What of a directory is taken.
pub(super) struct Selection {
    excludes: GlobSet,
    enters_links: bool,
    /// The archive itself, where it is written into the directory that it is made of.
    output: Option<PathBuf>,
}

impl Selection {
    /// All but what these patterns match; a pattern that matches a directory leaves out what is in it too.
    pub(super) fn new(
        excludes: &[String],
        enters_links: bool,
        output: &Path,
    ) -> Result<Self, globset::Error> {
        let mut set = GlobSetBuilder::new();
        for pattern in excludes.iter().filter(|pattern| !pattern.is_empty()) {
            set.add(GlobBuilder::new(pattern).literal_separator(true).build()?);
        }
        let output = fs::canonicalize(output).ok();
        Ok(Self { excludes: set.build()?, enters_links, output })
    }

    /// The files of a directory with their names in the archive, in order.
    pub(super) fn files(&self, directory: &Path) -> io::Result<Vec<(String, PathBuf)>> {
        let mut found = Vec::new();
        self.collect(directory, "", 0, &mut found)?;
        found.sort();
        Ok(found)
    }

    fn collect(
        &self,
        directory: &Path,
        inside: &str,
        depth: usize,
        found: &mut Vec<(String, PathBuf)>,
    ) -> io::Result<()> {
        if depth > DEPTH_MAX {
            let message = format!("directories are nested too deep at `{}`", directory.display());
            return Err(io::Error::other(message));
        }
        for entry in fs::read_dir(directory)? {
            let path = entry?.path();
            let own = path.file_name().unwrap_or_default().to_string_lossy();
            let name = if inside.is_empty() { own.into_owned() } else { format!("{inside}/{own}") };
            if self.excludes.is_match(&name) {
                continue;
            }
            // Follows links: the archive holds what they lead to.
            if !fs::metadata(&path)?.is_dir() {
                if self.output.is_none() || fs::canonicalize(&path).ok() != self.output {
                    found.push((name, path));
                }
            } else if self.enters_links || !path.is_symlink() {
                self.collect(&path, &name, depth + 1, found)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    fn tree() -> tempfile::TempDir {
        let root = tempfile::tempdir().expect("a directory");
        for name in ["a.js", "a.txt", "lib/b.js", "lib/deep/c.js", "out.zip"] {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().expect("a parent")).expect("is made");
            fs::write(path, name).expect("writes");
        }
        root
    }

    #[test_case(&[], &["a.js", "a.txt", "lib/b.js", "lib/deep/c.js"]; "all but the archive itself")]
    #[test_case(&["a.txt", ""], &["a.js", "lib/b.js", "lib/deep/c.js"]; "but one file")]
    #[test_case(&["lib"], &["a.js", "a.txt"]; "but a directory")]
    #[test_case(&["*.js"], &["a.txt", "lib/b.js", "lib/deep/c.js"]; "a star stays in its directory")]
    #[test_case(&["**/*.js"], &["a.txt"]; "two stars do not")]
    fn patterns_leave_out(excludes: &[&str], expected: &[&str]) {
        let root = tree();
        let excludes: Vec<String> = excludes.iter().map(|text| (*text).to_owned()).collect();
        let selection = Selection::new(&excludes, true, &root.path().join("out.zip")).expect("patterns");
        let names: Vec<String> =
            selection.files(root.path()).expect("reads").into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, expected);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_a_directory_is_entered_unless_it_is_left_out() {
        let (root, other) = (tempfile::tempdir().expect("a directory"), tree());
        std::os::unix::fs::symlink(other.path().join("lib"), root.path().join("link")).expect("links");
        let count = |enters_links| {
            let selection = Selection::new(&[], enters_links, Path::new("none")).expect("no patterns");
            selection.files(root.path()).expect("reads").len()
        };
        assert_eq!((count(true), count(false)), (2, 0));
    }
}
