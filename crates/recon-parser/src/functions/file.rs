//! Files and paths.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use recon_core::Value;

use super::{
    Function, Outcome, Parameter, Refusal, Returns, World, fileset, normal, pure, str_of, text, worldly,
};
use crate::files::FileError;

const PATH: &[Parameter] = &[text("path")];

pub(super) static FUNCTIONS: &[Function] = &[
    worldly("file", PATH, Returns::String, |w, a| Ok(normal(&read_text(w, str_of(&a[0]))?))),
    worldly("filebase64", PATH, Returns::String, |w, a| Ok(STANDARD.encode(read(w, str_of(&a[0]))?).into())),
    worldly("fileexists", PATH, Returns::Bool, |w, a| fileexists(w, str_of(&a[0]))),
    worldly("fileset", &[text("path"), text("pattern")], Returns::StringSet, fileset::fileset),
    worldly("abspath", PATH, Returns::String, |w, a| {
        let path = expanded(w, str_of(&a[0]));
        Ok(w.context.scope().files().absolute(&path).into())
    }),
    worldly("pathexpand", PATH, Returns::String, |w, a| {
        let path = expanded(w, str_of(&a[0]));
        if path.starts_with('~') {
            return Err("cannot expand the home directory of another user".into());
        }
        Ok(path.into())
    }),
    pure("dirname", PATH, Returns::String, |a| Ok(dirname(str_of(&a[0])).into())),
    pure("basename", PATH, Returns::String, |a| Ok(basename(str_of(&a[0])).into())),
];

/// The bytes of a file.
pub(super) fn read(world: &World<'_>, path: &str) -> Result<Vec<u8>, Refusal> {
    let path = expanded(world, path);
    world.context.scope().files().read(&path).map_err(|error| match error {
        FileError::Missing => Refusal::of(
            0,
            format!(
                "no file exists at {path:?}; this function works only with files that are there before anything is \
                 applied, so if a resource makes this file, use an attribute of that resource instead"
            ),
        ),
        FileError::Directory => Refusal::of(0, format!("{path:?} is a directory, not a file")),
        FileError::Failed(why) => Refusal::of(0, format!("failed to read {path:?}: {why}")),
    })
}

/// The text of a file.
pub(super) fn read_text(world: &World<'_>, path: &str) -> Result<String, Refusal> {
    String::from_utf8(read(world, path)?).map_err(|_| {
        let message = format!(
            "contents of {path:?} are not valid UTF-8; use the filebase64 function to obtain the Base64 encoded \
             contents or the other file functions (e.g. filemd5, filesha256) to obtain file hashing results instead"
        );
        Refusal::from(message)
    })
}

fn fileexists(world: &World<'_>, path: &str) -> Outcome {
    let path = expanded(world, if path.is_empty() { "." } else { path });
    match world.context.scope().files().exists(&path) {
        Ok(exists) => Ok(exists.into()),
        Err(FileError::Missing) => Ok(false.into()),
        Err(FileError::Directory) => Err(format!("{path:?} is a directory, not a file").into()),
        Err(FileError::Failed(why)) => Err(format!("failed to look for {path:?}: {why}").into()),
    }
}

/// `~` at the start means the user's home.
pub(super) fn expanded(world: &World<'_>, path: &str) -> String {
    let home = || world.context.scope().files().home_directory();
    match path.strip_prefix('~') {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => {
            home().map_or_else(|| path.to_owned(), |home| format!("{}{rest}", home.trim_end_matches('/')))
        }
        _ => path.to_owned(),
    }
}

/// The path without its last part, cleaned.
fn dirname(path: &str) -> String {
    let directory = path.rfind('/').map_or("", |end| &path[..=end]);
    cleaned(directory)
}

fn basename(path: &str) -> String {
    if path.is_empty() {
        return ".".to_owned();
    }
    let trimmed = path.trim_end_matches('/');
    if trimmed.is_empty() { "/".to_owned() } else { trimmed.rsplit('/').next().unwrap_or(trimmed).to_owned() }
}

/// The shortest path that means the same without looking at any disk.
pub(super) fn cleaned(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            ".." if rooted => {}
            other => parts.push(other),
        }
    }
    let joined = parts.join("/");
    match (rooted, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}

/// A set of paths.
pub(super) fn set_of_paths(paths: &[String]) -> Value {
    Value::set(recon_core::Type::String, paths.iter().map(|path| normal(path)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use test_case::test_case;

    #[test_case("a/b/c.txt", "a/b")]
    #[test_case("c.txt", ".")]
    #[test_case("/c.txt", "/")]
    #[test_case("a//b/../c", "a")]
    fn directories(path: &str, expected: &str) {
        assert_eq!(dirname(path), expected);
    }
}
