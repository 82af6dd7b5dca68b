//! STS: who the caller is. Everybody is the same user here, and may take on any role that exists.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::Rule::{Length, Needed, Pattern, Range};
use crate::model::{Constraint, violations};
use crate::time;
use crate::wire::{Answer, Call, Outcome, Refusal, parse_form};
use crate::world::World;
use crate::xml::Xml;

const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

type Form = BTreeMap<String, Vec<String>>;
type Operation = fn(&mut World, &Form, &Call) -> Result<Xml, Refusal>;

const OPERATIONS: [(&str, Operation); 5] = [
    ("AssumeRole", assume_role),
    ("AssumeRoleWithWebIdentity", assume_role_with_web_identity),
    ("GetAccessKeyInfo", access_key_info),
    ("GetCallerIdentity", caller_identity),
    ("GetSessionToken", session_token),
];
/// How long the credentials of a role last without another wish, in seconds.
const SESSION_SECONDS: i64 = 3600;
/// How long those of a user do.
const TOKEN_SECONDS: i64 = 43_200;

/// What the API says about members.
#[rustfmt::skip]
const CONSTRAINTS: &[Constraint] = &[
    (&["AssumeRole", "AssumeRoleWithWebIdentity"], "RoleArn", &[Needed, Length(20, 2048)]),
    (&["AssumeRole", "AssumeRoleWithWebIdentity"], "RoleSessionName", &[Needed, Length(2, 64), Pattern(r"[\w+=,.@-]*")]),
    (&["AssumeRole", "AssumeRoleWithWebIdentity"], "DurationSeconds", &[Range(900, 43_200)]),
    (&["AssumeRole"], "ExternalId", &[Length(2, 1224), Pattern(r"[\w+=,.@:/\\-]*")]),
    (&["AssumeRoleWithWebIdentity"], "WebIdentityToken", &[Needed, Length(4, 20_000)]),
    (&["GetSessionToken"], "DurationSeconds", &[Range(900, 129_600)]),
    (&["GetAccessKeyInfo"], "AccessKeyId", &[Needed, Length(16, 128), Pattern(r"\w*")]),
];

/// Whose credentials the sandbox gave out: the ARN and the id of the caller by access key.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Sessions(BTreeMap<String, (String, String)>);

/// Returns the operation a call names.
pub(crate) fn operation(call: &Call) -> Option<&'static str> {
    find(&form(call)).map(|(name, _)| name)
}

/// Answers a call.
pub(crate) fn handle(world: &mut World, call: &Call) -> Outcome {
    let form = form(call);
    let (name, operation) = find(&form).ok_or_else(|| Refusal::unknown(call))?;
    if let Some(message) = violations(CONSTRAINTS, name, |member| first(&form, member).map(Value::from)) {
        return Err(Refusal::new(400, "ValidationError", message));
    }
    let result = operation(world, &form, call)?;
    let metadata = Xml::new().text("RequestId", &call.request_id);
    let inside = Xml::new().nest(&format!("{name}Result"), &result).nest("ResponseMetadata", &metadata);
    let text = inside.into_text();
    Ok(Answer::xml(200, format!("<{name}Response xmlns=\"{NAMESPACE}\">{text}</{name}Response>")))
}

fn find(form: &Form) -> Option<(&'static str, Operation)> {
    let action = first(form, "Action")?;
    OPERATIONS.iter().find(|(name, _)| *name == action).copied()
}

/// Returns who signed a call: what the sandbox gave the credentials to, or else its one user.
fn caller(world: &World, call: &Call) -> (String, String) {
    let authorization = call.header("authorization").unwrap_or_default();
    let key = authorization.split_once("Credential=").and_then(|(_, rest)| rest.split('/').next());
    let session = key.and_then(|key| world.sessions.0.get(key)).cloned();
    let user =
        || (format!("arn:aws:iam::{}:user/sandbox", world.account), "AIDASANDBOXSANDBOX234".to_owned());
    session.unwrap_or_else(user)
}

