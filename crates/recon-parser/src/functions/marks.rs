//! Functions on what a value carries: `sensitive`, `nonsensitive`, `issensitive`, `ephemeralasnull`.

use std::sync::Arc;

use recon_core::value::{Mapping, Sequence};
use recon_core::{Data, Marks, Type, Value};

use super::{Function, Parameter, Returns, any, open, pure};

const VALUE: &[Parameter] = &[any("value").nullable().unknown_anywhere().marked().of_open_type()];

pub(super) static FUNCTIONS: &[Function] = &[
    pure("sensitive", VALUE, Returns::Decided(open), |a| Ok(a[0].clone().sensitive())),
    pure("nonsensitive", VALUE, Returns::Decided(open), |a| {
        let (mut value, marks) = a[0].unmarked();
        value.marks = marks.without(Marks::SENSITIVE).without(Marks::DERIVED);
        Ok(value)
    }),
    pure("issensitive", VALUE, Returns::Bool, |a| {
        if a[0].marks.is_sensitive() {
            return Ok(true.into());
        }
        // What is unknown may yet turn out to be sensitive.
        Ok(if a[0].is_unknown() { Returns::Bool.unknown() } else { false.into() })
    }),
    pure("ephemeralasnull", VALUE, Returns::Decided(open), |a| Ok(without_ephemeral(&a[0]))),
];

fn without_ephemeral(value: &Value) -> Value {
    if value.marks.is_ephemeral() {
        let kept = value.marks.without(Marks::EPHEMERAL);
        return Value::null(value.ty()).marked(kept);
    }
    if !value.deep_marks().is_ephemeral() {
        return value.clone();
    }
    let all = |items: &[Value]| items.iter().map(without_ephemeral).collect::<Vec<_>>();
    let data = match &value.data {
        Data::List(list) => {
            Data::List(Arc::new(Sequence { element: list.element.clone(), items: all(&list.items) }))
        }
        Data::Set(set) => return Value::set(set.element.clone(), all(&set.items)).marked(value.marks),
        Data::Tuple(items) => Data::Tuple(Arc::new(all(items))),
        Data::Map(map) => Data::Map(Arc::new(Mapping {
            element: map.element.clone(),
            entries: map.entries.iter().map(|(key, item)| (key.clone(), without_ephemeral(item))).collect(),
        })),
        Data::Object(attributes) => Data::Object(Arc::new(
            attributes.iter().map(|(name, item)| (name.clone(), without_ephemeral(item))).collect(),
        )),
        Data::Null(_) => Data::Null(Type::Any),
        other => other.clone(),
    };
    Value { data, marks: value.marks }
}
