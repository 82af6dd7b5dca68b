//! `destroy`: an apply of the plan that leaves nothing.

use clap::Args;
use recon_core::plan::PlanKind;

use super::apply::{Approval, fresh};
use crate::exit::Exit;
use crate::flags::{LookFlags, ScopeFlags, Wish};
use crate::session::{Json, Session};
use crate::stop::Stop;

/// Destroy everything that recon manages here
///
/// The same as recon apply -destroy; recon plan -destroy shows what would go.
#[derive(Args, Debug)]
pub(crate) struct Flags {
    #[command(flatten)]
    pub scope: ScopeFlags,

    #[command(flatten)]
    pub look: LookFlags,

    /// Do not ask before destroying anything
    #[arg(long)]
    pub auto_approve: bool,
}

/// Destroys everything.
pub(crate) fn run(session: &mut Session, flags: &Flags) -> Result<Exit, Stop> {
    let Flags { scope, look: LookFlags { refresh }, auto_approve } = flags;
    session.speak(Json::events(scope.json));
    let approval = if *auto_approve { Approval::Given } else { Approval::Asked("destroy") };
    let wish = Wish { scope: scope.clone(), kind: PlanKind::Destroy, replace: Vec::new(), refresh: *refresh };
    fresh(session, &wish, approval)
}
