//! The `inline_policy` blocks of a role.
//!
//! Without any, inline policies are nobody's business here, and no call asks for them; the value is empty. With some,
//! the role has exactly these; one block without a name says that it has none.

use std::collections::BTreeMap;

use recon_core::provider::ProviderError;
use recon_core::sameness::same_policy;
use recon_core::{Known, Type, Value};

use super::check::{Finding, invalid, wrong_policy};
use super::{if_there, reads};
use crate::aws::Aws;
use crate::snapshot::Snapshot;

const BLOCKS: &str = "inline_policy";
const NAME_LENGTH_MAX: usize = 128;

/// Finds inline policies that IAM would refuse.
pub(super) fn check(config: &Value) -> Vec<Finding> {
    let mut found = Vec::new();
    for policy in config.get(BLOCKS).items() {
        if let Some(detail) = policy.str("policy").and_then(|text| wrong_policy(text, "policy")) {
            found.push(invalid(BLOCKS, detail));
        }
        found.extend(
            super::check::name(policy, "name", NAME_LENGTH_MAX)
                .map(|(_, finding)| (recon_core::Path::attribute(BLOCKS), finding)),
        );
        if policy.text("name").is_some() && policy.get("policy").is_null() {
            found.push(invalid(BLOCKS, "an `inline_policy` block with a `name` needs a `policy`."));
        }
        if policy.text("policy").is_some() && policy.get("name").is_null() {
            found.push(invalid(BLOCKS, "an `inline_policy` block with a `policy` needs a `name`."));
        }
    }
    found
}

/// The planned value with the remembered blocks where they declare the same policies.
pub(super) fn keep_equivalent(prior: &Known, planned: Value) -> Value {
    let is_same = planned.get(BLOCKS).is_wholly_known()
        && is_declared(prior) == is_declared(&planned)
        && equivalent(&declared(prior), &declared(&planned));
    if is_same { planned.with(BLOCKS, prior.get(BLOCKS).clone()) } else { planned }
}

/// Whether the role's inline policies are declared, be it that there are none.
pub(super) fn is_declared(value: &Value) -> bool {
    !value.get(BLOCKS).items().is_empty()
}

/// The declared inline policies by name.
fn declared(value: &Value) -> BTreeMap<String, String> {
    let items = value.get(BLOCKS).items().iter();
    items.filter_map(|item| Some((item.text("name")?.to_owned(), item.str("policy")?.to_owned()))).collect()
}

fn equivalent(a: &BTreeMap<String, String>, b: &BTreeMap<String, String>) -> bool {
    a.len() == b.len()
        && a.iter().zip(b).all(|((a, policy), (b, other))| a == b && same_policy(policy, other))
}

/// The blocks as they are: not read unless they were declared.
pub(super) async fn read(aws: &Aws, snapshot: &Snapshot, have: &Known) -> Result<Value, ProviderError> {
    if !is_declared(have) {
        return Ok(none());
    }
    let role = have.text("name").or_else(|| have.str("id")).unwrap_or_default();
    let live = reads::inline_policies(aws, snapshot, role).await?.unwrap_or_default();
    let remembered = declared(have);
    if equivalent(&live, &remembered) {
        return Ok(have.get(BLOCKS).clone());
    }
    Ok(blocks(&live, &remembered))
}

/// The blocks of an object that is taken over: empty, so not looked at, where it has no inline policies.
pub(super) async fn taken_over(aws: &Aws, role: &str) -> Result<Value, ProviderError> {
    let live = reads::list_inline_policies(aws, role).await?;
    Ok(if live.is_empty() { none() } else { blocks(&live, &BTreeMap::new()) })
}

fn blocks(live: &BTreeMap<String, String>, remembered: &BTreeMap<String, String>) -> Value {
    let item = |name: Value, policy: Value| Value::object([("name", name), ("policy", policy)]);
    let mut items: Vec<Value> = Vec::new();
    for (name, policy) in live {
        let spelled = remembered.get(name).filter(|spelled| same_policy(spelled, policy)).unwrap_or(policy);
        items.push(item(Value::from(name.as_str()), Value::from(spelled.as_str())));
    }
    if items.is_empty() {
        items.push(item(Value::null(Type::String), Value::null(Type::String)));
    }
    Value::set(element(), items)
}

