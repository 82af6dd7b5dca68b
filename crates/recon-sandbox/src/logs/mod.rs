//! CloudWatch Logs: log groups alone, over JSON 1.1.

mod model;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::model::violations;
use crate::token;
use crate::wire::{Answer, Call, Outcome, Refusal};
use crate::world::{ACCOUNT, World};

const RETENTION_DAYS: [i64; 22] =
    [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];
const PAGE_MAX: usize = 50;
/// The quota on tags per group.
const TAGS_MAX: usize = 50;
/// The class whose retention AWS decides, and for how many days it keeps events.
const DELIVERY: &str = "DELIVERY";
const DELIVERY_DAYS: i64 = 2;

/// What CloudWatch Logs remembers: the groups of each region by name.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Logs {
    regions: BTreeMap<String, BTreeMap<String, Group>>,
}

/// A log group.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Group {
    created_ms: i64,
    retention_days: Option<i64>,
    key: Option<String>,
    class: String,
    protected: bool,
    tags: BTreeMap<String, String>,
}

type Groups = BTreeMap<String, Group>;
type Operation = fn(&mut Groups, &Value, &Call) -> Result<Value, Refusal>;

const OPERATIONS: [(&str, Operation); 15] = [
    ("AssociateKmsKey", associate_key),
    ("CreateLogGroup", create),
    ("DeleteLogGroup", delete),
    ("DeleteRetentionPolicy", delete_retention),
    ("DescribeLogGroups", describe),
    ("DisassociateKmsKey", disassociate_key),
    ("ListTagsForResource", list_tags),
    ("ListTagsLogGroup", list_tags),
    ("PutLogGroupDeletionProtection", put_protection),
    ("PutRetentionPolicy", put_retention),
    ("TagLogGroup", tag),
    ("TagResource", tag),
    ("UntagLogGroup", untag),
    ("UntagResource", untag),
    ("ListLogGroups", list),
];

/// Returns the operation a call names.
pub(crate) fn operation(call: &Call) -> Option<&'static str> {
    find(call).map(|(name, _)| name)
}

/// Answers a call.
pub(crate) fn handle(world: &mut World, call: &Call) -> Outcome {
    let (name, operation) = find(call).ok_or_else(|| Refusal::unknown(call))?;
    let body = call.json()?;
    if let Some(message) = violations(model::CONSTRAINTS, name, |member| body.get(member).cloned()) {
        return Err(invalid(message));
    }
    let groups = world.logs.regions.entry(call.region.clone()).or_default();
    let shown = operation(groups, &body, call)?;
    // Operations without output answer without a body.
    let mut answer = if shown.is_null() { Answer::empty(200) } else { Answer::json(200, &shown) };
    answer.content_type = "application/x-amz-json-1.1";
    Ok(answer)
}

fn find(call: &Call) -> Option<(&'static str, Operation)> {
    let (_, asked) = call.header("x-amz-target")?.split_once('.')?;
    OPERATIONS.iter().find(|(name, _)| *name == asked).copied()
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new(400, "InvalidParameterException", message)
}

/// Returns the name a request gives: as a name, an identifier, or an ARN.
fn name(body: &Value) -> Result<String, Refusal> {
    let keys = ["logGroupName", "logGroupIdentifier", "resourceArn", "resourceIdentifier"];
    let given = keys.iter().find_map(|key| body.get(*key).and_then(Value::as_str));
    let given = given.ok_or_else(|| {
        invalid("1 validation error detected: Value null at 'logGroupName' failed to satisfy constraint: Member must not be null")
    })?;
    let name = given.split_once(":log-group:").map_or(given, |(_, name)| name.trim_end_matches(":*"));
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-_/#".contains(&byte);
    if name.is_empty() || name.len() > 512 || !name.bytes().all(allowed) {
        return Err(invalid(format!(
            "1 validation error detected: Value '{name}' at 'logGroupName' failed to satisfy constraint: Member must \
             satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+"
        )));
    }
    Ok(name.to_owned())
}

fn named<'a>(groups: &'a mut Groups, body: &Value) -> Result<&'a mut Group, Refusal> {
    let name = name(body)?;
    let missing =
        || Refusal::new(400, "ResourceNotFoundException", "The specified log group does not exist.");
    groups.get_mut(&name).ok_or_else(missing)
}

