//! Functions on sets.

use std::collections::BTreeSet;

use recon_core::convert::{convert, unify};
use recon_core::{Type, Value};

use super::{Function, Outcome, Parameter, Refusal, Returns, pure, set_of_any};

const INCOMPATIBLE: &str = "given sets must all have compatible element types";

const OTHERS: Parameter = set_of_any("other_sets");

pub(super) static FUNCTIONS: &[Function] = &[
    pure("setunion", &[set_of_any("first_set")], Returns::Decided(set_type), |sets| {
        combine(sets, |a, b| a.union(b).cloned().collect())
    })
    .and_any_number_of(OTHERS),
    pure("setintersection", &[set_of_any("first_set")], Returns::Decided(set_type), |sets| {
        combine(sets, |a, b| a.intersection(b).cloned().collect())
    })
    .and_any_number_of(OTHERS),
    pure("setsubtract", &[set_of_any("a"), set_of_any("b")], Returns::Decided(set_type), |sets| {
        combine(sets, |a, b| a.difference(b).cloned().collect())
    }),
];

fn set_type(sets: &[Value]) -> Result<Type, Refusal> {
    element_type(sets).map(Type::set).ok_or_else(|| INCOMPATIBLE.into())
}

/// The type that the elements of all sets can have. An empty set has no say.
fn element_type(sets: &[Value]) -> Option<Type> {
    let has_say =
        |set: &&Value| set.is_unknown() || set.ty() != Type::set(Type::Any) || !set.items().is_empty();
    let elements: Vec<Type> =
        sets.iter().filter(has_say).filter_map(|set| set.ty().element().cloned()).collect();
    unify(&elements)
}

fn combine(sets: &[Value], operation: fn(&BTreeSet<Value>, &BTreeSet<Value>) -> BTreeSet<Value>) -> Outcome {
    let element = element_type(sets).ok_or(INCOMPATIBLE)?;
    let ty = Type::set(element.clone());
    let mut converted = Vec::with_capacity(sets.len());
    for set in sets {
        let set = convert(set, &ty).map_err(|mismatch| mismatch.full())?;
        converted.push(set.items().iter().cloned().collect::<BTreeSet<Value>>());
    }
    let mut rest = converted.into_iter();
    let first = rest.next().unwrap_or_default();
    let combined = rest.fold(first, |so_far, set| operation(&so_far, &set));
    Ok(Value::set(element, combined.into_iter().collect()))
}
