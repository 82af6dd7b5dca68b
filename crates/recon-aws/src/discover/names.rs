//! Names for blocks, from what users called their objects. Pure.

/// What names of objects end in that says no more than their type does.
const SORTS: &[&str] = &["_function", "_lambda", "_fn", "_api", "_role", "_execution_role", "_policy"];

/// How many of those a name ends in at most: `-function-role`.
const SORTS_MAX: usize = 2;
/// How many letters and digits a console adds to the name of a role.
const CONSOLE_SUFFIX_LENGTH: usize = 8;
const UUID_GROUPS: [usize; 5] = [8, 4, 4, 4, 12];
const UUID_LENGTH: usize = 36;

/// A text as an identifier in snake case: `ItemsFunction` is `items_function`, `/items/{id}` is `items_id`.
pub(crate) fn slug(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    let mut before = '_';
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if !c.is_ascii_alphanumeric() {
            if before != '_' {
                slug.push('_');
            }
            before = '_';
            continue;
        }
        let ends_word = before.is_ascii_lowercase() || before.is_ascii_digit();
        // The last capital of several begins the next word.
        let ends_acronym = before.is_ascii_uppercase() && chars.peek().is_some_and(char::is_ascii_lowercase);
        if c.is_ascii_uppercase() && (ends_word || ends_acronym) {
            slug.push('_');
        }
        slug.push(c.to_ascii_lowercase());
        before = c;
    }
    let slug = slug.trim_matches('_');
    match slug.chars().next() {
        None => "this".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("n{slug}"),
        Some(_) => slug.to_owned(),
    }
}

/// The same without what says only of which sort the object is: `ItemsFunction` is `items`.
pub(crate) fn subject(text: &str) -> String {
    let mut whole = slug(without_suffix(text));
    // A console calls the role of a function `ItemsFunction-role`.
    for _ in 0..SORTS_MAX {
        let short = SORTS.iter().rev().find_map(|sort| whole.strip_suffix(sort));
        let Some(short) = short.filter(|short| !short.is_empty()) else { break };
        whole = short.to_owned();
    }
    whole
}

/// A name without what a console adds to make it unique: `ItemsFunction-role-0a1b2c3d`, or a UUID after a dash.
fn without_suffix(text: &str) -> &str {
    let is_made_up = |end: &str| end.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let is_uuid = |end: &str| {
        let groups: Vec<&str> = end.split('-').collect();
        groups.iter().map(|group| group.len()).eq(UUID_GROUPS)
            && groups.iter().all(|group| group.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    let role = text.rsplit_once('-').filter(|(start, end)| {
        start.ends_with("-role") && end.len() == CONSOLE_SUFFIX_LENGTH && is_made_up(end)
    });
    let with_uuid = || {
        let at = text.len().checked_sub(UUID_LENGTH + 1)?;
        let start = text.get(..at).filter(|start| !start.is_empty())?;
        let end = text.get(at..)?.strip_prefix('-')?;
        is_uuid(end).then_some(start)
    };
    role.map(|(start, _)| start).or_else(with_uuid).unwrap_or(text)
}

/// A resource's path: `items_id` of `/items/{id}`, `root` of `/`.
pub(crate) fn of_path(path: &str) -> String {
    if path.chars().any(|c| c.is_ascii_alphanumeric()) { slug(path) } else { "root".to_owned() }
}

/// A method: `get_items_id` of `GET` and `/items/{id}`.
pub(crate) fn of_method(verb: &str, path: &str) -> String {
    format!("{}_{}", verb.to_ascii_lowercase(), of_path(path))
}

/// Whether a text fits a pattern with `*` and `?`.
pub(crate) fn fits(pattern: &str, text: &str) -> bool {
    let mut expression = String::from("(?s)^");
    for c in pattern.chars() {
        match c {
            '*' => expression.push_str(".*"),
            '?' => expression.push('.'),
            other => expression.push_str(&regex::escape(other.encode_utf8(&mut [0; 4]))),
        }
    }
    expression.push('$');
    regex::Regex::new(&expression).is_ok_and(|expression| expression.is_match(text))
}

/// Whether a text is a pattern rather than a name.
pub(crate) fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?'])
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    #[test_case("ItemsFunction", "items_function")]
    #[test_case("/items/{id}", "items_id")]
    #[test_case("my-API v2", "my_api_v2")]
    #[test_case("{proxy+}", "proxy")]
    #[test_case("2024-report", "n2024_report")]
    #[test_case("日本", "this")]
    #[test_case("AWSLambdaBasicExecutionRole", "aws_lambda_basic_execution_role")]
    #[test_case("ItemsAPI", "items_api")]
    #[test_case("FunctionURLAllowPublicAccess", "function_url_allow_public_access")]
    #[test_case("v2API", "v2_api")]
    fn a_name_becomes_an_identifier(text: &str, expected: &str) {
        assert_eq!(slug(text), expected);
    }

    #[test_case("ItemsFunction", "items")]
    #[test_case("items-api", "items")]
    #[test_case("items-execution-role", "items")]
    #[test_case("api", "api")]
    #[test_case("ItemsFunction-role-k3j2h1g0", "items"; "of a role that a console made")]
    #[test_case("ItemsFunction-role-reporting", "items_function_role_reporting")]
    #[test_case("Basic-9a1ef2c5-7f0c-4d4f-8f5c-b8b8b5a9a5a5", "basic"; "of a policy that a console made")]
    fn a_subject_leaves_out_the_sort(text: &str, expected: &str) {
        assert_eq!(subject(text), expected);
    }

    #[test]
    fn methods_are_called_after_verb_and_path() {
        assert_eq!(of_method("GET", "/items/{id}"), "get_items_id");
        assert_eq!(of_method("ANY", "/"), "any_root");
    }

    #[test_case("items-*", "items-api", true)]
    #[test_case("items-?", "items-api", false)]
    #[test_case("a.c", "abc", false)]
    #[test_case("*", "", true)]
    fn a_pattern_fits_or_not(pattern: &str, text: &str, expected: bool) {
        assert_eq!(fits(pattern, text), expected);
    }
}
