//! Finds what there is: from APIs and functions to all that they are made of and that they call.

pub(crate) mod harvest;
pub(crate) mod implied;
pub(crate) mod links;
pub(crate) mod manners;
pub(crate) mod names;
mod roots;
mod secrets;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aws_sdk_apigateway::types::RestApi;
use recon_core::discovery::{Discovery, Found, Listener, Selector, Unread};
use recon_core::provider::{Observed, ProviderError};
use recon_core::{Known, Value};
use serde_json::Value as Json;
use tokio::task::JoinSet;

use self::harvest::Harvest;
use crate::apigateway::discover as apigateway;
use crate::aws::Aws;
use crate::iam::discover as iam;
use crate::lambda::discover as lambda;
use crate::logs::discover as cloudwatch;
use crate::snapshot::Snapshot;

/// Walks that go on at the same time; the quotas hold back their calls.
const WALKS_MAX: usize = 16;

/// Finds what a selector leads to. The snapshot has what was read on the way.
pub(crate) async fn discover(
    aws: &Arc<Aws>,
    selector: &Selector,
    hears: Listener<'_>,
) -> Result<(Harvest, Arc<Snapshot>), ProviderError> {
    let mut whole = Harvest::default();
    let snapshot = Arc::new(Snapshot::default());
    let roots = roots::find(aws, &snapshot, selector, &mut whole).await?;
    hears(&format!(
        "Found {} and {}.",
        count(roots.apis.len(), "API"),
        count(roots.functions.len(), "function")
    ));
    let (apis, seen) = walk_apis(aws, &snapshot, roots.apis, hears).await;
    let mut names: BTreeSet<String> = roots.functions;
    names.extend(seen.iter().flat_map(|api| api.called.iter().map(|(name, _)| name.clone())));
    // Whether one list of all versions pays is decided by how many functions there are to read.
    let functions: Vec<Observed> =
        names.iter().map(|name| placeholder("aws_lambda_function", "function_name", name)).collect();
    let snapshot = Arc::new(snapshot.after(&functions));
    let (mut functions, called) = walk_functions(aws, &snapshot, names, hears).await;
    lambda::sign(&mut functions, aws, &snapshot, &called).await;
    let bound = bind(aws, &seen, &called).await?;
    for function in &called {
        permissions(&mut functions, function, &bound);
    }
    let mut roles: BTreeSet<String> = called.iter().map(|function| function.role.clone()).collect();
    roles.extend(seen.iter().flat_map(|api| api.roles.iter().cloned()));
    let roles: Vec<String> = roles.iter().filter_map(|arn| iam::role_name(arn).map(str::to_owned)).collect();
    let placeholders: Vec<Observed> =
        roles.iter().map(|name| placeholder("aws_iam_role", "id", name)).collect();
    let snapshot = Arc::new(snapshot.after(&placeholders));
    let mut roles = walk_roles(aws, &snapshot, roles, hears).await;
    beside_functions(&mut roles, &called);
    let (snapshot, logs) = logs(aws, &snapshot, &called, &seen).await;
    let ids: BTreeSet<&str> = seen.iter().map(|api| api.id.as_str()).collect();
    let plans = apigateway::plans(aws, &ids, *selector == Selector::Everything).await;
    let (behind, before) = tokio::join!(apigateway::behind(aws, &seen), apigateway::before(aws, &ids));
    for harvest in [roles, lambda::layers(&called), logs.functions, functions, behind, logs.apis, apis] {
        whole.append(harvest);
    }
    whole.spotted.extend(bound.bindings);
    whole.append(before);
    whole.append(plans);
    let mut seen = BTreeSet::new();
    whole.spotted.retain(|spotted| seen.insert((spotted.kind, spotted.id.clone())));
    let mut topics: BTreeMap<String, usize> = BTreeMap::new();
    for spotted in &whole.spotted {
        let next = topics.len();
        topics.entry(spotted.topic.clone()).or_insert(next);
    }
    // A role stands before its function, and so does all else that is about one thing.
    whole.spotted.sort_by_key(|spotted| topics.get(&spotted.topic).copied());
    let observed: Vec<Observed> = whole.spotted.iter().map(harvest::Spotted::observed).collect();
    Ok((whole, Arc::new(snapshot.after(&observed))))
}

