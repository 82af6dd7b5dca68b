//! Names: what may be one.

use recon_core::{Diagnostic, Span};

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
