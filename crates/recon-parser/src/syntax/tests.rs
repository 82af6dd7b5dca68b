//! The grammar against HCL's own cases, and what it says about mistakes.

use recon_core::{Diagnostics, FileId, SourceMap};

use super::*;
use crate::conformance;
use crate::expression::{BinaryOperator, Expression, For, Kind, Part, UnaryOperator};
use test_case::test_case;

fn body(text: &str) -> (Body, Diagnostics) {
    parse_body(FileId(0), text)
}

fn accepts(text: &str) -> bool {
    !body(text).1.has_errors()
}

/// Each diagnostic as `line:column summary: detail`.
fn messages(text: &str) -> String {
    let mut sources = SourceMap::default();
    sources.add("main.tf", text);
    let describe = |diagnostic: &recon_core::Diagnostic| {
        let (line, column) = sources.position(diagnostic.labels[0].span);
        format!("{line}:{column} {}: {}", diagnostic.summary, diagnostic.detail)
    };
    body(text).1.iter().map(describe).collect::<Vec<_>>().join("\n")
}

#[test]
fn accepts_and_refuses_what_hcl_does() {
    let Some(cases) = conformance::json("hcl-spec/parse_cases.json") else { return };
    let cases = cases.as_array().unwrap();
    let native: Vec<_> = cases.iter().filter(|case| case["syntax"] == "hcl").collect();
    let wrong: Vec<_> = native
        .iter()
        .filter(|case| accepts(case["input"].as_str().unwrap()) != case["accept"].as_bool().unwrap())
        .map(|case| case["input"].as_str().unwrap())
        .collect();
    assert!(wrong.is_empty(), "{} of {}: {wrong:#?}", wrong.len(), native.len());
}

#[test]
fn accepts_every_example() {
    for (path, text) in conformance::files(&["docs-examples", "acceptance"], "tf") {
        assert!(accepts(&text), "{path}: {}", messages(&text));
    }
}

/// The bytes from which to which the specification suite wants errors, and those where they are found.
#[test]
fn mistakes_are_found_where_the_specification_says() {
    for test in ["attributes/singleline_bad", "blocks/single_oneline_invalid", "blocks/single_unclosed"] {
        let Some(input) = conformance::text(&format!("hcl-spec/tests/structure/{test}.hcl")) else { return };
        let wanted = conformance::text(&format!("hcl-spec/tests/structure/{test}.t")).unwrap();
        let wanted: Vec<u32> = wanted
            .lines()
            .filter_map(|line| {
                line.trim().strip_prefix("byte")?.trim().strip_prefix('=')?.trim().parse().ok()
            })
            .collect();
        let found: Vec<u32> = body(&input)
            .1
            .iter()
            .flat_map(|found| [found.labels[0].span.start, found.labels[0].span.end])
            .collect();
        assert_eq!(found, wanted, "{test}: {}", messages(&input));
    }
}

