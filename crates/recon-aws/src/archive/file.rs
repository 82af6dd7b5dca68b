//! `data "archive_file"`: a zip of texts, a file or a directory, with its hashes.
//!
//! The same input makes the same bytes on every machine. They are not those that Terraform's provider makes, whose
//! compressor finds other matches; so a hash differs from one that Terraform remembers.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::LazyLock;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use md5::Md5;
use recon_core::provider::{ErrorKind, ProviderError};
use recon_core::resource_type::ResourceType;
use recon_core::schema::{Schema, block, computed, optional, required, set_of};
use recon_core::{Diagnostic, Known, Path as Place, Type, Value};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::tree::Selection;
use crate::lambda::pack::{self, Entry};
use crate::rules::{self, Findings};
use crate::shape::{merge, number};

pub(super) const OPERATION: &str = "make archive";
const MODE_TEXT: u32 = 0o644;
const PERMISSIONS: u32 = 0o777;
/// The arguments of which one says what goes into the archive.
const SOURCES: &[&str] = &["source", "source_content_filename", "source_file", "source_dir"];

/// `archive_file`
#[derive(Clone, Copy)]
pub(super) struct ArchiveFile;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let text = |doc| optional(Type::String, doc);
    let given = |doc| computed(Type::String, doc);
    let attributes = [
        ("exclude_symlink_directories", optional(Type::Bool, "Whether links to directories are left out.")),
        ("excludes", optional(Type::set(Type::String), "Patterns of what is left out of `source_dir`.")),
        ("id", given("SHA-1 of the archive.")),
        ("output_base64sha256", given("SHA-256 of the archive, in base64.")),
        ("output_base64sha512", given("SHA-512 of the archive, in base64.")),
        ("output_file_mode", text("Permissions of all files in the archive, such as `0644`.")),
        ("output_md5", given("MD5 of the archive.")),
        ("output_path", required(Type::String, "Where the archive is written.")),
        ("output_sha", given("SHA-1 of the archive.")),
        ("output_sha256", given("SHA-256 of the archive.")),
        ("output_sha512", given("SHA-512 of the archive.")),
        ("output_size", computed(Type::Number, "Bytes of the archive.")),
        ("source_content", text("Text of the one file in the archive.")),
        ("source_content_filename", text("Name of the one file in the archive.")),
        ("source_dir", text("Directory whose files go into the archive.")),
        ("source_file", text("The one file that goes into the archive.")),
        ("type", required(Type::String, "`zip`")),
    ];
    let source = block(
        [
            ("content", required(Type::String, "Text of the file.")),
            ("filename", required(Type::String, "Name of the file in the archive.")),
        ],
        [],
    );
    let doc = "An archive of texts, a file or a directory.";
    Schema { version: 0, doc, block: block(attributes, [("source", set_of(source))]) }
});

impl ResourceType for ArchiveFile {
    fn name(&self) -> &'static str {
        "archive_file"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn writes(&self) -> Option<&'static str> {
        Some("output_path")
    }

    fn check(&self, config: &Value) -> Vec<(Place, Diagnostic)> {
        let mut found = Findings::new();
        rules::one_of(&mut found, config, "type", &["zip"]);
        let is_set = |name: &str| match name {
            "source" => config.get(name).is_unknown() || !config.get(name).items().is_empty(),
            _ => !config.get(name).is_null(),
        };
        let given: Vec<&str> = SOURCES.iter().copied().filter(|name| is_set(name)).collect();
        match given[..] {
            [] => {
                let names = SOURCES.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
                let detail = format!("One of {names} must say what goes into the archive.");
                rules::wrong(&mut found, "type", detail);
            }
            [_] => {}
            [one, other, ..] => {
                let detail = format!("`{one}` and `{other}` exclude each other. Set one of them.");
                found.push((Place::attribute(one), Diagnostic::error("Conflicting arguments", detail)));
            }
        }
        for (argument, with) in [("source_content", "source_content_filename"), ("excludes", "source_dir")] {
            if is_set(argument) && !is_set(with) {
                let detail = format!("`{argument}` only goes with `{with}`.");
                rules::wrong(&mut found, argument, detail);
            }
        }
        if config.text("output_file_mode").is_some_and(|mode| parse_mode(mode).is_none()) {
            let detail = "`output_file_mode` is an octal number such as `0644`.";
            rules::wrong(&mut found, "output_file_mode", detail);
        }
        found
    }
}

