//! `drift`: what differs live from what was applied, and what is configured but not applied.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use recon_core::address::Target;
use recon_core::plan::PlanKind;
use recon_core::provider::Reach;
use recon_core::{Diagnostic, Diagnostics};
use recon_engine::{Interrupt, PlanRequest};
use recon_parser::load::WhenEmpty;
use recon_planner::input::{Aim, Options};

use crate::drifting::output::{Format, Output, outputs};
use crate::drifting::run::{self, Found, Job};
use crate::drifting::stacks::{self, Shard};
use crate::drifting::{notify, permissions};
use crate::exit::Exit;
use crate::flags::{PARALLELISM, RunFlags, VariableFlags};
use crate::progress::Progress;
use crate::project;
use crate::render::report::{Report, Status};
use crate::session::{Json, Session};
use crate::stop::Stop;

/// Report what differs from what was applied; changes nothing and takes no lock
///
/// For nightly jobs: drift (somebody changed AWS) and pending configuration (somebody changed the files) are told apart,
/// in the report and in the exit code: 0 neither, 2 drift, 3 only pending configuration, 1 error.
///
/// What does not count is listed in .reconignore, one rule per line: ADDRESS [PATH] [until YYYY-MM-DD] because REASON
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[derive(Args, Debug)]
pub(crate) struct Flags {
    #[command(flatten)]
    pub variables: VariableFlags,

    /// Whether recon may ask for what is missing
    #[arg(long, value_name = "BOOL", default_value_t = true, hide_possible_values = true, action = clap::ArgAction::Set, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub input: bool,

    /// Look only at this resource, module or instance and what it needs; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub target: Vec<Target>,

    /// Look at all but this resource, module or instance and what needs it; may be repeated
    #[arg(long, value_name = "ADDRESS", conflicts_with = "target")]
    pub exclude: Vec<Target>,

    /// The form of the report: text, json, markdown, junit, sarif or html, and after a colon its file; may be repeated
    #[arg(long, value_name = "FORMAT[:FILE]")]
    pub format: Vec<Output>,

    /// The same as -format=json
    #[arg(long)]
    pub json: bool,

    /// Look at these directories instead of the current one, as in 'envs/*'; may be repeated
    #[arg(long, value_name = "PATTERN")]
    pub stack: Vec<String>,

    /// Look at one part of the directories, as in 3/10
    #[arg(long, value_name = "N/M", requires = "stack")]
    pub shard: Option<Shard>,

    /// Post the report to this address unless all is well, as JSON
    #[arg(long, value_name = "URL")]
    pub notify: Option<String>,

    /// Post a message as Slack takes it instead of the report
    #[arg(long, requires = "notify")]
    pub notify_slack: bool,

    /// Look for what nobody declared everywhere, not only in what is read anyway; takes more calls
    #[arg(long)]
    pub thorough: bool,

    /// Find out from CloudTrail who did what was found, and when
    #[arg(long)]
    pub blame: bool,

    /// Print the IAM policy that a run needs, and do nothing else
    #[arg(long)]
    pub iam_policy: bool,

    #[command(flatten)]
    pub refused: Refused,
}

/// Flags of `plan` that mean nothing here; they are known so that the reason can be told.
#[derive(Args, Debug)]
pub(crate) struct Refused {
    #[arg(long, hide = true)]
    pub replace: Vec<String>,
    #[arg(long, hide = true)]
    pub destroy: bool,
    #[arg(long, hide = true)]
    pub refresh_only: bool,
    #[arg(long, hide = true, num_args = 0..=1, default_missing_value = "true")]
    pub refresh: Option<String>,
    #[arg(long, hide = true)]
    pub lock_timeout: Option<String>,
    #[arg(long, hide = true)]
    pub parallelism: Option<String>,
}

impl Refused {
    fn check(&self) -> Result<(), Diagnostic> {
        let Self { replace, destroy, refresh_only, refresh, lock_timeout, parallelism } = self;
        let reasons = [
            (
                !replace.is_empty(),
                "replace",
                "it asks for a change, and a drift run only looks. Use `recon plan -replace=ADDRESS`.",
            ),
            (
                *destroy,
                "destroy",
                "it asks for a change, and a drift run only looks. Use `recon plan -destroy`.",
            ),
            (
                *refresh_only,
                "refresh-only",
                "a drift run writes no state. To take what is there into the state, use `recon apply -refresh-only`.",
            ),
            (refresh.is_some(), "refresh", "a drift run is nothing but a look at what is there."),
            (lock_timeout.is_some(), "lock-timeout", "a drift run takes no lock and waits for none."),
            (
                parallelism.is_some(),
                "parallelism",
                "it limits the steps of an apply, and a drift run has none.",
            ),
        ];
        match reasons.into_iter().find(|(given, ..)| *given) {
            Some((_, flag, reason)) => Err(Diagnostic::error(
                "Flag without meaning",
                format!("-{flag} means nothing for drift: {reason}"),
            )),
            None => Ok(()),
        }
    }
}

