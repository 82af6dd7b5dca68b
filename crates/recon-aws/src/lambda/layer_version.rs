//! `aws_lambda_layer_version`, its pure half: arguments, rules, and when other content makes a new version due.

use std::sync::LazyLock;

use aws_sdk_lambda::types::{Architecture, Runtime};
use recon_core::change::Change;
use recon_core::path::Step;
use recon_core::resource_type::{Proposal, Reads, Refined, ResourceType};
use recon_core::schema::{
    Attribute, Sameness, Schema, block, computed, defaulted, optional, optional_computed, required,
};
use recon_core::{Diagnostic, Known, Path, Type, Value};

use super::package;
use crate::rules::{self, Findings};

pub(crate) const KIND: &str = "aws_lambda_layer_version";

/// Where the content comes from.
const SOURCES: &[&str] = &["filename", "s3_bucket", "s3_key", "s3_object_version"];
const RUNTIMES_MAX: usize = 15;
const NAME_MAX: usize = 140;

/// `aws_lambda_layer_version`
#[derive(Clone, Copy)]
pub(crate) struct LayerVersion;

pub(crate) static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let source = |doc| -> Attribute { optional(Type::String, doc).compared(Sameness::EmptyIsNull) };
    let text = |doc| source(doc).replaces();
    let names = |doc| optional(Type::set(Type::String), doc).compared(Sameness::EmptyIsNull).replaces();
    let given = |doc| computed(Type::String, doc);
    let attributes = [
        ("arn", given("ARN of the version.")),
        ("code_sha256", given("Hash of the content that Lambda has.")),
        ("compatible_architectures", names("Instruction sets that the layer is for.")),
        ("compatible_runtimes", names("Runtimes that the layer is for, at most fifteen.")),
        ("created_date", given("When the version was published.")),
        ("description", text("What the version is.")),
        ("filename", source("Zip file, or directory that is packed, with the content.")),
        ("id", optional_computed(Type::String, "The version's ARN.")),
        ("layer_arn", given("ARN of the layer, without the version.")),
        ("layer_name", required(Type::String, "Name or ARN of the layer.").replaces()),
        ("license_info", text("Licence: an SPDX identifier, a URL, or its text.")),
        ("s3_bucket", source("Bucket with the content.")),
        ("s3_key", source("Key of the content in the bucket.")),
        ("s3_object_version", source("Version of the object in the bucket.")),
        ("signing_job_arn", given("ARN of the signing job.")),
        ("signing_profile_version_arn", given("ARN of the signing profile's version.")),
        (
            "skip_destroy",
            defaulted(Type::Bool, false, "Whether the version stays when its block goes.").replaces(),
        ),
        (
            "source_code_hash",
            optional_computed(
                Type::String,
                "Hash whose change publishes anew; without it, the content's own.",
            )
            .replaces(),
        ),
        ("source_code_size", computed(Type::Number, "Size of the content in bytes.")),
        ("version", given("Number of the version.")),
    ];
    Schema { version: 0, doc: "A version of a Lambda layer.", block: block(attributes, []) }
});

impl ResourceType for LayerVersion {
    fn name(&self) -> &'static str {
        KIND
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn check(&self, config: &Value) -> Vec<(Path, Diagnostic)> {
        let mut found = Findings::new();
        check_source(&mut found, config);
        check_names(&mut found, config);
        rules::longest(&mut found, config, "description", 256);
        rules::longest(&mut found, config, "license_info", 512);
        found
    }

    fn refine(&self, proposal: Proposal<'_>) -> Refined {
        let Some(prior) = proposal.prior else {
            return Refined::Ready { planned: proposal.proposed, replace: Vec::new() };
        };
        let mut replace = moved(prior, &proposal.proposed);
        match content_changes(&proposal, prior) {
            Ok(true) => replace.push(Path::attribute("source_code_hash")),
            Ok(false) => {}
            Err(question) => return Refined::Ask(question),
        }
        let mut planned = proposal.proposed;
        if replace.is_empty() && is_imported(prior) && planned.text("filename").is_some() {
            planned = planned.with("filename", prior.get("filename").clone());
        }
        Refined::Ready { planned, replace }
    }

    fn reads(&self, change: &Change) -> &'static [Reads] {
        match change {
            Change::Create { .. } | Change::Replace { .. } => package::READS,
            _ => &[],
        }
    }

    /// A function goes on with the layer that it has until it gets the new one.
    fn creates_first(&self) -> bool {
        true
    }
}

fn is_imported(prior: &Known) -> bool {
    SOURCES.iter().all(|name| prior.text(name).is_none())
}

