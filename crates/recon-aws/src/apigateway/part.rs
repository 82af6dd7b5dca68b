//! What everything inside a REST API has in common: containers, queue keys, import ids, and what "gone" means.

use recon_core::provider::{ErrorKind, ProviderError};
use recon_core::resource_type::{Parts, Within};
use recon_core::value::Name;
use recon_core::{Known, Value};

const API: Within = Within { kind: "aws_api_gateway_rest_api", same: &[("rest_api_id", "id")] };
const RESOURCE: Within = Within { kind: "aws_api_gateway_resource", same: &[("resource_id", "id")] };
const PARENT: Within = Within { kind: "aws_api_gateway_resource", same: &[("parent_id", "id")] };
const METHOD: Within = Within { kind: "aws_api_gateway_method", same: SAME_METHOD };
const INTEGRATION: Within = Within { kind: "aws_api_gateway_integration", same: SAME_METHOD };
const STAGE: Within = Within {
    kind: "aws_api_gateway_stage",
    same: &[("stage_name", "stage_name"), ("rest_api_id", "rest_api_id")],
};
const SAME_METHOD: &[(&str, &str)] =
    &[("resource_id", "resource_id"), ("http_method", "http_method"), ("rest_api_id", "rest_api_id")];

/// What vanishes with its REST API.
pub(super) const IN_API: Parts = &[&[API]];

/// What vanishes with its REST API or its resource.
pub(super) const IN_RESOURCE: Parts = &[&[API, RESOURCE]];

/// What vanishes with its REST API or its parent resource.
pub(super) const UNDER_RESOURCE: Parts = &[&[API, PARENT]];

/// What vanishes with its method, or with what that is in.
pub(super) const IN_METHOD: Parts = &[&[API, RESOURCE, METHOD]];

/// What vanishes with its integration, or with what that is in.
pub(super) const IN_INTEGRATION: Parts = &[&[API, RESOURCE, METHOD, INTEGRATION]];

/// What vanishes with its stage, or with the REST API.
pub(super) const IN_STAGE: Parts = &[&[API, STAGE]];

/// A variable of a stage and a permission on a function: it vanishes when both are gone.
pub(super) const IN_STAGE_AND_FUNCTION: Parts =
    &[&[API, STAGE], &[Within { kind: "aws_lambda_function", same: &[("function_name", "function_name")] }]];

/// Parallel writes to one REST API conflict, so they queue.
pub(super) fn queue(value: &Value) -> Option<Name> {
    value.text("rest_api_id").map(queue_of)
}

/// The queue of the REST API with that id.
pub(super) fn queue_of(rest_api_id: &str) -> Name {
    format!("apigateway:{rest_api_id}").into()
}

/// The text of an argument that a known object always has; empty otherwise, which AWS refuses.
pub(super) fn key<'a>(value: &'a Value, name: &str) -> &'a str {
    value.str(name).unwrap_or_default()
}

/// The parts of an import id as an object: `API/RES/VERB` with `["rest_api_id", "resource_id", "http_method"]`.
/// The last part may hold slashes.
pub(super) fn split(id: &str, names: &[&'static str]) -> Result<Known, ProviderError> {
    let parts: Vec<&str> = id.splitn(names.len(), '/').collect();
    if parts.len() != names.len() || parts.iter().any(|part| part.is_empty()) {
        let form = names.join("/");
        return Err(ProviderError::new(
            ErrorKind::Invalid,
            "import",
            format!("the id `{id}` is not of the form `{form}`"),
        )
        .with_help(format!("Give the id as `{form}`.")));
    }
    Ok(object(names.iter().copied().zip(parts)))
}

/// A known object of texts.
pub(super) fn object<'a>(parts: impl IntoIterator<Item = (&'static str, &'a str)>) -> Known {
    Known::with_nulls(&Value::object(parts.into_iter().map(|(name, text)| (name, Value::from(text)))))
}

/// The answer, or nothing if the object is not there.
pub(super) fn if_there<T>(answer: Result<T, ProviderError>) -> Result<Option<T>, ProviderError> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Success, also where the object was gone already.
pub(super) fn deleted<T>(answer: Result<T, ProviderError>) -> Result<(), ProviderError> {
    if_there(answer).map(|_| ())
}

/// What a service error is called where AWS leaves out what it always sends.
pub(super) fn incomplete(operation: &str, what: &str) -> ProviderError {
    ProviderError::new(ErrorKind::Service, operation, format!("the answer has no {what}"))
}

/// The planned object with what became known: attributes that AWS gave.
pub(super) fn with(want: &Known, given: impl IntoIterator<Item = (&'static str, Value)>) -> Known {
    let complete =
        given.into_iter().fold(Value::from(want.clone()), |value, (name, given)| value.with(name, given));
    Known::with_nulls(&complete)
}

/// Whether an object found has what was planned, as far as that was known.
pub(super) fn agrees(found: &Value, want: &Value, arguments: &[&str]) -> bool {
    use crate::shape::is_empty;
    arguments.iter().all(|name| {
        let (found, want) = (found.get(name), want.get(name));
        want.is_null() || found.same(want) || (is_empty(found) && is_empty(want))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_part_of_an_import_id_may_hold_slashes() {
        let parts = split("api/dev/pets/GET", &["rest_api_id", "stage_name", "method_path"]).unwrap();
        assert_eq!(parts.str("method_path"), Some("pets/GET"));
    }

    #[test]
    fn an_import_id_with_a_part_too_few_is_refused_with_the_form() {
        let error = split("api", &["rest_api_id", "resource_id"]).unwrap_err();
        assert_eq!(error.help.as_deref(), Some("Give the id as `rest_api_id/resource_id`."));
    }
}
