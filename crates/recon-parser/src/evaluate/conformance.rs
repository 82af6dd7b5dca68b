//! Terraform's answers to expressions, compared with ours.

use std::path::{Path, PathBuf};

use recon_core::{Diagnostic, FileId, Span, Value};
use serde_json::Value as Json;

use super::{evaluate, type_question};
use crate::conformance;
use crate::files::{FileError, Files};
use crate::load::tests::Memory;
use crate::load::{Options, load};
use crate::render;
use crate::scope::{Clock, Lookup, Scope};
use crate::syntax::parse_expression;

/// The disk, from a directory.
struct Disk(PathBuf);

impl Files for Disk {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        let path = self.0.join(path);
        if path.is_dir() {
            return Err(FileError::Directory);
        }
        std::fs::read(path).map_err(|_| FileError::Missing)
    }

    fn exists(&self, path: &str) -> Result<bool, FileError> {
        let path = self.0.join(path);
        if path.is_dir() { Err(FileError::Directory) } else { Ok(path.exists()) }
    }

    fn walk(&self, directory: &str) -> Result<Vec<String>, FileError> {
        let root = self.0.join(directory);
        let mut found = Vec::new();
        let mut open = vec![root.clone()];
        while let Some(directory) = open.pop() {
            for entry in std::fs::read_dir(directory).map_err(|_| FileError::Missing)? {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    open.push(path);
                } else {
                    found.push(path.strip_prefix(&root).expect("below").display().to_string());
                }
            }
        }
        Ok(found)
    }

    fn list(&self, _: &str) -> Result<Vec<String>, FileError> {
        Err(FileError::Missing)
    }

    fn current_directory(&self) -> String {
        self.0.display().to_string()
    }

    fn home_directory(&self) -> Option<String> {
        Some("/home/someone".to_owned())
    }

    fn absolute(&self, path: &str) -> String {
        self.0.join(path).display().to_string()
    }
}

/// A module without any blocks.
struct Empty(Disk);

impl Scope for Empty {
    fn lookup(&self, _: &Lookup, span: Span) -> Result<Value, Diagnostic> {
        Err(Diagnostic::error("Reference to undeclared resource", "There is nothing here.").at(span))
    }

    fn files(&self) -> &dyn Files {
        &self.0
    }

    fn clock(&self) -> Clock {
        Clock { planned_at_ms: 0, applying: Some((0, 7)) }
    }
}

fn answer(text: &str, scope: &Empty) -> Result<(String, String), String> {
    let told = |found: recon_core::Diagnostics| {
        found
            .iter()
            .map(|found| format!("{}: {}", found.summary, found.detail))
            .collect::<Vec<_>>()
            .join("; ")
    };
    let expression = parse_expression(FileId(0), text).map_err(told)?;
    if let Some(inner) = type_question(&expression) {
        let ty = render::ty(&evaluate(inner, scope).map_err(told)?.ty());
        return Ok((ty.clone(), ty));
    }
    let value = evaluate(&expression, scope).map_err(told)?;
    Ok((render::value(&value), render::ty(&value.ty())))
}

/// What Terraform says of a case and what we say, where they differ.
fn difference(case: &Json, root: &Path) -> Option<String> {
    let text = case["expr"].as_str().expect("an expression");
    let scope = Empty(Disk(root.join(case["cwd"].as_str().unwrap_or("."))));
    let got = answer(text, &scope);
    match (case.get("error"), got) {
        (Some(_), Err(_)) => None,
        (Some(error), Ok((shown, _))) => Some(format!("{text}\n    wants the error {error}, got {shown}")),
        (None, Err(why)) => Some(format!("{text}\n    wants {}, got the error {why}", case["rendered"])),
        (None, Ok((shown, ty))) => {
            let rendered = case["rendered"].as_str().unwrap_or_default();
            let wanted = case["type"].as_str();
            // A type that is asked for of an unknown or marked value is not recorded.
            let same_type = wanted.is_none_or(|wanted| wanted == ty || text.starts_with("type("));
            (shown != rendered || !same_type).then(|| {
                format!(
                    "{text}\n    wants {rendered:?} of type {wanted:?}\n    got   {shown:?} of type {ty:?}"
                )
            })
        }
    }
}

