//! Functions on text: case, white space, joining and splitting.

use std::sync::Arc;

use recon_core::{Type, Value};
use unicode_segmentation::UnicodeSegmentation;

use super::{
    Accepts, Function, Outcome, Parameter, Returns, number, parameter, pure, str_of, strings, text, texts,
};
use super::{Refusal, substring};
use crate::evaluate::TEXT_BYTES_MAX;

const STR: &[Parameter] = &[text("str")];

pub(super) static FUNCTIONS: &[Function] = &[
    pure("lower", STR, Returns::String, |a| Ok(lower(str_of(&a[0])).into())),
    pure("upper", STR, Returns::String, |a| Ok(upper(str_of(&a[0])).into())),
    pure("title", STR, Returns::String, |a| Ok(title(str_of(&a[0])).into())),
    pure("chomp", STR, Returns::String, |a| Ok(str_of(&a[0]).trim_end_matches(['\r', '\n']).into())),
    pure("trimspace", STR, Returns::String, |a| Ok(str_of(&a[0]).trim().into())),
    pure("strrev", STR, Returns::String, |a| {
        Ok(str_of(&a[0]).graphemes(true).rev().collect::<String>().into())
    }),
    pure("trim", &[text("str"), text("cutset")], Returns::String, |a| {
        let cut: Vec<char> = str_of(&a[1]).chars().collect();
        Ok(str_of(&a[0]).trim_matches(cut.as_slice()).into())
    }),
    pure("trimprefix", &[text("str"), text("prefix")], Returns::String, |a| {
        let whole = str_of(&a[0]);
        Ok(whole.strip_prefix(str_of(&a[1])).unwrap_or(whole).into())
    }),
    pure("trimsuffix", &[text("str"), text("suffix")], Returns::String, |a| {
        let whole = str_of(&a[0]);
        Ok(whole.strip_suffix(str_of(&a[1])).unwrap_or(whole).into())
    }),
    pure("startswith", &[text("str"), text("prefix")], Returns::Bool, |a| {
        Ok(str_of(&a[0]).starts_with(str_of(&a[1])).into())
    }),
    pure("endswith", &[text("str"), text("suffix")], Returns::Bool, |a| {
        Ok(str_of(&a[0]).ends_with(str_of(&a[1])).into())
    }),
    pure("strcontains", &[text("str"), text("substr")], Returns::Bool, |a| {
        Ok(str_of(&a[0]).contains(str_of(&a[1])).into())
    }),
    pure("substr", &[text("str"), number("offset"), number("length")], Returns::String, substring::substr),
    pure("split", &[text("separator"), text("str")], Returns::Strings, split),
    pure("join", &[text("separator")], Returns::String, join).and_any_number_of(texts("lists")),
    pure("indent", &[number("spaces"), text("str")], Returns::String, indent),
    pure("sort", &[texts("list").unknown_inside()], Returns::Strings, sort),
    pure("compact", &[texts("list").unknown_inside()], Returns::Strings, compact),
    pure("alltrue", &[BOOLS], Returns::Bool, |a| every(a, true)),
    pure("anytrue", &[BOOLS], Returns::Bool, |a| every(a, false)),
];

const BOOLS: Parameter = parameter("list", Accepts::List(&Accepts::Bool)).unknown_inside();

/// `alltrue` looks for the first that is not true, `anytrue` for the first that is.
#[expect(clippy::unnecessary_wraps, reason = "the table of functions wants this signature")]
fn every(arguments: &[Value], expected: bool) -> Outcome {
    let mut open = false;
    for item in arguments[0].items() {
        if item.is_unknown() {
            open = true;
        } else if item.as_bool().unwrap_or(false) != expected {
            return Ok((!expected).into());
        }
    }
    Ok(if open { super::Returns::Bool.unknown() } else { expected.into() })
}

/// A letter's upper case where that is one letter too: `ﬄ` has none.
fn upper(text: &str) -> String {
    text.chars().map(|c| single(c, c.to_uppercase())).collect()
}

fn lower(text: &str) -> String {
    text.chars().map(|c| single(c, c.to_lowercase())).collect()
}

