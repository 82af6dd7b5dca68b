//! Names: what may be one, and which known one a misspelled one was probably meant to be.

use recon_core::{Diagnostic, Span};

/// The known name that is so close that it was probably meant.
pub(crate) fn closest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (name.chars().count() / 3).clamp(1, 3);
    let plain = |text: &str| text.replace(['_', '-'], "").to_lowercase();
    known
        .into_iter()
        .map(|candidate| {
            let distance = strsim::damerau_levenshtein(name, candidate);
            (if plain(name) == plain(candidate) { 0 } else { distance }, candidate)
        })
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Whether the language takes it as a name.
pub(crate) fn is_name(text: &str) -> bool {
    let mut characters = text.chars();
    let starts = characters.next().is_some_and(|c| c == '_' || unicode_ident::is_xid_start(c));
    starts && characters.all(|c| c == '-' || unicode_ident::is_xid_continue(c))
}

/// What is wrong with a label that must be a name.
pub(super) fn check(text: &str, what: &str, place: Span) -> Option<Diagnostic> {
    if is_name(text) {
        return None;
    }
    let detail = format!(
        "\"{text}\" cannot be a name: a name begins with a letter or underscore and has only letters, digits, underscores and \
         dashes."
    );
    Some(Diagnostic::error(format!("Invalid {what} name"), detail).at(place))
}

#[cfg(test)]
mod tests {
    use super::*;
    use test_case::test_case;

    #[test_case("memorysize", Some("memory_size"))]
    #[test_case("timout", Some("timeout"))]
    #[test_case("xyz", None)]
    fn near_names_are_suggested(name: &str, meant: Option<&str>) {
        assert_eq!(closest(name, ["memory_size", "timeout", "role"]), meant);
    }
}
