//! Looks at one or many directories in one process: those of a batch share their reads, and a batch is let go before
//! the next one begins, so that memory does not grow with the number of stacks.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use jiff::civil::Date;
use recon_core::provider::{Provider, ProviderError, Reach, Waits};
use recon_core::value::Name;
use recon_core::{Address, Diagnostic, Diagnostics, Known, SourceMap};
use recon_engine::drift::{self, Begun};
use recon_engine::{Connector, PlanRequest, Project};
use recon_parser::load::WhenEmpty;
use tokio::sync::Mutex;

use super::ignore;
pub(crate) use super::ignore::Rules;
use crate::flags::RunFlags;
use crate::project::{self, Opened};
use crate::render::diagnostics;
use crate::render::report::{self, Kind, Place, Source, Stack};
use crate::session::Session;
use crate::stop::Stop;

/// How many objects a batch has, unless one stack alone has more.
const BATCH_OBJECTS: usize = 2_500;
/// How many stacks a batch has.
const BATCH_STACKS_MAX: usize = 32;

/// What a run is asked.
pub(crate) struct Job<'a> {
    /// The directories; `.` alone where only the current one is looked at.
    pub stacks: &'a [String],
    /// Variables and the like, the same for all.
    pub run: &'a RunFlags,
    /// What is planned.
    pub request: &'a PlanRequest,
    /// How far to look for what nobody declared.
    pub reach: Reach,
    /// Whether to find out who did what was found.
    pub blame: bool,
    /// The directory that the names of the stacks are relative to.
    pub home: PathBuf,
    /// Rules for all stacks.
    pub rules: Rules,
    /// Whether these are all stacks that there are.
    pub has_all_stacks: bool,
    /// The day by which rules run out.
    pub today: Date,
}

impl Job<'_> {
    /// Whether all objects of a stack are looked at.
    fn is_whole(&self) -> bool {
        self.request.options.targets.is_empty() && self.request.options.excludes.is_empty()
    }
}

/// A stack that is being looked at.
struct Looking {
    name: String,
    session: Session,
    opened: Opened,
    begun: Begun,
}

/// What a run yields: the stacks, and what there is to say beside the report.
pub(crate) struct Found {
    /// Stack by stack, in the order of the job.
    pub stacks: Vec<Stack>,
    /// Warnings.
    pub warnings: Vec<(Diagnostics, SourceMap)>,
}

/// Everything that all stacks of a run share.
struct Run<'a> {
    job: &'a Job<'a>,
    connections: Arc<Connections>,
    declared: BTreeSet<(Name, String)>,
    found: BTreeMap<String, Stack>,
    warnings: Vec<(Diagnostics, SourceMap)>,
    /// The places of the rules that fit something.
    fitting: BTreeSet<String>,
}

/// Looks at all stacks. A single one that cannot be looked at ends the run; of several, the report tells.
pub(crate) async fn run(session: &Session, job: &Job<'_>) -> Result<Found, Stop> {
    let mut run = Run {
        job,
        connections: Arc::default(),
        declared: BTreeSet::new(),
        found: BTreeMap::new(),
        warnings: Vec::new(),
        fitting: BTreeSet::new(),
    };
    let result = run.all(session).await;
    // Whatever happened, reports go where the user is.
    drop(std::env::set_current_dir(&job.home));
    result?;
    let Run { declared, mut found, mut warnings, fitting, .. } = run;
    if job.has_all_stacks && job.is_whole() && found.values().all(|stack| stack.error.is_none()) {
        warnings.push((job.rules.idle(&fitting, job.today), SourceMap::default()));
    }
    let stacks =
        job.stacks.iter().filter_map(|name| found.remove(name)).map(|stack| undeclared(stack, &declared));
    Ok(Found { stacks: stacks.collect(), warnings })
}

/// The stack without what another stack declares.
fn undeclared(mut stack: Stack, declared: &BTreeSet<(Name, String)>) -> Stack {
    let is_declared =
        |object: &report::Object| declared.contains(&(Name::from(object.kind.as_str()), object.id.clone()));
    stack
        .findings
        .retain(|one| one.kind != Kind::Undeclared || !one.object.as_ref().is_some_and(is_declared));
    stack
}