#[test]
fn expressions_give_what_terraform_gives() {
    let Some(cases) = conformance::json("functions.json") else { return };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/terraform");
    let cases = cases.as_array().expect("an array");
    let differences: Vec<String> = cases.iter().filter_map(|case| difference(case, &root)).collect();
    println!("{} of {} expressions give what Terraform gives", cases.len() - differences.len(), cases.len());
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// The expression as it comes out of a JSON file that holds it.
fn through_json(text: &str) -> Result<crate::expression::Expression, String> {
    // A comment at the end would take the closing brace with it.
    let end = if text.contains(['#', '/']) { "\n}" } else { "}" };
    let file = serde_json::json!({ "locals": { "value": format!("${{{text}{end}") } }).to_string();
    let (body, problems) = crate::json_syntax::parse_body(FileId(0), &file);
    match problems.iter().next() {
        Some(problem) => Err(problem.detail.clone()),
        None => Ok(body.blocks[0].body.attributes["value"].value.clone()),
    }
}

#[test]
fn expressions_mean_the_same_in_json() {
    let Some(cases) = conformance::json("functions.json") else { return };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/terraform");
    let mut differences = Vec::new();
    for case in cases.as_array().expect("an array") {
        let text = case["expr"].as_str().expect("an expression");
        let scope = Empty(Disk(root.join(case["cwd"].as_str().unwrap_or("."))));
        let value = |expression: crate::expression::Expression| evaluate(&expression, &scope).ok();
        let native = parse_expression(FileId(0), text).ok().and_then(value);
        let json = through_json(text).ok().and_then(value);
        if native != json {
            differences.push(format!("{text}: {native:?}, in JSON {json:?}"));
        }
    }
    assert!(differences.is_empty(), "{differences:#?}");
}

/// The value of the one variable of a configuration, and its type.
fn variable(config: &str) -> Result<(String, String), String> {
    let mut sources = recon_core::SourceMap::default();
    let files = Memory::new(&[("main.tf", config)]);
    let loaded = load(&files, &mut sources, &Options::default());
    if loaded.diagnostics.has_errors() {
        return Err(loaded.diagnostics.iter().map(|found| found.detail.clone()).collect());
    }
    let variable = loaded.module.variables.get("v").ok_or("there is no variable")?;
    let Some(default) = &variable.default else { return Ok(("without a default".to_owned(), String::new())) };
    let scope = Empty(Disk(PathBuf::from(".")));
    let value = evaluate(default, &scope).map_err(|_| "the default has no value")?;
    let value = super::constraint::apply(&value, &variable.constraint).map_err(|mismatch| mismatch.full())?;
    Ok((render::value(&value), render::ty(&value.ty())))
}

#[test]
fn values_convert_as_terraform_converts_them() {
    let Some(cases) = conformance::json("type-conversions.json") else { return };
    let cases = cases.as_array().expect("an array");
    let differences: Vec<String> = cases.iter().filter_map(misconversion).collect();
    println!("{} of {} values convert as in Terraform", cases.len() - differences.len(), cases.len());
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// What Terraform and we make of the one variable of a case, where they differ.
fn misconversion(case: &Json) -> Option<String> {
    let (config, expected) = (case["config"].as_str().expect("text"), &case["expected"]);
    let got = variable(config);
    let agrees = match (&got, expected["rendered"].as_str()) {
        (Ok((shown, ty)), Some(rendered)) => {
            shown == rendered && expected["type"].as_str().is_none_or(|wanted| wanted == ty)
        }
        (got, None) => got.is_err() == expected.get("error").is_some_and(Json::is_object),
        (Err(_), Some(_)) => false,
    };
    (!agrees).then(|| format!("{config}    wants {expected}\n    got   {got:?}"))
}
