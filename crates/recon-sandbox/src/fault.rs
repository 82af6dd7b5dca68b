//! Faults on demand: which calls fail, how, and how often.
//!
//! `POST /_sandbox/faults` takes a list such as
//! `[{"operation": "lambda:CreateAlias", "after": 1, "times": 1, "action": {"cut": "after"}}]`. An `operation` is a name,
//! the beginning of one with `*`, `mutating`, or `*`. An action is `{"error": {"status", "code", "message", "extra"}}`,
//! `{"delay_ms": N}`, `{"cut": "before" | "after"}` or `{"kill": PID, "when": "before" | "after"}`. `rate` strikes a
//! share of the calls instead of each, by dice that start at `seed`.

use serde::{Deserialize, Serialize};

use crate::ids::Ids;

/// A list of faults, and how far each has come.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    armed: Vec<Armed>,
}

#[derive(Debug)]
struct Armed {
    fault: Fault,
    seen: u64,
    struck: u64,
    dice: Ids,
}

/// One fault as installed over the control endpoint.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    /// `lambda:CreateFunction`, `lambda:*`, `mutating` or `*`.
    #[serde(default = "everything")]
    operation: String,
    /// How many matching calls pass first.
    #[serde(default)]
    after: u64,
    /// How many calls it strikes; without it, every one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    times: Option<u64>,
    /// The share of matching calls it strikes, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rate: Option<f64>,
    /// Where the dice for `rate` start.
    #[serde(default)]
    seed: u64,
    /// What happens.
    action: Action,
}

/// What a fault does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Action {
    /// Answers with this error and does nothing.
    Error {
        /// The HTTP status.
        status: u16,
        /// The error code.
        code: String,
        /// The message.
        #[serde(default)]
        message: String,
        /// Further members of the error document.
        #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
        extra: serde_json::Map<String, serde_json::Value>,
    },
    /// Answers this much later, in milliseconds.
    DelayMs(u64),
    /// Drops the connection.
    Cut(Moment),
    /// Kills a process and drops the connection.
    #[serde(untagged)]
    Kill {
        /// The process id.
        kill: i32,
        /// Before or after the call took effect.
        #[serde(default)]
        when: Moment,
    },
}

/// Whether the call took effect before the fault struck.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Moment {
    /// It did not.
    Before,
    /// It did.
    #[default]
    After,
}

fn everything() -> String {
    "*".to_owned()
}

impl Faults {
    /// Adds faults to those installed.
    pub(crate) fn install(&mut self, faults: Vec<Fault>) {
        self.armed.extend(faults.into_iter().map(|fault| {
            let dice = Ids::seeded(fault.seed);
            Armed { fault, seen: 0, struck: 0, dice }
        }));
    }

    /// Removes all faults.
    pub(crate) fn clear(&mut self) {
        self.armed.clear();
    }

    /// Returns the faults with their counts.
    pub(crate) fn list(&self) -> Vec<serde_json::Value> {
        self.armed
            .iter()
            .map(|armed| {
                serde_json::json!({ "fault": armed.fault, "seen": armed.seen, "struck": armed.struck })
            })
            .collect()
    }

    /// Returns what strikes this call: delays add to one another, of the rest the first wins.
    pub(crate) fn strike(&mut self, operation: &str, mutates: bool) -> Vec<Action> {
        let mut actions: Vec<Action> = Vec::new();
        for armed in &mut self.armed {
            if !armed.fault.concerns(operation, mutates) || !armed.strikes() {
                continue;
            }
            let delays = matches!(armed.fault.action, Action::DelayMs(_));
            actions.push(armed.fault.action.clone());
            if !delays {
                break;
            }
        }
        actions
    }
}

impl Fault {
    fn concerns(&self, operation: &str, mutates: bool) -> bool {
        match self.operation.as_str() {
            "*" => true,
            "mutating" => mutates,
            pattern => match pattern.strip_suffix('*') {
                Some(prefix) => operation.starts_with(prefix),
                None => pattern == operation,
            },
        }
    }
}

impl Armed {
    fn strikes(&mut self) -> bool {
        self.seen += 1;
        let spent = self.fault.times.is_some_and(|times| self.struck >= times);
        if self.seen <= self.fault.after || spent || !self.lucky() {
            return false;
        }
        self.struck += 1;
        true
    }

    fn lucky(&mut self) -> bool {
        let Some(rate) = self.fault.rate else { return true };
        #[expect(clippy::cast_precision_loss, reason = "32 bits fit a double")]
        let share = (self.dice.next() >> 32) as f64 / f64::from(u32::MAX);
        share < rate
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Faults {
        let mut faults = Faults::default();
        faults.install(serde_json::from_str(text).unwrap());
        faults
    }

    #[test]
    fn fault_skips_then_strikes_then_is_spent() {
        let mut faults = faults(r#"[{"operation":"mutating","after":1,"times":1,"action":{"cut":"after"}}]"#);
        let struck: Vec<bool> =
            (0..4).map(|_| !faults.strike("lambda:CreateFunction", true).is_empty()).collect();
        assert_eq!(struck, [false, true, false, false]);
    }

    #[test]
    fn fault_matches_exact_name_prefix_or_all() {
        let mut one = faults(r#"[{"operation":"lambda:GetPolicy","action":{"delay_ms":5}}]"#);
        assert!(one.strike("lambda:GetAlias", false).is_empty());
        assert_eq!(one.strike("lambda:GetPolicy", false), [Action::DelayMs(5)]);
        let mut service = faults(r#"[{"operation":"iam:*","action":{"delay_ms":5}}]"#);
        assert!(service.strike("lambda:GetPolicy", false).is_empty());
        assert_eq!(service.strike("iam:GetRole", false).len(), 1);
    }

    #[test]
    fn actions_parse() {
        let parse = |text: &str| serde_json::from_str::<Action>(text).unwrap();
        assert_eq!(parse(r#"{"kill":7,"when":"before"}"#), Action::Kill { kill: 7, when: Moment::Before });
        assert_eq!(parse(r#"{"kill":7}"#), Action::Kill { kill: 7, when: Moment::After });
        assert!(matches!(parse(r#"{"error":{"status":429,"code":"X"}}"#), Action::Error { status: 429, .. }));
    }

    #[test]
    fn rate_strikes_about_that_share_and_repeats() {
        let text = r#"[{"rate":0.3,"seed":9,"action":{"cut":"before"}}]"#;
        let count = |mut faults: Faults| (0..1000).filter(|_| !faults.strike("x", false).is_empty()).count();
        let struck = count(faults(text));
        assert!((230..370).contains(&struck), "{struck}");
        assert_eq!(struck, count(faults(text)));
    }
}
