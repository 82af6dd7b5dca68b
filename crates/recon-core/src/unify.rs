//! The one type that values of several types convert to: what `[1, "a"]` becomes as a list, or `c ? 1 : "a"` as a whole.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::Type;
use crate::convert::may_convert;
use crate::value::Name;

/// The one type that values of all these types convert to, if there is one; `Any` when that stays open.
pub fn unify(types: &[Type]) -> Option<Type> {
    let types = distinct(types);
    match types.as_slice() {
        [] => Some(Type::Any),
        [only] => Some((*only).clone()),
        _ => match structural(&types) {
            Structural::Decided(decision) => decision,
            Structural::Open => preferred(&types),
        },
    }
}

fn distinct(types: &[Type]) -> Vec<&Type> {
    let mut distinct: Vec<&Type> = Vec::new();
    for ty in types {
        if distinct.last() != Some(&ty) && !distinct.contains(&ty) {
            distinct.push(ty);
        }
    }
    distinct
}

enum Structural {
    Decided(Option<Type>),
    Open,
}

#[derive(Default)]
struct Count {
    any: usize,
    list: usize,
    set: usize,
    map: usize,
    tuple: usize,
    object: usize,
}

impl Count {
    fn of(types: &[&Type]) -> Self {
        let mut count = Self::default();
        for ty in types {
            match ty {
                Type::Any => count.any += 1,
                Type::List(_) => count.list += 1,
                Type::Set(_) => count.set += 1,
                Type::Map(_) => count.map += 1,
                Type::Tuple(_) => count.tuple += 1,
                Type::Object(_) => count.object += 1,
                Type::Bool | Type::Number | Type::String => {}
            }
        }
        count
    }
}

/// Types of one kind may have a type in common that is none of them.
fn structural(types: &[&Type]) -> Structural {
    let count = Count::of(types);
    let all = types.len() - count.any;
    let open = count.any > 0;
    let decided = |ty: Option<Type>| Structural::Decided(if open { Some(Type::Any) } else { ty });
    if count.map > 0 && count.map == all {
        return decided(elements(types).map(Type::map));
    }
    if count.map > 0 && count.map + count.object == all {
        return match as_maps(types) {
            Some(ty) if !open => Structural::Decided(Some(ty)),
            _ => Structural::Open,
        };
    }
    if count.list > 0 && count.list == all {
        return decided(elements(types).map(Type::list));
    }
    if count.list > 0 && count.list + count.tuple == all {
        return match as_lists(types) {
            Some(ty) if !open => Structural::Decided(Some(ty)),
            _ => Structural::Open,
        };
    }
    if count.set > 0 && count.set == all {
        return decided(elements(types).map(Type::set));
    }
    if count.object > 0 && count.object == all {
        return decided(objects(types));
    }
    if count.tuple > 0 && count.tuple == all {
        return decided(tuples(types));
    }
    if count.object > 0 && count.tuple > 0 { Structural::Decided(None) } else { Structural::Open }
}

fn elements(types: &[&Type]) -> Option<Type> {
    let elements: Vec<Type> = types.iter().filter_map(|ty| ty.element().cloned()).collect();
    unify(&elements)
}

fn as_maps(types: &[&Type]) -> Option<Type> {
    let elements: Option<Vec<Type>> = types
        .iter()
        .map(|ty| match ty {
            Type::Object(attributes) => unify(&attributes.values().cloned().collect::<Vec<_>>()),
            other => other.element().cloned(),
        })
        .collect();
    unify(&elements?).map(Type::map)
}

fn as_lists(types: &[&Type]) -> Option<Type> {
    let elements: Option<Vec<Type>> = types
        .iter()
        .map(|ty| match ty {
            Type::Tuple(items) => unify(items),
            other => other.element().cloned(),
        })
        .collect();
    unify(&elements?).map(Type::list)
}

