//! The grammar against `hcl-edit`, a parser of HCL that nobody here wrote.
//!
//! It is no part of the product, because it refuses what Terraform accepts (a key that occurs twice in an object, more than 128 operators in
//! a chain, numbers beyond a float), accepts what Terraform refuses, takes quadratic time for large objects, and stops at the first
//! mistake. On ordinary files the two must agree on every name and every place.

use hcl_edit::Span as _;
use hcl_edit::structure::{Body as Theirs, Structure};
use recon_core::FileId;

use crate::config::Body;
use crate::conformance;

use super::parse_body;

#[test]
fn both_parsers_see_the_same_blocks_arguments_and_places() {
    for (path, text) in conformance::files(&["docs-examples", "acceptance"], "tf") {
        let theirs = hcl_edit::parser::parse_body(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
        let (ours, problems) = parse_body(FileId(0), &text);
        assert!(problems.is_empty(), "{path}: {problems:?}");
        compare(&path, &ours, &theirs);
    }
}

fn compare(path: &str, ours: &Body, theirs: &Theirs) {
    let mut blocks = ours.blocks.iter();
    let mut arguments = 0;
    for structure in theirs {
        match structure {
            Structure::Attribute(attribute) => {
                let argument = &ours.attributes[attribute.key.as_str()];
                let span = argument.value.span;
                let place = span.start as usize..span.end as usize;
                assert_eq!(Some(place), attribute.value.span(), "{path}: {}", attribute.key.as_str());
                arguments += 1;
            }
            Structure::Block(block) => {
                let found = blocks.next().unwrap();
                assert_eq!(&*found.name, block.ident.as_str(), "{path}");
                let labels: Vec<_> =
                    block.labels.iter().map(hcl_edit::structure::BlockLabel::as_str).collect();
                assert_eq!(found.labels.iter().map(|label| &**label).collect::<Vec<_>>(), labels, "{path}");
                compare(path, &found.body, &block.body);
            }
        }
    }
    assert_eq!(ours.attributes.len(), arguments, "{path}");
    assert!(blocks.next().is_none(), "{path}");
}
