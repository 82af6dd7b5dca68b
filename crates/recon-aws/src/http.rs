//! The HTTP clients under the SDK: one without TLS for plain endpoints, because loading certificates costs more than
//! a whole plan against one, and one with TLS, made when first needed.

use std::sync::OnceLock;

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use recon_core::Known;
use recon_core::provider::{ErrorKind, ProviderError};

/// Idle connections kept to one host: about as many as calls run at once.
const IDLE_CONNECTIONS_MAX: usize = 64;

/// Makes HTTP clients by the provider's arguments.
pub(crate) struct HttpClients {
    proxy: ProxyConfig,
    tls: TlsContext,
    plain: OnceLock<SharedHttpClient>,
    secure: OnceLock<SharedHttpClient>,
}

impl HttpClients {
    /// By `http_proxy`, `https_proxy`, `no_proxy` and `custom_ca_bundle`.
    pub(crate) fn new(config: &Known) -> Result<Self, ProviderError> {
        Ok(Self { proxy: proxy(config)?, tls: tls(config)?, plain: OnceLock::new(), secure: OnceLock::new() })
    }

    /// The client for an endpoint; without one, for AWS itself.
    pub(crate) fn for_endpoint(&self, endpoint: Option<&str>) -> SharedHttpClient {
        if endpoint.is_some_and(|endpoint| endpoint.starts_with("http://")) {
            return self.plain.get_or_init(|| self.plain()).clone();
        }
        self.secure()
    }

    /// The client for HTTPS.
    pub(crate) fn secure(&self) -> SharedHttpClient {
        self.secure.get_or_init(|| self.build_secure()).clone()
    }

    /// A connection for a single request to an address.
    pub(crate) fn connector(&self, address: &str) -> Connector {
        let builder = Connector::builder().proxy_config(self.proxy.clone());
        if address.starts_with("http://") {
            return builder.build_http();
        }
        builder.tls_provider(Provider::Rustls(CryptoMode::Ring)).tls_context(self.tls.clone()).build()
    }

    fn plain(&self) -> SharedHttpClient {
        let proxy = self.proxy.clone();
        Builder::new().pool_max_idle_per_host(IDLE_CONNECTIONS_MAX).build_with_connector_fn(
            move |settings, _| {
                let mut builder = Connector::builder().proxy_config(proxy.clone());
                builder.set_connector_settings(settings.cloned());
                builder.build_http()
            },
        )
    }

    fn build_secure(&self) -> SharedHttpClient {
        let (proxy, tls) = (self.proxy.clone(), self.tls.clone());
        Builder::new().pool_max_idle_per_host(IDLE_CONNECTIONS_MAX).build_with_connector_fn(
            move |settings, _| {
                let mut builder = Connector::builder().proxy_config(proxy.clone());
                builder.set_connector_settings(settings.cloned());
                builder.tls_provider(Provider::Rustls(CryptoMode::Ring)).tls_context(tls.clone()).build()
            },
        )
    }
}

fn proxy(config: &Known) -> Result<ProxyConfig, ProviderError> {
    let (http, https) = (config.text("http_proxy"), config.text("https_proxy"));
    let proxy = match (http, https) {
        (None, None) => return Ok(ProxyConfig::from_env()),
        (Some(http), Some(https)) if http == https => ProxyConfig::all(http),
        // The SDK's client takes one proxy; all of AWS's own endpoints are HTTPS.
        (_, Some(https)) => ProxyConfig::https(https),
        (Some(http), None) => ProxyConfig::all(http),
    };
    let invalid = |error| wrong("http_proxy", &format!("not the address of a proxy: {error}"));
    let proxy = proxy.map_err(invalid)?;
    Ok(match config.text("no_proxy") {
        Some(rules) => proxy.no_proxy(rules),
        None => proxy,
    })
}

fn tls(config: &Known) -> Result<TlsContext, ProviderError> {
    let from_environment = std::env::var("AWS_CA_BUNDLE").ok().filter(|path| !path.is_empty());
    let Some(path) = config.text("custom_ca_bundle").map(str::to_owned).or(from_environment) else {
        return Ok(TlsContext::default());
    };
    let read = std::fs::read(&path);
    let pem = read.map_err(|error| wrong("custom_ca_bundle", &format!("read `{path}`: {error}")))?;
    let store = TrustStore::empty().with_pem_certificate(pem);
    let built = TlsContext::builder().with_trust_store(store).build();
    built.map_err(|error| wrong("custom_ca_bundle", &format!("`{path}` holds no certificates: {error}")))
}

fn wrong(argument: &str, message: &str) -> ProviderError {
    ProviderError::new(ErrorKind::Invalid, format!("configure provider aws: {argument}"), message)
}
