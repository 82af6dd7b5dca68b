//! Where each service is reached: the provider's `endpoints`, the environment, the profile, or AWS itself.

use recon_core::Known;

/// A service that recon calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Service {
    /// Its names in `endpoints`, the main one first.
    arguments: &'static [&'static str],
    /// What its environment variable ends in.
    variable: &'static str,
}

impl Service {
    /// Its name in operations, as in `lambda:GetFunction`.
    pub(crate) fn name(self) -> &'static str {
        self.arguments[0]
    }
}

pub(crate) const LAMBDA: Service = Service { arguments: &["lambda"], variable: "LAMBDA" };
pub(crate) const API_GATEWAY: Service = Service { arguments: &["apigateway"], variable: "API_GATEWAY" };
pub(crate) const IAM: Service = Service { arguments: &["iam"], variable: "IAM" };
pub(crate) const LOGS: Service =
    Service { arguments: &["logs", "cloudwatchlogs", "cloudwatchlog"], variable: "CLOUDWATCH_LOGS" };
pub(crate) const CLOUDTRAIL: Service = Service { arguments: &["cloudtrail"], variable: "CLOUDTRAIL" };
pub(crate) const STS: Service = Service { arguments: &["sts"], variable: "STS" };

/// The endpoint of a service, if it is not AWS's own. `environment` reads a variable.
pub(crate) fn endpoint(
    service: Service,
    config: &Known,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Option<String> {
    let blocks = config.get("endpoints").items();
    let mut configured =
        service.arguments.iter().flat_map(|name| blocks.iter().map(|block| block.text(name)));
    if let Some(address) = configured.find_map(|address| address) {
        return Some(address.to_owned());
    }
    if environment("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
        .is_some_and(|text| text.eq_ignore_ascii_case("true"))
    {
        return None;
    }
    let own = environment(&format!("AWS_ENDPOINT_URL_{}", service.variable));
    own.or_else(|| environment("AWS_ENDPOINT_URL")).filter(|address| !address.is_empty())
}

#[cfg(test)]
mod tests {
    use recon_core::{Known, Value};

    use super::*;

    fn configured(entries: &[(&'static str, &str)]) -> Known {
        let block = Value::object(entries.iter().map(|(name, value)| (*name, Value::from(*value))));
        Known::with_nulls(&Value::object([("endpoints", Value::tuple(vec![block]))]))
    }

    #[test]
    fn the_block_wins_over_the_environment() {
        let environment = |name: &str| (name == "AWS_ENDPOINT_URL").then(|| "http://e".to_owned());
        let config = configured(&[("lambda", "http://l")]);
        assert_eq!(endpoint(LAMBDA, &config, &environment).as_deref(), Some("http://l"));
        assert_eq!(endpoint(IAM, &config, &environment).as_deref(), Some("http://e"));
    }

    #[test]
    fn a_services_own_variable_wins_over_the_general_one() {
        let environment = |name: &str| match name {
            "AWS_ENDPOINT_URL" => Some("http://e".to_owned()),
            "AWS_ENDPOINT_URL_API_GATEWAY" => Some("http://a".to_owned()),
            _ => None,
        };
        assert_eq!(endpoint(API_GATEWAY, &configured(&[]), &environment).as_deref(), Some("http://a"));
    }

    #[test]
    fn without_a_word_it_is_awss_own() {
        assert_eq!(endpoint(STS, &configured(&[]), &|_| None), None);
    }
}
