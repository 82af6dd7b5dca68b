//! `output [NAME]`.

use clap::Args;
use recon_core::{Data, Diagnostic, Known};

use crate::exit::Exit;
use crate::project;
use crate::render::json::exact;
use crate::render::outputs;
use crate::session::Session;
use crate::stop::Stop;

/// Print the outputs as of the last apply
///
/// Text never shows secrets. -json and -raw do, for they are asked for by name.
#[derive(Args, Debug)]
pub(crate) struct Flags {
    /// Print JSON
    #[arg(long)]
    pub json: bool,

    /// Print the text of one string, number or bool as it is, without a line end
    #[arg(long, requires = "name", conflicts_with = "json")]
    pub raw: bool,

    /// The output to print; all without it
    pub name: Option<String>,
}

/// Prints outputs.
pub(crate) fn run(session: &mut Session, flags: &Flags) -> Result<Exit, Stop> {
    let Flags { json, raw, name } = flags;
    let outputs = project::remembered(session)?.map(|state| state.outputs).unwrap_or_default();
    let Some(name) = name else {
        if *json {
            session.ui.data(&format!("{}\n", exact::outputs(&outputs).map_err(unwritten)?));
        } else if outputs.is_empty() {
            session.report(
                &Diagnostic::warning(
                    "No outputs found",
                    "The state has no outputs: none is declared, or nothing was applied yet.",
                )
                .into(),
            );
        } else {
            session.ui.data(&outputs::values(&outputs));
        }
        return Ok(Exit::Done);
    };
    let Some(value) = outputs.get(name.as_str()) else {
        let detail =
            format!("The state has no output named \"{name}\". If it was declared just now, apply first.");
        return Err(Diagnostic::error("Output not found", detail).into());
    };
    match (json, raw) {
        (true, _) => session.ui.data(&format!("{}\n", exact::value(value).map_err(unwritten)?)),
        (_, true) => session.ui.bytes(raw_text(name, value)?.as_bytes()),
        _ => {
            // Whoever asks for an output by its name means to see it.
            let (open, _) = value.unmarked_deep();
            session.ui.data(&format!("{}\n", outputs::value(&open)));
        }
    }
    Ok(Exit::Done)
}

#[expect(clippy::needless_pass_by_value, reason = "this is what map_err gives")]
fn unwritten(error: serde_json::Error) -> Diagnostic {
    Diagnostic::error("Outputs cannot be written", format!("An output has no form in JSON: {error}."))
}

fn raw_text(name: &str, value: &Known) -> Result<String, Diagnostic> {
    match &value.data {
        Data::String(text) => Ok(text.to_string()),
        Data::Number(number) => Ok(number.to_string()),
        Data::Bool(value) => Ok(value.to_string()),
        _ => {
            let detail = format!(
                "The output \"{name}\" is {}, which has no raw text. Print it with -json.",
                value.ty().friendly()
            );
            Err(Diagnostic::error("Unsupported value for raw output", detail))
        }
    }
}
