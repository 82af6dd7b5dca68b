//! What lies before and behind APIs: domain names with the paths that lead to them, VPC links, client certificates.

use std::collections::BTreeSet;

use aws_sdk_apigateway::types::{BasePathMapping, DomainName};

use super::super::base_path_mapping::{self, NO_PATH};
use super::super::{domain_name_live, vpc_link};
use super::Seen;
use crate::aws::Aws;
use crate::discover::harvest::{Harvest, Spotted};
use crate::discover::names::{of_path, slug, subject};

/// The VPC links behind integrations, and the certificates that stages show to back ends.
pub(crate) async fn behind(aws: &Aws, apis: &[Seen]) -> Harvest {
    let mut harvest = Harvest::default();
    let wanted: BTreeSet<&String> = apis.iter().flat_map(|api| &api.links).collect();
    if !wanted.is_empty() {
        // One list is enough to know what they are called.
        let listed = harvest.take("the VPC links", vpc_link::list(aws).await).unwrap_or_default();
        for link in listed {
            let Some(id) = link.id.filter(|id| wanted.contains(id)) else { continue };
            let name = slug(link.name.as_deref().unwrap_or(&id));
            let spotted = Spotted::new("aws_api_gateway_vpc_link", &["id"], id.clone(), &[("id", &id)]);
            harvest.add(spotted.named(name).about("behind"));
        }
    }
    for api in apis {
        for id in &api.certificates {
            let spotted =
                Spotted::new("aws_api_gateway_client_certificate", &["id"], id.clone(), &[("id", id)]);
            harvest.add(spotted.named(subject(&api.name)).about("behind"));
        }
    }
    harvest
}

/// The domain names of which a path leads to one of the APIs, and those paths: API Gateway deletes no API before them.
pub(crate) async fn before(aws: &Aws, apis: &BTreeSet<&str>) -> Harvest {
    let mut harvest = Harvest::default();
    if apis.is_empty() {
        return harvest;
    }
    let names = harvest.take("the domain names", domain_name_live::list(aws).await).unwrap_or_default();
    for name in names {
        let place = Place::of(&name);
        let what = format!("the base path mappings of {}", place.domain);
        let Some(mappings) = harvest.take(&what, base_path_mapping::list(aws, place.domain, place.id).await)
        else {
            continue;
        };
        let ours =
            |mapping: &&BasePathMapping| mapping.rest_api_id.as_deref().is_some_and(|api| apis.contains(api));
        let mappings: Vec<&BasePathMapping> = mappings.iter().filter(ours).collect();
        if mappings.is_empty() {
            continue;
        }
        harvest.add(place.domain_name());
        for mapping in mappings {
            harvest.add(place.mapping(mapping));
        }
    }
    harvest
}

/// A domain name; private ones have an id besides.
#[derive(Clone, Copy)]
struct Place<'a> {
    domain: &'a str,
    id: Option<&'a str>,
}

impl<'a> Place<'a> {
    fn of(name: &'a DomainName) -> Self {
        let id = name.domain_name_id.as_deref().filter(|id| !id.is_empty());
        Self { domain: name.domain_name.as_deref().unwrap_or_default(), id }
    }

    fn known(&self) -> Vec<(&'static str, &'a str)> {
        let id = self.id.map(|id| ("domain_name_id", id));
        [("domain_name", self.domain)].into_iter().chain(id).collect()
    }

    /// The import id of what is under that name.
    fn import(&self, rest: &str) -> String {
        self.id.map_or_else(|| format!("{}{rest}", self.domain), |id| format!("{}{rest}/{id}", self.domain))
    }

    fn domain_name(&self) -> Spotted {
        let identity = &["domain_name", "domain_name_id"];
        let id = self.import("");
        Spotted::new("aws_api_gateway_domain_name", identity, id, &self.known())
            .named(slug(self.domain))
            .about(self.domain)
    }

    fn mapping(&self, mapping: &BasePathMapping) -> Spotted {
        let path = mapping.base_path.as_deref().filter(|path| *path != NO_PATH).unwrap_or_default();
        let mut known = self.known();
        known.extend((!path.is_empty()).then_some(("base_path", path)));
        let identity = &["domain_name", "domain_name_id", "base_path"];
        let id = self.import(&format!("/{path}"));
        Spotted::new("aws_api_gateway_base_path_mapping", identity, id, &known)
            .named(format!("{}_{}", slug(self.domain), of_path(path)))
            .among(slug(self.domain), if path.is_empty() { "/" } else { path })
            .about(self.domain)
            .of(self.domain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn import_ids_are_those_of_the_types() {
        let public = Place { domain: "a.example.com", id: None };
        let private = Place { domain: "a.example.com", id: Some("x1") };
        let at = |path: &str| BasePathMapping::builder().base_path(path).build();
        assert_eq!(public.domain_name().id, "a.example.com");
        assert_eq!(private.domain_name().id, "a.example.com/x1");
        assert_eq!(public.mapping(&at("v1")).id, "a.example.com/v1");
        assert_eq!(public.mapping(&at(NO_PATH)).id, "a.example.com/");
        assert_eq!(private.mapping(&at("v1")).id, "a.example.com/v1/x1");
    }
}
