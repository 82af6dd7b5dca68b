//! Which block needs which: the configuration's graph, for whoever wants to see it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use recon_core::address::ModulePath;
use recon_core::resource_type::Catalog;
use recon_core::{Diagnostics, ResourceAddress};
use recon_parser::config::Module;

use crate::nodes::{self, Nodes, What};

/// For each resource block, the nearest ones that it needs, through locals, variables and outputs. Modules have no
/// instance keys here.
pub fn needs(
    module: &Arc<Module>,
    catalog: &Catalog,
) -> Result<BTreeMap<ResourceAddress, BTreeSet<ResourceAddress>>, Diagnostics> {
    let (nodes, wrong) = nodes::build(module, catalog);
    let all = (0..nodes.all.len()).filter_map(|node| {
        let needed = nodes.needs[node].iter().filter_map(|other| block(&nodes, *other));
        Some((block(&nodes, node)?, needed.collect()))
    });
    wrong.into_result(all.collect())
}

fn block(nodes: &Nodes, node: usize) -> Option<ResourceAddress> {
    let node = &nodes.all[node];
    let What::Resource(mode, kind, name) = &node.what else { return None };
    let path = nodes.modules[node.module].path.iter();
    let module = path.fold(ModulePath::root(), |module, name| module.child(name.clone(), None));
    Some(ResourceAddress { module, mode: *mode, kind: kind.clone(), name: name.clone() })
}
