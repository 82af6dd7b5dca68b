//! Tells unknown attributes of planned objects apart, so that two arguments that refer to the same one are known to be
//! the same before anybody knows what they are.

use std::num::NonZeroU32;

use recon_core::change::Change;
use recon_core::{Data, Value};

/// Hands out numbers, each once.
#[derive(Default)]
pub(crate) struct Origins {
    last: u32,
}

impl Origins {
    /// The same change, in which every unknown attribute that is not another object's has a number of its own.
    pub(crate) fn tell(&mut self, change: Change) -> Change {
        match change {
            Change::Create { planned } => Change::Create { planned: self.number(planned) },
            Change::Update { before, planned } => Change::Update { before, planned: self.number(planned) },
            Change::Replace { before, planned, order, because } => {
                Change::Replace { before, planned: self.number(planned), order, because }
            }
            Change::Delete { .. } | Change::Read { .. } | Change::Forget { .. } | Change::Keep { .. } => {
                change
            }
        }
    }

    fn number(&mut self, planned: Value) -> Value {
        let mut planned = planned;
        if let Data::Object(attributes) = &mut planned.data {
            for value in std::sync::Arc::make_mut(attributes).values_mut() {
                if let Data::Unknown(unknown) = &mut value.data {
                    unknown.origin = unknown.origin.or_else(|| self.next());
                }
            }
        }
        planned
    }

    /// A number that no other has; nothing once there is none left.
    fn next(&mut self) -> Option<NonZeroU32> {
        self.last = self.last.checked_add(1)?;
        NonZeroU32::new(self.last)
    }
}

#[cfg(test)]
mod tests {
    use recon_core::Type;

    use super::*;

    #[test]
    fn unknown_attributes_are_told_apart_and_references_to_them_are_not() {
        let mut origins = Origins::default();
        let unknown = || Value::unknown(Type::String);
        let mut planned = |parts: [(&'static str, Value); 2]| match origins
            .tell(Change::Create { planned: Value::object(parts) })
        {
            Change::Create { planned } => planned,
            other => panic!("{other:?}"),
        };
        let api = planned([("id", unknown()), ("root", unknown())]);
        assert!(!api.get("id").will_be(api.get("root")));
        let method = planned([("api", api.get("id").clone()), ("id", unknown())]);
        assert!(method.get("api").will_be(api.get("id")));
        assert!(!method.get("api").same(api.get("id")), "what it is is not known all the same");
        assert!(!method.get("id").may_be_id(api.get("id")));
        assert!(method.get("id").may_be_id(&unknown()));
    }
}