#[expect(clippy::unnecessary_wraps, reason = "every operation has this shape")]
fn caller_identity(world: &mut World, _form: &Form, call: &Call) -> Result<Xml, Refusal> {
    let (arn, id) = caller(world, call);
    Ok(Xml::new().text("Arn", &arn).text("UserId", &id).text("Account", &world.account))
}

#[expect(clippy::unnecessary_wraps, reason = "every operation has this shape")]
fn access_key_info(world: &mut World, _form: &Form, _call: &Call) -> Result<Xml, Refusal> {
    Ok(Xml::new().text("Account", &world.account))
}

#[expect(clippy::unnecessary_wraps, reason = "every operation has this shape")]
fn session_token(world: &mut World, form: &Form, call: &Call) -> Result<Xml, Refusal> {
    let whose = caller(world, call);
    let credentials = credentials(world, form, call, TOKEN_SECONDS, whose);
    Ok(Xml::new().nest("Credentials", &credentials))
}

fn assume_role(world: &mut World, form: &Form, call: &Call) -> Result<Xml, Refusal> {
    assumed(world, form, call, "sts:AssumeRole")
}

/// Who a web identity is, nobody here can tell: any token will do.
fn assume_role_with_web_identity(world: &mut World, form: &Form, call: &Call) -> Result<Xml, Refusal> {
    Ok(assumed(world, form, call, "sts:AssumeRoleWithWebIdentity")?
        .text("SubjectFromWebIdentityToken", "sandbox")
        .text("Audience", "sts.amazonaws.com")
        .text("Provider", first(form, "ProviderId").unwrap_or("sandbox")))
}

fn assumed(world: &mut World, form: &Form, call: &Call, action: &str) -> Result<Xml, Refusal> {
    let arn = first(form, "RoleArn").unwrap_or_default();
    let session = first(form, "RoleSessionName").unwrap_or_default();
    let name = arn.rsplit('/').next().unwrap_or_default();
    let invalid = |message: String| Refusal::new(400, "ValidationError", message);
    if !arn.starts_with("arn:") || !arn.contains(":role/") {
        return Err(invalid(format!("{arn} is invalid")));
    }
    let role = world.iam.roles.get(name).filter(|role| role.arn == arn);
    let asked = first(form, "DurationSeconds").and_then(|text| text.parse::<u32>().ok());
    if role.is_some_and(|role| asked.is_some_and(|seconds| seconds > role.session_seconds_max)) {
        return Err(invalid(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.".to_owned(),
        ));
    }
    let id = role.map(|role| role.id.clone()).ok_or_else(|| {
        let (user, _) = caller(world, call);
        let message = format!("User: {user} is not authorized to perform: {action} on resource: {arn}");
        Refusal::new(403, "AccessDenied", message)
    })?;
    let user_arn = format!("arn:aws:sts::{}:assumed-role/{name}/{session}", world.account);
    let user_id = format!("{id}:{session}");
    let user = Xml::new().text("AssumedRoleId", &user_id).text("Arn", &user_arn);
    let credentials = credentials(world, form, call, SESSION_SECONDS, (user_arn, user_id));
    Ok(Xml::new().nest("Credentials", &credentials).nest("AssumedRoleUser", &user))
}

/// Gives out credentials; they never expire here, whatever they say.
fn credentials(world: &mut World, form: &Form, call: &Call, seconds: i64, whose: (String, String)) -> Xml {
    let seconds = first(form, "DurationSeconds").and_then(|text| text.parse().ok()).unwrap_or(seconds);
    let expires_ms = call.now_ms.saturating_add(seconds.saturating_mul(1000));
    let key = format!("ASIA{}", world.ids.upper(16));
    world.sessions.0.insert(key.clone(), whose);
    Xml::new()
        .text("AccessKeyId", &key)
        .text("SecretAccessKey", &world.ids.next_id(40))
        .text("SessionToken", &world.ids.next_id(64))
        .text("Expiration", &time::iso(expires_ms))
}

fn form(call: &Call) -> Form {
    if call.body.is_empty() { call.query.clone() } else { parse_form(&String::from_utf8_lossy(&call.body)) }
}

