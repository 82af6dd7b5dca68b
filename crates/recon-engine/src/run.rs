//! What a caller of the engine gets back.

use std::collections::BTreeMap;

use recon_core::plan::Plan;
use recon_core::{Diagnostics, Known, value::Name};

/// Why a run stopped short.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The input is wrong, or a provider refused; nothing beyond what is said was changed.
    #[error("the run failed")]
    Diagnosed(Diagnostics),
    /// The state could not be read, locked or written.
    #[error(transparent)]
    Store(#[from] recon_store::Error),
}

/// A plan, and what there is to say about it.
#[derive(Debug)]
pub struct Planned {
    /// The plan.
    pub plan: Plan,
    /// Warnings.
    pub warnings: Diagnostics,
}

/// What an apply did.
#[derive(Debug)]
pub struct Applied {
    /// Objects made, replacements included.
    pub added: usize,
    /// Objects changed in place.
    pub changed: usize,
    /// Objects destroyed, replacements included.
    pub destroyed: usize,
    /// Objects taken over by import.
    pub imported: usize,
    /// Objects forgotten.
    pub forgotten: usize,
    /// Steps that were not begun, because one before them failed or the run was interrupted.
    pub left: Vec<recon_core::Address>,
    /// The outputs now.
    pub outputs: BTreeMap<Name, Known>,
    /// Errors and warnings; with an error, the state holds what was done until then.
    pub diagnostics: Diagnostics,
}

/// How plans are made.
#[derive(Clone, Debug)]
pub struct PlanRequest {
    /// What to plan.
    pub options: recon_planner::input::Options,
    /// Whether live objects are read first.
    pub refresh: bool,
    /// How long to wait for a lock.
    pub lock_timeout: std::time::Duration,
}
