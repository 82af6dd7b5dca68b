//! Regular expressions as the language writes them, in the syntax of the engine that runs them.
//!
//! Both descend from RE2. They differ in which classes are ASCII, in what a brace or bracket means where it cannot mean a
//! repetition or class, and in a few escapes.

use std::fmt::Write as _;
use std::iter::Peekable;
use std::str::Chars;

/// How often a repetition may repeat.
const REPEAT_MAX: u32 = 1000;

/// The classes that stand in `[:…:]`.
const POSIX_CLASSES: [&str; 14] = [
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space",
    "upper", "word", "xdigit",
];

/// A pattern in the engine's syntax.
pub(super) struct Translated {
    /// What the engine reads.
    pub(super) regex: String,
    /// The names of the groups, in order. The engine does not have all of them: it refuses some that RE2 takes.
    pub(super) groups: Vec<Option<String>>,
}

/// The pattern in the engine's syntax.
pub(super) fn translated(pattern: &str) -> Result<Translated, String> {
    let regex = String::with_capacity(pattern.len() + 16);
    let mut translation = Translation { rest: pattern.chars().peekable(), regex, groups: Vec::new() };
    translation.run()?;
    let Translation { regex, groups, rest: _ } = translation;
    Ok(Translated { regex, groups })
}

struct Translation<'a> {
    rest: Peekable<Chars<'a>>,
    regex: String,
    groups: Vec<Option<String>>,
}

/// What came last, as far as it matters for a repetition that follows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    Other,
    Repetition,
    LazyRepetition,
}

/// What stands before a dash in a class, which decides what the dash means.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// One character: the dash begins a range.
    One,
    /// A dash that began a range, which the next character ends.
    Dash,
    Nothing,
}

