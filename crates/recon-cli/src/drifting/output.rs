//! `-format`: in which forms the report is written, and where to.

use std::path::PathBuf;
use std::str::FromStr;

use recon_core::Diagnostic;

use crate::render::report::{self, Report};

/// A form, and the file that it goes to; without one, stdout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Output {
    /// The form.
    pub format: Format,
    /// The file.
    pub file: Option<PathBuf>,
}

/// The form of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// For people
    Text,
    /// One JSON document
    Json,
    /// For pull requests, issues and chat
    Markdown,
    /// For CI systems, which show it as tests
    Junit,
    /// For code hosts, which show it beside the code
    Sarif,
    /// One page for a browser
    Html,
}

const FORMATS: [(&str, Format); 6] = [
    ("text", Format::Text),
    ("json", Format::Json),
    ("markdown", Format::Markdown),
    ("junit", Format::Junit),
    ("sarif", Format::Sarif),
    ("html", Format::Html),
];

impl FromStr for Output {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, file) = match text.split_once(':') {
            Some((_, "")) => return Err(format!("no file is named after the colon in `{text}`")),
            Some((name, file)) => (name, Some(PathBuf::from(file))),
            None => (text, None),
        };
        let format = FORMATS.iter().find(|(known, _)| *known == name).map(|(_, format)| *format);
        match format {
            Some(format) => Ok(Self { format, file }),
            None => {
                let known: Vec<&str> = FORMATS.iter().map(|(name, _)| *name).collect();
                let known = known.join(", ");
                Err(format!("there is no format `{name}`; there are {known}; a file follows after a colon"))
            }
        }
    }
}

impl Output {
    /// The report in this form.
    pub(crate) fn print(&self, report: &Report) -> String {
        match self.format {
            Format::Text => report::text(report),
            Format::Json => report::json(report),
            Format::Markdown => report::markdown(report),
            Format::Junit => report::junit(report),
            Format::Sarif => report::sarif(report),
            Format::Html => report::html(report),
        }
    }

    /// Writes the report to the file.
    pub(crate) fn save(&self, report: &Report, file: &PathBuf) -> Result<(), Diagnostic> {
        let text = anstream::adapter::strip_str(&self.print(report)).to_string();
        std::fs::write(file, text).map_err(|error| {
            let detail = format!("Failed to write `{}`: {error}.", file.display());
            Diagnostic::error("Report cannot be written", detail)
        })
    }
}

/// The outputs that flags ask for: text to stdout unless something else goes there; two forms cannot share it.
pub(crate) fn outputs(given: &[Output], json: bool) -> Result<Vec<Output>, Diagnostic> {
    let mut all = given.to_vec();
    if json {
        all.push(Output { format: Format::Json, file: None });
    }
    match all.iter().filter(|one| one.file.is_none()).count() {
        0 => all.push(Output { format: Format::Text, file: None }),
        1 => {}
        _ => {
            let detail = "Only one format can go to the terminal. Give the others files, as in -format=html:report.html.";
            return Err(Diagnostic::error("Several formats for one output", detail));
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_may_name_its_file() {
        let html: Output = "html:out/report.html".parse().unwrap();
        assert_eq!(html, Output { format: Format::Html, file: Some("out/report.html".into()) });
        assert!(
            "pdf"
                .parse::<Output>()
                .unwrap_err()
                .starts_with("there is no format `pdf`; there are text, json")
        );
        assert!("json:".parse::<Output>().is_err());
    }

    #[test]
    fn one_form_goes_to_the_terminal() {
        let html: Output = "html:x".parse().unwrap();
        let json: Output = "json".parse().unwrap();
        assert_eq!(outputs(std::slice::from_ref(&html), false).unwrap()[1].format, Format::Text);
        assert_eq!(outputs(&[html, json.clone()], false).unwrap().len(), 2);
        assert!(outputs(&[json.clone(), json], false).is_err());
    }
}
