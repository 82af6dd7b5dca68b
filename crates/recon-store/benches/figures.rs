//! Prints how long the files of 100,000 resources take: `cargo bench -p recon-store`.

#![expect(clippy::print_stdout, reason = "figures are what it is for")]

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use recon_core::plan::Op;
use recon_core::state::{Health, Instance, Object, ProviderKey, State};
use recon_core::{Address, Known, ResourceAddress, Type, Value};
use recon_store::{Backend, Entry, Intent, Local, Schemas, Workspace, fold, new_lineage};

const RESOURCES: u64 = 100_000;
const APPENDERS: u64 = 64;

/// One type with as many attributes as a Lambda function has.
struct Wide(Type);

impl Schemas for Wide {
    fn ty(&self, _: &ResourceAddress) -> Option<(u32, Type)> {
        Some((0, self.0.clone()))
    }

    fn upgrade(&self, _: &ResourceAddress, _: u32, value: Known) -> Result<Known, String> {
        Ok(value)
    }
}

fn wide() -> Wide {
    let texts = (0..20).map(|n| (format!("attribute_{n:02}"), Type::String));
    let lists = (20..40).map(|n| (format!("attribute_{n:02}"), Type::list(Type::String)));
    Wide(Type::object(texts.chain(lists)))
}

fn object(number: u64) -> Object {
    let texts = (0..20).map(|n| (format!("attribute_{n:02}"), Value::from(format!("some text {number}"))));
    let lists = (20..40).map(|n| (format!("attribute_{n:02}"), Value::null(Type::list(Type::String))));
    let value = Known::with_nulls(&Value::object(texts.chain(lists)));
    Object { schema_version: 0, value, health: Health::Good }
}

fn address(number: u64) -> Result<Address, recon_core::address::NotAnAddress> {
    format!("aws_lambda_function.items[{number}]").parse()
}

fn provider() -> ProviderKey {
    ProviderKey { name: "aws".into(), alias: None }
}

fn state() -> Result<State, Box<dyn Error>> {
    let mut state = State::empty(new_lineage());
    for number in 0..RESOURCES {
        let instance = Instance {
            provider: provider(),
            depends_on: Arc::default(),
            create_before_destroy: false,
            object: Some(object(number)),
            deposed: BTreeMap::new(),
        };
        state.resources.insert(address(number)?, instance);
    }
    Ok(state)
}

fn intent(step: u64) -> Result<Entry, Box<dyn Error>> {
    Ok(Entry::Intent(Box::new(Intent {
        step,
        address: address(step)?,
        op: Op::Update,
        provider: provider(),
        want: Some(object(step).value),
        at_ms: 0,
        depends_on: Arc::default(),
        create_before_destroy: false,
    })))
}

fn print(what: &str, time: Duration) {
    println!("{what:<44} {:>7.3} s", time.as_secs_f64());
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let local = Local::new(Workspace::new(folder.path().to_owned(), "default")?);
    let schemas = wide();
    let state = state()?;

    let started = Instant::now();
    local.write(&state, &schemas)?;
    print("write a state of 100,000 × 40 attributes", started.elapsed());
    let started = Instant::now();
    let read = local.read(&schemas)?;
    print("read it", started.elapsed());
    assert!(read.as_ref() == Some(&state), "what was written is what is read");

    let entries: Vec<Entry> = (0..RESOURCES).map(intent).collect::<Result<_, _>>()?;
    let journal = local.journal()?;
    let started = Instant::now();
    std::thread::scope(|scope| {
        for appender in 0..APPENDERS {
            let mine = entries.iter().skip(usize::try_from(appender).unwrap_or(0)).step_by(64);
            let journal = &journal;
            scope.spawn(move || mine.for_each(|entry| drop(journal.append(entry).wait())));
        }
    });
    print("100,000 durable appends by 64 threads", started.elapsed());
    let started = Instant::now();
    let answers: Vec<_> = entries.iter().map(|entry| journal.append(entry)).collect();
    answers.into_iter().try_for_each(recon_store::Ack::wait)?;
    print("100,000 durable appends, answers at the end", started.elapsed());
    let started = Instant::now();
    entries.iter().try_for_each(|entry| journal.append_relaxed(std::slice::from_ref(entry)))?;
    journal.finish()?;
    print("100,000 relaxed appends", started.elapsed());

    let started = Instant::now();
    let entries = local.read_journal(&schemas)?.unwrap_or_default();
    print("read a journal of 300,000 entries", started.elapsed());
    let started = Instant::now();
    drop(fold(state, &entries[..0])?);
    print("fold nothing", started.elapsed());
    Ok(())
}
