//! Where the next page of a listing begins, as text that callers cannot read and should not make up.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// What stands before the key in every token, by which one that was made up is told from one that was given out.
const MARK: &str = "after ";

/// Returns the token of the page that begins after a key.
pub(crate) fn seal(key: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{MARK}{key}"))
}

/// Returns the key that a token was made from; none if nobody gave it out.
pub(crate) fn open(token: &str) -> Option<String> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    text.strip_prefix(MARK).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_open_and_what_is_made_up_does_not() {
        assert_eq!(open(&seal("b/ü")).as_deref(), Some("b/ü"));
        assert_eq!(open("bogus"), None);
        assert_eq!(open(&URL_SAFE_NO_PAD.encode("bogus")), None);
    }
}
