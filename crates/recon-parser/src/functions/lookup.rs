//! Functions that pick from a collection: `lookup`, `element`, `contains`, `coalesce`, … Marks on what is not picked stay behind.

use recon_core::convert::{convert, unify};
use recon_core::{Data, Type, Value};

use super::{Function, Outcome, Parameter, Refusal, Returns, any, argument, number, open, pure, text};
use crate::evaluate::equal;

const ONE_AT_MOST: &str = "must be a list, set, or tuple value with either zero or one elements";

const LIST: Parameter = any("list").unknown_inside().marked();

pub(super) static FUNCTIONS: &[Function] = &[
    pure(
        "lookup",
        &[any("inputMap").unknown_anywhere().marked(), text("key").marked()],
        Returns::Decided(looked_up),
        lookup,
    )
    .and_any_number_of(any("default").nullable().unknown_anywhere().marked().of_open_type()),
    pure("element", &[LIST, number("index")], Returns::Decided(element_type), element),
    pure("contains", &[any("list").unknown_inside(), any("value").unknown_inside()], Returns::Bool, contains),
    pure("index", &[any("list"), any("value")], Returns::Decided(index_type), index),
    pure("coalesce", &[], Returns::Decided(open), coalesce)
        .and_any_number_of(any("vals").nullable().unknown_anywhere().of_open_type()),
    pure("coalescelist", &[], Returns::Decided(lists), coalescelist)
        .and_any_number_of(any("vals").nullable().unknown_anywhere().of_open_type()),
    pure("one", &[LIST], Returns::Decided(only_type), one),
    pure("length", &[any("value").unknown_anywhere().marked().of_open_type()], Returns::Number, length),
];

fn element_of(value: &Value) -> Type {
    value.ty().element().cloned().unwrap_or(Type::Any)
}

fn element_type(arguments: &[Value]) -> Result<Type, Refusal> {
    match arguments[0].ty() {
        Type::List(element) => Ok((*element).clone()),
        Type::Tuple(_) => Ok(Type::Any),
        other => Err(format!("cannot read elements from {}", other.friendly()).into()),
    }
}

fn only_type(arguments: &[Value]) -> Result<Type, Refusal> {
    match arguments[0].ty() {
        Type::List(element) | Type::Set(element) => Ok((*element).clone()),
        Type::Tuple(_) => Ok(Type::Any),
        _ => argument(0, ONE_AT_MOST),
    }
}

fn index_type(arguments: &[Value]) -> Result<Type, Refusal> {
    match arguments[0].ty() {
        Type::List(_) | Type::Tuple(_) => Ok(Type::Number),
        _ => Err("argument must be a list or tuple".into()),
    }
}

/// The type of the list, if all arguments have the same.
fn lists(arguments: &[Value]) -> Result<Type, Refusal> {
    let Some(first) = arguments.first() else { return Err("at least one argument is required".into()) };
    for value in arguments {
        if value.is_unknown() {
            return Ok(Type::Any);
        }
        if !matches!(value.ty(), Type::List(_) | Type::Tuple(_)) {
            return Err("coalescelist arguments must be lists or tuples".into());
        }
    }
    let same = arguments.iter().all(|other| other.ty() == first.ty());
    Ok(if same { first.ty() } else { Type::Any })
}

fn looked_up(arguments: &[Value]) -> Result<Type, Refusal> {
    if arguments.len() > 3 {
        return Err(format!("lookup() takes two or three arguments, got {}", arguments.len()).into());
    }
    match arguments[0].ty() {
        Type::Map(element) => Ok((*element).clone()),
        Type::Object(_) => Ok(Type::Any),
        _ => argument(0, "lookup() requires a map as the first argument"),
    }
}

fn lookup(arguments: &[Value]) -> Outcome {
    let (map, key, default) = (&arguments[0], &arguments[1], arguments.get(2));
    let marks = map.marks.and(key.marks);
    let ty = map.ty();
    let name = str_of_key(key);
    match (&map.data, &ty) {
        (Data::Unknown(_), Type::Object(attributes)) => {
            return Ok(Value::unknown(attributes.get(name).cloned().unwrap_or(Type::Any)).marked(marks));
        }
        (Data::Unknown(_), _) => return Ok(Value::unknown(element_of(map)).marked(marks)),
        (Data::Map(mapping), _) => {
            if let Some(default) = default
                && unify_default(&mapping.element, default).is_none()
            {
                return argument(2, "the default value must have the same type as the map elements");
            }
        }
        _ => {}
    }
    let found = map.entries().and_then(|entries| entries.get(name)).map(|value| value.clone().marked(marks));
    if let Some(found) = found {
        return Ok(found);
    }
    let Some(default) = default else {
        let shown = if marks.is_sensitive() { "the given key".to_owned() } else { format!("key {name:?}") };
        return argument(
            0,
            format!("the given object has no attribute or element for {shown}, and there is no default"),
        );
    };
    let wanted = match &map.data {
        Data::Map(mapping) => unify_default(&mapping.element, default).unwrap_or(Type::Any),
        _ => Type::Any,
    };
    Ok(convert(default, &wanted).map_err(|mismatch| mismatch.full())?.marked(marks))
}

