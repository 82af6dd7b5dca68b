//! Locks: one holder at a time, in this process and among processes, alive or killed.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use std::{env, fs};

use recon_store::{Backend, Error, Local, Workspace};

use crate::fixture::{Folder, folder};

const NOW: Duration = Duration::ZERO;
const FOLDER: &str = "RECON_TEST_LOCK_FOLDER";

#[test]
fn a_held_lock_names_its_holder_and_is_free_after_it() {
    let Folder { directory: _kept, local, .. } = folder();
    let lock = local.lock("apply", NOW).unwrap();
    let error = local.lock("plan", NOW).unwrap_err();
    let Error::Locked { note: Some(note), .. } = &error else { panic!("{error}") };
    assert_eq!(note, lock.note());
    assert_eq!((note.pid, &*note.purpose), (std::process::id(), "apply"));
    assert!(note.who.contains('@') && note.since.ends_with('Z'), "{note:?}");
    assert!(error.to_string().contains(&note.id), "{error}");
    drop(lock);
    drop(local.lock("plan", NOW).unwrap());
}

#[test]
fn a_lock_is_waited_for() {
    let folder = folder();
    let lock = folder.local.lock("apply", NOW).unwrap();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| folder.local.lock("plan", Duration::from_secs(20)).map(drop));
        std::thread::sleep(Duration::from_millis(150));
        drop(lock);
        waiting.join().unwrap().unwrap();
    });
}

#[test]
fn workspaces_are_locked_apart() {
    let folder = folder();
    let other = Workspace::new(folder.workspace.directory.clone(), "other").unwrap();
    let _one = folder.local.lock("apply", NOW).unwrap();
    drop(Local::new(other).lock("apply", NOW).unwrap());
}

/// The other process of the tests below; does nothing when run among the tests.
#[test]
fn other_process() {
    let Some(directory) = env::var_os(FOLDER) else { return };
    let lock = Local::new(Workspace::new(directory.into(), "default").unwrap()).lock("apply", NOW).unwrap();
    println!("\nheld {}", lock.note().id);
    std::thread::sleep(Duration::from_mins(1));
}

#[test]
fn a_killed_process_holds_no_lock_and_its_note_does_not_count() {
    let Folder { directory: _kept, workspace, local } = folder();
    let mut process = Command::new(env::current_exe().unwrap())
        .args(["--exact", "lock::other_process", "--nocapture"])
        .env(FOLDER, &workspace.directory)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
    let held = lines.find_map(|line| line.strip_prefix("held ").map(str::to_owned)).unwrap();

    let error = local.lock("plan", NOW).unwrap_err();
    assert!(matches!(&error, Error::Locked { note: Some(note), .. } if note.pid == process.id()), "{error}");
    assert!(matches!(local.force_unlock("another"), Err(Error::OtherLock { .. })));
    assert!(matches!(local.force_unlock(&held), Err(Error::HolderLives { .. })));

    process.kill().unwrap();
    process.wait().unwrap();
    local.force_unlock(&held).unwrap();
    assert!(matches!(local.force_unlock(&held), Err(Error::NotLocked { .. })));
    drop(local.lock("plan", NOW).unwrap());
}

#[test]
fn a_lock_under_which_nothing_was_kept_leaves_nothing() {
    let Folder { directory: _kept, workspace, local } = folder();
    drop(local.lock("plan", NOW).unwrap());
    assert!(!workspace.directory.exists());
    fs::create_dir(&workspace.directory).unwrap();
    drop(local.lock("plan", NOW).unwrap());
    assert_eq!(fs::read_dir(&workspace.directory).unwrap().count(), 0);
}

#[test]
fn a_lock_whose_file_goes_away_is_held_by_one_at_a_time() {
    let folder = folder();
    let holders = AtomicU32::new(0);
    let take_turns = || {
        for _ in 0..50 {
            let lock = folder.local.lock("plan", Duration::from_mins(1)).unwrap();
            assert_eq!(holders.fetch_add(1, Ordering::SeqCst), 0);
            holders.fetch_sub(1, Ordering::SeqCst);
            drop(lock);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(take_turns);
        }
    });
}
