//! `fmt`: the canonical layout of configuration files.

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::{ArgAction, Args};
use recon_core::{Diagnostic, Diagnostics};
use similar::TextDiff;

use crate::exit::Exit;
use crate::session::Session;
use crate::stop::Stop;

/// The endings of the files that have a layout.
const ENDINGS: [&str; 3] = [".tf", ".tfvars", ".recon.hcl"];
/// Unchanged lines around a change in a diff.
const CONTEXT_LINES: usize = 3;

/// Bring configuration files into the usual layout
///
/// Without a path, all *.tf, *.tfvars and *.recon.hcl files of the directory. Prints the names of the files that it changed.
#[derive(Args, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct Flags {
    /// Change nothing, and exit with 3 if a file is not in that layout
    #[arg(long)]
    pub check: bool,

    /// Print what changes
    #[arg(long)]
    pub diff: bool,

    /// Go into the directories below
    #[arg(long)]
    pub recursive: bool,

    /// Whether to write the files
    #[arg(long, value_name = "BOOL", default_value_t = true, hide_possible_values = true, action = ArgAction::Set, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub write: bool,

    /// Whether to print the names of the files that change
    #[arg(long, value_name = "BOOL", default_value_t = true, hide_possible_values = true, action = ArgAction::Set, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub list: bool,

    /// Files and directories; - reads from stdin and writes to stdout
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
}

/// Lays files out.
pub(crate) fn run(session: &mut Session, flags: &Flags) -> Result<Exit, Stop> {
    if flags.paths.iter().any(|path| path.as_os_str() == "-") {
        return standard_input(session, flags);
    }
    let mut diagnostics = Diagnostics::new();
    let mut changed = false;
    for path in files(flags)? {
        match one(session, flags, &path) {
            Ok(does) => changed |= does,
            Err(found) => diagnostics.extend(found),
        }
    }
    if diagnostics.has_errors() {
        return Err(diagnostics.into());
    }
    Ok(if flags.check && changed { Exit::Pending } else { Exit::Done })
}

/// Lays out one file; whether it changes.
fn one(session: &mut Session, flags: &Flags, path: &Path) -> Result<bool, Diagnostics> {
    let name = path.strip_prefix(".").unwrap_or(path).display().to_string();
    let failed = |verb: &str, error: &std::io::Error| {
        Diagnostics::from(Diagnostic::error("Unusable file", format!("Failed to {verb} `{name}`: {error}.")))
    };
    let text = std::fs::read_to_string(path).map_err(|error| failed("read", &error))?;
    let new = formatted(session, &name, &text)?;
    if new == text {
        return Ok(false);
    }
    if flags.list {
        session.ui.data(&format!("{name}\n"));
    }
    if flags.diff {
        session.ui.data(&diff(&name, &text, &new));
    }
    if flags.write && !flags.check {
        std::fs::write(path, new).map_err(|error| failed("write", &error))?;
    }
    Ok(true)
}

fn standard_input(session: &mut Session, flags: &Flags) -> Result<Exit, Stop> {
    let mut text = String::new();
    if let Err(error) = std::io::stdin().read_to_string(&mut text) {
        return Err(Diagnostic::error("Unusable input", format!("Failed to read stdin: {error}.")).into());
    }
    let new = formatted(session, "<stdin>", &text)?;
    match (flags.check, flags.diff) {
        (true, _) => {}
        (false, true) => session.ui.data(&diff("<stdin>", &text, &new)),
        (false, false) => session.ui.bytes(new.as_bytes()),
    }
    Ok(if flags.check && new != text { Exit::Pending } else { Exit::Done })
}

fn formatted(session: &mut Session, name: &str, text: &str) -> Result<String, Diagnostics> {
    let file = session.sources.add(name, text);
    recon_parser::format::format(file, text)
}

fn diff(name: &str, old: &str, new: &str) -> String {
    let (from, to) = (format!("old/{name}"), format!("new/{name}"));
    TextDiff::from_lines(old, new).unified_diff().context_radius(CONTEXT_LINES).header(&from, &to).to_string()
}

fn files(flags: &Flags) -> Result<Vec<PathBuf>, Diagnostic> {
    let given = if flags.paths.is_empty() { vec![PathBuf::from(".")] } else { flags.paths.clone() };
    let mut found = Vec::new();
    for path in given {
        if path.is_dir() {
            collect(&path, flags.recursive, &mut found)?;
        } else if path.exists() {
            found.push(path);
        } else {
            return Err(Diagnostic::error(
                "No such file",
                format!("There is no file or directory `{}`.", path.display()),
            ));
        }
    }
    Ok(found)
}

fn collect(directory: &Path, recursive: bool, found: &mut Vec<PathBuf>) -> Result<(), Diagnostic> {
    let failed = |error: std::io::Error| {
        Diagnostic::error("Unusable directory", format!("Failed to read `{}`: {error}.", directory.display()))
    };
    let mut entries: Vec<_> = std::fs::read_dir(directory).and_then(Iterator::collect).map_err(failed)?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = entry.path();
        if name.starts_with('.') {
            continue;
        }
        // A link is not followed: what it leads to is laid out where it lives.
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            if recursive {
                collect(&path, recursive, found)?;
            }
        } else if ENDINGS.iter().any(|ending| name.ends_with(ending)) {
            found.push(path);
        }
    }
    Ok(())
}
