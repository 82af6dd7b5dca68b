//! CloudTrail's event history: which calls changed the cloud, who made them, and what they named.

use std::collections::{BTreeMap, VecDeque};

use serde_json::{Map, Value, json};

use crate::router::Service;
use crate::time;
use crate::wire::{Answer, Call, Outcome, Refusal, parse_form};
use crate::world::{ACCOUNT, World};

const LOOKUP: &str = "LookupEvents";
const PAGE_MAX: usize = 50;
/// How many events are kept; AWS keeps those of 90 days.
const EVENTS_MAX: usize = 10_000;
/// Where calls of services without regions are recorded.
const GLOBAL_REGION: &str = "us-east-1";

/// Lambda's events that carry the date of their API version.
const DATED: [(&str, &str); 19] = [
    ("AddPermission", "20150331v2"),
    ("CreateAlias", "20150331"),
    ("CreateEventSourceMapping", "20150331"),
    ("CreateFunction", "20150331"),
    ("DeleteAlias", "20150331"),
    ("DeleteEventSourceMapping", "20150331"),
    ("DeleteFunction", "20150331"),
    ("DeleteFunctionConcurrency", "20171031"),
    ("DeleteLayerVersion", "20181031"),
    ("PublishLayerVersion", "20181031"),
    ("PublishVersion", "20150331"),
    ("PutFunctionConcurrency", "20171031"),
    ("RemovePermission", "20150331v2"),
    ("TagResource", "20170331v2"),
    ("UntagResource", "20170331v2"),
    ("UpdateAlias", "20150331"),
    ("UpdateEventSourceMapping", "20150331"),
    ("UpdateFunctionCode", "20150331v2"),
    ("UpdateFunctionConfiguration", "20150331v2"),
];

/// What a segment of a path is called by the one before it.
const SEGMENTS: [(&str, &str); 26] = [
    ("aliases", "name"),
    ("apikeys", "apiKey"),
    ("authorizers", "authorizerId"),
    ("basepathmappings", "basePath"),
    ("clientcertificates", "clientCertificateId"),
    ("code-signing-configs", "codeSigningConfigArn"),
    ("deployments", "deploymentId"),
    ("domainnames", "domainName"),
    ("event-source-mappings", "uUID"),
    ("functions", "functionName"),
    ("gatewayresponses", "responseType"),
    ("keys", "keyId"),
    ("layers", "layerName"),
    ("methods", "httpMethod"),
    ("models", "modelName"),
    ("parts", "documentationPartId"),
    ("policy", "statementId"),
    ("requestvalidators", "requestValidatorId"),
    ("resources", "resourceId"),
    ("responses", "statusCode"),
    ("restapis", "restApiId"),
    ("stages", "stageName"),
    ("tags", "resourceArn"),
    ("usageplans", "usageplanId"),
    ("versions", "version"),
    ("vpclinks", "vpcLinkId"),
];

/// What is left out of events because it may be large or secret.
const LEFT_OUT: [&str; 4] = ["code", "content", "environment", "zipFile"];

/// The events, the latest last.
#[derive(Debug, Default)]
pub(crate) struct Trail {
    events: VecDeque<Event>,
    /// How many there ever were, for their ids.
    count: u64,
}

#[derive(Debug)]
struct Event {
    id: String,
    name: String,
    source: String,
    region: String,
    seconds: i64,
    /// The event as CloudTrail writes it down.
    text: String,
}

