//! `format` and `formatlist`.

use recon_core::convert::convert;
use recon_core::{Data, Type, Value};
use unicode_segmentation::UnicodeSegmentation;

use super::format_number::{float, general, integer};
use super::string::within_limit;
use super::{Function, Outcome, Parameter, Refusal, Returns, any, json, normal, pure, str_of, text};

const ARGS: Parameter = any("args").nullable().unknown_anywhere();

/// The widest a verb may ask for, in characters.
const WIDTH_MAX: usize = 1 << 20;

pub(super) static FUNCTIONS: &[Function] = &[
    pure("format", &[text("format")], Returns::String, |a| format(str_of(&a[0]), &a[1..]))
        .and_any_number_of(ARGS),
    pure("formatlist", &[text("format")], Returns::Strings, formatlist).and_any_number_of(ARGS),
];

/// One verb of a format, such as `%-5.2f`.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag that a format has or has not")]
#[derive(Clone, Debug, Default)]
pub(super) struct Verb<'f> {
    raw: &'f str,
    offset: usize,
    argument: usize,
    pub(super) zero: bool,
    pub(super) sharp: bool,
    pub(super) minus: bool,
    pub(super) plus: bool,
    pub(super) space: bool,
    pub(super) width: usize,
    pub(super) precision: Option<usize>,
    pub(super) mode: char,
}

fn format(pattern: &str, arguments: &[Value]) -> Outcome {
    if arguments.iter().all(Value::is_wholly_known) {
        render(&parse(pattern)?, arguments)
    } else {
        Ok(Returns::String.unknown())
    }
}

fn too_many(used: usize) -> String {
    match used {
        0 => "too many arguments; no verbs in format string".to_owned(),
        used => format!("too many arguments; only {used} used by format string"),
    }
}

enum Piece<'f> {
    Text(&'f str),
    Verb(Verb<'f>),
}

fn render((pieces, used): &(Vec<Piece<'_>>, usize), arguments: &[Value]) -> Outcome {
    if *used < arguments.len() {
        return Err(Refusal::of(used + 1, too_many(*used)));
    }
    let mut result = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => result.push_str(text),
            Piece::Verb(verb) => {
                let given = arguments.get(verb.argument).ok_or_else(|| {
                    format!(
                        "not enough arguments for {:?} at {}: need index {} but have {} total",
                        verb.raw,
                        verb.offset,
                        verb.argument + 1,
                        arguments.len()
                    )
                })?;
                result.push_str(&verb.apply(given)?);
            }
        }
        within_limit(result.len())?;
    }
    Ok(normal(&result))
}

/// The parts of a format, and how many arguments it refers to.
fn parse(pattern: &str) -> Result<(Vec<Piece<'_>>, usize), String> {
    let mut pieces = Vec::new();
    let (mut used, mut next) = (0, 0);
    let mut at = 0;
    while let Some(found) = pattern[at..].find('%') {
        let start = at + found;
        pieces.push(Piece::Text(&pattern[at..start]));
        if pattern[start + 1..].starts_with('%') {
            pieces.push(Piece::Text("%"));
            at = start + 2;
            continue;
        }
        let verb = parse_verb(pattern, start, next)?;
        at = start + verb.raw.len();
        next = verb.argument + 1;
        used = used.max(next);
        pieces.push(Piece::Verb(verb));
    }
    pieces.push(Piece::Text(&pattern[at..]));
    Ok((pieces, used))
}

fn parse_verb(pattern: &str, start: usize, next: usize) -> Result<Verb<'_>, String> {
    let mut verb = Verb { offset: start, argument: next, ..Verb::default() };
    let mut at = start + 1;
    let peek = |at: usize| pattern[at..].chars().next();
    loop {
        match peek(at) {
            Some('0') => verb.zero = true,
            Some('#') => verb.sharp = true,
            Some('-') => verb.minus = true,
            Some('+') => verb.plus = true,
            Some(' ') => verb.space = true,
            _ => break,
        }
        at += 1;
    }
    at = argument_index(pattern, at, &mut verb)?;
    if let (Some(width), after) = digits(pattern, at)? {
        verb.width = width;
        at = after;
    }
    if peek(at) == Some('.') {
        let (precision, after) = digits(pattern, at + 1)?;
        verb.precision = Some(precision.unwrap_or(0));
        at = after;
    }
    at = argument_index(pattern, at, &mut verb)?;
    match peek(at) {
        Some(mode) if mode.is_ascii_alphabetic() => {
            verb.mode = mode;
            verb.raw = &pattern[start..=at];
            Ok(verb)
        }
        Some(other) => Err(format!("unrecognized format character {other:?} at offset {at}")),
        None => Err("unexpected end of format string after a verb began".to_owned()),
    }
}

fn argument_index(pattern: &str, at: usize, verb: &mut Verb<'_>) -> Result<usize, String> {
    if !pattern[at..].starts_with('[') {
        return Ok(at);
    }
    let (index, after) = digits(pattern, at + 1)?;
    match index {
        Some(index) if index > 0 && pattern[after..].starts_with(']') => {
            verb.argument = index - 1;
            Ok(after + 1)
        }
        _ => Err(format!("invalid argument index at offset {at}")),
    }
}

