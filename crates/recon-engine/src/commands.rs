//! What a caller can ask of the engine: plan, apply, import.

use std::sync::Arc;
use std::time::Duration;

use recon_core::change::Change;
use recon_core::plan::Plan;
use recon_core::state::{Health, Instance, Object, State};
use recon_core::{Address, Diagnostic, Diagnostics, Identity};
use recon_parser::config::Repetition;
use recon_planner::input::Options;

use crate::connect::{Providers, describe, provider_of};
use crate::project::Project;
use crate::run::{Applied, Failure, PlanRequest, Planned};
use crate::{planning, recover};

/// Makes a plan, under the lock.
pub async fn plan(project: &Project, request: &PlanRequest) -> Result<Planned, Failure> {
    let _lock = project.backend.lock("plan", request.lock_timeout)?;
    planning::make(project, request).await.map(|made| made.planned)
}

/// What stands in the way of a plan as far as can be told without a lock and without a call.
pub fn foresee(project: &Project, request: &PlanRequest) -> Result<Diagnostics, Failure> {
    planning::foresee(project, &request.options)
}

/// Makes a plan and, if `approve` says so, applies it, under one lock.
pub async fn plan_and_apply(
    project: &Project,
    request: &PlanRequest,
    approve: impl FnOnce(&Planned) -> bool,
) -> Result<Option<Applied>, Failure> {
    let _lock = project.backend.lock("apply", request.lock_timeout)?;
    let made = planning::make(project, request).await?;
    if !approve(&made.planned) {
        return Ok(None);
    }
    crate::apply::apply(project, &made.planned.plan, &made.providers, &made.remembered).await.map(Some)
}

/// Applies a saved plan, which must have been made from the state and the configuration as they are now.
pub async fn apply(project: &Project, plan: &Plan, lock_timeout: Duration) -> Result<Applied, Failure> {
    let _lock = project.backend.lock("apply", lock_timeout)?;
    let mut start = recover::read(project)?;
    if start.has_journal {
        let detail = "A run that was cut off left a journal, so the state has moved on since the plan was made. Plan again.";
        return Err(Failure::Diagnosed(Diagnostic::error("Saved plan is stale", detail).into()));
    }
    if start.state.serial == 0 && start.state.resources.is_empty() {
        // Nothing was ever written, so the plan's own lineage becomes the state's.
        start.state.lineage = plan.base.lineage.clone();
    }
    check_base(project, plan, &start.state).map_err(|found| Failure::Diagnosed(found.into()))?;
    let providers = planning::connect_all(project, &start.state).await?;
    crate::apply::apply(project, plan, &providers, &start.state).await
}

fn check_base(project: &Project, plan: &Plan, state: &State) -> Result<(), Diagnostic> {
    let moved_on = if plan.base.lineage != state.lineage {
        "The plan was made from another state"
    } else if plan.base.serial != state.serial {
        "The state has been changed since the plan was made"
    } else if plan.base.config_digest != project.config_digest {
        "The configuration has been changed since the plan was made"
    } else {
        return Ok(());
    };
    Err(Diagnostic::error(
        "Saved plan is stale",
        format!("{moved_on}, so it may not be applied any more. Plan again."),
    ))
}

/// Takes over one object to an address that the configuration declares.
pub async fn import(
    project: &Project,
    address: &Address,
    id: &str,
    lock_timeout: Duration,
) -> Result<Applied, Failure> {
    let _lock = project.backend.lock("import", lock_timeout)?;
    declared(project, address).map_err(|found| Failure::Diagnosed(found.into()))?;
    let start = recover::read(project)?;
    let providers = planning::connect_all(project, &start.state).await?;
    let mut state = recover::settle(project, &providers, start, Some(address)).await?;
    let object = find(project, &providers, address, id, &state)
        .await
        .map_err(|found| Failure::Diagnosed(found.into()))?;
    let instance = Instance {
        provider: provider_key(project, address),
        depends_on: Arc::default(),
        create_before_destroy: false,
        object: Some(object),
        deposed: std::collections::BTreeMap::new(),
    };
    state.resources.insert(address.clone(), instance);
    stays(project, &providers, address, &state).await?;
    state.serial += 1;
    project.backend.write(&state, &*project.catalog)?;
    let outputs = state.outputs;
    let diagnostics = Diagnostics::new();
    Ok(Applied {
        added: 0,
        changed: 0,
        destroyed: 0,
        imported: 1,
        forgotten: 0,
        left: Vec::new(),
        outputs,
        diagnostics,
    })
}

