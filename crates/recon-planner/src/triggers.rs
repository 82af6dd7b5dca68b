//! `replace_triggered_by`: whether what it refers to changes in this plan.

use recon_core::address::Key;
use recon_core::change::Change;
use recon_core::value::{Data, Name};
use recon_core::{Address, Value};
use recon_parser::evaluate;
use recon_parser::expression::{Expression, Kind};
use recon_parser::reference::{self, Target};

use crate::plan::Walk;

/// What changes among that to which an entry of `replace_triggered_by` refers, in words.
pub(crate) fn changed(walk: &Walk<'_>, address: &Address, expression: &Expression) -> Option<String> {
    let target = reference::of_expression(expression).into_iter().next()?;
    let Target::Resource(mode, kind, name) = target.target else { return None };
    let block = walk.world.address(address.module(), mode, &kind, &name);
    let way = way(walk, address, expression);
    let keys = walk.world.keys(&block)?.list();
    let wanted = way.iter().find_map(|step| match step {
        Step::Key(key) => Some(key.clone()),
        Step::Attribute(_) => None,
    });
    let mut attribute = way.iter().filter_map(|step| match step {
        Step::Attribute(name) => Some(name.clone()),
        Step::Key(_) => None,
    });
    // The first two attributes of the way are the type and the name of the block.
    let attribute = attribute.next_back().filter(|attribute| *attribute != name);
    let instances = keys.into_iter().filter(|key| wanted.is_none() || *key == wanted);
    let mut changes = instances.filter_map(|key| walk.changes.at(&block.instance(key)));
    let found = changes.find(|change| differs(&change.change, attribute.as_ref()))?;
    Some(match attribute {
        Some(attribute) => format!("{}.{attribute}", found.address),
        None => found.address.to_string(),
    })
}

fn differs(change: &Change, attribute: Option<&Name>) -> bool {
    match (change, attribute) {
        (Change::Keep { .. }, _) => false,
        (Change::Update { before, planned }, Some(attribute)) => {
            !before.get(attribute).same(planned.get(attribute))
        }
        _ => true,
    }
}

enum Step {
    Attribute(Name),
    Key(Key),
}

fn way(walk: &Walk<'_>, address: &Address, expression: &Expression) -> Vec<Step> {
    match &*expression.kind {
        Kind::Attribute(source, name) => {
            let mut way = way(walk, address, source);
            way.push(Step::Attribute(name.clone()));
            way
        }
        Kind::Index(source, key) => {
            let mut way = way(walk, address, source);
            let keys = walk.world.keys(&address.resource).cloned().unwrap_or(crate::world::Keys::Once);
            let place = walk.world.instance_place(address.module(), address.key.as_ref(), &keys);
            way.extend(evaluate::evaluate(key, &place).ok().as_ref().and_then(key_of).map(Step::Key));
            way
        }
        _ => Vec::new(),
    }
}

/// The instance key that a value means.
pub(crate) fn key_of(value: &Value) -> Option<Key> {
    match &value.data {
        Data::String(text) => Some(Key::Text(text.clone())),
        Data::Number(number) => Some(Key::Index(u64::try_from(number.as_i64()?).ok()?)),
        _ => None,
    }
}
