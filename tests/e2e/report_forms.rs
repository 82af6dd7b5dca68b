//! What SARIF 2.1.0 and `JUnit` ask of a document as far as recon writes one: members and attributes, their order and their values.
//!
//! This holds everywhere; the published schemas, which need files and programs, are asked where they are at hand.

use recon_tests::Cloud;
use serde_json::{Map, Value};

use crate::reports::{reported, varied};

const LEVELS: &[&str] = &["none", "note", "warning", "error"];

#[test]
fn the_documents_are_what_sarif_and_junit_describe() {
    let cloud = Cloud::sandbox();
    let own = varied(&cloud);
    reported(&own, &[]);
    sarif(&serde_json::from_str(&own.read("report.sarif")).expect("the report is JSON"));
    junit(&own.read("report.junit"));
}

/// An object with all of these members, perhaps those, and no others: SARIF allows none that it does not describe.
fn object<'a>(value: &'a Value, required: &[&str], optional: &[&str]) -> &'a Map<String, Value> {
    let members = value.as_object().unwrap_or_else(|| panic!("no object: {value}"));
    for name in required {
        assert!(members.contains_key(*name), "`{name}` is missing in {value}");
    }
    for name in members.keys() {
        let is_known = required.contains(&name.as_str()) || optional.contains(&name.as_str());
        assert!(is_known, "`{name}` does not belong into {value}");
    }
    members
}

fn items(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap_or_else(|| panic!("no list: {value}"))
}

fn text(value: &Value) -> &str {
    value.as_str().filter(|text| !text.is_empty()).unwrap_or_else(|| panic!("no text: {value}"))
}

fn one_of(value: &Value, allowed: &[&str]) {
    assert!(allowed.contains(&text(value)), "{value} is not one of {allowed:?}");
}

fn message(value: &Value) {
    text(&object(value, &["text"], &["markdown"])["text"]);
}

fn sarif(document: &Value) {
    let root = object(document, &["version", "runs"], &["$schema"]);
    assert_eq!(root["version"], "2.1.0");
    assert_eq!(items(&root["runs"]).len(), 1);
    for run in items(&root["runs"]) {
        let run = object(run, &["tool", "results"], &["invocations"]);
        let driver = &object(&run["tool"], &["driver"], &[])["driver"];
        let driver = object(driver, &["name"], &["version", "informationUri", "rules"]);
        text(&driver["name"]);
        let rules: Vec<&str> = items(&driver["rules"]).iter().map(rule).collect();
        for invocation in items(&run["invocations"]) {
            self::invocation(invocation);
        }
        let results = items(&run["results"]);
        assert!(results.len() > 4, "the report has something of every kind: {document:#}");
        for one in results {
            result(one, &rules);
        }
    }
}

fn rule(rule: &Value) -> &str {
    let members = object(rule, &["id"], &["name", "shortDescription", "defaultConfiguration"]);
    message(&members["shortDescription"]);
    one_of(&object(&members["defaultConfiguration"], &[], &["level"])["level"], LEVELS);
    text(&members["id"])
}

fn invocation(invocation: &Value) {
    let members = object(invocation, &["executionSuccessful"], &["toolExecutionNotifications"]);
    assert!(members["executionSuccessful"].is_boolean(), "{invocation}");
    for notice in items(&members["toolExecutionNotifications"]) {
        let notice = object(notice, &["message"], &["level"]);
        message(&notice["message"]);
        one_of(&notice["level"], LEVELS);
    }
}

fn result(result: &Value, rules: &[&str]) {
    let optional = ["ruleId", "ruleIndex", "level", "locations", "partialFingerprints", "suppressions"];
    let members = object(result, &["message"], &optional);
    message(&members["message"]);
    one_of(&members["level"], LEVELS);
    let index = members["ruleIndex"].as_u64().and_then(|index| usize::try_from(index).ok());
    assert_eq!(index.and_then(|index| rules.get(index)), Some(&text(&members["ruleId"])), "{result}");
    items(&members["locations"]).iter().for_each(location);
    let prints = members["partialFingerprints"].as_object().expect("they are an object");
    prints.values().for_each(|print| assert!(!text(print).is_empty()));
    for suppression in members.get("suppressions").map(items).into_iter().flatten() {
        let suppression = object(suppression, &["kind"], &["status", "justification"]);
        one_of(&suppression["kind"], &["inSource", "external"]);
        one_of(&suppression["status"], &["accepted", "underReview", "rejected"]);
    }
}

fn location(location: &Value) {
    let members = object(location, &[], &["logicalLocations", "physicalLocation"]);
    for logical in items(&members["logicalLocations"]) {
        let logical = object(logical, &[], &["fullyQualifiedName", "kind"]);
        logical.values().for_each(|value| assert!(!text(value).is_empty()));
    }
    let Some(physical) = members.get("physicalLocation") else { return };
    let physical = object(physical, &["artifactLocation"], &["region"]);
    let uri = text(&object(&physical["artifactLocation"], &["uri"], &[])["uri"]);
    assert!(!uri.contains(|c: char| c.is_whitespace() || "<>\"{}|\\^`".contains(c)), "`{uri}` is no URI");
    let line = object(&physical["region"], &["startLine"], &[])["startLine"].as_u64();
    assert!(line.is_some_and(|line| line > 0), "{location}");
}