fn first<'a>(form: &'a Form, key: &str) -> Option<&'a str> {
    form.get(key)?.first().map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Pace;

    fn ask(world: &mut World, key: &str, body: &str) -> Result<String, Refusal> {
        let signature = format!("AWS4-HMAC-SHA256 Credential={key}/20260101/us-east-1/sts/aws4_request");
        let call = Call {
            body: body.as_bytes().to_vec(),
            headers: BTreeMap::from([("authorization".to_owned(), signature)]),
            ..Call::default()
        };
        handle(world, &call).map(|answer| String::from_utf8(answer.body).unwrap())
    }

    fn element<'a>(text: &'a str, name: &str) -> &'a str {
        let (_, rest) = text.split_once(&format!("<{name}>")).unwrap();
        rest.split('<').next().unwrap()
    }

    #[test]
    fn caller_has_account_arn_and_id() {
        let mut world = World::new(1, Pace::default());
        let text = ask(&mut world, "AKIA", "Action=GetCallerIdentity&Version=2011-06-15").unwrap();
        assert_eq!(element(&text, "Account"), "123456789012");
        assert_eq!(element(&text, "Arn"), "arn:aws:iam::123456789012:user/sandbox");
    }

    fn make_role(world: &mut World) {
        let trust = r#"{"Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}"#;
        let trust = crate::wire::percent_encode(trust);
        let form = format!("Action=CreateRole&RoleName=r&AssumeRolePolicyDocument={trust}");
        crate::iam::handle(world, &Call { body: form.into_bytes(), ..Call::default() }).unwrap();
    }

    #[test]
    fn sessions_last_no_longer_than_the_role_allows() {
        let mut world = World::new(1, Pace::default());
        make_role(&mut world);
        let assume = "Action=AssumeRole&RoleSessionName=ci&RoleArn=arn:aws:iam::123456789012:role/r";
        let mut lasting =
            |seconds: u32| ask(&mut world, "AKIA", &format!("{assume}&DurationSeconds={seconds}"));
        assert!(lasting(3600).is_ok());
        assert_eq!(lasting(3601).unwrap_err().code, "ValidationError");
        let odd = "Action=AssumeRole&RoleSessionName=ci&RoleArn=somebody-whose-name-is-long";
        assert_eq!(ask(&mut world, "AKIA", odd).unwrap_err().code, "ValidationError");
    }

    #[test]
    fn who_took_on_a_role_is_that_role() {
        let mut world = World::new(1, Pace::default());
        make_role(&mut world);
        let assume = "Action=AssumeRole&RoleSessionName=ci&RoleArn=arn:aws:iam::123456789012:role/r";
        let assumed = ask(&mut world, "AKIA", assume).unwrap();
        let key = element(&assumed, "AccessKeyId");
        let identity = ask(&mut world, key, "Action=GetCallerIdentity").unwrap();
        assert_eq!(element(&identity, "Arn"), "arn:aws:sts::123456789012:assumed-role/r/ci");
        let token = ask(&mut world, key, "Action=GetSessionToken").unwrap();
        let identity = ask(&mut world, element(&token, "AccessKeyId"), "Action=GetCallerIdentity").unwrap();
        assert_eq!(element(&identity, "Arn"), "arn:aws:sts::123456789012:assumed-role/r/ci");
    }

    #[test]
    fn roles_that_do_not_exist_and_sessions_that_are_too_short_are_refused() {
        let mut world = World::new(1, Pace::default());
        let assume = "Action=AssumeRole&RoleSessionName=ci&RoleArn=arn:aws:iam::123456789012:role/r";
        assert_eq!(ask(&mut world, "AKIA", assume).unwrap_err().code, "AccessDenied");
        let short = format!("{assume}&DurationSeconds=10");
        assert_eq!(ask(&mut world, "AKIA", &short).unwrap_err().code, "ValidationError");
        assert_eq!(ask(&mut world, "AKIA", "Action=AssumeRole").unwrap_err().code, "ValidationError");
    }
}