#[test]
fn every_mistake_is_told_once_and_the_rest_is_read() {
    let text = "a {\n  b = [1, 2\n}\nc = 'x'\nd {\n  e = \n  f = 1 g = 2\n  h \"i\" {\n    j = foo(1,\n  }\n}\nk = 1\n";
    insta::assert_snapshot!(messages(text), @r#"
    3:1 Missing item separator: Elements are separated by commas; `,` or `]` was expected here, but found `}`.
    4:5 Invalid character: Single quotes do not make a string. Use double quotes: `"…"`.
    6:7 Invalid expression: A value was expected here, but found the end of the line.
    7:9 Missing newline after argument: An argument ends with its line; the end of the line was expected here, but found `g`.
    10:3 Invalid expression: A value was expected here, but found `}`.
    "#);
    let (found, _) = body(text);
    assert!(found.attributes.contains_key("k"));
    assert_eq!(found.blocks.len(), 2);
}

#[test_case("a = \"x", "Unclosed string"; "string")]
#[test_case("a = \"x\ry\"", "Unclosed string"; "a carriage return alone in a string")]
#[test_case("a = <<EOT\nx", "Unclosed heredoc"; "heredoc")]
#[test_case("a = <<EOT\nx\ry\r\nEOT\n", "Invalid character"; "a carriage return alone in a heredoc")]
#[test_case("a = \"${b\"", "Extra characters after interpolation expression"; "interpolation")]
#[test_case("a = \"%{ if x }\"", "Unexpected end of template"; "directive")]
#[test_case("a = \"%{ endif }\"", "Unexpected template directive"; "end of nothing")]
#[test_case("a = \"%{ iff x }\"", "Invalid template directive"; "unknown directive")]
#[test_case("a = \"\\x\"", "Invalid escape sequence"; "escape")]
#[test_case("a = \"\\ud800\"", "Invalid escape sequence"; "surrogate")]
#[test_case("a = b.0.1", "Invalid legacy index syntax"; "legacy index")]
#[test_case("a = b.*.c.*.d", "Nested splat expression not allowed"; "nested splat")]
#[test_case("a = [for x in y : a => b]", "Invalid 'for' expression"; "arrow in brackets")]
#[test_case("a = {for x in y : a}", "Invalid 'for' expression"; "no arrow in braces")]
#[test_case("a = 1\na = 2", "Attribute redefined"; "twice")]
#[test_case("a = 1.2.3", "Invalid number literal"; "number")]
#[test_case("a \"${b}\" {}", "Invalid block label"; "label")]
#[test_case("a = 1;", "Invalid character"; "semicolon")]
#[test_case("a = \u{a0}1", "Invalid character"; "non-breaking space")]
#[test_case("a = b & c", "Invalid character"; "single ampersand")]
#[test_case("a =\n1", "Invalid expression"; "line break before value")]
#[test_case("\"a\" = 1", "Invalid argument name"; "quoted name")]
#[test_case("a\n{\n}", "Argument or block definition required"; "brace on next line")]
fn each_mistake_has_its_summary(text: &str, summary: &str) {
    let (_, problems) = body(text);
    assert_eq!(problems.iter().next().map(|problem| &*problem.summary), Some(summary), "{}", messages(text));
}

#[test]
fn nesting_has_a_bound() {
    for deep in [
        format!("a = {}1{}", "[".repeat(100_000), "]".repeat(100_000)),
        format!("a = {}1", "!".repeat(100_000)),
        format!("a = {}1", "-(".repeat(100_000)),
        format!("a = 1{}", " + 1".repeat(100_000)),
        format!("a = b{}", ".c".repeat(100_000)),
        format!("a = {}1{}", "\"${".repeat(100_000), "}\"".repeat(100_000)),
        format!("a = {}1", "b ? c : ".repeat(100_000)),
        "a {\n".repeat(100_000),
        format!("a = \"{}{}\"", "%{ if b }".repeat(100_000), "%{ endif }".repeat(100_000)),
    ] {
        assert_eq!(body(&deep).1.iter().next().map(|problem| &*problem.summary), Some("Nesting too deep"));
    }
    assert!(accepts(&format!("a = {}1{}", "[".repeat(150), "]".repeat(150))));
    let long: String = (0..5_000).map(|index| format!("a{index} = [1 + 2, 3 + 4]\n")).collect();
    assert!(accepts(&long));
}

/// An expression as Lisp would write it, to compare shapes.
fn shape(expression: &Expression) -> String {
    let all = |items: &[Expression]| items.iter().map(shape).collect::<Vec<_>>().join(" ");
    match &*expression.kind {
        Kind::Literal(value) => format!("{value:?}"),
        Kind::Template(parts) => format!("(template {})", parts_shape(parts)),
        Kind::Variable(name) => name.to_string(),
        Kind::Attribute(source, name) => format!("(. {} {name})", shape(source)),
        Kind::Index(source, key) => format!("([] {} {})", shape(source), shape(key)),
        Kind::Splat { source, each } => format!("(splat {} {})", shape(source), shape(each)),
        Kind::SplatItem => "@".to_owned(),
        Kind::Call { name, arguments, expand, .. } => {
            format!("({name} {}{})", all(arguments), if *expand { "..." } else { "" })
        }
        Kind::Conditional(a, b, c) => format!("(? {} {} {})", shape(a), shape(b), shape(c)),
        Kind::Unary(UnaryOperator::Not, inner) => format!("(! {})", shape(inner)),
        Kind::Unary(UnaryOperator::Negate, inner) => format!("(- {})", shape(inner)),
        Kind::Binary(a, operator, b) => format!("({} {} {})", sign(*operator), shape(a), shape(b)),
        Kind::For(For { key, value, collection, key_result, result, grouped, condition }) => format!(
            "(for {key:?} {value} {} {:?} {} {grouped} {:?})",
            shape(collection),
            key_result.as_ref().map(shape),
            shape(result),
            condition.as_ref().map(shape)
        ),
        Kind::Tuple(items) => format!("[{}]", all(items)),
        Kind::Object(entries) => {
            let entries: Vec<_> =
                entries.iter().map(|(key, value)| format!("{}={}", shape(key), shape(value))).collect();
            format!("{{{}}}", entries.join(" "))
        }
        Kind::Parenthesis(inner) => format!("(paren {})", shape(inner)),
    }
}

fn sign(operator: BinaryOperator) -> &'static str {
    match operator {
        BinaryOperator::Add => "+",
        BinaryOperator::Subtract => "-",
        BinaryOperator::Multiply => "*",
        BinaryOperator::Divide => "/",
        BinaryOperator::Remainder => "%",
        BinaryOperator::Equal => "==",
        BinaryOperator::NotEqual => "!=",
        BinaryOperator::Less => "<",
        BinaryOperator::LessOrEqual => "<=",
        BinaryOperator::Greater => ">",
        BinaryOperator::GreaterOrEqual => ">=",
        BinaryOperator::And => "&&",
        BinaryOperator::Or => "||",
    }
}

