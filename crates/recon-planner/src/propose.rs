//! What an object would become if the configuration alone decided, and the provider kept the rest. Pure.

use std::collections::BTreeMap;
use std::sync::Arc;

use recon_core::sameness::same;
use recon_core::schema::{Absent, Attribute, Block, Mode, NestedBlock, Nesting, Sameness};
use recon_core::value::{Data, Name};
use recon_core::{Marks, Type, Value};

/// Completes a configuration from the prior object and from defaults; unknown where only the provider can say.
pub(crate) fn propose(block: &Block, prior: Option<&Value>, config: &Value) -> Value {
    let traces = if config.deep_marks().is_sensitive() { Traces::Hidden } else { Traces::None };
    propose_block(block, prior, config, traces)
}

/// What marks in the prior object mean that the configuration does not make.
#[derive(Clone, Copy)]
enum Traces {
    /// A secret of the configuration was found there.
    Hidden,
    /// Nothing any more: nothing in the configuration is sensitive.
    None,
}

/// The object as references see it where the configuration is not evaluated: what a service decided was at most found to
/// hold a secret.
pub(crate) fn standing(block: &Block, object: &Value) -> Value {
    let Value { data: Data::Object(attributes), marks } = object else { return object.clone() };
    let seen = attributes.iter().map(|(name, value)| match block.attributes.get(name) {
        Some(attribute) if matches!(attribute.mode, Mode::Computed(_)) => {
            (name.clone(), decided(attribute, value, Traces::Hidden))
        }
        _ => (name.clone(), value.clone()),
    });
    Value { data: Data::Object(Arc::new(seen.collect())), marks: *marks }
}

/// What the provider decided, with the marks that it has to have.
fn decided(attribute: &Attribute, prior: &Value, traces: Traces) -> Value {
    if attribute.sensitive || !prior.deep_marks().is_sensitive() {
        return prior.clone();
    }
    let kept = |marks: Marks| marks.without(Marks::SENSITIVE).without(Marks::DERIVED);
    match traces {
        Traces::None => prior.remarked(&kept),
        Traces::Hidden => prior.remarked(&|marks| {
            if marks.is_sensitive() { kept(marks).and(Marks::DERIVED) } else { marks }
        }),
    }
}

fn propose_block(block: &Block, prior: Option<&Value>, config: &Value, traces: Traces) -> Value {
    if config.is_unknown() {
        return config.clone();
    }
    let prior = prior.filter(|prior| !prior.is_null());
    let mut attributes: BTreeMap<Name, Value> = BTreeMap::new();
    for (name, attribute) in &block.attributes {
        let prior = prior.map(|prior| prior.get(name));
        attributes.insert(name.clone(), propose_attribute(attribute, prior, config.get(name), traces));
    }
    for (name, nested) in &block.blocks {
        let prior = prior.map(|prior| prior.get(name));
        attributes.insert(name.clone(), propose_blocks(nested, prior, config.get(name), traces));
    }
    Value { data: Data::Object(Arc::new(attributes)), marks: config.marks }
}

fn propose_attribute(attribute: &Attribute, prior: Option<&Value>, config: &Value, traces: Traces) -> Value {
    let is_open = match &attribute.mode {
        Mode::Computed(_) => true,
        Mode::OptionalComputed(_) => is_silent(attribute, config),
        Mode::Required | Mode::Optional | Mode::Default(_) => false,
    };
    if is_open {
        let unknown = || secret(attribute, Value::unknown(attribute.ty.clone()));
        return prior.map_or_else(unknown, |prior| decided(attribute, prior, traces));
    }
    let decided = match &attribute.mode {
        Mode::Default(default) if config.is_null() => (**default).clone().marked(config.marks),
        _ => config.clone(),
    };
    match prior {
        Some(prior) if prior.same(&decided) => decided,
        // The prior spelling stays, so that what means the same is no change.
        Some(prior) if same(attribute.sameness, prior, &decided) => {
            Value { marks: decided.deep_marks(), ..prior.clone() }
        }
        _ => decided,
    }
}

/// Whether a configuration leaves an argument to the provider; the empty text does, where it means nothing of its own.
fn is_silent(attribute: &Attribute, config: &Value) -> bool {
    config.is_null() || (attribute.sameness == Sameness::EmptyIsNull && config.as_str() == Some(""))
}

fn secret(attribute: &Attribute, value: Value) -> Value {
    if attribute.sensitive { value.sensitive() } else { value }
}

fn propose_blocks(nested: &NestedBlock, prior: Option<&Value>, config: &Value, traces: Traces) -> Value {
    if config.is_unknown() {
        return config.clone();
    }
    if nested.absent == Absent::Provider
        && config.items().is_empty()
        && !matches!(config.data, Data::Object(_))
    {
        return prior.cloned().unwrap_or_else(|| Value::unknown(nested.ty()));
    }
    let element = nested.block.ty();
    match nested.nesting {
        Nesting::Single if config.is_null() => config.clone(),
        Nesting::Single => propose_block(&nested.block, prior, config, traces),
        Nesting::List(..) => {
            let priors = prior.map(Value::items).unwrap_or_default();
            let each = config.items().iter().enumerate();
            let items = each
                .map(|(index, config)| propose_block(&nested.block, priors.get(index), config, traces))
                .collect();
            Value::list(element, items).marked(config.marks)
        }
        Nesting::Set(..) => propose_set(nested, element, prior, config),
    }
}

/// Elements of a set have no identity, so each takes over from a prior element that it agrees with.
fn propose_set(nested: &NestedBlock, element: Type, prior: Option<&Value>, config: &Value) -> Value {
    let mut priors: Vec<&Value> = prior.map(Value::items).unwrap_or_default().iter().collect();
    let mut items = Vec::with_capacity(config.items().len());
    for config in config.items() {
        let fits = priors.iter().position(|prior| agrees(&nested.block, prior, config));
        let prior = fits.map(|index| priors.swap_remove(index));
        items.push(propose(&nested.block, prior, config));
    }
    if items.iter().all(Value::is_wholly_known) {
        return Value::set(element, items).marked(config.marks);
    }
    let sequence = recon_core::value::Sequence { element, items };
    Value::from(Data::Set(Arc::new(sequence))).marked(config.marks)
}

fn agrees(block: &Block, prior: &Value, config: &Value) -> bool {
    propose(block, Some(prior), config).same(prior)
}
