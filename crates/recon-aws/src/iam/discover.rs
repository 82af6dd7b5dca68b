//! A role with its policies.

use super::reads;
use crate::aws::Aws;
use crate::discover::harvest::{Harvest, Spotted};
use crate::discover::names::{slug, subject};
use crate::snapshot::Snapshot;

/// The name of the role of an ARN, whatever its path; nothing for other ARNs.
pub(crate) fn role_name(arn: &str) -> Option<&str> {
    let (_, path) = arn.split_once(":role/")?;
    path.rsplit('/').next().filter(|name| !name.is_empty())
}

/// What there is to a role; nothing where there is none of that name.
pub(crate) async fn walk(aws: &Aws, snapshot: &Snapshot, role: &str) -> Harvest {
    let mut harvest = Harvest::default();
    let found = harvest.take(&format!("the role {role}"), reads::role(aws, snapshot, role).await);
    let Some(Some(found)) = found else { return harvest };
    // AWS makes and deletes the roles of its services by itself.
    if found.path.starts_with("/aws-service-role/") {
        harvest.notes.push(format!("The role {role} belongs to a service of AWS and is left to it."));
        return harvest;
    }
    let own = Spotted::new("aws_iam_role", &["name"], role.to_owned(), &[("id", role), ("name", role)]);
    harvest.add(Spotted { identity: &["name"], ..own }.named(subject(role)).about(role));
    let (inline, attached) = tokio::join!(
        reads::inline_policies(aws, snapshot, role),
        reads::attached_policies(aws, snapshot, role)
    );
    let inline = harvest.take(&format!("the inline policies of {role}"), inline).flatten();
    for name in inline.iter().flat_map(|policies| policies.keys()) {
        let id = format!("{role}:{name}");
        let known = [("role", role), ("id", id.as_str()), ("name", name.as_str())];
        let policy = Spotted::new("aws_iam_role_policy", &["role", "name"], id.clone(), &known);
        harvest.add(policy.named(subject(name)).of(role));
    }
    let attached = harvest.take(&format!("the policies attached to {role}"), attached).flatten();
    for arn in attached.iter().flat_map(|arns| arns.iter()) {
        attachment(&mut harvest, role, arn);
    }
    harvest
}

fn attachment(harvest: &mut Harvest, role: &str, arn: &str) {
    let name = arn.rsplit('/').next().unwrap_or(arn);
    // Those of AWS itself have no account.
    if !arn.contains(":iam::aws:") {
        let policy = Spotted::new("aws_iam_policy", &["id"], arn.to_owned(), &[("id", arn)]);
        harvest.add(policy.named(subject(name)).about(role));
    }
    let id = format!("{role}-{arn}");
    let known = [("role", role), ("policy_arn", arn), ("id", id.as_str())];
    let spotted = Spotted::new(
        "aws_iam_role_policy_attachment",
        &["role", "policy_arn"],
        format!("{role}/{arn}"),
        &known,
    );
    harvest.add(spotted.named(slug(name)).among(subject(role), name).of(role));
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    #[test_case("arn:aws:iam::123456789012:role/items", Some("items"))]
    #[test_case("arn:aws:iam::123456789012:role/service-role/items", Some("items"); "with a path")]
    #[test_case("arn:aws:iam::123456789012:user/items", None)]
    fn a_role_has_a_name(arn: &str, expected: Option<&str>) {
        assert_eq!(role_name(arn), expected);
    }
}
