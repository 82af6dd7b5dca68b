//! The report of a drift run: what it says, and the forms in which it says that.

mod difference;
mod findings;
mod html;
mod json;
mod junit;
mod markdown;
mod picture;
mod sarif;
mod text;

pub(crate) use findings::{OUTPUTS, Source, findings};
pub(crate) use html::html;
pub(crate) use json::{document, json};
pub(crate) use junit::junit;
pub(crate) use markdown::markdown;
pub(crate) use sarif::sarif;
pub(crate) use text::text;

use std::collections::BTreeMap;

use serde_json::Value as Json;

/// What a run found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Report {
    /// When, RFC 3339.
    pub timestamp: String,
    /// Stack by stack.
    pub stacks: Vec<Stack>,
}

/// What a run found in one directory.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stack {
    /// The directory; `.` where only the current one was looked at.
    pub name: String,
    /// Why nothing is known of it.
    pub error: Option<String>,
    /// What is not as it should be.
    pub findings: Vec<Finding>,
    /// The addresses of the rest.
    pub well: Vec<String>,
    /// Which block refers to which, as `KIND.NAME` with its module.
    pub edges: Vec<(String, String)>,
}

/// Where a block stands: file and line.
pub(crate) type Place = (String, usize);

/// One thing that a report tells.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    /// The instance; of what nobody declared, the one that it is under.
    pub address: String,
    /// The block of the instance.
    pub block: String,
    /// What was found.
    pub kind: Kind,
    /// Of what nobody declared: what it is.
    pub object: Option<Object>,
    /// What differs, path by path.
    pub differences: Vec<Difference>,
    /// The difference as people read it, with colours.
    pub shown: String,
    /// Where its block stands, if it has one.
    pub place: Option<Place>,
    /// Why it does not count, if a rule says so.
    pub ignored: Option<String>,
    /// Who did it, as far as that is known.
    pub blame: Vec<Blame>,
}

/// An object that nobody declared.
#[derive(Clone, Debug)]
pub(crate) struct Object {
    /// Its resource type.
    pub kind: String,
    /// Its import id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// What differs at one path.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Difference {
    /// `environment[0].variables["STAGE"]`
    pub path: String,
    /// As applied; nothing where it is not shown.
    pub before: Option<Json>,
    /// As it is.
    pub after: Option<Json>,
    /// Whether it is a secret.
    pub is_sensitive: bool,
    /// Why it does not count, if a rule says so.
    pub ignored: Option<String>,
}

/// Who did what, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Blame {
    /// The principal.
    pub who: String,
    /// RFC 3339.
    pub when: String,
    /// The call.
    pub event: String,
}

/// What was found of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// It differs live from what was applied.
    Changed,
    /// It runs other code than what was applied.
    Code,
    /// It is gone.
    Gone,
    /// What it stands for has moved on since it was deployed.
    Undeployed,
    /// Nobody declared it.
    Undeclared,
    /// Its block asks for something that was not applied.
    Pending,
}

impl Kind {
    /// All, in the order of a report.
    pub(crate) const ALL: [Self; 6] =
        [Self::Changed, Self::Code, Self::Gone, Self::Undeployed, Self::Undeclared, Self::Pending];

    /// An identifier for programs.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Code => "code",
            Self::Gone => "gone",
            Self::Undeployed => "undeployed",
            Self::Undeclared => "undeclared",
            Self::Pending => "pending",
        }
    }

    /// What it means, after an address.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Changed => "has changed outside of recon",
            Self::Code => "runs code that somebody else uploaded",
            Self::Gone => "has been deleted outside of recon",
            Self::Undeployed => "serves something else than what its API is by now",
            Self::Undeclared => "has something under it that nobody declared",
            Self::Pending => "is configured but not applied",
        }
    }

    /// The title of a section.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Changed => "Changed outside of recon",
            Self::Code => "Other code",
            Self::Gone => "Deleted outside of recon",
            Self::Undeployed => "Changed but not deployed",
            Self::Undeclared => "Not declared",
            Self::Pending => "Configured but not applied",
        }
    }

    /// Whether it is not what was applied that is there.
    pub(crate) fn is_drift(self) -> bool {
        self != Self::Pending
    }
}

/// What a report comes down to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// All is as it should be.
    None,
    /// Something drifted.
    Drift,
    /// Nothing drifted, but something is not applied.
    Pending,
    /// Something could not be looked at.
    Error,
}

impl Status {
    /// An identifier for programs.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Drift => "drift",
            Self::Pending => "pending",
            Self::Error => "error",
        }
    }
}

impl Blame {
    /// What it says, as one line.
    pub(crate) fn sentence(&self) -> String {
        let Self { who, when, event } = self;
        format!("{event} by {who} at {when}")
    }
}

impl Finding {
    /// The finding's text with who did it, without colours.
    pub(crate) fn account(&self) -> String {
        let deeds = self.blame.iter().map(|blame| format!("    # {}\n", blame.sentence()));
        self.plain() + &deeds.collect::<String>()
    }

    /// The finding's text without colours.
    pub(crate) fn plain(&self) -> String {
        anstream::adapter::strip_str(&self.shown).to_string()
    }

    /// What it says, as one sentence.
    pub(crate) fn sentence(&self) -> String {
        match &self.object {
            Some(Object { kind, name, .. }) => {
                format!("{} has {kind} \"{name}\" under it, which nobody declared", self.address)
            }
            None => format!("{} {}", self.address, self.kind.words()),
        }
    }

    /// Whether it counts.
    pub(crate) fn counts(&self) -> bool {
        self.ignored.is_none()
    }
}

impl Stack {
    /// How many findings of a kind count.
    pub(crate) fn count(&self, kind: Kind) -> usize {
        self.findings.iter().filter(|one| one.kind == kind && one.counts()).count()
    }

    /// How many findings do not count.
    pub(crate) fn ignored(&self) -> usize {
        self.findings.iter().filter(|one| !one.counts()).count()
    }

    /// What it comes down to.
    pub(crate) fn status(&self) -> Status {
        let mut found = self.findings.iter().filter(|one| one.counts());
        if self.error.is_some() {
            return Status::Error;
        }
        match (found.clone().any(|one| one.kind.is_drift()), found.next()) {
            (true, _) => Status::Drift,
            (false, Some(_)) => Status::Pending,
            (false, None) => Status::None,
        }
    }
}

impl Report {
    /// What all of it comes down to: an error first, then drift, then what is pending.
    pub(crate) fn status(&self) -> Status {
        let has = |status: Status| self.stacks.iter().any(|stack| stack.status() == status);
        let order = [Status::Error, Status::Drift, Status::Pending];
        order.into_iter().find(|status| has(*status)).unwrap_or(Status::None)
    }

    /// How many findings of each kind count, with those that do not and those instances that are well.
    pub(crate) fn summary(&self) -> BTreeMap<&'static str, usize> {
        let sum = |of: &dyn Fn(&Stack) -> usize| self.stacks.iter().map(of).sum::<usize>();
        let mut found: BTreeMap<&'static str, usize> =
            Kind::ALL.iter().map(|kind| (kind.id(), sum(&|stack| stack.count(*kind)))).collect();
        found.insert("ignored", sum(&Stack::ignored));
        found.insert("well", sum(&|stack| stack.well.len()));
        found.insert("errors", sum(&|stack| usize::from(stack.error.is_some())));
        found
    }

    /// Whether more than the current directory was looked at.
    pub(crate) fn has_stacks(&self) -> bool {
        self.stacks.iter().any(|stack| stack.name != ".")
    }
}

/// Text inside XML or HTML; characters that XML does not have are replaced.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests;
