//! From the arguments of a `provider "aws"` block to a connection.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use aws_config::default_provider::credentials::DefaultCredentialsChain;
use aws_config::profile::{ProfileFileCredentialsProvider, ProfileFileRegionProvider};
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use recon_core::Known;
use recon_core::provider::{ErrorKind, ProviderError, Waits};

use crate::assume::assume;
use crate::aws::{Aws, Clients, Partition, Surroundings};
use crate::data::regions;
use crate::endpoints::{API_GATEWAY, CLOUDTRAIL, IAM, LAMBDA, LOGS, STS, Service, endpoint};
use crate::http::HttpClients;
use crate::pace::Pace;
use crate::profile::{environment, profile_files};
use crate::quota::Quotas;
use crate::tags::IgnoredTags;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// The longest that a service may think about one call.
const READ_TIMEOUT: Duration = Duration::from_mins(1);
/// The longest that one call may take, with the upload of 50 MB over a slow line.
const ATTEMPT_TIMEOUT: Duration = Duration::from_mins(10);

const UNSUPPORTED: &[(&str, &str)] = &[
    ("insecure", "Trust the endpoint's certificate with `custom_ca_bundle` instead."),
    (
        "ec2_metadata_service_endpoint",
        "Set the environment variable `AWS_EC2_METADATA_SERVICE_ENDPOINT` instead.",
    ),
    (
        "ec2_metadata_service_endpoint_mode",
        "Set the environment variable `AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE` instead.",
    ),
];

/// Connects as the block says. Nothing is sent, unless the account must be checked.
pub(crate) async fn connect(config: &Known, waits: Arc<dyn Waits>) -> Result<Aws, ProviderError> {
    refuse_unsupported(config)?;
    let http = HttpClients::new(config)?;
    let region = region(config).await?;
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(READ_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .build();
    let mut shared = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region.clone()))
        .retry_config(RetryConfig::disabled())
        .timeout_config(timeouts)
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
    shared.set_use_fips(config.get("use_fips_endpoint").as_bool());
    shared.set_use_dual_stack(config.get("use_dualstack_endpoint").as_bool());
    let shared = shared.build();
    let credentials = credentials(config, &http, &region).await;
    let sts = endpoint(STS, config, &environment);
    let sts = service_config(&shared, &http, sts.as_deref(), config.text("sts_region"));
    let assumed = assume(config, credentials.clone(), &sts).await?;
    let with = Parts { shared, http: &http, credentials: assumed, config };
    let clients = clients(&with, &sts);
    let around = Surroundings {
        partition: Partition::of_region(&region),
        region,
        default_tags: default_tags(config),
        ignored_tags: ignored_tags(config),
        quotas: Quotas::new(pace(config)?, waits),
        http,
        endpoints: custom_endpoints(config),
        credentials,
    };
    let aws = Aws::new(clients, around);
    check_account(config, &aws).await?;
    Ok(aws)
}

/// What the clients are made from.
struct Parts<'a> {
    shared: SdkConfig,
    http: &'a HttpClients,
    credentials: SharedCredentialsProvider,
    config: &'a Known,
}

impl Parts<'_> {
    fn of(&self, service: Service) -> SdkConfig {
        let endpoint = endpoint(service, self.config, &environment);
        let config = service_config(&self.shared, self.http, endpoint.as_deref(), None);
        config.into_builder().credentials_provider(self.credentials.clone()).build()
    }
}

fn clients(parts: &Parts<'_>, sts: &SdkConfig) -> Clients {
    let sts = sts.to_builder().credentials_provider(parts.credentials.clone()).build();
    Clients {
        lambda: aws_sdk_lambda::Client::new(&parts.of(LAMBDA)),
        apigateway: aws_sdk_apigateway::Client::new(&crate::apigateway::mended(&parts.of(API_GATEWAY))),
        iam: aws_sdk_iam::Client::new(&parts.of(IAM)),
        logs: aws_sdk_cloudwatchlogs::Client::new(&parts.of(LOGS)),
        sts: aws_sdk_sts::Client::new(&sts),
        cloudtrail: aws_sdk_cloudtrail::Client::new(&parts.of(CLOUDTRAIL)),
    }
}

fn service_config(
    shared: &SdkConfig,
    http: &HttpClients,
    endpoint: Option<&str>,
    region: Option<&str>,
) -> SdkConfig {
    let mut builder = shared.to_builder().http_client(http.for_endpoint(endpoint));
    builder.set_endpoint_url(endpoint.map(str::to_owned));
    if let Some(region) = region {
        builder.set_region(Region::new(region.to_owned()));
    }
    builder.build()
}

fn refuse_unsupported(config: &Known) -> Result<(), ProviderError> {
    let is_set = |name: &str| config.get(name).as_bool().unwrap_or(config.text(name).is_some());
    match UNSUPPORTED.iter().find(|(name, _)| is_set(name)) {
        Some((name, help)) => Err(unsupported(name).with_help(*help)),
        None => Ok(()),
    }
}

/// An argument of the block that recon does not support.
pub(crate) fn unsupported(argument: &str) -> ProviderError {
    let message = format!("the argument `{argument}` of the `aws` provider is not supported");
    ProviderError::new(ErrorKind::Unsupported, "configure provider aws", message)
}

