//! Function URLs: one per function and one per alias.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::constraint::{need_text, one_of, pattern, text};
use super::locate::{Target, is_version};
use super::page::{Page, listing};
use super::refuse::{conflict, not_found};
use crate::route::Captures;
use crate::time;
use crate::wire::{Answer, Call, Outcome, Refusal};
use crate::world::World;

const PAGE_MAX: usize = 50;

/// A function URL.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Url {
    /// The first label of its host.
    pub id: String,
    /// `NONE` or `AWS_IAM`.
    pub auth: String,
    /// `BUFFERED` or `RESPONSE_STREAM`.
    pub mode: String,
    /// The CORS settings.
    pub cors: Option<Value>,
    /// When it was made, in milliseconds.
    pub created_ms: i64,
    /// When it last changed, in milliseconds.
    pub modified_ms: i64,
}

impl Url {
    fn shown(&self, target: &Target) -> Value {
        let mut shown = json!({
            "FunctionUrl": format!("https://{}.lambda-url.{}.on.aws/", self.id, target.region),
            "FunctionArn": target.arn(),
            "AuthType": self.auth,
            "CreationTime": time::iso_ms(self.created_ms),
            "LastModifiedTime": time::iso_ms(self.modified_ms),
            "InvokeMode": self.mode,
        });
        if let Some(cors) = &self.cors {
            shown["Cors"] = cors.clone();
        }
        shown
    }
}

pub(super) fn create(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let target = target(call, captures)?;
    let body = call.json()?;
    let auth = need_text(&body, "AuthType")?;
    check(&body)?;
    target.resolve(world).map_err(|_| not_found("Function does not exist"))?;
    let id = world.ids.next_id(32);
    let function = target.function_mut(world)?;
    if function.urls.contains_key(target.key()) {
        return Err(conflict(format!(
            "Failed to create function url config for [functionArn = {}]. Error message:  FunctionUrlConfig exists for \
             this Lambda function",
            target.arn()
        )));
    }
    let url = Url {
        id,
        auth: auth.to_owned(),
        mode: text(&body, "InvokeMode")?.unwrap_or("BUFFERED").to_owned(),
        cors: cors(&body),
        created_ms: call.now_ms,
        modified_ms: call.now_ms,
    };
    let mut shown = url.shown(&target);
    if let Some(object) = shown.as_object_mut() {
        object.remove("LastModifiedTime");
    }
    function.urls.insert(target.key().to_owned(), url);
    Ok(Answer::json(201, &shown))
}

pub(super) fn get(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let target = target(call, captures)?;
    let url = target.function(world).ok().and_then(|function| function.urls.get(target.key()));
    Ok(Answer::json(200, &url.ok_or_else(missing)?.shown(&target)))
}

pub(super) fn update(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let target = target(call, captures)?;
    let body = call.json()?;
    check(&body)?;
    let function = target.function_mut(world).map_err(|_| not_found("Function does not exist"))?;
    let url = function.urls.get_mut(target.key()).ok_or_else(missing)?;
    if let Some(auth) = text(&body, "AuthType")? {
        auth.clone_into(&mut url.auth);
    }
    if let Some(mode) = text(&body, "InvokeMode")? {
        mode.clone_into(&mut url.mode);
    }
    if body.get("Cors").is_some_and(Value::is_object) {
        url.cors = cors(&body);
    }
    url.modified_ms = call.now_ms;
    Ok(Answer::json(200, &url.shown(&target)))
}

pub(super) fn delete(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let target = target(call, captures)?;
    let function = target.function_mut(world).map_err(|_| missing())?;
    function.urls.remove(target.key()).map(|_| Answer::empty(204)).ok_or_else(missing)
}

pub(super) fn list(world: &mut World, call: &Call, captures: &Captures) -> Outcome {
    let target = Target::parse(captures.at(0), &call.region)?;
    let page = Page::of(call, PAGE_MAX)?;
    let function = target.function(world).map_err(|_| not_found("Function does not exist"))?;
    let keyed = function.urls.iter().map(|(qualifier, url)| (format!("/{qualifier}"), (qualifier, url)));
    let (items, next) = page.cut(keyed);
    let shown = items.iter().map(|(qualifier, url)| {
        let qualifier = Some((*qualifier).clone()).filter(|qualifier| !qualifier.is_empty());
        url.shown(&Target { qualifier, ..target.clone() })
    });
    Ok(listing("FunctionUrlConfigs", &shown.collect::<Vec<_>>(), next.as_deref()))
}

fn target(call: &Call, captures: &Captures) -> Result<Target, Refusal> {
    let target = Target::of(call, captures.at(0))?;
    let key = target.key();
    pattern("qualifier", key, !is_version(key) && key != "$LATEST", r"((?!^\d+$)^[0-9a-zA-Z-_]+$)")?;
    Ok(target)
}

fn missing() -> Refusal {
    not_found("The resource you requested does not exist.")
}

fn check(body: &Value) -> Result<(), Refusal> {
    if let Some(auth) = text(body, "AuthType")? {
        one_of("authType", auth, &["NONE", "AWS_IAM"])?;
    }
    if let Some(mode) = text(body, "InvokeMode")? {
        one_of("invokeMode", mode, &["BUFFERED", "RESPONSE_STREAM"])?;
    }
    Ok(())
}

fn cors(body: &Value) -> Option<Value> {
    let asked = body.get("Cors")?.as_object()?;
    (!asked.is_empty()).then(|| Value::Object(asked.clone()))
}
