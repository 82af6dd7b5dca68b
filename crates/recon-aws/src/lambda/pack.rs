//! A directory as a zip archive that is the same bytes on every machine.

use std::fs;
use std::io::{self, Cursor, Write};
use std::path::{Path, PathBuf};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Files that come from where a directory was edited, not from what it holds.
pub(crate) const LEFT_OUT: &[&str] = &[".DS_Store", "Thumbs.db", ".git"];
const MODE_FILE: u32 = 0o644;
const MODE_PROGRAM: u32 = 0o755;
/// How deep directories may be nested: a link to a parent would never end.
const DEPTH_MAX: usize = 64;

/// Packs a directory: paths sorted, no times, and of the modes only whether a file can be executed.
pub(crate) fn pack(directory: &Path) -> io::Result<Vec<u8>> {
    let mut files = Vec::new();
    collect(directory, 0, &mut files)?;
    let mut entries: Vec<(String, PathBuf)> = Vec::with_capacity(files.len());
    for file in files {
        let relative = file.strip_prefix(directory).unwrap_or(&file);
        let names: Vec<_> = relative.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        entries.push((names.join("/"), file));
    }
    entries.sort();
    let entries = entries.into_iter().map(|(name, path)| Entry::read(name, &path));
    zip(&entries.collect::<io::Result<Vec<_>>>()?)
}

/// A file of an archive.
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) content: Vec<u8>,
    pub(crate) mode: u32,
}

impl Entry {
    /// Reads a file.
    pub(crate) fn read(name: String, path: &Path) -> io::Result<Self> {
        Ok(Self { name, content: fs::read(path)?, mode: mode(path)? })
    }
}

/// An archive of these files in this order, without times.
pub(crate) fn zip(entries: &[Entry]) -> io::Result<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for entry in entries {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default())
            .unix_permissions(entry.mode);
        archive.start_file(entry.name.as_str(), options).map_err(io::Error::other)?;
        archive.write_all(&entry.content)?;
    }
    Ok(archive.finish().map_err(io::Error::other)?.into_inner())
}

fn collect(directory: &Path, depth: usize, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if depth > DEPTH_MAX {
        return Err(io::Error::other(format!(
            "directories are nested too deep at `{}`",
            directory.display()
        )));
    }
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if entry.file_name().to_str().is_some_and(|name| LEFT_OUT.contains(&name)) {
            continue;
        }
        let path = entry.path();
        // Follows links: the archive holds what they lead to.
        if fs::metadata(&path)?.is_dir() {
            collect(&path, depth + 1, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

#[cfg(unix)]
fn mode(path: &Path) -> io::Result<u32> {
    use std::os::unix::fs::PermissionsExt;
    let is_program = fs::metadata(path)?.permissions().mode() & 0o111 != 0;
    Ok(if is_program { MODE_PROGRAM } else { MODE_FILE })
}

#[cfg(not(unix))]
fn mode(_: &Path) -> io::Result<u32> {
    Ok(MODE_PROGRAM)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(root: &Path, name: &str, content: &str) {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    #[test]
    fn the_same_files_make_the_same_bytes() {
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for (name, content) in [("index.js", "1"), ("lib/b.js", "2"), ("lib/a.js", "3")] {
            write(one.path(), name, content);
        }
        for (name, content) in [("lib/a.js", "3"), ("lib/b.js", "2"), ("index.js", "1"), (".DS_Store", "x")] {
            write(two.path(), name, content);
        }
        let old = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_hours(24 * 365 * 30);
        fs::File::options().write(true).open(two.path().join("index.js")).unwrap().set_modified(old).unwrap();
        assert_eq!(pack(one.path()).unwrap(), pack(two.path()).unwrap());
    }

    #[test]
    fn other_content_makes_other_bytes() {
        let directory = tempfile::tempdir().unwrap();
        write(directory.path(), "index.js", "1");
        let before = pack(directory.path()).unwrap();
        write(directory.path(), "index.js", "2");
        assert_ne!(before, pack(directory.path()).unwrap());
    }
}
