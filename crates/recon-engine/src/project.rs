//! One configuration with everything that a run of it needs.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use recon_core::provider::{Provider, ProviderError, Waits};
use recon_core::quota::Quota;
use recon_core::resource_type::Catalog;
use recon_core::value::Name;
use recon_core::{Known, Value};
use recon_parser::config::Module;
use recon_parser::files::Files;
use recon_store::Backend;

/// One configuration with everything that a run of it needs.
pub struct Project {
    /// The root module.
    pub module: Arc<Module>,
    /// SHA-256, in hex, over the configuration's files.
    pub config_digest: String,
    /// The values of the root module's variables, converted and with defaults.
    pub variables: BTreeMap<Name, Value>,
    /// All types.
    pub catalog: Arc<Catalog>,
    /// The files that functions may read.
    pub files: Box<dyn Files>,
    /// Makes providers from their configuration.
    pub connector: Box<dyn Connector>,
    /// Where the state lives.
    pub backend: Box<dyn Backend>,
    /// The workspace.
    pub workspace: String,
    /// When the run began, in milliseconds since 1970.
    pub started_at_ms: i64,
    /// The most calls of steps that may run at the same time.
    pub parallelism: usize,
    /// Hears what happens.
    pub events: Arc<dyn Events>,
    /// Asked between steps whether to stop.
    pub interrupt: Arc<Interrupt>,
}

/// Makes providers from their configuration.
#[async_trait]
pub trait Connector: Send + Sync {
    /// A configured provider, or why there can be none.
    async fn connect(
        &self,
        provider: &str,
        config: &Known,
        waits: Arc<dyn Waits>,
    ) -> Result<Arc<dyn Provider>, ProviderError>;
}

/// Whether the user wants the run to stop.
#[derive(Debug, Default)]
pub struct Interrupt(std::sync::atomic::AtomicBool);

impl Interrupt {
    /// Asks for a stop: the calls in flight are finished, nothing new is begun.
    pub fn request(&self) {
        self.0.store(true, std::sync::atomic::Ordering::SeqCst);
    }

    /// Whether a stop was asked for.
    pub fn is_requested(&self) -> bool {
        self.0.load(std::sync::atomic::Ordering::SeqCst)
    }
}

/// Hears what happens during a run; must return at once.
pub trait Events: Send + Sync {
    /// Something happened.
    fn event(&self, event: &Event);
}

/// What happens during a run.
#[derive(Clone, Debug)]
pub enum Event {
    /// That many objects are about to be read.
    Observing {
        /// How many.
        objects: usize,
    },
    /// A search goes on.
    Searching {
        /// How far it is, in a sentence.
        progress: String,
    },
    /// An interrupted run was found and its results were taken over.
    Recovering {
        /// How many of its steps were in doubt.
        in_doubt: usize,
    },
    /// What became of a step that was in doubt.
    Recovered {
        /// The instance.
        address: recon_core::Address,
        /// In words: "found and adopted", "was never made".
        outcome: &'static str,
    },
    /// An apply begins with that many steps.
    Applying {
        /// How many, without those that call nobody.
        steps: usize,
    },
    /// A step begins.
    Started {
        /// The instance.
        address: recon_core::Address,
        /// What is done.
        op: recon_core::plan::Op,
        /// The `id` of the object that is there, if it has one that may be shown.
        id: Option<String>,
    },
    /// A step is done.
    Finished {
        /// The instance.
        address: recon_core::Address,
        /// What was done.
        op: recon_core::plan::Op,
        /// How long it took.
        elapsed: std::time::Duration,
        /// The object's `id`, if it has one that may be shown.
        id: Option<String>,
    },
    /// A call waits until a quota lets it through.
    Waiting {
        /// Which.
        quota: &'static Quota,
        /// How long.
        wait: std::time::Duration,
    },
    /// A step failed.
    Failed {
        /// The instance.
        address: recon_core::Address,
        /// What was to be done.
        op: recon_core::plan::Op,
        /// How long it took.
        elapsed: std::time::Duration,
    },
}
