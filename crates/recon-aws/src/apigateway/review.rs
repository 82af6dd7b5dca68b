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
    if parts.api_may_have_body() {
        return None;
    }
    let integrations = parts.possible(INTEGRATION);
    let has_integration = |method: &Value| {
        integrations.iter().any(|(_, integration)| {
            let may_be = |name: &str| method.get(name).may_be_id(integration.get(name));
            may_be("resource_id") && may_be("http_method")
        })
    };
    let is_new = |method: &Value| method.get("id").is_unknown();
    let lonely =
        parts.certain(METHOD).into_iter().filter(|(_, method)| is_new(method) && !has_integration(method));
    let lonely: Vec<String> = lonely.map(|(address, _)| address.to_string()).collect();
    let (names, them) = match &lonely[..] {
        [] => return None,
        [one] => (format!("{one} has"), "it"),
        several => (format!("{} have", several.join(", ")), "each"),
    };
    let detail = format!(
        "{names} no integration, and API Gateway refuses to deploy a method that calls nothing. Declare an `{INTEGRATION}` for {them}."
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
    let open = variables_in(uri).filter(|variable| !parts.may_bind(variable));
    open.flat_map(|variable| parts.variable(uri, variable)).map(|found| found.about(address)).collect()
}

/// `alias` of `…${stageVariables.alias}…`
fn variables_in(uri: &str) -> impl Iterator<Item = &str> {
    uri.split("${stageVariables.").skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name)
}

/// The ARN of the function whose qualifier is the variable.
fn function_called_by<'a>(uri: &'a str, variable: &str) -> Option<&'a str> {
    let (before, _) = uri.split_once(&format!(":${{stageVariables.{variable}}}"))?;
    let (_, arn) = before.rsplit_once("functions/")?;
    (arn.contains(":function:") && !arn.contains("${")).then_some(arn)
}

/// Whether a permission lets the stage call the alias, as far as known.
fn permits(permission: &Value, alias: &str, stage: &Value) -> bool {
    let named = permission.str("function_name").and_then(|name| name.rsplit_once(':')).map(|(_, last)| last);
    let qualifier = permission.get("qualifier");
    let of_alias = qualifier.is_unknown() || qualifier.as_str() == Some(alias) || named == Some(alias);
    let principal = permission.get("principal");
    let of_gateway = principal.is_unknown() || principal.as_str() == Some("apigateway.amazonaws.com");
    of_alias && of_gateway && permission.str("source_arn").is_none_or(|source| covers(source, stage))
}

/// Whether `arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/…` is about the stage, as far as known.
fn covers(source: &str, stage: &Value) -> bool {
    let Some(path) = source.splitn(6, ':').nth(5) else { return false };
    let mut segments = path.split('/');
    let fits = |pattern: Option<&str>, name: &Value| {
        let pattern = pattern.unwrap_or("*");
        name.is_unknown() || pattern.contains('*') || name.as_str() == Some(pattern)
    };
    fits(segments.next(), stage.get("rest_api_id")) && fits(segments.next(), stage.get("stage_name"))
}

/// The planned parts of one API.
struct Parts<'a> {
    api: &'a Value,
    neighbours: &'a dyn Neighbours,
}

/// A planned instance.
type Planned<'a> = (&'a Address, &'a Value);

impl<'a> Parts<'a> {
    fn of(part: &'a Value, neighbours: &'a dyn Neighbours) -> Self {
        Self { api: part.get("rest_api_id"), neighbours }
    }

