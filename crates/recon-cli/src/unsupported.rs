//! Flags of Terraform that recon does not have: told apart from typing mistakes, with what to do instead.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use recon_core::Diagnostic;

/// The flags, and what to do instead.
const FLAGS: [(&str, &str); 12] = [
    ("allow-missing", "Leave the address out where it may be missing."),
    ("backend-config", "States live in the directory `state` beside the configuration."),
    ("backup", "The state before the last write is kept as `state/WORKSPACE.json.backup`."),
    ("chdir", "It stands before the command: recon -chdir=DIR plan."),
    ("compact-warnings", "Warnings are always shown in full."),
    ("concise", "Progress bars are left out with -no-color and without a terminal."),
    ("from-module", "Copy the module into the directory."),
    (
        "lock",
        "The lock is always taken; it dies with its process. Wait for another holder with -lock-timeout.",
    ),
    ("or-create", "`recon workspace select -or-create NAME` makes a workspace where there is none."),
    ("show-sensitive", "Secrets are shown by `recon output -raw NAME` and by -json only."),
    ("state", "The state is that of the selected workspace; see `recon workspace`."),
    ("state-out", "The state is that of the selected workspace; see `recon workspace`."),
];

/// The diagnostic for a flag that Terraform has and recon has not.
pub(crate) fn flag(error: &clap::Error) -> Option<Diagnostic> {
    if error.kind() != ErrorKind::UnknownArgument {
        return None;
    }
    let Some(ContextValue::String(given)) = error.get(ContextKind::InvalidArg) else { return None };
    let name = given.trim_start_matches('-').split('=').next()?;
    let (name, instead) = FLAGS.iter().find(|(flag, _)| *flag == name)?;
    Some(Diagnostic::error("Unsupported flag", format!("recon does not support -{name} here. {instead}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn told(arguments: &[&str]) -> Option<String> {
        let all = std::iter::once("recon").chain(arguments.iter().copied());
        let error = crate::cli::Cli::command().try_get_matches_from(all).unwrap_err();
        flag(&error).map(|diagnostic| diagnostic.detail)
    }

    #[test]
    fn known_flags_are_told_apart_from_typing_mistakes() {
        assert!(told(&["plan", "--lock=false"]).unwrap().starts_with("recon does not support -lock here."));
        assert!(told(&["plan", "--state", "x"]).is_some());
        assert_eq!(told(&["plan", "--detialed-exitcode"]), None);
    }
}
