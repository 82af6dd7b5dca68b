//! A function with or without a qualifier, as an object's arguments name it.

use recon_core::Known;
use recon_core::provider::{ErrorKind, ProviderError};

use super::name::parts;

/// The function, alias or version that an object is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Target<'a> {
    pub(crate) function: &'a str,
    pub(crate) qualifier: Option<&'a str>,
}

impl<'a> Target<'a> {
    /// What `function_name` and `qualifier` name; a qualifier may be part of the name too.
    pub(crate) fn of(value: &'a Known) -> Self {
        let (function, written) = parts(value.str("function_name").unwrap_or_default());
        Self { function, qualifier: value.text("qualifier").or(written) }
    }

    /// The qualifier as the SDK takes it.
    pub(crate) fn qualifier(&self) -> Option<String> {
        self.qualifier.map(str::to_owned)
    }
}

/// What is there, or nothing where the service says that there is none.
pub(crate) fn if_there<T>(answer: Result<T, ProviderError>) -> Result<Option<T>, ProviderError> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// An import id that does not have the form of its type's.
pub(crate) fn wrong_id(kind: &str, id: &str, help: &str) -> ProviderError {
    let message = format!("`{id}` is not an import id of {kind}");
    ProviderError::new(ErrorKind::Invalid, format!("import {kind}"), message).with_help(help)
}

/// A function and a qualifier that are written as one text, such as `FUNCTION/QUALIFIER`; the function keeps its
/// spelling.
pub(crate) fn split(id: &str, separator: char) -> Option<(&str, Option<&str>)> {
    let (function, qualifier) = match id.split_once(separator) {
        Some((function, qualifier)) => (function, Some(qualifier)),
        None => (id, None),
    };
    let is_whole = !function.is_empty() && qualifier.is_none_or(|text| !text.is_empty());
    is_whole.then_some((function, qualifier))
}

#[cfg(test)]
mod tests {
    use recon_core::Value;
    use test_case::test_case;

    use super::*;

    #[test_case("f", None, "f", None)]
    #[test_case("f", Some("prod"), "f", Some("prod"))]
    #[test_case("arn:aws:lambda:us-east-1:123456789012:function:f:3", None, "f", Some("3"))]
    #[test_case("f", Some(""), "f", None)]
    fn arguments_name_a_target(function: &str, qualifier: Option<&str>, name: &str, expected: Option<&str>) {
        let qualifier = crate::shape::text(qualifier);
        let value =
            Known::with_nulls(&Value::object([("function_name", function.into()), ("qualifier", qualifier)]));
        assert_eq!(Target::of(&value), Target { function: name, qualifier: expected });
    }

    #[test_case("f", Some(("f", None)))]
    #[test_case("f/live", Some(("f", Some("live"))))]
    #[test_case("f/", None)]
    #[test_case("/live", None)]
    #[test_case("", None)]
    fn an_id_is_split(id: &str, expected: Option<(&str, Option<&str>)>) {
        assert_eq!(split(id, '/'), expected);
    }
}
