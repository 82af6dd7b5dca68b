//! References: which other block an expression needs, found without evaluating it.

use std::collections::BTreeSet;

use recon_core::value::Name;
use recon_core::{Diagnostic, Diagnostics, ResourceMode, Span};

use crate::body::iterator;
use crate::config::{Body, NestedBody};
use crate::expression::{Expression, For, Kind, Part};
use crate::suggest::did_you_mean;

/// What a reference needs, before instance keys and attributes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// `var.name`
    Variable(Name),
    /// `local.name`
    Local(Name),
    /// `aws_x.name`, `data.aws_x.name`
    Resource(ResourceMode, Name, Name),
    /// `module.name`, with the output if one is named
    Module(Name, Option<Name>),
}

/// A [`Target`] with where it is referred to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// What is needed.
    pub target: Target,
    /// Where.
    pub span: Span,
}

/// What the first name of a reference says it refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Root {
    Variable,
    Local,
    Path,
    Each,
    Count,
    Terraform,
    This,
    Module,
    Data,
    Resource,
    ResourceType,
}

/// What the first name of a reference says it refers to.
pub(crate) fn root(name: &str) -> Root {
    match name {
        "var" => Root::Variable,
        "local" => Root::Local,
        "path" => Root::Path,
        "each" => Root::Each,
        "count" => Root::Count,
        "terraform" => Root::Terraform,
        "self" => Root::This,
        "module" => Root::Module,
        "data" => Root::Data,
        "resource" => Root::Resource,
        _ => Root::ResourceType,
    }
}

/// Why a reference that starts with `name` means nothing, `attribute` being what follows it.
pub(crate) fn misuse(name: &str, attribute: Option<&str>) -> String {
    let supported = |all: &[&str]| {
        let given = attribute.map_or_else(String::new, |given| {
            format!(", not `{name}.{given}`.{}", did_you_mean(given, all.iter().copied()))
        });
        let all: Vec<String> = all.iter().map(|attribute| format!("`{name}.{attribute}`")).collect();
        format!("The `{name}` object provides {}{given}", all.join(" and "))
    };
    match root(name) {
        Root::Each => supported(&["key", "value"]),
        Root::Count => supported(&["index"]),
        Root::Terraform => supported(&["workspace", "applying"]),
        Root::Path => supported(&["module", "root", "cwd"]),
        Root::Variable | Root::Local | Root::Module | Root::This => {
            format!(
                "The `{name}` object cannot be used as a whole. Say which one is meant, as in `{name}.example`."
            )
        }
        Root::Data | Root::Resource => format!(
            "`{name}` must be followed by a type and a name, as in `{name}.aws_lambda_function.example`."
        ),
        Root::ResourceType => format!(
            "There is no variable `{name}` here, and a resource type must be followed by the name of a block, as in \
             `{name}.example`. A variable is written `var.{name}`, a local value `local.{name}`, text in quotes."
        ),
    }
}

/// Everything outside of itself that an expression refers to, distinct, in source order.
pub fn of_expression(expression: &Expression) -> Vec<Reference> {
    let mut found = Found::default();
    walk(expression, None, &mut |name, attributes, whole| found.note(name, attributes, whole));
    found.references
}

/// Every chain of steps on a name that nothing inside the expression binds, such as `aws_x.name[0].id`, in source order.
pub fn chains(expression: &Expression) -> Vec<&Expression> {
    let mut found = Vec::new();
    free_names(expression, &mut |_, whole| found.push(whole));
    found.sort_by_key(|whole| whole.span);
    found
}

/// Everything that the arguments and nested blocks of a body refer to, distinct, arguments before blocks.
pub fn of_body(body: &Body) -> Vec<Reference> {
    let mut found = Found::default();
    walk_body(body, None, &mut |name, attributes, whole| found.note(name, attributes, whole));
    found.references
}

/// References in an expression that mean nothing wherever it stands: `each.vlaue`, or a bare word where text was meant.
pub fn misuses(expression: &Expression) -> Diagnostics {
    let mut found = Diagnostics::new();
    walk(expression, None, &mut |name, attributes, whole| found.extend(misused(name, attributes, whole)));
    found
}

/// References anywhere in a body that mean nothing wherever they stand.
pub fn misuses_in_body(body: &Body) -> Diagnostics {
    let mut found = Diagnostics::new();
    walk_body(body, None, &mut |name, attributes, whole| found.extend(misused(name, attributes, whole)));
    found
}

fn misused(name: &str, attributes: &[Option<&Name>], whole: &Expression) -> Option<Diagnostic> {
    if means_something(name, attributes) {
        return None;
    }
    let attribute = attributes.first().copied().flatten().map(|attribute| &**attribute);
    Some(Diagnostic::error("Invalid reference", misuse(name, attribute)).at(whole.span))
}

