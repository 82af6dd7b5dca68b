//! Patterns of file names: `*`, `?`, `[a-z]`, `{a,b}`, and `**` for any number of directories.
//!
//! The rules are those of `fileset`, which differ from a shell's in what a backslash and an unclosed bracket mean.

use std::fmt::Write as _;

use regex::Regex;

/// A pattern, ready to match.
pub(super) struct Glob(Regex);

impl Glob {
    /// Reads a pattern, or says why it means nothing.
    pub(super) fn new(pattern: &str) -> Result<Self, String> {
        let mut regex = String::from("^");
        let mut rest: Vec<char> = pattern.chars().rev().collect();
        let mut braces = 0;
        while let Some(letter) = rest.pop() {
            match letter {
                '*' if rest.last() == Some(&'*') => {
                    rest.pop();
                    // `**/` also means no directory at all.
                    if rest.last() == Some(&'/') {
                        rest.pop();
                        regex.push_str("(?:.*/)?");
                    } else {
                        regex.push_str(".*");
                    }
                }
                '*' => regex.push_str("[^/]*"),
                '?' => regex.push_str("[^/]"),
                '[' => class(&mut rest, &mut regex)?,
                '{' => {
                    braces += 1;
                    regex.push_str("(?:");
                }
                '}' if braces > 0 => {
                    braces -= 1;
                    regex.push(')');
                }
                ',' if braces > 0 => regex.push('|'),
                '\\' => literal(rest.pop().ok_or(BAD)?, &mut regex),
                other => literal(other, &mut regex),
            }
        }
        if braces > 0 {
            return Err(BAD.to_owned());
        }
        regex.push('$');
        Regex::new(&regex).map(Self).map_err(|_| BAD.to_owned())
    }

    /// Whether it matches a whole path.
    pub(super) fn matches(&self, path: &str) -> bool {
        self.0.is_match(path)
    }
}

const BAD: &str = "syntax error in pattern";

fn literal(letter: char, regex: &mut String) {
    regex.push_str(&regex::escape(letter.encode_utf8(&mut [0; 4])));
}

fn class(rest: &mut Vec<char>, regex: &mut String) -> Result<(), String> {
    regex.push('[');
    if rest.pop_if(|letter| *letter == '^').is_some() {
        regex.push('^');
    }
    let mut empty = true;
    loop {
        match rest.pop().ok_or(BAD)? {
            ']' if !empty => break,
            ']' => return Err(BAD.to_owned()),
            '-' => regex.push('-'),
            '\\' => escaped(rest.pop().ok_or(BAD)?, regex),
            other => escaped(other, regex),
        }
        empty = false;
    }
    // A class never matches the separator.
    regex.push_str("&&[^/]]");
    Ok(())
}

fn escaped(letter: char, regex: &mut String) {
    // Writing to a string cannot fail.
    let _ = write!(regex, "\\x{{{:x}}}", u32::from(letter));
}

#[cfg(test)]
mod tests {
    use super::*;
    use test_case::test_case;

    #[test_case("*.txt", "a.txt", true)]
    #[test_case("*.txt", "b/a.txt", false)]
    #[test_case("**/*.txt", "a.txt", true)]
    #[test_case("**/*.txt", "b/c/a.txt", true)]
    #[test_case("{a,b}/?", "b/x", true)]
    #[test_case("[a-c]x", "bx", true)]
    #[test_case("[^a-c]x", "bx", false)]
    #[test_case("[!a]x", "ax", true; "an exclamation mark is a letter like others")]
    fn matching(pattern: &str, path: &str, expected: bool) {
        assert_eq!(Glob::new(pattern).unwrap().matches(path), expected);
    }

    #[test_case("[")]
    #[test_case("\\")]
    #[test_case("{a")]
    fn what_means_nothing_is_refused(pattern: &str) {
        assert!(Glob::new(pattern).is_err());
    }
}