fn digits(pattern: &str, at: usize) -> Result<(Option<usize>, usize), String> {
    let digits = pattern[at..].bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 {
        return Ok((None, at));
    }
    let value = pattern[at..at + digits].parse().ok().filter(|value| *value <= WIDTH_MAX);
    match value {
        Some(value) => Ok((Some(value), at + digits)),
        None => Err(format!("a number in the format string is larger than {WIDTH_MAX}")),
    }
}

impl Verb<'_> {
    fn unsupported(&self, why: &str) -> Refusal {
        format!("unsupported value for {:?} at {}: {why}", self.raw, self.offset).into()
    }

    fn converted(&self, value: &Value, ty: &Type) -> Result<Value, Refusal> {
        convert(value, ty).map_err(|mismatch| self.unsupported(&mismatch.message))
    }

    fn apply(&self, value: &Value) -> Result<String, Refusal> {
        if self.mode != 'v' && value.is_null() {
            return Err(self.unsupported("null value cannot be formatted"));
        }
        match self.mode {
            'v' => self.as_it_is(value),
            't' => {
                let truth = self.converted(value, &Type::Bool)?;
                Ok(if truth.as_bool() == Some(true) { "true" } else { "false" }.to_owned())
            }
            'b' | 'd' | 'o' | 'x' | 'X' => {
                let number = self.converted(value, &Type::Number)?;
                let whole = number.as_number().filter(|number| number.is_integer());
                let whole = whole.ok_or_else(|| self.unsupported("an integer is required"))?;
                Ok(integer(self, &whole.decimal()))
            }
            'e' | 'E' | 'f' | 'g' | 'G' => {
                let number = self.converted(value, &Type::Number)?;
                Ok(number.as_number().map_or_else(String::new, |number| float(self, number)))
            }
            's' | 'q' => {
                let text = self.converted(value, &Type::String)?;
                let mut text = str_of(&text).to_owned();
                if let Some(precision) = self.precision {
                    text = text.graphemes(true).take(precision).collect();
                }
                Ok(self.padded(&if self.mode == 'q' { json::encode(&text.into())? } else { text }))
            }
            other => {
                Err(format!("unsupported format verb {other:?} in {:?} at offset {}", self.raw, self.offset)
                    .into())
            }
        }
    }

    fn as_it_is(&self, value: &Value) -> Result<String, Refusal> {
        Ok(match &value.data {
            Data::String(text) if !self.sharp => self.padded(text),
            Data::Number(number) if !self.sharp => self.padded(&general(number)),
            _ => self.padded(&json::encode(value)?),
        })
    }

    /// The text at the verb's width.
    fn padded(&self, text: &str) -> String {
        let missing = self.width.saturating_sub(text.graphemes(true).count());
        let padding = if self.zero { "0" } else { " " }.repeat(missing);
        if self.minus { format!("{text}{padding}") } else { format!("{padding}{text}") }
    }
}

fn formatlist(arguments: &[Value]) -> Outcome {
    let (pattern, arguments) = (str_of(&arguments[0]), &arguments[1..]);
    let is_sequence = |value: &Value| matches!(value.data, Data::List(_) | Data::Set(_) | Data::Tuple(_));
    let mut count: Option<(usize, usize)> = None;
    for (index, value) in arguments.iter().enumerate() {
        let may_be_sequence = matches!(value.ty(), Type::Any | Type::List(_) | Type::Set(_) | Type::Tuple(_));
        if (value.is_unknown() && may_be_sequence) || value.has_open_length() {
            return Ok(Returns::Strings.unknown());
        }
        if !is_sequence(value) {
            continue;
        }
        let length = value.items().len();
        match count {
            None => count = Some((index, length)),
            Some((first, known)) if known != length => {
                let message = format!(
                    "argument {} has length {length}, which is inconsistent with argument {} of length {known}",
                    index + 1,
                    first + 1
                );
                return Err(Refusal::of(index + 1, message));
            }
            Some(_) => {}
        }
    }
    let rows = count.map_or(1, |(_, length)| length);
    if rows == 0 {
        return Ok(Value::list(Type::String, Vec::new()));
    }
    let parsed = parse(pattern)?;
    let mut items = Vec::with_capacity(rows);
    for row in 0..rows {
        let pick =
            |value: &Value| if is_sequence(value) { value.items()[row].clone() } else { value.clone() };
        let picked: Vec<Value> = arguments.iter().map(pick).collect();
        items.push(if picked.iter().all(Value::is_wholly_known) {
            render(&parsed, &picked).map_err(|refusal| in_row(row, refusal))?
        } else {
            Returns::String.unknown()
        });
    }
    Ok(Value::list(Type::String, items))
}

fn in_row(row: usize, refusal: Refusal) -> Refusal {
    let (Refusal::Argument(_, message) | Refusal::Call(message)) = refusal;
    format!("error on format iteration {row}: {message}").into()
}
