//! Format 1 as it was frozen: a golden file, and its JSON schema.

use std::path::{Path, PathBuf};
use std::{env, fs};

use recon_core::state::State;
use recon_store::{Backend, Local, Workspace};

use crate::fixture::{TwoTypes, folder, full_state, lineage};
use crate::json_schema;

fn here(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../state").join(file)
}

#[test]
fn the_golden_file_reads_as_the_state_that_it_was_made_from() {
    let golden = Workspace::new(here("golden"), "1").unwrap();
    assert_eq!(Local::new(golden).read(&TwoTypes).unwrap(), Some(full_state()));
}

#[test]
fn the_same_state_gives_the_golden_bytes() {
    let folder = folder();
    folder.local.write(&full_state(), &TwoTypes).unwrap();
    let written = fs::read_to_string(folder.workspace.state_path()).unwrap();
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::create_dir_all(here("golden")).unwrap();
        fs::write(here("golden/1.json"), &written).unwrap();
    }
    let golden = fs::read_to_string(here("golden/1.json")).unwrap();
    // The version of recon is not a part of the format.
    let version = |text: &str| {
        text.lines().filter(|line| !line.starts_with("  \"recon\"")).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(version(&written), version(&golden));
}

#[test]
fn golden_and_empty_states_follow_the_json_schema() {
    let schema = serde_json::from_str(&fs::read_to_string(here("schema/1.json")).unwrap()).unwrap();
    let golden = serde_json::from_str(&fs::read_to_string(here("golden/1.json")).unwrap()).unwrap();
    assert_eq!(json_schema::mistakes(&schema, &golden), Vec::<String>::new());

    let folder = folder();
    folder.local.write(&State::empty(lineage()), &TwoTypes).unwrap();
    let empty = serde_json::from_str(&fs::read_to_string(folder.workspace.state_path()).unwrap()).unwrap();
    assert_eq!(json_schema::mistakes(&schema, &empty), Vec::<String>::new());
}

#[test]
fn the_json_schema_refuses_what_the_reader_refuses() {
    let schema = serde_json::from_str(&fs::read_to_string(here("schema/1.json")).unwrap()).unwrap();
    let golden = fs::read_to_string(here("golden/1.json")).unwrap();
    for (from, to) in [
        ("\"format\": 1", "\"format\": 2"),
        ("\"good\"", "\"fine\""),
        ("\"schema_version\":1", "\"schema_version\":-1"),
        ("\"depends_on\"", "\"dependencies\""),
    ] {
        let changed = serde_json::from_str(&golden.replace(from, to)).unwrap();
        assert!(!json_schema::mistakes(&schema, &changed).is_empty(), "{to}");
    }
}
