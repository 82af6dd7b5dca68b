//! The command line: commands and their flags. Help, completions and the manual come from these definitions.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::command;

/// Reconciles AWS Lambda releases and API Gateway stages with what HCL files declare
///
/// recon reads Terraform's language from the *.tf, *.tf.json and *.recon.hcl files of the current directory, plans what
/// has to change in AWS for it to be as declared, applies that, and remembers what it made in state/WORKSPACE.json.
///
/// Long flags may have one dash or two. A command's own help: recon COMMAND -help
#[derive(Parser, Debug)]
#[command(name = "recon", version, max_term_width = 100, after_long_help = AFTER_HELP, subcommand_required = true, arg_required_else_help = true, disable_help_subcommand = false)]
pub(crate) struct Cli {
    /// Go to this directory before anything else
    #[arg(long, value_name = "DIR")]
    pub chdir: Option<PathBuf>,

    /// Print no colours and no progress bar (as does `NO_COLOR=1`)
    #[arg(long, global = true, display_order = 1000)]
    pub no_color: bool,

    #[command(subcommand)]
    pub command: Command,
}

const AFTER_HELP: &str = "\
Everyday use:
  recon plan                 show what would change
  recon apply                change it, after a question
  recon drift                show what differs from what was applied, for nightly jobs
  recon import ADDR ID       take over an object that exists

Exit codes:
  0  done; for drift: none
  1  error
  2  there are changes (plan -detailed-exitcode), or drift (drift)
  3  drift: only configuration that is not applied; fmt -check: a file is not formatted

Environment:
  TF_VAR_name                      the value of a variable
  RECON_WORKSPACE, TF_WORKSPACE    the workspace
  AWS_PROFILE, AWS_REGION, …       as for every AWS tool
  AWS_ENDPOINT_URL                 another endpoint, such as that of `recon sandbox`
  NO_COLOR                         no colours";

/// What recon can do.
#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    Plan(command::plan::Flags),
    Apply(command::apply::Flags),
    Destroy(command::destroy::Flags),
    Refresh(command::refresh::Flags),
    Drift(command::drift::Flags),
    Import(command::import::Flags),
    Validate(command::validate::Flags),
    Fmt(command::fmt::Flags),
    Show(command::show::Flags),
    Output(command::output::Flags),
    State(command::state::Flags),
    Workspace(command::workspace::Flags),
    ForceUnlock(command::force_unlock::Flags),
    Console(command::console::Flags),
    Graph(command::graph::Flags),
    Providers(command::providers::Flags),
    Sandbox(command::sandbox::Flags),
    #[command(visible_alias = "get")]
    Init(command::init::Flags),
    Version(command::version::Flags),
    Completions(command::completions::Flags),
    Man(command::man::Flags),
}
