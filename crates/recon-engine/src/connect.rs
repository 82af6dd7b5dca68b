//! Makes the providers of a run, once, from their blocks.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use recon_core::provider::{Provider, ProviderError, Waits};
use recon_core::quota::Quota;
use recon_core::state::ProviderKey;
use recon_core::{Diagnostic, Diagnostics, Known};

use crate::builtin::{self, Builtin};
use crate::project::{Event, Events, Project};

/// The configured providers of a run.
pub(crate) type Providers = BTreeMap<ProviderKey, Arc<dyn Provider>>;

/// Connects all providers that are configured or used.
pub(crate) async fn connect(
    project: &Project,
    configs: BTreeMap<ProviderKey, Known>,
) -> Result<Providers, Diagnostics> {
    let waits: Arc<dyn Waits> = Arc::new(Told(Arc::clone(&project.events)));
    let mut providers = Providers::new();
    let mut diagnostics = Diagnostics::new();
    for (key, config) in configs {
        if &*key.name == builtin::NAME {
            providers.insert(key, Builtin::provider());
            continue;
        }
        match project.connector.connect(&key.name, &config, Arc::clone(&waits)).await {
            Ok(provider) => drop(providers.insert(key, provider)),
            Err(error) => {
                let diagnostic = describe("Provider cannot be used", &error);
                diagnostics.push(match project.module.providers.get(&key) {
                    Some(block) => diagnostic.at(block.span),
                    None => diagnostic,
                });
            }
        }
    }
    diagnostics.into_result(providers)
}

/// Passes waits on as events.
struct Told(Arc<dyn Events>);

impl Waits for Told {
    fn waits(&self, quota: &'static Quota, wait: Duration) {
        self.0.event(&Event::Waiting { quota, wait });
    }
}

/// A provider's error as the user sees it.
pub(crate) fn describe(summary: &'static str, error: &ProviderError) -> Diagnostic {
    let message = error.to_string();
    let message = message.trim_end_matches('.');
    let detail = match &error.help {
        Some(help) => format!("{message}.\n\n{help}"),
        None => format!("{message}."),
    };
    Diagnostic::error(summary, detail)
}

/// The provider of an object, which every key in a plan or a state has once `connect` succeeded.
pub(crate) fn provider_of<'a>(
    providers: &'a Providers,
    key: &ProviderKey,
) -> Result<&'a Arc<dyn Provider>, Diagnostic> {
    providers.get(key).ok_or_else(|| {
        let detail = format!(
            "The state has objects of the provider `{key}`, which the configuration does not declare."
        );
        Diagnostic::error("Provider configuration not present", detail)
    })
}
