//! Properties of any expression: what is sensitive never leaks, and what is unknown never turns out otherwise than said.

use proptest::prelude::*;
use recon_core::{Data, Diagnostic, FileId, Span, Type, Value};

use super::evaluate;
use crate::files::Files;
use crate::load::tests::Memory;
use crate::scope::{Clock, Lookup, Scope};
use crate::syntax::parse_expression;

/// A module in which `var.text`, `var.number`, `var.flag` and `var.list` have given values.
struct Given {
    text: Value,
    number: Value,
    flag: Value,
    list: Value,
    files: Memory,
}

impl Given {
    fn new(text: &str, number: i64, flag: bool, list: &[&str]) -> Self {
        Self {
            text: Value::from(text),
            number: Value::from(number),
            flag: Value::from(flag),
            list: Value::strings(list.iter().copied()),
            files: Memory::new(&[]),
        }
    }

    fn map(self, change: impl Fn(Value) -> Value) -> Self {
        let Self { text, number, flag, list, files } = self;
        Self { text: change(text), number: change(number), flag: change(flag), list: change(list), files }
    }
}

impl Scope for Given {
    fn lookup(&self, lookup: &Lookup, span: Span) -> Result<Value, Diagnostic> {
        let Lookup::Variable(name) = lookup else { return Err(Diagnostic::error("None", "").at(span)) };
        Ok(match &**name {
            "text" => self.text.clone(),
            "number" => self.number.clone(),
            "flag" => self.flag.clone(),
            _ => self.list.clone(),
        })
    }

    fn files(&self) -> &dyn Files {
        &self.files
    }

    fn clock(&self) -> Clock {
        Clock { planned_at_ms: 0, applying: None }
    }
}

/// Expressions, most of which have a value.
fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("var.text".to_owned()),
        Just("var.number".to_owned()),
        Just("var.flag".to_owned()),
        Just("var.list".to_owned()),
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("\"a\"".to_owned()),
        Just("\"b-1\"".to_owned()),
        (0..4i64).prop_map(|number| number.to_string()),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        let one = (inner.clone(), 0..ONE.len()).prop_map(|(a, at)| ONE[at].replace('A', &a));
        let two = (inner.clone(), inner.clone(), 0..TWO.len())
            .prop_map(|(a, b, at)| TWO[at].replace('A', "\u{1}").replace('B', &b).replace('\u{1}', &a));
        // A result that is not chosen still decides the type, unless it fails; so both results fail alike here.
        let three = (inner.clone(), inner.clone(), inner)
            .prop_map(|(a, b, c)| format!("(({a}) == ({b}) ? [({c})] : [({c})])"));
        prop_oneof![3 => one, 4 => two, 1 => three]
    })
}

/// Forms of one part, `A`.
const ONE: &[&str] = &[
    "upper(A)",
    "length(A)",
    "jsonencode(A)",
    "tostring(A)",
    "tolist([A])",
    "toset([A, \"a\"])",
    "[A]",
    "{ k = A }",
    "{ k = A }.k",
    "\"x${A}\"",
    "try(A, 0)",
    "can(A)",
    "[for x in [A, 1] : x]",
    "[for x in A : x]",
    "{ for k, v in [A] : k => v }",
    "A[*]",
    "[A][*]",
    "-A",
    "!A",
    "flatten([A, [A]])",
    "distinct([A, A])",
    "one([A])",
    "keys({ k = A })",
    "values({ k = A })",
    "sort([A])",
    "compact([A])",
    "abs(A)",
    "split(\"-\", A)",
    "md5(A)",
    "nonsensitive(\"n\") == A",
    "reverse([A, 1])",
    "base64encode(A)",
    "merge({ a = 1 }, { b = A })",
    "coalesce(A, \"z\")",
    "sum([A, 1])",
    "tonumber(A)",
    "yamlencode(A)",
    "\"%{ if A }y%{ else }n%{ endif }\"",
    "\"%{ for x in A }${x},%{ endfor }\"",
    "range(A)",
    "chunklist([A], 1)",
    "tomap({ k = A })",
    "strrev(A)",
    "substr(A, 0, 1)",
    "A == null",
    "regexall(\"[a-z]\", A)",
];

/// Forms of two parts, `A` and `B`.
const TWO: &[&str] = &[
    "A + B",
    "A == B",
    "A != B",
    "A < B",
    "A && B",
    "A || B",
    "concat([A], [B])",
    "join(A, [B])",
    "contains([A], B)",
    "[A, B][0]",
    "[\"p\", \"q\"][A]",
    "element([A, B], 1)",
    "lookup({ a = A }, B, 0)",
    "{ a = 1, b = 2 }[A]",
    "format(\"%v %v\", A, B)",
    "coalesce(A, B)",
    "{ (A) = B }",
    "[for x in [A, B] : x if x == A]",
    "{ for x in [A, B] : x => 1... }",
    "merge({ k = A }, { k = B })",
    "zipmap([A], [B])",
    "setunion([A], [B])",
    "setproduct([A], [B])",
    "index([A, B], B)",
    "slice([A, B], 0, 1)",
    "replace(A, B, \"r\")",
    "try(A, B)",
    "tolist([A, B])",
    "max(A, B)",
    "formatlist(\"%s-%s\", [A], B)",
    "startswith(A, B)",
    "setsubtract([A], [B])",
    "matchkeys([A], [B], [B])",
    "A ? B : B",
    "trimprefix(A, B)",
    "[for k, v in { a = A, b = B } : v if k != \"b\"]",
];

