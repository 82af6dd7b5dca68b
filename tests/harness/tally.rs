//! Many cases, run side by side: all failures told at once, against a table of those that are known.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many cases run side by side.
pub const THREADS: usize = 3;

/// Names of cases that cannot pass, and why.
pub type Exceptions = &'static [(&'static str, &'static str)];

/// Runs cases, each by its name; panics unless exactly those of the table fail.
///
/// `worker` is called once per thread and makes what runs one case after the other.
#[track_caller]
pub fn tally<Case: Sync, Run: FnMut(&Case) -> Result<(), String>>(
    title: &str,
    cases: &[(String, Case)],
    exceptions: Exceptions,
    worker: impl Fn() -> Run + Sync,
) {
    let next = AtomicUsize::new(0);
    let failed = Mutex::new(Vec::new());
    let work = || {
        let mut run = worker();
        while let Some((name, case)) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
            let why = run(case).err().map(|why| (name.clone(), why));
            failed.lock().expect("no thread panics").extend(why);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(work);
        }
    });
    let failed = failed.into_inner().expect("no thread panics");
    conclude(title, cases, exceptions, failed);
}

#[track_caller]
fn conclude<Case>(
    title: &str,
    cases: &[(String, Case)],
    exceptions: Exceptions,
    mut failed: Vec<(String, String)>,
) {
    failed.sort();
    let excepted = |name: &str| exceptions.iter().find(|(known, _)| *known == name);
    println!("{title}: {} of {} pass", cases.len() - failed.len(), cases.len());
    for (name, reason) in failed.iter().filter_map(|(name, _)| excepted(name)) {
        println!("{title}: {name} does not: {reason}");
    }
    let unexpected = failed.iter().filter(|(name, _)| excepted(name).is_none());
    let mut wrong: Vec<String> = unexpected.map(|(name, why)| format!("\n=== {name}\n{why}\n")).collect();
    let passed = |name: &str| {
        cases.iter().any(|(case, _)| case == name) && !failed.iter().any(|(failed, _)| failed == name)
    };
    let idle = exceptions.iter().filter(|(name, _)| passed(name));
    wrong.extend(idle.map(|(name, _)| format!("\n=== {name}\nis an exception, but does not fail\n")));
    let wrong = wrong.concat();
    assert!(wrong.is_empty(), "{title}: {} of {} pass{wrong}", cases.len() - failed.len(), cases.len());
}