impl Trail {
    /// Notes a call that changed something.
    pub(crate) fn record(&mut self, service: Service, operation: &str, call: &Call, answer: &Answer) {
        // What happens to objects in buckets is data, which the history does not have.
        if service == Service::S3 {
            return;
        }
        self.count += 1;
        let (id, name) =
            (format!("00000000-0000-4000-8000-{:012x}", self.count), event_name(service, operation));
        let source = format!("{}.amazonaws.com", service.name());
        let is_global = matches!(service, Service::Iam | Service::Sts);
        let region = if is_global { GLOBAL_REGION } else { &call.region };
        let seconds = call.now_ms.div_euclid(1_000);
        let whole = json!({
            "eventVersion": "1.11",
            "userIdentity": {
                "type": "IAMUser",
                "arn": format!("arn:aws:iam::{ACCOUNT}:user/sandbox"),
                "accountId": ACCOUNT,
                "userName": "sandbox",
            },
            "eventTime": time::iso(seconds * 1_000),
            "eventSource": source,
            "eventName": name,
            "awsRegion": region,
            "userAgent": call.header("user-agent").unwrap_or_default(),
            "requestParameters": parameters(service, operation, call),
            "responseElements": elements(answer),
            "requestID": call.request_id,
            "eventID": id,
            "readOnly": false,
            "eventType": "AwsApiCall",
            "managementEvent": true,
        });
        if self.events.len() == EVENTS_MAX {
            self.events.pop_front();
        }
        let region = region.to_owned();
        self.events.push_back(Event { id, name, source, region, seconds, text: whole.to_string() });
    }
}

fn event_name(service: Service, operation: &str) -> String {
    let dated = DATED.iter().find(|(name, _)| service == Service::Lambda && *name == operation);
    format!("{operation}{}", dated.map_or("", |(_, date)| date))
}

/// What a call names: in its path, its query and its body.
fn parameters(service: Service, operation: &str, call: &Call) -> Value {
    let mut found = Map::new();
    let segments = call.segments();
    for pair in segments.windows(2) {
        if let Some((_, name)) = SEGMENTS.iter().find(|(before, _)| *before == pair[0]) {
            found.insert((*name).to_owned(), json!(pair[1]));
        }
    }
    let query = call.query.iter().filter_map(|(name, values)| Some((lower(name), json!(values.first()?))));
    found.extend(query);
    match (service, call.json()) {
        (Service::ApiGateway, Ok(body)) => {
            found.insert(format!("{}Input", lower(operation)), body);
        }
        (_, Ok(Value::Object(body))) => {
            let entries = body.into_iter().map(|(name, value)| (lower(&name), value));
            found.extend(entries.filter(|(name, _)| !LEFT_OUT.contains(&name.as_str())));
        }
        _ => {
            let form: BTreeMap<String, Vec<String>> = parse_form(&String::from_utf8_lossy(&call.body));
            let form = form.into_iter().filter(|(name, _)| name != "Action" && name != "Version");
            found.extend(form.filter_map(|(name, values)| Some((lower(&name), json!(values.first()?)))));
        }
    }
    Value::Object(found)
}

/// The texts at the top of an answer: ids and names.
fn elements(answer: &Answer) -> Value {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let Value::Object(entries) = body else { return Value::Null };
    entries
        .into_iter()
        .filter(|(_, value)| value.is_string())
        .map(|(name, value)| (lower(&name), value))
        .collect()
}

/// With a small first letter.
fn lower(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(letters).collect()
}

/// Returns the operation a call names.
pub(crate) fn operation(call: &Call) -> Option<&'static str> {
    let (_, asked) = call.header("x-amz-target")?.rsplit_once('.')?;
    (asked == LOOKUP).then_some(LOOKUP)
}

/// Answers a call.
pub(crate) fn handle(world: &World, call: &Call) -> Outcome {
    let body = call.json()?;
    let wanted = attribute(&body)?;
    let time = |name: &str| body[name].as_f64();
    let begin: usize = body["NextToken"].as_str().and_then(|token| token.parse().ok()).unwrap_or_default();
    let page = body["MaxResults"].as_u64().and_then(|most| usize::try_from(most).ok()).unwrap_or(PAGE_MAX);
    if !(1..=PAGE_MAX).contains(&page) {
        return Err(Refusal::new(400, "InvalidMaxResultsException", "MaxResults must be between 1 and 50."));
    }
    #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 fit")]
    let fits = |event: &&Event| {
        let seconds = event.seconds as f64;
        event.region == call.region
            && time("StartTime").is_none_or(|start| seconds >= start)
            && time("EndTime").is_none_or(|end| seconds <= end)
            && wanted.as_ref().is_none_or(|(key, value)| event.has(key, value))
    };
    let mut found = world.trail.events.iter().rev().filter(fits).skip(begin);
    let events: Vec<Value> = found.by_ref().take(page).map(Event::shown).collect();
    let mut answer = json!({ "Events": events });
    if found.next().is_some() {
        answer["NextToken"] = json!((begin + page).to_string());
    }
    let mut answer = Answer::json(200, &answer);
    answer.content_type = "application/x-amz-json-1.1";
    Ok(answer)
}

