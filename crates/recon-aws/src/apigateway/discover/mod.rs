//! A REST API with all that is inside of it.

mod binding;
mod fronts;
mod methods;
mod plans;

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_apigateway::types::{RestApi, Stage};
use recon_core::provider::{ErrorKind, ProviderError};
use recon_core::{Type, Value};

pub(crate) use self::binding::{Bound, bind};
pub(crate) use self::fronts::{before, behind};
pub(crate) use self::plans::plans;
use super::{lists, reads, rest_api_live};
use crate::aws::Aws;
use crate::discover::harvest::{Harvest, Spotted};
use crate::discover::names::{of_path, slug, subject};
use crate::snapshot::Snapshot;

/// Models that every API has.
const MODELS_OF_AWS: &[&str] = &["Empty", "Error"];

/// An API as the rest of the search needs to know it.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) id: String,
    pub(crate) name: String,
    /// The functions that it calls, each with what stands for the qualifier.
    pub(crate) called: BTreeSet<(String, Option<String>)>,
    /// The variables of its stages, by stage.
    pub(crate) variables: BTreeMap<String, BTreeMap<String, String>>,
    /// The roles that its integrations and authorizers use.
    pub(crate) roles: BTreeSet<String>,
    /// The VPC links that its integrations go through.
    pub(crate) links: BTreeSet<String>,
    /// The log groups that its stages write to.
    pub(crate) log_groups: BTreeSet<String>,
    /// The certificates that its stages show to back ends.
    pub(crate) certificates: BTreeSet<String>,
}

/// All APIs of the region.
pub(crate) async fn all(aws: &Aws) -> Result<Vec<RestApi>, ProviderError> {
    rest_api_live::all(aws).await
}

/// One API; nothing where there is none with that id.
pub(crate) async fn one(aws: &Aws, snapshot: &Snapshot, id: &str) -> Result<Option<RestApi>, ProviderError> {
    match reads::one_rest_api(aws, snapshot, id).await {
        // What cannot be an id is none.
        Err(error) if error.kind == ErrorKind::Invalid => Ok(None),
        answer => Ok(answer?.map(|api| (*api).clone())),
    }
}

/// The beginning of the ARNs of an API's calls.
pub(crate) async fn execution_arn(aws: &Aws, api: &str) -> Result<String, ProviderError> {
    rest_api_live::execution_arn(aws, api).await
}

/// What there is to an API.
pub(crate) async fn walk(aws: &Aws, snapshot: &Snapshot, api: &RestApi) -> (Harvest, Seen) {
    let mut harvest = Harvest::default();
    let id = api.id.as_deref().unwrap_or_default();
    let name = api.name.as_deref().unwrap_or(id);
    let mut seen = Seen { id: id.to_owned(), name: name.to_owned(), ..Seen::default() };
    let own = Spotted::new("aws_api_gateway_rest_api", &["id"], id.to_owned(), &[("id", id)]);
    harvest.add(own.named(subject(name)));
    Box::pin(parts(&mut harvest, aws, snapshot, &mut seen)).await;
    let what = format!("the resources of {name}");
    if let Some(Some(tree)) = harvest.take(&what, reads::tree(aws, snapshot, id).await) {
        methods::walk(&mut harvest, &mut seen, (aws, snapshot), &tree.resources).await;
    }
    let what = format!("the stages of {name}");
    if let Some(stages) = harvest.take(&what, reads::stages(aws, snapshot, id).await) {
        deployments(&mut harvest, &seen, stages.values());
        stages.values().for_each(|stage| self::stage(&mut harvest, &mut seen, stage));
    }
    (harvest, seen)
}

/// A part of an API that is known by one more text.
fn part(api: &Seen, kind: &'static str, (attribute, text): (&'static str, &str)) -> Spotted {
    let identity: &'static [&'static str] = match attribute {
        "id" => &["rest_api_id", "id"],
        "name" => &["rest_api_id", "name"],
        "response_type" => &["rest_api_id", "response_type"],
        _ => &["rest_api_id", "stage_name"],
    };
    let known = [("rest_api_id", api.id.as_str()), (attribute, text)];
    Spotted::new(kind, identity, format!("{}/{text}", api.id), &known).of(&api.id)
}

