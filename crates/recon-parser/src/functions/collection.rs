//! Functions that join, split and reshape collections: `concat`, `merge`, `flatten`, `keys`, `values`, `zipmap`, …

use std::collections::BTreeMap;

use recon_core::convert::{convert, unify};
use recon_core::value::Name;
use recon_core::{Data, Marks, Type, Value};

use super::{
    Accepts, Function, Outcome, Parameter, Refusal, Returns, any, argument, list_or_tuple, open, parameter,
    pure, texts,
};

const COLLECTION: Parameter = any("list").unknown_inside().marked();

pub(super) static FUNCTIONS: &[Function] = &[
    pure("concat", &[], Returns::Decided(open), concat)
        .and_any_number_of(any("seqs").unknown_anywhere().marked()),
    pure("merge", &[], Returns::Decided(open), merge)
        .and_any_number_of(any("maps").nullable().unknown_anywhere().marked().of_open_type()),
    pure("flatten", &[any("list").unknown_inside().marked()], Returns::Decided(open), flatten),
    pure("keys", &[any("inputMap").unknown_inside().marked()], Returns::Decided(keys_type), keys),
    pure("values", &[any("mapping").unknown_inside().marked()], Returns::Decided(values_type), values),
    pure(
        "zipmap",
        &[texts("keys"), any("values").unknown_inside().marked()],
        Returns::Decided(zipped_type),
        zipmap,
    ),
    pure("reverse", &[COLLECTION], Returns::Decided(reversed_type), reverse),
    pure(
        "transpose",
        &[parameter("values", Accepts::Map(&Accepts::List(&Accepts::String)))],
        Returns::Decided(|_| Ok(Type::map(Type::list(Type::String)))),
        transpose,
    ),
];

fn concat(arguments: &[Value]) -> Outcome {
    if arguments.is_empty() {
        return Err("at least one argument is required".into());
    }
    let mut marks = Marks::NONE;
    let mut types = Vec::new();
    for (index, value) in arguments.iter().enumerate() {
        marks = marks.and(value.marks);
        match value.ty() {
            Type::List(element) => types.push(Some((*element).clone())),
            Type::Tuple(_) => types.push(None),
            Type::Any => return Ok(Value::unknown(Type::Any).marked(marks)),
            _ => return argument(index, "all arguments must be lists or tuples"),
        }
    }
    let lists: Option<Vec<Type>> = types.into_iter().collect();
    let element = lists.and_then(|types| unify(&types));
    if arguments.iter().any(Value::is_unknown) {
        let ty = element.map_or(Type::Any, Type::list);
        return Ok(Value::unknown(ty).marked(marks));
    }
    let items = arguments.iter().flat_map(Value::items);
    let Some(element) = element else {
        return Ok(Value::tuple(items.cloned().collect()).marked(marks));
    };
    let items: Result<Vec<Value>, _> = items.map(|item| convert(item, &element)).collect();
    Ok(Value::list(element, items.map_err(|mismatch| mismatch.full())?).marked(marks))
}

fn merge(arguments: &[Value]) -> Outcome {
    let marks = arguments.iter().fold(Marks::NONE, |marks, value| marks.and(value.marks));
    let mut maps = Vec::new();
    let mut unknown = false;
    for value in arguments {
        match (&value.data, value.ty()) {
            (Data::Unknown(_), Type::Any) => return Ok(Value::unknown(Type::Any).marked(marks)),
            (Data::Unknown(_), Type::Map(_) | Type::Object(_)) => unknown = true,
            (Data::Null(_), Type::Any | Type::Map(_) | Type::Object(_)) => {}
            (Data::Map(_) | Data::Object(_), _) => maps.push(value),
            (_, other) => {
                return Err(format!("arguments must be maps or objects, got \"{}\"", other.friendly()).into());
            }
        }
    }
    let element = common_element(arguments);
    if unknown {
        return Ok(Value::unknown(element.map_or(Type::Any, Type::map)).marked(marks));
    }
    let mut merged: BTreeMap<Name, Value> = BTreeMap::new();
    for map in maps {
        let entries = map.entries().into_iter().flatten();
        merged.extend(entries.map(|(key, value)| (key.clone(), value.clone())));
    }
    let merged = match element {
        Some(element) => Value::map(element, merged),
        None => Value::object(merged),
    };
    Ok(merged.marked(marks))
}

/// Maps of one and the same element type stay a map; anything else becomes an object.
fn common_element(arguments: &[Value]) -> Option<Type> {
    let mut common = None;
    for value in arguments {
        let Type::Map(element) = value.ty() else { return None };
        match &common {
            None => common = Some((*element).clone()),
            Some(known) if *known == *element => {}
            Some(_) => return None,
        }
    }
    common
}

fn flatten(arguments: &[Value]) -> Outcome {
    let value = &arguments[0];
    if !is_sequence(value) {
        return Err("can only flatten lists, sets and tuples".into());
    }
    let mut flat = Flat::default();
    flat.add(value);
    let result = if flat.open { Value::unknown(Type::Any) } else { Value::tuple(flat.items) };
    Ok(result.marked(flat.marks))
}

fn is_sequence(value: &Value) -> bool {
    matches!(value.data, Data::List(_) | Data::Set(_) | Data::Tuple(_))
}

#[derive(Default)]
struct Flat {
    items: Vec<Value>,
    marks: Marks,
    /// Something unknown may yet turn out to be a list.
    open: bool,
}

