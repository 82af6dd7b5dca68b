//! Flags that several commands share.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, value_parser};
use recon_core::address::Target;
use recon_core::plan::PlanKind;
use recon_core::{Address, Diagnostic};
use recon_engine::PlanRequest;
use recon_parser::load::WhenEmpty;
use recon_planner::input::{Aim, Options};

use crate::duration;

/// The most calls at the same time, unless told otherwise.
pub(crate) const PARALLELISM: usize = 10;

/// Where a variable's value comes from, in the order of the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum VariableSource {
    /// `-var name=value`
    Value(String),
    /// `-var-file FILE`
    File(PathBuf),
}

/// `-var` and `-var-file`, whose order among each other counts: the last one wins.
#[derive(Clone, Debug, Default)]
pub(crate) struct VariableFlags {
    /// In order.
    pub sources: Vec<VariableSource>,
}

impl Args for VariableFlags {
    fn augment_args(command: Command) -> Command {
        command
            .arg(
                Arg::new("var")
                    .long("var")
                    .value_name("NAME=VALUE")
                    .action(ArgAction::Append)
                    .value_parser(value_parser!(String))
                    .help("Give a variable of the root module a value; may be repeated"),
            )
            .arg(
                Arg::new("var-file")
                    .long("var-file")
                    .value_name("FILE")
                    .action(ArgAction::Append)
                    .value_parser(value_parser!(PathBuf))
                    .help("Read values of variables from a file, after terraform.tfvars and *.auto.tfvars; may be repeated"),
            )
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for VariableFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let positions = |name| matches.indices_of(name).into_iter().flatten();
        let values =
            matches.get_many::<String>("var").into_iter().flatten().cloned().map(VariableSource::Value);
        let files =
            matches.get_many::<PathBuf>("var-file").into_iter().flatten().cloned().map(VariableSource::File);
        let mut found: Vec<(usize, VariableSource)> =
            positions("var").zip(values).chain(positions("var-file").zip(files)).collect();
        found.sort_by_key(|(position, _)| *position);
        Ok(Self { sources: found.into_iter().map(|(_, source)| source).collect() })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// How a run goes about its work.
#[derive(Args, Clone, Debug)]
pub(crate) struct RunFlags {
    #[command(flatten)]
    pub variables: VariableFlags,

    /// Whether recon may ask for what is missing
    #[arg(long, value_name = "BOOL", default_value_t = true, hide_possible_values = true, action = ArgAction::Set, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub input: bool,

    /// Wait that long for somebody else's lock
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = duration::parse)]
    pub lock_timeout: Duration,

    /// Run at most that many calls at the same time
    #[arg(long, value_name = "N", default_value_t = PARALLELISM, value_parser = parse_parallelism)]
    pub parallelism: usize,
}

fn parse_parallelism(text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|number| *number > 0)
        .ok_or_else(|| "a whole number from 1 on is required".to_owned())
}

/// Of what a plan is made, whatever it is for.
#[derive(Args, Clone, Debug)]
pub(crate) struct ScopeFlags {
    #[command(flatten)]
    pub run: RunFlags,

    /// Plan only this resource, module or instance and what it needs; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub target: Vec<Target>,

    /// Plan all but this resource, module or instance and what needs it; may be repeated
    #[arg(long, value_name = "ADDRESS", conflicts_with = "target")]
    pub exclude: Vec<Target>,

    /// Print one JSON object per line, as programs want it
    #[arg(long)]
    pub json: bool,
}

/// What to plan, as `plan` and `apply` take it.
#[derive(Args, Clone, Debug)]
pub(crate) struct PlanFlags {
    #[command(flatten)]
    pub scope: ScopeFlags,

    /// Replace this instance even if nothing else asks for it; may be repeated
    #[arg(long, value_name = "ADDRESS", conflicts_with_all = ["destroy", "refresh_only"])]
    pub replace: Vec<Address>,

    /// Only bring the state up to date with what is there
    #[arg(long)]
    pub refresh_only: bool,

    /// Plan to destroy everything
    #[arg(long, conflicts_with = "refresh_only")]
    pub destroy: bool,

    #[command(flatten)]
    pub look: LookFlags,
}

/// Whether to look at what is there.
#[derive(Args, Clone, Debug)]
pub(crate) struct LookFlags {
    /// Whether to read the objects before planning
    #[arg(long, value_name = "BOOL", default_value_t = true, hide_possible_values = true, action = ArgAction::Set, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub refresh: bool,
}

/// A plan to make, as the flags of some command ask for it.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    /// Of what.
    pub scope: ScopeFlags,
    /// What for.
    pub kind: PlanKind,
    /// Instances to replace whatever else is the case.
    pub replace: Vec<Address>,
    /// Whether live objects are read first.
    pub refresh: bool,
}

impl PlanFlags {
    /// What is asked for; refuses flags that contradict each other.
    pub(crate) fn wish(&self) -> Result<Wish, Diagnostic> {
        let Self { scope, replace, refresh_only, destroy, look: LookFlags { refresh } } = self;
        if *refresh_only && !refresh {
            let detail = "-refresh-only brings the state up to date with what is there, and -refresh=false keeps recon from looking at that. Leave one of the two out.";
            return Err(Diagnostic::error("Incompatible flags", detail));
        }
        let kind = match (destroy, refresh_only) {
            (true, _) => PlanKind::Destroy,
            (_, true) => PlanKind::RefreshOnly,
            _ => PlanKind::Normal,
        };
        Ok(Wish { scope: scope.clone(), kind, replace: replace.clone(), refresh: *refresh })
    }

    /// Whether nothing was given that shapes a plan, as a saved one requires.
    pub(crate) fn is_bare(&self) -> bool {
        let Self { scope, replace, refresh_only, destroy, look: LookFlags { refresh } } = self;
        let ScopeFlags { run, target, exclude, json: _ } = scope;
        run.variables.sources.is_empty()
            && target.is_empty()
            && exclude.is_empty()
            && replace.is_empty()
            && !refresh_only
            && *refresh
            && !destroy
    }
}

impl Wish {
    /// What the engine is asked.
    pub(crate) fn request(&self) -> PlanRequest {
        let Self { scope, kind, replace, refresh } = self;
        let options = Options {
            kind: *kind,
            targets: scope.target.clone(),
            excludes: scope.exclude.clone(),
            replace: replace.clone(),
            aim: Aim::Apply,
        };
        PlanRequest { options, refresh: *refresh, lock_timeout: scope.run.lock_timeout }
    }

    /// Whether there must be a configuration: to destroy everything none is needed.
    pub(crate) fn when_empty(&self) -> WhenEmpty {
        if self.kind == PlanKind::Destroy { WhenEmpty::Accept } else { WhenEmpty::Refuse }
    }
}
