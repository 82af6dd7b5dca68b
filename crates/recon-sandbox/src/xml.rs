//! Builds the XML that the query protocols and S3 answer with.

use crate::wire::escape_xml;

/// A piece of XML under construction.
#[derive(Debug, Clone, Default)]
pub(crate) struct Xml(String);

impl Xml {
    /// Starts empty.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds an element that holds text.
    pub(crate) fn text(mut self, name: &str, value: &str) -> Self {
        self.0.extend(["<", name, ">", &escape_xml(value), "</", name, ">"]);
        self
    }

    /// Adds an element that holds text, if there is any.
    pub(crate) fn maybe(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.text(name, value),
            None => self,
        }
    }

    /// Adds an element that holds elements.
    pub(crate) fn nest(mut self, name: &str, inside: &Self) -> Self {
        self.0.extend(["<", name, ">", &inside.0, "</", name, ">"]);
        self
    }

    /// Adds the elements of another piece.
    pub(crate) fn join(mut self, other: &Self) -> Self {
        self.0.push_str(&other.0);
        self
    }

    /// Adds a list as the query protocol has it: `<name><member>…</member></name>`.
    pub(crate) fn list(self, name: &str, members: impl IntoIterator<Item = Self>) -> Self {
        let inside = members.into_iter().fold(Self::new(), |list, member| list.nest("member", &member));
        self.nest(name, &inside)
    }

    /// Adds a list of texts as the query protocol has it.
    pub(crate) fn texts<'a>(self, name: &str, members: impl IntoIterator<Item = &'a str>) -> Self {
        let inside = members.into_iter().fold(Self::new(), |list, member| list.text("member", member));
        self.nest(name, &inside)
    }

    /// Returns the text.
    pub(crate) fn into_text(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_texts_nest() {
        let tags = [Xml::new().text("Key", "a&b")];
        let xml = Xml::new().list("Tags", tags).texts("Names", ["x"]).maybe("None", None);
        assert_eq!(
            xml.into_text(),
            "<Tags><member><Key>a&amp;b</Key></member></Tags><Names><member>x</member></Names>"
        );
    }
}
