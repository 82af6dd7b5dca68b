//! `aws_api_gateway_stage_binding`, its live half.

use async_trait::async_trait;
use recon_core::provider::{ErrorKind, Failed, Part, ProviderError};
use recon_core::{Known, Type, Value};
use serde_json::Value as Json;

use super::part::{self, deleted, if_there, key};
use super::patch::{Patches, escape};
use super::reads;
use super::rest_api_live::execution_arn;
use super::settle::settle;
use super::stage_binding::{SCHEMA, StageBinding, VARIABLE, function_name, statement_id};
use super::stage_live::{self, Described as Stage};
use super::stage_parts::InStage;
use crate::aws::Aws;
use crate::live::Live;
use crate::snapshot::Snapshot;

const ACTION: &str = "lambda:InvokeFunction";
const PRINCIPAL: &str = "apigateway.amazonaws.com";

/// The binding with everything that follows from its arguments.
async fn derived(aws: &Aws, binding: &Known) -> Result<Known, ProviderError> {
    let (api, stage) = (key(binding, "rest_api_id"), key(binding, "stage_name"));
    let (function, qualifier) = (key(binding, "function_name"), key(binding, "qualifier"));
    let name = function_name(function);
    let source = match binding.text("source_arn") {
        Some(known) => known.to_owned(),
        None => format!("{}/{stage}/*/*", execution_arn(aws, api).await?),
    };
    let account = source.split(':').nth(4).unwrap_or_default();
    let arn = format!("arn:{}:lambda:{}:{account}:function:{name}:{qualifier}", aws.partition, aws.region);
    let variable = binding.text("variable").unwrap_or(VARIABLE).to_owned();
    let known = part::with(binding, [("variable", Value::from(variable))]);
    let statement = known.text("statement_id").map(str::to_owned).or_else(|| statement_id(&known));
    Ok(part::with(
        &known,
        [
            ("id", Value::from(format!("{api}/{stage}/{name}/{qualifier}"))),
            ("source_arn", Value::from(source)),
            ("invoke_arn", Value::from(aws.invoke_arn(&arn))),
            ("statement_id", Value::from(statement.unwrap_or_default())),
        ],
    ))
}

/// The policy of a qualified function; nothing where there is none.
async fn get_policy(aws: &Aws, function: &str, qualifier: &str) -> Result<Option<Json>, ProviderError> {
    let call = || aws.lambda.get_policy().function_name(function).qualifier(qualifier).send();
    let found = if_there(aws.call("lambda:GetPolicy", call).await)?;
    Ok(found.and_then(|found| serde_json::from_str(&found.policy?).ok()))
}

fn statement<'a>(policy: &'a Json, id: &str) -> Option<&'a Json> {
    policy["Statement"].as_array()?.iter().find(|statement| statement["Sid"] == id)
}

/// Whether a statement lets the stage call the function.
fn grants(statement: &Json, source: &str) -> bool {
    grants_of(statement).is_some_and(|granted| granted == source)
}

/// From where a statement lets API Gateway call a function; nothing where it does not, or from anywhere.
pub(super) fn grants_of(statement: &Json) -> Option<&str> {
    let principal = &statement["Principal"];
    let service = if principal.is_string() { principal } else { &principal["Service"] };
    let conditions = statement["Condition"].as_object().into_iter().flatten();
    let mut sources = conditions.filter_map(|(_, condition)| {
        let condition = condition.as_object()?;
        condition.iter().find(|(name, _)| name.eq_ignore_ascii_case("aws:SourceArn")).map(|(_, arn)| arn)
    });
    let action = statement["Action"].as_str().unwrap_or_default();
    let allows =
        statement["Effect"] == "Allow" && (action == ACTION || action == "lambda:*") && service == PRINCIPAL;
    let source = sources.next()?.as_str()?;
    (allows && sources.all(|other| other == source)).then_some(source)
}

/// Whether calls that a source stands for may come from a stage: `ARN/*/GET/items` or `ARN/dev/*/*`, not `ARN/prod/*/*`.
pub(super) fn covers(source: &str, execution_arn: &str, stage: &str) -> bool {
    let rest = source.strip_prefix(execution_arn).and_then(|rest| rest.strip_prefix('/'));
    rest.is_some_and(|rest| [stage, "*"].contains(&rest.split('/').next().unwrap_or_default()))
}

/// The binding with what was found of its two parts; nothing where neither is left.
fn found(binding: &Known, variable: Option<&str>, policy: Option<&Json>) -> Option<Known> {
    let statement = policy.and_then(|policy| statement(policy, key(binding, "statement_id")));
    if variable.is_none() && statement.is_none() {
        return None;
    }
    let granted = statement.is_some_and(|statement| grants(statement, key(binding, "source_arn")));
    let value = variable.map_or_else(|| Value::null(Type::String), Value::from);
    let whole =
        part::with(binding, [("variable_value", value), ("permission_granted", Value::from(granted))]);
    Some(settle(&SCHEMA, &whole, &Value::null(Type::Any)))
}