/// Makes the archive, and describes it.
pub(super) fn read(config: &Known) -> Result<Known, ProviderError> {
    let output = config.str("output_path").unwrap_or_default();
    let mut entries = entries(config, Path::new(output))?;
    if let Some(mode) = config.text("output_file_mode").and_then(parse_mode) {
        for entry in &mut entries {
            entry.mode = mode;
        }
    }
    let bytes = pack::zip(&entries).map_err(|error| failed("pack", output, &error))?;
    write(Path::new(output), &bytes).map_err(|error| failed("write", output, &error))?;
    let sha1 = hex(&Sha1::digest(&bytes));
    let (sha256, sha512) = (Sha256::digest(&bytes), Sha512::digest(&bytes));
    let attributes = [
        ("id", Value::from(sha1.as_str())),
        ("output_size", number(i64::try_from(bytes.len()).ok())),
        ("output_md5", Value::from(hex(&Md5::digest(&bytes)))),
        ("output_sha", Value::from(sha1)),
        ("output_sha256", Value::from(hex(&sha256))),
        ("output_base64sha256", Value::from(BASE64_STANDARD.encode(sha256))),
        ("output_sha512", Value::from(hex(&sha512))),
        ("output_base64sha512", Value::from(BASE64_STANDARD.encode(sha512))),
    ];
    Ok(merge(config.clone(), attributes))
}

fn entries(config: &Known, output: &Path) -> Result<Vec<Entry>, ProviderError> {
    if let Some(directory) = config.str("source_dir") {
        let enters_links = config.get("exclude_symlink_directories").as_bool() != Some(true);
        let selection = Selection::new(&config.string_items("excludes"), enters_links, output);
        let selection = selection.map_err(|error| {
            ProviderError::new(ErrorKind::Invalid, OPERATION, format!("read `excludes`: {error}"))
        })?;
        let files = selection.files(Path::new(directory));
        let files = files.map_err(|error| failed("read", directory, &error))?;
        return files.into_iter().map(|(name, path)| file(name, &path)).collect();
    }
    if let Some(path) = config.str("source_file") {
        let path = Path::new(path);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        return Ok(vec![file(name.into_owned(), path)?]);
    }
    let text = |name: &str, content: &str| Entry {
        name: name.replace('\\', "/"),
        content: content.as_bytes().to_vec(),
        mode: MODE_TEXT,
    };
    if let Some(name) = config.str("source_content_filename") {
        return Ok(vec![text(name, config.str("source_content").unwrap_or_default())]);
    }
    let sources = config.get("source").items().iter();
    let part = |source: &Value, name: &str| source.str(name).unwrap_or_default().to_owned();
    let mut entries: Vec<Entry> =
        sources.map(|source| text(&part(source, "filename"), &part(source, "content"))).collect();
    entries.sort_by(|one, other| one.name.cmp(&other.name));
    if let Some(twins) = entries.windows(2).find(|pair| pair[0].name == pair[1].name) {
        let message = format!("two `source` blocks have the filename `{}`", twins[0].name);
        return Err(ProviderError::new(ErrorKind::Invalid, OPERATION, message));
    }
    Ok(entries)
}

fn file(name: String, path: &Path) -> Result<Entry, ProviderError> {
    Entry::read(name, path).map_err(|error| failed("read", &path.display().to_string(), &error))
}

/// Writes the archive unless it is there already, so that what looks at its time sees no change.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if fs::read(path).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
        fs::create_dir_all(directory)?;
    }
    fs::write(path, bytes)
}

fn failed(what: &str, path: &str, error: &io::Error) -> ProviderError {
    ProviderError::new(ErrorKind::Invalid, OPERATION, format!("{what} `{path}`: {error}")).with_help(
        "Paths are from the directory of the configuration; `path.module` names that of the module.",
    )
}