fn value_of(text: &str, given: &Given) -> Option<Value> {
    evaluate(&parse_expression(FileId(0), text).ok()?, given).ok()
}

/// Whether what is known of a value holds of the value that it turns out to be.
fn holds(said: &Value, turned_out: &Value) -> bool {
    match (&said.data, &turned_out.data) {
        (_, Data::Unknown(_)) | (Data::Null(_), Data::Null(_)) => true,
        (Data::Unknown(unknown), _) => {
            let fits = unknown.ty == Type::Any || turned_out.ty() == unknown.ty || !unknown.ty.is_concrete();
            (fits || turned_out.is_null()) && !(unknown.not_null && turned_out.is_null())
        }
        // Elements of a set have no place to compare by.
        (Data::Set(said), Data::Set(turned_out)) => said
            .items
            .iter()
            .filter(|item| item.is_wholly_known())
            .all(|item| turned_out.items.iter().any(|other| other.same(item))),
        (Data::List(_) | Data::Tuple(_), Data::List(_) | Data::Tuple(_)) => {
            said.items().len() == turned_out.items().len()
                && said
                    .items()
                    .iter()
                    .zip(turned_out.items())
                    .all(|(said, turned_out)| holds(said, turned_out))
        }
        (Data::Map(_) | Data::Object(_), Data::Map(_) | Data::Object(_)) => {
            let (Some(a), Some(b)) = (said.entries(), turned_out.entries()) else { return false };
            a.keys().eq(b.keys())
                && a.values().zip(b.values()).all(|(said, turned_out)| holds(said, turned_out))
        }
        (said, turned_out) => said == turned_out,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    /// Two runs that differ only in secrets differ only in what is marked.
    #[test]
    fn what_is_sensitive_never_leaks(text in expression()) {
        // That something failed is no secret in this language.
        if text.contains("try(") || text.contains("can(") {
            return Ok(());
        }
        let secret = |given: Given| given.map(Value::sensitive);
        let one = value_of(&text, &secret(Given::new("a", 1, true, &["a", "b"])));
        let other = value_of(&text, &secret(Given::new("zz-9", 0, false, &["zz"])));
        if let (Some(one), Some(other)) = (one, other) {
            prop_assert!(agree_outside_of_secrets(&one, &other), "{text} leaks: {one:?} and {other:?}");
        }
    }

    /// Layout is not meaning.
    #[test]
    fn what_is_formatted_has_the_same_value(text in expression()) {
        let given = Given::new("a", 1, true, &["a", "b"]);
        let line = format!("value={text}\n");
        let Ok(formatted) = crate::format::format(FileId(0), &line) else { return Ok(()) };
        let (body, problems) = crate::syntax::parse_body(FileId(0), &formatted);
        prop_assert!(problems.is_empty(), "{formatted}");
        let again = evaluate(&body.attributes["value"].value, &given).ok();
        prop_assert_eq!(again, value_of(&text, &given), "{}", formatted);
    }

    /// What a plan says before a value is known holds once it is.
    #[test]
    fn what_is_said_of_the_unknown_holds(text in expression()) {
        // A value without even a type does not keep its neighbours from deciding the type of a list; and what has a
        // value while something is unknown may have none afterwards.
        if ["try(", "can(", "lookup("].iter().any(|call| text.contains(call)) {
            return Ok(());
        }
        let unknown = Given::new("a", 1, true, &["a"]).map(|value| Value::unknown(value.ty()));
        let Some(said) = value_of(&text, &unknown) else { return Ok(()) };
        for given in [Given::new("a", 1, true, &["a", "b"]), Given::new("2", 0, false, &[]), Given::new("b-1", 3, true, &["b"])] {
            if let Some(turned_out) = value_of(&text, &given) {
                prop_assert!(holds(&said, &turned_out), "{text}: said {said:?}, turned out {turned_out:?}");
            }
        }
    }
}

fn agree_outside_of_secrets(a: &Value, b: &Value) -> bool {
    // Where one is a secret as a whole, the other may be one in all its parts.
    if a.marks.is_sensitive() || b.marks.is_sensitive() {
        return a.deep_marks().is_sensitive() && b.deep_marks().is_sensitive();
    }
    match (&a.data, &b.data) {
        (Data::List(_) | Data::Tuple(_), Data::List(_) | Data::Tuple(_)) | (Data::Set(_), Data::Set(_)) => {
            a.items().len() == b.items().len()
                && a.items().iter().zip(b.items()).all(|(a, b)| agree_outside_of_secrets(a, b))
        }
        (Data::Map(_) | Data::Object(_), Data::Map(_) | Data::Object(_)) => {
            let (Some(a), Some(b)) = (a.entries(), b.entries()) else { return false };
            a.keys().eq(b.keys()) && a.values().zip(b.values()).all(|(a, b)| agree_outside_of_secrets(a, b))
        }
        (a, b) => a == b,
    }
}
