//! Runs that are killed: the next one completes them without help, and what is there then is what there would have been.

use recon_tests::{Census, Cloud, Gate, Scratch, moto};

use crate::{example_lab, shared_lab, shared_native_lab};

/// One call after the other, so that a kill after the n-th call is one after a certain call, run after run.
const IN_TURN: &str = "-parallelism=1";
/// As users run it: other calls are in flight when the run dies.
const AT_ONCE: &str = "-parallelism=10";

/// A story whose last run is killed.
struct Story<'a> {
    cloud: &'a Cloud,
    gate: Gate,
    /// Makes what the killed run starts from.
    begin: &'a dyn Fn(&str) -> Option<Scratch>,
    /// The run that is killed, and that completes it.
    run: &'a [&'a str],
}

impl Story<'_> {
    /// Kills the run right after each of its mutating calls in turn.
    fn dies_after_every_call(&self) {
        let Some((calls, wanted)) = self.undisturbed() else { return };
        assert!(calls > 5, "{calls} calls are hardly a lab");
        for call in 1..=calls {
            self.dies_after(call, &wanted);
        }
    }

    /// What the run makes if nobody kills it, and in how many calls.
    fn undisturbed(&self) -> Option<(u64, Census)> {
        let scratch = (self.begin)(&self.gate.endpoint)?;
        let calls = self.gate.calls_of(|| scratch.start(self.run));
        let wanted = self.cloud.census();
        self.leaves_nothing(&scratch, "after an undisturbed run");
        Some((calls, wanted))
    }

    fn dies_after(&self, call: u64, wanted: &Census) {
        let Some(scratch) = (self.begin)(&self.gate.endpoint) else { return };
        let killed = self.gate.kill_after(call, || scratch.start(self.run));
        // With calls at once their number may differ by one or two: lists are only asked for once something is there.
        assert!(killed || self.run.contains(&AT_ONCE), "the run ends before call {call}");
        let when = format!("after a kill at call {call}");
        scratch.ok(self.run);
        assert_eq!(&self.cloud.census(), wanted, "{when}");
        if !self.run.contains(&"destroy") {
            scratch.expect_no_changes();
        }
        assert!(!scratch.path().join("state/default.journal").exists(), "{when}");
        self.leaves_nothing(&scratch, &when);
    }

    fn leaves_nothing(&self, scratch: &Scratch, when: &str) {
        scratch.ok(&["destroy", "-auto-approve"]);
        assert_eq!(self.cloud.census(), Census::new(), "{when}");
    }
}

fn kills_of_an_apply(cloud: &Cloud, parallelism: &str, lab: &dyn Fn(&str) -> Option<Scratch>) {
    let gate = Gate::to(&cloud.endpoint);
    let run = ["apply", "-auto-approve", parallelism];
    Story { cloud, gate, begin: lab, run: &run }.dies_after_every_call();
}

#[test]
fn a_kill_after_each_call_of_the_conformance_lab_orphans_and_doubles_nothing() {
    kills_of_an_apply(&Cloud::sandbox(), IN_TURN, &shared_lab);
}

#[test]
fn a_kill_amid_calls_of_the_conformance_lab_orphans_and_doubles_nothing() {
    kills_of_an_apply(&Cloud::sandbox(), AT_ONCE, &shared_lab);
}

#[test]
fn a_kill_after_each_call_of_the_lab_with_recons_own_blocks_orphans_and_doubles_nothing() {
    kills_of_an_apply(&Cloud::sandbox(), IN_TURN, &shared_native_lab);
}

#[test]
fn a_kill_after_each_call_of_the_example_lab_orphans_and_doubles_nothing() {
    kills_of_an_apply(&Cloud::sandbox(), IN_TURN, &|endpoint| Some(example_lab(endpoint)));
}

#[test]
fn a_kill_amid_calls_of_the_example_lab_orphans_and_doubles_nothing() {
    kills_of_an_apply(&Cloud::sandbox(), AT_ONCE, &|endpoint| Some(example_lab(endpoint)));
}

#[test]
fn a_kill_after_each_call_of_the_conformance_lab_orphans_and_doubles_nothing_on_moto() {
    let Some(cloud) = moto() else { return };
    kills_of_an_apply(&cloud, IN_TURN, &shared_lab);
}

#[test]
fn a_kill_after_each_call_of_the_lab_with_recons_own_blocks_orphans_and_doubles_nothing_on_moto() {
    let Some(cloud) = moto() else { return };
    kills_of_an_apply(&cloud, IN_TURN, &shared_native_lab);
}

#[test]
fn a_kill_after_each_call_of_the_example_lab_orphans_and_doubles_nothing_on_moto() {
    let Some(cloud) = moto() else { return };
    kills_of_an_apply(&cloud, IN_TURN, &|endpoint| Some(example_lab(endpoint)));
}

#[test]
fn a_kill_amid_calls_of_the_example_lab_orphans_and_doubles_nothing_on_moto() {
    let Some(cloud) = moto() else { return };
    kills_of_an_apply(&cloud, AT_ONCE, &|endpoint| Some(example_lab(endpoint)));
}

/// The example lab after its first release, with everything changed that a second one changes.
fn second_release(endpoint: &str) -> Scratch {
    let scratch = example_lab(endpoint);
    scratch.ok(&["apply", "-auto-approve"]);
    let code = scratch.read("src/index.js").replace("\"paper\"", "\"paper\", \"ink\"");
    scratch.write("src/index.js", &code);
    scratch.write(
        "terraform.tfvars",
        "releases = [\"first\", \"second\"]\ncanary = { release = \"second\", weight = 0.1 }\n",
    );
    let cors = scratch.read("cors.tf").replace("X-Api-Key", "X-Api-Key,X-Trace");
    scratch.write("cors.tf", &cors);
    scratch
}

#[test]
fn a_kill_after_each_call_of_a_release_is_completed() {
    let cloud = Cloud::sandbox();
    let gate = Gate::to(&cloud.endpoint);
    let run = ["apply", "-auto-approve", IN_TURN];
    let begin = |endpoint: &str| Some(second_release(endpoint));
    Story { cloud: &cloud, gate, begin: &begin, run: &run }.dies_after_every_call();
}

#[test]
fn a_kill_after_each_call_of_a_destroy_is_completed() {
    let cloud = Cloud::sandbox();
    let gate = Gate::to(&cloud.endpoint);
    let run = ["destroy", "-auto-approve", IN_TURN];
    let begin = |endpoint: &str| {
        let scratch = example_lab(endpoint);
        scratch.ok(&["apply", "-auto-approve"]);
        Some(scratch)
    };
    Story { cloud: &cloud, gate, begin: &begin, run: &run }.dies_after_every_call();
}

/// Keys of one name and one look: nothing but their ids tells them apart.
const TWINS: &str = "resource \"aws_api_gateway_api_key\" \"twin\" {\n  count = 6\n  name  = \"twin\"\n}\n";

#[test]
fn a_kill_amid_creates_of_twins_orphans_and_doubles_nothing() {
    kills_of_an_apply(&Cloud::sandbox(), AT_ONCE, &|endpoint| {
        let scratch = crate::scratch().over(endpoint);
        scratch.write("main.tf", TWINS);
        Some(scratch)
    });
}
