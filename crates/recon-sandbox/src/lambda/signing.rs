//! Code signing configurations and the functions that use them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::constraint::{need, need_text, one_of, pattern, text};
use super::locate::{Target, arn};
use super::page::{Page, listing};
use super::refuse::{conflict, not_found};
use super::tag;
use crate::route::Captures;
use crate::time;
use crate::wire::{Answer, Call, Outcome, Refusal};
use crate::world::{ACCOUNT, World};

const PAGE_MAX: usize = 50;

/// A code signing configuration.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Signing {
    /// `csc-` and 17 hexadecimal digits.
    pub id: String,
    /// The ARN.
    pub arn: String,
    /// The description.
    pub description: String,
    /// Whose signatures are trusted.
    pub publishers: Value,
    /// What happens to untrusted code.
    pub policies: Value,
    /// The tags.
    pub tags: BTreeMap<String, String>,
    /// When it last changed, in milliseconds.
    pub modified_ms: i64,
}

impl Signing {
    fn shown(&self) -> Value {
        json!({
            "CodeSigningConfigId": self.id,
            "CodeSigningConfigArn": self.arn,
            "Description": self.description,
            "AllowedPublishers": self.publishers,
            "CodeSigningPolicies": self.policies,
            "LastModified": time::iso_ms(self.modified_ms),
        })
    }

    fn apply(&mut self, body: &Value, now_ms: i64) -> Result<(), Refusal> {
        if let Some(description) = text(body, "Description")? {
            description.clone_into(&mut self.description);
        }
        if let Some(publishers) = body.get("AllowedPublishers").filter(|value| value.is_object()) {
            need(publishers, "SigningProfileVersionArns")?;
            self.publishers = publishers.clone();
        }
        if let Some(policies) = body.get("CodeSigningPolicies").filter(|value| value.is_object()) {
            let action = text(policies, "UntrustedArtifactOnDeployment")?.unwrap_or("Warn");
            let member = "codeSigningPolicies.untrustedArtifactOnDeployment";
            one_of(member, action, &["Warn", "Enforce"])?;
            self.policies = json!({ "UntrustedArtifactOnDeployment": action });
        }
        self.modified_ms = now_ms;
        Ok(())
    }
}

pub(super) fn create(world: &mut World, call: &Call, _captures: &Captures) -> Outcome {
    let body = call.json()?;
    need(&body, "AllowedPublishers")?;
    let id = format!("csc-{}", &world.ids.uuid().replace('-', "")[..17]);
    let mut signing = Signing {
        arn: format!("arn:aws:lambda:{}:{ACCOUNT}:code-signing-config:{id}", call.region),
        id,
        description: String::new(),
        publishers: json!({}),
        policies: json!({ "UntrustedArtifactOnDeployment": "Warn" }),
        tags: tag::from_body(&body)?,
        modified_ms: call.now_ms,
    };
    signing.apply(&body, call.now_ms)?;
    let shown = json!({ "CodeSigningConfig": signing.shown() });
    world.lambda.region(&call.region).signing.insert(signing.arn.clone(), signing);
    Ok(Answer::json(201, &shown))
}

pub(super) fn get(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let signing = named(world, call, captures)?;
    Ok(Answer::json(200, &json!({ "CodeSigningConfig": signing.shown() })))
}

pub(super) fn update(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let body = call.json()?;
    let signing = named(world, call, captures)?;
    let mut updated = signing.clone();
    updated.apply(&body, call.now_ms)?;
    *signing = updated;
    Ok(Answer::json(200, &json!({ "CodeSigningConfig": signing.shown() })))
}

pub(super) fn delete(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let arn = named(world, call, captures)?.arn.clone();
    let region = world.lambda.region(&call.region);
    if region.functions.values().any(|function| function.signing.as_ref() == Some(&arn)) {
        return Err(conflict(format!(
            "Cannot delete code signing configuration {arn} because it is attached to at least one function."
        )));
    }
    region.signing.remove(&arn);
    Ok(Answer::empty(204))
}

pub(super) fn list(world: &mut World, call: &Call, _captures: &Captures) -> Outcome {
    let page = Page::of(call, PAGE_MAX)?;
    let all = &world.lambda.region(&call.region).signing;
    let (items, next) = page.cut(all.iter().map(|(arn, signing)| (arn.clone(), signing.shown())));
    Ok(listing("CodeSigningConfigs", &items, next.as_deref()))
}

pub(super) fn list_functions(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let page = Page::of(call, PAGE_MAX)?;
    let signing_arn = named(world, call, captures)?.arn.clone();
    let functions = world.lambda.region(&call.region).functions.values();
    let users = functions.filter(|function| function.signing.as_ref() == Some(&signing_arn));
    let keyed = users.map(|function| (function.name.clone(), json!(arn(&function.region, &function.name))));
    let (items, next) = page.cut(keyed);
    Ok(listing("FunctionArns", &items, next.as_deref()))
}

pub(super) fn put_for_function(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let target = Target::parse(captures.at(0), &call.region)?;
    let body = call.json()?;
    let asked = need_text(&body, "CodeSigningConfigArn")?;
    if !target.region_mut(world).signing.contains_key(asked) {
        let message = format!(
            "The code signing configuration cannot be found. Check that the provided configuration is not deleted: \
             {asked}."
        );
        return Err(Refusal::new(404, "CodeSigningConfigNotFoundException", message).with("Type", "User"));
    }
    let function = target.function_mut(world)?;
    function.signing = Some(asked.to_owned());
    Ok(Answer::json(200, &json!({ "CodeSigningConfigArn": asked, "FunctionName": function.name })))
}

pub(super) fn get_for_function(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let target = Target::parse(captures.at(0), &call.region)?;
    let function = target.function(world)?;
    let shown = match &function.signing {
        Some(arn) => json!({ "CodeSigningConfigArn": arn, "FunctionName": function.name }),
        None => json!({}),
    };
    Ok(Answer::json(200, &shown))
}

pub(super) fn delete_for_function(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let target = Target::parse(captures.at(0), &call.region)?;
    target.function_mut(world)?.signing = None;
    Ok(Answer::empty(204))
}

fn named<'a>(world: &'a mut World, call: &Call, captures: &Captures) -> Result<&'a mut Signing, Refusal> {
    let arn = captures.at(0);
    let known = r"arn:(aws[a-zA-Z-]*)?:lambda:[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:code-signing-config:csc-[a-z0-9]{17}";
    pattern("codeSigningConfigArn", arn, arn.contains(":code-signing-config:csc-"), known)?;
    let missing = || not_found(format!("The Lambda code signing configuration {arn} can not be found."));
    world.lambda.region(&call.region).signing.get_mut(arn).ok_or_else(missing)
}
