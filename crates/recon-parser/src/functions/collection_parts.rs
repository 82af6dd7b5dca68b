//! Functions that keep a part of a list: `slice`, `distinct`, `matchkeys`.

use recon_core::convert::{convert, unify};
use recon_core::{Type, Value};

use super::collection::like;
use super::{Function, Outcome, Refusal, Returns, any, argument, list, number, pure};
use crate::evaluate::equal;

pub(super) static FUNCTIONS: &[Function] = &[
    pure(
        "slice",
        &[any("list").unknown_inside().marked(), number("start_index"), number("end_index")],
        Returns::Decided(slice_type),
        slice,
    ),
    pure("distinct", &[list("list").unknown_inside()], Returns::Decided(same_type), distinct),
    pure(
        "matchkeys",
        &[list("values").unknown_inside(), list("keys"), list("searchset")],
        Returns::Decided(matched_type),
        matchkeys,
    ),
];

#[expect(clippy::unnecessary_wraps, reason = "the table of functions wants this signature")]
fn same_type(arguments: &[Value]) -> Result<Type, Refusal> {
    Ok(arguments[0].ty())
}

fn slice_type(arguments: &[Value]) -> Result<Type, Refusal> {
    match arguments[0].ty() {
        Type::List(element) => Ok(Type::List(element)),
        Type::Tuple(_) => Ok(Type::Any),
        other => argument(0, format!("must be a list or tuple value, not {}", other.friendly())),
    }
}

fn matched_type(arguments: &[Value]) -> Result<Type, Refusal> {
    common_keys(arguments).map(|_| arguments[0].ty())
}

fn common_keys(arguments: &[Value]) -> Result<Type, Refusal> {
    let common = unify(&[arguments[1].ty(), arguments[2].ty()]);
    common.ok_or_else(|| "keys and searchset must be of the same type".into())
}

fn slice(arguments: &[Value]) -> Outcome {
    let list = &arguments[0];
    let items = list.items();
    let mut bounds = [0; 2];
    for (at, bound) in bounds.iter_mut().enumerate() {
        let index = at + 1;
        let name = ["start", "end"][at];
        *bound = match arguments[index].as_i64() {
            None => return argument(index, format!("{name} index must be a whole number")),
            Some(given) if given < 0 => {
                return argument(index, format!("{name} index must not be less than zero"));
            }
            Some(given) => usize::try_from(given).unwrap_or(usize::MAX),
        };
        if *bound > items.len() {
            let message = format!(
                "{name} index must not be greater than the length of the list, which is {}",
                items.len()
            );
            return argument(index, message);
        }
    }
    let [start, end] = bounds;
    if start > end {
        return argument(1, "start index must not be greater than end index");
    }
    Ok(like(list, items[start..end].to_vec()).marked(list.marks))
}

#[expect(clippy::unnecessary_wraps, reason = "the table of functions wants this signature")]
fn distinct(arguments: &[Value]) -> Outcome {
    let list = &arguments[0];
    if !list.is_wholly_known() {
        return Ok(Value::unknown(list.ty()));
    }
    // Equal values have equal order, so a tree finds twins without comparing every pair.
    let mut seen = std::collections::BTreeSet::new();
    let kept = list.items().iter().filter(|item| seen.insert(*item)).cloned().collect();
    Ok(like(list, kept))
}

fn matchkeys(arguments: &[Value]) -> Outcome {
    let (values, keys, search) = (&arguments[0], &arguments[1], &arguments[2]);
    if keys.items().len() != values.items().len() {
        return Err("length of keys and values should be equal".into());
    }
    let common = common_keys(arguments)?;
    let keys = convert(keys, &common).map_err(|mismatch| mismatch.full())?;
    let search = convert(search, &common).map_err(|mismatch| mismatch.full())?;
    let matches = |key: &Value| search.items().iter().any(|wanted| equal(key, wanted) == Some(true));
    let kept = values.items().iter().zip(keys.items()).filter(|(_, key)| matches(key));
    Ok(like(values, kept.map(|(value, _)| value.clone()).collect()))
}
