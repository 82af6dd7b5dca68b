//! Resource policies: who may invoke a function, a version or an alias. Each qualifier has its own.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::constraint::{flag, is_arn, length, need_text, one_of, pattern, text};
use super::locate::Target;
use super::refuse::{conflict, invalid, not_found, stale};
use crate::route::Captures;
use crate::wire::{Answer, Call, Outcome, Refusal};
use crate::world::{World, is_account};

/// The quota on a policy, in bytes.
const POLICY_BYTES_MAX: usize = 20_480;

/// The policy of one qualifier.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Policy {
    /// The statements in the order they were added.
    pub statements: Vec<Value>,
    /// The revision; every change makes a new one.
    pub revision: String,
}

impl Policy {
    /// Returns the document as text.
    pub(super) fn document(&self) -> String {
        json!({ "Version": "2012-10-17", "Id": "default", "Statement": self.statements }).to_string()
    }

    /// Returns where a statement stands.
    pub(super) fn place(&self, sid: &str) -> Option<usize> {
        self.statements.iter().position(|statement| statement["Sid"] == sid)
    }

    /// Adds a statement under a new revision.
    pub(super) fn add(&mut self, statement: Value, revision: String) -> Result<(), Refusal> {
        let sid = statement["Sid"].as_str().unwrap_or_default();
        if self.place(sid).is_some() {
            return Err(conflict(format!(
                "The statement id ({sid}) provided already exists. Please provide a new statement id, or remove the \
                 existing statement."
            )));
        }
        self.statements.push(statement);
        let size = self.document().len();
        if size > POLICY_BYTES_MAX {
            self.statements.pop();
            let message =
                format!("The final policy size ({size}) is bigger than the limit ({POLICY_BYTES_MAX}).");
            return Err(Refusal::new(400, "PolicyLengthExceededException", message).with("Type", "User"));
        }
        self.revision = revision;
        Ok(())
    }
}

pub(super) fn add(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let target = Target::of(call, captures.at(0))?;
    let body = call.json()?;
    let statement = statement(&body, &target.arn())?;
    target.check_qualifier(world)?;
    if target.key() == "$LATEST" {
        return Err(invalid("We currently do not support adding policies for $LATEST."));
    }
    let revision = world.ids.uuid();
    let function = target.function_mut(world)?;
    let asked = text(&body, "RevisionId")?;
    let current = function.policies.get(target.key()).map(|policy| policy.revision.as_str());
    if asked.is_some_and(|asked| Some(asked) != current) {
        return Err(stale("GetPolicy"));
    }
    let shown = json!({ "Statement": statement.to_string() });
    let mut policy = function.policies.get(target.key()).cloned().unwrap_or_default();
    policy.add(statement, revision)?;
    function.policies.insert(target.key().to_owned(), policy);
    Ok(Answer::json(201, &shown))
}

pub(super) fn get(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let target = Target::of(call, captures.at(0))?;
    target.check_qualifier(world)?;
    let function = target.function(world)?;
    let policy = function.policies.get(target.key());
    let policy = policy.ok_or_else(|| not_found("The resource you requested does not exist."))?;
    Ok(Answer::json(200, &json!({ "Policy": policy.document(), "RevisionId": policy.revision })))
}

pub(super) fn remove(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let target = Target::of(call, captures.at(0))?;
    target.check_qualifier(world)?;
    let revision = world.ids.uuid();
    let function = target.function_mut(world)?;
    let policy = function.policies.get_mut(target.key());
    let policy = policy.ok_or_else(|| not_found(format!("No policy is found for: {}", target.arn())))?;
    let sid = captures.at(1);
    let place = policy.place(sid);
    let place =
        place.ok_or_else(|| not_found(format!("Statement {sid} is not found in resource policy.")))?;
    if call.query_one("RevisionId").is_some_and(|asked| asked != policy.revision) {
        return Err(stale("GetPolicy"));
    }
    policy.statements.remove(place);
    policy.revision = revision;
    if policy.statements.is_empty() {
        function.policies.remove(target.key());
    }
    Ok(Answer::empty(204))
}

/// Returns the statement that a request asks for.
fn statement(body: &Value, resource: &str) -> Result<Value, Refusal> {
    let sid = need_text(body, "StatementId")?;
    let action = need_text(body, "Action")?;
    let principal = need_text(body, "Principal")?;
    check_sid(sid)?;
    check_action(action)?;
    let statement = json!({
        "Sid": sid,
        "Effect": "Allow",
        "Principal": principal_of(principal)?,
        "Action": action,
        "Resource": resource,
    });
    with_condition(statement, body, action)
}

/// Refuses a statement id that is not of letters, digits, `-` and `_`.
pub(super) fn check_sid(sid: &str) -> Result<(), Refusal> {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    length("statementId", sid, 100)?;
    pattern("statementId", sid, !sid.is_empty() && sid.bytes().all(word), "([a-zA-Z0-9-_]+)")
}

