//! Sequences and combinations: `range`, `setproduct`, `chunklist`. All of them multiply, so all of them are bounded.

use recon_core::convert::{convert, unify};
use recon_core::{Number, Type, Value};

use super::{Function, Outcome, Parameter, Refusal, Returns, any, argument, list, number, pure};

/// The numbers that `range` makes at most, as in Terraform.
const RANGE_MAX: usize = 1024;

/// The combinations that `setproduct` makes at most.
const PRODUCT_MAX: usize = 1_000_000;

const SETS: Parameter = any("sets").unknown_inside().marked();

pub(super) static FUNCTIONS: &[Function] = &[
    pure("range", &[], Returns::Numbers, range).and_any_number_of(number("params")),
    pure("setproduct", &[], Returns::Decided(product_type), setproduct).and_any_number_of(SETS),
    pure(
        "chunklist",
        &[list("list").unknown_inside().marked(), number("size")],
        Returns::Decided(chunks),
        chunklist,
    ),
];

#[expect(clippy::unnecessary_wraps, reason = "the table of functions wants this signature")]
fn chunks(arguments: &[Value]) -> Result<Type, Refusal> {
    Ok(Type::list(arguments[0].ty()))
}

fn range(arguments: &[Value]) -> Outcome {
    let numbers: Vec<&Number> = arguments.iter().filter_map(Value::as_number).collect();
    let zero = Number::from(0);
    let (start, end, step) = match numbers.as_slice() {
        [end] => (&zero, *end, None),
        [start, end] => (*start, *end, None),
        [start, end, step] => (*start, *end, Some(*step)),
        _ => return Err("must have one, two, or three arguments".into()),
    };
    let down = Number::from(if end < start { -1 } else { 1 });
    let step = step.unwrap_or(&down);
    if *step == zero {
        return argument(2, "step must not be zero");
    }
    if end < start && *step > zero {
        return argument(2, "end must be greater than start when step is positive");
    }
    if end > start && *step < zero {
        return argument(2, "end must be less than start when step is negative");
    }
    let ascending = *step > zero;
    let mut items = Vec::new();
    let mut at = start.clone();
    while if ascending { at < *end } else { at > *end } {
        if items.len() >= RANGE_MAX {
            return Err(format!(
                "more than {RANGE_MAX} values were generated; either decrease the difference between start and end or \
                 use a smaller number of steps"
            )
            .into());
        }
        items.push(Value::from(at.clone()));
        at = at.plus(step).map_err(|why| why.to_string())?;
    }
    Ok(Value::list(Type::Number, items))
}

/// The types of the parts of a combination.
fn parts(sets: &[Value]) -> Result<Vec<Type>, Refusal> {
    if sets.len() < 2 {
        return Err("at least two arguments are required".into());
    }
    sets.iter().enumerate().map(|(index, set)| element_type(index, &set.ty())).collect()
}

fn product_type(sets: &[Value]) -> Result<Type, Refusal> {
    let element = Type::Tuple(std::sync::Arc::new(parts(sets)?));
    let ordered = !sets.iter().any(|set| matches!(set.ty(), Type::Set(_)));
    Ok(if ordered { Type::list(element) } else { Type::set(element) })
}

fn setproduct(arguments: &[Value]) -> Outcome {
    if arguments.iter().any(Value::has_open_length) {
        let marks = arguments.iter().fold(recon_core::Marks::NONE, |marks, set| marks.and(set.deep_marks()));
        return Ok(Value::unknown(product_type(arguments)?).marked(marks));
    }
    let marks = arguments.iter().fold(recon_core::Marks::NONE, |marks, set| marks.and(set.marks));
    let types = parts(arguments)?;
    let ordered = !arguments.iter().any(|set| matches!(set.ty(), Type::Set(_)));
    let total = arguments.iter().fold(1_usize, |total, set| total.saturating_mul(set.items().len()));
    let element = Type::Tuple(std::sync::Arc::new(types.clone()));
    if total > PRODUCT_MAX {
        return Err(format!("there are {total} combinations, and at most {PRODUCT_MAX} are allowed").into());
    }
    let mut rows: Vec<Vec<Value>> = if total == 0 { Vec::new() } else { vec![Vec::new()] };
    for (set, ty) in arguments.iter().zip(&types) {
        let items: Result<Vec<Value>, _> = set.items().iter().map(|item| convert(item, ty)).collect();
        let items = items.map_err(|mismatch| mismatch.full())?;
        if total > 0 {
            rows = rows.iter().flat_map(|row| items.iter().map(|item| with(row, item))).collect();
        }
    }
    let rows: Vec<Value> = rows.into_iter().map(Value::tuple).collect();
    let product = if ordered { Value::list(element, rows) } else { Value::set_of(element, rows) };
    Ok(product.marked(marks))
}

fn with(row: &[Value], item: &Value) -> Vec<Value> {
    let mut longer = Vec::with_capacity(row.len() + 1);
    longer.extend_from_slice(row);
    longer.push(item.clone());
    longer
}

fn element_type(index: usize, ty: &Type) -> Result<Type, Refusal> {
    match ty {
        Type::List(element) | Type::Set(element) => Ok((**element).clone()),
        Type::Tuple(items) => match unify(items) {
            Some(element) => Ok(element),
            None => argument(index, "all elements must be of the same type"),
        },
        _ => argument(index, "a set or a list is required"),
    }
}

fn chunklist(arguments: &[Value]) -> Outcome {
    let list = &arguments[0];
    let Some(size) = arguments[1].as_i64().and_then(|size| usize::try_from(size).ok()) else {
        return Err("the size must be a whole number that is not negative".into());
    };
    let element = list.ty().element().cloned().unwrap_or(Type::Any);
    let of_chunks = Type::list(element.clone());
    let items = list.items();
    let chunks = if items.is_empty() {
        Vec::new()
    } else {
        let size = if size == 0 { items.len() } else { size };
        items.chunks(size).map(|chunk| Value::list(element.clone(), chunk.to_vec())).collect()
    };
    Ok(Value::list(of_chunks, chunks).marked(list.marks))
}
