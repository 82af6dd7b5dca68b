//! Where in a value something is: `environment[0].variables["STAGE"]`.

use std::fmt;

use crate::Value;
use crate::value::Name;

/// A way from a value to a part of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path(pub Vec<Step>);

/// One step of a [`Path`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// An attribute of an object, or a nested block.
    Attribute(Name),
    /// An element of a map.
    Key(Name),
    /// An element of a list or tuple, or the n-th of a set in its order.
    Index(usize),
}

impl Path {
    /// The value itself.
    pub fn root() -> Self {
        Self::default()
    }

    /// The path of one attribute.
    pub fn attribute(name: &str) -> Self {
        Self(vec![Step::Attribute(name.into())])
    }

    /// This path with one step more.
    #[must_use]
    pub fn then(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }

    /// The first attribute on the way, which is the argument a user knows.
    pub fn argument(&self) -> Option<&str> {
        self.0.iter().find_map(|step| match step {
            Step::Attribute(name) => Some(&**name),
            Step::Key(_) | Step::Index(_) => None,
        })
    }

    /// Whether `other` is this path or below it.
    pub fn covers(&self, other: &Path) -> bool {
        other.0.starts_with(&self.0)
    }

    /// The part of `value` that this path leads to.
    pub fn find<'a>(&self, value: &'a Value) -> Option<&'a Value> {
        self.0.iter().try_fold(value, |value, step| match step {
            Step::Attribute(name) | Step::Key(name) => value.entries()?.get(name),
            Step::Index(index) => value.items().get(*index),
        })
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.0.iter().enumerate() {
            match step {
                Step::Attribute(name) if index == 0 => f.write_str(name)?,
                Step::Attribute(name) => write!(f, ".{name}")?,
                Step::Key(key) => write!(f, "[{key:?}]")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}
