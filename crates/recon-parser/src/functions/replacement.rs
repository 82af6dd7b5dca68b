//! What `replace` puts where a pattern matched: text in which `$1`, `${name}` and `$$` stand for groups and a dollar.

use regex::Captures;

/// Groups have no larger numbers than this.
const NUMBER_DIGITS_MAX: usize = 8;

/// The replacement of one match. `groups` are the names of the pattern's groups, in order.
pub(super) fn expand(template: &str, groups: &[Option<String>], found: &Captures<'_>) -> String {
    let mut expanded = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('$') {
        expanded.push_str(before);
        rest = match after.strip_prefix('$') {
            Some(after) => {
                expanded.push('$');
                after
            }
            None => match name_of(after) {
                Some((name, after)) => {
                    expanded.push_str(group(name, groups, found).unwrap_or_default());
                    after
                }
                None => {
                    expanded.push('$');
                    after
                }
            },
        };
    }
    expanded + rest
}

/// The name that follows a dollar, and what follows the name.
fn name_of(text: &str) -> Option<(&str, &str)> {
    let inside = text.strip_prefix('{');
    let from = inside.unwrap_or(text);
    let end = from.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(from.len());
    let (name, after) = from.split_at(end);
    let after = if inside.is_some() { after.strip_prefix('}')? } else { after };
    (!name.is_empty()).then_some((name, after))
}

/// What a group matched, by its number or its name.
fn group<'t>(name: &str, groups: &[Option<String>], found: &Captures<'t>) -> Option<&'t str> {
    let is_number = name.bytes().all(|digit| digit.is_ascii_digit());
    let is_plain = name == "0" || !name.starts_with('0');
    if is_number && is_plain && name.len() <= NUMBER_DIGITS_MAX {
        return found.get(name.parse().ok()?).map(|part| part.as_str());
    }
    let named = groups.iter().zip(1..).filter(|(group, _)| group.as_deref() == Some(name));
    named.filter_map(|(_, index)| found.get(index)).map(|part| part.as_str()).next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use regex::Regex;
    use test_case::test_case;

    #[test_case("$1-$0", "b-ab"; "by number")]
    #[test_case("${1}x$$", "bx$"; "in braces, and a dollar")]
    #[test_case("$1x|${y}|$y.", "|b|b."; "by name")]
    #[test_case("$é|", "|"; "a name that no group has")]
    #[test_case("$|${1|${-}", "$|${1|${-}"; "what is no name")]
    #[test_case("$01$9", ""; "numbers that no group has")]
    fn replacements(template: &str, expected: &str) {
        let regex = Regex::new("a(?P<y>b)").unwrap();
        let found = regex.captures("ab").unwrap();
        assert_eq!(expand(template, &[Some("y".to_owned())], &found), expected);
    }
}
