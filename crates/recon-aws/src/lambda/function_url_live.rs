//! Reads, makes, changes and destroys function URLs.

use async_trait::async_trait;
use aws_sdk_lambda::types::{Cors, FunctionUrlAuthType, FunctionUrlConfig, InvokeMode};
use recon_core::provider::{ErrorKind, Failed, ProviderError};
use recon_core::{Known, Type, Value};

use super::function_url::{FunctionUrl, KIND, SCHEMA};
use super::name::parts;
use super::qualified::{self, Page, PerQualifier, Target, if_there, split, wrong_id};
use crate::aws::Aws;
use crate::call::Created;
use crate::live::Live;
use crate::shape::{block, merge, no_block, object, text};
use crate::snapshot::Snapshot;

/// The statement that lets everybody call a URL without authorization; Lambda's console makes it under this name too.
pub(crate) const PUBLIC_URL_STATEMENT: &str = "FunctionURLAllowPublicAccess";

/// A URL as Lambda shows it.
#[derive(Clone, Debug)]
pub(super) struct Found {
    url: String,
    arn: String,
    auth: FunctionUrlAuthType,
    cors: Option<Cors>,
    mode: Option<InvokeMode>,
}

/// A URL from any of the four answers that show one: they have the same members and different types.
macro_rules! found {
    ($answer:expr) => {{
        let answer = $answer;
        Found {
            url: answer.function_url,
            arn: answer.function_arn,
            auth: answer.auth_type,
            cors: answer.cors,
            mode: answer.invoke_mode,
        }
    }};
}

#[async_trait]
impl Live for FunctionUrl {
    async fn read(
        &self,
        aws: &Aws,
        snapshot: &Snapshot,
        have: &Known,
    ) -> Result<Option<Known>, ProviderError> {
        let live: Option<Found> = qualified::read(aws, snapshot, have).await?;
        Ok(live.map(|live| value(have, &live)))
    }

    async fn create(&self, aws: &Aws, want: &Known) -> Result<Known, Failed> {
        let target = Target::of(want);
        let send = || {
            aws.lambda
                .create_function_url_config()
                .function_name(target.function)
                .set_qualifier(target.qualifier())
                .auth_type(auth_type(want))
                .set_cors(want.block("cors").map(cors))
                .set_invoke_mode(invoke_mode(want))
                .send()
        };
        let made = match aws.call_create("lambda:CreateFunctionUrlConfig", send).await? {
            Created::Answered(answer) => found!(answer),
            Created::Unheard => Found::get(aws, target).await?.ok_or_else(|| vanished(want))?,
        };
        let made = value(want, &made);
        match open(aws, want).await {
            Ok(()) => Ok(made),
            Err(error) => Err(Failed { error, left_behind: Some(made) }),
        }
    }

    async fn update(&self, aws: &Aws, have: &Known, want: &Known) -> Result<Known, Failed> {
        let target = Target::of(want);
        let send = || {
            aws.lambda
                .update_function_url_config()
                .function_name(target.function)
                .set_qualifier(target.qualifier())
                .auth_type(auth_type(want))
                // Settings that are not sent stay, so that their removal must be said.
                .cors(want.block("cors").map_or_else(|| Cors::builder().build(), cors))
                .set_invoke_mode(invoke_mode(want))
                .send()
        };
        let answer = aws.call("lambda:UpdateFunctionUrlConfig", send).await?;
        let changed = value(want, &found!(answer));
        if have.get("authorization_type").same(want.get("authorization_type")) {
            return Ok(changed);
        }
        let settled = match auth_type(want) {
            FunctionUrlAuthType::None => open(aws, want).await,
            _ => close(aws, have).await,
        };
        match settled {
            Ok(()) => Ok(changed),
            Err(error) => Err(Failed { error, left_behind: Some(changed) }),
        }
    }

    async fn delete(&self, aws: &Aws, have: &Known) -> Result<(), ProviderError> {
        let target = Target::of(have);
        let send = || {
            let request = aws.lambda.delete_function_url_config().function_name(target.function);
            request.set_qualifier(target.qualifier()).send()
        };
        if_there(aws.call("lambda:DeleteFunctionUrlConfig", send).await)?;
        close(aws, have).await
    }

    async fn import(&self, aws: &Aws, _: &Snapshot, id: &str) -> Result<Option<Known>, ProviderError> {
        let help = "A URL is imported by FUNCTION or FUNCTION/ALIAS, as in `ItemsFunction/live`.";
        let (function, qualifier) = split(id, '/').ok_or_else(|| wrong_id(KIND, id, help))?;
        let have =
            object(&SCHEMA, [("function_name", Value::from(function)), ("qualifier", text(qualifier))]);
        Ok(Found::get(aws, Target::of(&have)).await?.map(|live| value(&have, &live)))
    }

    async fn adopt(&self, aws: &Aws, want: &Known, _: i64) -> Result<Vec<Known>, ProviderError> {
        let Some(live) = Found::get(aws, Target::of(want)).await? else { return Ok(Vec::new()) };
        let found = value(want, &live);
        let compared = ["authorization_type", "invoke_mode", "cors"];
        if !compared.iter().all(|name| found.get(name).same(want.get(name))) {
            return Ok(Vec::new());
        }
        open(aws, want).await?;
        Ok(vec![found])
    }
}

