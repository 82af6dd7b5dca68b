//! The recon program: commands, flags, rendering.
//!
//! It decides nothing about infrastructure: the engine does what there is to do, and this says what was done.

mod arguments;
mod around;
mod cli;
mod command;
mod desk;
mod dialogue;
mod drifting;
mod duration;
mod exit;
mod files;
mod flags;
mod held;
mod hidden;
mod moving;
mod progress;
mod project;
mod render;
mod session;
mod stop;
mod ui;
mod unsupported;
mod variables;

use std::process::ExitCode;
use std::sync::Arc;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};
use recon_core::{Diagnostic, SourceMap};

use crate::cli::{Cli, Command};
use crate::exit::Exit;
use crate::session::{Session, Shape};
use crate::stop::Stop;
use crate::ui::Ui;

/// The stack of the thread that does the work: expressions and plans may nest deeper than a main thread's stack.
const STACK_BYTES: usize = 64 * 1024 * 1024;

/// Runs the program.
pub fn main() -> ExitCode {
    let work = std::thread::Builder::new().name("recon".to_owned()).stack_size(STACK_BYTES).spawn(begin);
    match work.map(std::thread::JoinHandle::join) {
        Ok(Ok(exit)) => exit.into(),
        // A panic has printed itself; so has a system without threads.
        Ok(Err(_)) | Err(_) => Exit::Error.into(),
    }
}

fn begin() -> Exit {
    let command = Cli::command();
    let arguments = arguments::normalised(std::env::args_os(), &command);
    match Cli::try_parse_from(arguments) {
        Ok(cli) => in_session(cli),
        Err(error) => refused(&error),
    }
}

/// Help and the version are no errors; everything else is, whatever the code that the parser of flags would choose.
fn refused(error: &clap::Error) -> Exit {
    let ui = Ui::new(false);
    let text = error.render();
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        ui.data(&text.ansi().to_string());
        return Exit::Done;
    }
    match unsupported::flag(error) {
        Some(diagnostic) => ui.talk(&render::diagnostics::diagnostic(&diagnostic, &SourceMap::default())),
        None => ui.talk(&text.ansi().to_string()),
    }
    Exit::Error
}

fn in_session(cli: Cli) -> Exit {
    let Cli { chdir, no_color, command } = cli;
    let origin = std::env::current_dir().unwrap_or_default().display().to_string();
    let ui = Arc::new(Ui::new(no_color));
    let mut session = Session { ui, shape: Shape::Text, sources: SourceMap::default(), origin };
    if let Some(directory) = chdir
        && let Err(error) = std::env::set_current_dir(&directory)
    {
        let detail = format!("Failed to go to `{}`: {error}.", directory.display());
        session.report(&Diagnostic::error("No such directory", detail).into());
        return Exit::Error;
    }
    match run(&mut session, &command) {
        Ok(exit) => exit,
        Err(Stop(diagnostics)) => {
            session.report(&diagnostics);
            Exit::Error
        }
    }
}

fn run(session: &mut Session, command: &Command) -> Result<Exit, Stop> {
    match command {
        Command::Plan(flags) => command::plan::run(session, flags),
        Command::Apply(flags) => command::apply::run(session, flags),
        Command::Destroy(flags) => command::destroy::run(session, flags),
        Command::Refresh(flags) => command::refresh::run(session, flags),
        Command::Drift(flags) => command::drift::run(session, flags),
        Command::Import(flags) => command::import::run(session, flags),
        Command::Validate(flags) => Ok(command::validate::run(session, flags)),
        Command::Fmt(flags) => command::fmt::run(session, flags),
        Command::Show(flags) => command::show::run(session, flags),
        Command::Output(flags) => command::output::run(session, flags),
        Command::State(flags) => command::state::run(session, flags),
        Command::Workspace(flags) => command::workspace::run(session, flags),
        Command::ForceUnlock(flags) => command::force_unlock::run(session, flags),
        Command::Console(flags) => command::console::run(session, flags),
        Command::Graph(flags) => command::graph::run(session, flags),
        Command::Providers(flags) => command::providers::run(session, flags),
        Command::Sandbox(flags) => command::sandbox::run(session, flags),
        Command::Init(flags) => Ok(command::init::run(session, flags)),
        Command::Version(flags) => Ok(command::version::run(session, flags)),
        Command::Completions(flags) => Ok(command::completions::run(session, flags)),
        Command::Man(flags) => command::man::run(session, flags),
    }
}