/// What was found, as it was read; what is gone since is left out.
pub(crate) fn found(
    aws: &Aws,
    harvest: Harvest,
    answers: Vec<Result<Option<Known>, ProviderError>>,
) -> Discovery {
    let Harvest { spotted, unread, notes } = harvest;
    let provider = vec![("region", Value::from(aws.region.as_str()))];
    let mut discovery = Discovery { found: Vec::new(), unread, notes, provider };
    for (spotted, answer) in spotted.into_iter().zip(answers) {
        match answer {
            Ok(Some(value)) => discovery.found.push(Found {
                kind: spotted.kind.into(),
                id: spotted.id,
                value,
                identity: spotted.identity,
                name: spotted.name.into(),
                family: spotted.family.into(),
                key: spotted.key.into(),
                topic: spotted.topic.into(),
                owner: spotted.owner.into(),
            }),
            Ok(None) => {}
            Err(error) => {
                let what = format!("{} {}", spotted.kind, spotted.id);
                discovery.unread.push(Unread { what, error });
            }
        }
    }
    discovery
}

/// The same as any later refresh sees it, which knows what this search found out. What that asks again is what AWS gives
/// one by one; the lists are there already.
pub(crate) fn again(discovery: Discovery, answers: Vec<Result<Option<Known>, ProviderError>>) -> Discovery {
    let Discovery { found, mut unread, notes, provider } = discovery;
    let mut again = Vec::with_capacity(found.len());
    for (one, answer) in found.into_iter().zip(answers) {
        match answer {
            Ok(Some(value)) => again.push(Found { value: secrets::marked(&value), ..one }),
            Ok(None) => {}
            Err(error) => unread.push(Unread { what: format!("{} {}", one.kind, one.id), error }),
        }
    }
    Discovery { found: again, unread, notes, provider }
}

fn placeholder(kind: &str, attribute: &'static str, text: &str) -> Observed {
    let have = Known::with_nulls(&Value::object([(attribute, Value::from(text))]));
    Observed { kind: kind.into(), have }
}

fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

