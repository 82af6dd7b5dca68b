//! `sandbox`: an AWS control plane in this process, alone or around a command.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use recon_core::Diagnostic;
use recon_sandbox::Options;

use crate::exit::Exit;
use crate::session::Session;
use crate::stop::Stop;
use crate::{around, duration};

/// Run an AWS control plane on this machine, for trials and tests
///
/// It emulates Lambda, API Gateway, IAM, STS, CloudWatch Logs groups and S3 objects over HTTP on loopback. Every AWS tool can
/// talk to it: set `AWS_ENDPOINT_URL` to what it prints, and any credentials.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Flags {
    #[command(subcommand)]
    pub command: Option<Command>,

    #[command(flatten)]
    pub cloud: CloudFlags,
}

/// What else to do with a sandbox.
#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Run a command against a sandbox of its own, and end with its exit code
    ///
    /// The command sees `AWS_ENDPOINT_URL`, and test credentials and a region unless those are set. For example:
    ///
    ///   recon sandbox exec -- recon apply -auto-approve
    Exec {
        #[command(flatten)]
        cloud: CloudFlags,

        /// Kill the command (SIGKILL) right after its N-th call that changes something took effect
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
        kill_after: Option<u64>,

        /// At the end, write how often each operation was called to this file as JSON; - for stderr
        #[arg(long, value_name = "FILE")]
        calls: Option<PathBuf>,

        /// The command and its arguments, after --
        #[arg(last = true, required = true, value_name = "COMMAND")]
        words: Vec<OsString>,
    },
}

/// How the sandbox behaves.
#[derive(Args, Clone, Debug)]
pub(crate) struct CloudFlags {
    /// Where to listen; port 0 picks a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub listen: SocketAddr,

    /// Keep the world in this file between runs
    #[arg(long, value_name = "FILE")]
    pub data: Option<PathBuf>,

    /// How long every call takes at least
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = duration::parse)]
    pub latency: Duration,

    /// How long a function stays pending, and an update in progress
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = duration::parse)]
    pub pending: Duration,

    /// How long Lambda cannot assume a role that was just made
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = duration::parse)]
    pub role_propagation: Duration,

    /// Refuse calls beyond AWS's published request quotas; with =100x, beyond quotas that much higher
    #[arg(long, value_name = "FACTOR", num_args = 0..=1, require_equals = true, default_missing_value = "1x", value_parser = factor)]
    pub quotas: Option<f64>,

    /// Where the ids start, for runs that repeat; random without it
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
}

impl CloudFlags {
    fn options(&self) -> Options {
        let Self { listen, data, latency, pending, role_propagation, quotas, seed } = self.clone();
        Options { listen, data_file: data, latency, pending, role_propagation, quotas, seed }
    }
}

/// Runs a sandbox.
pub(crate) fn run(session: &Session, flags: &Flags) -> Result<Exit, Stop> {
    let runtime = tokio::runtime::Runtime::new().map_err(|error| failed("start", &error))?;
    match &flags.command {
        None => runtime.block_on(serve(session, flags.cloud.options())),
        Some(Command::Exec { cloud, kill_after, calls, words }) => runtime.block_on(async {
            let running =
                recon_sandbox::start(cloud.options()).await.map_err(|error| failed("start", &error))?;
            let job = around::Job { words, kill_after: *kill_after };
            let ended = around::run(&running, &job).await;
            let counted = match calls {
                Some(path) => write_calls(session, &running, path).await,
                None => Ok(()),
            };
            running.stop().await;
            counted?;
            Ok(Exit::Of(ended?))
        }),
    }
}

async fn serve(session: &Session, options: Options) -> Result<Exit, Stop> {
    let running = recon_sandbox::start(options).await.map_err(|error| failed("start", &error))?;
    session.ui.data(&format!("{}\n", running.endpoint()));
    session.ui.talk(&format!(
        "The sandbox is running. In another shell:\n\n    export AWS_ENDPOINT_URL={} AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_REGION=us-east-1\n\nInterrupt to stop.\n",
        running.endpoint()
    ));
    crate::session::wait_for_signal().await;
    running.stop().await;
    Ok(Exit::Done)
}

async fn write_calls(
    session: &Session,
    running: &recon_sandbox::Running,
    path: &std::path::Path,
) -> Result<(), Diagnostic> {
    let text = around::control(running, "GET", "calls", "").await.map_err(|error| failed("ask", &error))?;
    let document: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let text = format!("{document:#}\n");
    if path.as_os_str() == "-" {
        session.ui.talk(&text);
        return Ok(());
    }
    let unwritable = |error| {
        Diagnostic::error("Unwritable file", format!("Failed to write `{}`: {error}.", path.display()))
    };
    std::fs::write(path, text).map_err(unwritable)
}

/// Reads `100x`.
fn factor(text: &str) -> Result<f64, String> {
    let number = match text {
        "true" => Some(1.0),
        _ => text.strip_suffix('x').unwrap_or(text).parse().ok(),
    };
    let usable = number.filter(|factor: &f64| factor.is_finite() && *factor > 0.0);
    usable.ok_or_else(|| format!("`{text}` is not a factor like `100x`"))
}

fn failed(what: &str, error: &std::io::Error) -> Diagnostic {
    Diagnostic::error("Sandbox failed", format!("Failed to {what} the sandbox: {error}."))
}
