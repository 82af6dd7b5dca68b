//! Templates from files and from values.

use std::collections::BTreeMap;

use recon_core::convert::convert;
use recon_core::value::Name;
use recon_core::{Diagnostics, FileId, Type, Value};

use super::file::read_text;
use super::{
    Function, Outcome, Parameter, Refusal, Returns, World, any, argument, open, str_of, text, worldly,
};
use crate::decode::name::is_name;
use crate::evaluate::{Binding, evaluate_template};
use crate::expression::{Expression, Kind};
use crate::reference::free_names;
use crate::syntax::parse_template;

/// How many template files may be rendered inside each other.
const TEMPLATES_MAX: u32 = 50;

/// A file that is no part of the configuration's sources.
const NO_FILE: FileId = FileId(u32::MAX);

const VARS: Parameter = any("vars").unknown_inside().marked();

pub(super) static FUNCTIONS: &[Function] = &[
    worldly("templatefile", &[text("path"), VARS], Returns::Decided(open), |world, a| {
        let path = str_of(&a[0]);
        render(world, path, &read_text(world, path)?, &a[1])
    }),
    worldly("templatestring", &[text("template"), VARS], Returns::Decided(open), templatestring),
];

/// Takes its template from elsewhere in the configuration only: a literal could as well be a template itself.
fn templatestring(world: &World<'_>, arguments: &[Value]) -> Outcome {
    let Kind::Call { arguments: written, .. } = &*world.call.kind else { return Err("not a call".into()) };
    let is_reference =
        |kind: &Kind| matches!(kind, Kind::Variable(_) | Kind::Attribute(..) | Kind::Index(..));
    if !written.first().is_some_and(|first| is_reference(&first.kind)) {
        return argument(
            0,
            "must be a reference to a string that holds the template; a template that stands here can be written \
             as a quoted template directly",
        );
    }
    let value = render(world, "<templatestring argument>", str_of(&arguments[0]), &arguments[1])?;
    if value.is_null() {
        return Err("the result of the template is null, which is not a string".into());
    }
    convert(&value, &Type::String).map_err(|_| "invalid template result: a string is required".into())
}

/// The text of a template with values for its variables.
fn render(world: &World<'_>, name: &str, text: &str, variables: &Value) -> Outcome {
    let Some(entries) = variables.entries() else {
        return Err(Refusal::of(1, "invalid vars value: must be a map"));
    };
    let marked = |(name, value): (&Name, &Value)| (name.clone(), value.clone().marked(variables.marks));
    let known: BTreeMap<Name, Value> = entries.iter().map(marked).collect();
    if let Some(name) = known.keys().find(|name| !is_name(name)) {
        let message = format!(
            "invalid template variable name {name:?}: must start with a letter, followed by zero or more letters, \
             digits, and underscores"
        );
        return Err(Refusal::of(1, message));
    }
    if world.context.templates >= TEMPLATES_MAX {
        let message = format!("more than {TEMPLATES_MAX} templates are being rendered inside each other");
        return Err(message.into());
    }
    let template = parse_template(NO_FILE, text).map_err(|found| told(name, text, &found))?;
    check_names(&template, &known)?;
    let context = world.context.in_template();
    let names = context.bind(Binding::Template(&known));
    let value = evaluate_template(&template, &context.inside(&names));
    value.map(|value| value.marked(variables.marks)).map_err(|found| told(name, text, &found))
}

fn check_names(template: &Expression, known: &BTreeMap<Name, Value>) -> Result<(), Refusal> {
    let mut missing = None;
    free_names(template, &mut |name, _| {
        if !known.contains_key(name) {
            missing.get_or_insert_with(|| name.clone());
        }
    });
    match missing {
        Some(name) => Err(Refusal::of(1, format!("vars map does not contain key {:?}", &*name))),
        None => Ok(()),
    }
}

/// What is wrong inside a template, with its place there.
fn told(name: &str, text: &str, found: &Diagnostics) -> Refusal {
    let told: Vec<String> = found
        .iter()
        .map(|diagnostic| {
            let place = diagnostic.labels.first().map_or_else(String::new, |label| {
                let before = text.get(..label.span.start as usize).unwrap_or_default();
                let line = before.matches('\n').count() + 1;
                let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
                format!(":{line},{column}")
            });
            format!("{name}{place}: {}: {}", diagnostic.summary, diagnostic.detail)
        })
        .collect();
    Refusal::from(told.join("; "))
}
