//! What nobody declared under objects that are declared: found in the lists that the reads of a refresh got anyway.
//!
//! A list that no read needed is not there, unless it was asked for; see [`crate::under`].

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aws_sdk_apigateway::types::{Authorizer, GatewayResponse, Model, RequestValidator};
use recon_core::provider::{Observed, Stray};
use recon_core::value::Name;
use recon_core::{Known, Value};

use crate::apigateway::{Resources, known_keys, known_stages, known_tree};
use crate::lambda::{PUBLIC_URL_STATEMENT, function_parts, known_aliases, known_policy};
use crate::snapshot::Snapshot;

const ALIAS: &str = "aws_lambda_alias";
const PERMISSION: &str = "aws_lambda_permission";
const RESOURCE: &str = "aws_api_gateway_resource";
const METHOD: &str = "aws_api_gateway_method";
const STAGE: &str = "aws_api_gateway_stage";
const KEY: &str = "aws_api_gateway_usage_plan_key";
const AUTHORIZER: &str = "aws_api_gateway_authorizer";
const MODEL: &str = "aws_api_gateway_model";
const VALIDATOR: &str = "aws_api_gateway_request_validator";
const RESPONSE: &str = "aws_api_gateway_gateway_response";

/// Models that every API has.
const MODELS_OF_AWS: [&str; 2] = ["Empty", "Error"];

/// What each object would be called if nobody had declared it: its type and import id.
pub(crate) fn declared(objects: &[Observed]) -> Vec<Option<(Name, String)>> {
    objects.iter().map(|object| declared_as(&object.kind, &object.have)).collect()
}

fn declared_as(kind: &str, have: &Known) -> Option<(Name, String)> {
    let join = |kind: &str, names: &[&str]| {
        let parts: Option<Vec<&str>> = names.iter().map(|name| have.text(name)).collect();
        Some((Name::from(kind), parts?.join("/")))
    };
    match kind {
        ALIAS => {
            let (function, _) = function_parts(have.str("function_name")?);
            Some((kind.into(), format!("{function}/{}", have.text("name")?)))
        }
        PERMISSION | "aws_api_gateway_stage_binding" => {
            let (function, written) = function_parts(have.str("function_name")?);
            let id = have.text("statement_id").or_else(|| have.text("id"))?;
            Some((PERMISSION.into(), statement(function, have.text("qualifier").or(written), id)))
        }
        // A URL that asks for nothing comes with the statement that lets everybody call it.
        "aws_lambda_function_url" if have.text("authorization_type") == Some("NONE") => {
            let (function, written) = function_parts(have.str("function_name")?);
            let qualifier = have.text("qualifier").or(written);
            Some((PERMISSION.into(), statement(function, qualifier, PUBLIC_URL_STATEMENT)))
        }
        METHOD => join(kind, &["rest_api_id", "resource_id", "http_method"]),
        STAGE | "aws_api_gateway_deployment" => join(STAGE, &["rest_api_id", "stage_name"]),
        KEY => join(kind, &["usage_plan_id", "key_id"]),
        RESOURCE | AUTHORIZER | VALIDATOR => join(kind, &["rest_api_id", "id"]),
        MODEL => join(kind, &["rest_api_id", "name"]),
        RESPONSE => join(kind, &["rest_api_id", "response_type"]),
        _ => None,
    }
}

/// A statement's import id.
fn statement(function: &str, qualifier: Option<&str>, id: &str) -> String {
    match qualifier {
        Some(qualifier) => format!("{function}:{qualifier}/{id}"),
        None => format!("{function}/{id}"),
    }
}

/// What is there under the observed objects without being one of them, as [`declared`] names those.
pub(crate) fn strays(snapshot: &Snapshot, declared: &[Option<(Name, String)>]) -> Vec<Stray> {
    let declared: BTreeSet<(&str, &str)> =
        declared.iter().flatten().map(|(kind, id)| (&**kind, &**id)).collect();
    let mut found = Vec::new();
    for (parent, object) in snapshot.observed().iter().enumerate() {
        let mut add = |kind: &'static str, id: String, name: String| {
            found.push(Stray { parent, kind: kind.into(), id, name });
        };
        match &*object.kind {
            "aws_lambda_function" => of_function(snapshot, &object.have, &mut add),
            "aws_api_gateway_rest_api" => of_api(snapshot, &object.have, &mut add),
            "aws_api_gateway_usage_plan" => of_plan(snapshot, &object.have, &mut add),
            _ => {}
        }
    }
    found.retain(|stray| !declared.contains(&(&*stray.kind, &*stray.id)));
    found
}

/// Takes a child: its type, its import id, its name.
type Add<'a> = dyn FnMut(&'static str, String, String) + 'a;