/// The one attribute that events are looked up by, if there is one.
fn attribute(body: &Value) -> Result<Option<(String, String)>, Refusal> {
    let refused = |what: &str| Refusal::new(400, "InvalidLookupAttributesException", what.to_owned());
    let attributes = body["LookupAttributes"].as_array().map(Vec::as_slice).unwrap_or_default();
    let [attribute] = attributes else {
        return if attributes.is_empty() {
            Ok(None)
        } else {
            Err(refused("Only one lookup attribute can be given."))
        };
    };
    match (attribute["AttributeKey"].as_str(), attribute["AttributeValue"].as_str()) {
        (Some(key @ ("EventId" | "EventName" | "EventSource" | "ReadOnly" | "Username")), Some(value)) => {
            Ok(Some((key.to_owned(), value.to_owned())))
        }
        (Some(key), Some(_)) => Err(refused(&format!("The sandbox looks up no events by {key}."))),
        _ => Err(refused("A lookup attribute has a key and a value.")),
    }
}

impl Event {
    fn has(&self, key: &str, value: &str) -> bool {
        match key {
            "EventId" => self.id == value,
            "EventName" => self.name == value,
            "EventSource" => self.source == value,
            "ReadOnly" => value == "false",
            _ => value == "sandbox",
        }
    }

    fn shown(&self) -> Value {
        json!({
            "EventId": self.id,
            "EventName": self.name,
            "ReadOnly": "false",
            "EventTime": self.seconds,
            "EventSource": self.source,
            "Username": "sandbox",
            "Resources": [],
            "CloudTrailEvent": self.text,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Pace;

    fn call(method: &str, path: &str, body: &str) -> Call {
        Call {
            method: method.to_owned(),
            path: path.split('/').map(str::to_owned).collect(),
            region: "us-east-1".to_owned(),
            body: body.as_bytes().to_vec(),
            now_ms: 5_000,
            ..Call::default()
        }
    }

    fn found(world: &World, body: &str) -> Vec<Value> {
        let answer = handle(world, &call("POST", "", body)).unwrap();
        let answer: Value = serde_json::from_slice(&answer.body).unwrap();
        answer["Events"].as_array().unwrap().clone()
    }

    #[test]
    fn events_are_found_by_name_the_latest_first() {
        let mut world = World::new(1, Pace::default());
        let answer = Answer::json(200, &json!({ "id": "x" }));
        for alias in ["dev", "prod"] {
            let call = call(
                "PUT",
                &format!("2015-03-31/functions/items/aliases/{alias}"),
                "{\"FunctionVersion\":\"1\"}",
            );
            world.trail.record(Service::Lambda, "UpdateAlias", &call, &answer);
        }
        let by = |name: &str| {
            format!(r#"{{"LookupAttributes":[{{"AttributeKey":"EventName","AttributeValue":"{name}"}}]}}"#)
        };
        let events = found(&world, &by("UpdateAlias20150331"));
        assert_eq!(events.len(), 2);
        let event: Value = serde_json::from_str(events[0]["CloudTrailEvent"].as_str().unwrap()).unwrap();
        let parameters = json!({ "functionName": "items", "name": "prod", "functionVersion": "1" });
        assert_eq!(event["requestParameters"], parameters);
        assert_eq!(event["responseElements"]["id"], "x");
        assert!(found(&world, &by("DeleteAlias20150331")).is_empty());
        assert_eq!(found(&world, r#"{"MaxResults":1}"#).len(), 1);
    }

    #[test]
    fn one_attribute_at_most_is_looked_up() {
        let world = World::new(1, Pace::default());
        let one = r#"{"AttributeKey":"EventName","AttributeValue":"X"}"#;
        let body = format!(r#"{{"LookupAttributes":[{one},{one}]}}"#);
        assert_eq!(
            handle(&world, &call("POST", "", &body)).unwrap_err().code,
            "InvalidLookupAttributesException"
        );
    }
}
