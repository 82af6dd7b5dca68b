//! Limits and usage of the account.

use serde_json::json;

use super::code::Code;
use super::concurrency::ACCOUNT_LIMIT;
use crate::route::Captures;
use crate::wire::{Answer, Call, Outcome};
use crate::world::World;

#[expect(clippy::unnecessary_wraps, reason = "every operation has this shape")]
pub(super) fn get_settings(world: &mut World, call: &Call, _captures: &Captures) -> Outcome {
    let region = world.lambda.region(&call.region);
    let reserved: i64 = region.functions.values().filter_map(|function| function.reserved).sum();
    let versions = region
        .functions
        .values()
        .flat_map(|function| std::iter::once(&function.latest).chain(function.versions.values()));
    let size: usize = versions.map(|version| version.code.size()).sum();
    let layers = region.layers.values().flat_map(|layer| layer.versions.values());
    let layer_size: usize = layers.map(|version| Code::size(&version.code)).sum();
    Ok(Answer::json(
        200,
        &json!({
            "AccountLimit": {
                "TotalCodeSize": 80_530_636_800_i64,
                "CodeSizeUnzipped": 262_144_000,
                "CodeSizeZipped": 52_428_800,
                "ConcurrentExecutions": ACCOUNT_LIMIT,
                "UnreservedConcurrentExecutions": ACCOUNT_LIMIT - reserved,
            },
            "AccountUsage": { "TotalCodeSize": size + layer_size, "FunctionCount": region.functions.len() },
        }),
    ))
}
