//! Objects that `import` blocks name and no block declares: looked up, so that their blocks can be written.

use std::collections::BTreeMap;
use std::sync::Arc;

use recon_core::state::{Instance, ProviderKey};
use recon_core::{Address, Diagnostic, Diagnostics, Known};
use recon_planner::input::{AnswerBook, Options};

use crate::connect::{describe, provider_of};
use crate::project::Project;
use crate::run::Failure;
use crate::{planning, recover};

/// An object whose block is yet to be written.
#[derive(Clone, Debug)]
pub struct Unwritten {
    /// Where it is to go.
    pub address: Address,
    /// The import id.
    pub id: String,
    /// The object.
    pub value: Known,
}

/// Reads the objects. Those in modules and with keys are left out: their blocks are for people to write.
pub async fn unwritten(project: &Project) -> Result<Vec<Unwritten>, Failure> {
    let mut state = recover::read(project)?.state;
    let (options, answers) = (Options::default(), AnswerBook::default());
    let wanted =
        recon_planner::unwritten_imports(&planning::input(project, &options, &answers, (&state, &state)));
    let fits = |address: &Address| {
        address.key.is_none()
            && address.module().is_root()
            && project.catalog.resource(address.kind()).is_some()
    };
    let wanted: Vec<(Address, String)> = wanted.into_iter().filter(|(address, _)| fits(address)).collect();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    for (address, _) in &wanted {
        // A provider is connected for what a state has.
        state.resources.insert(address.clone(), nothing_yet(key_of(project, address)));
    }
    let providers = planning::connect_all(project, &state).await?;
    let mut found = Vec::new();
    let mut diagnostics = Diagnostics::new();
    for (address, id) in wanted {
        let provider = provider_of(&providers, &key_of(project, &address))
            .map_err(|found| Failure::Diagnosed(found.into()))?;
        match provider.import(address.kind(), &id).await {
            Ok(Some(value)) => found.push(Unwritten { address, id, value }),
            Ok(None) => {
                let detail = format!("There is no {} with the import id \"{id}\".", address.kind());
                let diagnostic = Diagnostic::error("Cannot import non-existent remote object", detail);
                diagnostics.push(diagnostic.about(&address));
            }
            Err(error) => diagnostics.push(describe("Import failed", &error).about(&address)),
        }
    }
    diagnostics.into_result(found).map_err(Failure::Diagnosed)
}

fn key_of(project: &Project, address: &Address) -> ProviderKey {
    let name = project.catalog.provider_of(&address.resource).unwrap_or_default();
    ProviderKey { name: name.into(), alias: None }
}

fn nothing_yet(provider: ProviderKey) -> Instance {
    Instance {
        provider,
        depends_on: Arc::default(),
        create_before_destroy: false,
        object: None,
        deposed: BTreeMap::new(),
    }
}
