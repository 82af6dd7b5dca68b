//! From what AWS reports to what is remembered: fills in what AWS does not report, and keeps the spelling that is
//! remembered already where AWS's means the same, so that a refresh of an untouched object changes nothing.

use recon_core::sameness::same;
use recon_core::schema::{Absent, Block, Mode, Nesting, Schema};
use recon_core::value::Name;
use recon_core::{Data, Known, Type, Value};

use crate::shape::is_empty;

/// The object as it is to be remembered: `live` has what AWS reports, by attribute.
pub(crate) fn settle(schema: &Schema, have: &Value, live: &Value) -> Known {
    Known::with_nulls(&settle_block(&schema.block, have, live))
}

/// The object that a create or update of `want` made: what was planned, with what only AWS knew.
pub(crate) fn complete(schema: &Schema, want: &Value, live: &Value) -> Known {
    settle(schema, &fill(&schema.block, want, live), &Value::null(Type::Any))
}

/// `want` with `live` where AWS decides and `want` is null. An argument that AWS does not decide is null on purpose.
fn fill(block: &Block, want: &Value, live: &Value) -> Value {
    let attributes = block.attributes.iter().map(|(name, attribute)| {
        let (want, live) = (want.get(name), live.get(name));
        let is_open = matches!(attribute.mode, Mode::Computed(_) | Mode::OptionalComputed(_));
        (name.clone(), if is_open && want.is_null() { live.clone().marked(want.marks) } else { want.clone() })
    });
    let blocks = block.blocks.iter().map(|(name, nested)| {
        let (want, live) = (want.get(name), live.get(name));
        let filled = match (&want.data, &live.data) {
            (Data::Null(_), _) if nested.absent == Absent::Provider => live.clone(),
            (Data::List(sequence), Data::List(_)) if sequence.items.len() == live.items().len() => {
                let pairs = sequence.items.iter().zip(live.items());
                let items = pairs.map(|(want, live)| fill(&nested.block, want, live)).collect();
                Value::list(sequence.element.clone(), items)
            }
            _ => want.clone(),
        };
        (name.clone(), filled)
    });
    Value::object(attributes.chain(blocks).collect::<Vec<(Name, Value)>>())
}

fn settle_block(block: &Block, have: &Value, live: &Value) -> Value {
    let reported = live.entries();
    let attributes = block.attributes.iter().map(|(name, attribute)| {
        let old = have.get(name);
        let new = reported.and_then(|reported| reported.get(name));
        let chosen = match new {
            Some(new) if is_empty(old) && is_empty(new) => old,
            Some(new) if same(attribute.sameness, old, new) => old,
            Some(new) => new,
            None => old,
        };
        let value = match &attribute.mode {
            Mode::Default(default) if chosen.is_null() => Value::from(default.clone()),
            _ if chosen.is_null() => Value::null(attribute.ty.clone()),
            _ => chosen.clone(),
        };
        (name.clone(), if attribute.sensitive { value.sensitive() } else { value })
    });
    let blocks = block.blocks.iter().map(|(name, nested)| {
        let old = have.get(name);
        let value = match reported.and_then(|reported| reported.get(name)) {
            None if old.is_null() => empty(&nested.block, nested.nesting),
            None => old.clone(),
            Some(new) => nested_value(&nested.block, nested.nesting, old, new),
        };
        (name.clone(), value)
    });
    Value::object(attributes.chain(blocks).collect::<Vec<(Name, Value)>>())
}

fn nested_value(block: &Block, nesting: Nesting, old: &Value, new: &Value) -> Value {
    let none = Value::null(Type::Any);
    match nesting {
        Nesting::Single if new.is_null() => Value::null(block.ty()),
        Nesting::Single => settle_block(block, old, new),
        Nesting::List(..) => {
            let items = new.items().iter().enumerate();
            let items = items.map(|(n, item)| settle_block(block, old.items().get(n).unwrap_or(&none), item));
            Value::list(block.ty(), items.collect())
        }
        Nesting::Set(..) => {
            let items = new.items().iter().map(|item| settle_block(block, &none, item)).collect();
            Value::set(block.ty(), items)
        }
    }
}

fn empty(block: &Block, nesting: Nesting) -> Value {
    match nesting {
        Nesting::Single => Value::null(block.ty()),
        Nesting::List(..) => Value::list(block.ty(), Vec::new()),
        Nesting::Set(..) => Value::set(block.ty(), Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use recon_core::schema::{Sameness, at_most_one, block, optional};

    use super::super::arguments::{flag, text_or_given, text_or_none};
    use super::*;

    fn schema() -> Schema {
        let inner = block([("mode", text_or_none("")), ("on", flag(""))], []);
        let attributes = [
            ("body", optional(Type::String, "")),
            ("id", text_or_given("")),
            ("note", text_or_none("")),
            ("policy", text_or_none("").compared(Sameness::Policy)),
            ("secret", text_or_none("").secret()),
        ];
        Schema { version: 0, doc: "", block: block(attributes, [("inner", at_most_one(inner))]) }
    }

    #[test]
    fn what_aws_does_not_report_stays_and_empty_keeps_its_spelling() {
        let have = Value::object([("body", Value::from("b")), ("note", Value::from(""))]);
        let live = Value::object([("note", Value::null(Type::String)), ("secret", Value::from("s"))]);
        let settled = settle(&schema(), &have, &live);
        assert_eq!(settled.str("body"), Some("b"));
        assert_eq!(settled.str("note"), Some(""));
        assert!(settled.get("secret").marks.is_sensitive());
        assert!(settled.get("inner").items().is_empty());
    }

    #[test]
    fn an_equal_policy_keeps_its_spelling_and_another_one_does_not() {
        let old = r#"{"Statement":[{"Action":["a","b"],"Effect":"Allow"}]}"#;
        let have = Value::object([("policy", Value::from(old))]);
        let same = Value::from(r#"{"Statement":{"Effect":"Allow","Action":["b","a"]}}"#);
        let other = Value::from(r#"{"Statement":{"Effect":"Deny","Action":["b","a"]}}"#);
        let settle = |live: &Value| settle(&schema(), &have, &Value::object([("policy", live.clone())]));
        assert_eq!(settle(&same).str("policy"), Some(old));
        assert_eq!(settle(&other).get("policy"), &other);
    }

    #[test]
    fn a_made_object_is_what_was_planned_with_what_only_aws_knew() {
        let want = Value::object([("note", Value::from("n"))]);
        let live = ["note", "policy", "id"].map(|name| (name, Value::from("live")));
        let made = complete(&schema(), &want, &Value::object(live));
        assert_eq!((made.str("note"), made.str("id")), (Some("n"), Some("live")));
        assert!(made.get("policy").is_null(), "an argument that is absent was taken away");
    }

    #[test]
    fn parts_of_nested_blocks_that_aws_does_not_report_get_their_defaults() {
        let live = Value::list(Type::Any, vec![Value::object([("mode", Value::from("m"))])]);
        let settled = settle(&schema(), &Value::null(Type::Any), &Value::object([("inner", live)]));
        let inner = settled.block("inner").unwrap();
        assert_eq!((inner.str("mode"), inner.get("on").as_bool()), (Some("m"), Some(false)));
    }
}
