//! Puts nodes in an order in which everything comes after what it needs. The only file that knows petgraph.

use petgraph::algo::{tarjan_scc, toposort};
use petgraph::graph::{DiGraph, NodeIndex};

/// `first` must come before `then`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Edge {
    pub(crate) first: usize,
    pub(crate) then: usize,
}

/// The nodes `0..count` in an order that respects all edges, or the groups of nodes that need each other.
pub(crate) fn sort(count: usize, edges: &[Edge]) -> Result<Vec<usize>, Vec<Vec<usize>>> {
    let mut graph: DiGraph<(), (), usize> = DiGraph::with_capacity(count, edges.len());
    for _ in 0..count {
        graph.add_node(());
    }
    for edge in edges {
        graph.add_edge(NodeIndex::new(edge.first), NodeIndex::new(edge.then), ());
    }
    if let Ok(order) = toposort(&graph, None) {
        return Ok(order.into_iter().map(NodeIndex::index).collect());
    }
    let needs_itself =
        |group: &[NodeIndex<usize>]| group.len() > 1 || graph.contains_edge(group[0], group[0]);
    let mut cycles: Vec<Vec<usize>> = tarjan_scc(&graph)
        .into_iter()
        .filter(|group| needs_itself(group))
        .map(|group| {
            let mut group: Vec<usize> = group.into_iter().map(NodeIndex::index).collect();
            group.sort_unstable();
            group
        })
        .collect();
    cycles.sort();
    Err(cycles)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_come_first() {
        let edges = [Edge { first: 2, then: 0 }, Edge { first: 0, then: 1 }];
        assert_eq!(sort(3, &edges).unwrap(), [2, 0, 1]);
    }

    #[test]
    fn every_cycle_is_found() {
        let edges = [(0, 1), (1, 0), (2, 2), (3, 0)].map(|(first, then)| Edge { first, then });
        assert_eq!(sort(4, &edges).unwrap_err(), [vec![0, 1], vec![2]]);
    }
}
