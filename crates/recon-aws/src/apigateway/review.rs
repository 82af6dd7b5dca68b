//! What is wrong between an API's parts and would show only during or after an apply: a deployment of methods that
//! call nothing, and stage variables that no stage sets.

use recon_core::change::Change;
use recon_core::resource_type::Neighbours;
use recon_core::{Address, Diagnostic, Value};

use super::stage_binding::{VARIABLE, function_name};

const API: &str = "aws_api_gateway_rest_api";
const METHOD: &str = "aws_api_gateway_method";
const INTEGRATION: &str = "aws_api_gateway_integration";
const STAGE: &str = "aws_api_gateway_stage";
const BINDING: &str = "aws_api_gateway_stage_binding";
const PERMISSION: &str = "aws_lambda_permission";

/// A new deployment of an API with a new method that has no integration is refused.
pub(super) fn deployment(
    address: &Address,
    change: &Change,
    neighbours: &dyn Neighbours,
) -> Option<Diagnostic> {
    let (Change::Create { planned } | Change::Replace { planned, .. }) = change else { return None };
    let parts = Parts::of(planned, neighbours);
    if parts.api_has_body() {
        return None;
    }
    let integrations: Vec<&Value> = parts.all(INTEGRATION).map(|(_, value)| value).collect();
    let methods = neighbours.of_kind(METHOD).into_iter().filter(|(_, change)| makes(change));
    let new = methods.filter_map(|(address, change)| Some((address, change.after()?)));
    let mut lonely = new.filter(|(_, method)| {
        let calls = |integration: &&&Value| {
            may_be_same(method, integration, "resource_id") && may_be_same(method, integration, "http_method")
        };
        parts.are_of_api(method) && !integrations.iter().any(|one| calls(&one))
    });
    let (method, _) = lonely.next()?;
    let detail = format!(
        "{method} has no integration, and API Gateway refuses to deploy a method that calls nothing. Declare an `{INTEGRATION}` for it."
    );
    Some(Diagnostic::error("Method without integration", detail).about(address))
}

/// An integration that uses a stage variable works on no stage that does not set it.
pub(super) fn integration(
    address: &Address,
    change: &Change,
    neighbours: &dyn Neighbours,
) -> Vec<Diagnostic> {
    let Some(planned) = change.after().filter(|_| !change.is_keep()) else { return Vec::new() };
    let uri = planned.str("uri").unwrap_or_default();
    let parts = Parts::of(planned, neighbours);
    let mut found = Vec::new();
    for variable in variables_in(uri) {
        let stages: Vec<&Value> = parts.all(STAGE).map(|(_, stage)| stage).collect();
        let sets = |stage: &&Value| {
            let variables = stage.get("variables");
            variables.is_unknown() || !variables.get(variable).is_null()
        };
        let is_bound = parts.all(BINDING).any(|(_, binding)| {
            let name = binding.get("variable");
            name.is_unknown() || name.as_str().unwrap_or(VARIABLE) == variable
        });
        if is_bound {
            continue;
        }
        if !stages.is_empty() && !stages.iter().any(sets) {
            let detail = format!(
                "The integration uses `stageVariables.{variable}`, which no stage of its API sets. Set it in the `variables` of each stage, or bind the stages with `{BINDING}`."
            );
            found.push(Diagnostic::error("Stage variable is set nowhere", detail).about(address));
        }
        if let Some(function) = function_called_by(uri, variable) {
            let stages = parts.all(STAGE).filter_map(|(stage, value)| {
                Some((stage, value.get("variables").str(variable)?)).filter(|(_, alias)| !alias.is_empty())
            });
            found.extend(
                stages
                    .filter_map(|(stage, alias)| not_permitted(stage, function, alias, neighbours))
                    .map(|diagnostic| diagnostic.about(address)),
            );
        }
    }
    found
}