fn check_action(action: &str) -> Result<(), Refusal> {
    let named =
        |name: &str| name == "*" || (!name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphabetic()));
    let satisfied = action == "*" || action.strip_prefix("lambda:").is_some_and(named);
    pattern("action", action, satisfied, "(lambda:[*]|lambda:[a-zA-Z]+|[*])")
}

fn principal_of(principal: &str) -> Result<Value, Refusal> {
    if principal == "*" {
        return Ok(json!("*"));
    }
    if is_account(principal) {
        return Ok(json!({ "AWS": format!("arn:aws:iam::{principal}:root") }));
    }
    if is_identity(principal) {
        return Ok(json!({ "AWS": principal }));
    }
    if is_service(principal) {
        return Ok(json!({ "Service": principal }));
    }
    Err(invalid("The provided principal was invalid. Please check the principal and try again."))
}

/// Says whether a principal is spelled as the ARNs of users, roles and sessions of an account are.
fn is_identity(principal: &str) -> bool {
    let parts: Vec<&str> = principal.splitn(6, ':').collect();
    let ["arn", partition, "iam" | "sts", "", account, name] = parts.as_slice() else { return false };
    partition.starts_with("aws") && (is_account(account) || *account == "cloudfront") && !name.is_empty()
}

/// Says whether a principal is spelled as those of AWS's services and of Amazon's own, such as Alexa, are.
fn is_service(principal: &str) -> bool {
    let domains = [".amazonaws.com", ".amazonaws.com.cn", ".amazon.com", ".alexa.com"];
    domains.iter().any(|domain| principal.ends_with(domain))
}

fn with_condition(mut statement: Value, body: &Value, action: &str) -> Result<Value, Refusal> {
    let mut equals = Map::new();
    let mut put = |key: &str, value: &str| equals.insert(key.to_owned(), json!(value));
    if let Some(kind) = text(body, "FunctionUrlAuthType")? {
        one_of("functionUrlAuthType", kind, &["NONE", "AWS_IAM"])?;
        if action != "lambda:InvokeFunctionUrl" {
            return Err(invalid("FunctionUrlAuthType is only supported for lambda:InvokeFunctionUrl action"));
        }
        put("lambda:FunctionUrlAuthType", kind);
    }
    if let Some(organisation) = text(body, "PrincipalOrgID")? {
        put("aws:PrincipalOrgID", organisation);
    }
    if let Some(account) = text(body, "SourceAccount")? {
        pattern("sourceAccount", account, is_account(account), r"\d{12}")?;
        put("AWS:SourceAccount", account);
    }
    if let Some(token) = text(body, "EventSourceToken")? {
        put("lambda:EventSourceToken", token);
    }
    let mut condition = Map::new();
    if !equals.is_empty() {
        condition.insert("StringEquals".to_owned(), Value::Object(equals));
    }
    if flag(body, "InvokedViaFunctionUrl") {
        condition.insert("Bool".to_owned(), json!({ "lambda:InvokedViaFunctionUrl": "true" }));
    }
    if let Some(source) = text(body, "SourceArn")? {
        let known = r"arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1})?:(\d{12})?:(.*)";
        pattern("sourceArn", source, is_arn(source), known)?;
        condition.insert("ArnLike".to_owned(), json!({ "AWS:SourceArn": source }));
    }
    if !condition.is_empty() {
        statement["Condition"] = Value::Object(condition);
    }
    Ok(statement)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gateway_statement_has_aws_s_shape() {
        let body = json!({
            "StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com",
            "SourceArn": "arn:aws:execute-api:us-east-1:123456789012:abc/*/GET/pets",
        });
        assert_eq!(
            statement(&body, "arn:f").unwrap().to_string(),
            r#"{"Sid":"s","Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"arn:f","Condition":{"ArnLike":{"AWS:SourceArn":"arn:aws:execute-api:us-east-1:123456789012:abc/*/GET/pets"}}}"#
        );
    }

    #[test]
    fn source_account_is_compared_as_it_is() {
        let body = json!({
            "StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com",
            "SourceAccount": "123456789012",
        });
        let statement = statement(&body, "arn:f").unwrap();
        assert_eq!(
            statement["Condition"],
            json!({ "StringEquals": { "AWS:SourceAccount": "123456789012" } })
        );
    }

    #[test]
    fn account_becomes_its_root() {
        assert_eq!(principal_of("210987654321").unwrap(), json!({ "AWS": "arn:aws:iam::210987654321:root" }));
        for odd in ["nobody", "arn:aws:iam::nobody", "arn:aws:iam::1:root", "arn:aws:s3:::bucket"] {
            assert!(principal_of(odd).is_err(), "{odd}");
        }
        assert!(principal_of("arn:aws:iam::210987654321:role/path/r").is_ok());
    }
}