    /// Those of a type that are of this API.
    fn certain(&self, kind: &str) -> Vec<Planned<'a>> {
        self.neighbours.that_will_have(kind, "rest_api_id", self.api)
    }

    /// Those, and those of which nobody can tell whose they are.
    fn possible(&self, kind: &str) -> Vec<Planned<'a>> {
        let mut found = self.certain(kind);
        found.extend(self.neighbours.untold(kind, "rest_api_id"));
        found
    }

    /// A document may bring integrations that no block declares.
    fn api_may_have_body(&self) -> bool {
        let has_body = |(_, api): &Planned<'_>| !api.get("body").is_null();
        self.neighbours.that_will_have(API, "id", self.api).iter().any(has_body)
            || !self.possible("aws_api_gateway_rest_api_put").is_empty()
    }

    /// Whether a stage of the API may be bound through the variable.
    fn may_bind(&self, variable: &str) -> bool {
        self.possible(BINDING).iter().any(|(_, binding)| {
            let name = binding.get("variable");
            name.is_unknown() || name.as_str().unwrap_or(VARIABLE) == variable
        })
    }

    /// What is wrong with a variable that the URI of an integration uses.
    fn variable(&self, uri: &str, variable: &str) -> Vec<Diagnostic> {
        let stages = self.certain(STAGE);
        let sets = |(_, stage): &Planned<'_>| {
            let variables = stage.get("variables");
            variables.is_unknown() || !variables.get(variable).is_null()
        };
        if !stages.is_empty() && !self.possible(STAGE).iter().any(sets) {
            let detail = format!(
                "The integration uses `stageVariables.{variable}`, which no stage of its API sets. Set it in the `variables` of each stage, or bind the stages with `{BINDING}`."
            );
            return vec![Diagnostic::error("Stage variable is set nowhere", detail)];
        }
        let Some(function) = function_called_by(uri, variable) else { return Vec::new() };
        let bound = stages.into_iter().filter_map(|stage| {
            Some((stage, stage.1.get("variables").str(variable)?)).filter(|(_, alias)| !alias.is_empty())
        });
        bound.filter_map(|(stage, alias)| self.not_permitted(stage, function, alias)).collect()
    }

    /// A stage calls an alias that no permission lets it call. Only told of functions that the configuration has: who
    /// else may call the others is said elsewhere.
    fn not_permitted(&self, stage: Planned<'a>, arn: &str, alias: &str) -> Option<Diagnostic> {
        let function = function_name(arn);
        if self.neighbours.with_text("aws_lambda_function", "function_name", function).is_empty() {
            return None;
        }
        let spellings =
            [function.to_owned(), arn.to_owned(), format!("{function}:{alias}"), format!("{arn}:{alias}")];
        let named = |name: &String| {
            self.neighbours.that_will_have(PERMISSION, "function_name", &Value::from(name.as_str()))
        };
        let mut open = self.neighbours.untold(PERMISSION, "function_name").into_iter();
        let mut told = spellings.iter().flat_map(named);
        if open.any(|(_, it)| permits(it, alias, stage.1)) || told.any(|(_, it)| permits(it, alias, stage.1))
        {
            return None;
        }
        let stage = stage.0;
        let detail = format!(
            "{stage} sends calls to `{function}:{alias}`, and no `{PERMISSION}` with the qualifier `{alias}` is declared that lets it. Unless one was given elsewhere, these calls fail with status 500."
        );
        Some(Diagnostic::warning("Alias may not be called", detail))
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use recon_core::{Data, Type, Unknown};

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

    /// An id that is yet to be given to the object with that number.
    fn id_of(origin: u32) -> Value {
        Data::Unknown(Unknown { origin: NonZeroU32::new(origin), ..Unknown::of(Type::String) }).into()
    }

    const ONE: u32 = 1;
    const ANOTHER: u32 = 2;

    fn part(address: &str, more: &[(&'static str, Value)]) -> (Address, Change) {
        let mut entries = vec![
            ("id", Value::unknown(Type::String)),
            ("rest_api_id", id_of(ONE)),
            ("resource_id", id_of(3)),
        ];
        entries.extend(more.iter().cloned());
        new(address, &entries)
    }

    fn api() -> (Address, Change) {
        new("aws_api_gateway_rest_api.a", &[("id", id_of(ONE)), ("body", Value::null(Type::String))])
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
        let another = part("aws_api_gateway_method.post", &verb("POST"));
        let found = of_deployment(vec![api(), method(), another]).expect("two mistakes");
        assert!(
            found
                .detail
                .contains("aws_api_gateway_method.get, aws_api_gateway_method.post have no integration")
        );
        let other = part("aws_api_gateway_integration.post", &verb("POST"));
        assert!(of_deployment(vec![api(), method(), other]).is_some());
        let own = part("aws_api_gateway_integration.get", &verb("GET"));
        assert!(of_deployment(vec![api(), method(), own]).is_none());
        let elsewhere = [("resource_id", id_of(4)), ("http_method", Value::from("GET"))];
        let elsewhere = part("aws_api_gateway_integration.get", &elsewhere);
        assert!(of_deployment(vec![api(), method(), elsewhere]).is_some());
        let anywhere = [("rest_api_id", Value::unknown(Type::String)), ("http_method", Value::from("GET"))];
        let anywhere = part("aws_api_gateway_integration.get", &anywhere);
        assert!(of_deployment(vec![api(), method(), anywhere]).is_none(), "nobody knows whose it is");
    }

    #[test]
    fn methods_of_other_apis_and_of_documents_are_not_judged() {
        let of = |api| [("rest_api_id", api), ("http_method", Value::from("GET"))];
        let method = |api| part("aws_api_gateway_method.get", &of(api));
        assert!(of_deployment(vec![api(), method(id_of(ANOTHER))]).is_none());
        assert!(of_deployment(vec![api(), method(Value::unknown(Type::String))]).is_none());
        let with_body = new("aws_api_gateway_rest_api.a", &[("id", id_of(ONE)), ("body", Value::from("{}"))]);
        assert!(of_deployment(vec![with_body, method(id_of(ONE))]).is_none());
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
        let with = |name: &str, qualifier: Value, source: Value| {
            let principal = Value::from("apigateway.amazonaws.com");
            let parts = [
                ("function_name", Value::from(name)),
                ("qualifier", qualifier),
                ("principal", principal),
                ("source_arn", source),
            ];
            let stage = part(
                "aws_api_gateway_stage.a",
                &[("stage_name", Value::from("test")), ("variables", alias("dev"))],
            );
            of_integration(vec![stage, function(), new("aws_lambda_permission.p", &parts)])
        };
        let none = || Value::null(Type::String);
        assert_eq!(with("f", "prod".into(), none()), ["Alias may not be called"]);
        assert_eq!(with("f", "dev".into(), none()), [""; 0]);
        assert_eq!(with("f:dev", none(), none()), [""; 0]);
        assert_eq!(with("arn:aws:lambda:us-east-1:1:function:f", "dev".into(), none()), [""; 0]);
        let stage = |stage: &str| format!("arn:aws:execute-api:us-east-1:1:api/{stage}/GET/items").into();
        assert_eq!(with("f", "dev".into(), stage("test")), [""; 0]);
        assert_eq!(with("f", "dev".into(), stage("*")), [""; 0]);
        assert_eq!(with("f", "dev".into(), stage("live")), ["Alias may not be called"]);
    }
}
