//! `console`: evaluates expressions over the configuration and the state.

use std::collections::BTreeMap;
use std::io::BufRead;

use clap::Args;
use recon_core::Diagnostics;
use recon_core::change::{Change, ResourceChange};
use recon_core::plan::{Base, Plan, PlanKind};
use recon_core::state::{Lineage, State};
use recon_parser::load::WhenEmpty;
use recon_parser::scope::Clock;
use recon_planner::resolve::{Applying, Ground, Resolver};

use crate::dialogue::Dialogue;
use crate::exit::Exit;
use crate::flags::VariableFlags;
use crate::project::{self, Opened};
use crate::session::Session;
use crate::stop::Stop;
use crate::{flags, variables};

/// Evaluate expressions, one per line, over the variables, the configuration and the state
///
/// Resources are as the state remembers them; nothing is read from AWS. End with exit or the end of the input.
#[derive(Args, Debug)]
pub(crate) struct Flags {
    #[command(flatten)]
    pub variables: VariableFlags,
}

/// Reads expressions and prints their values.
pub(crate) fn run(session: &mut Session, flags: &Flags) -> Result<Exit, Stop> {
    let loaded = project::load_configuration(session, WhenEmpty::Accept)?;
    let values = variables::given(session, &loaded.module, &flags.variables)?;
    let opened = project::assemble(session, loaded, values, flags::PARALLELISM)?;
    let state = opened.project.backend.read(&*opened.project.catalog)?;
    let plan = as_plan(state.unwrap_or_else(|| State::empty(Lineage("".into()))));
    let applying = applying(&opened);
    let ground = Ground::new(&applying)?;
    let resolver = Resolver::new(applying, &ground, &plan);
    let mut failed = false;
    let terminal = session.ui.can_ask();
    let mut dialogue = if terminal { Some(Dialogue::begin()?) } else { None };
    loop {
        let line = match &mut dialogue {
            Some(dialogue) => dialogue.entry(recon_parser::syntax::is_unfinished),
            None => read_line(),
        };
        let Some(line) = line else { break };
        match line.trim() {
            "" => {}
            "exit" | "quit" => break,
            text => failed |= answer(session, &resolver, text).is_err(),
        }
    }
    Ok(if failed && !terminal { Exit::Error } else { Exit::Done })
}

fn read_line() -> Option<String> {
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line).ok()?;
    (read > 0).then_some(line)
}

/// Prints the value of one expression, or what is wrong with it.
fn answer(session: &mut Session, resolver: &Resolver<'_>, text: &str) -> Result<(), ()> {
    let file = session.sources.add("<console-input>", text);
    match evaluate(resolver, text, file) {
        Ok(shown) => {
            session.ui.data(&format!("{shown}\n"));
            Ok(())
        }
        Err(found) => {
            session.report(&found);
            Err(())
        }
    }
}

fn evaluate(resolver: &Resolver<'_>, text: &str, file: recon_core::FileId) -> Result<String, Diagnostics> {
    let expression = recon_parser::syntax::parse_expression(file, text)?;
    // What `type` says is no value of the language, so it stands alone or not at all.
    match recon_parser::evaluate::type_question(&expression) {
        Some(of) if recon_parser::evaluate::type_question(of).is_some() => Ok("type".to_owned()),
        Some(of) => resolver.evaluate(of).map(|value| recon_parser::render::ty(&value.ty())),
        None => resolver.evaluate(&expression).map(|value| recon_parser::render::value(&value)),
    }
}

/// The state as a plan in which nothing happens.
fn as_plan(state: State) -> Plan {
    let objects = state.resources.iter().filter_map(|(address, instance)| {
        let value = instance.object.as_ref()?.value.clone();
        let change = Change::Keep { value };
        Some(ResourceChange {
            address: address.clone(),
            deposed: None,
            moved_from: None,
            imported: None,
            change,
        })
    });
    let changes = objects.collect();
    let base = Base {
        lineage: state.lineage.clone(),
        serial: state.serial,
        config_digest: String::new(),
        variables: BTreeMap::new(),
    };
    Plan {
        base,
        kind: PlanKind::Normal,
        changes,
        drift: Vec::new(),
        outputs: BTreeMap::new(),
        steps: Vec::new(),
        refreshed: state,
    }
}

fn applying(opened: &Opened) -> Applying<'_> {
    let project = &opened.project;
    let now = project.started_at_ms;
    // What is random need not be so by much here: nothing is stored.
    let seed = u128::from(now.unsigned_abs());
    Applying {
        module: &project.module,
        catalog: &project.catalog,
        variables: &project.variables,
        files: &*project.files,
        clock: Clock { planned_at_ms: now, applying: Some((now, seed)) },
        workspace: &project.workspace,
    }
}
