//! Names for blocks, from what users called their objects. Pure.

/// What names of objects end in that says no more than their type does.
const SORTS: &[&str] =
    &["_function", "_lambda", "_fn", "_api", "_role", "_execution_role", "_policy", "_authorizer"];

/// A text as an identifier in snake case: `ItemsFunction` is `items_function`, `/items/{id}` is `items_id`.
pub(crate) fn slug(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    let mut before = '_';
    for c in text.chars() {
        if !c.is_ascii_alphanumeric() {
            if before != '_' {
                slug.push('_');
            }
            before = '_';
            continue;
        }
        if c.is_ascii_uppercase() && (before.is_ascii_lowercase() || before.is_ascii_digit()) {
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
    let whole = slug(text);
    let short =
        SORTS.iter().rev().find_map(|sort| whole.strip_suffix(sort)).filter(|short| !short.is_empty());
    short.map_or_else(|| whole.clone(), str::to_owned)
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
    fn a_name_becomes_an_identifier(text: &str, expected: &str) {
        assert_eq!(slug(text), expected);
    }

    #[test_case("ItemsFunction", "items")]
    #[test_case("items-api", "items")]
    #[test_case("items-execution-role", "items")]
    #[test_case("api", "api")]
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
