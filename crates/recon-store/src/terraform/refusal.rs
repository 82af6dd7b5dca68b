//! Files that are not a Terraform state of format 4: what they are instead, and what to do.

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::v1::state::words_of;

/// The format that is read.
const FORMAT: u64 = 4;

/// Why a file cannot be taken over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A state of Terraform 0.11 or before.
    Older(u64),
    /// A format that came later.
    Newer(u64),
    /// OpenTofu encrypted it.
    Encrypted,
    /// It only says where the state is.
    Pointer,
    /// It is a state of recon.
    Recons,
    /// It is JSON of something else.
    Foreign,
}

impl Refusal {
    /// What it is, after "the file".
    pub fn what(&self) -> String {
        match self {
            Self::Older(version) => {
                format!("it is a Terraform state of format {version}, and recon reads format {FORMAT}")
            }
            Self::Newer(version) => {
                format!("it is a Terraform state of format {version}, and this recon reads format {FORMAT}")
            }
            Self::Encrypted => "it is an encrypted state of OpenTofu".to_owned(),
            Self::Pointer => "it does not hold a state, it says in which backend the state is".to_owned(),
            Self::Recons => "it is a state of recon, not of Terraform".to_owned(),
            Self::Foreign => "it is JSON, but not a Terraform state".to_owned(),
        }
    }

    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Older(_) => {
                "Terraform 0.11 and before wrote such files. Let a current Terraform bring it up to date with `terraform apply \
                 -refresh-only`, then import again."
            }
            Self::Newer(_) => "A later version of recon may read it.",
            Self::Encrypted => "Decrypt it with `tofu state pull > FILE`, and import that.",
            Self::Pointer => "Get the state itself with `terraform state pull > FILE`, and import that.",
            Self::Recons => {
                "`recon state push FILE` puts a state of recon in place; `import -tfstate` is for those of Terraform."
            }
            Self::Foreign => {
                "A Terraform state is what `terraform state pull` prints, or the file terraform.tfstate beside the configuration."
            }
        }
    }
}

/// What a file says of itself.
#[derive(Deserialize)]
struct Head {
    version: Option<serde_json::Value>,
    format: Option<IgnoredAny>,
    recon: Option<IgnoredAny>,
    encrypted_data: Option<IgnoredAny>,
    backend: Option<IgnoredAny>,
    resources: Option<IgnoredAny>,
    modules: Option<IgnoredAny>,
    lineage: Option<IgnoredAny>,
    serial: Option<IgnoredAny>,
}

/// What is wrong with a text, and where.
pub(super) enum Wrong {
    /// It is not JSON: line, column, words.
    Json(usize, usize, String),
    /// It is JSON of another kind.
    Refused(Refusal),
}

/// Refuses what is not a Terraform state of the format that is read.
pub(super) fn check(text: &str) -> Result<(), Wrong> {
    let head: Head = serde_json::from_str(text).map_err(|error| {
        if error.is_data() {
            return Wrong::Refused(Refusal::Foreign);
        }
        Wrong::Json(error.line(), error.column(), words_of(&error))
    })?;
    let Head { version, format, recon, encrypted_data, backend, resources, modules, lineage, serial } = head;
    let refused = |refusal| Err(Wrong::Refused(refusal));
    if format.is_some() && recon.is_some() {
        return refused(Refusal::Recons);
    }
    if encrypted_data.is_some() {
        return refused(Refusal::Encrypted);
    }
    let version = version.and_then(|version| version.as_u64());
    let Some(version) = version.filter(|_| serial.is_some() || lineage.is_some()) else {
        return refused(Refusal::Foreign);
    };
    let holds_nothing = resources.is_none() && modules.is_none();
    match version {
        _ if backend.is_some() && (holds_nothing || version < FORMAT) => refused(Refusal::Pointer),
        FORMAT if serial.is_some() && lineage.is_some() => Ok(()),
        FORMAT => refused(Refusal::Foreign),
        older if older < FORMAT => refused(Refusal::Older(older)),
        newer => refused(Refusal::Newer(newer)),
    }
}
