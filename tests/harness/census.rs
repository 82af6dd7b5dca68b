//! What there is in a cloud, by names and numbers instead of ids: equal for two clouds that hold the same.

use std::collections::BTreeMap;

use regex::Regex;
use serde_json::Value;

use crate::Cloud;

/// How many there are of what; what there is none of is not in it.
pub type Census = BTreeMap<String, usize>;

impl Cloud {
    /// Counts functions, APIs, keys, plans and roles with what belongs to them, asking as any client would.
    pub fn census(&self) -> Census {
        let mut found = Census::new();
        self.functions(&mut found);
        self.apis(&mut found);
        self.keys_and_plans(&mut found);
        self.roles(&mut found);
        found
    }

    fn functions(&self, found: &mut Census) {
        let all = self.get("lambda", "/2015-03-31/functions/");
        for function in names(&all["Functions"], "FunctionName") {
            count(found, format!("function {function}"));
            let path = format!("/2015-03-31/functions/{function}");
            let versions = self.get("lambda", &format!("{path}/versions"));
            for version in names(&versions["Versions"], "Version") {
                count(found, format!("version {version} of {function}"));
                self.statements(found, &path, &version);
            }
            let aliases = self.get("lambda", &format!("{path}/aliases"));
            for alias in aliases["Aliases"].as_array().into_iter().flatten() {
                let (name, version) = (text(alias, "Name"), text(alias, "FunctionVersion"));
                let weights = &alias["RoutingConfig"]["AdditionalVersionWeights"];
                count(found, format!("alias {name} of {function} at {version}, {weights}"));
                self.statements(found, &path, &name);
            }
        }
    }

    fn statements(&self, found: &mut Census, path: &str, qualifier: &str) {
        let answer = self.get("lambda", &format!("{path}/policy?Qualifier={qualifier}"));
        let policy: Value = answer["Policy"]
            .as_str()
            .map_or(Value::Null, |text| serde_json::from_str(text).expect("a policy is JSON"));
        for _ in policy["Statement"].as_array().into_iter().flatten() {
            count(found, format!("statement of {path}:{qualifier}"));
        }
    }

    fn apis(&self, found: &mut Census) {
        for api in self.items("/restapis") {
            let (id, name) = (text(&api, "id"), text(&api, "name"));
            count(found, format!("API {name}"));
            for resource in self.items(&format!("/restapis/{id}/resources?embed=methods")) {
                let path = text(&resource, "path");
                count(found, format!("resource {path} of {name}"));
                for (method, content) in resource["resourceMethods"].as_object().into_iter().flatten() {
                    let integration = &content["methodIntegration"]["type"];
                    count(found, format!("method {method} {path} of {name}, {integration}"));
                }
            }
            for _ in self.items(&format!("/restapis/{id}/deployments")) {
                count(found, format!("deployment of {name}"));
            }
            for stage in self.items(&format!("/restapis/{id}/stages")) {
                let variables = &stage["variables"];
                count(found, format!("stage {} of {name}, {variables}", text(&stage, "stageName")));
            }
        }
    }

    fn keys_and_plans(&self, found: &mut Census) {
        for key in self.items("/apikeys") {
            count(found, format!("key {}", text(&key, "name")));
        }
        for plan in self.items("/usageplans") {
            let (id, name) = (text(&plan, "id"), text(&plan, "name"));
            count(found, format!("plan {name}"));
            for key in self.items(&format!("/usageplans/{id}/keys")) {
                count(found, format!("key {} of plan {name}", text(&key, "name")));
            }
        }
    }

    fn roles(&self, found: &mut Census) {
        let ask = |action: &str| self.list("iam", &format!("/?Action={action}&Version=2010-05-08"));
        for role in tagged(&ask("ListRoles"), "RoleName") {
            let attached = ask(&format!("ListAttachedRolePolicies&RoleName={role}"));
            for policy in tagged(&attached, "PolicyName") {
                count(found, format!("policy {policy} of {role}"));
            }
            count(found, format!("role {role}"));
        }
    }

    fn get(&self, service: &str, path: &str) -> Value {
        serde_json::from_str(&self.list(service, path)).expect("the service answers in JSON")
    }

    fn items(&self, path: &str) -> Vec<Value> {
        self.get("apigateway", path)["item"].as_array().cloned().unwrap_or_default()
    }
}

fn count(found: &mut Census, what: String) {
    *found.entry(what).or_default() += 1;
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

fn names(list: &Value, name: &str) -> Vec<String> {
    list.as_array().into_iter().flatten().map(|entry| text(entry, name)).collect()
}

fn tagged(xml: &str, tag: &str) -> Vec<String> {
    let pattern = Regex::new(&format!("<{tag}>([^<]*)</{tag}>")).expect("it is a pattern");
    pattern.captures_iter(xml).map(|found| found[1].to_owned()).collect()
}