async fn parts(harvest: &mut Harvest, aws: &Aws, snapshot: &Snapshot, api: &mut Seen) {
    let id = api.id.clone();
    let (authorizers, models, validators, responses) = tokio::join!(
        lists::authorizers(aws, snapshot, &id),
        lists::models(aws, snapshot, &id),
        lists::request_validators(aws, snapshot, &id),
        lists::gateway_responses(aws, snapshot, &id),
    );
    let of_api = |what: &str| format!("the {what} of {}", api.name);
    let (authorizers, models, validators, responses) = (
        harvest.take(&of_api("authorizers"), authorizers),
        harvest.take(&of_api("models"), models),
        harvest.take(&of_api("request validators"), validators),
        harvest.take(&of_api("gateway responses"), responses),
    );
    for (id, found) in authorizers.iter().flat_map(|found| found.iter()) {
        let name = slug(found.name.as_deref().unwrap_or(id));
        let name = name.strip_suffix("_authorizer").unwrap_or(&name);
        harvest.add(part(api, "aws_api_gateway_authorizer", ("id", id)).named(name));
        let uri = found.authorizer_uri.as_deref().and_then(crate::lambda::discover::called);
        api.called.extend(uri);
        api.roles.extend(found.authorizer_credentials.clone());
    }
    for name in models.iter().flat_map(|found| found.keys()).filter(|name| !MODELS_OF_AWS.contains(&&***name))
    {
        harvest.add(part(api, "aws_api_gateway_model", ("name", name)).named(slug(name)));
    }
    for (id, found) in validators.iter().flat_map(|found| found.iter()) {
        let name = slug(found.name.as_deref().unwrap_or(id));
        harvest.add(part(api, "aws_api_gateway_request_validator", ("id", id)).named(name));
    }
    let chosen = responses.iter().flat_map(|found| found.iter()).filter(|(_, found)| !found.default_response);
    for (kind, _) in chosen {
        let spotted = part(api, "aws_api_gateway_gateway_response", ("response_type", kind));
        // With its id it counts as known, so that what AWS writes out by itself is not taken for declared.
        let id = Value::from(format!("aggr-{}-{kind}", api.id));
        let spotted = spotted.with("id", &id).named(kind.to_ascii_lowercase());
        harvest.add(spotted.among(subject(&api.name), kind));
    }
}

/// The deployments that stages serve. An API may have hundreds of older ones, which nobody would write down.
fn deployments<'a>(harvest: &mut Harvest, api: &Seen, stages: impl Iterator<Item = &'a Stage>) {
    let mut served: BTreeMap<String, &str> = BTreeMap::new();
    for stage in stages {
        let name = stage.stage_name.as_deref().unwrap_or_default();
        let canary = stage.canary_settings.as_ref().and_then(|canary| canary.deployment_id.clone());
        for id in stage.deployment_id.clone().into_iter().chain(canary) {
            served.entry(id).or_insert(name);
        }
    }
    let is_only = served.len() == 1;
    for (id, stage) in served {
        let name = if is_only { subject(&api.name) } else { slug(stage) };
        let spotted = part(api, "aws_api_gateway_deployment", ("id", &id)).named(name);
        // With owners of their own they stay apart: each may be due for another one at another time.
        harvest.add(Spotted { owner: format!("{}/{id}", api.id), ..spotted });
    }
}

fn stage(harvest: &mut Harvest, api: &mut Seen, stage: &Stage) {
    let name = stage.stage_name.as_deref().unwrap_or_default();
    let variables = stage.variables.clone().unwrap_or_default().into_iter().collect();
    api.variables.insert(name.to_owned(), variables);
    api.certificates.extend(stage.client_certificate_id.clone());
    let logs = stage.access_log_settings.as_ref().and_then(|logs| logs.destination_arn.as_deref());
    api.log_groups.extend(logs.and_then(crate::logs::discover::named).map(str::to_owned));
    let spotted = part(api, "aws_api_gateway_stage", ("stage_name", name)).named(slug(name));
    harvest.add(spotted.among(subject(&api.name), name));
    let mut paths: Vec<&String> = stage.method_settings.iter().flat_map(|settings| settings.keys()).collect();
    paths.sort();
    for path in paths {
        // AWS spells the keys with or without a leading slash, escaped or not.
        let path = path.replace("~1", "/").trim_start_matches('/').to_owned();
        let path = if path.contains('/') { path } else { format!("~1/{path}") };
        harvest.add(settings(api, name, &path));
    }
}

fn settings(api: &Seen, stage: &str, path: &str) -> Spotted {
    let known = [("rest_api_id", api.id.as_str()), ("stage_name", stage), ("method_path", path)];
    let id = format!("{}/{stage}/{path}", api.id);
    let identity = &["rest_api_id", "stage_name", "method_path"];
    // Those of the same methods are alike, stage by stage.
    let (name, family) = match path {
        "*/*" => (slug(stage), subject(&api.name)),
        // The path of `/` itself is spelled `~1`.
        path => {
            let methods = of_path(&path.replace("~1", "root"));
            (format!("{}_{methods}", slug(stage)), methods)
        }
    };
    // The stage's own limits are written out by AWS; said to be none, they are told from chosen ones.
    let unlimited =
        ["throttling_burst_limit", "throttling_rate_limit"].map(|name| (name, Value::from(-1_i64)));
    let none = Value::list(Type::Any, vec![Value::object(unlimited)]);
    let spotted =
        Spotted::new("aws_api_gateway_method_settings", identity, id, &known).with("settings", &none);
    spotted.named(name).among(family, stage).of(&api.id)
}