/// Grants the permission on a qualifier; a statement of that name that says something else makes way.
async fn grant(aws: &Aws, binding: &Known) -> Result<(), ProviderError> {
    let (function, qualifier) = (key(binding, "function_name"), key(binding, "qualifier"));
    let call = || {
        let add = aws.lambda.add_permission().function_name(function).qualifier(qualifier);
        add.statement_id(key(binding, "statement_id"))
            .action(ACTION)
            .principal(PRINCIPAL)
            .source_arn(key(binding, "source_arn"))
            .send()
    };
    match aws.call("lambda:AddPermission", call).await {
        Err(error) if error.kind == ErrorKind::AlreadyExists => {}
        answer => return answer.map(|_| ()),
    }
    let policy = get_policy(aws, function, qualifier).await?;
    let there = policy.as_ref().and_then(|policy| statement(policy, key(binding, "statement_id")));
    if there.is_some_and(|statement| grants(statement, key(binding, "source_arn"))) {
        return Ok(());
    }
    revoke(aws, binding).await?;
    aws.call("lambda:AddPermission", call).await.map(|_| ())
}

fn moves(have: &Known, want: &Known) -> bool {
    have.str("qualifier") != want.str("qualifier")
}

/// Grants what is not granted yet.
async fn grant_anew(aws: &Aws, have: &Known, binding: &Known) -> Result<(), ProviderError> {
    if moves(have, binding) || have.get("permission_granted").as_bool() != Some(true) {
        grant(aws, binding).await?;
    }
    Ok(())
}

async fn revoke(aws: &Aws, binding: &Known) -> Result<(), ProviderError> {
    let call = || {
        let remove = aws.lambda.remove_permission().function_name(key(binding, "function_name"));
        remove.qualifier(key(binding, "qualifier")).statement_id(key(binding, "statement_id")).send()
    };
    deleted(aws.call("lambda:RemovePermission", call).await)
}

fn variable_path(binding: &Known) -> String {
    format!("/variables/{}", escape(key(binding, "variable")))
}

fn set_variable(binding: &Known) -> Patches {
    let mut patches = Patches::default();
    patches.replace(variable_path(binding), Some(key(binding, "qualifier").to_owned()));
    patches
}

fn remove_variable(binding: &Known) -> Patches {
    let mut patches = Patches::default();
    patches.remove(variable_path(binding));
    patches
}

/// Removes the variable; a stage or a variable that is gone is fine.
async fn unset_variable(aws: &Aws, binding: &Known) -> Result<(), ProviderError> {
    match if_there(stage_live::patch(aws, binding, &remove_variable(binding)).await) {
        Err(error) if error.kind == ErrorKind::Invalid => match variable_now(aws, binding).await? {
            Some(_) => Err(error),
            None => Ok(()),
        },
        answer => answer.map(|_| ()),
    }
}

async fn variable_now(aws: &Aws, binding: &Known) -> Result<Option<String>, ProviderError> {
    let mut stages = reads::get_stages(aws, key(binding, "rest_api_id")).await?;
    let stage = stages.remove(key(binding, "stage_name"));
    Ok(stage.and_then(|stage| stage.variables?.remove(key(binding, "variable"))))
}

/// The binding as planned, with both parts in place.
fn whole(binding: &Known) -> Known {
    let set =
        [("variable_value", binding.get("qualifier").clone()), ("permission_granted", Value::from(true))];
    settle(&SCHEMA, &part::with(binding, set), &Value::null(Type::Any))
}

#[async_trait]
impl Live for StageBinding {
    async fn read(
        &self,
        aws: &Aws,
        snapshot: &Snapshot,
        have: &Known,
    ) -> Result<Option<Known>, ProviderError> {
        let stages = reads::stages(aws, snapshot, key(have, "rest_api_id")).await?;
        let Some(stage) = stages.get(key(have, "stage_name")) else { return Ok(None) };
        let binding = derived(aws, have).await?;
        let variable =
            stage.variables.as_ref().and_then(|variables| variables.get(key(&binding, "variable")));
        let (function, qualifier) = (function_name(key(have, "function_name")), key(have, "qualifier"));
        let policy = crate::lambda::policy(aws, snapshot, function, Some(qualifier)).await?;
        Ok(found(&binding, variable.map(String::as_str), policy.as_ref().as_ref()))
    }

    async fn create(&self, aws: &Aws, want: &Known) -> Result<Known, Failed> {
        let binding = derived(aws, want).await?;
        // First the permission: a stage that calls what it may not call answers with errors.
        grant(aws, &binding).await?;
        let half = part::with(
            &whole(&binding),
            [("variable_value", Value::null(Type::String)), ("permission_granted", Value::from(true))],
        );
        let set = stage_live::patch(aws, &binding, &set_variable(&binding)).await;
        set.map_err(|error| Failed { error, left_behind: Some(half) })?;
        Ok(whole(&binding))
    }

