//! Reading YAML: events of the parser made into values.

use std::collections::{BTreeMap, BTreeSet};

use recon_core::value::Name;
use recon_core::{Number, Type, Value};
use saphyr_parser::{Event, Parser, ScalarStyle, Tag};

use super::time::days_of;
use super::{Outcome, normal};

/// How deep YAML may nest.
const DEPTH_MAX: u32 = 120;

/// How many values one document may have with all its aliases written out.
const NODES_MAX: usize = 1_000_000;

/// The most digits of a number in another base than ten.
const DIGITS_MAX: usize = 10_000;

/// The value of a document.
pub(super) fn decode(text: &str) -> Outcome {
    if text.contains(is_forbidden) {
        return Err("control characters are not allowed".into());
    }
    let mut reader = Reader {
        events: Parser::new_from_str(text),
        anchors: BTreeMap::new(),
        open: BTreeSet::new(),
        nodes: 0,
        unended: if text.ends_with('\n') { usize::MAX } else { text.chars().count() },
    };
    let value = reader.document()?;
    Ok(value)
}

/// What no YAML text may hold.
fn is_forbidden(letter: char) -> bool {
    let is_control = letter.is_control() && !matches!(letter, '\t' | '\n' | '\r' | '\u{85}');
    is_control || matches!(letter, '\u{fffe}' | '\u{ffff}')
}

struct Reader<'t> {
    events: Parser<'t, saphyr_parser::StrInput<'t>>,
    /// Values that an alias may repeat, with how many values each holds.
    anchors: BTreeMap<usize, (Value, usize)>,
    /// Anchors whose value is still being read.
    open: BTreeSet<usize>,
    nodes: usize,
    /// How many characters the text has, if it does not end with a line break; else more than any text has.
    unended: usize,
}