/// No block, so that nobody looks at inline policies.
pub(super) fn none() -> Value {
    Value::set(element(), Vec::new())
}

fn element() -> Type {
    super::role::SCHEMA.block.blocks[BLOCKS].block.ty()
}

/// Gives a new role its inline policies.
pub(super) async fn create(aws: &Aws, role: &str, want: &Known) -> Result<(), ProviderError> {
    for (name, policy) in declared(want) {
        put(aws, role, &name, &policy).await?;
    }
    Ok(())
}

/// Brings the inline policies of a role to those declared, if the declaration changed.
pub(super) async fn update(aws: &Aws, role: &str, have: &Known, want: &Known) -> Result<(), ProviderError> {
    if !is_declared(want) || have.get(BLOCKS).same(want.get(BLOCKS)) {
        return Ok(());
    }
    let wanted = declared(want);
    let live = reads::list_inline_policies(aws, role).await?;
    for name in live.keys().filter(|name| !wanted.contains_key(*name)) {
        delete(aws, role, name).await?;
    }
    for (name, policy) in &wanted {
        if !live.get(name).is_some_and(|live| same_policy(live, policy)) {
            put(aws, role, name, policy).await?;
        }
    }
    Ok(())
}

/// Deletes all inline policies of a role.
pub(super) async fn clear(aws: &Aws, role: &str) -> Result<(), ProviderError> {
    for name in reads::list_inline_names(aws, role).await? {
        delete(aws, role, &name).await?;
    }
    Ok(())
}

/// Writes an inline policy.
pub(super) async fn put(aws: &Aws, role: &str, name: &str, policy: &str) -> Result<(), ProviderError> {
    // IAM refuses a document that begins with a blank.
    let policy = policy.trim_start();
    let put = || aws.iam.put_role_policy().role_name(role).policy_name(name).policy_document(policy).send();
    aws.call("iam:PutRolePolicy", put).await.map(|_| ())
}

/// Deletes an inline policy; one that is gone already is a success.
pub(super) async fn delete(aws: &Aws, role: &str, name: &str) -> Result<(), ProviderError> {
    let delete = || aws.iam.delete_role_policy().role_name(role).policy_name(name).send();
    if_there(aws.call("iam:DeleteRolePolicy", delete).await).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role(policies: &[(Option<&str>, Option<&str>)]) -> Known {
        let items = policies.iter().map(|(name, policy)| {
            Value::object([("name", crate::shape::text(*name)), ("policy", crate::shape::text(*policy))])
        });
        Known::with_nulls(&Value::object([(BLOCKS, Value::set(element(), items.collect()))]))
    }

    #[test]
    fn an_empty_block_means_that_there_are_none() {
        let prior = role(&[(None, None)]);
        let same = keep_equivalent(&prior, role(&[(Some(""), Some(""))]).into_value());
        assert!(same.get(BLOCKS).same(prior.get(BLOCKS)));
        let none = keep_equivalent(&prior, role(&[]).into_value());
        assert!(none.get(BLOCKS).items().is_empty());
    }

    #[test]
    fn a_policy_that_means_the_same_keeps_its_spelling() {
        let remembered = BTreeMap::from([("a".to_owned(), r#"{"Statement":[{"Action":["x"]}]}"#.to_owned())]);
        let live = BTreeMap::from([("a".to_owned(), r#"{"Statement":{"Action":"x"}}"#.to_owned())]);
        assert_eq!(
            blocks(&live, &remembered).items()[0].str("policy"),
            remembered.get("a").map(String::as_str)
        );
    }

    #[test]
    fn a_block_has_both_or_none_of_its_arguments() {
        assert_eq!(check(&role(&[(None, None)])).len(), 0);
        assert_eq!(check(&role(&[(Some("a"), None), (None, Some("{}"))])).len(), 2);
    }
}
