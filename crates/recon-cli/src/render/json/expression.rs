//! An expression in Terraform's JSON output format: the value of a literal, or what else it refers to.

use recon_core::{Data, Value, json as plain};
use recon_parser::expression::{Expression, Kind, Part, UnaryOperator};
use recon_parser::reference::chains;
use serde_json::{Map, Value as Json, json};

/// The value, where the expression is one; else the names that it refers to, each followed by the shorter ones it contains.
pub(crate) fn expression(value: &Expression) -> Json {
    if let Some(constant) = constant(value) {
        return json!({ "constant_value": constant });
    }
    let mut names: Vec<String> = Vec::new();
    for chain in chains(value) {
        for name in named(chain) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    if names.is_empty() { json!({}) } else { json!({ "references": names }) }
}

/// The value of an expression of nothing but literals.
pub(crate) fn constant(value: &Expression) -> Option<Json> {
    Some(match &*value.kind {
        Kind::Literal(literal) => plain::to_json_with_nulls(literal),
        Kind::Parenthesis(inner) => constant(inner)?,
        Kind::Tuple(items) => Json::Array(items.iter().map(constant).collect::<Option<_>>()?),
        Kind::Object(entries) => {
            let mut fields = Map::new();
            for (key, item) in entries {
                fields.insert(constant(key)?.as_str()?.to_owned(), constant(item)?);
            }
            Json::Object(fields)
        }
        Kind::Template(parts) => Json::String(parts.iter().map(text).collect::<Option<_>>()?),
        Kind::Unary(UnaryOperator::Negate, operand) => negated(operand)?,
        _ => return None,
    })
}

fn text(part: &Part) -> Option<String> {
    match part {
        Part::Text(text) => Some(text.to_string()),
        _ => None,
    }
}

fn negated(operand: &Expression) -> Option<Json> {
    let Kind::Literal(Value { data: Data::Number(number), .. }) = &*operand.kind else { return None };
    let negative = format!("-{number}").parse::<recon_core::Number>().ok()?;
    Some(plain::to_json_with_nulls(&Value::from(negative)))
}

/// One step of a chain, as it is written.
enum Step {
    Name(String),
    Key(String),
}

/// The whole chain first, then ever shorter ones, down to what is referred to without its key.
fn named(chain: &Expression) -> Vec<String> {
    let mut steps = Vec::new();
    collect(chain, &mut steps);
    let shortest = match steps.first() {
        Some(Step::Name(root)) if matches!(&**root, "data" | "resource") => 3,
        Some(Step::Name(root)) if &**root == "self" => 1,
        _ => 2,
    };
    (shortest.min(steps.len())..=steps.len()).rev().map(|length| spelled(&steps[..length])).collect()
}

fn spelled(steps: &[Step]) -> String {
    let mut text = String::new();
    for step in steps {
        match step {
            Step::Name(name) if text.is_empty() => text.push_str(name),
            Step::Name(name) => {
                text.push('.');
                text.push_str(name);
            }
            Step::Key(key) => text.push_str(key),
        }
    }
    text
}

/// The steps from the root on; what comes after a key that is not a literal is left out.
fn collect(chain: &Expression, steps: &mut Vec<Step>) -> bool {
    match &*chain.kind {
        Kind::Variable(name) => steps.push(Step::Name(name.to_string())),
        Kind::Attribute(source, name) => {
            if !collect(source, steps) {
                return false;
            }
            steps.push(Step::Name(name.to_string()));
        }
        Kind::Index(source, key) => {
            if !collect(source, steps) {
                return false;
            }
            let Some(key) = constant(key) else { return false };
            steps.push(Step::Key(format!("[{key}]")));
        }
        _ => return false,
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use recon_core::SourceMap;

    #[test]
    fn an_expression_is_its_value_or_its_references() {
        let table = [
            ("[1, \"a\", -2, { b = true }]", json!({"constant_value": [1, "a", -2, {"b": true}]})),
            ("x.y[0].id", json!({"references": ["x.y[0].id", "x.y[0]", "x.y"]})),
            ("data.x.y.id", json!({"references": ["data.x.y.id", "data.x.y"]})),
            ("\"${module.m.out}-${var.a}\"", json!({"references": ["module.m.out", "module.m", "var.a"]})),
            ("x.y[each.key].id", json!({"references": ["x.y", "each.key"]})),
            ("[for i in local.all : i.id]", json!({"references": ["local.all"]})),
            ("upper(\"a\")", json!({})),
        ];
        for (text, wanted) in table {
            let mut sources = SourceMap::default();
            let file = sources.add("x.tf", text);
            assert_eq!(expression(&recon_parser::parse_expression(file, text).unwrap()), wanted, "{text}");
        }
    }
}
