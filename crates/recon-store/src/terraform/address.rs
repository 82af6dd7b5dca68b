//! How Terraform's state names providers and dependencies.
//!
//! A dependency there is a block of the configuration, without the keys of the modules around it; here it is a block of one
//! instance of its module.

use std::collections::{BTreeMap, BTreeSet};

use recon_core::state::ProviderKey;
use recon_core::value::Name;
use recon_core::{Address, ModulePath, ResourceAddress, ResourceMode};

/// Where the provider for what needs no service comes from.
const BUILTIN: &str = "terraform.io/builtin/";

/// Where every other provider that recon stands in for comes from.
const REGISTRY: &str = "registry.terraform.io/hashicorp/";

/// Reads `provider["registry.terraform.io/hashicorp/aws"].eu`, and the same in a module; nothing if it is not one that recon
/// stands in for.
pub(super) fn provider_in(text: &str) -> Option<ProviderKey> {
    let (_, rest) = text.split_once("provider[\"").filter(|(before, _)| is_module(before))?;
    let (source, rest) = rest.split_once("\"]")?;
    let alias = rest.strip_prefix('.').map(Name::from);
    let mut parts = source.rsplit('/');
    let (name, namespace) = (parts.next()?, parts.next()?);
    let ours = matches!((namespace, name), ("hashicorp", "aws") | ("builtin", "terraform"));
    ours.then(|| ProviderKey { name: name.into(), alias })
}

fn is_module(before: &str) -> bool {
    before.is_empty() || before.starts_with("module.") && before.ends_with('.')
}

/// Writes a provider as a root module's.
pub(super) fn provider_out(provider: &ProviderKey) -> String {
    let ProviderKey { name, alias } = provider;
    let source = if &**name == "terraform" { BUILTIN } else { REGISTRY };
    let alias = alias.as_ref().map(|alias| format!(".{alias}")).unwrap_or_default();
    format!("provider[\"{source}{name}\"]{alias}")
}

/// A block without the keys of the modules around it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Plain {
    modules: Vec<Name>,
    mode: ResourceMode,
    kind: Name,
    name: Name,
}

impl Plain {
    fn of(block: &ResourceAddress) -> Self {
        let ResourceAddress { module, mode, kind, name } = block;
        let modules = module.steps().iter().map(|step| step.name.clone()).collect();
        Self { modules, mode: *mode, kind: kind.clone(), name: name.clone() }
    }
}

/// The blocks that a state has, to find dependencies among.
pub(super) struct Blocks(BTreeMap<Plain, BTreeSet<ModulePath>>);

impl Blocks {
    pub(super) fn new<'a>(addresses: impl Iterator<Item = &'a Address>) -> Self {
        let mut found: BTreeMap<Plain, BTreeSet<ModulePath>> = BTreeMap::new();
        for address in addresses {
            found.entry(Plain::of(&address.resource)).or_default().insert(address.module().clone());
        }
        Self(found)
    }

    /// The blocks that a dependency of `dependent` means: where both are inside of one module instance, those in it.
    pub(super) fn resolve(&self, dependency: &str, dependent: &ResourceAddress) -> Vec<ResourceAddress> {
        let Ok(address) = dependency.parse::<Address>() else { return Vec::new() };
        let plain = Plain::of(&address.resource);
        let Some(modules) = self.0.get(&plain) else { return Vec::new() };
        let around = common(&plain.modules, &dependent.module);
        let inside: Vec<&ModulePath> =
            modules.range(around.clone()..).take_while(|module| around.covers(module)).collect();
        let found = if inside.is_empty() { modules.iter().collect() } else { inside };
        let Plain { modules: _, mode, kind, name } = plain;
        let block = |module: &ModulePath| ResourceAddress {
            module: module.clone(),
            mode,
            kind: kind.clone(),
            name: name.clone(),
        };
        found.into_iter().map(block).collect()
    }
}

/// The outermost part of `module` whose calls have these names.
fn common(names: &[Name], module: &ModulePath) -> ModulePath {
    let steps = module.steps().iter().zip(names).take_while(|(step, name)| step.name == **name);
    steps.fold(ModulePath::root(), |outer, (step, _)| outer.child(step.name.clone(), step.key.clone()))
}

/// A block as a dependency is written: without the keys of modules.
pub(super) fn dependency_out(block: &ResourceAddress) -> String {
    let ResourceAddress { module, mode, kind, name } = block;
    let module =
        module.steps().iter().fold(ModulePath::root(), |outer, step| outer.child(step.name.clone(), None));
    ResourceAddress { module, mode: *mode, kind: kind.clone(), name: name.clone() }.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use test_case::test_case;

    #[test_case("provider[\"registry.terraform.io/hashicorp/aws\"]", Some("aws"))]
    #[test_case("provider[\"registry.opentofu.org/hashicorp/aws\"].eu", Some("aws.eu"))]
    #[test_case("module.a.provider[\"registry.terraform.io/hashicorp/aws\"].eu", Some("aws.eu"))]
    #[test_case("provider[\"terraform.io/builtin/terraform\"]", Some("terraform"))]
    #[test_case("provider[\"registry.terraform.io/hashicorp/google\"]", None)]
    #[test_case("provider.aws", None)]
    fn providers_are_read(text: &str, wanted: Option<&str>) {
        assert_eq!(provider_in(text).map(|found| found.to_string()).as_deref(), wanted);
    }

    #[test]
    fn dependencies_stay_inside_of_the_module_instance() {
        let all = ["module.m[\"a\"].x.y", "module.m[\"b\"].x.y", "x.z"];
        let all: Vec<Address> = all.iter().map(|text| text.parse().unwrap()).collect();
        let blocks = Blocks::new(all.iter());
        let inside: Address = "module.m[\"b\"].module.n.x.w".parse().unwrap();
        let found = |dependency: &str, of: &Address| -> Vec<String> {
            blocks.resolve(dependency, &of.resource).iter().map(ToString::to_string).collect()
        };
        assert_eq!(found("module.m.x.y", &inside), ["module.m[\"b\"].x.y"]);
        assert_eq!(found("x.z", &inside), ["x.z"]);
        assert_eq!(found("module.m.x.y", &all[2]), ["module.m[\"a\"].x.y", "module.m[\"b\"].x.y"]);
        assert_eq!(found("x.gone", &inside), Vec::<String>::new());
        assert_eq!(dependency_out(&inside.resource), "module.m.module.n.x.w");
    }
}