fn tags_of(body: &Value) -> BTreeMap<String, String> {
    let tags = body.get("tags").and_then(Value::as_object).into_iter().flatten();
    tags.map(|(key, value)| (key.clone(), value.as_str().unwrap_or_default().to_owned())).collect()
}

fn create(groups: &mut Groups, body: &Value, call: &Call) -> Result<Value, Refusal> {
    let name = name(body)?;
    let class = body.get("logGroupClass").and_then(Value::as_str).unwrap_or("STANDARD");
    if name.starts_with("aws/") {
        return Err(invalid("Log groups starting with AWS/ are reserved for AWS."));
    }
    if groups.contains_key(&name) {
        let message = "The specified log group already exists";
        return Err(Refusal::new(400, "ResourceAlreadyExistsException", message));
    }
    let group = Group {
        created_ms: call.now_ms,
        retention_days: (class == DELIVERY).then_some(DELIVERY_DAYS),
        key: body.get("kmsKeyId").and_then(Value::as_str).map(str::to_owned),
        class: class.to_owned(),
        protected: body.get("deletionProtectionEnabled").and_then(Value::as_bool).unwrap_or_default(),
        tags: tags_of(body),
    };
    groups.insert(name, group);
    Ok(Value::Null)
}

fn delete(groups: &mut Groups, body: &Value, _call: &Call) -> Result<Value, Refusal> {
    if named(groups, body)?.protected {
        return Err(Refusal::new(400, "ValidationException", "The log group is protected from deletion."));
    }
    groups.remove(&name(body)?);
    Ok(Value::Null)
}

fn describe(groups: &mut Groups, body: &Value, call: &Call) -> Result<Value, Refusal> {
    let has = |key: &str| body.get(key).and_then(Value::as_str).is_some_and(|text| !text.is_empty());
    if has("logGroupNamePrefix") && has("logGroupNamePattern") {
        return Err(invalid(
            "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.",
        ));
    }
    let identifiers = body.get("logGroupIdentifiers").is_some_and(Value::is_array);
    if identifiers && (has("logGroupNamePrefix") || has("logGroupNamePattern")) {
        return Err(invalid(
            "logGroupIdentifiers and LogGroup name prefix or pattern are mutually exclusive parameters.",
        ));
    }
    listing(groups, body, |name, group| shown(name, group, &call.region))
}

/// Returns the page of groups that a call asks for.
fn listing(groups: &Groups, body: &Value, shown: impl Fn(&str, &Group) -> Value) -> Result<Value, Refusal> {
    let text = |key: &str| body.get(key).and_then(Value::as_str);
    let limit = body.get("limit").and_then(Value::as_u64).and_then(|limit| usize::try_from(limit).ok());
    let prefix = text("logGroupNamePrefix").unwrap_or_default();
    let pattern = text("logGroupNamePattern").unwrap_or_default().to_lowercase();
    let class = text("logGroupClass");
    let identifiers = body.get("logGroupIdentifiers").and_then(Value::as_array);
    let asked = |name: &str| {
        let mut given = identifiers.into_iter().flatten().filter_map(Value::as_str);
        let exactly = |given: &str| given == name || given.ends_with(&format!(":log-group:{name}"));
        identifiers.is_none_or(Vec::is_empty) || given.any(exactly)
    };
    let unknown = || invalid("The specified nextToken is invalid.");
    let after = text("nextToken").map(|given| token::open(given).ok_or_else(unknown)).transpose()?;
    let after = after.as_deref();
    let start = if after.unwrap_or_default() < prefix { prefix } else { after.unwrap_or_default() };
    let mut matching = groups
        .range(start.to_owned()..)
        .take_while(|(name, _)| name.starts_with(prefix))
        .filter(|(name, _)| after != Some(name.as_str()))
        .filter(|(_, group)| class.is_none_or(|class| class == group.class))
        .filter(|(name, _)| name.to_lowercase().contains(&pattern) && asked(name))
        .peekable();
    let page: Vec<(&String, &Group)> = matching.by_ref().take(limit.unwrap_or(PAGE_MAX)).collect();
    let items: Vec<Value> = page.iter().map(|(name, group)| shown(name, group)).collect();
    let mut document = json!({ "logGroups": items });
    if let (Some((last, _)), true) = (page.last(), matching.peek().is_some()) {
        document["nextToken"] = json!(token::seal(last));
    }
    Ok(document)
}

