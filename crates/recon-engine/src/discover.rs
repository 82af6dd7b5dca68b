//! Takes over what nobody declared: finds it, writes it down, and makes sure that the plan that follows is empty.
//!
//! The order in which files are written leaves nothing half. First the configuration with `import` blocks: cut off
//! there, the next plan takes the objects over. Then the state, beside which those blocks do nothing. Then the
//! configuration without them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use recon_core::change::Change;
use recon_core::discovery::{Discovery, Found, Selector, Unread};
use recon_core::plan::{Plan, PlanKind};
use recon_core::provider::{ErrorKind, Provider};
use recon_core::state::{Health, Instance, Object, ProviderKey, State};
use recon_core::value::Name;
use recon_core::{Address, Diagnostic, Diagnostics, Known, ResourceMode, SourceMap, Type, Value};
use recon_parser::load::{Options as LoadOptions, WhenEmpty, load};
use recon_planner::input::Options;

use crate::connect::{self, Providers, describe, provider_of};
use crate::overlay::Overlay;
use crate::project::{Event, Project};
use crate::run::Failure;
use crate::writer::{self, Around, Taken, Written};
use crate::{planning, recover};

/// What to find, and how to write it down.
#[derive(Clone, Debug)]
pub struct DiscoverRequest {
    /// The provider that looks.
    pub provider: Name,
    /// What to look for.
    pub selector: Selector,
    /// What becomes of the files that objects are made from.
    pub code: Code,
    /// The file to write.
    pub file: String,
    /// Whether the result is only shown.
    pub shows_only: bool,
    /// How long to wait for a lock.
    pub lock_timeout: Duration,
}

/// What becomes of the files that objects are made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// They are downloaded beside the configuration.
    Download,
    /// They are left to others.
    Ignore,
}

/// Where files are written. What is not kept is taken back.
pub trait Desk {
    /// Writes a file that an object was made from; one with that very content may be there already.
    fn package(&mut self, name: &str, bytes: &[u8]) -> Result<(), Diagnostic>;

    /// Writes the values of variables that must not be read by others; they may be there already.
    fn secrets(&mut self, text: &str) -> Result<(), Diagnostic>;

    /// Writes the configuration, whole or not at all.
    fn configuration(&mut self, text: &str) -> Result<(), Diagnostic>;

    /// Keeps what was written.
    fn keep(&mut self);
}

/// What came of a search.
#[derive(Debug)]
pub struct Discovered {
    /// The configuration.
    pub text: String,
    /// How many objects of each type it declares.
    pub counts: BTreeMap<Name, usize>,
    /// What was found and is managed already.
    pub managed: Vec<Address>,
    /// How many secrets are in a file of their own.
    pub secrets: usize,
    /// What the user should know.
    pub notes: Vec<String>,
    /// Whether it is written.
    pub verdict: Verdict,
}

/// What became of a configuration.
#[derive(Debug)]
pub enum Verdict {
    /// It and the state are written.
    Written,
    /// It was only to be shown, and would be written.
    Shown,
    /// It would not leave an empty plan, so nothing is written; the plan, and the addresses that would change.
    Refused(Box<Plan>, Vec<Address>),
    /// All that was found is managed already.
    NothingNew,
}

/// Finds what a selector leads to, writes it down and remembers it.
pub async fn discover(
    project: &mut Project,
    request: &DiscoverRequest,
    sources: &mut SourceMap,
    desk: &mut dyn Desk,
) -> Result<Discovered, Failure> {
    let _lock = project.backend.lock("import", request.lock_timeout)?;
    let key = ProviderKey { name: request.provider.clone(), alias: None };
    let start = recover::read(project)?;
    let mut providers = planning::connect_all(project, &start.state).await?;
    if !providers.contains_key(&key) {
        let bare = BTreeMap::from([(key.clone(), Known::with_nulls(&Value::null(Type::Any)))]);
        providers.extend(connect::connect(project, bare).await.map_err(Failure::Diagnosed)?);
    }
    let remembered = recover::settle(project, &providers, start, None).await?;
    let provider =
        Arc::clone(provider_of(&providers, &key).map_err(|found| Failure::Diagnosed(found.into()))?);
    let search = Search { request, key, provider, remembered };
    let discovery = search.find(project).await?;
    let (new, managed) = search.new_ones(discovery.found);
    let mut discovered = Discovered {
        text: String::new(),
        counts: counts(&new),
        managed,
        secrets: 0,
        notes: discovery.notes,
        verdict: Verdict::NothingNew,
    };
    if new.is_empty() {
        return Ok(discovered);
    }
    let new = search.with_code(project, new, desk).await?;
    let mut written = search.write(project, &new, &discovery.provider);
    written.text = laid_out(&written.text, sources).map_err(Failure::Diagnosed)?;
    written.imports = laid_out(&written.imports, sources).map_err(Failure::Diagnosed)?;
    discovered.text = written.text.clone();
    discovered.secrets = written.secrets.len();
    search.declare(project, &written, sources).map_err(Failure::Diagnosed)?;
    let page = Page { found: &new, written: &written };
    discovered.verdict = search.verify(project, &providers, &page, desk).await?;
    Ok(discovered)
}

