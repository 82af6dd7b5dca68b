//! A drift report as `JUnit` XML, which CI systems show as tests: drift fails, what is pending is skipped.

use super::{Finding, Findings, Kind, escaped};

/// The whole report, made at `timestamp` (RFC 3339).
pub(crate) fn junit(findings: &Findings, timestamp: &str) -> String {
    let Findings { found, well } = findings;
    let failures = found.iter().filter(|one| one.kind.is_drift()).count();
    let tests = found.len() + well.len();
    let skipped = found.len() - failures;
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    put!(out, "<testsuites name=\"recon drift\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\">\n");
    put!(
        out,
        "  <testsuite name=\"drift\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\" timestamp=\"{}\">\n",
        escaped(timestamp)
    );
    for one in found {
        case(&mut out, one);
    }
    for address in well {
        put!(out, "    <testcase classname=\"drift\" name=\"{}\"/>\n", escaped(address));
    }
    out.push_str("  </testsuite>\n</testsuites>\n");
    out
}

fn case(out: &mut String, finding: &Finding) {
    let Finding { address, kind, difference, place } = finding;
    put!(out, "    <testcase classname=\"drift\" name=\"{}\"", escaped(address));
    if let Some((file, line)) = place {
        put!(out, " file=\"{}\" line=\"{line}\"", escaped(file));
    }
    let message = escaped(&format!("{address} {}", kind.words()));
    match kind {
        Kind::Pending => put!(out, ">\n      <skipped message=\"{message}\"/>\n    </testcase>\n"),
        Kind::Changed | Kind::Gone => {
            let (id, text) = (kind.id(), escaped(difference));
            put!(
                out,
                ">\n      <failure type=\"{id}\" message=\"{message}\">{text}</failure>\n    </testcase>\n"
            );
        }
    }
}