fn parse_mode(text: &str) -> Option<u32> {
    let mode = u32::from_str_radix(text.trim_start_matches("0o"), 8).ok()?;
    (mode <= PERMISSIONS).then_some(mode)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    fn config(output: &str, parts: &[(&'static str, &str)]) -> Known {
        let parts = parts.iter().map(|(name, text)| (*name, Value::from(*text)));
        let more = [("type", Value::from("zip")), ("output_path", Value::from(output))];
        crate::shape::object(&SCHEMA, parts.chain(more))
    }

    fn names(path: &Path) -> Vec<(String, Option<u32>)> {
        let mut archive = zip::ZipArchive::new(fs::File::open(path).expect("is there")).expect("is a zip");
        let each = 0..archive.len();
        each.map(|index| {
            let file = archive.by_index(index).expect("an entry");
            (file.name().expect("UTF-8").into_owned(), file.unix_mode().map(|mode| mode & PERMISSIONS))
        })
        .collect()
    }

    #[test]
    fn an_archive_is_written_and_hashed() {
        let root = tempfile::tempdir().expect("a directory");
        let output = root.path().join("deep/out.zip");
        let parts = [("source_content", "exports.x = 1"), ("source_content_filename", "index.js")];
        let made = read(&config(output.to_str().expect("UTF-8"), &parts)).expect("is made");
        let bytes = fs::read(&output).expect("is there");
        assert_eq!(names(&output), [("index.js".to_owned(), Some(0o644))]);
        assert_eq!(made.get("output_size").as_i64(), i64::try_from(bytes.len()).ok());
        assert_eq!(made.str("output_base64sha256"), Some(&*BASE64_STANDARD.encode(Sha256::digest(&bytes))));
        assert_eq!(made.str("id"), made.str("output_sha"));
        assert_eq!(made.str("output_md5").map(str::len), Some(32));
    }

    #[test]
    fn a_mode_is_that_of_all_files_and_part_of_the_hash() {
        let root = tempfile::tempdir().expect("a directory");
        let source = root.path().join("src");
        fs::create_dir(&source).expect("is made");
        fs::write(source.join("b"), "2").expect("writes");
        fs::write(source.join("a"), "1").expect("writes");
        let (source, output) = (source.to_str().expect("UTF-8"), root.path().join("out.zip"));
        let text = output.to_str().expect("UTF-8");
        let plain = read(&config(text, &[("source_dir", source)])).expect("is made");
        let again = read(&config(text, &[("source_dir", source)])).expect("is made");
        assert_eq!(plain, again);
        let moded = config(text, &[("source_dir", source), ("output_file_mode", "0400")]);
        assert_ne!(read(&moded).expect("is made").str("id"), plain.str("id"));
        assert_eq!(names(&output), [("a".to_owned(), Some(0o400)), ("b".to_owned(), Some(0o400))]);
    }

    #[test]
    fn a_file_that_is_not_there_is_an_error() {
        let error = read(&config("out.zip", &[("source_file", "no/such/file")])).expect_err("fails");
        assert!(error.message.contains("no/such/file"), "{error}");
    }

    #[test_case(&[("source_file", "a")], 0; "one source")]
    #[test_case(&[], 1; "no source")]
    #[test_case(&[("source_file", "a"), ("source_dir", "b")], 1; "two sources")]
    #[test_case(&[("source_file", "a"), ("source_content", "b")], 1; "a text that has no name")]
    #[test_case(&[("source_file", "a"), ("type", "tar.gz")], 1; "another format")]
    #[test_case(&[("source_file", "a"), ("output_file_mode", "rw")], 1; "a mode in letters")]
    fn rules_of_archives(parts: &[(&'static str, &str)], errors: usize) {
        let config = config("out.zip", &[]).into_value();
        let config = parts.iter().fold(config, |config, (name, text)| config.with(name, Value::from(*text)));
        assert_eq!(ArchiveFile.check(&config).len(), errors);
    }
}
