//! What a user may write for a function: its name, its ARN, or part of the ARN.

use recon_core::Type;
use recon_core::schema::{Attribute, Sameness, required};

/// The name of the function that a text names.
///
/// `ItemsFunction`, `ItemsFunction:prod`, `123456789012:function:ItemsFunction` and
/// `arn:aws:lambda:us-east-1:123456789012:function:ItemsFunction:prod` all give `ItemsFunction`.
pub(crate) fn function_name(text: &str) -> &str {
    parts(text).0
}

/// The name of the function that a text names, and the qualifier in it.
pub(crate) fn parts(text: &str) -> (&str, Option<&str>) {
    let rest = text.rfind(":function:").map_or(text, |at| &text[at + ":function:".len()..]);
    match rest.split_once(':') {
        Some((name, qualifier)) => (name, Some(qualifier)),
        None => (rest, None),
    }
}

/// The argument that names the function which an object belongs to.
pub(crate) fn function() -> Attribute {
    required(Type::String, "Name or ARN of the function.").compared(Sameness::FunctionName).replaces()
}

/// The key under which all writes to a function queue up.
pub(crate) fn queue_key(function: Option<&str>) -> Option<recon_core::Name> {
    Some(format!("lambda:{}", function_name(function?)).into())
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    #[test_case("f", "f", None)]
    #[test_case("f:prod", "f", Some("prod"))]
    #[test_case("123456789012:function:f", "f", None)]
    #[test_case("arn:aws:lambda:us-east-1:123456789012:function:f", "f", None)]
    #[test_case("arn:aws:lambda:us-east-1:123456789012:function:f:3", "f", Some("3"))]
    fn a_function_is_named_in_several_ways(text: &str, name: &str, qualifier: Option<&str>) {
        assert_eq!(parts(text), (name, qualifier));
    }
}
