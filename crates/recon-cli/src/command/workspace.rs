//! `workspace show|list|new|select|delete`.

use clap::{Args, Subcommand};
use recon_core::Diagnostic;
use recon_store::Workspace;

use crate::exit::Exit;
use crate::project;
use crate::render::style;
use crate::session::Session;
use crate::stop::Stop;

/// Show, list, make, select and delete workspaces
///
/// Each workspace has a state of its own, state/NAME.json. `RECON_WORKSPACE` or `TF_WORKSPACE` selects one for a single run.
#[derive(Args, Debug)]
pub(crate) struct Flags {
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Print the name of the selected workspace
    Show,
    /// List all workspaces; a star marks the selected one
    List,
    /// Make a workspace and select it
    New {
        /// Its name
        name: String,
    },
    /// Select a workspace
    Select {
        /// Its name
        name: String,
        /// Make it if there is none of that name
        #[arg(long)]
        or_create: bool,
    },
    /// Delete a workspace whose state is empty
    Delete {
        /// Its name
        name: String,
        /// Delete it even if its state remembers objects, which then nobody manages
        #[arg(long)]
        force: bool,
    },
}

/// Does it.
pub(crate) fn run(session: &Session, flags: &Flags) -> Result<Exit, Stop> {
    let directory = project::state_directory();
    match &flags.command {
        Command::Show => session.ui.data(&format!("{}\n", project::workspace()?)),
        Command::List => {
            let selected = project::workspace()?.name;
            for name in Workspace::list(&directory)? {
                let star = if name == selected { "*" } else { " " };
                session.ui.data(&format!("{star} {name}\n"));
            }
        }
        Command::New { name } => {
            Workspace::create(directory, name, &project::catalog())?;
            session.ui.talk(&format!("Made and selected the workspace \"{name}\". Its state is empty.\n"));
        }
        Command::Select { name, or_create } => {
            overridden(session, name);
            let workspace = Workspace::new(directory.clone(), name)?;
            if *or_create && !workspace.exists() {
                Workspace::create(directory, name, &project::catalog())?;
            } else {
                workspace.select()?;
            }
            session.ui.talk(&format!("Selected the workspace \"{name}\".\n"));
        }
        Command::Delete { name, force } => delete(session, name, *force)?,
    }
    Ok(Exit::Done)
}

/// Says that the environment has the last word.
fn overridden(session: &Session, name: &str) {
    let Some((variable, value)) = project::named_workspace().filter(|(_, value)| value != name) else {
        return;
    };
    let detail = format!(
        "{variable} is \"{value}\", and as long as it is set that workspace is used, whichever is selected. Unset it to use \"{name}\"."
    );
    session.report(&Diagnostic::warning("Workspace is overridden", detail).into());
}

fn delete(session: &Session, name: &str, force: bool) -> Result<(), Stop> {
    let workspace = Workspace::new(project::state_directory(), name)?;
    workspace.may_go()?;
    let backend = recon_store::open(None, workspace.clone())?;
    let _lock = backend.lock("workspace delete", std::time::Duration::ZERO)?;
    let remembered = backend.read(&project::catalog())?.map_or(0, |state| state.resources.len());
    if remembered > 0 && !force {
        let detail = format!(
            "The state of \"{name}\" remembers {}. Destroy them first:\n\n    RECON_WORKSPACE={name} recon destroy\n\nWith -force the workspace goes and they stay, managed by nobody.",
            style::count(remembered, "resource instance")
        );
        return Err(Diagnostic::error("Workspace is not empty", detail).into());
    }
    workspace.delete()?;
    session.ui.talk(&format!("Deleted the workspace \"{name}\".\n"));
    Ok(())
}
