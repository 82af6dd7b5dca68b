//! `.reconignore`: which findings do not count, why, and until when.
//!
//! One rule per line: `ADDRESS [PATH] [until YYYY-MM-DD] because REASON`. In address and path, `*` stands for any
//! text and `?` for any letter. A rule without a path is about all of what is found at the address.

use std::collections::BTreeSet;

use jiff::civil::Date;
use recon_core::resource_type::Catalog;
use recon_core::{Address, Diagnostic, Diagnostics};

use crate::render::report::{Finding, OUTPUTS, Stack};

/// The name of the file.
pub(crate) const FILE: &str = ".reconignore";

/// The rules of one or more files.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rules(Vec<Rule>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Rule {
    address: String,
    path: Option<String>,
    until: Option<Date>,
    reason: String,
    /// File and line.
    place: String,
}

impl Rules {
    /// The rules of a file's text.
    pub(crate) fn parse(text: &str, file: &str) -> Result<Self, Diagnostics> {
        let mut rules = Vec::new();
        let mut wrong = Diagnostics::new();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim().trim_start_matches('\u{feff}');
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let place = format!("{file}:{}", index + 1);
            match rule(line, &place) {
                Ok(rule) => rules.push(rule),
                Err(what) => wrong.push(Diagnostic::error(
                    "Invalid ignore rule",
                    format!("{place}: {what} A rule looks like this:\n\n    aws_lambda_function.* tags until 2027-01-31 because the cost team sets them"),
                )),
            }
        }
        wrong.into_result(Self(rules))
    }

    /// These rules and others.
    #[must_use]
    pub(crate) fn and(mut self, other: &Self) -> Self {
        self.0.extend(other.0.iter().cloned());
        self
    }

    /// What there is to say about rules that ran out.
    pub(crate) fn expired(&self, today: Date) -> Diagnostics {
        let mut found = Diagnostics::new();
        for rule in self.0.iter().filter(|rule| !rule.holds(today)) {
            let until = rule.until.map(|date| date.to_string()).unwrap_or_default();
            let detail = format!(
                "{}: the rule for {} ended on {until}, so it hides nothing any more. It said: {}. Remove it, or give it a new date.",
                rule.place, rule.address, rule.reason
            );
            found.push(Diagnostic::warning("Ignore rule has expired", detail));
        }
        found
    }

    /// The places of the rules that fit something that a stack has, be there anything to hide today or not.
    pub(crate) fn fitting(&self, stack: &Stack, catalog: &Catalog) -> BTreeSet<String> {
        let fits = |rule: &&Rule| {
            let mut found = stack.findings.iter().filter(|finding| matches(&rule.address, &finding.address));
            let mut well = stack.well.iter().filter(|address| matches(&rule.address, address));
            // Outputs are there whether some are pending or not.
            matches(&rule.address, OUTPUTS)
                || found.any(|finding| rule.hides(finding) || rule.may_concern(&finding.address, catalog))
                || well.any(|address| rule.may_concern(address, catalog))
        };
        self.0.iter().filter(fits).map(|rule| rule.place.clone()).collect()
    }

    /// What there is to say about rules that fit nothing.
    pub(crate) fn idle(&self, fitting: &BTreeSet<String>, today: Date) -> Diagnostics {
        let mut found = Diagnostics::new();
        for rule in self.0.iter().filter(|rule| rule.holds(today) && !fitting.contains(&rule.place)) {
            let about = match &rule.path {
                Some(path) => format!("nothing at {} has an argument `{path}`", rule.address),
                None => format!("nothing has the address {}", rule.address),
            };
            let detail = format!(
                "{}: {about}, so the rule hides nothing. It said: {}. Correct it, or remove it.",
                rule.place, rule.reason
            );
            found.push(Diagnostic::warning("Ignore rule fits nothing", detail));
        }
        found
    }

    /// Marks what does not count.
    pub(crate) fn apply(&self, stack: &mut Stack, today: Date) {
        let rules: Vec<&Rule> = self.0.iter().filter(|rule| rule.holds(today)).collect();
        for finding in &mut stack.findings {
            mark(finding, &rules);
        }
    }
}

