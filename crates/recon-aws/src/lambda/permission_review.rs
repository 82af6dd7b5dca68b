//! Whether the statements of one function, version or alias fit into its policy.

use recon_core::change::Change;
use recon_core::resource_type::Neighbours;
use recon_core::{Address, Diagnostic, Value};
use serde_json::json;

use super::name::function_name;

const KIND: &str = "aws_lambda_permission";

/// The longest policy that Lambda keeps.
const POLICY_BYTES_MAX: usize = 20_480;

/// A policy that would become too long. Of the statements that share it, the first tells.
pub(crate) fn review(address: &Address, change: &Change, neighbours: &dyn Neighbours) -> Option<Diagnostic> {
    let mine = change.after()?;
    let function = mine.str("function_name")?;
    let same = neighbours.with_text(KIND, "function_name", function).into_iter().filter(|(_, change)| {
        change.after().is_some_and(|other| {
            other.str("function_name") == Some(function) && other.get("qualifier").same(mine.get("qualifier"))
        })
    });
    let shared: Vec<(&Address, &Change)> = same.collect();
    let is_first = shared.iter().all(|(other, _)| address <= *other);
    if !is_first || shared.iter().all(|(_, change)| change.is_keep()) {
        return None;
    }
    let lengths = shared.iter().filter_map(|(_, change)| change.after()).map(length);
    let bytes: usize = lengths.sum();
    (bytes > POLICY_BYTES_MAX).then(|| {
        let detail = format!(
            "The {} statements for `{}` make a policy of at least {bytes} bytes, and Lambda keeps {POLICY_BYTES_MAX}. Use fewer, wider statements, for example one `source_arn` with `*` in place of many.",
            shared.len(),
            function_name(function)
        );
        Diagnostic::error("Policy too long", detail).about(address)
    })
}

/// The bytes of a statement as Lambda writes it; what is not known yet counts nothing.
fn length(permission: &Value) -> usize {
    let text = |name: &str| permission.str(name).unwrap_or_default();
    let mut statement = json!({
        "Sid": text("statement_id"),
        "Effect": "Allow",
        "Principal": { "Service": text("principal") },
        "Action": text("action"),
        "Resource": text("function_name"),
    });
    if let Some(source) = permission.text("source_arn") {
        statement["Condition"] = json!({ "ArnLike": { "AWS:SourceArn": source } });
    }
    statement.to_string().len() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Others(Vec<(Address, Change)>);

    impl Neighbours for Others {
        fn of_kind(&self, kind: &str) -> Vec<(&Address, &Change)> {
            self.0.iter().filter(|(at, _)| at.kind().as_ref() == kind).map(|(at, it)| (at, it)).collect()
        }
    }

    fn reviewed(count: usize, qualifiers: usize) -> Vec<Diagnostic> {
        let permission = |n: usize| {
            let source = format!("arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/*/GET/path-{n:0>50}");
            let planned = Value::object([
                ("statement_id", Value::from(format!("statement-{n}"))),
                ("function_name", Value::from("items")),
                ("qualifier", Value::from(format!("alias{}", n % qualifiers))),
                ("action", Value::from("lambda:InvokeFunction")),
                ("principal", Value::from("apigateway.amazonaws.com")),
                ("source_arn", Value::from(source)),
            ]);
            let address = format!("{KIND}.p{n:0>3}").parse().expect("an address");
            (address, Change::Create { planned })
        };
        let others = Others((0..count).map(permission).collect());
        others.0.iter().filter_map(|(address, change)| review(address, change, &others)).collect()
    }

    #[test]
    fn a_policy_that_would_become_too_long_is_told_once() {
        assert_eq!(reviewed(40, 1).len(), 0);
        let found = reviewed(100, 1);
        assert_eq!(found.len(), 1);
        assert!(found[0].detail.contains("The 100 statements for `items`"), "{}", found[0].detail);
        assert_eq!(reviewed(100, 4).len(), 0, "each alias has its own");
    }
}