/// Reports drift.
pub(crate) fn run(session: &mut Session, flags: &Flags) -> Result<Exit, Stop> {
    let outputs = outputs(&flags.format, flags.json)?;
    let printed = outputs.iter().find(|one| one.file.is_none());
    session.speak(Json::document(printed.is_some_and(|one| one.format != Format::Text)));
    flags.refused.check()?;
    let stacks = flags.stacks()?;
    if flags.iam_policy {
        return permitted(session, &stacks, flags.beside());
    }
    let (run, request) = (flags.run(), flags.request());
    let today = jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::now()).date();
    let rules = if flags.stack.is_empty() {
        run::Rules::default()
    } else {
        run::rules(Path::new(".reconignore"), ".")?
    };
    session.report(&rules.expired(today));
    let home = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
    let reach = if flags.thorough { Reach::Everything } else { Reach::Lists };
    let job = Job {
        stacks: &stacks,
        run: &run,
        request: &request,
        reach,
        blame: flags.blame,
        home,
        rules,
        has_all_stacks: flags.shard.is_none(),
        today,
    };
    let interrupt = Arc::new(Interrupt::default());
    let progress = Progress::new(Arc::clone(&session.ui), session.shape);
    let Found { stacks, warnings } = session.wait(&interrupt, &progress, run::run(session, &job))??;
    let report = Report { timestamp: crate::session::now(), stacks };
    write(session, &outputs, &report)?;
    if let Some(url) = &flags.notify {
        let shape = if flags.notify_slack { notify::Shape::Slack } else { notify::Shape::Report };
        session.wait(&interrupt, &progress, notify::notify(url, shape, &report))??;
    }
    for (warnings, sources) in warnings {
        session.report_from(&warnings, &sources);
    }
    Ok(match report.status() {
        Status::None => Exit::Done,
        Status::Drift => Exit::Changes,
        Status::Pending => Exit::Pending,
        Status::Error => Exit::Error,
    })
}

/// Prints the policy for what the stacks declare and remember.
fn permitted(session: &mut Session, stacks: &[String], beside: permissions::Beside) -> Result<Exit, Stop> {
    let home = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
    let mut kinds = BTreeSet::new();
    for stack in stacks {
        std::env::set_current_dir(home.join(stack)).map_err(|error| {
            Diagnostic::error("No such directory", format!("Failed to go to `{stack}`: {error}."))
        })?;
        let loaded = project::load_configuration(session, WhenEmpty::Accept)?;
        permissions::kinds(&loaded.module, &mut kinds);
        let state = project::remembered(session)?;
        let remembered = state.iter().flat_map(|state| state.resources.keys());
        kinds.extend(remembered.map(|address| address.kind().to_string()));
    }
    session.ui.data(&format!("{:#}\n", permissions::policy(&kinds, beside)));
    Ok(Exit::Done)
}

/// Writes all forms; files that cannot be written keep none of the others from being so.
fn write(session: &Session, outputs: &[Output], report: &Report) -> Result<(), Diagnostics> {
    let mut wrong = Diagnostics::new();
    for output in outputs {
        match &output.file {
            Some(file) => match output.save(report, file) {
                Ok(()) => {}
                Err(diagnostic) => wrong.push(diagnostic),
            },
            None => session.ui.data(&output.print(report)),
        }
    }
    wrong.into_result(())
}

impl Flags {
    fn stacks(&self) -> Result<Vec<String>, Diagnostic> {
        if self.stack.is_empty() {
            return Ok(vec![".".to_owned()]);
        }
        let all = stacks::find(&self.stack)?;
        Ok(match self.shard {
            Some(shard) => shard.pick(all),
            None => all,
        })
    }

    fn beside(&self) -> permissions::Beside {
        permissions::Beside { blame: self.blame, thorough: self.thorough }
    }

    fn run(&self) -> RunFlags {
        RunFlags {
            variables: self.variables.clone(),
            input: self.input && self.stack.is_empty(),
            lock_timeout: Duration::ZERO,
            parallelism: PARALLELISM,
        }
    }

    fn request(&self) -> PlanRequest {
        let options = Options {
            kind: PlanKind::Normal,
            targets: self.target.clone(),
            excludes: self.exclude.clone(),
            replace: Vec::new(),
            aim: Aim::Look,
        };
        PlanRequest { options, refresh: true, lock_timeout: Duration::ZERO }
    }
}
