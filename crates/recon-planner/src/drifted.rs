//! What differs between what was remembered and what was observed. Pure.

use recon_core::plan::Drift;
use recon_core::resource_type::Catalog;
use recon_core::sameness::same;
use recon_core::schema::{Attribute, Block, NestedBlock, Nesting};
use recon_core::secrets::Secrets;
use recon_core::{Address, Data, Known, Number, Value};

use crate::input::Input;

/// The differences between the remembered objects and the observed ones, in address order.
pub(crate) fn drifted(input: &Input<'_>) -> Vec<Drift> {
    let remembered = input.remembered.resources.iter().filter(|(address, _)| !address.is_data());
    let changed = remembered.filter_map(|(address, instance)| {
        let before = &instance.object.as_ref()?.value;
        let after = input.observed.object(address).map(|object| &object.value);
        let same = after
            .is_some_and(|after| before.same(after) || means_same(input.catalog, address, before, after));
        (!same).then(|| concealed(address, before, after))
    });
    changed.collect()
}

/// A difference to show: what follows from a secret is one.
fn concealed(address: &Address, before: &Known, after: Option<&Known>) -> Drift {
    let mut secrets = Secrets::default();
    secrets.add(before);
    let after = after.map(|after| {
        secrets.add(after);
        secrets.conceal_known(after)
    });
    Drift { address: address.clone(), before: secrets.conceal_known(before), after }
}

fn means_same(catalog: &Catalog, address: &Address, before: &Value, after: &Value) -> bool {
    catalog.at(&address.resource).is_some_and(|kind| block_means_same(&kind.schema().block, before, after))
}

fn block_means_same(block: &Block, before: &Value, after: &Value) -> bool {
    block
        .attributes
        .iter()
        .all(|(name, attribute)| attribute_means_same(attribute, before.get(name), after.get(name)))
        && block
            .blocks
            .iter()
            .all(|(name, nested)| blocks_mean_same(nested, before.get(name), after.get(name)))
}

/// Terraform remembers `0`, `false` and the empty text for what nobody set and no service has; observed, it is nothing.
fn attribute_means_same(attribute: &Attribute, before: &Value, after: &Value) -> bool {
    same(attribute.sameness, before, after) || (after.is_null() && is_zero(before))
}

fn is_zero(value: &Value) -> bool {
    match &value.data {
        Data::Null(_) => true,
        Data::Bool(flag) => !flag,
        Data::Number(number) => *number == Number::from(0),
        Data::String(text) => text.is_empty(),
        Data::List(_) | Data::Set(_) | Data::Map(_) | Data::Tuple(_) => value.children().next().is_none(),
        Data::Object(_) | Data::Unknown(_) => false,
    }
}

fn blocks_mean_same(nested: &NestedBlock, before: &Value, after: &Value) -> bool {
    let is_one = |value: &Value| matches!(value.data, Data::Object(_));
    match nested.nesting {
        Nesting::Single if is_one(before) && is_one(after) => block_means_same(&nested.block, before, after),
        Nesting::List(..) => {
            let (before, after) = (before.items(), after.items());
            before.len() == after.len()
                && before
                    .iter()
                    .zip(after)
                    .all(|(before, after)| block_means_same(&nested.block, before, after))
        }
        Nesting::Single | Nesting::Set(..) => before.same(after),
    }
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;
    use crate::fixture::{catalog, object};

    fn means(before: &[(&str, Value)], after: &[(&str, Value)]) -> bool {
        let address: Address = "test_thing.a".parse().unwrap();
        means_same(&catalog(), &address, &object(before).value, &object(after).value)
    }

    #[test_case("size", Value::from(0), true; "zero for nothing")]
    #[test_case("text", Value::from(""), true; "the empty text for nothing")]
    #[test_case("size", Value::from(3), false; "a number that is gone")]
    #[test_case("text", Value::from("x"), false; "a text that is gone")]
    fn what_no_service_has_is_no_drift(name: &str, before: Value, expected: bool) {
        let nothing = Value::null(before.ty());
        assert_eq!(means(&[(name, before.clone())], &[(name, nothing.clone())]), expected);
        // What appears is drift, be it zero.
        assert!(name != "size" || !means(&[(name, nothing)], &[(name, before)]));
    }

    #[test]
    fn equal_documents_in_another_spelling_are_no_drift() {
        let policy = |text: &str| [("policy", Value::from(text))];
        assert!(means(&policy("{\"a\":1}"), &policy("{ \"a\": 1 }")));
        assert!(!means(&policy("{\"a\":1}"), &policy("{\"a\":2}")));
    }
}
