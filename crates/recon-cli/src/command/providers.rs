//! `providers schema -json` and `providers docs`: what recon's resource types and data sources offer.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use recon_core::Diagnostic;
use recon_core::resource_type::{Catalog, ResourceType};

use crate::exit::Exit;
use crate::project;
use crate::render::docs::{self, Subject};
use crate::render::json::schemas;
use crate::session::Session;
use crate::stop::Stop;

/// Show what recon's providers offer
#[derive(Args, Debug)]
pub(crate) struct Flags {
    #[command(subcommand)]
    pub command: Command,
}

/// What to show.
#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Print the schemas of all resource types and data sources
    Schema {
        /// Print a JSON document; required, there is no other form
        #[arg(long)]
        json: bool,
    },
    /// Print what a resource type or data source accepts and provides, or write such a page for each of them
    Docs {
        /// The type, say `aws_lambda_alias`; with `data.` in front for a data source
        #[arg(value_name = "TYPE", required_unless_present = "dir")]
        kind: Option<String>,

        /// Write the pages of all types into the folders `resources` and `data-sources` of this directory
        #[arg(long, value_name = "DIR", conflicts_with = "kind")]
        dir: Option<PathBuf>,

        /// Show the file `TYPE/main.tf` of this directory as a type's example
        #[arg(long, value_name = "DIR", requires = "dir")]
        examples: Option<PathBuf>,
    },
}

/// Prints or writes it.
pub(crate) fn run(session: &Session, flags: &Flags) -> Result<Exit, Stop> {
    let catalog = project::catalog();
    match &flags.command {
        Command::Schema { json: true } => session.ui.data(&format!("{}\n", schemas::schemas(&catalog))),
        Command::Schema { json: false } => {
            return Err(Diagnostic::error(
                "The -json flag is required",
                "Schemas have no other form:\n\n    recon providers schema -json",
            )
            .into());
        }
        Command::Docs { dir: Some(directory), examples, .. } => {
            write_all(&catalog, directory, examples.as_deref())?;
        }
        Command::Docs { kind, .. } => {
            session.ui.data(&page(&catalog, kind.as_deref().unwrap_or_default())?);
        }
    }
    Ok(Exit::Done)
}

fn page(catalog: &Catalog, name: &str) -> Result<String, Diagnostic> {
    let found = match name.strip_prefix("data.") {
        Some(data) => catalog.data(data).map(|kind| (Subject::Data, kind)),
        None => catalog.resource(name).map(|kind| (Subject::Resource, kind)),
    };
    let Some((subject, kind)) = found else {
        let detail =
            format!("recon has no type `{name}`. All types and what they accept are in what this prints:");
        return Err(Diagnostic::error(
            "Unknown type",
            format!("{detail}\n\n    recon providers schema -json"),
        ));
    };
    Ok(docs::page(subject, kind, None))
}

fn write_all(catalog: &Catalog, directory: &Path, examples: Option<&Path>) -> Result<(), Diagnostic> {
    write_pages(catalog.resources(), Subject::Resource, &directory.join("resources"), examples)?;
    write_pages(catalog.data_sources(), Subject::Data, &directory.join("data-sources"), None)
}

fn write_pages<'a>(
    kinds: impl Iterator<Item = &'a dyn ResourceType>,
    subject: Subject,
    directory: &Path,
    examples: Option<&Path>,
) -> Result<(), Diagnostic> {
    let unwritable = |path: &Path, error: &std::io::Error| {
        Diagnostic::error("Unwritable file", format!("Failed to write `{}`: {error}.", path.display()))
    };
    std::fs::create_dir_all(directory).map_err(|error| unwritable(directory, &error))?;
    for kind in kinds {
        let file = examples.map(|examples| examples.join(kind.name()).join("main.tf"));
        // A type without an example has a page without one.
        let example = file.and_then(|file| std::fs::read_to_string(file).ok());
        let path = directory.join(format!("{}.md", kind.name()));
        let page = docs::page(subject, kind, example.as_deref());
        std::fs::write(&path, page).map_err(|error| unwritable(&path, &error))?;
    }
    Ok(())
}