/// An element with its attributes and what is in it.
#[derive(Default)]
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    children: Vec<Element>,
}

impl Element {
    fn attribute(&self, name: &str) -> &str {
        let found = self.attributes.iter().find(|(other, _)| other == name);
        let (_, value) = found.unwrap_or_else(|| panic!("<{}> has no `{name}`", self.name));
        value
    }

    fn number(&self, name: &str) -> usize {
        self.attribute(name).parse().unwrap_or_else(|_| panic!("`{name}` of <{}> is no number", self.name))
    }

    /// How many elements of that name there are within this one.
    fn count(&self, name: &str) -> usize {
        let own = self.children.iter().filter(|child| child.name == name).count();
        own + self.children.iter().map(|child| child.count(name)).sum::<usize>()
    }

    /// Has these attributes and no others, in any order.
    fn has_only(&self, names: &[&str]) {
        let mut found: Vec<&str> = self.attributes.iter().map(|(name, _)| name.as_str()).collect();
        let mut wanted = names.to_vec();
        found.sort_unstable();
        wanted.sort_unstable();
        assert_eq!(found, wanted, "attributes of <{}>", self.name);
    }
}

/// The root of an XML document.
fn parsed(xml: &str) -> Element {
    use xmlparser::{ElementEnd, Token, Tokenizer};
    let mut open = vec![Element::default()];
    for token in Tokenizer::from(xml) {
        match token.expect("the report is XML") {
            Token::ElementStart { local, .. } => {
                open.push(Element { name: local.to_string(), ..Element::default() });
            }
            Token::Attribute { local, value, .. } => {
                let element = open.last_mut().expect("an attribute is of an element");
                element.attributes.push((local.to_string(), value.to_string()));
            }
            Token::ElementEnd { end: ElementEnd::Open, .. } => {}
            Token::ElementEnd { end, .. } => {
                let closed = open.pop().expect("only what is open ends");
                if let ElementEnd::Close(_, name) = end {
                    assert_eq!(closed.name, name.as_str(), "ends what began last");
                }
                open.last_mut().expect("the document is around").children.push(closed);
            }
            _ => {}
        }
    }
    let mut document = open.pop().filter(|_| open.is_empty()).expect("all elements end");
    assert_eq!(document.children.len(), 1, "a document has one root");
    document.children.remove(0)
}

fn junit(xml: &str) {
    let root = parsed(xml);
    assert_eq!((root.name.as_str(), root.children.len()), ("testsuites", 2), "{xml}");
    root.has_only(&[]);
    for (id, suite) in root.children.iter().enumerate() {
        assert_eq!(suite.name, "testsuite");
        self::suite(id, suite);
    }
}

/// A suite as both schemas have it: in Ant's, order counts, and hardly anything may be left out.
fn suite(id: usize, suite: &Element) {
    let counts = ["tests", "failures", "errors", "skipped"];
    suite.has_only(&[&["id", "package", "name", "hostname", "time", "timestamp"], &counts[..]].concat());
    assert_eq!(suite.number("id"), id);
    let counted = ["testcase", "failure", "error", "skipped"];
    for (attribute, element) in counts.into_iter().zip(counted) {
        assert_eq!(suite.number(attribute), suite.count(element), "{attribute}");
    }
    let pattern = regex::Regex::new(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$").expect("it is a pattern");
    assert!(pattern.is_match(suite.attribute("timestamp")), "{}", suite.attribute("timestamp"));
    assert!(!suite.attribute("name").is_empty() && !suite.attribute("hostname").is_empty());
    let order: Vec<&str> = suite.children.iter().map(|child| child.name.as_str()).collect();
    let cases = order.iter().filter(|name| **name == "testcase").count();
    let wanted = [&["properties"][..], &vec!["testcase"; cases], &["system-out", "system-err"]].concat();
    assert_eq!(order, wanted);
    let cases = suite.children.iter().filter(|child| child.name == "testcase");
    cases.for_each(case);
}

fn case(case: &Element) {
    case.has_only(&["classname", "name", "time"]);
    assert!(case.attribute("time").parse::<f64>().is_ok() && !case.attribute("name").is_empty());
    assert!(case.children.len() <= 1, "a test has one result");
    for result in &case.children {
        match result.name.as_str() {
            "skipped" => result.has_only(&["message"]),
            "failure" | "error" => {
                result.has_only(&["message", "type"]);
                assert!(!result.attribute("type").is_empty());
            }
            other => panic!("a test has no <{other}>"),
        }
    }
}
