//! One hand-made report in every form.

use super::*;

fn example() -> Findings {
    let changed = Finding {
        address: "aws_x.y[\"<a>\"]".to_owned(),
        kind: Kind::Changed,
        difference: "  # aws_x.y has changed\n  ~ resource {\n      ~ name = \"```\" -> \"b\"\n    }\n"
            .to_owned(),
        place: Some(("main.tf".to_owned(), 3)),
    };
    let pending = Finding {
        address: "aws_x.new".to_owned(),
        kind: Kind::Pending,
        difference: "  + resource {\n    }\n".to_owned(),
        place: None,
    };
    Findings { found: vec![changed, pending], well: vec!["aws_x.well".to_owned()] }
}

#[test]
fn markdown_fences_hold_what_is_in_them() {
    insta::assert_snapshot!(markdown(&example()), @r#"
    # Drift report

    | drifted | pending | as applied |
    | ---: | ---: | ---: |
    | 1 | 1 | 1 |

    ## Changed outside of recon (1 object)

    ### `aws_x.y["<a>"]` has changed outside of recon

    Declared at main.tf:3.

    ````diff
      # aws_x.y has changed
      ~ resource {
          ~ name = "```" -> "b"
        }
    ````

    ## Configured but not applied (1 object)

    ### `aws_x.new` is configured but not applied

    ```diff
      + resource {
        }
    ```
    "#);
}

#[test]
fn junit_fails_for_drift_and_skips_what_is_pending() {
    insta::assert_snapshot!(junit(&example(), "2030-01-01T00:00:00Z"), @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="recon drift" tests="3" failures="1" errors="0">
      <testsuite name="drift" tests="3" failures="1" errors="0" skipped="1" timestamp="2030-01-01T00:00:00Z">
        <testcase classname="drift" name="aws_x.y[&quot;&lt;a&gt;&quot;]" file="main.tf" line="3">
          <failure type="drift-changed" message="aws_x.y[&quot;&lt;a&gt;&quot;] has changed outside of recon">  # aws_x.y has changed
      ~ resource {
          ~ name = &quot;```&quot; -&gt; &quot;b&quot;
        }
    </failure>
        </testcase>
        <testcase classname="drift" name="aws_x.new">
          <skipped message="aws_x.new is configured but not applied"/>
        </testcase>
        <testcase classname="drift" name="aws_x.well"/>
      </testsuite>
    </testsuites>
    "#);
}

#[test]
fn sarif_places_results() {
    let document: serde_json::Value = serde_json::from_str(&sarif(&example())).unwrap();
    let results = &document["runs"][0]["results"];
    assert_eq!(results[0]["level"], "error");
    assert_eq!(results[0]["locations"][0]["physicalLocation"]["region"]["startLine"], 3);
    assert_eq!(results[1]["ruleId"], "pending");
}

#[test]
fn html_escapes_what_it_shows() {
    let page = html(&example(), "2030-01-01T00:00:00Z");
    assert!(page.contains("aws_x.y[&quot;&lt;a&gt;&quot;]") && !page.contains("<a>"), "{page}");
    assert!(page.contains("<span class=\"change\">      ~ name"), "{page}");
}
