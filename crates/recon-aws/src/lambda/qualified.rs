//! A function with or without a qualifier, as an object's arguments name it.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use recon_core::Known;
use recon_core::provider::{ErrorKind, ProviderError};

use super::name::parts;
use crate::aws::Aws;
use crate::snapshot::Snapshot;

/// How many of a kind a function has until one list of them is cheaper than asking for each.
const LIST_FROM: usize = 2;
/// The most pages of one list that are read; beyond it something is wrong with the service.
const PAGES_MAX: u32 = 1_000;

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

/// Something that a function may have for each of its qualifiers, as Lambda shows it.
#[async_trait]
pub(crate) trait PerQualifier: Clone + Send + Sync + 'static {
    /// The resource type.
    const KIND: &'static str;
    /// The qualifier under which a list has what belongs to the function as such.
    const OWN: &'static str;

    /// That of one qualifier; nothing where there is none.
    async fn get(aws: &Aws, target: Target<'_>) -> Result<Option<Self>, ProviderError>;

    /// A page of the list of all, from a marker on; nothing where there is no such function.
    async fn page(
        aws: &Aws,
        function: &str,
        marker: Option<String>,
    ) -> Result<Option<Page<Self>>, ProviderError>;
}

/// A page of a list by qualifier.
pub(crate) struct Page<T> {
    pub(crate) items: Vec<(String, T)>,
    pub(crate) next: Option<String>,
}

/// What an object stands for: from the list of all where several are observed or the list is there anyway.
pub(crate) async fn read<T: PerQualifier>(
    aws: &Aws,
    snapshot: &Snapshot,
    have: &Known,
) -> Result<Option<T>, ProviderError> {
    let target = Target::of(have);
    let function = have.str("function_name").unwrap_or_default();
    let is_listed = snapshot.siblings(T::KIND, "function_name", function).len() >= LIST_FROM
        || snapshot.knows(&key_of::<T>(target.function));
    if is_listed
        && let Some(found) =
            all::<T>(aws, snapshot, target.function).await?.get(target.qualifier.unwrap_or(T::OWN))
    {
        return Ok(Some(found.clone()));
    }
    // A list may lag behind: what it lacks is asked for before it counts as gone.
    T::get(aws, target).await
}

/// All of a function by qualifier, asked for once per refresh; none where there is no such function.
pub(crate) async fn all<T: PerQualifier>(
    aws: &Aws,
    snapshot: &Snapshot,
    function: &str,
) -> Result<Arc<BTreeMap<String, T>>, ProviderError> {
    snapshot.once(key_of::<T>(function), || list(aws, function)).await
}

fn key_of<T: PerQualifier>(function: &str) -> String {
    format!("{}:{function}", T::KIND)
}

async fn list<T: PerQualifier>(aws: &Aws, function: &str) -> Result<BTreeMap<String, T>, ProviderError> {
    let mut found = BTreeMap::new();
    let mut marker: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let Some(page) = T::page(aws, function, marker).await? else { break };
        found.extend(page.items);
        marker = page.next.filter(|next| !next.is_empty());
        if marker.is_none() {
            break;
        }
    }
    Ok(found)
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
