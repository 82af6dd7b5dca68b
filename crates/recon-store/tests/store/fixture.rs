//! What the tests share: two resource types, small states, and any value at all.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use recon_core::state::{DeposedKey, Health, Instance, Lineage, Object, ProviderKey, State};
use recon_core::value::Name;
use recon_core::{Address, Known, Number, ResourceAddress, Type, Value};
use recon_store::{Local, Schemas, Workspace};

/// Knows `aws_lambda_function` at version 1 and `terraform_data` at version 0.
pub(crate) struct TwoTypes;

pub(crate) fn function_type() -> Type {
    Type::object([
        ("function_name", Type::String),
        ("memory_size", Type::Number),
        ("layers", Type::list(Type::String)),
        ("architectures", Type::set(Type::String)),
        ("environment", Type::list(Type::object([("variables", Type::map(Type::String))]))),
    ])
}

pub(crate) fn data_type() -> Type {
    Type::object([("id", Type::String), ("input", Type::Any)])
}

impl Schemas for TwoTypes {
    fn ty(&self, resource: &ResourceAddress) -> Option<(u32, Type)> {
        match &*resource.kind {
            "aws_lambda_function" => Some((1, function_type())),
            "terraform_data" => Some((0, data_type())),
            _ => None,
        }
    }

    fn upgrade(&self, resource: &ResourceAddress, version: u32, value: Known) -> Result<Known, String> {
        match (&*resource.kind, version) {
            // Version 0 called it `name`.
            ("aws_lambda_function", 0) => {
                let name = value.part("name");
                Ok(value.with_part("function_name", name))
            }
            _ => Err(format!("schema version {version} is not known")),
        }
    }
}

pub(crate) struct Folder {
    pub(crate) directory: tempfile::TempDir,
    pub(crate) workspace: Workspace,
    pub(crate) local: Local,
}

pub(crate) fn folder() -> Folder {
    let directory = tempfile::tempdir().unwrap();
    let workspace = Workspace::new(directory.path().join("state"), "default").unwrap();
    Folder { directory, local: Local::new(workspace.clone()), workspace }
}

pub(crate) fn address(text: &str) -> Address {
    text.parse().unwrap()
}

pub(crate) fn known(value: Value) -> Known {
    Known::new(value).unwrap()
}

pub(crate) fn lineage() -> Lineage {
    Lineage("6b8e3a52-6f3e-4b0c-9d6e-2f6c1a7d0c11".into())
}

pub(crate) fn provider(name: &str) -> ProviderKey {
    ProviderKey { name: name.into(), alias: None }
}

/// A `terraform_data` object.
pub(crate) fn object(input: Value) -> Object {
    let value = known(Value::object([("id", Value::from("x")), ("input", input)]));
    Object { schema_version: 0, value, health: Health::Good }
}

pub(crate) fn instance(object: Object) -> Instance {
    Instance {
        provider: provider("terraform"),
        depends_on: Arc::default(),
        create_before_destroy: false,
        object: Some(object),
        deposed: BTreeMap::new(),
    }
}

pub(crate) fn state_of(instances: &[(&str, Instance)]) -> State {
    let resources = instances.iter().map(|(text, instance)| (address(text), instance.clone())).collect();
    State { serial: 1, resources, ..State::empty(lineage()) }
}

/// A state with one of everything that the format can say.
pub(crate) fn full_state() -> State {
    let variables = Value::map(
        Type::String,
        BTreeMap::from([
            ("STAGE".into(), Value::from("prod")),
            ("TOKEN".into(), Value::from("s3cr3t").sensitive()),
        ]),
    );
    let element = Type::object([("variables", Type::map(Type::String))]);
    let function = Value::object([
        ("function_name", Value::from("ItemsFunction")),
        ("memory_size", Value::from(512)),
        ("layers", Value::null(Type::list(Type::String))),
        ("architectures", Value::set(Type::String, vec![Value::from("arm64")])),
        ("environment", Value::list(element, vec![Value::object([("variables", variables)])])),
    ]);
    let function = Object { schema_version: 1, value: known(function), health: Health::Good };
    let old = Object { health: Health::Tainted, ..function.clone() };
    let function = Instance {
        provider: ProviderKey { name: "aws".into(), alias: Some("eu".into()) },
        depends_on: Arc::new(vec![(*address("module.base[\"eu\"].aws_iam_role.items").resource).clone()]),
        create_before_destroy: true,
        object: Some(function),
        deposed: BTreeMap::from([(DeposedKey("8f3a61c2".into()), old)]),
    };
    let input = Value::object([
        ("names", Value::strings(["a", "b"])),
        ("ratio", Value::from("0.25".parse::<Number>().unwrap())),
        ("digits", Value::from("123456789012345678901234567890".parse::<Number>().unwrap())),
    ]);
    let mut state = state_of(&[
        ("aws_lambda_function.items", function),
        ("terraform_data.marker[\"a.b\"]", instance(object(input))),
        ("terraform_data.marker[\"c\"]", instance(object(Value::from("plain")))),
    ]);
    state.serial = 3;
    state.outputs = BTreeMap::from([
        ("names".into(), known(Value::strings(["x"]))),
        ("password".into(), known(Value::from("hunter2").sensitive())),
    ]);
    state
}

/// Any value that has a type of its own throughout.
pub(crate) fn any_value() -> impl Strategy<Value = Value> {
    let number = prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        (any::<i64>(), 1u32..40)
            .prop_map(|(digits, zeros)| format!("{digits}.{digits}e{zeros}").replace(".-", ".")),
        (any::<i32>(), 1u32..30).prop_map(|(digits, shift)| format!("{digits}e-{shift}")),
    ];
    let leaf = prop_oneof![
        Just(Value::null(Type::Any)),
        any::<bool>().prop_map(Value::from),
        number.prop_map(|text| Value::from(text.parse::<Number>().unwrap())),
        "[a-c\"\\\\\n\u{e9}]{0,4}".prop_map(Value::from),
        proptest::collection::vec("[a-c]{0,2}", 0..3).prop_map(Value::strings),
        proptest::collection::vec("[a-c]{0,2}", 0..3)
            .prop_map(|items| Value::set(Type::String, items.into_iter().map(Value::from).collect())),
        proptest::collection::btree_map("[a-c.\"]{0,2}", any::<i64>(), 0..3).prop_map(|entries| {
            let entries = entries.into_iter().map(|(key, number)| (Name::from(key), Value::from(number)));
            Value::map(Type::Number, entries.collect())
        }),
    ];
    let tree = leaf.prop_recursive(4, 24, 4, |inner| {
        let items = proptest::collection::vec(inner.clone(), 0..4);
        prop_oneof![
            items.clone().prop_map(Value::tuple),
            items.prop_map(|items| Value::list(Type::Any, items)),
            proptest::collection::btree_map("[a-d]{1,2}", inner.clone(), 0..4).prop_map(Value::object),
            inner.prop_map(Value::sensitive),
        ]
    });
    (tree, any::<bool>()).prop_map(|(value, secret)| if secret { value.sensitive() } else { value })
}
