//! The expressions of HCL's specification suite: what they evaluate to.

use recon_core::value::Name;
use recon_core::{FileId, Value};

use super::parse_body;
use crate::config::Body;
use crate::conformance;
use crate::decode::constant;
use crate::expression::{Expression, For, Kind};

#[test]
fn expressions_give_what_the_specification_says() {
    for test in ["heredoc", "operators", "primitive_literals"] {
        let Some(input) = body(&format!("expressions/{test}.hcl")) else { return };
        let decoder = body(&format!("expressions/{test}.hcldec")).unwrap();
        let wanted = body(&format!("expressions/{test}.t")).unwrap();
        let wanted = constant(&wanted.attributes["result"].value).unwrap();
        let variables: Vec<_> = decoder
            .blocks
            .iter()
            .filter(|block| &*block.name == "variables")
            .flat_map(|block| &block.body.attributes)
            .collect();
        for (name, argument) in &input.attributes {
            let bound = variables
                .iter()
                .fold(argument.value.clone(), |inner, (name, value)| bind(name, &value.value, inner));
            let found = constant(&bound).unwrap_or_else(|problems| panic!("{test}: {name}: {problems:?}"));
            let wanted = wanted.get(name);
            assert!(found.same(wanted), "{test}: {name} is {found:?}, not {wanted:?}");
        }
    }
}

/// The expression with a name standing for a value: what a `for` over that one value gives.
fn bind(name: &Name, value: &Expression, inner: Expression) -> Expression {
    let span = inner.span;
    let one = Kind::For(For {
        key: None,
        value: name.clone(),
        collection: Expression::new(Kind::Tuple(vec![value.clone()]), span),
        key_result: None,
        result: inner,
        grouped: false,
        condition: None,
    });
    let first = Expression::new(Kind::Literal(Value::from(0)), span);
    Expression::new(Kind::Index(Expression::new(one, span), first), span)
}

fn body(path: &str) -> Option<Body> {
    let text = conformance::text(&format!("hcl-spec/tests/{path}"))?;
    let (body, problems) = parse_body(FileId(0), &text);
    assert!(problems.is_empty(), "{path}: {problems:?}");
    Some(body)
}