/// Runs walks, some at a time, and gives their results in the order of what they were about.
async fn each<T, R, F, Fut>(all: Vec<T>, walk: F, hears: Listener<'_>, what: &str) -> Vec<R>
where
    T: Send + 'static,
    R: Send + 'static,
    F: Fn(T) -> Fut,
    Fut: Future<Output = R> + Send + 'static,
{
    let total = all.len();
    let mut waiting = all.into_iter().enumerate();
    let mut running = JoinSet::new();
    let mut done = BTreeMap::new();
    loop {
        while running.len() < WALKS_MAX {
            let Some((index, one)) = waiting.next() else { break };
            let walk = walk(one);
            running.spawn(async move { (index, walk.await) });
        }
        let Some(ended) = running.join_next().await else { break };
        if let Ok((index, result)) = ended {
            done.insert(index, result);
            hears(&format!("Read {} of {}.", done.len(), count(total, what)));
        }
    }
    done.into_values().collect()
}

async fn walk_apis(
    aws: &Arc<Aws>,
    snapshot: &Arc<Snapshot>,
    apis: Vec<RestApi>,
    hears: Listener<'_>,
) -> (Harvest, Vec<apigateway::Seen>) {
    let walk = |api: RestApi| {
        let (aws, snapshot) = (Arc::clone(aws), Arc::clone(snapshot));
        async move { Box::pin(apigateway::walk(&aws, &snapshot, &api)).await }
    };
    let mut whole = Harvest::default();
    let mut all = Vec::new();
    for (harvest, seen) in each(apis, walk, hears, "API").await {
        whole.append(harvest);
        all.push(seen);
    }
    (whole, all)
}

async fn walk_functions(
    aws: &Arc<Aws>,
    snapshot: &Arc<Snapshot>,
    names: BTreeSet<String>,
    hears: Listener<'_>,
) -> (Harvest, Vec<lambda::Seen>) {
    let walk = |name: String| {
        let (aws, snapshot) = (Arc::clone(aws), Arc::clone(snapshot));
        async move {
            let (harvest, seen) = Box::pin(lambda::walk(&aws, &snapshot, &name)).await;
            (name, harvest, seen)
        }
    };
    let mut whole = Harvest::default();
    let mut all = Vec::new();
    for (name, harvest, seen) in each(names.into_iter().collect(), walk, hears, "function").await {
        if seen.is_none() && harvest.unread.is_empty() {
            whole.notes.push(format!("An API calls the function {name}, which is not there."));
        }
        whole.append(harvest);
        all.extend(seen);
    }
    (whole, all)
}

async fn walk_roles(
    aws: &Arc<Aws>,
    snapshot: &Arc<Snapshot>,
    names: Vec<String>,
    hears: Listener<'_>,
) -> Harvest {
    let walk = |name: String| {
        let (aws, snapshot) = (Arc::clone(aws), Arc::clone(snapshot));
        async move { iam::walk(&aws, &snapshot, &name).await }
    };
    let mut whole = Harvest::default();
    for harvest in each(names, walk, hears, "role").await {
        whole.append(harvest);
    }
    whole
}

/// The log groups that functions and stages write to.
struct Logs {
    functions: Harvest,
    apis: Harvest,
}

async fn logs(
    aws: &Aws,
    snapshot: &Snapshot,
    functions: &[lambda::Seen],
    apis: &[apigateway::Seen],
) -> (Arc<Snapshot>, Logs) {
    let mut of_functions: BTreeMap<String, String> = BTreeMap::new();
    for function in functions {
        of_functions.entry(function.log_group.clone()).or_insert_with(|| function.name.clone());
    }
    let mut of_apis: BTreeMap<String, String> = BTreeMap::new();
    for api in apis {
        for group in api.log_groups.iter().filter(|group| !of_functions.contains_key(*group)) {
            of_apis.entry(group.clone()).or_insert_with(|| api.id.clone());
        }
    }
    let names = of_functions.keys().chain(of_apis.keys());
    let placeholders: Vec<Observed> =
        names.map(|name| placeholder("aws_cloudwatch_log_group", "name", name)).collect();
    let snapshot = Arc::new(snapshot.after(&placeholders));
    let functions = cloudwatch::groups(aws, &snapshot, &of_functions).await;
    let apis = if functions.unread.is_empty() {
        cloudwatch::groups(aws, &snapshot, &of_apis).await
    } else {
        Harvest::default()
    };
    (snapshot, Logs { functions, apis })
}

/// Has what there is to a role written together with the first function that uses it.
fn beside_functions(roles: &mut Harvest, functions: &[lambda::Seen]) {
    let mut users: BTreeMap<&str, &str> = BTreeMap::new();
    for function in functions {
        if let Some(role) = iam::role_name(&function.role) {
            users.entry(role).or_insert(&function.name);
        }
    }
    for spotted in &mut roles.spotted {
        if let Some(function) = users.get(spotted.topic.as_str()) {
            (*function).clone_into(&mut spotted.topic);
        }
    }
}

async fn bind(
    aws: &Aws,
    apis: &[apigateway::Seen],
    functions: &[lambda::Seen],
) -> Result<apigateway::Bound, ProviderError> {
    let mut bound = apigateway::Bound::default();
    let by_name: BTreeMap<&str, &lambda::Seen> =
        functions.iter().map(|function| (function.name.as_str(), function)).collect();
    for api in apis {
        let execution_arn = apigateway::execution_arn(aws, &api.id).await?;
        let called: BTreeSet<&str> = api.called.iter().map(|(name, _)| name.as_str()).collect();
        for function in called.iter().filter_map(|name| by_name.get(name)) {
            apigateway::bind(&mut bound, api, function, &execution_arn);
        }
    }
    Ok(bound)
}

/// The statements of a function's policies that are not part of a binding.
fn permissions(harvest: &mut Harvest, function: &lambda::Seen, bound: &apigateway::Bound) {
    let all = function.policies.iter().flat_map(|(qualifier, statements)| {
        statements.iter().map(move |statement| (qualifier.as_deref(), statement))
    });
    let sid = |statement: &Json| statement["Sid"].as_str().unwrap_or_default().to_owned();
    let is_free = |(qualifier, statement): &(Option<&str>, &Json)| {
        let taken = (function.name.clone(), qualifier.unwrap_or_default().to_owned(), sid(statement));
        !bound.statements.contains(&taken)
    };
    let free: Vec<(Option<&str>, &Json)> = all.filter(is_free).collect();
    let mut called: BTreeMap<String, usize> = BTreeMap::new();
    for (_, statement) in &free {
        *called.entry(sid(statement)).or_default() += 1;
    }
    for (qualifier, statement) in free {
        // Every alias has a policy of its own, in which a statement may be called as in another one.
        let key = match (qualifier, sid(statement)) {
            (Some(qualifier), sid) if called.get(&sid) != Some(&1) => format!("{qualifier}/{sid}"),
            (_, sid) => sid,
        };
        harvest.spotted.extend(lambda::permission(&function.name, qualifier, statement, &key));
    }
}
