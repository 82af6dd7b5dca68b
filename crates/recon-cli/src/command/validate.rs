//! `validate`: what is wrong in the configuration, as far as can be told without reading anything.

use std::collections::BTreeMap;

use clap::Args;
use recon_core::state::{Lineage, State};
use recon_core::value::Name;
use recon_core::{Diagnostic, Diagnostics, SourceMap, Type, Value};
use recon_parser::config::Module;
use recon_parser::load::{self, Loaded, load};
use recon_planner::input::{AnswerBook, Input, Options};

use crate::exit::Exit;
use crate::files::Disk;
use crate::project;
use crate::render::json::diagnostics::validation;
use crate::render::style;
use crate::session::Session;

/// Find mistakes in the configuration, without AWS and without the state
#[derive(Args, Debug)]
pub(crate) struct Flags {
    /// Print a JSON document
    #[arg(long)]
    pub json: bool,
}

/// Validates the configuration of the current directory.
pub(crate) fn run(session: &mut Session, flags: &Flags) -> Exit {
    let found = validate(&session.origin, &mut session.sources);
    let valid = !found.has_errors();
    if flags.json {
        session.ui.data(&format!("{:#}\n", validation(&found, &session.sources)));
    } else {
        session.report(&found);
        if valid {
            let but = if found.is_empty() {
                ""
            } else {
                ", but there were some validation warnings as shown above"
            };
            session.ui.data(&format!(
                "{} The configuration is valid{but}.\n",
                style::paint(style::DONE, "Success!")
            ));
        }
    }
    if valid { Exit::Done } else { Exit::Error }
}

fn validate(origin: &str, sources: &mut SourceMap) -> Diagnostics {
    let disk = Disk::new(origin);
    let loaded = load(&disk, sources, &load::Options::default());
    let mut found = loaded.diagnostics;
    found.extend(beyond_loading(&Loaded { diagnostics: Diagnostics::new(), ..loaded }, &disk));
    found
}

/// What is wrong in a configuration beyond what loading it found.
pub(crate) fn beyond_loading(loaded: &Loaded, disk: &Disk) -> Diagnostics {
    let nothing = State::empty(Lineage("".into()));
    let input = Input {
        module: &loaded.module,
        config_digest: &loaded.digest,
        variables: &any_values(&loaded.module),
        catalog: &project::catalog(),
        remembered: &nothing,
        observed: &nothing,
        options: &Options::default(),
        answers: &AnswerBook::default(),
        files: disk,
        planned_at_ms: jiff::Timestamp::now().as_millisecond(),
        workspace: recon_store::workspace::DEFAULT,
    };
    let mut found = recon_planner::validate(&input);
    found.extend(project::backend_mistakes(loaded));
    if loaded.broken.is_empty() {
        return found;
    }
    // What a file has that was read in part may be half of what it says.
    let is_sound = |found: &Diagnostic| {
        found.labels.first().is_some_and(|label| !loaded.broken.contains(&label.span.file))
    };
    found.into_iter().filter(is_sound).collect()
}

/// Whatever the variables will be: what is valid is so for all values of them.
fn any_values(module: &Module) -> BTreeMap<Name, Value> {
    module.variables.keys().map(|name| (name.clone(), Value::unknown(Type::Any))).collect()
}
