//! A way into an emulator at which a run dies: right after its n-th mutating call took effect, before it hears of it.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::Child;
use std::sync::{Arc, Mutex, PoisonError};

/// Passes HTTP calls on to an emulator, one per connection, and counts those that change something.
pub struct Gate {
    /// `http://127.0.0.1:PORT`
    pub endpoint: String,
    victim: Arc<Mutex<Victim>>,
}

/// Who is to die, and after how many more mutating calls.
#[derive(Default)]
struct Victim {
    child: Option<Child>,
    calls_left: u64,
    killed: bool,
}

impl Gate {
    /// A way to the emulator at `endpoint`; it stays open until the test's process ends.
    pub fn to(endpoint: &str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
        let address = listener.local_addr().expect("it has an address");
        let target = endpoint.trim_start_matches("http://").to_owned();
        let victim = Arc::new(Mutex::new(Victim::default()));
        let shared = Arc::clone(&victim);
        std::thread::spawn(move || {
            for caller in listener.incoming().flatten() {
                let (target, victim) = (target.clone(), Arc::clone(&shared));
                // A caller that was killed cannot be answered; that is what the gate is for.
                std::thread::spawn(move || drop(pass(caller, &target, &victim)));
            }
        });
        Self { endpoint: format!("http://{address}"), victim }
    }

    /// How many mutating calls a program makes from its start to its end.
    pub fn calls_of(&self, start: impl FnOnce() -> Child) -> u64 {
        assert!(!self.kill_after(u64::MAX, start), "nobody makes that many calls");
        u64::MAX - lock(&self.victim).calls_left
    }

    /// Runs a program, which dies once `calls` mutating calls took effect; whether it got that far.
    pub fn kill_after(&self, calls: u64, start: impl FnOnce() -> Child) -> bool {
        // Held until the child is known, so that none of its calls is counted before.
        let mut victim = lock(&self.victim);
        *victim = Victim { child: Some(start()), calls_left: calls, killed: false };
        drop(victim);
        loop {
            let mut victim = lock(&self.victim);
            let child = victim.child.as_mut().expect("it was just set");
            if child.try_wait().expect("a child can be waited for").is_some() {
                victim.child = None;
                return victim.killed;
            }
            drop(victim);
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    }
}

fn lock(victim: &Mutex<Victim>) -> std::sync::MutexGuard<'_, Victim> {
    victim.lock().unwrap_or_else(PoisonError::into_inner)
}

fn pass(mut caller: TcpStream, target: &str, victim: &Mutex<Victim>) -> std::io::Result<()> {
    let (head, body) = read_request(&mut caller)?;
    let (line, headers) = head.split_once("\r\n").unwrap_or((&head, ""));
    let mut emulator = TcpStream::connect(target)?;
    write!(emulator, "{line}\r\nConnection: close\r\n{headers}")?;
    emulator.write_all(&body)?;
    let mut answer = Vec::new();
    emulator.read_to_end(&mut answer)?;
    if changes_something(line, &body) {
        count(&mut lock(victim));
    }
    caller.write_all(&answer)?;
    caller.shutdown(Shutdown::Both)
}

/// The head with its empty line, and the body.
fn read_request(caller: &mut TcpStream) -> std::io::Result<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 8192];
    let end = loop {
        let length = caller.read(&mut chunk)?;
        bytes.extend_from_slice(&chunk[..length]);
        match bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            Some(end) => break end + 4,
            None if length == 0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            None => {}
        }
    };
    let mut body = bytes.split_off(end);
    let head = String::from_utf8_lossy(&bytes).into_owned();
    let length = head
        .lines()
        .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
    let missing = length.unwrap_or(0_usize).saturating_sub(body.len());
    let mut rest = vec![0; missing];
    caller.read_exact(&mut rest)?;
    body.append(&mut rest);
    Ok((head, body))
}

/// IAM and STS send all of their calls by POST, with the action in the body.
fn changes_something(line: &str, body: &[u8]) -> bool {
    let reads = [&b"Action=Get"[..], b"Action=List"].iter().any(|action| body.starts_with(action));
    !line.starts_with("GET ") && !reads
}

fn count(victim: &mut Victim) {
    victim.calls_left = victim.calls_left.saturating_sub(1);
    let Some(child) = victim.child.as_mut() else { return };
    if victim.calls_left == 0 && !victim.killed {
        victim.killed = child.kill().is_ok();
        // Only once it is gone may the call be answered.
        drop(child.wait());
    }
}
