//! `graph`: which resource needs which, for Graphviz.

use std::fmt::Write as _;

use clap::{Args, ValueEnum};
use recon_parser::load::WhenEmpty;

use crate::exit::Exit;
use crate::project;
use crate::session::Session;
use crate::stop::Stop;

/// Print which resource needs which, in the DOT language
///
/// To draw it: recon graph | dot -Tsvg > graph.svg
#[derive(Args, Debug)]
pub(crate) struct Flags {
    /// What the graph is of
    #[arg(long = "type", value_enum, default_value_t = Kind::Plan)]
    pub kind: Kind,
}

/// What a graph is of.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Kind {
    /// The blocks of the configuration
    Plan,
}

/// Prints the graph.
pub(crate) fn run(session: &mut Session, flags: &Flags) -> Result<Exit, Stop> {
    let Flags { kind: Kind::Plan } = flags;
    let loaded = project::load_configuration(session, WhenEmpty::Refuse)?;
    let needs = recon_planner::needs(&loaded.module, &project::catalog())?;
    let mut out =
        String::from("digraph G {\n  rankdir = \"RL\";\n  node [shape = rect, fontname = \"sans-serif\"];\n");
    for block in needs.keys() {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "  {};", quoted(block));
    }
    for (block, needed) in &needs {
        for other in needed {
            let _ = writeln!(out, "  {} -> {};", quoted(block), quoted(other));
        }
    }
    out.push_str("}\n");
    session.ui.data(&out);
    Ok(Exit::Done)
}

fn quoted(name: &impl ToString) -> String {
    format!("\"{}\"", name.to_string().replace('\\', "\\\\").replace('"', "\\\""))
}
