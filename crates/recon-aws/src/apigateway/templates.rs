//! Empty templates: API Gateway answers them as null, which the SDK takes for a broken answer.
//!
//! So the bodies of its answers pass through here, and such a null becomes the empty text that was meant.

use aws_config::SdkConfig;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use serde_json::Value as Json;

/// The maps whose values may be empty templates.
const MAPS: &[&str] = &["requestTemplates", "responseTemplates"];

/// The same configuration, with answers mended before the SDK sees them.
pub(crate) fn mended(config: &SdkConfig) -> SdkConfig {
    let builder = config.clone().into_builder();
    match config.http_client() {
        Some(inner) => builder.http_client(Mending { inner: inner.clone() }).build(),
        None => builder.build(),
    }
}

#[derive(Debug)]
struct Mending {
    inner: SharedHttpClient,
}

impl HttpClient for Mending {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(MendingConnector { inner: self.inner.http_connector(settings, components) })
    }
}

#[derive(Debug)]
struct MendingConnector {
    inner: SharedHttpConnector,
}

impl HttpConnector for MendingConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let answer = self.inner.call(request);
        HttpConnectorFuture::new(async move {
            let mut response: HttpResponse = answer.await?;
            let body = std::mem::replace(response.body_mut(), SdkBody::empty());
            let bytes =
                ByteStream::new(body).collect().await.map_err(|error| ConnectorError::io(error.into()))?;
            let bytes = bytes.to_vec();
            let body = match mend(&bytes) {
                Some(mended) => {
                    // It counts the bytes that came.
                    response.headers_mut().remove("content-length");
                    mended
                }
                None => bytes,
            };
            *response.body_mut() = SdkBody::from(body);
            Ok(response)
        })
    }
}

/// The body without nulls in maps of templates; nothing where there are none.
fn mend(body: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(body).ok()?;
    if !text.contains("null") || !MAPS.iter().any(|map| text.contains(map)) {
        return None;
    }
    let mut json: Json = serde_json::from_str(text).ok()?;
    fill(&mut json);
    Some(json.to_string().into_bytes())
}

fn fill(json: &mut Json) {
    match json {
        Json::Array(items) => items.iter_mut().for_each(fill),
        Json::Object(entries) => {
            for (name, value) in entries {
                match value {
                    Json::Object(templates) if MAPS.contains(&name.as_str()) => {
                        let empty = templates.values_mut().filter(|template| template.is_null());
                        empty.for_each(|template| *template = Json::from(""));
                    }
                    other => fill(other),
                }
            }
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_null_template_becomes_empty_wherever_it_is() {
        let body = br#"{"uri":null,"a":[{"requestTemplates":{"text/plain":null,"x":"null"}}]}"#;
        let mended = String::from_utf8(mend(body).unwrap()).unwrap();
        assert_eq!(mended, r#"{"uri":null,"a":[{"requestTemplates":{"text/plain":"","x":"null"}}]}"#);
    }

    #[test]
    fn other_bodies_pass_as_they_are() {
        assert_eq!(mend(br#"{"uri":null}"#), None);
        assert_eq!(mend(b"\xff null requestTemplates"), None);
    }
}