fn str_of_key(key: &Value) -> &str {
    key.as_str().unwrap_or_default()
}

/// The type of a map's elements, if the default can have it.
fn unify_default(element: &Type, default: &Value) -> Option<Type> {
    convert(default, element).ok().map(|_| element.clone())
}

fn element(arguments: &[Value]) -> Outcome {
    let (list, index) = (&arguments[0], &arguments[1]);
    let items = list.items();
    let Some(index) = index.as_i64() else {
        return Err("the index must be a whole number that fits 64 bits".into());
    };
    if items.is_empty() {
        return Err("cannot use element function with an empty list".into());
    }
    let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
    // Only a list counts from the end: the types of a tuple's elements differ.
    if index < 0 && index % length != 0 && matches!(list.data, Data::Tuple(_)) {
        return Err("cannot use element function with a negative index".into());
    }
    let wrapped = usize::try_from(index.rem_euclid(length)).unwrap_or(0);
    Ok(items[wrapped].clone().marked(list.marks))
}

fn contains(arguments: &[Value]) -> Outcome {
    let (list, wanted) = (&arguments[0], &arguments[1]);
    if !matches!(list.data, Data::List(_) | Data::Set(_) | Data::Tuple(_)) {
        return Err("argument must be list, tuple, or set".into());
    }
    let mut open = false;
    for item in list.items() {
        match equal(item, wanted) {
            Some(true) => return Ok(true.into()),
            None => open = true,
            Some(false) => {}
        }
    }
    Ok(if open { Returns::Bool.unknown() } else { false.into() })
}

fn index(arguments: &[Value]) -> Outcome {
    let (list, wanted) = (&arguments[0], &arguments[1]);
    if list.items().is_empty() {
        return Err("cannot search an empty list".into());
    }
    let found = list.items().iter().position(|item| equal(item, wanted) == Some(true));
    found.map(|index| recon_core::Number::from(index).into()).ok_or_else(|| "item not found".into())
}

fn coalesce(arguments: &[Value]) -> Outcome {
    let types: Vec<Type> = arguments.iter().map(Value::ty).collect();
    if types.is_empty() {
        return Err("at least one argument is required".into());
    }
    let ty = unify(&types).ok_or("all arguments must have the same type")?;
    for value in arguments {
        let value = convert(value, &ty).map_err(|mismatch| mismatch.full())?;
        if value.is_unknown() {
            return Ok(Value::unknown(ty));
        }
        if value.is_null() || value.as_str() == Some("") {
            continue;
        }
        return Ok(value);
    }
    Err("no non-null, non-empty-string arguments".into())
}

fn coalescelist(arguments: &[Value]) -> Outcome {
    for value in arguments {
        if value.is_unknown() {
            let same = arguments.iter().all(|other| other.ty() == value.ty());
            return Ok(Value::unknown(if same { value.ty() } else { Type::Any }));
        }
        if !value.items().is_empty() {
            return Ok(value.clone());
        }
    }
    Err("no non-null arguments".into())
}

fn one(arguments: &[Value]) -> Outcome {
    let list = &arguments[0];
    if list.has_open_length() {
        return Ok(Value::unknown(element_of(list)).marked(list.deep_marks()));
    }
    match list.items() {
        [] => Ok(Value::null(element_of(list)).marked(list.marks)),
        [only] => Ok(only.clone().marked(list.marks)),
        _ => argument(0, ONE_AT_MOST),
    }
}

fn length(arguments: &[Value]) -> Outcome {
    let value = &arguments[0];
    let count = match &value.data {
        Data::Unknown(unknown) => match &unknown.ty {
            Type::Tuple(items) => items.len(),
            Type::Object(attributes) => attributes.len(),
            Type::Bool | Type::Number => {
                return Err("argument must be a string, a collection type, or a structural type".into());
            }
            _ => return Ok(Returns::Number.unknown().marked(value.marks)),
        },
        Data::Set(_) if value.has_open_length() => {
            return Ok(Returns::Number.unknown().marked(value.marks));
        }
        Data::List(_) | Data::Set(_) | Data::Tuple(_) => value.items().len(),
        Data::Map(_) | Data::Object(_) => value.entries().map_or(0, std::collections::BTreeMap::len),
        Data::String(text) => unicode_segmentation::UnicodeSegmentation::graphemes(&**text, true).count(),
        Data::Null(_) | Data::Bool(_) | Data::Number(_) => {
            return Err("argument must be a string, a collection type, or a structural type".into());
        }
    };
    Ok(Value::from(recon_core::Number::from(count)).marked(value.marks))
}
