//! Posts one JSON document: for webhooks, over the same HTTP client as the calls to AWS.

use std::time::Duration;

use aws_smithy_http_client::Connector;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;

/// How long one attempt may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Posts a JSON document once; the status of the answer, or why there is none. The address, which may be a secret, is
/// in no message.
pub async fn post_json(url: &str, body: String) -> Result<u16, String> {
    let mut request = HttpRequest::new(SdkBody::from(body));
    request.set_method("POST").map_err(|error| error.to_string())?;
    request.set_uri(url).map_err(|_| "it is not an address".to_owned())?;
    request.headers_mut().insert("content-type", "application/json");
    request.headers_mut().insert("user-agent", concat!("recon/", env!("CARGO_PKG_VERSION")));
    let builder = Connector::builder().proxy_config(ProxyConfig::from_env());
    let connector = if url.starts_with("http://") {
        builder.build_http()
    } else {
        builder.tls_provider(Provider::Rustls(CryptoMode::Ring)).build()
    };
    match tokio::time::timeout(TIMEOUT, connector.call(request)).await {
        Ok(Ok(answer)) => Ok(answer.status().as_u16()),
        Ok(Err(error)) if error.is_timeout() => Err("no answer in time".to_owned()),
        Ok(Err(_)) => Err("no connection, or it broke".to_owned()),
        Err(_) => Err(format!("no answer within {} s", TIMEOUT.as_secs())),
    }
}
