//! The functions that cargo-fuzz drives, over their seeds and some thousand mutations of them: the same ones in each run.

mod entry;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How many mutations a target gets.
const MUTATIONS: usize = 3_000;

/// How long one input may take: a hundred times what the slowest one needs.
const TIME_MAX: Duration = Duration::from_secs(30);

/// What configurations, and states, are made of: put where it does not belong, it finds what an even spread would not.
const PIECES: &[&str] = &[
    "\"",
    "${",
    "%{",
    "}",
    "{",
    "(",
    ")",
    "[",
    "]",
    "<<-EOT\n",
    "\n",
    "=",
    "...",
    "*",
    "null",
    "1e9999",
    "-0",
    "\u{0}",
    "\u{feff}",
    "\r\n",
    "é",
    "for x in ",
    "if ",
    "dynamic ",
    "1e400",
    "99999999999999999999",
    "\"\":",
    "{\"null\":",
    "/*",
    "#",
    "\\u",
    "\\",
    ",",
    ":",
    "?",
    "!",
    "&&",
    "var.a",
    "var.ab",
    "var.abc",
    "[*]",
    ".*.",
];

fn seeds() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds")
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// All files below the examples that are configurations.
fn examples() -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples")];
    while let Some(directory) = open.pop() {
        let entries = std::fs::read_dir(&directory).expect("the examples");
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
        paths.sort();
        for path in paths {
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "tf" || ending == "hcl") {
                found.push(read(&path));
            }
        }
    }
    assert!(!found.is_empty(), "there are no examples");
    found
}

/// A sequence of numbers that is the same in each run.
struct Numbers(u64);

impl Numbers {
    /// A number below `limit`; 0 where that is 0.
    fn below(&mut self, limit: usize) -> usize {
        // Xorshift: its quality is of no importance here.
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % (limit.max(1) as u64)).unwrap_or_default()
    }
}

/// A seed with one to four changes.
fn mutated(seed: &[u8], other: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=numbers.below(4) {
        let at = numbers.below(bytes.len() + 1);
        let upto = (at + numbers.below(16)).min(bytes.len());
        match numbers.below(6) {
            0 => drop(bytes.drain(at..upto)),
            1 => drop(bytes.splice(at..at, PIECES[numbers.below(PIECES.len())].bytes())),
            2 => {
                let part = bytes[at..upto].to_vec();
                drop(bytes.splice(at..at, part));
            }
            3 => {
                let from = numbers.below(other.len() + 1);
                let part = &other[from..(from + numbers.below(64)).min(other.len())];
                drop(bytes.splice(at..upto, part.iter().copied()));
            }
            4 if at < bytes.len() => bytes[at] ^= 1 << numbers.below(8),
            _ => {
                let piece = PIECES[numbers.below(PIECES.len())];
                let many = piece.repeat(1 + numbers.below(400));
                drop(bytes.splice(at..at, many.bytes()));
            }
        }
    }
    bytes
}

/// Feeds a target with its seeds and their mutations.
fn drive(seeds: &[Vec<u8>], target: fn(&[u8])) {
    let mut numbers = Numbers(0x5eed_5eed_5eed_5eed);
    let feed = |bytes: &[u8]| {
        let begun = Instant::now();
        let outcome = std::panic::catch_unwind(|| target(bytes));
        let shown = String::from_utf8_lossy(bytes);
        assert!(outcome.is_ok(), "this input makes it panic:\n{shown}");
        assert!(begun.elapsed() < TIME_MAX, "this input takes {:?}:\n{shown}", begun.elapsed());
    };
    for seed in seeds {
        feed(seed);
    }
    for _ in 0..MUTATIONS {
        let (seed, other) = (numbers.below(seeds.len()), numbers.below(seeds.len()));
        feed(&mutated(&seeds[seed], &seeds[other], &mut numbers));
    }
}

#[test]
fn no_configuration_is_too_broken_to_be_read() {
    let own = ["blocks.tf", "blocks.tf.json"].map(|name| read(&seeds().join(name)));
    let all: Vec<Vec<u8>> = own.into_iter().chain(examples()).collect();
    drive(&all, entry::configuration);
}

#[test]
fn no_expression_is_too_strange_to_be_evaluated() {
    let text = read(&seeds().join("expressions.txt"));
    let all: Vec<Vec<u8>> = text.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    drive(&all, entry::expression);
}

#[test]
fn no_state_is_too_broken_to_be_refused() {
    drive(&[read(&seeds().join("state.json"))], entry::state);
}
