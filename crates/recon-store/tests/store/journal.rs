//! Journals: durable lines, torn ends, many at once.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::sync::Arc;

use proptest::prelude::*;
use recon_core::Value;
use recon_core::plan::Op;
use recon_core::state::{DeposedKey, Health, Object};
use recon_store::{Backend, Begin, Entry, Error, Intent, Left, RunId};

use crate::fixture::{
    Folder, TwoTypes, address, any_value, folder, full_state, known, lineage, object, provider,
};

fn begin() -> Entry {
    let (lineage, run) = (lineage(), RunId("r".into()));
    Entry::Begin(Begin { lineage, serial: 0, run, at_ms: 5, recon: "0.1.0".into() })
}

fn intent(step: u64, op: Op, want: Option<Value>) -> Entry {
    Entry::Intent(Box::new(Intent {
        step,
        address: address("terraform_data.a"),
        op,
        provider: provider("terraform"),
        want: want.map(known),
        at_ms: 1_700_000_000_000,
        depends_on: Arc::new(vec![(*address("terraform_data.b").resource).clone()]),
        create_before_destroy: true,
    }))
}

/// One of every kind of entry.
fn all_entries(value: &Value) -> Vec<Entry> {
    let key = || DeposedKey("k1".into());
    let boxed = || Box::new(object(value.clone()));
    let instance = full_state().resources.into_values().next().map(Box::new);
    let ops = [
        Op::Create(None),
        Op::Create(Some(key())),
        Op::Update,
        Op::Delete,
        Op::DeleteDeposed(key()),
        Op::Read,
        Op::Forget,
        Op::Vanish,
        Op::Join,
    ];
    let mut entries = vec![
        begin(),
        Entry::Refreshed { address: address("aws_lambda_function.items"), instance },
        Entry::Refreshed { address: address("terraform_data.b[0]"), instance: None },
    ];
    entries.extend(ops.into_iter().zip(1..).map(|(op, step)| intent(step, op, Some(value.clone()))));
    entries.extend([
        Entry::Result { step: 1, object: Some(boxed()) },
        Entry::Result { step: 4, object: None },
        Entry::Failed { step: 2, left: Left::Object(boxed()) },
        Entry::Failed { step: 3, left: Left::Nothing },
        Entry::Failed { step: 5, left: Left::Unclear },
        Entry::Outputs(BTreeMap::from([("value".into(), known(value.clone()))])),
        Entry::End,
    ]);
    entries
}

fn written(entries: &[Entry]) -> Folder {
    let folder = folder();
    let journal = folder.local.journal().unwrap();
    journal.append_many(entries).wait().unwrap();
    journal.finish().unwrap();
    folder
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn what_is_appended_is_what_is_read(value in any_value()) {
        let entries = all_entries(&value);
        let folder = written(&entries);
        prop_assert_eq!(folder.local.read_journal(&TwoTypes).unwrap(), Some(entries));
    }
}

#[test]
fn a_journal_cut_off_anywhere_reads_up_to_there_and_goes_on_from_there() {
    let entries = all_entries(&Value::from("v\u{e9}"));
    let folder = written(&entries);
    let path = folder.workspace.journal_path();
    let whole = fs::read(&path).unwrap();
    for length in 0..whole.len() {
        fs::write(&path, &whole[..length]).unwrap();
        let read = folder.local.read_journal(&TwoTypes).unwrap().unwrap();
        assert_eq!(read, entries[..read.len()], "cut at {length}");
        if length % 7 == 0 {
            folder.local.journal().unwrap().append(&Entry::End).wait().unwrap();
            let longer = folder.local.read_journal(&TwoTypes).unwrap().unwrap();
            assert_eq!(longer.len(), read.len() + 1, "cut at {length}");
            assert_eq!(longer.last(), Some(&Entry::End));
        }
    }
}

#[test]
fn garbage_before_the_last_line_is_refused_with_its_line() {
    let folder = written(&all_entries(&Value::from("x")));
    let path = folder.workspace.journal_path();
    let text = fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    fs::write(&path, text.replace(lines[3], &lines[3][..20])).unwrap();
    let error = folder.local.read_journal(&TwoTypes).unwrap_err();
    assert!(matches!(error, Error::Corrupt { line: 4, .. }), "{error}");
}

#[test]
fn a_journal_of_a_newer_format_is_neither_read_nor_continued() {
    let folder = folder();
    fs::create_dir_all(&folder.workspace.directory).unwrap();
    fs::write(folder.workspace.journal_path(), "{\"recon-journal\":2,\"recon\":\"9.0.0\"}\n").unwrap();
    assert!(matches!(folder.local.read_journal(&TwoTypes), Err(Error::NewerFormat { format: 2, .. })));
    assert!(matches!(folder.local.journal(), Err(Error::NewerFormat { format: 2, .. })));
}

