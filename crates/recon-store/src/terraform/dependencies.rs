//! Dependencies as Terraform's state lists them: everything that a block needs, also through others.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use recon_core::ResourceAddress;
use recon_core::state::State;

use super::address::dependency_out;
use super::write::OWN_TYPES;

/// What each block of a state needs.
pub(super) struct Dependencies<'a> {
    direct: BTreeMap<&'a ResourceAddress, &'a [ResourceAddress]>,
    all: BTreeMap<&'a ResourceAddress, Arc<BTreeSet<String>>>,
}

impl<'a> Dependencies<'a> {
    pub(super) fn new(state: &'a State) -> Self {
        let direct = state.resources.iter();
        let direct = direct.map(|(address, instance)| (&*address.resource, instance.depends_on.as_slice()));
        Self { direct: direct.collect(), all: BTreeMap::new() }
    }

    /// Everything that a block needs, in order of name.
    pub(super) fn of(&mut self, block: &ResourceAddress) -> Vec<String> {
        self.find(block);
        self.all.get(block).map(|all| all.iter().cloned().collect()).unwrap_or_default()
    }

    /// Finds it for a block and what that needs, without recursion: chains may be long.
    fn find(&mut self, block: &ResourceAddress) {
        let Some((block, _)) = self.direct.get_key_value(block) else { return };
        let mut begun: BTreeSet<&'a ResourceAddress> = BTreeSet::new();
        let mut waiting = vec![*block];
        while let Some(&next) = waiting.last() {
            if self.all.contains_key(next) {
                waiting.pop();
                continue;
            }
            let needs = self.direct.get(next).copied().unwrap_or_default();
            if begun.insert(next) {
                let known = needs.iter().filter_map(|one| self.direct.get_key_value(one));
                let missing: Vec<_> = known.map(|(one, _)| *one).filter(|one| !begun.contains(one)).collect();
                waiting.extend(missing);
                continue;
            }
            waiting.pop();
            let all = Arc::new(self.gathered(needs));
            self.all.insert(next, all);
        }
    }

    fn gathered(&self, needs: &[ResourceAddress]) -> BTreeSet<String> {
        let mut all = BTreeSet::new();
        for one in needs {
            // Blocks of types that only recon knows are nothing that Terraform could wait for; what they need is.
            if !OWN_TYPES.contains(&&*one.kind) {
                all.insert(dependency_out(one));
            }
            all.extend(self.all.get(one).into_iter().flat_map(|more| more.iter().cloned()));
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use recon_core::state::{Instance, Lineage, ProviderKey};

    #[test]
    fn dependencies_reach_through_others_and_past_what_only_recon_knows() {
        let block = |text: &str| (*text.parse::<recon_core::Address>().unwrap().resource).clone();
        let mut state = State::empty(Lineage("l".into()));
        for (name, needs) in [
            ("x.c", vec!["aws_lambda_version.b"]),
            ("aws_lambda_version.b", vec!["module.m[0].x.a"]),
            ("module.m[0].x.a", vec![]),
        ] {
            let instance = Instance {
                provider: ProviderKey { name: "aws".into(), alias: None },
                depends_on: Arc::new(needs.into_iter().map(block).collect()),
                create_before_destroy: false,
                object: None,
                deposed: BTreeMap::new(),
            };
            state.resources.insert(name.parse().unwrap(), instance);
        }
        assert_eq!(Dependencies::new(&state).of(&block("x.c")), ["module.m.x.a"]);
        assert_eq!(Dependencies::new(&state).of(&block("x.unknown")), Vec::<String>::new());
    }
}