impl Run<'_> {
    async fn all(&mut self, session: &Session) -> Result<(), Stop> {
        let mut batch: Vec<Looking> = Vec::new();
        let mut objects = 0;
        for name in self.job.stacks {
            let mut own = Session {
                ui: Arc::clone(&session.ui),
                shape: session.shape,
                sources: SourceMap::default(),
                origin: session.origin.clone(),
            };
            match self.begin(&mut own, name).await {
                Ok((opened, begun)) => {
                    objects += begun.objects();
                    batch.push(Looking { name: name.clone(), session: own, opened, begun });
                }
                Err(stop) => self.fail(name, stop, &own.sources)?,
            }
            if objects >= BATCH_OBJECTS || batch.len() >= BATCH_STACKS_MAX {
                self.batch(std::mem::take(&mut batch)).await?;
                objects = 0;
            }
        }
        self.batch(batch).await
    }

    /// Reads configuration and state of a directory.
    async fn begin(&self, session: &mut Session, name: &str) -> Result<(Opened, Begun), Stop> {
        self.enter(name)?;
        let mut opened = project::open(session, self.job.run, WhenEmpty::Refuse)?;
        let own = std::mem::replace(&mut opened.project.connector, Box::new(Nobody));
        opened.project.connector = Box::new(Shared { connections: Arc::clone(&self.connections), own });
        let begun = drift::begin(&opened.project).await?;
        Ok((opened, begun))
    }

    fn enter(&self, name: &str) -> Result<(), Diagnostic> {
        let directory = self.job.home.join(name);
        std::env::set_current_dir(&directory).map_err(|error| {
            Diagnostic::error("No such directory", format!("Failed to go to `{name}`: {error}."))
        })
    }

    async fn batch(&mut self, batch: Vec<Looking>) -> Result<(), Stop> {
        let pairs: Vec<(&Project, &Begun)> =
            batch.iter().map(|one| (&one.opened.project, &one.begun)).collect();
        let seen = drift::look(&pairs, self.job.reach).await;
        drop(pairs);
        for (one, seen) in batch.into_iter().zip(seen) {
            let (name, sources) = (one.name.clone(), one.session.sources.clone());
            let concluded = match seen {
                Ok(seen) => self.conclude(one, seen).await,
                Err(diagnostics) => Err(diagnostics.into()),
            };
            match concluded {
                Ok(stack) => drop(self.found.insert(name, stack)),
                Err(stop) => self.fail(&name, stop, &sources)?,
            }
        }
        Ok(())
    }

    async fn conclude(&mut self, one: Looking, seen: drift::Seen) -> Result<Stack, Stop> {
        let Looking { name, session, opened, begun } = one;
        let (name, project) = (name.as_str(), &opened.project);
        self.enter(name)?;
        let rules = rules(Path::new(ignore::FILE), name)?;
        let witnesses = begun.witnesses();
        let mut found = drift::conclude(project, self.job.request, begun, seen).await?;
        let mut warnings = std::mem::take(&mut found.warnings);
        if self.job.blame {
            let (deeds, untold) = witnesses.blame(&project.catalog, &found).await;
            found.deeds = deeds;
            warnings.extend(untold);
        }
        warnings.extend(rules.expired(self.job.today));
        let place = |address: &Address| place(&session, project, address);
        let source = Source { report: &found, catalog: &project.catalog, place: &place };
        let mut stack = report::findings(&source, name);
        let all = rules.clone().and(&self.job.rules);
        self.fitting.extend(all.fitting(&stack, &project.catalog));
        if self.job.is_whole() {
            warnings.extend(rules.idle(&self.fitting, self.job.today));
        }
        self.warnings.push((warnings, session.sources.clone()));
        all.apply(&mut stack, self.job.today);
        self.declared.append(&mut found.declared);
        Ok(stack)
    }

    fn fail(&mut self, name: &str, Stop(diagnostics): Stop, sources: &SourceMap) -> Result<(), Stop> {
        let text = diagnostics::diagnostics(&diagnostics, sources);
        let text = anstream::adapter::strip_str(&text).to_string();
        if self.job.stacks == ["."] {
            return Err(Stop(diagnostics));
        }
        let stack = Stack { name: name.to_owned(), error: Some(text.trim().to_owned()), ..Stack::default() };
        self.found.insert(name.to_owned(), stack);
        Ok(())
    }
}

/// The rules of the current directory's file, if it has one; `stack` is how messages call the directory.
pub(crate) fn rules(file: &Path, stack: &str) -> Result<Rules, Diagnostics> {
    let name = if stack == "." { ignore::FILE.to_owned() } else { format!("{stack}/{}", ignore::FILE) };
    match std::fs::read_to_string(file) {
        Ok(text) => Rules::parse(&text, &name),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Rules::default()),
        Err(error) => {
            let detail = format!("Failed to read `{name}`: {error}.");
            Err(Diagnostic::error("Ignore rules cannot be read", detail).into())
        }
    }
}

/// Where the block of an instance stands.
fn place(session: &Session, project: &Project, address: &Address) -> Option<Place> {
    let block = project.module.resource(&address.resource)?;
    let file = session.sources.file(block.span.file)?;
    Some((file.name.to_string(), session.sources.position(block.span).0))
}

/// Connections by provider and configuration: stacks of one account and region share theirs, with its quotas.
#[derive(Default)]
struct Connections(Mutex<BTreeMap<(String, Known), Arc<dyn Provider>>>);

struct Shared {
    connections: Arc<Connections>,
    own: Box<dyn Connector>,
}

#[async_trait]
impl Connector for Shared {
    async fn connect(
        &self,
        provider: &str,
        config: &Known,
        waits: Arc<dyn Waits>,
    ) -> Result<Arc<dyn Provider>, ProviderError> {
        let mut known = self.connections.0.lock().await;
        let key = (provider.to_owned(), config.clone());
        if let Some(found) = known.get(&key) {
            return Ok(Arc::clone(found));
        }
        let made = self.own.connect(provider, config, waits).await?;
        known.insert(key, Arc::clone(&made));
        Ok(made)
    }
}

/// Stands in while a connector is moved.
struct Nobody;

#[async_trait]
impl Connector for Nobody {
    async fn connect(
        &self,
        provider: &str,
        _config: &Known,
        _waits: Arc<dyn Waits>,
    ) -> Result<Arc<dyn Provider>, ProviderError> {
        let kind = recon_core::provider::ErrorKind::Unsupported;
        Err(ProviderError::new(kind, "connect", format!("there is no provider `{provider}`")))
    }
}
