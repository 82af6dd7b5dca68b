//! Follows the steps of an acceptance test, from an empty cloud back to an empty one.

use std::path::Path;

use regex::Regex;

use super::case::{Archive, Case, Step};
use super::flat::{World, world};
use super::{behind, check, import};
use crate::{Cloud, Scratch};

/// Follows a case over a cloud; says what went wrong first.
///
/// `folder` is that of all cases.
pub fn follow(
    case: &Case,
    folder: &Path,
    (scratch, cloud): (&Scratch, &Cloud),
    own: &Own,
) -> Result<(), String> {
    let mut before = World::new();
    for step in &case.steps {
        let number = step.number;
        let said = |error: String| format!("step {number}: {error}");
        if let Some(address) = &step.resource {
            // After an error there is nothing to import.
            if scratch.path().join(STATE).exists() {
                let unread = own.unread.iter().filter(|(name, _)| *name == case.name);
                let unread = unread.map(|(_, attribute)| (*attribute).to_owned());
                let ignored: Vec<String> = step.import_verify_ignore.iter().cloned().chain(unread).collect();
                import::verify(scratch, address, &ignored).map_err(said)?;
            }
        } else {
            prepare(step, folder, scratch);
            let words = own.words.iter().find(|(name, step, _)| (*name, *step) == (&case.name, number));
            let words = words.map(|(_, _, words)| *words);
            let watch = if own.unwatched.contains(&case.name.as_str()) { Watch::Plan } else { Watch::Drift };
            before = configure(step, (scratch, cloud), &before, (words, watch)).map_err(said)?;
        }
    }
    scratch.expecting(0, &["destroy", "-auto-approve"]).map_err(|error| format!("destroy: {error}"))?;
    let left = scratch.expecting(0, &["state", "list"])?.stdout;
    if !left.is_empty() {
        return Err(format!("after destroy, the state has {left}"));
    }
    if cloud.name == "sandbox" { nothing_is_left(scratch, cloud) } else { Ok(()) }
}

/// Nothing but what is to outlive its block.
fn nothing_is_left(scratch: &Scratch, cloud: &Cloud) -> Result<(), String> {
    let outlives = Regex::new(r"(?m)^\s*skip_destroy\s*=\s*true").expect("it is a pattern");
    match (cloud.left(), outlives.is_match(&scratch.read("main.tf"))) {
        (None, false) | (Some(_), true) => Ok(()),
        (None, true) => Err("what skip_destroy keeps is gone".to_owned()),
        (Some(left), false) => Err(format!("the sandbox is left with {left}")),
    }
}

/// Where recon does as it should in its own way.
#[derive(Debug)]
pub struct Own {
    /// Test, step, and what recon's error says where the provider's has other words.
    pub words: &'static [(&'static str, usize, &'static str)],
    /// Test, and an attribute that an import knows and the step before does not.
    pub unread: &'static [(&'static str, &'static str)],
    /// Tests after whose steps the cloud itself changes what was made.
    pub unwatched: &'static [&'static str],
}

/// What must be empty after a step: the plan, and the drift unless the cloud itself changes what was made.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Watch {
    Plan,
    Drift,
}

const STATE: &str = "state/default.json";

/// Follows a step with a configuration; the state that it leaves, as far as the next step builds on it.
fn configure(
    step: &Step,
    (scratch, cloud): (&Scratch, &Cloud),
    before: &World,
    (words, watch): (Option<&str>, Watch),
) -> Result<World, String> {
    if let Some(pattern) = &step.expect_error {
        let pattern = words.map_or(pattern.regex.clone(), regex::escape);
        return refused(scratch, &pattern).map(|()| World::new());
    }
    if step.plan_only {
        return scratch.expecting(0, &["plan", "-detailed-exitcode"]).map(|_| before.clone());
    }
    scratch.expecting(0, &["apply", "-auto-approve"])?;
    let after = world(&scratch.expecting(0, &["show", "-json"])?.stdout);
    let mut complaints = Vec::new();
    let mut meddled = false;
    for check in &step.checks {
        let judged = match behind::meddle(check, scratch, cloud, &after) {
            Ok(true) => {
                meddled = true;
                Ok(())
            }
            Ok(false) => check::judge(check, &after, before),
            Err(error) => Err(error),
        };
        complaints.extend(judged.err());
    }
    // Where nobody meddled, a second plan with changes is a weakness of the provider's that recon does not share.
    let changes = step.leaves_changes && meddled;
    complaints.extend(scratch.expecting(if changes { 2 } else { 0 }, &["plan", "-detailed-exitcode"]).err());
    if !meddled && watch == Watch::Drift {
        complaints.extend(scratch.expecting(0, &["drift"]).err());
    }
    if changes && complaints.is_empty() {
        complaints.extend(repaired(scratch).err());
    }
    if !complaints.is_empty() {
        return Err(complaints.join("\n"));
    }
    // What should have been replaced because of such changes is not, so nothing can be said of it.
    Ok(if step.leaves_changes { World::new() } else { after })
}

/// What was meddled with is as it should be after one apply.
fn repaired(scratch: &Scratch) -> Result<(), String> {
    scratch.expecting(0, &["apply", "-auto-approve"])?;
    scratch.expecting(0, &["plan", "-detailed-exitcode"]).map(drop)
}

fn refused(scratch: &Scratch, pattern: &str) -> Result<(), String> {
    let ran = scratch.expecting(1, &["apply", "-auto-approve"])?;
    // Where lines break is nobody's business.
    let unfold = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let regex = Regex::new(pattern).map_err(|error| error.to_string())?;
    let fits = regex.is_match(&unfold(&ran.stderr));
    if fits { Ok(()) } else { Err(format!("the error does not say {pattern}:\n{}", ran.stderr)) }
}

fn prepare(step: &Step, folder: &Path, scratch: &Scratch) {
    let config = step.config.as_deref().expect("a step configures or imports");
    let text = std::fs::read_to_string(folder.join(config)).expect("the configuration can be read");
    scratch.write("main.tf", &text);
    let family = config.split('/').next().unwrap_or_default();
    let fixtures = folder.join(family).join("test-fixtures");
    if fixtures.exists() {
        std::fs::create_dir_all(scratch.path().join("test-fixtures")).expect("a folder can be made");
        scratch.copy_to(&fixtures, "test-fixtures");
    }
    for archive in step.archives() {
        pack(&archive, scratch.path());
    }
}

fn pack(archive: &Archive, directory: &Path) {
    let path = directory.join(&archive.zip);
    std::fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder can be made");
    let file = std::fs::File::create(path).expect("a zip can be written");
    let mut zip = zip::ZipWriter::new(file);
    for (from, name) in &archive.files {
        let bytes = std::fs::read(directory.join(from)).expect("the file can be read");
        zip.start_file(name, zip::write::SimpleFileOptions::default()).expect("a file can be packed");
        std::io::Write::write_all(&mut zip, &bytes).expect("a file can be packed");
    }
    zip.finish().expect("a zip can be written");
}
