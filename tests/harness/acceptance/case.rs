//! One acceptance test of Terraform's provider as plain steps, read from the conformance data.

use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

/// One acceptance test.
#[derive(Clone, Debug, Deserialize)]
pub struct Case {
    /// `TestAccLambdaFunction_basic`
    #[serde(rename = "test")]
    pub name: String,
    /// What is done one after the other.
    pub steps: Vec<Step>,
    /// What became of it when Terraform ran it over moto; `good` if all went well.
    pub terraform_on_moto: String,
}

/// A configuration that is applied, or an object that is imported.
#[derive(Clone, Debug, Deserialize)]
pub struct Step {
    /// Its number, from 0.
    #[serde(rename = "step")]
    pub number: usize,
    /// The file with the configuration, under the folder of all cases; a step without one imports.
    pub config: Option<String>,
    /// The address to import, whose object must come out as the step before left it.
    pub resource: Option<String>,
    /// Arguments that an import cannot know.
    #[serde(default)]
    pub import_verify_ignore: Vec<String>,
    /// What the error must say, as a regular expression.
    pub expect_error: Option<Pattern>,
    /// The next plan must have changes.
    #[serde(default, rename = "ExpectNonEmptyPlan")]
    pub leaves_changes: bool,
    /// Nothing is applied; the plan must be empty.
    #[serde(default, rename = "PlanOnly")]
    pub plan_only: bool,
    /// Zips to make first; text where it is a function of the provider's that checks the account.
    #[serde(default)]
    pub pre_config: Value,
    /// What must hold after the apply: the name of the provider's function, and its arguments.
    #[serde(default)]
    pub checks: Vec<Vec<Value>>,
}

/// A regular expression.
#[derive(Clone, Debug, Deserialize)]
pub struct Pattern {
    /// Its text.
    pub regex: String,
}

/// A zip to make.
#[derive(Clone, Debug, Deserialize)]
pub struct Archive {
    /// The file to write.
    pub zip: String,
    /// From files to their names in the zip.
    pub files: std::collections::BTreeMap<String, String>,
}

impl Step {
    /// The zips to make first.
    pub fn archives(&self) -> Vec<Archive> {
        serde_json::from_value(self.pre_config.clone()).unwrap_or_default()
    }
}

/// All cases in a folder.
pub fn cases(folder: &Path) -> Vec<Case> {
    let index = std::fs::read_to_string(folder.join("index.json")).expect("the index can be read");
    serde_json::from_str(&index).expect("the index has the form that is documented")
}
