//! What functions use that others may use as well: versions of layers, and configurations of code signing.

use std::collections::{BTreeMap, BTreeSet};

use recon_core::Value;

use super::super::name::function_name;
use super::super::{code_signing_config, code_signing_config_live, function, function_read, layer_version};
use super::Seen;
use crate::aws::Aws;
use crate::discover::harvest::{Harvest, Spotted};
use crate::discover::names::{slug, subject};
use crate::snapshot::Snapshot;

/// The versions of the account's own layers, each with the first function that uses it.
pub(crate) fn layers(functions: &[Seen]) -> Harvest {
    let mut users: BTreeMap<(&str, u64), (&str, &str)> = BTreeMap::new();
    for function in functions {
        for arn in &function.layers {
            let Some((name, number)) = own(&function.arn, arn) else { continue };
            users.entry((name, number)).or_insert((arn, &function.name));
        }
    }
    let mut harvest = Harvest::default();
    for ((name, number), (arn, user)) in &users {
        let versions = users.keys().filter(|(other, _)| other == name).count();
        let called = if versions == 1 { slug(name) } else { format!("{}_v{number}", slug(name)) };
        let known = [("arn", *arn), ("layer_name", *name)];
        let spotted = Spotted::new(layer_version::KIND, &["arn"], (*arn).to_owned(), &known);
        // With owners of their own they stay apart: each has content of its own.
        harvest.add(spotted.with("skip_destroy", &Value::from(false)).named(called).about(*user).of(arn));
    }
    harvest
}

/// The name and number of a layer's version, where the layer is in the function's account.
fn own<'a>(function: &str, layer: &'a str) -> Option<(&'a str, u64)> {
    let (place, _) = function.split_once(":function:")?;
    let (name, number) = layer.strip_prefix(place)?.strip_prefix(":layer:")?.rsplit_once(':')?;
    Some((name, number.parse().ok()?))
}

/// Tells the functions that were spotted whose signatures they trust, and adds those configurations.
pub(crate) async fn sign(harvest: &mut Harvest, aws: &Aws, snapshot: &Snapshot, functions: &[Seen]) {
    if functions.is_empty() {
        return;
    }
    let configs = code_signing_config_live::all(aws, snapshot).await;
    let Some(configs) = harvest.take("the code signing configurations", configs) else { return };
    let arns: Vec<&str> = configs.keys().map(String::as_str).collect();
    let signed = users(harvest, aws, snapshot, functions, &arns).await;
    let is_function = |spotted: &&mut Spotted| spotted.kind == function::KIND;
    for spotted in harvest.spotted.iter_mut().filter(is_function) {
        if let Some(config) = signed.get(&spotted.id) {
            *spotted = spotted.clone().with("code_signing_config_arn", &Value::from(config.as_str()));
        }
    }
    let mut found = BTreeSet::new();
    for (function, config) in signed.iter().filter(|(_, config)| configs.contains_key(*config)) {
        if found.insert(config) {
            let known = [("arn", config.as_str())];
            let spotted = Spotted::new(code_signing_config::KIND, &["arn"], config.clone(), &known);
            harvest.add(spotted.named(subject(function)).about(function));
        }
    }
}

/// The configuration of each of the functions that has one, from the fewest calls: one for each configuration, or one
/// for each function.
async fn users(
    harvest: &mut Harvest,
    aws: &Aws,
    snapshot: &Snapshot,
    functions: &[Seen],
    configs: &[&str],
) -> BTreeMap<String, String> {
    let mut signed = BTreeMap::new();
    if functions.len() < configs.len() {
        for Seen { name, .. } in functions {
            let answer = function_read::signing_config_of(aws, snapshot, name).await;
            let config = harvest.take(&format!("the code signing configuration of {name}"), answer).flatten();
            signed.extend(config.map(|config| (name.clone(), config)));
        }
        return signed;
    }
    let ours: BTreeSet<&str> = functions.iter().map(|function| function.name.as_str()).collect();
    for config in configs {
        let answer = code_signing_config_live::functions(aws, config).await;
        for arn in harvest.take(&format!("the functions of {config}"), answer).iter().flatten() {
            let name = function_name(arn);
            if ours.contains(name) {
                signed.insert(name.to_owned(), (*config).to_owned());
            }
        }
    }
    signed
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: &str = "arn:aws:lambda:us-east-1:1";

    fn function(name: &str, layers: &[&str]) -> Seen {
        let layers = layers.iter().map(|layer| (*layer).to_owned()).collect();
        Seen { name: name.to_owned(), arn: format!("{PLACE}:function:{name}"), layers, ..Seen::default() }
    }

    #[test]
    fn a_version_of_a_layer_comes_with_the_first_function_that_uses_it() {
        let tools = format!("{PLACE}:layer:tools:3");
        let harvest = layers(&[function("a", &[&tools]), function("b", &[&tools])]);
        let found: Vec<_> = harvest.spotted.iter().map(|it| (&*it.id, &*it.name, &*it.topic)).collect();
        assert_eq!(found, [(&*tools, "tools", "a")]);
    }

    #[test]
    fn several_versions_of_one_layer_are_told_apart() {
        let versions = [2, 10].map(|number| format!("{PLACE}:layer:tools:{number}"));
        let harvest = layers(&[function("a", &[&versions[1]]), function("b", &[&versions[0]])]);
        assert_eq!(harvest.spotted.iter().map(|it| &*it.name).collect::<Vec<_>>(), ["tools_v2", "tools_v10"]);
    }

    #[test]
    fn layers_of_other_accounts_are_left_to_them() {
        let harvest = layers(&[function("a", &["arn:aws:lambda:us-east-1:2:layer:tools:3"])]);
        assert!(harvest.spotted.is_empty());
    }
}