impl Flat {
    fn add(&mut self, sequence: &Value) {
        self.marks = self.marks.and(sequence.marks);
        self.open |= sequence.has_open_length();
        for item in sequence.items() {
            match &item.data {
                Data::List(_) | Data::Set(_) | Data::Tuple(_) => self.add(item),
                Data::Unknown(unknown) => {
                    self.open |=
                        matches!(unknown.ty, Type::Any | Type::List(_) | Type::Set(_) | Type::Tuple(_));
                    self.items.push(item.clone());
                }
                _ => self.items.push(item.clone()),
            }
        }
    }
}

fn keys_type(arguments: &[Value]) -> Result<Type, Refusal> {
    match arguments[0].ty() {
        Type::Object(attributes) => Ok(Type::Tuple(vec![Type::String; attributes.len()].into())),
        Type::Map(_) => Ok(Type::list(Type::String)),
        other => argument(0, format!("must have map or object type, not {}", other.friendly())),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the table of functions wants this signature")]
fn keys(arguments: &[Value]) -> Outcome {
    let map = &arguments[0];
    let names = map.entries().into_iter().flatten().map(|(name, _)| Value::from(name.clone())).collect();
    let names = match map.data {
        Data::Object(_) => Value::tuple(names),
        _ => Value::list(Type::String, names),
    };
    Ok(names.marked(map.marks))
}

fn values_type(arguments: &[Value]) -> Result<Type, Refusal> {
    match arguments[0].ty() {
        Type::Map(element) => Ok(Type::List(element)),
        Type::Object(attributes) => Ok(Type::Tuple(attributes.values().cloned().collect::<Vec<_>>().into())),
        _ => Err("values() requires a map as the first argument".into()),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the table of functions wants this signature")]
fn values(arguments: &[Value]) -> Outcome {
    let map = &arguments[0];
    let values = match &map.data {
        Data::Map(mapping) => {
            Value::list(mapping.element.clone(), mapping.entries.values().cloned().collect())
        }
        _ => Value::tuple(map.entries().into_iter().flatten().map(|(_, value)| value.clone()).collect()),
    };
    Ok(values.marked(map.marks))
}

fn zipped_type(arguments: &[Value]) -> Result<Type, Refusal> {
    match arguments[1].ty() {
        Type::List(element) => Ok(Type::Map(element)),
        Type::Tuple(_) => Ok(Type::Any),
        _ => Err("values argument must be a list or tuple value".into()),
    }
}

fn zipmap(arguments: &[Value]) -> Outcome {
    let (keys, values) = (&arguments[0], &arguments[1]);
    let (count, items) = (keys.items().len(), values.items());
    if count != items.len() {
        return Err(
            format!("number of keys ({count}) does not match number of values ({})", items.len()).into()
        );
    }
    let mut entries = BTreeMap::new();
    for (key, value) in keys.items().iter().zip(items) {
        let key = key.as_str().ok_or("the list of keys has a null value")?;
        entries.insert(Name::from(key), value.clone());
    }
    let zipped = match values.ty() {
        Type::List(element) => Value::map((*element).clone(), entries),
        _ => Value::object(entries),
    };
    Ok(zipped.marked(values.marks))
}

fn reversed_type(arguments: &[Value]) -> Result<Type, Refusal> {
    match arguments[0].ty() {
        Type::List(element) | Type::Set(element) => Ok(Type::List(element)),
        Type::Tuple(items) => Ok(Type::Tuple(items.iter().rev().cloned().collect::<Vec<_>>().into())),
        other => argument(0, format!("can only reverse list or tuple values, not {}", other.friendly())),
    }
}

fn reverse(arguments: &[Value]) -> Outcome {
    let list = &arguments[0];
    if list.has_open_length() {
        return Ok(Value::unknown(reversed_type(arguments)?).marked(list.deep_marks()));
    }
    let items: Vec<Value> = list.items().iter().rev().cloned().collect();
    let reversed = match &list.data {
        Data::List(sequence) | Data::Set(sequence) => Value::list(sequence.element.clone(), items),
        _ => Value::tuple(items),
    };
    Ok(reversed.marked(list.marks))
}

fn transpose(arguments: &[Value]) -> Outcome {
    let mut transposed: BTreeMap<Name, Vec<Value>> = BTreeMap::new();
    for (key, list) in arguments[0].entries().into_iter().flatten() {
        if list.is_null() {
            return Err(format!("the list of {key:?} is null").into());
        }
        for item in list.items() {
            let Some(item) = item.as_str() else {
                return Err(Refusal::of(0, "input must not contain null list elements"));
            };
            transposed.entry(item.into()).or_default().push(Value::from(key.clone()));
        }
    }
    for keys in transposed.values_mut() {
        keys.sort();
    }
    let lists = transposed.into_iter().map(|(key, keys)| (key, Value::list(Type::String, keys)));
    Ok(Value::map(Type::list(Type::String), lists.collect()))
}

/// The items as a list where a list came in, else as a tuple.
pub(super) fn like(original: &Value, items: Vec<Value>) -> Value {
    match &original.data {
        Data::List(sequence) | Data::Set(sequence) => Value::list(sequence.element.clone(), items),
        Data::Tuple(_) => Value::tuple(items),
        _ => list_or_tuple(items),
    }
}
