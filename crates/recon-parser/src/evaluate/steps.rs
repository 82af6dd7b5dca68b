//! References and the steps taken from them: `aws_x.y[each.key].id` asks the scope for one instance, then takes `.id`.

use recon_core::address::Key;
use recon_core::value::Name;
use recon_core::{Data, Diagnostics, Marks, ResourceMode, Span, Value};

use super::context::Meaning;
use super::{Context, evaluate_in, index};
use crate::config::Repetition;
use crate::expression::{Expression, Kind};
use crate::reference::{self, Root};
use crate::scope::Lookup;

/// One step, with the expression that ends with it.
struct Step<'e> {
    kind: StepKind<'e>,
    whole: &'e Expression,
}

enum StepKind<'e> {
    Attribute(&'e Name),
    Index(&'e Expression),
}

pub(super) fn evaluate(expression: &Expression, context: &Context<'_>) -> Result<Value, Diagnostics> {
    let (root, steps) = unfold(expression);
    let (mut value, rest) = match &*root.kind {
        Kind::Variable(name) => match context.meaning(name) {
            Meaning::Bound(value) => (value.clone(), steps.as_slice()),
            Meaning::Scope => look_up(root, name, &steps, context)?,
            Meaning::NotInTemplate => return Err(not_in_template(root, name, context)),
        },
        _ => (evaluate_in(root, context)?, steps.as_slice()),
    };
    for step in rest {
        value = take(&value, step, context)?;
    }
    Ok(value)
}

fn unfold(expression: &Expression) -> (&Expression, Vec<Step<'_>>) {
    let mut steps = Vec::new();
    let mut whole = expression;
    loop {
        let (source, kind) = match &*whole.kind {
            Kind::Attribute(source, name) => (source, StepKind::Attribute(name)),
            Kind::Index(source, key) => (source, StepKind::Index(key)),
            _ => break,
        };
        steps.push(Step { kind, whole });
        whole = source;
    }
    steps.reverse();
    (whole, steps)
}

fn take(value: &Value, step: &Step<'_>, context: &Context<'_>) -> Result<Value, Diagnostics> {
    let taken = match step.kind {
        StepKind::Attribute(name) => index::attribute(value, name),
        StepKind::Index(key) => index::element(value, &evaluate_in(key, context)?),
    };
    taken.map_err(|problem| context.fail(step.whole, problem.summary, problem.detail))
}

fn not_in_template(root: &Expression, name: &Name, context: &Context<'_>) -> Diagnostics {
    let detail = format!(
        "The template refers to `{name}`, but it is given no value of that name. A template sees only the values \
         that are passed to it."
    );
    context.fail(root, "Invalid reference", detail)
}

/// What a name of the scope is, and the steps that are left to take from it.
fn look_up<'s, 'e>(
    root: &Expression,
    name: &Name,
    steps: &'s [Step<'e>],
    context: &Context<'_>,
) -> Result<(Value, &'s [Step<'e>]), Diagnostics> {
    let attribute = |at: usize| match steps.get(at).map(|step| &step.kind) {
        Some(StepKind::Attribute(name)) => Some((*name).clone()),
        _ => None,
    };
    let refuse = |detail: String| context.fail(root, "Invalid reference", detail);
    let (lookup, used) = match reference::root(name) {
        Root::Variable => (attribute(0).map(Lookup::Variable), 1),
        Root::Local => (attribute(0).map(Lookup::Local), 1),
        Root::Path => (attribute(0).map(Lookup::Path), 1),
        Root::Each => (each(attribute(0).as_deref()), 1),
        Root::Count => (attribute(0).filter(|name| &**name == "index").map(|_| Lookup::CountIndex), 1),
        Root::Terraform if attribute(0).as_deref() == Some("applying") => {
            let applying = Value::from(context.scope().clock().applying.is_some());
            return Ok((applying.marked(Marks::EPHEMERAL), &steps[1..]));
        }
        Root::Terraform => (attribute(0).filter(|name| &**name == "workspace").map(|_| Lookup::Workspace), 1),
        Root::This => (Some(Lookup::This), 0),
        Root::Module => match attribute(0) {
            Some(call) => return module(root, &call, steps, context),
            None => (None, 1),
        },
        Root::Data => match (attribute(0), attribute(1)) {
            (Some(kind), Some(name)) => {
                let block = (ResourceMode::Data, kind, name);
                return keyed(root, &block, &steps[2..], context);
            }
            _ => (None, 2),
        },
        Root::Resource => match (attribute(0), attribute(1)) {
            (Some(kind), Some(name)) => {
                let block = (ResourceMode::Managed, kind, name);
                return keyed(root, &block, &steps[2..], context);
            }
            _ => (None, 2),
        },
        Root::ResourceType => match attribute(0) {
            Some(block) => {
                let block = (ResourceMode::Managed, name.clone(), block);
                return keyed(root, &block, &steps[1..], context);
            }
            None => (None, 1),
        },
    };
    let Some(lookup) = lookup else {
        return Err(context.astray(refuse(reference::misuse(name, attribute(0).as_deref()))));
    };
    let span = steps[..used].last().map_or(root.span, |step| step.whole.span);
    Ok((found(&lookup, span, context)?, &steps[used..]))
}

