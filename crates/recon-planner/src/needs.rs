//! Which blocks with steps a block waits for, through blocks that have none.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use recon_core::ResourceAddress;

pub(crate) type Block = Arc<ResourceAddress>;

/// Which blocks need which, directly.
pub(crate) type Direct = BTreeMap<Block, BTreeSet<Block>>;

/// For each block in `stepping`, the nearest blocks in `stepping` that it needs.
pub(crate) fn nearest(direct: &Direct, stepping: &BTreeSet<Block>) -> Direct {
    let mut search = Search { direct, stepping, found: HashMap::new(), open: BTreeSet::new() };
    let blocks = stepping.iter().map(|block| (Arc::clone(block), (*search.near(block)).clone()));
    blocks.collect()
}

struct Search<'a> {
    direct: &'a Direct,
    stepping: &'a BTreeSet<Block>,
    /// Hashed: only ever looked up.
    found: HashMap<Block, Arc<BTreeSet<Block>>>,
    /// Blocks being searched: remembered needs of different times may go in a circle.
    open: BTreeSet<Block>,
}

impl Search<'_> {
    fn near(&mut self, block: &Block) -> Arc<BTreeSet<Block>> {
        if let Some(found) = self.found.get(block) {
            return Arc::clone(found);
        }
        let mut near = BTreeSet::new();
        if self.open.insert(Arc::clone(block)) {
            for need in self.direct.get(block).into_iter().flatten() {
                if self.stepping.contains(need) {
                    near.insert(Arc::clone(need));
                } else {
                    near.extend(self.near(need).iter().cloned());
                }
            }
            self.open.remove(block);
        }
        let near = Arc::new(near);
        self.found.insert(Arc::clone(block), Arc::clone(&near));
        near
    }
}