/// The block of an address, with an instance of that key as far as its kind of repetition goes.
fn declared(project: &Project, address: &Address) -> Result<(), Diagnostic> {
    let mut module = &project.module;
    if address.is_data() {
        let detail = format!(
            "{address} is only read, anew with every plan. Objects are taken over by resource blocks."
        );
        return Err(Diagnostic::error("Data sources are not imported", detail));
    }
    if project.catalog.resource(address.kind()).is_none() {
        let detail = format!("recon has no resource type \"{}\".", address.kind());
        return Err(Diagnostic::error("Unsupported resource type", detail));
    }
    let missing = |detail: String| Err(Diagnostic::error("Import target is not declared", detail));
    for step in address.module().steps() {
        match module.calls.get(&step.name) {
            Some(call) => module = &call.module,
            None => return missing(format!("The configuration has no module call \"{}\".", step.name)),
        }
    }
    let resource = &address.resource;
    let block = module.resources.get(&(resource.mode, resource.kind.clone(), resource.name.clone()));
    let Some(block) = block else {
        let (kind, name) = (&resource.kind, &resource.name);
        return missing(format!(
            "Before importing, declare what it is to become:\n\n    resource \"{kind}\" \"{name}\" {{\n      # its arguments\n    }}"
        ));
    };
    match (&block.repetition, &address.key) {
        (Repetition::Once, None) | (Repetition::Count(_) | Repetition::ForEach(_), Some(_)) => Ok(()),
        (Repetition::Once, Some(_)) => {
            missing(format!("{resource} has neither count nor for_each, so name it without a key."))
        }
        (_, None) => missing(format!("{resource} has several instances; name one of them by its key.")),
    }
}

/// Refuses an instance whose key is none of its block's: the next plan would destroy the object.
async fn stays(
    project: &Project,
    providers: &Providers,
    address: &Address,
    state: &State,
) -> Result<(), Failure> {
    let has_keys = address.key.is_some() || address.module().steps().iter().any(|step| step.key.is_some());
    if !has_keys {
        return Ok(());
    }
    // What else is wrong with the configuration is for the next plan to say.
    let planned = planning::plan(project, &Options::default(), providers, (state, state)).await;
    let Ok(planned) = planned else { return Ok(()) };
    let goes = planned
        .plan
        .changes
        .iter()
        .any(|change| change.address == *address && matches!(change.change, Change::Delete { .. }));
    if !goes {
        return Ok(());
    }
    let detail = format!(
        "The configuration has no instance {address}: its `count` or `for_each` does not include that key, so the next plan would \
         destroy the object. Add the key first."
    );
    Err(Failure::Diagnosed(Diagnostic::error("Import target is not declared", detail).into()))
}

fn provider_key(project: &Project, address: &Address) -> recon_core::state::ProviderKey {
    let resource = &address.resource;
    match project.module.resource(resource).filter(|_| resource.module.is_root()) {
        Some(block) => block.provider.clone(),
        None => {
            let name = project.catalog.provider_of(resource).unwrap_or_default();
            recon_core::state::ProviderKey { name: name.into(), alias: None }
        }
    }
}

async fn find(
    project: &Project,
    providers: &Providers,
    address: &Address,
    id: &str,
    state: &State,
) -> Result<Object, Diagnostic> {
    if state.object(address).is_some() {
        let detail = format!(
            "{address} already manages an object. To put another one in its place, first:\n\n    recon state rm '{address}'"
        );
        return Err(Diagnostic::error("Resource already managed by recon", detail));
    }
    let Some(kind) = project.catalog.resource(address.kind()) else {
        let detail = format!("recon has no resource type \"{}\".", address.kind());
        return Err(Diagnostic::error("Unsupported resource type", detail));
    };
    if id.trim().is_empty() {
        let detail = "The id is empty. It is what tells the object from others, such as a function's name.";
        return Err(Diagnostic::error("Invalid import id", detail).about(address));
    }
    let provider = provider_of(providers, &provider_key(project, address))?;
    let found = provider.import(address.kind(), id).await;
    let found = found.map_err(|error| describe("Import failed", &error).about(address))?;
    let Some(value) = found else {
        let detail = format!("There is no {} with the import id \"{id}\".", address.kind());
        return Err(Diagnostic::error("Cannot import non-existent remote object", detail).about(address));
    };
    let identity = Identity::of(address.kind(), &value);
    let owner = state.resources.iter().find(|(other, instance)| {
        let is_it = |object: &Object| Identity::of(other.kind(), &object.value) == identity;
        instance.object.as_ref().is_some_and(is_it) && instance.provider == provider_key(project, address)
    });
    if let Some((other, _)) = owner {
        let detail =
            format!("The object \"{id}\" is managed already, as {other}. One object has one address.");
        return Err(Diagnostic::error("Object already managed by recon", detail).about(address));
    }
    Ok(Object { schema_version: kind.schema().version, value, health: Health::Good })
}
