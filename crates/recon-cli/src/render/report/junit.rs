//! A drift report as `JUnit` XML, which CI systems show as tests: drift fails, what is pending or ignored is skipped.
//!
//! There are two schemas, that of Apache Ant and that of Jenkins; this fits both.

use super::{Finding, Kind, Report, Stack, escaped};
use crate::render::json::RECON_VERSION;

/// The whole report: a suite per stack.
pub(crate) fn junit(report: &Report) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    for (id, stack) in report.stacks.iter().enumerate() {
        suite(&mut out, (id, stack), &report.timestamp);
    }
    out.push_str("</testsuites>\n");
    out
}

fn tests(stack: &Stack) -> usize {
    stack.findings.len() + stack.well.len() + errors(stack)
}

fn failures(stack: &Stack) -> usize {
    stack.findings.iter().filter(|one| one.counts() && one.kind.is_drift()).count()
}

fn errors(stack: &Stack) -> usize {
    usize::from(stack.error.is_some())
}

fn suite(out: &mut String, (id, stack): (usize, &Stack), timestamp: &str) {
    let (tests, failures, errors) = (tests(stack), failures(stack), errors(stack));
    let skipped = stack.findings.len() - failures;
    // The schema knows no fractions and no zone.
    let timestamp = timestamp.split(['.', 'Z']).next().unwrap_or_default();
    put!(
        out,
        "  <testsuite id=\"{id}\" package=\"recon.drift\" name=\"{}\" hostname=\"localhost\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\" time=\"0\" timestamp=\"{}\">\n",
        escaped(&stack.name),
        escaped(timestamp)
    );
    put!(
        out,
        "    <properties>\n      <property name=\"recon\" value=\"{RECON_VERSION}\"/>\n    </properties>\n"
    );
    if let Some(error) = &stack.error {
        let first = error.lines().next().unwrap_or_default();
        open(out, stack, "recon drift");
        put!(
            out,
            ">\n      <error type=\"error\" message=\"{}\">{}</error>\n    </testcase>\n",
            escaped(first),
            escaped(error)
        );
    }
    for one in &stack.findings {
        case(out, stack, one);
    }
    for address in &stack.well {
        open(out, stack, address);
        out.push_str("/>\n");
    }
    out.push_str("    <system-out/>\n    <system-err/>\n  </testsuite>\n");
}

fn open(out: &mut String, stack: &Stack, name: &str) {
    put!(out, "    <testcase classname=\"{}\" name=\"{}\" time=\"0\"", escaped(&stack.name), escaped(name));
}

fn case(out: &mut String, stack: &Stack, finding: &Finding) {
    let name = match &finding.object {
        Some(object) => format!("{} {}.{}", finding.address, object.kind, object.name),
        None if finding.kind == Kind::Code => format!("{} code", finding.address),
        None => finding.address.clone(),
    };
    open(out, stack, &name);
    let message = escaped(&finding.sentence());
    if let Some(reason) = &finding.ignored {
        put!(out, ">\n      <skipped message=\"ignored: {}\"/>\n    </testcase>\n", escaped(reason));
    } else if finding.kind.is_drift() {
        let text = escaped(&finding.account());
        let id = finding.kind.id();
        put!(
            out,
            ">\n      <failure type=\"{id}\" message=\"{message}\">{text}</failure>\n    </testcase>\n"
        );
    } else {
        put!(out, ">\n      <skipped message=\"{message}\"/>\n    </testcase>\n");
    }
}
