//! Wherever its blocks stand, a configuration means the same.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use proptest::prelude::*;
use recon_core::SourceMap;
use recon_core::state::{Lineage, State};
use recon_parser::load::{self, load};

use crate::fixture::{Texts, catalog};
use crate::input::{AnswerBook, Input, Options, Outcome};

/// What a block is, and which of the earlier ones it refers to.
type Made = (u8, Vec<usize>);

/// The text of a block, and the expression by which others refer to it.
fn block(index: usize, sort: u8, needed: &[&str]) -> (String, String) {
    let mut value = format!("\"{index}\"");
    for need in needed {
        // Writing to a string cannot fail.
        let _ = write!(value, ", {need}");
    }
    let value = format!("join(\"-\", [{value}])");
    match sort {
        0 => (format!("locals {{\n  l{index} = {value}\n}}\n"), format!("local.l{index}")),
        1 => {
            let text = format!("resource \"test_thing\" \"r{index}\" {{\n  name = {value}\n}}\n");
            (text, format!("test_thing.r{index}.name"))
        }
        2 => {
            let count = format!("  count = 2\n  name = \"${{count.index}}${{{value}}}\"\n");
            let text = format!("resource \"test_thing\" \"r{index}\" {{\n{count}}}\n");
            (text, format!("test_thing.r{index}[1].name"))
        }
        _ => {
            let text = format!(
                "variable \"v{index}\" {{\n  default = \"{index}\"\n}}\noutput \"o{index}\" {{\n  value = {value}\n}}\n"
            );
            (text, format!("var.v{index}"))
        }
    }
}

fn texts(made: &[Made]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut texts = Vec::new();
    for (index, (sort, needs)) in made.iter().enumerate() {
        let earlier = needs.iter().filter(|_| index > 0).map(|need| names[need % index.max(1)].as_str());
        let (text, name) = block(index, *sort, &earlier.collect::<Vec<_>>());
        texts.push(text);
        names.push(name);
    }
    texts
}

/// Everything that a plan of these blocks says.
fn planned(first: String, second: String) -> String {
    let files = Texts([("a.tf".to_owned(), first), ("b.tf".to_owned(), second)].into());
    let loaded = load(&files, &mut SourceMap::default(), &load::Options::default());
    let nothing = State::empty(Lineage("".into()));
    let variables = BTreeMap::default();
    let input = Input {
        module: &Arc::clone(&loaded.module),
        config_digest: "",
        variables: &variables,
        catalog: &catalog(),
        remembered: &nothing,
        observed: &nothing,
        options: &Options::default(),
        answers: &AnswerBook::default(),
        files: &files,
        planned_at_ms: 0,
        workspace: "default",
    };
    match crate::plan(&input) {
        Ok(Outcome::Planned(plan, _)) => format!("{:?} {:?} {:?}", plan.changes, plan.outputs, plan.steps),
        Ok(Outcome::Asks(_)) => "asks".to_owned(),
        Err(found) => format!("{:?} {found:?}", loaded.diagnostics),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_blocks_and_files_does_not_matter(
        made in prop::collection::vec((0..4_u8, prop::collection::vec(0..20_usize, 0..4)), 1..12),
        order in any::<prop::sample::Index>(),
    ) {
        let texts = texts(&made);
        let written = planned(texts.concat(), String::new());
        let mut backward = texts.clone();
        backward.reverse();
        let split = order.index(texts.len());
        let (first, second) = backward.split_at(split);
        prop_assert!(written.contains("test_thing") || made.iter().all(|(sort, _)| !matches!(sort, 1 | 2)), "{}", written);
        prop_assert_eq!(&planned(first.concat(), second.concat()), &written);
        prop_assert_eq!(&planned(backward.concat(), String::new()), &written);
    }
}