fn shown(name: &str, group: &Group, region: &str) -> Value {
    let arn = format!("arn:aws:logs:{region}:{ACCOUNT}:log-group:{name}");
    let mut shown = json!({
        "logGroupName": name,
        "creationTime": group.created_ms,
        "metricFilterCount": 0,
        "arn": format!("{arn}:*"),
        "storedBytes": 0,
        "logGroupClass": group.class,
        "logGroupArn": arn,
        "deletionProtectionEnabled": group.protected,
    });
    if let Some(days) = group.retention_days {
        shown["retentionInDays"] = json!(days);
    }
    if let Some(key) = &group.key {
        shown["kmsKeyId"] = json!(key);
    }
    shown
}

fn list(groups: &mut Groups, body: &Value, call: &Call) -> Result<Value, Refusal> {
    listing(groups, body, |name, group| {
        let arn = format!("arn:aws:logs:{}:{ACCOUNT}:log-group:{name}", call.region);
        json!({ "logGroupName": name, "logGroupArn": arn, "logGroupClass": group.class })
    })
}

fn put_retention(groups: &mut Groups, body: &Value, _call: &Call) -> Result<Value, Refusal> {
    let days = body.get("retentionInDays").and_then(Value::as_i64).unwrap_or_default();
    if !RETENTION_DAYS.contains(&days) {
        let set: Vec<String> = RETENTION_DAYS.iter().map(i64::to_string).collect();
        return Err(invalid(format!(
            "1 validation error detected: Value '{days}' at 'retentionInDays' failed to satisfy constraint: Member \
             must satisfy enum value set: [{}]",
            set.join(", ")
        )));
    }
    let group = named(groups, body)?;
    check_retention(group)?;
    group.retention_days = Some(days);
    Ok(Value::Null)
}

fn delete_retention(groups: &mut Groups, body: &Value, _call: &Call) -> Result<Value, Refusal> {
    let group = named(groups, body)?;
    check_retention(group)?;
    group.retention_days = None;
    Ok(Value::Null)
}

fn check_retention(group: &Group) -> Result<(), Refusal> {
    if group.class == DELIVERY {
        return Err(invalid("The retention of log groups of the class DELIVERY cannot be changed."));
    }
    Ok(())
}

fn put_protection(groups: &mut Groups, body: &Value, _call: &Call) -> Result<Value, Refusal> {
    let protected = body.get("deletionProtectionEnabled").and_then(Value::as_bool).unwrap_or_default();
    named(groups, body)?.protected = protected;
    Ok(Value::Null)
}

fn associate_key(groups: &mut Groups, body: &Value, _call: &Call) -> Result<Value, Refusal> {
    named(groups, body)?.key = body.get("kmsKeyId").and_then(Value::as_str).map(str::to_owned);
    Ok(Value::Null)
}

fn disassociate_key(groups: &mut Groups, body: &Value, _call: &Call) -> Result<Value, Refusal> {
    named(groups, body)?.key = None;
    Ok(Value::Null)
}

fn list_tags(groups: &mut Groups, body: &Value, _call: &Call) -> Result<Value, Refusal> {
    Ok(json!({ "tags": named(groups, body)?.tags }))
}

fn tag(groups: &mut Groups, body: &Value, _call: &Call) -> Result<Value, Refusal> {
    let group = named(groups, body)?;
    let mut tags = group.tags.clone();
    tags.extend(tags_of(body));
    if tags.len() > TAGS_MAX {
        let message = format!("The resource cannot have more than {TAGS_MAX} tags.");
        return Err(Refusal::new(400, "TooManyTagsException", message));
    }
    group.tags = tags;
    Ok(Value::Null)
}

