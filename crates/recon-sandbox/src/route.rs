//! A route table: one list per REST service names its operations and their handlers.

use crate::wire::{Call, Outcome};
use crate::world::World;

/// Handles one operation; the captures are what stood at the names in braces in the pattern.
pub(crate) type Handler = fn(&mut World, &Call, &Captures) -> Outcome;

/// One operation of a REST service.
pub(crate) struct Route {
    /// The HTTP method.
    pub method: &'static str,
    /// The path, a name in braces, or `{}`, for one segment that varies.
    pub pattern: &'static str,
    /// The name of the operation.
    pub operation: &'static str,
    /// What does it.
    pub handler: Handler,
}

/// Makes a route; reads well in a table.
pub(crate) const fn route(
    method: &'static str,
    pattern: &'static str,
    operation: &'static str,
    handler: Handler,
) -> Route {
    Route { method, pattern, operation, handler }
}

/// The varying segments of a path, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Captures(Vec<String>);

impl Captures {
    /// Returns the n-th varying segment; empty where the pattern has fewer.
    pub(crate) fn at(&self, index: usize) -> &str {
        self.0.get(index).map_or("", String::as_str)
    }
}

/// Finds the route of a call and what its pattern captured.
pub(crate) fn find<'a>(routes: &'a [Route], call: &Call) -> Option<(&'a Route, Captures)> {
    find_as(routes, &call.method, call)
}

/// Finds the route of a call as if it had another method, where the method alone does not tell operations apart.
pub(crate) fn find_as<'a>(routes: &'a [Route], method: &str, call: &Call) -> Option<(&'a Route, Captures)> {
    let segments = call.segments();
    routes
        .iter()
        .filter(|route| route.method == method)
        .find_map(|route| Some((route, captures(route.pattern, &segments)?)))
}

/// Says whether an operation changes the cloud, which its name tells in every service here.
pub(crate) fn changes_the_cloud(operation: &str) -> bool {
    const READS: [&str; 8] =
        ["Get", "List", "Describe", "Head", "Lookup", "Invoke", "TestInvoke", "Simulate"];
    !READS.iter().any(|read| operation.starts_with(read))
}

impl Route {
    /// Returns what stood at a name in braces.
    pub(crate) fn captured<'a>(&self, captures: &'a Captures, name: &str) -> Option<&'a str> {
        let mut names = self.pattern.split('/').filter(|part| part.starts_with('{'));
        let place = names.position(|part| part.trim_matches(['{', '}']) == name)?;
        captures.0.get(place).map(String::as_str)
    }
}

fn captures(pattern: &str, segments: &[&str]) -> Option<Captures> {
    let mut parts = pattern.split('/').filter(|part| !part.is_empty());
    let mut captured = Vec::new();
    for segment in segments {
        match parts.next()? {
            varying if varying.starts_with('{') => captured.push((*segment).to_owned()),
            part if part == *segment => {}
            _ => return None,
        }
    }
    parts.next().is_none().then_some(Captures(captured))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pattern_captures_varying_segments() {
        let captured = captures("/functions/{}/aliases/{}", &["functions", "f", "aliases", "live"]).unwrap();
        assert_eq!((captured.at(0), captured.at(1), captured.at(2)), ("f", "live", ""));
    }

    #[test]
    fn a_capture_has_a_name() {
        let route =
            route("GET", "/layers/{LayerName}/versions/{VersionNumber}", "GetLayerVersion", |_, _, _| {
                Ok(crate::wire::Answer::empty(204))
            });
        let captured = captures(route.pattern, &["layers", "l", "versions", "2"]).unwrap();
        assert_eq!(route.captured(&captured, "VersionNumber"), Some("2"));
        assert_eq!(route.captured(&captured, "Qualifier"), None);
    }

    #[test]
    fn length_must_agree() {
        assert!(captures("/functions/{}", &["functions"]).is_none());
        assert!(captures("/functions", &["functions", "f"]).is_none());
    }

    #[test]
    fn names_tell_what_changes() {
        assert!(changes_the_cloud("CreateFunction"));
        assert!(!changes_the_cloud("GetFunction"));
        assert!(!changes_the_cloud("ListTags"));
    }
}
