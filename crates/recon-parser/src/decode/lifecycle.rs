//! `lifecycle` blocks of resources and data sources.

use recon_core::address::Key;
use recon_core::{Diagnostic, Diagnostics, Path, ResourceMode};

use super::read::{self, Step};
use super::variable::conditions;
use crate::config::{Argument, Body, IgnoreChanges, Lifecycle};
use crate::expression::{Expression, Kind};

/// The `lifecycle` block of a body; the defaults where there is none.
pub(super) fn lifecycle(body: &Body, mode: ResourceMode, diagnostics: &mut Diagnostics) -> Lifecycle {
    let mut blocks = body.blocks.iter().filter(|block| &*block.name == "lifecycle");
    let Some(block) = blocks.next() else { return Lifecycle::default() };
    for again in blocks {
        let detail = "A block has at most one `lifecycle` block. Move everything into one.";
        let problem = Diagnostic::error("Duplicate lifecycle block", detail);
        diagnostics.push(problem.at(again.name_span).label(block.name_span, "first declared here"));
    }
    let body = &block.body;
    if mode == ResourceMode::Data {
        refuse_for_data(body, diagnostics);
    }
    Lifecycle {
        create_before_destroy: read::flag(body, "create_before_destroy", diagnostics),
        prevent_destroy: read::flag(body, "prevent_destroy", diagnostics).unwrap_or(false),
        ignore_changes: match body.attributes.get("ignore_changes") {
            Some(argument) => ignore_changes(argument, diagnostics),
            None => IgnoreChanges::default(),
        },
        replace_triggered_by: match body.attributes.get("replace_triggered_by") {
            Some(argument) => triggers(argument, diagnostics),
            None => Vec::new(),
        },
        preconditions: conditions(body, "precondition", diagnostics),
        postconditions: conditions(body, "postcondition", diagnostics),
    }
}

fn refuse_for_data(body: &Body, diagnostics: &mut Diagnostics) {
    for (name, argument) in &body.attributes {
        let detail =
            format!("A data source is only read, so `{name}` means nothing for it. Remove the argument.");
        let problem = Diagnostic::error("Invalid data resource lifecycle argument", detail);
        diagnostics.push(problem.at(argument.name_span));
    }
}

fn ignore_changes(argument: &Argument, diagnostics: &mut Diagnostics) -> IgnoreChanges {
    if let Kind::Variable(name) = &*read::unquoted(&argument.value).kind
        && &**name == "all"
    {
        return IgnoreChanges::All;
    }
    let mut paths = Vec::new();
    for item in read::list("ignore_changes", argument, diagnostics) {
        let is_star = read::literal(item).and_then(recon_core::Value::as_str) == Some("*");
        match read::steps(&read::unquoted(item)).and_then(|(root, steps)| path(&root, &steps)) {
            Some(path) => paths.push((path, item.span)),
            None if is_star => diagnostics.push(
                Diagnostic::error(
                    "Invalid ignore_changes wildcard",
                    "`[\"*\"]` is not accepted any more. To ignore changes of all arguments write `ignore_changes = all`.",
                )
                .at(item.span),
            ),
            None => diagnostics.push(
                Diagnostic::error(
                    "Invalid ignore_changes entry",
                    "An entry of `ignore_changes` names an argument of this block, like `description` or `environment[0].variables[\"STAGE\"]`, \
                     with fixed keys only.",
                )
                .at(item.span),
            ),
        }
    }
    IgnoreChanges::Paths(paths)
}

fn path(root: &str, steps: &[Step]) -> Option<Path> {
    let mut path = vec![recon_core::path::Step::Attribute(root.into())];
    for step in steps {
        path.push(match step {
            Step::Attribute(name) => recon_core::path::Step::Attribute(name.clone()),
            Step::Index(Key::Text(key)) => recon_core::path::Step::Key(key.clone()),
            Step::Index(Key::Index(index)) => recon_core::path::Step::Index(usize::try_from(*index).ok()?),
            Step::Dynamic => return None,
        });
    }
    Some(Path(path))
}

fn triggers(argument: &Argument, diagnostics: &mut Diagnostics) -> Vec<Expression> {
    let mut found = Vec::new();
    for item in read::list("replace_triggered_by", argument, diagnostics) {
        let item = read::unquoted(item);
        let names_resource = read::steps(&item).is_some_and(|(root, steps)| {
            let reserved = ["var", "local", "module", "data", "each", "count", "path", "terraform", "self"];
            matches!(steps.first(), Some(Step::Attribute(_))) && !reserved.contains(&&*root)
        });
        if names_resource {
            found.push(item);
        } else {
            let detail = "An entry of `replace_triggered_by` names a managed resource of this module, one instance of it, or an attribute, \
                          like `aws_lambda_function.items.version`. To react to any other value, give it to a `terraform_data` \
                          resource and name that.";
            diagnostics
                .push(Diagnostic::error("Invalid replace_triggered_by expression", detail).at(item.span));
        }
    }
    found
}