fn untag(groups: &mut Groups, body: &Value, _call: &Call) -> Result<Value, Refusal> {
    let group = named(groups, body)?;
    let keys = body.get("tagKeys").or_else(|| body.get("tags")).and_then(Value::as_array);
    for key in keys.into_iter().flatten().filter_map(Value::as_str) {
        group.tags.remove(key);
    }
    Ok(Value::Null)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Pace;

    fn ask(world: &mut World, operation: &str, body: &Value) -> Result<Value, Refusal> {
        let call = Call {
            headers: BTreeMap::from([("x-amz-target".into(), format!("Logs_20140328.{operation}"))]),
            body: body.to_string().into_bytes(),
            region: "us-east-1".into(),
            ..Call::default()
        };
        handle(world, &call).map(|answer| serde_json::from_slice(&answer.body).unwrap_or_default())
    }

    #[test]
    fn group_lives_once() {
        let mut world = World::new(1, Pace::default());
        let group = json!({ "logGroupName": "/aws/lambda/f", "tags": { "a": "b" } });
        ask(&mut world, "CreateLogGroup", &group).unwrap();
        assert_eq!(
            ask(&mut world, "CreateLogGroup", &group).unwrap_err().code,
            "ResourceAlreadyExistsException"
        );
        ask(&mut world, "DeleteLogGroup", &group).unwrap();
        assert_eq!(ask(&mut world, "DeleteLogGroup", &group).unwrap_err().code, "ResourceNotFoundException");
    }

    #[test]
    fn retention_is_one_of_the_allowed_days() {
        let mut world = World::new(1, Pace::default());
        ask(&mut world, "CreateLogGroup", &json!({ "logGroupName": "g" })).unwrap();
        let mut put = |days: i64| {
            ask(&mut world, "PutRetentionPolicy", &json!({ "logGroupName": "g", "retentionInDays": days }))
        };
        assert_eq!(put(15).unwrap_err().code, "InvalidParameterException");
        assert!(put(14).is_ok());
    }

    #[test]
    fn what_the_model_forbids_is_refused() {
        let mut world = World::new(1, Pace::default());
        ask(&mut world, "CreateLogGroup", &json!({ "logGroupName": "g" })).unwrap();
        let many: BTreeMap<String, &str> = (0..51).map(|number| (format!("k{number}"), "v")).collect();
        for (operation, body) in [
            ("CreateLogGroup", json!({ "logGroupName": "h", "logGroupClass": "COLD" })),
            ("CreateLogGroup", json!({ "logGroupName": "h", "tags": {} })),
            ("TagLogGroup", json!({ "logGroupName": "g", "tags": many })),
            ("TagLogGroup", json!({ "logGroupName": "g", "tags": { "a!": "v" } })),
            ("AssociateKmsKey", json!({ "logGroupName": "g" })),
            ("DescribeLogGroups", json!({ "limit": 51 })),
            ("DescribeLogGroups", json!({ "nextToken": "bogus" })),
            ("CreateLogGroup", json!({ "logGroupName": "aws/lambda/f" })),
        ] {
            let refused = ask(&mut world, operation, &body).unwrap_err();
            assert_eq!(refused.code, "InvalidParameterException", "{operation} {body}");
        }
    }

    #[test]
    fn description_pages_by_prefix() {
        let mut world = World::new(1, Pace::default());
        for name in ["a", "b1", "b2", "b3", "c"] {
            ask(&mut world, "CreateLogGroup", &json!({ "logGroupName": name })).unwrap();
        }
        let first =
            ask(&mut world, "DescribeLogGroups", &json!({ "logGroupNamePrefix": "b", "limit": 2 })).unwrap();
        assert_eq!(first["logGroups"].as_array().unwrap().len(), 2);
        let rest = json!({ "logGroupNamePrefix": "b", "limit": 2, "nextToken": first["nextToken"] });
        let second = ask(&mut world, "DescribeLogGroups", &rest).unwrap();
        assert_eq!(second["logGroups"][0]["logGroupName"], "b3");
        assert!(second.get("nextToken").is_none());
        let listed =
            ask(&mut world, "ListLogGroups", &json!({ "logGroupNamePattern": "B", "limit": 1 })).unwrap();
        assert_eq!(
            (&listed["logGroups"][0]["logGroupName"], &listed["nextToken"]),
            (&json!("b1"), &json!(token::seal("b1")))
        );
        let rare = json!({ "logGroupClass": "INFREQUENT_ACCESS" });
        let rare = ask(&mut world, "DescribeLogGroups", &rare).unwrap();
        assert_eq!(rare["logGroups"], json!([]));
    }
}
