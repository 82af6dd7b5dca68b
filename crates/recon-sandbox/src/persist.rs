//! Keeps the world in a file, replaced whole and readable by its owner alone.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use crate::world::World;

/// Reads the world; `None` where there is no file yet.
pub(crate) fn load(path: &Path) -> io::Result<Option<World>> {
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let parsed = serde_json::from_slice(&text);
    parsed.map(Some).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

/// Replaces the file.
pub(crate) fn save(path: &Path, text: &[u8]) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let fresh = path.with_file_name(name);
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
    file.write_all(text)?;
    file.sync_all()?;
    fs::rename(&fresh, path)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::world::Pace;

    #[test]
    fn world_comes_back_as_it_was_saved() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("cloud.json");
        assert!(load(&path).unwrap().is_none());
        let text = serde_json::to_vec(&World::new(7, Pace::default())).unwrap();
        save(&path, &text).unwrap();
        let loaded = load(&path).unwrap().unwrap();
        assert_eq!(serde_json::to_vec(&loaded).unwrap(), text);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
