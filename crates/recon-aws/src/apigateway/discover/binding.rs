//! Stages that are bound to aliases: a stage variable names the alias, and a statement lets the stage call it.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::super::stage_binding_live::{covers, grants_of};
use super::Seen;
use crate::discover::harvest::Spotted;
use crate::discover::names::{slug, subject};
use crate::lambda::discover::Seen as Function;

/// Stages that are bound, and the statements that their bindings stand for: by function, alias and statement id.
#[derive(Default)]
pub(crate) struct Bound {
    pub(crate) bindings: Vec<Spotted>,
    pub(crate) statements: BTreeSet<(String, String, String)>,
    variables: BTreeSet<(String, String, String)>,
}

/// Adds the bindings of an API's stages to a function's aliases.
pub(crate) fn bind(bound: &mut Bound, api: &Seen, function: &Function, execution_arn: &str) {
    let qualifiers = api.called.iter().filter(|(name, _)| *name == function.name);
    for variable in qualifiers.filter_map(|(_, qualifier)| stage_variable(qualifier.as_deref()?)) {
        for (stage, variables) in &api.variables {
            let place = (api.id.clone(), stage.clone(), variable.to_owned());
            let Some(alias) = variables.get(variable) else { continue };
            // One variable of a stage has one binding, be it that several functions go by it.
            if bound.variables.contains(&place) {
                continue;
            }
            let Some((sid, source)) = statement(bound, function, alias, (execution_arn, stage)) else {
                continue;
            };
            bound.statements.insert((function.name.clone(), alias.clone(), sid.clone()));
            bound.variables.insert(place);
            let known = [
                ("rest_api_id", api.id.as_str()),
                ("function_name", function.name.as_str()),
                ("qualifier", alias.as_str()),
                ("variable", variable),
                ("statement_id", sid.as_str()),
                ("source_arn", source.as_str()),
                ("stage_name", stage.as_str()),
            ];
            let id = format!("{}/{stage}/{}/{alias}", api.id, function.name);
            let identity = &["rest_api_id", "stage_name", "variable"];
            let spotted = Spotted::new("aws_api_gateway_stage_binding", identity, id, &known);
            bound.bindings.push(spotted.named(slug(stage)).among(subject(&api.name), stage).of(&api.id));
        }
    }
}

/// The variable of `${stageVariables.alias}`.
fn stage_variable(qualifier: &str) -> Option<&str> {
    qualifier.strip_prefix("${stageVariables.")?.strip_suffix('}')
}

/// The statement that lets a stage call an alias, and from where: the widest that no other stage's binding has.
fn statement(
    bound: &Bound,
    function: &Function,
    alias: &str,
    (execution_arn, stage): (&str, &str),
) -> Option<(String, String)> {
    let statements = function.policies.get(&Some(alias.to_owned()))?;
    let mut fitting: Vec<(&str, &Json)> = Vec::new();
    for found in statements {
        let Some(sid) = found["Sid"].as_str() else { continue };
        let taken = (function.name.clone(), alias.to_owned(), sid.to_owned());
        if let Some(source) = grants_of(found).filter(|source| covers(source, execution_arn, stage))
            && !bound.statements.contains(&taken)
        {
            fitting.push((source, found));
        }
    }
    let own = format!("{execution_arn}/{stage}/");
    // What is granted to this stage alone before what others share, and of these the shortest, which is the widest.
    fitting.sort_by_key(|(source, _)| (!source.starts_with(&own), source.len(), *source));
    let (source, found) = fitting.first()?;
    Some((found["Sid"].as_str()?.to_owned(), (*source).to_owned()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;

    const API: &str = "arn:aws:execute-api:us-east-1:123456789012:a1";

    fn permission(sid: &str, source: &str) -> Json {
        json!({"Sid": sid, "Effect": "Allow", "Action": "lambda:InvokeFunction",
            "Principal": {"Service": "apigateway.amazonaws.com"},
            "Condition": {"ArnLike": {"AWS:SourceArn": format!("{API}/{source}")}}})
    }

    fn bound(stages: &[(&str, &str)], policies: &[(&str, Vec<Json>)]) -> Vec<(String, String)> {
        let variables = |alias: &str| BTreeMap::from([("alias".to_owned(), alias.to_owned())]);
        let api = Seen {
            id: "a1".to_owned(),
            called: BTreeSet::from([("f".to_owned(), Some("${stageVariables.alias}".to_owned()))]),
            variables: stages.iter().map(|(stage, alias)| ((*stage).to_owned(), variables(alias))).collect(),
            ..Seen::default()
        };
        let policies = policies.iter().map(|(alias, found)| (Some((*alias).to_owned()), found.clone()));
        let function = Function { name: "f".to_owned(), policies: policies.collect(), ..Function::default() };
        let mut bound = Bound::default();
        bind(&mut bound, &api, &function, API);
        let text = |spotted: &Spotted, name: &str| spotted.have.str(name).unwrap_or_default().to_owned();
        bound.bindings.iter().map(|one| (text(one, "stage_name"), text(one, "statement_id"))).collect()
    }

    #[test]
    fn a_stage_whose_alias_lets_it_call_is_bound() {
        let policies = [("dev", vec![permission("s", "*/GET/items")]), ("prod", vec![])];
        assert_eq!(
            bound(&[("dev", "dev"), ("prod", "prod")], &policies),
            [("dev".to_owned(), "s".to_owned())]
        );
    }

    #[test]
    fn the_widest_statement_of_its_own_is_the_stages() {
        let statements =
            vec![permission("a", "*/*/*"), permission("b", "dev/GET/items"), permission("c", "dev/*/*")];
        assert_eq!(bound(&[("dev", "dev")], &[("dev", statements)]), [("dev".to_owned(), "c".to_owned())]);
    }

    #[test]
    fn one_statement_serves_one_stage() {
        let found = bound(&[("dev", "x"), ("test", "x")], &[("x", vec![permission("s", "*/*/*")])]);
        assert_eq!(found, [("dev".to_owned(), "s".to_owned())]);
    }

    #[test]
    fn a_statement_for_another_stage_or_api_binds_nothing() {
        let mut foreign = permission("t", "");
        foreign["Condition"]["ArnLike"]["AWS:SourceArn"] = json!("arn:aws:execute-api:us-east-1:1:b2/*/*/*");
        assert_eq!(bound(&[("dev", "x")], &[("x", vec![permission("s", "prod/*/*"), foreign])]), []);
    }

    #[test]
    fn a_variable_of_a_stage_does_not_name_a_function() {
        assert_eq!(stage_variable("${stageVariables.alias}"), Some("alias"));
        assert_eq!(stage_variable("prod"), None);
    }
}