#[test]
fn objects_of_an_older_recon_are_read_up_to_the_schema() {
    let folder = folder();
    let old = Object {
        schema_version: 0,
        value: known(Value::object([("name", Value::from("ItemsFunction"))])),
        health: Health::Good,
    };
    let journal = folder.local.journal().unwrap();
    let Entry::Intent(mut create) = intent(1, Op::Create(None), None) else { unreachable!() };
    create.address = address("aws_lambda_function.items");
    let entries = [begin(), Entry::Intent(create), Entry::Result { step: 1, object: Some(Box::new(old)) }];
    journal.append_many(&entries).wait().unwrap();
    journal.finish().unwrap();
    let path = folder.workspace.journal_path();
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen(recon_store::VERSION, "0.0.1", 1)).unwrap();
    let read = folder.local.read_journal(&TwoTypes).unwrap().unwrap();
    let Entry::Result { object: Some(object), .. } = &read[2] else { panic!("{read:?}") };
    assert_eq!(object.schema_version, 1);
    assert_eq!(object.value.str("function_name"), Some("ItemsFunction"));
    assert!(object.value.get("memory_size").is_null());
}

#[test]
fn removing_a_journal_twice_is_fine() {
    let folder = written(&[begin()]);
    folder.local.remove_journal().unwrap();
    folder.local.remove_journal().unwrap();
    assert_eq!(folder.local.read_journal(&TwoTypes).unwrap(), None);
}

#[test]
fn what_nobody_waits_for_is_written_before_what_somebody_waits_for() {
    let folder = folder();
    let journal = folder.local.journal().unwrap();
    journal.append_relaxed(&[begin(), intent(1, Op::Update, None)]).unwrap();
    journal.append(&Entry::Result { step: 1, object: None }).wait().unwrap();
    assert_eq!(folder.local.read_journal(&TwoTypes).unwrap().unwrap().len(), 3);
    journal.append_relaxed(&[Entry::End]).unwrap();
    drop(journal);
    assert_eq!(folder.local.read_journal(&TwoTypes).unwrap().unwrap().len(), 4);
}

#[test]
fn a_result_is_in_the_file_before_anybody_waits_for_it() {
    let folder = folder();
    let journal = folder.local.journal().unwrap();
    journal.append_many(&[begin(), intent(1, Op::Update, None)]).wait().unwrap();
    journal.append_soon(&Entry::Result { step: 1, object: None }).unwrap();
    let read = || folder.local.read_journal(&TwoTypes).unwrap().unwrap().len();
    let started = std::time::Instant::now();
    while read() < 3 && started.elapsed() < std::time::Duration::from_secs(10) {
        std::thread::yield_now();
    }
    assert_eq!(read(), 3, "a process that is killed now takes it along");
    drop(journal);
    assert_eq!(read(), 3);
}

#[test]
fn many_threads_append_at_once_and_no_line_is_lost_or_mixed() {
    let folder = folder();
    let journal = folder.local.journal().unwrap();
    std::thread::scope(|scope| {
        for thread in 0..64u64 {
            let journal = &journal;
            scope.spawn(move || {
                for number in 0..20 {
                    journal.append(&intent(thread * 1000 + number, Op::Update, None)).wait().unwrap();
                }
            });
        }
    });
    let read = folder.local.read_journal(&TwoTypes).unwrap().unwrap();
    let mut steps: Vec<u64> = read
        .iter()
        .map(|entry| if let Entry::Intent(intent) = entry { intent.step } else { u64::MAX })
        .collect();
    steps.sort_unstable();
    let expected: Vec<u64> = (0..64).flat_map(|thread| (0..20).map(move |n| thread * 1000 + n)).collect();
    assert_eq!(steps, expected);
}

#[test]
fn a_secret_is_in_no_error() {
    let folder = folder();
    fs::create_dir_all(&folder.workspace.directory).unwrap();
    let mut file = fs::File::create(folder.workspace.journal_path()).unwrap();
    writeln!(file, "{{\"recon-journal\":1,\"recon\":\"0.1.0\"}}").unwrap();
    writeln!(file, "{{\"outputs\":{{\"a\":{{\"sensitive\":{{\"lost\":\"s3cr3t\"}}}}}}}}").unwrap();
    writeln!(file, "\"end\"").unwrap();
    let error = folder.local.read_journal(&TwoTypes).unwrap_err();
    assert!(!error.diagnostic().detail.contains("s3cr3t"), "{error}");
}

#[test]
fn the_deepest_value_that_is_accepted_is_read_again() {
    let element = |inner: &Value| recon_core::Type::list(inner.ty());
    let mut deep = Value::from("x").sensitive();
    while folder()
        .local
        .journal()
        .unwrap()
        .append(&Entry::Outputs([("a".into(), known(deep.clone()))].into()))
        .wait()
        .is_ok()
    {
        let mut object = object(deep.clone());
        object.value = known(deep.clone());
        let mut instance = crate::fixture::instance(object.clone());
        instance.deposed.insert(DeposedKey("k".into()), object);
        let entry =
            Entry::Refreshed { address: address("terraform_data.a"), instance: Some(Box::new(instance)) };
        let folder = written(std::slice::from_ref(&entry));
        assert_eq!(folder.local.read_journal(&TwoTypes).unwrap(), Some(vec![entry]));
        deep = Value::list(element(&deep), vec![deep]).sensitive();
    }
    assert!(format!("{:?}", deep.ty()).len() > 100);
}
