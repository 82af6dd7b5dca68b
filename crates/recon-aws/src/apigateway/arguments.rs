//! Shorthand for the schema entries that most API Gateway types share.
//!
//! API Gateway does not tell an absent text, list or map from an empty one, so neither do these.

use recon_core::Type;
use recon_core::schema::{Attribute, Sameness, computed, optional, optional_computed, required};

/// A text that the configuration must set.
pub(super) fn text(doc: &'static str) -> Attribute {
    required(Type::String, doc)
}

/// A text that the configuration may set; absent and empty are one.
pub(super) fn text_or_none(doc: &'static str) -> Attribute {
    optional(Type::String, doc).compared(Sameness::EmptyIsNull)
}

/// A map of texts that the configuration may set; absent and empty are one.
pub(super) fn text_map(doc: &'static str) -> Attribute {
    optional(Type::map(Type::String), doc).compared(Sameness::EmptyIsNull)
}

/// A map of flags that the configuration may set; absent and empty are one.
pub(super) fn flag_map(doc: &'static str) -> Attribute {
    optional(Type::map(Type::Bool), doc).compared(Sameness::EmptyIsNull)
}

/// A set of texts that the configuration may set; absent and empty are one.
pub(super) fn text_set(doc: &'static str) -> Attribute {
    optional(Type::set(Type::String), doc).compared(Sameness::EmptyIsNull)
}

/// A flag that is off unless the configuration sets it.
pub(super) fn flag(doc: &'static str) -> Attribute {
    recon_core::schema::defaulted(Type::Bool, false, doc)
}

/// A text that AWS decides when the object is made.
pub(super) fn given(doc: &'static str) -> Attribute {
    computed(Type::String, doc)
}

/// A text that AWS decides where the configuration is silent; the empty one says nothing either.
pub(super) fn text_or_given(doc: &'static str) -> Attribute {
    optional_computed(Type::String, doc).compared(Sameness::EmptyIsNull)
}

/// The `id` of a type.
pub(super) fn id() -> Attribute {
    given("What identifies the object.")
}

/// The `rest_api_id` of whatever is part of a REST API.
pub(super) fn rest_api_id() -> Attribute {
    text("ID of the REST API.").replaces()
}

/// The `resource_id` of whatever is part of a resource.
pub(super) fn resource_id() -> Attribute {
    text("ID of the API resource.").replaces()
}

/// The `http_method` of whatever is part of a method.
pub(super) fn http_method() -> Attribute {
    text("HTTP verb, or `ANY`.").replaces()
}
