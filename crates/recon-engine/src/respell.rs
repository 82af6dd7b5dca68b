//! Keeps the spelling a user chose where a service answers another one that means the same. Pure.

use std::sync::Arc;

use recon_core::sameness::same;
use recon_core::schema::{Block, Nesting};
use recon_core::secrets::Secrets;
use recon_core::value::Data;
use recon_core::{Known, ResourceMode, Type, Value};

/// The answer of a service, spelled as in `spoken` wherever both mean the same, and marked as `spoken` and the schema
/// say. What else has a secret of `spoken` in it is marked as found out.
pub(crate) fn respell(block: &Block, mode: ResourceMode, spoken: &Value, answered: Known) -> Known {
    let secrets = sources(block, mode, spoken);
    Known::with_nulls(&respell_block(block, spoken, answered.into_value(), &secrets))
}

/// What finds its way into what a service answers: any argument of a data source, and of a resource its own texts, such as
/// names, but not what is only kept there, such as the environment of a function.
fn sources(block: &Block, mode: ResourceMode, spoken: &Value) -> Secrets {
    if mode == ResourceMode::Data {
        return Secrets::of(spoken);
    }
    let mut secrets = Secrets::default();
    let texts = block.attributes.iter().filter(|(_, attribute)| attribute.ty == Type::String);
    texts.for_each(|(name, _)| secrets.add(spoken.get(name)));
    secrets
}

fn respell_block(block: &Block, spoken: &Value, answered: Value, secrets: &Secrets) -> Value {
    let Value { data: Data::Object(mut attributes), marks } = answered else { return answered };
    let entries = Arc::make_mut(&mut attributes);
    for (name, attribute) in &block.attributes {
        let Some(value) = entries.get_mut(name) else { continue };
        let old = spoken.get(name);
        if !old.is_unknown() && same(attribute.sameness, old, value) {
            *value = old.clone().marked(value.marks);
        } else {
            // Where in the new value the secret is, nobody knows.
            *value = secrets.conceal(value).marked(old.deep_marks());
        }
        if attribute.sensitive {
            value.marks = value.marks.and(recon_core::Marks::SENSITIVE);
        }
    }
    for (name, nested) in &block.blocks {
        let Some(value) = entries.get_mut(name) else { continue };
        let old = spoken.get(name);
        if let (Nesting::List(..), Data::List(sequence)) = (nested.nesting, &mut value.data) {
            let items = &mut Arc::make_mut(sequence).items;
            for (index, item) in items.iter_mut().enumerate() {
                let null = Value::null(recon_core::Type::Any);
                let old = old.items().get(index).unwrap_or(&null);
                *item = respell_block(&nested.block, old, item.clone(), secrets);
            }
        } else if let Nesting::Set(..) = nested.nesting {
            // Elements of a set have no place, so marks go to the whole.
            *value = secrets.conceal(value).marked(old.deep_marks());
        }
    }
    Value { data: Data::Object(attributes), marks: marks.and(spoken.marks) }
}

#[cfg(test)]
mod tests {
    use recon_core::Marks;
    use recon_core::schema::{block, computed, optional, required};

    use super::*;

    fn answered(mode: ResourceMode) -> Known {
        let attributes = [
            ("name", required(Type::String, "")),
            ("environment", optional(Type::map(Type::String), "")),
            ("path", computed(Type::String, "")),
            ("url", computed(Type::String, "")),
        ];
        let secret = |text: &str| Value::from(text).sensitive();
        let environment = Value::map(Type::String, [("A".into(), secret("table"))].into());
        let spoken = Value::object([("name", secret("hunter2")), ("environment", environment.clone())]);
        let answered =
            [("path", "/hunter2"), ("url", "/table")].map(|(name, text)| (name, Value::from(text)));
        let answered = Value::object(answered).with("name", Value::from("hunter2"));
        let answered = Known::new(answered.with("environment", environment)).unwrap();
        respell(&block(attributes, []), mode, &spoken, answered)
    }

    #[test]
    fn what_a_service_makes_of_a_sensitive_name_is_hidden_and_needs_no_declaration() {
        let made = answered(ResourceMode::Managed);
        assert_eq!(made.get("path").marks, Marks::SENSITIVE);
        assert!(!made.get("path").marks.is_declared_sensitive());
        assert!(made.get("name").marks.is_declared_sensitive());
    }

    #[test]
    fn what_is_only_kept_in_a_resource_hides_nothing_else_but_any_argument_of_a_read_does() {
        assert_eq!(answered(ResourceMode::Managed).get("url").marks, Marks::NONE);
        assert_eq!(answered(ResourceMode::Data).get("url").marks, Marks::SENSITIVE);
    }
}
