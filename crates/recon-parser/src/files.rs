//! The files that a configuration consists of and reads: the parser itself touches no disk.

/// Reads files, relative to the root module's directory.
pub trait Files {
    /// The bytes of a file.
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError>;

    /// Whether there is a file (not a directory) at `path`.
    fn exists(&self, path: &str) -> Result<bool, FileError>;

    /// The paths of the files below a directory, relative to it, `/`-separated, sorted.
    fn walk(&self, directory: &str) -> Result<Vec<String>, FileError>;

    /// The names of the files directly in a directory, sorted.
    fn list(&self, directory: &str) -> Result<Vec<String>, FileError>;

    /// The names of the directories directly in a directory, sorted; of use for suggestions only.
    fn directories(&self, directory: &str) -> Vec<String> {
        let _: &str = directory;
        Vec::new()
    }

    /// `path.cwd`, absolute.
    fn current_directory(&self) -> String;

    /// The user's home, for `pathexpand`.
    fn home_directory(&self) -> Option<String>;

    /// The absolute, lexically cleaned form of a path, for `abspath`.
    fn absolute(&self, path: &str) -> String;
}

/// Why a file could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileError {
    /// There is none.
    Missing,
    /// It is there, but is a directory.
    Directory,
    /// It may not be read, or reading failed: what the system said.
    Failed(String),
}

/// No files at all.
pub struct NoFiles;

impl Files for NoFiles {
    fn read(&self, _: &str) -> Result<Vec<u8>, FileError> {
        Err(FileError::Missing)
    }

    fn exists(&self, _: &str) -> Result<bool, FileError> {
        Ok(false)
    }

    fn walk(&self, _: &str) -> Result<Vec<String>, FileError> {
        Err(FileError::Missing)
    }

    fn list(&self, _: &str) -> Result<Vec<String>, FileError> {
        Err(FileError::Missing)
    }

    fn current_directory(&self) -> String {
        ".".to_owned()
    }

    fn home_directory(&self) -> Option<String> {
        None
    }

    fn absolute(&self, path: &str) -> String {
        path.to_owned()
    }
}