impl Translation<'_> {
    fn run(&mut self) -> Result<(), String> {
        let mut last = Last::Other;
        while let Some(letter) = self.rest.next() {
            let now = match letter {
                '\\' => {
                    self.escape()?;
                    Last::Other
                }
                '[' => {
                    self.class()?;
                    Last::Other
                }
                '(' => {
                    self.group()?;
                    Last::Other
                }
                '?' if last == Last::Repetition => {
                    self.regex.push('?');
                    Last::LazyRepetition
                }
                '*' | '+' | '?' => {
                    refuse_nested(last, letter)?;
                    self.regex.push(letter);
                    Last::Repetition
                }
                '{' => match self.count()? {
                    Some(count) => {
                        refuse_nested(last, '{')?;
                        self.regex.push_str(&count);
                        Last::Repetition
                    }
                    None => {
                        self.regex.push_str("\\{");
                        Last::Other
                    }
                },
                '}' => {
                    self.regex.push_str("\\}");
                    Last::Other
                }
                other => {
                    self.regex.push(other);
                    Last::Other
                }
            };
            last = now;
        }
        Ok(())
    }

    /// What an opening parenthesis begins: a group with or without a name, or flags.
    fn group(&mut self) -> Result<(), String> {
        if self.rest.next_if_eq(&'?').is_none() {
            self.groups.push(None);
            self.regex.push('(');
            return Ok(());
        }
        let is_named = self.rest.peek() == Some(&'<') || {
            let mut ahead = self.rest.clone();
            ahead.next() == Some('P') && ahead.next() == Some('<')
        };
        if is_named {
            self.rest.next_if_eq(&'P');
            self.rest.next();
            return self.named_group();
        }
        self.regex.push_str("(?");
        while let Some(flag) = self.rest.next_if(|letter| !matches!(letter, ':' | ')')) {
            if !matches!(flag, 'i' | 'm' | 's' | 'U' | '-') {
                return Err(format!("invalid or unsupported syntax (?{flag}"));
            }
            self.regex.push(flag);
        }
        Ok(())
    }

    fn named_group(&mut self) -> Result<(), String> {
        let name: String = self.rest.by_ref().take_while(|letter| *letter != '>').collect();
        if name.is_empty() || !name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_') {
            return Err(format!("invalid named capture (?P<{name}>"));
        }
        let name = Some(name);
        // The engine has neither two groups of one name nor names that begin with a digit.
        let is_new = !self.groups.contains(&name);
        match &name {
            Some(name) if is_new && !name.starts_with(|first: char| first.is_ascii_digit()) => {
                self.regex.extend(["(?P<", name, ">"]);
            }
            _ => self.regex.push('('),
        }
        self.groups.push(name);
        Ok(())
    }

    /// `{2}`, `{2,}` or `{2,3}` after its opening brace; nothing if it is a plain brace.
    fn count(&mut self) -> Result<Option<String>, String> {
        let ahead: String = self.rest.clone().take_while(|letter| *letter != '}').take(16).collect();
        let closed = self.rest.clone().nth(ahead.chars().count()) == Some('}');
        let (least, most) = ahead.split_once(',').unwrap_or((&ahead, ""));
        let digits = |text: &str| text.chars().all(|letter| letter.is_ascii_digit());
        if !closed || least.is_empty() || !digits(least) || !digits(most) {
            return Ok(None);
        }
        let too_many =
            |text: &str| !text.is_empty() && text.parse::<u32>().is_ok_and(|count| count <= REPEAT_MAX);
        if !too_many(least) || (!most.is_empty() && !too_many(most)) {
            return Err(format!("a repeat count in {{{ahead}}} is larger than {REPEAT_MAX}"));
        }
        for _ in 0..=ahead.chars().count() {
            self.rest.next();
        }
        Ok(Some(format!("{{{ahead}}}")))
    }

    fn escape(&mut self) -> Result<(), String> {
        let letter = self.rest.next().ok_or("trailing backslash at the end")?;
        match letter {
            'Q' => self.quoted(),
            'd' | 'D' | 'w' | 'W' | 's' | 'S' => self.regex.push_str(perl_class(letter)),
            'b' => self.regex.push_str("(?-u:\\b)"),
            'B' => self.regex.push_str("(?-u:\\B)"),
            '<' | '>' => self.regex.push(letter),
            '0'..='7' => self.octal(letter)?,
            other => self.verbatim(other)?,
        }
        Ok(())
    }

    /// An escape that the engine has as well, with the braces that may follow it: `\p{Greek}`, `\x{1F600}`.
    fn verbatim(&mut self, letter: char) -> Result<(), String> {
        if matches!(letter, 'u' | 'U') {
            return Err(format!("invalid escape sequence \\{letter}"));
        }
        if !matches!(letter, 'p' | 'P' | 'x') || self.rest.next_if_eq(&'{').is_none() {
            self.regex.extend(['\\', letter]);
            return Ok(());
        }
        let name: String = self.rest.by_ref().take_while(|letter| *letter != '}').collect();
        if letter == 'x' {
            self.regex.extend(["\\x{", &name, "}"]);
            return Ok(());
        }
        let (negated, name) = name.strip_prefix('^').map_or((false, &*name), |name| (true, name));
        let letter = if negated == (letter == 'P') { 'p' } else { 'P' };
        // The engine also has spellings and properties that RE2 does not: there are categories and scripts only.
        let property = match name.len() {
            1 | 2 => "gc=",
            _ if name == "Any" => "",
            _ => "sc=",
        };
        let is_known =
            name.starts_with(|first: char| first.is_ascii_uppercase()) && !name.contains(['=', ':']);
        if !is_known || name.starts_with("Is") {
            return Err(format!("invalid character class range \\{letter}{{{name}}}"));
        }
        write!(self.regex, "\\{letter}{{{property}{name}}}").map_err(|why| why.to_string())
    }

    /// A character by its number: up to three octal digits. A single one that is not 0 would be a backreference.
    fn octal(&mut self, first: char) -> Result<(), String> {
        let mut digits = String::from(first);
        while digits.len() < 3
            && let Some(digit) = self.rest.next_if(|letter| matches!(letter, '0'..='7'))
        {
            digits.push(digit);
        }
        if digits.len() == 1 && first != '0' {
            return Err(format!("invalid escape sequence \\{first}: backreferences are not supported"));
        }
        let number = u32::from_str_radix(&digits, 8).map_err(|why| why.to_string())?;
        write!(self.regex, "\\x{{{number:x}}}").map_err(|why| why.to_string())
    }

    /// `\Q…\E` stands for its content letter by letter.
    fn quoted(&mut self) {
        let mut text = String::new();
        while let Some(letter) = self.rest.next() {
            if letter == '\\' && self.rest.peek() == Some(&'E') {
                self.rest.next();
                break;
            }
            text.push(letter);
        }
        self.regex.push_str(&regex::escape(&text));
    }

    fn class(&mut self) -> Result<(), String> {
        const UNCLOSED: &str = "missing closing ]";
        self.regex.push('[');
        if self.rest.next_if_eq(&'^').is_some() {
            self.regex.push('^');
        }
        let mut before = Before::Nothing;
        let mut first = true;
        loop {
            let letter = self.rest.next().ok_or(UNCLOSED)?;
            let is_one = match letter {
                ']' if !first => break,
                '[' if self.rest.peek() == Some(&':') => {
                    self.posix_class()?;
                    false
                }
                '\\' => match self.rest.next().ok_or(UNCLOSED)? {
                    class @ ('d' | 'D' | 'w' | 'W' | 's' | 'S') => {
                        self.regex.push_str(perl_class(class));
                        false
                    }
                    digit @ '0'..='7' => {
                        self.octal(digit)?;
                        true
                    }
                    other => {
                        self.verbatim(other)?;
                        !matches!(other, 'p' | 'P')
                    }
                },
                '-' if before == Before::One && self.rest.peek().is_some_and(|next| *next != ']') => {
                    self.regex.push('-');
                    before = Before::Dash;
                    continue;
                }
                // These would open a class inside the class, or combine two.
                '-' | '[' | ']' | '&' | '~' => {
                    self.regex.extend(['\\', letter]);
                    true
                }
                other => {
                    self.regex.push(other);
                    true
                }
            };
            before = if is_one && before != Before::Dash { Before::One } else { Before::Nothing };
            first = false;
        }
        self.regex.push(']');
        Ok(())
    }

    /// `[:alpha:]`, whose opening bracket was just read.
    fn posix_class(&mut self) -> Result<(), String> {
        let name: String = self.rest.by_ref().take_while(|letter| *letter != ']').collect();
        let inner = name.strip_prefix(':').and_then(|name| name.strip_suffix(':')).unwrap_or_default();
        if !POSIX_CLASSES.contains(&inner.strip_prefix('^').unwrap_or(inner)) {
            return Err(format!("invalid character class range: [{name}]"));
        }
        self.regex.extend(["[", &name, "]"]);
        Ok(())
    }
}

