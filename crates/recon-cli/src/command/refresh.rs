//! `refresh`: an apply that only brings the state up to date.

use clap::Args;
use recon_core::plan::PlanKind;

use super::apply::{Approval, fresh};
use crate::exit::Exit;
use crate::flags::{ScopeFlags, Wish};
use crate::session::{Json, Session};
use crate::stop::Stop;

/// Bring the state up to date with what is there, without a question
///
/// The same as recon apply -refresh-only -auto-approve; recon plan -refresh-only shows what would be taken over.
#[derive(Args, Debug)]
pub(crate) struct Flags {
    #[command(flatten)]
    pub scope: ScopeFlags,
}

/// Refreshes the state.
pub(crate) fn run(session: &mut Session, flags: &Flags) -> Result<Exit, Stop> {
    let Flags { scope } = flags;
    session.speak(Json::events(scope.json));
    let wish = Wish { scope: scope.clone(), kind: PlanKind::RefreshOnly, replace: Vec::new(), refresh: true };
    fresh(session, &wish, Approval::Given)
}