fn mark(finding: &mut Finding, rules: &[&Rule]) {
    let mine: Vec<&&Rule> = rules.iter().filter(|rule| matches(&rule.address, &finding.address)).collect();
    if let Some(rule) = mine.iter().find(|rule| rule.path.is_none()) {
        finding.ignored = Some(rule.reason.clone());
        return;
    }
    for difference in &mut finding.differences {
        let rule =
            mine.iter().find(|rule| rule.path.as_deref().is_some_and(|path| covers(path, &difference.path)));
        difference.ignored = rule.map(|rule| rule.reason.clone());
    }
    let all = &finding.differences;
    if !all.is_empty() && all.iter().all(|difference| difference.ignored.is_some()) {
        finding.ignored = all.iter().find_map(|difference| difference.ignored.clone());
    }
}

impl Rule {
    /// Whether it is about a finding at its address, or a part of it.
    fn hides(&self, finding: &Finding) -> bool {
        let Some(path) = &self.path else { return true };
        finding.differences.iter().any(|difference| covers(path, &difference.path))
    }

    /// Whether something at an address that it fits can ever be what it is about: an attribute of its type, or a type of
    /// what nobody declared.
    fn may_concern(&self, address: &str, catalog: &Catalog) -> bool {
        let Some(path) = &self.path else { return true };
        let head = path.split(['.', '[']).next().unwrap_or(path);
        let kind = address.parse::<Address>().ok().and_then(|address| catalog.resource(address.kind()));
        let Some(kind) = kind.filter(|_| !head.contains('*')) else { return true };
        let block = &kind.schema().block;
        let mut names = block.attributes.keys().chain(block.blocks.keys());
        names.any(|name| matches(head, name)) || catalog.resources().any(|kind| matches(head, kind.name()))
    }

    /// Whether it has not run out: its last day is part of it.
    fn holds(&self, today: Date) -> bool {
        self.until.is_none_or(|until| today <= until)
    }
}

fn rule(line: &str, place: &str) -> Result<Rule, String> {
    let mut words = words(line);
    let address = words.first().cloned().unwrap_or_default();
    words.remove(0);
    let is_keyword = |word: &String| word == "until" || word == "because";
    let path = match words.first() {
        Some(word) if !is_keyword(word) => Some(words.remove(0)),
        _ => None,
    };
    let mut until = None;
    if words.first().is_some_and(|word| word == "until") {
        words.remove(0);
        let text = if words.is_empty() { String::new() } else { words.remove(0) };
        let date: Result<Date, _> = text.parse();
        until = Some(date.map_err(|_| format!("\"{text}\" is not a date of the form YYYY-MM-DD."))?);
    }
    match words.first().map(String::as_str) {
        Some("because") => {}
        Some(other) => return Err(format!("\"{other}\" is not expected here.")),
        None => return Err("it gives no reason: end it with `because` and one.".to_owned()),
    }
    let reason = line.split_once(" because ").map(|(_, reason)| reason.trim().to_owned()).unwrap_or_default();
    if reason.is_empty() {
        return Err("the reason after `because` is empty.".to_owned());
    }
    Ok(Rule { address, path, until, reason, place: place.to_owned() })
}

/// The words of a line; what stands in double quotes may hold spaces.
fn words(line: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        quoted ^= c == '"';
        match found.last_mut() {
            Some(word) if c.is_whitespace() && !quoted && word.is_empty() => {}
            Some(_) if c.is_whitespace() && !quoted => found.push(String::new()),
            Some(word) => word.push(c),
            None => {}
        }
    }
    found.retain(|word| !word.is_empty());
    found
}

/// Whether a pattern is about a path or about what contains it.
fn covers(pattern: &str, path: &str) -> bool {
    let ends = path.char_indices().filter(|(_, c)| matches!(c, '.' | '[')).map(|(at, _)| at);
    ends.chain([path.len()]).any(|end| matches(pattern, &path[..end]))
}