/// The text as `fmt` would have it.
fn laid_out(text: &str, sources: &mut SourceMap) -> Result<String, Diagnostics> {
    let file = sources.add("discovered", text);
    recon_parser::format::format(file, text.trim_end()).map(|text| format!("{}\n", text.trim_end()))
}

fn counts(found: &[Found]) -> BTreeMap<Name, usize> {
    let mut counts = BTreeMap::new();
    for one in found {
        *counts.entry(one.kind.clone()).or_default() += 1;
    }
    counts
}

/// Objects and what was written of them.
struct Page<'a> {
    found: &'a [Found],
    written: &'a Written,
}

struct Search<'a> {
    request: &'a DiscoverRequest,
    key: ProviderKey,
    provider: Arc<dyn Provider>,
    remembered: State,
}

impl Search<'_> {
    async fn find(&self, project: &Project) -> Result<Discovery, Failure> {
        let events = Arc::clone(&project.events);
        let hears = move |progress: &str| events.event(&Event::Searching { progress: progress.to_owned() });
        let found = self.provider.discover(&self.request.selector, &hears).await;
        let found = found.map_err(|error| Failure::Diagnosed(describe("Discovery failed", &error).into()))?;
        if !found.unread.is_empty() {
            return Err(Failure::Diagnosed(unread(&found)));
        }
        if found.found.is_empty() {
            let detail = match self.request.selector {
                Selector::Everything => "There is no API and no function in the region.",
                _ => {
                    "The selector fits nothing that is there. `recon import -discover` without one takes everything in the region."
                }
            };
            return Err(Failure::Diagnosed(Diagnostic::error("Nothing found", detail).into()));
        }
        Ok(found)
    }

    /// The objects that no address manages, and the addresses of the others.
    fn new_ones(&self, found: Vec<Found>) -> (Vec<Found>, Vec<Address>) {
        let identities: BTreeMap<&str, &'static [&'static str]> =
            found.iter().map(|one| (&*one.kind, one.identity)).collect();
        let mut owners: BTreeMap<(Name, Vec<Value>), Address> = BTreeMap::new();
        for (address, instance) in &self.remembered.resources {
            let Some(identity) = identities.get(&**address.kind()) else { continue };
            if let Some(object) = instance.object.as_ref().filter(|_| instance.provider == self.key) {
                owners.insert((address.kind().clone(), identify(&object.value, identity)), address.clone());
            }
        }
        let mut managed = Vec::new();
        let mut new = Vec::new();
        for one in found {
            match owners.get(&(one.kind.clone(), identify(&one.value, one.identity))) {
                Some(address) => managed.push(address.clone()),
                None => new.push(one),
            }
        }
        (new, managed)
    }

    /// The objects with the files that they are made from.
    async fn with_code(
        &self,
        project: &Project,
        mut found: Vec<Found>,
        desk: &mut dyn Desk,
    ) -> Result<Vec<Found>, Failure> {
        if self.request.code == Code::Ignore {
            return Ok(found);
        }
        for one in &mut found {
            let Some(code) = project.catalog.manner(&one.kind).code else { continue };
            let Some(file) = (code.file)(&one.value) else { continue };
            project.events.event(&Event::Searching { progress: format!("Downloading {file}.") });
            let bytes = self.provider.package(&one.kind, &one.value).await;
            let bytes = bytes
                .map_err(|error| Failure::Diagnosed(describe("Code cannot be downloaded", &error).into()))?;
            let Some(bytes) = bytes else { continue };
            desk.package(&file, &bytes).map_err(|found| Failure::Diagnosed(found.into()))?;
            one.value = one.value.clone().with_part(code.argument, Known::with_nulls(&Value::from(file)));
        }
        Ok(found)
    }

    fn write(&self, project: &Project, found: &[Found], provider: &[(&'static str, Value)]) -> Written {
        let module = &project.module;
        let mut taken: Taken =
            module.resources.keys().map(|(_, kind, name)| (kind.clone(), name.clone())).collect();
        let remembered = self.remembered.resources.keys().filter(|address| address.module().is_root());
        taken.extend(remembered.map(|address| (address.kind().clone(), address.resource.name.clone())));
        let declared = |address: &Address| {
            let resource = &address.resource;
            let block = (ResourceMode::Managed, resource.kind.clone(), resource.name.clone());
            address.module().is_root() && !address.is_data() && module.resources.contains_key(&block)
        };
        let managed: Vec<(Address, Known)> = self
            .remembered
            .resources
            .iter()
            .filter(|(address, _)| declared(address))
            .filter_map(|(address, instance)| {
                Some((address.clone(), instance.object.as_ref()?.value.clone()))
            })
            .collect();
        let around = Around {
            catalog: &project.catalog,
            taken: &taken,
            variables: module.variables.keys().cloned().collect(),
            locals: module.locals.keys().cloned().collect(),
            managed: &managed,
            provider: if module.providers.contains_key(&self.key) { &[] } else { provider },
            leaves_code: self.request.code == Code::Ignore,
        };
        writer::write(found, &around)
    }

    /// Makes the configuration that of the project, as if it were on the disk already.
    fn declare(
        &self,
        project: &mut Project,
        written: &Written,
        sources: &mut SourceMap,
    ) -> Result<(), Diagnostics> {
        let overlay = Overlay { files: &*project.files, name: &self.request.file, text: &written.text };
        let loaded = load(&overlay, sources, &LoadOptions { when_empty: WhenEmpty::Accept });
        loaded.diagnostics.into_result(())?;
        project.module = loaded.module;
        let secrets = written.secrets.iter();
        project.variables.extend(secrets.map(|secret| (secret.variable.clone(), secret.value.clone())));
        project.config_digest = loaded.digest;
        Ok(())
    }

    /// Plans, and writes everything if nothing of it would change.
    async fn verify(
        &self,
        project: &Project,
        providers: &Providers,
        page: &Page<'_>,
        desk: &mut dyn Desk,
    ) -> Result<Verdict, Failure> {
        let Page { found, written } = page;
        let mut state = self.remembered.clone();
        for (one, address) in found.iter().zip(&written.addresses) {
            state.resources.insert(address.clone(), self.instance(project, one));
        }
        let options = Options { kind: PlanKind::Normal, ..Options::default() };
        let planned = planning::plan(project, &options, providers, (&state, &state)).await?;
        let ours: BTreeSet<&Address> = written.addresses.iter().collect();
        let mut missing = ours.clone();
        let mut changing: Vec<Address> = Vec::new();
        for change in planned.plan.changes.iter().filter(|change| ours.contains(&change.address)) {
            missing.remove(&change.address);
            if !matches!(change.change, Change::Keep { .. }) {
                changing.push(change.address.clone());
            }
        }
        changing.extend(missing.into_iter().cloned());
        if !changing.is_empty() {
            return Ok(Verdict::Refused(Box::new(planned.plan), changing));
        }
        if self.request.shows_only {
            return Ok(Verdict::Shown);
        }
        commit(project, &planned.plan, state, (written, desk))
    }

    fn instance(&self, project: &Project, one: &Found) -> Instance {
        let schema_version = project.catalog.resource(&one.kind).map_or(0, |kind| kind.schema().version);
        Instance {
            provider: self.key.clone(),
            depends_on: Arc::default(),
            create_before_destroy: false,
            object: Some(Object { schema_version, value: one.value.clone(), health: Health::Good }),
            deposed: BTreeMap::new(),
        }
    }
}

/// Writes everything, in an order in which being cut off does no harm.
fn commit(
    project: &Project,
    plan: &Plan,
    mut state: State,
    (written, desk): (&Written, &mut dyn Desk),
) -> Result<Verdict, Failure> {
    for address in &written.addresses {
        // The plan knows what each object needs.
        if let Some(instance) = plan.refreshed.resources.get(address) {
            state.resources.insert(address.clone(), instance.clone());
        }
    }
    state.serial += 1;
    let refused = |found: Diagnostic| Failure::Diagnosed(found.into());
    // What a configuration needs is there before it.
    if !written.secrets.is_empty() {
        desk.secrets(&written.values()).map_err(refused)?;
    }
    desk.configuration(&format!("{}\n{}", written.text, written.imports)).map_err(refused)?;
    project.backend.write(&state, &*project.catalog)?;
    desk.keep();
    desk.configuration(&written.text).map_err(refused)?;
    Ok(Verdict::Written)
}

fn identify(value: &Value, identity: &[&str]) -> Vec<Value> {
    // Types apart, so that nulls of different types are one.
    identity.iter().map(|name| Value::from(value.str(name).unwrap_or_default())).collect()
}

/// What could not be read, and what could.
fn unread(discovery: &Discovery) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    for Unread { what, error } in &discovery.unread {
        let summary = if error.kind == ErrorKind::AccessDenied { "Access denied" } else { "Cannot be read" };
        let told = describe(summary, error);
        diagnostics.push(Diagnostic::error(summary, format!("While reading {what}: {}", told.detail)));
    }
    let counts: Vec<String> =
        counts(&discovery.found).into_iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    let read = if counts.is_empty() { "nothing".to_owned() } else { counts.join(", ") };
    let detail =
        format!("What could be read: {read}. Nothing is written, because it would not be the whole.");
    diagnostics.push(Diagnostic::error("Discovery is incomplete", detail));
    diagnostics
}