/// What the scope has for a name; if nothing, the configuration is wrong.
fn found(lookup: &Lookup, span: Span, context: &Context<'_>) -> Result<Value, Diagnostics> {
    context.scope().lookup(lookup, span).map_err(|why| context.astray(why))
}

fn each(attribute: Option<&str>) -> Option<Lookup> {
    match attribute {
        Some("key") => Some(Lookup::EachKey),
        Some("value") => Some(Lookup::EachValue),
        _ => None,
    }
}

/// One instance of a block where its key is known, else all of them.
fn keyed<'s, 'e>(
    root: &Expression,
    (mode, kind, name): &(ResourceMode, Name, Name),
    steps: &'s [Step<'e>],
    context: &Context<'_>,
) -> Result<(Value, &'s [Step<'e>]), Diagnostics> {
    let lookup = |key: Option<Key>| Lookup::Resource(*mode, kind.clone(), name.clone(), key);
    if let (Some(step), Some(repetition)) = (steps.first(), context.scope().repetition(*mode, kind, name)) {
        check_key(step, repetition, context)?;
    }
    let (value, rest) = one_or_all(root, &lookup, steps, context)?;
    let (Some(step), Data::Object(attributes)) = (rest.first(), &value.data) else {
        return Ok((value, rest));
    };
    match step.kind {
        // A type does not have such an attribute whatever happens, so neither `try` nor `can` may hide it.
        StepKind::Attribute(attribute) if !attributes.contains_key(attribute) => {
            let failed = take(&value, step, context).map(|value| (value, rest));
            failed.map_err(|why| context.astray(why))
        }
        _ => Ok((value, rest)),
    }
}

/// A block with `count` or `for_each` is asked for one of its instances, and one without is not.
fn check_key(step: &Step<'_>, repetition: &Repetition, context: &Context<'_>) -> Result<(), Diagnostics> {
    let (argument, example) = match (repetition, &step.kind) {
        (Repetition::Once, StepKind::Index(_)) => {
            let detail = "The block has neither `count` nor `for_each`, so it has one instance without a key. Remove the \
                          index, or give the block one of the two.";
            let failed = context.fail(step.whole, "Unexpected resource instance key", detail);
            return Err(context.astray(failed));
        }
        (Repetition::Count(_), StepKind::Attribute(_)) => ("count", "[0]"),
        (Repetition::ForEach(_), StepKind::Attribute(_)) => ("for_each", "[each.key]"),
        _ => return Ok(()),
    };
    let StepKind::Attribute(attribute) = step.kind else { return Ok(()) };
    let detail = format!(
        "The block has `{argument}`, so its attributes are those of its instances. Select one, as in \
         `{example}.{attribute}`, or take all: `[*].{attribute}` of a list, `values(…)[*].{attribute}` of a map."
    );
    Err(context.astray(context.fail(step.whole, "Missing resource instance key", detail)))
}

fn one_or_all<'s, 'e>(
    root: &Expression,
    lookup: &dyn Fn(Option<Key>) -> Lookup,
    steps: &'s [Step<'e>],
    context: &Context<'_>,
) -> Result<(Value, &'s [Step<'e>]), Diagnostics> {
    let Some((key, span)) = instance_key(steps, context)? else {
        return Ok((found(&lookup(None), root.span, context)?, steps));
    };
    if let Ok(value) = context.scope().lookup(&lookup(Some(key)), span) {
        return Ok((value, &steps[1..]));
    }
    // `x["0"]` and `x[0]` mean the same wherever one of them means something, so the whole may still have it; and if it
    // does not, the whole says best what is wrong.
    Ok((take(&found(&lookup(None), span, context)?, &steps[0], context)?, &steps[1..]))
}

/// The instance key that the first step names, if it is an index whose value is known and unmarked.
fn instance_key(steps: &[Step<'_>], context: &Context<'_>) -> Result<Option<(Key, Span)>, Diagnostics> {
    let Some(Step { kind: StepKind::Index(key), whole }) = steps.first() else { return Ok(None) };
    let value = evaluate_in(key, context)?;
    if value.marks != Marks::NONE {
        return Ok(None);
    }
    let key = match (value.as_str(), value.as_i64().and_then(|index| u64::try_from(index).ok())) {
        (Some(text), _) => Some(Key::Text(text.into())),
        (None, Some(index)) => Some(Key::Index(index)),
        (None, None) => None,
    };
    Ok(key.map(|key| (key, whole.span)))
}

/// One output of a module call where that is all that is asked for.
fn module<'s, 'e>(
    root: &Expression,
    call: &Name,
    steps: &'s [Step<'e>],
    context: &Context<'_>,
) -> Result<(Value, &'s [Step<'e>]), Diagnostics> {
    let output = |at: usize| match steps.get(at).map(|step| &step.kind) {
        Some(StepKind::Attribute(name)) => Some((*name).clone()),
        _ => None,
    };
    let (key, at) = match instance_key(&steps[1..], context)? {
        Some((key, _)) => (Some(key), 2),
        None => (None, 1),
    };
    if let Some(name) = output(at) {
        let lookup = Lookup::Module(call.clone(), key, Some(name));
        if let Ok(value) = context.scope().lookup(&lookup, steps[at].whole.span) {
            return Ok((value, &steps[at + 1..]));
        }
    }
    let lookup = |key: Option<Key>| Lookup::Module(call.clone(), key, None);
    one_or_all(root, &lookup, &steps[1..], context)
}
