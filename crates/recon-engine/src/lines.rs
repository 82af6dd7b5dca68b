//! Who waits for what besides the steps before: the queue of writes to one object, and lanes of quotas.

use std::collections::{BTreeMap, VecDeque};

use recon_core::plan::StepId;
use recon_core::value::Name;

/// How many are called when one leaves: one for its place, one for a place that was added since.
const CALLED_AT_ONCE: usize = 2;

/// Places that steps occupy, and the lines before them.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    occupied: BTreeMap<Name, usize>,
    waiting: BTreeMap<Name, VecDeque<StepId>>,
    /// Steps that were called, by the line that they came from.
    called: BTreeMap<StepId, Name>,
}

impl Lines {
    /// Whether there is no place left of so many.
    pub(crate) fn is_full(&self, name: &str, width: usize) -> bool {
        self.occupied.get(name).is_some_and(|occupied| *occupied >= width)
    }

    /// Puts a step into a line: at its end, or back to its front if it was called from there in vain.
    pub(crate) fn wait(&mut self, name: &Name, id: StepId) {
        let line = self.waiting.entry(name.clone()).or_default();
        if self.called.get(&id) == Some(name) {
            self.called.remove(&id);
            line.push_front(id);
        } else {
            line.push_back(id);
        }
    }

    /// Takes places.
    pub(crate) fn occupy(&mut self, names: &[Name]) {
        for name in names {
            *self.occupied.entry(name.clone()).or_default() += 1;
        }
    }

    /// Gives places back; who is to try next.
    pub(crate) fn leave(&mut self, names: &[Name]) -> Vec<StepId> {
        let mut next = Vec::new();
        for name in names {
            if let Some(occupied) = self.occupied.get_mut(name) {
                *occupied -= 1;
                if *occupied == 0 {
                    self.occupied.remove(name);
                }
            }
            next.extend((0..CALLED_AT_ONCE).filter_map(|_| self.call(name)));
        }
        next
    }

    /// A step that may have been called has begun.
    pub(crate) fn begun(&mut self, id: StepId) {
        self.called.remove(&id);
    }

    /// Who is to try in place of a step that was called and did not take its place.
    pub(crate) fn pass_on(&mut self, id: StepId) -> Option<StepId> {
        let name = self.called.remove(&id)?;
        self.call(&name)
    }

    fn call(&mut self, name: &Name) -> Option<StepId> {
        let line = self.waiting.get_mut(name)?;
        let id = line.pop_front();
        if line.is_empty() {
            self.waiting.remove(name);
        }
        let id = id?;
        self.called.insert(id, name.clone());
        Some(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<Name> {
        names.iter().map(|name| Name::from(*name)).collect()
    }

    #[test]
    fn who_leaves_calls_the_next_in_order() {
        let mut lines = Lines::default();
        lines.occupy(&names(&["a"]));
        assert!(lines.is_full("a", 1) && !lines.is_full("a", 2) && !lines.is_full("b", 1));
        (1..=3).for_each(|id| lines.wait(&"a".into(), id));
        assert_eq!(lines.leave(&names(&["a"])), [1, 2]);
        assert!(!lines.is_full("a", 1));
        // The second found the place taken by the first, and stays ahead of the third.
        lines.wait(&"a".into(), 2);
        assert_eq!(lines.leave(&names(&["a"])), [2, 3]);
    }

    #[test]
    fn who_is_called_and_waits_elsewhere_passes_the_place_on() {
        let mut lines = Lines::default();
        (1..=3).for_each(|id| lines.wait(&"a".into(), id));
        assert_eq!(lines.leave(&names(&["a"])), [1, 2]);
        lines.wait(&"b".into(), 1);
        assert_eq!(lines.pass_on(1), Some(3));
        assert_eq!(lines.pass_on(3), None);
    }
}