/// The arguments that say that the content comes from elsewhere now. Of an imported version nobody knows where it came
/// from, so that no place is another one.
fn moved(prior: &Known, planned: &Value) -> Vec<Path> {
    if is_imported(prior) {
        return Vec::new();
    }
    let is_same = |name: &str| prior.text(name) == planned.text(name) && !planned.get(name).is_unknown();
    SOURCES.iter().filter(|name| !is_same(name)).map(|name| Path::attribute(name)).collect()
}

/// Whether the local content is other than what was published, or the question that must be answered before.
fn content_changes(proposal: &Proposal<'_>, prior: &Known) -> Result<bool, Known> {
    let Some(filename) = proposal.proposed.text("filename") else { return Ok(false) };
    let question = package::question(filename);
    let local = proposal.answers.answer(&question).ok_or(question)?;
    let Some(local) = local.str("hash") else { return Ok(false) };
    let declared = proposal.config.get("source_code_hash");
    // A hash of something else than the package says when to publish it, and so does the signer, who changes the bytes.
    let is_own_rule =
        (!declared.is_null() && declared.as_str() != Some(local)) || prior.text("signing_job_arn").is_some();
    Ok(!is_own_rule && prior.str("code_sha256") != Some(local))
}

fn check_source(found: &mut Findings, config: &Value) {
    for name in ["s3_bucket", "s3_key", "s3_object_version"] {
        rules::not_both(found, config, "filename", name);
    }
    let is_set = |name: &str| rules::is_set(config, name);
    if !is_set("filename") && SOURCES.iter().all(|name| !is_set(name)) {
        rules::wrong(
            found,
            "filename",
            "The content is missing: set `filename`, or `s3_bucket` and `s3_key`.",
        );
    } else if !is_set("filename") && (!is_set("s3_bucket") || !is_set("s3_key")) {
        rules::wrong(found, "s3_bucket", "Content in S3 needs both `s3_bucket` and `s3_key`.");
    }
}

fn check_names(found: &mut Findings, config: &Value) {
    if let Some(name) = config.str("layer_name") {
        check_layer(found, "layer_name", name);
    }
    each_one_of(found, config, "compatible_architectures", Architecture::values());
    each_one_of(found, config, "compatible_runtimes", Runtime::values());
    if config.get("compatible_runtimes").items().len() > RUNTIMES_MAX {
        rules::wrong(found, "compatible_runtimes", "A layer version names at most fifteen runtimes.");
    }
}

/// A layer is named by letters, digits, hyphens and underscores, or by its ARN.
pub(crate) fn check_layer(found: &mut Findings, argument: &str, name: &str) {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let is_name = !name.is_empty() && name.chars().all(fits);
    if (!is_name && !rules::is_arn(name)) || name.len() > NAME_MAX {
        let detail =
            "A layer's name has 1 to 140 letters, digits, hyphens and underscores; its ARN will do too.";
        rules::wrong(found, argument, detail);
    }
}

fn each_one_of(found: &mut Findings, config: &Value, name: &str, allowed: &[&str]) {
    for (index, item) in config.get(name).items().iter().enumerate() {
        if let Some(text) = item.as_str()
            && !allowed.contains(&text)
        {
            let path = Path::attribute(name).then(Step::Index(index));
            let detail = format!("{text:?} is not one of {}.", allowed.join(", "));
            found.push((path, Diagnostic::error("Invalid argument", detail)));
        }
    }
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    #[test_case(&[("layer_name", "tools"), ("filename", "a.zip")], 0; "a file")]
    #[test_case(&[("layer_name", "tools"), ("s3_bucket", "b"), ("s3_key", "k")], 0; "an object")]
    #[test_case(&[("layer_name", "tools")], 1; "no content")]
    #[test_case(&[("layer_name", "tools"), ("s3_bucket", "b")], 1; "half an object")]
    #[test_case(&[("layer_name", "tools"), ("filename", "a.zip"), ("s3_key", "k")], 1; "two sources")]
    #[test_case(&[("layer_name", "my tools"), ("filename", "a.zip")], 1; "a name with a space")]
    fn rules_of_layers(arguments: &[(&str, &str)], errors: usize) {
        let config = Value::object(arguments.iter().map(|(name, text)| (*name, Value::from(*text))));
        assert_eq!(LayerVersion.check(&config).len(), errors);
    }

    #[test]
    fn an_imported_version_may_be_declared_from_any_place() {
        let prior = Known::with_nulls(&Value::object([("filename", Value::null(Type::String))]));
        let planned = Value::object([("filename", Value::from("a.zip"))]);
        assert!(moved(&prior, &planned).is_empty());
        let prior = Known::with_nulls(&Value::object([("filename", Value::from("b.zip"))]));
        assert_eq!(moved(&prior, &planned), [Path::attribute("filename")]);
    }
}
