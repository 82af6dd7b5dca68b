//! What an object would become if the configuration alone decided, and the provider kept the rest. Pure.

use std::collections::BTreeMap;
use std::sync::Arc;

use recon_core::sameness::same;
use recon_core::schema::{Absent, Attribute, Block, Mode, NestedBlock, Nesting};
use recon_core::value::{Data, Name};
use recon_core::{Type, Value};

/// Completes a configuration from the prior object and from defaults; unknown where only the provider can say.
pub(crate) fn propose(block: &Block, prior: Option<&Value>, config: &Value) -> Value {
    if config.is_unknown() {
        return config.clone();
    }
    let prior = prior.filter(|prior| !prior.is_null());
    let mut attributes: BTreeMap<Name, Value> = BTreeMap::new();
    for (name, attribute) in &block.attributes {
        let prior = prior.map(|prior| prior.get(name));
        attributes.insert(name.clone(), propose_attribute(attribute, prior, config.get(name)));
    }
    for (name, nested) in &block.blocks {
        let prior = prior.map(|prior| prior.get(name));
        attributes.insert(name.clone(), propose_blocks(nested, prior, config.get(name)));
    }
    Value { data: Data::Object(Arc::new(attributes)), marks: config.marks }
}

fn propose_attribute(attribute: &Attribute, prior: Option<&Value>, config: &Value) -> Value {
    let decided = match &attribute.mode {
        Mode::Computed(_) => {
            return prior.cloned().unwrap_or_else(|| secret(attribute, Value::unknown(attribute.ty.clone())));
        }
        Mode::OptionalComputed(_) if config.is_null() => {
            return prior.cloned().unwrap_or_else(|| secret(attribute, Value::unknown(attribute.ty.clone())));
        }
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

fn secret(attribute: &Attribute, value: Value) -> Value {
    if attribute.sensitive { value.sensitive() } else { value }
}

fn propose_blocks(nested: &NestedBlock, prior: Option<&Value>, config: &Value) -> Value {
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
        Nesting::Single => propose(&nested.block, prior, config),
        Nesting::List(..) => {
            let priors = prior.map(Value::items).unwrap_or_default();
            let each = config.items().iter().enumerate();
            let items =
                each.map(|(index, config)| propose(&nested.block, priors.get(index), config)).collect();
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
