//! Clouds to test against: the sandbox, and emulators that somebody else wrote, where they are installed.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// How long an emulator may take to come up.
const STARTUP_TIMEOUT: Duration = Duration::from_mins(1);

/// How long one answer may take.
const ANSWER_TIMEOUT: Duration = Duration::from_mins(1);

/// A running cloud; it ends with the test.
pub struct Cloud {
    /// `sandbox`, `moto` or `ministack`.
    pub name: &'static str,
    /// `http://127.0.0.1:PORT`
    pub endpoint: String,
    process: Process,
}

enum Process {
    Here { _runtime: tokio::runtime::Runtime, _running: recon_sandbox::Running },
    Child(Child),
}

impl Drop for Cloud {
    fn drop(&mut self) {
        if let Process::Child(child) = &mut self.process {
            // Nothing depends on whether it ended by itself first.
            drop(child.kill());
            drop(child.wait());
        }
    }
}

impl Cloud {
    /// A fresh sandbox.
    pub fn sandbox() -> Self {
        Self::sandbox_with(recon_sandbox::Options::default())
    }

    /// A fresh sandbox, set up in another way.
    pub fn sandbox_with(options: recon_sandbox::Options) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime can be made");
        let running = runtime.block_on(recon_sandbox::start(options)).expect("the sandbox can be started");
        let endpoint = running.endpoint().to_owned();
        Self { name: "sandbox", endpoint, process: Process::Here { _runtime: runtime, _running: running } }
    }

    /// The sandbox's answer to a control request.
    pub fn control(&self, method: &str, path: &str, body: &Value) -> Value {
        let text = request(&self.endpoint, method, &format!("/_sandbox/{path}"), "", &body.to_string());
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    /// What a service answers to a GET, as text.
    pub fn list(&self, service: &str, path: &str) -> String {
        // Emulators tell services apart by the scope of the signature, and do not verify it.
        let scope = format!("Credential=test/20260101/us-east-1/{service}/aws4_request");
        let headers = format!("Authorization: AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0\r\n");
        let text = request(&self.endpoint, "GET", path, &headers, "");
        assert!(!text.is_empty(), "{service} does not answer {path}");
        text
    }

    /// Makes it empty again.
    pub fn reset(&self) {
        let path = match self.name {
            "moto" => "/moto-api/reset",
            "ministack" => "/_ministack/reset",
            _ => "/_sandbox/reset",
        };
        request(&self.endpoint, "POST", path, "", "");
    }

    /// What objects there are in the sandbox; nothing if it is as empty as at first.
    pub fn left(&self) -> Option<Value> {
        let mut world = self.control("GET", "world", &Value::Null);
        let sections = world.as_object_mut()?;
        // Settings, where ids come from, and the store of packages, which are kept by their digest.
        sections.retain(|name, _| !["account", "ids", "pace"].contains(&name.as_str()));
        sections.get_mut("lambda")?.as_object_mut()?.remove("packages");
        prune(world)
    }

    /// The answer to a call that is signed by nobody, as an API Gateway or Lambda call in JSON or an IAM call in a form.
    pub fn call(&self, method: &str, path: &str, body: &str) -> Value {
        let text = request(&self.endpoint, method, path, "", body);
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    /// How many calls of all sorts the sandbox was asked for since the last time.
    pub fn take_calls(&self) -> Value {
        let calls = self.control("GET", "calls", &Value::Null);
        self.control("DELETE", "calls", &Value::Null);
        calls
    }
}

/// The value without what is empty all the way down.
fn prune(value: Value) -> Option<Value> {
    match value {
        Value::Object(entries) => {
            // The numbers of a layer's versions are never given twice, so they outlive it.
            let entries = entries.into_iter().filter(|(name, _)| name != "last_version");
            let kept: serde_json::Map<_, _> =
                entries.filter_map(|(name, entry)| Some((name, prune(entry)?))).collect();
            (!kept.is_empty()).then_some(Value::Object(kept))
        }
        Value::Array(items) if items.is_empty() => None,
        Value::Null => None,
        other => Some(other),
    }
}

fn request(endpoint: &str, method: &str, path: &str, headers: &str, body: &str) -> String {
    let address = endpoint.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).expect("the cloud listens");
    stream.set_read_timeout(Some(ANSWER_TIMEOUT)).expect("a timeout can be set");
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n{headers}\r\n"
    );
    stream
        .write_all(head.as_bytes())
        .and_then(|()| stream.write_all(body.as_bytes()))
        .expect("the cloud reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("the cloud answers");
    answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default()
}

/// Emulators that somebody else wrote, as far as they are installed; what is skipped is said.
pub fn emulators() -> Vec<Cloud> {
    [moto(), ministack()].into_iter().flatten().collect()
}

/// `moto_server`, if it is installed.
pub fn moto() -> Option<Cloud> {
    let port = free_port();
    let mut command = Command::new("moto_server");
    command.args(["-H", "127.0.0.1", "-p", &port.to_string()]);
    // AWS has its managed policies everywhere; moto only when asked.
    command.env("MOTO_IAM_LOAD_MANAGED_POLICIES", "true");
    start("moto", command, port)
}

/// `ministack`, if it is installed.
pub fn ministack() -> Option<Cloud> {
    let port = free_port();
    let mut command = Command::new("ministack");
    command.env("GATEWAY_PORT", port.to_string()).env("MINISTACK_PORT", port.to_string());
    start("ministack", command, port)
}

fn start(name: &'static str, mut command: Command, port: u16) -> Option<Cloud> {
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let Ok(child) = child else {
        println!("skipped: {name} is not installed");
        return None;
    };
    let cloud = Cloud { name, endpoint: format!("http://127.0.0.1:{port}"), process: Process::Child(child) };
    let started = Instant::now();
    while started.elapsed() < STARTUP_TIMEOUT {
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return Some(cloud);
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("{name} is installed but does not listen");
}

fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
    listener.local_addr().expect("it has an address").port()
}
