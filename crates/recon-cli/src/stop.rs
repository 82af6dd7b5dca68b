//! Why a command stops short.

use recon_core::{Diagnostic, Diagnostics};
use recon_engine::Failure;

/// What there is to say when a command cannot go on.
#[derive(Debug)]
pub(crate) struct Stop(pub(crate) Diagnostics);

impl From<Diagnostics> for Stop {
    fn from(diagnostics: Diagnostics) -> Self {
        Self(diagnostics)
    }
}

impl From<Diagnostic> for Stop {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(diagnostic.into())
    }
}

impl From<recon_store::Error> for Stop {
    fn from(error: recon_store::Error) -> Self {
        Self(error.diagnostic().into())
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Diagnosed(diagnostics) => Self(diagnostics),
            Failure::Store(error) => error.into(),
        }
    }
}