fn means_something(name: &str, attributes: &[Option<&Name>]) -> bool {
    let attribute = |at: usize| attributes.get(at).copied().flatten().map(|attribute| &**attribute);
    match root(name) {
        Root::This => true,
        Root::Each => matches!(attribute(0), Some("key" | "value")),
        Root::Count => attribute(0) == Some("index"),
        Root::Terraform => matches!(attribute(0), Some("workspace" | "applying")),
        Root::Path => matches!(attribute(0), Some("module" | "root" | "cwd")),
        Root::Variable | Root::Local | Root::Module | Root::ResourceType => attribute(0).is_some(),
        Root::Data | Root::Resource => attribute(0).is_some() && attribute(1).is_some(),
    }
}

/// Calls `visit` with every root name that nothing inside the expression binds, and the longest chain of steps on it.
pub(crate) fn free_names<'e>(expression: &'e Expression, visit: &mut dyn FnMut(&'e Name, &'e Expression)) {
    walk(expression, None, &mut |name, _, whole| visit(name, whole));
}

/// Names bound around an expression.
struct Bound<'a> {
    name: &'a Name,
    outer: Option<&'a Bound<'a>>,
}

fn is_bound(mut bound: Option<&Bound<'_>>, name: &Name) -> bool {
    while let Some(Bound { name: known, outer }) = bound {
        if *known == name {
            return true;
        }
        bound = *outer;
    }
    false
}

#[derive(Default)]
struct Found {
    seen: BTreeSet<Target>,
    references: Vec<Reference>,
}

impl Found {
    fn note(&mut self, name: &Name, attributes: &[Option<&Name>], whole: &Expression) {
        if let Some(target) = target(name, attributes)
            && self.seen.insert(target.clone())
        {
            self.references.push(Reference { target, span: whole.span });
        }
    }
}

/// Visits every chain of steps on a free name in a body: arguments before blocks, both in source order.
fn walk_body<'e>(body: &'e Body, bound: Option<&Bound<'_>>, visit: &mut Visit<'_, 'e>) {
    let mut arguments: Vec<_> = body.attributes.values().collect();
    arguments.sort_by_key(|argument| argument.name_span);
    for argument in arguments {
        walk(&argument.value, bound, visit);
    }
    for nested in &body.blocks {
        walk_nested(nested, bound, visit);
    }
}

fn walk_nested<'e>(nested: &'e NestedBody, bound: Option<&Bound<'_>>, visit: &mut Visit<'_, 'e>) {
    let iterator = iterator(nested).filter(|_| &*nested.name == "dynamic");
    let Some(iterator) = iterator else { return walk_body(&nested.body, bound, visit) };
    for name in ["for_each", "labels"] {
        if let Some(argument) = nested.body.attributes.get(name) {
            walk(&argument.value, bound, visit);
        }
    }
    let inside = Bound { name: iterator, outer: bound };
    for content in nested.body.blocks.iter().filter(|block| &*block.name == "content") {
        walk_body(&content.body, Some(&inside), visit);
    }
}

fn target(root_name: &Name, attributes: &[Option<&Name>]) -> Option<Target> {
    let attribute = |at: usize| attributes.get(at).copied().flatten().cloned();
    let resource = |mode, kind: Option<Name>, name: Option<Name>| Some(Target::Resource(mode, kind?, name?));
    match root(root_name) {
        Root::Variable => attribute(0).map(Target::Variable),
        Root::Local => attribute(0).map(Target::Local),
        Root::Data => resource(ResourceMode::Data, attribute(0), attribute(1)),
        Root::Resource => resource(ResourceMode::Managed, attribute(0), attribute(1)),
        Root::ResourceType => resource(ResourceMode::Managed, Some(root_name.clone()), attribute(0)),
        // `module.m.out`, and `module.m[key].out`
        Root::Module => attribute(0).map(|call| {
            let keyed = matches!(attributes.get(1), Some(None));
            Target::Module(call, attribute(if keyed { 2 } else { 1 }))
        }),
        Root::Path | Root::Each | Root::Count | Root::Terraform | Root::This => None,
    }
}

type Visit<'v, 'e> = dyn FnMut(&'e Name, &[Option<&'e Name>], &'e Expression) + 'v;

/// Visits every chain of steps on a free name: the name, its steps (nothing for an index), the whole chain.
fn walk<'e>(expression: &'e Expression, bound: Option<&Bound<'_>>, visit: &mut Visit<'_, 'e>) {
    match &*expression.kind {
        Kind::Literal(_) | Kind::SplatItem => {}
        Kind::Variable(_) | Kind::Attribute(..) | Kind::Index(..) => chain(expression, bound, visit),
        Kind::Template(parts) => parts.iter().for_each(|part| walk_part(part, bound, visit)),
        Kind::Splat { source, each } => {
            walk(source, bound, visit);
            walk(each, bound, visit);
        }
        Kind::Call { arguments, .. } => arguments.iter().for_each(|argument| walk(argument, bound, visit)),
        Kind::Conditional(condition, yes, no) => {
            for part in [condition, yes, no] {
                walk(part, bound, visit);
            }
        }
        Kind::Unary(_, operand) | Kind::Parenthesis(operand) => walk(operand, bound, visit),
        Kind::Binary(left, _, right) => {
            walk(left, bound, visit);
            walk(right, bound, visit);
        }
        Kind::For(For { key, value, collection, key_result, result, condition, grouped: _ }) => {
            walk(collection, bound, visit);
            let outer = Bound { name: key.as_ref().unwrap_or(value), outer: bound };
            let inside = Bound { name: value, outer: Some(&outer) };
            let parts = [key_result.as_ref(), Some(result), condition.as_ref()];
            parts.into_iter().flatten().for_each(|part| walk(part, Some(&inside), visit));
        }
        Kind::Tuple(items) => items.iter().for_each(|item| walk(item, bound, visit)),
        Kind::Object(entries) => {
            for (key, value) in entries {
                walk(key, bound, visit);
                walk(value, bound, visit);
            }
        }
    }
}

