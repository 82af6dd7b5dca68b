//! `destroy`: an apply of the plan that leaves nothing.

use clap::Args;

use super::apply::{Approval, fresh};
use crate::exit::Exit;
use crate::flags::PlanFlags;
use crate::session::{Json, Session};
use crate::stop::Stop;

/// Destroy everything that recon manages here
///
/// The same as recon apply -destroy; recon plan -destroy shows what would go.
#[derive(Args, Debug)]
pub(crate) struct Flags {
    #[command(flatten)]
    pub plan: PlanFlags,

    /// Do not ask before destroying anything
    #[arg(long)]
    pub auto_approve: bool,
}

/// Destroys everything.
pub(crate) fn run(session: &mut Session, flags: &Flags) -> Result<Exit, Stop> {
    let Flags { plan, auto_approve } = flags;
    session.speak(Json::events(plan.json));
    let approval = if *auto_approve { Approval::Given } else { Approval::Asked };
    fresh(session, &PlanFlags { destroy: true, ..plan.clone() }, approval)
}
