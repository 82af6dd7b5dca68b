//! Which of the objects that a cut-off create may have made is the one that it made. Pure.

use recon_core::plan::Op;
use recon_core::state::{Instance, State};
use recon_core::value::Name;
use recon_core::{Address, Identity, Known};
use recon_store::Intent;

/// What came of looking for the object of a create.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Claim {
    /// There is none.
    Nothing,
    /// It is this one.
    One(Known),
    /// It is one of these, and nobody can tell which.
    Several(Vec<Known>),
}

/// Chooses among what was found for `intent`. What the state has already was not made by it. `open` are the intents in
/// doubt that are not settled yet, this one among them: as many creates of the same as there are objects may have any of
/// them, for nothing tells them apart.
pub(crate) fn claim(state: &State, intent: &Intent, open: &[Intent], found: Vec<Known>) -> Claim {
    let mut free: Vec<Known> =
        found.into_iter().filter(|value| !is_taken(state, &intent.address, value)).collect();
    let alike = open.iter().filter(|other| is_alike(intent, other)).count();
    if free.len() <= alike.max(1) {
        return if free.is_empty() { Claim::Nothing } else { Claim::One(free.swap_remove(0)) };
    }
    Claim::Several(free)
}

/// Whether another instance, or an earlier object of this one, is that object.
fn is_taken(state: &State, address: &Address, value: &Known) -> bool {
    let kind: &Name = address.kind();
    let identity = Identity::of(kind, value);
    state.resources.iter().filter(|(other, _)| other.kind() == kind).any(|(other, instance)| {
        let Instance { object, deposed, .. } = instance;
        let current = object.iter().filter(|_| other != address);
        current.chain(deposed.values()).any(|object| Identity::of(kind, &object.value) == identity)
    })
}

/// Whether two creates ask for the same, so that their objects cannot be told apart.
fn is_alike(one: &Intent, other: &Intent) -> bool {
    matches!(other.op, Op::Create(_))
        && one.address.kind() == other.address.kind()
        && one.provider == other.provider
        && one.want == other.want
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use recon_core::Value;
    use recon_core::state::{Health, Lineage, Object, ProviderKey};

    use super::*;

    fn key(id: &str) -> Known {
        Known::new(Value::object([("id", Value::from(id)), ("name", Value::from("partner"))])).unwrap()
    }

    fn provider() -> ProviderKey {
        ProviderKey { name: "aws".into(), alias: None }
    }

    fn create(address: &str, name: &str) -> Intent {
        Intent {
            step: 0,
            address: address.parse().unwrap(),
            op: Op::Create(None),
            provider: provider(),
            want: Known::new(Value::object([("name", Value::from(name))])),
            at_ms: 0,
            depends_on: Arc::default(),
            create_before_destroy: false,
        }
    }

    fn state(objects: &[(&str, &str)]) -> State {
        let mut state = State::empty(Lineage("l".into()));
        for (address, id) in objects {
            let instance = Instance {
                provider: provider(),
                depends_on: Arc::default(),
                create_before_destroy: false,
                object: Some(Object { schema_version: 0, value: key(id), health: Health::Good }),
                deposed: BTreeMap::new(),
            };
            state.resources.insert(address.parse().unwrap(), instance);
        }
        state
    }

    #[test]
    fn what_another_instance_has_is_not_taken_over() {
        let have = state(&[("aws_api_gateway_api_key.a[0]", "k0")]);
        let intent = create("aws_api_gateway_api_key.a[1]", "partner");
        let open = std::slice::from_ref(&intent);
        assert_eq!(claim(&have, &intent, open, vec![key("k0")]), Claim::Nothing);
        assert_eq!(claim(&have, &intent, open, vec![key("k0"), key("k1")]), Claim::One(key("k1")));
    }

    #[test]
    fn as_many_equal_creates_as_objects_have_one_each() {
        let open = [0, 1].map(|n| create(&format!("aws_api_gateway_api_key.a[{n}]"), "partner"));
        let found = || vec![key("k0"), key("k1")];
        assert_eq!(claim(&state(&[]), &open[0], &open, found()), Claim::One(key("k0")));
        let have = state(&[("aws_api_gateway_api_key.a[0]", "k0")]);
        assert_eq!(claim(&have, &open[1], &open[1..], found()), Claim::One(key("k1")));
    }

    #[test]
    fn more_objects_than_creates_are_for_the_user_to_choose_from() {
        let open = [create("aws_api_gateway_api_key.a", "partner"), create("aws_api_gateway_api_key.b", "b")];
        let found = vec![key("k0"), key("k1")];
        assert_eq!(claim(&state(&[]), &open[0], &open, found.clone()), Claim::Several(found));
    }
}
