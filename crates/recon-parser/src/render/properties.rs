//! Whatever a value holds, what is printed of it reads back.

use std::collections::BTreeMap;

use proptest::prelude::*;
use recon_core::{FileId, Number, Type, Value};

use super::{arguments, expression};
use crate::decode::constant;
use crate::syntax::{normalized, parse_body, parse_expression};

/// Any text, more often with what has a meaning in templates.
fn text() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "${", "%{", "$", "%", "\"", "\\", "\n", "\r", "\t", "~", "}", "é", "e\u{301}", "\u{0}",
    ]);
    prop_oneof![any::<String>(), prop::collection::vec(pieces, 0..6).prop_map(|pieces| pieces.concat())]
        .prop_map(|text| normalized(&text).to_string())
}

fn number() -> impl Strategy<Value = Number> {
    let decimal = (any::<i64>(), 0..40_u32).prop_map(|(digits, scale)| format!("{digits}e-{scale}"));
    prop_oneof![any::<i64>().prop_map(Number::from), decimal.prop_map(|text| text.parse().unwrap())]
}

/// Values of the types that an expression can spell.
fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::null(Type::Any)),
        any::<bool>().prop_map(Value::from),
        number().prop_map(Value::from),
        text().prop_map(|text| Value::from(text.as_str())),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::tuple),
            prop::collection::btree_map(text(), inner, 0..4).prop_map(Value::object),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_printed_value_reads_back(value in values()) {
        let printed = expression(&value);
        let read = parse_expression(FileId(0), &printed).map(|parsed| constant(&parsed));
        prop_assert_eq!(read, Ok(Ok(value)), "{}", printed);
    }

    #[test]
    fn printed_arguments_read_back(values in prop::collection::btree_map("[a-z_][a-z0-9_-]{0,6}", values(), 0..4)) {
        let values: BTreeMap<recon_core::value::Name, Value> =
            values.into_iter().map(|(name, value)| (name.into(), value)).collect();
        let (body, problems) = parse_body(FileId(0), &arguments(&values));
        prop_assert!(problems.is_empty(), "{:?}", problems);
        for (name, value) in &values {
            prop_assert_eq!(constant(&body.attributes[name].value), Ok(value.clone()));
        }
    }
}
