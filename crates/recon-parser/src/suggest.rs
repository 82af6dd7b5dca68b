//! Suggestions: which known name a misspelled one was probably meant to be.

/// Two names that differ by so many characters are two names, however long they are.
const DISTANCE_MAX: usize = 3;

/// The known name that is so close that it was probably meant.
pub fn closest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = written.chars().count();
    // A third of a name may be wrong; of a short one, one character, but not all of it.
    let limit = (length / 3).clamp(1, DISTANCE_MAX);
    let plain = |text: &str| text.replace(['_', '-'], "").to_lowercase();
    let distance = |name: &str| {
        if plain(written) == plain(name) { 0 } else { strsim::damerau_levenshtein(written, name) }
    };
    known
        .into_iter()
        // The length alone rules most names out, and asking for it costs nothing.
        .filter(|name| plain(written) == plain(name) || name.chars().count().abs_diff(length) <= limit)
        .map(|name| (distance(name), name))
        .filter(|(distance, name)| *distance <= limit && *distance < name.chars().count().max(1))
        .min()
        .map(|(_, name)| name)
}

/// " Did you mean …?" if one of `known` is close to what was written, else nothing.
pub fn did_you_mean<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    closest(written, known).map_or_else(String::new, |name| format!(" Did you mean \"{name}\"?"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use test_case::test_case;

    #[test_case("memorysize", Some("memory_size"))]
    #[test_case("timout", Some("timeout"))]
    #[test_case("MemorySize", Some("memory_size"))]
    #[test_case("xyz", None)]
    #[test_case("x", None; "another single character is another name")]
    fn near_names_are_suggested(name: &str, meant: Option<&str>) {
        assert_eq!(closest(name, ["memory_size", "timeout", "role", "y"]), meant);
    }

    #[test]
    fn a_suggestion_is_a_sentence_of_its_own() {
        assert_eq!(did_you_mean("uper", ["upper", "lower"]), " Did you mean \"upper\"?");
        assert_eq!(did_you_mean("uper", ["format"]), "");
    }
}