fn parts_shape(parts: &[Part]) -> String {
    let one = |part: &Part| match part {
        Part::Text(text) => format!("{text:?}"),
        Part::Interpolation(inner) => shape(inner),
        Part::If { condition, yes, no } => {
            format!("(if {} ({}) ({}))", shape(condition), parts_shape(yes), parts_shape(no))
        }
        Part::For { key, value, collection, body } => {
            format!("(for {key:?} {value} {} ({}))", shape(collection), parts_shape(body))
        }
    };
    parts.iter().map(one).collect::<Vec<_>>().join(" ")
}

#[test_case("2 + 3 * 4 % 5 - 1", "(- (+ 2 (% (* 3 4) 5)) 1)")]
#[test_case("a || b && c == d < e + f", "(|| a (&& b (== c (< d (+ e f)))))")]
#[test_case("a - b - c", "(- (- a b) c)")]
#[test_case("!a == b", "(== (! a) b)")]
#[test_case("-a.b[0]", "(- ([] (. a b) 0))")]
#[test_case("a ? b : c ? d : e", "(? a b (? c d e))")]
#[test_case("a[*].b[0].c", "(splat a (. ([] (. @ b) 0) c))")]
#[test_case("a.*.b.0", "(splat a ([] (. @ b) 0))")]
#[test_case("a.*.b[0]", "([] (splat a (. @ b)) 0)")]
#[test_case("a[*].b[*].c", "(splat a (splat (. @ b) (. @ c)))")]
#[test_case("provider::aws::arn(a, b...)", "(provider::aws::arn a b...)")]
#[test_case(
    "{a = 1, true = 2, (a) = 3, \"${a}\" = 4, 5 : 6}",
    "{\"a\"=1 \"true\"=2 (paren a)=3 (paren a)=4 5=6}"
)]
#[test_case("{a = 1\n\n a = 2 # twice\n}", "{\"a\"=1 \"a\"=2}")]
#[test_case("[for k, v in m : v if v != null]", "(for Some(\"k\") v m None v false Some(\"(!= v null)\"))")]
#[test_case("{for v in m : v.a => v...}", "(for None v m Some(\"(. v a)\") v true None)")]
#[test_case("\"${a}\"", "a"; "a template of one interpolation is that interpolation")]
#[test_case("\"a${b}c\"", "(template \"a\" b \"c\")")]
#[test_case("\"$${a} %%{b} $$ % $\"", "\"${a} %{b} $$ % $\""; "escaped sequences")]
#[test_case("\"$$${a}\"", "\"$${a}\""; "escape after a dollar")]
#[test_case("\"\\u00e9\\U0001F600\\n\\t\\\\\"", "\"é😀\\n\\t\\\\\""; "escapes")]
#[test_case("\"e\u{301}\"", "\"\u{e9}\""; "normal form")]
#[test_case("\"a ${~ b ~} c\"", "(template \"a\" b \"c\")"; "trimming")]
#[test_case("\"  ${~ a ~}\"", "(template a \"\")"; "text that is trimmed away")]
#[test_case("\"%{ if a }b%{ else }c%{ endif }\"", "(template (if a (\"b\") (\"c\")))")]
#[test_case("\"%{ for k, v in m }${v}%{ endfor }\"", "(template (for Some(\"k\") v m (v)))")]
#[test_case("100000000000000000000000000001", "100000000000000000000000000001")]
#[test_case("1.5e3", "1500")]
#[test_case("<<EOT\n  a\\n \"$${b}\"\nEOT\n", "\"  a\\\\n \\\"${b}\\\"\\n\""; "a heredoc has no escapes")]
#[test_case("<<-EOT\n    a\n\n      ${b}\n    EOT\n", "(template \"a\\n\\n  \" b \"\\n\")"; "indentation")]
#[test_case("<<-EOT\n\ta\n  b\n  EOT\n", "\"a\\n b\\n\""; "a tab counts as one")]
#[test_case("<<EOT\n%{ if a ~}\n  b\n%{ endif ~}\nEOT\n", "(template (if a (\"  b\\n\") ()))"; "a tilde trims its own line only")]
#[test_case("(\n1\n+ 2)", "(paren (+ 1 2))")]
fn expressions_have_their_shape(text: &str, expected: &str) {
    let found = parse_expression(FileId(0), text).unwrap_or_else(|problems| panic!("{problems:?}"));
    assert_eq!(shape(&found), expected);
}