impl<'t> Reader<'t> {
    fn next(&mut self) -> Result<Event<'t>, String> {
        match self.events.next() {
            // A block that ends with the text ends without the line break that the text does not have.
            Some(Ok((
                Event::Scalar(text, style @ (ScalarStyle::Literal | ScalarStyle::Folded), anchor, tag),
                span,
            ))) if span.end.index() >= self.unended => {
                let text = text.strip_suffix('\n').unwrap_or(&text).to_owned();
                Ok(Event::Scalar(text.into(), style, anchor, tag))
            }
            Some(Ok((event, _))) => Ok(event),
            Some(Err(error)) => Err(error.to_string()),
            None => Err("unexpected end of document".to_owned()),
        }
    }

    fn document(&mut self) -> Result<Value, String> {
        loop {
            match self.next()? {
                Event::DocumentStart(_) => break,
                Event::StreamEnd => return Err("missing start of document".to_owned()),
                _ => {}
            }
        }
        let event = self.next()?;
        let value = self.node(event, 0)?;
        loop {
            match self.next()? {
                Event::StreamEnd => return Ok(value),
                Event::DocumentStart(_) => return Err("unexpected extra content after value".to_owned()),
                _ => {}
            }
        }
    }

    fn node(&mut self, event: Event<'t>, depth: u32) -> Result<Value, String> {
        if depth > DEPTH_MAX {
            return Err(format!("the YAML nests more than {DEPTH_MAX} levels deep"));
        }
        let before = self.nodes;
        self.count(1)?;
        let (anchor, value) = match event {
            Event::Alias(anchor) => {
                if self.open.contains(&anchor) {
                    return Err("cannot refer to an anchor from inside its own definition".to_owned());
                }
                let (value, nodes) =
                    self.anchors.get(&anchor).cloned().ok_or("reference to undefined anchor")?;
                self.count(nodes)?;
                return Ok(value);
            }
            Event::Scalar(text, style, anchor, tag) => (anchor, scalar(&text, style, tag.as_deref())?),
            Event::SequenceStart(anchor, tag) => {
                collection_tag(tag.as_deref(), "seq", "sequence")?;
                self.open.insert(anchor);
                (anchor, self.sequence(depth)?)
            }
            Event::MappingStart(anchor, tag) => {
                collection_tag(tag.as_deref(), "map", "mapping")?;
                self.open.insert(anchor);
                (anchor, self.mapping(depth)?)
            }
            _ => return Err("unexpected end of document".to_owned()),
        };
        self.open.remove(&anchor);
        if anchor > 0 {
            self.anchors.insert(anchor, (value.clone(), self.nodes - before));
        }
        Ok(value)
    }

    fn count(&mut self, nodes: usize) -> Result<(), String> {
        self.nodes = self.nodes.saturating_add(nodes);
        if self.nodes > NODES_MAX {
            return Err(format!("the YAML holds more than {NODES_MAX} values"));
        }
        Ok(())
    }

    fn sequence(&mut self, depth: u32) -> Result<Value, String> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                Event::SequenceEnd => return Ok(Value::tuple(items)),
                event => items.push(self.node(event, depth + 1)?),
            }
        }
    }

    fn mapping(&mut self, depth: u32) -> Result<Value, String> {
        let mut entries: BTreeMap<Name, Value> = BTreeMap::new();
        loop {
            let key = match self.next()? {
                Event::MappingEnd => return Ok(Value::object(entries)),
                Event::Scalar(text, ScalarStyle::Plain, _, None) if text == "<<" => {
                    let event = self.next()?;
                    let merged = self.node(event, depth + 1)?;
                    let merged = merged.entries().filter(|_| matches!(merged.ty(), Type::Object(_)));
                    let merged = merged.ok_or("only a mapping can be merged into a mapping")?;
                    entries.extend(merged.iter().map(|(key, value)| (key.clone(), value.clone())));
                    continue;
                }
                event => self.key(event, depth)?,
            };
            if key.is_null() {
                return Err("mapping key cannot be null".to_owned());
            }
            let key = recon_core::convert::convert(&key, &Type::String);
            let key = key.map_err(|_| "only strings are allowed as mapping keys")?;
            let event = self.next()?;
            let value = self.node(event, depth + 1)?;
            entries.insert(key.as_str().unwrap_or_default().into(), value);
        }
    }

    /// A key, whose anchor no alias finds.
    fn key(&mut self, event: Event<'t>, depth: u32) -> Result<Value, String> {
        let own = match &event {
            Event::Scalar(_, _, anchor, _) => Some(*anchor),
            _ => None,
        };
        let key = self.node(event, depth + 1)?;
        if let Some(anchor) = own {
            self.anchors.remove(&anchor);
        }
        Ok(key)
    }
}

fn core_tag(tag: &Tag) -> Option<&str> {
    match (tag.handle.as_str(), tag.suffix.as_str()) {
        ("tag:yaml.org,2002:", name) => Some(name),
        (_, whole) => whole.strip_prefix("tag:yaml.org,2002:"),
    }
}

fn collection_tag(tag: Option<&Tag>, expected: &str, what: &str) -> Result<(), String> {
    match tag {
        None => Ok(()),
        Some(tag) if core_tag(tag) == Some(expected) => Ok(()),
        Some(tag) => Err(format!("can't interpret {what} as {}{}", tag.handle, tag.suffix)),
    }
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Result<Value, String> {
    let tag = match tag {
        Some(tag) if tag.handle.is_empty() && tag.suffix == "!" => return Ok(normal(text)),
        Some(tag) => {
            Some(core_tag(tag).ok_or_else(|| format!("unsupported tag \"{}{}\"", tag.handle, tag.suffix))?)
        }
        None if style != ScalarStyle::Plain => return Ok(normal(text)),
        None => None,
    };
    match tag {
        None => resolve(text),
        Some("str") => Ok(normal(text)),
        Some("null") => Ok(Value::null(Type::Any)),
        Some("bool") => {
            boolean(text).map(Value::from).ok_or_else(|| format!("cannot parse {text:?} as a bool"))
        }
        // A quoted number stays text, as anywhere else.
        Some("int" | "float") if style != ScalarStyle::Plain => Ok(normal(text)),
        Some(tag @ ("int" | "float")) => number(text)
            .map(Value::from)
            .ok_or_else(|| format!("cannot parse {text:?} as tag:yaml.org,2002:{tag}")),
        Some("timestamp") => timestamp(text)
            .map(Value::from)
            .ok_or_else(|| format!("cannot parse {text:?} as tag:yaml.org,2002:timestamp")),
        Some("binary") => {
            super::encoding::bytes(text).map_err(|_| {
                format!("cannot parse {text:?} as tag:yaml.org,2002:binary: not valid base64")
            })?;
            Ok(normal(text))
        }
        Some(other) => Err(format!("unsupported tag \"tag:yaml.org,2002:{other}\"")),
    }
}

/// What a plain scalar means.
fn resolve(text: &str) -> Result<Value, String> {
    if matches!(text, "" | "~" | "null" | "Null" | "NULL") {
        return Ok(Value::null(Type::Any));
    }
    if matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Err("floating point NaN is not supported".to_owned());
    }
    if let Some(truth) = boolean(text) {
        return Ok(truth.into());
    }
    let number = number(text).map(Value::from);
    Ok(number.or_else(|| timestamp(text).map(Value::from)).unwrap_or_else(|| normal(text)))
}