    async fn update(&self, aws: &Aws, have: &Known, want: &Known) -> Result<Known, Failed> {
        let binding = derived(aws, want).await?;
        grant_anew(aws, have, &binding).await?;
        // What is not known to be there is set.
        if have.str("variable_value") != want.str("variable_value") {
            stage_live::patch(aws, &binding, &set_variable(&binding)).await?;
        }
        if moves(have, want) {
            revoke(aws, have).await?;
        }
        Ok(whole(&binding))
    }

    async fn delete(&self, aws: &Aws, have: &Known) -> Result<(), ProviderError> {
        unset_variable(aws, have).await?;
        revoke(aws, have).await
    }

    /// The variable is the one that names the qualifier, `alias` before others.
    async fn import(&self, aws: &Aws, snapshot: &Snapshot, id: &str) -> Result<Option<Known>, ProviderError> {
        let mut place = part::split(id, &["rest_api_id", "stage_name", "function_name", "qualifier"])?;
        let stages = reads::stages(aws, snapshot, key(&place, "rest_api_id")).await?;
        let Some(stage) = stages.get(key(&place, "stage_name")) else { return Ok(None) };
        let qualifier = key(&place, "qualifier");
        let variables = stage.variables.iter().flatten().filter(|(_, value)| *value == qualifier);
        let mut names: Vec<&str> = variables.map(|(name, _)| name.as_str()).collect();
        names.sort_unstable_by_key(|name| (*name != VARIABLE, *name));
        let Some(variable) = names.first() else { return Ok(None) };
        place = part::with(&place, [("variable", Value::from(*variable))]);
        let binding = derived(aws, &place).await?;
        let policy =
            get_policy(aws, function_name(key(&place, "function_name")), key(&place, "qualifier")).await?;
        // A permission made by hand has a name of its own, and may be wider or narrower than one of recon's.
        let statements =
            policy.as_ref().and_then(|policy| policy["Statement"].as_array()).into_iter().flatten();
        let arn = execution_arn(aws, key(&place, "rest_api_id")).await?;
        let mut fitting: Vec<(&str, &str)> = statements
            .filter_map(|statement| Some((grants_of(statement)?, statement["Sid"].as_str()?)))
            .filter(|(source, _)| covers(source, &arn, key(&place, "stage_name")))
            .collect();
        let whole = key(&binding, "source_arn").to_owned();
        fitting.sort_by_key(|(source, _)| (*source != whole, source.len(), *source));
        let binding = match fitting.first() {
            Some((source, sid)) => part::with(
                &binding,
                [("statement_id", Value::from(*sid)), ("source_arn", Value::from(*source))],
            ),
            None => binding,
        };
        Ok(found(&binding, Some(key(&place, "qualifier")), policy.as_ref()))
    }

    async fn adopt(&self, aws: &Aws, want: &Known, _since_ms: i64) -> Result<Vec<Known>, ProviderError> {
        let binding = derived(aws, want).await?;
        let variable = variable_now(aws, &binding).await?;
        let policy = get_policy(aws, key(want, "function_name"), key(want, "qualifier")).await?;
        Ok(found(&binding, variable.as_deref(), policy.as_ref()).into_iter().collect())
    }
}

#[async_trait]
impl InStage for StageBinding {
    async fn patches(&self, aws: &Aws, part: &Part<'_>) -> Result<Patches, ProviderError> {
        match (part.have, part.want) {
            (None, Some(want)) => {
                let binding = derived(aws, want).await?;
                grant(aws, &binding).await?;
                Ok(set_variable(&binding))
            }
            (Some(have), Some(want)) => {
                let binding = derived(aws, want).await?;
                grant_anew(aws, have, &binding).await?;
                Ok(set_variable(&binding))
            }
            (Some(have), None) => Ok(remove_variable(have)),
            (None, None) => Ok(Patches::default()),
        }
    }

    async fn patched(
        &self,
        aws: &Aws,
        part: &Part<'_>,
        _stage: &Stage,
    ) -> Result<Option<Known>, ProviderError> {
        if let Some(have) = part.have.filter(|have| part.want.is_none_or(|want| moves(have, want))) {
            revoke(aws, have).await?;
        }
        match part.want {
            Some(want) => Ok(Some(whole(&derived(aws, want).await?))),
            None => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const SOURCE: &str = "arn:aws:execute-api:us-east-1:1:api/dev/*/*";

    fn sample() -> Json {
        json!({"Sid": "s", "Effect": "Allow", "Principal": {"Service": PRINCIPAL}, "Action": ACTION,
            "Condition": {"ArnLike": {"AWS:SourceArn": SOURCE}}})
    }

    #[test]
    fn the_statement_that_is_written_grants() {
        assert!(grants(&sample(), SOURCE));
    }

    #[test]
    fn a_statement_for_another_stage_or_principal_does_not_grant() {
        assert!(!grants(&sample(), "arn:aws:execute-api:us-east-1:1:api/prod/*/*"));
        let mut other = sample();
        other["Principal"] = json!({"Service": "s3.amazonaws.com"});
        assert!(!grants(&other, SOURCE));
        let mut open = sample();
        open["Condition"] = Json::Null;
        assert!(!grants(&open, SOURCE));
    }
}
