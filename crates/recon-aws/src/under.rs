//! Asks for the lists of children that no read of a declared object needed, so that what nobody declared is found in
//! them: the policy of a function whose aliases alone are declared, the models of an API that has none.

use std::sync::Arc;

use recon_core::Known;
use recon_core::provider::ProviderError;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::aws::Aws;
use crate::snapshot::Snapshot;
use crate::undeclared::is_by_document;
use crate::{apigateway, lambda};

const FUNCTION: &str = "aws_lambda_function";
const API: &str = "aws_api_gateway_rest_api";
const PLAN: &str = "aws_api_gateway_usage_plan";
const PARENTS: [&str; 3] = [FUNCTION, API, PLAN];

/// Asks for all of them, so many parents at once; why not, by the position of the parent.
pub(crate) async fn ask(
    aws: &Arc<Aws>,
    snapshot: &Arc<Snapshot>,
    at_once: usize,
) -> Vec<(usize, ProviderError)> {
    let places = Arc::new(Semaphore::new(at_once));
    let mut asked = JoinSet::new();
    for (index, object) in snapshot.observed().iter().enumerate() {
        if !PARENTS.contains(&&*object.kind) {
            continue;
        }
        let (aws, snapshot, places) = (Arc::clone(aws), Arc::clone(snapshot), Arc::clone(&places));
        asked.spawn(async move {
            let place = places.acquire().await;
            let object = &snapshot.observed()[index];
            let answer = ask_under(&aws, &snapshot, &object.kind, &object.have).await;
            drop(place);
            answer.err().map(|error| (index, error))
        });
    }
    let mut unseen = Vec::new();
    while let Some(answer) = asked.join_next().await {
        unseen.extend(answer.ok().flatten());
    }
    unseen.sort_by_key(|(index, _)| *index);
    unseen
}

async fn ask_under(aws: &Aws, snapshot: &Snapshot, kind: &str, have: &Known) -> Result<(), ProviderError> {
    match (kind, have.text("function_name").or_else(|| have.text("id"))) {
        (FUNCTION, Some(name)) => lambda::ask_under(aws, snapshot, name).await,
        (API, Some(id)) if is_by_document(snapshot, have) => {
            apigateway::ask_for_stages(aws, snapshot, id).await
        }
        (API, Some(id)) => apigateway::ask_under_api(aws, snapshot, id).await,
        (PLAN, Some(id)) => apigateway::ask_under_plan(aws, snapshot, id).await,
        _ => Ok(()),
    }
}