/// A stage calls an alias that no permission lets it call. Only told of functions that the configuration has: who else
/// may call the others is said elsewhere.
fn not_permitted(
    stage: &Address,
    function: &str,
    alias: &str,
    neighbours: &dyn Neighbours,
) -> Option<Diagnostic> {
    if neighbours.with_text("aws_lambda_function", "function_name", function).is_empty() {
        return None;
    }
    let permits = |permission: &Value| {
        let name = permission.get("function_name");
        let qualifier = permission.get("qualifier");
        (name.is_unknown() || name.as_str().map(function_name) == Some(function))
            && (qualifier.is_unknown() || qualifier.as_str() == Some(alias))
    };
    let permissions = neighbours.of_kind(PERMISSION).into_iter().filter_map(|(_, change)| change.after());
    if permissions.into_iter().any(permits) {
        return None;
    }
    let detail = format!(
        "{stage} sends calls to `{function}:{alias}`, and no `{PERMISSION}` with the qualifier `{alias}` is declared. Unless one was given elsewhere, these calls fail with status 500."
    );
    Some(Diagnostic::warning("Alias may not be called", detail))
}

/// `alias` of `…${stageVariables.alias}…`
fn variables_in(uri: &str) -> impl Iterator<Item = &str> {
    uri.split("${stageVariables.").skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name)
}

/// The function whose qualifier is the variable.
fn function_called_by<'a>(uri: &'a str, variable: &str) -> Option<&'a str> {
    let (before, _) = uri.split_once(&format!(":${{stageVariables.{variable}}}"))?;
    let (_, name) = before.rsplit_once(":function:")?;
    (!name.contains("${")).then_some(name)
}

fn makes(change: &Change) -> bool {
    matches!(change, Change::Create { .. } | Change::Replace { .. })
}

/// Whether an attribute of two parts has one value, as far as known.
fn may_be_same(one: &Value, other: &Value, name: &str) -> bool {
    let (one, other) = (one.get(name), other.get(name));
    one.is_unknown() || other.is_unknown() || one.same(other)
}

/// The planned parts of one API.
struct Parts<'a> {
    api: &'a Value,
    /// Whether there is one API only, so that what waits for an API waits for that one.
    is_only: bool,
    neighbours: &'a dyn Neighbours,
}

impl<'a> Parts<'a> {
    fn of(part: &'a Value, neighbours: &'a dyn Neighbours) -> Self {
        Self { api: part.get("rest_api_id"), is_only: neighbours.of_kind(API).len() == 1, neighbours }
    }

    fn are_of_api(&self, part: &Value) -> bool {
        let api = part.get("rest_api_id");
        self.api.same(api) || (self.is_only && self.api.is_unknown() && api.is_unknown())
    }

    fn all(&self, kind: &str) -> impl Iterator<Item = (&'a Address, &'a Value)> {
        let all = self.neighbours.of_kind(kind).into_iter();
        let planned = all.filter_map(|(address, change)| Some((address, change.after()?)));
        planned.filter(|(_, value)| self.are_of_api(value))
    }

    /// A document may bring integrations that no block declares.
    fn api_has_body(&self) -> bool {
        let apis = self.neighbours.of_kind(API).into_iter().filter_map(|(_, change)| change.after());
        let has_body = |api: &Value| !api.get("body").is_null();
        apis.into_iter().any(|api| may_be_same_api(self.api, api.get("id")) && has_body(api))
            || self.all("aws_api_gateway_rest_api_put").next().is_some()
    }
}

fn may_be_same_api(one: &Value, other: &Value) -> bool {
    one.is_unknown() || other.is_unknown() || one.same(other)
}

#[cfg(test)]
mod tests {
    use recon_core::Type;

    use super::*;

    struct Others(Vec<(Address, Change)>);

    impl Neighbours for Others {
        fn of_kind(&self, kind: &str) -> Vec<(&Address, &Change)> {
            self.0.iter().filter(|(at, _)| at.kind().as_ref() == kind).map(|(at, it)| (at, it)).collect()
        }
    }

