//! The examples of nightly jobs: they parse, the commands in them exist, and the policy is the one that recon prints.

use std::collections::BTreeSet;
use std::process::Command;

use recon_tests::Cloud;
use regex::Regex;
use serde_json::Value;

use crate::{example_lab, scratch, top};

const FILES: [&str; 4] = ["github.yml", "gitlab.yml", "kubernetes.yaml", "recon-drift.service"];

fn read(name: &str) -> String {
    std::fs::read_to_string(top().join("examples/nightly").join(name)).expect("the example can be read")
}

/// The documents of a YAML file.
fn documents(name: &str) -> Vec<Value> {
    let text = read(name);
    let parts = text.split("\n---\n");
    parts.map(|part| serde_saphyr::from_str(part).unwrap_or_else(|error| panic!("{name}: {error}"))).collect()
}

#[test]
fn every_flag_of_the_commands_exists() {
    let help = scratch().ok(&["drift", "--help"]).stdout;
    let command = Regex::new(r"recon drift ((?:[^\n\\]|\\\n)*)").expect("it is a pattern");
    let flag = Regex::new(r#"(?:^|[\s"'+])-([a-z-]+)"#).expect("it is a pattern");
    for file in FILES {
        let text = read(file);
        let commands: Vec<&str> =
            command.captures_iter(&text).map(|found| found.get(1).unwrap().as_str()).collect();
        assert!(!commands.is_empty(), "{file} runs recon");
        for flags in commands {
            let named: BTreeSet<&str> =
                flag.captures_iter(flags).map(|found| found.get(1).unwrap().as_str()).collect();
            assert!(named.contains("format"), "{file}: {flags}");
            let unknown: Vec<_> = named.iter().filter(|name| !help.contains(&format!("--{name}"))).collect();
            assert!(unknown.is_empty(), "{file}: {unknown:?}");
        }
    }
}

#[test]
fn pipelines_keep_the_reports_and_tell_exit_codes_apart() {
    let github = &documents("github.yml")[0]["jobs"]["drift"]["steps"];
    let steps = github.as_array().expect("steps are a list");
    let uses = |action: &str| {
        steps.iter().find(|step| step["uses"].as_str().is_some_and(|it| it.starts_with(action)))
    };
    for action in ["actions/upload-artifact@", "github/codeql-action/upload-sarif@"] {
        let condition = uses(action).expect("reports are kept")["if"].as_str().unwrap_or_default();
        assert!(condition.starts_with("always()"), "{action}: {condition}");
    }
    let script = steps.iter().filter_map(|step| step["run"].as_str()).find(|run| run.contains("recon drift"));
    let script = script.expect("recon is run");
    for code in ["0)", "2)", "3)", "*)"] {
        assert!(script.contains(code), "{code}: {script}");
    }
    let gitlab = &documents("gitlab.yml")[0]["drift"];
    assert_eq!(gitlab["allow_failure"]["exit_codes"], 3);
    assert_eq!(gitlab["artifacts"]["when"], "always");
    assert_eq!(gitlab["artifacts"]["reports"]["junit"], "drift.xml");
}

#[test]
fn the_cron_job_has_as_many_parts_as_its_shards() {
    let documents = documents("kubernetes.yaml");
    let job = documents.iter().find(|one| one["kind"] == "CronJob").expect("there is a CronJob");
    let job = &job["spec"]["jobTemplate"]["spec"];
    let script = job["template"]["spec"]["containers"][0]["args"][0].as_str().expect("a script is text");
    assert_eq!(job["completionMode"], "Indexed");
    assert!(script.contains(&format!("/{}\"", job["completions"])), "{script}");
    // Drift stays drift, so it is not looked at again.
    assert_eq!(job["podFailurePolicy"]["rules"][0]["onExitCodes"]["values"], serde_json::json!([2]));
    assert!(script.contains("-eq 3"), "{script}");
}

#[test]
fn systemd_accepts_the_units() {
    let folder = top().join("examples/nightly");
    let units = scratch();
    for name in ["recon-drift.service", "recon-drift.timer"] {
        // Whoever verifies has neither the program nor the user.
        let text = read(name).replace("/usr/local/bin/recon", "/bin/true").replace("User=recon\n", "");
        units.write(name, &text);
    }
    assert!(read("recon-drift.service").contains("SuccessExitStatus=3"));
    let verify = ["verify", "--man=no", "recon-drift.service", "recon-drift.timer"];
    match Command::new("systemd-analyze").args(verify).current_dir(units.path()).output() {
        Err(_) => {
            println!("skipped: {} is not verified, as systemd-analyze is not installed", folder.display());
        }
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            let about: Vec<&str> = said.lines().filter(|line| line.contains("recon-drift")).collect();
            assert!(about.is_empty(), "{said}");
        }
    }
}

#[test]
fn the_policy_is_the_one_that_the_lab_needs() {
    let cloud = Cloud::sandbox();
    let lab = example_lab(&cloud.endpoint);
    let printed: Value = serde_json::from_str(&lab.ok(&["drift", "-iam-policy"]).stdout).expect("it is JSON");
    let kept: Value = serde_json::from_str(&read("policy.json")).expect("it is JSON");
    assert_eq!(kept, printed);
}
