//! References to what is not declared, with what was probably meant.

use recon_core::value::Name;
use recon_core::{Diagnostic, ResourceMode};
use recon_parser::config::Module;
use recon_parser::reference::{Reference, Target};
use recon_parser::suggest::closest;

/// Whether what is referred to may be declared where nothing could be read.
pub(crate) fn may_be_lost(module: &Module, target: &Target) -> bool {
    module.gaps.has_files || matches!(target, Target::Module(name, _) if module.gaps.calls.contains(name))
}

/// Says that `reference` leads nowhere in `module`.
pub(crate) fn diagnose(module: &Module, reference: &Reference) -> Diagnostic {
    let (summary, what, add, candidates): (&'static str, String, String, Vec<String>) =
        match &reference.target {
            Target::Variable(name) => (
                "Reference to undeclared input variable",
                format!("An input variable with the name \"{name}\" has not been declared."),
                format!("variable \"{name}\" {{}}"),
                names(module.variables.keys()),
            ),
            Target::Local(name) => (
                "Reference to undeclared local value",
                format!("A local value with the name \"{name}\" has not been declared."),
                format!("locals {{ {name} = … }}"),
                names(module.locals.keys()),
            ),
            Target::Resource(mode, kind, name) => {
                let (word, prefix) = match mode {
                    ResourceMode::Managed => ("resource", ""),
                    ResourceMode::Data => ("data", "data."),
                };
                let declared = module.resources.keys().filter(|(other, ..)| other == mode);
                (
                    "Reference to undeclared resource",
                    format!("A {word} block \"{kind}\" \"{name}\" has not been declared in this module."),
                    format!("{word} \"{kind}\" \"{name}\" {{ … }}"),
                    declared.map(|(_, kind, name)| format!("{prefix}{kind}.{name}")).collect(),
                )
            }
            Target::Module(name, _) => (
                "Reference to undeclared module",
                format!("No module call named \"{name}\" is declared in this module."),
                format!("module \"{name}\" {{ … }}"),
                names(module.calls.keys()),
            ),
        };
    let wanted = match &reference.target {
        Target::Variable(name) | Target::Local(name) | Target::Module(name, _) => name.to_string(),
        Target::Resource(ResourceMode::Managed, kind, name) => format!("{kind}.{name}"),
        Target::Resource(ResourceMode::Data, kind, name) => format!("data.{kind}.{name}"),
    };
    let advice = match closest(&wanted, candidates.iter().map(String::as_str)) {
        Some(meant) => format!("Did you mean \"{meant}\"?"),
        None => format!("Declare it with `{add}`, or correct the name."),
    };
    Diagnostic::error(summary, format!("{what} {advice}")).at(reference.span)
}

fn names<'a>(names: impl Iterator<Item = &'a Name>) -> Vec<String> {
    names.map(ToString::to_string).collect()
}
