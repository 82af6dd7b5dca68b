//! The report of a drift run in forms that other programs show: Markdown, `JUnit`, SARIF, HTML.

mod html;
mod junit;
mod markdown;
mod sarif;

pub(crate) use html::html;
pub(crate) use junit::junit;
pub(crate) use markdown::markdown;
pub(crate) use sarif::sarif;

use recon_core::Address;
use recon_core::change::Change;
use recon_core::resource_type::Catalog;
use recon_engine::DriftReport;

use super::{change, plan};

/// Where a block stands: file and line.
pub(crate) type Place = (String, usize);

/// One thing that a report tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// The instance.
    pub address: String,
    /// What was found.
    pub kind: Kind,
    /// The difference, as plain text.
    pub difference: String,
    /// Where its block stands, if it has one.
    pub place: Option<Place>,
}

/// What was found of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It differs live from what was applied.
    Changed,
    /// It is gone.
    Gone,
    /// Its block asks for something that was not applied.
    Pending,
}

/// What a report tells, and which instances are as they should be.
pub(crate) struct Findings {
    /// What differs, drift first.
    pub found: Vec<Finding>,
    /// The addresses of the rest.
    pub well: Vec<String>,
}

impl Kind {
    /// An identifier for programs.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Changed => "drift-changed",
            Self::Gone => "drift-gone",
            Self::Pending => "pending",
        }
    }

    /// What it means, after an address.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Changed => "has changed outside of recon",
            Self::Gone => "has been deleted outside of recon",
            Self::Pending => "is configured but not applied",
        }
    }

    /// Whether somebody changed what is there.
    pub(crate) fn is_drift(self) -> bool {
        self != Self::Pending
    }
}

/// What a drift run found, instance by instance; `place` tells where a block stands.
pub(crate) fn findings(
    report: &DriftReport,
    catalog: &Catalog,
    place: &dyn Fn(&Address) -> Option<Place>,
) -> Findings {
    let DriftReport { drifted, repair, pending, warnings: _ } = report;
    let finding = |address: &Address, kind: Kind, difference: String| Finding {
        address: address.to_string(),
        kind,
        difference: anstream::adapter::strip_str(&difference).to_string(),
        place: place(address),
    };
    let drift = drifted.iter().map(|one| {
        let kind = if one.after.is_some() { Kind::Changed } else { Kind::Gone };
        finding(&one.address, kind, plan::drifted(one, catalog))
    });
    let pending = pending.changes.iter().filter_map(|one| {
        let difference = change::change(one, catalog)?;
        Some(finding(&one.address, Kind::Pending, difference))
    });
    let found: Vec<Finding> = drift.chain(pending).collect();
    let named: std::collections::BTreeSet<&str> = found.iter().map(|one| one.address.as_str()).collect();
    let kept = repair.changes.iter().filter(|one| matches!(one.change, Change::Keep { .. }));
    let well =
        kept.map(|one| one.address.to_string()).filter(|address| !named.contains(address.as_str())).collect();
    Findings { found, well }
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
            '\'' => out.push_str("&apos;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests;
