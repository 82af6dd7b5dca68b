//! The log groups that functions and stages write to.

use std::collections::BTreeMap;

use recon_core::Value;

use super::group::KIND;
use super::reads;
use crate::aws::Aws;
use crate::discover::harvest::{Harvest, Spotted};
use crate::discover::names::{slug, subject};
use crate::snapshot::Snapshot;

/// What the names of groups begin with that Lambda makes.
pub(crate) const OF_FUNCTIONS: &str = "/aws/lambda/";

/// Adds those of the groups that are there; each comes with what writes to it. The snapshot is of all of them.
pub(crate) async fn groups(aws: &Aws, snapshot: &Snapshot, writers: &BTreeMap<String, String>) -> Harvest {
    let mut harvest = Harvest::default();
    for (name, writer) in writers {
        let answer = reads::shared(aws, snapshot, name).await;
        let is_refused = answer.is_err();
        if harvest.take("the log groups", answer).flatten().is_some() {
            harvest.add(group(name, writer));
        }
        // What one call is refused, others are, too.
        if is_refused {
            break;
        }
    }
    harvest
}

fn group(name: &str, writer: &str) -> Spotted {
    let spotted = Spotted::new(KIND, &["name"], name.to_owned(), &[("name", name)]);
    let called = match name.strip_prefix(OF_FUNCTIONS) {
        Some(function) => subject(function),
        None => slug(name.trim_start_matches("/aws/")),
    };
    spotted.with("skip_destroy", &Value::from(false)).named(called).about(writer)
}

/// The group of an ARN; nothing for what is none.
pub(crate) fn named(arn: &str) -> Option<&str> {
    let (_, name) = arn.split_once(":log-group:")?;
    Some(name.strip_suffix(":*").unwrap_or(name)).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    #[test_case("arn:aws:logs:us-east-1:1:log-group:access", Some("access"))]
    #[test_case("arn:aws:logs:us-east-1:1:log-group:/api/access:*", Some("/api/access"); "with all of its streams")]
    #[test_case("arn:aws:firehose:us-east-1:1:deliverystream/amazon-apigateway-access", None; "a stream")]
    fn an_arn_names_a_group(arn: &str, expected: Option<&str>) {
        assert_eq!(named(arn), expected);
    }

    #[test_case("/aws/lambda/ItemsFunction", "items")]
    #[test_case("/aws/api-gateway/items", "api_gateway_items")]
    #[test_case("access", "access")]
    fn a_group_is_called_after_what_writes_to_it(name: &str, called: &str) {
        assert_eq!(group(name, "items").name, called);
    }
}
