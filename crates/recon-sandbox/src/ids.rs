//! Where ids come from: a small seeded generator that persists with the world.

use serde::{Deserialize, Serialize};

const LOWER: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";
const UPPER: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A source of ids. The same seed gives the same ids in the same order.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Ids {
    state: u64,
}

impl Ids {
    /// Starts a sequence.
    pub(crate) fn seeded(seed: u64) -> Self {
        Self { state: seed }
    }

    /// Returns the next `length` lower-case letters and digits, as API Gateway ids are.
    pub(crate) fn next_id(&mut self, length: usize) -> String {
        self.text(length, LOWER)
    }

    /// Returns the next `length` upper-case letters and digits 2 to 7, as IAM ids are.
    pub(crate) fn upper(&mut self, length: usize) -> String {
        self.text(length, UPPER)
    }

    /// Returns the next version 4 UUID.
    pub(crate) fn uuid(&mut self) -> String {
        let high = u128::from(self.next());
        let low = u128::from(self.next());
        uuid::Builder::from_random_bytes(((high << 64) | low).to_be_bytes()).into_uuid().to_string()
    }

    fn text(&mut self, length: usize, letters: &[u8]) -> String {
        let count = letters.len() as u64;
        let pick = |number: u64| usize::try_from(number % count).unwrap_or_default();
        (0..length).map(|_| char::from(letters[pick(self.next() >> 8)])).collect()
    }

    /// `SplitMix64`: short, well spread, and its whole state is one number.
    pub(crate) fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_seed_gives_same_ids() {
        let (mut one, mut two) = (Ids::seeded(7), Ids::seeded(7));
        assert_eq!(one.next_id(10), two.next_id(10));
        assert_eq!(one.uuid(), two.uuid());
    }

    #[test]
    fn ids_have_the_asked_length_and_alphabet() {
        let id = Ids::seeded(1).next_id(10);
        assert_eq!(id.len(), 10);
        assert!(id.bytes().all(|byte| LOWER.contains(&byte)));
    }
}
