//! The runtimes there are, and which of them may still be used.

use sha2::{Digest as _, Sha256};

use super::refuse::invalid;
use crate::wire::{Refusal, hex};

const SUPPORTED: [&str; 32] = [
    "nodejs18.x",
    "nodejs20.x",
    "nodejs22.x",
    "nodejs24.x",
    "python3.9",
    "python3.10",
    "python3.11",
    "python3.12",
    "python3.13",
    "python3.14",
    "java8.al2",
    "java11",
    "java17",
    "java21",
    "java25",
    "dotnet6",
    "dotnet8",
    "dotnet10",
    "ruby3.2",
    "ruby3.3",
    "ruby3.4",
    "ruby4.0",
    "provided.al2",
    "provided.al2023",
    "python3.8",
    "nodejs14.x",
    "nodejs16.x",
    "python3.7",
    "java8",
    "go1.x",
    "provided",
    "ruby2.7",
];

/// Runtimes that AWS refuses for new functions, and what it recommends instead.
const RETIRED: [(&str, &str); 11] = [
    ("nodejs", "nodejs22.x"),
    ("nodejs4.3", "nodejs22.x"),
    ("nodejs4.3-edge", "nodejs22.x"),
    ("nodejs6.10", "nodejs22.x"),
    ("nodejs8.10", "nodejs22.x"),
    ("nodejs10.x", "nodejs22.x"),
    ("nodejs12.x", "nodejs22.x"),
    ("python2.7", "python3.13"),
    ("python3.6", "python3.13"),
    ("ruby2.5", "ruby3.4"),
    ("dotnetcore3.1", "dotnet8"),
];

/// Runtimes that can start from a snapshot.
const SNAP_START: [&str; 8] =
    ["java11", "java17", "java21", "java25", "python3.12", "python3.13", "python3.14", "dotnet8"];

/// Refuses a runtime that does not exist or is no longer supported.
pub(super) fn check(runtime: &str) -> Result<(), Refusal> {
    if SUPPORTED.contains(&runtime) {
        return Ok(());
    }
    if let Some((_, instead)) = RETIRED.iter().find(|(retired, _)| *retired == runtime) {
        return Err(invalid(format!(
            "The runtime parameter of {runtime} is no longer supported for creating or updating AWS Lambda functions. \
             We recommend you use the new runtime ({instead}) while creating or updating functions."
        )));
    }
    Err(invalid(format!(
        "Value {runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [{}] or be a \
         valid ARN",
        SUPPORTED.join(", ")
    )))
}

/// Refuses a runtime that cannot start from a snapshot.
pub(super) fn check_snap_start(runtime: &str) -> Result<(), Refusal> {
    if SNAP_START.contains(&runtime) || runtime == "dotnet10" {
        return Ok(());
    }
    Err(invalid(format!("{runtime} is not supported for SnapStart enabled functions.")))
}

/// Says whether a layer may name this runtime: any that ever was.
pub(super) fn ever_was(runtime: &str) -> bool {
    SUPPORTED.contains(&runtime)
        || RETIRED.iter().any(|(retired, _)| *retired == runtime)
        || ["dotnetcore1.0", "dotnetcore2.0", "dotnetcore2.1"].contains(&runtime)
}

/// Returns the ARN of the current release of a runtime; one runtime always has the same.
pub(super) fn version_arn(runtime: &str, region: &str) -> String {
    let digest = hex(&Sha256::digest(runtime.as_bytes()));
    format!("arn:aws:lambda:{region}::runtime:{digest}")
}
