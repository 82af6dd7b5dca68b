//! State files: what is written is what is read, and what is not ours is refused.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use proptest::prelude::*;
use recon_core::state::{Health, Object};
use recon_core::{Marks, Type, Value};
use recon_store::{Backend, Error};
use test_case::test_case;

use crate::fixture::{
    Folder, TwoTypes, address, any_value, folder, full_state, function_type, instance, known, object,
    state_of,
};

fn read_text(text: &str) -> Result<Option<recon_core::state::State>, Error> {
    let Folder { directory: _kept, workspace, local } = folder();
    fs::create_dir_all(&workspace.directory).unwrap();
    fs::write(workspace.state_path(), text).unwrap();
    local.read(&TwoTypes)
}

fn full_text() -> String {
    let Folder { directory: _kept, workspace, local } = folder();
    local.write(&full_state(), &TwoTypes).unwrap();
    fs::read_to_string(workspace.state_path()).unwrap()
}

#[test]
fn no_file_is_no_state() {
    assert_eq!(folder().local.read(&TwoTypes).unwrap(), None);
}

#[test]
fn what_is_written_is_what_is_read() {
    assert_eq!(read_text(&full_text()).unwrap(), Some(full_state()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_value_survives_where_the_schema_leaves_its_type_open(value in any_value()) {
        let Folder { directory: _kept, workspace: _, local } = folder();
        let mut state = state_of(&[("terraform_data.a", instance(object(value.clone())))]);
        state.outputs.insert("value".into(), known(value));
        local.write(&state, &TwoTypes).unwrap();
        prop_assert_eq!(local.read(&TwoTypes).unwrap(), Some(state));
    }

    #[test]
    fn any_value_is_readable_even_where_it_does_not_fit_the_schema(value in any_value()) {
        let Folder { directory: _kept, workspace: _, local } = folder();
        let attributes = Value::object([("function_name", value.clone()), ("environment", value)]);
        let object = Object { schema_version: 1, value: known(attributes), health: Health::Good };
        local.write(&state_of(&[("aws_lambda_function.a", instance(object.clone()))]), &TwoTypes).unwrap();
        let read = local.read(&TwoTypes).unwrap().unwrap();
        local.write(&read, &TwoTypes).unwrap();
        prop_assert_eq!(local.read(&TwoTypes).unwrap(), Some(read));
    }

    #[test]
    fn text_that_is_cut_or_changed_never_panics(cut in 0usize..4000, byte in any::<u8>()) {
        let mut text = full_text().into_bytes();
        let position = cut % text.len();
        text[position] = byte;
        drop(read_text(&String::from_utf8_lossy(&text)));
        drop(read_text(&String::from_utf8_lossy(&text[..position])));
    }
}

#[test]
fn attributes_that_the_schema_lacks_are_dropped_and_missing_ones_are_null() {
    let text = full_text().replace("\"memory_size\":512", "\"handler\":\"index.main\"");
    let state = read_text(&text).unwrap().unwrap();
    let value = &state.object(&address("aws_lambda_function.items")).unwrap().value;
    assert!(value.get("memory_size").data == recon_core::Data::Null(Type::Number));
    assert!(value.entries().unwrap().get("handler").is_none());
}

#[test]
fn an_object_of_an_older_schema_is_upgraded() {
    let text = full_text()
        .replace("\"schema_version\":1", "\"schema_version\":0")
        .replace("\"function_name\"", "\"name\"");
    let state = read_text(&text).unwrap().unwrap();
    let object = state.object(&address("aws_lambda_function.items")).unwrap();
    assert_eq!(object.schema_version, 1);
    assert_eq!(object.value.str("function_name"), Some("ItemsFunction"));
    assert_eq!(object.value.ty(), function_type());
    let variables = object.value.get("environment").items()[0].get("variables").clone();
    assert!(variables.get("TOKEN").marks.is_sensitive());
}

#[test]
fn an_object_of_a_later_schema_is_refused() {
    let text = full_text().replace("\"schema_version\":1", "\"schema_version\":7");
    let error = read_text(&text).unwrap_err();
    assert!(matches!(error, Error::Upgrade { version: 7, .. }), "{error}");
}

#[test]
fn an_object_of_an_unknown_type_stays_as_it_is() {
    let folder = folder();
    let value = Value::object([("names", Value::strings(["a"])), ("secret", Value::from("x").sensitive())]);
    let object = Object { schema_version: 4, value: known(value), health: Health::Good };
    let state = state_of(&[("other_thing.a", instance(object))]);
    folder.local.write(&state, &TwoTypes).unwrap();
    assert_eq!(folder.local.read(&TwoTypes).unwrap(), Some(state));
}

#[test]
fn what_is_ephemeral_is_not_stored() {
    let folder = folder();
    let secret = Value::from("one-time").marked(Marks::EPHEMERAL);
    folder.local.write(&state_of(&[("terraform_data.a", instance(object(secret)))]), &TwoTypes).unwrap();
    assert!(!fs::read_to_string(folder.workspace.state_path()).unwrap().contains("one-time"));
}

#[test]
fn files_are_for_their_owner_alone() {
    let folder = folder();
    for serial in 1..3 {
        let state = recon_core::state::State { serial, ..full_state() };
        folder.local.write(&state, &TwoTypes).unwrap();
    }
    folder.local.journal().unwrap().finish().unwrap();
    for path in
        [folder.workspace.state_path(), folder.workspace.backup_path(), folder.workspace.journal_path()]
    {
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "{}", path.display());
    }
}

#[test]
fn the_state_before_is_kept_and_an_equal_one_is_not_written() {
    let folder = folder();
    let states: Vec<_> = (1..4).map(|serial| recon_core::state::State { serial, ..full_state() }).collect();
    for state in &states {
        folder.local.write(state, &TwoTypes).unwrap();
    }
    let (state, backup) = (folder.workspace.state_path(), folder.workspace.backup_path());
    assert!(fs::read_to_string(&state).unwrap().contains("\"serial\": 3"));
    assert!(fs::read_to_string(&backup).unwrap().contains("\"serial\": 2"));
    let before = fs::metadata(&state).unwrap().modified().unwrap();
    folder.local.write(&states[2], &TwoTypes).unwrap();
    assert_eq!(fs::metadata(&state).unwrap().modified().unwrap(), before);
    assert!(fs::read_to_string(&backup).unwrap().contains("\"serial\": 2"));
    let files: Vec<_> = fs::read_dir(&folder.workspace.directory).unwrap().collect();
    assert_eq!(files.len(), 2, "{files:?}");
}

#[test]
fn a_state_behind_a_link_is_replaced_where_it_is() {
    let folder = folder();
    fs::create_dir_all(&folder.workspace.directory).unwrap();
    let target = folder.directory.path().join("elsewhere.json");
    fs::write(&target, "").unwrap();
    std::os::unix::fs::symlink(&target, folder.workspace.state_path()).unwrap();
    folder.local.write(&full_state(), &TwoTypes).unwrap();
    assert!(fs::read_to_string(target).unwrap().contains("ItemsFunction"));
}

#[test]
fn a_state_that_could_not_be_read_again_is_not_written() {
    let folder = folder();
    let deep = (0..60).fold(Value::from("x"), |inner, _| Value::tuple(vec![inner]));
    let state = state_of(&[("terraform_data.a", instance(object(deep)))]);
    let error = folder.local.write(&state, &TwoTypes).unwrap_err();
    assert!(matches!(&error, Error::TooDeep { what, .. } if what == "terraform_data.a"), "{error}");
    assert!(!folder.workspace.state_path().exists());
}

#[test_case("{\"format\": 1", "line 1, column 12: it ends in the middle of a value"; "cut off")]
#[test_case("{\n  \"version\": 4,\n  \"terraform_version\": \"1.9.0\"\n}", "it is not a recon state file"; "of terraform")]
#[test_case("{\"format\": 0}", "it is not a recon state file"; "of no format")]
#[test_case("{\"format\": 2, \"more\": []}", "its format is 2, and this recon reads up to 1"; "newer format")]
#[test_case("{\"format\": 1, \"features\": [\"shards\"]}", "uses features that this recon does not know: shards"; "unknown feature")]
fn what_is_not_ours_is_refused(text: &str, expected: &str) {
    let error = read_text(text).unwrap_err();
    assert!(error.to_string().contains(expected), "{error}");
    assert!(error.help().is_some());
}

#[test_case("\"serial\": 3", "\"serial\": 3,\n  \"owner\": 1", "line 6, column 9: unknown field `owner`"; "unknown field")]
#[test_case("\"health\":\"good\"", "\"health\":\"fine\"", "unknown variant `fine`"; "unknown health")]
#[test_case("\"512\"", "\"512\"", ""; "nothing changed")]
#[test_case("aws_lambda_function.items", "aws_lambda_function", "is not an address"; "no address")]
#[test_case("terraform_data.marker[\\\"c\\\"]", "terraform_data.marker[\\\"a.b\\\"]", "is in it twice"; "duplicate address")]
#[test_case("6b8e3a52-6f3e-4b0c-9d6e-2f6c1a7d0c11", "", "it has no lineage"; "no lineage")]
#[test_case("aws.eu", "", "is not a provider"; "no provider")]
#[test_case("512", "\"s3cr3t-512\"", "line 8, column"; "wrong type")]
#[test_case("[\"arm64\"]", "{\"s3cr3t-a\":\"b\"}", "there is an object where the schema has a set of string"; "wrong shape")]
fn what_does_not_follow_the_format_is_told_with_its_place(from: &str, to: &str, expected: &str) {
    let text = full_text();
    let outcome = read_text(&text.replace(from, to));
    if from == to {
        return drop(outcome.unwrap());
    }
    let error = outcome.unwrap_err();
    assert!(error.to_string().contains(expected), "{error}");
    assert!(!error.diagnostic().detail.contains("s3cr3t"), "{error}");
}
