//! Writes files beside the configuration: whole or not at all, never over others, and takes back what is not kept.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use recon_core::Diagnostic;
use recon_engine::Desk;

/// What the name of a configuration ends in.
const ENDS: [&str; 2] = [".recon.hcl", ".tf"];

/// Where a discovery writes its files.
pub(crate) struct Disk {
    configuration: PathBuf,
    /// Where the values of variables go that stand for secrets.
    values: PathBuf,
    is_written: bool,
    made: Vec<PathBuf>,
}

/// The name of the file with the values of a configuration's variables.
pub(crate) fn values_of(configuration: &str) -> String {
    let stem = ENDS.iter().find_map(|end| configuration.strip_suffix(end)).unwrap_or(configuration);
    format!("{stem}.auto.tfvars")
}

impl Disk {
    /// For a configuration of that name, which must not be there yet.
    pub(crate) fn new(configuration: &str) -> Result<Self, Diagnostic> {
        let configuration = PathBuf::from(configuration);
        let is_configuration = configuration
            .to_str()
            .is_some_and(|path| ENDS.iter().any(|end| path.len() > end.len() && path.ends_with(end)));
        if !is_configuration || configuration.components().count() != 1 {
            let detail = format!(
                "`{}` cannot be the file to write: its name has to end in `.tf` or `.recon.hcl`, and it has to be in the configuration's directory.",
                configuration.display()
            );
            return Err(Diagnostic::error("Invalid file name", detail));
        }
        if configuration.symlink_metadata().is_ok() {
            return Err(taken(&configuration, "Name another file with `-out=FILE`."));
        }
        let values = PathBuf::from(values_of(configuration.to_str().unwrap_or_default()));
        Ok(Self { configuration, values, is_written: false, made: Vec::new() })
    }
}

/// Who may read a file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Readers {
    Everybody,
    Owner,
}

impl Disk {
    /// Writes a file that the configuration needs.
    fn beside(
        &mut self,
        path: PathBuf,
        (bytes, readers): (&[u8], Readers),
        advice: &str,
    ) -> Result<(), Diagnostic> {
        if path.symlink_metadata().is_ok() {
            // A run that was cut off may have left it.
            return match fs::read(&path) {
                Ok(found) if found == bytes => Ok(()),
                _ => Err(taken(&path, advice)),
            };
        }
        write(&path, bytes, readers).map_err(|error| failed(&path, &error))?;
        self.made.push(path);
        Ok(())
    }
}

impl Desk for Disk {
    fn package(&mut self, name: &str, bytes: &[u8]) -> Result<(), Diagnostic> {
        let advice = "Move it away, or leave the code to others with `-code=ignore`.";
        self.beside(PathBuf::from(name), (bytes, Readers::Everybody), advice)
    }

    fn secrets(&mut self, text: &str) -> Result<(), Diagnostic> {
        let advice = "Name another file with `-out=FILE`: secrets go beside it under the same name.";
        self.beside(self.values.clone(), (text.as_bytes(), Readers::Owner), advice)
    }

    fn configuration(&mut self, text: &str) -> Result<(), Diagnostic> {
        let path = &self.configuration;
        if !self.is_written && path.symlink_metadata().is_ok() {
            return Err(taken(path, "Name another file with `-out=FILE`."));
        }
        write(path, text.as_bytes(), Readers::Everybody).map_err(|error| failed(path, &error))?;
        if !self.is_written {
            self.made.push(path.clone());
        }
        self.is_written = true;
        Ok(())
    }

    fn keep(&mut self) {
        self.made.clear();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        for path in &self.made {
            // What cannot be removed harms nobody: the next run finds it.
            drop(fs::remove_file(path));
        }
    }
}

fn write(path: &Path, bytes: &[u8], readers: Readers) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let passing = path.with_file_name(format!(".{name}.tmp"));
    let written = (|| {
        let mut options = File::options();
        options.write(true).create(true).truncate(true);
        if readers == Readers::Owner {
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        }
        let mut file = options.open(&passing)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&passing, path)?;
        File::open(".")?.sync_all()
    })();
    if written.is_err() {
        drop(fs::remove_file(&passing));
    }
    written
}

fn taken(path: &Path, advice: &str) -> Diagnostic {
    let detail = format!("`{}` is there already, and recon writes over nothing. {advice}", path.display());
    Diagnostic::error("File exists", detail)
}

fn failed(path: &Path, error: &io::Error) -> Diagnostic {
    Diagnostic::error("Failed to write file", format!("`{}` cannot be written: {error}.", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_configuration_of_this_directory_is_written() {
        assert!(Disk::new("a.tf").is_ok());
        assert!(Disk::new("a.recon.hcl").is_ok());
        for name in ["a.txt", ".tf", "b/a.tf", "../a.tf"] {
            assert!(Disk::new(name).is_err(), "{name}");
        }
    }
}