fn walk_part<'e>(part: &'e Part, bound: Option<&Bound<'_>>, visit: &mut Visit<'_, 'e>) {
    match part {
        Part::Text(_) => {}
        Part::Interpolation(expression) => walk(expression, bound, visit),
        Part::If { condition, yes, no } => {
            walk(condition, bound, visit);
            yes.iter().chain(no).for_each(|part| walk_part(part, bound, visit));
        }
        Part::For { key, value, collection, body } => {
            walk(collection, bound, visit);
            let outer = Bound { name: key.as_ref().unwrap_or(value), outer: bound };
            let inside = Bound { name: value, outer: Some(&outer) };
            for part in body {
                walk_part(part, Some(&inside), visit);
            }
        }
    }
}

fn chain<'e>(whole: &'e Expression, bound: Option<&Bound<'_>>, visit: &mut Visit<'_, 'e>) {
    let mut steps = Vec::new();
    let mut at = whole;
    loop {
        match &*at.kind {
            Kind::Attribute(source, name) => {
                steps.push(Some(name));
                at = source;
            }
            Kind::Index(source, key) => {
                walk(key, bound, visit);
                steps.push(None);
                at = source;
            }
            Kind::Variable(name) if is_bound(bound, name) => return,
            Kind::Variable(name) => {
                steps.reverse();
                return visit(name, &steps, whole);
            }
            _ => return walk(at, bound, visit),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{parse_body, parse_expression};
    use recon_core::FileId;
    use test_case::test_case;

    fn spelled(references: &[Reference]) -> Vec<String> {
        let spelling = |reference: &Reference| match &reference.target {
            Target::Variable(name) => format!("var.{name}"),
            Target::Local(name) => format!("local.{name}"),
            Target::Resource(ResourceMode::Managed, kind, name) => format!("{kind}.{name}"),
            Target::Resource(ResourceMode::Data, kind, name) => format!("data.{kind}.{name}"),
            Target::Module(name, None) => format!("module.{name}"),
            Target::Module(name, Some(output)) => format!("module.{name}.{output}"),
        };
        references.iter().map(spelling).collect()
    }

    #[test_case("var.a + local.b + var.a", &["var.a", "local.b"]; "distinct and in order")]
    #[test_case("t.x[var.i].id", &["var.i", "t.x"]; "the index of a reference")]
    #[test_case("data.t.x[0].id", &["data.t.x"])]
    #[test_case("resource.t.x", &["t.x"])]
    #[test_case("module.m.out.x", &["module.m.out"])]
    #[test_case("module.m[each.key].out", &["module.m.out"])]
    #[test_case("module.m", &["module.m"])]
    #[test_case("[for t in var.l : t.x if local.ok]", &["var.l", "local.ok"]; "a for variable is no reference")]
    #[test_case("t.x[*].id", &["t.x"])]
    #[test_case("\"%{ for u in t.x }${u.y}${v.z}%{ endfor }\"", &["t.x", "v.z"])]
    #[test_case("each.value + count.index + path.module + terraform.workspace", &[]; "what is no block")]
    #[test_case("{ (var.k) = try(t.x.id, null) }", &["var.k", "t.x"])]
    fn references_of_expressions(text: &str, expected: &[&str]) {
        assert_eq!(spelled(&of_expression(&parse_expression(FileId(0), text).unwrap())), expected);
    }

    #[test]
    fn references_of_bodies_reach_into_dynamic_blocks() {
        let text = "a = var.a\ndynamic \"s\" {\n  for_each = t.x\n  iterator = it\n  content {\n    v = it.value\n    w = s.value\n  }\n}\nb {\n  c = local.c\n}\n";
        let (body, found) = parse_body(FileId(0), text);
        assert!(found.is_empty());
        assert_eq!(spelled(&of_body(&body)), ["var.a", "t.x", "s.value", "local.c"]);
    }

    #[test_case("each.vlaue")]
    #[test_case("bare")]
    #[test_case("[for x in [] : count.indx]")]
    #[test_case("data.t")]
    #[test_case("path.here")]
    fn misuses_are_found_without_evaluation(text: &str) {
        assert_eq!(misuses(&parse_expression(FileId(0), text).unwrap()).len(), 1);
    }
}
