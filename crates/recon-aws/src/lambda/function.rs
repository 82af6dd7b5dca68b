//! `aws_lambda_function`, its pure half: rules and planning.

use std::sync::LazyLock;

use recon_core::change::Change;
use recon_core::resource_type::{Neighbours, Parts, Proposal, Reads, Refined, ResourceType, Within};
use recon_core::schema::Schema;
use recon_core::value::Name;
use recon_core::{Address, Diagnostic, Known, Path, Type, Value};

use super::name::queue_key;
use super::package;
use super::settings::without_empty_block;

pub(crate) const KIND: &str = "aws_lambda_function";

/// What a published version freezes besides the code.
pub(crate) const SETTINGS: &[&str] = &[
    "dead_letter_config",
    "description",
    "environment",
    "ephemeral_storage",
    "file_system_config",
    "handler",
    "image_config",
    "kms_key_arn",
    "layers",
    "logging_config",
    "memory_size",
    "role",
    "runtime",
    "snap_start",
    "timeout",
    "tracing_config",
    "vpc_config",
];

/// Deleting a function deletes its aliases, versions and policies.
pub(crate) const IN_FUNCTION: Parts = &[&[
    Within { kind: KIND, same: &[("function_name", "function_name")] },
    Within { kind: KIND, same: &[("function_name", "arn")] },
]];

/// `aws_lambda_function`
#[derive(Clone, Copy)]
pub(crate) struct Function;

pub(crate) static SCHEMA: LazyLock<Schema> = LazyLock::new(super::function_schema::schema);

impl ResourceType for Function {
    fn name(&self) -> &'static str {
        KIND
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn check(&self, config: &Value) -> Vec<(Path, Diagnostic)> {
        super::function_check::check(config)
    }

    fn refine(&self, proposal: Proposal<'_>) -> Refined {
        let planned = match crate::tags::planned(&proposal) {
            Ok(planned) => planned,
            Err(question) => return Refined::Ask(question),
        };
        let planned = with_log_levels(proposal.prior, proposal.config, planned);
        let Some(prior) = proposal.prior else { return Refined::Ready { planned, replace: Vec::new() } };
        let planned =
            without_empty_block(planned, prior, "vpc_config", &["subnet_ids", "security_group_ids"]);
        match code_change(&proposal, prior, &planned) {
            Ok(code) => {
                let planned = if code == Code::Stays { with_origin(prior, planned) } else { planned };
                Refined::Ready { planned: published(prior, planned, code), replace: Vec::new() }
            }
            Err(question) => Refined::Ask(question),
        }
    }

    fn review(&self, address: &Address, change: &Change, _: &dyn Neighbours) -> Vec<Diagnostic> {
        super::runtime_review::review(change).into_iter().map(|found| found.about(address)).collect()
    }

    fn reads(&self, change: &Change) -> &'static [Reads] {
        match change {
            Change::Create { .. } | Change::Replace { .. } => package::READS,
            Change::Update { before, planned } if uploads(before, planned) => package::READS,
            _ => &[],
        }
    }

    fn code_attributes(&self) -> &'static [&'static str] {
        &["code_sha256", "source_code_hash", "source_code_size", "image_uri"]
    }

    fn queue_key(&self, value: &Value) -> Option<Name> {
        queue_key(value.str("function_name"))
    }
}

/// In JSON, a log level that nobody sets is `INFO`; in text, there are none.
fn with_log_levels(prior: Option<&Known>, config: &Value, planned: Value) -> Value {
    let Some(declared) = config.block("logging_config") else { return planned };
    if declared.str("log_format") != Some("JSON") {
        return planned;
    }
    let silent = ["application_log_level", "system_log_level"].into_iter();
    silent.filter(|name| declared.get(name).is_null()).fold(planned, |planned, name| {
        let has_level = prior.and_then(|prior| prior.block("logging_config")?.text(name)).is_some();
        let level = if has_level { Value::from("INFO") } else { Value::unknown(Type::String) };
        in_block(planned, "logging_config", name, level)
    })
}

/// Where the code of an imported function came from nobody knows; what is declared has the same code, so nothing changes.
fn with_origin(prior: &Known, planned: Value) -> Value {
    let is_known = ["filename", "s3_bucket", "image_uri"].iter().any(|name| prior.text(name).is_some());
    if is_known || planned.text("filename").is_none() {
        return planned;
    }
    planned.with("filename", prior.get("filename").clone())
}

/// What happens to a function's code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    Stays,
    /// To code with this hash, if it is known.
    Changes(Option<String>),
}

/// What happens to the code, or the question that must be answered before.
fn code_change(proposal: &Proposal<'_>, prior: &Known, planned: &Value) -> Result<Code, Known> {
    let differs = |name: &&&str| !planned.get(name).same(prior.get(name));
    let by_arguments = package::ARGUMENTS.iter().any(|name| differs(&name));
    let Some(filename) = planned.text("filename") else {
        return Ok(if by_arguments { Code::Changes(None) } else { Code::Stays });
    };
    let question = package::question(filename);
    let local = proposal.answers.answer(&question).ok_or(question)?;
    let Some(local) = local.str("hash") else {
        return Ok(if by_arguments { Code::Changes(None) } else { Code::Stays });
    };
    if differs(&&"architectures") {
        return Ok(Code::Changes(Some(local.to_owned())));
    }
    let declared = proposal.config.get("source_code_hash");
    // A hash of something else than the package says when to upload it, and so does the signer, who changes the bytes.
    let is_own_rule =
        (!declared.is_null() && declared.as_str() != Some(local)) || prior.text("signing_job_arn").is_some();
    let changes = if is_own_rule { by_arguments } else { prior.str("code_sha256") != Some(local) };
    Ok(if changes { Code::Changes(Some(local.to_owned())) } else { Code::Stays })
}