fn tuples(types: &[&Type]) -> Option<Type> {
    let tuples: Vec<&Vec<Type>> = types.iter().filter_map(|ty| ty.as_tuple()).collect();
    let (first, rest) = tuples.split_first()?;
    if rest.iter().any(|tuple| tuple.len() != first.len()) {
        let all: Vec<Type> = tuples.iter().flat_map(|tuple| tuple.iter().cloned()).collect();
        return common_collection(types, unify(&all).map(Type::list));
    }
    let items = (0..first.len())
        .map(|index| unify(&tuples.iter().map(|tuple| tuple[index].clone()).collect::<Vec<_>>()));
    items.collect::<Option<Vec<_>>>().map(|items| Type::Tuple(Arc::new(items)))
}

/// The collection, if each type converts to it: alone among its own, an element may fit no type in common.
fn common_collection(types: &[&Type], collection: Option<Type>) -> Option<Type> {
    collection.filter(|collection| types.iter().all(|ty| may_convert(ty, collection)))
}

/// Objects of the same attributes stay objects; others become maps.
fn objects(types: &[&Type]) -> Option<Type> {
    let objects: Vec<&BTreeMap<Name, Type>> = types.iter().filter_map(|ty| ty.as_object()).collect();
    let (first, rest) = objects.split_first()?;
    if rest.iter().any(|object| !object.keys().eq(first.keys())) {
        let all: Vec<Type> = objects.iter().flat_map(|object| object.values().cloned()).collect();
        return common_collection(types, unify(&all).map(Type::map));
    }
    let attributes = first.keys().map(|name| {
        let across: Vec<Type> = objects.iter().map(|object| object[name].clone()).collect();
        Some((name.clone(), unify(&across)?))
    });
    attributes.collect::<Option<BTreeMap<_, _>>>().map(|attributes| Type::Object(Arc::new(attributes)))
}

/// The most general of the types that all others convert to.
fn preferred(types: &[&Type]) -> Option<Type> {
    let mut candidates: Vec<&Type> = types.to_vec();
    candidates.sort_by_key(|ty| rank(ty));
    let fits = |wanted: &&&Type| types.iter().all(|ty| ty == *wanted || may_convert(ty, wanted));
    candidates.iter().find(fits).map(|ty| (**ty).clone())
}

/// Text holds every primitive, a list keeps what a set loses, and anything is better than "any".
fn rank(ty: &Type) -> u8 {
    match ty {
        Type::String => 0,
        Type::Number | Type::Bool => 1,
        Type::List(_) | Type::Map(_) => 2,
        Type::Set(_) => 3,
        Type::Tuple(_) | Type::Object(_) => 4,
        Type::Any => 9,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use test_case::test_case;

    fn tuple(items: &[Type]) -> Type {
        Type::Tuple(Arc::new(items.to_vec()))
    }

    #[test_case(&[Type::String, Type::Number], Some(&Type::String))]
    #[test_case(&[Type::Bool, Type::Number], None)]
    #[test_case(&[Type::Any, Type::String], Some(&Type::String))]
    #[test_case(&[tuple(&[Type::Number]), tuple(&[Type::String, Type::String])], Some(&Type::list(Type::String)))]
    #[test_case(&[tuple(&[Type::Number]), tuple(&[Type::String])], Some(&tuple(&[Type::String])))]
    #[test_case(&[Type::object([("a", Type::Number)]), Type::object([("b", Type::String)])], Some(&Type::map(Type::String)))]
    #[test_case(&[Type::object([("a", Type::Number)]), Type::object([("a", Type::Bool)])], None)]
    #[test_case(&[tuple(&[]), tuple(&[tuple(&[]), Type::Any])], None; "a bare null has no type in a list")]
    #[test_case(&[Type::object([("a", Type::Any), ("b", Type::Number)]), Type::object([("c", tuple(&[])), ("b", Type::Number)])], None; "one of several has no type of its own")]
    #[test_case(&[tuple(&[]), Type::object::<&str>([])], None)]
    #[test_case(&[Type::set(Type::Number), tuple(&[Type::Number])], Some(&Type::set(Type::Number)))]
    #[test_case(&[Type::list(Type::String), tuple(&[Type::Number])], Some(&Type::list(Type::String)))]
    fn types_with_something_in_common(types: &[Type], common: Option<&Type>) {
        assert_eq!(unify(types).as_ref(), common);
    }
}
