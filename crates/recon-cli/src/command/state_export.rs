//! `state export -tfstate`: the way back to Terraform.

use std::path::Path;
use std::time::Duration;

use clap::Args;
use recon_core::Diagnostic;
use recon_store::terraform::{self, Exported};

use crate::exit::Exit;
use crate::held::hold;
use crate::session::Session;
use crate::stop::Stop;
use crate::{duration, project};

/// Flags of `state export`.
#[derive(Args, Debug)]
pub(crate) struct Flags {
    /// Write a state of Terraform (`-`, or no file: to standard output); one that is there already is continued
    #[arg(long, value_name = "FILE", required = true, num_args = 0..=1, default_missing_value = "-")]
    pub tfstate: String,

    /// Wait that long for somebody else's lock
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = duration::parse)]
    pub lock_timeout: Duration,
}

/// Writes what recon manages as a Terraform state.
pub(crate) fn run(session: &mut Session, flags: &Flags) -> Result<Exit, Stop> {
    let Flags { tfstate: file, lock_timeout } = flags;
    let catalog = project::catalog();
    let (backend, _lock) = hold(session, "state export", *lock_timeout)?;
    let Some(state) = backend.read(&catalog)? else {
        let detail = "Nothing was applied or imported here yet, so there is nothing to export.";
        return Err(Diagnostic::error("No state", detail).into());
    };
    if file == "-" {
        let exported = terraform::write(&state, &catalog, None)?;
        session.ui.bytes(&exported.text);
        session.ui.talk(&left_text(&exported));
        return Ok(Exit::Done);
    }
    let path = Path::new(file);
    let before = if path.exists() { Some(recon_store::read_text(path)?) } else { None };
    let exported = terraform::write(&state, &catalog, before.as_deref().map(|text| (text, path)))?;
    terraform::save(path, &exported.text)?;
    session.ui.talk(&told(file, &exported, before.is_some()));
    Ok(Exit::Done)
}

fn told(file: &str, exported: &Exported, continued: bool) -> String {
    let Exported { text: _, serial, written, left: _, kept } = exported;
    let mut text = vec![format!("Wrote {file}: {}, serial {serial}.\n", instances(*written))];
    if *kept > 0 {
        text.push(format!("{} that recon does not manage stayed in it as before.\n", instances(*kept)));
    }
    if continued {
        text.push(format!("The file before is kept as {file}.backup.\n"));
    }
    text.push(left_text(exported));
    text.push(format!(
        "\nFrom now on let only Terraform apply. If its state lives elsewhere, put this one in place with:\n\n    terraform state push {file}\n"
    ));
    text.concat()
}

fn left_text(exported: &Exported) -> String {
    if exported.left.is_empty() {
        return String::new();
    }
    let names: String = exported.left.iter().map(|address| format!("  {address}\n")).collect();
    format!(
        "\nThese are not in it, because only recon knows their types:\n\n{names}\nWhat they made stays in AWS as it is: published versions \
         are kept, and a stage's variable and permission go on working. Terraform knows nothing of them, so it would take a bound stage's \
         variable away unless the stage declares it.\n"
    )
}

fn instances(count: usize) -> String {
    if count == 1 { "1 instance".to_owned() } else { format!("{count} instances") }
}
