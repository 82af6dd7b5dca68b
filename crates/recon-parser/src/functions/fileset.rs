//! `fileset`: the files of a directory that a pattern matches.

use recon_core::Value;

use super::file::{cleaned, expanded, set_of_paths};
use super::glob::Glob;
use super::{Outcome, Refusal, World, str_of};
use crate::files::FileError;

pub(super) fn fileset(world: &World<'_>, arguments: &[Value]) -> Outcome {
    let directory = expanded(world, str_of(&arguments[0]));
    let pattern = str_of(&arguments[1]);
    // A pattern may climb out of the directory; what is below the point it climbs to is searched then.
    let (base, rest) = climb(&cleaned_pattern(pattern));
    let from = if base.is_empty() { directory.clone() } else { cleaned(&format!("{directory}/{base}")) };
    let glob = Glob::new(&rest).map_err(|why| format!("failed to glob pattern {pattern:?}: {why}"))?;
    let files = world.context.scope().files();
    let all = match files.walk(&from) {
        Ok(all) => all,
        Err(FileError::Missing | FileError::Directory) => Vec::new(),
        Err(FileError::Failed(why)) => return Err(Refusal::from(format!("failed to read {from:?}: {why}"))),
    };
    let matching = all.into_iter().filter(|path| glob.matches(path));
    // A path that leads back into the directory is told from there.
    let inside = format!("{}/", cleaned(&directory));
    let prefixed = |path: String| match base.as_str() {
        "" => path,
        base => {
            let whole = cleaned(&format!("{directory}/{base}/{path}"));
            whole.strip_prefix(&inside).map_or_else(|| format!("{base}/{path}"), str::to_owned)
        }
    };
    Ok(set_of_paths(&matching.map(prefixed).collect::<Vec<_>>()))
}

fn cleaned_pattern(pattern: &str) -> String {
    pattern.split('/').filter(|part| !part.is_empty() && *part != ".").collect::<Vec<_>>().join("/")
}

fn climb(pattern: &str) -> (String, String) {
    let mut rest = pattern;
    let mut steps = 0;
    while let Some(after) = rest.strip_prefix("../") {
        rest = after;
        steps += 1;
    }
    (vec![".."; steps].join("/"), rest.to_owned())
}
