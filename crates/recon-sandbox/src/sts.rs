//! STS: who the caller is. Everybody is the same user here, and may take on any role.

use std::collections::BTreeMap;

use crate::time;
use crate::wire::{Answer, Call, Outcome, Refusal, parse_form};
use crate::world::World;
use crate::xml::Xml;

const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

const OPERATIONS: [&str; 2] = ["AssumeRole", "GetCallerIdentity"];
/// How long the credentials of a role last without another wish, in seconds.
const SESSION_SECONDS: i64 = 3600;

/// Returns the operation a call names.
pub(crate) fn operation(call: &Call) -> Option<&'static str> {
    let form = form(call);
    let action = first(&form, "Action")?;
    OPERATIONS.into_iter().find(|known| *known == action)
}

/// Answers a call.
pub(crate) fn handle(world: &mut World, call: &Call) -> Outcome {
    let name = operation(call).ok_or_else(|| Refusal::unknown(call))?;
    let result = match name {
        "AssumeRole" => assume_role(world, call)?,
        _ => caller_identity(world),
    };
    let metadata = Xml::new().text("RequestId", &call.request_id);
    let inside = Xml::new().nest(&format!("{name}Result"), &result).nest("ResponseMetadata", &metadata);
    let text = inside.into_text();
    Ok(Answer::xml(200, format!("<{name}Response xmlns=\"{NAMESPACE}\">{text}</{name}Response>")))
}

fn caller_identity(world: &World) -> Xml {
    Xml::new()
        .text("Arn", &format!("arn:aws:iam::{}:user/sandbox", world.account))
        .text("UserId", "AIDASANDBOXSANDBOX234")
        .text("Account", &world.account)
}

fn assume_role(world: &mut World, call: &Call) -> Result<Xml, Refusal> {
    let form = form(call);
    let (arn, session) = (first(&form, "RoleArn"), first(&form, "RoleSessionName"));
    let (Some(arn), Some(session)) = (arn, session) else {
        return Err(Refusal::new(400, "ValidationError", "RoleArn and RoleSessionName must not be null"));
    };
    let name = arn.rsplit('/').next().unwrap_or_default();
    let role = world.iam.roles.get(name).filter(|role| role.arn == arn);
    let id = role.map(|role| role.id.clone()).ok_or_else(|| {
        let user = format!("arn:aws:iam::{}:user/sandbox", world.account);
        let message = format!("User: {user} is not authorized to perform: sts:AssumeRole on resource: {arn}");
        Refusal::new(403, "AccessDenied", message)
    })?;
    let seconds =
        first(&form, "DurationSeconds").and_then(|text| text.parse().ok()).unwrap_or(SESSION_SECONDS);
    let expires_ms = call.now_ms.saturating_add(seconds.saturating_mul(1000));
    let credentials = Xml::new()
        .text("AccessKeyId", &format!("ASIA{}", world.ids.upper(16)))
        .text("SecretAccessKey", &world.ids.next_id(40))
        .text("SessionToken", &world.ids.next_id(64))
        .text("Expiration", &time::iso(expires_ms));
    let user = Xml::new()
        .text("AssumedRoleId", &format!("{id}:{session}"))
        .text("Arn", &format!("arn:aws:sts::{}:assumed-role/{name}/{session}", world.account));
    Ok(Xml::new().nest("Credentials", &credentials).nest("AssumedRoleUser", &user))
}

fn form(call: &Call) -> BTreeMap<String, Vec<String>> {
    if call.body.is_empty() { call.query.clone() } else { parse_form(&String::from_utf8_lossy(&call.body)) }
}

fn first<'a>(form: &'a BTreeMap<String, Vec<String>>, key: &str) -> Option<&'a str> {
    form.get(key)?.first().map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Pace;

    #[test]
    fn caller_has_account_arn_and_id() {
        let call = Call { body: b"Action=GetCallerIdentity&Version=2011-06-15".to_vec(), ..Call::default() };
        let answer = handle(&mut World::new(1, Pace::default()), &call).unwrap();
        let text = String::from_utf8(answer.body).unwrap();
        assert!(text.contains("<Account>123456789012</Account>"), "{text}");
        assert!(text.contains("<Arn>arn:aws:iam::123456789012:user/sandbox</Arn>"), "{text}");
    }
}
