//! Runs a command against a sandbox, and kills it at a chosen call if so asked.

use std::ffi::OsString;
use std::io;
use std::process::{Command, ExitStatus};

use recon_core::Diagnostic;
use recon_sandbox::Running;
use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// What a shell says of a command that it cannot find.
const NOT_FOUND: u8 = 127;
/// What a shell adds to the number of the signal that ended a command.
const SIGNALLED: i32 = 128;

/// A command, and what is to happen to it.
pub(crate) struct Job<'a> {
    /// The program and its arguments.
    pub words: &'a [OsString],
    /// Kill it right after that many mutating calls took effect.
    pub kill_after: Option<u64>,
}

/// Runs the command to its end; its exit code.
pub(crate) async fn run(running: &Running, job: &Job<'_>) -> Result<u8, Diagnostic> {
    let status = match job.kill_after {
        None => {
            let mut command = command(job.words, running);
            spawn_and_wait(move || command.spawn()?.wait()).await
        }
        Some(calls) => run_until(running, job.words, calls).await,
    };
    match status {
        Ok(status) => Ok(code(status)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(NOT_FOUND),
        Err(error) => {
            let program =
                job.words.first().map(|word| word.to_string_lossy().into_owned()).unwrap_or_default();
            Err(Diagnostic::error("Command failed", format!("Failed to run `{program}`: {error}.")))
        }
    }
}

/// Asks the sandbox's control endpoint; the body of its answer.
pub(crate) async fn control(running: &Running, method: &str, path: &str, body: &str) -> io::Result<String> {
    let address = running.endpoint().trim_start_matches("http://");
    let mut stream = tokio::net::TcpStream::connect(address).await?;
    let length = body.len();
    let request = format!(
        "{method} /_sandbox/{path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
    match head.split(' ').nth(1) {
        Some(status) if status.starts_with('2') => Ok(body.to_owned()),
        status => Err(io::Error::other(format!("it answered {}", status.unwrap_or("nothing")))),
    }
}

fn command(words: &[OsString], running: &Running) -> Command {
    let (program, arguments) = words.split_first().map_or((None, words), |(first, rest)| (Some(first), rest));
    let mut command = Command::new(program.cloned().unwrap_or_default());
    command.args(arguments);
    surround(&mut command, running);
    command
}

fn surround(command: &mut Command, running: &Running) {
    command.env("AWS_ENDPOINT_URL", running.endpoint());
    // A profile of the user's would bring its own endpoint and role.
    command.env_remove("AWS_PROFILE").env("AWS_EC2_METADATA_DISABLED", "true");
    // Python's SDK and older tools read the second name of the region.
    let region = ["AWS_REGION", "AWS_DEFAULT_REGION"].iter().find_map(|name| std::env::var(name).ok());
    let region = region.unwrap_or_else(|| "us-east-1".to_owned());
    command.env("AWS_REGION", &region).env("AWS_DEFAULT_REGION", &region);
    for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
        if std::env::var_os(name).is_none() {
            command.env(name, "test");
        }
    }
}

/// The command is held before its first instruction until the sandbox knows whom to kill.
async fn run_until(running: &Running, words: &[OsString], calls: u64) -> io::Result<ExitStatus> {
    let mut shell = Command::new("sh");
    shell.args(["-c", "kill -STOP $$; exec \"$@\"", "sh"]).args(words);
    surround(&mut shell, running);
    let mut child = shell.spawn()?;
    let pid = i32::try_from(child.id())
        .ok()
        .and_then(Pid::from_raw)
        .ok_or_else(|| io::Error::other("it has no id"))?;
    tokio::task::spawn_blocking(move || waitpid(Some(pid), WaitOptions::UNTRACED))
        .await
        .map_err(io::Error::other)??;
    let fault = json!([{
        "operation": "mutating",
        "after": calls - 1,
        "times": 1,
        "action": { "kill": pid.as_raw_nonzero().get(), "when": "after" },
    }]);
    let armed = control(running, "POST", "faults", &fault.to_string()).await;
    kill_process(pid, Signal::CONT)?;
    armed?;
    spawn_and_wait(move || child.wait()).await
}

async fn spawn_and_wait(
    work: impl FnOnce() -> io::Result<ExitStatus> + Send + 'static,
) -> io::Result<ExitStatus> {
    // An interrupt reaches the command too; the sandbox goes on until the command has ended.
    let mut interrupts = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt())?;
    let mut work = tokio::task::spawn_blocking(work);
    loop {
        tokio::select! {
            ended = &mut work => return ended.map_err(io::Error::other)?,
            Some(()) = interrupts.recv() => {}
        }
    }
}

fn code(status: ExitStatus) -> u8 {
    use std::os::unix::process::ExitStatusExt;
    let code = status.code().or_else(|| status.signal().map(|signal| SIGNALLED + signal));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX)
}
