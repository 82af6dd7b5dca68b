//! The real file system, as the parser and the language's functions see it.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use recon_parser::files::{FileError, Files};

/// How deep a walk goes; deeper than any tree, but not than a link that leads back.
const DEPTH_MAX: usize = 64;

/// Files below the current directory, which is the root module's.
pub(crate) struct Disk {
    origin: String,
}

impl Disk {
    /// The current directory; `origin` is where the user was before `-chdir`.
    pub(crate) fn new(origin: &str) -> Self {
        Self { origin: origin.to_owned() }
    }
}

impl Files for Disk {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        if Path::new(path).is_dir() {
            return Err(FileError::Directory);
        }
        fs::read(path).map_err(|error| failed(&error))
    }

    fn exists(&self, path: &str) -> Result<bool, FileError> {
        match fs::metadata(path) {
            Ok(found) if found.is_dir() => Err(FileError::Directory),
            Ok(_) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(failed(&error)),
        }
    }

    fn walk(&self, directory: &str) -> Result<Vec<String>, FileError> {
        let mut found = Vec::new();
        walk(Path::new(directory), "", &mut found, 0)?;
        found.sort();
        Ok(found)
    }

    fn list(&self, directory: &str) -> Result<Vec<String>, FileError> {
        let mut names = Vec::new();
        for entry in fs::read_dir(directory).map_err(|error| failed(&error))? {
            let entry = entry.map_err(|error| failed(&error))?;
            // A link that leads nowhere is a file that cannot be read, not one that nobody has.
            let leads_nowhere =
                || fs::metadata(entry.path()).is_err_and(|error| error.kind() == io::ErrorKind::NotFound);
            if entry.path().is_file() || leads_nowhere() {
                names.push(name(&entry)?);
            }
        }
        names.sort();
        Ok(names)
    }

    fn directories(&self, directory: &str) -> Vec<String> {
        let entries = fs::read_dir(directory).into_iter().flatten().flatten();
        let mut names: Vec<String> =
            entries.filter(|entry| entry.path().is_dir()).filter_map(|entry| name(&entry).ok()).collect();
        names.sort();
        names
    }

    fn current_directory(&self) -> String {
        self.origin.clone()
    }

    fn home_directory(&self) -> Option<String> {
        std::env::home_dir().and_then(|home| home.to_str().map(str::to_owned))
    }

    fn absolute(&self, path: &str) -> String {
        let absolute = std::path::absolute(path).unwrap_or_else(|_| PathBuf::from(path));
        let mut clean = PathBuf::new();
        for component in absolute.components() {
            match component {
                Component::ParentDir => drop(clean.pop()),
                Component::CurDir => {}
                other => clean.push(other),
            }
        }
        clean.to_string_lossy().into_owned()
    }
}

fn walk(directory: &Path, prefix: &str, found: &mut Vec<String>, depth: usize) -> Result<(), FileError> {
    if depth > DEPTH_MAX {
        return Err(FileError::Failed(format!("directories are nested more than {DEPTH_MAX} deep")));
    }
    for entry in fs::read_dir(directory).map_err(|error| failed(&error))? {
        let entry = entry.map_err(|error| failed(&error))?;
        let path = format!("{prefix}{}", name(&entry)?);
        // Follows links, as reading the files will.
        match fs::metadata(entry.path()) {
            Ok(kind) if kind.is_dir() => walk(&entry.path(), &format!("{path}/"), found, depth + 1)?,
            Ok(_) => found.push(path),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(&error)),
        }
    }
    Ok(())
}

fn name(entry: &fs::DirEntry) -> Result<String, FileError> {
    let name = entry.file_name();
    let text = name.to_str().map(str::to_owned);
    text.ok_or_else(|| FileError::Failed(format!("the name {} is not Unicode", entry.path().display())))
}

fn failed(error: &io::Error) -> FileError {
    match error.kind() {
        io::ErrorKind::NotFound => FileError::Missing,
        io::ErrorKind::IsADirectory => FileError::Directory,
        _ => FileError::Failed(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn walk_lists_files_of_all_levels_in_order() {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir_all(directory.path().join("b/c")).unwrap();
        for path in ["b/c/z", "b/a", "x"] {
            fs::write(directory.path().join(path), "").unwrap();
        }
        let disk = Disk::new("/");
        let root = directory.path().to_str().unwrap();
        assert_eq!(disk.walk(root).unwrap(), ["b/a", "b/c/z", "x"]);
        std::os::unix::fs::symlink("nowhere", directory.path().join("y")).unwrap();
        assert_eq!(disk.list(root).unwrap(), ["x", "y"]);
        assert_eq!(disk.directories(root), ["b"]);
        assert_eq!(disk.read(root), Err(FileError::Directory));
        assert_eq!(disk.read(&format!("{root}/none")), Err(FileError::Missing));
        assert_eq!(disk.absolute("/a/./b/../c"), "/a/c");
    }
}
