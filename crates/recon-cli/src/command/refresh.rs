//! `refresh`: an apply that only brings the state up to date.

use clap::Args;

use super::apply::{Approval, fresh};
use crate::exit::Exit;
use crate::flags::PlanFlags;
use crate::session::{Json, Session};
use crate::stop::Stop;

/// Bring the state up to date with what is there, without a question
///
/// The same as recon apply -refresh-only -auto-approve; recon plan -refresh-only shows what would be taken over.
#[derive(Args, Debug)]
pub(crate) struct Flags {
    #[command(flatten)]
    pub plan: PlanFlags,
}

/// Refreshes the state.
pub(crate) fn run(session: &mut Session, flags: &Flags) -> Result<Exit, Stop> {
    session.speak(Json::events(flags.plan.json));
    fresh(session, &PlanFlags { refresh_only: true, ..flags.plan.clone() }, Approval::Given)
}
