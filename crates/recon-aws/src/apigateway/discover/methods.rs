//! The resources of an API with their methods, integrations and responses.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_sdk_apigateway::types::{ConnectionType, Method, Resource};
use recon_core::provider::ProviderError;

use super::super::part;
use super::super::reads::{self, Depth};
use super::Seen;
use crate::aws::Aws;
use crate::discover::harvest::{Harvest, Spotted};
use crate::discover::names::{of_method, of_path, subject};
use crate::lambda::discover::called;
use crate::snapshot::Snapshot;

/// The verb with which browsers ask what they may do.
const PREFLIGHT: &str = "OPTIONS";

/// How many resources an API of a single path has: `/`, and that of the path.
const SINGLE_MAX: usize = 2;

/// Adds the tree of an API, in order of its paths.
pub(super) async fn walk(
    harvest: &mut Harvest,
    api: &mut Seen,
    (aws, snapshot): (&Aws, &Snapshot),
    tree: &BTreeMap<String, Resource>,
) {
    let mut resources: Vec<&Resource> = tree.values().collect();
    resources.sort_by_key(|resource| resource.path.clone());
    let mut found: Vec<(Place<'_>, Arc<Method>)> = Vec::new();
    // What there is to each path stands together; an API of a single one is read as a whole.
    let (whole, is_single) = (api.id.clone(), resources.len() <= SINGLE_MAX);
    for resource in resources {
        let (id, path) =
            (resource.id.as_deref().unwrap_or_default(), resource.path.as_deref().unwrap_or("/"));
        let topic = if is_single { whole.as_str() } else { id };
        if path != "/" {
            let known = [("rest_api_id", api.id.as_str()), ("id", id)];
            let import = format!("{}/{id}", api.id);
            let spotted = Spotted::new("aws_api_gateway_resource", &["rest_api_id", "id"], import, &known);
            harvest.add(spotted.named(of_path(path)).about(topic).of(&api.id));
        }
        let mut verbs: Vec<&String> =
            resource.resource_methods.iter().flat_map(|methods| methods.keys()).collect();
        verbs.sort();
        for verb in verbs {
            let place = Place { resource: id, path, verb, topic };
            let method = place.read(aws, snapshot, api).await;
            let what = format!("the method {verb} {path} of {}", api.name);
            if let Some(Some(method)) = harvest.take(&what, method) {
                found.push((place, method));
            }
        }
    }
    let answering = found.iter().filter(|(place, method)| !place.is_preflight() && answers(method));
    let siblings = if answering.count() > 1 { Siblings::Methods } else { Siblings::Statuses };
    for (place, method) in found {
        place.add(harvest, api, &method, siblings);
    }
}

/// Whether a method says with which statuses it answers.
fn answers(method: &Method) -> bool {
    method.method_responses.as_ref().is_some_and(|responses| !responses.is_empty())
}

/// Which responses are alike.
#[derive(Clone, Copy)]
enum Siblings {
    /// Those of several methods with one status.
    Methods,
    /// Those of one method with several statuses.
    Statuses,
}

struct Place<'a> {
    resource: &'a str,
    path: &'a str,
    verb: &'a str,
    /// What it is written together with.
    topic: &'a str,
}

impl Place<'_> {
    async fn read(
        &self,
        aws: &Aws,
        snapshot: &Snapshot,
        api: &Seen,
    ) -> Result<Option<Arc<Method>>, ProviderError> {
        let place = part::object([
            ("rest_api_id", api.id.as_str()),
            ("resource_id", self.resource),
            ("http_method", self.verb),
        ]);
        let embedded = reads::method(aws, snapshot, &place, Depth::Integration).await?;
        let is_mock = embedded.as_ref().is_some_and(|method| {
            method.method_integration.as_ref().is_some_and(|it| it.integration_responses.is_none())
                || method.method_responses.is_none()
        });
        // Where responses are left out, there may be some all the same.
        if is_mock {
            reads::method(aws, snapshot, &place, Depth::IntegrationResponses).await
        } else {
            Ok(embedded)
        }
    }

    fn is_preflight(&self) -> bool {
        self.verb == PREFLIGHT
    }

    fn spotted(&self, api: &Seen, kind: &'static str, status: Option<&str>) -> Spotted {
        let mut known = vec![
            ("rest_api_id", api.id.as_str()),
            ("resource_id", self.resource),
            ("http_method", self.verb),
        ];
        let mut id = format!("{}/{}/{}", api.id, self.resource, self.verb);
        let mut name = of_method(self.verb, self.path);
        if let Some(status) = status {
            known.push(("status_code", status));
            id = format!("{id}/{status}");
            if status != "200" {
                name = format!("{name}_{status}");
            }
        }
        let identity: &'static [&'static str] = match status {
            Some(_) => &["rest_api_id", "resource_id", "http_method", "status_code"],
            None => &["rest_api_id", "resource_id", "http_method"],
        };
        let spotted = Spotted::new(kind, identity, id, &known).named(name);
        // Preflight requests are alike all over an API, and so are its other methods.
        let (family, key) = if self.is_preflight() {
            (self.verb.to_ascii_lowercase(), of_path(self.path))
        } else {
            (subject(&api.name), of_method(self.verb, self.path))
        };
        spotted.among(family, key).about(self.topic).of(&api.id)
    }

    fn response(&self, api: &Seen, kind: &'static str, (status, siblings): (&str, Siblings)) -> Spotted {
        let spotted = self.spotted(api, kind, Some(status));
        match siblings {
            _ if self.is_preflight() && status == "200" => spotted,
            _ if self.is_preflight() => {
                let (family, key) = (format!("{}_{status}", spotted.family), spotted.key.clone());
                spotted.among(family, key)
            }
            Siblings::Methods => {
                let key = spotted.key.clone();
                spotted.among(format!("status_{status}"), key)
            }
            Siblings::Statuses => spotted.among(of_method(self.verb, self.path), status),
        }
    }

    fn add(&self, harvest: &mut Harvest, api: &mut Seen, method: &Method, siblings: Siblings) {
        harvest.add(self.spotted(api, "aws_api_gateway_method", None));
        let integration = method.method_integration.as_ref();
        if let Some(integration) = integration {
            let spotted = self.spotted(api, "aws_api_gateway_integration", None);
            let calls = integration.uri.as_deref().and_then(called);
            // What calls one function is alike, whatever the verb.
            harvest.add(match &calls {
                Some((function, _)) => {
                    let key = spotted.key.clone();
                    spotted.among(subject(function), key)
                }
                None => spotted,
            });
            api.called.extend(calls);
            api.roles.extend(integration.credentials.clone());
            let link = integration
                .connection_id
                .clone()
                .filter(|_| integration.connection_type == Some(ConnectionType::VpcLink));
            api.links.extend(link);
        }
        for status in statuses(method.method_responses.as_ref()) {
            harvest.add(self.response(api, "aws_api_gateway_method_response", (&status, siblings)));
        }
        for status in statuses(integration.and_then(|it| it.integration_responses.as_ref())) {
            harvest.add(self.response(api, "aws_api_gateway_integration_response", (&status, siblings)));
        }
    }
}

fn statuses<T>(responses: Option<&std::collections::HashMap<String, T>>) -> Vec<String> {
    let mut found: Vec<String> = responses.into_iter().flatten().map(|(status, _)| status.clone()).collect();
    found.sort();
    found
}