#[test]
fn places_are_exact() {
    let text = "a = foo(b.c[0], \"x${d}\") + -e\n";
    let (body, _) = body(text);
    let value = &body.attributes["a"].value;
    let mut sources = SourceMap::default();
    sources.add("x", text);
    let mut found = Vec::new();
    collect(value, &mut |expression| found.push(sources.excerpt(expression.span).to_owned()));
    assert_eq!(
        found,
        [
            "foo(b.c[0], \"x${d}\") + -e",
            "foo(b.c[0], \"x${d}\")",
            "b.c[0]",
            "b.c",
            "b",
            "0",
            "\"x${d}\"",
            "d",
            "-e",
            "e"
        ]
    );
}

fn collect(expression: &Expression, visit: &mut dyn FnMut(&Expression)) {
    visit(expression);
    match &*expression.kind {
        Kind::Attribute(inner, _) | Kind::Unary(_, inner) => collect(inner, visit),
        Kind::Index(a, b) | Kind::Binary(a, _, b) => {
            collect(a, visit);
            collect(b, visit);
        }
        Kind::Call { arguments, .. } => arguments.iter().for_each(|inner| collect(inner, visit)),
        Kind::Template(parts) => parts.iter().for_each(|part| {
            if let Part::Interpolation(inner) = part {
                collect(inner, visit);
            }
        }),
        _ => {}
    }
}

#[test_case("[1,", true)]
#[test_case("{ a = (", true)]
#[test_case("[1]", false)]
#[test_case("1]", false)]
#[test_case("\"${upper(", true; "inside of an interpolation")]
#[test_case("\"[\"", false; "a bracket in quotes")]
#[test_case("<<E\na\n", true; "a heredoc")]
#[test_case("<<E\na\nE\n", false; "a heredoc that ends")]
fn an_open_bracket_is_continued(text: &str, expected: bool) {
    assert_eq!(is_unfinished(text), expected);
}