fn refuse_nested(last: Last, operator: char) -> Result<(), String> {
    if last == Last::Other {
        return Ok(());
    }
    Err(format!("invalid nested repetition operator before {operator}"))
}

/// The classes that are ASCII in RE2, as classes of their own.
fn perl_class(letter: char) -> &'static str {
    match letter {
        'd' => "[0-9]",
        'D' => "[^0-9]",
        'w' => "[0-9A-Za-z_]",
        'W' => "[^0-9A-Za-z_]",
        's' => "[\\t\\n\\x0c\\r ]",
        _ => "[^\\t\\n\\x0c\\r ]",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use regex::Regex;
    use test_case::test_case;

    #[test_case("\\w+", "né", Some("n"); "classes are ascii")]
    #[test_case("[\\w-]+", "a-b", Some("a-b"))]
    #[test_case("[^\\s]+", " ab ", Some("ab"))]
    #[test_case("{{x}}", "a{{x}}", Some("{{x}}"); "braces that repeat nothing")]
    #[test_case("a{2,3}", "aaaa", Some("aaa"))]
    #[test_case("[[a]]", "[]", Some("[]"); "a bracket in a class")]
    #[test_case("[a&&b]+", "&a", Some("&a"))]
    #[test_case("[]a]+", "]a", Some("]a"))]
    #[test_case("\\<a\\>", "<a>", Some("<a>"))]
    #[test_case("\\Qa.b\\E+", "a.bb", Some("a.bb"))]
    #[test_case("[[:alpha:]]+", "ab1", Some("ab"))]
    #[test_case("(?P<x>a)+?", "aa", Some("a"))]
    #[test_case("\\p{Greek}+", "aα", Some("α"); "a class by name")]
    #[test_case("\\pL+", "1é", Some("é"); "a class by letter")]
    #[test_case("[\\p{Lu}x]+", "aAx", Some("Ax"); "a class by name inside a class")]
    #[test_case("\\x{e9}", "é", Some("é"); "a character by its number")]
    #[test_case("\\123[\\101]", "SA", Some("SA"); "characters by octal numbers")]
    #[test_case("\\p{^Lu}", "Aa", Some("a"); "all but a class")]
    #[test_case("\\P{^Lu}", "aA", Some("A"); "not all but a class")]
    #[test_case("(?P<1>a)(?P<1>b)", "ab", Some("ab"); "names that the engine does not have")]
    #[test_case("(?i-s:A)b", "ab", Some("ab"))]
    fn patterns(pattern: &str, text: &str, expected: Option<&str>) {
        let regex = Regex::new(&translated(pattern).unwrap().regex).unwrap();
        assert_eq!(regex.find(text).map(|found| found.as_str()), expected);
    }

    #[test_case("a++")]
    #[test_case("a{1001}")]
    #[test_case("(a)\\1"; "a backreference")]
    #[test_case("a\\")]
    #[test_case("[a")]
    #[test_case("\\p{IsGreek}"; "a property of another engine")]
    #[test_case("\\p{Script=Greek}"; "a property with a value")]
    #[test_case("\\u0041"; "an escape of another engine")]
    #[test_case("(?x)a")]
    #[test_case("(?P<a-b>a)")]
    #[test_case("[[:letter:]]"; "a class that there is not")]
    #[test_case("[a--b]"; "a range that descends")]
    fn what_means_nothing_is_refused(pattern: &str) {
        let regex = translated(pattern).map(|translated| Regex::new(&translated.regex));
        assert!(!matches!(regex, Ok(Ok(_))));
    }
}