    fn new(address: &str, entries: &[(&'static str, Value)]) -> (Address, Change) {
        let planned = Value::object(entries.iter().cloned());
        (address.parse().expect("an address"), Change::Create { planned })
    }

    fn unknown() -> Value {
        Value::unknown(Type::String)
    }

    fn part(address: &str, more: &[(&'static str, Value)]) -> (Address, Change) {
        let mut entries = vec![("rest_api_id", unknown()), ("resource_id", unknown())];
        entries.extend(more.iter().cloned());
        new(address, &entries)
    }

    fn api() -> (Address, Change) {
        new("aws_api_gateway_rest_api.a", &[("id", unknown()), ("body", Value::null(Type::String))])
    }

    fn verb(text: &str) -> [(&'static str, Value); 1] {
        [("http_method", Value::from(text))]
    }

    fn of_deployment(others: Vec<(Address, Change)>) -> Option<Diagnostic> {
        let (address, change) = part("aws_api_gateway_deployment.a", &[]);
        deployment(&address, &change, &Others(others))
    }

    #[test]
    fn a_method_without_integration_cannot_be_deployed() {
        let method = || part("aws_api_gateway_method.get", &verb("GET"));
        let found = of_deployment(vec![api(), method()]).expect("a mistake");
        assert!(found.detail.contains("aws_api_gateway_method.get has no integration"));
        let other = part("aws_api_gateway_integration.post", &verb("POST"));
        assert!(of_deployment(vec![api(), method(), other]).is_some());
        let own = part("aws_api_gateway_integration.get", &verb("GET"));
        assert!(of_deployment(vec![api(), method(), own]).is_none());
    }

    #[test]
    fn methods_of_other_apis_and_of_documents_are_not_judged() {
        let method = || part("aws_api_gateway_method.get", &verb("GET"));
        let second = new("aws_api_gateway_rest_api.b", &[("id", unknown())]);
        assert!(of_deployment(vec![api(), second, method()]).is_none());
        let with_body = new("aws_api_gateway_rest_api.a", &[("id", unknown()), ("body", Value::from("{}"))]);
        assert!(of_deployment(vec![with_body, method()]).is_none());
    }

    const URI: &str = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:1:function:f:${stageVariables.alias}/invocations";

    fn of_integration(mut others: Vec<(Address, Change)>) -> Vec<String> {
        others.push(api());
        let (address, change) = part("aws_api_gateway_integration.a", &[("uri", Value::from(URI))]);
        let found = integration(&address, &change, &Others(others));
        found.iter().map(|one| one.summary.to_string()).collect()
    }

    fn stage(variables: Value) -> (Address, Change) {
        part("aws_api_gateway_stage.a", &[("variables", variables)])
    }

    fn alias(name: &str) -> Value {
        Value::object([("alias", Value::from(name))])
    }

    #[test]
    fn a_variable_that_no_stage_sets_is_a_mistake() {
        let none = || stage(Value::null(Type::map(Type::String)));
        assert_eq!(of_integration(vec![none()]), ["Stage variable is set nowhere"]);
        assert_eq!(of_integration(vec![stage(alias("dev"))]), [""; 0]);
        assert_eq!(of_integration(Vec::new()), [""; 0], "stages elsewhere");
        let binding = part("aws_api_gateway_stage_binding.a", &[("variable", Value::from("alias"))]);
        assert_eq!(of_integration(vec![none(), binding]), [""; 0]);
    }

    #[test]
    fn an_alias_that_no_permission_names_is_warned_of() {
        let function = || new("aws_lambda_function.f", &[("function_name", Value::from("f"))]);
        let found = of_integration(vec![stage(alias("dev")), function()]);
        assert_eq!(found, ["Alias may not be called"]);
        let permission = |qualifier: &str| {
            let parts = [("function_name", Value::from("f")), ("qualifier", Value::from(qualifier))];
            new("aws_lambda_permission.p", &parts)
        };
        let with = |qualifier: &str| vec![stage(alias("dev")), function(), permission(qualifier)];
        assert_eq!(of_integration(with("prod")), ["Alias may not be called"]);
        assert_eq!(of_integration(with("dev")), [""; 0]);
    }
}