/// The region, which has to be one of AWS's unless the configuration says that it need not.
async fn region(config: &Known) -> Result<String, ProviderError> {
    let region = chosen_region(config).await?;
    if config.get("skip_region_validation").as_bool() == Some(true) || regions::is_known(&region) {
        return Ok(region);
    }
    let message = format!("`{region}` is not a region of AWS");
    let meant = regions::nearest(&region).map(|region| format!("Did you mean `{region}`? "));
    let help = "If it is newer than this recon, set `skip_region_validation = true` in the `provider \"aws\"` block.";
    let error = ProviderError::new(ErrorKind::Invalid, "configure provider aws", message);
    Err(error.with_help(format!("{}{help}", meant.unwrap_or_default())))
}

async fn chosen_region(config: &Known) -> Result<String, ProviderError> {
    let named = config.text("region").map(str::to_owned);
    let named = named.or_else(|| environment("AWS_REGION")).or_else(|| environment("AWS_DEFAULT_REGION"));
    if let Some(region) = named {
        return Ok(region);
    }
    let mut profile = ProfileFileRegionProvider::builder();
    if let Some(name) = config.text("profile") {
        profile = profile.profile_name(name);
    }
    if let Some(files) = profile_files(config) {
        profile = profile.profile_files(files);
    }
    match aws_config::meta::region::ProvideRegion::region(&profile.build()).await {
        Some(region) => Ok(region.to_string()),
        None => Err(ProviderError::new(ErrorKind::Invalid, "configure provider aws", "no region is configured").with_help(
            "Set `region` in the `provider \"aws\"` block, the environment variable `AWS_REGION`, or `region` in the profile.",
        )),
    }
}

/// Keys in the block or in the environment need no chain of sources, whose making costs more than all other of a start.
async fn credentials(config: &Known, http: &HttpClients, region: &str) -> SharedCredentialsProvider {
    if let (Some(id), Some(secret)) = (config.text("access_key"), config.text("secret_key")) {
        let token = config.text("token").map(str::to_owned);
        return SharedCredentialsProvider::new(Credentials::new(id, secret, token, None, "provider block"));
    }
    let keys = (environment("AWS_ACCESS_KEY_ID"), environment("AWS_SECRET_ACCESS_KEY"));
    if let ((Some(id), Some(secret)), None) = (keys, config.text("profile")) {
        let token = environment("AWS_SESSION_TOKEN");
        return SharedCredentialsProvider::new(Credentials::new(id, secret, token, None, "environment"));
    }
    let provider = ProviderConfig::without_region()
        .with_region(Some(Region::new(region.to_owned())))
        .with_http_client(http.secure());
    if let Some(files) = profile_files(config) {
        let mut profile = ProfileFileCredentialsProvider::builder().configure(&provider).profile_files(files);
        if let Some(name) = config.text("profile") {
            profile = profile.profile_name(name);
        }
        return SharedCredentialsProvider::new(profile.build());
    }
    let mut chain = DefaultCredentialsChain::builder().configure(provider);
    if let Some(profile) = config.text("profile") {
        chain = chain.profile_name(profile);
    }
    SharedCredentialsProvider::new(chain.build().await)
}

fn default_tags(config: &Known) -> BTreeMap<String, String> {
    config.block("default_tags").map(|block| block.string_entries("tags")).unwrap_or_default()
}

fn ignored_tags(config: &Known) -> IgnoredTags {
    let Some(block) = config.block("ignore_tags") else { return IgnoredTags::default() };
    IgnoredTags {
        keys: block.string_items("keys").into_iter().collect(),
        prefixes: block.string_items("key_prefixes"),
    }
}

fn custom_endpoints(config: &Known) -> BTreeMap<&'static str, String> {
    let services = [LAMBDA, API_GATEWAY, IAM, LOGS, STS].into_iter();
    services.filter_map(|it| Some((it.name(), endpoint(it, config, &environment)?))).collect()
}

fn pace(config: &Known) -> Result<Pace, ProviderError> {
    let is_custom =
        [LAMBDA, API_GATEWAY].iter().any(|service| endpoint(*service, config, &environment).is_some());
    Pace::of(config.get("quotas").as_bool(), environment("RECON_QUOTAS").as_deref(), is_custom)
}

async fn check_account(config: &Known, aws: &Aws) -> Result<(), ProviderError> {
    let (allowed, forbidden) =
        (config.string_items("allowed_account_ids"), config.string_items("forbidden_account_ids"));
    if allowed.is_empty() && forbidden.is_empty() {
        return Ok(());
    }
    let account = aws.account().await?;
    let refuse = |message: String| {
        Err(ProviderError::new(ErrorKind::Invalid, "configure provider aws", message)
            .with_help("Use credentials of another account, for example with `AWS_PROFILE`."))
    };
    if forbidden.contains(&account) {
        return refuse(format!(
            "the credentials belong to account {account}, which `forbidden_account_ids` names"
        ));
    }
    if !allowed.is_empty() && !allowed.contains(&account) {
        return refuse(format!(
            "the credentials belong to account {account}, which `allowed_account_ids` does not name"
        ));
    }
    Ok(())
}
