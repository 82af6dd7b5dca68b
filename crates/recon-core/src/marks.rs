//! Taking marks off values, and putting them back on what comes of them.

use std::sync::Arc;

use crate::value::{Data, Mapping, Sequence};
use crate::{Marks, Value};

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
        let strip = |item: &Value| item.without_marks(marks);
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
        Value { data, marks: self.marks.without(marks) }
    }
}
