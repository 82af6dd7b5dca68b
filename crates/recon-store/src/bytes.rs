//! Files as bytes: written whole or not at all, readable by their owner alone.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::Error;

/// Read and write for the owner, nothing for anybody else.
const OWNER_ONLY: u32 = 0o600;

/// How the names of files end that are about to get another name.
const PASSING: &str = ".tmp";

/// How much is written, or compared, at once.
const BUFFER_BYTES: usize = 256 * 1024;

/// The text of a file, or nothing if there is none.
pub(crate) fn read(path: &Path) -> Result<Option<String>, Error> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(Error::Read { path: path.to_owned(), source }),
    }
}

/// The bytes of a file, or nothing if there is none.
pub(crate) fn read_raw(path: &Path) -> Result<Option<Vec<u8>>, Error> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(Error::Read { path: path.to_owned(), source }),
    }
}

/// Opens a file to append to; made, durably, if there is none.
pub(crate) fn open_append(path: &Path) -> Result<File, Error> {
    let failed = |source| Error::write(path, source);
    make_directory(parent(path))?;
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true).mode(OWNER_ONLY);
    let file = options.open(path).map_err(failed)?;
    sync_directory(path).map_err(failed)?;
    Ok(file)
}

/// Replaces a file in one step: a crash leaves the old one or the new one.
pub(crate) fn replace(
    path: &Path,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Error> {
    let failed = |source| Error::write(path, source);
    prepare(path, content).and_then(|new| persist(new, path)).map_err(failed)
}

/// The same, with the old one kept at `backup`; nothing is touched when old and new are equal.
pub(crate) fn replace_with_backup(
    path: &Path,
    backup: &Path,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Error> {
    let failed = |source| Error::write(path, source);
    // What a link points at is replaced, not the link.
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let new = prepare(path, content).map_err(failed)?;
    if path.exists() {
        if is_equal(path, new.path()).map_err(failed)? {
            return Ok(());
        }
        keep(path, backup).map_err(failed)?;
    }
    persist(new, path).map_err(failed)
}

fn prepare(
    path: &Path,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<tempfile::NamedTempFile> {
    // Files made this way are readable by their owner alone, and are removed when something fails below.
    let prefix = passing_prefix(path);
    let new = tempfile::Builder::new().prefix(&prefix).suffix(PASSING).tempfile_in(parent(path))?;
    let mut writer = BufWriter::with_capacity(BUFFER_BYTES, new.as_file());
    content(&mut writer)?;
    writer.flush()?;
    drop(writer);
    Ok(new)
}

/// How the names begin of files that are to take the place of `path`.
fn passing_prefix(path: &Path) -> OsString {
    let mut prefix = OsString::from(".");
    prefix.push(path.file_name().unwrap_or_default());
    prefix.push("-");
    prefix
}

/// Removes what a process that was killed while it wrote `path` left beside it. Nobody else may be writing it.
pub(crate) fn sweep(path: &Path) {
    let prefix = passing_prefix(path);
    for entry in fs::read_dir(parent(path)).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let (name, prefix) = (name.as_encoded_bytes(), prefix.as_encoded_bytes());
        if name.starts_with(prefix) && name.ends_with(PASSING.as_bytes()) {
            // It may stay: it is in nobody's way.
            drop(fs::remove_file(entry.path()));
        }
    }
}

fn persist(new: tempfile::NamedTempFile, path: &Path) -> io::Result<()> {
    new.as_file().sync_all()?;
    new.persist(path).map_err(|error| error.error)?;
    sync_directory(path)
}

/// Gives the file a second name, so that at no moment it has none.
fn keep(path: &Path, backup: &Path) -> io::Result<()> {
    let passing = with_suffix(backup, PASSING);
    remove_if_there(&passing)?;
    if fs::hard_link(path, &passing).is_err() {
        fs::copy(path, &passing)?;
    }
    fs::rename(&passing, backup)?;
    // Renaming between two names of one file does nothing, so the passing name may still be there.
    remove_if_there(&passing)
}

fn is_equal(a: &Path, b: &Path) -> io::Result<bool> {
    let (mut a, mut b) = (File::open(a)?, File::open(b)?);
    if a.metadata()?.len() != b.metadata()?.len() {
        return Ok(false);
    }
    let mut buffers = (vec![0; BUFFER_BYTES], vec![0; BUFFER_BYTES]);
    loop {
        let length = a.read(&mut buffers.0)?;
        if length == 0 {
            return Ok(true);
        }
        match b.read_exact(&mut buffers.1[..length]) {
            Ok(()) if buffers.0[..length] == buffers.1[..length] => {}
            Ok(()) => return Ok(false),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
            Err(error) => return Err(error),
        }
    }
}

/// Removes a file, durably; there being none is a success.
pub(crate) fn remove(path: &Path) -> Result<(), Error> {
    let removed = remove_if_there(path).and_then(|()| match sync_directory(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    });
    removed.map_err(|source| Error::write(path, source))
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Makes a folder and those above it.
pub(crate) fn make_directory(path: &Path) -> Result<(), Error> {
    fs::create_dir_all(path).map_err(|source| Error::write(path, source))
}

fn sync_directory(path: &Path) -> io::Result<()> {
    File::open(parent(path))?.sync_all()
}

pub(crate) fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_that_finds_no_room_leaves_the_old_file_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let (path, backup) = (folder.path().join("a.json"), folder.path().join("a.json.backup"));
        replace(&path, |file| file.write_all(b"old")).unwrap();
        let full = |file: &mut dyn Write| {
            file.write_all(b"half")?;
            Err(io::ErrorKind::StorageFull.into())
        };
        let error = replace_with_backup(&path, &backup, full).unwrap_err();
        assert!(matches!(error, Error::DiskFull { .. }), "{error}");
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_crash_between_backup_and_replacement_does_not_hinder_the_next_write() {
        let folder = tempfile::tempdir().unwrap();
        let (path, backup) = (folder.path().join("a.json"), folder.path().join("a.json.backup"));
        replace(&path, |file| file.write_all(b"1")).unwrap();
        keep(&path, &backup).unwrap();
        replace_with_backup(&path, &backup, |file| file.write_all(b"2")).unwrap();
        assert_eq!((fs::read(&path).unwrap(), fs::read(&backup).unwrap()), (b"2".to_vec(), b"1".to_vec()));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn what_a_killed_writer_left_is_swept_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        replace(&path, |file| file.write_all(b"1")).unwrap();
        prepare(&path, |file| file.write_all(b"2")).unwrap().keep().unwrap();
        let other = folder.path().join("ab.json");
        prepare(&other, |file| file.write_all(b"3")).unwrap().keep().unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
        sweep(&path);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
        assert_eq!(fs::read(&path).unwrap(), b"1");
    }
}
