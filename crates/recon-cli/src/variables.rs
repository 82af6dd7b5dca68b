//! Where the values of the root module's variables come from: environment, files, flags, and the user.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use recon_core::value::Name;
use recon_core::{Diagnostic, Diagnostics, Value};
use recon_parser::config::Module;
use recon_parser::variables::{self, VariableSource};

use crate::flags::{self, RunFlags, VariableFlags};
use crate::render::{quote, style};
use crate::session::{Session, Shape};
use crate::stop::Stop;

/// What the name of an environment variable begins with that sets a variable.
const PREFIX: &str = "TF_VAR_";

/// The values for a run; what is missing is asked for, or an error.
pub(crate) fn of_run(
    session: &mut Session,
    module: &Module,
    flags: &RunFlags,
) -> Result<BTreeMap<Name, Value>, Stop> {
    let found = read(session, module, &flags.variables)?;
    let may_ask = session.ui.can_ask() && flags.input && session.shape == Shape::Text;
    if found.missing.is_empty() || !may_ask {
        variables::missing(module, &found.missing).into_result(())?;
        return Ok(found.values);
    }
    let mut values = found.values;
    for name in found.missing {
        let value = ask(session, module, &name)?;
        values.insert(name, value);
    }
    Ok(values)
}

/// The values as far as they are given; the others are unknown.
pub(crate) fn given(
    session: &mut Session,
    module: &Module,
    flags: &VariableFlags,
) -> Result<BTreeMap<Name, Value>, Stop> {
    Ok(read(session, module, flags)?.values)
}

fn read(session: &mut Session, module: &Module, flags: &VariableFlags) -> Result<variables::Values, Stop> {
    let mut sources = environment();
    sources.extend(files()?);
    for source in &flags.sources {
        sources.push(match source {
            flags::VariableSource::Value(text) => flag(text)?,
            flags::VariableSource::File(path) => file(path)?,
        });
    }
    let mut found = variables::values(module, &sources, &mut session.sources);
    let diagnostics = std::mem::take(&mut found.diagnostics);
    if diagnostics.has_errors() {
        return Err(diagnostics.into());
    }
    session.report(&diagnostics);
    Ok(found)
}

fn environment() -> Vec<VariableSource> {
    let mut all: Vec<(String, String)> = std::env::vars_os()
        .filter_map(|(name, text)| {
            let name = name.to_str()?.strip_prefix(PREFIX)?.to_owned();
            Some((name, text.into_string().ok()?))
        })
        .collect();
    all.sort();
    all.into_iter().map(|(name, text)| VariableSource::Environment { name, text }).collect()
}

/// `terraform.tfvars`, then `*.auto.tfvars` in order of name, each also as JSON.
fn files() -> Result<Vec<VariableSource>, Diagnostic> {
    let mut automatic = Vec::new();
    for entry in std::fs::read_dir(".").into_iter().flatten().flatten() {
        if let Ok(name) = entry.file_name().into_string()
            && (name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json"))
        {
            automatic.push(name);
        }
    }
    automatic.sort();
    let fixed = ["terraform.tfvars", "terraform.tfvars.json"].map(str::to_owned);
    let present = fixed.into_iter().filter(|name| Path::new(name).is_file());
    present.chain(automatic).map(|name| file(Path::new(&name))).collect()
}

fn file(path: &Path) -> Result<VariableSource, Diagnostic> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| {
        let detail = match error.kind() {
            io::ErrorKind::NotFound => format!("There is no file `{name}`."),
            _ => format!("Failed to read `{name}`: {error}."),
        };
        Diagnostic::error("Failed to read variables file", detail)
    })?;
    Ok(VariableSource::File { name, text })
}

fn flag(text: &str) -> Result<VariableSource, Diagnostic> {
    let Some((name, text)) = text.split_once('=') else {
        let detail = format!(
            "`-var {text}` gives no value. Write the name, an equals sign and the value: -var 'name=value'."
        );
        return Err(Diagnostic::error("Invalid -var option", detail));
    };
    Ok(VariableSource::Flag { name: name.trim().to_owned(), text: text.to_owned() })
}

fn ask(session: &mut Session, module: &Module, name: &Name) -> Result<Value, Diagnostics> {
    let Some(variable) = module.variables.get(name) else {
        return Err(variables::missing(module, std::slice::from_ref(name)));
    };
    let description = variable.description.as_deref().unwrap_or_default();
    let mut question = format!("{}\n", style::paint(style::BOLD, format!("var.{name}")));
    for line in description.lines() {
        question.push_str("  ");
        question.push_str(&quote::visible(line));
        question.push('\n');
    }
    let prompt = style::paint(style::BOLD, "Enter a value:");
    let question = format!("{question}\n  {prompt} ");
    let secret = variable.sensitive;
    let typed = if secret { session.ui.ask_secretly(&question) } else { session.ui.ask(&question) };
    match typed {
        Some(text) => {
            session.ui.talk("\n");
            variables::answer(name, variable, &text, &mut session.sources)
        }
        None => Err(variables::missing(module, std::slice::from_ref(name))),
    }
}