/// Lets everybody call a URL that asks for no authorization, as nobody could call it otherwise.
async fn open(aws: &Aws, want: &Known) -> Result<(), ProviderError> {
    if auth_type(want) != FunctionUrlAuthType::None {
        return Ok(());
    }
    let target = Target::of(want);
    let send = || {
        aws.lambda
            .add_permission()
            .function_name(target.function)
            .set_qualifier(target.qualifier())
            .statement_id(PUBLIC_URL_STATEMENT)
            .action("lambda:InvokeFunctionUrl")
            .principal("*")
            .function_url_auth_type(FunctionUrlAuthType::None)
            .send()
    };
    match aws.call("lambda:AddPermission", send).await {
        Err(error) if error.kind != ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// Takes back what a URL without authorization brought with it.
async fn close(aws: &Aws, have: &Known) -> Result<(), ProviderError> {
    if auth_type(have) != FunctionUrlAuthType::None {
        return Ok(());
    }
    let target = Target::of(have);
    let send = || {
        let remove = aws.lambda.remove_permission().function_name(target.function);
        remove.set_qualifier(target.qualifier()).statement_id(PUBLIC_URL_STATEMENT).send()
    };
    if_there(aws.call("lambda:RemovePermission", send).await).map(drop)
}

#[async_trait]
impl PerQualifier for Found {
    const KIND: &'static str = KIND;
    const OWN: &'static str = "";

    async fn get(aws: &Aws, target: Target<'_>) -> Result<Option<Self>, ProviderError> {
        let send = || {
            let request = aws.lambda.get_function_url_config().function_name(target.function);
            request.set_qualifier(target.qualifier()).send()
        };
        let answer = if_there(aws.call("lambda:GetFunctionUrlConfig", send).await)?;
        Ok(answer.map(|answer| found!(answer)))
    }

    async fn page(
        aws: &Aws,
        function: &str,
        marker: Option<String>,
    ) -> Result<Option<Page<Self>>, ProviderError> {
        let send = || {
            aws.lambda.list_function_url_configs().function_name(function).set_marker(marker.clone()).send()
        };
        let answer = if_there(aws.call("lambda:ListFunctionUrlConfigs", send).await)?;
        Ok(answer.map(|page| Page {
            items: page.function_url_configs.into_iter().map(keyed).collect(),
            next: page.next_marker,
        }))
    }
}

fn keyed(url: FunctionUrlConfig) -> (String, Found) {
    let qualifier = parts(&url.function_arn).1.unwrap_or_default().to_owned();
    (qualifier, found!(url))
}

fn auth_type(want: &Known) -> FunctionUrlAuthType {
    FunctionUrlAuthType::from(want.str("authorization_type").unwrap_or_default())
}

fn invoke_mode(want: &Known) -> Option<InvokeMode> {
    want.text("invoke_mode").map(InvokeMode::from)
}

fn cors(block: &Value) -> Cors {
    let set = |name: &str| Some(block.string_items(name)).filter(|items| !items.is_empty());
    Cors::builder()
        .set_allow_credentials(block.get("allow_credentials").as_bool())
        .set_allow_headers(set("allow_headers"))
        .set_allow_methods(set("allow_methods"))
        .set_allow_origins(set("allow_origins"))
        .set_expose_headers(set("expose_headers"))
        .set_max_age(block.get("max_age").as_i32())
        .build()
}

fn value(have: &Known, live: &Found) -> Known {
    let url = live.url.as_str();
    let host = url.trim_start_matches("https://");
    let mode = live.mode.as_ref().map_or("BUFFERED", InvokeMode::as_str);
    let function = have.str("function_name").unwrap_or_default();
    let id = match have.text("qualifier") {
        Some(qualifier) => format!("{function}/{qualifier}"),
        None => function.to_owned(),
    };
    let attributes = [
        ("id", Value::from(id)),
        ("authorization_type", Value::from(live.auth.as_str())),
        ("cors", live_cors(have, live.cors.as_ref())),
        ("function_arn", Value::from(live.arn.as_str())),
        ("function_url", Value::from(url)),
        ("invoke_mode", Value::from(mode)),
        ("url_id", Value::from(host.split('.').next().unwrap_or_default())),
    ];
    merge(have.clone(), attributes)
}

/// The block as it is remembered where live settings mean the same: no settings, `false`, `0` and an empty set all do.
fn live_cors(have: &Known, live: Option<&Cors>) -> Value {
    let remembered = have.block("cors");
    let set = |name: &str, items: &[String]| -> Value {
        if items.is_empty() {
            let empty = remembered.map(|block| block.get(name).clone()).filter(|set| set.items().is_empty());
            return empty.unwrap_or_else(|| Value::null(Type::set(Type::String)));
        }
        crate::shape::set(items.iter().cloned())
    };
    let empty = Cors::builder().build();
    let cors = live.unwrap_or(&empty);
    let is_null = |name: &str| remembered.is_none_or(|block| block.get(name).is_null());
    let credentials = match cors.allow_credentials().unwrap_or(false) {
        false if is_null("allow_credentials") => Value::null(Type::Bool),
        allowed => Value::from(allowed),
    };
    let max_age = match cors.max_age().unwrap_or(0) {
        0 if is_null("max_age") => Value::null(Type::Number),
        seconds => Value::from(i64::from(seconds)),
    };
    let attributes = [
        ("allow_credentials", credentials),
        ("allow_headers", set("allow_headers", cors.allow_headers())),
        ("allow_methods", set("allow_methods", cors.allow_methods())),
        ("allow_origins", set("allow_origins", cors.allow_origins())),
        ("expose_headers", set("expose_headers", cors.expose_headers())),
        ("max_age", max_age),
    ];
    let says_nothing = *cors == empty || attributes.iter().all(|(_, part)| part.is_null());
    if remembered.is_none() && says_nothing { no_block() } else { block(attributes) }
}

fn vanished(want: &Known) -> ProviderError {
    let message = format!(
        "the URL of function `{}` is gone while it is being made",
        want.str("function_name").unwrap_or_default()
    );
    ProviderError::new(ErrorKind::NotFound, "lambda:GetFunctionUrlConfig", message)
}