/// Whether an update reads the code, if only to find that Lambda has it already.
fn uploads(before: &Known, planned: &Value) -> bool {
    let differs = |name: &&str| !planned.get(name).same(before.get(name));
    package::ARGUMENTS.iter().any(differs) || differs(&"code_sha256")
}

/// Marks what an update of code or settings makes unknown.
fn published(prior: &Known, planned: Value, code: Code) -> Value {
    let settings = SETTINGS.iter().any(|name| !means_same(name, planned.get(name), prior.get(name)));
    let mut planned = planned;
    let unknown = |planned: Value, names: &[&str]| {
        names.iter().fold(planned, |planned, name| {
            let ty = planned.get(name).ty();
            planned.with(name, Value::unknown(ty))
        })
    };
    let code_changes = code != Code::Stays;
    if let Code::Changes(hash) = code {
        let declared_before = planned.get("source_code_hash").same(prior.get("source_code_hash"));
        let was_own = prior.get("source_code_hash").same(prior.get("code_sha256"));
        planned = unknown(planned, &["code_sha256", "source_code_size"]);
        if is_signed(prior, &planned) {
            planned = unknown(planned, &["signing_job_arn", "signing_profile_version_arn"]);
        }
        if declared_before && was_own {
            let hash = hash.map_or_else(|| Value::unknown(Type::String), Value::from);
            planned = planned.with("source_code_hash", hash);
        }
    }
    if settings || code_changes {
        planned = unknown(planned, &["last_modified"]);
    }
    let publish = planned.get("publish");
    let publish_changes = !publish.same(prior.get("publish"));
    if publish.as_bool() != Some(false) && (settings || code_changes || publish_changes) {
        planned = unknown(planned, &["version", "qualified_arn", "qualified_invoke_arn"]);
    }
    if !planned.get("vpc_config").same(prior.get("vpc_config")) {
        planned = unknown_in_block(planned, "vpc_config", "vpc_id");
    }
    if !planned.get("snap_start").same(prior.get("snap_start")) {
        planned = unknown_in_block(planned, "snap_start", "optimization_status");
    }
    planned
}

/// Whether code is signed, or may come to be.
fn is_signed(prior: &Known, planned: &Value) -> bool {
    let config = planned.get("code_signing_config_arn");
    prior.text("signing_job_arn").is_some()
        || config.is_unknown()
        || planned.text("code_signing_config_arn").is_some()
}

/// Whether two values of an argument are one to Lambda.
fn means_same(name: &str, a: &Value, b: &Value) -> bool {
    let is_empty = |value: &Value| {
        value.is_null()
            || value.as_str() == Some("")
            || (value.items().is_empty()
                && !value.is_unknown()
                && value.as_str().is_none()
                && value.as_number().is_none())
    };
    let compared = SCHEMA
        .block
        .attributes
        .get(name)
        .is_some_and(|attribute| attribute.sameness == recon_core::schema::Sameness::EmptyIsNull);
    a.same(b) || (compared && is_empty(a) && is_empty(b))
}

/// What the plan does to a function, as far as its versions, aliases and policies care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Nothing of this plan touches what a version freezes.
    Stays,
    /// Code or settings change, so that publishing gives a new version.
    Changes,
    /// It is made new, without versions, aliases and policies.
    IsNew,
    /// It goes.
    Goes,
}

/// What the plan does to the function of that name; `Stays` for one that the configuration does not have.
pub(crate) fn fate(neighbours: &dyn Neighbours, function: &str) -> Fate {
    let name = super::name::function_name(function);
    let fates =
        neighbours.with_text(KIND, "function_name", name).into_iter().map(|(_, change)| match change {
            Change::Create { .. } | Change::Replace { .. } => Fate::IsNew,
            Change::Update { before, planned } if republishes(before, planned) => Fate::Changes,
            Change::Delete { .. } => Fate::Goes,
            Change::Update { .. } | Change::Keep { .. } | Change::Read { .. } | Change::Forget { .. } => {
                Fate::Stays
            }
        });
    fates.max_by_key(|fate| *fate as u8).unwrap_or(Fate::Stays)
}

/// Whether an update changes what a version freezes.
pub(super) fn republishes(before: &Known, planned: &Value) -> bool {
    let differs = |name: &&&str| !means_same(name, planned.get(name), before.get(name));
    SETTINGS.iter().any(|name| differs(&name)) || !planned.get("code_sha256").same(before.get("code_sha256"))
}

/// What lives inside a function goes with it when it is replaced, so it is replaced too.
pub(crate) fn replaced_with_function(proposal: &Proposal<'_>) -> Vec<Path> {
    let Some(function) = proposal.prior.and_then(|prior| prior.str("function_name")) else {
        return Vec::new();
    };
    let name = super::name::function_name(function);
    let functions = proposal.neighbours.with_text(KIND, "function_name", name);
    let is_replaced = |(_, change): &(&Address, &Change)| matches!(change, Change::Replace { .. });
    if functions.iter().any(is_replaced) { vec![Path::attribute("function_name")] } else { Vec::new() }
}

fn unknown_in_block(planned: Value, block: &str, name: &str) -> Value {
    in_block(planned, block, name, Value::unknown(Type::String))
}

fn in_block(planned: Value, block: &str, name: &str, value: Value) -> Value {
    let Some(first) = planned.get(block).items().first().cloned() else { return planned };
    let list = Value::list(first.ty(), vec![first.with(name, value)]);
    planned.with(block, list)
}
