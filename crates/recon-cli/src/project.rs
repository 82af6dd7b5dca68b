//! Assembles what a run needs: configuration, variables, types, providers, state.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use recon_core::plan::Plan;
use recon_core::provider::{ErrorKind, Provider, ProviderError, Waits};
use recon_core::resource_type::Catalog;
use recon_core::state::State;
use recon_core::value::Name;
use recon_core::{Diagnostic, Diagnostics, Known, Value};
use recon_engine::{Connector, Events, Interrupt, Project};
use recon_parser::load::{self, Loaded, WhenEmpty, load};
use recon_store::{Backend, Workspace};

use crate::command::validate;
use crate::files::Disk;
use crate::flags::RunFlags;
use crate::progress::Progress;
use crate::session::Session;
use crate::stop::Stop;
use crate::variables;

/// Environment variables that name the workspace of a single run; the first that is set counts.
const WORKSPACE_VARIABLES: [&str; 2] = ["RECON_WORKSPACE", "TF_WORKSPACE"];

/// A project with what watches over its run.
pub(crate) struct Opened {
    /// What the engine works on.
    pub project: Project,
    /// By which it is asked to stop.
    pub interrupt: Arc<Interrupt>,
    /// What hears from it.
    pub progress: Arc<Progress>,
}

/// The project of the current directory.
pub(crate) fn open(session: &mut Session, flags: &RunFlags, when_empty: WhenEmpty) -> Result<Opened, Stop> {
    let loaded = load_configuration(session, when_empty)?;
    let values = variables::of_run(session, &loaded.module, flags)?;
    assemble(session, loaded, values, flags.parallelism)
}

/// The project of the current directory, with the variables of a saved plan.
pub(crate) fn open_for_plan(session: &mut Session, flags: &RunFlags, plan: &Plan) -> Result<Opened, Stop> {
    let loaded = load_configuration(session, WhenEmpty::Accept)?;
    let values =
        plan.base.variables.iter().map(|(name, value)| (name.clone(), value.clone().into_value())).collect();
    assemble(session, loaded, values, flags.parallelism)
}

/// The configuration of the current directory; its warnings are printed.
pub(crate) fn load_configuration(session: &mut Session, when_empty: WhenEmpty) -> Result<Loaded, Stop> {
    let disk = Disk::new(&session.origin);
    let mut loaded = load(&disk, &mut session.sources, &load::Options { when_empty });
    let mut diagnostics = std::mem::take(&mut loaded.diagnostics);
    if diagnostics.has_errors() {
        diagnostics.extend(validate::beyond_loading(&loaded, &disk));
        return Err(diagnostics.into());
    }
    session.report(&diagnostics);
    Ok(loaded)
}

/// A project from its parts.
pub(crate) fn assemble(
    session: &Session,
    loaded: Loaded,
    variables: BTreeMap<Name, Value>,
    parallelism: usize,
) -> Result<Opened, Stop> {
    let workspace = workspace()?;
    let name = workspace.name.clone();
    let interrupt = Arc::new(Interrupt::default());
    let progress = Progress::new(Arc::clone(&session.ui), session.shape);
    let events: Arc<dyn Events> = progress.clone();
    let project = Project {
        backend: backend_of(&loaded, workspace)?,
        module: loaded.module,
        config_digest: loaded.digest,
        variables,
        catalog: Arc::new(catalog()),
        files: Box::new(Disk::new(&session.origin)),
        connector: Box::new(Providers),
        workspace: name,
        started_at_ms: jiff::Timestamp::now().as_millisecond(),
        parallelism,
        events,
        interrupt: Arc::clone(&interrupt),
    };
    Ok(Opened { project, interrupt, progress })
}

/// Where the current directory's state lives. A configuration with mistakes elsewhere does not keep one from it.
pub(crate) fn backend(session: &mut Session) -> Result<Box<dyn Backend>, Stop> {
    let disk = Disk::new(&session.origin);
    let loaded = load(&disk, &mut session.sources, &load::Options { when_empty: WhenEmpty::Accept });
    backend_of(&loaded, workspace()?)
}

fn backend_of(loaded: &Loaded, workspace: Workspace) -> Result<Box<dyn Backend>, Stop> {
    let Some((name, body)) = &loaded.module.backend else { return Ok(recon_store::open(None, workspace)?) };
    let backend = recon_store::open(Some(name), workspace).map_err(|error| match body.span {
        Some(span) => error.diagnostic().at(span),
        None => error.diagnostic(),
    })?;
    let written = body.attributes.iter().map(|(name, argument)| (name, argument.name_span));
    let mistakes = written.map(|(argument, span)| {
        let detail = format!(
            "The backend `{name}` takes no arguments: states live in the directory `state`. Remove `{argument}`."
        );
        Diagnostic::error("Unsupported argument", detail).at(span)
    });
    let mistakes: Diagnostics = mistakes.collect();
    if mistakes.has_errors() { Err(mistakes.into()) } else { Ok(backend) }
}

/// What is wrong with the backend that a configuration names.
pub(crate) fn backend_mistakes(loaded: &Loaded) -> Diagnostics {
    let opened = workspace().and_then(|workspace| backend_of(loaded, workspace));
    opened.err().map(|Stop(mistakes)| mistakes).unwrap_or_default()
}

/// The state as it is stored; what a run did that is not finished is not in it, and that is said.
pub(crate) fn remembered(session: &mut Session) -> Result<Option<State>, Stop> {
    let (backend, catalog) = (backend(session)?, catalog());
    if backend.read_journal(&catalog)?.is_some() {
        let detail = "An apply is at work, or one was cut off, and what it did so far is not in the state yet, which is all that is shown here. After a cut, `recon plan` completes the state.";
        session.report(&Diagnostic::warning("Unfinished run", detail).into());
    }
    Ok(backend.read(&catalog)?)
}

/// The selected workspace.
pub(crate) fn workspace() -> Result<Workspace, Stop> {
    Ok(match named_workspace() {
        Some((_, name)) => Workspace::new(state_directory(), &name)?,
        None => Workspace::selected(state_directory())?,
    })
}

/// The workspace that the environment names, and the variable that does.
pub(crate) fn named_workspace() -> Option<(&'static str, String)> {
    let named = WORKSPACE_VARIABLES.into_iter().find_map(|name| Some((name, std::env::var(name).ok()?)));
    named.filter(|(_, value)| !value.is_empty())
}

/// Where all workspaces' states live.
pub(crate) fn state_directory() -> PathBuf {
    PathBuf::from("state")
}

/// All types that recon has.
pub(crate) fn catalog() -> Catalog {
    let mut catalog = Catalog::default();
    recon_engine::register_builtin(&mut catalog);
    recon_aws::register(&mut catalog);
    catalog
}

/// Makes providers by name.
struct Providers;

#[async_trait]
impl Connector for Providers {
    async fn connect(
        &self,
        provider: &str,
        config: &Known,
        waits: Arc<dyn Waits>,
    ) -> Result<Arc<dyn Provider>, ProviderError> {
        match provider {
            "aws" => recon_aws::connect_telling(config, waits).await,
            "archive" => Ok(recon_aws::archive()),
            other => {
                let message = format!("recon has no provider `{other}`");
                Err(ProviderError::new(ErrorKind::Unsupported, "connect", message))
            }
        }
    }
}