/// One letter for one: `İ` becomes `i` alone.
fn single(letter: char, mut mapped: impl Iterator<Item = char>) -> char {
    match (mapped.next(), mapped.next()) {
        (Some(only), None) => only,
        (Some(first), Some(_)) if letter == 'İ' => first,
        _ => letter,
    }
}

/// Upper case but for the letters that are two in one, and for Georgian, which begins no word with a capital.
fn title_case(letter: char) -> char {
    match letter {
        'Ǆ'..='ǆ' => 'ǅ',
        'Ǉ'..='ǉ' => 'ǈ',
        'Ǌ'..='ǌ' => 'ǋ',
        'Ǳ'..='ǳ' => 'ǲ',
        'ა'..='ჿ' => letter,
        _ => single(letter, letter.to_uppercase()),
    }
}

fn title(text: &str) -> String {
    let mut starts = true;
    let mut titled = String::with_capacity(text.len());
    for letter in text.chars() {
        titled.push(if starts { title_case(letter) } else { letter });
        starts = if letter.is_ascii() {
            !letter.is_ascii_alphanumeric() && letter != '_'
        } else {
            letter.is_whitespace()
        };
    }
    titled
}

#[expect(clippy::unnecessary_wraps, reason = "the table of functions wants this signature")]
fn split(arguments: &[Value]) -> Outcome {
    let (separator, whole) = (str_of(&arguments[0]), str_of(&arguments[1]));
    if separator.is_empty() {
        // Between every two characters.
        return Ok(Value::strings(whole.chars().map(String::from)));
    }
    Ok(Value::strings(whole.split(separator)))
}

fn join(arguments: &[Value]) -> Outcome {
    let (separator, lists) = arguments.split_first().ok_or("a separator is required")?;
    if lists.is_empty() {
        return Err("at least one list is required".into());
    }
    let mut length = 0;
    for (index, list) in lists.iter().enumerate() {
        for (at, item) in list.items().iter().enumerate() {
            if item.is_null() {
                let message = format!("element {at} is null; cannot concatenate null values");
                return Err(Refusal::of(index + 1, message));
            }
            length += str_of(item).len() + str_of(separator).len();
        }
    }
    within_limit(length)?;
    let all: Vec<&str> = lists.iter().flat_map(strings).collect();
    Ok(all.join(str_of(separator)).into())
}

/// Refuses to make text longer than anything needs.
pub(super) fn within_limit(bytes: usize) -> Result<(), Refusal> {
    if bytes <= TEXT_BYTES_MAX {
        return Ok(());
    }
    Err(format!("the result would have {bytes} bytes, and at most {} MiB are allowed", TEXT_BYTES_MAX >> 20)
        .into())
}

fn indent(arguments: &[Value]) -> Outcome {
    let spaces = arguments[0].as_i64().ok_or("the number of spaces must be a whole number")?;
    let Ok(spaces) = usize::try_from(spaces) else {
        return super::argument(0, "the number of spaces must not be negative");
    };
    let whole = str_of(&arguments[1]);
    let lines = whole.matches('\n').count();
    within_limit(lines.saturating_mul(spaces).saturating_add(whole.len()))?;
    Ok(whole.replace('\n', &format!("\n{}", " ".repeat(spaces))).into())
}

fn sort(arguments: &[Value]) -> Outcome {
    let items = arguments[0].items();
    if let Some(index) = items.iter().position(Value::is_null) {
        return Err(format!("given list element {index} is null; a null string cannot be sorted").into());
    }
    if !arguments[0].is_wholly_known() {
        // Any of them may come first.
        let each = items.iter().map(|_| super::Returns::String.unknown());
        return Ok(Value::list(Type::String, each.collect()));
    }
    let mut sorted: Vec<Arc<str>> = strings(&arguments[0]).map(Arc::from).collect();
    sorted.sort();
    Ok(Value::strings(sorted))
}

#[expect(clippy::unnecessary_wraps, reason = "the table of functions wants this signature")]
fn compact(arguments: &[Value]) -> Outcome {
    if !arguments[0].is_wholly_known() {
        return Ok(Value::unknown(Type::list(Type::String)));
    }
    let kept = arguments[0].items().iter().filter(|item| item.as_str().is_some_and(|text| !text.is_empty()));
    Ok(Value::list(Type::String, kept.cloned().collect()))
}
