//! A directory of its own for one test, and what recon says in it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A directory that goes with the test.
pub struct Scratch {
    directory: tempfile::TempDir,
    program: PathBuf,
    environment: Vec<(String, String)>,
}

/// What a run of recon ended with.
#[derive(Debug)]
pub struct Ran {
    /// The exit code; nothing if a signal ended it.
    pub code: Option<i32>,
    /// Data.
    pub stdout: String,
    /// Talk.
    pub stderr: String,
}

impl Scratch {
    /// An empty directory. `program` is the recon to run: `env!("CARGO_BIN_EXE_recon-under-test")`.
    pub fn new(program: &str) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        Self { directory, program: program.into(), environment: Vec::new() }
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// The same, with an environment variable for recon.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same, with AWS at an endpoint.
    #[must_use]
    pub fn over(self, endpoint: &str) -> Self {
        self.with("AWS_ENDPOINT_URL", endpoint)
    }

    /// Writes a file.
    pub fn write(&self, name: &str, text: &str) -> &Self {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a file has a folder")).expect("the folder can be made");
        std::fs::write(path, text).expect("the file can be written");
        self
    }

    /// Copies a directory's files into this one.
    pub fn copy(&self, from: &Path) -> &Self {
        copy_into(from, self.path());
        self
    }

    /// Copies a directory's files into a folder of this one.
    pub fn copy_to(&self, from: &Path, folder: &str) -> &Self {
        let to = self.path().join(folder);
        std::fs::create_dir_all(&to).expect("the folder can be made");
        copy_into(from, &to);
        self
    }

    /// An empty directory, with the same recon in the same environment.
    #[must_use]
    pub fn empty_beside(&self) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        Self { directory, program: self.program.clone(), environment: self.environment.clone() }
    }

    /// A directory with the same files but for the state, with the same recon in the same environment.
    #[must_use]
    pub fn beside(&self) -> Self {
        let other = self.empty_beside();
        other.copy(self.path());
        let state = other.path().join("state");
        if state.exists() {
            std::fs::remove_dir_all(state).expect("the state can be left out");
        }
        other
    }

    /// Reads a file.
    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).expect("the file can be read")
    }

    /// A recon that is to be run in the directory, with nothing of the caller's AWS settings.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(arguments).current_dir(self.path()).stdin(Stdio::null());
        for (name, _) in std::env::vars() {
            if name.starts_with("AWS_") || name.starts_with("TF_") || name.starts_with("RECON_") {
                command.env_remove(name);
            }
        }
        command.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test");
        command.env("AWS_REGION", "us-east-1").env("AWS_EC2_METADATA_DISABLED", "true").env("NO_COLOR", "1");
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Starts recon, whose output goes nowhere.
    pub fn start(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(arguments);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("recon can be started")
    }

    /// Runs recon to its end.
    pub fn recon(&self, arguments: &[&str]) -> Ran {
        let output = self.command(arguments).output().expect("recon can be started");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("recon prints UTF-8");
        Ran { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// Runs recon, which must end with that code.
    #[track_caller]
    pub fn expect(&self, code: i32, arguments: &[&str]) -> Ran {
        self.expecting(code, arguments).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Runs recon; an error unless it ends with that code.
    pub fn expecting(&self, code: i32, arguments: &[&str]) -> Result<Ran, String> {
        let ran = self.recon(arguments);
        if ran.code == Some(code) {
            return Ok(ran);
        }
        let Ran { code: is, stdout, stderr } = ran;
        Err(format!("recon {} ends with {is:?}, not {code}\n{stdout}\n{stderr}", arguments.join(" ")))
    }

    /// Runs recon, which must succeed.
    #[track_caller]
    pub fn ok(&self, arguments: &[&str]) -> Ran {
        self.expect(0, arguments)
    }

    /// The plan must be empty.
    #[track_caller]
    pub fn expect_no_changes(&self) {
        self.expect(0, &["plan", "-detailed-exitcode"]);
    }
}

fn copy_into(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).expect("the directory can be read").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            std::fs::create_dir_all(&target).expect("the folder can be made");
            copy_into(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("the file can be copied");
        }
    }
}
