//! Plans a version: what publishing will give, and which older ones go.

use std::collections::BTreeSet;

use recon_core::resource_type::{Neighbours, Proposal, Refined};
use recon_core::{Known, Type, Value};

use super::function::{Fate, fate, replaced_with_function};

/// What the provider is asked.
const PUBLISHED: &str = "what publishing gives";
const ALIASED: &str = "which versions have aliases";

/// What publishing makes unknown.
const OF_ONE_VERSION: &[&str] = &["version", "qualified_arn", "invoke_arn", "code_sha256", "id"];

/// Completes a proposed version.
pub(crate) fn refine(proposal: Proposal<'_>) -> Refined {
    match proposal.prior {
        None => first(proposal),
        Some(prior) => next(&proposal, prior),
    }
}

/// A block without a version yet publishes one, unless what it would publish is published already.
fn first(proposal: Proposal<'_>) -> Refined {
    let rolls = proposal.proposed.get("publish_on_change").as_bool();
    let up_to_date = match rolls {
        Some(true) => Value::from(true),
        Some(false) => Value::null(Type::Bool),
        None => Value::unknown(Type::Bool),
    };
    let planned = proposal.proposed.with("up_to_date", up_to_date);
    let ready = |planned| Refined::Ready { planned, replace: Vec::new() };
    let Some(function) = planned.str("function_name").map(str::to_owned) else { return ready(planned) };
    if fate(proposal.neighbours, &function) != Fate::Stays {
        return ready(planned);
    }
    let question = question(PUBLISHED, &function);
    let Some(found) = proposal.answers.answer(&question) else { return Refined::Ask(question) };
    let Some(version) = found.str("version") else { return ready(planned) };
    let history = Value::strings([version]);
    let known =
        OF_ONE_VERSION.iter().fold(planned, |planned, name| planned.with(name, found.get(name).clone()));
    ready(known.with("history", history))
}

/// A version stays what it is; a rolling one follows the function.
fn next(proposal: &Proposal<'_>, prior: &Known) -> Refined {
    let mut planned = proposal.proposed.clone();
    let replace = replaced_with_function(proposal);
    let rolls = planned.get("publish_on_change").as_bool() == Some(true);
    if !rolls {
        planned = planned.with("up_to_date", Value::null(Type::Bool));
        return Refined::Ready { planned, replace };
    }
    let function = planned.str("function_name").unwrap_or_default().to_owned();
    let is_behind = prior.get("up_to_date").as_bool() == Some(false);
    let starts = prior.get("publish_on_change").as_bool() != Some(true);
    let publishes = is_behind || starts || fate(proposal.neighbours, &function) == Fate::Changes;
    planned = planned.with("up_to_date", Value::from(true));
    let mut history = prior.string_items("history");
    if publishes {
        planned = OF_ONE_VERSION
            .iter()
            .fold(planned, |planned, name| planned.with(name, Value::unknown(Type::String)));
    }
    let retain = planned.get("retain").as_i64().and_then(|retain| usize::try_from(retain).ok());
    let retain_changes = !planned.get("retain").same(prior.get("retain"));
    if let Some(retain) = retain
        && (publishes || retain_changes)
        && history.len() + usize::from(publishes) > retain
    {
        let question = question(ALIASED, &function);
        let Some(aliased) = proposal.answers.answer(&question) else { return Refined::Ask(question) };
        let mut held: BTreeSet<String> = aliased.string_items("versions").into_iter().collect();
        held.extend(aliased_in_plan(proposal.neighbours, &function));
        let kept = retain - usize::from(publishes);
        history = keep(history, kept, &held);
    }
    let mut items: Vec<Value> = history.into_iter().map(Value::from).collect();
    if publishes {
        items.insert(0, Value::unknown(Type::String));
    }
    Refined::Ready { planned: planned.with("history", Value::list(Type::String, items)), replace }
}

/// The newest versions of a history, and those older ones that something holds.
fn keep(history: Vec<String>, newest: usize, held: &BTreeSet<String>) -> Vec<String> {
    let each = history.into_iter().enumerate();
    each.filter(|(index, version)| *index < newest || held.contains(version))
        .map(|(_, version)| version)
        .collect()
}

/// The versions of a function that an alias of the plan points at.
fn aliased_in_plan(neighbours: &dyn Neighbours, function: &str) -> Vec<String> {
    let name = super::name::function_name(function);
    let aliases = neighbours.with_text(super::alias::KIND, "function_name", name);
    aliases.into_iter().filter_map(|(_, change)| change.after()).flat_map(pointed_at).collect()
}

/// The versions that an alias points at, as far as known.
pub(crate) fn pointed_at(alias: &Value) -> Vec<String> {
    let weights = alias.block("routing_config").map(|block| block.get("additional_version_weights"));
    let additional =
        weights.and_then(Value::entries).into_iter().flatten().map(|(version, _)| version.to_string());
    alias.str("function_version").map(str::to_owned).into_iter().chain(additional).collect()
}

fn question(what: &str, function: &str) -> Known {
    let name = super::name::function_name(function);
    Known::with_nulls(&Value::object([("question", Value::from(what)), ("function_name", Value::from(name))]))
}

/// What a question asks.
pub(crate) enum Asked<'a> {
    /// What publishing this function would give.
    Published(&'a str),
    /// Which versions of this function have aliases.
    Aliased(&'a str),
}

/// Reads a question.
pub(crate) fn asked(question: &Known) -> Option<Asked<'_>> {
    let function = question.str("function_name")?;
    match question.str("question")? {
        PUBLISHED => Some(Asked::Published(function)),
        ALIASED => Some(Asked::Aliased(function)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_stay_and_those_that_an_alias_holds() {
        let history = ["7", "6", "5", "4"].map(str::to_owned).to_vec();
        let held = BTreeSet::from(["4".to_owned()]);
        assert_eq!(keep(history, 2, &held), ["7", "6", "4"]);
    }
}