fn of_function(snapshot: &Snapshot, function: &Value, add: &mut Add<'_>) {
    let Some(name) = function.text("function_name") else { return };
    let aliases = known_aliases(snapshot, name);
    let aliases: Vec<String> = aliases.iter().flat_map(|aliases| aliases.keys().cloned()).collect();
    for alias in &aliases {
        add(ALIAS, format!("{name}/{alias}"), alias.clone());
    }
    // Each alias may have a policy of its own, and so may the function as such.
    let mut qualifiers: BTreeSet<String> = aliases.into_iter().chain([String::new()]).collect();
    for kind in [PERMISSION, "aws_api_gateway_stage_binding"] {
        let declared = snapshot.siblings(kind, "function_name", name).into_iter();
        qualifiers.extend(declared.filter_map(|have| have.text("qualifier").map(str::to_owned)));
    }
    for qualifier in qualifiers {
        let named = Some(&*qualifier).filter(|qualifier| !qualifier.is_empty());
        let policy = known_policy(snapshot, name, named);
        let Some(policy) = policy.as_deref().and_then(Option::as_ref) else { continue };
        for sid in policy["Statement"].as_array().into_iter().flatten().filter_map(|it| it["Sid"].as_str()) {
            let on = named.map(|qualifier| format!(" on {qualifier}")).unwrap_or_default();
            add(PERMISSION, statement(name, named, sid), format!("{sid}{on}"));
        }
    }
}

fn of_api(snapshot: &Snapshot, api: &Value, add: &mut Add<'_>) {
    let Some(id) = api.text("id") else { return };
    let stages = known_stages(snapshot, id);
    for stage in stages.iter().flat_map(|stages| stages.keys()) {
        add(STAGE, format!("{id}/{stage}"), stage.clone());
    }
    if is_by_document(snapshot, api) {
        return;
    }
    if let Some(tree) = known_tree(snapshot, id) {
        of_tree(id, &tree.resources, add);
    }
    of_lists(snapshot, id, add);
}

/// Whether a document declares what an API has, so that there are no blocks of it.
pub(crate) fn is_by_document(snapshot: &Snapshot, api: &Value) -> bool {
    let puts = |id| snapshot.siblings("aws_api_gateway_rest_api_put", "rest_api_id", id);
    api.text("body").is_some() || api.text("id").is_some_and(|id| !puts(id).is_empty())
}

fn of_tree(api: &str, tree: &Resources, add: &mut Add<'_>) {
    for (resource, described) in tree {
        let path = described.path.as_deref().unwrap_or_default();
        if path != "/" {
            add(RESOURCE, format!("{api}/{resource}"), path.to_owned());
        }
        let verbs: BTreeSet<&String> =
            described.resource_methods.iter().flat_map(|methods| methods.keys()).collect();
        for verb in verbs {
            add(METHOD, format!("{api}/{resource}/{verb}"), format!("{verb} {path}"));
        }
    }
}

fn of_lists(snapshot: &Snapshot, api: &str, add: &mut Add<'_>) {
    let authorizers = peek_list::<Authorizer>(snapshot, "GetAuthorizers", api);
    for (id, one) in authorizers.iter().flat_map(|list| list.iter()) {
        add(AUTHORIZER, format!("{api}/{id}"), one.name.clone().unwrap_or_default());
    }
    let validators = peek_list::<RequestValidator>(snapshot, "GetRequestValidators", api);
    for (id, one) in validators.iter().flat_map(|list| list.iter()) {
        add(VALIDATOR, format!("{api}/{id}"), one.name.clone().unwrap_or_default());
    }
    let models = peek_list::<Model>(snapshot, "GetModels", api);
    for name in models.iter().flat_map(|list| list.keys()) {
        if !MODELS_OF_AWS.contains(&name.as_str()) {
            add(MODEL, format!("{api}/{name}"), name.clone());
        }
    }
    let responses = peek_list::<GatewayResponse>(snapshot, "GetGatewayResponses", api);
    for (kind, one) in responses.iter().flat_map(|list| list.iter()) {
        if !one.default_response {
            add(RESPONSE, format!("{api}/{kind}"), kind.clone());
        }
    }
}

fn peek_list<T: Send + Sync + 'static>(
    snapshot: &Snapshot,
    operation: &str,
    api: &str,
) -> Option<Arc<BTreeMap<String, T>>> {
    snapshot.peek(&format!("apigateway:{operation}:{api}"))
}

fn of_plan(snapshot: &Snapshot, plan: &Value, add: &mut Add<'_>) {
    let Some(id) = plan.text("id") else { return };
    let keys = known_keys(snapshot, id);
    for (key, described) in keys.iter().flat_map(|keys| keys.iter()) {
        let name = described.name.clone().unwrap_or_else(|| key.clone());
        add(KEY, format!("{id}/{key}"), name);
    }
}
