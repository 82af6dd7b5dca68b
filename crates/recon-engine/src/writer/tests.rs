//! What is written of a few found shelves and the books on them.

use std::collections::BTreeSet;

use recon_core::discovery::{Found, Link, LinkedPart, Manner};
use recon_core::resource_type::{Catalog, ResourceType};
use recon_core::schema::{Schema, at_most_one, block, computed, defaulted, optional, required};
use recon_core::value::Name;
use recon_core::{Known, Type, Value};

use super::{Around, Taken, Written, write};

/// A type by its name and schema.
struct Kind(&'static str, Schema);

impl ResourceType for Kind {
    fn name(&self) -> &'static str {
        self.0
    }

    fn schema(&self) -> &Schema {
        &self.1
    }
}

const fn link(argument: &'static str, part: LinkedPart) -> Link {
    Link { argument, part, kind: "shelf", attribute: "id", same: &[] }
}

const ON_A_SHELF: &[Link] = &[
    link("shelf", LinkedPart::Values),
    link("shelf", LinkedPart::After("in the attic: ")),
    link("seen", LinkedPart::Keys),
];
const NEAR_A_BOOK: &[Link] =
    &[Link { kind: "book", attribute: "title", ..link("beside", LinkedPart::Values) }];

fn catalog() -> Catalog {
    let schema = |block| Schema { version: 0, doc: "For tests.", block };
    let shelf = block(
        [
            ("id", computed(Type::String, "Chosen by the library.")),
            ("name", required(Type::String, "Its name.")),
            ("beside", optional(Type::String, "A book near it.")),
        ],
        [],
    );
    let loan = block(
        [
            ("days", optional(Type::Number, "For how long.")),
            ("fee", optional(Type::Number, "For how much.")),
            ("renewals", optional(Type::Number, "How often again.")),
        ],
        [],
    );
    let book = block(
        [
            ("id", computed(Type::String, "Chosen by the library.")),
            ("title", required(Type::String, "On the cover.")),
            ("shelf", required(Type::String, "Where it stands.")),
            ("copies", defaulted(Type::Number, 1, "How many there are.")),
            ("note", optional(Type::String, "Inside the cover.")),
            ("seen", optional(Type::map(Type::Number), "How often on which shelf.")),
            ("praise", optional(Type::map(Type::String), "What who says.")),
        ],
        [("loan", at_most_one(loan))],
    );
    let mut catalog = Catalog::default();
    let kinds: Vec<Box<dyn ResourceType>> =
        vec![Box::new(Kind("shelf", schema(shelf))), Box::new(Kind("book", schema(book)))];
    catalog.add("library", schema(block([], [])), kinds, Vec::new());
    catalog.write_as("shelf", Manner { mentioned: &["id"], links: NEAR_A_BOOK, ..Manner::default() });
    catalog.write_as("book", Manner { links: ON_A_SHELF, ..Manner::default() });
    catalog
}

fn found(kind: &'static str, key: &str, value: &Value) -> Found {
    let schema = catalog();
    let schema = schema.resource(kind).expect("the type is there").schema();
    // As a provider gives it: whatever nobody set is null.
    let nulls = schema.block.attributes.keys().filter(|name| value.get(name).is_null());
    let value = nulls.fold(value.clone(), |value, name| value.with(name, Value::null(Type::Any)));
    Found {
        kind: kind.into(),
        id: key.to_owned(),
        value: Known::with_nulls(&value),
        identity: &["id"],
        name: key.into(),
        family: "all".into(),
        key: key.into(),
        topic: "library".into(),
        owner: "library".into(),
    }
}

fn shelf(id: &str, name: &str) -> Found {
    found("shelf", name, &Value::object([("id", Value::from(id)), ("name", Value::from(name))]))
}

