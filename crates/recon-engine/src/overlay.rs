//! The project's files with one more that is not written yet.

use recon_parser::files::{FileError, Files};

/// The project's files with one more in the root module's directory.
pub(crate) struct Overlay<'a> {
    pub(crate) files: &'a dyn Files,
    pub(crate) name: &'a str,
    pub(crate) text: &'a str,
}

impl Files for Overlay<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        if path == self.name { Ok(self.text.as_bytes().to_vec()) } else { self.files.read(path) }
    }

    fn exists(&self, path: &str) -> Result<bool, FileError> {
        if path == self.name { Ok(true) } else { self.files.exists(path) }
    }

    fn walk(&self, directory: &str) -> Result<Vec<String>, FileError> {
        self.files.walk(directory)
    }

    fn list(&self, directory: &str) -> Result<Vec<String>, FileError> {
        let mut names = self.files.list(directory)?;
        if directory == "." && !names.iter().any(|name| name == self.name) {
            names.push(self.name.to_owned());
            names.sort();
        }
        Ok(names)
    }

    fn current_directory(&self) -> String {
        self.files.current_directory()
    }

    fn home_directory(&self) -> Option<String> {
        self.files.home_directory()
    }

    fn absolute(&self, path: &str) -> String {
        self.files.absolute(path)
    }
}
