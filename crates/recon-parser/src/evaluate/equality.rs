//! Equality as `==` has it: of one type, and open while something unknown could still decide.

use recon_core::convert::unify;
use recon_core::{Data, Type, Value};

/// Whether two values are equal; nothing while that is known only after apply. Marks do not matter.
pub(crate) fn equal(a: &Value, b: &Value) -> Option<bool> {
    if a.is_null() && b.is_null() { Some(true) } else { equal_inside(a, b) }
}

/// Inside of other values a null has the type of its place.
fn equal_inside(a: &Value, b: &Value) -> Option<bool> {
    match (&a.data, &b.data) {
        (Data::Null(a), Data::Null(b)) => Some(a == b),
        (Data::Null(_), Data::Unknown(unknown)) | (Data::Unknown(unknown), Data::Null(_)) => {
            unknown.not_null.then_some(false)
        }
        (Data::Null(_), _) | (_, Data::Null(_)) => Some(false),
        (Data::Unknown(_), _) | (_, Data::Unknown(_)) => {
            if may_agree(&a.ty(), &b.ty()) {
                None
            } else {
                Some(false)
            }
        }
        (Data::List(a), Data::List(b)) if may_agree(&a.element, &b.element) => all(&a.items, &b.items),
        (Data::Set(a), Data::Set(b)) if may_agree(&a.element, &b.element) => {
            let known = |items: &[Value]| items.iter().all(Value::is_wholly_known);
            if known(&a.items) && known(&b.items) { all(&a.items, &b.items) } else { None }
        }
        (Data::Tuple(a), Data::Tuple(b)) => all(a, b),
        (Data::Map(a), Data::Map(b)) if may_agree(&a.element, &b.element) => {
            if a.entries.keys().ne(b.entries.keys()) {
                return Some(false);
            }
            every(a.entries.values().zip(b.entries.values()))
        }
        (Data::Object(a), Data::Object(b)) => {
            if a.keys().ne(b.keys()) {
                return Some(false);
            }
            every(a.values().zip(b.values()))
        }
        (Data::Bool(a), Data::Bool(b)) => Some(a == b),
        (Data::Number(a), Data::Number(b)) => Some(a == b),
        (Data::String(a), Data::String(b)) => Some(a == b),
        _ => Some(false),
    }
}

/// Values of different types are never equal, unless one of the types is still open.
fn may_agree(a: &Type, b: &Type) -> bool {
    a == b || ((!a.is_concrete() || !b.is_concrete()) && unify(&[a.clone(), b.clone()]).is_some())
}

fn all(a: &[Value], b: &[Value]) -> Option<bool> {
    if a.len() == b.len() { every(a.iter().zip(b)) } else { Some(false) }
}

/// One difference decides, whatever is unknown beside it.
fn every<'a>(pairs: impl Iterator<Item = (&'a Value, &'a Value)>) -> Option<bool> {
    let mut result = Some(true);
    for (a, b) in pairs {
        match equal_inside(a, b) {
            Some(true) => {}
            Some(false) => return Some(false),
            None => result = None,
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use test_case::test_case;

    #[test_case(&Value::from(1i64), &Value::from("1"), Some(false))]
    #[test_case(&Value::tuple(vec![]), &Value::list(Type::String, vec![]), Some(false))]
    #[test_case(&Value::null(Type::String), &Value::null(Type::Any), Some(true))]
    #[test_case(&Value::unknown(Type::String), &Value::from("a"), None)]
    #[test_case(&Value::unknown(Type::String), &Value::from(1i64), Some(false); "of another type")]
    #[test_case(
        &Value::tuple(vec![Value::unknown(Type::String), 1i64.into()]),
        &Value::tuple(vec!["a".into(), 2i64.into()]),
        Some(false); "a known difference decides"
    )]
    fn equality(a: &Value, b: &Value, expected: Option<bool>) {
        assert_eq!((equal(a, b), equal(b, a)), (expected, expected));
    }
}