fn book(title: &str, shelf: &str, more: &[(&'static str, Value)]) -> Found {
    let own = [("title", Value::from(title)), ("shelf", Value::from(shelf)), ("copies", Value::from(1_i64))];
    found("book", title, &Value::object(own.into_iter().chain(more.iter().cloned())))
}

fn loan(terms: &[(&'static str, i64)]) -> (&'static str, Value) {
    let terms = terms.iter().map(|(name, number)| (*name, Value::from(*number)));
    ("loan", Value::list(Type::Any, vec![Value::object(terms)]))
}

fn written(found: &[Found]) -> Written {
    written_beside(found, &[])
}

/// What is written where local values have these names already.
fn written_beside(found: &[Found], taken: &[&str]) -> Written {
    let catalog = catalog();
    let around = Around {
        catalog: &catalog,
        taken: &Taken::new(),
        variables: BTreeSet::new(),
        locals: taken.iter().map(|name| Name::from(*name)).collect(),
        managed: &[],
        provider: &[],
        leaves_code: false,
    };
    write(found, &around)
}

fn text(found: &[Found]) -> String {
    written(found).text
}

#[test]
fn an_id_becomes_a_reference_and_a_default_is_left_out() {
    let library = [shelf("s1", "poetry"), book("howl", "s1", &[("note", Value::from("belongs to s1"))])];
    insta::assert_snapshot!(text(&library), @r#"
    resource "shelf" "poetry" { name = "poetry" }
    resource "book" "howl" {
      shelf = shelf.poetry.id
      title = "howl"
      note = "belongs to ${shelf.poetry.id}"
    }
    "#);
}

#[test]
fn keys_that_name_other_objects_become_references() {
    let seen = [("s1".into(), Value::from(2_i64)), ("lost".into(), Value::from(1_i64))];
    let seen = Value::map(Type::Number, seen.into_iter().collect());
    insta::assert_snapshot!(text(&[shelf("s1", "poetry"), book("howl", "s2", &[("seen", seen)])]), @r#"
    resource "shelf" "poetry" { name = "poetry" }
    resource "book" "howl" {
      shelf = "s2"
      title = "howl"
      seen = { lost = 1, (shelf.poetry.id) = 2 }
    }
    "#);
}

#[test]
fn what_follows_a_beginning_becomes_a_reference() {
    let text = text(&[shelf("s1", "poetry"), book("howl", "in the attic: s1", &[])]);
    assert!(text.contains(r#"shelf = "in the attic: ${shelf.poetry.id}""#), "{text}");
}

#[test]
fn of_links_that_would_close_a_circle_the_last_stays_as_it_is() {
    let own = [("id", Value::from("s1")), ("name", Value::from("poetry")), ("beside", Value::from("howl"))];
    insta::assert_snapshot!(text(&[found("shelf", "poetry", &Value::object(own)), book("howl", "s1", &[])]), @r#"
    resource "shelf" "poetry" {
      name = "poetry"
      beside = book.howl.title
    }
    resource "book" "howl" {
      shelf = "s1"
      title = "howl"
    }
    "#);
}

#[test]
fn a_map_has_all_of_its_keys_in_quotes_or_none() {
    let library = [("2024", 4_i64), ("e5", 2)];
    let library = library.map(|(title, copies)| book(title, "s1", &[("copies", Value::from(copies))]));
    assert!(text(&library).contains(r#"for_each = { "2024" = 4, "e5" = 2 }"#), "{}", text(&library));
}

#[test]
fn a_text_of_several_lines_stands_as_it_is_read() {
    insta::assert_snapshot!(text(&[book("howl", "s1", &[("note", Value::from("signed\n  by ${him}\n"))])]), @r#"
    resource "book" "howl" {
      shelf = "s1"
      title = "howl"
      note = <<-EOT
        signed
          by $${him}
      EOT
    }
    "#);
}

#[test]
fn a_long_text_that_the_other_object_does_not_have_keeps_them_apart() {
    let note = ("note", Value::from("I saw the best minds\nof my generation"));
    let library = [book("howl", "s1", &[note]), book("kaddish", "s1", &[])];
    assert!(!text(&library).contains("for_each"), "{}", text(&library));
}

fn praised() -> Found {
    let said = ["Inside", "Outside", "Spine"].map(|place| {
        let text = format!("the {place} is praised by all readers");
        (Name::from(format!("text.on.the-cover-{place}")), Value::from(text))
    });
    book("howl", "s1", &[("praise", Value::map(Type::String, said.into_iter().collect()))])
}

#[test]
fn a_long_map_whose_keys_begin_alike_becomes_a_local_value() {
    insta::assert_snapshot!(text(&[praised()]), @r#"
    locals { the_cover = { Inside = "the Inside is praised by all readers", Outside = "the Outside is praised by all readers", Spine = "the Spine is praised by all readers" } }

    resource "book" "howl" {
      shelf = "s1"
      title = "howl"
      praise = { for name, value in local.the_cover : "text.on.the-cover-${name}" => value }
    }
    "#);
}

#[test]
fn a_local_value_of_that_name_is_left_to_who_has_it() {
    let text = written_beside(&[praised()], &["the_cover"]).text;
    assert!(!text.contains("local"), "{text}");
}

#[test]
fn objects_that_differ_only_in_their_name_become_one_block() {
    insta::assert_snapshot!(text(&[shelf("s1", "poetry"), shelf("s2", "prose")]), @r#"
    resource "shelf" "all" {
      for_each = toset(["poetry", "prose"])
      name = each.key
    }
    "#);
}

#[test]
fn what_differs_is_in_the_map() {
    let library = [
        shelf("s1", "poetry"),
        book("howl", "s1", &[("copies", Value::from(2_i64))]),
        book("kaddish", "s1", &[("copies", Value::from(3_i64))]),
    ];
    insta::assert_snapshot!(text(&library), @r#"
    resource "shelf" "poetry" { name = "poetry" }
    resource "book" "all" {
      for_each = { howl = 2, kaddish = 3 }
      shelf = shelf.poetry.id
      title = each.key
      copies = each.value
    }
    "#);
}

#[test]
fn a_default_beside_what_differs_is_said() {
    let library = [book("howl", "s1", &[]), book("kaddish", "s1", &[("copies", Value::from(3_i64))])];
    assert!(text(&library).contains("for_each = { howl = 1, kaddish = 3 }"), "{}", text(&library));
}

#[test]
fn two_blocks_become_one_only_where_that_is_shorter() {
    let terms = [loan(&[("days", 7), ("fee", 1), ("renewals", 2)]), loan(&[("days", 14), ("fee", 2)])];
    let [short, long] = terms.map(|terms| [terms]);
    let library = [book("howl", "s1", &short), book("kaddish", "s1", &long)];
    insta::assert_snapshot!(text(&library), @r#"
    resource "book" "all" {
      for_each = { howl = { days = 7, fee = 1, renewals = 2 }, kaddish = { days = 14, fee = 2, renewals = null } }
      shelf = "s1"
      title = each.key
      loan {
        days = each.value.days
        fee = each.value.fee
        renewals = each.value.renewals
      }
    }
    "#);
}

#[test]
fn two_short_blocks_with_as_many_differences_stay_apart() {
    let two = ("copies", Value::from(2_i64));
    let library = [
        book("howl", "s1", &[("note", Value::from("signed"))]),
        book("kaddish", "s2", &[two, ("note", Value::from("lost"))]),
    ];
    assert!(!text(&library).contains("for_each"), "{}", text(&library));
}

#[test]
fn what_is_not_alike_stays_apart() {
    let library = [book("howl", "s1", &[loan(&[("days", 7)])]), book("kaddish", "s2", &[])];
    let written = written(&library);
    let addresses: Vec<String> = written.addresses.iter().map(ToString::to_string).collect();
    assert_eq!(addresses, ["book.howl", "book.kaddish"]);
    assert!(!written.text.contains("for_each"), "{}", written.text);
}

#[test]
fn each_object_has_an_address_and_an_import_block() {
    let written = written(&[shelf("s1", "poetry"), shelf("s2", "prose")]);
    let addresses: Vec<String> = written.addresses.iter().map(ToString::to_string).collect();
    assert_eq!(addresses, ["shelf.all[\"poetry\"]", "shelf.all[\"prose\"]"]);
    insta::assert_snapshot!(written.imports, @r#"
    import {
      to = shelf.all["poetry"]
      id = "poetry"
    }

    import {
      to = shelf.all["prose"]
      id = "prose"
    }
    "#);
}