fn boolean(text: &str) -> Option<bool> {
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Some(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Some(false),
        _ => None,
    }
}

fn number(text: &str) -> Option<Number> {
    match text {
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Some(Number::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Some(Number::NEGATIVE_INFINITY),
        _ => {}
    }
    let radix = |prefix: &str, radix: u32| {
        let digits = text.strip_prefix(prefix)?;
        let valid =
            (1..=DIGITS_MAX).contains(&digits.len()) && digits.chars().all(|digit| digit.is_digit(radix));
        let whole = if valid { num_bigint::BigInt::parse_bytes(digits.as_bytes(), radix) } else { None };
        whole.map(|whole| Number::rounded(&bigdecimal::BigDecimal::from(whole)))
    };
    if let Some(number) = radix("0x", 16).or_else(|| radix("0o", 8)) {
        return Some(number);
    }
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let decimal = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && digits.contains(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-'));
    if decimal { text.parse().ok() } else { None }
}

/// A date, perhaps with a time, in RFC 3339.
fn timestamp(text: &str) -> Option<String> {
    let date = text.get(..10)?;
    let mut parts = date.split('-');
    let mut part = |length: usize| {
        let part = parts.next()?;
        let digits = part.len() == length && part.bytes().all(|digit| digit.is_ascii_digit());
        if digits { part.parse::<i64>().ok() } else { None }
    };
    let (year, month, day) = (part(4)?, part(2)?, part(2)?);
    let real = (1..=12).contains(&month)
        && day >= 1
        && day <= days_of(year + month / 12, month % 12 + 1, 1) - days_of(year, month, 1);
    if !real {
        return None;
    }
    let rest = &text[10..];
    if rest.is_empty() {
        return Some(format!("{date}T00:00:00Z"));
    }
    let time = rest.strip_prefix(['T', 't', ' '])?;
    let clock = time.get(..8)?;
    let valid = clock.bytes().enumerate().all(|(at, byte)| match at {
        2 | 5 => byte == b':',
        _ => byte.is_ascii_digit(),
    });
    let zone = time[8..].trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    let zone = if zone.is_empty() { "Z" } else { zone.trim_start() };
    let known =
        zone == "Z" || (zone.len() == 6 && zone.starts_with(['+', '-']) && zone.as_bytes()[3] == b':');
    (valid && known).then(|| format!("{date}T{clock}{zone}"))
}

#[cfg(test)]
mod tests {
    use super::decode;
    use test_case::test_case;

    #[test_case("&x a: *x")]
    #[test_case("&x a: b\n*x : c")]
    #[test_case("{&x a: *x}")]
    fn an_anchor_of_a_key_is_not_found(text: &str) {
        assert!(decode(text).is_err());
    }

    #[test_case("&x [*x]")]
    fn an_anchor_does_not_lead_into_itself(text: &str) {
        assert!(decode(text).is_err());
    }

    #[test_case("[&x a, *x]")]
    #[test_case("a: &x\n  b: 1\nc: *x")]
    fn an_anchor_of_a_value_is_found(text: &str) {
        assert!(decode(text).is_ok());
    }
}
