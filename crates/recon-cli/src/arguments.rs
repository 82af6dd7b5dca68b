//! Terraform's spelling of flags: one dash or two, and switches that may say `=true` or `=false`.

use std::collections::BTreeSet;
use std::ffi::OsString;

use clap::{ArgAction, Command};

/// The arguments as the parser of flags wants them. What follows `--` stays as it is.
pub(crate) fn normalised(arguments: impl IntoIterator<Item = OsString>, command: &Command) -> Vec<OsString> {
    let mut switches = BTreeSet::new();
    collect_switches(command, &mut switches);
    let mut arguments = arguments.into_iter();
    // The first is the program itself.
    let mut found: Vec<OsString> = arguments.next().into_iter().collect();
    while let Some(argument) = arguments.next() {
        if argument == "--" {
            found.push(argument);
            found.extend(arguments);
            return found;
        }
        found.extend(one(argument, &switches));
    }
    found
}

fn one(argument: OsString, switches: &BTreeSet<String>) -> Option<OsString> {
    let Some(text) = argument.to_str() else { return Some(argument) };
    let name = text.strip_prefix("--").or_else(|| text.strip_prefix('-')).unwrap_or_default();
    let is_flag =
        text.starts_with('-') && name.len() > 1 && name.starts_with(|c: char| c.is_ascii_alphabetic());
    if !is_flag {
        return Some(argument);
    }
    match name.split_once('=') {
        Some((switch, "true" | "1")) if switches.contains(switch) => Some(format!("--{switch}").into()),
        Some((switch, "false" | "0")) if switches.contains(switch) => None,
        _ => Some(format!("--{name}").into()),
    }
}

fn collect_switches(command: &Command, found: &mut BTreeSet<String>) {
    let switches = command.get_arguments().filter(|one| matches!(one.get_action(), ArgAction::SetTrue));
    found.extend(switches.filter_map(|one| one.get_long().map(str::to_owned)));
    command.get_subcommands().for_each(|inner| collect_switches(inner, found));
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn given(arguments: &[&str]) -> Vec<String> {
        let all = std::iter::once("recon").chain(arguments.iter().copied()).map(OsString::from);
        let found = normalised(all, &crate::cli::Cli::command());
        found.into_iter().skip(1).map(|one| one.into_string().unwrap()).collect()
    }

    #[test]
    fn one_dash_becomes_two() {
        let found = given(&[
            "-chdir=x",
            "apply",
            "-auto-approve",
            "-var",
            "a=b",
            "-var=c=-d",
            "--target=x.y",
            "-h",
            "-",
        ]);
        let wanted =
            ["--chdir=x", "apply", "--auto-approve", "--var", "a=b", "--var=c=-d", "--target=x.y", "-h", "-"];
        assert_eq!(found, wanted);
    }

    #[test]
    fn switches_may_have_a_value() {
        assert_eq!(
            given(&["plan", "-json=true", "-no-color=false", "-refresh=false"]),
            ["plan", "--json", "--refresh=false"]
        );
    }

    #[test]
    fn what_follows_two_dashes_stays() {
        assert_eq!(given(&["sandbox", "exec", "--", "ls", "-la"]), ["sandbox", "exec", "--", "ls", "-la"]);
    }
}
