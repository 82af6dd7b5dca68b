//! The control endpoints under `/_sandbox/`: counts, faults, reset, a dump, and the code of functions.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use crate::fault::Fault;
use crate::router::{Calls, Cloud, lock};
use crate::wire::{Answer, Call, Outcome, Refusal};
use crate::world::World;

/// Answers a control call.
pub(crate) fn handle(cloud: &Cloud, call: &Call) -> Outcome {
    let segments = call.segments();
    let (_, rest) = segments.split_first().unwrap_or((&"", &[]));
    match (call.method.as_str(), rest) {
        ("GET", ["calls"]) => Ok(Answer::json(200, &counts(&lock(&cloud.calls)))),
        ("DELETE", ["calls"]) => {
            *lock(&cloud.calls) = Calls::default();
            Ok(Answer::empty(204))
        }
        ("GET", ["faults"]) => Ok(Answer::json(200, &Value::Array(lock(&cloud.faults).list()))),
        ("POST", ["faults"]) => install(cloud, call),
        ("DELETE", ["faults"]) => {
            lock(&cloud.faults).clear();
            Ok(Answer::empty(204))
        }
        ("POST", ["reset"]) => {
            let mut world = lock(&cloud.world);
            *world = World::new(world.ids.next(), world.pace);
            cloud.dirty.store(true, Ordering::Relaxed);
            Ok(Answer::empty(204))
        }
        ("GET", ["world"]) => dump(&lock(&cloud.world)),
        ("GET", ["code", digest]) => lock(&cloud.world)
            .lambda
            .package(digest)
            .map(|bytes| Answer::bytes(200, "application/zip", bytes.to_vec()))
            .ok_or_else(|| Refusal::new(404, "NoSuchKey", "no such code")),
        _ => Err(Refusal::unknown(call)),
    }
}

fn counts(calls: &Calls) -> Value {
    let by_name = |counts: &BTreeMap<(&str, &str), u64>| -> BTreeMap<String, u64> {
        counts.iter().map(|((service, name), count)| (format!("{service}:{name}"), *count)).collect()
    };
    let Calls { total, mutating, throttled, operations } = calls;
    json!({
        "total": total,
        "mutating": mutating,
        "throttled": by_name(throttled),
        "operations": by_name(operations),
    })
}

fn install(cloud: &Cloud, call: &Call) -> Outcome {
    let malformed = |error: serde_json::Error| Refusal::new(400, "BadFault", error.to_string());
    let given: Value = serde_json::from_slice(&call.body).map_err(malformed)?;
    let list = if given.is_array() { given } else { Value::Array(vec![given]) };
    let faults: Vec<Fault> = serde_json::from_value(list).map_err(malformed)?;
    let mut installed = lock(&cloud.faults);
    installed.install(faults);
    Ok(Answer::json(200, &Value::Array(installed.list())))
}

fn dump(world: &World) -> Outcome {
    let body =
        serde_json::to_vec(world).map_err(|error| Refusal::new(500, "Unwritable", error.to_string()))?;
    Ok(Answer::bytes(200, "application/json", body))
}