/// Whether a text fits a pattern: `*` is any text, `?` any letter. Linear but for repeated stars.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == '?' || *c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match star {
                // The last star takes one letter more.
                Some((at, taken)) => {
                    star = Some((at, taken + 1));
                    p = at + 1;
                    t = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::report::{Difference, Kind};

    const TODAY: Date = jiff::civil::date(2030, 6, 15);

    fn stack(address: &str, paths: &[&str]) -> Stack {
        let difference = |path: &&str| Difference {
            path: (*path).to_owned(),
            before: None,
            after: None,
            is_sensitive: false,
            ignored: None,
        };
        let finding = Finding {
            address: address.to_owned(),
            block: String::new(),
            kind: Kind::Changed,
            object: None,
            differences: paths.iter().map(difference).collect(),
            shown: String::new(),
            place: None,
            ignored: None,
            blame: Vec::new(),
        };
        Stack { findings: vec![finding], ..Stack::default() }
    }

    fn counts(rules: &str, address: &str, paths: &[&str]) -> bool {
        let mut stack = stack(address, paths);
        Rules::parse(rules, FILE).unwrap().apply(&mut stack, TODAY);
        stack.findings[0].counts()
    }

    #[test]
    fn a_rule_hides_what_its_address_and_path_fit() {
        assert!(!counts("aws_x.* because of me", "aws_x.y[\"a b\"]", &["tags"]));
        assert!(!counts("aws_x.y[\"a b\"] because of me", "aws_x.y[\"a b\"]", &["tags"]));
        assert!(counts("aws_z.* because of me", "aws_x.y", &["tags"]));
        assert!(!counts("aws_x.y tags because of me", "aws_x.y", &["tags[\"Owner\"]"]));
        assert!(!counts(
            "aws_x.y *.variables until 2030-06-15 because of me",
            "aws_x.y",
            &["environment[0].variables[\"A\"]"]
        ));
        assert!(counts("aws_x.y tags because of me", "aws_x.y", &["tags", "timeout"]));
        assert!(counts("aws_x.y tag because of me", "aws_x.y", &["tags"]));
    }

    #[test]
    fn a_rule_that_ran_out_hides_nothing_and_is_reported() {
        let rules = "aws_x.y until 2030-06-14 because of me";
        assert!(counts(rules, "aws_x.y", &["tags"]));
        let expired = Rules::parse(rules, FILE).unwrap().expired(TODAY);
        let detail = &expired.iter().next().unwrap().detail;
        assert!(detail.starts_with(".reconignore:1: the rule for aws_x.y ended on 2030-06-14"), "{detail}");
        assert!(Rules::parse("x until 2030-06-15 because y", FILE).unwrap().expired(TODAY).is_empty());
    }

    #[test]
    fn a_rule_that_can_hide_nothing_is_reported() {
        let mut catalog = Catalog::default();
        recon_aws::register(&mut catalog);
        let kept = "aws_lambda_function.items";
        let mut stack = stack("aws_iam_role.r", &["definition"]);
        stack.well = vec![kept.to_owned()];
        let text = "aws_lambda_function.itmes because 1\naws_lambda_function.* tag because 2\n\
                    aws_lambda_function.* tags[\"Owner\"] because 3\naws_lambda_function.items because 4\n\
                    aws_lambda_function.items *.variables because 5\naws_lambda_function.items aws_lambda_alias.x because 6\n\
                    aws_iam_role.r definition because 7\naws_x.y until 2030-06-14 because 8\noutput.* because 9\noutput because 10\n";
        let rules = Rules::parse(text, FILE).unwrap();
        let idle = rules.idle(&rules.fitting(&stack, &catalog), TODAY);
        let details: Vec<&str> = idle.iter().map(|one| one.detail.split(", so").next().unwrap()).collect();
        assert_eq!(
            details,
            [
                ".reconignore:1: nothing has the address aws_lambda_function.itmes",
                ".reconignore:2: nothing at aws_lambda_function.* has an argument `tag`",
                ".reconignore:9: nothing has the address output.*",
            ]
        );
    }

    #[test]
    fn mistakes_are_told_with_their_lines() {
        let text = "# fine\n\naws_x.y\naws_x.y tags until tomorrow because x\naws_x.y tags extra because x\naws_x.y because \n";
        let wrong = Rules::parse(text, FILE).unwrap_err();
        let details: Vec<&str> =
            wrong.iter().map(|one| one.detail.split(" A rule").next().unwrap()).collect();
        assert_eq!(
            details,
            [
                ".reconignore:3: it gives no reason: end it with `because` and one.",
                ".reconignore:4: \"tomorrow\" is not a date of the form YYYY-MM-DD.",
                ".reconignore:5: \"extra\" is not expected here.",
                ".reconignore:6: the reason after `because` is empty.",
            ]
        );
    }

    #[test]
    fn stars_give_back_what_they_took() {
        assert!(matches("a*b*c", "aXbXbXc"));
        assert!(!matches("a*b", "aXc"));
        assert!(matches("*", ""));
        assert!(!matches("?", ""));
    }
}
