//! Regular expressions and replacement.

use std::collections::BTreeMap;

use recon_core::value::Name;
use recon_core::{Type, Value};
use regex::{Captures, Regex};

use super::pattern_syntax::{Translated, translated};
use super::replacement::expand;
use super::string::within_limit;
use super::{Function, Outcome, Refusal, Returns, argument, normal, pure, str_of, text};

pub(super) static FUNCTIONS: &[Function] = &[
    pure("regex", &[text("pattern"), text("string")], Returns::Decided(match_type), regex),
    pure(
        "regexall",
        &[text("pattern"), text("string")],
        Returns::Decided(|a| match_type(a).map(Type::list)),
        regexall,
    ),
    pure("replace", &[text("str"), text("substr"), text("replace")], Returns::String, replace),
];

/// What a match is, which the pattern alone decides.
fn match_type(arguments: &[Value]) -> Result<Type, Refusal> {
    match (arguments[0].as_str(), arguments[1].is_unknown()) {
        (Some(pattern), true) => compile(pattern, 0).map(|pattern| pattern.shape()),
        // The match itself will say.
        _ => Ok(Type::Any),
    }
}

/// A pattern, ready to match, with the names of its groups.
struct Pattern {
    regex: Regex,
    groups: Vec<Option<String>>,
}

fn compile(pattern: &str, index: usize) -> Result<Pattern, Refusal> {
    let invalid = |why: String| Refusal::of(index, format!("invalid regexp pattern: {why}"));
    let Translated { regex, groups } = translated(pattern).map_err(invalid)?;
    let regex = Regex::new(&regex).map_err(|why| invalid(why.to_string()))?;
    Ok(Pattern { regex, groups })
}

fn regex(arguments: &[Value]) -> Outcome {
    let pattern = compile(str_of(&arguments[0]), 0)?;
    pattern.check_groups()?;
    match pattern.regex.captures(str_of(&arguments[1])) {
        Some(captures) => Ok(pattern.captured(&captures)),
        None => Err("pattern did not match any part of the given string".into()),
    }
}

fn regexall(arguments: &[Value]) -> Outcome {
    let pattern = compile(str_of(&arguments[0]), 0)?;
    pattern.check_groups()?;
    let matches = pattern.regex.captures_iter(str_of(&arguments[1]));
    Ok(Value::list(pattern.shape(), matches.map(|captures| pattern.captured(&captures)).collect()))
}

/// A group that took no part in the match is null.
fn group(captures: &Captures<'_>, index: usize) -> Value {
    captures.get(index).map_or_else(|| Value::null(Type::String), |found| normal(found.as_str()))
}

impl Pattern {
    /// Whether the groups have names; it is an error if only some have.
    fn check_groups(&self) -> Result<(), Refusal> {
        let named = self.groups.iter().flatten().count();
        if named > 0 && named < self.groups.len() {
            return argument(0, "invalid regexp pattern: cannot mix both named and unnamed capture groups");
        }
        Ok(())
    }

    fn captured(&self, captures: &Captures<'_>) -> Value {
        let groups = self.groups.iter().zip(1..);
        match self.groups.first() {
            None => group(captures, 0),
            Some(None) => Value::tuple(groups.map(|(_, index)| group(captures, index)).collect()),
            Some(Some(_)) => {
                let named = groups
                    .filter_map(|(name, index)| Some((Name::from(name.as_deref()?), group(captures, index))));
                Value::object(named.collect::<BTreeMap<_, _>>())
            }
        }
    }

    fn shape(&self) -> Type {
        match self.groups.first() {
            None => Type::String,
            Some(None) => Type::Tuple(vec![Type::String; self.groups.len()].into()),
            Some(Some(_)) => {
                Type::object(self.groups.iter().flatten().map(|name| (name.as_str(), Type::String)))
            }
        }
    }
}

fn replace(arguments: &[Value]) -> Outcome {
    let [whole, search, with] = [0, 1, 2].map(|index| str_of(&arguments[index]));
    let is_pattern = search.len() > 1 && search.starts_with('/') && search.ends_with('/');
    if is_pattern {
        let pattern = compile(&search[1..search.len() - 1], 1)?;
        let matches = pattern.regex.find_iter(whole).count();
        within_limit(whole.len().saturating_add(matches.saturating_mul(with.len())))?;
        let replaced =
            pattern.regex.replace_all(whole, |found: &Captures<'_>| expand(with, &pattern.groups, found));
        within_limit(replaced.len())?;
        return Ok(normal(&replaced));
    }
    within_limit(whole.len().saturating_add(whole.matches(search).count().saturating_mul(with.len())))?;
    Ok(normal(&whole.replace(search, with)))
}
