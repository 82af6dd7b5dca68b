//! Functions that pick from a collection: `lookup`, `element`, `contains`, `coalesce`, … Marks on what is not picked stay behind.

use recon_core::convert::{convert, unify};
use recon_core::{Data, Marks, Type, Value};

use super::{Function, Outcome, Parameter, Returns, any, argument, number, open, pure, text};
use crate::evaluate::equal;

const LIST: Parameter = any("list").unknown_inside().marked();

pub(super) static FUNCTIONS: &[Function] = &[
    pure(
        "lookup",
        &[any("inputMap").unknown_anywhere().marked(), text("key").marked()],
        Returns::Decided(looked_up),
        lookup,
    )
    .and_any_number_of(any("default").nullable().unknown_anywhere().marked()),
    pure("element", &[LIST, number("index")], Returns::Decided(element_type), element),
    pure(
        "contains",
        &[any("list").unknown_inside(), any("value").unknown_anywhere()],
        Returns::Bool,
        contains,
    ),
    pure("index", &[any("list"), any("value")], Returns::Number, index),
    pure("coalesce", &[], Returns::Decided(open), coalesce)
        .and_any_number_of(any("vals").nullable().unknown_anywhere()),
    pure("coalescelist", &[], Returns::Decided(open), coalescelist)
        .and_any_number_of(any("vals").nullable().unknown_anywhere().marked()),
    pure("one", &[LIST.nullable()], Returns::Decided(element_type), one),
    pure("length", &[any("value").unknown_anywhere().marked()], Returns::Number, length),
];

fn element_type(arguments: &[Value]) -> Type {
    arguments[0].ty().element().cloned().unwrap_or(Type::Any)
}

fn looked_up(arguments: &[Value]) -> Type {
    element_type(arguments)
}

fn lookup(arguments: &[Value]) -> Outcome {
    let (map, key, default) = match arguments {
        [map, key] => (map, key, None),
        [map, key, default] => (map, key, Some(default)),
        _ => return Err(format!("lookup() takes two or three arguments, got {}", arguments.len()).into()),
    };
    let marks = map.marks.and(key.marks);
    let ty = map.ty();
    let name = str_of_key(key);
    match (&map.data, &ty) {
        (Data::Unknown(_), Type::Object(attributes)) => {
            return Ok(Value::unknown(attributes.get(name).cloned().unwrap_or(Type::Any)).marked(marks));
        }
        (Data::Unknown(_), _) => return Ok(Value::unknown(element_type(arguments)).marked(marks)),
        (Data::Object(_), _) => {}
        (Data::Map(mapping), _) => {
            if let Some(default) = default
                && unify_default(&mapping.element, default).is_none()
            {
                return argument(2, "the default value must have the same type as the map elements");
            }
        }
        _ => return argument(0, "lookup() requires a map as the first argument"),
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
    if !matches!(list.data, Data::List(_) | Data::Tuple(_)) {
        return Err(format!("cannot read elements from {}", list.ty().friendly()).into());
    }
    let items = list.items();
    let Some(index) = index.as_i64() else {
        return Err("the index must be a whole number that fits 64 bits".into());
    };
    if items.is_empty() {
        return Err("cannot use element function with an empty list".into());
    }
    // Only a list counts from the end: the types of a tuple's elements differ.
    if index < 0 && matches!(list.data, Data::Tuple(_)) {
        return Err("cannot use element function with a negative index".into());
    }
    let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
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
    Ok(if open { Returns::Bool.unknown(arguments) } else { false.into() })
}

fn index(arguments: &[Value]) -> Outcome {
    let (list, wanted) = (&arguments[0], &arguments[1]);
    if !matches!(list.data, Data::List(_) | Data::Tuple(_)) {
        return Err("argument must be a list or tuple".into());
    }
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
    if arguments.is_empty() {
        return Err("at least one argument is required".into());
    }
    let mut marks = Marks::NONE;
    for value in arguments {
        marks = marks.and(value.marks);
        match &value.data {
            Data::Null(Type::List(_) | Type::Set(_) | Type::Tuple(_)) => {}
            Data::Unknown(_) => {
                let same = arguments.iter().all(|other| other.ty() == value.ty());
                return Ok(Value::unknown(if same { value.ty() } else { Type::Any }).marked(marks));
            }
            Data::List(_) | Data::Tuple(_) => {
                if !value.items().is_empty() {
                    return Ok(value.clone().marked(marks));
                }
            }
            _ => {
                return Err("coalescelist arguments must be lists or tuples".into());
            }
        }
    }
    Err("no non-null arguments".into())
}

fn one(arguments: &[Value]) -> Outcome {
    let list = &arguments[0];
    let message = "must be a list, set, or tuple value with either zero or one elements";
    match &list.data {
        Data::List(_) | Data::Set(_) | Data::Tuple(_) => {}
        Data::Null(Type::List(_) | Type::Set(_) | Type::Tuple(_)) => {
            return argument(0, "argument must not be null");
        }
        _ => return argument(0, message),
    }
    if list.has_open_length() {
        return Ok(Value::unknown(element_type(arguments)).marked(list.deep_marks()));
    }
    match list.items() {
        [] => Ok(Value::null(element_type(arguments)).marked(list.marks)),
        [only] => Ok(only.clone().marked(list.marks)),
        _ => argument(0, message),
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
            _ => return Ok(Returns::Number.unknown(arguments).marked(value.marks)),
        },
        Data::Set(_) if value.has_open_length() => {
            return Ok(Returns::Number.unknown(arguments).marked(value.marks));
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
