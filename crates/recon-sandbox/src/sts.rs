//! STS: who the caller is. Everybody is the same user here.

use crate::wire::{Answer, Call, Outcome, Refusal, parse_form};
use crate::world::World;
use crate::xml::Xml;

const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// Returns the operation a call names.
pub(crate) fn operation(call: &Call) -> Option<&'static str> {
    let form = parse_form(&String::from_utf8_lossy(&call.body));
    let action = form.get("Action").and_then(|values| values.first()).map(String::as_str);
    let action = action.or_else(|| call.query_one("Action"));
    (action? == "GetCallerIdentity").then_some("GetCallerIdentity")
}

/// Answers a call.
pub(crate) fn handle(world: &mut World, call: &Call) -> Outcome {
    let name = operation(call).ok_or_else(|| Refusal::unknown(call))?;
    let identity = Xml::new()
        .text("Arn", &format!("arn:aws:iam::{}:user/sandbox", world.account))
        .text("UserId", "AIDASANDBOXSANDBOX234")
        .text("Account", &world.account);
    let metadata = Xml::new().text("RequestId", &call.request_id);
    let inside = Xml::new().nest(&format!("{name}Result"), &identity).nest("ResponseMetadata", &metadata);
    let text = inside.into_text();
    Ok(Answer::xml(200, format!("<{name}Response xmlns=\"{NAMESPACE}\">{text}</{name}Response>")))
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
