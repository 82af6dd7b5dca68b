//! Regular expressions and replacement.

use std::collections::BTreeMap;

use recon_core::value::Name;
use recon_core::{Type, Value};
use regex::{Captures, Regex};

use super::pattern_syntax::translated;
use super::string::within_limit;
use super::{Function, Outcome, Refusal, Returns, argument, normal, pure, str_of, text};

pub(super) static FUNCTIONS: &[Function] = &[
    pure("regex", &[text("pattern"), text("string")], Returns::Decided(match_type), regex),
    pure(
        "regexall",
        &[text("pattern"), text("string")],
        Returns::Decided(|a| Type::list(match_type(a))),
        regexall,
    ),
    pure("replace", &[text("str"), text("substr"), text("replace")], Returns::String, replace),
];

/// What a match is, which the pattern alone decides.
fn match_type(arguments: &[Value]) -> Type {
    let pattern = arguments[0].as_str().and_then(|pattern| compile(pattern, 0).ok());
    pattern.map_or(Type::Any, |pattern| shape(&pattern))
}

fn compile(pattern: &str, index: usize) -> Result<Regex, Refusal> {
    let invalid = |why: String| Refusal::of(index, format!("invalid regexp pattern: {why}"));
    let translated = translated(pattern).map_err(invalid)?;
    Regex::new(&translated).map_err(|why| invalid(why.to_string()))
}

fn regex(arguments: &[Value]) -> Outcome {
    let pattern = compile(str_of(&arguments[0]), 0)?;
    check_groups(&pattern)?;
    match pattern.captures(str_of(&arguments[1])) {
        Some(captures) => Ok(captured(&pattern, &captures)),
        None => Err("pattern did not match any part of the given string".into()),
    }
}

fn regexall(arguments: &[Value]) -> Outcome {
    let pattern = compile(str_of(&arguments[0]), 0)?;
    check_groups(&pattern)?;
    let matches = pattern.captures_iter(str_of(&arguments[1]));
    Ok(Value::list(shape(&pattern), matches.map(|captures| captured(&pattern, &captures)).collect()))
}

/// Whether the pattern's groups have names; it is an error if only some have.
fn check_groups(pattern: &Regex) -> Result<(), Refusal> {
    let named = pattern.capture_names().skip(1).flatten().count();
    if named > 0 && named < pattern.captures_len() - 1 {
        return argument(0, "invalid regexp pattern: cannot mix both named and unnamed capture groups");
    }
    Ok(())
}

/// A group that took no part in the match is null.
fn group(captures: &Captures<'_>, index: usize) -> Value {
    captures.get(index).map_or_else(|| Value::null(Type::String), |found| normal(found.as_str()))
}

fn captured(pattern: &Regex, captures: &Captures<'_>) -> Value {
    let count = pattern.captures_len();
    if count == 1 {
        return group(captures, 0);
    }
    let names: Vec<Option<&str>> = pattern.capture_names().collect();
    if names[1].is_none() {
        return Value::tuple((1..count).map(|index| group(captures, index)).collect());
    }
    let named = names
        .iter()
        .enumerate()
        .filter_map(|(index, name)| Some((Name::from((*name)?), group(captures, index))));
    Value::object(named.collect::<BTreeMap<_, _>>())
}

fn shape(pattern: &Regex) -> Type {
    let count = pattern.captures_len();
    let mut names = pattern.capture_names().skip(1).peekable();
    match names.peek() {
        None => Type::String,
        Some(None) => Type::Tuple(vec![Type::String; count - 1].into()),
        Some(Some(_)) => Type::object(names.flatten().map(|name| (name, Type::String))),
    }
}

fn replace(arguments: &[Value]) -> Outcome {
    let [whole, search, with] = [0, 1, 2].map(|index| str_of(&arguments[index]));
    let is_pattern = search.len() > 1 && search.starts_with('/') && search.ends_with('/');
    if is_pattern {
        let pattern = compile(&search[1..search.len() - 1], 1)?;
        let matches = pattern.find_iter(whole).count();
        within_limit(whole.len().saturating_add(matches.saturating_mul(with.len())))?;
        let replaced = pattern.replace_all(whole, with);
        within_limit(replaced.len())?;
        return Ok(normal(&replaced));
    }
    within_limit(whole.len().saturating_add(whole.matches(search).count().saturating_mul(with.len())))?;
    Ok(normal(&whole.replace(search, with)))
}
