//! Marks: what a value carries besides its content. Taking them off values, and putting them back on what comes of them.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use crate::Value;
use crate::value::{Data, Mapping, Sequence};

/// What a value carries besides its content.
///
/// Marks are equal when they forbid the same: where a secrecy comes from makes no difference to what is stored or compared.
#[derive(Clone, Copy, Default)]
pub struct Marks(u8);

impl Marks {
    /// No mark.
    pub const NONE: Self = Self(0);
    /// Must never be shown, because somebody said so.
    pub const SENSITIVE: Self = Self(1);
    /// Must never be stored.
    pub const EPHEMERAL: Self = Self(2);
    /// Must never be shown, because something sensitive was found in it: a path made of a sensitive part.
    pub const DERIVED: Self = Self(4);

    /// Both marks together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// These marks without `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether the value must never be shown.
    pub const fn is_sensitive(self) -> bool {
        self.0 & (Self::SENSITIVE.0 | Self::DERIVED.0) != 0
    }

    /// Whether somebody said that the value must never be shown, so that whoever passes it on has to say so too.
    pub const fn is_declared_sensitive(self) -> bool {
        self.0 & Self::SENSITIVE.0 != 0
    }

    /// Whether the value must never be stored.
    pub const fn is_ephemeral(self) -> bool {
        self.0 & Self::EPHEMERAL.0 != 0
    }

    const fn forbids(self) -> (bool, bool) {
        (self.is_sensitive(), self.is_ephemeral())
    }
}

impl PartialEq for Marks {
    fn eq(&self, other: &Self) -> bool {
        self.forbids() == other.forbids()
    }
}

impl Eq for Marks {}

impl PartialOrd for Marks {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Marks {
    fn cmp(&self, other: &Self) -> Ordering {
        self.forbids().cmp(&other.forbids())
    }
}

impl fmt::Debug for Marks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = [(self.is_sensitive(), "sensitive"), (self.is_ephemeral(), "ephemeral")];
        f.debug_set().entries(names.into_iter().filter(|(is, _)| *is).map(|(_, name)| name)).finish()
    }
}

impl Value {
    /// The value without its own marks, and those marks; the marks inside stay.
    pub fn unmarked(&self) -> (Value, Marks) {
        (Value { data: self.data.clone(), marks: Marks::NONE }, self.marks)
    }

    /// The value without any marks on it or inside, and all of those together.
    pub fn unmarked_deep(&self) -> (Value, Marks) {
        let marks = self.deep_marks();
        if marks == Marks::NONE { (self.clone(), marks) } else { (self.without_marks(marks), marks) }
    }

    /// The same value with these marks taken off it and everything inside.
    #[must_use]
    pub fn without_marks(&self, marks: Marks) -> Value {
        self.remarked(&|all| all.without(marks))
    }

    /// The same value with other marks on it and on everything inside.
    #[must_use]
    pub fn remarked(&self, change: &dyn Fn(Marks) -> Marks) -> Value {
        let strip = |item: &Value| item.remarked(change);
        let data = match &self.data {
            Data::Null(_) | Data::Unknown(_) | Data::Bool(_) | Data::Number(_) | Data::String(_) => {
                self.data.clone()
            }
            Data::List(list) => Data::List(Arc::new(Sequence {
                element: list.element.clone(),
                items: list.items.iter().map(strip).collect(),
            })),
            Data::Set(set) => Data::Set(Arc::new(Sequence {
                element: set.element.clone(),
                items: set.items.iter().map(strip).collect(),
            })),
            Data::Tuple(items) => Data::Tuple(Arc::new(items.iter().map(strip).collect())),
            Data::Map(map) => Data::Map(Arc::new(Mapping {
                element: map.element.clone(),
                entries: map.entries.iter().map(|(name, item)| (name.clone(), strip(item))).collect(),
            })),
            Data::Object(attributes) => Data::Object(Arc::new(
                attributes.iter().map(|(name, item)| (name.clone(), strip(item))).collect(),
            )),
        };
        Value { data, marks: change(self.marks) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_out_is_as_secret_as_what_was_declared_but_nobody_has_to_declare_it() {
        assert_eq!(Marks::DERIVED, Marks::SENSITIVE);
        assert!(Marks::DERIVED.is_sensitive() && !Marks::DERIVED.is_declared_sensitive());
        assert!(Marks::DERIVED.and(Marks::SENSITIVE).is_declared_sensitive());
        assert_ne!(Marks::DERIVED, Marks::NONE);
    }
}
